"""Files, sheets and frames → a narwhals table with text headers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
from narwhals.exceptions import DuplicateError

from mrr_xl.answers import Answer
from mrr_xl.errors import Labels, MrrError, listed, raise_first
from mrr_xl.later import pd
from mrr_xl.sources.billing import export_of
from mrr_xl.sources.database import read_database
from mrr_xl.sources.database_url import read_url
from mrr_xl.sources.engine import engine
from mrr_xl.sources.files import ledgers_in, read_file
from mrr_xl.sources.folder import files_in, is_several, names_of, what_was_read
from mrr_xl.sources.how import AS_FOUND, EVERY_SHEET, How
from mrr_xl.sources.opened import STANDARD_INPUT, Opened, of_stream, standard_input
from mrr_xl.sources.place import database_file, is_url
from mrr_xl.sources.price_changes import split_changes
from mrr_xl.sources.rows import table_from_rows
from mrr_xl.sources.saved import NAME, saved_how
from mrr_xl.sources.table import Table, found
from mrr_xl.sources.together import together

__all__ = ["read_file", "read_table", "table_from_rows"]

_DIFFERENT = "the frame's column names must be different texts; rename them"
#: The options of files, what a file needs to have for each, and how users call it.
_OF_FILES = {
    "encoding": ("encoding", "encoding"), "delimiter": ("delimiter", "delimiter"), "sheet": ("sheets", "sheet"),
    "header": ("rows above its header", "header and skip"),
}  # fmt: skip


def read_table(data: object, how: How = AS_FOUND) -> Table:
    """A frame of pandas, Polars or DuckDB, or where the data is, as a table; queries stay lazy.

    Where the data is: a file, a folder or a pattern (the rows of all its files), an open file, - for standard input, or
    a table or query of a database. A billing system's export becomes a table whose columns are named by role, and a
    line with a change of price two. how: what the user says about it.
    """
    if not is_several(data):
        return _read({"": data}, how, [])
    files = files_in(data)
    return _read(dict(zip(names_of(files), files)), how, [what_was_read(data, files)])


def _read(files: Mapping[str, object], how: How, answers: list[Answer]) -> Table:
    """The tables of files by their names. Raises MrrError for the first that can't be read, which tells the others."""
    tables: dict[str, Table] = {}
    mistakes = []
    for name, file in files.items():
        try:
            sheets, said = _sheets(file, how, alone=len(files) == 1)
        except MrrError as mistake:
            mistakes.append(mistake)
            continue
        tables |= {", ".join(filter(None, (sheet, name))): table for sheet, table in sheets.items()}
        answers += said
    raise_first(mistakes)
    # Together first: a credit of one file may be for a line of another one.
    table = together([*tables.values()], [*tables], how, "files" if len(files) > 1 else "sheets")
    table = _understood(table, how)
    return replace(table, answers=(*answers, *table.answers)) if answers else table


def _sheets(data: object, how: How, alone: bool) -> tuple[dict[str, Table], list[Answer]]:
    """A file's table, or those of all its sheets with a ledger, by what they are called, and which sheets were read.

    alone: an option that it has no use for is a mistake, as there is no other file that it could be meant for.
    """
    data = standard_input() if isinstance(data, str) and data == STANDARD_INPUT else data
    kept, given = saved_how(data), how
    how = how if kept is None else how.over(kept)
    about = () if kept is None else (found("how it is read", f"as {NAME} beside the file says"),)
    ledgers: list[str] = []
    others: list[str] = []
    if how.sheet == EVERY_SHEET:
        how = replace(how, sheet=None)
        data = of_stream(data) if callable(getattr(data, "read", None)) else data
        ledgers, others = _with_ledgers(data, how)
    if len(ledgers) < 2:
        table = _table(data, how)
        if alone and not isinstance(data, Table):
            _refuse_unused(given, table.how)
        if ledgers and others:  # the only one: who asks for all of them has seen that the others are not read
            only = found("sheet", f"{ledgers[0]}; not {listed(others, 5)}")
            table = replace(table, answers=tuple(only if answer[0] == "sheet" else answer for answer in table.answers))
        return {"": replace(table, answers=(*about, *table.answers), how=how.over(table.how)) if about else table}, []
    tables = {}
    for sheet in ledgers:
        table = _table(data, replace(how, sheet=sheet))
        answers = tuple(answer for answer in table.answers if answer[0] != "sheet")
        tables[f"sheet {sheet}"] = replace(table, answers=answers, how=how.over(table.how))
    unread = f"; not read: {listed(others, 5)}" if others else ""
    return tables, [*about, found("sheets", f"{len(ledgers):,} read: {listed(ledgers, 5)}{unread}")]


