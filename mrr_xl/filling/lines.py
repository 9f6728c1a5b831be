"""A ledger's lines as a table's columns, written so that they mean the same when they are read from the table."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.errors import MrrError
from mrr_xl.filling.typed_texts import Serial, typed
from mrr_xl.ledger.doubts import doubts, is_ignored
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.looks import INTERVAL
from mrr_xl.ledger.pricing import counted_interval
from mrr_xl.ledger.reading import MARK, SOURCE, WIDE
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.parents import header_of_parents
from mrr_xl.sources.columns import INTERVAL as INTERVAL_OF
from mrr_xl.sources.columns import OF_PRICES, recognise
from mrr_xl.sources.headers import header_of, is_percent
from mrr_xl.sources.number_texts import EXACT, is_nothing, text_of
from mrr_xl.sources.spelling import is_named, paired

#: What a blank cell is in columns that need not be filled in.
_BLANK = {"quantity": 1, "discount": 0, "discount_amount": 0}
_DIGITS = re.compile(r"[0-9]{1,15}")  #: as many as a cell keeps
DAYS = ("start", "end", "cancelled", "stopped", "past_due", "trial_end", "discount_until")


@dataclass
class Lines:
    """The values of a table's columns by their headers; added: the headers that the table lacks, and the data's own.

    days: the headers of columns of days, which are written as serials.
    """

    values: dict[str, list[Any]] = field(default_factory=dict)
    added: dict[str, str] = field(default_factory=dict)
    days: set[str] = field(default_factory=set)


def lines_for(headers: Sequence[str], table: str, book: Book, days_to_1900: int = 0, numbered: bool = False) -> Lines:
    """The lines of a book's ledger in the columns of a table with these headers, which is called `table`.

    days_to_1900: how many its workbook's serials are below those that count from 1900. numbered: whether its customers
    are numbers, for which the user's own formulas may look. Raises MrrError where the lines would mean something else
    there.
    """
    ledger, roles = book.ledger, roles_in(headers)
    if book.settings.grain == "parent":
        header_of_parents(ledger)  # a blank column in the table would mean that there are no parents
    if "mrr" in roles and "mrr" not in ledger.layout.roles:
        raise MrrError(
            f"table {table} takes amounts per month, and the data has them per interval; "
            "give the table the columns Amount and Interval"
        )
    total = recognise(headers).total
    if total and not total == ledger.layout.total == "year":
        raise MrrError(f"table {table} takes amounts for a whole {total}; give it the columns Amount and Interval")
    lines = Lines()
    for role, header in roles.items():
        values = _customers(book, numbered) if role == "customer" else _values(book, role, header)
        if values is not None:
            lines.values[header] = values
            if role in DAYS:
                lines.days.add(header)
    read = {header for role, header in roles.items() if role != "product" or header in lines.values}
    sources, taken = list(_sources(ledger)), _written(ledger, roles)
    columns = paired([header for header in headers if header not in read], sources)
    for source in sources:
        if source in columns:
            _put(lines, columns[source], source, book)
        idle = role_of(ledger, source) is None
        if source in taken or (idle and (source in columns or any(is_named(header, source) for header in read))):
            continue
        column = _new_header([*headers, *lines.added], source, book, table)
        if column is not None:
            lines.added[column] = source
            _put(lines, column, source, book)
    if days_to_1900:
        for header, values in lines.values.items():
            lines.values[header] = [value - days_to_1900 if isinstance(value, Serial) else value for value in values]
    return lines


def roles_in(headers: Sequence[str]) -> dict[str, str]:
    """The roles of a table's columns on which its figures hang.

    >>> roles_in(["customer", "start", "MRR", "Seats"])
    {'customer': 'customer', 'start': 'start', 'mrr': 'MRR'}
    """
    roles = {role: header for role, header in recognise(headers).roles.items() if header in headers}
    return {role: header for role, header in roles.items() if "mrr" not in roles or role not in OF_PRICES}


def looks(columns: Sequence[str], lines: Lines) -> dict[str, str]:
    """The added columns of days and of amounts, and which of the table's own `columns` they look like."""
    roles = recognise(columns).roles
    days = next((roles[role] for role in DAYS if role in roles), None)
    amounts = roles.get("amount", roles.get("mrr"))
    like = {
        header: days if header in lines.days else amounts if _are_amounts(lines.values[header]) else None
        for header in lines.added
    }
    return {header: column for header, column in like.items() if column}


