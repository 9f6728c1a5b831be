"""The report computed: what stands on each sheet, beside mrr_xl.metric and figures worked by hand."""

from __future__ import annotations

import datetime as dt
import io
import math
import textwrap
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

import mrr_xl
from mrr_xl import Settings
from mrr_xl.filling.fill import finish
from mrr_xl.ledger.rates import read_rates
from mrr_xl.report import write_template
from mrr_xl.report.sheets import movements
from mrr_xl.report.template import build_template, saved
from mrr_xl.settings import RULES

#: MRR at month end, 2023-01 to 2024-03: 100, 300, 380, 380, 680, 600, 600, 600, 650, 730, 730, 730, 780, 720, 640.
LEDGER = """
customer,start,end,mrr,plan,region
Ada,2023-01-01,2023-09-01,100,Pro,Europe
Ada,2023-09-01,,150,Pro,Europe
Bob,2023-02-10,2024-03-01,200,Team,Americas
Cyd,2023-03-05,2023-06-01,80,Team,Europe
Cyd,2023-10-01,,80,Team,Europe
Dan,2023-05-01,2024-02-01,300,Pro,Americas
Dan,2024-02-01,,240,Pro,Americas
Eve,2024-01-15,,50,Team,Europe
Fay,2024-03-20,,120,Pro,Americas
"""
LAST = "2024-03"


def frame(text: str) -> pd.DataFrame:
    """A ledger as text, as a frame with dates."""
    table = pd.read_csv(io.StringIO(textwrap.dedent(text).strip()))
    return table.assign(**{name: pd.to_datetime(table[name]) for name in ("start", "end") if name in table})


def report(
    folder: Path,
    text: str = LEDGER,
    *,
    months: int = 3,
    inputs: dict[str, Any] | None = None,
    rates: object = None,
    problems: bool = False,
    **rules: object,
) -> Any:
    """The report over a ledger, computed and opened for its values.

    inputs: what to put into cells, by their name or as Sheet!A1.
    """
    workbook = build_template(frame(text), months=months, rules=Settings.of(rules), rates=read_rates(rates))
    for name, value in (inputs or {}).items():
        place = workbook.defined_names[name].attr_text if name in workbook.defined_names else name
        sheet, _, cell = place.replace("$", "").rpartition("!")
        workbook[sheet.strip("'")][cell] = value
    filled = finish(saved(workbook), folder / "report.xlsx", 0)
    assert bool(filled.problems) is problems, filled.problems
    return load_workbook(filled.path, data_only=True)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The report over LEDGER as write_template writes it, with three months before the data."""
    path = tmp_path_factory.mktemp("report") / "report.xlsx"
    assert write_template(path, data=frame(LEDGER), months=18).problems == []
    return load_workbook(path, data_only=True)


def row(sheet: Any, label: str, first: str = "C", last: str = "Z") -> list[Any]:
    """What stands in the row of this label, up to the last cell that is not blank."""
    number = next(cell.row for cell in sheet["A"] if cell.value == label)
    values = [cell.value for cell in sheet[f"{first}{number}:{last}{number}"][0]]
    while values and values[-1] is None:
        values.pop()
    return values


def grid(sheet: Any, area: str) -> list[list[Any]]:
    """The cells of an area, down to the last row that is not blank."""
    rows = [[cell.value for cell in cells] for cells in sheet[area]]
    while rows and all(value is None for value in rows[-1]):
        rows.pop()
    return rows


def cells(values: Any) -> list[Any]:
    """Figures of Python as cells hold them: undefined is #N/A."""
    return ["#N/A" if value is None or pd.isna(value) else value for value in values]


def table_cells(table: pd.DataFrame, blank: Any = None) -> list[list[Any]]:
    """The rows of a table of Python as cells hold them: a period is its first day, what is missing is blank."""
    return [
        [value.start_time.to_pydatetime() if isinstance(value, pd.Period) else blank if pd.isna(value) else value
         for value in line]
        for line in table.astype(object).itertuples(index=False, name=None)
    ]  # fmt: skip


def near(values: Any) -> Any:
    return pytest.approx(values, rel=1e-12, abs=1e-9)


def errors(book: Any) -> set[tuple[str, str]]:
    return {
        (sheet.title, cell.value)
        for sheet in book
        for cells_ in sheet.iter_rows()
        for cell in cells_
        if isinstance(cell.value, str) and cell.value.startswith("#")
    }


def all_months(first: str, last: str) -> list[str]:
    return [str(month) for month in pd.period_range(first, last, freq="M")]


# Summary


def test_summary_shows_ten_figures_of_the_month_of_the_one_before_and_of_the_year_before(book: Any) -> None:
    """March 2024: Bob's 200 left, Fay's 120 came. Of March 2023's 380 (Ada 100, Bob 200, Cyd 80) 150 + 80 stay."""
    sheet = book["Summary"]
    assert [sheet[f"{letter}48"].value for letter in "DEF"] == [
        dt.datetime(2024, 3, 1), dt.datetime(2024, 2, 1), dt.datetime(2023, 3, 1),
    ]  # fmt: skip
    expected = {
        "MRR": (640, 720, 380),
        "Net new MRR": (-80, -60, 80),
        "Annual run rate (ARR)": (7680, 8640, 4560),
        "Customers": (5, 5, 3),
        "MRR per customer (ARPA)": (128, 144, 380 / 3),
        "MRR growth in the month": (-80 / 720, -60 / 780, 80 / 300),
        "Net revenue retention": (230 / 380, 350 / 300, "#N/A"),
        "Gross revenue retention": (180 / 380, 1, "#N/A"),
        "Customer churn in the month": (1 / 5, 0, 0),
        "Quick ratio: gained ÷ lost": (120 / 200, 0, "#N/A"),
    }
    assert [cell.value for cell in sheet["B"][48:58]] == list(expected)
    for place, figures in enumerate(expected.values(), 49):
        found = [sheet[f"{letter}{place}"].value for letter in "DEF"]
        assert found[2] == figures[2] if isinstance(figures[2], str) else found[2] == near(figures[2])
        assert found[:2] == near(list(figures[:2]))


def test_summarys_figures_are_those_of_python(book: Any) -> None:
    names = [
        "MRR", "MRR_NET_NEW", "ARR", "MRR_CUSTOMERS", "MRR_ARPA", "MRR_GROWTH", "MRR_NRR", "MRR_GRR",
        "MRR_LOGO_CHURN", "MRR_QUICK_RATIO",
    ]  # fmt: skip
    for place, name in enumerate(names, 49):
        python = mrr_xl.metric(name, frame(LEDGER), [LAST, "2024-02", "2023-03"])
        assert [book["Summary"][f"{letter}{place}"].value for letter in "DEF"] == cells(python), name


