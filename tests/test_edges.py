"""Values at the edges of what there is: a right result or one sentence, in a cell and in Python, in little time."""

from __future__ import annotations

import datetime as dt
import decimal
import math
import time

import duckdb
import pandas as pd
import polars as pl
import pytest

from mrr_xl import MrrError, from_arpa, metric, monthly, movements
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.metrics import REGISTRY
from mrr_xl.settings import RULES

JANUARY = dt.date(2024, 1, 1)
UTC = dt.UTC
CELL = sheet_functions()
HUGE = [1e300, -1e300, math.inf, -math.inf, math.nan, 10**400, -(10**400), 2**63, "1e300", decimal.Decimal("1e300")]
ENGINES = {
    "polars": pl.DataFrame.clone,
    "pandas": pl.DataFrame.to_pandas,
    "arrow": pl.DataFrame.to_arrow,
    "duckdb": lambda frame: duckdb.from_arrow(frame.to_arrow()),
}


def lines(**columns: list[object]) -> pl.DataFrame:
    """A line for each value of the columns given; every other column says the same in all of them."""
    count = len(next(iter(columns.values())))
    same = {"customer": [f"c{number}" for number in range(count)], "start": [JANUARY] * count, "mrr": [10.0] * count}
    if "amount" in columns:
        del same["mrr"]
    return pl.DataFrame(same | columns)


def message_of(compute, *given, **more) -> str:
    with pytest.raises(MrrError) as caught:
        compute(*given, **more)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def in_cell(end: object, zone: str = "Europe/Berlin", start: object = "2024-01-01") -> object:
    rows = [["customer", "start", "end", "mrr"], ["Ada", start, end, 10.0]]
    return CELL["MRR"](rows, "2024-03", None, [["timezone", zone], ["through", "2024-03"]])


NO_END = ["9999-12-31T23:59:59Z", "9999-12-31 23:59:59 UTC", "9999-12-31T23:59:59-12:00", "9999-01-01T00:00:00+14:00"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Kiritimati", "America/New_York", "Etc/GMT+12", "UTC"])
@pytest.mark.parametrize("end", NO_END)
def test_a_timestamp_in_the_year_9999_is_no_end_in_every_zone(end, zone):
    assert in_cell(end, zone) == 10.0
    table = movements(lines(end=[end]), timezone=zone, through="2024-03")
    assert list(table["closing"]) == [10.0, 10.0, 10.0]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Kiritimati", "Etc/GMT+12"])
def test_so_is_one_in_a_column_of_timestamps(engine, zone):
    last = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    table = movements(ENGINES[engine](lines(end=[last])), timezone=zone, through="2024-03")
    assert list(table["closing"]) == [10.0, 10.0, 10.0]
    first = ENGINES[engine](lines(end=[dt.datetime(1, 1, 1, tzinfo=UTC)]))
    assert "is outside the years 1900 to 2199" in message_of(movements, first, timezone=zone)
    begins = ENGINES[engine](pl.DataFrame({"customer": ["Ada"], "start": [last], "mrr": [1.0]}))
    assert message_of(movements, begins, timezone=zone).endswith("the start is blank; fill in the first day of service")


@pytest.mark.parametrize(("zone", "month"), [("Europe/Berlin", "2024-02"), ("UTC", "2024-01"), (None, None)])
def test_timestamps_of_a_database_are_dates_in_the_books_zone_whatever_its_own(zone, month):
    with duckdb.connect() as database:
        database.sql("SET timezone = 'Pacific/Kiritimati'")
        rows = database.sql(
            "SELECT 'Ada' AS customer, TIMESTAMPTZ '2024-01-31 23:30:00+00' AS start, 10.0::DOUBLE AS mrr"
        )
        if zone is None:
            assert message_of(movements, rows) == "column start carries a time zone; set timezone to that of your books"
        else:
            assert str(movements(rows, timezone=zone)["month"][0]) == month


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("2024-02-30T00:00:00Z", "is not a day of the calendar"),
        ("2023-02-29T10:00:00+01:00", "is not a day of the calendar"),
        ("2024-13-01T00:00:00Z", "is not a day of the calendar"),
        ("0000-01-01T00:00:00Z", "is not a day of the calendar"),
        ("2024-01-01T25:00:00Z", "has a time that no day has; write it as 2024-03-15T23:59:59Z"),
        ("2024-01-01T24:00:00Z", "has a time that no day has; write it as 2024-03-15T23:59:59Z"),
        ("2024-01-01T10:61:00Z", "has a time that no day has; write it as 2024-03-15T23:59:59Z"),
        ("2024-01-01T10:00:60Z", "has a time that no day has; write it as 2024-03-15T23:59:59Z"),
        ("2024-01-01T10:00:00+25:00", "has a time that no day has; write it as 2024-03-15T23:59:59Z"),
        ("0001-01-01 00:00:00+14:00", "is outside the years 1900 to 2199"),
        ("1899-12-31 23:59:59+00:00", "is outside the years 1900 to 2199"),
    ],
)
def test_a_timestamp_that_is_none_is_named_with_its_row(text, what):
    assert message_of(movements, lines(end=[None, text]), timezone="UTC") == f"row 3, column end: '{text}' {what}"
    assert message_of(in_cell, text, "UTC") == f"row 2, column end: '{text}' {what}"
    assert message_of(in_cell, None, "UTC", start=text) == f"row 2, column start: '{text}' {what}"


