"""Amounts that somebody has typed below the months of our report, when a fill moves those months."""

from __future__ import annotations

from mrr_xl.xlsx.workbook import Workbook

SHEET, FIRST_MONTH = "Unit economics", "First_month"
_FIRST_ROW, _LAST_ROW, _FIRST_COLUMN = 8, 60, 3
MOVED = f"the months have moved, and what is typed on the sheet {SHEET} stays in its columns: move it to its months"


def first_month(workbook: Workbook) -> object:
    """What the cell with the first month shows; None where there is none."""
    values = workbook.values(workbook.formula_of(FIRST_MONTH))
    return values[0] if values else None


def is_typed(workbook: Workbook) -> bool:
    """Whether there are numbers below the months that no formula gives."""
    if SHEET not in workbook.sheets:
        return False
    sheet = workbook.sheet(SHEET)
    computed = {cell for formula in sheet.formulas() for cell in formula.cells()}
    return any(
        column >= _FIRST_COLUMN and (row, column) not in computed and isinstance(workbook.value(cell), (int, float))
        for row in sheet.there(_FIRST_ROW, _LAST_ROW)
        for column, cell in sheet.cells(row).items()
    )
