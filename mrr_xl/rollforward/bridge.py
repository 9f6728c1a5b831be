"""Changes over quarters and years: from what a customer paid before a period to what the same one pays at its end.

A period of several months is no sum of its months. Who joined and left within a quarter is in neither end of it, and
who went up and down has moved by the difference. The months' own movements, added up, are the gross beside it.

A period's name is its last month, so that its closing is that of the month.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import narwhals.stable.v2 as nw

from mrr_xl.later import pd
from mrr_xl.ledger.frames import Frame
from mrr_xl.months import Month, month_label
from mrr_xl.rollforward import running
from mrr_xl.rollforward.changes import MOVEMENTS, classified
from mrr_xl.rollforward.movements import at_months, roll_forward
from mrr_xl.settings import FISCAL, LENGTHS, TRAILING_YEAR, Settings

Number = TypeVar("Number", int, nw.Expr)


def step(settings: Settings) -> int:
    """How many months there are from one period's end to the next."""
    return 1 if settings.period == TRAILING_YEAR else LENGTHS[settings.period]


def phases(settings: Settings) -> Sequence[int]:
    """The ends of periods, as months modulo their length: one, or all where a period ends with every month."""
    length = LENGTHS[settings.period]
    if settings.period == TRAILING_YEAR:
        return range(length)
    begins = settings.fiscal_year_begins if settings.period in FISCAL else 1
    return [(begins - 2) % length]


def phase_of(month: int, settings: Settings) -> int:
    """The phase of the period that `month` is the end of."""
    return month % LENGTHS[settings.period]


def end_of(month: Number, length: int, phase: int) -> Number:
    """The last month of the period that a month is in.

    >>> month_label(Month(end_of(2024 * 12 + 3, 3, 2)))
    '2024-06'
    """
    return month + (length - 1) - (month + (length - 1 - phase)) % length


def last_of(month: int, settings: Settings) -> Month:
    """The last month of the period that a month is in."""
    return Month(end_of(month, step(settings), phases(settings)[0]))


def last_whole(month: int, settings: Settings) -> Month:
    """The end of the last period that is over when this month is."""
    last = last_of(month, settings)
    return last if last == month else Month(last - step(settings))


def by_period(log: Frame, length: int, phase: int, gross: bool, *also: str) -> Frame:
    """The change log of periods: the month of a change is the last of its period.

    It has one row for each customer (and `also`) and period in which the MRR at its ends differs; with gross netting
    those of the log, as they are. Who had no MRR at the start of a period and has some at its end is new or reactivated
    as they came first in it.
    """
    if length == 1:
        return log
    who = ["customer", *also]
    before, end = nw.col("before"), end_of(nw.col("month"), length, phase)
    if gross:
        return log.with_columns(end.alias("month"))
    delta, came = nw.col("after") - before, nw.col("slot") * len(MOVEMENTS) + nw.col("movement")
    rows: Any = log.select(*who, end.alias("slot"), before, delta.alias("delta"), came.alias("came"))
    moved = running.totals(rows, who, ["delta"])
    comings = rows.filter(before == 0).group_by(*who, "slot").agg(nw.col("came").min())
    moved = moved.join(comings, on=[*who, "slot"], how="left")
    came_back = nw.col("came").fill_null(0).cast(nw.Int64) % len(MOVEMENTS) == MOVEMENTS.index("reactivation")
    return classified(moved, ~came_back, nw.col("slot"), *also)


def rolled(
    sums: Callable[[int], pd.DataFrame], by_month: pd.DataFrame, through: int, settings: Settings
) -> pd.DataFrame:
    """The roll-forward of every period that is over by `through`, from the first that has a month of `by_month`.

    sums: the movements of the periods of one phase, as movements.sums_by_month has them.
    """
    length = LENGTHS[settings.period]
    ends = {phase: end_of(through, length, phase) for phase in phases(settings)}
    parts = [roll_forward(sums(phase), end, length) for phase, end in ends.items()]
    # Where no period of a phase has a movement, its part has no column fx, though the months have one; blanks in it
    # would make whole numbers floats.
    parts = [part.reindex(columns=by_month.columns, fill_value=0).astype("int64") for part in parts]
    table = pd.concat(parts).sort_index()
    first = last_of(by_month.index[0], settings) if len(by_month) else through + 1
    return at_months(table, range(first, through + 1, step(settings))).rename_axis("month")


def gross(movements: pd.DataFrame, ends: pd.Index, settings: Settings) -> pd.DataFrame:
    """What the months of each period moved, added up: the movements by month, whoever moved back within the period."""
    return summed(movements[[name for name in (*MOVEMENTS, "fx") if name in movements.columns]], ends, settings)


def summed(by_month: pd.DataFrame, ends: pd.Index, settings: Settings) -> pd.DataFrame:
    """What the months of each period add up to; ends: the last months of the periods, all of them known."""
    so_far = by_month.cumsum()
    return at_months(so_far, ends) - at_months(so_far, ends - LENGTHS[settings.period]).set_axis(ends)


def label(end: int, settings: Settings) -> str:
    """A period as texts show it; a fiscal year has the number of the calendar year in which it ends.

    >>> [label(2025 * 12 + 11, Settings(period=length)) for length in ("quarter", "year", "last_twelve_months")]
    ['2025-Q4', '2025', '2025-12']
    """
    if step(settings) == 1:
        return month_label(Month(end))
    fiscal = "FY" if settings.period in FISCAL else ""
    begins = settings.fiscal_year_begins if settings.period in FISCAL else 1
    year = end_of(end, 12, (begins - 2) % 12) // 12
    if step(settings) == 12:
        return f"{fiscal}{year:04d}"
    return f"{fiscal}{year:04d}-Q{(end % 12 - begins) % 12 // 3 + 1}"