def test_the_changes_are_per_cent_of_amounts_and_points_of_rates(book: Any) -> None:
    """Month on month and year on year; blank where one of the two is undefined."""
    sheet = book["Summary"]
    changes = {sheet[f"B{place}"].value: (sheet[f"G{place}"].value, sheet[f"I{place}"].value)
               for place in range(49, 59)}  # fmt: skip
    expected = {
        "MRR": (640 / 720 - 1, 640 / 380 - 1),
        "Net new MRR": (-20, -160),
        "Annual run rate (ARR)": (640 / 720 - 1, 640 / 380 - 1),
        "Customers": (0, 5 / 3 - 1),
        "MRR per customer (ARPA)": (128 / 144 - 1, 128 * 3 / 380 - 1),
        "MRR growth in the month": (-80 / 720 + 60 / 780, -80 / 720 - 80 / 300),
        "Net revenue retention": (230 / 380 - 350 / 300, None),
        "Gross revenue retention": (180 / 380 - 1, None),
        "Customer churn in the month": (0.2, 0.2),
        "Quick ratio: gained ÷ lost": (0.6, None),
    }
    assert list(changes) == list(expected)
    for label, (month, year) in expected.items():
        assert changes[label][0] == near(month), label
        assert changes[label][1] is None if year is None else changes[label][1] == near(year), label


def test_a_card_shows_the_figure_and_tells_its_changes(book: Any) -> None:
    sheet = book["Summary"]
    cards = [(sheet.cell(top, left).value, sheet.cell(top + 1, left).value, sheet.cell(top + 2, left).value,
              sheet.cell(top + 2, left + 1).value) for top in (6, 10) for left in (2, 4, 6, 8, 10)]  # fmt: skip
    assert [(label, month, year) for label, _, month, year in cards] == [
        ("MRR (EUR)", "▼ 11.1 % vs last month", "▲ 68.4 % vs last year"),
        ("Net new MRR (EUR)", "▼ 20 vs last month", "▼ 160 vs last year"),
        ("Annual run rate (ARR) (EUR)", "▼ 11.1 % vs last month", "▲ 68.4 % vs last year"),
        ("Customers", "● 0.0 % vs last month", "▲ 66.7 % vs last year"),
        ("MRR per customer (ARPA) (EUR)", "▼ 11.1 % vs last month", "▲ 1.1 % vs last year"),
        ("MRR growth in the month", "▼ 3.4 pts vs last month", "▼ 37.8 pts vs last year"),
        ("Net revenue retention", "▼ 56.1 pts vs last month", None),
        ("Gross revenue retention", "▼ 52.6 pts vs last month", None),
        ("Customer churn in the month", "▲ 20.0 pts vs last month", "▲ 20.0 pts vs last year"),
        ("Quick ratio: gained ÷ lost", "▲ 0.6× vs last month", None),
    ]
    assert [figure for _, figure, _, _ in cards] == [sheet[f"D{place}"].value for place in range(49, 59)]


def test_a_card_of_a_young_company_says_what_is_not_defined_yet(tmp_path: Path) -> None:
    """The figures that formulas read stay #N/A: nobody was a customer a year before, and nothing was lost."""
    text = """
    customer,start,end,mrr
    A,2024-01-01,,100
    B,2024-02-01,,50
    """
    sheet = report(tmp_path, text, months=1, through="2024-02")["Summary"]
    cards = {sheet.cell(10, left).value: (sheet.cell(11, left).value, sheet.cell(12, left).value)
             for left in (4, 6, 10)}  # fmt: skip
    assert cards == {
        "Net revenue retention": ("–", "not defined"),
        "Gross revenue retention": ("–", "not defined"),
        "Quick ratio: gained ÷ lost": ("–", "not defined"),
    }
    assert {sheet[f"D{place}"].value for place in (55, 56, 58)} == {"#N/A"}


@pytest.mark.parametrize(
    ("month", "says"),
    [
        (dt.date(2023, 1, 1), "MRR was 100 EUR in January 2023: +100 new; 1 customer."),
        (dt.date(2023, 5, 1), "MRR rose 78.9 % to 680 EUR in May 2023: +300 new; 4 customers."),
        (dt.date(2023, 12, 1), "MRR was 730 EUR in December 2023: no movements; 4 customers."),
        (dt.date(2024, 3, 1), "MRR fell 11.1 % to 640 EUR in March 2024: +120 new, −200 churn; 5 customers."),
    ],
    ids=["the first month ever", "growth", "nothing moved", "fall"],
)
def test_the_sentence(tmp_path: Path, month: dt.date, says: str) -> None:
    found = report(tmp_path, months=1, inputs={"Report_month": month})
    assert found["Summary"]["B2"].value == says


def test_a_month_after_the_last_one_reported_has_no_figures(tmp_path: Path) -> None:
    found = report(tmp_path, months=1, inputs={"Report_month": dt.date(2024, 4, 1)}, problems=True)
    assert found["Summary"]["B2"].value == "No figures for this month: see the sheet Checks."
    assert {found["Summary"].cell(place, 4).value for place in range(49, 59)} == {"#N/A"}


def test_the_sentence_names_every_movement_and_rounds_a_small_growth_to_none(tmp_path: Path) -> None:
    """February: 10,000 + 20 new + 10 back + 9 more − 15 less − 21 gone = 10,003, which is 0.0 % more."""
    text = """
    customer,start,end,mrr
    A,2023-12-01,,9914
    B,2023-12-01,2024-01-01,10
    B,2024-02-01,,10
    C,2024-01-01,2024-02-01,30
    C,2024-02-01,,39
    D,2024-01-01,2024-02-01,35
    D,2024-02-01,,20
    E,2024-01-01,2024-02-01,21
    F,2024-02-01,,20
    """
    found = report(tmp_path, text, months=1, inputs={"Report_currency": "USD"}, through="2024-02")
    assert found["Summary"]["B2"].value == (
        "MRR was 10,003 USD in February 2024: +20 new, +10 reactivation, +9 expansion, −15 contraction, −21 churn; "
        "5 customers."
    )


def test_the_light_is_green_where_no_check_is_a_problem(book: Any) -> None:
    assert "problem" not in [cell.value for cell in book["Checks"]["B"]]
    assert book["Summary"]["J4"].value == "● OK"
    assert book["Checks"]["E3"].value == "All checks passed"


def test_the_light_counts_the_checks_that_are_a_problem(tmp_path: Path) -> None:
    text = """
    customer,start,end,mrr
    A,2024-01-01,,100
    Total,2024-01-01,,100
    """
    found = report(tmp_path, text, months=1, through="2024-01")
    assert [cell.value for cell in found["Checks"]["B"]].count("problem") == 1
    assert found["Summary"]["J4"].value == "● 1 to look at"


