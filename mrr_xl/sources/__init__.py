"""Files, sheets and frames → a narwhals table with text headers."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
from narwhals.exceptions import DuplicateError

from mrr_xl.errors import MrrError
from mrr_xl.sources.billing import export_of
from mrr_xl.sources.database import names_a_table, read_database
from mrr_xl.sources.files import read_file
from mrr_xl.sources.how import ALL, AS_FOUND, How
from mrr_xl.sources.rows import table_from_rows
from mrr_xl.sources.table import Table, engine, found

__all__ = ["read_file", "read_table", "table_from_rows"]

_DIFFERENT = "the frame's column names must be different texts; rename them"


def read_table(data: object, how: How = AS_FOUND) -> Table:
    """A path, or a pandas, Polars or DuckDB frame, as a table; queries stay lazy.

    A billing system's export becomes a table whose columns are named by role. how: what the user says about it.
    """
    table = _table(data, how)
    export = None if table.roles else export_of(table.frame.columns, how.system)
    if export is None:
        return table
    read = export.read(replace(table, dates=how.order(ALL)))
    answers = (*table.answers, found("billing system", export.what), *read.answers)
    return replace(read, answers=answers, dots=table.dots)


def _table(data: object, how: How) -> Table:
    if isinstance(data, (str, os.PathLike)):
        path = os.fspath(data)
        return Table(read_database(path)) if names_a_table(path) else read_file(data, how)
    return data if isinstance(data, Table) else Table(_frame(data))


def _frame(data: object) -> Any:
    """A frame as a narwhals frame."""
    try:
        table: Any = nw.from_native(data)
    except TypeError:
        raise MrrError(
            f"a {type(data).__name__} is not a table; give a pandas, Polars, PyArrow or DuckDB frame, or a path"
        ) from None
    except DuplicateError:
        raise MrrError(_DIFFERENT) from None
    if isinstance(table, nw.LazyFrame) and table.implementation.is_polars():
        table = table.collect()
    if isinstance(table, nw.DataFrame) and _holds_arrow(table):
        table = nw.from_arrow(table, backend=engine())
    if isinstance(table, nw.DataFrame):
        headers = [str(header) for header in table.columns]
        if headers != table.columns or len(set(headers)) < len(headers):
            raise MrrError(_DIFFERENT)
    return table


def _holds_arrow(table: Any) -> bool:
    """Whether a frame is PyArrow's, or pandas' over PyArrow's columns: both go on in our own engine."""
    if table.implementation.is_pyarrow():
        return True
    return table.implementation.is_pandas() and any(
        type(dtype).__name__ == "ArrowDtype" for dtype in table.to_native().dtypes
    )
