"""Dates and months: what is read is written and read again as the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fuzz.drawn import DATES, TEXTS, Drawn
from fuzz.target import Target
from mrr_xl import months
from mrr_xl.date_texts import ORDERS, date_of, order_of
from mrr_xl.errors import MrrError
from mrr_xl.months import FIRST_YEAR, LAST_YEAR, OPEN

_ZONES = (None, "UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12")
_ORDERS = (None, *ORDERS)
_MANNERS = (
    "15.03.2024", "15. März 2024", "Mar 15, 2024", "15-Mar-24", "3/15/24", "20240315", "2024-03-15T10:22:33.123+05:30",
    "Fri, 15 Mar 2024 10:22 PM", "15 de marzo de 2024", "2024 mar 15", "1st of May 2024", "March 2024", "'24 Mar",
    "03.2024", "202403", "2024/3", "45352", "24-03-15", "2024-03-15 10:22 UTC", "0999-01-01", "15 mars'24",
)  # fmt: skip


def _read(data: bytes) -> tuple[Any, str | None, str | None, bool]:
    drawn = Drawn(data)
    kind = drawn.below(4)
    zone, order = drawn.one_of(_ZONES), drawn.one_of(_ORDERS)
    if kind == 0:
        return drawn.value(), zone, order, False
    return data[3:].decode("utf-8", "surrogateescape"), zone, order, kind == 1


def _check(given: tuple[Any, str | None, str | None, bool]) -> None:
    value, zone, order, is_list = given
    if is_list:
        _check_order(str(value).split("|"))
        return
    day = _or_none(lambda: months.read_day(value, zone, order))
    if day is not None and day < OPEN:
        assert FIRST_YEAR <= months.day_of(day).year <= LAST_YEAR
        assert months.read_day(f"{months.day_of(day):%Y-%m-%d}") == day
        assert months.first_day(months.month_of(day)) <= months.day_of(day) < months.day_of(months.next_day(day))
        assert months.day_of(day).year < 1928 or months.read_day(months.serial(day)) == day
    month = _or_none(lambda: months.read_month(value, order))
    if month is not None and month < OPEN // 32:
        assert months.read_month(months.month_label(month)) == month == months.read_month(months.period(month))
        assert day is None or zone is not None or months.month_of(day) == month


def _check_order(texts: list[str]) -> None:
    """Every date of a column can be read in the order that its dates show, or one is named that can't."""
    known = order_of(texts)
    if known is None or known.order is None or known.against is not None:
        return
    assert known.shows in texts and date_of(known.shows or "", known.order) is not None
    for text in texts:
        if date_of(text, "dmy") or date_of(text, "mdy"):
            assert date_of(text, known.order) is not None, text


def _or_none(read: Any) -> int | None:
    try:
        return read()
    except MrrError:
        return None


def _seeds() -> Iterator[bytes]:
    for text in (*_MANNERS, *(text for text in TEXTS if len(text) < 40)):
        yield b"\x02\x00\x00" + text.encode("utf-8", "surrogatepass")
    yield b"\x01\x00\x00" + "|".join(_MANNERS[:8]).encode()
    yield b"\x01\x00\x00" + b"03/04/2024|13/04/2024|05/06/24"
    yield from (bytes([0, zone, 0, 8, place]) for zone in range(len(_ZONES)) for place in range(len(DATES)))


_WORDS = (
    *_MANNERS,
    "Z",
    "+14:00",
    "-12:00",
    "UTC",
    "T24:00",
    "24:60",
    "février",
    "sept",
    "９",
    "|",
    "9999",
    "0000",
    "/",
)
TARGETS = {"dates": Target(_read, _check, _seeds, _WORDS, 120)}
