"""A range → a book: a sheet with many formulas over one table reads that table once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from mrr_xl.clock import today
from mrr_xl.errors import MrrError, shown
from mrr_xl.functions.cells import is_range, rows_of, text_of, trimmed, value_of
from mrr_xl.functions.handles import Handles, Read, sign
from mrr_xl.ledger.frames import to_memory
from mrr_xl.ledger.ledger import Ledger, read_ledger
from mrr_xl.ledger.rates import NO_RATES, Rates, read_rates
from mrr_xl.rollforward.book import Book
from mrr_xl.settings import Factors, Settings, given_twice
from mrr_xl.sources import table_from_rows
from mrr_xl.sources.how import AS_FOUND, How, split_given

#: What can be said about how a range is read.
_OF_RANGES = ("columns", "dates", "decimal", "header", "skip")


class Content:
    """A range's raw content as a key: compared cell by cell, and cleaned only when it is new.

    Its hash is that of a few rows: hashing every cell of 100,000 rows takes longer than comparing them.
    """

    __slots__ = ("hash", "rows")

    def __init__(self, raw: Any) -> None:
        rows = trimmed(raw) if is_range(raw) else rows_of(raw)
        # Lists are copied: they could change later, under the key's feet.
        frozen = isinstance(rows, tuple) and all(type(row) is tuple for row in rows)
        self.rows = rows if frozen else tuple(map(tuple, rows))
        middle = len(self.rows) // 2
        self.hash = hash(repr((len(self.rows), self.rows[:2], self.rows[middle : middle + 1], self.rows[-1:])))

    def __hash__(self) -> int:
        return self.hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Content) and self.hash == other.hash and self.rows == other.rows)

    def table(self, how: How = AS_FOUND) -> Any:
        return table_from_rows(rows_of(self.rows), how)


class Source:
    """A frame or a file in place of a range, for data that is no sheet's; the same object is the same data.

    ledger: the data as it has been read already, by these rules.
    """

    def __init__(self, data: object, ledger: Ledger | None = None, rules: Settings | None = None) -> None:
        self.data, self.ledger, self.read_by = data, ledger, _of_reading(rules or Settings())

    def table(self, how: How = AS_FOUND) -> Any:
        return self.data


class Books:
    """The books of the ranges that one host asks about, each range read once: a few, and gone with their owner.

    A sheet with many formulas over one table reads that table once.
    """

    def __init__(self) -> None:
        self._ledger = lru_cache(maxsize=8)(_ledger)
        self._book = lru_cache(maxsize=64)(self._open)
        self._handles = Handles()

    def of(self, data: Any, where: Any = None, settings: Any = None, rates: Any = None, beside: Any = None) -> Book:
        """The book of a range.

        data: the range's raw cells, its Content where the host knows that it is the same again, a Source, or a handle.
        beside: the data whose rules hold, if it is a handle and no others are given; without it, data itself.
        """
        read = self._read(data, settings, rates, beside)
        return self._book(read.content, text_of(where, "where"), read.settings, read.rates, read.how, today())

    def handle(self, describe: Callable[[Book], str], data: Any, settings: Any = None, rates: Any = None) -> str:
        """The text that stands for a range and these rules from now on; describe: what it says of the book."""
        read = self._read(data, settings, rates)
        book = self._book(read.content, None, read.settings, read.rates, read.how, today())
        rows = read.content.rows if isinstance(read.content, Content) else _rows_of(book.ledger)
        text = f"{describe(book)} #{sign(map(_cleaned, rows), read.settings, read.rates, read.how)}"
        self._handles.keep(text, read)
        return text

    def _read(self, data: Any, settings: Any, rates: Any, beside: Any = None) -> Read:
        """A range and its rules: those that are given, else those of the handle."""
        known = self._known(data)
        content = known.content if known else data if isinstance(data, (Content, Source)) else Content(data)
        known = known if beside is None else self._known(beside)
        rules, how, converted = Settings(), AS_FOUND, NO_RATES
        if known:
            rules, how, converted = known.settings, known.how, known.rates
        if _is_given(settings):
            given, reading = _split(settings)  # once: each formula of a sheet asks
            rules, how = Settings.of(given), _how(reading)
        return Read(content, _size(content), rules, rates_of(rates) if _is_given(rates) else converted, how)

    def _known(self, data: Any) -> Read | None:
        return None if isinstance(data, Source) else self._handles.of(data.rows if isinstance(data, Content) else data)

    def _open(
        self, content: Content | Source, where: str | None, settings: Settings, rates: Rates, how: How, day: dt.date
    ) -> Book:
        return Book(self._ledger(content, _of_reading(settings), rates, how, day), settings, where)


def _of_reading(settings: Settings) -> tuple[str | None, Factors]:
    """The rules that a ledger is read by: the others hold for what is computed from it."""
    return settings.timezone, settings.factors


def _ledger(
    content: Content | Source, read_by: tuple[str | None, Factors], rates: Rates, how: How, day: dt.date
) -> Ledger:
    """The range as it is read; day: today, as a ledger remembers what of it is in the past."""
    if isinstance(content, Source) and content.ledger is not None:
        read, how = content.ledger, how.over(content.ledger.how)
        if read_by == content.read_by and rates == read.rates and how == read.how:
            return read
    timezone, factors = read_by
    return read_ledger(content.table(how), timezone=timezone, factors=factors, rates=rates, how=how)


def _is_given(raw: Any) -> bool:
    return raw is not None and any(value is not None for row in rows_of(raw) for value in row)


def _size(content: Content | Source) -> int:
    rows = content.rows if isinstance(content, Content) else ()
    return len(rows) * len(rows[0]) if rows else 0


def _cleaned(row: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(map(value_of, row))


def _rows_of(ledger: Ledger) -> Iterable[tuple[Any, ...]]:
    """The rows of data that is no range's, as they have been read."""
    frame = to_memory(ledger.frame)
    return [tuple(frame.columns), *frame.iter_rows()]


