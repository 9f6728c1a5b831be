"""Ledger → the paid periods under the rules, and the deltas that they make."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from mrr_xl import months
from mrr_xl.ledger import Frame, Ledger
from mrr_xl.settings import Settings

PERIOD = ("customer", "start", "end", "mrr")


def paid_periods(ledger: Ledger, settings: Settings, *also: str) -> Frame:
    """The periods that count (PERIOD and the columns `also`), ends exclusive, gaps within the grace closed."""
    frame = ledger.frame.select(*PERIOD, *also)
    if settings.end_date == "inclusive" and ledger.layout.kind == "subscriptions":
        frame = frame.with_columns(months.next_day_expr(nw.col("end")).alias("end"))
    frame = frame.filter((nw.col("mrr") > 0) & (nw.col("end") > nw.col("start")))
    return _bridge(frame, settings.grace_days) if settings.grace_days else frame


def _bridge(frame: Any, grace_days: int) -> Any:
    """Where a customer was without service for at most `grace_days`, what ran before runs on to the restart."""
    spans = frame.group_by("customer", "start").agg(nw.col("end").max().alias("until"))
    spans = spans.with_columns(
        nw.col("until").cum_max().over("customer", order_by="start").alias("served_until")
    ).with_columns(nw.col("served_until").shift(1).over("customer", order_by="start").alias("before"))
    before, start = nw.col("before").fill_null(0).cast(nw.Int64), nw.col("start")
    gap = months.day_number_expr(start) - months.day_number_expr(before)
    gaps = spans.filter((before > 0) & (start > before) & (gap <= grace_days)).select(
        "customer", before.alias("end"), start.alias("restart")
    )
    end = nw.col("restart").fill_null(nw.col("end")).cast(nw.Int64)
    return frame.join(gaps, on=["customer", "end"], how="left").with_columns(end.alias("end")).drop("restart")


def first_month(start: nw.Expr, as_of: str) -> nw.Expr:
    """The first month in which a period counts."""
    # On the first day of a month only what began by then runs.
    return (start + 30) // 32 if as_of == "month_start" else start // 32


def end_month(end: nw.Expr, as_of: str) -> nw.Expr:
    """The first month in which a period that has ended no longer counts."""
    return end // 32 if as_of == "month_end" else (end + 30) // 32


def deltas(periods: Any, settings: Settings, *also: str) -> Any:
    """What each period adds in its first month and takes away in its end month.

    Gives customer (and `also`), month, slot, delta, day. The slot is what is netted into one movement: the month.
    """
    on, off = first_month(nw.col("start"), settings.as_of), end_month(nw.col("end"), settings.as_of)
    mrr, start, end = nw.col("mrr"), nw.col("start"), nw.col("end")
    who = ("customer", *also)
    starts = periods.select(*who, on.alias("slot"), mrr.alias("delta"), start.alias("day"))
    ended = periods.filter(end < months.OPEN)
    ends = ended.select(*who, off.alias("slot"), (-mrr).alias("delta"), end.alias("day"))
    return nw.concat([starts, ends])
