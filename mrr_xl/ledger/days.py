"""Whole columns of days: from dates, and the arithmetic of days in every engine's words (see months.py)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.later import np
from mrr_xl.months import FIRST_YEAR, LAST_YEAR, OPEN


def whole(number: Any, by: int) -> Any:
    """An expression or an array of whole numbers below 2**52, divided and rounded down.

    For databases: narwhals writes its `//` there as a long CASE, which each further step would repeat.
    """
    if isinstance(number, nw.Expr):
        return (number / by).floor().cast(nw.Int64)
    return number // by


def day_expr(date: nw.Expr) -> nw.Expr:
    """A database's column of dates or timestamps as days; a blank becomes OPEN."""

    def part(expr: nw.Expr) -> nw.Expr:
        return expr.fill_null(0).cast(nw.Int64)

    key = (part(date.dt.year()) * 12 + part(date.dt.month()) - 1) * 32 + part(date.dt.day())
    return nw.when(date.is_null() | (date.dt.year() == 9999)).then(nw.lit(OPEN)).otherwise(key)


def days_of(dates: nw.Series[Any]) -> nw.Series[Any]:
    """Dates or timestamps in memory as days, as `day_expr` gives them: looked up, which is twenty times faster."""
    number = dates.to_numpy().astype("datetime64[D]").view(np.int64)
    table, first = _calendar()
    day = table[np.clip(number - (first - 1), 0, len(table) - 1)]
    day[(number >= _YEAR_9999) | (number == _NOT_A_DATE)] = OPEN
    return nw.new_series(dates.name, day, nw.Int64, backend=dates.implementation)


def local(table: Any, column: str, timezone: str) -> Any:
    """A table with a column of timestamps as the clocks of a zone show them; what is in the year 9999 is blank.

    The first year has no calendar days before it that a zone could show, so it stays as it is.
    """
    if not isinstance(table, nw.DataFrame):
        return _local_in_database(table, column, timezone)
    time, year = nw.col(column), nw.col(column).dt.year()
    within = nw.when((year > 1) & (year < 9999)).then(time)
    there = within.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    return table.with_columns(nw.when(year <= 1).then(time.dt.replace_time_zone(None)).otherwise(there).alias(column))


def _local_in_database(table: Any, column: str, timezone: str) -> Any:
    """The same in DuckDB and Spark, whose columns have the zone of their connection or session."""
    native, engine, zone = table.to_native(), table.implementation, timezone.replace("'", "''")
    if engine.is_duckdb():
        quoted = '"' + column.replace('"', '""') + '"'
        return nw.from_native(native.project(f"* REPLACE (timezone('{zone}', {quoted}) AS {quoted})"))
    if engine.is_pyspark():
        quoted = "`" + column.replace("`", "``") + "`"
        utc = f"timestampadd(MICROSECOND, unix_micros({quoted}), TIMESTAMP_NTZ'1970-01-01')"
        others = [f"`{name.replace('`', '``')}`" for name in native.columns if name != column]
        return nw.from_native(native.selectExpr(*others, f"convert_timezone('UTC', '{zone}', {utc}) AS {quoted}"))
    raise MrrError(
        f"column {column.partition(':')[2]} carries a time zone, which is not converted here; cast it to DATE"
    )


@functools.cache
def _calendar() -> tuple[np.ndarray[Any, Any], int]:
    """The day of each date from 1900 to 2199, between one before and one after; the number of the first since 1970."""
    dates = np.arange(f"{FIRST_YEAR}-01-01", f"{LAST_YEAR + 1}-01-01", dtype="datetime64[D]")
    month = dates.astype("datetime64[M]")
    of_month = (dates - month.astype("datetime64[D]")).astype(np.int64) + 1
    within = (month.astype(np.int64) + 1970 * 12) * 32 + of_month
    return np.concatenate([[0], within, [(LAST_YEAR + 1) * 384]]), int(dates[0].astype(np.int64))


