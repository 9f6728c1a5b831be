"""Dates, serials and texts become whole numbers here, and nowhere else.

A *month* is `year × 12 + month − 1`; a *day* is `month × 32 + day of the month`. Both order like
dates, a day's month is `day // 32`, and every engine can compute with them.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from mrr_xl.errors import MrrError, shown

FIRST_YEAR, LAST_YEAR = 1900, 2199
_FIRST_SERIAL = 10_000
OPEN = 9999 * 12 * 32  #: the end of a period that has no end

_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_ISO_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ t]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_ISO_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})")
_SERIAL = re.compile(r"\d{5,6}(\.\d+)?")  # in a column of mixed cells serials arrive as text
_NAMED_MONTH = re.compile(r"([a-z]{3,9})\.?(?:[ -](\d{4})|-(\d{2}))")  # Jan-24 is how Excel writes mmm-yy
_NAMED_DAY = re.compile(r"(\d{1,2})[ -]([a-z]{3,9})\.?[ -](\d{4})")


def day_key(date: dt.date) -> int:
    return (date.year * 12 + date.month - 1) * 32 + date.day


def day_of(key: int) -> dt.date:
    """The date of a day.

    >>> day_of(day_key(dt.date(2024, 2, 29)))
    datetime.date(2024, 2, 29)
    """
    return dt.date(key // 32 // 12, key // 32 % 12 + 1, key % 32)


def first_day(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)


def month_label(month: int) -> str:
    """A month as texts show it.

    >>> month_label(2024 * 12 + 2)
    '2024-03'
    """
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def latest_complete(today: dt.date | None = None) -> int:
    """The last month that is over: the month before today's."""
    today = today or dt.date.today()
    return today.year * 12 + today.month - 2


def from_serial(serial: float) -> dt.date | None:
    """The date of an Excel serial (1900 system), or None when it is none from 1927 to 2199.

    A smaller number is a year or a month that was typed as a number.
    """
    if not _FIRST_SERIAL <= serial < 109_575:
        return None
    return dt.date(1899, 12, 30) + dt.timedelta(days=int(serial))


def serial(day: int) -> int:
    """The Excel serial of a day.

    >>> serial(day_key(dt.date(2024, 3, 15))), serial(day_key(dt.date(1900, 1, 1)))
    (45366, 1)
    """
    days = (day_of(day) - dt.date(1899, 12, 30)).days
    return days if days > 60 else days - 1


def _day_parts(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of 2024-03-15 or 15 Mar 2024; 03/04/2024 could be two days, so it is none."""
    if found := _ISO_DAY.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if (found := _NAMED_DAY.fullmatch(text)) and _named(found[2]):
        return int(found[3]), _named(found[2]), int(found[1])
    return None


def read_day(value: object, timezone: str | None = None) -> int:
    """A date, a serial or a text such as 2024-03-15 as a day; OPEN for a year 9999.

    A timestamp that carries an offset is the date that it is in `timezone`, and an error without one.

    >>> read_day("2024-03-15") == read_day(45366) == day_key(dt.date(2024, 3, 15))
    True
    """
    date: dt.date | None = None
    if isinstance(value, str) and _SERIAL.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, str) and _OFFSET.fullmatch(value.strip()):
        value = dt.datetime.fromisoformat(value.strip())
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            if timezone is None:
                raise MrrError(f"{shown(value)} carries a time zone; set timezone to the one of your books")
            value = value.astimezone(ZoneInfo(timezone))
        date = value.date()
    elif isinstance(value, dt.date):
        date = value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        date = from_serial(value)
    elif isinstance(value, str) and (parts := _day_parts(value.strip().lower())):
        try:
            date = dt.date(*parts)
        except ValueError:
            raise MrrError(f"{shown(value)} is not a day of the calendar") from None
    if date is None:
        raise MrrError(f"{shown(value)} is not a date; write it as 2024-03-15")
    if date.year == 9999:
        return OPEN
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise MrrError(f"{shown(value)} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return day_key(date)


def _named(text: str) -> int:
    """The number of a month by its name or the beginning of it; 0 for any other word."""
    return next((place for place, name in enumerate(_NAMES, 1) if name.startswith(text)), 0)


def read_month(value: object) -> int:
    """A date, a serial, a pandas Period or a text such as 2024-03 or 'Mar 2024' as a month.

    >>> {read_month(month) for month in ("2024-03", "March 2024", dt.date(2024, 3, 31), 45352)}
    {24290}
    """
    if isinstance(value, str):
        text = value.strip().lower()
        if found := _ISO_MONTH.fullmatch(text):
            year, number = int(found[1]), int(found[2])
        elif found := _NAMED_MONTH.fullmatch(text):
            year, number = int(found[2] or 2000 + int(found[3])), _named(found[1])
        elif _day_parts(text) or _SERIAL.fullmatch(text):
            return read_day(value) // 32
        else:
            year, number = 0, 0
        if FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= 12:
            return year * 12 + number - 1
        raise MrrError(f"{shown(value)} is not a month; write it as 2024-03")
    if hasattr(value, "to_timestamp"):
        value = value.to_timestamp()
    try:
        return read_day(value) // 32
    except MrrError:
        raise MrrError(f"{shown(value)} is not a month; write it as 2024-03") from None
