"""Trials: what they would be worth, and how many become paid."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.errors import MrrError
from mrr_xl.later import pd
from mrr_xl.ledger.amounts import TRIAL, TRIAL_OVER
from mrr_xl.ledger.days import whole
from mrr_xl.metrics.growth import ratio
from mrr_xl.metrics.questions import Asked, following, note
from mrr_xl.metrics.registry import series
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.bridge import last_of, step, summed
from mrr_xl.rollforward.periods import counted, end_month, first_month, has_trial_ends, paid_from
from mrr_xl.rollforward.stock import stock
from mrr_xl.rollforward.trials import tells_of_trials, trials, trials_by_month


@series("MRR_TRIAL", unit="money", group="next")
def trial(book: Book) -> pd.Series:
    """What the lines in trial would be worth a month once they are paid for; no part of the MRR.

    Formula: Σ price per month of the lines in trial at the month's as-of point. A line is in trial until the day in a
    column trial end; a line with a status such as trialing is a trial until its end. Needs such a column or a status.
    Source: Polar, tests of its metrics; docs/definitions.md, trials.

    >>> metric("MRR_TRIAL", northstar.assign(status="trialing"), "2024-02")
    1500.0
    """
    _needs_trials(book, "MRR_TRIAL")
    start, end, as_of = nw.col("start"), nw.col("end"), book.settings.as_of
    lines = trials(book.lines, book.settings)
    return stock(book, lines.select(first_month(start, as_of).alias("on"), end_month(end, as_of).alias("until"), "mrr"))


@series("MRR_TRIAL_CONVERSION", unit="rate", group="next")
def trial_conversion(book: Book) -> pd.Series:
    """The share of the trials that ended in the month, or the quarter ..., which became paid (trial conversion).

    Formula: trials that became paid ÷ trials that ended in the month, each customer's (with grain subscription, each
    subscription's) being one while they go on from one another. Undefined (#N/A) where no trial ended.
    Source: Cleeng, trial conversion rate; docs/definitions.md, trials.

    >>> statuses = ["trial", "active", "trial", "active", "active", "active"]
    >>> metric("MRR_TRIAL_CONVERSION", northstar.assign(status=statuses), "2024-02")
    0.5
    """
    _needs_trials(book, "MRR_TRIAL_CONVERSION")
    counts = book.once(trials_by_month)
    if len(counts):
        ends = range(last_of(counts.index[0], book.settings), book.through + 1, step(book.settings))
        counts = summed(counts, pd.RangeIndex(ends), book.settings)
    return ratio(counts["converted"], counts["ended"])


def _needs_trials(book: Book, name: str) -> None:
    if not tells_of_trials(book.ledger, book.settings):
        raise MrrError(
            f"{name} needs a column trial end that says until when a line is a trial, or a column status that says "
            "which lines are; there is none"
        )


def trial_checks(book: Book) -> list[Asked]:
    """What is read of trials: where the lines have a column of their ends, and where something is not known."""
    ledger, header = book.lines, book.ledger.layout.roles.get("trial_end")
    answers: list[Asked] = []
    has_ends = has_trial_ends(ledger, book.settings)
    until = nw.col("trial_end") if has_ends else nw.lit(months.OPEN)
    if has_ends:
        lines = counted(ledger, book.settings).filter(paid_from(ledger, book.settings) > nw.col("start"))
        day = "the day after the one" if book.settings.end_date == "inclusive" else "the day"
        answers.append(note("trials", lines, f"they count from {day} in column {header} on"))
    if not ledger.has("state"):
        return answers
    over = ledger.frame.filter((nw.col("state") == TRIAL) & (whole(until, 32) <= book.through))
    says = f"their status is that of a trial, and the day in column {header} is over: they don't count as paid"
    lost = ledger.frame.filter(
        (nw.col("state") == TRIAL_OVER) & (nw.col("end") >= months.OPEN) & (until >= months.OPEN)
    )
    unknown = "nothing says since when, so that no figure of trials has them; fill in a column end"
    found = [note("trials that are over", over, says), note("trials without an end", lost, unknown)]
    return [*answers, *(following(asked, lambda answer: answer if answer[2] else None) for asked in found)]
