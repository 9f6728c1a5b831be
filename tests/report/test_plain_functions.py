"""The formulas of a plain report: functions that every program has, plain addresses, one cell each."""

from __future__ import annotations

import re
from typing import Any

import pytest
from openpyxl.formula import Tokenizer
from openpyxl.utils import FORMULAE

from mrr_xl.metrics import REGISTRY
from mrr_xl.report.template import build_plain
from mrr_xl.settings import Settings

#: What the formulas call. All of it is in these lists, where they were looked up:
#: - Excel 2010: ECMA-376 part 1, 18.17.7 (2006), as openpyxl has it (FORMULAE);
#: - Google Sheets: https://support.google.com/docs/table/25273;
#: - LibreOffice: https://wiki.documentfoundation.org/Documentation/Calc_Functions;
#: - Numbers: https://support.apple.com/guide/functions, which has ISNUMBER since version 12 and the others since 2009;
#: - Gnumeric: https://help.gnome.org/users/gnumeric/stable/, chapter Function reference;
#: - WPS: the functions of Excel 2010, by its own help.
#: LibreOffice and Gnumeric compute them all in test_plain.py.
COMMON = {
    "ABS", "AND", "CHAR", "CHOOSE", "COLUMNS", "COUNT", "COUNTIF", "COUNTIFS", "EDATE", "FIND", "FIXED", "IF",
    "IFERROR", "INDEX", "ISERROR", "ISNUMBER", "LEN", "LOWER", "MATCH", "MAX", "MID", "MIN", "MONTH", "OR", "ROUND",
    "SUM", "SUMIFS", "SUMPRODUCT", "YEAR",
}  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Any:
    return build_plain(months=13, rules=Settings.of({"through": "2025-06", "retention_months": 3}))


def formulas(book: Any) -> list[tuple[str, str]]:
    """Where each formula stands, with its text: of cells, of conditional formats and of validations."""
    found = []
    for sheet in book:
        found += [(f"{sheet.title}!{cell.coordinate}", cell.value) for cell in _cells(sheet) if cell.data_type == "f"]
        for formatted in sheet.conditional_formatting:
            found += [(f"{sheet.title}, format", f"={text}") for rule in formatted.rules for text in rule.formula]
        for validation in sheet.data_validations.dataValidation:
            texts = (validation.formula1, validation.formula2)
            found += [(f"{sheet.title}, validation", f"={text}") for text in texts if text]
    return found


def _cells(sheet: Any) -> list[Any]:
    return [cell for row in sheet.iter_rows() for cell in row]


def test_every_function_is_one_that_all_programs_have(book: Any) -> None:
    called = {
        (token.value.rstrip("(").upper(), place)
        for place, text in formulas(book)
        for token in Tokenizer(text).items
        if token.type == "FUNC" and token.subtype == "OPEN"
    }
    assert {name for name, _ in called} == COMMON
    assert not {(name, place) for name, place in called if name in REGISTRY}
    assert set(FORMULAE) >= COMMON


def test_cells_are_named_by_their_addresses(book: Any) -> None:
    """Importers lose structured references (Gnumeric, older Google Sheets) and names (Numbers)."""
    named = {name.lower() for name in book.defined_names}
    operands = {
        (token.value, place)
        for place, text in formulas(book)
        for token in Tokenizer(text).items
        if token.type == "OPERAND" and token.subtype == "RANGE"
    }
    address = re.compile(r"((\w+|'[^']+')!)?\$?[A-Z]{1,3}\$?\d+(:\$?[A-Z]{1,3}\$?\d+)?")
    assert len(operands) > 1000
    assert [place for place in operands if not address.fullmatch(place[0])] == []
    assert "report_month" in named  # for whoever fills the workbook or reads it


def test_no_date_is_joined_to_a_text(book: Any) -> None:
    """It is a number in Excel, and in Google Sheets the date as it is shown: a condition would be another one."""
    joined = re.compile(r'"[<>=]+"&(?!\(100\*YEAR)')
    assert [(place, text) for place, text in formulas(book) if joined.search(text)] == []


def test_no_formula_is_an_array_or_grows(book: Any) -> None:
    assert {type(cell.value).__name__ for sheet in book for cell in _cells(sheet) if cell.data_type == "f"} == {"str"}


def test_each_figure_is_named_with_its_formula_on_totals(book: Any) -> None:
    totals = book["Totals"]
    labels = {totals.cell(row, 1).value: totals.cell(row, 18).value for row in range(8, totals.max_row + 1)}
    assert labels["Closing MRR"] == "=SUM(Schedule!R$8:R$9)"
    assert labels["New"] == (
        '=SUMIFS(Schedule!R$8:R$9,Schedule!Q$8:Q$9,0,Schedule!$B$8:$B$9,">="&(100*YEAR(R$7)+MONTH(R$7)))'
    )
    assert labels["Net revenue retention (NRR)"] == (
        '=IF(R34=0,$B$4,SUMIFS(Schedule!R$8:R$9,Schedule!O$8:O$9,">0")/R34)'
    )
    assert labels["MRR growth"] == "=IF(R9=0,$B$4,R17/R9)"


def test_a_figure_without_the_months_that_it_looks_back_is_undefined(book: Any) -> None:
    """Never a 0 that stands for a month that is not there."""
    totals = book["Totals"]
    rows = {totals.cell(row, 1).value: row for row in range(8, totals.max_row + 1)}
    for label, first in (("New", 4), ("MRR growth over twelve months", 15), ("Customers retained", 6)):
        texts = [totals.cell(rows[label], column).value for column in range(3, first + 1)]
        assert texts[:-1] == ["=$B$4"] * (first - 3)
        assert texts[-1] != "=$B$4"
    assert totals["B4"].value == "=MATCH(0,A4,0)"
