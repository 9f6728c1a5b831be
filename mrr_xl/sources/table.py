"""A table as a source gives it, and what was found out about it on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mrr_xl.answers import OK, Answer
from mrr_xl.months import Month
from mrr_xl.sources.how import AS_FOUND, How


@dataclass(frozen=True)
class Table:
    """A narwhals frame with text headers, and what its source knows of it.

    answers: what was found out or left out, as MRR_CHECKS says it. roles: which column is what, where the source knows
    it; else the headers say so. row: the column of the frame that holds each line's row in the user's file (a whole
    number, the header being row 1), where that is not simply its place. dots: whether 1.200 is 1.2 where nothing else
    in its column tells. how: how its source was read, as far as that was found out. files: where it holds the rows of
    several files, their names; a row is then numbered as errors.row_name takes it.
    edge: the last month of which it tells all, where the source knows it. fixed: the column of the frame that says
    (true) of which lines the end is the first day without service, whatever end_date says.
    """

    frame: Any
    answers: tuple[Answer, ...] = ()
    roles: Mapping[str, str] | None = None
    row: str | None = None
    dots: bool = True
    how: How = AS_FOUND
    files: tuple[str, ...] = ()
    edge: Month | None = None
    fixed: str | None = None


def found(about: str, says: str) -> Answer:
    """What was found out about how a file is written.

    >>> found("dates of start", "day before month")
    ('dates of start', 'OK', 0, None, 'day before month')
    """
    return about, OK, 0, None, says
