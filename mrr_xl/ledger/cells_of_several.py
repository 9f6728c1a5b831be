"""Columns whose cells hold lists, records, bytes, spans of time or several kinds, as Parquet, JSON and frames may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.sources.number_texts import EXACT, is_nothing, text_of

_SEVERAL = "several values in a cell; give it one"
_BYTES, _SPANS = (f"{kind}; give it texts, numbers or dates" for kind in ("bytes", "spans of time"))
_COLLECTIONS = (list, tuple, dict, set, frozenset, bytearray, memoryview)
_KINDS: dict[Any, str] = {
    nw.List: _SEVERAL, nw.Array: _SEVERAL, nw.Struct: _SEVERAL, nw.Binary: _BYTES, nw.Duration: _SPANS
}  # fmt: skip


def without_several(table: Any, used: Collection[str], names: Collection[str], prefix: str) -> Any:
    """The same table, in which such a column is one of texts; MrrError for one that the figures need (used).

    names: of these, the columns of names, in which 7.0 and "7" of pandas' objects are one, as in a sheet.
    """
    for name, dtype in table.collect_schema().items():
        kind = next((text for type_, text in _KINDS.items() if isinstance(dtype, type_)), None)
        if kind is None and isinstance(dtype, nw.Object) and isinstance(table, nw.DataFrame):
            kind = next(filter(None, map(_kind_of, table[name].to_list())), None)
            if kind is None and table.implementation.is_polars():  # which can't compute with objects
                table = table.with_columns(_as_texts(table, name))
            elif kind is None and (name not in used or name in names):
                table = _as_in_a_sheet(table, name)
            elif kind is None:
                table = _with_days(table, name)
        if kind is None:
            continue
        if name in used:
            raise MrrError(f"column {name.removeprefix(prefix)} holds {kind}")
        table = table.with_columns(_as_texts(table, name))
    return table


def _kind_of(value: object) -> str | None:
    if isinstance(value, bytes):
        return _BYTES
    is_array = hasattr(value, "__array__") and getattr(value, "ndim", None) != 0  # as a number of numpy has none
    return _SEVERAL if is_array or isinstance(value, _COLLECTIONS) else None


def _as_in_a_sheet(table: Any, name: str) -> Any:
    """Objects as numbers where all are, else as the texts of a sheet where these are others than Python's."""
    values = [None if is_nothing(value) else value for value in table[name].to_list()]
    there = [value for value in values if value is not None]
    if any(isinstance(value, float) and abs(value) >= EXACT for value in there):
        return table  # whoever reads it says so, and shows the number
    if {*map(type, there)} in ({float}, {int, float}) and all(abs(value) < EXACT for value in there):
        numbers = [value if value is None else float(value) for value in values]
        return table.with_columns(nw.new_series(name, numbers, nw.Float64, backend=table.implementation))
    return table.with_columns(_as_texts(table, name)) if any(_text(value) != str(value) for value in there) else table


def _with_days(table: Any, name: str) -> Any:
    """Objects among which a moment at midnight is its day, as a condition finds it beside the day's text."""
    values = table[name].to_list()
    if not any(map(_is_midnight, values)):
        return table
    days = [value.date() if _is_midnight(value) else value for value in values]
    return table.with_columns(nw.new_series(name, days, nw.Object, backend=table.implementation))


def _is_midnight(value: Any) -> bool:
    return isinstance(value, dt.datetime) and not is_nothing(value) and value.time() == dt.time() and not value.tzinfo


def _as_texts(table: Any, name: str) -> Any:
    if not isinstance(table, nw.DataFrame):
        return nw.col(name).cast(nw.String)
    texts = [None if is_nothing(value) else _text(value) for value in table[name].to_list()]
    return nw.new_series(name, texts, nw.String, backend=table.implementation)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return text_of(value)
    if _is_midnight(value):
        return str(value.date())
    return str(value).lower() if isinstance(value, bool) else str(value)
