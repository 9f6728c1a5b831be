"""The cells of a report that show what has changed since the last one."""

from __future__ import annotations

from typing import Any

from mrr_xl.errors import listed
from mrr_xl.filling.compare import MOST_CUSTOMERS, TITLE, Comparison, Difference, more_changes
from mrr_xl.xlsx.workbook import Area, Workbook

NAME = "Compared"  #: the defined name of the cells
HEADERS = ("Changed", "Reported", "Now", "Difference", "Customers")


def show_comparison(workbook: Workbook, comparison: Comparison | None, names: bool) -> None:
    """Write a comparison into the cells that the name Compared stands for, if there are any; None blanks them.

    names: whether customers are named.
    """
    area = _area(workbook)
    if area is None:
        return
    height = area.bottom - area.top + 1
    rows = [] if comparison is None else _rows(comparison, height, names)
    sheet = workbook.sheet(area.sheet)
    for index in range(height):
        row = rows[index] if index < len(rows) else []
        for column in range(len(HEADERS)):
            sheet.put(area.top + index, area.left + column, row[column] if column < len(row) else None)


def _area(workbook: Workbook) -> Area | None:
    """Where the report shows it; None where a user's own workbook means something else by that name."""
    reference = workbook.formula_of(NAME)
    area = workbook.area(reference)
    if area is None:
        return None
    rows = workbook.grid(area)
    taken = any(value is not None for row in rows for value in row) and not str(rows[0][0]).startswith(TITLE)
    too_small = area.right - area.left + 1 < len(HEADERS) or area.bottom - area.top + 1 < 4
    return None if taken or too_small else area


def _rows(comparison: Comparison, height: int, names: bool) -> list[list[Any]]:
    """The title, the remarks, a header and a row for each change, as many as there is room for."""
    gone = comparison.gone if names or not comparison.gone else [_together(comparison.gone)]
    changes = [*gone, *comparison.restated]
    remarks = comparison.remarks if changes or comparison.remarks else ["no month that it reported has changed"]
    rows: list[list[Any]] = [[comparison.title], *([remark] for remark in remarks[: height - 3])]
    room = height - len(rows) - 1
    if changes:
        rows.append(list(HEADERS))
    for change in changes[: room if len(changes) <= room else room - 1]:
        customers = listed(change.customers, MOST_CUSTOMERS) if names and change.customers else None
        rows.append(
            [change.label, *(amount / 1e6 for amount in (change.reported, change.now, change.change)), customers]
        )
    if len(changes) > room:
        rows.append([more_changes(len(changes) - room + 1)])
    return rows


def _together(gone: list[Difference]) -> Difference:
    reported = sum(difference.reported for difference in gone)
    return Difference(f"customers no longer in the data: {len(gone):,}", reported, 0, [])