def test_a_blank_timestamp_of_pandas_in_a_cell_is_a_blank():
    assert in_cell(pd.NaT) == 10.0
    assert message_of(in_cell, None, start=pd.NaT).endswith("the start is blank; fill in the first day of service")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("count", [245, 400, 1000])
def test_a_wide_schedule_of_any_number_of_months(engine, count):
    """Of each month the closing is the sum of its column."""
    months = [f"{1930 + number // 12}-{number % 12 + 1:02d}" for number in range(count)]
    paid = [[float((number * 7 + row * 3) % 11) for number in range(count)] for row in range(3)]
    frame = pl.DataFrame(
        {"customer": ["Ada", "Bob", "Cyd"], **{m: [row[n] for row in paid] for n, m in enumerate(months)}}
    )
    table = movements(ENGINES[engine](frame), through=months[-1])
    assert [str(month) for month in table["month"]] == months
    assert list(table["closing"]) == [sum(row[number] for row in paid) for number in range(count)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("count", [13, 300, 1000])
def test_any_number_of_different_intervals(engine, count):
    """Number n is paid n every n months: each is worth 1 a month."""
    table = lines(amount=[float(n) for n in range(1, count + 1)], interval=[f"{n} months" for n in range(1, count + 1)])
    assert metric("MRR", ENGINES[engine](table), "2024-01") == count


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("by_month", [False, True])
def test_any_number_of_currencies(engine, by_month):
    """400 lines of 10, of which the n-th has the rate n: 10 × (1 + 2 + ... + 400) = 802,000."""
    table = ENGINES[engine](lines(currency=[f"X{n}" for n in range(1, 401)]))
    rates: object = {f"X{n}": n for n in range(1, 401)}
    if by_month:
        rates = [(f"X{n}", month, n) for n in range(1, 401) for month in ("2024-01", "2024-02")]
    assert metric("MRR", table, "2024-01", rates=rates, through="2024-02") == 802_000


@pytest.mark.parametrize("name", ["status", "kind"])
def test_any_number_of_spellings_of_one_word(name):
    """Of 400 lines every second one is left out."""
    word = {"status": ("active", "unpaid"), "kind": ("recurring", "setup")}[name]
    spellings = [" " * (number // 2) + word[number % 2] + "_" * (number // 2 % 5) for number in range(400)]
    assert metric("MRR", lines(**{name: spellings}), "2024-01") == 2000.0


@pytest.mark.parametrize("value", [*HUGE, -1, 0.5, True, "", "1_000", "x" * 5000, "\0", [1], {}, object(), b"1"])
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_at_the_edges_is_a_result_or_a_sentence(rule, value):
    table = lines(end=[dt.date(2024, 2, 1), None])
    rows = [["customer", "start", "mrr"], ["Ada", 45292.0, 10.0]]
    for compute in (
        lambda: metric("NRR", table, "2024-01", settings={rule: value}),
        lambda: movements(table, **{rule: value}),
        lambda: CELL["MRR_NEW"](rows, "2024-01", None, [[rule, value]]),
    ):
        try:
            compute()
        except MrrError as mistake:
            assert "\n" not in str(mistake)


@pytest.mark.parametrize("rule", ["grace_days", "reactivation_days", "retention_months"])
def test_more_days_than_there_are_have_a_limit(rule):
    kind = {"grace_days": "a number of days", "reactivation_days": "unlimited or a number of days"}.get(
        rule, "a whole number of months, 1 or more"
    )
    for value in (1e300, "1e300", 1_000_001):
        assert message_of(movements, lines(mrr=[1.0]), **{rule: value}) == (
            f"setting {rule} cannot be {value!r}; it must be {kind}, up to 1,000,000"
        )
    assert list(movements(lines(mrr=[1.0]), **{rule: 1_000_000}, through="2024-01")["closing"]) == [1.0]


def test_grace_of_a_million_days_bridges_every_gap():
    table = pl.DataFrame(
        {
            "customer": ["Ada", "Ada"],
            "start": [dt.date(1950, 1, 1), dt.date(2150, 1, 1)],
            "end": [dt.date(1950, 2, 1), None],
            "mrr": [5.0, 7.0],
        }
    )
    assert metric("MRR", table, ["1950-03", "2149-12"], grace_days=1_000_000, through="2150-01").tolist() == [5.0, 5.0]


@pytest.mark.parametrize("n", [1e300, 2**31, 10**18, "1e300", 10.0**15])
def test_more_customers_than_there_are_are_all_of_them(n):
    table = lines(mrr=[1.0, 3.0])
    assert metric("MRR_TOP_SHARE", table, "2024-01", n=n) == 1.0
    assert metric("MRR_TOP", table, month="2024-01", n=n)["mrr"].tolist() == [3.0, 1.0]
    assert CELL["MRR_TOP_SHARE"]([["customer", "start", "mrr"], ["Ada", 45292.0, 1.0]], "2024-01", n) == 1.0


@pytest.mark.parametrize(
    "value", [*HUGE, -1, 0, 0.5, [1], {1}, (1,), "", "x" * 5000, "\x1b[2J", b"1", dt.date(1, 1, 1)]
)
@pytest.mark.parametrize("name", REGISTRY)
def test_an_argument_at_the_edges_is_a_result_or_a_sentence(name, value):
    rows = [["customer", "start", "amount", "interval"], ["Ada", 45292.0, 10.0, "month"], ["Bob", 45292.0, 5.0, "year"]]
    known = {"data": rows, "month": "2024-01", "by": "interval", "interval": "month", "against": rows}
    arguments = list(REGISTRY[name].arguments)
    for at in range(len(arguments)):
        given = [known.get(argument, 3 if at_ <= at else None) for at_, argument in enumerate(arguments)]
        given = [None if argument in ("where", "settings", "rates") else one for argument, one in zip(arguments, given)]
        given[at] = value
        try:
            answer = CELL[name](*given)
        except MrrError as mistake:
            assert "\n" not in str(mistake)
        else:
            assert not isinstance(answer, float) or math.isfinite(answer), (arguments[at], value, answer)


def test_a_range_in_place_of_one_number_is_named():
    rows = [["customer", "start", "mrr"], ["Ada", 45292.0, 10.0]]
    assert message_of(CELL["MRR_TOP_SHARE"], rows, "2024-01", [[1.0], [2.0]]) == (
        "n can't be '[[1.0], [2.0]]'; give one value or one cell"
    )
    assert message_of(metric, "NRR", lines(mrr=[1.0]), months=[1, 2]) == (
        "months can't be '[1, 2]'; give one value or one cell"
    )


def test_arithmetic_beyond_all_numbers_is_named():
    too_large = "1e+308 is too large; an MRR above 1,000,000,000,000 cannot be summed exactly"
    assert message_of(monthly, 1e308) == too_large
    assert message_of(monthly, 1e308, "once") == too_large
    assert message_of(monthly, 1e300, "year", 1e300) == too_large.replace("308", "300")
    assert "too large" in message_of(from_arpa, 1e300, 1e300)


@pytest.mark.parametrize("rates", [[1], (1,), ["EUR"], [None], [[]], [["EUR"]], [["EUR", "2024-01", 1, 2]], 5, b"x"])
def test_rates_of_no_shape_are_named(rates):
    try:
        movements(lines(currency=["EUR"]), rates=rates)
    except MrrError as mistake:
        assert "rate" in str(mistake)


@pytest.mark.parametrize(
    "option", ["columns", "dates", "decimal", "encoding", "delimiter", "sheet", "header", "skip", "order"]
)
@pytest.mark.parametrize("value", [*HUGE, (1,), ((1,),), {"start": 1}, {1: 2}, "1" * 5000, "\0", "a\nb", b"x", []])
def test_a_way_to_read_at_the_edges_is_a_result_or_a_sentence(option, value):
    try:
        movements(lines(mrr=[1.0]), **{option: value})
    except MrrError as mistake:
        assert "\n" not in str(mistake)


LONG = [
    "1" * 5000,
    "1" * 5000 + "-01-01",
    "1," * 2500,
    "1 " * 2500 + "x",
    "-" * 5000,
    " " * 5000 + "x",
    "a" * 5000,
    "(" * 5000,
]


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("column", ["customer", "start", "end", "amount", "interval", "currency", "discount", "note"])
def test_a_long_text_in_any_column_takes_no_time(column, text):
    begin = time.perf_counter()
    rows = {"customer": "Ada", "start": "2024-01-01", "end": "", "amount": "10", "interval": "month", column: text}
    try:
        movements(pl.DataFrame({name: [value] for name, value in rows.items()}))
    except MrrError as mistake:
        assert len(str(mistake)) < 1000
    assert time.perf_counter() - begin < 5


@pytest.mark.parametrize("text", LONG)
def test_a_long_header_takes_no_time(text):
    begin = time.perf_counter()
    try:
        CELL["MRR"]([["customer", "start", text, "mrr"], ["Ada", "2024-01-01", None, 10.0]], "2024-01")
    except MrrError as mistake:
        assert len(str(mistake)) < 6000
    assert time.perf_counter() - begin < 5


SEVERAL = {
    "lists": ([[1, 2], [3]], "several values in a cell; give it one"),
    "empty lists": ([[], []], "several values in a cell; give it one"),
    "records": ([{"a": 1}, {"a": 2}], "several values in a cell; give it one"),
    "bytes": ([b"\xff\x00", b"x"], "bytes; give it texts, numbers or dates"),
    "spans": ([dt.timedelta(1), dt.timedelta(2)], "spans of time; give it texts, numbers or dates"),
}


@pytest.mark.parametrize("engine", ["polars", "pandas", "arrow", "duckdb", "parquet"])
@pytest.mark.parametrize("kind", SEVERAL)
def test_a_column_of_lists_records_bytes_or_spans(kind, engine, tmp_path):
    values, named = SEVERAL[kind]

    def data(frame: pl.DataFrame) -> object:
        if engine != "parquet":
            return ENGINES[engine](frame)
        frame.write_parquet(tmp_path / "data.parquet")
        return tmp_path / "data.parquet"

    table = pl.DataFrame({"customer": ["Ada", "Bob"], "start": [JANUARY] * 2, "mrr": [1.0, 2.0], "tags": values})
    assert metric("MRR", data(table), "2024-01") == 3.0
    assert metric("MRR_SEGMENTS", data(table), by="tags")["closing"].sum() > 0
    for column in ("customer", "start", "mrr"):
        message = message_of(movements, data(table.with_columns(table["tags"].alias(column))))
        assert message.endswith(f"column {column} holds {named}")


def test_a_sentence_is_one_line_whatever_a_name_holds():
    assert message_of(movements, "no\nsuch\x1b.csv") == r"there is no file no\nsuch\x1b.csv"
