"""The line on a report's first sheet that says where its figures come from, as of when, and what computes them anew.

Where the functions of an add-in are alive, the line's formula gives nothing. Here they always are, and the file is for
programs where they may not be: so the file keeps the line, until a spreadsheet program computes it.
"""

from __future__ import annotations

from mrr_xl import clock
from mrr_xl.calculator.calculate import Computed
from mrr_xl.calculator.texts import FormulaCell
from mrr_xl.version import __version__
from mrr_xl.xlsx.workbook import Area, Workbook

COMPUTED, TEXT, LINE = "Report_computed", "Report_source", "Report_source_line"  #: the cells, by their defined names
ONLY_VALUES = "Figures computed {}; this file holds their values only."


def set_computed(workbook: Workbook) -> None:
    """Write the day and the version into the workbook's cell for it, if it has one that holds no formula."""
    area = _cell(workbook, COMPUTED)
    cell = area and workbook.sheet(area.sheet).cells(area.top).get(area.left)
    if area and (cell is None or cell.find("{*}f") is None):
        workbook.sheet(area.sheet).put(area.top, area.left, _now())


def without_line(workbook: Workbook, computed: Computed) -> Computed:
    """What was computed, but for the line."""
    line = _formula(workbook, computed)
    values = {formula: cells for formula, cells in computed.values.items() if formula != line}
    return computed._replace(values=values)


def show_line(workbook: Workbook, computed: Computed, only_values: bool = False) -> None:
    """Store the line beside its formula, as a program without the functions computes it."""
    line, text = _formula(workbook, computed), _cell(workbook, TEXT)
    if line is None or text is None:
        return
    values = (cells.get((text.top, text.left)) for (sheet, _), cells in computed.values.items() if sheet == text.sheet)
    shown = ONLY_VALUES.format(_now()) if only_values else next((value for value in values if value is not None), None)
    if shown is not None:
        sheet, at = line
        workbook.sheet(sheet).put(at.row, at.column, shown, keep_formula=True)
        workbook.sheet(text.sheet).put(text.top, text.left, shown, keep_formula=True)


def _formula(workbook: Workbook, computed: Computed) -> FormulaCell | None:
    area = _cell(workbook, LINE)
    lines = ((name, at) for name, at in computed.values if area and (name, at.column, at.row) == area[:3])
    return next(lines, None)


def _cell(workbook: Workbook, name: str) -> Area | None:
    area = workbook.area(workbook.formula_of(name))
    return area if area is not None and area[1:3] == area[3:5] else None


def _now() -> str:
    return f"{clock.today().isoformat()} by mrr-xl {__version__}"
