"""mrr-xl sql against mrr-xl movements: the same whole millionths on DuckDB, PostgreSQL and Spark."""

from __future__ import annotations

import datetime as dt
import functools
import sys
from typing import Any

import duckdb
import polars as pl
import pytest
import sqlglot

from mrr_xl.errors import MrrError
from mrr_xl.ledger.frames import to_memory
from mrr_xl.rollforward.book import Book, open_book
from mrr_xl.rollforward.changes import MOVEMENTS
from mrr_xl.settings import Settings
from mrr_xl.sql import statement, table_of
from mrr_xl.sql.dialects import DIALECTS
from support.engines import spark
from support.ledgers import ledger
from support.oracle import frame_of, lines_at_random, many_lines

pytestmark = lines_at_random

BILLED = ledger("""
customer  start       end         amount  interval  status    kind       currency  quantity  discount  plan
A         2024-01-01  -           120     year      active    recurring  EUR       2         0.1       Pro
A         2024-02-10  2024-06-10  30      month     active    usage      EUR       1         0         Pro
B         2024-01-15  2024-04-01  100     quarter   past_due  recurring  USD       3         0.5       Team
B         2024-05-01  -           33.33   month     paused    recurring  USD       1         0         Team
C         2024-03-01  -           99      month     trialing  recurring  EUR       1         0         Pro
D         2024-03-01  -           50      week      active    -          EUR       7         0.33      Pro
E         2024-01-01  -           500     once      active    recurring  EUR       1         0         Pro
""").with_columns(pl.col("start", "end").str.to_date(), pl.col("amount", "discount", "quantity").cast(pl.Float64))
RANDOM = frame_of(many_lines(60))
NO_STATUS = BILLED.drop("status", "kind", "currency")
DISCOUNTS = NO_STATUS.with_columns(
    discount_until=pl.Series([dt.date(2024, 5, 1), *[None] * 6]),
    discount_duration=pl.Series(["forever", "3 months", "once", "repeating", "forever", "2 months", ""]),
)
DATED = NO_STATUS.with_columns(
    subscription=pl.Series(list("abcdefg")),
    cancelled=pl.Series([None, dt.date(2024, 5, 1), *[None] * 5]),
    trial_end=pl.Series([dt.date(2024, 2, 1), *[None] * 6]),
)
LETTERS = NO_STATUS.with_columns(plan=pl.Series(["\u0130zmir", "izmir", "IZMIR", "z", "\u00c5re", "izmir", None]))
SCHEDULE = pl.DataFrame(
    {
        "customer": ["A", "A", "B", "C"],
        "month": [dt.date(2024, 1, 1), dt.date(2024, 2, 1), dt.date(2024, 1, 1), dt.date(2024, 4, 1)],
        "mrr": [10.0, 20.0, 5.0, 7.0],
    }
)
RATES = {"EUR": 1, "USD": 0.92}

#: What is read, the rules, the condition and the rates.
CASES: dict[str, tuple[pl.DataFrame, dict[str, object], str | None, object]] = {
    "random": (RANDOM, {}, None, None),
    "start": (RANDOM, {"as_of": "month_start", "end_date": "inclusive"}, None, None),
    "grace": (RANDOM, {"as_of": "any_day", "grace_days": 10}, None, None),
    "gross": (RANDOM, {"netting": "gross", "reactivation_days": 30}, None, None),
    "all": (
        RANDOM,
        {"grace_days": 5, "end_date": "inclusive", "netting": "gross", "reactivation_days": 10},
        None,
        None,
    ),
    "billed": (BILLED, {}, None, RATES),
    "usage": (BILLED, {"usage": "include", "discounts": "ignore"}, None, RATES),
    "snapshot": (BILLED, {"status": "snapshot", "past_due_days": 30, "grace_days": 40}, None, RATES),
    "factors": (BILLED, {"week": 4, "paused": "counted"}, "plan=pro; currency=EUR", RATES),
    "discounts": (DISCOUNTS, {}, None, None),
    "forever": (DISCOUNTS, {"discounts": "forever"}, None, None),
    "subscription": (DATED, {"grain": "subscription"}, None, None),
    "cancelled": (DATED, {"churn_on": "cancelled_or_end", "end_date": "inclusive"}, None, None),
    "letters": (LETTERS, {}, "plan=izmir; plan<>\u00e5re", None),
    "schedule": (SCHEDULE, {}, None, None),
}
LOGS = ("random", "gross", "billed")
ON_POSTGRESQL = ("all", "billed", "discounts", "cancelled", "letters")
ON_SPARK = ("all", "billed")
COMPILED = ("billed", "schedule")


