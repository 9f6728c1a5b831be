"""When a subscription was paid for, by the days that a billing system has of it."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from functools import lru_cache

from mrr_xl.errors import MrrError, shown

#: A stretch of time: its first day and the first one after it, None for no end.
Span = tuple[dt.date | None, dt.date | None]
_EARLIEST, _LATEST = -(2**31), 2**33


def utc_day(seconds: object) -> dt.date | None:
    """Unix seconds as their day in UTC; None for none. Raises MrrError.

    >>> utc_day(1706745599), utc_day(None)
    (datetime.date(2024, 1, 31), None)
    """
    if seconds is None or seconds == "":
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not _EARLIEST < seconds < _LATEST:
        raise MrrError(f"{shown(seconds)} is not a time in Unix seconds")
    return _day_number(int(seconds) // 86_400)


@lru_cache(maxsize=1 << 15)
def _day_number(days: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days)


def interval_between(start: dt.date | None, end: dt.date | None) -> tuple[int, str] | None:
    """How many of what interval a billing period is: months if it ends on the day on which it began or on the last day
    of a shorter month, else weeks or days; None if it is no period.

    >>> [interval_between(dt.date(2024, 1, 31), dt.date(2024, *day)) for day in ((2, 29), (4, 30), (2, 14), (2, 10))]
    [(1, 'months'), (3, 'months'), (2, 'weeks'), (10, 'days')]
    """
    if start is None or end is None or end <= start:
        return None
    months = (end.year - start.year) * 12 + end.month - start.month
    last = monthrange(end.year, end.month)[1]
    if months and (end.day == min(start.day, last) or (end.day > start.day and _is_last(start) and end.day == last)):
        return months, "months"
    days = (end - start).days
    return (days // 7, "weeks") if days % 7 == 0 else (days, "days")


def _is_last(day: dt.date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def paid_spans(
    start: dt.date | None, end: dt.date | None, trial_start: dt.date | None, trial_end: dt.date | None
) -> list[Span]:
    """When a subscription was paid for: before its trial, if that began later than the subscription, and after it.

    >>> day = lambda month, day: dt.date(2024, month, day)
    >>> paid_spans(day(1, 1), None, day(1, 1), day(1, 15))
    [(datetime.date(2024, 1, 15), None)]
    >>> [f"{begins:%m-%d} to {ends:%m-%d}" for begins, ends in paid_spans(day(1, 1), day(6, 1), day(3, 1), day(3, 15))]
    ['01-01 to 03-01', '03-15 to 06-01']
    >>> paid_spans(day(1, 1), day(1, 10), None, day(1, 15))
    []
    """
    trial_start = trial_start or start
    if start is None or trial_start is None or trial_end is None or trial_end <= max(start, trial_start):
        return [(start, end)]
    spans: list[Span] = []
    if trial_start > start:
        spans.append((start, trial_start if end is None else min(trial_start, end)))
    if end is None or trial_end < end:
        spans.append((trial_end, end))
    return spans


def paid_and_trial(
    start: dt.date | None, end: dt.date | None, trial_start: dt.date | None, trial_end: dt.date | None, status: str
) -> list[tuple[dt.date | None, dt.date | None, str]]:
    """Start, end and status of each stretch of a subscription: its trial, and when it was paid for.

    >>> first, ninth, last = (dt.date(2024, 1, day) for day in (1, 9, 31))
    >>> [(f"{begins:%d}", word) for begins, _, word in paid_and_trial(first, last, None, ninth, "active")]
    [('01', 'trialing'), ('09', 'active')]
    >>> [word for _, _, word in paid_and_trial(first, ninth, None, last, "ended")]
    ['trial_ended']
    """
    paid = [(begins, ends, status) for begins, ends in paid_spans(start, end, trial_start, trial_end)]
    begins = max((day for day in (start, trial_start) if day is not None), default=None)
    if not paid:
        return [(start, end, "trial_ended")]
    if (
        start is None
        or begins is None
        or trial_end is None
        or trial_end <= begins
        or (end is not None and end <= begins)
    ):
        return paid
    ends = trial_end if end is None else min(trial_end, end)
    before, after = [one for one in paid if one[0] == start], [one for one in paid if one[0] != start]
    return [*before, (begins, ends, "trialing"), *after]
