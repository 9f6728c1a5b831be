"""What has to be said to PostgreSQL and MySQL before a query, so that it only reads and its values mean one thing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

#: The end of what has none: PostgreSQL's infinity, which Python's dates do not have.
_NO_END = dt.datetime(9999, 12, 31)
_MYSQL_TIMESTAMP = 7  #: PyMySQL's FIELD_TYPE.TIMESTAMP
_MYSQL = ("mysql", "mariadb")


def reading_only(connection: Any) -> Any:
    """SQLAlchemy's connection in a transaction that can't write, where the database has such."""
    if connection.dialect.name in _MYSQL:
        # What a TIMESTAMP shows depends on the session's zone, and nothing in the value says so.
        connection.exec_driver_sql("set session time_zone = '+00:00'")
        connection.exec_driver_sql("set session transaction read only")
        connection.commit()
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(postgresql_readonly=True)
        if connection.dialect.driver == "psycopg":
            from psycopg.types.string import TextLoader

            connection.connection.driver_connection.adapters.register_loader("interval", TextLoader)
            connection.exec_driver_sql("set local intervalstyle = iso_8601")  # P1M; as a timedelta it were 30 days
    return connection


def in_utc(connection: Any, columns: Sequence[Any]) -> list[int]:
    """Which columns of a query are times in UTC that do not say so; columns: the cursor's description of them."""
    is_mysql = connection.dialect.name in _MYSQL
    return [number for number, column in enumerate(columns) if is_mysql and column[1] == _MYSQL_TIMESTAMP]


def without_end(connection: Any) -> None:
    """Have Psycopg's connection give infinity as no end; this makes reading every date slower."""
    from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader

    ends = {"date": _NO_END.date(), "timestamp": _NO_END, "timestamptz": _NO_END.replace(tzinfo=dt.UTC)}
    for name, loader in (("date", DateLoader), ("timestamp", TimestampLoader), ("timestamptz", TimestamptzLoader)):
        connection.connection.driver_connection.adapters.register_loader(name, _with_infinity(loader, ends[name]))


def _with_infinity(loader: Any, end: Any) -> Any:
    def load(self: Any, data: Any) -> Any:
        return end if bytes(data) == b"infinity" else loader.load(self, data)

    return type(f"Endless{loader.__name__}", (loader,), {"load": load})