def book_of(case: str) -> Book:
    frame, rules, where, rates = CASES[case]
    return open_book(frame, where, Settings.of({"through": "2024-08", **rules}), rates)


def expected(book: Book) -> list[tuple[Any, ...]]:
    table = book.movements
    return [
        (dt.date(month // 12, month % 12 + 1, 1), *(int(row[name]) for name in table.columns))
        for month, row in table.iterrows()
    ]


def in_duckdb(frame: pl.DataFrame, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.register("frame", frame.to_arrow())
        connection.execute("create table subscriptions as select * from frame")
        return sorted(connection.execute(sql).fetchall())


@pytest.mark.parametrize("case", CASES)
def test_duckdb_computes_what_mrr_xl_computes(case: str) -> None:
    book = book_of(case)
    assert in_duckdb(CASES[case][0], statement(book, "subscriptions", "duckdb")) == expected(book)


@pytest.mark.parametrize("case", LOGS)
def test_the_change_log_is_the_same(case: str) -> None:
    book = book_of(case)
    rows = in_duckdb(CASES[case][0], statement(book, "subscriptions", "duckdb", log=True))
    log = to_memory(book.changes).to_polars().select("customer", "month", "before", "after", "movement").rows()
    named = [(who, dt.date(m // 12, m % 12 + 1, 1), *amounts, MOVEMENTS[kind]) for who, m, *amounts, kind in log]
    assert rows == sorted(named)


@pytest.mark.xdist_group("databases")
@pytest.mark.parametrize("case", ON_POSTGRESQL)
def test_postgresql_computes_what_mrr_xl_computes(case: str, postgresql: str) -> None:
    import psycopg

    frame, book = CASES[case][0], book_of(case)
    types = {pl.String: "text", pl.Date: "date", pl.Float64: "double precision"}
    columns = ", ".join(f'"{name}" {types[dtype.base_type()]}' for name, dtype in frame.schema.items())
    with psycopg.connect(postgresql) as connection:
        connection.execute("drop table if exists subscriptions")
        connection.execute(f"create table subscriptions ({columns})")
        with connection.cursor() as cursor:
            cursor.executemany(f"insert into subscriptions values ({', '.join(['%s'] * frame.width)})", frame.rows())
        rows = connection.execute(statement(book, "subscriptions", "postgres")).fetchall()
    assert sorted(rows) == expected(book)


@pytest.mark.slow
@pytest.mark.xdist_group("spark")
@pytest.mark.parametrize("case", ON_SPARK)
def test_spark_computes_what_mrr_xl_computes(case: str) -> None:
    frame, book = CASES[case][0], book_of(case)
    types = {pl.String: "string", pl.Date: "date", pl.Float64: "double"}
    schema = ", ".join(f"`{name}` {types[dtype.base_type()]}" for name, dtype in frame.schema.items())
    spark().createDataFrame(frame.rows(), schema).createOrReplaceTempView("subscriptions")
    rows = spark().sql(statement(book, "subscriptions", "spark")).collect()
    assert sorted(map(tuple, rows)) == expected(book)


@pytest.mark.parametrize("case", COMPILED)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_is_sql_of_its_own(dialect: str, case: str) -> None:
    sql = statement(book_of(case), "subscriptions", dialect)
    tree = sqlglot.parse_one(sql, read=DIALECTS[dialect].sqlglot)
    names = [part.alias for part in tree.args["with_"].expressions]
    assert names == ["given", "lines", "ledger", "periods", "deltas", "changes", "months", "sums", "movements"]
    assert "mrr_xl_refused" not in sql.lower() and "REGEXP" not in sql and "col:" not in sql


PLAIN = pl.DataFrame(
    {"customer": ["A", "B"], "start": [dt.date(2024, 1, 1)] * 2, "end": [None, dt.date(2024, 3, 1)], "mrr": [1.0, 2.0]}
)
WRONG = {
    "a blank customer": ({"customer": " "}, "the customer is blank"),
    "no start": ({"start": None}, "the start is blank"),
    "an end before the start": ({"end": dt.date(2023, 12, 31)}, "the end is before the start"),
    "a year before Excel's": ({"start": dt.date(1850, 1, 1)}, "outside the years 1900 to 2199"),
    "a negative amount": ({"mrr": -1.0}, "is negative"),
    "no amount": ({"mrr": None}, "an amount is missing"),
    "no number": ({"mrr": float("nan")}, "value is out of range"),  # DuckDB's own words
    "too much": ({"mrr": 1e13}, "value is out of range"),
}


@functools.cache
def sql_of_plain() -> str:
    return statement(open_book(PLAIN, None, Settings()), "subscriptions", "duckdb")


@functools.cache
def sql_of_billed() -> str:
    return statement(book_of("billed"), "subscriptions", "duckdb")


@pytest.mark.parametrize("what", WRONG)
def test_a_line_that_mrr_xl_refuses_fails_in_the_database(what: str) -> None:
    cell, sentence = WRONG[what]
    later = PLAIN.vstack(
        PLAIN.tail(1).with_columns(**{name: pl.lit(value, PLAIN[name].dtype) for name, value in cell.items()})
    )
    with pytest.raises(duckdb.Error, match=sentence):
        in_duckdb(later, sql_of_plain())


@pytest.mark.parametrize(
    ("column", "word"), [("interval", "2 years"), ("status", "unheard"), ("kind", "tax"), ("currency", "CHF")]
)
def test_a_word_that_the_table_did_not_have_fails_in_the_database(column: str, word: str) -> None:
    later = BILLED.vstack(BILLED.head(1).with_columns(pl.lit(word).alias(column)))
    with pytest.raises(duckdb.Error, match=f"column {column}: a value is not a word that this column had"):
        in_duckdb(later, sql_of_billed())


@pytest.mark.parametrize(
    ("table", "rules", "rates", "sentence"),
    [
        (BILLED, {}, [("EUR", "2024-01", 1), ("USD", "2024-01", 0.9)], "the SQL has no rates that change by month"),
        (DATED.with_columns(parent=pl.lit("P")), {"grain": "parent"}, None, "the SQL has no parents"),
        (PLAIN, {"period": "quarter"}, None, "the SQL gives months"),
        (SCHEDULE.pivot(on="month", index="customer", values="mrr"), {}, None, "a schedule with a column for each"),
        (PLAIN.with_columns(customer=pl.Series(["A", "B\t"])), {}, None, "column customer has texts with a tab"),
    ],
    ids=["rates by month", "parents", "quarters", "wide", "tabs"],
)
def test_what_the_sql_cannot_say_is_refused(
    table: pl.DataFrame, rules: dict[str, object], rates: object, sentence: str
) -> None:
    with pytest.raises(MrrError, match=sentence):
        statement(open_book(table, None, Settings.of({"through": "2024-01", **rules}), rates), "t", "duckdb")


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(MrrError, match="dialect cannot be 'oracle'; it is one of bigquery, databricks, duckdb"):
        statement(open_book(PLAIN, None, Settings()), "t", "oracle")


@pytest.mark.parametrize("absent", ["ibis", "duckdb"])
def test_without_ibis_a_sentence_says_how_to_get_it(absent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(MrrError) as raised:
        statement(open_book(PLAIN, None, Settings()), "t", "duckdb")
    assert str(raised.value) == "SQL is made with Ibis; install it with pip install 'mrr-xl[ibis]'"


def test_the_table_is_named_as_it_is_given() -> None:
    sql = statement(open_book(PLAIN, None, Settings()), "{{ ref('subscriptions') }}", "snowflake")
    assert "FROM {{ ref('subscriptions') }}\n" in sql
    assert 'CAST("START" AS DATE) AS "START"' in sql  # as Snowflake keeps a name that was written without quotes


def test_the_default_table_is_that_of_the_data() -> None:
    assert table_of("billing.duckdb#select * from subs") == "(select * from subs) AS data"
    assert table_of("May 2024.csv") == '"May 2024"'
    with pytest.raises(MrrError, match="--table is missing"):
        table_of("-")
