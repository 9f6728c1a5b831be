"""What one unit of each currency is worth in the reporting currency."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mrr_xl.errors import MrrError, shown
from mrr_xl.later import pd
from mrr_xl.ledger.pricing import number
from mrr_xl.months import Month, month_label, read_month
from mrr_xl.sources import read_table
from mrr_xl.sources.files import sheet_of
from mrr_xl.sources.headers import plain
from mrr_xl.sources.how import How
from mrr_xl.sources.number_texts import code_of, is_nothing, plain_number, sign_of


@dataclass(frozen=True)
class Rates:
    """Rates: the latest of each currency, and where rates change, one per currency and month (`by_month`).

    A rate without a month holds for every month, also beside those of other currencies that change.
    """

    pairs: tuple[tuple[str, Month | None, float], ...] = ()
    latest: Mapping[str, float] = field(default_factory=dict, compare=False)
    by_month: Mapping[tuple[str, Month], float] = field(default_factory=dict, compare=False)

    def at(self, currency: str, month: Month) -> float:
        """The rate at the end of a month."""
        if (currency, month) in self.by_month:
            return self.by_month[currency, month]
        if (currency, None, self.latest[currency]) not in self.pairs:
            where = f"currency {currency} has no rate for {month_label(month)}"
            raise MrrError(f"{where}; add it to the rates, or set through to an earlier month")
        return self.latest[currency]


NO_RATES = Rates()
_SHEET = "Rates"  #: of a workbook with others
_CODE = re.compile("[A-Z]{3}")


def read_rates(given: object) -> Rates:
    """Rates from a frame, a file, a mapping of currency to rate, or rows of (currency, [month], rate).

    A rate is what one unit of the currency is worth in the reporting currency, whose own rate is 1. Of a workbook of
    Excel it is the sheet or the table Rates, or the only one with that word, such as FX rates.

    >>> read_rates({"EUR": 1, "USD": 0.92}).latest
    {'EUR': 1.0, 'USD': 0.92}
    """
    if given is None or isinstance(given, Rates):
        return given or NO_RATES
    if isinstance(given, Mapping):
        return _rates([(currency, None, rate) for currency, rate in given.items()])
    if isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
        return _rates(_triples(given))
    if not isinstance(given, (str, os.PathLike)) and not hasattr(type(given), "columns"):
        raise MrrError(f"the rates can't be read from a {type(given).__name__}; give a table: currency, month, rate")
    sheet = sheet_of(given, _SHEET) if isinstance(given, (str, os.PathLike)) else None
    table = read_table(given, How(sheet=sheet)).frame
    if _is_number(str(table.columns[-1])):
        raise MrrError(
            f"the rates have no header row (it reads {', '.join(table.columns)}); add one: currency, month, rate"
        )
    if len(table.columns) > 1 and all(map(_CODE.fullmatch, table.columns[1:])):
        raise MrrError(
            f"the rates have a column for each currency ({', '.join(table.columns[1:])}); give them a row for each rate"
            ": currency, month, rate"
        )
    rows = (table if hasattr(table, "rows") else table.collect()).rows()
    return _rates(_triples([table.columns, *rows]))


def _triples(rows: Sequence[Any]) -> list[tuple[Any, Any, Any]]:
    """Currency, month (None if there is none) and rate of each row that is not blank; a first row may be the header."""
    triples = []
    for number_, row in enumerate(rows, 1):
        if not isinstance(row, Sequence) or isinstance(row, (str, bytes)):
            raise MrrError(f"row {number_} of the rates is {shown(row)}; give currency, [month] and rate")
    columns = _columns(rows[0]) if rows else None
    wide = len(columns) if columns else max((len(_filled(row)) for row in rows), default=0)
    for number_, row in enumerate(rows, 1):
        ordered = [row[column] for column in columns] if columns else row
        filled = _filled(ordered)
        if not filled or (number_ == 1 and _is_header(filled[-1])):
            continue
        *before, rate = filled
        named = [cell for cell in before if not _is_blank(cell)]
        if named and len(ordered) >= wide > len(filled):  # a month is not to be taken for it
            raise MrrError(f"row {number_} of the rates has no rate; give currency, [month] and rate")
        if columns and _is_blank(before[0] if before else None) and len(filled) == wide:
            raise MrrError(f"row {number_} of the rates has no currency; give currency, [month] and rate")
        if len(named) not in (1, 2):
            raise MrrError(f"row {number_} of the rates has {len(named) + 1} cells; give currency, [month] and rate")
        triples.append((named[0], named[1] if len(named) == 2 else None, rate))
    return triples


def _filled(row: Sequence[Any]) -> list[Any]:
    """A row without the blanks at its end; a rate that is no number is none."""
    cells = list(row)
    while cells and (cells[-1] is None or cells[-1] is pd.NA or cells[-1] == ""):
        cells.pop()
    return cells


def _is_blank(cell: object) -> bool:
    """Whether a cell has nothing, as text, cell or pandas' value for it."""
    return is_nothing(cell) or cell == ""


def _is_header(last: object) -> bool:
    """Whether a first row with this last cell is a header: a text that is neither a rate nor a month."""
    return isinstance(last, str) and not _is_number(last) and not _is_month(last)


def _columns(header: Sequence[Any]) -> list[int] | None:
    """Where currency, month and rate are, if the header names them."""
    names = [plain(str(name)) for name in header]
    columns = [names.index(name) for name in ("currency", "month", "rate") if name in names]
    return columns if "currency" in names and "rate" in names else None


def _is_number(text: str) -> bool:
    try:
        number(text, "a rate")
    except MrrError:
        return sign_of([text]) is not None  # one with a decimal comma, or with thousands
    return True


def _is_month(text: str) -> bool:
    try:
        read_month(text)
    except MrrError:
        return False
    return True


def _rates(triples: Sequence[tuple[Any, Any, Any]]) -> Rates:
    pairs: dict[tuple[str, Month | None], float] = {}
    sign = sign_of(rate for _, _, rate in triples if isinstance(rate, str))
    with_comma = sign is not None and sign.sign == "," and sign.against is None
    for currency, month, rate in triples:
        name = code_of(str(currency))
        meaning = f"a rate for {name}"
        value = plain_number(rate, ",", meaning) if with_comma and isinstance(rate, str) else number(rate, meaning)
        if value <= 0:
            raise MrrError(f"the rate {shown(rate)} for {name} is not above 0")
        key = (name, None if month is None else read_month(month))
        if key in pairs:
            raise MrrError(f"currency {name} has two rates" + (f" for {month_label(key[1])}" if key[1] else ""))
        pairs[key] = value
    dated = {name for name, month in pairs if month is not None}
    if both := dated & {name for name, month in pairs if month is None}:
        raise MrrError(f"currency {min(both)} has rates with and without a month; give one kind")
    by_month = {(name, month): value for (name, month), value in pairs.items() if month is not None}
    in_time = sorted(pairs.items(), key=lambda pair: (pair[0][0], pair[0][1] or 0))
    latest = {name: value for (name, _), value in in_time}
    return Rates(tuple((*key, value) for key, value in pairs.items()), latest, by_month)
