"""An export of a billing system: how it is recognised, and what turns it into a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.answers import NOTE, Answer
from mrr_xl.months import Month, month_label
from mrr_xl.sources.engine import engine
from mrr_xl.sources.headers import plain
from mrr_xl.sources.spelling import by_plain
from mrr_xl.sources.table import Table, found


@dataclass(frozen=True)
class Export:
    """One kind of export.

    system: the name that --from takes, such as stripe. headers: those that are always there and that together no other
    table has, in any case and spelling. read: its table → a table whose columns are named by role. records: it is made
    of JSON objects, and read gets their list. lacking: what a table lacks, where no fixed headers tell.
    """

    system: str
    what: str
    headers: tuple[str, ...]
    read: Callable[[Any], Table]
    records: bool = False
    lacking: Callable[[Sequence[str]], list[str]] | None = None

    def lacks(self, headers: Sequence[str]) -> list[str]:
        """The headers that a table lacks to be this export."""
        if self.lacking is not None:
            return self.lacking(headers)
        there = by_plain(headers)
        return [header for header in self.headers if plain(header) not in there]


#: The columns that a table made here has of its own: its rows in the user's file, and which ends are as they are.
ROW, FIXED = "(row)", "(fixed end)"


def edge_of(charges: str, last: dt.date, ends: Iterable[tuple[int, dt.date]]) -> tuple[Month, Answer]:
    """The last month that charges cover of which the last one is of the day `last`, and what to say of it.

    A service that ends after that day and in its month may go on with a charge that is yet to come: then it is the
    month before. ends: rows, and the first days after their services.
    """
    rows = [row for row, end in ends if last < end and (end.year, end.month) == (last.year, last.month)]
    month = Month(last.year * 12 + last.month - 1)
    edge = Month(month - bool(rows))
    says = f"the last month that they cover is {month_label(edge)}"
    if not rows:
        return edge, found(f"edge of the {charges}", says)
    says += (
        f": a service runs out in {month_label(month)} after the last of them, of {last}, and may go on with one that "
        f"is yet to come; set through to {month_label(month)} if none is"
    )
    return edge, (f"edge of the {charges}", NOTE, len(rows), min(rows), says)


def in_memory(table: Table) -> nw.DataFrame[Any]:
    """A table's frame in memory: an export is read line by line, also where a database has it."""
    frame = table.frame
    return frame.collect(backend=engine()) if isinstance(frame, nw.LazyFrame) else frame


def rows_in_file(table: Table, frame: nw.DataFrame[Any]) -> list[int]:
    """The row of each line in the user's file, the header being row 1."""
    return list(range(2, len(frame) + 2)) if table.row is None else [int(row) for row in frame[table.row].to_list()]


def lines_from(
    frame: nw.DataFrame[Any], places: Sequence[int], columns: Mapping[str, Sequence[Any]], without: Iterable[str] = ()
) -> nw.DataFrame[Any]:
    """New lines, each made of the line of `frame` at its place, with `columns` of their own and some `without`."""
    gone = {*without, *columns}
    kept = frame.select(*(header for header in frame.columns if header not in gone))
    new = nw.from_dict(dict(columns), backend=frame.implementation)
    return nw.concat([kept[list(places)], new], how="horizontal") if kept.columns else new
