"""Customers by the time when they joined, and what is left of each such cohort."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.later import np, pd
from mrr_xl.ledger.frames import to_pandas
from mrr_xl.ledger.pricing import money
from mrr_xl.metrics.arguments import choice
from mrr_xl.metrics.columns import Column
from mrr_xl.metrics.registry import table
from mrr_xl.months import month_label
from mrr_xl.rollforward.book import Book

PERIODS = {
    "month": month_label,
    "quarter": lambda month: f"{month // 12:04d}-Q{month % 12 // 3 + 1}",
    "year": lambda month: f"{month // 12:04d}",
}


@table(
    "MRR_COHORTS",
    group="retention",
    columns=(
        Column("Cohort", "when its customers joined: 2024-03, 2024-Q1 or 2024", "text"),
        Column("Size", "its MRR in the first month; with the measure logos, its customers", "money or count"),
        Column("0, 1, 2 …", "the share that is left after so many months; blank if not reached yet", "fraction"),
    ),
)
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
    kind, of = choice(measure, "measure", "a measure"), choice(period, "period", "a period")
    steps = book.once(_by_age, kind)
    cohort, names = pd.factorize(steps["joined"].map(PERIODS[of]), sort=True)
    ages = int(book.through - steps["joined"].min()) + 1 if len(steps) else 0
    left = np.zeros((len(names), ages), dtype="int64")
    np.add.at(left, (cohort, steps["age"]), steps["change"])
    left = left.cumsum(axis=1)
    start, youngest = left[:, :1].sum(axis=1), np.zeros(len(names), dtype="int64")
    np.maximum.at(youngest, cohort, steps["joined"])
    # An age that the youngest has not reached has no share.
    blank = np.arange(ages) > (book.through - youngest)[:, None]
    shares = left / start[:, None]
    return pd.DataFrame(
        {"cohort": pd.Series(list(names), dtype=object), "size": start if kind == "logos" else money(start)}
        | {age: pd.arrays.FloatingArray(shares[:, age].copy(), blank[:, age].copy()) for age in range(ages)}
    )


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
    key = joined * 10_000 + month - joined
    log = log.select(key.alias("key"), (after - before).alias("change"))
    sums = to_pandas(log.group_by("key").agg(nw.col("change").sum()).with_columns(nw.col("change").cast(nw.Int64)))
    return pd.DataFrame({"joined": sums["key"] // 10_000, "age": sums["key"] % 10_000, "change": sums["change"]})
