"""The workbook in which the battery's formulas stand, and what a program gave for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.filters import FilterColumn, Filters
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from support.battery.arrays import IN_ROWS, INTERSECTING, SPILLED

#: Six charges on the sheet D; the days are those whose numbers stand below.
_CHARGES = """
Day   | Customer  | Plan | Amount | Paid
45306 | Ada Ltd   | Pro  | 100    | yes
45322 | Bob GmbH  | Team | 250    | no
45332 | Ada Ltd   | Pro  | 100    | yes
45351 | Cleo Ltd  | Free | 0      | yes
45356 | Bob GmbH  | Team | 250    | yes
45657 | Dora & Co | Pro  | 120    | no
"""
#: Conditions and trees of Microsoft's pages of the database functions.
_ORCHARD = """
Tree     | Height | Age | Yield | Profit | Height
="=Apple"| >10    |     |       |        | <16
="=Pear" |        |     |       |        |
Tree     | Height | Age | Yield | Profit
Apple    | 18     | 20  | 14    | 105
Pear     | 12     | 12  | 10    | 96
Cherry   | 13     | 14  | 9     | 105
Apple    | 14     | 15  | 10    | 75
Pear     | 9      | 8   | 8     | 76.8
Apple    | 8      | 9   | 6     | 45
"""
_SALES = """
Region | Units | Price
North  | 10    | 2.5
South  | 20    | 1.5
North  | 30    | 1
"""
_SPACE = 12  #: rows that the answer of each spilled formula may take

Value = Callable[[str, int, int], Any]  #: of a sheet's cell, by row and column


def workbook(single: list[str], spread: bool = False) -> bytes:
    """A workbook with formulas of one cell each on the sheet One, and all the others of the battery.

    spread: whether the formulas that spill have the cells of their answers from the start.
    """
    book = openpyxl.Workbook()
    data = book.active
    data.title = "D"
    _write(data, _CHARGES)
    _write(book.create_sheet("O"), _ORCHARD)
    errors = book.create_sheet("E")
    for row, value in enumerate((1, "=1/0", 3, "text", True, None, "=NA()", 5), 1):
        errors.cell(row, 1).value = value
    for month, amount in (("Jan", 100), ("Feb", 200), ("Mar", 300)):
        book.create_sheet(month)["A1"] = amount
    _write(book.create_sheet("H"), "\n".join(map(str, (10, 20, 30, 40, 50))))
    book["H"].row_dimensions[2].hidden = True
    _filtered(book.create_sheet("F"))
    _with_table(book.create_sheet("T"))
    for name, formula in (
        ("VAT", "0.19"),
        ("Amounts", "D!$D$2:$D$7"),
        ("NET", "_xlfn.LAMBDA(_xlpm.gross,_xlpm.gross/(1+VAT))"),
    ):
        book.defined_names[name] = DefinedName(name, attr_text=formula)
    for sheet, rows, formulas in ((data, 6, INTERSECTING), (book["T"], 3, IN_ROWS)):
        for column, (formula, _) in enumerate(formulas, 8):
            for row in range(2, 2 + rows):
                sheet.cell(row, column).value = f"={formula}"
    one = book.create_sheet("One")
    for row, formula in enumerate(single, 1):
        array = ArrayFormula(f"A{row}:A{row}", f"={formula[1:-1]}")
        one.cell(row, 1).value = array if formula.startswith("{") else f"={formula}"
    spilled = book.create_sheet("Spilled")
    for number, (formula, answer) in enumerate(SPILLED):
        top = _SPACE * number + 1
        last = f"{get_column_letter(len(answer[0]))}{top + len(answer) - 1}"
        spilled[f"A{top}"] = ArrayFormula(f"A{top}:{last}" if spread else f"A{top}", f"={formula}")
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def single_values(single: list[str], value: Value) -> dict[str, Any]:
    """By formula, what stands on the sheet One."""
    return {formula: value("One", row, 1) for row, formula in enumerate(single, 1)}


def spilled_values(cells: Mapping[tuple[int, int], Any]) -> dict[str, list[list[Any]]]:
    """By formula, the rows that its answer takes, from the cells that the sheet Spilled has."""
    found = {}
    for number, (formula, _) in enumerate(SPILLED):
        top = _SPACE * number + 1
        mine = {place: value for place, value in cells.items() if top <= place[0] < top + _SPACE}
        bottom, right = max(row for row, _ in mine), max(column for _, column in mine)
        found[formula] = [[mine.get((row, column)) for column in range(1, right + 1)] for row in range(top, bottom + 1)]
    return found


def column_values(value: Value) -> dict[str, list[Any]]:
    """By formula, what stands in its rows."""
    found = {}
    for sheet, rows, formulas in (("D", 6, INTERSECTING), ("T", 3, IN_ROWS)):
        for column, (formula, _) in enumerate(formulas, 8):
            found[formula] = [value(sheet, row, column) for row in range(2, 2 + rows)]
    return found


def _write(sheet: Any, text: str) -> None:
    for row, line in enumerate(text.strip().splitlines(), 1):
        for column, word in enumerate(line.split("|"), 1):
            word = word.strip()
            if word:
                sheet.cell(row, column).value = float(word) if word.replace(".", "").isdigit() else word


def _filtered(sheet: Any) -> None:
    """Amounts of which a filter shows the first and the last."""
    _write(sheet, "Amount\n10\n20\n30\n40")
    sheet.auto_filter.ref = "A1:A5"
    sheet.auto_filter.filterColumn.append(FilterColumn(colId=0, filters=Filters(filter=["10", "40"])))
    for row in (3, 4):
        sheet.row_dimensions[row].hidden = True


def _with_table(sheet: Any) -> None:
    """The table Sales with its row of totals."""
    _write(sheet, _SALES)
    sheet["A5"], sheet["B5"] = "Total", "=SUBTOTAL(109,Sales[Units])"
    table = Table(displayName="Sales", ref="A1:C5", totalsRowCount=1)
    table._initialise_columns()
    for column, (name, label, function) in zip(
        table.tableColumns, (("Region", "Total", None), ("Units", None, "sum"), ("Price", None, None))
    ):
        column.name, column.totalsRowLabel, column.totalsRowFunction = name, label, function
    table.autoFilter.ref = "A1:C4"
    sheet.add_table(table)
