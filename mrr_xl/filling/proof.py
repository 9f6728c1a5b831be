"""The engine's figures on the sheet Proof of a plain report, beside the report's own, and what it found on Checks."""

from __future__ import annotations

from mrr_xl.errors import MrrError, shown
from mrr_xl.filling.month_cells import month_in, month_serial
from mrr_xl.filling.stamp import Stamp
from mrr_xl.functions.cells import BLANK, cells_of
from mrr_xl.metrics import REGISTRY, values_at
from mrr_xl.months import Month
from mrr_xl.rollforward.book import Book
from mrr_xl.xlsx.workbook import Workbook

FIGURES, STAMP, CHECKS = "Proof_figures", "Proof_stamp", "Checks_written"
UNDEFINED = "undefined"
#: Counted from the first column of the figures.
_FUNCTION, _MONTH, _MONTHS, _ENGINE = 2, 3, 4, 6
_MOST_MONTHS = 120  #: that a figure is the sum of


def write_proof(workbook: Workbook, book: Book, made_from: Stamp, shift: int) -> None:
    """Write the engine's figure into each row, for the month that it has now.

    shift: how many months later than before the last one reported is. Raises MrrError.
    """
    area = workbook.area(workbook.formula_of(FIGURES))
    if area is None:
        return
    sheet = workbook.sheet(area.sheet)
    known: dict[tuple[str, int, int], float | str] = {}
    for row in sheet.there(area.top, area.bottom):
        cells = sheet.cells(row)
        function, span = (workbook.value(cells.get(area.left + place)) for place in (_FUNCTION, _MONTHS))
        if function is None:
            continue
        if str(function).partition(",")[0] not in REGISTRY:
            raise MrrError(f"row {row} of sheet {area.sheet}: {shown(function)} is not a figure; fill a new template")
        now = Month(month_in(workbook, area.sheet, row, area.left + _MONTH, cells.get(area.left + _MONTH)) + shift)
        if not isinstance(span, (int, float)) or not 1 <= span <= _MOST_MONTHS:
            raise MrrError(
                f"row {row} of sheet {area.sheet}: {shown(span)} is no number of months; fill a new template"
            )
        key = (function, now, int(span))
        if key not in known:
            known[key] = _figure(book, *key)
        sheet.put(row, area.left + _MONTH, month_serial(workbook, now))
        sheet.put(row, area.left + _ENGINE, known[key])
    _stamp(workbook, made_from)


def write_checks(workbook: Workbook, book: Book) -> None:
    """Write what MRR_CHECKS says into the cells for it, its header first."""
    area = workbook.area(workbook.formula_of(CHECKS))
    if area is None:
        return
    sheet, rows = workbook.sheet(area.sheet), cells_of(REGISTRY["MRR_CHECKS"].compute(book), None)
    for row in range(area.top, area.bottom + 1):
        values = rows[row - area.top] if row - area.top < len(rows) else []
        for column in range(area.left, area.right + 1):
            value = values[column - area.left] if column - area.left < len(values) else None
            sheet.put(row, column, None if value == BLANK else value)


def differing(workbook: Workbook) -> list[str]:
    """A sentence where figures of a plain report that has been computed are not the engine's."""
    area = workbook.area(workbook.formula_of(FIGURES))
    if area is None:
        return []
    sheet = workbook.sheet(area.sheet)
    results = [workbook.value(sheet.cells(row).get(area.right)) for row in sheet.there(area.top, area.bottom)]
    if not (failed := results.count("FAIL")):
        return []
    are = "figure of the report is" if failed == 1 else "figures of the report are"
    return [f"{failed:,} {are} not that of mrr-xl; see where the sheet {area.sheet} says FAIL, and mend the formulas"]


def _figure(book: Book, function: str, month: int, span: int) -> float | str:
    """A figure of the engine, or the sum of its last months; function: with its further arguments, as in a row."""
    name, *own = function.split(", ")
    metric, given = REGISTRY[name], {key: value for key, _, value in (pair.partition("=") for pair in own)}
    values = values_at(metric, book, range(month + 1 - span, month + 1), **metric.taken(given))
    return UNDEFINED if None in values else float(sum(value for value in values if value is not None))


def _stamp(workbook: Workbook, made_from: Stamp) -> None:
    area = workbook.area(workbook.formula_of(STAMP))
    if area is not None:
        lines = f"{made_from.rows:,} line{'' if made_from.rows == 1 else 's'}"
        text = (
            f"mrr-xl {made_from.version}, from {lines} (fingerprint {made_from.data}), through "
            f"{made_from.through}; {made_from.settings}"
        )
        workbook.sheet(area.sheet).put(area.top, area.left, text)
