"""A table as a sheet gives it, rows of cells, → columns of one type each."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Literal

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.months import from_serial
from mrr_xl.sources.headers import names_a_customer, roles_of

Row = Sequence[Any]
#: What the first cell of a total row says in Excel.
_TOTAL = {"total", "totals", "grand total", "summe", "gesamt", "ergebnis", "gesamtergebnis", "totaal", "totale"}
_NUMBER = re.compile(r"[-+]?[\d.,\s]+%?")
_TITLE_ROWS = 20  #: how far down a header is looked for below titles


def table_from_rows(rows: Sequence[Row]) -> nw.DataFrame[Any]:
    """Rows of cells; the header is the first row that names a customer, else the first that is not blank.

    Blank is None or ''. Row numbers in errors count from the first row given. Blank rows may stand anywhere; a range of
    whole columns is cut after its last row with content.
    """
    head = _header_row(rows)
    if head is None:
        raise MrrError("the range is empty; give a table with its header row")
    last = next(index for index in range(len(rows) - 1, head - 1, -1) if not _blank(rows[index]))
    if last > head + 1 and is_total(rows[head], rows[last]):
        last -= 1  # [#All] of an Excel table has its total row
    if last == head:
        raise MrrError("there are no rows below the header row; give a table with its header row")
    body = rows[head + 1 : last + 1]
    headers = [_header(value) for value in rows[head]]
    columns: dict[str, list[Any]] = {}
    for number, (header, cells) in enumerate(zip(headers, zip(*body)), 1):
        if not header and _blank(cells):
            continue
        name = header or f"column {number}"
        columns[name if name not in columns else f"{name} ({number})"] = _one_type(cells)
    blank_rows = [None] * head  # so that the first row below stands where it stands in the range
    return nw.from_dict({name: blank_rows + cells for name, cells in columns.items()}, backend=engine())


def is_total(header: Row, row: Row) -> bool:
    """Whether a last row is a table's total row: its only word is Total, and it has no start."""
    texts = {value.strip().lower() for value in row if isinstance(value, str) and value.strip()}
    texts = {text for text in texts if not _NUMBER.fullmatch(text)}
    starts = [column for column, value in enumerate(header) if "start" in roles_of(_header(value))]
    return bool(texts) and texts <= _TOTAL and bool(starts) and all(_no_date(row[column]) for column in starts)


def _no_date(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in _TOTAL | {""})


def _header_row(rows: Sequence[Row]) -> int | None:
    filled = [index for index, row in enumerate(rows[:_TITLE_ROWS]) if not _blank(row)]
    named = [index for index in filled if any(names_a_customer(value) for value in rows[index])]
    if filled or len(rows) <= _TITLE_ROWS:
        return next(iter(named or filled), None)
    return next((index for index, row in enumerate(rows) if not _blank(row)), None)


def engine() -> Literal["polars", "pandas"]:
    """Polars, or pandas where Polars can't be had."""
    return "polars" if find_spec("polars") else "pandas"


def _blank(cells: Row) -> bool:
    return not any(value is not None and value != "" for value in cells)


def _header(value: Any) -> str:
    if isinstance(value, (dt.date, dt.datetime)):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value):
        # A month column's header may arrive as a serial.
        date = from_serial(value)
        return f"{date:%Y-%m-%d}" if date else str(int(value))
    return "" if value is None else str(value).strip()


def _one_type(cells: Row) -> list[Any]:
    kinds = {type(value) for value in cells if value is not None and value != ""}
    if kinds <= {int, float}:
        return [None if value is None or value == "" else float(value) for value in cells]
    if kinds <= {dt.date} or kinds <= {dt.datetime} or kinds <= {str}:
        return [None if value is None or value == "" else value for value in cells]
    return [None if value is None or value == "" else _text(value) for value in cells]


def _text(value: Any) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M:%S")
    return str(value)