def test_data_that_cannot_be_read_is_told_on_summary_forecast_and_checks(tmp_path: Path) -> None:
    text = """
    customer,start,end,mrr
    A,2024-01-01,,soon
    """
    found = report(tmp_path, text, months=1, problems=True)
    assert found["Summary"]["B2"].value == "No figures for this month: see the sheet Checks."
    assert found["Summary"]["J4"].value == "● 1 to look at"
    assert found["Forecast"]["A16"].value == "No figures: see the sheet Checks."
    check = [cell.value for cell in found["Checks"][5]]
    assert check[:2] == ["data can be read", "problem"]
    assert check[4].startswith("row 2, column mrr: ")
    assert found["Checks"]["E3"].value == "Look at: data can be read"


def bridge(sheet: Any) -> dict[str, list[float]]:
    """Movement → amount, from, to, base, gain, gain below 0, loss, loss below 0."""
    return {line[0]: line[2:] for line in grid(sheet, "B64:K69")}


def test_a_step_of_the_bridge_that_crosses_zero_stands_in_two_parts(tmp_path: Path) -> None:
    """New 5 to +5, contraction 2 to +3, churn 6 to −3: 3 of it above zero and 3 below."""
    text = """
    customer,start,end,mrr
    A,2024-01-01,2024-02-01,10
    A,2024-02-01,,8
    B,2024-01-01,2024-02-01,6
    C,2024-02-01,,5
    """
    sheet = report(tmp_path, text, months=1, through="2024-02")["Summary"]
    assert bridge(sheet) == {
        "New": [5, 0, 5, 0, 5, 0, 0, 0],
        "Reactivation": [0, 5, 5, 5, 0, 0, 0, 0],
        "Expansion": [0, 5, 5, 5, 0, 0, 0, 0],
        "Contraction": [-2, 5, 3, 3, 0, 0, 2, 0],
        "Churn": [-6, 3, -3, 0, 0, 0, 3, -3],
        "Exchange rates": [0, -3, -3, -3, 0, 0, 0, 0],
    }
    assert [cell.value for cell in sheet["D70:L70"][0]] == [-3, *[None] * 7, -3]
    assert [cell.value for (cell,) in sheet["N64:N70"]] == [
        "New\n+5", "Reactivation\n+0", "Expansion\n+0", "Contraction\n−2", "Churn\n−6", "Exchange rates\n+0", "Net\n−3",
    ]  # fmt: skip


def test_steps_of_the_bridge_below_zero_hang_from_their_base(tmp_path: Path) -> None:
    """Contraction 2 to −2, churn 6 to −8; then rates lift what is left, 8 dollars, from 1 to 3 each: +16 to +8."""
    text = """
    customer,start,end,mrr,currency
    A,2024-01-01,2024-02-01,10,USD
    A,2024-02-01,,8,USD
    B,2024-01-01,2024-02-01,6,USD
    """
    rates = [("EUR", "2024-01", 1), ("USD", "2024-01", 1), ("EUR", "2024-02", 1), ("USD", "2024-02", 3)]
    sheet = report(tmp_path, text, months=1, rates=rates, through="2024-02")["Summary"]
    assert {name: step for name, step in bridge(sheet).items() if step[0]} == {
        "Contraction": [-2, 0, -2, 0, 0, 0, 0, -2],
        "Churn": [-6, -2, -8, -2, 0, 0, 0, -6],
        "Exchange rates": [16, -8, 8, 0, 8, -8, 0, 0],
    }
    assert sheet["L70"].value == 8


# Movements


@pytest.mark.parametrize("name", [row_.key for row_ in movements.ROWS if not row_.formula])
def test_a_row_of_movements_is_the_metric_over_the_months(book: Any, name: str) -> None:
    sheet, months = book["Movements"], all_months("2022-10", LAST)
    assert [cell.value for cell in sheet["C7:T7"][0]] == [dt.datetime.fromisoformat(f"{month}-01") for month in months]
    number = movements.row_numbers()[name]
    assert [cell.value for cell in sheet[f"C{number}:T{number}"][0]] == cells(
        mrr_xl.metric(name, frame(LEDGER), months)
    )


def test_both_check_rows_are_zero_in_every_month(book: Any) -> None:
    sheet = book["Movements"]
    for key in ("check", "check_customers"):
        number = movements.row_numbers()[key]
        assert sheet[f"A{number}"].value == "Check: opening + movements − closing"
        assert [cell.value for cell in sheet[f"C{number}:T{number}"][0]] == [0] * 18
    assert sheet["B5"].value == "OK"


def test_the_years_stand_above_their_first_months(book: Any) -> None:
    years = {cell.column_letter: cell.value for cell in book["Movements"]["C6:T6"][0] if cell.value is not None}
    assert years == {"C": 2022, "F": 2023, "R": 2024}


def last_column(sheet: Any, letter: str) -> dict[str, Any]:
    """Label → what the column over the last months says, for every row where it says anything."""
    last_row = max(movements.row_numbers().values())
    return {line[0]: line[-1] for line in grid(sheet, f"A7:{letter}{last_row}") if line[-1] is not None}


#: They neither add up over months nor lead from an opening to a closing.
NOT_IN_THE_LAST_COLUMN = {row.label for row in movements.ROWS if row.section == "Key figures" or row.formula}


def test_the_last_column_leads_from_the_opening_to_the_closing_of_twelve_months(book: Any) -> None:
    """April 2023 to March 2024: new Dan 300, Eve 50, Fay 120; back Cyd 80; Ada +50; Dan −60; left Cyd 80, Bob 200."""
    column = last_column(book["Movements"], "V")
    expected = {
        "Month": "Last 12 months",
        "Opening MRR": 380, "New": 470, "Reactivation": 80, "Expansion": 50, "Contraction": -60, "Churn": -280,
        "Exchange rates (FX)": 0, "Closing MRR": 640, "Net new MRR": 260,
        "Opening customers": 3, "New customers": 3, "Reactivated customers": 1, "Churned customers": 2,
        "Customers at month end": 5,
    }  # fmt: skip
    assert expected.items() <= column.items()
    assert not NOT_IN_THE_LAST_COLUMN & set(column)
    assert 380 + 470 + 80 + 50 - 60 - 280 == 640 and 3 + 3 + 1 - 2 == 5


def test_with_fewer_months_the_last_column_is_over_those(tmp_path: Path) -> None:
    """January to March 2024."""
    sheet = report(tmp_path, months=3)["Movements"]
    column = last_column(sheet, "G")
    expected = {
        "Month": "Last 3 months",
        "Opening MRR": 730, "New": 170, "Reactivation": 0, "Expansion": 0, "Contraction": -60, "Churn": -200,
        "Exchange rates (FX)": 0, "Closing MRR": 640, "Net new MRR": -90,
        "Opening customers": 4, "New customers": 2, "Reactivated customers": 0, "Churned customers": 1,
        "Customers at month end": 5,
    }  # fmt: skip
    assert expected.items() <= column.items()


