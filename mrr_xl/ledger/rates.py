"""What one unit of each currency is worth in the reporting currency."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mrr_xl.errors import MrrError, shown
from mrr_xl.ledger.pricing import number
from mrr_xl.months import month_label, read_month
from mrr_xl.sources import read_table
from mrr_xl.sources.columns import plain


@dataclass(frozen=True)
class Rates:
    """Rates: one per currency (`latest`), and one per currency and month (`by_month`) if they change."""

    pairs: tuple[tuple[str, int | None, float], ...] = ()
    latest: Mapping[str, float] = field(default_factory=dict, compare=False)
    by_month: Mapping[tuple[str, int], float] = field(default_factory=dict, compare=False)

    def at(self, currency: str, month: int) -> float:
        """The rate at the end of a month."""
        if (currency, month) not in self.by_month:
            where = f"currency {currency} has no rate for {month_label(month)}"
            raise MrrError(f"{where}; add it to the rates, or set through to an earlier month")
        return self.by_month[currency, month]


NO_RATES = Rates()


def read_rates(given: object) -> Rates:
    """Rates from a frame, a file, a mapping of currency to rate, or rows of (currency, [month], rate).

    A rate is what one unit of the currency is worth in the reporting currency, whose own rate is 1.

    >>> read_rates({"EUR": 1, "USD": 0.92}).latest
    {'EUR': 1.0, 'USD': 0.92}
    """
    if given is None or isinstance(given, Rates):
        return given or NO_RATES
    if isinstance(given, Mapping):
        return _rates([(currency, None, rate) for currency, rate in given.items()])
    if isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
        return _rates(_triples(given))
    if not isinstance(given, (str, os.PathLike)) and not hasattr(given, "columns"):
        raise MrrError(f"the rates can't be read from a {type(given).__name__}; give a table: currency, month, rate")
    table = read_table(given)
    if _is_number(str(table.columns[-1])):
        raise MrrError(f"the rates have no header row, but {', '.join(table.columns)}; name them currency, month, rate")
    rows = (table if hasattr(table, "rows") else table.collect()).rows()
    return _rates(_triples([table.columns, *rows]))


def _triples(rows: Sequence[Any]) -> list[tuple[Any, Any, Any]]:
    found = []
    order = _order(rows[0]) if rows else None
    for index, row in enumerate(rows):
        ordered = [row[place] for place in order] if order else row
        cells = [cell for cell in ordered if cell is not None and cell != ""]
        if not cells or (index == 0 and isinstance(cells[-1], str) and not _is_number(cells[-1])):
            continue  # a blank row, or the header
        if len(cells) not in (2, 3):
            raise MrrError(
                f"row {index + 1} of the rates has {len(cells)} cells; give currency, month and rate, or two"
            )
        found.append((cells[0], cells[1] if len(cells) == 3 else None, cells[-1]))
    return found


def _order(header: Sequence[Any]) -> list[int] | None:
    """Where currency, month and rate stand, if the header names them."""
    names = [plain(str(name)) for name in header]
    places = [names.index(name) for name in ("currency", "month", "rate") if name in names]
    return places if "currency" in names and "rate" in names else None


def _is_number(text: str) -> bool:
    try:
        number(text, "a rate")
    except MrrError:
        return False
    return True


def _rates(triples: Sequence[tuple[Any, Any, Any]]) -> Rates:
    pairs: dict[tuple[str, int | None], float] = {}
    for currency, month, rate in triples:
        name = str(currency).strip().upper()
        value = number(rate, f"a rate for {name}")
        if value <= 0:
            raise MrrError(f"the rate {shown(rate)} for {name} is not above 0")
        key = (name, None if month is None else read_month(month))
        if key in pairs:
            raise MrrError(f"currency {name} has two rates" + (f" for {month_label(key[1])}" if key[1] else ""))
        pairs[key] = value
    dated = {key[0] for key in pairs if key[1] is not None}
    fixed = {key[0] for key in pairs if key[1] is None}
    if dated and dated & fixed:
        raise MrrError(f"currency {min(dated & fixed)} has rates with and without a month; give one kind")
    months = sorted({key[1] for key in pairs if key[1] is not None})
    latest, by_month = {}, {}
    for (name, month), value in sorted(pairs.items(), key=lambda item: (item[0][0], item[0][1] or 0)):
        latest[name] = value
        for each in months if month is None else [month]:
            by_month[name, each] = value
    return Rates(tuple((*key, value) for key, value in pairs.items()), latest, by_month)
