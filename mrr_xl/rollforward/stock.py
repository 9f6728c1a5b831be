"""A stock: what the periods that count at each month's as-of point are worth together."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.later import pd
from mrr_xl.ledger.frames import to_pandas
from mrr_xl.rollforward.book import Book


def stock(book: Book, spans: Any) -> pd.Series:
    """What the spans that cover a month are worth, in millionths, from the first month of the book or of a span on.

    spans: on and until (the first month in which one counts, and the first in which it no longer does) and mrr.
    """
    on, until = nw.col("on"), nw.col("until")
    spans = spans.select("on", "until", "mrr").filter(until > on, on <= book.through)
    begun = spans.select(on.alias("month"), nw.col("mrr").alias("delta"))
    over = spans.select(until.alias("month"), (-nw.col("mrr")).alias("delta"))
    sums = (
        nw.concat([begun, over])
        .group_by("month")
        .agg(nw.col("delta").sum())
        .with_columns(nw.col("delta").cast(nw.Int64))
    )
    deltas = to_pandas(sums).set_index("month")["delta"].sort_index()
    return deltas.cumsum().reindex(months_of(book, deltas.index), method="ffill", fill_value=0).astype("int64")


def months_of(book: Book, others: Any) -> pd.Index:
    """The months of the book, begun earlier if one of the others is."""
    first = min([book.through + 1, *book.at_one_rate.index[:1], *others[:1]])
    return pd.RangeIndex(int(first), book.through + 1, name="month")
