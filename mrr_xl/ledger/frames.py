"""Frames wherever they are, and their small results in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.later import pd
from mrr_xl.sources.spelling import BLANKS

Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]


def as_text(column: nw.Expr) -> nw.Expr:
    """A column as texts; what is missing stays missing, of which pandas before version 3 would make the word None."""
    return nw.when(~column.is_null()).then(column.cast(nw.String))


def trimmed(text: nw.Expr) -> nw.Expr:
    """Texts without what is blank at their ends; from each end by itself, as Ibis has it."""
    return text.str.strip_chars_start(BLANKS).str.strip_chars_end(BLANKS)


_FEW = 12  #: words; up to so many, comparing each is faster than looking them up


def looked_up(column: nw.Expr, values: Mapping[str, Any], otherwise: Any, dtype: Any) -> nw.Expr:
    """What each word of a column stands for, however many there are: expressions within expressions end at some 250."""
    if len(values) > _FEW:
        return column.replace_strict(list(values), list(values.values()), default=otherwise, return_dtype=dtype)
    found: Any = nw.lit(otherwise)
    for word, value in values.items():
        found = nw.when(column == word).then(nw.lit(value)).otherwise(found)
    return found.cast(dtype)


def to_memory(frame: Any) -> Any:
    """A frame in memory, wherever it was."""
    return frame if isinstance(frame, nw.DataFrame) else frame.collect()


def only_value(frame: Any) -> Any:
    return to_memory(frame).item()


def first_row(frame: Any) -> dict[str, Any]:
    row = frame.sort("row").head(1) if isinstance(frame, nw.DataFrame) else frame.head(1).collect()
    return {name: values[0] for name, values in row.to_dict(as_series=False).items()}


def dates_as_texts(frame: Any) -> Any:
    """A frame whose dates and timestamps are texts: those of an engine may be beyond Python's calendar."""
    dates = [name for name, dtype in frame.collect_schema().items() if isinstance(dtype, (nw.Date, nw.Datetime))]
    return frame.with_columns(nw.col(*dates).cast(nw.String)) if dates else frame


def to_pandas(frame: Any) -> pd.DataFrame:
    """A small result without blanks, wherever it was computed, as a pandas frame."""
    rows = to_memory(frame)
    return pd.DataFrame({name: rows[name].to_numpy() for name in rows.columns})