def _refuse_unused(given: How, read: How) -> None:
    """A text file is read by a delimiter, and of a workbook a sheet; nothing else has any of what these two have."""
    what, has = "data that is neither a text file nor a workbook", tuple[str, ...]()
    if read.delimiter is not None:
        what, has = "a text file", ("encoding", "delimiter", "header")
    elif read.sheet is not None:
        what, has = "a workbook", ("sheet", "header")
    for option, (thing, called) in _OF_FILES.items():
        wanted = getattr(given, option)
        if wanted is not None and wanted != EVERY_SHEET and option not in has:
            raise MrrError(f"{what} has no {thing}; leave {called} out")


def _with_ledgers(data: object, how: How) -> tuple[list[str], list[str]]:
    """The sheets of a workbook that hold a ledger, and those that do not; none of what is no workbook."""
    if isinstance(data, Opened):
        return ledgers_in(data, how)
    if not isinstance(data, (str, os.PathLike)) or is_url(data) or database_file(os.fspath(data)) is not None:
        return [], []
    return ledgers_in(data, how)


def _understood(table: Table, how: How) -> Table:
    """An export as the table that its system's module makes of it, and changes of price as lines of their own."""
    how = how.over(table.how)
    export = None if table.roles else export_of(table.frame.columns, how.system)
    if export is None:
        return split_changes(table, [header for _, header in how.columns])
    read = export.read(replace(table, how=how))
    answers = (*table.answers, found("billing system", export.what), *read.answers)
    how = replace(read.how.over(table.how), system=export.system)
    return replace(read, answers=answers, how=how, dots=table.dots, files=table.files)


def _table(data: object, how: How) -> Table:
    if isinstance(data, Table):
        return data
    if isinstance(data, (str, os.PathLike)):
        place = os.fspath(data)
        if is_url(place):
            return Table(read_url(place, dict(how.columns)))
        database = database_file(place)
        return read_file(data, how) if database is None else Table(read_database(*database, dict(how.columns)))
    if isinstance(data, Opened):
        return read_file(data, how)
    frame = _frame(data)
    if frame is not None:
        return Table(frame, files=_labels(data))
    if callable(getattr(data, "read", None)):
        return read_file(of_stream(data), how)
    frames = "a pandas, Polars, PyArrow, DuckDB, Ibis, Spark or SQLFrame frame"
    raise MrrError(f"a {type(data).__name__} is not a table; give {frames}, or a path")


def _frame(data: object) -> Any:
    """A frame as a narwhals frame; None if it is none."""
    data = _with_index(data)
    try:
        table: Any = nw.from_native(data, pass_through=True)
    except DuplicateError:
        raise MrrError(_DIFFERENT) from None
    if table is data and not isinstance(data, (nw.DataFrame, nw.LazyFrame)):
        return None
    if isinstance(table, nw.LazyFrame) and table.implementation.is_polars():
        table = table.collect()
    if isinstance(table, nw.DataFrame) and _holds_arrow(table):
        table = nw.from_arrow(table, backend=engine())
    if isinstance(table, nw.DataFrame):
        headers = [str(header) for header in table.columns]
        if headers != table.columns or len(set(headers)) < len(headers):
            raise MrrError(_DIFFERENT)
        # Which NumPy does not have; as texts they stay exact.
        longer = [name for name, dtype in table.schema.items() if dtype in (nw.Int128, nw.UInt128)]
        table = table.with_columns(nw.col(*longer).cast(nw.String)) if longer else table
    return table


def _with_index(data: Any) -> Any:
    """A pandas frame with what its index has under a name as columns, as they may say whose line it is, or when."""
    native = data.to_native() if isinstance(data, nw.DataFrame) else data
    if not nw.dependencies.is_pandas_dataframe(native):
        return data
    named = [name for name in native.index.names if isinstance(name, str)]
    if not named:
        return data
    native = native.reset_index(level=[name for name in named if name not in native.columns])
    return native.rename_axis(index=[None] * native.index.nlevels)  # two of a name could not be told apart


def _labels(data: object) -> Sequence[str]:
    """What a pandas frame calls its rows, where that is more than their number."""
    native = data.to_native() if isinstance(data, nw.DataFrame) else data
    if not nw.dependencies.is_pandas_dataframe(native):
        return ()
    index = native.index
    return () if index.equals(pd.RangeIndex(len(index))) else Labels(index)


def _holds_arrow(table: Any) -> bool:
    """Whether a frame is PyArrow's, or pandas' over PyArrow's columns: both go on in our own engine."""
    if table.implementation.is_pyarrow():
        return True
    return table.implementation.is_pandas() and any(
        type(dtype).__name__ == "ArrowDtype" for dtype in table.to_native().dtypes
    )
