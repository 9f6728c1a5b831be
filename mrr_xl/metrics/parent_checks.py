"""Checks of the column parent: whose movements the figures are, and which customers count as one."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.answers import NOTE, OK
from mrr_xl.errors import listed
from mrr_xl.ledger.frames import to_memory
from mrr_xl.metrics.questions import Asked, note
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.parents import with_tops

_SHOWN = 3  #: parents


def parents(book: Book) -> list[Asked]:
    """What is done with the column parent, where there is one."""
    header, grain = book.ledger.layout.roles.get("parent"), book.settings.grain
    if header is None:
        return []
    if grain != "parent":
        says = f"column {header} changes no figure: movements are each {grain}'s; grain=parent makes them the parents'"
        return [("parents", OK, 0, None, says)]
    child = nw.col("customer").cast(nw.String).alias("child")
    lines: Any = with_tops(book.lines.frame.with_columns(child), book.lines)
    lines = lines.with_columns(nw.col("customer").cast(nw.String)).filter(nw.col("customer") != nw.col("child"))
    pairs: Any = to_memory(lines.select("child", "customer").unique())
    tops = sorted(set(pairs["customer"].to_list()))
    if not tops:
        return [("parents", NOTE, 0, None, f"column {header} names no parent, so that each customer counts alone")]
    number = pairs["child"].n_unique()
    counts = f"{_counted(number, 'customer')} count{'s' * (number == 1)} with {_counted(len(tops), 'parent')}"
    return [note("parents", lines, f"{counts}: {listed(tops, _SHOWN)}", OK)]


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
