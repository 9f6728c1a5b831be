"""The arithmetic of whole columns of days against the calendar of Python's own dates, in every engine."""

from __future__ import annotations

import calendar
import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pytest

from mrr_xl import MrrError, fill, metric, months
from mrr_xl.ledger import days
from mrr_xl.ledger.frames import to_memory
from mrr_xl.report import write_template
from support.engines import on_ibis
from support.oracle import ENGINES

DAY = dt.timedelta(days=1)
EVERY_DAY = [dt.date(1900, 1, 1) + DAY * number for number in range((dt.date(2200, 1, 1) - dt.date(1900, 1, 1)).days)]
#: Around the leap days and the turns of years, months and centuries.
SOME_DAYS = [
    dt.date(year, month, day)
    for year, month, day in [
        (1900, 2, 28), (1900, 3, 1), (1999, 12, 31), (2000, 1, 1), (2000, 2, 28), (2000, 2, 29), (2000, 3, 1),
        (2023, 2, 28), (2023, 12, 31), (2024, 1, 1), (2024, 1, 29), (2024, 1, 30), (2024, 1, 31), (2024, 2, 28),
        (2024, 2, 29), (2024, 3, 1), (2024, 3, 31), (2024, 4, 30), (2024, 5, 31), (2024, 7, 31), (2024, 8, 31),
        (2024, 10, 31), (2024, 12, 31), (2096, 2, 29), (2100, 2, 28), (2100, 3, 1),
    ]
]  # fmt: skip


def computed(engine: str, keys: list[Any], expression: nw.Expr) -> list[int]:
    table: Any = nw.from_native(ENGINES[engine](pl.DataFrame({"day": keys, "at": range(len(keys))})))
    return to_memory(table.select("at", expression.alias("found"))).sort("at")["found"].to_list()


def keyed(dates: list[dt.date]) -> list[int]:
    return [months.day_key(date) for date in dates]


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_the_day_after_and_the_number_of_days_follow_the_calendar(frame):
    table = nw.from_native(frame({"day": [months.day_key(date) for date in EVERY_DAY]}))
    table = table.select(
        days.next_day_expr(nw.col("day")).alias("after"), days.day_number_expr(nw.col("day")).alias("number")
    )
    assert table["after"].to_list()[:-1] == [months.day_key(date) for date in EVERY_DAY[1:]]
    assert months.day_of(table["after"].to_list()[-1]) == dt.date(2200, 1, 1)
    first = table["number"].to_list()[0]
    assert [number - first for number in table["number"].to_list()] == list(range(len(EVERY_DAY)))


def test_the_number_of_days_of_an_array_is_that_of_a_column() -> None:
    numbers = days.day_number_expr(np.array(keyed(EVERY_DAY)))
    assert (numbers - numbers[0]).tolist() == list(range(len(EVERY_DAY)))


def test_the_day_after_no_end_is_no_end():
    table = nw.from_native(pl.DataFrame({"day": [months.OPEN]}))
    assert table.select(days.next_day_expr(nw.col("day")).alias("after"))["after"].to_list() == [months.OPEN]


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
@pytest.mark.parametrize("read", ["looked up", "computed"])
def test_a_column_of_dates_is_read_as_days_and_a_blank_or_the_year_9999_as_no_end(frame, read):
    expected = {
        dt.datetime(2024, 2, 29, 18): months.day_key(dt.date(2024, 2, 29)),
        dt.datetime(1969, 12, 31, 18): months.day_key(dt.date(1969, 12, 31)),
        dt.datetime(1900, 1, 1): months.day_key(dt.date(1900, 1, 1)),
        dt.datetime(2199, 12, 31, 23, 59): months.day_key(dt.date(2199, 12, 31)),
        dt.datetime(9999, 12, 31): months.OPEN,
        None: months.OPEN,
    }
    table = nw.from_native(frame({"date": list(expected)}))
    if read == "looked up":
        found = days.days_of(table["date"])
    else:
        found = table.select(days.day_expr(nw.col("date")).alias("date"))["date"]
    assert found.to_list() == list(expected.values())


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_a_column_of_dates_is_looked_up_as_the_calendar_has_it(frame):
    found = days.days_of(nw.from_native(frame({"date": EVERY_DAY}))["date"].cast(nw.Datetime("us")))
    assert found.to_list() == [months.day_key(date) for date in EVERY_DAY]


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_a_date_outside_1900_to_2199_is_a_day_outside_them(frame):
    dates = [dt.datetime(1700, 1, 1), dt.datetime(1899, 12, 31), dt.datetime(2200, 1, 1), dt.datetime(9998, 12, 31)]
    found = days.days_of(nw.from_native(frame({"date": dates}))["date"]).to_list()
    assert all(day < months.day_key(dt.date(1900, 1, 1)) for day in found[:2])
    assert all(months.day_key(dt.date(2199, 12, 31)) < day < months.OPEN for day in found[2:])


