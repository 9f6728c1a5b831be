"""Statuses of a snapshot: what a line paid before it stopped or ended still counts.

In a ledger with a line for each state a paused line is a pause, and nothing of it counts. In an export of what
subscriptions are today it says that the subscription was paid for from its start until it was paused.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import clock, months
from mrr_xl.ledger import days
from mrr_xl.ledger.amounts import OVER, STOPPED
from mrr_xl.ledger.frames import only_value, to_memory
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.months import Day
from mrr_xl.settings import Settings


def is_snapshot(ledger: Ledger, settings: Settings) -> bool:
    """Whether a line's status is today's and not that of the whole line.

    Where the setting status leaves it open, the table's source knows it, or the file shows it: a ledger with a line for
    each state has a line that stopped or expired and begins where another one of that customer ends; an export of
    today's statuses has none.
    """
    if settings.status != "auto":
        return settings.status == "snapshot" and ledger.has("state")
    if ledger.whole.today is not None:
        return ledger.whole.today and ledger.has("state")
    return shows_today(ledger.whole)


def shows_today(ledger: Ledger) -> bool:
    return ledger.once(_shows_today)


def _shows_today(ledger: Ledger) -> bool:
    """Whether there are lines that stopped or expired, and none of them goes on from another line of its customer."""
    if not ledger.has("state") or ledger.layout.kind != "subscriptions":
        return False
    frame: Any = ledger.frame
    stopped = frame.filter(nw.col("state").is_in([STOPPED, OVER])).select("customer", nw.col("start").alias("day"))
    if not only_value(stopped.select(nw.len())):
        return False
    ended = frame.filter(nw.col("end") < months.OPEN)
    ends = [ended.select("customer", day.alias("day")) for day in (nw.col("end"), days.next_day_expr(nw.col("end")))]
    going_on = stopped.join(nw.concat(ends).unique(), on=["customer", "day"], how="inner")
    return not only_value(going_on.select(nw.len()))


def last_day(ledger: Ledger) -> Day:
    return ledger.once(_last_day)


def _last_day(ledger: Ledger) -> Day:
    """The day of the export as far as the file shows it: the latest of its dates that is not in the future."""
    today = months.day_key(clock.today())
    dates = [nw.col(name) for name in ("start", "end", "cancelled", "stopped") if ledger.has(name)]
    past = [nw.when(day <= today).then(day).otherwise(nw.lit(0)).max().alias(f"{i}") for i, day in enumerate(dates)]
    latest = to_memory(ledger.frame.select(*past)).row(0)
    return Day(max([0, *(int(day) for day in latest if day is not None)]))


def stop(ledger: Ledger) -> nw.Expr:
    """The first day on which a line that has stopped or is over is not paid for, at the latest: the column stopped, or
    the day of the export."""
    export = nw.lit(int(last_day(ledger.whole)))
    if not ledger.has("stopped"):
        return export
    stopped = nw.col("stopped")
    return nw.when(stopped < months.OPEN).then(stopped).otherwise(export)
