"""What somebody has typed into our report and a fill leaves: below months that it moves, and in the budget."""

from __future__ import annotations

from mrr_xl import clock
from mrr_xl.calculator.calculate import calculate
from mrr_xl.months import from_serial
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

SHEET = "Unit economics"
_MONTHS = ("First_month", "Period_months")  #: the cells that say which months, quarters or years there are
_FIRST_ROW, _LAST_ROW, _FIRST_COLUMN = 8, 60, 3
MOVED = f"the months have moved, and what is typed on the sheet {SHEET} stays in its columns: move it to its months"


BUDGET, SAYS = "Budget", (6, 8)  #: the sheet, and the cell that says one of these
UNUSED, ERROR = "can't be used: see the red cells", "a cell of the table is an error"


def budget_not_used(workbook: Workbook) -> list[str]:
    """What the sheet Budget says of rows that can't be used, once its formulas are computed."""
    if BUDGET not in workbook.sheets:
        return []
    row, column = SAYS
    cell = workbook.sheet(BUDGET).cells(row).get(column)
    said = "" if cell is None else str(workbook.value(cell))
    return [f"the sheet {BUDGET}: {said}"] if said.endswith((UNUSED, ERROR)) else []


def no_first_day(workbook: Workbook) -> list[str]:
    """What to tell of a first month that somebody has typed as a later day of it."""
    first = months(workbook)[0]
    day = from_serial(first) if isinstance(first, (int, float)) and not isinstance(first, bool) else None
    if day is None or day.day == 1:
        return []
    return [
        f"First month on the sheet Settings is {day}: type {day:%Y-%m}-01, since the sheets look for the first day of "
        "each month"
    ]


def months(workbook: Workbook) -> list[object]:
    """What the cells show that say which months there are; None for one that is not there, or has no value."""
    return [(workbook.values(workbook.formula_of(name)) or [None])[0] for name in _MONTHS]


def months_before(workbook: Workbook, table: Table) -> list[object] | None:
    """The same before a fill; None where no amounts are typed below the months.

    They are computed from the table's own rows where the program that saved the file left out what formulas give.
    """
    if not is_typed(workbook):
        return None
    before = months(workbook)
    if before[0] is None:
        computed = calculate(workbook, ledger=table, now=clock.now()).values
        places = [(cell.sheet, (cell.top, cell.left)) if cell else None for cell in map(workbook.named_cell, _MONTHS)]
        of_cells = {(name, at): value for (name, _), cells in computed.items() for at, value in cells.items()}
        before = [of_cells.get(place, shown) if place else None for place, shown in zip(places, before)]
    return before


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
