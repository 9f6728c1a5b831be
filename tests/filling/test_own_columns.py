"""fill: what somebody typed beside the lines stays with them, and what is lost is named."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.styles import PatternFill
from openpyxl.worksheet.table import TableFormula

from mrr_xl import MrrError
from mrr_xl.filling.fill import fill
from support.ledger_table import data, formulas, ledger_workbook, shown
from support.small_workbook import small_workbook

FIVE = ("Ada", "Bob", "Cyd", "Dan", "Eve")


def owners(book: Any, sheet: Any) -> None:
    for row, owner in enumerate(("Kim", "Lee", "Max"), 2):
        sheet[f"D{row}"] = owner
    sheet["D3"].fill = PatternFill("solid", start_color="FF00AA")


def test_what_was_typed_stays_with_its_line(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Owner"], change=owners), tmp_path / "out.xlsx"
    assert fill(own, data("Eve", "Cyd", "Bob", "Ada"), out).notes == []
    assert [row[::3] for row in shown(out, "A2:D5")] == [["Eve", None], ["Cyd", "Max"], ["Bob", "Lee"], ["Ada", "Kim"]]
    assert openpyxl.load_workbook(out)["Data"]["D4"].fill.start_color.rgb == "00FF00AA"


def test_a_start_that_was_written_as_a_text_is_the_same_day(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for row, text in ((2, "2024-01-01"), (3, "15.01.2024"), (4, "soon")):
            sheet[f"B{row}"], sheet[f"D{row}"] = text, f"note {row}"

    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Note"], change=change), tmp_path / "out.xlsx"
    done = fill(own, data("Bob", "Cyd", "Ada"), out)
    sheet = openpyxl.load_workbook(out)["Data"]
    assert [sheet[f"D{row}"].value for row in (2, 3, 4)] == ["note 3", None, "note 2"]
    assert done.notes == [
        "column Note of table Subscriptions is not in the data: 1 cell was cleared, since its line is no longer there "
        "(D4 of the template)"
    ]


def test_a_line_is_the_same_with_another_amount(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Owner"], change=owners), tmp_path / "out.xlsx"
    lines = data("Bob", "Ada", "Cyd")
    lines["Amount"] += 1
    assert fill(own, lines, out).notes == []
    assert shown(out, "C2:D4") == [[201, "Lee"], [101, "Kim"], [51, "Max"]]


def test_what_is_lost_is_named(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Owner"], change=owners), tmp_path / "out.xlsx"
    assert fill(own, data("Ada", "Dan"), out).notes == [
        "column Owner of table Subscriptions is not in the data: 2 cells were cleared, since their lines are no longer "
        "there (D3, D4 of the template)"
    ]
    assert shown(out, "D2:D4") == [["Kim"], [None], [None]]
    assert fill(own, data("Ada", "Cyd", "Eve"), out).notes == [
        "column Owner of table Subscriptions is not in the data: 1 cell was cleared, since its line is no longer "
        "there (D3 of the template)"
    ]


def test_lines_that_can_t_be_told_apart_keep_nothing(tmp_path: Path) -> None:
    own = ledger_workbook(tmp_path / "own.xlsx", ["Owner"], lines=[("Ada", 100.0)] * 3, change=owners)
    out, lines = tmp_path / "out.xlsx", data("Ada", "Ada")
    lines["Amount"] = [100.0, 7.0]
    assert fill(own, lines, out).notes[0].startswith("column Owner of table Subscriptions is not in the data: 3 cells")
    lines = data("Ada", "Ada", "Ada")
    lines["Amount"] = [7.0, 8.0, 9.0]
    assert fill(own, lines, out).notes[0].startswith("column Owner of table Subscriptions is not in the data: 3 cells")


def test_a_column_of_the_data_is_the_data_s(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Owner"], change=owners), tmp_path / "out.xlsx"
    assert fill(own, data("Ada", "Bob", owner=["Pat", None]), out).notes == []
    assert shown(out, "D2:D4") == [["Pat"], [None], [None]]


def test_a_column_that_figures_hang_on_is_never_kept(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for row in (2, 3, 4):
            sheet[f"D{row}"] = 2

    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Quantity"], change=change), tmp_path / "out.xlsx"
    fill(own, data("Ada", "Bob", "Cyd"), out)
    assert shown(out, "D2:D4") == [[1], [1], [1]]
    assert shown(out, "A1:A1", "Report") == [[350]]


def test_what_figures_would_hang_on_is_named_where_its_line_is_still_there(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for row, plan in enumerate(("S", "M", "L"), 2):
            sheet[f"D{row}"] = plan

    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Currency"], change=change), tmp_path / "out.xlsx"
    assert fill(own, data("Dan", "Eve"), out).notes == []
    assert fill(own, data("Dan", "Cyd"), out).notes == [
        "column Currency of table Subscriptions is not in the data: 1 cell was cleared, although its line is still "
        "there: figures are those of the data (D4 of the template)"
    ]
    assert shown(out, "D2:D4") == [[None], [None], [None]]


def yearly(book: Any, sheet: Any) -> None:
    for row in (2, 3, 4):
        sheet[f"D{row}"] = f"=C{row}*12"
    sheet["D3"] = 999  # typed over the formula
    sheet["D4"] = "=C4*6"


def test_what_was_typed_over_a_formula_stays_with_an_identical_line(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Yearly"], change=yearly), tmp_path / "out.xlsx"
    assert fill(own, data("Dan", "Ada", "Bob", "Cyd", "Eve"), out).notes == []
    assert formulas(out, "D2:D6") == ["=C2*12", "=C3*12", 999, "=C5*6", "=C6*12"]
    assert shown(out, "D2:D6") == [[120], [1200], [999], [300], [120]]


def test_what_was_typed_over_a_formula_is_named_where_its_line_is_another(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Yearly"], change=yearly), tmp_path / "out.xlsx"
    lines = data("Ada", "Bob", "Cyd")
    lines["Amount"] += 1
    assert fill(own, lines, out).notes == [
        "column Yearly of table Subscriptions is not in the data: 2 cells got the column's formula, since their lines "
        "are no longer there (D3, D4 of the template)"
    ]
    assert formulas(out, "D2:D4") == ["=C2*12", "=C3*12", "=C4*12"]


def test_the_formula_that_most_lines_have_is_the_column_s(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for row in (2, 3, 4):
            sheet[f"D{row}"] = f"=C{row}*12"
        sheet["D2"] = "=C2*1"
        column = sheet.tables["Subscriptions"].tableColumns[3]
        column.calculatedColumnFormula = TableFormula(attr_text="Subscriptions[[#This Row],[Amount]]*12")

    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Yearly"], change=change), tmp_path / "out.xlsx"
    fill(own, data("Dan", "Eve"), out)
    assert formulas(out, "D2:D3") == ["=C2*12", "=C3*12"]


def test_a_formula_that_only_the_table_has_is_the_first_line_s(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.tables["Subscriptions"].tableColumns[3].calculatedColumnFormula = TableFormula(attr_text="C2*12")

    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Yearly"], change=change), tmp_path / "out.xlsx"
    fill(own, data("Dan", "Eve"), out)
    assert formulas(out, "D2:D3") == ["=C2*12", "=C3*12"]


def test_amounts_for_a_year_go_into_a_table_of_amounts_for_a_year(tmp_path: Path) -> None:
    """As they are; other amounts need the table's columns Amount and Interval."""
    report = small_workbook(tmp_path / "report.xlsx", ["Customer", "Start", "ARR"])
    data = pd.DataFrame({"Client": ["Ada", "Bob"], "Start": "2024-01-01", "Annual value": [1200.5, 3600.0]})
    filled = fill(report, data, tmp_path / "out.xlsx", columns={"arr": "Annual value"})
    assert filled.problems == []
    book = openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True)
    assert [[cell.value for cell in row] for row in book["Data"]["A2:C3"]] == [
        ["Ada", dt.datetime(2024, 1, 1), 1200.5],
        ["Bob", dt.datetime(2024, 1, 1), 3600],
    ]
    assert book["Report"]["A1"].value == pytest.approx(4800.5 / 12, abs=1e-6)
    message = "^table Subscriptions takes amounts for a whole year; give it the columns Amount and Interval$"
    for other in ({"mrr": "Annual value"}, {"amount": "Annual value"}, {"tcv": "Annual value"}):
        with pytest.raises(MrrError, match=message):
            fill(report, data.assign(term=12), tmp_path / "out.xlsx", columns=other)


@pytest.mark.parametrize("own_width", [None, 5.0])
def test_a_column_that_is_added_is_as_wide_as_what_it_holds_if_the_sheet_says_no_width(
    own_width: float | None, tmp_path: Path
) -> None:
    """In a sheet that says widths; in one that says none, all columns are alike."""

    def change(book: Any, sheet: Any) -> None:
        sheet.column_dimensions["A"].width = 20
        if own_width:
            sheet.column_dimensions["E"].width = own_width

    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Owner"], change=change), tmp_path / "out.xlsx"
    fill(own, data("Ada", "Bob").assign(Machine=["Barista 3000", "Mini"], Note="x" * 99), out)
    sheet = openpyxl.load_workbook(out)["Data"]
    assert [cell.value for cell in sheet[1]][4:] == ["Machine", "Note"]
    assert [sheet.column_dimensions[letter].width for letter in "AEF"] == [20, own_width or 14, 44]
