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
from mrr_xl.rollforward.periods import (
    counted,
    day_after,
    first_month,
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


def tells_of_trials(ledger: Ledger) -> bool:
    """Whether a column of the ledger can say that a line is a trial."""
    return ledger.has("trial_end") or ledger.has("state")


def trials(ledger: Ledger, settings: Settings) -> Frame:
    """The trials: customer, start, end (days, the end being the first day after it) and mrr.

    mrr is what the line is worth a month once it is paid for. A trial that is over has to have an end; else nothing says
    when it was, and it is left out.
    """
    parts = []
    if ledger.has("trial_end"):
        parts.append(_of(counted(ledger, settings), ledger, settings, paid_from(ledger, settings)))
    if ledger.has("state"):
        parts.append(_of(of_their_own(ledger, settings), ledger, settings, nw.lit(months.OPEN)))
    trials_: Any = nw.concat(parts)
    return trials_.filter(nw.col("end") > nw.col("start"))


def of_their_own(ledger: Ledger, settings: Settings) -> Any:
    """The lines with the status of a trial that has an end or goes on."""
    state, reason = nw.col("state"), [*kinds(settings), LEFT_OUT.index("status")]
    ends = nw.col("end") < months.OPEN
    if ledger.has("trial_end"):
        ends = ends | (nw.col("trial_end") < months.OPEN)
    known = (state != TRIAL_OVER) | ends
    return ledger.frame.filter(state.is_in(TRIALS) & nw.col("left_out").is_in(reason) & known)


def _of(lines: Any, ledger: Ledger, settings: Settings, until: nw.Expr) -> Any:
    """Lines as trials; until: the first day after the trial, if the line has no end before."""
    price, priced = prices(ledger, settings)
    names = [who(ledger, settings).cast(nw.String), nw.col("start"), line_end(ledger, settings).alias("end")]
    if ledger.has("trial_end"):
        after = day_after(ledger, settings, "trial_end")
        until = nw.min_horizontal(until, after).cast(nw.Int64)
    lines = with_lapses(lines, ledger, settings)
    lines = lines.select(*names, ((nw.col("start") * 0) + until).cast(nw.Int64).alias("until"), price, *priced)
    end = nw.when(nw.col("until") < nw.col("end")).then(nw.col("until")).otherwise(nw.col("end"))
    lines = lines.with_columns(end.alias("end")).drop("until")
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
    ended: Any = _whole(trials(book.lines, settings), settings.grace_days).filter(nw.col("ended") < months.OPEN)
    month = first_month(nw.col("ended"), settings.as_of)
    ended = ended.with_columns(month.alias("month")).filter(nw.col("month") <= book.through)
    paid: Any = paid_periods(book.lines, settings, at_last_price=True)
    paid = paid.select(nw.col("customer").cast(nw.String), nw.col("start").alias("paid_from"), "end")
    paid = ended.join(paid, on="customer", how="inner")
    late = days.day_number_expr(nw.col("paid_from")) - days.day_number_expr(nw.col("ended"))
    paid = paid.filter(
        nw.col("paid_from") > nw.col("begun"), late <= settings.grace_days, nw.col("end") > nw.col("ended")
    )
    counts = {
        "ended": to_pandas(ended.group_by("month").agg(nw.len().alias("count"))),
        "converted": to_pandas(
            paid.select("customer", "begun", "month").unique().group_by("month").agg(nw.len().alias("count"))
        ),
    }
    columns = {name: table.set_index("month")["count"].sort_index() for name, table in counts.items()}
    shown = months_of(book, columns["ended"].index)
    return pd.DataFrame(
        {name: column.reindex(shown, fill_value=0).astype("int64") for name, column in columns.items()}, index=shown
    )


def _whole(trials_: Any, grace_days: int) -> Any:
    """The trials of a customer from which one goes on to the next as one: customer, begun, ended."""
    start, until = nw.col("start"), nw.col("until")
    spans = trials_.group_by("customer", "start").agg(nw.col("end").max().alias("end"))
    spans = spans.with_columns(nw.col("end").cum_max().over("customer", order_by="start").alias("until"))
    spans = spans.with_columns(until.shift(1).over("customer", order_by="start").alias("before"))
    before = nw.col("before").fill_null(0).cast(nw.Int64)
    away = days.day_number_expr(start) - days.day_number_expr(before)
    begins = nw.when((before > 0) & (away <= grace_days)).then(nw.lit(0)).otherwise(nw.lit(1))
    spans = spans.with_columns(begins.cast(nw.Int64).alias("begins"))
    number = nw.col("begins").cum_sum().over("customer", order_by="start").cast(nw.Int64)
    spans = spans.with_columns(number.alias("number")).group_by("customer", "number")
    return spans.agg(start.min().alias("begun"), nw.col("end").max().alias("ended"))
