"""A table as a sheet gives it, rows of cells, → columns of one type each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from mrr_xl import cell_errors
from mrr_xl.date_texts import folded
from mrr_xl.errors import MrrError, shown
from mrr_xl.months import from_serial
from mrr_xl.sources.billing import export_of
from mrr_xl.sources.columns import is_month_header
from mrr_xl.sources.headers import roles_of
from mrr_xl.sources.how import AS_FOUND, How
from mrr_xl.sources.near_ledgers import lacking
from mrr_xl.sources.number_texts import EXACT, number_of, sign_of, text_of
from mrr_xl.sources.place import is_ledger
from mrr_xl.sources.table import Table, built, found
from mrr_xl.sources.totals import is_total

Row = Sequence[Any]
TITLE_ROWS = 20  #: how far down a header is looked for below titles
_NOTES = 20  #: how far up from the end a row of totals is looked for above notes


def table_from_rows(rows: Sequence[Row], how: How = AS_FOUND) -> Table:
    """Rows of cells; the header is the row that says most of what a ledger's columns are, else the first not blank.

    Blank is None or ''. Row numbers in errors count from the first row given. Blank rows may stand anywhere; a range of
    whole columns is cut after its last row with content.
    """
    rows = _even(rows)
    head = header_row(rows, how) if how.header is None else how.header - 1
    if head is None or head >= len(rows) or _blank(rows[head]):
        where = "the range is empty" if head is None else f"row {head + 1}, said to be the header, is blank"
        raise MrrError(f"{where}; give a table with its header row")
    last = next(index for index in range(len(rows) - 1, head - 1, -1) if not _blank(rows[index]))
    headers = [_header(value) for value in rows[head]]
    for number, header in enumerate(headers, 1):
        if header in cell_errors.TEXTS:  # it may be any column
            raise MrrError(f"row {head + 1}: the header of column {number} is the error {header}; fix that cell first")
    answers = []
    first = head + 1
    total = row_of_totals(
        headers, last - head, lambda line: rows[first + line], lambda line: rows[first : first + line]
    )  # fmt: skip
    if total is not None:
        answers.append(found("row of totals", f"row {first + total + 1} is left out"))
        rows = [*rows[: first + total], [None] * len(headers), *rows[first + total + 1 :]]
        last -= first + total == last  # [#All] of an Excel table has its total row
    if last == head:
        raise MrrError("there are no rows below the header row; give a table with its header row")
    if titles := [_text(next(cell for cell in row if not _is_blank(cell))) for row in rows[:head] if not _blank(row)]:
        answers.append(found("header", f"in row {head + 1}; above it stands {shown(titles[0])}"))
    columns: dict[str, list[Any]] = {}
    numbers: dict[str, frozenset[str]] = {}
    body = rows[head + 1 : last + 1]
    for name, header, cells in zip(distinct(headers), headers, zip(*body)):
        if header or not _blank(cells):
            columns[name] = _one_type(cells, name)
            if isinstance(next(filter(None, columns[name]), None), str):
                of_cells = {text_of(cell) for cell in cells if type(cell) in (int, float)}
                numbers[name] = frozenset(of_cells.difference(cells))
    blank_rows = [None] * head  # so that the first row below stands where it stands in the range
    frame = built({name: blank_rows + cells for name, cells in columns.items()}, None, 2)
    return Table(frame, tuple(answers), dots=False, how=How(header=head + 1), numbers=numbers)


def _even(rows: Sequence[Row]) -> Sequence[Row]:
    """Rows that all have as many cells as the longest."""
    width = max(map(len, rows), default=0)
    return [[*row, *[None] * (width - len(row))] if len(row) < width else row for row in rows]


def distinct(headers: Sequence[str]) -> list[str]:
    """Headers as they are; a blank one is named by its place, a repeated one is told apart.

    >>> distinct(["a (3)", "a", "a", ""])
    ['a (3)', 'a', 'a (3) (3)', 'column 4']
    """
    names: dict[str, None] = {}
    for number, header in enumerate(headers, 1):
        name = header or f"column {number}"
        while name in names:
            name = f"{name} ({number})"
        names[name] = None
    return list(names)


def row_of_totals(
    headers: Sequence[str], lines: int, row: Callable[[int], Row], above: Callable[[int], Iterable[Row]]
) -> int | None:
    """The number, from 0, of a table's row of totals: its last line but for notes, each in one cell; None without one.

    In a list, where a note is a line without a start, it is the last line only. row, above: give the line of a number,
    and those above it.
    """
    is_list = any({"start", "month"} & roles_of(header).keys() for header in headers)
    for number in range(lines - 1, max(0, lines - 1 - (1 if is_list else _NOTES)), -1):
        cells = row(number)
        if _is_total(headers, cells, partial(above, number)):
            return number
        if sum(not _is_blank(cell) and bool(str(cell).strip()) for cell in cells) > 1:
            return None
    return None


def _is_total(headers: Sequence[str], row: Row, above: Callable[[], Iterable[Row]]) -> bool:
    """Whether a last row is a table's row of totals: its only words are Total, and it has no start or no month.

    In a schedule with a column for each month its numbers must be the sums of those above: a customer may have that
    name.
    """
    texts = {folded(value).rstrip(" :") for value in row if isinstance(value, str) and value.strip()}
    texts -= {folded(error) for error in cell_errors.UNREAD}  # a sum that nobody has computed
    words = {text for text in texts if number_of(text, ",") is None and number_of(text) is None}
    if not words or not all(map(is_total, words)):
        return False
    roles = [roles_of(header) for header in headers]
    dates = [column for column, known in enumerate(roles) if "start" in known]
    dates = dates or [column for column, known in enumerate(roles) if "month" in known]
    if dates:
        return all(_no_date(row[column]) for column in dates)
    months = [column for column, header in enumerate(headers) if is_month_header(header)]
    if months and all(row[column] in cell_errors.UNREAD for column in months):
        return True  # sums that no program has computed yet
    return bool(months) and _are_sums(row, months, above())


def _are_sums(row: Row, columns: Sequence[int], above: Iterable[Row]) -> bool:
    lines = list(above)
    known = sign_of(line[column] for line in [*lines, row] for column in columns if isinstance(line[column], str))
    signs = ".," if known is None or known.sign is None else known.sign
    rounded = 0.005 * (len(lines) + 1)
    return any(
        all(abs(sum(_amount(line[at], sign) for line in lines) - _amount(row[at], sign)) <= rounded for at in columns)
        for sign in signs
    )


def _amount(value: Any, sign: str) -> float:
    if isinstance(value, str):
        return number_of(value, sign) or 0.0
    return float(value) if isinstance(value, (int, float)) else 0.0


def _no_date(value: Any) -> bool:
    return value is None or (isinstance(value, str) and (not value.strip() or is_total(folded(value))))


def header_row(rows: Sequence[Row], how: How) -> int | None:
    """The index of the header among the first rows; None if they are all blank."""
    filled = [index for index, row in enumerate(rows[:TITLE_ROWS]) if not _blank(row)]
    if not filled:
        return next((index for index, row in enumerate(rows) if not _blank(row)), None)
    scores = {index: header_score(rows[index], how) for index in filled}
    if not any(scores.values()):
        scores = {index: sum(map(bool, rows[index])) for index in filled}  # a title is a cell or two
    best = max(scores.values())
    return next(index for index in filled if scores[index] == best)


def holds_a_ledger(rows: Sequence[Row], how: How) -> bool:
    """Whether a sheet's first rows have the header of a ledger or of a billing system's export."""
    head = _head(rows, how)
    return head is not None and is_ledger([header for header in map(_header, rows[head]) if header], dict(how.columns))


def lacks_of_a_ledger(rows: Sequence[Row], how: How) -> str | None:
    """What a sheet's first rows lack whose header is nearly a ledger's, as a sentence says it; None for others."""
    head = _head(rows, how)
    if head is None:
        return None
    headers = list(map(_header, rows[head]))
    below = [cells for cells in rows[head + 1 :] if not _blank(cells)]
    numbers = [
        header for place, header in enumerate(headers) if any(_is_number(cells[place : place + 1]) for cells in below)
    ]
    return lacking(list(filter(None, headers)), dict(how.columns), numbers)


def _head(rows: Sequence[Row], how: How) -> int | None:
    """The index of a sheet's header; None where it has none among these rows."""
    head = header_row(rows, how) if how.header is None else how.header - 1
    return None if head is None or head >= len(rows) else head


