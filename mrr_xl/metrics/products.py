"""Expansion and contraction by product: more or less of what a customer has, a product new to them or given up."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.later import pd
from mrr_xl.ledger.frames import to_pandas
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.metrics.registry import series
from mrr_xl.metrics.segments import lines_by
from mrr_xl.rollforward import running
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.bridge import by_period, phases
from mrr_xl.rollforward.changes import MOVEMENTS, classified
from mrr_xl.rollforward.periods import deltas, paid_periods, slot_month
from mrr_xl.settings import LENGTHS


@series("MRR_UPSELL", unit="money", group="behind")
def upsell(book: Book) -> pd.Series:
    """The expansion in products that the customer had before: more seats, a higher price, a more expensive plan.

    Formula: expansion − MRR_CROSS_SELL. Needs a column product; MRR_UPSELL + MRR_CROSS_SELL = MRR_EXPANSION (with
    rates by month: at the latest rates).
    Source: the two kinds of expansion of ChartMogul, Baremetrics and others.

    >>> metric("MRR_UPSELL", northstar.assign(product="CRM"), "2024-02")
    200.0
    """
    return book.by_period_at_one_rate["expansion"] - _part(book, "MRR_UPSELL", "expansion", "new")


@series("MRR_CROSS_SELL", unit="money", group="behind")
def cross_sell(book: Book) -> pd.Series:
    """The expansion in products that the customer never had before.

    Formula: Σ over the customers who expand of min(expansion, what they pay more in products that are new to
    them). Needs a column product. Source: the two kinds of expansion of ChartMogul, Baremetrics and others.

    >>> metric("MRR_CROSS_SELL", northstar.assign(product="CRM"), "2024-02")
    0.0
    """
    return _part(book, "MRR_CROSS_SELL", "expansion", "new")


@series("MRR_DOWNSELL", unit="money", group="behind")
def downsell(book: Book) -> pd.Series:
    """The contraction in products that the customer keeps: fewer seats, a lower price, a cheaper plan; 0 or negative.

    Formula: contraction − MRR_PRODUCT_CHURN. Needs a column product; MRR_DOWNSELL + MRR_PRODUCT_CHURN = MRR_CONTRACTION
    (with rates by month: at the latest rates). Other tools call it downgrade.
    Source: the mirror of MRR_UPSELL.

    >>> metric("MRR_DOWNSELL", northstar.assign(product="CRM"), "2024-02")
    -300.0
    """
    return book.by_period_at_one_rate["contraction"] - _part(book, "MRR_DOWNSELL", "contraction", "churn")


@series("MRR_PRODUCT_CHURN", unit="money", group="behind")
def product_churn(book: Book) -> pd.Series:
    """The contraction in products that customers gave up while they stayed with others; 0 or negative.

    Formula: −Σ over the customers who contract of min(what they pay less, what they paid for the products that they no
    longer have). Needs a column product. Who leaves altogether is MRR_CHURN. Source: the mirror of MRR_CROSS_SELL.

    >>> metric("MRR_PRODUCT_CHURN", northstar.assign(product="CRM"), "2024-02")
    0.0
    """
    return _part(book, "MRR_PRODUCT_CHURN", "contraction", "churn")


def _part(book: Book, name: str, movement: str, product: str) -> pd.Series:
    """The part of a movement of customers in products that are new to them, or that they have no longer."""
    column = book.ledger.layout.roles.get("product")
    if column is None:
        raise MrrError(f"{name} needs a column product that says what is sold; there is none")
    parts = [book.once(_by_period, SOURCE + column, movement, product, phase) for phase in phases(book.settings)]
    return pd.concat(parts).reindex(book.by_period_at_one_rate.index, fill_value=0)


def _by_period(book: Book, column: str, movement: str, product: str, phase: int) -> pd.Series:
    rules, length = book.settings, LENGTHS[book.settings.period]
    moves = deltas(paid_periods(lines_by(book, column), rules, "segment"), rules, "segment")
    log: Any = running.totals(moves, ["customer", "segment"], ["delta"])
    log = classified(log, nw.col("first"), slot_month(rules), "segment").filter(nw.col("month") <= book.through)
    log = by_period(log, length, phase, rules.netting == "gross", "segment")
    change, slot = nw.col("after") - nw.col("before"), ["customer", "slot"]
    products: Any = log.filter(nw.col("movement") == MOVEMENTS.index(product)).select(*slot, change.alias("part"))
    products = products.group_by(*slot).agg(nw.col("part").sum()).with_columns(nw.col("part").cast(nw.Int64))
    moved: Any = book.bridge(phase).filter(nw.col("movement") == MOVEMENTS.index(movement))
    moved = moved.select(*slot, "month", change.alias("whole")).join(products, on=slot, how="inner")
    least = nw.min_horizontal if movement == "expansion" else nw.max_horizontal
    sums = moved.select("month", least("whole", "part").alias("part")).group_by("month").agg(nw.col("part").sum())
    table = to_pandas(sums.with_columns(nw.col("part").cast(nw.Int64)))
    return table.set_index("month")["part"]
