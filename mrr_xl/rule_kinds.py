"""What a rule may be: how each kind of value is read from a text, a cell or a Python value."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mrr_xl.date_texts import month_number
from mrr_xl.months import read_month, read_span

MOST = 1_000_000  #: days or months; many times the years that a date may have
_FINEST = 1_000  #: the largest denominator of a factor: amounts are shared out in whole numbers
_LONGEST = 366  #: of what a month can have


def _days(value: object) -> int:
    try:
        days = float(str(value).strip())
    except ValueError:
        days = -1.0
    if days < 0 or not days.is_integer():
        raise ValueError
    if days > MOST:
        raise OverflowError
    return int(days)


def _months(value: object) -> int:
    if not (months := _days(value)):
        raise ValueError
    return months


def _last_month(value: object) -> int:
    span = None if isinstance(value, float) else read_span(value)
    return read_month(value) if span is None or span.fiscal else span.last


def _month_of_a_year(value: object) -> int:
    text = str(value).strip().lower()
    number = float(month_number(text) if text.isalpha() else text)
    if number not in range(1, 13):
        raise ValueError
    return int(number)


def _days_or_unlimited(value: object) -> int | None:
    return None if value is None or str(value).strip().lower() == "unlimited" else _days(value)


def _zone(value: object) -> str:
    name = str(value).strip()
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError from None


def _columns(value: object) -> str:
    return ", ".join(name.strip() for name in str(value).split(",") if name.strip())


def fraction(value: object) -> float:
    """A share above 0 and up to 1, such as 0.8 or '80%'; ValueError for anything else."""
    text = str(value).strip()
    share = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    if isinstance(value, bool) or not 0 < share <= 1:
        raise ValueError
    return share


def factor(value: object) -> Fraction:
    """How many of a unit a month has, such as 30, 4.33, '52/12' or a cell's 4.333333333; ValueError for anything else.

    >>> [str(factor(value)) for value in ("365/12", 30, "30.437", 52 / 12)]
    ['365/12', '30', '30437/1000', '13/3']
    """
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, float):
        exact = Fraction(value)
        near = exact.limit_denominator(_FINEST)
        found = near if abs(near - exact) < exact / 10**9 else exact
    else:
        try:
            found = (
                value
                if isinstance(value, Fraction)
                else Fraction(re.sub(r"\s*/\s*", "/", str(value).strip()).replace(",", "."))
            )
        except ZeroDivisionError:
            raise ValueError from None
    if not 0 < found <= _LONGEST or found.denominator > _FINEST:
        raise ValueError
    return found


def factor_text(value: Fraction) -> str:
    """A factor as a user writes it: a decimal number if it is one of few digits, else a fraction.

    >>> factor_text(Fraction(30437, 1000)), factor_text(Fraction(365, 12)), factor_text(Fraction(13, 3))
    ('30.437', '365/12', '52/12')
    """
    text = f"{float(value):g}"
    if Fraction(text) == value:
        return text
    twelfths = value * 12
    return f"{twelfths}/12" if twelfths.denominator == 1 else str(value)


Kind = Literal[
    "choice", "days", "days or unlimited", "months", "month", "month of a year", "zone", "fraction", "factor", "columns"
]  # fmt: skip

#: What a rule of each kind may be, and how it is read: from a text, a cell or a Python value. ValueError: it is not.
KINDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "days": ("a number of days", _days),
    "days or unlimited": ("unlimited or a number of days", _days_or_unlimited),
    "months": ("a whole number of months, 1 or more", _months),
    "month": ("a month such as 2024-12", _last_month),
    "month of a year": ("a month of the year, 1 to 12", _month_of_a_year),
    "zone": ("a time zone such as Europe/Berlin", _zone),
    "fraction": ("a fraction above 0 and up to 1", fraction),
    "factor": ("a number above 0, with up to 3 decimals or as a fraction such as 365/12", factor),
    "columns": ("the names of columns, with commas between them", _columns),
}
