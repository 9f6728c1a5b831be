"""The report in quarters and years: one cell on Settings turns every sheet."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from mrr_xl import MrrError, fill, metric, movements, write_template
from mrr_xl.settings import RULES, Settings
from support.ledgers import ledger

LINES = """
    customer  start       end         amount  interval
    Ada       2023-02-10  -           100     month
    Ada       2023-08-05  2023-12-05  60      month
    Ben       2023-02-10  2023-10-03  50      month
    Ben       2023-11-20  -           960     year
    Cem       2023-06-01  2024-03-01  30      month
    Dee       2024-01-03  -           20      month
    Eve       2024-04-03  -           90      month
"""
THROUGH = {"through": "2024-08"}


@pytest.fixture(scope="module")
def by_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("periods") / "report.xlsx"
    write_template(path, data=ledger(LINES), months=12, rules=Settings.of(THROUGH))
    return path


def turned(by_month: Path, out: Path, **rules: object) -> Any:
    """The report after typing a rule on Settings, as it is computed then."""
    workbook = load_workbook(by_month)
    cells = {row[0].value: row[1] for row in workbook["Settings"].iter_rows(max_col=2)}
    for name, value in rules.items():
        cells[name].value = value
    workbook.save(out.with_name("typed.xlsx"))
    fill(out.with_name("typed.xlsx"), ledger(LINES), out)
    return load_workbook(out, data_only=True)


def row(sheet: Any, label: str, columns: int) -> list[Any]:
    found = next(cells for cells in sheet.iter_rows(min_row=8) if cells[0].value == label)
    return [cell.value for cell in found[2 : 2 + columns]]


def test_one_cell_on_settings_turns_the_report_into_quarters(by_month: Path, tmp_path: Path) -> None:
    workbook = turned(by_month, tmp_path / "filled.xlsx", period="quarter")
    sheet = workbook["Movements"]
    names = ["Q1 2023", "Q2 2023", "Q3 2023", "Q4 2023", "Q1 2024", "Q2 2024", None]
    assert [sheet.cell(6, column).value or None for column in range(3, 10)] == names
    assert sheet["A7"].value == "Quarter to"
    assert sheet["C7"].value == dt.datetime(2023, 3, 1) and sheet["H7"].value == dt.datetime(2024, 6, 1)
    assert not sheet["I7"].value  # the third quarter is not over
    table = movements(ledger(LINES), period="quarter", **THROUGH)
    labels = {
        "Opening MRR": "opening", "New": "new", "Reactivation": "reactivation", "Expansion": "expansion",
        "Contraction": "contraction", "Churn": "churn", "Closing MRR": "closing", "Net new MRR": "net_new",
        "New customers": "new_customers", "Churned customers": "churned_customers",
    }  # fmt: skip
    for label, name in labels.items():
        assert row(sheet, label, 6) == table[name].tolist(), label
    # Ben left in October and was back in November.
    assert table["churn"].tolist() == [0.0, 0.0, 0.0, 0.0, -30.0, 0.0]
    assert sheet["B5"].value == "OK"
    gross = [
        cells for cells in sheet.iter_rows(min_row=8) if str(cells[0].value).startswith("Gross: the months of each")
    ]
    top = gross[0][0].row
    assert sheet.cell(top, 1).value == "Gross: the months of each quarter added up"
    shown = {sheet.cell(at, 1).value: [sheet.cell(at, column).value for column in range(3, 9)]
             for at in range(top + 1, top + 7)}  # fmt: skip
    assert shown["Churn"] == [0, 0, 0, -50, -30, 0] == table["gross_churn"].tolist()
    assert shown["Net new MRR"] == table["net_new"].tolist()


def test_the_page_of_a_quarter_speaks_of_the_quarter(by_month: Path, tmp_path: Path) -> None:
    workbook = turned(by_month, tmp_path / "filled.xlsx", period="quarter")
    summary = workbook["Summary"]
    assert summary["C4"].value == dt.datetime(2024, 6, 1)
    assert summary["B2"].value == "MRR rose 45.0 % to 290 EUR in Q2 2024: +90 new; 4 customers."
    labels = {cells[1].value: cells for cells in summary.iter_rows(min_row=47)}
    assert labels["MRR growth in the quarter"][3].value == 0.45
    assert labels["Customer churn in the quarter"][4].value == pytest.approx(1 / 3)  # Cem, in the first quarter
    assert [cell.value for cell in labels["Figure"][3:7]] == [
        dt.datetime(2024, 6, 1), dt.datetime(2024, 3, 1), dt.datetime(2023, 6, 1), "Quarter on quarter",
    ]  # fmt: skip
    assert any(cell.value == "▲ 45.0 % vs last quarter" for cells in summary["B6:K14"] for cell in cells)
    retention = workbook["Retention"]
    assert "In the quarter" in [cells[0].value for cells in retention.iter_rows()]
    assert row(retention, "Customer churn", 6) == [
        "#N/A", *(metric("MRR_LOGO_CHURN", ledger(LINES), month, period="quarter", **THROUGH)
                  for month in ("2023-06", "2023-09", "2023-12", "2024-03", "2024-06")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "names", "expansion"),
    [
        ({"period": "year"}, ["2023"], [0]),
        ({"period": "fiscal_year", "fiscal_year_begins": 7}, ["FY2023", "FY2024"], [0, 30]),
        ({"period": "fiscal_quarter", "fiscal_year_begins": 2}, ["Q1 FY2024", "Q2 FY2024", "Q3 FY2024"], [0, 0, 60]),
    ],
)
def test_years_and_fiscal_years(
    by_month: Path, tmp_path: Path, rules: dict[str, object], names: list[str], expansion: list[float]
) -> None:
    sheet = turned(by_month, tmp_path / "filled.xlsx", **rules)["Movements"]
    assert [sheet.cell(6, column).value for column in range(3, 3 + len(names))] == names
    assert row(sheet, "Expansion", len(names)) == expansion
    wanted = movements(ledger(LINES), **rules, **THROUGH)["expansion"].tolist()[: len(names)]
    assert wanted == expansion


@pytest.mark.parametrize(
    ("rules", "columns"),
    [
        ({"period": "fiscal_year", "fiscal_year_begins": "April"}, [("FY2023", "2023-03"), ("FY2024", "2024-03")]),
        (
            {"period": "fiscal_quarter", "fiscal_year_begins": "May "},
            [("Q4 FY2023", "2023-04"), ("Q1 FY2024", "2023-07"), ("Q2 FY2024", "2023-10")],
        ),
        ({"period": " Fiscal_Quarter", "fiscal_year_begins": "05"}, [("Q4 FY2023", "2023-04")]),
        ({"period": "Last_twelve_months "}, [(2023, "2023-09"), (None, "2023-10")]),
    ],
)
def test_the_columns_end_where_the_periods_of_the_figures_do_however_the_rules_are_typed(
    by_month: Path, tmp_path: Path, rules: dict[str, object], columns: list[tuple[object, str]]
) -> None:
    sheet = turned(by_month, tmp_path / "filled.xlsx", **rules)["Movements"]
    shown = [(sheet.cell(6, at).value or None, f"{sheet.cell(7, at).value:%Y-%m}") for at in range(3, 3 + len(columns))]
    assert shown == columns
    closing = {str(month): value for month, value in movements(ledger(LINES), **THROUGH)[["month", "closing"]].values}
    assert row(sheet, "Closing MRR", len(columns)) == [closing[month] for _, month in columns]


def test_a_first_month_of_a_year_in_another_language_is_an_error_and_no_wrong_column(
    by_month: Path, tmp_path: Path
) -> None:
    rules = {"period": "fiscal_quarter", "fiscal_year_begins": "Mai"}
    assert turned(by_month, tmp_path / "filled.xlsx", **rules)["Movements"]["C7"].value == "#N/A"


def test_the_last_twelve_months_end_with_every_month(by_month: Path, tmp_path: Path) -> None:
    workbook = turned(by_month, tmp_path / "filled.xlsx", period="last_twelve_months")
    sheet = workbook["Movements"]
    assert sheet["A7"].value == "Last twelve months to"
    assert sheet["N7"].value == dt.datetime(2024, 8, 1) and sheet["M7"].value == dt.datetime(2024, 7, 1)
    wanted = movements(ledger(LINES), start="2023-09", period="last_twelve_months", **THROUGH)
    assert row(sheet, "Churn", 12) == wanted["churn"].tolist()
    assert sheet["P9"].value == wanted["opening"].iloc[-1] and sheet["P7"].value == "Last 12 months"
    assert "in the twelve months to August 2024" in workbook["Summary"]["B2"].value


def test_a_template_of_quarters_lists_the_customers_behind_the_quarter(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    write_template(path, data=ledger(LINES), months=4, rules=Settings.of(THROUGH | {"period": "quarter"}))
    workbook = load_workbook(path, data_only=True)
    assert [cell.value for cell in workbook["Detail"][7]][:5] == ["Eve", "new", 0, 90, 90]
    assert workbook["Detail"]["E4"].value == "OK"
    assert [workbook["Movements"].cell(6, column).value for column in range(3, 7)] == [
        "Q3 2023", "Q4 2023", "Q1 2024", "Q2 2024",
    ]  # fmt: skip


def test_by_month_nothing_has_changed(by_month: Path) -> None:
    sheet = load_workbook(by_month, data_only=True)["Movements"]
    assert sheet["A7"].value == "Month" and sheet["N7"].value == dt.datetime(2024, 8, 1)
    assert not any("Gross" in str(cells[0].value) for cells in sheet.iter_rows())


@pytest.mark.parametrize(
    ("period", "columns", "breaks"),
    [
        ("month", 24, [14]),
        ("last_twelve_months", 24, [14]),  # one ends with every month
        ("quarter", 12, []),
        ("fiscal_quarter", 12, []),
        ("year", 6, []),
        ("fiscal_year", 6, []),
    ],
)
def test_a_report_has_room_for_24_months_12_quarters_or_6_years_if_not_told_otherwise(
    tmp_path: Path, period: str, columns: int, breaks: list[int]
) -> None:
    path = tmp_path / "report.xlsx"
    write_template(path, data=ledger(LINES), period=period, **THROUGH)
    workbook = load_workbook(path, data_only=True)
    last, total = (workbook["Movements"].cell(7, number) for number in (2 + columns, 4 + columns))
    assert f"1 to {columns}" in [cell.value for cell in workbook["Settings"]["D"]]
    assert str(last.number_format).startswith("mmm yy") and str(total.value).startswith("Last")
    assert [part.id for part in workbook["Movements"].col_breaks.brk] == breaks


@pytest.mark.parametrize("kind", ["lambda", "plain"])
def test_reports_that_need_no_addin_are_of_months(kind: str, tmp_path: Path) -> None:
    with pytest.raises(MrrError) as caught:
        write_template(
            tmp_path / "r.xlsx", data=ledger(LINES), rules=Settings.of({"period": "quarter"}), functions=kind
        )
    assert not (tmp_path / "r.xlsx").exists()
    why = {"lambda": "the LAMBDAs can't compute this data under these settings", "plain": "period is quarter"}
    assert why[kind] in str(caught.value)


def test_the_rule_stands_on_settings_with_all_it_may_be() -> None:
    assert RULES["period"].allowed == ("one of month, quarter, year, fiscal_quarter, fiscal_year, last_twelve_months")


def test_fill_refuses_quarters_in_a_report_of_an_earlier_version(by_month: Path, tmp_path: Path) -> None:
    """Its columns are months, so that each month of a quarter would show the whole quarter's movements."""
    workbook = load_workbook(by_month)
    del workbook.defined_names["Period_months"]
    cells = {row[0].value: row[1] for row in workbook["Settings"].iter_rows(max_col=2)}
    cells["period"].value = "quarter"
    workbook.save(tmp_path / "earlier.xlsx")
    sentence = (
        "the rule period is quarter, and this report is of an earlier version, whose columns are months; remove that "
        "rule, or write a new report with mrr-xl template"
    )
    with pytest.raises(MrrError, match=f"^{sentence}$"):
        fill(tmp_path / "earlier.xlsx", ledger(LINES), tmp_path / "filled.xlsx")


def test_what_stands_above_a_list_of_a_quarter_speaks_of_the_quarter(by_month: Path, tmp_path: Path) -> None:
    workbook = turned(by_month, tmp_path / "filled.xlsx", period="quarter")
    assert workbook["Detail"]["A2"].value == (
        "The customers behind each movement of the quarter picked on Summary, largest first."
    )
    assert workbook["Segments"]["A2"].value == (
        "The movements of the quarter picked on Summary, by segment. A transfer is MRR that moved between segments."
    )
