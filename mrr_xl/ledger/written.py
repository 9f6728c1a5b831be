"""How the dates and numbers of a table are written: found out where its columns leave no doubt."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.answers import NOTE, PROBLEM, Answer
from mrr_xl.date_texts import ORDERS, date_of, is_in_utc, order_of
from mrr_xl.errors import MrrError, cell, raise_first, shown
from mrr_xl.ledger.frames import as_text
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.ledger.texts import is_missing
from mrr_xl.months import month_label
from mrr_xl.sources.columns import Layout
from mrr_xl.sources.how import How
from mrr_xl.sources.number_texts import Sign, money_of, sign_of
from mrr_xl.sources.table import Table, found

DATES = ("start", "end", "cancelled", "stopped", "past_due", "trial_end", "discount_until", "month")
NUMBERS = ("amount", "mrr", "quantity", "discount", "discount_amount", "interval_count", "term")
_SIGNS = {".": "a decimal point", ",": "a decimal comma"}


def written(table: Any, layout: Layout, how: How, source: Table) -> tuple[How, list[Answer]]:
    """What is known of a table's dates and numbers once its columns have been looked at, and what was found out.

    source: where the table comes from. Raises MrrError for the first doubt that is left, which tells the others.
    """
    if not isinstance(table, nw.DataFrame):
        return how, []
    answers = _months(layout)
    dates, signs = dict(how.dates), dict(how.decimal)
    doubts: list[MrrError] = []
    for role, headers in _columns(layout, DATES):
        texts, at = _texts(table, headers), partial(_at, table, headers, source.files)
        with _noted(doubts):
            if texts and how.order(role) is None and (order := _order(at, texts)):
                dates[role] = order
            answers += _dates(headers, texts, how.order(role), dates.get(role))
    for role, headers in _columns(layout, NUMBERS):
        texts, at = _texts(table, headers), partial(_at, table, headers, source.files)
        if not texts or how.sign(role) is not None:
            continue
        of_cells = frozenset[str]().union(*(source.numbers.get(header, ()) for header in headers))
        texts = [text for text in texts if text not in of_cells]
        percent = role == "discount"
        plain = {text.rstrip("% "): text for text in reversed(texts)} if percent else {}
        sign = sign_of(reversed(plain) if percent else texts)
        if sign is not None:
            against = sign.against and plain.get(sign.against, sign.against)
            sign = replace(sign, shows=plain.get(sign.shows, sign.shows), against=against)
            with _noted(doubts):
                signs[role] = _sign(at, sign, source.dots)
                if signs[role] == "," or "," in sign.shows:
                    about = f"numbers of {_named(headers)}"
                    answers.append(found(about, f"with {_SIGNS[signs[role]]}, as {shown(sign.shows)} shows"))
    raise_first(doubts)
    return replace(how, dates=tuple(dates.items()), decimal=tuple(signs.items())), answers


@contextmanager
def _noted(doubts: list[MrrError]) -> Iterator[None]:
    """Within it, a doubt is noted, so that those of all columns can be said at once."""
    try:
        yield
    except MrrError as doubt:
        doubts.append(doubt)


def _columns(layout: Layout, roles: Sequence[str]) -> Iterable[tuple[str, list[str]]]:
    for role in roles:
        if layout.kind == "wide" and role == "mrr":
            yield role, list(layout.months)
        elif role in layout.roles:
            yield role, [layout.roles[role]]


def _months(layout: Layout) -> list[Answer]:
    """What is said about a wide schedule's headers where they are dates such as 1/31/2024."""
    header = next((header for header in layout.months if order_of([header])), None)
    return [found("months", f"column {header} is {month_label(layout.months[header])}")] if header else []


def _named(headers: Sequence[str]) -> str:
    first, *others = headers
    return f"{first} to {others[-1]}" if others else first


def _texts(table: Any, headers: Sequence[str]) -> list[str]:
    """The different texts of some columns, in the order of their rows."""
    known: dict[str, None] = {}
    for header in headers:
        column = table[SOURCE + header]
        if column.dtype in (nw.String, nw.Object, nw.Categorical, nw.Enum):
            different = column.unique(maintain_order=True).to_list() if column.dtype != nw.Object else column.to_list()
            known |= dict.fromkeys(
                f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else value
                for value in different
                if isinstance(value, (str, dt.date)) and value == value  # NaT is not itself
            )
    return [text for text in known if not is_missing(text)]


