"""Texts of a file that are all numbers, or all days, as what Excel makes of them when it opens the file itself.

They are of columns that change no figure of ours; the user's own formulas over them need numbers and days.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from mrr_xl import months
from mrr_xl.date_texts import date_of
from mrr_xl.sources.number_texts import number_of, sign_of

#: A number that a cell can hold: 15 digits. One that begins with 0, such as a customer's number, is a text.
_NUMBER = re.compile(r"(?!\(?-?0\d)[-(]?\d[\d.,'’ ]*\)?")
_DAY = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}")


class Serial(int):
    """A day as a cell holds it."""


def typed(values: Sequence[Any]) -> list[Any]:
    """A column's values, as numbers or days if all of them are; else as they are.

    >>> typed(["250", "1,000.50", None]), typed(["10%", "2.5%"]), typed(["2024-03-15", "16.03.2024"])
    ([250.0, 1000.5, None], [0.1, 0.025], [45366, 45367])
    >>> typed(["0012", "7"]), typed(["1.200"]), typed(["03/04/2024"]), typed(["12", "n/a"])
    (['0012', '7'], ['1.200'], ['03/04/2024'], ['12', 'n/a'])
    """
    texts = [value.strip() for value in values if isinstance(value, str) and value.strip()]
    if not texts or any(value is not None and not isinstance(value, str) for value in values):
        return list(values)
    read = _days(texts) or _numbers(texts)
    return list(values) if read is None else [_of(value, read) for value in values]


def _of(value: str | None, read: dict[str, Any]) -> Any:
    return None if value is None else read.get(value.strip())


def _days(texts: Sequence[str]) -> dict[str, Any] | None:
    days = {}
    for text in texts:
        date = date_of(text) if _DAY.fullmatch(text) else None
        if date is None:
            return None
        try:
            serial = months.serial_of(dt.date(*date))
        except ValueError:
            return None
        if serial is None:
            return None
        days[text] = Serial(serial)
    return days


def _numbers(texts: Sequence[str]) -> dict[str, Any] | None:
    percent = all(text.endswith("%") for text in texts)
    bare = {text: text.removesuffix("%").strip() if percent else text for text in texts}
    sign = sign_of(bare.values())
    if sign is not None and (sign.sign is None or sign.against is not None):
        return None  # it may be two numbers
    numbers = {}
    for text, digits in bare.items():
        count = sum(character.isdigit() for character in digits)
        number = number_of(digits, sign.sign if sign else None) if _NUMBER.fullmatch(digits) and count <= 15 else None
        if number is None:
            return None
        numbers[text] = number / 100 if percent else number
    return numbers
