"""Deltas → running totals per customer and month: along one sort in memory, as windows in a database.

Both give customer, month, delta (never 0), after (the running total) and first (the customer's first row);
with `days`, also returned (the first day of service that a month brings) and left_before (the last end of
service in the row before).
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from mrr_xl.months import OPEN

_MONTHS = 1 << 15  # more than any month's number, so that a customer and a month fit one whole number


def numbers(customers: nw.Series[Any]) -> np.ndarray[Any, Any]:
    """A whole number for each category of a column: those sort several times faster than names."""
    native = customers.to_native()
    codes = native.to_physical() if customers.implementation.is_polars() else native.cat.codes
    found: np.ndarray[Any, Any] = codes.to_numpy().astype(np.int64)
    return found


def along_a_sort(deltas: nw.DataFrame[Any], days: bool) -> nw.DataFrame[Any]:
    """One sort by customer and month; the running sum at a month's last delta is what the month leaves behind."""
    month, delta, day = (deltas[name].to_numpy() for name in ("month", "delta", "day"))
    key = numbers(deltas["customer"]) * _MONTHS + month
    order = np.argsort(key)
    key = key[order]
    last = np.flatnonzero(np.append(key[1:] != key[:-1], True)[: len(key)])
    total = np.cumsum(delta[order])[last]
    change = np.diff(total, prepend=0)
    moved = change != 0
    row, total, change = order[last[moved]], total[moved], change[moved]
    customer = key[last[moved]] // _MONTHS
    first = np.append(True, customer[1:] != customer[:-1])[: len(customer)]
    # The running sum goes on from customer to customer: take off what it was when this one began.
    begin = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    found = {"delta": change, "after": total - (total - change)[begin], "first": first}
    if days:
        groups = np.append(0, last[:-1] + 1)[: len(last)]
        found["returned"] = np.minimum.reduceat(np.where(delta > 0, day, OPEN)[order], groups)[moved]
        left = np.maximum.reduceat(np.where(delta < 0, day, 0)[order], groups)[moved]
        found["left_before"] = np.append(0, left[:-1])[: len(left)]
    log = deltas.select("customer", "month")[row]
    backend = deltas.implementation
    return log.with_columns(*(nw.new_series(name, values, backend=backend) for name, values in found.items()))


def as_windows(deltas: nw.LazyFrame[Any], days: bool) -> nw.LazyFrame[Any]:
    """The same sums in a database's words."""
    delta, day = nw.col("delta"), nw.col("day")
    sums = {"delta": delta.sum()}
    if days:
        sums["returned"] = nw.when(delta > 0).then(day).otherwise(nw.lit(OPEN)).min()
        sums["left"] = nw.when(delta < 0).then(day).otherwise(nw.lit(0)).max()
    log = deltas.group_by("customer", "month").agg(*(total.alias(name) for name, total in sums.items()))
    # DuckDB widens sums to 128 bits.
    log = log.with_columns(nw.col(*sums).cast(nw.Int64)).filter(delta != 0)
    log = log.with_columns(
        delta.cum_sum().over("customer", order_by="month").cast(nw.Int64).alias("after"),
        (nw.col("month") == nw.col("month").min().over("customer")).alias("first"),
    )
    if days:
        log = log.with_columns(nw.col("left").shift(1).over("customer", order_by="month").alias("left_before"))
    return log
