"""The sheets Schedule and Proof of a plain report: the engine's values, and where its formulas find them.

A plain report has no function of ours. What each customer pays in each month is written into the cells that are named
Schedule_levels, and every formula over them grows with them. Known by its names, whatever its sheets are called.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
from openpyxl.utils.cell import get_column_letter

from mrr_xl import months
from mrr_xl.errors import MrrError
from mrr_xl.filling.grown_ranges import grow_ranges
from mrr_xl.filling.proof import write_checks, write_proof
from mrr_xl.filling.stamp import Stamp
from mrr_xl.ledger.frames import to_pandas
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.metrics.concentration import schedule
from mrr_xl.months import Month
from mrr_xl.rollforward.book import Book
from mrr_xl.settings import Settings
from mrr_xl.xlsx.extent import measure
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.places import LAST_ROW
from mrr_xl.xlsx.ranges import Growth
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.workbook import Area, DefinedName, Workbook

LEVELS, MONTHS, RETENTION = "Schedule_levels", "Schedule_months", "Retention_looks_back"
HEADS = ("Customer", "First month")
CLOSING = "End of the schedule: insert rows above this one"  #: in the last row that every formula takes in
_FILTER = "_xlnm._FilterDatabase"


def is_plain(workbook: Workbook) -> bool:
    """Whether a workbook is a plain report: it has the cells of a Schedule."""
    return bool(workbook.formula_of(LEVELS) and workbook.formula_of(MONTHS))


def refuse_what_levels_lack(ledger: Ledger, rules: Settings) -> None:
    """Raise MrrError where the MRR of each month is not enough to tell the movements."""
    why = ""
    if rules.netting == "gross":
        why = "netting is gross, which counts changes within a month"
    elif rules.reactivation_days is not None:
        why = f"reactivation_days is {rules.reactivation_days}, which asks for the days between two months"
    elif ledger.rates.by_month:
        why = "the exchange rates change by month, so that a change of MRR is partly one of the rate"
    if why:
        raise MrrError(
            f"a plain report has the MRR of each customer at the end of each month, and {why}; change that, or write a "
            "report with --functions xlwings"
        )


def write_schedule(workbook: Workbook, book: Book, made_from: Stamp) -> list[str]:
    """Write what every customer pays in the months of a plain report, and the engine's figures of its Proof.

    Gives notes of what the user has to know. Raises MrrError.
    """
    refuse_what_levels_lack(book.ledger, book.settings)
    _refuse_other_retention(workbook, book.settings.retention_months)
    area = _area(workbook)
    sheet, first = workbook.sheet(area.sheet), Month(book.through - (area.right - area.left))
    shift = book.through - _last_month(workbook, area)
    table = schedule(book, months.month_label(first), months.month_label(book.through))
    bottom = area.top + max(len(table), 1)
    if bottom > LAST_ROW:
        raise MrrError(
            f"the Schedule has {len(table):,} customers, and a sheet takes {LAST_ROW - area.top:,} below its head"
        )
    notes = _beside(workbook, area) if bottom != area.bottom else []
    for column in range(area.left, area.right + 1):
        month = Month(first + column - area.left)
        sheet.put(area.top - 1, column, _serial(workbook, month))
    _write_rows(workbook, area, bottom, table, _first_months(book))
    _grow(workbook, area, bottom)
    measure(sheet)
    write_proof(workbook, book, made_from, shift)
    write_checks(workbook, book)
    return notes


def clear_schedule(workbook: Workbook) -> None:
    """Blank the customers and their MRR, for a workbook whose formulas become values."""
    area = _area(workbook)
    for row in workbook.sheet(area.sheet).there(area.top, area.bottom - 1):
        workbook.sheet(area.sheet).clear(row, area.left - 2, area.right)


def _area(workbook: Workbook) -> Area:
    """The cells of the customers' MRR, with the closing row. Raises MrrError where they are not what we wrote."""
    area, head = (workbook.area(workbook.formula_of(name)) for name in (LEVELS, MONTHS))
    if area is None or head is None or area.left < 3 or area.top < 2 or area.bottom == area.top:
        raise MrrError(f"the names {LEVELS} and {MONTHS} do not lead to a Schedule; fill a new template")
    cells = workbook.sheet(area.sheet).cells(area.top - 1)
    heads = tuple(workbook.value(cells.get(area.left + place)) for place in (-2, -1))
    same = head == area._replace(top=area.top - 1, bottom=area.top - 1)
    if not same or heads != HEADS:
        raise MrrError(
            f"the columns of sheet {area.sheet} have been changed: Customer, First month and the months stand side by "
            "side in it; undo that, or fill a new template"
        )
    return area


