"""The template workbook: sound for Excel, the same each time, formulas only where formulas belong."""

import datetime as dt
import io
import re
from decimal import Decimal

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.formula import ArrayFormula

import mrr_xl
from mrr_xl import MrrError, Settings
from mrr_xl.metrics import REGISTRY
from mrr_xl.report.charts import COLOURS
from mrr_xl.report.sheets import movements, subscriptions
from mrr_xl.report.sheets.subscriptions import headers_of
from mrr_xl.report.template import build_template, workbook_bytes
from mrr_xl.sources.sample import sample_subscriptions

VOLATILE = re.compile(r"\b(NOW|TODAY|OFFSET|INDIRECT|RAND|RANDBETWEEN|RANDARRAY|CELL|INFO)\(", re.IGNORECASE)
FORMULA_LIKE = [
    '=HYPERLINK("http://example.com","here")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "#N/A",
    "#REF! Ltd",
    "=",
    "'quoted",
]


@pytest.fixture(scope="module")
def workbook():
    return build_template()


@pytest.fixture(scope="module")
def reopened(workbook):
    return load_workbook(io.BytesIO(workbook_bytes(workbook)))


def small(**columns):
    given = {"Customer": ["A", "B"], "Start": pd.to_datetime(["2024-01-05", "2024-02-10"]), "MRR": [10.0, 20.0]}
    return pd.DataFrame(given | columns)