def later(engine: str, keys: list[Any], count: int) -> list[int]:
    table: Any = nw.from_native(ENGINES[engine](pl.DataFrame({"day": keys, "at": range(len(keys))})))
    found = to_memory(days.with_days_later(table, "found", nw.col("day"), count)).sort("at")
    assert found.columns == ["day", "at", "found"]
    return found["found"].to_list()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("count", [0, 1, 30, 366, 1000])
def test_so_many_days_later_is_the_calendars_day(engine: str, count: int) -> None:
    assert later(engine, keyed(SOME_DAYS), count) == keyed([date + DAY * count for date in SOME_DAYS])


def test_a_day_later_every_day_is_the_next_one() -> None:
    assert later("polars", keyed(EVERY_DAY[:-1]), 1) == keyed(EVERY_DAY[1:])


def test_after_no_end_there_is_no_day() -> None:
    assert later("polars", [months.OPEN], 30) == [months.OPEN]
    assert days.next_days(np.array([months.OPEN])).tolist() == [months.OPEN]


def test_the_days_after_those_of_an_array_follow_the_calendar() -> None:
    assert days.next_days(np.array(keyed(EVERY_DAY[:-1]))).tolist() == keyed(EVERY_DAY[1:])


@pytest.mark.parametrize(
    ("of", "computed_for"),
    [
        ([7, 5, 6, 7, 5], [5, 6, 7]),
        ([5, 8, 5], [5, 6, 7, 8]),
        ([5, 9, 5], [5, 9, 5]),
        ([1000, 1], [1000, 1]),
        ([], []),
    ],
)
def test_of_days_close_together_each_is_computed_once(of: list[int], computed_for: list[int]) -> None:
    """Each day from the first to the last, unless these are more than the days themselves."""
    asked = []

    def doubled(some: Any) -> Any:
        asked.extend(some.tolist())
        return some * 2

    assert days.of_each(doubled, np.array(of, dtype=np.int64)).tolist() == [day * 2 for day in of]
    assert asked == computed_for


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("count", [0, 1, 2, 11, 12, 13, 120])
def test_so_many_months_later_is_the_same_day_or_the_months_last(engine: str, count: int) -> None:
    def later(date: dt.date) -> dt.date:
        year, month = divmod(date.year * 12 + date.month - 1 + count, 12)
        return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))

    found = computed(engine, keyed(SOME_DAYS), days.months_later_expr(nw.col("day"), count))
    assert found == keyed([later(date) for date in SOME_DAYS])


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_every_day_of_the_year_9999_is_no_end(frame: Any) -> None:
    dates = [dt.datetime(9998, 12, 31), dt.datetime(9999, 1, 1), dt.datetime(9999, 12, 31)]
    before, *within = days.days_of(nw.from_native(frame({"date": dates}))["date"]).to_list()
    assert before < months.OPEN
    assert within == [months.OPEN, months.OPEN]


NIGHT = [
    dt.datetime(2024, 1, 31, 22, 59, tzinfo=dt.UTC),
    dt.datetime(2024, 1, 31, 23, 0, tzinfo=dt.UTC),
    dt.datetime(2024, 6, 30, 22, 0, tzinfo=dt.UTC),
    dt.datetime(9998, 12, 31, 22, 0, tzinfo=dt.UTC),
    dt.datetime(9999, 1, 1, 0, 0, tzinfo=dt.UTC),
    dt.datetime(2, 1, 1, 0, 0, tzinfo=dt.UTC),
    dt.datetime(1, 12, 31, 23, 30, tzinfo=dt.UTC),
    None,
]


