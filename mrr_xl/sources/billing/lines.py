"""An export's rows, and the lines that they become."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from mrr_xl.answers import NOTE, OK, Answer
from mrr_xl.date_texts import NO_DATE, order_of
from mrr_xl.errors import MrrError, cell
from mrr_xl.months import OPEN, day_of, read_day
from mrr_xl.sources.billing.export import ROW, in_memory, rows_in_file
from mrr_xl.sources.headers import plain
from mrr_xl.sources.how import ALL
from mrr_xl.sources.number_texts import is_nothing
from mrr_xl.sources.spelling import by_plain
from mrr_xl.sources.table import Table, found, frame_of

#: A time zone's name or offset behind a time; a day is that which is written before it.
_ZONE = re.compile(r"(?<=\d)(?: ?Z| [A-Z]{2,5}| ?[+-]\d{2}:?\d{2})$")
Line = Mapping[str, Any]
#: What a line may have that is read; its other columns serve for conditions and segments.
_ROLES = (
    "customer", "subscription", "start", "end", "cancelled", "stopped", "amount", "mrr", "interval", "quantity",
    "discount", "discount_duration", "currency", "status", "kind", "product",
)  # fmt: skip


_name = lru_cache(maxsize=4096)(plain)  # asked for in each row


class Cells:
    """A row of an export: its cells by their headers in any case and spelling, None for a blank, and its number."""

    def __init__(self, row: int, cells: Mapping[str, Any], order: str | None = None, files: Sequence[str] = ()) -> None:
        self.row, self._cells, self._order, self._files = row, cells, order, files

    def __call__(self, *headers: str) -> Any:
        """The cell of the first of these headers that has one; None if it is blank in all of them."""
        for header in headers:
            value = self._cells[header] if header in self._cells else self._cells.get(_name(header))
            if value is not None:
                return value
        return None

    def text(self, *headers: str) -> str:
        """The same as text; a blank is ''."""
        value = self(*headers)
        return "" if value is None else str(value)

    def says_yes(self, header: str) -> bool:
        return self.text(header).lower() in ("true", "yes", "y", "1")

    def day(self, *headers: str) -> dt.date | None:
        """The same as a day, as it is written: without its time and the time zone behind it. Raises MrrError."""
        for header in headers:
            value = self(header)
            if value is None:
                continue
            try:
                day = _day(value, self._order)
            except MrrError as error:
                raise MrrError(f"{cell(self.row, header, self._files)}: {error}") from None
            if day is not None:
                return day
        return None


@lru_cache(maxsize=1 << 16)
def _day(value: Any, order: str | None) -> dt.date | None:
    if isinstance(value, str):
        value = _ZONE.sub("", value)
        if value.lower() in NO_DATE:
            return None
    elif isinstance(value, dt.datetime):
        value = value.replace(tzinfo=None)
    day = read_day(value, order=order)
    return None if day >= OPEN else day_of(day)


def rows_of(table: Table, dates: Sequence[str] = ()) -> Iterator[Cells]:
    """The rows of an export that are not blank, one after another; dates: the headers of its dates.

    A program writes all its dates in one way, so one of them may show in which order the numbers of all stand, if the
    user doesn't say it.
    """
    frame = in_memory(table)
    headers = [header for header in frame.columns if header != table.row]
    columns = {header: [_content(value) for value in frame[header].to_list()] for header in headers}
    columns = {name: columns[header] for name, header in by_plain(headers).items()} | columns
    dated = (value for header in dates for value in columns.get(plain(header), ()))
    shown_by = order_of(dict.fromkeys(_ZONE.sub("", value) for value in dated if isinstance(value, str)))
    order = table.how.order(ALL) or (shown_by.order if shown_by else None)
    for row, values in zip(rows_in_file(table, frame), zip(*columns.values())):
        if any(value is not None for value in values):
            yield Cells(row, dict(zip(columns, values)), order, table.files)


def _content(value: Any) -> Any:
    """A cell without blanks around it; None for one in which nothing is."""
    if isinstance(value, str):
        return value.strip() or None
    return None if is_nothing(value) else value


def other_headers(table: Table, used: Sequence[str]) -> list[str]:
    """The headers of an export that its reader does not use: they serve for conditions and segments."""
    known = by_plain([header for header in table.frame.columns if header != table.row])
    read = {known.get(plain(header)) for header in used}
    return [header for header in table.frame.columns if header != table.row and header not in read]


def kept(cells: Cells, headers: Sequence[str]) -> dict[str, Any]:
    """The cells of such headers; one that is named like a role is not to be taken for it.

    >>> kept(Cells(2, {"quantity": 3, "plan": "Pro"}), ["quantity", "Plan"])
    {'quantity of the export': 3, 'Plan': 'Pro'}
    """
    return {f"{header} of the export" if header in _ROLES else header: cells(header) for header in headers}


def counted(check: str, rows: Sequence[int], sentence: str, result: str = NOTE) -> Answer:
    """An answer on some rows; none is OK.

    >>> counted("trials", [7, 3], "not paid for yet"), counted("trials", [], "not paid for yet")
    (('trials', 'note', 2, 3, 'not paid for yet'), ('trials', 'OK', 0, None, 'none'))
    """
    return (check, result, len(rows), min(rows), sentence) if rows else (check, OK, 0, None, "none")


def number_of(rows: Sequence[int], what: str = "row") -> str:
    """How many rows there are, in words.

    >>> number_of([7]), number_of([7, 3], "subscription")
    ('1 row', '2 subscriptions')
    """
    return f"{len(rows):,} {what}{'s' * (len(rows) != 1)}"


IN_UTC = found("days", "those of UTC, as Stripe has them; the setting timezone doesn't change them")
AS_WRITTEN = found("days", "as the export writes them, in its time zone; the setting timezone doesn't change them")


def known_today(rows: Sequence[int]) -> Answer:
    """What can't be known from an export that has each subscription as it is on the day of the export."""
    says = "the file has each subscription as it is today: earlier prices, plans and quantities are not in it"
    return counted("history", rows, f"{says}, so today's count from the start")


def lines_table(lines: Sequence[Line], answers: Sequence[Answer], today: bool | None = None) -> Table:
    """Lines with the same keys as a table whose columns are named by role where the key is one.

    today: whether a status is that of the day of the export (True) or of the whole line (False). Raises MrrError where
    there is no line.
    """
    if not lines:
        why = next((answer[4] for answer in answers if answer[2]), "every row is blank")
        raise MrrError(f"no row of the export can be used ({why}); export it again with all its columns")
    columns = {name: [line[name] for line in lines] for name in lines[0]}
    roles = {name: name for name in columns if name in _ROLES}
    return Table(frame_of(columns), tuple(answers), roles, row=ROW, today=today)
