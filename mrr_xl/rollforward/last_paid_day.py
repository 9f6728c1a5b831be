"""Whether a ledger's ends look like the last paid day, and not like the first day without service."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.ledger import days
from mrr_xl.ledger.frames import only_value, to_memory
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.reading import SOURCE

_LATE = "23:59"


def last_paid_days(lines: Ledger) -> str | None:
    """Why the ends look like last paid days, in words; None if they do not.

    They do if most are the last day of a month or a moment before midnight, or if customers go on the day after one of
    them and not on the day itself.
    """
    if lines.layout.kind != "subscriptions" or "end" not in lines.layout.roles:
        return None
    ended: Any = lines.frame.filter((nw.col("end") < months.OPEN) & (nw.col("mrr") > 0))
    count, last_of_month = to_memory(
        ended.select(nw.len().alias("ends"), (days.next_day_expr(nw.col("end")) % 32 == 1).sum().alias("last"))
    ).row(0)
    if not count:
        return None
    if 2 * int(last_of_month or 0) > count:
        return f"{int(last_of_month):,} of {count:,} ends are the last day of a month"
    if 2 * (late := _late(lines)) > count:
        return f"{late:,} of {count:,} ends are a moment before midnight"
    following, same_day = (_going_on(lines, ended, day) for day in (days.next_day_expr(nw.col("end")), nw.col("end")))
    if following and following > same_day:
        return f"{following:,} of {count:,} ends are the day before the same customer's next start"
    return None


def _going_on(lines: Ledger, ended: Any, day: nw.Expr) -> int:
    """How many ends have a start of the same customer on this day."""
    starts: Any = lines.frame.select("customer", nw.col("start").alias("day")).unique()
    going_on = ended.select("customer", day.alias("day")).join(starts, on=["customer", "day"], how="inner")
    return int(only_value(going_on.select(nw.len())))


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