def _is_number(cells: Row) -> bool:
    """Whether a cell, if there is one, holds a number, also one that is written with its currency."""
    return any(
        number_of(cell) is not None if isinstance(cell, str) else isinstance(cell, (int, float)) for cell in cells
    )


def header_score(row: Row, how: How) -> int:
    """How much of a header a row is: the roles and months that it names; a billing system's header is more than all."""
    headers = [_header(value) for value in row if value is not None and value != ""]
    months = [header for header in headers if is_month_header(header)]
    if any(number_of(header) is not None and header not in months for header in headers):
        return 0  # a line
    given = {header.strip().lower() for _, header in how.columns if header}
    roles = {role for header in headers for role in roles_of(header)} | {h for h in headers if h.lower() in given}
    export = export_of(headers) is not None
    return len(roles) + ("customer" in roles and bool(months)) + 100 * export


def _blank(cells: Row) -> bool:
    return all(map(_is_blank, cells))


def _is_blank(value: Any) -> bool:
    return value is None or value == ""


def _header(value: Any) -> str:
    if isinstance(value, (dt.date, dt.datetime)):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value % 1 == 0:
        # A month column's header may arrive as a serial.
        date = from_serial(value)
        return f"{date:%Y-%m-%d}" if date else str(int(value))
    return "" if value is None else str(value).strip()


def _one_type(cells: Row, name: str) -> list[Any]:
    kinds = {type(value) for value in cells if value is not None and value != ""}
    if kinds & {list, tuple, dict}:
        raise MrrError(f"column {name} holds several values in a cell; give it one")
    if kinds <= {int, float} and not any(type(value) is int and abs(value) >= EXACT for value in cells):
        return [None if value is None or value == "" else float(value) for value in cells]
    if kinds <= {dt.date} or kinds <= {dt.datetime} or kinds <= {str}:
        return [None if value is None or value == "" else value for value in cells]
    return [None if value is None or value == "" else _text(value) for value in cells]


def _text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M:%S")
    return text_of(value) if isinstance(value, float) else str(value)
