"""A large ledger in parts, each with all lines of its customers: what is summed needs no more in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.ledger.ledger import Ledger
from mrr_xl.settings import Settings

PART = 1_000_000  #: lines


def is_large(lines: Ledger, settings: Settings) -> bool:
    """Whether lines are taken in parts; not in a database, nor where customers of several parts have a parent."""
    in_memory = isinstance(lines.frame, nw.DataFrame) and lines.frame.implementation.is_polars()
    return in_memory and lines.lines >= 2 * PART and settings.grain != "parent"


def by_customers(lines: Ledger, settings: Settings) -> Iterator[Ledger]:
    """The lines in parts of about PART lines; all in one where they are not large."""
    if not is_large(lines, settings):
        yield lines
        return
    frame: Any = lines.frame
    count = len(frame) // PART
    code = frame["customer"].to_native().to_physical()
    part_of = nw.from_native(code % count, series_only=True)
    for number in range(count):
        yield replace(lines, frame=frame.filter(part_of == number), of=lines.whole)
