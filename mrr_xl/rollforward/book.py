"""Book: one ledger under one set of rules, and its movements as a user sees them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.errors import MrrError
from mrr_xl.later import pd
from mrr_xl.ledger.conditions import select
from mrr_xl.ledger.doubts import is_ignored
from mrr_xl.ledger.facts import edge_of
from mrr_xl.ledger.frames import Frame, kept, together
from mrr_xl.ledger.ledger import Ledger, read_ledger
from mrr_xl.ledger.pricing import money
from mrr_xl.ledger.rates import read_rates
from mrr_xl.months import Day, Month
from mrr_xl.rollforward import bridge, running
from mrr_xl.rollforward.asked_months import limits, one_month
from mrr_xl.rollforward.changes import changes
from mrr_xl.rollforward.fx import converted_movements
from mrr_xl.rollforward.last_paid_day import last_paid_days
from mrr_xl.rollforward.movements import CUSTOMERS, added, at_months, read_sums, roll_forward, sums_by_month
from mrr_xl.rollforward.parts import by_customers, is_large
from mrr_xl.rollforward.periods import by_cancellation
from mrr_xl.rollforward.snapshot import is_snapshot, stopped_by
from mrr_xl.settings import LENGTHS, Settings
from mrr_xl.sources.how import AS_FOUND, How

Computed = TypeVar("Computed")


@dataclass(frozen=True)
class Book:
    """One ledger under one set of rules; each floor is computed when something first asks for it."""

    ledger: Ledger
    settings: Settings = field(default_factory=Settings)
    where: str | None = None

    @cached_property
    def through(self) -> Month:
        """The last month reported: the end of the last period that is over."""
        through = self.settings.through
        if through is None:
            through = min(data_edge(self.ledger, self.settings), months.latest_complete())
        return bridge.last_whole(through, self.settings)

    @cached_property
    def lines(self) -> Ledger:
        """The part of the ledger that `where` picks."""
        return select(self.ledger, self.where)

    @cached_property
    def _log(self) -> Frame:
        return changes(self.lines, self.settings)

    @cached_property
    def changes(self) -> Frame:
        """The change log up to the last month reported; what lies after it is no movement.

        A database keeps it, as what asks for it here is seldom the only one.
        """
        return kept(self._log.filter(nw.col("month") <= self.through))

    @cached_property
    def sums(self) -> pd.DataFrame:
        """What each movement of each month comes to, after the last month reported, too."""
        return added(map(self._read, self._logs()))

    def asked(self, frames: Sequence[Frame]) -> list[list[tuple[Any, ...]]]:
        """The rows of small frames, and the sums with them if a database has not been asked for those yet."""
        if self.ledger.in_memory or "sums" in self.__dict__:
            return together(frames)
        *rows, sums = together([*frames, sums_by_month(self._log, several=self._gross)])
        self.__dict__["sums"] = read_sums(sums)
        return rows

    def _logs(self) -> Iterator[Frame]:
        """The change log in parts, of which only that of a large ledger is not kept for other metrics."""
        if "_log" in vars(self) or not is_large(self.lines, self.settings):
            yield self._log
            return
        for part in self.parts():
            yield changes(part, self.settings)

    @cached_property
    def movements(self) -> pd.DataFrame:
        """Whole millionths and counts, one row for every month from the first change on.

        Only rates that change by month give a column fx.
        """
        if not self.ledger.rates.by_month:
            return self.at_one_rate
        return roll_forward(converted_movements(self.lines, self.settings, self.changes, self.through), self.through)

    @cached_property
    def at_one_rate(self) -> pd.DataFrame:
        """The movements with each currency at its latest rate: what the change log itself adds up to."""
        sums = self.sums[self.sums["month"] <= self.through]
        if not len(sums):
            self._refuse_ends_that_leave_nothing()
        return roll_forward(sums, self.through)

    def parts(self) -> Iterator[Ledger]:
        """The lines in parts that have no customer in common."""
        return by_customers(self.lines, self.settings)

    @cached_property
    def by_period(self) -> pd.DataFrame:
        """The movements of quarters, years or what the setting period says, each under its last month.

        A movement is the difference between the period's ends, customer by customer; with gross netting it is the sum
        of what each day brought.
        """
        return self._rolled(self._converted if self.ledger.rates.by_month else self._summed, self.movements)

    @cached_property
    def by_period_at_one_rate(self) -> pd.DataFrame:
        """The same with each currency at its latest rate."""
        return self._rolled(self._summed, self.at_one_rate)

    def _rolled(self, sums: Callable[[int], pd.DataFrame], by_month: pd.DataFrame) -> pd.DataFrame:
        if self.settings.period == "month":
            return by_month
        return bridge.rolled(sums, by_month, self.through, self.settings)

    def _summed(self, phase: int) -> pd.DataFrame:
        return self._read(self.bridge(phase))

    def _read(self, log: Frame) -> pd.DataFrame:
        [sums] = together([sums_by_month(log, several=self._gross)])
        return read_sums(sums)

    def _converted(self, phase: int) -> pd.DataFrame:
        length = LENGTHS[self.settings.period]
        return converted_movements(self.lines, self.settings, self.bridge(phase), self.through, length, phase)

    def bridge(self, phase: int) -> Frame:
        """The change log of the periods of one phase that are over; the month of a change is its period's last."""
        log = bridge.by_period(self.changes, LENGTHS[self.settings.period], phase, self._gross)
        return log.filter(nw.col("month") <= self.through)

    @property
    def _gross(self) -> bool:
        return self.settings.netting == "gross"

    def at_hand(self) -> Book:
        """The same book with lines that their database keeps, for many questions to them."""
        if self.ledger.in_memory:
            return self
        return replace(self, ledger=replace(self.ledger, frame=kept(self.ledger.frame)))

    def inclusive(self) -> Book:
        """The same book if an end is the last paid day."""
        return replace(self, settings=replace(self.settings, end_date="inclusive"))

    def _refuse_ends_that_leave_nothing(self) -> None:
        header = self.ledger.layout.roles.get("end", "")
        asked = self.settings.end_date == "exclusive" and not is_ignored(header, self.settings.ignore)
        why = last_paid_days(self.lines, least=1) if asked else None
        if why is not None and len(self.inclusive().at_one_rate):
            raise MrrError(
                f"no line runs past the end of a month, and {why}; set end_date to inclusive, or ignore to {header}"
            )

    @cached_property
    def month_ends(self) -> Frame:
        """The change log with one row per customer and month, whatever is netted: customer, month, before, after."""
        if self.settings.netting == "net":
            return self.changes
        delta, total = nw.col("after") - nw.col("before"), nw.col("total_delta")
        log: Any = self.changes.select("customer", nw.col("month").alias("slot"), delta.alias("delta"))
        log = running.totals(log, ["customer"], ["delta"])
        return log.select(
            "customer", nw.col("slot").alias("month"), (total - nw.col("delta")).alias("before"), total.alias("after")
        )

    @cached_property
    def _computed(self) -> dict[Any, Any]:
        return {}

    def once(self, compute: Callable[..., Computed], *arguments: Hashable) -> Computed:
        """What `compute` gives for this book and these arguments, computed when it is first asked for."""
        key = (compute, *arguments)
        if key not in self._computed:
            self._computed[key] = compute(self, *arguments)
        return self._computed[key]

    def reported(self, month: object = None) -> Month:
        """A month as a table's argument gives it, or the last of its period; left out, the last one reported."""
        return self._reported(self.through if month is None else one_month(month, self.settings))

    def _reported(self, wanted: Month) -> Month:
        last = bridge.last_of(wanted, self.settings)
        if last > self.through:
            raise MrrError(
                f"{months.month_label(wanted)} is after {months.month_label(self.through)}, the last month reported; "
                f"to report it, set through to {months.month_label(last)}"
            )
        return last

    def span(self, first: object = None, last: object = None, whole: bool = True) -> tuple[Month, Month]:
        """The months from one to another as a table's arguments give them, or, if `whole`, the last of their periods.

        Each may be a quarter or a year: then they are its first and its last month. Left out, all that are reported.
        """
        to = self.through if last is None else limits(last, self.settings)[1]
        end, known = self._reported(to), self.at_one_rate.index
        begin = Month(int(known.min()) if len(known) else end) if first is None else limits(first, self.settings)[0]
        if whole:
            begin = bridge.last_of(begin, self.settings)
        elif last is not None:
            end = to
        if first is not None and begin > end:
            labels = [months.month_label(month) for month in (begin, end)]
            raise MrrError(f"the first month {labels[0]} is after the last one {labels[1]}")
        return begin, end


