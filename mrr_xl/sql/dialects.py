"""What each database writes in its own way, where neither Ibis nor sqlglot says it shortly."""

from __future__ import annotations

from typing import NamedTuple

from mrr_xl.errors import MrrError, shown


class Dialect(NamedTuple):
    """A database's SQL.

    ibis, sqlglot: what those call it. months: the rows from the first month to the last one, from the table changes.
    refused: what fails with a sentence. whole: a whole number divided by another one, without the rest. date: the first
    day of a month, by its year and its number.
    """

    ibis: str
    sqlglot: str
    months: str
    refused: str
    whole: str
    date: str = "MAKE_DATE({year}, {number}, 1)"


_SPARK = Dialect(
    "databricks",  # Ibis needs a session for Spark itself
    "spark",
    "SELECT EXPLODE(SEQUENCE(first, {through})) AS month FROM (SELECT MIN(month) AS first FROM changes) AS log "
    "WHERE first <= {through}",
    "RAISE_ERROR({sentence})",
    "{a} DIV {b}",
)
_TRINO = Dialect(
    "trino",
    "trino",
    "SELECT month FROM (SELECT MIN(month) AS first FROM changes) AS log "
    "CROSS JOIN UNNEST(SEQUENCE(first, {through})) AS every (month)",
    "CAST({sentence} AS BIGINT)",
    "{a} / {b}",
    "DATE_ADD('month', month - 23640, DATE '1970-01-01')",
)

DIALECTS = {
    "bigquery": Dialect(
        "bigquery",
        "bigquery",
        "SELECT month FROM UNNEST(GENERATE_ARRAY((SELECT MIN(month) FROM changes), {through})) AS month",
        "ERROR({sentence})",
        "DIV({a}, {b})",
        "DATE({year}, {number}, 1)",
    ),
    "databricks": _SPARK._replace(sqlglot="databricks"),
    "duckdb": Dialect(
        "duckdb",
        "duckdb",
        "SELECT UNNEST(GENERATE_SERIES(MIN(month), {through})) AS month FROM changes",
        "ERROR({sentence})",
        "{a} // {b}",
    ),
    "postgres": Dialect(
        "postgres",
        "postgres",
        "SELECT GENERATE_SERIES(MIN(month), {through}) AS month FROM changes",
        "CAST({sentence} AS BIGINT)",
        "{a} / {b}",
        "MAKE_DATE(CAST({year} AS INT), CAST({number} AS INT), 1)",
    ),
    "snowflake": Dialect(
        "snowflake",
        "snowflake",
        "SELECT CAST(every.value AS BIGINT) AS month FROM (SELECT MIN(month) AS first FROM changes) AS log, "
        "LATERAL FLATTEN(INPUT => ARRAY_GENERATE_RANGE(log.first, {through} + 1)) AS every",
        "CAST({sentence} AS BIGINT)",
        "FLOOR({a} / {b})",
        "DATE_FROM_PARTS({year}, {number}, 1)",
    ),
    "spark": _SPARK,
    "trino": _TRINO,
}


def dialect_of(name: str) -> Dialect:
    """The dialect that a user means. Raises MrrError.

    >>> dialect_of("DuckDB").sqlglot
    'duckdb'
    """
    known = {"postgresql": "postgres", "pyspark": "spark"}
    word = name.strip().lower()
    if (word := known.get(word, word)) not in DIALECTS:
        raise MrrError(f"dialect cannot be {shown(name)}; it is one of {', '.join(DIALECTS)}")
    return DIALECTS[word]
