"""Expansion by what was sold: more of what a customer has or had, or a product that is new to them."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.later import pd
from mrr_xl.ledger.frames import to_pandas
from mrr_xl.metrics.registry import series
from mrr_xl.metrics.segments import lines_by
from mrr_xl.rollforward import running
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.changes import MOVEMENTS
from mrr_xl.rollforward.periods import deltas, paid_periods


@series("MRR_UPSELL", unit="money")
def upsell(book: Book) -> pd.Series:
    """The expansion in products that the customer had before: more seats, a higher price, a more expensive plan.

    Formula: expansion − MRR_CROSS_SELL. Needs a column product; MRR_UPSELL + MRR_CROSS_SELL = MRR_EXPANSION (with
    rates by month: at the latest rates).
    Source: the two kinds of expansion of ChartMogul, Baremetrics and others.

    >>> metric("MRR_UPSELL", northstar.assign(product="CRM"), "2024-02")
    200.0
    """
    return book.at_one_rate["expansion"] - _cross_sold(book, "MRR_UPSELL")


@series("MRR_CROSS_SELL", unit="money")
def cross_sell(book: Book) -> pd.Series:
    """The expansion in products that the customer never had before.

    Formula: Σ over the customers who expand of min(expansion, what they pay more in products that are new to
    them). Needs a column product. Source: the two kinds of expansion of ChartMogul, Baremetrics and others.

    >>> metric("MRR_CROSS_SELL", northstar.assign(product="CRM"), "2024-02")
    0.0
    """
    return _cross_sold(book, "MRR_CROSS_SELL")


def _cross_sold(book: Book, name: str) -> pd.Series:
    column = book.ledger.layout.roles.get("product")
    if column is None:
        raise MrrError(f"{name} needs a column product that says what is sold; there is none")
    return book.once(_by_month, f"col:{column}")


def _by_month(book: Book, column: str) -> pd.Series:
    rules, lines = book.settings, lines_by(book, column)
    log = running.totals(
        deltas(paid_periods(lines, rules, "segment"), rules, "segment"), ["customer", "segment"], ["delta"]
    )
    first: Any = log.filter(nw.col("first")).group_by("customer", "slot").agg(nw.col("delta").sum().alias("gain"))
    first = first.with_columns(nw.col("gain").cast(nw.Int64))
    expanded: Any = book.changes.filter(nw.col("movement") == MOVEMENTS.index("expansion"))
    expansion = nw.col("after") - nw.col("before")
    sold = expanded.select("customer", "slot", "month", expansion.alias("expansion"))
    sold = sold.join(first, on=["customer", "slot"], how="inner")
    sold = sold.select("month", nw.min_horizontal("expansion", "gain").alias("sold"))
    sums = to_pandas(sold.group_by("month").agg(nw.col("sold").sum()).with_columns(nw.col("sold").cast(nw.Int64)))
    return sums.set_index("month")["sold"].reindex(book.at_one_rate.index, fill_value=0)