def test_fewer_months_shown_than_there_are_columns_leave_the_rest_blank(tmp_path: Path) -> None:
    found = report(tmp_path, months=6, inputs={"Months_shown": 2, "Unit economics!C9": 500, "Unit economics!C10": 0.1})
    sheet = found["Movements"]
    assert [cell.value for cell in sheet["C7:H7"][0]] == [dt.datetime(2024, 2, 1), dt.datetime(2024, 3, 1), *[None] * 4]
    for name in ("Movements", "Retention", "Unit economics"):
        beyond = {cell.value for cells_ in found[name].iter_rows(min_row=6, min_col=5, max_col=8) for cell in cells_}
        assert beyond <= {None, ""}, name
    assert sheet["B5"].value == "OK"
    column = last_column(sheet, "J")
    assert (column["Month"], column["Opening MRR"], column["Net new MRR"], column["Closing MRR"]) == (
        "Last 2 months", 780, -140, 640,
    )  # fmt: skip
    assert (column["Opening customers"], column["Customers at month end"]) == (5, 5)


# The month picked


def test_an_earlier_month_picked_moves_summary_detail_segments_and_customers_only(tmp_path: Path) -> None:
    """October 2023: Cyd is back with 80."""
    data, month = frame(LEDGER), "2023-10"
    found = report(tmp_path, inputs={"Report_month": dt.date(2023, 10, 1)})
    assert found["Summary"]["B2"].value == "MRR rose 12.3 % to 730 EUR in October 2023: +80 reactivation; 4 customers."
    assert grid(found["Detail"], "A7:E20") == [["Cyd", "reactivation", 0, 80, 80]]
    assert found["Detail"]["A3"].value == dt.datetime(2023, 10, 1)
    assert [found["Detail"][cell].value for cell in ("C4", "D4", "E4")] == [80, 80, "OK"]
    assert grid(found["Segments"], "A7:J20") == table_cells(mrr_xl.metric("MRR_SEGMENTS", data, month, by="plan"))
    assert grid(found["Customers"], "A14:E40") == table_cells(mrr_xl.metric("MRR_TOP", data, month, n=25))
    assert found["Movements"]["E7"].value == dt.datetime(2024, 3, 1)
    assert found["Forecast"]["A17"].value == dt.datetime(2024, 4, 1)


# Detail, Segments


def test_detail_lists_the_changes_and_their_sum_is_the_net_new_mrr(book: Any) -> None:
    sheet = book["Detail"]
    assert grid(sheet, "A6:E40") == [
        ["Customer", "Movement", "Before", "After", "Change"],
        ["Fay", "new", 0, 120, 120],
        ["Bob", "churn", 200, 0, -200],
    ]
    assert [sheet[cell].value for cell in ("C4", "D4", "E4")] == [-80, -80, "OK"]


def test_detail_says_where_its_changes_are_not_the_net_new_mrr(tmp_path: Path) -> None:
    """A change put below the list by hand."""
    sheet = report(tmp_path, months=1, inputs={"Detail!E40": 1})["Detail"]
    assert [sheet[cell].value for cell in ("C4", "D4", "E4")] == [-79, -80, "differs"]


def test_segments_are_those_of_the_plan_at_first(book: Any) -> None:
    sheet = book["Segments"]
    assert sheet["B4"].value == "Plan"
    assert grid(sheet, "A6:J40") == [
        ["Segment", "Opening", "New", "Reactivation", "Expansion", "Contraction", "Churn", "Transfer in",
         "Transfer out", "Closing"],
        ["Pro", 390, 120, 0, 0, 0, 0, 0, 0, 510],
        ["Team", 330, 0, 0, 0, 0, -200, 0, 0, 130],
        ["total", 720, 120, 0, 0, 0, -200, 0, 0, 640],
    ]  # fmt: skip


def test_segments_by_another_column(tmp_path: Path) -> None:
    sheet = report(tmp_path, months=1, inputs={"Segments!B4": "region"})["Segments"]
    assert [[line[0], line[1], line[2], line[6], line[9]] for line in grid(sheet, "A7:J40")] == [
        ["Americas", 440, 120, -200, 360],
        ["Europe", 280, 0, 0, 280],
        ["total", 720, 120, -200, 640],
    ]
    assert grid(sheet, "A7:J40") == table_cells(mrr_xl.metric("MRR_SEGMENTS", frame(LEDGER), LAST, by="region"))


def test_segments_ask_for_a_column_where_the_data_has_none_of_the_usual_ones(tmp_path: Path) -> None:
    text = """
    customer,start,end,mrr,team
    A,2024-01-01,,10,red
    """
    found = report(tmp_path, text, months=1, through="2024-01")
    assert found["Segments"]["B4"].value is None
    assert grid(found["Segments"], "A6:J40") == [["Pick a column in B4", *[None] * 9]]


@pytest.mark.parametrize(
    ("text", "by", "first"),
    [
        ("customer,start,mrr,plan\nA,2024-01-01,10,Pro\nB,2024-01-01,20,", "Plan", ["(blank)", "Pro", "total"]),
        ("customer,start,mrr,team\nA,2024-01-01,10,red\nB,2024-01-01,20,blue\nC,2024-01-01,5,red", "team",
         ["blue", "red", "total"]),
        ("customer,start,mrr,plan,country\nA,2024-01-01,10,,DE\nB,2024-01-01,20,,FR", "country",
         ["FR", "DE", "total"]),
        ("customer,start,mrr,name,pack\n" + "\n".join(
            f"{number},2024-01-01,{number},{['Ada', 'Bob', 'Cyd', 'Ada'][number - 1]},{'xyxx'[number - 1]}"
            for number in range(1, 5)), "pack", ["x", "y", "total"]),
        ("customer,start,mrr,name\n1,2024-01-01,30,Ada\n2,2024-01-01,20,Bob\n2,2024-01-01,5,Bob", "name",
         ["Ada", "Bob", "total"]),
        ("customer,start,mrr,id,note\nA,2024-01-01,10,x,\nB,2024-01-01,20,y,", "Plan", ["(blank)", "total"]),
    ],
)  # fmt: skip
def test_segments_of_ones_own_data_begin_with_a_column_that_says_something(
    tmp_path: Path, text: str, by: str, first: list[str]
) -> None:
    file = tmp_path / "data.csv"
    file.write_text(text, encoding="utf-8")
    write_template(tmp_path / "out.xlsx", data=file, months=1, through="2024-01")
    sheet = load_workbook(tmp_path / "out.xlsx", data_only=True)["Segments"]
    assert sheet["B4"].value == by
    assert [name for row in range(7, 12) if (name := sheet.cell(row, 1).value)] == first


def test_the_chart_of_segments_is_without_the_total(book: Any) -> None:
    assert grid(book["Segments"], "L27:M35") == [["Segment", "Closing MRR"], ["Pro", 510], ["Team", 130]]