_YEAR_9999 = 2_932_532  # 9999-01-01 in days since 1970
_NOT_A_DATE = -(2**63)


def next_days(days: Any) -> Any:
    """The days after those of an array, as `next_day_expr` gives them."""
    month = days // 32
    years, numbers = np.divmod(month, 12)
    leap = (years % 4 == 0) & ((years % 100 != 0) | (years % 400 == 0))
    length = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[numbers] + (leap & (numbers == 1))
    return np.where(days >= OPEN, OPEN, np.where(days % 32 >= length, (month + 1) * 32 + 1, days + 1))


def of_each(function: Callable[[Any], Any], days: Any) -> Any:
    """What a function gives for each of an array's days, computed once for those between the first and the last."""
    lowest = int(days.min()) if len(days) else 0
    if not len(days) or int(days.max()) - lowest > len(days):
        return function(days)
    return function(np.arange(lowest, int(days.max()) + 1))[days - lowest]


def next_day_expr(day: nw.Expr) -> nw.Expr:
    """The day after; the end of a period whose last paid day is `day`."""
    month = whole(day, 32)
    after = nw.when(day % 32 >= _length(month)).then((month + 1) * 32 + 1).otherwise(day + 1)
    return nw.when(day >= OPEN).then(nw.lit(OPEN)).otherwise(after)


def months_later_expr(day: nw.Expr, count: int) -> nw.Expr:
    """The same day so many months later, or that month's last day if it has none such."""
    month = whole(day, 32) + count
    return nw.when(day % 32 > _length(month)).then(month * 32 + _length(month)).otherwise(day + 32 * count)


def _length(month: nw.Expr) -> nw.Expr:
    """How many days a month has."""
    number, year = month % 12 + 1, whole(month, 12)
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    return (
        nw.when(number.is_in([4, 6, 9, 11])).then(nw.lit(30))
        .when((number == 2) & leap).then(nw.lit(29))
        .when(number == 2).then(nw.lit(28))
        .otherwise(nw.lit(31))
    )  # fmt: skip


def day_number_expr(day: Any) -> Any:
    """Days since a fixed day, of an expression or an array, so that differences are calendar days.

    Years are counted from March, as Hinnant does.
    """
    months = whole(day, 32) - 2
    year = whole(months, 12)
    leap_days = whole(year, 4) - whole(year, 100) + whole(year, 400)
    return year * 365 + leap_days + whole(months % 12 * 153 + 2, 5) + day % 32


def with_days_later(frame: Any, name: str, day: nw.Expr, count: int) -> Any:
    """A frame with a column of the day so many days later; OPEN stays OPEN. day_number_expr backwards.

    In steps: a database would write each part out as often as the next one has it.
    """
    column = nw.col
    steps = {
        "later_day": day,
        "later_number": day_number_expr(column("later_day")) + count - 1,
        "later_of_era": column("later_number") % 146_097,
        "later_years": whole(
            column("later_of_era")
            - whole(column("later_of_era"), 1_460)
            + whole(column("later_of_era"), 36_524)
            - whole(column("later_of_era"), 146_096),
            365,
        ),
        "later_of_year": column("later_of_era")
        - (column("later_years") * 365 + whole(column("later_years"), 4) - whole(column("later_years"), 100)),
        "later_month": whole(column("later_of_year") * 5 + 2, 153),
    }
    for step, value in steps.items():
        frame = frame.with_columns(value.alias(step))
    month = (whole(column("later_number"), 146_097) * 400 + column("later_years")) * 12 + column("later_month") + 2
    later = month * 32 + column("later_of_year") - whole(column("later_month") * 153 + 2, 5) + 1
    ends = nw.when(column("later_day") >= OPEN).then(nw.lit(OPEN)).otherwise(later)
    return frame.with_columns(ends.cast(nw.Int64).alias(name)).drop(*steps)
