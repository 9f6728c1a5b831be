"""The days and amounts of an export's cells, in the one way in which the export writes them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.date_texts import order_of
from mrr_xl.errors import MrrError, cell, shown
from mrr_xl.months import OPEN, day_of, read_day
from mrr_xl.sources.number_texts import number_of, sign_of
from mrr_xl.sources.table import Table

_OFFSET = re.compile(r"(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2}|UTC)")


class Notation:
    """How an export writes days and amounts: as the user says, or as its columns show. Raises MrrError if neither does.

    A day of a timestamp with an offset is the day that it is there.
    """

    def __init__(self, table: Table, frame: nw.DataFrame[Any], dates: Sequence[str], numbers: Sequence[str]) -> None:
        self.order = table.how.order("start") or _order(_texts(frame, dates), dates)
        self.sign = table.how.sign("amount") or _sign(_texts(frame, numbers), numbers)
        self.files = table.files
        self._known: dict[tuple[str, Any], Any] = {}

    def day(self, value: Any, row: int, header: str) -> dt.date:
        day: dt.date = self._read("day", self._day, value, row, header)
        return day

    def amount(self, value: Any, row: int, header: str) -> Fraction:
        """An amount, exactly as it is written."""
        amount: Fraction = self._read("amount", self._amount, value, row, header)
        return amount

    def _read(self, what: str, read: Callable[[Any], Any], value: Any, row: int, header: str) -> Any:
        if (what, value) not in self._known:
            try:
                self._known[what, value] = read(value)
            except MrrError as error:
                raise MrrError(f"{cell(row, header, self.files)}: {error}") from None
        return self._known[what, value]

    def _day(self, value: Any) -> dt.date:
        if isinstance(value, str) and (written := _OFFSET.fullmatch(value.strip())):
            value = written[1]
        if isinstance(value, dt.datetime):
            value = value.date()
        day = read_day(value, order=self.order)
        if day >= OPEN:
            raise MrrError(f"{shown(value)} is not the end of a service period; fill in its last day")
        return day_of(day)

    def _amount(self, value: Any) -> Fraction:
        number = (
            None if isinstance(value, bool) else number_of(str(value), self.sign if isinstance(value, str) else ".")
        )
        if number is None or number - number != 0:
            raise MrrError(f"{shown(value)} is not an amount; write a plain number such as 1200.50")
        return Fraction(str(number))


def _texts(frame: nw.DataFrame[Any], headers: Sequence[str]) -> list[str]:
    texts: dict[str, None] = {}
    for header in headers:
        texts |= dict.fromkeys(
            value for value in frame[header].unique(maintain_order=True).to_list() if isinstance(value, str)
        )
    return list(texts)


def _order(texts: list[str], headers: Sequence[str]) -> str | None:
    order = order_of(texts)
    if order is None or (order.order and order.against is None):
        return order.order if order else None
    where = f"columns {', '.join(headers)}" if len(headers) > 1 else f"column {headers[0]}"
    if order.against is not None:
        raise MrrError(f"{where}: {shown(order.shows)} and {shown(order.against)} have their day in different places; "
                       "write the dates of the table in one way")  # fmt: skip
    raise MrrError(
        f"{where}: {shown(order.shows)} may be two days, and no other date of the table tells; say which with --dates "
        "dmy or --dates mdy, elsewhere with dates=dmy or dates=mdy"
    )


def _sign(texts: list[str], headers: Sequence[str]) -> str:
    sign = sign_of(texts)
    if sign is None or (sign.sign is None and "," not in sign.shows):
        return "."
    where = f"columns {', '.join(headers)}" if len(headers) > 1 else f"column {headers[0]}"
    if sign.against is not None:
        raise MrrError(f"{where}: {shown(sign.shows)} has a decimal point and {shown(sign.against)} a decimal comma; "
                       "write the numbers in one way")  # fmt: skip
    if sign.sign is None:
        raise MrrError(
            f"{where}: {shown(sign.shows)} may be two numbers, and no other number of the table tells; say which with "
            "--decimal , or --decimal ., elsewhere with decimal=, or decimal=."
        )
    return sign.sign
