"""Deltas → running totals: along one sort in memory, as windows in a database.

Deltas have columns that say whose they are, `slot` (the moment they fall in, a whole number) and one or
more columns of amounts. A running total has one row for each who and slot in which an amount changed: the
amounts' sums, their totals so far (`total_` + the name), and `first`, whether it is the first row of this who.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from mrr_xl.later import np
from mrr_xl.months import OPEN

if TYPE_CHECKING:
    Array = np.ndarray[Any, Any]


def totals(deltas: Any, who: Sequence[str], amounts: Sequence[str], days: bool = False) -> Any:
    """The running totals of `amounts` per `who`.

    With `days`, from the column day: returned (the first day of service that a slot brings) and left_before
    (the last end of service in a slot before, whether amounts changed in that slot or not).
    """
    run = _along_a_sort if isinstance(deltas, nw.DataFrame) else _as_windows
    return run(deltas, list(who), list(amounts), days)


def _along_a_sort(deltas: nw.DataFrame[Any], who: list[str], amounts: list[str], days: bool) -> nw.DataFrame[Any]:
    """One sort by who and slot; the running sum at a slot's last delta is what the slot leaves behind."""
    if deltas.implementation.is_polars():
        deltas = nw.from_native(deltas.to_native().rechunk())  # once, not for each use
    slot = deltas["slot"].to_numpy()
    lowest = int(slot.min(initial=OPEN))
    bits = (int(slot.max(initial=lowest)) - lowest).bit_length()
    # In place: memory that is asked for anew takes longer than the sums.
    key = numbers(deltas, who)
    key <<= bits
    key += slot
    key -= lowest
    key, order = in_order(key)
    last = np.flatnonzero(differs(key[::-1])[::-1])  # of a slot of a who
    sums, moved = {}, np.zeros(len(last), dtype=bool)
    for name in amounts:
        running = deltas[name].to_numpy()[order]
        running = np.cumsum(running, out=running)[last]
        change = running.copy()
        change[1:] -= running[:-1]
        sums[name] = (running, change)
        moved |= change != 0
    at = last[moved]
    whose = key[at]
    slot = whose & ((1 << bits) - 1)
    slot += lowest
    whose >>= bits
    first = differs(whose)
    begun = np.flatnonzero(first)
    rows = np.diff(begun, append=len(first))  # of each who
    columns: dict[str, Array] = {"slot": slot, "first": first}
    for name, (running, change) in sums.items():
        total, change = running[moved], change[moved]
        # The running sum goes on from one who to the next: take off what it was when this one began.
        total -= np.repeat(total[begun] - change[begun], rows)
        columns |= {name: change, f"total_{name}": total}
    if days:
        delta, day, begins = deltas[amounts[0]].to_numpy(), deltas["day"].to_numpy(), np.flatnonzero(differs(key))
        columns["returned"] = np.minimum.reduceat(np.where(delta > 0, day, OPEN)[order], begins)[moved]
        left = np.maximum.reduceat(np.where(delta < 0, day, 0)[order], begins)
        columns["left_before"] = _highest_before(left, differs(key[last] >> bits))[moved]
    # Rows far apart are slow to fetch: one of each who, and those as often as they are needed.
    log = deltas.select(*who)[order[at[begun]]][np.repeat(np.arange(len(begun), dtype=np.uint32), rows)]
    backend = deltas.implementation
    return log.with_columns(*(nw.new_series(name, values, backend=backend) for name, values in columns.items()))


def in_order(key: Array) -> tuple[Array, Array]:
    """The keys in order, and where each one stood."""
    bits = len(key).bit_length()
    if len(key) and int(key.max()) >= 1 << (62 - bits):
        order = np.argsort(key)
        return key[order], order
    # Key and place in one number: sorting that is twice as fast as sorting places by their keys.
    packed = key << bits
    packed |= np.arange(len(key))
    packed.sort()
    place = packed & ((1 << bits) - 1)
    packed >>= bits
    return packed, place


def numbers(frame: nw.DataFrame[Any], who: list[str]) -> Array:
    """A whole number for each who: those sort several times faster than names."""
    number = codes(frame[who[0]])
    for name in who[1:]:
        code = codes(frame[name])
        number = number * (int(code.max()) + 1 if len(code) else 1) + code
    return number


def codes(names: nw.Series[Any]) -> Array:
    """The whole number that a categorical column has for each of its names, and -1 for a blank."""
    native = names.to_native()
    if names.implementation.is_polars():
        code = native.to_physical()
        return (code.cast(int).fill_null(-1) if code.null_count() else code).to_numpy().astype(np.int64)
    return native.cat.codes.to_numpy().astype(np.int64)


def one_of_each(frame: nw.DataFrame[Any], name: str) -> nw.DataFrame[Any]:
    """Each name of a categorical column once: in a third of the time that asking for the unique ones takes."""
    code = codes(frame[name]) + 1
    row = np.full(int(code.max(initial=-1)) + 1, -1)
    row[code] = np.arange(len(code))
    return frame.select(name)[row[row >= 0]]


def differs(values: Array) -> Array:
    """Where a value is not the one before it; the first one never is."""
    return np.append(True, values[1:] != values[:-1])[: len(values)]


def _highest_before(days: Array, first: Array) -> Array:
    """The latest of the days in the rows before of the same who; 0 where there is none. first: where a who begins."""
    who = np.cumsum(first, dtype=np.int64) << 24  # more than any day can be
    highest = np.maximum.accumulate(who + days)
    return np.where(first, 0, np.append(0, highest[:-1])[: len(days)] - who)


def _as_windows(deltas: nw.LazyFrame[Any], who: list[str], amounts: list[str], days: bool) -> nw.LazyFrame[Any]:
    """The same sums in a database's words."""
    if deltas.implementation.is_pyspark():
        # Each who's rows in one place, so that neither the sums nor the windows move them once more.
        deltas = nw.from_native(deltas.to_native().repartition(*who))
    sums = {name: nw.col(name).sum() for name in amounts}
    if days:
        delta, day = nw.col(amounts[0]), nw.col("day")
        sums["returned"] = nw.when(delta > 0).then(day).otherwise(nw.lit(OPEN)).min()
        sums["left"] = nw.when(delta < 0).then(day).otherwise(nw.lit(0)).max()
    log = deltas.group_by(*who, "slot").agg(*(total.alias(name) for name, total in sums.items()))
    # DuckDB widens sums to 128 bits.
    log = log.with_columns(nw.col(*sums).cast(nw.Int64))
    if days:
        latest = nw.col("left").cum_max().over(*who, order_by="slot")
        log = log.with_columns(latest.alias("latest"))
        log = log.with_columns(nw.col("latest").shift(1).over(*who, order_by="slot").alias("left_before"))
    log = log.filter(nw.any_horizontal(*(nw.col(name) != 0 for name in amounts), ignore_nulls=False))
    running = [
        nw.col(name).cum_sum().over(*who, order_by="slot").cast(nw.Int64).alias(f"total_{name}") for name in amounts
    ]
    return log.with_columns(*running, (nw.col("slot") == nw.col("slot").min().over(*who)).alias("first"))
