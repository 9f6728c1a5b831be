"""What the days and the statuses of a whole ledger tell; of a database's lines one query finds out all of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import clock, months
from mrr_xl.ledger import days
from mrr_xl.ledger.amounts import PAST_DUE, PAUSED, STOPPING, state_of
from mrr_xl.ledger.frames import to_memory

DAYS = ("start", "end", "cancelled", "stopped", "past_due")
#: The statuses of which a snapshot has a line that does not go on from another one of its customer.
STOPPED_TODAY, PAST_DUE_TODAY = "stopped today", "past due today"
TODAYS = {STOPPED_TODAY: STOPPING, PAST_DUE_TODAY: (PAST_DUE,)}
_NOT_PAUSED = tuple(state for state in STOPPING if state != PAUSED)


def facts(columns: Collection[str]) -> dict[str, nw.Expr]:
    """What a query can find out about the lines of a table with these columns, one number each.

    latest and ended, with what ends a line behind them (see `edge_of`): the last end, OPEN if a line has none, and the
    last end that there is.
    """
    found = {"started": nw.col("start").max()}
    today = months.day_key(clock.today())
    for name in DAYS:
        if name in columns:
            day = nw.col(name)
            found[f"last {name}"] = nw.when(day <= today).then(day).otherwise(nw.lit(0)).max()
    for by_cancellation in (False, True):
        for stopping in ((), STOPPING, _NOT_PAUSED):
            end = _end(columns, by_cancellation, stopping)
            if end is not None:
                edge = edge_of(by_cancellation, stopping)
                found[f"latest {edge}"] = end.max()
                found[f"ended {edge}"] = nw.when(end < months.OPEN).then(end).otherwise(nw.lit(0)).max()
    return found


def states_in(vocabulary: Mapping[str, Sequence[str]]) -> set[int | None]:
    """What the statuses of a table say of its lines."""
    return {state_of(word) for word in vocabulary.get("status", ())}


def edge_of(by_cancellation: bool, stopping: Collection[int]) -> str:
    """The name of what ends a line: its end, a cancellation before it, the day it stopped with these states."""
    return f"{by_cancellation} {sorted(stopping)}"


def _end(columns: Collection[str], by_cancellation: bool, stopping: Collection[int]) -> nw.Expr | None:
    """The day that ends a line; None if a column for it is not there."""
    end = nw.col("end")
    if by_cancellation:
        if "cancelled" not in columns:
            return None
        end = nw.min_horizontal("end", "cancelled")
    if stopping:
        if "stopped" not in columns or "state" not in columns:
            return None
        stopped = nw.col("state").is_in(list(stopping)) & (nw.col("stopped") < end)
        end = nw.when(stopped).then(nw.col("stopped")).otherwise(end)
    return end


def going_on(frame: Any, name: str) -> Any:
    """How many lines of the statuses of TODAYS begin where another line of their customer ends."""
    stopped = frame.filter(nw.col("state").is_in(list(TODAYS[name]))).select("customer", nw.col("start").alias("day"))
    ended = frame.filter(nw.col("end") < months.OPEN)
    ends = [ended.select("customer", day.alias("day")) for day in (nw.col("end"), days.next_day_expr(nw.col("end")))]
    lines = stopped.join(nw.concat(ends).unique(), on=["customer", "day"], how="inner")
    return lines.select(nw.len().alias(name))


def found_out(frame: Any, wanted: Mapping[str, nw.Expr], goes_on: Sequence[str] = ()) -> dict[str, Any]:
    """The value of each, and what `going_on` counts for some of TODAYS, in one query."""
    names = [*wanted, *goes_on]
    row = (
        frame.select(*(value.alias(f"fact_{place}") for place, value in enumerate(wanted.values()))) if wanted else None
    )
    for name in goes_on:
        count = going_on(frame, name)
        row = count if row is None else row.join(count, how="cross")
    return dict(zip(names, to_memory(row).row(0)))
