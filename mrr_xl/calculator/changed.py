"""What is written of what was computed: only what the new rows change; every other cell keeps what Excel saved in it.

The values before the rows changed judge the engine: where they are not those that Excel saved, it computes otherwise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from openpyxl.utils.cell import get_column_letter

from mrr_xl.calculator.calculate import Computed, Values
from mrr_xl.calculator.cells_read import value_of
from mrr_xl.calculator.kept import cells as named
from mrr_xl.calculator.texts import FormulaCell
from mrr_xl.xlsx.package import MAIN, WORKBOOK
from mrr_xl.xlsx.workbook import Workbook

_EXCEL = re.compile(rb"<Application>Microsoft (?:Macintosh )?Excel\b[^<]*</Application>")
_VERSION = re.compile(rb"<AppVersion>\s*(\d+)\.\d{4}\s*</AppVersion>")
_NEAR = 1e-9  #: how far apart, as a share of them, numbers are that two programs compute alike


def changed(workbook: Workbook, before: Computed | None, after: Computed) -> tuple[Values, list[str]]:
    """The values to write, and a sentence that names those which Excel had computed otherwise.

    before: what the workbook's formulas gave with its old rows; None where what it had is of no account.
    """
    if before is None:
        return after.values, []
    had = {formula: _had(workbook, formula) for formula in after.values}
    new: Values = {}
    for formula, now in after.values.items():
        was = before.values.get(formula)
        if had[formula] is None or was is None or not _same(was, now):
            new[formula] = now
    if not after.moving.isdisjoint(new):  # all that is of this day, so that the sheet agrees with itself
        new |= {
            formula: after.values[formula]
            for formula in after.moving & after.values.keys()
            if not _agree(had[formula], after.values[formula])
        }
    judged = new.keys() & before.values.keys() - after.moving - before.unjudged if _is_of_excel(workbook) else set()
    otherwise = [
        formula
        for formula in new
        if formula in judged and had[formula] is not None and not _agree(had[formula], before.values[formula])
    ]
    return new, [_named(otherwise)] if otherwise else []


def is_saved(workbook: Workbook) -> bool:
    """Whether a program computed the values in a workbook: one that did not asks Excel to compute when it opens."""
    settings = workbook.package.root(WORKBOOK).iter(f"{MAIN}calcPr")
    return not any(setting.get("fullCalcOnLoad") in ("1", "true") for setting in settings)


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
    for settings in workbook.package.root(WORKBOOK).iter(f"{MAIN}calcPr"):
        if settings.attrib.pop("fullCalcOnLoad", None):
            workbook.package.touched.add(WORKBOOK)


def _fit(workbook: Workbook, formula: FormulaCell, cells: Mapping[tuple[int, int], Any]) -> None:
    """Let an array's range in the file be the cells that its answer takes, and clear those that it left."""
    name, at = formula
    sheet = workbook.sheet(name)
    bottom, right = max(cells)
    area = f"{get_column_letter(at.column)}{at.row}:{get_column_letter(right)}{bottom}"
    if area != at.area:
        sheet.spread(at.row, at.column, area)
    for row, column in at.cells():
        if (row, column) not in cells:
            sheet.put(row, column, None)


def _had(workbook: Workbook, formula: FormulaCell) -> dict[tuple[int, int], Any] | None:
    """What the file has in a formula's cells; None if it has no value for it."""
    name, at = formula
    sheet = workbook.sheet(name)
    if sheet.cells(at.row)[at.column].find(f"{MAIN}v") is None:
        return None
    return {(row, column): value_of(workbook, sheet.cells(row).get(column)) for row, column in at.cells()}


def _same(was: Mapping[Any, Any], now: Mapping[Any, Any]) -> bool:
    return was == now and all(type(value) is type(now[cell]) for cell, value in was.items())


def _agree(one: Mapping[Any, Any] | None, other: Mapping[Any, Any]) -> bool:
    """Whether two programs gave the same: numbers to nine digits, and nothing is an empty text."""
    return one is not None and one.keys() == other.keys() and all(_alike(value, other[c]) for c, value in one.items())


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_NEAR, abs_tol=_NEAR)
    return (one or "") == (other or "") if isinstance(one or "", str) and isinstance(other or "", str) else one == other


def _is_of_excel(workbook: Workbook) -> bool:
    """Whether the file says that Excel saved it: libraries that write Excel's name write no build, such as 16.0300."""
    says = workbook.package.parts.get("docProps/app.xml", b"")
    version = _VERSION.search(says)
    return _EXCEL.search(says) is not None and version is not None and int(version[1]) >= 12


def _named(formulas: list[FormulaCell]) -> str:
    return f"computed otherwise than Excel did before: {named(formulas)}; compare them with what Excel shows"
