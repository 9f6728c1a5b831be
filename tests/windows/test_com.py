"""Formulas on Windows without Excel: xlwings' DLL starts Python, and COM carries each kind of value that a cell has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import mrr_xl
from mrr_xl import cell_errors
from support.excel_com import Excel, Object, Raised, cells, excel
from support.variants import MISSING, Error

pytestmark = pytest.mark.xdist_group("com")
JANUARY, FEBRUARY, MARCH = (dt.datetime(2024, month, 1) for month in (1, 2, 3))
SUBSCRIPTIONS: list[list[Any]] = [
    ["Customer", "Start", "End", "Amount", "Interval", "Product"],
    ["Łódź 😀", JANUARY, None, 100.0, "month", "CRM"],
    ["B", dt.datetime(2024, 1, 15), MARCH, 1200.0, "year", "CRM"],
    ["C", FEBRUARY, None, 50.0, "month", "CRM"],
    ["C", dt.datetime(2024, 3, 5), None, 10.0, "month", "Mail"],
    [None] * 6,
]
ERRORS = [(error.text, cell_errors.COM_BASE + error.vba) for error in cell_errors.ALL if error.vba is not None]


@pytest.fixture(scope="module")
def host() -> Iterator[Excel]:
    with excel() as started:
        yield started


@pytest.fixture(scope="module")
def table() -> Object:
    return cells(SUBSCRIPTIONS)


def with_cell(column: str, cell: Any) -> list[list[Any]]:
    """The first two customers; the cell stands in the second one's row, the table's third."""
    rows = [list(row) for row in SUBSCRIPTIONS[:3]]
    rows[2][rows[0].index(column)] = cell
    return rows


def test_a_month_is_a_cell_a_row_a_column_or_a_value(host: Excel, table: Object) -> None:
    assert host.call("MRR", table, cells(MARCH)) == 160.0
    assert host.call("MRR", table, MARCH) == 160.0
    assert host.call("MRR", table, "2024-03") == 160.0
    assert host.call("MRR", table, cells([[JANUARY, FEBRUARY]])) == [200.0, 250.0]
    assert host.call("MRR", table, cells([[JANUARY], [FEBRUARY]])) == [[200.0], [250.0]]
    assert host.call("MRR", table, [[JANUARY, FEBRUARY]]) == [200.0, 250.0]


def test_what_is_left_out_is_the_last_month(host: Excel, table: Object) -> None:
    assert host.call("MRR", table) == 160.0
    assert host.call("MRR", table, MISSING, MISSING, MISSING, MISSING) == 160.0
    assert host.call("MRR", table, MISSING, "customer=c") == 60.0
    assert host.call("MRR", table, cells(None)) == 160.0


def test_blank_cells_of_months_stay_blank(host: Excel, table: Object) -> None:
    # A text without characters: xlwings gives a blank back so.
    assert host.call("MRR", table, cells([[MARCH], [None]])) == [[160.0], [""]]


@pytest.mark.parametrize(
    "amount", [Decimal("1200"), 1200, "1200", "1,200.00"], ids=["currency", "number", "text", "grouped"]
)
def test_an_amount_of_any_kind_is_its_number(host: Excel, amount: Any) -> None:
    assert host.call("MRR", cells(with_cell("Amount", amount)), FEBRUARY) == 200.0


def test_a_truth_value_is_no_amount(host: Excel) -> None:
    assert host.call("MRR", cells(with_cell("Amount", True))).startswith("#VALUE! row 3, column Amount: ")


def test_a_date_is_a_date_whether_it_comes_as_one_as_its_number_or_as_text(host: Excel) -> None:
    for start in (dt.datetime(2024, 1, 15), 45306.0, "2024-01-15"):
        assert host.call("MRR_NEW", cells(with_cell("Start", start)), JANUARY) == 200.0


def test_dates_come_back_as_the_days_that_they_are(host: Excel, table: Object) -> None:
    assert host.call("MRR_LAST_MONTH", table) == MARCH
    movements = host.call("MRR_MOVEMENTS", table, "2024-02", "2024-03")
    assert [row[0] for row in movements] == ["Month", FEBRUARY, MARCH]


def test_names_of_any_alphabet_come_through(host: Excel, table: Object) -> None:
    assert host.call("MRR_TOP", table, 1.0)[1] == [1, "Łódź 😀", 100.0, 0.625, 0.625]


@pytest.mark.parametrize(("text", "number"), ERRORS, ids=[text for text, _ in ERRORS])
def test_an_error_in_a_cell_is_named_with_its_place(host: Excel, text: str, number: int) -> None:
    sentence = f"#VALUE! row 3, column Start: the cell holds the error {text}; fix that cell first"
    assert host.call("MRR", cells(with_cell("Start", Error(number)))) == sentence
    assert host.call("MRR", with_cell("Start", Error(number))) == sentence


def test_an_error_beside_the_columns_that_count_changes_no_figure(host: Excel) -> None:
    assert host.call("MRR", cells(with_cell("Product", Error(-2146826246))), FEBRUARY) == 200.0


def test_an_error_as_the_month_is_named(host: Excel, table: Object) -> None:
    for month in (cells(Error(-2146826246)), Error(-2146826246), cells([[JANUARY, Error(-2146826246)]])):
        answer = host.call("MRR", table, month)
        assert answer == "#VALUE! a month cell holds the error #N/A; fix that cell first", month


def test_what_is_undefined_is_the_text_that_vba_makes_an_error_of(host: Excel, table: Object) -> None:
    assert host.call("MRR_GROWTH", table, JANUARY) == "#N/A"
    assert host.call("MRR_GROWTH", table, cells([[JANUARY, FEBRUARY]])) == ["#N/A", 0.25]


def test_a_mistake_is_a_sentence(host: Excel, table: Object) -> None:
    assert host.call("MRR", table, "soon") == "#VALUE! 'soon' is not a month; write it as 2024-03"


def test_a_handle_lasts_from_one_call_to_the_next(host: Excel, table: Object) -> None:
    handle = host.call("MRR_LEDGER", table)
    assert host.call("MRR", cells(handle), FEBRUARY) == host.call("MRR", table, FEBRUARY) == 250.0


def test_what_python_did_not_expect_is_told_with_the_last_line_first(host: Excel, table: Object) -> None:
    """The DLL turns the traceback round; the module mrr_cells takes what went wrong."""
    with pytest.raises(
        Raised, match=r"^AttributeError: module 'mrr_xl.udfs' has no attribute 'MRR_NONE'\r?\n"
    ) as raised:
        host.call("MRR_NONE", table)
    assert '\n  File "' in str(raised.value)


def test_each_workbook_has_a_python_of_its_own_which_ends_alone(host: Excel, table: Object) -> None:
    with excel() as other:
        assert other.call("MRR_MONTHLY", 1200.0, "year") == 100.0
    assert host.call("MRR", table) == 160.0


# What the add-in's buttons ask for; no cell calls then

BUTTONS = "mrr_xl.report.buttons"


def test_a_new_report_of_the_table_under_the_cursor(host: Excel, table: Object, tmp_path: Path) -> None:
    path = host.call("new_report", table, str(tmp_path), "Bücher & Co.xlsx", module=BUTTONS)
    assert path == str(tmp_path / "Bücher & Co MRR report.xlsx")
    assert mrr_xl.metric("MRR", path, "2024-03") == 160.0


def test_a_mistake_in_the_table_is_its_sentence(host: Excel, tmp_path: Path) -> None:
    answer = host.call("new_report", cells(with_cell("Start", "soon")), str(tmp_path), "Book1", module=BUTTONS)
    assert answer == "#VALUE! row 3, column Start: 'soon' is not a date; write it as 2024-03-15"
    assert list(tmp_path.iterdir()) == []
