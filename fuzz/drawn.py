"""Values drawn from bytes: the same bytes give the same values, and a change of a few bytes changes a few values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")

#: Numbers at the edges of what integers, floats, serials and money can be.
NUMBERS: tuple[Any, ...] = (
    0, 1, 2, 12, 100, -1, 0.5, 0.1, 1e-7, 33.33, 1200.5, 45352, 45352.0, 9_999, 10_000, 109_574.5, 109_575, 202403,
    2**31, 2**53 - 1, 2**53, 2**53 + 1, float(2**53), 2**63 - 1, 2**63, -(2**63), 2**64, 10**30, 1e12, 9e12, 9.3e18,
    1e22, 1e300, -1e300, 1e308, 5e-324, -0.0, float("nan"), float("inf"), float("-inf"), True, False, 10**400,
)  # fmt: skip
#: Texts that mean something, or that something may stumble over.
TEXTS = (
    "", " ", "A", "B", "Ada", "Ada ", "ada", "\u00a0Ada\u200b", "Bob; Co", "plan", "Pro", "Basic", "İ", "ΟΔΟΣ", "ß",
    "株式会社", "План", "e\u0301", "\ud800", "\x00", "\x1b[31m", "a\nb", "a\rb", "\u202eabc", "=1+1", "+1", "-1", "@a",
    "'", '"', "%", "-", "2024-03-15", "2024-03", "Mar 24", "03/04/2024", "31/12/24", "29.02.2023", "2024-02-30",
    "2024-03-15T23:30:00Z", "9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01", "0001-01-01T00:00:00+14:00",
    "1900-02-29", "2199-12-31", "2200-01-01", "0000-00-00", "45352", "45352.5", "1e300", "1E+18", "nan", "inf", "-inf",
    "1_000", "1,200", "1.200,50", "1'200", "(100)", "20%", "0,2", "€5", "5 USD", "$1,200.00", "１２", "٣", "²",
    "9" * 30, "1" * 5_000, "x" * 300, "month", "year", "quarter", "2 weeks", "9999999 years", "0 months", "P1Y", "p0m",
    "once", "day", "active", "paused", "cancelled", "expired", "#N/A", "#DIV/0!", "#NOT_COMPUTED!", "EUR", "USD", "XXA",
    "null", "None", "never", "true", "unlimited", "Europe/Berlin", "Pacific/Kiritimati", "../etc", "month_start",
    "inclusive", "gross",
)  # fmt: skip
DATES: tuple[Any, ...] = (
    dt.date(2024, 2, 29), dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(1899, 12, 30), dt.date(2199, 12, 31),
    dt.datetime(2024, 3, 1), dt.datetime(2024, 3, 15, 23, 30, tzinfo=dt.UTC), dt.datetime.max, dt.datetime.min,
    dt.datetime.max.replace(tzinfo=dt.UTC), dt.datetime(2024, 3, 31, 2, 30),
)  # fmt: skip


class Drawn:
    """Bytes as a source of values; used up, they are zeros."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def is_empty(self) -> bool:
        return self._at >= len(self._data)

    def byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def below(self, count: int) -> int:
        return (self.byte() if count <= 256 else self.byte() * 256 + self.byte()) % count

    def one_of(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def some_of(self, items: Sequence[Item], most: int) -> list[Item]:
        return [self.one_of(items) for _ in range(self.below(most + 1))]

    def text(self) -> str:
        """A known text, one of the bytes themselves, or two known ones together."""
        kind = self.below(8)
        if kind == 0:
            length = self.below(24)
            self._at += length
            return self._data[self._at - length : self._at].decode("utf-8", "surrogateescape")
        return self.one_of(TEXTS) + (self.one_of(TEXTS) if kind == 1 else "")

    def number(self) -> Any:
        kind = self.below(4)
        if kind == 0:
            return (self.below(2**16) - 2**15) / (1, 100, 1_000, 1_000_000)[self.below(4)]
        number = self.one_of(NUMBERS)
        return number if kind < 3 or isinstance(number, float) else number + self.below(3) - 1

    def value(self) -> Any:
        """What a cell may hold: nothing, a text, a number or a date."""
        kind = self.below(10)
        if kind == 0:
            return None
        return self.text() if kind < 5 else self.number() if kind < 8 else self.one_of(DATES)
