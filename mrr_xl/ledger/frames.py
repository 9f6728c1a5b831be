"""Frames wherever they are, and their small results in memory."""

from __future__ import annotations

import contextlib
import re
import uuid
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.later import pd
from mrr_xl.sources.spelling import BLANKS

Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]


def as_text(column: nw.Expr) -> nw.Expr:
    """A column as texts; what is missing stays missing, of which pandas before version 3 would make the word None."""
    return nw.when(~column.is_null()).then(column.cast(nw.String))


_AT_THE_ENDS = f"^[{re.escape(BLANKS)}]+|[{re.escape(BLANKS)}]+$"


def trimmed(text: nw.Expr, pattern: str = _AT_THE_ENDS) -> nw.Expr:
    """Texts without what is blank at their ends.

    By a pattern, as not all engines can strip these characters, and DuckDB takes thirty times as long for it.
    """
    return text.str.replace_all(pattern, "")


_FEW = 12  #: words; up to so many, comparing each is faster than looking them up


def looked_up(column: nw.Expr, values: Mapping[Any, Any], otherwise: Any, dtype: Any) -> nw.Expr:
    """What each word of a column stands for, however many there are: expressions within expressions end at some 250."""
    if len(values) > _FEW:
        return column.replace_strict(list(values), list(values.values()), default=otherwise, return_dtype=dtype)
    found: Any = nw.lit(otherwise)
    for word, value in values.items():
        found = nw.when(column == word).then(nw.lit(value)).otherwise(found)
    return found.cast(dtype)


def planned(frame: Any) -> Any:
    """A frame of Polars as a plan, which writes down no columns in between; any other as it is."""
    return frame.lazy() if isinstance(frame, nw.DataFrame) and frame.implementation.is_polars() else frame


def to_memory(frame: Any) -> Any:
    """A frame in memory, wherever it was."""
    return frame if isinstance(frame, nw.DataFrame) else frame.collect()


def together(frames: Sequence[Any]) -> list[list[tuple[Any, ...]]]:
    """The rows of small frames of whole numbers and texts; a database gives those of all of them in one query."""
    if len(frames) < 2 or any(isinstance(frame, nw.DataFrame) for frame in frames):
        return [_rows(to_memory(frame)) for frame in frames]
    schemas = [frame.collect_schema() for frame in frames]
    texts = [[name for name, dtype in schema.items() if dtype == nw.String] for schema in schemas]
    numbers = [[name for name in schema if name not in text] for schema, text in zip(schemas, texts)]
    parts = []
    for place, frame in enumerate(frames):
        columns = [nw.lit(place).cast(nw.Int64).alias("frame")]
        for kind, dtype, names in (("number", nw.Int64, numbers), ("text", nw.String, texts)):
            for index in range(max(map(len, names))):
                there = index < len(names[place])
                value = nw.col(names[place][index]) if there else nw.lit(None)
                columns.append(value.cast(dtype).alias(f"{kind}_{index}"))
        parts.append(frame.select(*columns))
    rows = to_memory(nw.concat(parts))
    found = []
    for place, schema in enumerate(schemas):
        given = {name: f"number_{index}" for index, name in enumerate(numbers[place])}
        given |= {name: f"text_{index}" for index, name in enumerate(texts[place])}
        found.append(_rows(rows.filter(nw.col("frame") == place).select(*(given[name] for name in schema))))
    return found


def _rows(frame: nw.DataFrame[Any]) -> list[tuple[Any, ...]]:
    """Rows with None for what is missing, of which pandas makes a number that is none."""
    return [tuple(None if value != value else value for value in row) for row in frame.rows()]


def kept(frame: Any) -> Any:
    """A frame that its engine keeps, so that what is computed of it begins there; until nobody has it any more."""
    if isinstance(frame, nw.DataFrame):
        return frame
    native, engine = frame.to_native(), frame.implementation
    if engine.is_sqlframe():  # which keeps nothing
        return frame
    if not engine.is_duckdb():
        copy: Any = nw.from_native(native.cache())
        if engine.is_pyspark():
            _afterwards(copy, native.unpersist)
        return copy
    name = f"mrr_xl_{uuid.uuid4().hex}"
    native.query(f"{name}_of", f"create temporary table {name} as from {name}_of")
    copy = nw.from_native(native.query(f"{name}_of", f"from {name}"))
    _afterwards(copy, native.query, f"{name}_of", f"drop table if exists {name}")
    return copy


def _afterwards(frame: Any, let_go: Callable[..., Any], *given: Any) -> None:
    """Call `let_go` when nobody has a frame any more; an engine that is closed by then has let go itself."""

    def done() -> None:
        with contextlib.suppress(Exception):
            let_go(*given)

    weakref.finalize(frame, done).atexit = False


def only_value(frame: Any) -> Any:
    return to_memory(frame).item()


def first_row(frame: Any) -> dict[str, Any]:
    row = to_memory((frame.sort("row") if "row" in frame.columns else frame).head(1))
    return {name: values[0] for name, values in row.to_dict(as_series=False).items()}


def dates_as_texts(frame: Any) -> Any:
    """A frame whose dates and timestamps are texts: those of an engine may be beyond Python's calendar."""
    dates = [name for name, dtype in frame.collect_schema().items() if isinstance(dtype, (nw.Date, nw.Datetime))]
    return frame.with_columns(nw.col(*dates).cast(nw.String)) if dates else frame


def to_pandas(frame: Any) -> pd.DataFrame:
    """A small result without blanks, wherever it was computed, as a pandas frame."""
    rows = to_memory(frame)
    return pd.DataFrame({name: rows[name].to_numpy() for name in rows.columns})
