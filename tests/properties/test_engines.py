"""The figures are the same ones on every engine, and a database is asked few questions for them."""

from __future__ import annotations

import datetime as dt
import gc
import os
import random
import re
import subprocess
import sys
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pytest

from mrr_xl import metric, movements
from mrr_xl.errors import MrrError
from mrr_xl.ledger.frames import kept
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.metrics import REGISTRY, values_at
from mrr_xl.report.sample import sample_subscriptions
from mrr_xl.rollforward.book import Book, open_book
from mrr_xl.settings import Settings
from support import ROOT
from support.engines import ALONE, DATABASES, EAGER, each_of, on_duckdb, on_ibis, on_spark, spark
from support.ledgers import typed
from support.oracle import lines_at_random, many_lines

#: SQLFrame writes its SQL for minutes, so that only some tests are of it.
QUICK = {name: on for name, on in DATABASES.items() if name != "SQLFrame"}
OWN = {"by": "plan", "against": None}


def sample() -> pl.DataFrame:
    """The sample with an id for each line, as tables of a database have it."""
    lines = pl.from_pandas(sample_subscriptions(60)).with_columns(pl.col("Start", "End").dt.date())
    return lines.with_row_index("Id").with_columns(pl.col("Id").cast(pl.Int64))


def everything(data: Any, months: int = 14, **settings: Any) -> dict[str, Any]:
    """What every function gives: series month by month, values and tables with all their rows."""
    book, found = open_book(data, None, Settings.of(settings)), {}
    for name, of in REGISTRY.items():
        if of.kind in ("arithmetic", "handle") or name == "MRR_CHECKS":
            continue
        own = {key: OWN[key] for key in of.own_arguments if OWN.get(key)}
        try:
            if of.kind == "series":
                found[name] = values_at(of, book, range(book.through - months, book.through + 1))
            else:
                value = of.compute(book, **own)
                found[name] = value.to_dict("list") if isinstance(value, pd.DataFrame) else value
        except MrrError as error:
            found[name] = str(error)
    return {name: near(value) for name, value in found.items()}


def near(value: Any) -> Any:
    """Figures as near as a division is; what is a whole number of millionths or customers is not rounded by it."""
    if isinstance(value, dict):
        return {key: near(item) for key, item in value.items()}
    if isinstance(value, list):
        return [near(item) for item in value]
    return pytest.approx(value, rel=1e-12, nan_ok=True) if isinstance(value, float) else value


@each_of(EAGER | DATABASES)
def test_every_function_gives_what_it_gives_on_polars(on):
    table = sample()
    assert everything(on(table)) == everything(table)


@each_of(EAGER | QUICK)
def test_the_checks_say_the_same_with_the_same_rows(on):
    """A database's rows are numbered by the column that the option order names."""
    table = sample()
    ordered = on(table.sample(len(table), shuffle=True, seed=1)) if on in DATABASES.values() else on(table)
    found = metric("MRR_CHECKS", ordered, order="Id")
    pd.testing.assert_frame_equal(found, metric("MRR_CHECKS", table))


REPEATED = """
    id  customer  start       end         mrr
    1   A         2024-01-01  2024-04-01  100
    2   B         2024-02-10  -           50
    3   A         2024-05-01  -           70
    4   A         2024-05-01  -           70
    5   a         2024-05-05  -           0
    6   A         2024-05-01  -           70
"""


@each_of(QUICK)
def test_a_line_that_is_repeated_is_found_in_a_database(on):
    table = typed(REPEATED).with_columns(pl.col("id").cast(pl.Int64))
    twice = {"check": "same line twice", "result": "note", "lines": 2, "first_row": 5}
    twice["says"] = "equal in every column, and counted each time"
    without, numbered = table.drop("id"), table.drop("id").with_columns(id=pl.lit(1))
    assert checked(without)["same line twice"] == twice
    assert checked(on(without))["same line twice"] == twice | {"first_row": None}
    # The id is a column like any other, so that lines with different ones are not repeated.
    assert checked(on(table), order="id")["same line twice"]["lines"] == 0
    assert checked(on(numbered))["same line twice"] == twice | {"first_row": None}


def checked(data: Any, **how: Any) -> dict[str, dict[str, Any]]:
    rows = metric("MRR_CHECKS", data, **how).to_dict("records")
    return {row["check"]: row | {"first_row": None if pd.isna(row["first_row"]) else row["first_row"]} for row in rows}