def test_a_zone_shows_a_timestamp_as_its_clocks_do() -> None:
    """The year 9999 stands for no end, and the first year has no days before it that a zone could show."""
    table = nw.from_native(pl.DataFrame({"time": NIGHT}))
    shown = days.local(table, "time", "Europe/Berlin")["time"].to_list()
    assert [None if time is None else time.isoformat(" ", "minutes") for time in shown] == [
        "2024-01-31 23:59",
        "2024-02-01 00:00",
        "2024-07-01 00:00",
        "9998-12-31 23:00",
        None,
        "0002-01-01 00:53",
        "0001-12-31 23:30",
        None,
    ]


def test_a_database_shows_it_in_the_same_way_under_any_name() -> None:
    table = pl.DataFrame({'the "time"': NIGHT[:3]})
    relation = nw.from_native(duckdb.from_arrow(table.to_arrow()))
    shown = to_memory(days.local(relation, 'the "time"', "Europe/Berlin"))['the "time"'].to_list()
    assert shown == [dt.datetime(2024, 1, 31, 23, 59), dt.datetime(2024, 2, 1), dt.datetime(2024, 7, 1)]


def test_a_cluster_is_asked_for_a_zones_clocks_with_every_name_quoted() -> None:
    class Spark:
        """What Spark is asked for, without Spark."""

        implementation = nw.Implementation.PYSPARK
        columns = ("row", "col:a`b", "col:at `noon`")

        def to_native(self) -> Any:
            return self

        def selectExpr(self, *asked: str) -> pl.DataFrame:
            return pl.DataFrame({"asked": asked})

    asked = days.local(Spark(), "col:at `noon`", "Europe/Berlin")["asked"].to_list()
    assert asked == [
        "`row`",
        "`col:a``b`",
        "convert_timezone('UTC', 'Europe/Berlin', timestampadd(MICROSECOND, unix_micros(`col:at ``noon```), "
        "TIMESTAMP_NTZ'1970-01-01')) AS `col:at ``noon```",
    ]


def test_another_database_is_asked_for_dates() -> None:
    table = nw.from_native(on_ibis(pl.DataFrame({"col:time": NIGHT[:3]})))
    with pytest.raises(MrrError) as error:
        days.local(table, "col:time", "Europe/Berlin")
    assert str(error.value) == ("column time carries a time zone, which is not converted here; cast it to DATE")


@pytest.mark.parametrize("year", [12_000, 294_000, -4_000])
def test_a_moment_that_python_has_no_date_for_is_none(year: int) -> None:
    """As a database's infinity and -infinity are in pandas."""
    with pytest.raises(MrrError, match=r" is not a date; write it as 2024-03-15$"):
        months.read_day(pd.Timestamp(np.datetime64(f"{year}-01-01", "s")))


@pytest.mark.parametrize("engine", ["pandas", "polars"])
@pytest.mark.parametrize("as_text", [False, True])
def test_days_that_no_sheet_has_are_texts_where_no_figure_needs_them(
    engine: str, as_text: bool, tmp_path: Path
) -> None:
    """A day of birth; a report could not be filled, or had a date that Excel shows as #####."""
    born, seen = dt.datetime(1815, 12, 10), dt.datetime(9999, 12, 31)
    frame = pl.DataFrame(
        {"customer": ["Ada"], "start": [dt.date(2024, 1, 1)], "mrr": [5.0], "Born": [born], "Seen": [seen]}
    )
    if as_text:
        frame = frame.with_columns(pl.col("Born", "Seen").dt.to_string("%Y-%m-%d"))
    write_template(tmp_path / "report.xlsx", months=1)
    fill(tmp_path / "report.xlsx", ENGINES[engine](frame), tmp_path / "filled.xlsx")
    *_, born_cell, seen_cell = openpyxl.load_workbook(tmp_path / "filled.xlsx")["Subscriptions"][2]
    assert (born_cell.value, seen_cell.value) == ("1815-12-10", seen)
    assert metric("MRR", tmp_path / "filled.xlsx", "2024-01") == 5


def test_a_moment_without_end_is_a_text_where_no_figure_needs_it(tmp_path: Path) -> None:
    data = duckdb.connect().sql("select 'Ada' customer, date '2024-01-01' \"start\", 5 mrr, 'infinity'::timestamp seen")
    write_template(tmp_path / "report.xlsx", months=1)
    fill(tmp_path / "report.xlsx", data, tmp_path / "filled.xlsx")
    fill(tmp_path / "report.xlsx", data.df(), tmp_path / "again.xlsx")
    (*_, seen) = openpyxl.load_workbook(tmp_path / "again.xlsx")["Subscriptions"][2]
    assert seen.value.startswith("294247-01-10")