def rates_of(raw: Any) -> Rates:
    """Rates from a range of currency, [month] and rate."""
    rows = rows_of(raw)
    return read_rates(rows) if any(value is not None for row in rows for value in row) else NO_RATES


def settings_of(raw: Any) -> Settings:
    """Settings from a range of two columns, the rule and its value, or from a text such as "as_of=month_start".

    >>> settings_of("as_of=month_start; grace_days=7").grace_days
    7
    """
    return Settings.of(_split(raw)[0])


def _how(given: dict[str, object]) -> How:
    """How a range is to be read, from the same place as the settings: what a column is, and its header; dates; decimal.

    >>> _how(_split("start=Start (UTC); dates=dmy")[1]).columns
    (('start', 'Start (UTC)'),)
    """
    if of_files := [name for name in given if name not in _OF_RANGES]:
        raise MrrError(f"{of_files[0]} is for files; a range has {', '.join(_OF_RANGES)}")
    return How.of(given)


def _split(raw: Any) -> tuple[dict[str, object], dict[str, object]]:
    """The settings, and how to read."""
    given: dict[str, object] = {}
    rows = rows_of(raw)
    if len(rows) == 1 and len(rows[0]) == 1 and isinstance(rows[0][0], str):
        rows = tuple(
            tuple(part.strip() for part in pair.split("=", 1)) for pair in rows[0][0].split(";") if pair.strip()
        )
    for row in rows:
        if row and row[0] is not None:
            if len(row) != 2:
                raise MrrError(
                    f"the settings can't be read at {shown(row[0])}; give a range of two columns, the rule and its "
                    "value, or a text such as as_of=month_start"
                )
            name, value = str(row[0]), row[1]
            if value is not None and given.get(name) is not None:
                raise given_twice(name)
            given[name] = value if value is not None else given.get(name)
    return split_given(given)
