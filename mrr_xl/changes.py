"""Ledger → Changes: one row per customer and month in which that customer's MRR changed.

A period adds its MRR in its first month and takes it away in its end month. Those deltas, summed per
customer and month and added up along time, are all there is: the work grows with the changes, never
with customers × months.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from mrr_xl import months, running
from mrr_xl.ledger import Frame, Ledger
from mrr_xl.settings import Settings

#: In this order, a movement is a whole number inside Changes.
MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")


PERIOD = ("customer", "start", "end", "mrr")


def service_days(ledger: Ledger, settings: Settings, *also: str) -> Frame:
    """The ledger's paid periods (PERIOD and `also`), ends exclusive, gaps within the grace closed."""
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


def changes(ledger: Ledger, settings: Settings) -> Frame:
    """Changes: customer, month, before, after (Int64 millionths), movement (its place in MOVEMENTS).

    Frames in memory run along one sort; a database runs the same sums as windows (running.py).
    """
    periods: Any = service_days(ledger, settings)
    on, off = first_month(nw.col("start"), settings.as_of), end_month(nw.col("end"), settings.as_of)
    mrr, start, end = nw.col("mrr"), nw.col("start"), nw.col("end")
    starts = periods.select("customer", on.alias("month"), mrr.alias("delta"), start.alias("day"))
    ends = periods.filter(end < months.OPEN).select(
        "customer", off.alias("month"), (-mrr).alias("delta"), end.alias("day")
    )
    limit = settings.reactivation_days
    sums = running.along_a_sort if ledger.in_memory else running.as_windows
    return _classified(sums(nw.concat([starts, ends]), limit is not None), limit)


def _classified(log: Any, reactivation_days: int | None) -> Any:
    before, after, delta = nw.col("after") - nw.col("delta"), nw.col("after"), nw.col("delta")
    new = nw.col("first")
    if reactivation_days is not None:
        away = months.day_number_expr(nw.col("returned")) - months.day_number_expr(nw.col("left_before"))
        new = new | ((before == 0) & (away > reactivation_days)).fill_null(False)
    place = {name: nw.lit(index) for index, name in enumerate(MOVEMENTS)}
    movement = (
        nw.when(new).then(place["new"])
        .when(before == 0).then(place["reactivation"])
        .when(after == 0).then(place["churn"])
        .when(delta > 0).then(place["expansion"])
        .otherwise(place["contraction"])
    )  # fmt: skip
    return log.select("customer", "month", before.alias("before"), "after", movement.alias("movement"))
