"""A large Parquet file is read in slices, which hold each name once before the next one is read.

What a slice can't know of the whole file, such as how its texts write dates, is left to the usual way, as is every
mistake: its sentence speaks of all rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.ledger.written import DATES, NUMBERS
from mrr_xl.sources import read_table
from mrr_xl.sources.how import How
from mrr_xl.sources.opened import PARQUET
from mrr_xl.sources.saved import saved_how
from mrr_xl.sources.table import Table

if TYPE_CHECKING:
    from mrr_xl.ledger.ledger import Ledger

LARGE, SLICE = 2_000_000, 1_000_000  #: rows of a file that is read in slices; rows of a slice
_ROW = "(row)"


def in_slices(data: object, how: How, read: Callable[[object], Ledger]) -> Ledger | None:
    """A large file as a ledger, of which `read` reads each slice; None where it has to be read as a whole."""
    if not isinstance(data, (str, os.PathLike)) or Path(data).suffix not in PARQUET or not Path(data).is_file():
        return None
    import polars as pl

    try:
        file = pl.scan_parquet(Path(data), glob=False)
        rows = int(file.select(pl.len()).collect().item())
        if rows < LARGE or how.row_order is not None or saved_how(data) is not None:
            return None
        parts: list[Ledger] = []
        for begin in range(0, rows, SLICE):
            table = Table(_numbered(file.slice(begin, SLICE).collect(), begin), row=_ROW)
            if read_table(table, how) is not table:
                return None
            part = read(table)
            if not _alike(part, parts[0] if parts else part):
                return None
            parts.append(replace(part, frame=_slim(part)))
    except (MrrError, pl.exceptions.PolarsError, OSError):
        return None
    frames: list[Any] = [part.frame for part in parts]
    frame = nw.concat(frames)
    words: dict[str, tuple[str, ...]] = {}
    for part in parts:
        words |= {role: tuple(sorted({*words.get(role, ()), *there})) for role, there in part.words.items()}
    currencies = tuple(sorted({currency for part in parts for currency in part.currencies}))
    if len(currencies) > 1 and not parts[0].rates.latest:
        return None
    return replace(parts[0], frame=frame, currencies=currencies, words=words, found={})


def _numbered(frame: Any, begin: int) -> Any:
    table = nw.from_native(frame, eager_only=True).with_row_index(_ROW)
    return table.with_columns(nw.col(_ROW).cast(nw.Int64) + (begin + 2))


def _alike(part: Ledger, first: Ledger) -> bool:
    """Whether a slice was read as the first one was, by its types alone."""
    roles = part.layout.roles
    types = part.frame.collect_schema()
    texts = [
        role for role in (*DATES, *NUMBERS) if role in roles and types[SOURCE + roles[role]] in (nw.String, nw.Object)
    ]
    said = [
        (one.layout, one.answers, one.made, {role: str(value) for role, value in one.values.items()})
        for one in (part, first)
    ]
    same = said[0] == said[1] and list(part.frame.columns) == [*first.frame.columns]
    return same and not texts and part.layout.kind == "subscriptions"


def _slim(part: Ledger) -> Any:
    """A slice's frame with the customers as they are written once each."""
    frame: Any = part.frame
    written, name = SOURCE + part.layout.roles["customer"], nw.col("customer")
    if frame[written].dtype != nw.String:
        return frame
    same = frame.select((nw.col(written) == name.cast(nw.String)).all()).item()
    return frame.with_columns((name if same else nw.col(written).cast(nw.Categorical)).alias(written))
