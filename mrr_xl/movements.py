"""Changes → Movements: one row a month, opening + movements = closing to the last millionth."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import narwhals as nw
import pandas as pd

from mrr_xl import months
from mrr_xl.changes import MOVEMENTS, changes
from mrr_xl.conditions import select
from mrr_xl.errors import MrrError
from mrr_xl.ledger import Frame, Ledger, read_ledger
from mrr_xl.settings import Settings

MONEY = ["opening", *MOVEMENTS, "closing", "net_new"]
COUNTED = {
    "new": "new",
    "reactivation": "reactivated",
    "expansion": "expanded",
    "contraction": "contracted",
    "churn": "churned",
}
CUSTOMERS = ["opening_customers", *(f"{name}_customers" for name in COUNTED.values()), "closing_customers"]


@dataclass(frozen=True)
class Book:
    """One ledger under one set of rules; each floor is computed when something first asks for it."""

    ledger: Ledger
    settings: Settings = field(default_factory=Settings)
    where: str | None = None

    @cached_property
    def through(self) -> int:
        """The last month reported."""
        if self.settings.through is not None:
            return self.settings.through
        return min(data_edge(self.ledger, self.settings), months.latest_complete())

    @cached_property
    def lines(self) -> Ledger:
        """The part of the ledger that `where` picks."""
        return select(self.ledger, self.where)

    @cached_property
    def changes(self) -> Frame:
        """The change log up to the last month reported; what lies after it is no movement."""
        return changes(self.lines, self.settings).filter(nw.col("month") <= self.through)

    @cached_property
    def movements(self) -> pd.DataFrame:
        """Whole millionths and counts, one row for every month from the first change on."""
        return roll_forward(self.changes, self.through)


def data_edge(ledger: Ledger, settings: Settings) -> int:
    """The latest month that the data tells of.

    It is the month of the last start or, where some subscriptions have no end yet, of the last end. In a
    ledger whose lines all end, an end may be no more than the edge of the export: there the month of the
    last day of service counts instead.
    """
    start, end = nw.col("start"), nw.col("end")
    inclusive = settings.end_date == "inclusive" and ledger.layout.kind == "subscriptions"
    summary = ledger.frame.select(
        start.max().alias("start"),
        end.max().alias("latest"),
        nw.when(end < months.OPEN).then(end).otherwise(nw.lit(0)).max().alias("end"),
    )
    found = (summary if isinstance(summary, nw.DataFrame) else summary.collect()).to_dict(as_series=False)
    started, latest, ended = found["start"][0], found["latest"][0], found["end"][0]
    if started is None or started != started:
        return months.latest_complete()
    some_run_on = latest >= months.OPEN
    last_service = ended if inclusive or some_run_on else ended - 2
    return int(max(started // 32, last_service // 32))


def roll_forward(log: Frame, through: int) -> pd.DataFrame:
    """Changes summed by month, from the first month with a change to `through`."""
    delta, place = nw.col("after") - nw.col("before"), nw.col("month") * len(MOVEMENTS) + nw.col("movement")
    sums: Any = log.select(delta.alias("delta"), place.alias("place")).group_by("place")
    sums = sums.agg(nw.col("delta").sum(), nw.len().alias("count"))
    sums = sums if isinstance(sums, nw.DataFrame) else sums.collect()
    found = {name: [int(value) for value in values] for name, values in sums.to_dict(as_series=False).items()}
    found["month"] = [place // len(MOVEMENTS) for place in found["place"]]
    first = min(found["month"], default=through + 1)
    columns = {name: [0] * (through + 1 - first) for name in [*MONEY, *CUSTOMERS]}
    for month, place, amount, count in zip(*(found[name] for name in ("month", "place", "delta", "count"))):
        movement = MOVEMENTS[place % len(MOVEMENTS)]
        columns[movement][month - first] = amount
        columns[f"{COUNTED[movement]}_customers"][month - first] = count
    table = pd.DataFrame(columns, index=range(first, through + 1), dtype="int64")
    table["net_new"] = table[list(MOVEMENTS)].sum(axis=1)
    table["closing"] = table["net_new"].cumsum()
    table["opening"] = table["closing"] - table["net_new"]
    came = table["new_customers"] + table["reactivated_customers"] - table["churned_customers"]
    table["closing_customers"] = came.cumsum()
    table["opening_customers"] = table["closing_customers"] - came
    table.index.name = "month"
    return table


def movements(
    data: object,
    *,
    start: object = None,
    to: object = None,
    where: str | None = None,
    **settings: object,
) -> pd.DataFrame:
    """MRR month by month: opening, the movements, closing, and the customers behind them.

    data: a pandas, Polars, DuckDB or Spark frame, or a path. start, to: the months to show, by default all
    that are reported. where: "plan=Pro; region<>US". settings: see Settings.
    Gives one row a month: month (Period), the money in the ledger's unit, the counts as whole numbers;
    contraction and churn are negative. Raises MrrError. Source: docs/definitions.md.

    >>> movements(northstar)[["month", "opening", "new", "expansion", "contraction", "churn", "closing"]]
         month  opening     new  expansion  contraction  churn  closing
    0  2024-01      0.0  1800.0        0.0          0.0    0.0   1800.0
    1  2024-02   1800.0   300.0      200.0       -300.0 -500.0   1500.0
    """
    return presented(Book(read_ledger(data), Settings.of(settings), where), start, to)


def presented(book: Book, start: object = None, to: object = None) -> pd.DataFrame:
    """A book's movements as a user sees them, from month to month."""
    table = book.movements
    first = table.index.min() if start is None else months.read_month(start)
    last = book.through if to is None else months.read_month(to)
    if last > book.through:
        raise MrrError(
            f"{months.month_label(last)} is after {months.month_label(book.through)}, the last month reported; "
            f"to report it, set through to {months.month_label(last)}"
        )
    if start is not None and first > last:
        raise MrrError(f"the first month {months.month_label(first)} is after the last one {months.month_label(last)}")
    table = at_months(table, range(first, last + 1)) if len(table) or start is not None else table
    shown_table = table.astype({name: "float64" for name in MONEY})
    shown_table[MONEY] /= 1_000_000
    period = pd.PeriodIndex.from_ordinals([month - 1970 * 12 for month in table.index], freq="M", name="month")
    return shown_table.set_index(period).reset_index()


def at_months(table: pd.DataFrame, wanted: Any) -> pd.DataFrame:
    """The table's rows at these months; before the first change there is nothing, which is 0."""
    return table.reindex(wanted, fill_value=0)
