"""Months that a schedule leaves out: everybody seems to leave in them and to come back after."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.answers import NOTE, PROBLEM, Answer
from mrr_xl.errors import listed
from mrr_xl.ledger.days import whole
from mrr_xl.ledger.frames import looked_up
from mrr_xl.metrics.questions import Asked, Question
from mrr_xl.months import Month
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.bridge import end_of, phase_of, step
from mrr_xl.rollforward.changes import changes

_FEWEST = 2  #: customers who leave for a gap; a single one may well have paused
_CERTAIN = 7  #: so many do not pause together


def missing_months(book: Book) -> Asked:
    """Months that a schedule has nothing for, although several customers come back after them; else None.

    A line with 0 in a long schedule and a column in a wide one that is not wholly blank say that nobody paid.
    """
    ledger = book.ledger.whole
    if ledger.layout.kind == "subscriptions":
        return None
    if ledger.layout.kind == "wide":
        blank = ledger.layout.blank
        return _between(book, [month for month in ledger.layout.months.values() if month not in blank], "a column")
    lines: Any = ledger.frame
    lines = lines.filter(nw.col("left_out") == 0) if ledger.has("left_out") else lines
    there = lines.select(whole(nw.col("start"), 32).alias("month")).unique()
    return Question(there, lambda rows: _between(book, [Month(int(month)) for (month,) in rows], "lines"))


def _between(book: Book, there: list[Month], mend: str) -> Asked:
    """Who leaves and comes back at the gaps between the months that are there."""
    between = [range(before + 1, after) for before, after in pairwise(sorted(there))]
    gaps = {gap.start: gap for gap in between if any(_is_reported(book, month) for month in gap)}
    if not gaps:
        return None
    log: Any = changes(book.lines, book.settings)  # who comes back may do so after the last month reported
    month, backs = nw.col("month"), {gap.stop: gap.start for gap in gaps.values()}
    left = log.filter(nw.col("after") == 0, month.is_in(list(gaps))).select("customer", month.alias("gap")).unique()
    back = (
        log.filter(nw.col("before") == 0).select("customer", looked_up(month, backs, 0, nw.Int64).alias("gap")).unique()
    )
    both: Any = left.join(back, on=["customer", "gap"], how="inner").group_by("gap").agg(nw.len().alias("customers"))

    def say(rows: list[tuple[Any, ...]]) -> Answer | None:
        paused = {int(gap): int(customers) for gap, customers in rows if customers >= _FEWEST}
        if not paused:
            return None
        most, left_out = max(paused.values()), [month for gap in sorted(paused) for month in gaps[gap]]
        names = [months.month_label(Month(month)) for month in left_out]
        there_is = book.ledger.whole.layout.blank.issuperset(left_out)
        mended = "fill in the column of each month" if there_is else f"add {mend} for each month"
        sentence = (
            f"the schedule has nothing for {listed(names, 3)}, so {most:,} customers who pay before and after churn "
            f"and come back: {mended}, with 0 if nobody paid"
        )
        return "months left out", PROBLEM if most >= _CERTAIN else NOTE, 0, None, sentence

    return Question(both.select("gap", "customers"), say)


def _is_reported(book: Book, month: int) -> bool:
    """Whether figures are of the end of a month, as all are unless they are of quarters or years."""
    end = end_of(month, step(book.settings), phase_of(book.through, book.settings))
    return bool(month == end <= book.through)
