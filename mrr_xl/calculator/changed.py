"""What is written of what was computed: only what the new rows change; any other cell keeps what Excel saved in it.

What Excel could not compute, as it lacks a function, is written, too, and so is what ours did not give.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpyxl.utils.cell import get_column_letter

from mrr_xl.calculator.calculate import Computed
from mrr_xl.calculator.kept import cells as named
from mrr_xl.calculator.saved import agree, saved_values
from mrr_xl.calculator.texts import FormulaCell, Values
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.workbook import Workbook


def changed(workbook: Workbook, before: Computed | None, after: Computed) -> tuple[Values, list[str]]:
    """The values to write, and sentences that name those which Excel had computed otherwise.

    before: what the workbook's formulas gave with its old rows; None where what it had is of no account.
    """
    if before is None:
        return after.values, _no_room(after.values)
    had = {formula: saved_values(workbook, formula) for formula in after.values}
    new: Values = {}
    for formula, now in after.values.items():
        was = before.values.get(formula)
        unknown = formula in before.lacking and not agree(had[formula], now)
        if had[formula] is None or was is None or unknown or not _same(was, now):
            new[formula] = now
    if not after.moving.isdisjoint(new):  # all that is of this day, so that the sheet agrees with itself
        new |= {
            formula: after.values[formula]
            for formula in after.moving & after.values.keys()
            if not agree(had[formula], after.values[formula])
        }
    return new, [*_no_room(new), *_sentences(before, new, after.values)]


def _no_room(new: Values) -> list[str]:
    blocked = [(name, at) for (name, at), cells in new.items() if at.grows and cells[at.row, at.column] == "#SPILL!"]
    if not blocked:
        return []
    has, its = ("has", "its answer") if len(blocked) == 1 else ("have", "their answers")
    return [f"{named(blocked)} {has} no room for {its} (#SPILL!); clear the cells below and beside, and fill again"]


def _sentences(before: Computed, new: Values, after: Values) -> list[str]:
    lines = []
    if written := [formula for formula in after if formula in new and formula in before.otherwise]:
        lines.append(f"computed otherwise than Excel did before: {named(written)}; compare them with what Excel shows")
    if stuck := [formula for formula in after if formula not in new and formula in before.stuck]:
        keep, them = ("keeps its old value", "it") if len(stuck) == 1 else ("keep their old values", "them")
        lines.append(f"{named(stuck)} can't be computed here as Excel did before and {keep}; let Excel compute {them}")
    return lines


def store(workbook: Workbook, values: Values) -> None:
    """Write values beside their formulas, and let Excel open the file without recalculating it.

    So the figures are right in a viewer, on a phone and where there is no add-in, and live where the functions are.
    """
    for (name, at), cells in values.items():
        sheet = workbook.sheet(name)
        if at.grows:
            _fit(workbook, (name, at), cells)
        for (row, column), value in cells.items():
            new, above = column not in sheet.cells(row), sheet.cells(row - 1).get(column)
            # Cells that a result needs beyond those that were formatted for it look like the one above.
            look = above.get("s") if new and above is not None else None
            sheet.put(row, column, value, keep_formula=True, style=look)
    for settings in workbook.root.iter(f"{MAIN}calcPr"):
        if settings.attrib.pop("fullCalcOnLoad", None):
            workbook.package.touched.add(workbook.package.workbook)


def _fit(workbook: Workbook, formula: FormulaCell, cells: Mapping[tuple[int, int], Any]) -> None:
    """Let an array's range in the file be the cells that its answer takes, and clear those that it left."""
    name, at = formula
    sheet = workbook.sheet(name)
    bottom, right = max(cells)
    first, last = f"{get_column_letter(at.column)}{at.row}", f"{get_column_letter(right)}{bottom}"
    area = first if first == last else f"{first}:{last}"
    if area != at.area:
        sheet.spread(at.row, at.column, area)
    for row, column in at.cells():
        if (row, column) not in cells:
            sheet.put(row, column, None)


def _same(was: Mapping[Any, Any], now: Mapping[Any, Any]) -> bool:
    return was == now and all(type(value) is type(now[cell]) for cell, value in was.items())
