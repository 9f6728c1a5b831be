"""A database by its URL, such as postgresql://host/billing#subscriptions, through SQLAlchemy 2.

SQLAlchemy knows nearly every database and its drivers; the drivers here are Psycopg 3 for PostgreSQL and PyMySQL for
MySQL and MariaDB. What is in a URL before its host is never in a message: neither the user's name nor the password.
Source: https://docs.sqlalchemy.org/en/20/core/connections.html.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mrr_xl.errors import MrrError
from mrr_xl.sources.cursor import AT_ONCE, table_from_rows_of
from mrr_xl.sources.database import read_database
from mrr_xl.sources.dialects import in_utc, reading_only, without_end
from mrr_xl.sources.place import chosen, query_of
from mrr_xl.sources.url import FILES, Url, url_of

#: Scheme → SQLAlchemy's dialect and driver; any other one is SQLAlchemy's own name.
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
_SECONDS = 15  #: to wait for a server


def read_url(text: str, given: Mapping[str, str] | None = None) -> Any:
    """The table of a database that a URL names, or what the query behind its # gives; given: as in recognise.

    Raises MrrError.
    """
    url = url_of(text)
    if url.scheme in FILES:
        return read_database(Path(url.database), url.wanted, given)
    query = query_of(url.wanted)
    sqlalchemy = _sqlalchemy(url)
    why, table = "", None
    with warnings.catch_warnings(), ExitStack() as stack:
        warnings.simplefilter("ignore")  # of types that SQLAlchemy does not know, in tables that are not read
        try:
            engine = sqlalchemy.create_engine(
                _address(url, sqlalchemy), poolclass=sqlalchemy.pool.NullPool, **_how(url)
            )
            stack.callback(engine.dispose)
            connection = stack.enter_context(engine.connect())
            table = _table(connection, url, query, sqlalchemy, given)
        except sqlalchemy.exc.NoSuchModuleError:
            why = f"{url.scheme} is not a database that SQLAlchemy knows; look for its dialect and install that"
        except ImportError as error:
            package = "'mrr-xl[database]'" if url.scheme in _DRIVERS else str(error.name or url.scheme)
            why = f"{url.name} needs a driver; install it with pip install {package}"
        except MrrError:
            raise
        except Exception as error:  # drivers have errors of their own, and raise others too
            why = f"{url.name} can't be read ({url.without_secrets(_said(error))})"
    if why:  # outside of except, so that the driver's error, which knows the password, is not kept with it
        raise MrrError(why)
    return table


def _sqlalchemy(url: Url) -> Any:
    try:
        import sqlalchemy
    except ImportError:
        raise MrrError(f"{url.name} needs SQLAlchemy; install it with pip install 'mrr-xl[database]'") from None
    return sqlalchemy


def _address(url: Url, sqlalchemy: Any) -> Any:
    host, port = url.place, None
    if found := re.fullmatch(r"(.*):(\d*)", url.place):
        host, port = found[1], int(found[2]) if found[2] else None
    return sqlalchemy.URL.create(
        _DRIVERS.get(url.scheme, url.scheme),
        username=url.user,
        password=url.password,
        host=unquote(host.strip("[]")) or None,
        port=port,
        database=url.database or None,
        query=dict(url.query),
    )


def _how(url: Url) -> dict[str, Any]:
    """What a driver is told beside the URL: how long to wait, and in which encoding a password is."""
    told: dict[str, Any] = {}
    if url.scheme in _DRIVERS and "connect_timeout" not in dict(url.query):
        told["connect_timeout"] = _SECONDS
    if _DRIVERS.get(url.scheme, url.scheme).endswith("+pymysql") and url.password is not None:
        told["password"] = url.password.encode()  # a text would be sent as Latin-1
    return {"connect_args": told}


def _table(connection: Any, url: Url, query: str | None, sqlalchemy: Any, given: Mapping[str, str] | None) -> Any:
    connection = reading_only(connection)
    if query is None:
        quoted = connection.dialect.identifier_preparer.quote
        columns = _columns(connection, url, sqlalchemy)
        schema, table = chosen(columns, _default(connection), url.wanted, url.name, given)
        query = f"select * from {'.'.join(quoted(name) for name in (schema, table) if name)}"
    try:
        return _fetched(connection, query, url)
    except sqlalchemy.exc.DataError as error:
        if "infinity" not in str(error.orig):
            raise
    connection.rollback()
    without_end(connection)
    return _fetched(reading_only(connection), query, url)


def _fetched(connection: Any, query: str, url: Url) -> Any:
    # Not the driver's cursor, of which SQLAlchemy has read the first rows already.
    options = {"no_parameters": True, "yield_per": AT_ONCE}
    with closing(connection.exec_driver_sql(query, execution_options=options)) as rows:
        columns = rows.cursor.description if rows.returns_rows else ()
        headers = [str(column[0]) for column in columns]
        loose = connection.dialect.name == "sqlite"
        return table_from_rows_of(rows, headers, url.name, in_utc(connection, columns), loose=loose)


def _default(connection: Any) -> str:
    return connection.dialect.default_schema_name or ""


def _columns(connection: Any, url: Url, sqlalchemy: Any) -> list[tuple[str, str, str]]:
    """Schema, table and column of what may be read: of PostgreSQL's schemas all, else the database's own one."""
    look, default = sqlalchemy.inspect(connection), _default(connection)
    schemas = [default]
    if connection.dialect.name == "postgresql":
        schemas += [name for name in look.get_schema_names() if name not in (default, "information_schema")]
    elif "." in url.wanted:
        schemas.append(url.wanted.partition(".")[0])
    found = []
    for schema in schemas:
        tables = look.get_multi_columns(schema=schema or None, kind=sqlalchemy.engine.reflection.ObjectKind.ANY)
        found += [(schema, key[1], column["name"]) for key, columns in tables.items() for column in columns]
    return found


def _said(error: Any) -> str:
    """What a driver said, in its first line, without SQLAlchemy's own lines about it."""
    said = getattr(error, "orig", None) or error
    text = said.args[-1] if said.args and isinstance(said.args[-1], str) else said
    return next(iter(str(text).strip().splitlines()), type(said).__name__)
