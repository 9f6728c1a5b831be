"""What has changed in months that an earlier report showed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError, in_figures, listed
from mrr_xl.filling import stamp
from mrr_xl.filling.inputs import Inputs
from mrr_xl.filling.ledger_table import find_table
from mrr_xl.filling.workbook_rules import rates_of, rules_of
from mrr_xl.later import pd
from mrr_xl.ledger.frames import to_pandas
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.ledger.pricing import money
from mrr_xl.metrics.checks import customers, vanished
from mrr_xl.months import Month, in_system, month_label, read_month
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.changes import MOVEMENTS
from mrr_xl.rollforward.movements import at_months
from mrr_xl.sources import table_from_rows
from mrr_xl.xlsx.workbook import Workbook

TITLE = "Compared with"  #: how a comparison's title begins
MOST_CUSTOMERS = 3  #: so many are named behind a difference
_MOST_NOTES = 5


@dataclass(frozen=True)
class Difference:
    """A figure that an earlier workbook reported differently, in millionths, and the customers behind it."""

    label: str
    reported: int
    now: int
    customers: list[str]

    @property
    def change(self) -> int:
        return self.now - self.reported


@dataclass(frozen=True)
class Comparison:
    """What has changed since an earlier workbook: restated figures, and customers that are no longer in the data."""

    title: str
    restated: list[Difference]
    gone: list[Difference]
    remarks: list[str]
    possible: bool = True

    @property
    def changes(self) -> int | None:
        """How many there are; None where the two can't be compared."""
        return len(self.restated) + len(self.gone) if self.possible else None

    def notes(self) -> list[str]:
        """The same in sentences."""
        if not self.possible:
            return [f"{self.title}: {self.remarks[0]}"]
        if not self.changes:
            return [f"{self.title}: no month that it reported has changed", *self.remarks]
        others = self.others()
        lines = self._told(self.gone[:_MOST_NOTES], self.restated[:_MOST_NOTES])
        lines += [f"{self.title}: {more_changes(len(others))}"] if others else []
        return lines + self.remarks

    def others(self) -> list[str]:
        """The changes of which the notes only say how many they are."""
        return self._told(self.gone[_MOST_NOTES:], self.restated[_MOST_NOTES:])

    def _told(self, gone: list[Difference], restated: list[Difference]) -> list[str]:
        lines = [f"{difference.label}; its MRR was {_amount(difference.reported)}" for difference in gone]
        return [f"{self.title}: {line}" for line in [*lines, *map(_sentence, restated)]]


def more_changes(count: int) -> str:
    """How many changes there are that are not shown.

    >>> more_changes(1), more_changes(1200)
    ('1 more change', '1,200 more changes')
    """
    return f"{count:,} more change{'' if count == 1 else 's'}"


def compare(inputs: Inputs, earlier: Workbook) -> Comparison:
    """The data, under the template's rules, beside what an earlier workbook reported.

    The earlier figures are computed again from that workbook's own table, rules and rates, up to the month that its
    stamp names. Raises MrrError.
    """
    name, mark = Path(inputs.options.against or "").name, stamp.of_package(earlier.package)
    title = f"{TITLE} {name}, through {mark.through}" if mark else f"{TITLE} {name}"
    rows = _rows(earlier, inputs.options.table)
    if len(rows) < 2:
        why = "it has no table with data, so there is nothing to compare; keep a copy filled without --values"
        return Comparison(title, [], [], [why], possible=False)
    rules = rules_of(earlier)
    with in_system(earlier.days_to_1900):
        ledger = read_ledger(
            table_from_rows(rows), timezone=rules.timezone, factors=rules.factors, rates=rates_of(earlier)
        )
    old = Book(ledger, replace(rules, through=read_month(mark.through)) if mark else rules)
    new = inputs.book
    before, now = _by_customer(old), _by_customer(new)
    gone = _gone(old, new)
    remarks = _remarks(name, old, new)
    if mark and mark.data == inputs.stamp.data and new.through > old.through:
        remarks.append(
            f"the data is the same as in {name}, though the report now goes on to {month_label(new.through)}; is it "
            "this month's file?"
        )
    if gone and len(gone) == len(customers(old)):
        remarks.append(f"none of the customers in {name} is in the data; is it the file of another report?")
    return Comparison(title, _restated(old, new, before, now), gone, remarks)


