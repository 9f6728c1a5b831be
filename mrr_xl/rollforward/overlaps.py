"""Lines that run at the same time as another of their kind: along one sort in memory, as windows in a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.later import np, pd
from mrr_xl.ledger.frames import Frame
from mrr_xl.rollforward.running import codes, in_order

_MOST = 1 << 32  #: so many kinds and so many days make a number that is whole in 64 bits


def overlapping(lines: Frame, same: Sequence[str]) -> Frame:
    """The lines that begin before another line has ended that has the same values in these columns.

    lines: start and end are days; a line's end is its first day without service.
    """
    return _along_a_sort(lines, same) if isinstance(lines, nw.DataFrame) else _as_windows(lines, same)


def _along_a_sort(lines: nw.DataFrame[Any], same: Sequence[str]) -> nw.DataFrame[Any]:
    if not len(lines):
        return lines
    kind: Any = np.zeros(len(lines), dtype=np.int64)
    for name in same:
        code = _codes(lines[name])
        kind = kind * (int(code.max()) + 1) + code
        kind = pd.factorize(kind)[0].astype(np.int64) if kind.max() >= _MOST else kind
    start = lines["start"].to_numpy()
    lowest = int(start.min())
    span = int(start.max()) - lowest + 1  # of the days on which lines begin; and one after
    bits = span.bit_length()
    key, order = in_order(kind << bits | (start - lowest))
    kind = key >> bits
    # The latest end so far of the same kind: a later kind's are all above those of the ones before.
    end = np.minimum(lines["end"].to_numpy() - lowest, span)[order]
    latest = np.maximum.accumulate(kind << bits | end)
    over = np.append(False, (latest[:-1] > key[1:]) & (kind[1:] == kind[:-1]))
    return lines[np.sort(order[over])]


def _codes(column: nw.Series[Any]) -> Any:
    """A whole number for each value of a column."""
    if column.dtype == nw.Categorical:
        return codes(column) + 1
    return pd.factorize(column.to_numpy(), use_na_sentinel=False)[0].astype(np.int64)


def _as_windows(lines: Any, same: Sequence[str]) -> Any:
    until = nw.col("until")
    order = ["start", "row" if "row" in lines.columns else "end"]
    lines = lines.with_columns(nw.col("end").cum_max().over(*same, order_by=order).alias("until"))
    lines = lines.with_columns(until.shift(1).over(*same, order_by=order).alias("until"))
    return lines.filter(until.fill_null(0) > nw.col("start"))
