"""Ledger → the paid periods under the rules, and the deltas that they make."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.errors import MrrError
from mrr_xl.ledger import days
from mrr_xl.ledger.amounts import LEFT_OUT, STOPPING, TRIALS
from mrr_xl.ledger.doubts import is_ignored
from mrr_xl.ledger.frames import Frame, as_text, planned, to_memory
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.rollforward.parents import with_tops
from mrr_xl.rollforward.snapshot import is_snapshot, stop, stopped_by, with_lapses
from mrr_xl.settings import Settings


def paid_periods(
    ledger: Ledger, settings: Settings, *also: str | nw.Expr, amount: str = "mrr", at_last_price: bool = False
) -> Frame:
    """The periods that count, ends exclusive, gaps within the grace closed: customer, start, end, mrr and `also`.

    A line counts from the end of its trial on. amount: the column that is their MRR, "mrr" or, in the line's own
    currency, "local". at_last_price: a line whose discount ends before it does has the price after that from its start.
    A column line_end, if `also` gives it, is when the line ends, its discount's end being none.
    """
    frame = with_lapses(counted(ledger, settings), ledger, settings)
    if settings.grain == "parent":
        frame = with_tops(frame, ledger)
    price, priced = prices(ledger, settings, amount)
    start = paid_from(ledger, settings).alias("start")
    frame = frame.select(who(ledger, settings), start, line_end(ledger, settings).alias("end"), price, *priced, *also)
    if priced:
        frame = (_at_last_price(frame) if at_last_price else _parted(frame)).drop("full", "over")
    frame = frame.filter((nw.col("mrr") > 0) & (nw.col("end") > nw.col("start")))
    return _bridge(frame, settings.grace_days) if settings.grace_days else frame


def prices(ledger: Ledger, settings: Settings, amount: str = "mrr") -> tuple[nw.Expr, list[nw.Expr]]:
    """Each line's price under the rules and, where discounts end, the price after that (full) and since when (over)."""
    full = f"list_{amount}"
    over = discount_over(ledger, settings) if ledger.has(full) and settings.discounts != "ignore" else None
    price = nw.col(full if ledger.has(full) and settings.discounts == "ignore" else amount)
    if over is not None and settings.discounts == "forever":
        price = nw.when(has_an_end(ledger, over)).then(nw.col(full)).otherwise(price)
        over = None
    return price.alias("mrr"), [] if over is None else [nw.col(full).alias("full"), over.alias("over")]


def _at_last_price(lines: Any) -> Any:
    """Lines at the price that they have when they end."""
    price = nw.when(nw.col("over") < nw.col("end")).then(nw.col("full")).otherwise(nw.col("mrr"))
    return lines.with_columns(price.alias("mrr"))


def _parted(lines: Any) -> Any:
    """Lines with a period for as long as their discount runs, and one at the full price for the time after it."""
    start, end, over = nw.col("start"), nw.col("end"), nw.col("over")
    first = lines.with_columns(nw.when(over < end).then(over).otherwise(end).alias("end"))
    later = nw.when(over > start).then(over).otherwise(start).alias("start")
    return nw.concat([first, lines.filter(over < end).with_columns(later, nw.col("full").alias("mrr"))])


def discount_over(ledger: Ledger, settings: Settings) -> nw.Expr | None:
    """The first day without each line's discount, OPEN if it runs for ever; None if all do."""
    until, over = nw.col("discount_until"), nw.col("discount_over")
    if not ledger.has("discount_until"):
        return over if ledger.has("discount_over") else None
    if settings.end_date == "inclusive":
        until = days.next_day_expr(until)
    return nw.min_horizontal(until, over).cast(nw.Int64) if ledger.has("discount_over") else until


def has_an_end(ledger: Ledger, over: nw.Expr) -> nw.Expr:
    """Whether a discount ends at some time; over: the first day without it, where that is known."""
    ends = over < months.OPEN
    return ends | (nw.col("discount_limited") == 1) if ledger.has("discount_limited") else ends


def counted(ledger: Ledger, settings: Settings) -> Any:
    """The lines that are MRR while they run: neither their kind nor their status leaves them out."""
    if not ledger.has("left_out"):
        return ledger.frame
    counts = nw.col("left_out").is_in(kinds(settings))
    if ledger.has("state"):
        stopping = nw.col("state").is_in(STOPPING)
        counts = counts | ((nw.col("left_out") == LEFT_OUT.index("status")) & stopping)
        counts = counts & ~nw.col("state").is_in(TRIALS)
        if not is_snapshot(ledger, settings):
            counts = counts & ~nw.col("state").is_in(stopped_by(settings))
    return ledger.frame.filter(counts)


def kinds(settings: Settings) -> list[int]:
    """The reasons in the column left_out that leave nothing out under the rules: none, and usage if it is included."""
    return [0, LEFT_OUT.index("usage")] if settings.usage == "include" else [0]


