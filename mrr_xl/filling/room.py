"""Whether a table has room for its new rows and columns: nothing that stands there is ever written over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl.utils.cell import get_column_letter

from mrr_xl.errors import MrrError
from mrr_xl.xlsx.package import MAIN, targets
from mrr_xl.xlsx.places import LAST_COLUMN, LAST_ROW, Area, corners, meet
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook


def refuse_without_room(workbook: Workbook, table: Table, added: Sequence[str], lines: int) -> None:
    """Raise MrrError if a table can't have so many lines, or new columns for these columns of the data."""
    bottom = table.top + max(lines, 1) + table.has_totals
    if bottom > LAST_ROW:
        room = LAST_ROW - table.top - table.has_totals
        raise MrrError(f"{lines:,} lines are more than the sheet can hold ({room:,} below the table's header)")
    for what in _in(workbook, table, (table.left, table.bottom + 1, table.right, bottom)):
        raise MrrError(f"table {table.name} would grow over {what} of sheet {table.sheet}; move what is below it")
    for number, source in enumerate(added, 1):
        column = table.right + number
        lacks = f"the data has a column {source} that table {table.name} does not have, and"
        if column > LAST_COLUMN:
            raise MrrError(f"{lacks} the sheet has no column left; leave it out of the data")
        for what in _in(workbook, table, (column, table.top, column, bottom)):
            raise MrrError(
                f"{lacks} its place beside the table is taken by {what} of sheet {table.sheet}; add the column to the "
                "table, or move what is beside it"
            )


def _in(workbook: Workbook, table: Table, box: Area) -> Iterator[str]:
    """What stands in a box of the table's sheet, as an error names it."""
    left, top, right, bottom = box
    if bottom < top:
        return
    sheet, package = workbook.sheet(table.sheet), workbook.package
    for row in sheet.there(top, bottom):
        cells = sheet.cells(row)
        yield from (f"{get_column_letter(c)}{row}" for c in range(left, right + 1) if c in cells and len(cells[c]))
    for kind, element in _areas(workbook, table):
        if _meet(element.get("ref"), box):
            yield f"{kind} {element.get('ref')}"
    for other in workbook.tables:
        if other.part != table.part and other.sheet == table.sheet and _meet(other.reference(other.bottom), box):
            yield f"table {other.name}"
    for part in targets(package, sheet.part, "/pivotTable").values():
        for location in package.root(part).iter(f"{MAIN}location"):
            if _meet(location.get("ref"), box):
                yield f"pivot table {package.root(part).get('name')}"


def _areas(workbook: Workbook, table: Table) -> Iterator[tuple[str, Any]]:
    """The sheet's merged cells, and the formulas that fill several cells, by what they are called."""
    sheet = workbook.sheet(table.sheet)
    for merged in workbook.package.root(sheet.part).iter(f"{MAIN}mergeCell"):
        yield "the merged cells", merged
    for formula in sheet.data.iter(f"{MAIN}f"):
        if formula.get("t") in ("array", "dataTable") and formula.get("ref"):
            yield "the array formula over" if formula.get("t") == "array" else "the data table over", formula


def refuse_split_arrays(workbook: Workbook, table: Table) -> None:
    """Raise MrrError where a formula that fills several cells does so in the table's lines.

    Excel allows none there, and half of one can't be kept.
    """
    box = (table.left, table.top + 1, table.right, table.bottom)
    for kind, element in _areas(workbook, table):
        its = corners(element.get("ref"))
        if kind != "the merged cells" and its and its[:2] != its[2:] and meet(its, box):
            raise MrrError(
                f"{kind} {element.get('ref')} of sheet {table.sheet} fills several cells of table {table.name}, which "
                "Excel does not allow; write it into one cell of each row"
            )


def _meet(reference: str | None, box: Area) -> bool:
    area = corners(reference)
    return area is not None and meet(area, box)