def formulas(book):
    """(sheet, cell, text) of every formula."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, ArrayFormula):
                    yield sheet.title, cell, cell.value.text
                elif cell.data_type == "f":
                    yield sheet.title, cell, cell.value


def contents(book):
    return {
        (sheet.title, cell.coordinate): (
            (cell.value.ref, cell.value.text) if isinstance(cell.value, ArrayFormula) else cell.value,
            cell.number_format,
            cell.font.color and cell.font.color.rgb,
        )
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
    }


def test_movements_opens_first(reopened):
    assert reopened.sheetnames == ["Movements", "Subscriptions", "Settings"]
    assert reopened.active.title == "Movements"
    assert reopened.calculation.calcId == 191029
    assert not reopened.calculation.fullCalcOnLoad
    assert reopened.properties.creator == "mrr_xl"


def test_the_header_cells_are_the_tables_column_names(reopened):
    sheet = reopened["Subscriptions"]
    table = sheet.tables["Subscriptions"]
    left, top, right, bottom = range_boundaries(table.ref)
    cells = [sheet.cell(top, column).value for column in range(left, right + 1)]
    assert cells == table.column_names == list(sample_subscriptions().columns)
    assert bottom - top == len(sample_subscriptions())
    assert table.autoFilter.ref == table.ref


@pytest.mark.parametrize("months", [1, 12, 24, 60])
def test_an_array_formula_fills_exactly_the_month_columns(months):
    sheet = build_template(months=months)["Movements"]
    last = get_column_letter(2 + months)
    top = movements.HEADER_ROW
    arrays = {row: sheet.cell(row, 3).value for row in movements.places().values()}
    arrays = {row: array for row, array in arrays.items() if isinstance(array, ArrayFormula)}
    assert len(arrays) == len(movements.ROWS) - 1
    for row, array in arrays.items():
        assert array.ref == f"C{row}:{last}{row}"
        assert f"C${top}:{last}${top}" in array.text
    assert sheet.cell(top, 2 + months).value is not None
    assert sheet.cell(top, 3 + months).value is None


def test_every_metric_on_the_sheet_is_declared(reopened):
    used = {found for _, _, text in formulas(reopened) for found in re.findall(r"\b(A?MRR\w*|ARR)\(", text)}
    assert used == ({row.function for row in movements.ROWS} - {"check"}) | {"MRR_LAST_MONTH"}
    assert used <= set(REGISTRY)


def test_formulas_name_the_table_and_never_a_fixed_part_of_it(reopened):
    found = list(formulas(reopened))
    assert {sheet for sheet, _, _ in found} == {"Movements"}
    for _, _, text in found:
        assert text.startswith("=")
        assert not VOLATILE.search(text)
        assert "!" not in text
        assert text.count("(") == text.count(")")
    arrays = [text for _, cell, text in found if isinstance(cell.value, ArrayFormula)]
    assert all("(Subscriptions[#All]," in text and text.endswith(",,Rules)") for text in arrays)


def test_the_check_adds_up_every_movement(workbook):
    rows = movements.places()
    between = range(rows["MRR_OPENING"] + 1, rows["MRR"])
    by_place = {row: name for name, row in rows.items()}
    assert [by_place[row] for row in between] == list(COLOURS)
    check = workbook["Movements"].cell(rows["check"], 4).value
    assert check == f"=ROUND(ABS(D{rows['MRR_OPENING']}+SUM(D{between[0]}:D{between[-1]})-D{rows['MRR']}),6)"


def test_no_two_rows_meet():
    taken = list(movements.places().values())
    assert taken == sorted(set(taken))
    headings = {movements.places()[row.function] - 1 for row in movements.ROWS} - set(taken)
    assert len(headings) == len({row.section for row in movements.ROWS})


def test_texts_that_look_like_formulas_stay_texts():
    data = small().iloc[[0] * len(FORMULA_LIKE)].assign(Customer=FORMULA_LIKE, **{"=1+1": "x"})
    book = load_workbook(io.BytesIO(workbook_bytes(build_template(data))))
    sheet = book["Subscriptions"]
    cells = [sheet.cell(row, 1) for row in range(2, 2 + len(FORMULA_LIKE))]
    assert [cell.value for cell in cells] == FORMULA_LIKE
    assert {cell.data_type for cell in [*cells, sheet["D1"]]} == {"s"}
    assert [cell.value for cell in cells if not cell.quotePrefix] == ["#REF! Ltd", "'quoted"]


def test_the_same_data_gives_the_same_file(workbook):
    one, other = build_template(), build_template()
    assert workbook_bytes(one) == workbook_bytes(other)
    assert contents(workbook) == contents(one)


def test_names_are_legal(reopened):
    names = [*reopened.defined_names, *(name for sheet in reopened for name in sheet.tables)]
    assert sorted(names) == ["Rules", "Subscriptions"]
    for name in names:
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]{0,254}", name)
        assert not re.fullmatch(r"[A-Za-z]{1,3}\d+|[RrCc]", name)


def test_validations_fit_and_reach_the_end_of_the_sheet(reopened):
    for sheet in reopened:
        for rule in sheet.data_validations.dataValidation:
            assert len(str(rule.formula1)) < 255
            assert len(rule.error) <= 255 and len(rule.errorTitle) <= 32
    lists = {
        rule.formula1: str(rule.sqref)
        for rule in reopened["Subscriptions"].data_validations.dataValidation
        if rule.type == "list"
    }
    assert lists == {
        '"day,week,month,quarter,year"': "G2:G1048576",
        '"active,past_due,trialing,paused,cancelled,incomplete,unpaid,expired"': "J2:J1048576",
    }


def test_the_words_on_the_lists_are_understood():
    words = [(interval, status) for interval in subscriptions.INTERVALS for status in subscriptions.STATUSES]
    data = small().iloc[[0] * len(words)].assign(Customer=[f"C{place}" for place in range(len(words))])
    data = data.rename(columns={"MRR": "Amount"})
    data["Interval"], data["Status"] = zip(*words)
    assert mrr_xl.metric("MRR", data, "2024-01", through="2024-01") > 0


@pytest.mark.parametrize(
    "rules", [{}, {"as_of": "any_day", "grace_days": 14, "reactivation_days": 90, "through": "2024-06"}]
)
def test_the_settings_read_back_as_they_were_written(rules):
    book = build_template(months=3, rules=Settings.of(rules))
    sheet, area = next(iter(book.defined_names["Rules"].destinations))
    cells = {row[0].value: row[1].value for row in book[sheet][area]}
    assert Settings.of(cells) == Settings.of(rules)


def test_the_months_shown(workbook):
    header = movements.HEADER_ROW
    assert workbook["Movements"]["B3"].value == "=EDATE(MRR_LAST_MONTH(Subscriptions[#All],,Rules),-23)"
    assert workbook["Movements"].cell(header, 3).value == "=$B$3"
    assert workbook["Movements"].cell(header, 4).value == f"=EDATE(C{header},1)"
    given = build_template(first_month=2024 * 12, months=3)["Movements"]
    assert given["B3"].value == dt.date(2024, 1, 1)
    assert given.cell(header, 5).value is not None and given.cell(header, 6).value is None
    for months in (0, 121):
        with pytest.raises(MrrError, match=f"1 to 120 months, not {months}"):
            build_template(months=months)


def test_columns_that_excel_would_refuse_are_renamed():
    assert headers_of(["A", "a", "A (2)", " ", "x\ny", 5]) == ["A", "a (2)", "A (2) (2)", "column 4", "x y", "5"]


def test_data_of_any_type_is_stored():
    odd = small(
        n=[Decimal("1.5"), None], flag=[True, False], when=[dt.date(2024, 1, 1), pd.NaT],
        mixed=[float("inf"), ["a", 1]], text=["a\x07b", "x" * 40_000],
    )  # fmt: skip
    sheet = load_workbook(io.BytesIO(workbook_bytes(build_template(odd))))["Subscriptions"]
    first = [cell.value for cell in sheet[2]]
    assert first == ["A", dt.datetime(2024, 1, 5), 10, 1.5, True, dt.datetime(2024, 1, 1), "inf", "ab"]
    assert sheet["G3"].value == "['a', 1]" and len(sheet["H3"].value) == 32_767
    assert sheet["D3"].value is None


def test_a_table_without_lines_keeps_one_blank_row():
    empty = sample_subscriptions().iloc[:0]
    sheet = build_template(empty)["Subscriptions"]
    assert sheet.tables["Subscriptions"].ref == "A1:J2"
    assert all(cell.value is None for cell in sheet[2])


def test_the_charts_draw_losses_downward_and_keep_their_axes(workbook):
    charts = workbook["Movements"]._charts
    assert len(charts) == 2
    for chart in charts:
        assert chart.x_axis.delete is False and chart.y_axis.delete is False
        assert all(series.invertIfNegative is False for series in chart.series if series in chart.ser)
    assert charts[0].grouping == "stacked" and charts[0].overlap == 100


def test_the_sample_is_the_same_everywhere():
    sample = sample_subscriptions()
    assert sample.shape == (910, 10)
    assert sample["Customer"].nunique() == 400
    assert int(sample["Quantity"].sum()) == 15496
    assert float(sample["Amount"].sum()) == 121844.0
    assert sample["Status"].value_counts().to_dict() == {
        "active": 670, "cancelled": 140, "trialing": 78, "paused": 14, "past_due": 8,
    }  # fmt: skip
    pd.testing.assert_frame_equal(sample, sample_subscriptions())
    assert not sample.equals(sample_subscriptions(seed=8))


def test_the_sample_has_every_kind_of_movement_and_a_believable_course():
    table = mrr_xl.movements(sample_subscriptions(), through="2025-12")
    for name in ("new", "reactivation", "expansion", "contraction", "churn"):
        assert (table[name] != 0).sum() > 12, name
    assert len(table) == 36
    assert table["closing"].iloc[-1] == pytest.approx(199101.004166, abs=1e-6)
    later = table.iloc[1:]
    assert 0.02 < (later["churned_customers"] / later["opening_customers"]).mean() < 0.03
    assert (table["opening"].iloc[1:].to_numpy() == table["closing"].iloc[:-1].to_numpy()).all()


@pytest.mark.parametrize("customers, months, first", [(0, 12, "2024-01"), (5, 1, "2024-02"), (900, 14, "2022-11")])
def test_a_sample_of_another_size(customers, months, first):
    sample = sample_subscriptions(customers, months, first)
    assert sample["Customer"].nunique() == customers
    if customers:
        start, after = pd.Timestamp(first), pd.Timestamp(first) + pd.DateOffset(months=months)
        assert sample["Start"].min() >= start and sample["Start"].max() < after
        assert sample["End"].isna().any() and not (sample["End"] >= after).any()
        assert not (sample["End"] <= sample["Start"]).any()
        by_start = sample.sort_values(["Customer", "Start"])
        same = by_start["Customer"].eq(by_start["Customer"].shift(-1))
        assert (by_start["End"][same] <= by_start["Start"].shift(-1)[same]).all()
