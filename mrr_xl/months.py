"""Dates, serials and texts become whole numbers here, and nowhere else.

A *month* is `year × 12 + month − 1`; a *day* is `month × 32 + day of the month`. Both order like
dates, a day's month is `day // 32`, and every engine can compute with them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NewType
from zoneinfo import ZoneInfo

from mrr_xl import clock
from mrr_xl.date_texts import date_of, folded, is_in_utc, month_number
from mrr_xl.errors import MrrError, shown
from mrr_xl.later import pd

Month = NewType("Month", int)
Day = NewType("Day", int)

FIRST_YEAR, LAST_YEAR = 1900, 2199
#: Excel's serials: below the first, a number is a year or a month that was typed as one.
FIRST_SERIAL, AFTER_LAST_SERIAL = 10_000, 109_575
_SERIAL_ZERO = dt.date(1899, 12, 30)
_TO_1900: ContextVar[int] = ContextVar("days to the system of 1900", default=0)
_PANDAS_ZERO = 1970 * 12
OPEN = Day(9999 * 12 * 32)  #: the end of a period that has no end

_OFFSET = re.compile(r"(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z| ?[+-]\d{2}(?::?\d{2})?)")
#: In a column of mixed cells serials arrive as text; 010124 and 101124 are days of another kind.
_SERIAL = re.compile(r"[1-9]\d{4}(\.\d+)?")
_YEAR_AND_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})|((?:19|20|21)\d\d)\.?(\d\d)")
_MONTH_AND_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_NAMED_MONTH = re.compile(r"([a-z]{3,10})\.?[ -]?(?:(\d{4})|'?(\d{2}))")
_QUARTER_OR_YEAR = re.compile(
    r"(?P<fiscal>fy ?)?(?P<year>(19|20|21)\d\d)([ /-]?q(?P<quarter>[1-4]))?"
    r"|q(?P<first>[1-4])[ /-]?(?P<of_fiscal>fy ?)?(?P<of>(19|20|21)\d\d)"
)
_YEAR_AND_NAME = re.compile(r"(\d{4})[ -]([a-z]{3,10})\.?")


def day_key(date: dt.date) -> Day:
    return Day((date.year * 12 + date.month - 1) * 32 + date.day)


def day_of(key: Day) -> dt.date:
    """The date of a day.

    >>> day_of(day_key(dt.date(2024, 2, 29)))
    datetime.date(2024, 2, 29)
    """
    return dt.date(key // 32 // 12, key // 32 % 12 + 1, key % 32)


def next_day(day: Day) -> Day:
    """The day after.

    >>> day_of(next_day(day_key(dt.date(2024, 2, 29))))
    datetime.date(2024, 3, 1)
    """
    return day if day >= OPEN else day_key(day_of(day) + dt.timedelta(days=1))


def is_month(value: object) -> bool:
    """Whether a value is a month as a whole number, such as others here give."""
    return type(value) is int and FIRST_YEAR * 12 <= value <= LAST_YEAR * 12 + 11


def month_of(day: Day) -> Month:
    return Month(day // 32)


def first_day(month: Month) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)


def period(month: Month) -> pd.Period:
    """A month as pandas has it.

    >>> period(read_month("2024-03"))
    Period('2024-03', 'M')
    """
    return pd.Period(ordinal=month - _PANDAS_ZERO, freq="M")


def periods(months: Iterable[int]) -> pd.PeriodIndex:
    """Months as the index `month` of a pandas frame or series."""
    return pd.PeriodIndex.from_ordinals([month - _PANDAS_ZERO for month in months], freq="M", name="month")


def month_label(month: Month) -> str:
    """A month as texts show it.

    >>> month_label(2024 * 12 + 2)
    '2024-03'
    """
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def latest_complete(today: dt.date | None = None) -> Month:
    """The last month that is over: the month before today's."""
    today = today or clock.today()
    return Month(today.year * 12 + today.month - 2)


