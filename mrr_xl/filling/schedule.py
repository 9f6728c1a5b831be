"""The sheets Schedule and Proof of a plain report: the engine's values, and where its formulas find them.

A plain report has no function of ours. What each customer pays in each month is written into the cells that are named
Schedule_levels, and every formula over them grows with them. Known by its names, whatever its sheets are called.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
from openpyxl.utils.cell import get_column_letter

from mrr_xl import months
from mrr_xl.errors import MrrError, shown
from mrr_xl.filling.grown_ranges import grow_ranges
from mrr_xl.filling.month_cells import month_in, month_serial
from mrr_xl.filling.proof import FIGURES as PROVEN
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
CLOSING = "End of the schedule; mrr-xl fill writes the rows above anew"  #: in the last row that formulas take in
_FILTER = "_xlnm._FilterDatabase"


def is_plain(workbook: Workbook) -> bool:
    """Whether a workbook is a plain report: it has one of the names that only those have."""
    return any(workbook.formula_of(name) for name in (LEVELS, MONTHS, RETENTION, PROVEN))


def refuse_what_levels_lack(ledger: Ledger, rules: Settings) -> None:
    """Raise MrrError where the MRR of each month is not enough to tell the movements."""
    why = ""
    if rules.netting == "gross":
        why = "netting is gross, which counts changes within a month"
    elif rules.period != "month":
        why = f"period is {rules.period}, whose movements are those between its ends"
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
    _refuse_values_only(workbook, area)
    sheet, first = workbook.sheet(area.sheet), Month(book.through - (area.right - area.left))
    shift = book.through - _last_month(workbook, area)
    table = schedule(book, months.month_label(first), months.month_label(book.through))
    bottom = area.top + max(len(table), 1)
    if bottom > LAST_ROW:
        raise MrrError(
            f"the Schedule has {len(table):,} customers, and a sheet takes {LAST_ROW - area.top:,} below its head"
        )
    _refuse_what_stands_below(workbook, area, bottom)
    notes = _beside(workbook, area, [str(name) for name in table.iloc[:, 0]])
    for column in range(area.left, area.right + 1):
        month = Month(first + column - area.left)
        sheet.put(area.top - 1, column, month_serial(workbook, month))
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


def _refuse_values_only(workbook: Workbook, area: Area) -> None:
    """Raise MrrError for a report whose formulas have become values: its figures would stay those of other data."""
    texts = (formula.text or "" for sheet in workbook.sheets.values() for formula in sheet.data.iter(f"{MAIN}f"))
    sheet = area.sheet.replace("'", "''")
    if not any(f"{sheet}!" in text or f"'{sheet}'!" in text for text in texts):
        raise MrrError(f"no formula reads the sheet {area.sheet}, so that the figures can't follow; fill its template")


def _refuse_what_stands_below(workbook: Workbook, area: Area, bottom: int) -> None:
    """Raise MrrError where more customers would be written over what somebody has put below them."""
    sheet = workbook.sheet(area.sheet)
    for row in sheet.there(area.bottom + 1, bottom):
        for column, cell in sheet.cells(row).items():
            if area.left - 2 <= column <= area.right and len(cell):
                place = f"{get_column_letter(column)}{row}"
                raise MrrError(
                    f"cell {place} of sheet {area.sheet} holds {shown(workbook.value(cell))}, and the customers need "
                    f"the rows to {bottom}; move what stands below them"
                )


def _refuse_other_retention(workbook: Workbook, wanted: int) -> None:
    """Raise MrrError where the formulas of retention look back other than the rule says."""
    (has,) = workbook.values(workbook.formula_of(RETENTION)) or [None]
    if has is not None and not isinstance(has, (int, float)):
        raise MrrError(f"the cell {RETENTION} holds {shown(has)} and not a number of months; fill a new template")
    if has is not None and has != wanted:
        raise MrrError(
            f"the rule retention_months is {wanted}, and the formulas of this workbook look back {has:g} months; set "
            f"the rule to {has:g}, or write a new template with --set retention_months={wanted}"
        )


def _last_month(workbook: Workbook, area: Area) -> Month:
    """The month of the last column. Raises MrrError where the columns are not of one month after another."""
    heads = workbook.sheet(area.sheet).cells(area.top - 1)
    last = month_in(workbook, area.sheet, area.top - 1, area.right, heads.get(area.right))
    for column in range(area.left, area.right):
        month = month_in(workbook, area.sheet, area.top - 1, column, heads.get(column))
        if last - month != area.right - column:
            raise MrrError(
                f"the columns of sheet {area.sheet} have been changed: {months.month_label(month)} is not "
                f"{area.right - column} months before {months.month_label(last)}; undo that, or fill a new template"
            )
    return last


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


def _beside(workbook: Workbook, area: Area, names: list[str]) -> list[str]:
    """A note where something stands beside the customers, which stays in its row, and they are not the same."""
    sheet = workbook.sheet(area.sheet)
    rows = range(area.top, area.bottom)
    if [workbook.value(sheet.cells(row).get(area.left - 2)) if row in sheet.rows else None for row in rows] == names:
        return []
    for row in sheet.there(area.top, area.bottom):
        if any(column > area.right and len(cell) for column, cell in sheet.cells(row).items()):
            return [
                f"what stands beside the customers on sheet {area.sheet} stays in its row; check that it still fits"
            ]
    return []


def _grow(workbook: Workbook, area: Area, bottom: int) -> None:
    """Let every formula, name, format and filter over the customers be over those that there are now."""
    left = area.left - 2
    growth = Growth(area.sheet, left, area.right, area.top, area.bottom - 1, area.bottom, bottom - 1, bottom)
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
