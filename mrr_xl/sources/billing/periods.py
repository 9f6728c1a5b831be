"""Days, billing periods and trials of billing systems' exports."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from typing import Any

from mrr_xl.errors import MrrError, shown
from mrr_xl.months import OPEN, day_of, read_day

#: A time and a time zone's name behind a date, which do not change the day that is written.
_TIME = re.compile(r"[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?(?: ?(?:Z|[A-Z]{2,5}|[+-]\d{2}:?\d{2}))?$")
_EARLIEST, _LATEST = -(2**31), 2**33


def utc_day(seconds: object) -> str | None:
    """Unix seconds as their day in UTC; None for none. Raises MrrError.

    >>> utc_day(1706745599), utc_day(None)
    ('2024-01-31', None)
    """
    if seconds is None or seconds == "":
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not _EARLIEST < seconds < _LATEST:
        raise MrrError(f"{shown(seconds)} is not a time in Unix seconds")
    return f"{dt.datetime.fromtimestamp(int(seconds), dt.UTC):%Y-%m-%d}"


def written_day(value: Any) -> Any:
    """A cell's date without the time and the time zone's name behind it; what is no text stays as it is.

    >>> written_day("2010-03-24 17:18:46 PDT"), written_day("13-Dec-2023 10:22"), written_day(" ")
    ('2010-03-24', '13-Dec-2023', None)
    """
    return (_TIME.sub("", value.strip()) or None) if isinstance(value, str) else value


def date_of(value: Any) -> dt.date | None:
    """A cell's date for comparing; None for a blank and for what is not a date, which the ledger then names."""
    if value is None or value != value:
        return None
    try:
        day = read_day(value.replace(tzinfo=None) if isinstance(value, dt.datetime) else written_day(value))
    except MrrError:
        return None
    return None if day >= OPEN else day_of(day)


def interval_between(start: dt.date | None, end: dt.date | None) -> str | None:
    """The interval of which a billing period is one: whole months if it ends on the day on which it began, or on the
    last day of a shorter month, else weeks or days; None if there is none.

    >>> [interval_between(dt.date(2024, 1, 31), dt.date(2024, *day)) for day in ((2, 29), (4, 30), (2, 14), (2, 10))]
    ['1 months', '3 months', '2 weeks', '10 days']
    """
    if start is None or end is None or end <= start:
        return None
    months = (end.year - start.year) * 12 + end.month - start.month
    last = monthrange(end.year, end.month)[1]
    if months and (end.day == min(start.day, last) or (end.day > start.day and _is_last(start) and end.day == last)):
        return f"{months} months"
    days = (end - start).days
    return f"{days // 7} weeks" if days % 7 == 0 else f"{days} days"


def _is_last(day: dt.date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


#: A stretch of time in which a subscription is paid for: its first day and the first one after it, None for no end.
Span = tuple[Any, Any]


def paid_spans(start: Any, end: Any, trial_start: Any = None, trial_end: Any = None) -> list[Span]:
    """When a subscription was paid for: before its trial, if that began later than the subscription, and after it.

    >>> paid_spans("2024-01-01", None, "2024-01-01", "2024-01-15")
    [('2024-01-15', None)]
    >>> paid_spans("2024-01-01", "2024-06-01", "2024-03-01", "2024-03-15")
    [('2024-01-01', '2024-03-01'), ('2024-03-15', '2024-06-01')]
    >>> paid_spans("2024-01-01", "2024-01-10", "2024-01-01", "2024-01-15")
    []
    """
    begins, ends = date_of(start), date_of(end)
    trial_begins, trial_ends = date_of(trial_start) or begins, date_of(trial_end)
    if begins is None or trial_begins is None or trial_ends is None or trial_ends <= trial_begins:
        return [(start, end)]
    spans = []
    if trial_begins > begins:
        spans.append((start, trial_start if ends is None or trial_begins < ends else end))
    if trial_ends > begins and (ends is None or trial_ends < ends):
        spans.append((trial_end, end))
    elif trial_ends <= begins:
        spans.append((start, end))
    return spans
