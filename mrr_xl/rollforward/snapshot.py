"""Statuses of a snapshot: what a line paid before it stopped or ended still counts.

In a ledger with a line for each state a paused line is a pause, and nothing of it counts. In an export of what
subscriptions are today it says that the subscription was paid for from its start until it was paused.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.ledger import days
from mrr_xl.ledger.amounts import PAST_DUE, PAUSED, STOPPING
from mrr_xl.ledger.facts import DAYS, PAST_DUE_TODAY, STOPPED_TODAY, TODAYS, states_in
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.months import Day
from mrr_xl.settings import Settings

LAPSED = "lapsed"  #: the first day on which a line that is past due counts no more


def is_snapshot(ledger: Ledger, settings: Settings) -> bool:
    """Whether a line's status is today's and not that of the whole line.

    Where the setting status leaves it open, the table's source knows it, or the file shows it: a ledger with a line for
    each state has a line that stopped or expired and begins where another one of that customer ends; an export of
    today's statuses has none.
    """
    return _is_todays(ledger, settings, STOPPED_TODAY)


def past_due_is_todays(ledger: Ledger, settings: Settings) -> bool:
    """Whether a line that is past due was paid for before, as in is_snapshot; else it is past due from its start."""
    return _is_todays(ledger, settings, PAST_DUE_TODAY)


def _is_todays(ledger: Ledger, settings: Settings, shown: str) -> bool:
    """By the setting status, the table's source or what the file shows."""
    if not ledger.has("state"):
        return False
    if settings.status != "auto":
        return settings.status == "snapshot"
    if ledger.whole.today is not None:
        return ledger.whole.today
    if ledger.layout.kind != "subscriptions":
        return False
    return bool(states_in(ledger.words) & set(TODAYS[shown])) and not ledger.fact(shown)


def last_day(ledger: Ledger) -> Day:
    """The day of the export as far as the file shows it: the latest of its dates that is not in the future."""
    latest = [ledger.fact(f"last {name}") for name in DAYS if ledger.has(name)]
    return Day(max([0, *(int(day) for day in latest if day is not None)]))


def stopped_by(settings: Settings) -> list[int]:
    """The states in which a line is not paid for, though it was before."""
    return [state for state in STOPPING if state != PAUSED or settings.paused == "0"]


def stop(ledger: Ledger, settings: Settings) -> nw.Expr | None:
    """The first day on which a line is not paid for any more as its status says, OPEN if it says nothing of the kind.

    That is the day in the column stopped or else the day of the export; for a line that is past due, so many days after
    the one in the column past_due as the settings have it. None: the status of no line says so.
    """
    never, state, stopped = nw.lit(months.OPEN), nw.col("state"), None
    if is_snapshot(ledger, settings):
        stopped = nw.when(state.is_in(stopped_by(settings))).then(since(ledger, "stopped")).otherwise(never)
    if settings.past_due_days is not None and ledger.has("state"):
        stopped = nw.when(state == PAST_DUE).then(nw.col(LAPSED)).otherwise(never if stopped is None else stopped)
    return stopped


def with_lapses(frame: Any, ledger: Ledger, settings: Settings) -> Any:
    """The ledger's lines with the column that `stop` needs: when each would lapse if it is past due."""
    if settings.past_due_days is None or not ledger.has("state"):
        return frame
    usual = None if past_due_is_todays(ledger, settings) else nw.col("start")
    return days.with_days_later(frame, LAPSED, since(ledger, "past_due", usual), settings.past_due_days)


def since(ledger: Ledger, column: str, usual: nw.Expr | None = None) -> nw.Expr:
    """The day in a column; where it is blank what is usual, by default the day of the export."""
    usual = nw.lit(int(last_day(ledger.whole))) if usual is None else usual
    if not ledger.has(column):
        return usual
    return nw.when(nw.col(column) < months.OPEN).then(nw.col(column)).otherwise(usual)
