"""Months that a schedule leaves out: everybody seems to leave in them and to come back after."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.answers import NOTE, PROBLEM, Answer
from mrr_xl.errors import listed
from mrr_xl.ledger.days import whole
from mrr_xl.metrics.questions import Asked, Question
from mrr_xl.months import Month
from mrr_xl.rollforward.book import Book

_FEWEST = 2  #: customers who pay on both sides of a gap; a single one may well have paused
_CERTAIN = 7  #: so many do not pause together


def missing_months(book: Book) -> Asked:
    """Months that a schedule has nothing for, although several customers pay before and after; else None.

    A line with 0 in a long schedule and a column in a wide one say that nobody paid.
    """
    ledger = book.ledger.whole
    if ledger.layout.kind == "subscriptions":
        return None
    lines: Any = ledger.frame
    lines = lines.with_columns(whole(nw.col("start"), 32).alias("month"))
    if ledger.layout.kind == "wide":
        return _between(lines, list(ledger.layout.months.values()), "a column")
    months_ = lines.select("month").unique()
    return Question(months_, lambda rows: _between(lines, [Month(int(month)) for (month,) in rows], "lines"))


def _between(lines: Any, there: list[Month], mend: str) -> Asked:
    """Who pays on both sides of the first gap between the months that are there."""
    there = sorted(there)
    gaps = [(before, after) for before, after in pairwise(there) if after > before + 1]
    if not gaps:
        return None
    beside: Any = lines.filter(nw.col("month").is_in(list(gaps[0])), nw.col("mrr") > 0)
    beside = beside.select("customer", "month").unique().group_by("customer").agg(nw.len().alias("sides"))
    missing = [months.month_label(Month(month)) for before, after in gaps for month in range(before + 1, after)]

    def say(rows: list[tuple[Any, ...]]) -> Answer | None:
        ((customers,),) = rows
        if customers < _FEWEST:
            return None
        sentence = (
            f"the schedule has nothing for {listed(missing, 3)}, so {int(customers):,} customers who pay before and "
            f"after churn and come back: add {mend} for each month, with 0 if nobody paid"
        )
        return "months left out", PROBLEM if customers >= _CERTAIN else NOTE, 0, None, sentence

    return Question(beside.filter(nw.col("sides") == 2).select(nw.len().alias("customers")), say)
