"""Trials: lines, or the first days of lines, that are not paid for yet.

A line is a trial from its start until the day in its column trial_end, and paid for from then on. A line of its own
with the status of a trial is one from its start to its end, and never is MRR.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.later import pd
from mrr_xl.ledger import days
from mrr_xl.ledger.amounts import LEFT_OUT, TRIAL_OVER, TRIALS
from mrr_xl.ledger.frames import Frame, to_pandas
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.parents import with_tops
from mrr_xl.rollforward.periods import (
    counted,
    day_after,
    first_month,
    has_trial_ends,
    kinds,
    line_end,
    paid_from,
    paid_periods,
    prices,
    who,
)
from mrr_xl.rollforward.snapshot import with_lapses
from mrr_xl.rollforward.stock import months_of
from mrr_xl.settings import Settings


def tells_of_trials(ledger: Ledger, settings: Settings) -> bool:
    """Whether a column of the ledger can say that a line is a trial."""
    return has_trial_ends(ledger, settings) or ledger.has("state")


def trials(ledger: Ledger, settings: Settings) -> Frame:
    """The trials: customer, start, end (days, the end being the first day after it) and mrr.

    mrr is what the line is worth a month once it is paid for. A trial that is over and has no end is left out: nothing
    says when it was.
    """
    parts = []
    if has_trial_ends(ledger, settings):
        parts.append(_of(counted(ledger, settings), ledger, settings, paid_from(ledger, settings)))
    if ledger.has("state"):
        until = [day_after(ledger, settings, "trial_end")] if has_trial_ends(ledger, settings) else []
        parts.append(_of(of_their_own(ledger, settings), ledger, settings, *until))
    trials_: Any = nw.concat(parts)
    return trials_.filter(nw.col("end") > nw.col("start"))


def of_their_own(ledger: Ledger, settings: Settings) -> Any:
    """The lines with the status of a trial that has an end or goes on."""
    state, reason = nw.col("state"), [*kinds(settings), LEFT_OUT.index("status")]
    ends = nw.col("end") < months.OPEN
    if has_trial_ends(ledger, settings):
        ends = ends | (nw.col("trial_end") < months.OPEN)
    known = (state != TRIAL_OVER) | ends
    return ledger.frame.filter(state.is_in(TRIALS) & nw.col("left_out").is_in(reason) & known)


def _of(lines: Any, ledger: Ledger, settings: Settings, *until: nw.Expr) -> Any:
    """Lines as trials; until: the first day after the trial, if the line has no end before."""
    price, priced = prices(ledger, settings)
    end = line_end(ledger, settings)
    if until:  # Spark takes the least of two columns or more
        end = nw.min_horizontal(end, *until).cast(nw.Int64)
    lines = with_lapses(lines, ledger, settings)
    if settings.grain == "parent":
        lines = with_tops(lines, ledger)
    lines = lines.select(who(ledger, settings).cast(nw.String), nw.col("start"), end.alias("end"), price, *priced)
    if not priced:
        return lines
    over = (nw.col("over") <= nw.col("end")) & (nw.col("over") < months.OPEN)
    return lines.with_columns(nw.when(over).then(nw.col("full")).otherwise(nw.col("mrr")).alias("mrr")).drop(
        "full", "over"
    )


def trials_by_month(book: Book) -> pd.DataFrame:
    """How many trials ended in each month, and how many of those became paid: the columns ended and converted.

    The trials of one customer (with grain subscription, of one subscription) that go on from one another are one. It
    became paid if a line of that customer that is paid for begins after the start of the trial and by its end, or at
    most grace_days later, and runs on past it. It ended in the month in which what follows it counts first.
    """
    settings = book.settings
    lines: Any = trials(book.lines, settings)
    ended = _whole(to_pandas(lines.group_by("customer", "start").agg(nw.col("end").max())), settings.grace_days)
    ended["month"] = first_month(ended["end"], settings.as_of)
    ended = ended[ended["month"] <= book.through]
    periods: Any = paid_periods(book.lines, settings, at_last_price=True)
    begun = nw.col("customer").cast(nw.String), nw.col("start").alias("paid_from"), nw.col("end").alias("paid_until")
    paid = to_pandas(periods.select(*begun).join(lines.select("customer").unique(), on="customer", how="inner"))
    both = ended.merge(paid, on="customer")
    late = days.day_number_expr(both["paid_from"]) - days.day_number_expr(both["end"])
    within = (both["paid_from"] > both["start"]) & (late <= settings.grace_days) & (both["paid_until"] > both["end"])
    converted = both[within].drop_duplicates(["customer", "start"])
    shown = months_of(book, ended["month"].sort_values())
    counts = {"ended": ended["month"].value_counts(), "converted": converted["month"].value_counts()}
    return pd.DataFrame({name: count.reindex(shown, fill_value=0) for name, count in counts.items()}, dtype="int64")


def _whole(spans: pd.DataFrame, grace_days: int) -> pd.DataFrame:
    """The trials of a customer from which one goes on to the next as one."""
    spans = spans.sort_values(["customer", "start"])
    until = spans.groupby("customer")["end"].cummax()
    before = until.groupby(spans["customer"]).shift(1, fill_value=0)
    away = days.day_number_expr(spans["start"]) - days.day_number_expr(before)
    number = ((before == 0) | (away > grace_days)).cumsum().rename("number")
    return spans.groupby(number).agg(customer=("customer", "first"), start=("start", "min"), end=("end", "max"))
