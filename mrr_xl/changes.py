"""Ledger → Changes: one row per customer and month in which that customer's MRR changed.

A period adds its MRR in its first month and takes it away in its end month. Those deltas, summed per
customer and month and added up along time, are all there is: the work grows with the changes, never
with customers × months.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from mrr_xl import months
from mrr_xl.ledger import Frame, Ledger
from mrr_xl.settings import Settings

#: In this order, a movement is a whole number inside Changes.
MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")

_MONTHS = 4096 * 8  # more than any month's number, so that a customer and a month fit one whole number


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

    Frames in memory run along one sort; a database runs the same sums as windows.
    """
    periods: Any = service_days(ledger, settings)
    if ledger.in_memory:
        # A whole number for each customer: sorting those is several times faster than sorting names.
        known = periods.select("customer").unique().with_row_index("code").with_columns(_whole("code"))
        periods = periods.join(known, on="customer", how="left")
    on, off = first_month(nw.col("start"), settings.as_of), end_month(nw.col("end"), settings.as_of)
    mrr = nw.col("mrr")
    who = ["customer", "code"] if ledger.in_memory else ["customer"]
    starts = periods.select(*who, on.alias("month"), mrr.alias("delta"), nw.col("start").alias("day"))
    ends = periods.filter(nw.col("end") < months.OPEN).select(
        *who, off.alias("month"), (-mrr).alias("delta"), nw.col("end").alias("day")
    )
    deltas: Any = nw.concat([starts, ends])
    limit = settings.reactivation_days
    log = _along_a_sort(deltas, limit is not None) if ledger.in_memory else _as_windows(deltas, limit is not None)
    return _classified(log, limit)


def _along_a_sort(deltas: nw.DataFrame[Any], days: bool) -> nw.DataFrame[Any]:
    """One sort by customer and month; the running sum at a month's last delta is what the month leaves behind."""
    deltas = deltas.with_columns((nw.col("code") * _MONTHS + nw.col("month")).alias("key")).sort("key")
    key, total, delta = nw.col("key"), nw.col("total"), nw.col("delta")
    log = deltas.with_columns(delta.cum_sum().alias("total")).filter((key != key.shift(-1)).fill_null(True))
    log = log.with_columns(_before(log, "total").alias("earlier"))
    log = log.with_columns((total - nw.col("earlier")).alias("delta")).filter(delta != 0)
    log = log.with_columns((nw.col("code") != nw.col("code").shift(1)).fill_null(True).alias("first"))
    # What the running sum was when this customer's rows began, carried along them.
    log = log.with_row_index("at").with_columns(nw.col("at").cast(nw.Int64))
    begin = log.select(nw.when(nw.col("first")).then(nw.col("at")).otherwise(nw.lit(0)).cum_max().alias("at"))["at"]
    log = log.with_columns((total - log["earlier"][begin]).alias("after"))
    if days:
        edges = deltas.group_by("key").agg(*_edges()).with_columns(_whole("returned", "left"))
        log = log.drop("day").join(edges, on="key", how="left").sort("key")
        log = log.with_columns(_before(log, "left").alias("left_before"))
    return log.drop("code", "key", "total", "earlier", "at")


def _before(frame: nw.DataFrame[Any], column: str) -> nw.Series[Any]:
    """A column one row down, 0 on top; whole numbers stay whole (a shift makes pandas turn them into floats)."""
    place = frame.with_row_index("place")["place"].cast(nw.Int64)
    return frame[column][(place - 1).clip(0)] * (place > 0).cast(nw.Int64)


def _as_windows(deltas: nw.LazyFrame[Any], days: bool) -> nw.LazyFrame[Any]:
    """The same sums in a database's words."""
    extra = _edges() if days else []
    log = deltas.group_by("customer", "month").agg(nw.col("delta").sum(), *extra)
    # DuckDB widens sums to 128 bits.
    log = log.with_columns(_whole("delta", *(["returned", "left"] if days else []))).filter(nw.col("delta") != 0)
    log = log.with_columns(
        nw.col("delta").cum_sum().over("customer", order_by="month").cast(nw.Int64).alias("after"),
        (nw.col("month") == nw.col("month").min().over("customer")).alias("first"),
    )
    if days:
        log = log.with_columns(nw.col("left").shift(1).over("customer", order_by="month").alias("left_before"))
    return log


def _edges() -> list[nw.Expr]:
    """The first day of service that a month brings, and the last end of service in it."""
    delta, day = nw.col("delta"), nw.col("day")
    return [
        nw.when(delta > 0).then(day).otherwise(nw.lit(months.OPEN)).min().alias("returned"),
        nw.when(delta < 0).then(day).otherwise(nw.lit(0)).max().alias("left"),
    ]


def _whole(*columns: str) -> nw.Expr:
    return nw.col(*columns).cast(nw.Int64)


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
