"""What a fill changes in months that an earlier workbook has reported."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
from openpyxl.utils.cell import range_to_tuple

from mrr_xl.errors import MrrError, listed
from mrr_xl.filling import stamp
from mrr_xl.filling.ledger_table import find_table
from mrr_xl.filling.workbook_rules import rates_of, rules_of
from mrr_xl.later import pd
from mrr_xl.ledger.frames import to_pandas
from mrr_xl.ledger.ledger import Ledger, read_ledger
from mrr_xl.metrics.checks import customers, vanished
from mrr_xl.months import Month, month_label, read_month
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.changes import MOVEMENTS
from mrr_xl.rollforward.movements import at_months
from mrr_xl.sources import table_from_rows
from mrr_xl.xlsx.contents import Contents
from mrr_xl.xlsx.package import MAIN, Package, read_package, sheet_parts
from mrr_xl.xlsx.sheet import Sheet

#: The name of the cells that show it, how their first one begins, and their columns.
NAME, TITLE = "Compared", "Compared with"
HEADERS = ("Changed", "Reported", "Now", "Difference", "Customers")
_TOLD, _NAMED = 5, 3  #: how many differences a note tells of, and how many customers behind one


@dataclass(frozen=True)
class Difference:
    """A figure that an earlier workbook reported otherwise, in millionths, and the customers behind it."""

    what: str
    reported: int
    now: int
    customers: list[str]

    @property
    def change(self) -> int:
        return self.now - self.reported


@dataclass(frozen=True)
class Compared:
    """What changed since an earlier workbook: restated movements, and customers without any line."""

    title: str
    restated: list[Difference]
    gone: list[Difference]
    more: list[str]  #: what else there is to say
    possible: bool = True

    def notes(self) -> list[str]:
        """The same in sentences."""
        if not self.possible:
            return [f"{self.title}: {self.more[0]}"]
        if not self.restated and not self.gone:
            return [f"{self.title}: no month that it reported has changed", *self.more]
        told = [f"{one.what}; its MRR was {one.reported / 1e6:,.2f}" for one in self.gone[:_TOLD]]
        told += [_sentence(one) for one in self.restated[:_TOLD]]
        left = len(self.gone) + len(self.restated) - len(told)
        told += [f"{_changes(left)} more"] if left else []
        return [f"{self.title}: {text}" for text in told] + self.more


def compared(package: Package, ledger: Ledger, against: str | os.PathLike[str], table: str | None = None) -> Compared:
    """A ledger, under the rules of the workbook that it goes into, beside what an earlier workbook says it reported.

    The earlier figures are computed anew from that workbook's own table, rules and rates, up to the month that its
    stamp names. Raises MrrError.
    """
    earlier, name = read_package(against), Path(against).name
    mark = stamp.of_package(earlier)
    through = f", through {mark.through}" if mark else ""
    title = f"{TITLE} {name}{through}"
    try:
        rows = Contents(earlier).rows(find_table(earlier, table))
        rows = [row for row in rows if any(cell is not None for cell in row)]
    except MrrError:
        rows = []
    if len(rows) < 2:
        says = "it has no table with data in it, so nothing can be compared; keep a copy filled without --values"
        return Compared(title, [], [], [says], possible=False)
    rules = rules_of(earlier)
    old = Book(
        read_ledger(table_from_rows(rows).to_native(), rates=rates_of(earlier)),
        replace(rules, through=read_month(mark.through)) if mark else rules,
    )
    new = Book(ledger, rules_of(package))
    before, now = _by_customer(old), _by_customer(new)
    last = min(old.through, new.through)
    more = []
    if new.through < old.through:
        more.append(f"{name} reported {month_label(old.through)}; the last month is now {month_label(new.through)}")
    were, are = (stamp.rules_text(replace(one, through=None)) for one in (rules, new.settings))
    if were != are:
        more.append(f"{name} was filled under other rules ({were}) than now ({are})")
    gone = _gone(old, new, before)
    if gone and len(gone) == len(customers(old)):
        more.append(f"no customer of {name} is in the data; is it the file of another report?")
    return Compared(title, _restated(old, new, last, before, now), gone, more)


def _restated(old: Book, new: Book, last: int, before: pd.Series, now: pd.Series) -> list[Difference]:
    first = min([last + 1, *old.movements.index[:1], *new.movements.index[:1]])
    reported = range(first, last + 1)
    tables = [at_months(book.movements, reported) for book in (old, new)]
    moved = now.sub(before, fill_value=0)
    closings = [int(table["closing"].get(last, 0)) for table in tables]
    closing = Difference(f"{month_label(Month(last))} MRR", closings[0], closings[1], [])
    found = [closing] if closing.change else []
    for month in reported:
        for movement in (*MOVEMENTS, "fx"):
            was, is_ = (int(table[movement].get(month, 0)) if movement in table else 0 for table in tables)
            if was != is_:
                found.append(
                    Difference(f"{month_label(Month(month))} {movement}", was, is_, _behind(moved, month, movement))
                )
    return found


def _behind(moved: pd.Series, month: int, movement: str) -> list[str]:
    """The customers with the largest differences in a movement, the largest first."""
    if movement not in MOVEMENTS:
        return []
    levels = moved.index
    here = moved[(levels.get_level_values("month") == month) & (levels.get_level_values("movement") == movement)]
    here = here[here != 0]
    order = here.abs().sort_values(ascending=False, kind="stable").index
    return [str(customer) for customer in order.get_level_values("customer")]


def _by_customer(book: Book) -> pd.Series:
    """What each customer moved, by customer, month and movement."""
    delta = (nw.col("after") - nw.col("before")).alias("delta")
    rows = to_pandas(book.changes.select(nw.col("customer").cast(nw.String), "month", "movement", delta))
    rows["movement"] = [MOVEMENTS[int(place)] for place in rows["movement"]]
    return rows.groupby(["customer", "month", "movement"], sort=True)["delta"].sum()


def _gone(old: Book, new: Book, before: pd.Series) -> list[Difference]:
    names = [str(name) for name in vanished(new, old)]
    paid = before.groupby("customer").sum()
    found = [Difference(f"{name} has no line any more", int(paid.get(name, 0)), 0, [name]) for name in names]
    return sorted(found, key=lambda one: -one.reported)


def _sentence(one: Difference) -> str:
    behind = f" ({listed(one.customers, _NAMED)})" if one.customers else ""
    return f"{one.what} was {one.reported / 1e6:,.2f} and is now {one.now / 1e6:,.2f}{behind}"


def put(
    package: Package,
    ledger: Ledger,
    against: str | os.PathLike[str] | None,
    *,
    table: str | None = None,
    names: bool = True,
) -> list[str]:
    """What changed since the workbook `against`, in sentences, and in the cells that the name Compared has, if any.

    names: whether customers are named in those cells. Without `against` the cells become blank. Raises MrrError.
    """
    found = None if against is None else compared(package, ledger, against, table)
    place = _place(package)
    if place is not None:
        sheet, left, top, width, height = place
        rows = [] if found is None else _rows(found, height, names)
        for row in range(height):
            for column in range(width):
                value = rows[row][column] if row < len(rows) and column < len(rows[row]) else None
                sheet.put(top + row, left + column, value)
    return [] if found is None else found.notes()


def _place(package: Package) -> tuple[Sheet, int, int, int, int] | None:
    """Where the report shows it: a workbook of the user's own may mean something else by that name."""
    area = next((one.text or "" for one in package.root("xl/workbook.xml").iter(f"{MAIN}definedName")
                 if one.get("name") == NAME), "")  # fmt: skip
    cells = Contents(package).area(area)
    try:
        title, (left, top, right, bottom) = range_to_tuple(area)
    except ValueError:
        return None
    width, height = right - left + 1, bottom - top + 1
    taken = cells and any(cell is not None for cell in cells) and not str(cells[0]).startswith(TITLE)
    if not cells or taken or width < len(HEADERS) or height < 4:
        return None
    return Sheet(package, sheet_parts(package)[title]), left, top, len(HEADERS), height


def _rows(found: Compared, height: int, names: bool) -> list[list[Any]]:
    """The title, a header and one row for each change, as many as there is room for."""
    gone = found.gone if names or not found.gone else [_together(found.gone)]
    changes = [*gone, *found.restated]
    says = found.more if changes or found.more else ["no month that it reported has changed"]
    rows: list[list[Any]] = [[found.title], *([[text] for text in says[: height - 3]])]
    room = height - len(rows) - 1
    if changes:
        rows.append(list(HEADERS))
    for one in changes[: room if len(changes) <= room else room - 1]:
        behind = one.customers if names else []
        amounts = [one.reported / 1e6, one.now / 1e6, one.change / 1e6]
        rows.append([one.what, *amounts, listed(behind, _NAMED) or None])
    if len(changes) > room:
        rows.append([f"{_changes(len(changes) - room + 1)} more"])
    return rows


def _changes(count: int) -> str:
    return f"{count:,} change{'' if count == 1 else 's'}"


def _together(gone: list[Difference]) -> Difference:
    return Difference(f"customers without any line now: {len(gone):,}", sum(one.reported for one in gone), 0, [])