def _are_amounts(values: Sequence[Any]) -> bool:
    """Whether they have cents, and no more digits than these. Whole numbers may be anything, such as years.

    >>> [_are_amounts(values) for values in ([1200.5, None, 30], [2024, 2025.0], [0.25, 0.5], [1.0845], ["2.50"])]
    [True, False, False, False, False]
    """
    given = [value for value in values if value is not None]
    if not all(isinstance(value, (int, float)) and round(value, 2) == value for value in given):
        return False
    return any(value % 1 for value in given) and any(abs(value) > 1 for value in given)


def role_of(ledger: Ledger, source: str) -> str | None:
    """The role that a column of the data was read as; None if it changes no figure."""
    return next((role for role in ledger.values if ledger.layout.roles.get(role) == source), None)


def _sources(ledger: Ledger) -> Iterator[str]:
    """The headers of the data's own columns, and the one of the currencies beside the amounts where rates need it."""
    ours = {*WIDE.values(), INTERVAL_OF} | (set() if ledger.rates.latest else {MARK})
    yield from (header for header in ledger.headers if header not in ours)


def _written(ledger: Ledger, roles: dict[str, str]) -> set[str]:
    """The data's columns that are in the table already, as one of its roles."""
    of = ledger.layout.roles
    written = {header for role, header in of.items() if role in roles and (role in ledger.values or role == "product")}
    # A count of intervals is part of the interval.
    return written | {of[role] for role in ("amount", "mrr", "month", "interval_count") if role in of}


def _new_header(headers: Sequence[str], source: str, book: Book, table: str) -> str | None:
    """What a column that the table lacks is called there: as in the data, unless it would change a figure there only.

    One that changes figures in the data only, as the user has said what it is, gets the name that says so. None for a
    column that changes no figure in the data, would do so in the table, and that the setting ignore names.
    """
    role, roles = role_of(book.ledger, source), _roles(headers) or {}
    own = [] if source == MARK else [source]
    for name in own if role is None else [*own, header_of(role)]:
        if _roles([*headers, name]) == (roles if role is None else roles | {role: name}):
            return _unlike(headers, name)
    if role is None:
        if is_ignored(source, book.settings.ignore):
            return None
        if _roles([*headers, unused := f"{source} (not used)"]) == roles:
            return _unlike(headers, unused)
    raise MrrError(f"column {source} of the data would mean something else in table {table}; rename it")


def _roles(headers: Sequence[str]) -> dict[str, str] | None:
    try:
        layout = recognise(headers)
    except MrrError:
        return None
    # A product changes no figure, whether it is read as one or not.
    return {role: header for role, header in layout.roles.items() if role != "product"}


def _unlike(headers: Sequence[str], name: str) -> str:
    """The name itself, or with a number where the table has that name already, perhaps in other letters."""
    known, number, unique = {header.lower() for header in headers}, 1, name
    while unique.lower() in known:
        number += 1
        unique = f"{name} ({number})"
    return unique


def _put(lines: Lines, header: str, source: str, book: Book) -> None:
    role = role_of(book.ledger, source)
    if role == "interval_count":
        lines.values[header] = [None] * book.ledger.lines
        return
    values = typed(_as_given(book, source)) if role is None else _values(book, role, header)
    lines.values[header] = _as_given(book, source) if values is None else values
    if role in DAYS or any(isinstance(value, Serial) for value in lines.values[header]):
        lines.days.add(header)


