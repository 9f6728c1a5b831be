"""Where data lives, as a user writes it: a database's file or URL, and what to read of it behind the #."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from mrr_xl.errors import MrrError, listed, shown
from mrr_xl.sources.billing import export_of
from mrr_xl.sources.columns import recognise

DUCKDB, SQLITE = (".duckdb", ".ddb"), (".sqlite", ".sqlite3", ".db")
#: Databases that a URL may name; with one slash too few it is still a URL, with a password to be kept.
_URL = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]+://|(?:postgres|postgresql|mysql|mariadb)(?:\+\w+)?:)")
_QUERY = re.compile(r"(?i)[\s(]*(?:select|with)\b")
_OTHER_STATEMENT = re.compile(
    r"(?i)\s*(?:insert|update|delete|drop|create|alter|truncate|merge|replace|grant|revoke|call|copy|set|begin|commit"
    r"|attach|pragma|explain|values|table)\s"
)
_APART = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|(\$\w*\$).*?\1", re.DOTALL
)  #: comments, texts and quoted names: a ; in them ends nothing


def is_url(data: object) -> bool:
    """Whether data is a database's URL, or was meant as one.

    >>> is_url("postgresql://localhost/billing#subscriptions"), is_url("C:/billing.csv")
    (True, False)
    """
    return isinstance(data, str) and bool(_URL.match(data))


def database_file(path: str) -> tuple[Path, str] | None:
    """A database's file and what to read of it, as is behind the first # after its name; None for another file.

    >>> database_file("billing.duckdb#subscriptions")[1], database_file("May #3.csv")
    ('subscriptions', None)
    """
    if os.path.isfile(path) and not _is_database(path):
        return None
    for mark in re.finditer("#", path):
        if _is_database(path[: mark.start()]):
            return Path(path[: mark.start()]), path[mark.end() :].strip()
    return (Path(path), "") if _is_database(path) else None


def _is_database(path: str) -> bool:
    return Path(path).suffix.lower() in DUCKDB + SQLITE


def is_query(wanted: str) -> bool:
    """Whether what is behind the # of a database is a query, and not a table's name."""
    return bool(_QUERY.match(_APART.sub(" ", wanted)))


def query_of(wanted: str) -> str | None:
    """The query that a user gives instead of a table's name. Raises MrrError if it is not one that only reads.

    >>> query_of("subscriptions"), query_of("select * from subscriptions;")
    (None, 'select * from subscriptions')
    """
    plain = _APART.sub(" ", wanted)
    if not is_query(wanted):
        if _OTHER_STATEMENT.match(plain):
            raise MrrError(f"{shown(wanted.strip())} is not a query that only reads; write a select")
        return None
    if ";" in plain.rstrip().removesuffix(";"):
        raise MrrError("behind the # there are several statements; write a single select")
    return wanted.rstrip().removesuffix(";")


Columns = Sequence[tuple[str, str, str]]  #: of a database: schema, table and column, in their order


def chosen(
    columns: Columns, schema: str, wanted: str, database: str, given: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """The schema and the table that a user means; where nothing is wanted, the only table that looks like a ledger.

    schema: the one whose tables need no schema before their name. database: what messages call it. given: as in
    recognise. Raises MrrError.

    >>> columns = [("main", "plans", "id"), *(("main", "subs", name) for name in ("customer", "start", "mrr"))]
    >>> chosen(columns, "main", "", "billing.sqlite"), chosen(columns, "main", "MAIN.Plans", "billing.sqlite")
    (('main', 'subs'), ('main', 'plans'))
    """
    tables: dict[tuple[str, str], list[str]] = {}
    for of, table, column in columns:
        tables.setdefault((of, table), []).append(column)
    names = {key: key[1] if key[0] == schema else ".".join(key) for key in tables}
    known = f"its tables: {listed(sorted(names.values()), 20) or 'none'}"
    if wanted:
        for key, name in names.items():
            if wanted.lower() in (name.lower(), ".".join(key).lower()):
                return key
        raise MrrError(f"{database} has no table {wanted} ({known})")
    ledgers = [key for key, headers in tables.items() if is_ledger(headers, given)]
    if len(ledgers) == 1:
        return ledgers[0]
    look = f"tables {' and '.join(sorted(names[key] for key in ledgers))} look" if ledgers else "no table looks"
    raise MrrError(f"{database}: {look} like a ledger; put # and a table's name behind it ({known})")


def is_ledger(headers: Sequence[str], given: Mapping[str, str] | None = None) -> bool:
    """Whether headers are those of a ledger or of a billing system's export; given: as in recognise."""
    try:
        return export_of(headers) is not None or bool(recognise(headers, given=given).kind)
    except MrrError:
        return False