def from_serial(serial: float) -> dt.date | None:
    """The date of an Excel serial, or None if it is outside the years 1927 to 2199.

    A smaller number is a year or a month that was typed as a number. Serials count from 1900, unless in_system says
    otherwise.
    """
    serial += _TO_1900.get()
    if not FIRST_SERIAL <= serial < AFTER_LAST_SERIAL:
        return None
    return _SERIAL_ZERO + dt.timedelta(days=int(serial))


@contextmanager
def in_system(days_to_1900: int) -> Iterator[None]:
    """Where the serials that are read count from another day; days_to_1900: 1462 for a workbook that begins in 1904.

    >>> with in_system(1462):
    ...     print(from_serial(43904))
    2024-03-15
    """
    token = _TO_1900.set(days_to_1900)
    try:
        yield
    finally:
        _TO_1900.reset(token)


def serial(day: Day) -> int:
    """The Excel serial of a day, counted from 1900.

    >>> serial(day_key(dt.date(2024, 3, 15))), serial(day_key(dt.date(1900, 1, 1)))
    (45366, 1)
    """
    days = (day_of(day) - _SERIAL_ZERO).days
    return days if days > 60 else days - 1


def read_day(value: object, timezone: str | None = None, order: str | None = None) -> Day:
    """A date, a serial or a text such as 2024-03-15 as a day; OPEN for a year 9999.

    A timestamp that carries an offset is the date that it is in `timezone`, and an error without one; a text that says
    UTC is its date in UTC without one. order: in which order the numbers of 03/04/2024 stand; without it, that is no
    date.

    >>> read_day("2024-03-15") == read_day(45366) == day_key(dt.date(2024, 3, 15))
    True
    """
    date: dt.date | None = None
    if getattr(value, "ndim", None) == 0:
        value = _of_numpy(value)
    if isinstance(value, str) and _SERIAL.fullmatch(value.strip()):
        value = float(value.strip())  # which knows more blanks than float does
    if isinstance(value, str):
        text = value.strip()
        if timezone is not None and is_in_utc(text):
            text = re.sub(r"(?i) ?(utc|gmt)$", "Z", text)
        if parts := _OFFSET.fullmatch(text):
            value = _moment(text, parts[1], parts[2].strip())
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            if timezone is None:
                raise MrrError(f"{shown(value)} carries a time zone; set timezone to that of your books")
            value = _local(value, ZoneInfo(timezone))
        date = value.date() if 0 < value.year <= 9999 else None  # pandas has others, as a database's infinity
    elif isinstance(value, dt.date):
        date = value
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and from_serial(value):
        date = from_serial(value)
    elif not isinstance(value, bool) and (numbers := date_of(str(value).removesuffix(".0"), order)):
        try:
            date = dt.date(*numbers)
        except ValueError:
            raise MrrError(f"{shown(value)} is not a day of the calendar") from None
    if date is None:
        raise MrrError(f"{shown(value)} is not a date; write it as 2024-03-15")
    if date.year == 9999:
        return OPEN
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise MrrError(f"{shown(value)} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return day_key(date)


def serial_of(date: Any) -> int | None:
    """The number that a sheet has for a date or a time; None for those that no sheet has.

    >>> serial_of(dt.date(2024, 3, 15)), serial_of(dt.date(9999, 12, 31)), serial_of(dt.date(1815, 12, 10))
    (45366, 2958465, None)
    """
    if not 1900 <= date.year <= 9999:
        return None
    return serial(day_key(dt.date(date.year, date.month, date.day)))


def _moment(text: str, moment: str, offset: str) -> dt.datetime:
    """The moment of a text that carries an offset. Raises MrrError."""
    try:
        if moment[11:13] != "24":  # which Python reads as the next day from 3.13 on, and not before
            return dt.datetime.fromisoformat(moment + offset)
    except ValueError:
        pass
    try:
        dt.date.fromisoformat(moment[:10])
    except ValueError:
        raise MrrError(f"{shown(text)} is not a day of the calendar") from None
    raise MrrError(f"{shown(text)} has a time that no day has; write it as 2024-03-15T23:59:59Z")


def _local(time: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """A time as the clocks of a zone show it; the year 9999 stands for no end, in whichever zone it is."""
    try:
        return time if time.year == 9999 else time.astimezone(zone)
    except OverflowError:
        return time  # the first day or the last of Python's calendar, whose year says enough


def read_month(value: object, order: str | None = None) -> Month:
    """A date, a serial, a pandas Period or a text such as 2024-03, 'Mar 24' or 03/2024 as a month.

    order: as in read_day.

    >>> {read_month(month) for month in ("2024-03", "March 2024", "03/2024", 202403, dt.date(2024, 3, 31), 45352)}
    {24290}
    """
    if getattr(value, "ndim", None) == 0:
        value = _of_numpy(value)
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        text = value if isinstance(value, str) else str(value).removesuffix(".0")
        parts = _month_parts(folded(text)) if isinstance(value, str) or "." not in text else None
        if parts is not None:
            year, number = parts
            if FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= 12:
                return Month(year * 12 + number - 1)
            raise MrrError(f"{shown(value)} is not a month; write it as 2024-03")
    if hasattr(value, "to_timestamp"):
        first, last = value.to_timestamp(), value.to_timestamp(how="end")
        if (first.year, first.month) != (last.year, last.month):  # a quarter, or a week of two months
            raise MrrError(f"{shown(value)} is not a month; write it as 2024-03")
        value = first
    try:
        return month_of(read_day(value, order=order))
    except MrrError:
        raise MrrError(f"{shown(value)} is not a month; write it as 2024-03") from None


def _of_numpy(value: Any) -> object:
    """A number or a day of numpy as Python has it; a day without its time, which is one in every unit."""
    plain = (value.astype("datetime64[D]") if value.dtype.kind == "M" else value).item()
    return value if plain is None or value.dtype.kind == "m" else plain


@dataclass(frozen=True)
class Span:
    """The months of a quarter or a year; fiscal: whether it is named as one of the fiscal year."""

    first: Month
    last: Month
    fiscal: bool

    @property
    def word(self) -> str:
        return "quarter" if self.last - self.first == 2 else "year"


def read_span(value: object, fiscal_year_begins: int = 1) -> Span | None:
    """A quarter or a year such as 2024-Q1, Q1 2024, FY2024-Q1 or 2024; None for everything else.

    A fiscal year has the number of the calendar year in which it ends.

    >>> quarter, year = read_span("2024-Q1"), read_span("FY2024", fiscal_year_begins=4)
    >>> [month_label(month) for month in (quarter.first, quarter.last, year.first, year.last)]
    ['2024-01', '2024-03', '2023-04', '2024-03']
    """
    parts = _QUARTER_OR_YEAR.fullmatch(folded(str(value).removesuffix(".0")))
    if parts is None:
        return None
    fiscal, quarter = bool(parts["fiscal"] or parts["of_fiscal"]), parts["quarter"] or parts["first"]
    first = int(parts["year"] or parts["of"]) * 12
    if fiscal and fiscal_year_begins > 1:
        first += fiscal_year_begins - 13
    if quarter:
        first += 3 * (int(quarter) - 1)
    return Span(Month(first), Month(first + (2 if quarter else 11)), fiscal)


def _month_parts(text: str) -> tuple[int, int] | None:
    """Year and number of a month that is written without a day; a name that is no month's has the number 0."""
    if parts := _YEAR_AND_MONTH.fullmatch(text):
        return int(parts[1] or parts[3]), int(parts[2] or parts[4])
    if parts := _MONTH_AND_YEAR.fullmatch(text):
        return int(parts[2]), int(parts[1])
    if parts := _NAMED_MONTH.fullmatch(text):
        return int(parts[2] or 2000 + int(parts[3])), month_number(parts[1])
    if parts := _YEAR_AND_NAME.fullmatch(text):
        return int(parts[1]), month_number(parts[2])
    return None