@pytest.mark.parametrize(
    ("regions", "last"),
    [(7, [None, None]), (8, ["R8", 1]), (9, ["2 others", 3]), (12, ["5 others", 15])],
    ids=lambda given: str(given) if isinstance(given, int) else None,
)
def test_the_chart_of_segments_has_the_seven_largest_and_the_others_together(
    tmp_path: Path, regions: int, last: list[Any]
) -> None:
    """The first region pays as many euros as there are regions, each one after it one less; the last pays 1."""
    text = "customer,start,end,mrr,region\n"
    text += "\n".join(f"C{place},2024-01-01,,{regions - place},R{place + 1}" for place in range(regions))
    sheet = report(tmp_path, text, months=1, through="2024-01")["Segments"]
    bars = [[cell.value for cell in line] for line in sheet["L28:M35"]]
    assert bars == [*([f"R{place + 1}", regions - place] for place in range(7)), last]


# Cohorts


#: Customer → MRR at each month end from 2023-01 to 2024-03.
MONTHS = all_months("2023-01", LAST)
PAID = {
    "Ada": [100] * 8 + [150] * 7,
    "Bob": [0] + [200] * 13 + [0],
    "Cyd": [0] * 2 + [80] * 3 + [0] * 4 + [80] * 6,
    "Dan": [0] * 4 + [300] * 9 + [240] * 2,
    "Eve": [0] * 12 + [50] * 3,
    "Fay": [0] * 14 + [120],
}