def _values(book: Book, role: str, header: str) -> list[Any] | None:
    """The cells of the table's column with this role; None where the data has none and a blank means the same."""
    ledger = book.ledger
    if role in DAYS:
        return _days(book, role) if ledger.has(role) else None
    if role in ("amount", "mrr"):
        return _read(ledger, "mrr" if "mrr" in ledger.values else "amount")
    if role == "interval":
        return _intervals(book)
    if role == "interval_count":
        return None  # the interval says it
    if role in _BLANK:
        values = _read_or_blank(ledger, role) if role in ledger.values else [_BLANK[role]] * ledger.lines
        return [_percentage(value) for value in values] if role == "discount" and is_percent(header) else values
    if role not in ledger.values and role != "product":
        return None
    source = ledger.layout.roles.get(role)
    return None if source is None else _as_given(book, source)


def _customers(book: Book, numbered: bool) -> list[Any]:
    """The customers' names, as numbers where the data has numbers, or digits for a table that has numbers."""
    frame, header = book.ledger.frame, book.ledger.layout.roles["customer"]
    names: list[Any] = frame["customer"].to_list()
    if not numbered and frame[SOURCE + header].dtype in (nw.String, nw.Categorical):
        return names
    given = _as_given(book, header)
    if numbered:
        given = [int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value for value in given]
    return [
        value if isinstance(value, (int, float)) and text_of(value) == name else name
        for name, value in zip(names, given)
    ]


def _as_given(book: Book, source: str) -> list[Any]:
    return [_cell(value, book.settings.timezone) for value in book.ledger.frame[SOURCE + source].to_list()]


def _read(ledger: Ledger, role: str) -> list[Any]:
    frame: Any = ledger.frame
    return list(frame.select(ledger.values[role].alias("value"))["value"].to_list())


def _read_or_blank(ledger: Ledger, role: str) -> list[Any]:
    """What the cells of a role were read as; those that are blank stay so."""
    column = ledger.frame[SOURCE + ledger.layout.roles[role]]
    blank = column.is_null() | (column == "") if column.dtype == nw.String else column.is_null()
    return [None if missing else value for missing, value in zip(blank.to_list(), _read(ledger, role))]


def _days(book: Book, role: str) -> list[Any]:
    """Days as serials. Of a schedule's month the end is the first day of the next one, or the last day paid for."""
    last_paid = role == "end" and book.settings.end_date == "inclusive" and book.ledger.layout.kind != "subscriptions"
    days: list[int] = book.ledger.frame[role].to_list()
    return [None if day >= months.OPEN else Serial(months.serial(months.Day(day)) - last_paid) for day in days]


def _intervals(book: Book) -> list[Any]:
    """Each line's interval with its count; blank, which is an error there, where another column may say it."""
    ledger = book.ledger
    if "interval" in ledger.values:
        words = _read(ledger, "interval")
        if "interval_count" not in ledger.values:
            return words
        return [counted_interval(word, int(count)) for word, count in zip(words, _read(ledger, "interval_count"))]
    unclear = any(doubt.like == INTERVAL for doubt in doubts(ledger, book.settings.ignore))
    return [None if unclear else "month"] * ledger.lines


def _percentage(fraction: float | None) -> Any:
    """A fraction in a column of percentages: 20 for a fifth; up to 1 % with its sign, since 0.5 may be a half."""
    if fraction is None:
        return None
    near = (round(fraction * 100, 10), fraction * 100, *(math.nextafter(fraction * 100, to) for to in (0, 101)))
    percentage = next((value for value in near if value / 100 == fraction), fraction * 100)
    return f"{percentage!r}%" if 0 < percentage <= 1 else percentage


def _cell(value: Any, timezone: str | None) -> Any:
    """A value that no figure is computed from, as a cell can hold it; a time with an offset as the day of the books."""
    if is_nothing(value):
        return None
    if hasattr(value, "strftime"):
        if getattr(value, "tzinfo", None) is not None:
            value = (value.astimezone(ZoneInfo(timezone)) if timezone else value).replace(tzinfo=None)
        serial = months.serial_of(value)
        return str(value).removesuffix(" 00:00:00") if serial is None else Serial(serial)
    if isinstance(value, int) and abs(value) >= EXACT:
        return str(value)  # a cell would keep its first 15 digits
    return value if isinstance(value, (bool, int, float)) else str(value) or None
