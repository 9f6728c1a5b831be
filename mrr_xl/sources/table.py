"""A table as a source gives it, and what was found out about it on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.answers import OK, Answer
from mrr_xl.errors import cell
from mrr_xl.months import Month
from mrr_xl.sources.engine import engine
from mrr_xl.sources.how import AS_FOUND, How
from mrr_xl.sources.number_texts import EXACT, text_of
from mrr_xl.sources.spelling import refuse_half_characters


@dataclass(frozen=True)
class Table:
    """A narwhals frame with text headers, and what its source knows of it.

    answers: what was found out or left out, as MRR_CHECKS says it. roles: which column is what, where the source knows
    it; else the headers say so. row: the column of the frame that holds each line's row in the user's file (a whole
    number, the header being row 1), where that is not simply its place. dots: whether 1.200 is 1.2 where nothing else
    in its column tells. how: how its source was read, as far as that was found out. files: where it holds the rows of
    several files, their names, and of a frame with an index of its own, its labels; errors.row_name names a row by it.
    today: whether a status is that of the day of the export (True) or of the whole line (False), where the source knows
    it. edge: the last month of which it tells all, where the source knows it. fixed: the column of the frame that says
    (true) of which lines the end is the first day without service, whatever end_date says. made: the columns of a role
    that the file lacks. numbers: of columns of a sheet that hold texts as well, the texts that stand for numbers.
    mark: the only currency that a sheet's number formats show, by its code or its sign.
    """

    frame: Any
    answers: tuple[Answer, ...] = ()
    roles: Mapping[str, str] | None = None
    row: str | None = None
    dots: bool = True
    how: How = AS_FOUND
    files: Sequence[str] = ()
    today: bool | None = None
    edge: Month | None = None
    fixed: str | None = None
    made: tuple[str, ...] = ()
    numbers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    mark: str | None = None


def found(about: str, says: str) -> Answer:
    """What was found out about how a file is written.

    >>> found("dates of start", "day before month")
    ('dates of start', 'OK', 0, None, 'day before month')
    """
    return about, OK, 0, None, says


def frame_of(columns: Mapping[str, Sequence[Any]]) -> nw.DataFrame[Any]:
    """Columns of values as a frame: numbers or dates where all of a column are such, else texts. Raises MrrError."""
    typed = {name: _typed(values) for name, values in columns.items()}
    data = {name: values for name, (values, _) in typed.items()}
    return built(data, {name: dtype for name, (_, dtype) in typed.items()}, 1)


def built(columns: Mapping[str, Sequence[Any]], schema: Mapping[str, Any] | None, first: int) -> nw.DataFrame[Any]:
    """Columns of one type each as a frame of our own engine; first: the number of the first row. Raises MrrError."""
    try:
        return nw.from_dict(columns, schema=schema, backend=engine())
    except UnicodeEncodeError:
        for name, values in columns.items():
            refuse_half_characters(name, "the header row")
            for row, value in enumerate(values, first):
                if isinstance(value, str):
                    refuse_half_characters(value, cell(row, name))
        raise


def _typed(values: Sequence[Any]) -> tuple[list[Any], Any]:
    kinds = {type(value) for value in values if value is not None}
    if kinds and kinds <= {int, float} and all(value is None or abs(value) < EXACT for value in values):
        if kinds == {int} and None not in values:
            return list(values), nw.Int64
        return [None if value is None else float(value) for value in values], nw.Float64
    if kinds and kinds <= {dt.date, dt.datetime} and all(getattr(value, "tzinfo", None) is None for value in values):
        # Times, since pandas has no dates.
        return [value if value is None else dt.datetime(*value.timetuple()[:6]) for value in values], nw.Datetime("us")
    return [None if value is None else _text(value) for value in values], nw.String


def _text(value: Any) -> str:
    if isinstance(value, float):
        return text_of(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