def weighted_averages(length: int, logos: bool) -> list[float]:
    """At each age: what the cohorts of which all have reached it have left, ÷ what they began with.

    length: months that make a cohort, counted from January.
    """
    worth = {name: [min(mrr, 1) if logos else mrr for mrr in paid] for name, paid in PAID.items()}
    joined = {name: next(place for place, mrr in enumerate(paid) if mrr) for name, paid in worth.items()}
    cohorts: dict[int, list[str]] = {}
    for name, month in joined.items():
        cohorts.setdefault(month // length, []).append(name)
    averages = []
    for age in range(len(MONTHS)):
        old = [names for names in cohorts.values() if max(joined[name] for name in names) + age < len(MONTHS)]
        start = sum(worth[name][joined[name]] for names in old for name in names)
        left = sum(worth[name][joined[name] + age] for names in old for name in names)
        if old:
            averages.append(left / start)
    return averages


def test_the_ledger_written_out_by_customer_is_the_one_of_the_tests() -> None:
    assert mrr_xl.movements(frame(LEDGER))["closing"].tolist() == [sum(month) for month in zip(*PAID.values())]


@pytest.mark.parametrize(("sheet", "measure"), [("Cohorts MRR", "net"), ("Cohorts customers", "logos")])
def test_cohorts_by_quarter_and_their_weighted_average(book: Any, sheet: str, measure: str) -> None:
    cohorts = mrr_xl.metric("MRR_COHORTS", frame(LEDGER), measure=measure, period="quarter")
    found = grid(book[sheet], "A8:Q67")
    assert book[sheet]["B4"].value == "quarter"
    assert [line[0] for line in found] == ["2023-Q1", "2023-Q2", "2024-Q1"]
    assert found == table_cells(cohorts)
    average = [cell.value for cell in book[sheet]["C6:DR6"][0]]
    expected = weighted_averages(3, measure == "logos")
    assert len(expected) == 13  # January's 14 months since then, but March's 12
    assert average[:13] == near(expected)
    assert set(average[13:]) <= {None, ""}
    line = [cell.value for cell in book[sheet]["C5:AM5"][0]]
    assert line == [*average[:13], *["#N/A"] * 24]  # a blank text would be drawn as 0


def test_an_average_by_hand(book: Any) -> None:
    """Ten months on: Ada 150, Bob 200, Cyd 80 and Dan 240 of the 100 + 200 + 80 + 300 with which they began."""
    assert book["Cohorts MRR"]["M7"].value == "10"
    assert book["Cohorts MRR"]["M6"].value == near(670 / 680)
    assert book["Cohorts customers"]["M6"].value == 1


def test_the_period_picked_on_the_first_cohort_sheet_holds_for_both(tmp_path: Path) -> None:
    found = report(tmp_path, months=1, inputs={"Cohorts MRR!B4": "month"})
    for sheet, logos in (("Cohorts MRR", False), ("Cohorts customers", True)):
        assert found[sheet]["B4"].value == "month"
        assert [line[0] for line in grid(found[sheet], "A8:A67")] == [
            "2023-01", "2023-02", "2023-03", "2023-05", "2024-01", "2024-03",
        ]  # fmt: skip
        assert [cell.value for cell in found[sheet]["C6:Q6"][0]] == near(weighted_averages(1, logos))


# Retention, Customers


def test_retention_is_the_metrics_over_the_months(book: Any) -> None:
    """Of the customers of March 2023 (Ada 100, Bob 200, Cyd 80), Ada pays 150 and Cyd 80 a year on."""
    sheet, months = book["Retention"], all_months("2022-10", LAST)
    labels = {
        "Net revenue retention (NRR)": ("MRR_NRR", 230 / 380),
        "Gross revenue retention (GRR)": ("MRR_GRR", 180 / 380),
        "Customers retained": ("MRR_LOGO_RETENTION", 2 / 3),
        "Gross churn: contraction and churn ÷ opening": ("MRR_GROSS_CHURN_RATE", 200 / 720),
        "Net churn: less expansion and reactivation": ("MRR_NET_CHURN_RATE", 200 / 720),
        "Customer churn": ("MRR_LOGO_CHURN", 1 / 5),
    }
    for label, (name, last) in labels.items():
        found = row(sheet, label)
        assert found == cells(mrr_xl.metric(name, frame(LEDGER), months)), label
        assert found[-1] == near(last), label


def test_retention_over_another_number_of_months(tmp_path: Path) -> None:
    """Three months before: Ada 150, Bob 200, Cyd 80, Dan 300; now 150, 0, 80, 240."""
    sheet = report(tmp_path, months=1, retention_months=3)["Retention"]
    assert [sheet[f"C{number}"].value for number in (9, 10, 11)] == near([470 / 730, 470 / 730, 3 / 4])


def test_customers_lists_the_largest_and_how_much_hangs_on_them(tmp_path: Path) -> None:
    """Dan 240, Ada 150, Fay 120, Cyd 80, Eve 50; the index is the sum of the squared shares."""
    sheet = report(tmp_path, months=1, inputs={"Customers!B4": 3})["Customers"]
    assert [cell.value for (cell,) in sheet["C7:C11"]] == near([240 / 640, 1, 1, 1, 103_400 / 640**2])
    found = grid(sheet, "A13:E40")
    assert found[0] == ["Rank", "Customer", "MRR", "Share", "Cumulative share"]
    assert [line[:3] for line in found[1:]] == [[1, "Dan", 240], [2, "Ada", 150], [3, "Fay", 120]]
    assert [line[3:] for line in found[1:]] == [near([240 / 640] * 2), near([150 / 640, 390 / 640]),
                                                near([120 / 640, 510 / 640])]  # fmt: skip


# Forecast


def test_the_forecast_is_that_of_python_and_the_base_line_of_the_chart(book: Any) -> None:
    sheet = book["Forecast"]
    forecast = mrr_xl.metric("MRR_FORECAST", frame(LEDGER), months=12, method="drivers")
    found = grid(sheet, "A17:H28")
    assert found == table_cells(forecast)
    assert [cell.value for (cell,) in sheet["C63:C74"]] == [line[7] for line in found]
    assert sheet["B50"].value == "Actual" and sheet["C50"].value == "Base"


def test_the_first_month_of_the_forecast_by_hand(book: Any) -> None:
    """October to March: new 50 + 120, reactivation 80, contraction 60 and churn 200 of openings that sum to 4,340."""
    openings = 650 + 730 + 730 + 730 + 780 + 720
    month = [cell.value for cell in book["Forecast"][17][:8]]
    expected = [640, 170 / 6, 80 / 6, 0, -640 * 60 / openings, -640 * 200 / openings]
    assert openings == 4340 and month[0] == dt.datetime(2024, 4, 1)
    assert month[1:7] == pytest.approx(expected, abs=1e-6)
    assert month[7] == pytest.approx(sum(expected), abs=1e-5)


def test_behind_the_chart_stand_twelve_months_that_were_and_twelve_that_may_be(book: Any) -> None:
    sheet = book["Forecast"]
    rows = grid(sheet, "A51:F74")
    assert [line[0] for line in rows] == [
        dt.datetime.fromisoformat(f"{month}-01") for month in all_months("2023-04", "2025-03")
    ]
    actual = [line[1] for line in rows]
    assert actual[:12] == mrr_xl.metric("MRR", frame(LEDGER), all_months("2023-04", LAST)).tolist()
    assert set(actual[12:]) == {None}
    assert [line[2:5] for line in rows[:11]] == [[None] * 3] * 11
    assert rows[11][2:5] == [640] * 3  # the lines meet


@pytest.mark.parametrize(
    ("column", "scenario"),
    [
        ("D", "new=120%; expansion=110%; contraction=90%; churn=90%"),
        ("E", "new=80%; expansion=90%; contraction=110%; churn=120%"),
    ],
    ids=["Upside", "Downside"],
)
def test_the_scenarios_of_the_chart(book: Any, column: str, scenario: str) -> None:
    forecast = mrr_xl.metric("MRR_FORECAST", frame(LEDGER), months=12, scenario=scenario)
    assert [cell.value for (cell,) in book["Forecast"][f"{column}63:{column}74"]] == forecast["closing"].tolist()


def test_the_scenario_picked_and_its_multipliers_are_those_of_the_table(tmp_path: Path) -> None:
    sheet = report(tmp_path, months=1, inputs={"Forecast!B14": "Downside", "Forecast!D6": 0, "Forecast!D10": 2.5})[
        "Forecast"
    ]
    scenario = "new=0%; reactivation=100%; expansion=90%; contraction=110%; churn=250%"
    assert sheet["B79"].value == scenario
    forecast = mrr_xl.metric("MRR_FORECAST", frame(LEDGER), months=12, scenario=scenario)
    assert [line[7] for line in grid(sheet, "A17:H28")] == forecast["closing"].tolist()
    assert {line[2] for line in grid(sheet, "A17:H28")} == {0}
    assert [cell.value for (cell,) in sheet["E63:E74"]] == forecast["closing"].tolist()


def test_the_backtest_stands_beside_the_scenarios(book: Any) -> None:
    """15 months of history, 12 known at first: 3 forecasts one month ahead, 1 three months ahead, none of six."""
    tested = mrr_xl.metric("MRR_BACKTEST", frame(LEDGER), method="drivers")
    found = grid(book["Forecast"], "F5:I8")
    assert found[0] == ["Months ahead", "Forecasts", "Mean error", "Naive error"]
    assert [line[:2] for line in found[1:]] == [[1, 3], [3, 1], [6, 0]]
    assert [line[2] for line in found[1:]] == [*tested["mean_abs_error"].tolist()[:2], "–"]
    assert [line[3] for line in found[1:]] == [*tested["naive_error"].tolist()[:2], "–"]
    naive = [abs(730 - 780) / 780, abs(780 - 720) / 720, abs(720 - 640) / 640]
    assert found[1][3] == near(sum(naive) / 3)


def test_the_forecast_says_where_the_naive_one_was_closer(book: Any) -> None:
    """10.6 % beside 9.1 % one month ahead, 24.8 % beside 14.1 % three; none is known six months ahead."""
    assert book["Forecast"]["F10"].value == "The naive forecast was closer. Months ahead: 1, 3."


def test_a_forecast_that_was_closer_than_the_naive_one_has_no_such_sentence(tmp_path: Path) -> None:
    """Every month brings 100 more, which the drivers foresee and the naive forecast misses."""
    months = all_months("2023-01", "2024-07")
    text = "customer,start,end,mrr\n" + "\n".join(f"C{month},{month}-01,,100" for month in months)
    sheet = report(tmp_path, text, months=1, through="2024-07")["Forecast"]
    assert [[line[2], line[3] > 0] for line in grid(sheet, "F6:I8")] == [[near(0), True]] * 3
    assert sheet["F10"].value is None


def test_less_than_seven_months_of_history_are_a_sentence_and_no_error(tmp_path: Path) -> None:
    """January to June 2024."""
    text = """
    customer,start,end,mrr
    A,2024-01-01,,10
    B,2024-06-01,,5
    """
    found = report(tmp_path, text, months=1, through="2024-06")
    sheet = found["Forecast"]
    assert grid(sheet, "A16:H28") == [["A forecast needs seven months of history.", *[None] * 7]]
    assert {cell.value for cells_ in sheet["F6:I8"] for cell in cells_} == {"–"}
    assert sheet["F10"].value is None
    assert {cell.value for cells_ in sheet["C63:E74"] for cell in cells_} <= {None, ""}
    assert "Forecast" not in {name for name, _ in errors(found)}


def test_seven_months_are_enough_for_a_forecast_and_too_few_for_a_backtest(tmp_path: Path) -> None:
    text = """
    customer,start,end,mrr
    A,2024-01-01,,10
    B,2024-07-01,,6
    """
    sheet = report(tmp_path, text, months=1, through="2024-07")["Forecast"]
    assert sheet["H17"].value == 17  # 16 + 6 ÷ 6 months
    assert {cell.value for cells_ in sheet["F6:I8"] for cell in cells_} == {"–"}


# Unit economics


@pytest.fixture(scope="module")
def economics(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """September 2023 to March 2024, in C to I: no spend in September, no new customer in most months."""
    spend = {"D": 300, "E": 250, "F": 350, "G": 500, "H": 400, "I": 600}
    inputs: dict[str, Any] = {f"Unit economics!{letter}9": amount for letter, amount in spend.items()}
    inputs["Unit economics!I10"] = 0.1
    burn = {"D": 400, "E": 300, "F": 260, "G": 100, "H": 500, "I": 500}
    inputs |= {f"Unit economics!{letter}11": amount for letter, amount in burn.items()}
    folder = tmp_path_factory.mktemp("economics")
    return report(folder, months=7, inputs=inputs, gross_margin=0.8)["Unit economics"]


def test_what_a_customer_is_worth(economics: Any) -> None:
    """March: ARPA 640 ÷ 5 = 128, of which 80 % ÷ (mean churn of six months 20 % ÷ 6) = 3,072."""
    assert row(economics, "New MRR") == [0, 0, 0, 0, 50, 0, 120]
    assert row(economics, "New customers") == [0, 0, 0, 0, 1, 0, 1]
    assert row(economics, "Average MRR per customer (ARPA)")[-1] == 128
    assert row(economics, "Average MRR of a new customer") == ["#N/A"] * 4 + [50, "#N/A", 120]
    assert row(economics, "Lifetime value (LTV)")[-1] == near(3072)


def test_what_it_costs_to_win_one(economics: Any) -> None:
    """CAC 600 ÷ 1 customer; 3,072 ÷ 600; 600 ÷ (120 × 0.8). Without a spend blank, without new customers undefined."""
    assert row(economics, "Cost to win a customer (CAC)", "D") == ["#N/A"] * 3 + [500, "#N/A", 600]
    ratio = row(economics, "LTV ÷ CAC", "D")
    assert ratio[:3] == ["#N/A"] * 3 and ratio[-1] == near(5.12)
    assert row(economics, "CAC payback (months)", "D") == ["#N/A"] * 3 + [near(12.5), "#N/A", near(6.25)]
    assert {economics[f"C{number}"].value for number in (19, 20, 21)} <= {None, ""}


def test_growth_for_money(economics: Any) -> None:
    """January to March lost 90 of MRR, × 12 ÷ the 900 of October to December; 640 ÷ 380 − 1 + a margin of 10 %."""
    magic = row(economics, "Magic number")
    assert magic[-1] == near(-1.2)
    assert {value for value in magic[:-1]} <= {None, ""}  # one of their three months has no spend
    assert row(economics, "MRR growth over twelve months")[-1] == near(640 / 380 - 1)
    assert row(economics, "Growth + margin (rule of 40)")[-1] == near(640 / 380 - 1 + 0.1)
    assert {economics.cell(27, column).value for column in range(3, 9)} <= {None, ""}


def test_cash_burned_for_growth(economics: Any) -> None:
    """960 in October to December for 12 × 80, 660 in November to January for 12 × 50; then MRR fell."""
    burn = row(economics, "Burn multiple")
    assert {value for value in burn[:3]} <= {None, ""}
    assert burn[3:] == [1.0, near(1.1), "#N/A", "#N/A"]


def test_inputs_below_columns_without_a_month_give_nothing(tmp_path: Path) -> None:
    """Three quarters in nine columns: what is typed beyond them, for the months that were there, is of no period."""
    typed = {9: 500, 10: 0.1, 11: 100}
    inputs = {f"Unit economics!{letter}{number}": typed[number] for letter in "CDEFGHIJK" for number in typed}
    for rules in ({"period": "quarter"}, {}):
        found = report(tmp_path, months=9, inputs={**inputs, "Months_shown": 3}, **rules)["Unit economics"]
        numbers = [*range(18, 22), *range(24, 28)]
        assert {found.cell(number, column).value for number in numbers for column in range(6, 12)} <= {None, ""}
        assert found["E19"].value not in (None, "")


def test_without_inputs_what_needs_them_is_blank(book: Any) -> None:
    sheet = book["Unit economics"]
    for number in (9, 10, 11, 19, 20, 21, 24, 25, 27):
        assert {cell.value for cell in sheet[f"C{number}:T{number}"][0]} <= {None, ""}, sheet[f"A{number}"].value


# Checks, Definitions


def test_checks_are_those_of_python(tmp_path: Path) -> None:
    """With a line twice, which is a note, and a problem where both run at once."""
    text = LEDGER + "Fay,2024-03-20,,120,Pro,Americas\n"
    found = report(tmp_path, text, months=1)
    checks = mrr_xl.metric("MRR_CHECKS", frame(text))
    rows = grid(found["Checks"], "A4:E64")
    assert rows[0] == ["Check", "Result", "Lines", "First row", "Says"]
    assert rows[1:] == table_cells(checks)
    assert [line[:4] for line in rows if line[1] == "note"] == [["same line twice", "note", 1, 11]]
    assert [line[:4] for line in rows if line[1] == "problem"] == [["overlapping lines", "problem", 1, 11]]
    assert found["Summary"]["J4"].value == "● 1 to look at"
    assert found["Checks"]["E3"].value == "Look at: overlapping lines"


def test_every_problem_is_named_above_the_checks(tmp_path: Path) -> None:
    text = LEDGER + "Fay,2024-03-20,,120,Pro,Americas\nTotal,2024-03-20,,640,,\n"
    found = report(tmp_path, text, months=1)
    problems = [line[0] for line in grid(found["Checks"], "A5:E64") if line[1] == "problem"]
    assert problems == ["overlapping lines", "rows of totals"]
    assert found["Checks"]["E3"].value == "Look at: overlapping lines, rows of totals"


def test_a_note_leaves_the_report_green(tmp_path: Path) -> None:
    found = report(tmp_path, LEDGER + "fay,2024-03-20,,60,Pro,Americas\n", months=1)
    rows = grid(found["Checks"], "A5:E64")
    assert [line[:3] for line in rows if line[1] != "OK"] == [["names of customers", "note", 1]]
    assert found["Summary"]["J4"].value == "● OK, 1 to note"
    assert found["Checks"]["E3"].value == "All checks passed, 1 to note"


def test_definitions_say_the_rules_in_force(tmp_path: Path) -> None:
    rules = {
        "as_of": "month_start", "usage": "include", "grace_days": 14, "reactivation_days": 90, "netting": "gross",
        "churn_on": "end", "retention_months": 6, "gross_margin": 0.8, "through": "2024-02",
    }  # fmt: skip
    sheet = report(tmp_path, months=1, **rules)["Definitions"]
    assert sheet["B3"].value == (
        "as_of = month_start; end_date = exclusive; grain = customer; discounts = net; usage = include; status = auto"
    )
    found = {line[0]: line[3] for line in grid(sheet, "A6:D80") if line[3] is not None}
    assert found == {
        "MRR_NEW": "period = month; reactivation_days = 90; netting = gross",
        "MRR_REACTIVATION": "period = month; reactivation_days = 90; grace_days = 14; netting = gross",
        "MRR_EXPANSION": "period = month; netting = gross",
        "MRR_CONTRACTION": "period = month; netting = gross",
        "MRR_CHURN": "period = month; churn_on = end; grace_days = 14; netting = gross",
        "MRR_GROSS_MOVEMENT": "period = month",
        "MRR_LOGO_CHURN": "churn_on = end; grace_days = 14",
        "MRR_NRR": "retention_months = 6",
        "MRR_GRR": "retention_months = 6",
        "MRR_LOGO_RETENTION": "retention_months = 6",
        "MRR_LTV": "gross_margin = 0.8",
        "MRR_LAST_MONTH": "through = 2024-02",
    }


def test_definitions_without_a_last_month_set(book: Any) -> None:
    found = {line[0]: line[3] for line in grid(book["Definitions"], "A6:D80")}
    assert found["MRR_LAST_MONTH"].rstrip() == "through ="
    assert found["MRR_NEW"] == "period = month; reactivation_days = unlimited; netting = net"


def test_definitions_list_every_function(book: Any) -> None:
    names = [line[0] for line in grid(book["Definitions"], f"A6:D{5 + len(mrr_xl.metrics.REGISTRY)}")]
    assert names == list(mrr_xl.metrics.REGISTRY)


# The whole report


def test_the_filter_changes_every_sheet(tmp_path: Path) -> None:
    """Team: Bob 200 until March 2024, Cyd 80 with a gap, Eve 50 from January."""
    data, where = frame(LEDGER), "plan=Team"
    found = report(tmp_path, months=4, inputs={"Report_filter": where}, through=LAST)
    months = all_months("2023-12", LAST)
    for row_ in movements.ROWS:
        if not row_.formula:
            expected = cells(mrr_xl.metric(row_.key, data, months, where=where, through=LAST))
            number = movements.row_numbers()[row_.key]
            assert [cell.value for cell in found["Movements"][f"C{number}:F{number}"][0]] == expected, row_.key
    assert found["Summary"]["B2"].value == "MRR fell 60.6 % to 130 EUR in March 2024: −200 churn; 2 customers."
    assert grid(found["Detail"], "A7:E40") == [["Bob", "churn", 200, 0, -200]]
    assert [line[0] for line in grid(found["Segments"], "A7:A40")] == ["Team", "total"]
    assert [cell.value for (cell,) in found["Cohorts MRR"]["B8:B9"]] == [280, 50]
    assert [cell.value for (cell,) in found["Cohorts customers"]["B8:B9"]] == [2, 1]
    nrr = mrr_xl.metric("MRR_NRR", data, LAST, where=where, through=LAST)
    assert found["Retention"]["F9"].value == nrr == near(80 / 280)
    assert [line[1:3] for line in grid(found["Customers"], "A14:E40")] == [["Cyd", 80], ["Eve", 50]]
    forecast = mrr_xl.metric("MRR_FORECAST", data, months=12, where=where, through=LAST)
    assert [line[7] for line in grid(found["Forecast"], "A17:H28")] == forecast["closing"].tolist()
    assert row(found["Unit economics"], "New MRR") == [0, 50, 0, 0]
    checks = mrr_xl.metric("MRR_CHECKS", data, where=where, through=LAST)
    assert grid(found["Checks"], "A5:E64") == table_cells(checks)


def test_two_currencies_at_one_rate(tmp_path: Path) -> None:
    """Eur 100 all along; 100 dollars until March and 50 more from February, at 0.9."""
    found = report(tmp_path, TWO_CURRENCIES, rates={"EUR": 1, "USD": 0.9}, through=LAST)
    sheet = found["Movements"]
    assert row(sheet, "Closing MRR", "C", "E") == [190, 235, 145]
    assert row(sheet, "Exchange rates (FX)", "C", "E") == [0, 0, 0]
    top = 10 + len(RULES) + 9  # the table of rates begins below the rules and what the period means
    assert grid(found["Settings"], f"A{top}:C{top + 14}") == [
        ["Currency", "Month", "Rate"],
        ["EUR", None, 1],
        ["USD", None, 0.9],
    ]


TWO_CURRENCIES = """
customer,start,end,mrr,currency
A,2024-01-01,,100,EUR
B,2024-01-01,2024-03-01,100,USD
C,2024-02-01,,50,USD
"""


def test_rates_by_month_stand_in_a_row_of_their_own_and_everything_adds_up(tmp_path: Path) -> None:
    """A dollar is 0.9, 0.8 and 1.1: B lost 10 in February and left with 80; C's 40 of February became 55 in March.

    The sentence's fall is that of the MRR, from 220 to 155; the growth of the figures is without the rates, −80 ÷ 220.
    Detail is at the latest rates, where B left with 110.
    """
    rates = pd.DataFrame(
        [("EUR", f"2024-0{month}", 1.0) for month in (1, 2, 3)]
        + [("USD", "2024-01", 0.9), ("USD", "2024-02", 0.8), ("USD", "2024-03", 1.1)],
        columns=["currency", "month", "rate"],
    )
    path = tmp_path / "report.xlsx"
    rules = Settings.of({"through": LAST})
    assert write_template(path, data=frame(TWO_CURRENCIES), months=3, rates=rates, rules=rules).problems == []
    found = load_workbook(path, data_only=True)
    sheet, summary, detail = found["Movements"], found["Summary"], found["Detail"]
    assert row(sheet, "Exchange rates (FX)", "C", "E") == [0, -10, 15]
    assert row(sheet, "Net new MRR", "C", "E") == [190, 40, -80]
    assert row(sheet, "Closing MRR", "C", "E") == [190, 220, 155]
    assert sheet["B5"].value == "OK"
    assert [sheet["G15"].value, sheet["G16"].value, sheet["G17"].value] == [5, 155, 150]
    assert summary["B2"].value == (
        "MRR fell 29.5 % to 155 EUR in March 2024: −80 churn, +15 exchange rates; 2 customers."
    )
    assert summary["D54"].value == near(-80 / 220) and summary["G49"].value == near(155 / 220 - 1)
    assert [detail[cell].value for cell in ("C4", "D4", "E4")] == [-110, -65, "latest rates"]
    assert summary["J4"].value == "● OK"


def test_the_only_errors_in_a_report_are_figures_that_are_undefined(book: Any) -> None:
    assert {error for _, error in errors(book)} == {"#N/A"}
    assert math.isnan(mrr_xl.metric("MRR_NRR", frame(LEDGER), "2023-03"))