def _order(at: Callable[[str | None], str], texts: Sequence[str]) -> str | None:
    order = order_of(texts)
    if order is None:
        return None
    if order.against is not None:
        other = next(name for name in ("mdy", "dmy") if name != order.order)
        raise MrrError(
            f"{at(order.shows)} can only be {ORDERS[order.order or '']}, and "
            f"{at(order.against)} only {ORDERS[other]}; write the dates of the column in one way"
        )
    if order.order is None:
        orders = ("dmy", "mdy") if _spelled(order.shows, "mdy") else ("dmy", "ymd")
        readings = [f"{day} (--dates {name})" for name in orders if (day := _spelled(order.shows, name))]
        if not readings:
            raise MrrError(f"{at(order.shows)} is not a date; write it as 2024-03-15")
        raise MrrError(
            f"{at(order.shows)} may be {' or '.join(readings)}, and no other date of the column tells; say which "
            f"with --dates, elsewhere with dates={orders[0]} or dates={orders[1]}"
        )
    return order.order


def _spelled(text: str | None, order: str) -> str:
    """A date in one of its orders, with its month by name; '' if it can't be one."""
    parts = date_of(text or "", order)
    if parts is None or not (1 <= parts[1] <= 12 and 1 <= parts[2] <= 31):
        return ""
    return f"{parts[2]} {calendar.month_name[parts[1]]} {parts[0]}"


def _at(table: Any, headers: Sequence[str], files: Sequence[str], text: str | None) -> str:
    """Where a text stands first."""
    for header in headers:
        rows = table.filter(as_text(nw.col(SOURCE + header)) == text)["row"].to_list()
        if rows:
            return f"{cell(rows[0], header, files)}: {shown(text)}"
    return shown(text)


def _dates(headers: Sequence[str], texts: Sequence[str], given: str | None, order: str | None) -> list[Answer]:
    """What is said about a column of dates."""
    about = f"dates of {_named(headers)}"
    says = []
    known = order_of(texts)
    if known is not None and given is None and date_of(known.shows or "", "dmy") != date_of(known.shows or "", "mdy"):
        says.append(f"{ORDERS[order or '']}, as {shown(known.shows)} shows")
    if known is not None and known.short:
        says.append(f"the year of {shown(known.short)} is 20{known.short.strip()[-2:]}" if order != "ymd" else "")
    in_utc = next((text for text in texts if is_in_utc(text)), None)
    answers = [found(about, "; ".join(filter(None, says)))] if any(says) else []
    if in_utc is not None:
        sentence = f"{shown(in_utc)} counts as its day in UTC unless the setting timezone names that of your books"
        answers.append((about, NOTE, 0, None, sentence))
    return answers + _swapped(texts, about)


def _swapped(texts: Sequence[str], about: str) -> list[Answer]:
    """Days and months that a spreadsheet program may have exchanged: it makes a date of those that it can."""
    numbers = [text for text in texts if (known := order_of([text])) and known.order]
    real = [date_of(text) for text in texts if text[:4].isdecimal()]
    if not numbers or not real or any(date is None or date[2] > 12 for date in real):
        return []
    if any(order_of([text]) is None for text in texts if not text[:4].isdecimal()):
        return []
    sentence = (
        f"some are dates, none of a day after the 12th, and others texts such as {shown(numbers[0])}: a spreadsheet "
        "that takes the first number for the month leaves such a column, with day and month exchanged in the dates; "
        "import the file again, or write all of them as dates"
    )
    return [(about, PROBLEM, 0, None, sentence)]


def _sign(at: Callable[[str | None], str], sign: Sign, dots: bool) -> str:
    if sign.against is not None:
        raise MrrError(
            f"{at(sign.shows)} has a decimal point and {at(sign.against)} a decimal "
            "comma; write the numbers of the column in one way"
        )
    if sign.sign is not None:
        return sign.sign
    if dots and "," not in sign.shows:
        return "."
    money = money_of(sign.shows.rstrip("% "))
    point, comma = (f"{money.value(one):.15g}" if money else "" for one in ".,")
    raise MrrError(
        f"{at(sign.shows)} may be {point} (--decimal .) or {comma} (--decimal ,), and no other number "
        "of the column tells; say which with --decimal, elsewhere with decimal=. or decimal=,"
    )
