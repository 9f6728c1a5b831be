"""Whether a ledger's ends look like the last paid day, and not like the first day without service."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.later import np
from mrr_xl.ledger import days
from mrr_xl.ledger.frames import only_value, to_memory
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.rollforward.running import numbers

_LATE, _WEEK = "23:59", 7


def last_paid_days(lines: Ledger, least: int = 2) -> str | None:
    """Why the ends look like last paid days, in words; None if they do not.

    They do if most are the last day of a month or a moment before midnight, or if customers go on the day after one of
    them and not on the day itself. least: fewer ends show nothing.
    """
    if lines.layout.kind != "subscriptions" or "end" not in lines.layout.roles:
        return None
    ended: Any = lines.frame.filter((nw.col("end") < months.OPEN) & (nw.col("mrr") > 0)).select("customer", "end")
    after = days.next_day_expr(nw.col("end"))
    if isinstance(ended, nw.DataFrame):
        end = ended["end"].to_numpy()
        count, last_of_month = len(end), int((days.next_days(end) % 32 == 1).sum())
    else:
        counts = to_memory(ended.select(nw.len().alias("ends"), (after % 32 == 1).sum().alias("last"))).row(0)
        count, last_of_month = (int(value or 0) for value in counts)
    if count < least:
        return None
    if 2 * last_of_month > count:
        of_all = "the only end is" if count == 1 else f"{last_of_month:,} of {count:,} ends are"
        return f"{of_all} the last day of a month"
    if 2 * (late := _late(lines)) > count:
        return f"{late:,} of {count:,} ends are a moment before midnight"
    following, soon = _going_on(lines, ended)
    if 2 * following > soon and (following > 1 or count <= 2):
        return f"{following:,} of {count:,} ends are the day before the same customer's next start"
    return None


def _going_on(lines: Ledger, ended: Any) -> tuple[int, int]:
    """How many ends have a start of the same customer on the day after, and how many within a week."""
    starts: Any = lines.frame.select("customer", "start")
    if isinstance(lines.frame, nw.DataFrame):
        known, keys = np.sort(_keys(starts, "start")), np.sort(_keys(ended, "end"))
        next_one, one_after = (_next(known, keys + more) for more in (0, 1))
        return int((one_after == 0).sum()), int((next_one <= _WEEK).sum())
    number, gap = days.day_number_expr, nw.col("gap")
    both = ended.join(starts.unique(), on="customer", how="inner")
    both = both.select((number(nw.col("start")) - number(nw.col("end"))).alias("gap"))
    near = to_memory(both.select((gap == 1).sum().alias("after"), ((gap >= 0) & (gap <= _WEEK)).sum().alias("soon")))
    following, soon = (int(value or 0) for value in near.row(0))
    return following, soon


def _keys(frame: nw.DataFrame[Any], day: str) -> Any:
    """A whole number for each customer and day, a day after another being one more."""
    return numbers(frame, ["customer"]) * 10_000_000 + days.day_number_expr(frame[day].to_numpy())


def _next(known: Any, keys: Any) -> Any:
    """How far behind each key the next of the known ones is; both are in order."""
    places = np.searchsorted(known, keys)
    return np.append(known, np.iinfo(np.int64).max)[places] - keys


def _late(lines: Ledger) -> int:
    """How many ends carry the last minute of a day."""
    frame, column = lines.frame, SOURCE + lines.layout.roles["end"]
    dtype = frame.collect_schema()[column]
    if isinstance(dtype, nw.Datetime):
        end = nw.col(column)
        late: Any = (end.dt.hour() == 23) & (end.dt.minute() == 59)
    elif dtype == nw.String:
        late = nw.col(column).str.contains(_LATE)
    else:
        return 0
    return int(only_value(frame.select(late.fill_null(False).sum())) or 0)
