"""The engine's figures on the sheet Proof of a plain report, beside the report's own, and what it found on Checks."""

from __future__ import annotations

from mrr_xl import months
from mrr_xl.errors import MrrError, shown
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
        function, month, span = (workbook.value(cells.get(area.left + place)) for place in (_FUNCTION, _MONTH, _MONTHS))
        if function is None:
            continue
        if function not in REGISTRY:
            raise MrrError(f"row {row} of sheet {area.sheet}: {shown(function)} is not a figure; fill a new template")
        with months.in_system(workbook.days_to_1900):
            now = Month(months.read_month("" if month is None else month) + shift)
        key = (function, now, int(span or 1))
        if key not in known:
            known[key] = _figure(book, *key)
        sheet.put(row, area.left + _MONTH, _serial(workbook, now))
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


def _figure(book: Book, function: str, month: int, span: int) -> float | str:
    """A figure of the engine, or the sum of its last months."""
    values = values_at(REGISTRY[function], book, range(month + 1 - span, month + 1))
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


def _serial(workbook: Workbook, month: Month) -> int:
    return months.serial(months.day_key(months.first_day(month))) - workbook.days_to_1900