def who(ledger: Ledger, settings: Settings) -> nw.Expr:
    """The customer or, with the grain subscription, the customer's subscription."""
    if settings.grain != "subscription":
        return nw.col("customer")
    if not ledger.has("subscription"):
        raise MrrError("the grain subscription needs a column that says which subscription; name it subscription")
    subscription = as_text(nw.col("subscription")).fill_null("")
    who = nw.concat_str(nw.col("customer").cast(nw.String), subscription, separator=" / ").alias("customer")
    return who.cast(nw.Categorical) if ledger.in_memory else who


def day_after(ledger: Ledger, settings: Settings, name: str) -> nw.Expr:
    """The first day after what ends on the day of a column: that day itself, or the next one if ends are inclusive."""
    end = nw.col(name)
    if settings.end_date == "inclusive" and ledger.layout.kind == "subscriptions":
        later = days.next_day_expr(end)
        end = nw.when(nw.col("fixed_end")).then(end).otherwise(later) if ledger.has("fixed_end") else later
    return end


def has_trial_ends(ledger: Ledger, settings: Settings) -> bool:
    """Whether a column says until when lines are trials, and the setting ignore does not name it."""
    return ledger.has("trial_end") and not is_ignored(ledger.layout.roles["trial_end"], settings.ignore)


def paid_from(ledger: Ledger, settings: Settings) -> nw.Expr:
    """The first day on which a line is paid for: its start or, if it began with a trial, the first day after that."""
    if not has_trial_ends(ledger, settings):
        return nw.col("start")
    after = day_after(ledger, settings, "trial_end")
    return nw.when((after < months.OPEN) & (after > nw.col("start"))).then(after).otherwise(nw.col("start"))


def line_end(ledger: Ledger, settings: Settings) -> nw.Expr:
    """The first day on which a line is no longer paid for."""
    end = day_after(ledger, settings, "end")
    stopped = stop(ledger, settings)
    if stopped is not None:
        end = nw.when(stopped < end).then(stopped).otherwise(end)
    if by_cancellation(ledger, settings):
        if not ledger.has("cancelled"):
            raise MrrError("churn_on=cancelled needs a column that says when; name it cancelled")
        end = nw.min_horizontal("cancelled", end).cast(nw.Int64)  # pandas' one of no rows is of no type
    return end


def _bridge(frame: Any, grace_days: int) -> Any:
    """Where a customer was without service for at most `grace_days`, what ran before runs on to the restart."""
    spans = frame.group_by("customer", "start").agg(nw.col("end").max().alias("until"))
    spans = spans.with_columns(
        nw.col("until").cum_max().over("customer", order_by="start").alias("served_until")
    ).with_columns(nw.col("served_until").shift(1).over("customer", order_by="start").alias("before"))
    before, start = nw.col("before").fill_null(0).cast(nw.Int64), nw.col("start")
    gap = days.day_number_expr(start) - days.day_number_expr(before)
    # Before a customer's first start nothing has ended, so that the day 0 there is no period's end.
    gaps = spans.filter((start > before) & (gap <= grace_days)).select(
        "customer", before.alias("end"), start.alias("restart")
    )
    for name in ("end", "line_end"):
        if name in frame.columns:
            end = nw.col("restart").fill_null(nw.col(name)).cast(nw.Int64)
            gaps_at = gaps.rename({"end": name}) if name != "end" else gaps
            frame = frame.join(gaps_at, on=["customer", name], how="left").with_columns(end.alias(name)).drop("restart")
    return frame


def by_cancellation(ledger: Ledger, settings: Settings) -> bool:
    """Whether MRR is lost on the day of a cancellation."""
    return settings.churn_on == "cancelled" or (settings.churn_on == "cancelled_or_end" and ledger.has("cancelled"))


def first_month(start: Any, as_of: str) -> Any:
    """The first month in which a period counts."""
    # On the first day of a month only what began by then runs.
    return days.whole(start + 30 if as_of == "month_start" else start, 32)


def end_month(end: nw.Expr, as_of: str) -> nw.Expr:
    """The first month in which a period that has ended no longer counts."""
    return days.whole(end if as_of == "month_end" else end + 30, 32)


def deltas(periods: Any, settings: Settings, *also: str) -> Any:
    """What each period adds in its first month and takes away in its end month.

    Gives customer (and `also`), slot, delta and, where a rule asks how long somebody was away, day. A slot is what is
    netted into one movement: a month or, with gross netting, a day of a month; `slot_month` says the month of a slot.
    """
    on, off = first_month(nw.col("start"), settings.as_of), end_month(nw.col("end"), settings.as_of)
    mrr, start, end = nw.col("mrr"), nw.col("start"), nw.col("end")
    if settings.netting == "gross":
        on, off = on * 32 + start % 32, off * 32 + end % 32
    who = ("customer", *also)
    day = settings.reactivation_days is not None
    lines = planned(periods)
    starts = lines.select(*who, on.alias("slot"), mrr.alias("delta"), *([start.alias("day")] if day else []))
    ended = lines.filter(end < months.OPEN)
    ends = ended.select(*who, off.alias("slot"), (-mrr).alias("delta"), *([end.alias("day")] if day else []))
    both: Any = nw.concat([starts, ends])
    return both if lines is periods else to_memory(both)


def slot_month(settings: Settings) -> nw.Expr:
    return days.whole(nw.col("slot"), 32) if settings.netting == "gross" else nw.col("slot")