def data_edge(ledger: Ledger, settings: Settings) -> Month:
    """The latest month that the data tells of.

    It is the month of the last start or, where some subscriptions have no end yet, of the last end. In a
    ledger whose lines all end, an end may be no more than the edge of the export: there the month of the
    last day of service counts instead. The source of the data may know its edge.
    """
    if ledger.edge is not None:
        return ledger.edge
    cancelled = by_cancellation(ledger, settings) and ledger.has("cancelled")
    edge = edge_of(cancelled, stopped_by(settings) if ledger.has("stopped") and is_snapshot(ledger, settings) else [])
    inclusive = settings.end_date == "inclusive" and ledger.layout.kind == "subscriptions"
    started, latest, ended = (ledger.fact(name) for name in ("started", f"latest {edge}", f"ended {edge}"))
    if started is None or started != started:
        return months.latest_complete()
    some_run_on = latest >= months.OPEN
    last_service = ended if inclusive or some_run_on else ended - 2
    return months.month_of(Day(max(started, last_service)))


def open_book(data: object, where: str | None, settings: Settings, rates: object = None, how: How = AS_FOUND) -> Book:
    """The book of a frame or a file; how: what the user says about it."""
    known = read_rates(rates)
    ledger = read_ledger(data, timezone=settings.timezone, factors=settings.factors, rates=known, how=how)
    return Book(ledger, settings, where)


def presented(book: Book, start: object = None, to: object = None) -> pd.DataFrame:
    """A book's movements as a user sees them, from month to month."""
    table, (first, last), step = book.by_period, book.span(start, to), bridge.step(book.settings)
    by_month = book.settings.period == "month"
    if not by_month:
        table = table.join(bridge.gross(book.movements, table.index, book.settings).add_prefix("gross_"))
    table = at_months(table, range(first, last + 1, step)) if len(table) or start is not None else table
    amounts = [name for name in table.columns if name not in CUSTOMERS]
    table = table.assign(**{name: money(table[name]) for name in amounts})
    shown = table.set_index(months.periods(table.index)).reset_index()
    if not by_month:
        shown.insert(0, "period", [bridge.label(end, book.settings) for end in table.index])
    return shown
