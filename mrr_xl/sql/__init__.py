"""The change log and the movements of a ledger as one SELECT, for those who compute them where the data is."""

from __future__ import annotations

import warnings
from pathlib import Path

from mrr_xl.errors import MrrError
from mrr_xl.rollforward.book import Book
from mrr_xl.sources.opened import STANDARD_INPUT
from mrr_xl.sources.place import database_file, is_query, is_url, query_of
from mrr_xl.sql.dialects import dialect_of


def statement(book: Book, table: str, dialect: str, log: bool = False) -> str:
    """The movements of a book, or its change log, as one SELECT in a database's SQL.

    table: what stands behind FROM, as it is to be written. Amounts are whole millionths, months their first days.
    Raises MrrError.
    """
    known = dialect_of(dialect)
    try:
        import duckdb  # noqa: F401
        import ibis  # noqa: F401
    except ImportError:
        raise MrrError("SQL is made with Ibis; install it with pip install 'mrr-xl[ibis]'") from None
    from mrr_xl.sql.one_select import select

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Ibis 12 calls DuckDB 2 by names that are to go
        return select(book, table, known, log)


def table_of(data: str) -> str:
    """What stands behind FROM where nothing else is said: the table of a database, or a file's name. Raises MrrError.

    >>> table_of("exports/subscriptions.csv"), table_of("postgresql://localhost/billing#sales.subscriptions")
    ('subscriptions', 'sales.subscriptions')
    """
    database = database_file(data)
    wanted = data.partition("#")[2].strip() if is_url(data) else database[1] if database is not None else None
    if wanted and is_query(wanted):
        return f"({query_of(wanted)}) AS data"
    name = Path(data).name.partition(".")[0] if wanted is None and data != STANDARD_INPUT else wanted
    if not name:
        raise MrrError("--table is missing: which table the SQL reads")
    return ".".join(part if part.replace("_", "a").isalnum() else f'"{part}"' for part in name.split("."))
