"""Service periods: how many months one is, and what share of them a part of one is.

Months are counted by the calendar: from the 15th to the 15th is a month, and so is from 31 January to the last of
February. A bill's period may be written with its last day or with the day after it; one of the two makes it whole.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator
from fractions import Fraction

DAY = dt.timedelta(days=1)

Period = tuple[dt.date, dt.date]


def months_after(day: dt.date, count: int) -> dt.date:
    """The day so many months later, or the last one of a month that is too short.

    >>> months_after(dt.date(2024, 1, 31), 1), months_after(dt.date(2024, 3, 31), -1)
    (datetime.date(2024, 2, 29), datetime.date(2024, 2, 29))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def whole_months(start: dt.date, end: dt.date) -> int:
    """How many whole months it is from a day to the first day after a period; 0 if it is not whole.

    >>> whole_months(dt.date(2024, 1, 15), dt.date(2025, 1, 15))
    12
    >>> whole_months(dt.date(2024, 1, 15), dt.date(2024, 1, 25))
    0
    >>> whole_months(dt.date(2024, 2, 29), dt.date(2024, 3, 31))
    1
    """
    count = (end.year - start.year) * 12 + end.month - start.month
    same = start.day == end.day
    shorter = _is_last(end) and start.day > end.day
    longer = _is_last(start) and end.day > start.day  # billed on the 31st: 29 February is its day
    return count if count > 0 and (same or shorter or longer) else 0


def _is_last(day: dt.date) -> bool:
    return (day + DAY).month != day.month


def are_inclusive(periods: Iterable[Period]) -> tuple[bool, int, int]:
    """Whether the ends are the last days of service, how many periods say so, and how many say otherwise.

    A period says so if it is whole months in one of the two ways only, or if it is a single day.
    """
    said = [saying for start, end in periods if (saying := _says(start, end)) is not None]
    inclusive = sum(said)
    return inclusive * 2 > len(said), inclusive, len(said) - inclusive


def _says(start: dt.date, end: dt.date) -> bool | None:
    if start == end:
        return True
    with_last, without = bool(whole_months(start, end + DAY)), bool(whole_months(start, end))
    return None if with_last == without else with_last


def day_after(start: dt.date, end: dt.date, inclusive: bool) -> dt.date:
    """The first day after a period, by what it says itself or, where it says nothing, by what the others say."""
    says = _says(start, end)
    return end + DAY if (inclusive if says is None else says) else end


def shares(start: dt.date, end: dt.date, whole: Iterable[tuple[dt.date, dt.date, int]]) -> Iterator[Fraction]:
    """How many months a period that is not whole may be, the likeliest first.

    whole: the whole periods around it, with their months: it is its share of their days, as billing systems prorate.
    Without one, it is whole months and a share of the month that it begins, or ends: 21 to 31 January is 11/31.

    >>> list(map(str, shares(dt.date(2024, 1, 21), dt.date(2024, 2, 1), [])))
    ['11/31', '11/31']
    """
    for first, after, months in whole:
        yield Fraction((end - start).days * months, (after - first).days)
    ends = [_counted(end, start, -1), _counted(start, end, 1)]
    yield from ends if end.day == 1 and start.day != 1 else reversed(ends)


def _counted(anchor: dt.date, other: dt.date, step: int) -> Fraction:
    """Whole months from one end of a period towards the other, and a share of the month that the rest is in."""
    count = max(0, abs((other.year - anchor.year) * 12 + other.month - anchor.month) - 2)
    while (other - months_after(anchor, step * (count + 1))).days * step >= 0:
        count += 1
    at, past = months_after(anchor, step * count), months_after(anchor, step * (count + 1))
    return count + Fraction((other - at).days, (past - at).days)
