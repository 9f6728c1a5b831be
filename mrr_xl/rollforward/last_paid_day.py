"""Whether a ledger's ends look like the last paid day, and not like the first day without service."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.later import np
from mrr_xl.ledger import days
from mrr_xl.ledger.frames import only_value, together
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.rollforward.parts import PART, by_customers
from mrr_xl.rollforward.running import numbers
from mrr_xl.settings import Settings

_LATE, _WEEK = "23:59", 7


def last_paid_days(lines: Ledger, least: int = 2) -> str | None:
    """Why the ends look like last paid days, in words; None if they do not.

    They do if most are the last day of a month or a moment before midnight, or if customers go on the day after one of
    them and not on the day itself. least: fewer ends show nothing.
    """
    if lines.layout.kind != "subscriptions" or "end" not in lines.layout.roles:
        return None
    if not lines.in_memory:
        [[(ends, *others)]] = together([counts_of_ends(lines)])
        return None if ends < least else why_last_paid(ends, *others)
    count, last_of_month = _last_days(lines)
    late, late_ones = 0, _late(lines)
    if count < least:
        return None
    if late_ones is not None and 2 * last_of_month <= count:
        late = int(only_value(lines.frame.select(late_ones)) or 0)
    following = soon = 0
    if 2 * max(last_of_month, late) <= count:
        parts = (_going_on(part.frame, _ended(part)) for part in by_customers(lines, Settings()))
        following, soon = map(sum, zip(*parts))
    return why_last_paid(count, last_of_month, late, following, soon)


def _last_days(lines: Ledger) -> tuple[int, int]:
    """How many lines end, and how many of them on the last day of a month; some at a time, as all take room."""
    frame: Any = lines.frame
    count = last = 0
    for begin in range(0, len(frame), PART):
        end = _ended(replace(lines, frame=frame[begin : begin + PART]))["end"].to_numpy()
        count, last = count + len(end), last + int(days.of_each(_is_last, end).sum())
    return count, last


def _going_on(lines: Any, ended: Any) -> tuple[int, int]:
    """How many ends have a start of the same customer on the day after, and how many within a week."""
    if not len(ended):
        return 0, 0
    starts, ends = (days.of_each(days.day_number_expr, day.to_numpy()) for day in (lines["start"], ended["end"]))
    earliest = starts.min()
    span = max(starts.max(), ends.max()) - earliest + 2 * _WEEK  # from a customer's days to the next one's
    for day, frame in ((starts, lines), (ends, ended)):
        number = numbers(frame, ["customer"])
        number *= span
        day += number
        day -= earliest
    # All in one order: a start as its day's number twice and 1, an end behind the starts of its own day.
    few = max(starts.max(), ends.max()) < (1 << 31) - _WEEK
    dtype = np.uint32 if few else np.int64  # the first is sorted in half the time
    keys: Any = np.concatenate([starts, ends], dtype=dtype, casting="unsafe")
    keys <<= 1
    keys[: len(starts)] += 1
    keys[len(starts) :] += 2
    keys.sort()
    ending = keys & 1 == 0
    at = np.flatnonzero(ending)
    keys >>= 1
    after = keys[at]  # the days after the ends
    starts = np.pad(keys[~ending], 1, constant_values=(0, np.iinfo(dtype).max))
    passed = at - np.arange(len(at))  # how many starts there are before each end
    last, next_one = starts[passed], starts[passed + 1]
    soon = (next_one < after + _WEEK) | (last == after - 1)
    return int((next_one == after).sum()), int(soon.sum())


def counts_of_ends(lines: Ledger) -> Any:
    """One row of a database: how many lines end, on the last day of a month, a moment before midnight; how many have a
    start of the same customer on the day after their end, and how many within a week.
    """
    ended, late = _ended(lines), _late(lines)
    last = _how_many(days.next_day_expr(nw.col("end")) % 32 == 1)
    counts = ended.select(nw.len().alias("ends"), last.alias("last"))
    if late is None:
        counts = counts.with_columns(nw.lit(0).alias("late"))
    else:
        counts = counts.join(lines.frame.select(late.alias("late")), how="cross")
    number, gap = days.day_number_expr, nw.col("gap")
    begun = lines.frame.select("customer", number(nw.col("start")).alias("begun")).unique()
    over = ended.select("customer", number(nw.col("end")).alias("over")).group_by("customer", "over")
    both = over.agg(nw.len().alias("ends")).join(begun, on="customer", how="inner")
    both = both.with_columns((nw.col("begun") - nw.col("over")).alias("gap")).filter((gap >= 0) & (gap <= _WEEK))
    # One row for each customer and day again, however many starts there are.
    near = both.group_by("customer", "over", "ends").agg(nw.when(gap == 1).then(nw.col("ends")).max().alias("after"))
    near = near.select(nw.col("after").sum(), nw.col("ends").sum().alias("soon"))
    return counts.join(near, how="cross").select(
        *(nw.col(name).cast(nw.Int64) for name in ("ends", "last", "late", "after", "soon"))
    )


def why_last_paid(count: int, last_of_month: int, late: int, following: int, soon: int) -> str | None:
    """Why ends look like last paid days, by what `counts_of_ends` has; None if they do not."""
    if 2 * last_of_month > count:
        of_all = "the only end is" if count == 1 else f"{last_of_month:,} of {count:,} ends are"
        return f"{of_all} the last day of a month"
    if 2 * late > count:
        return f"{late:,} of {count:,} ends are a moment before midnight"
    if 2 * following > soon and (following > 1 or count <= 2):
        return f"{following:,} of {count:,} ends are the day before the same customer's next start"
    return None


def _how_many(rows: nw.Expr) -> nw.Expr:
    return nw.when(rows).then(nw.lit(1)).otherwise(nw.lit(0)).sum()


def _ended(lines: Ledger) -> Any:
    """Customer and end of the lines with an end."""
    frame: Any = lines.frame.select("customer", "end", "mrr")
    return frame.filter((nw.col("end") < months.OPEN) & (nw.col("mrr") > 0)).select("customer", "end")


def _is_last(day: Any) -> Any:
    """Whether a day is its month's last."""
    return days.next_days(day) % 32 == 1


def _late(lines: Ledger) -> nw.Expr | None:
    """How many ends carry the last minute of a day, None if they have no time."""
    frame, column = lines.frame, SOURCE + lines.layout.roles["end"]
    dtype = frame.collect_schema()[column]
    if isinstance(dtype, nw.Datetime):
        end = nw.col(column)
        late: Any = (end.dt.hour() == 23) & (end.dt.minute() == 59)
    elif dtype == nw.String:
        late = nw.col(column).str.contains(_LATE)
    else:
        return None
    return _how_many(late.fill_null(False))
