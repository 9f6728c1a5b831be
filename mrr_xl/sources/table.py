"""A table as a source gives it, and what was found out about it on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal

from mrr_xl.answers import OK, Answer


@dataclass(frozen=True)
class Table:
    """A narwhals frame with text headers, and what its source knows of it.

    answers: what was found out or left out, as MRR_CHECKS says it. roles: which column is what, where the source knows
    it; else the headers say so. row: the column of the frame that holds each line's row in the user's file (a whole
    number, the header being row 1), where that is not simply its place. dots: whether 1.200 is 1.2 where nothing else
    in its column tells. today: whether a status is that of the day of the export (True) or of the whole line (False),
    where the source knows it. dates: the order of the numbers of its dates, where the user says it.
    """

    frame: Any
    answers: tuple[Answer, ...] = ()
    roles: Mapping[str, str] | None = None
    row: str | None = None
    dots: bool = True
    today: bool | None = None
    dates: str | None = None


def found(about: str, says: str) -> Answer:
    """What was found out about how a file is written.

    >>> found("dates of start", "day before month")
    ('dates of start', 'OK', 0, None, 'day before month')
    """
    return about, OK, 0, None, says


def engine() -> Literal["polars", "pandas"]:
    """Polars, or pandas where Polars can't be had."""
    return "polars" if find_spec("polars") else "pandas"
