"""The line on a report's first sheet that says where its figures come from, as of when, and what computes them anew.

Where the functions of an add-in are alive, the line's formula gives nothing. Here they always are, and the file is for
programs where they may not be: so the file keeps the line, until a spreadsheet program computes it.
"""

from __future__ import annotations

from mrr_xl import clock
from mrr_xl.calculator.calculate import Computed
from mrr_xl.calculator.texts import FormulaCell
from mrr_xl.version import __version__
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.workbook import Workbook

COMPUTED, TEXT = "Report_computed", "Report_source"  #: the cells for the day and for the sentence, by their names
ONLY_VALUES = "Figures computed {}; this file holds their values only."


def set_computed(workbook: Workbook, only_values: bool = False) -> None:
    """Write the day and the version into the workbook's cell for it, if it has one that holds no formula.

    only_values: the sentence is then that nothing computes the figures anew.
    """
    now = f"{clock.today().isoformat()} by mrr-xl {__version__}"
    day, text = workbook.named_cell(COMPUTED), workbook.named_cell(TEXT)
    cell = day and workbook.sheet(day.sheet).cells(day.top).get(day.left)
    if day is None or text is None or (cell is not None and cell.find("{*}f") is not None):
        return
    workbook.sheet(day.sheet).put(day.top, day.left, now)
    if only_values:
        workbook.sheet(text.sheet).put(text.top, text.left, ONLY_VALUES.format(now))


def without_lines(computed: Computed, lines: set[FormulaCell]) -> Computed:
    """What was computed, but for the lines that show the sentence."""
    values = {formula: cells for formula, cells in computed.values.items() if formula not in lines}
    return computed._replace(values=values)


def show_lines(workbook: Workbook, lines: set[FormulaCell]) -> None:
    """Store the sentence beside the formulas that show it, as a program without the functions computes them."""
    text = workbook.named_cell(TEXT)
    if not lines or text is None:
        return
    sentence = workbook.value(workbook.sheet(text.sheet).cells(text.top).get(text.left))
    for name, at in lines if isinstance(sentence, str) else ():
        workbook.sheet(name).put(at.row, at.column, sentence, keep_formula=True)


def lines_of(workbook: Workbook) -> set[FormulaCell]:
    """The formulas of ours that show the sentence."""
    if workbook.named_cell(TEXT) is None:
        return set()
    return {
        (name, at)
        for name, sheet in workbook.sheets.items()
        for at, element in zip(sheet.formulas(), sheet.data.iter(f"{MAIN}f"))
        if element.text == TEXT or (element.text or "").endswith(f',{TEXT},"")')
    }