@each_of(DATABASES)
def test_the_first_wrong_row_is_named_by_the_order_of_a_column(on):
    table = typed("""
        id  customer  start       mrr
        3   A         2024-01-01  -5
        2   B         2024-02-10  -7
        1   C         2024-02-10  9
    """).with_columns(pl.col("id").cast(pl.Int64))
    with pytest.raises(MrrError, match=r"^row 3, column mrr: -7.0 is negative; enter reductions in a column discount$"):
        movements(on(table), order="id")
    with pytest.raises(MrrError, match=r"^there is no column 'nr' to number the rows by; the columns are id, customer"):
        movements(on(table), order="nr")


RULES: list[dict[str, Any]] = [
    {},
    {"as_of": "any_day", "end_date": "inclusive", "grace_days": 10, "reactivation_days": 31},
    {"netting": "gross", "grain": "subscription", "retention_months": 3},
    {"as_of": "month_start", "period": "quarter", "grace_days": 31},
]


@lines_at_random
@each_of(QUICK)
@pytest.mark.parametrize("rules", RULES, ids=["the defaults", "any day", "gross", "quarters"])
def test_random_ledgers_have_the_same_movements(on, rules):
    same_movements(on, rules)


def same_movements(on, rules):
    dice = random.Random(str(rules))
    rows = [line._asdict() for line in many_lines(40)]
    dice.shuffle(rows)
    table = pl.DataFrame(rows).with_columns(
        pl.col("amount").cast(pl.Float64), subscription=pl.Series([f"s{place}" for place in range(len(rows))])
    )
    wanted = Book(read_ledger(table), Settings.of(rules))
    found = Book(read_ledger(on(table)), Settings.of(rules))
    assert found.through == wanted.through
    pd.testing.assert_frame_equal(found.by_period, wanted.by_period)
    pd.testing.assert_frame_equal(found.movements, wanted.movements)


LARGE = """
    customer  start       end  amount             interval
    A         2024-01-01  -    99999999999.99     year
    B         2024-01-01  -    123456789012.345   week
    C         2024-01-01  -    0.000007           quarter
    D         2024-01-01  -    99999999999.999    7_months
"""


@each_of(DATABASES)
def test_large_amounts_are_parted_to_the_millionth_where_an_engine_divides_by_floats(on):
    """99,999,999,999.99 a year are 8,333,333,333.3325 a month; a float of so many millionths is off by one or more."""
    table = typed(LARGE).with_columns(pl.col("interval").str.replace("_", " "))
    wanted = read_ledger(table).frame.select("customer", "mrr").sort("customer").rows()
    assert wanted[0] == ("A", 8_333_333_333_332_500)
    found: Any = read_ledger(on(table)).frame.select("customer", "mrr").collect().sort("customer")
    assert found.rows() == wanted


