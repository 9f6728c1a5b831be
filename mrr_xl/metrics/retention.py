"""What is left of the customers of some months ago: net, gross, and as a count of customers.

The change log is laid over itself, shifted by those months: each row then changes what one customer pays now, or
what the same customer paid then, and so the sums of a month. Monthly movements are never summed or compounded.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.later import pd
from mrr_xl.ledger.frames import to_pandas
from mrr_xl.metrics.arguments import choice, whole_months
from mrr_xl.metrics.growth import ratio
from mrr_xl.metrics.registry import series
from mrr_xl.rollforward import running
from mrr_xl.rollforward.book import Book

#: What of then is left, and what it is a share of, by measure.
_SHARES = {
    "net": ("now", "then"),
    "gross": ("least", "then"),
    "logos": ("still", "customers_then"),
}


def retained(book: Book, months: object = None) -> pd.DataFrame:
    """For every month, what the customers of `months` ago paid then and pay now, in millionths and customers."""
    ago = book.settings.retention_months if months is None else whole_months(months)
    return book.once(overlaid, ago)


def overlaid(book: Book, ago: int) -> pd.DataFrame:
    """The columns now (net), least (gross), still (customers left), then and customers_then, by month.

    All of it at one rate per currency, so that exchange rates are no part of it.
    """
    month, delta, none = nw.col("month"), nw.col("after") - nw.col("before"), nw.lit(0).cast(nw.Int64)
    log: Any = book.changes
    shifted = log.filter(month <= book.through - ago)
    both = nw.concat(
        [
            log.select("customer", month.alias("slot"), delta.alias("now"), none.alias("then")),
            shifted.select("customer", (month + ago).alias("slot"), none.alias("now"), delta.alias("then")),
        ]
    )
    log = running.totals(both, ["customer"], ["now", "then"])
    # Before its customer's first anniversary, a row concerns nobody of then.
    log = log.filter((nw.col("total_then") > 0) | (nw.col("then") != 0))
    now, then = nw.col("total_now"), nw.col("total_then")
    after, before = _left(now, then), _left(now - nw.col("now"), then - nw.col("then"))
    log = log.select("slot", *((after[name] - before[name]).alias(name) for name in after))
    sums = log.group_by("slot").agg(nw.col(*after).sum()).with_columns(nw.col(*after).cast(nw.Int64))
    table = to_pandas(sums).set_index("slot").sort_index().cumsum()
    table = table.reindex(book.at_one_rate.index, method="ffill", fill_value=0).astype("int64")
    base = book.at_one_rate[["closing", "closing_customers"]].shift(ago, fill_value=0)
    return table.assign(then=base["closing"], customers_then=base["closing_customers"])


def _left(now: nw.Expr, then: nw.Expr) -> dict[str, nw.Expr]:
    """What one customer who pays `now` and paid `then` adds to the sums."""
    none, one = nw.lit(0), nw.lit(1)
    return {
        "now": nw.when(then > 0).then(now).otherwise(none),
        "least": nw.when(now < then).then(now).otherwise(then),
        "still": nw.when((then > 0) & (now > 0)).then(one).otherwise(none),
    }


@series("MRR_NRR", unit="rate", group="retention")
def nrr(book: Book, months: object = None) -> pd.Series:
    """Net revenue retention: what the customers of some months ago pay now, as a fraction of what they paid then.

    Formula: Σ MRR now ÷ Σ MRR then, over the customers who had MRR `months` ago; those who joined later are not in
    it. Undefined (#N/A) where there was no MRR then. `months` left out: the setting retention_months, 12.
    Source: docs/definitions.md, NRR, GRR.

    >>> round(metric("MRR_NRR", northstar, "2024-02", months=1), 4)
    0.6667
    """
    return _kept(book, months, "net")


@series("MRR_GRR", unit="rate", group="retention")
def grr(book: Book, months: object = None) -> pd.Series:
    """Gross revenue retention: as MRR_NRR, but no customer counts for more than they paid then.

    Formula: Σ min(MRR then, MRR now) ÷ Σ MRR then, over the customers who had MRR `months` ago.
    Undefined (#N/A) where there was no MRR then. `months` left out: the setting retention_months, 12.
    Source: docs/definitions.md, NRR, GRR.

    >>> round(metric("MRR_GRR", northstar, "2024-02", months=1), 4)
    0.5556
    """
    return _kept(book, months, "gross")


@series("MRR_LOGO_RETENTION", unit="rate", group="retention")
def logo_retention(book: Book, months: object = None) -> pd.Series:
    """The share of the customers of some months ago who are customers now.

    Formula: customers of then with MRR now ÷ customers of then. Undefined (#N/A) where there were no customers then.
    `months` left out: the setting retention_months, 12. Source: docs/definitions.md, NRR, GRR.

    >>> round(metric("MRR_LOGO_RETENTION", northstar, "2024-02", months=1), 4)
    0.6667
    """
    return _kept(book, months, "logos")


@series("MRR_ANNUAL_RETENTION", unit="rate", group="retention")
def annual_retention(book: Book, measure: object = "net", months: object = 3) -> pd.Series:
    """What a year would leave of MRR or customers if all of it went as the last 3 or 6 months did.

    measure: net (as MRR_NRR), gross (as MRR_GRR) or logos (as MRR_LOGO_RETENTION). Formula: (the retention of the
    customers of `months` ago) ^ (12 ÷ `months`). Undefined (#N/A) where there was no MRR then, and for logos where
    there were no customers. `months` left out: 3. Source: compounding, as in
    https://upollo.ai/blog/how-to-convert-monthly-churn-to-annual-churn; how others do it: docs/definitions.md,
    Retention.

    >>> round(metric("MRR_ANNUAL_RETENTION", northstar, "2024-02", measure="gross", months=1), 6)
    0.000864
    """
    ago = whole_months(months)
    return _kept(book, ago, choice(measure, "measure", "a measure")) ** (12 / ago)


def _kept(book: Book, months: object, measure: str) -> pd.Series:
    table, (left, whole) = retained(book, months), _SHARES[measure]
    return ratio(table[left], table[whole])