def _rows(earlier: Workbook, table: str | None) -> list[list[object]]:
    """The rows of the earlier workbook's ledger with their header; none if it has no such table."""
    try:
        rows = earlier.rows(find_table(earlier, table))
    except MrrError:
        return []
    return [row for row in rows if any(value is not None for value in row)]


def _remarks(name: str, old: Book, new: Book) -> list[str]:
    remarks = []
    if new.through < old.through:
        remarks.append(
            f"{name} reported up to {month_label(old.through)}; the last month is now {month_label(new.through)}"
        )
    were, are = (stamp.rules_text(replace(book.settings, through=None)) for book in (old, new))
    if were != are:
        remarks.append(f"{name} was filled under other rules ({were}) than now ({are})")
    return remarks


def _restated(old: Book, new: Book, before: pd.Series, now: pd.Series) -> list[Difference]:
    """The closing MRR of the last month that both report, then every movement that differs, month by month."""
    last = min(old.through, new.through)
    first = min([last + 1, *old.movements.index[:1], *new.movements.index[:1]])
    reported = range(first, last + 1)
    tables = [at_months(book.movements, reported) for book in (old, new)]
    moved = now.sub(before, fill_value=0)
    closings = [int(table["closing"].get(last, 0)) for table in tables]
    closing = Difference(f"{month_label(last)} MRR", closings[0], closings[1], [])
    differences = [closing] if closing.change else []
    for month in reported:
        for movement in (*MOVEMENTS, "fx"):
            amounts = [int(table[movement].get(month, 0)) if movement in table else 0 for table in tables]
            if amounts[0] != amounts[1]:
                behind = _behind(moved, month, movement)
                differences.append(
                    Difference(f"{month_label(Month(month))} {movement}", amounts[0], amounts[1], behind)
                )
    return differences


def _behind(moved: pd.Series, month: int, movement: str) -> list[str]:
    """The customers with the largest differences in a movement, the largest first."""
    if movement not in MOVEMENTS:
        return []
    levels = moved.index
    chosen = moved[(levels.get_level_values("month") == month) & (levels.get_level_values("movement") == movement)]
    chosen = chosen[chosen != 0]
    order = chosen.abs().sort_values(ascending=False, kind="stable").index
    return [str(customer) for customer in order.get_level_values("customer")]


def _by_customer(book: Book) -> pd.Series:
    """The change of each customer's MRR in millionths, by customer, month and movement."""
    delta = (nw.col("after") - nw.col("before")).alias("delta")
    rows = to_pandas(book.changes.select(nw.col("customer").cast(nw.String), "month", "movement", delta))
    rows["movement"] = [MOVEMENTS[int(index)] for index in rows["movement"]]
    return rows.groupby(["customer", "month", "movement"], sort=True)["delta"].sum()


def _gone(old: Book, new: Book) -> list[Difference]:
    names = [str(name) for name in vanished(new, old)]
    if not names:
        return []
    mrr = _by_customer(replace(old, settings=replace(old.settings, grain="customer"))).groupby("customer").sum()
    gone = [Difference(f"{name} is no longer in the data", int(mrr.get(name, 0)), 0, [name]) for name in names]
    return sorted(gone, key=lambda difference: -difference.reported)


def _sentence(difference: Difference) -> str:
    behind = f" ({listed(difference.customers, MOST_CUSTOMERS)})" if difference.customers else ""
    return f"{difference.label} was {_amount(difference.reported)} and is now {_amount(difference.now)}{behind}"


def _amount(millionths: int) -> str:
    return in_figures(money(millionths))
