"""The day it is, which is one and the same from a run's beginning to its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_day: ContextVar[dt.date | None] = ContextVar("day", default=None)


def today() -> dt.date:
    """The day of the run, or the computer's: what is as of today is so over midnight, and when the clock is set."""
    return _day.get() or dt.date.today()


def now() -> dt.datetime:
    """The time, which stays within the day of the run."""
    moment, day = dt.datetime.now(), today()
    if moment.date() == day:
        return moment
    return dt.datetime.combine(day, dt.time(23, 59, 59) if moment.date() > day else dt.time())


@contextmanager
def one_day(day: dt.date | None = None) -> Iterator[None]:
    """Within it, today stays what it is, or is the day given: that of the run that a process works for."""
    token = _day.set(day or today())
    try:
        yield
    finally:
        _day.reset(token)


def stay_in(day: dt.date) -> None:
    """One day for all of this process."""
    _day.set(day)
