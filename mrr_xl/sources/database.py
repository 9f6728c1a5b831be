"""A table of a database file: billing.duckdb#subscriptions, billing.sqlite#subscriptions."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.sources.rows import table_from_rows

DUCKDB, SQLITE = (".duckdb", ".ddb"), (".sqlite", ".sqlite3", ".db")
_IN_MEMORY = 1_000_000  #: more lines of a DuckDB table stay where they are


def names_a_table(path: str) -> bool:
    """Whether a path means a table of a database file.

    >>> names_a_table("billing.duckdb#subscriptions"), names_a_table("May #3.csv")
    (True, False)
    """
    file, mark, _ = path.rpartition("#")
    return bool(mark) and Path(file).suffix.lower() in DUCKDB + SQLITE


def read_database(path: str) -> Any:
    """The table of a path such as billing.duckdb#subscriptions; a large one of DuckDB is queried in its place."""
    name, _, table = path.rpartition("#")
    file = Path(name)
    if not file.is_file():
        raise MrrError(f"there is no file {file}")
    return (_duckdb if file.suffix.lower() in DUCKDB else _sqlite)(file, table)


def _duckdb(file: Path, table: str) -> Any:
    try:
        import duckdb
    except ImportError:
        raise MrrError(f"{file.name} needs DuckDB; install it with pip install duckdb") from None
    try:
        database = duckdb.connect(str(file), read_only=True)
        known = [row[0] for row in database.execute("select table_name from information_schema.tables").fetchall()]
        rows = database.sql(f"select * from {_quoted(_known(file, table, known))}")
        lines = rows.count("*").fetchall()[0][0]
        return nw.from_native(rows if lines > _IN_MEMORY else rows.df())
    except duckdb.Error as error:
        raise MrrError(f"{file.name} can't be read ({str(error).splitlines()[0]})") from None


def _sqlite(file: Path, table: str) -> nw.DataFrame[Any]:
    import sqlite3  # a browser's Python has none

    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            known = [
                row[0] for row in database.execute("select name from sqlite_master where type in ('table', 'view')")
            ]
            rows = database.execute(f"select * from {_quoted(_known(file, table, known))}")
            return table_from_rows([[column[0] for column in rows.description], *rows.fetchall()]).frame
    except sqlite3.Error as error:
        raise MrrError(f"{file.name} can't be read ({error})") from None


def _known(file: Path, table: str, known: list[str]) -> str:
    for name in known:
        if name.lower() == table.strip().lower():
            return name
    raise MrrError(
        f"{file.name} has no table {table or 'without a name'} (its tables: {', '.join(sorted(known)) or 'none'})"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