def _refuse_other_retention(workbook: Workbook, wanted: int) -> None:
    """Raise MrrError where the formulas of retention look back other than the rule says."""
    (has,) = workbook.values(workbook.formula_of(RETENTION)) or [None]
    if has is not None and has != wanted:
        raise MrrError(
            f"the rule retention_months is {wanted}, and the formulas of this workbook look back {has:g} months; set "
            f"the rule to {has:g}, or write a new template with --set retention_months={wanted}"
        )


def _last_month(workbook: Workbook, area: Area) -> Month:
    cell = workbook.sheet(area.sheet).cells(area.top - 1).get(area.right)
    value = workbook.value(cell)
    try:
        with months.in_system(workbook.days_to_1900):
            return months.read_month("" if value is None else value)
    except MrrError as mistake:
        place = f"cell {get_column_letter(area.right)}{area.top - 1} of sheet {area.sheet}"
        raise MrrError(f"{place} does not hold a month ({mistake}); fill a new template") from None


def _serial(workbook: Workbook, month: Month) -> int:
    return months.serial(months.day_key(months.first_day(month))) - workbook.days_to_1900


def _first_months(book: Book) -> dict[str, int]:
    """The month of each customer's first MRR, which tells a new customer from one who has come back.

    It is written as a number, 202403 for March 2024.
    """
    log: Any = book.changes.select(nw.col("customer").cast(nw.String), "month")
    table = to_pandas(log.group_by("customer").agg(nw.col("month").min()))
    return dict(zip(table["customer"], table["month"].astype("int64")))


def _write_rows(workbook: Workbook, area: Area, bottom: int, table: Any, joined: dict[str, int]) -> None:
    """Write the customers' rows above the closing one, all of them looking like the first."""
    sheet, left = workbook.sheet(area.sheet), area.left - 2
    pattern = {column: cell.get("s") for column, cell in sheet.cells(area.top).items()}
    if bottom != area.bottom:
        sheet.move(area.bottom, left, area.right, bottom)
    for row in list(sheet.there(bottom + 1, area.bottom)):
        for column in range(left, area.right + 1):
            sheet.remove(row, column)
    for row, (name, *levels) in enumerate(table.itertuples(index=False), area.top):
        month = joined[str(name)]
        values = (str(name), month // 12 * 100 + month % 12 + 1, *map(float, levels))
        for column, value in enumerate(values, left):
            sheet.put(row, column, value, style=pattern.get(column))
    if not len(table):
        sheet.clear(area.top, left, area.right)
    sheet.clear(bottom, left + 1, area.right)  # where somebody has deleted the closing row, a customer's was moved
    sheet.put(bottom, left, CLOSING)
    for row in sheet.there(area.top, area.bottom):
        sheet.rows[row].attrib.pop("hidden", None)  # by a filter, which is for other customers


def _beside(workbook: Workbook, area: Area) -> list[str]:
    """A note where something stands beside the customers, which stays in its row."""
    sheet = workbook.sheet(area.sheet)
    for row in sheet.there(area.top, area.bottom):
        if any(column > area.right and len(cell) for column, cell in sheet.cells(row).items()):
            return [
                f"what stands beside the customers on sheet {area.sheet} stays in its row; check that it still fits"
            ]
    return []


def _grow(workbook: Workbook, area: Area, bottom: int) -> None:
    """Let every formula, name, format and filter over the customers be over those that there are now."""
    left = area.left - 2
    growth = Growth(area.sheet, left, area.right, area.top, area.bottom, area.bottom, bottom, bottom)
    for name, sheet in workbook.sheets.items():
        for formula in sheet.data.iter(f"{MAIN}f"):
            text = formula.text or ""
            if (now := growth.formula(text, name)) != text:
                formula.text = now
                workbook.package.touched.add(sheet.part)
    grow_ranges(workbook, growth)
    _refilter(workbook, workbook.sheet(area.sheet), area._replace(left=left, top=area.top - 1, bottom=bottom - 1))


def _refilter(workbook: Workbook, sheet: Sheet, area: Area) -> None:
    """Let the filter, if there is one, show every customer."""
    first, last = f"${get_column_letter(area.left)}${area.top}", f"${get_column_letter(area.right)}${area.bottom}"
    for element in workbook.package.root(sheet.part).findall(f"{MAIN}autoFilter"):
        element[:] = []
        element.set("ref", f"{first}:{last}".replace("$", ""))
        workbook.package.touched.add(sheet.part)

    def over(name: DefinedName) -> str:
        known = workbook.area(name.formula)
        is_this = name.name == _FILTER and known is not None and known.sheet == area.sheet
        return f"{name.formula.rpartition('!')[0]}!{first}:{last}" if is_this else name.formula

    workbook.change_names(over)
