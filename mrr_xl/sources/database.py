"""A database's file: billing.duckdb#subscriptions, billing.sqlite#select * from subscriptions."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.sources.cursor import table_from_rows_of
from mrr_xl.sources.missing import no_file
from mrr_xl.sources.number_texts import EXACT
from mrr_xl.sources.place import DUCKDB, chosen, query_of
from mrr_xl.sources.time_limit import time_limit

_DUCKDB_COLUMNS = (
    "select table_schema, table_name, column_name from information_schema.columns "
    "where table_catalog = current_database() order by table_schema, table_name, ordinal_position"
)
_SQLITE_COLUMNS = (
    "select 'main', made.name, held.name from sqlite_master made, pragma_table_info(made.name) held "
    "where made.type in ('table', 'view') order by made.name, held.cid"
)
#: A view of somebody else's file may read other files or the net:
#: https://duckdb.org/docs/operations_manual/securing_duckdb/overview.
_NOTHING_ELSE: dict[str, Any] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}
_WIDE = ("HUGEINT", "UHUGEINT", "DECIMAL")  #: DuckDB's types that pandas has as floats
_IN_MEMORY = 1_000_000  #: more lines of a DuckDB table stay where they are


def read_database(file: Path, wanted: str, given: Mapping[str, str] | None = None) -> Any:
    """A table, or what a query gives; a large one of DuckDB is queried in its place.

    wanted: the table's name, the query, or nothing, where only one table looks like a ledger. given: as in recognise.
    Raises MrrError.
    """
    if not file.is_file():
        raise no_file(file)
    return (_duckdb if _is_duckdb(file) else _sqlite)(file, wanted, given)


def _is_duckdb(file: Path) -> bool:
    """Whether DuckDB made a file, by its first bytes, else by its name; .db may be either's."""
    try:
        with file.open("rb") as content:
            start = content.read(16)
    except OSError as error:
        raise MrrError(f"{file} can't be read ({error.strerror or error})") from None
    if start.startswith(b"SQLite format 3\0"):
        return False
    return start[8:12] == b"DUCK" or file.suffix.lower() in DUCKDB


def _duckdb(file: Path, wanted: str, given: Mapping[str, str] | None) -> Any:
    try:
        import duckdb
    except ImportError:
        raise MrrError(f"{file.name} needs DuckDB; install it with pip install duckdb") from None
    try:
        database = duckdb.connect(str(file), read_only=True, config=_NOTHING_ELSE)
        with time_limit(database.interrupt, file.name):
            rows = _exact(database.sql(_query(database, _DUCKDB_COLUMNS, wanted, file.name, given)))
            lines = rows.count("*").fetchall()[0][0]
            return nw.from_native(rows if lines > _IN_MEMORY else rows.df())
    except duckdb.Error as error:
        raise MrrError(f"{file.name} can't be read ({str(error).splitlines()[0]})") from None


def _exact(rows: Any) -> Any:
    """The rows, with those columns as texts whose whole numbers would be others as pandas' floats."""
    names = [_quoted(name) for name, kind in zip(rows.columns, rows.types) if str(kind).startswith(_WIDE)]
    if not names:
        return rows
    most = rows.aggregate(", ".join(f"max(abs({name}))" for name in names)).fetchall()[0]
    texts = [name for name, number in zip(names, most) if number is not None and number >= EXACT]
    casts = ", ".join(f"cast({name} as varchar) as {name}" for name in texts)
    return rows.project(f"* replace ({casts})") if texts else rows


def _sqlite(file: Path, wanted: str, given: Mapping[str, str] | None) -> nw.DataFrame[Any]:
    import sqlite3  # a browser's Python has none

    try:
        with (
            closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database,
            time_limit(database.interrupt, file.name),
        ):
            rows = database.execute(_query(database, _SQLITE_COLUMNS, wanted, file.name, given))
            headers = [column[0] for column in rows.description or ()]
            return table_from_rows_of(rows, headers, file.name, loose=True)
    except sqlite3.Error as error:
        raise MrrError(f"{file.name} can't be read ({error})") from None


def _query(database: Any, columns: str, wanted: str, name: str, given: Mapping[str, str] | None) -> str:
    """The query that a user gives, or that of all of the table meant; columns: the query of all tables' columns."""
    query = query_of(wanted)
    if query is not None:
        return query
    table = chosen(database.execute(columns).fetchall(), "main", wanted, name, given)
    return f"select * from {_quoted(*table)}"


def _quoted(*names: str) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)
