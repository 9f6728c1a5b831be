"""What is signed and what is scheduled: committed MRR; and what exchange rates did."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.later import pd
from mrr_xl.ledger.frames import only_value
from mrr_xl.metrics.registry import series
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.periods import end_month, first_month, paid_periods
from mrr_xl.rollforward.stock import stock


@series("MRR_FX", unit="money", group="movements")
def fx(movements: pd.DataFrame) -> pd.Series:
    """What changing exchange rates did to the MRR of the month; 0 with one rate per currency.

    Formula: closing − opening − the movements, which are at the rates of the opening (new and reactivated
    customers at those of the closing). Source: docs/definitions.md, currencies.

    >>> metric("MRR_FX", northstar, "2024-02")
    0.0
    """
    return movements.get("fx", pd.Series(0, index=movements.index, dtype="int64"))


@series("MRR_COMMITTED", unit="money", group="next")
def committed(book: Book) -> pd.Series:
    """Committed MRR (CMRR): the MRR that has no end scheduled, plus what is signed and will start later.

    Formula: MRR − the MRR of lines with a scheduled end + the MRR of lines that start later. An end is scheduled from
    the day in the column cancelled; a line where that is blank counts until its end. Without that column an end is
    scheduled from the start. Lines that start later are added to the last month reported, but for those that are in
    trial. A price counts as it will be after a discount that ends. Source: ChartMogul, CMRR; docs/definitions.md.

    >>> metric("MRR_COMMITTED", northstar, "2024-02")
    1500.0
    """
    if book.ledger.layout.kind != "subscriptions":
        return book.at_one_rate["closing"]  # a schedule says nothing of what is signed or scheduled
    as_of, has_cancelled = book.settings.as_of, book.ledger.has("cancelled")
    also = [nw.col("start").alias("begun"), *([nw.col("cancelled")] if has_cancelled else [])]
    periods: Any = paid_periods(book.lines, book.settings, *also, at_last_price=True)
    in_trial = (first_month(nw.col("start"), as_of) > book.through) & (nw.col("start") > nw.col("begun"))
    periods = periods.filter(~in_trial)
    start, end, never = nw.col("start"), nw.col("end"), nw.lit(months.OPEN)
    on, off = first_month(start, as_of), end_month(end, as_of)
    until = nw.when(end >= months.OPEN).then(never).otherwise(on)
    if has_cancelled:
        announced = nw.col("cancelled")
        kept = nw.when(end >= months.OPEN).then(never).otherwise(off)
        until = (
            nw.when(announced < months.OPEN).then(nw.min_horizontal(kept, end_month(announced, as_of))).otherwise(kept)
        )
    spans = periods.select(on.alias("on"), until.alias("until"), "mrr")
    figures = stock(book, spans).reindex(book.at_one_rate.index, fill_value=0)
    if len(figures):  # what is signed for later counts now
        signed = spans.filter(nw.col("until") >= months.OPEN).select(nw.col("mrr").sum())
        figures.iloc[-1] = int(only_value(signed) or 0)
    return figures
