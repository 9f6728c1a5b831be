"""What a database gives, row by row → columns of one type each, some thousand rows at a time."""

from __future__ import annotations

import datetime as dt
import decimal
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.sources.number_texts import EXACT, text_of

AT_ONCE = 20_000  #: rows that are fetched at a time; no more than these are Python's objects
_LARGEST = 2**63 - 1


def table_from_rows_of(
    rows: Any, headers: Sequence[str], name: str, zoned: Sequence[int] = (), *, loose: bool = False
) -> nw.DataFrame[Any]:
    """The table that a query gives.

    rows: what the rows are fetched from, as from a cursor (PEP 249). name: the database's, for messages. zoned: the
    columns whose times are UTC and do not say so. loose: whether a column may hold bytes among texts, as in SQLite:
    there they stay bytes, as a text and its bytes are not two customers; else they are texts of hexadecimal digits.
    Decimals without a fraction are whole numbers; a value of a type that no ledger has, such as a UUID, is its text.
    Raises MrrError where the query gives no rows, or two columns of one name.
    """
    import polars as pl

    for number, header in enumerate(headers):
        if header in headers[:number]:
            raise MrrError(f"{name}: the query gives two columns {header}; name them apart with as")
    parts: list[list[Any]] = [[] for _ in headers]
    while some := rows.fetchmany(AT_ONCE):
        for number, values in enumerate(zip(*some)):
            is_loose = loose and any(isinstance(value, bytes) for value in values)
            parts[number].append(pl.Series(values, dtype=pl.Object) if is_loose else _series(values, number in zoned))
    if not headers or not parts[0]:
        raise MrrError(f"{name}: the query gives no rows")
    columns = {header: _joined(chunks) for header, chunks in zip(headers, parts)}
    return nw.from_native(pl.DataFrame(columns), eager_only=True)


def _joined(chunks: list[Any]) -> Any:
    import polars as pl

    kinds = {chunk.dtype for chunk in chunks} - {pl.Null()}
    if pl.Object() in kinds:
        return pl.Series([value for chunk in chunks for value in chunk], dtype=pl.Object)
    mixed = len(kinds) > 1 and any(map(_is_long, (chunk for chunk in chunks if chunk.dtype == pl.Int64)))
    if mixed or (len(kinds) > 1 and not all(kind.is_numeric() for kind in kinds)):
        chunks = [pl.Series([_text(value) for value in chunk], dtype=pl.String) for chunk in chunks]
    return pl.concat([chunk.to_frame("") for chunk in chunks], how="vertical_relaxed").to_series()


def _series(values: Sequence[Any], zoned: bool) -> Any:
    import polars as pl

    kinds = set(map(type, values)) - {type(None)}
    if kinds == {decimal.Decimal}:
        numbers = pl.Series([None if value is None else float(value) for value in values], dtype=pl.Float64)
        if (numbers.abs().fill_null(0) < EXACT).all():
            return numbers.cast(pl.Int64) if (numbers == numbers.floor()).all() else numbers
        values = list(map(_number, values))
        kinds = set(map(type, values)) - {type(None)}
    if kinds == {int} and all(value is None or -_LARGEST <= value <= _LARGEST for value in values):
        return pl.Series(values, dtype=pl.Int64)
    if kinds and kinds <= {int, float} and float in kinds and not _is_long(values):
        return pl.Series([None if value is None else float(value) for value in values], dtype=pl.Float64)
    if kinds == {dt.datetime}:
        return _times(values, zoned)
    if not kinds or kinds in ({str}, {bool}, {dt.date}):
        return pl.Series(values)
    return pl.Series([_text(value) for value in values], dtype=pl.String)


def _is_long(values: Iterable[Any]) -> bool:
    """Whether a whole number is among them that would be another one as a float."""
    return any(isinstance(value, int) and abs(value) >= EXACT for value in values)


def _number(value: Any) -> Any:
    """A decimal as the number that it is; beyond 64 bits as a text, since it may be an id."""
    if value is None:
        return None
    if not value.is_finite() or value != value.to_integral_value():
        return float(value)
    return int(value) if abs(value) <= _LARGEST else f"{value:f}"


def _times(values: Sequence[Any], zoned: bool) -> Any:
    import polars as pl

    if zoned:
        values = [None if value is None else value.replace(tzinfo=dt.UTC) for value in values]
    if len({value.tzinfo is None for value in values if value is not None}) == 1:
        return pl.Series(values)
    return pl.Series([_text(value) for value in values], dtype=pl.String)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    written: Callable[[Any], str] = next((how for kind, how in _WRITTEN.items() if isinstance(value, kind)), str)
    return written(value)


_WRITTEN: dict[type | tuple[type, ...], Callable[[Any], str]] = {
    (bytes, bytearray, memoryview): lambda value: bytes(value).hex(),
    (dict, list): lambda value: json.dumps(value, default=str, ensure_ascii=False),
    dt.datetime: lambda value: value.isoformat(" "),
    float: text_of,
}
