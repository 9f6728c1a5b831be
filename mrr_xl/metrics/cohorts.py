"""Customers by the time when they joined, and what is left of each such cohort."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from mrr_xl.metrics.arguments import choice
from mrr_xl.metrics.registry import table
from mrr_xl.months import month_label
from mrr_xl.movements import Book, collected

MEASURES = ("net", "gross", "logos")
PERIODS = {
    "month": month_label,
    "quarter": lambda month: f"{month // 12:04d}-Q{month % 12 // 3 + 1}",
    "year": lambda month: f"{month // 12:04d}",
}


@table("MRR_COHORTS")
def cohorts(book: Book, measure: object = "net", period: object = "month") -> pd.DataFrame:
    """What share of their start the customers who joined at the same time still have, month by month since then.

    measure: net (their MRR), gross (never more than each one's first MRR) or logos (customers). period: month, quarter
    or year in which they joined. Each customer's age counts from their own first month; an age that the
    youngest of a cohort has not reached is blank. Formula: Σ at that age ÷ Σ in the first month, which is `size`.
    Source: docs/definitions.md, NRR, GRR.

    >>> metric("MRR_COHORTS", northstar)
        cohort    size    0         1
    0  2024-01  1800.0  1.0  0.666667
    1  2024-02   300.0  1.0      <NA>
    """
    kind, of = choice(measure, MEASURES, "measure"), choice(period, tuple(PERIODS), "period")
    steps = book.once(_by_age, kind)
    label = steps["joined"].map(PERIODS[of])
    youngest = steps["joined"].groupby(label).max()
    ages = int(book.through - steps["joined"].min()) + 1 if len(steps) else 0
    left = steps.pivot_table(index=label, columns="age", values="change", aggfunc="sum", fill_value=0)
    left = left.reindex(columns=range(ages), fill_value=0).astype("int64").cumsum(axis=1)
    shown_table = pd.DataFrame({"cohort": pd.Series(list(left.index), dtype=object)})
    start = left[0].to_numpy() if ages else np.zeros(0)
    shown_table["size"] = start if kind == "logos" else pd.Series(start, dtype="float64") / 1e6
    # An age that the youngest has not reached has no share.
    reached = book.through - youngest.reindex(left.index).to_numpy()
    shares = np.where(np.arange(ages) > reached[:, None], np.nan, left.to_numpy() / start[:, None])
    return pd.concat([shown_table, pd.DataFrame(shares).astype("Float64")], axis=1)


def _by_age(book: Book, measure: str) -> pd.DataFrame:
    """What a month's joiners gain or lose at each age: joined, age, change."""
    month, before, after = nw.col("month"), nw.col("before"), nw.col("after")
    log: Any = book.month_ends
    log = log.with_columns(month.min().over("customer").alias("joined"))
    joined = nw.col("joined")
    if measure == "gross":
        start = nw.when(month == joined).then(after).otherwise(nw.lit(0))
        log = log.with_columns(start.alias("start")).with_columns(nw.col("start").max().over("customer"))
        start = nw.col("start")
        before, after = (nw.when(mrr < start).then(mrr).otherwise(start) for mrr in (before, after))
    elif measure == "logos":
        before, after = (nw.when(mrr > 0).then(nw.lit(1)).otherwise(nw.lit(0)) for mrr in (before, after))
    # One column to group by is the fast way.
    place = joined * 10_000 + month - joined
    log = log.select(place.alias("place"), (after - before).alias("change"))
    sums = collected(log.group_by("place").agg(nw.col("change").sum()).with_columns(nw.col("change").cast(nw.Int64)))
    return pd.DataFrame({"joined": sums["place"] // 10_000, "age": sums["place"] % 10_000, "change": sums["change"]})