@each_of(DATABASES)
def test_a_column_may_have_more_words_than_are_compared_one_by_one(on):
    """100 every month, 101 every two months, 102 every three ..."""
    table = pl.DataFrame(
        {
            "customer": [f"c{number}" for number in range(20)],
            "start": [dt.date(2024, 1, 5)] * 20,
            "amount": [100.0 + number for number in range(20)],
            "interval": [f"{number + 1} months" for number in range(20)],
        }
    )
    wanted = sum((100_000_000 + 1_000_000 * number + (number + 1) // 2) // (number + 1) for number in range(20))
    book = open_book(on(table), None, Settings.of({"through": "2024-01"}))
    assert book.movements["closing"].tolist() == [wanted]
    assert book.movements.equals(open_book(table, None, Settings.of({"through": "2024-01"})).movements)


@pytest.mark.slow
def test_sqlframe_gives_what_polars_gives():
    """The tests above, of SQLFrame, in a process where neither Ibis nor Spark was before it."""
    asked = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        __file__,
        "-k",
        "SQLFrame and not test_sqlframe",
    ]
    done = subprocess.run(asked, cwd=ROOT, env=os.environ | {ALONE: "1"}, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "4 passed" in done.stdout


# What a database is asked


class Asked:
    """The queries whose results are collected."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.queries, collect = 0, nw.LazyFrame.collect

        def counted(frame: Any, *given: Any, **more: Any) -> Any:
            self.queries += 1
            return collect(frame, *given, **more)

        monkeypatch.setattr(nw.LazyFrame, "collect", counted)

    def by(self, run: Any, *given: Any) -> int:
        before = self.queries
        run(*given)
        return self.queries - before


def simple() -> pl.DataFrame:
    return typed("""
        customer  start       end         mrr
        A         2024-01-01  2024-04-10  100
        B         2024-02-10  -           50
        A         2024-06-01  -           70
    """)


@pytest.mark.parametrize("on", [on_duckdb, on_ibis])
@pytest.mark.parametrize(
    ("table", "of_movements", "of_checks"), [(simple, 2, 2), (sample, 3, 5)], ids=["no words", "words"]
)
def test_movements_take_three_queries_and_checks_five(on, table, of_movements, of_checks, monkeypatch):
    """The words of the columns that have few; what is wrong and the edges; the movements with the checks; segments."""
    frame, asked = on(table()), Asked(monkeypatch)
    assert asked.by(movements, frame) == of_movements
    assert asked.by(metric, "MRR_CHECKS", frame) == of_checks


def test_the_change_log_is_computed_once_for_several_metrics_and_let_go_after_them():
    connection = duckdb.connect()
    connection.register("ledger", simple().to_arrow())
    book = open_book(connection.table("ledger"), None, Settings())
    assert book.movements["closing"].iloc[-1] == 120_000_000
    assert tables(connection) == 0  # the movements alone are no reason to keep it
    for name in ("MRR_NRR", "MRR_TOP_SHARE", "MRR_HHI"):
        values_at(REGISTRY[name], book, [book.through])
        assert tables(connection) == 1
    del book
    gc.collect()
    assert tables(connection) == 0


def tables(connection: Any) -> int:
    return connection.sql("select count(*) from duckdb_tables() where table_name like 'mrr_xl%'").fetchall()[0][0]


def test_a_connection_may_be_closed_before_what_it_keeps_is_let_go(capfd):
    connection = duckdb.connect()
    connection.register("ledger", simple().to_arrow())
    book = open_book(connection.table("ledger"), None, Settings())
    assert len(book.changes.collect()) == 4
    connection.close()
    del book
    gc.collect()
    assert capfd.readouterr().err == ""


def test_a_frame_in_memory_is_kept_as_it_is():
    frame = nw.from_native(simple(), eager_only=True)
    assert kept(frame) is frame


# Spark


@pytest.mark.slow
@pytest.mark.xdist_group("spark")
def test_a_timestamp_of_spark_is_the_day_of_its_session_or_of_the_setting_timezone():
    """23:30 in London on 31 December is 1 January in Berlin; 0:30 on 1 April is 31 March in New York."""
    times = pl.DataFrame({
        "customer": ["A"], "start": [dt.datetime(2023, 12, 31, 23, 30)], "end": [dt.datetime(2024, 4, 1, 0, 30)],
        "mrr": [100.0],
    })  # fmt: skip
    frame = on_spark(times.with_columns(pl.col("start", "end").dt.replace_time_zone("UTC")))
    assert spark().conf.get("spark.sql.session.timeZone") == "UTC"
    assert first_and_last(frame) == ("2023-12", "2024-03")
    assert first_and_last(frame, timezone="Europe/Berlin") == ("2024-01", "2024-03")
    assert first_and_last(frame, timezone="America/New_York") == ("2023-12", "2024-02")


@pytest.mark.slow
@pytest.mark.xdist_group("spark")
def test_the_job_of_the_docs_runs_and_moves_the_lines_once(tmp_path, monkeypatch):
    """From the change log's plan: one exchange, by customer; that of the sums by month is of few numbers."""
    job = re.search(r"```python\n(# job.py\n.*?)```", (ROOT / "docs" / "scale.md").read_text(encoding="utf-8"), re.S)
    table = sample()
    table.write_parquet(tmp_path / "lines.parquet")
    monkeypatch.setattr(sys, "argv", ["job.py", str(tmp_path / "lines.parquet"), str(tmp_path / "movements.csv")])
    spark()  # which the job takes as it is
    exec(job[1], {})
    found = pd.read_csv(tmp_path / "movements.csv")
    wanted = movements(table, through="2025-12")
    assert found["closing"].tolist() == wanted["closing"].tolist()
    assert found["month"].tolist() == wanted["month"].astype(str).tolist()
    book = open_book(on_spark(simple()), None, Settings())
    assert exchanges(book._log) == 1
    assert book.changes.to_native().is_cached


def exchanges(frame: Any) -> int:
    """How often a query moves its rows between workers."""
    return frame.to_native()._jdf.queryExecution().executedPlan().toString().count("Exchange hashpartitioning")


def first_and_last(frame: Any, **settings: Any) -> tuple[str, str]:
    table = movements(frame, through="2024-05", **settings)
    paying = table[table["closing"] > 0]["month"].astype(str)
    return paying.iloc[0], paying.iloc[-1]


def test_what_is_no_frame_is_told_which_ones_are():
    wanted = "^a int is not a table; give a pandas, Polars, PyArrow, DuckDB, Ibis, Spark or SQLFrame frame, or a path$"
    with pytest.raises(MrrError, match=wanted):
        movements(3)
