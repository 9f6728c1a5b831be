"""What a spreadsheet hands to a function → what the engine takes; and back.

Every host gives "raw" values: blanks as None, '' or its own null; dates as datetimes or serials; a row
as a flat list; errors as COM codes, dicts or texts. This is the one place that knows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from mrr_xl import cell_errors
from mrr_xl.errors import MrrError, shown
from mrr_xl.later import pd
from mrr_xl.months import Month
from mrr_xl.rollforward.asked_months import one_month
from mrr_xl.settings import Settings
from mrr_xl.sources.number_texts import EXACT

try:
    from pyodide.ffi import jsnull
except ImportError:  # anywhere but in a browser
    jsnull = None

Rows = tuple[tuple[Any, ...], ...]

#: A cell that shows nothing; None would show as 0 in most programs.
BLANK = ""

_BLANKS = (None, "") if jsnull is None else (None, "", jsnull)
_SHORT = ("mrr", "fx")  #: columns whose names are abbreviations


def value_of(raw: Any) -> Any:
    """One cell: None for a blank, a text such as '#N/A' for an error, anything else as it is.

    >>> value_of(""), value_of(-2146826246), value_of({"type": "Error", "kind": "Ref"}), value_of(5.0)
    (None, '#N/A', '#REF!', 5.0)
    >>> value_of({"type": "FormattedNumber", "basicValue": 45352.0, "numberFormat": "yyyy-mm"})
    45352.0
    """
    if raw is None or raw == "" or type(raw).__name__ in ("JsNull", "JsUndefined"):
        return None
    if isinstance(raw, float):
        return None if raw != raw else raw
    if isinstance(raw, int):
        if isinstance(raw, bool):
            return raw
        # A cell's numbers are floats; JavaScript, and so Office.js, writes the whole ones without a point.
        return _float(raw) if abs(raw) >= EXACT else cell_errors.from_com(raw) or raw
    if isinstance(raw, dict):
        if raw.get("type", "Error") != "Error":
            # Office.js: a number with a format, such as a month that another function returned.
            return value_of(raw.get("basicValue"))
        names = (raw.get(key) for key in ("errorCode", "basicValue", "errorType", "kind"))
        return cell_errors.from_office(str(next(filter(None, names), "")))
    if isinstance(raw, dt.datetime):
        if raw != raw:  # pandas' NaT
            return None
        # COM marks its wall-clock dates as UTC.
        return raw.replace(tzinfo=None)
    return raw


def _float(raw: int) -> float:
    try:
        return float(raw)
    except OverflowError:
        raise MrrError(f"{shown(raw)} is larger than any number of a cell; fix that cell first") from None


def rows_of(raw: Any) -> Rows:
    """A range as rows; a scalar is one cell and a flat list one row."""
    if not isinstance(raw, (list, tuple)):
        return ((value_of(raw),),)
    if not is_range(raw):
        return (tuple(map(value_of, raw)),)
    return tuple(tuple(map(value_of, row)) for row in trimmed(raw))


def grid_of(raw: Any) -> Rows:
    """As rows_of, with the blank rows at its end: an answer of the range's shape needs them.

    >>> grid_of([[1.0], [None]]), rows_of([[1.0], [None]])
    (((1.0,), (None,)), ((1.0,),))
    """
    return tuple(tuple(map(value_of, row)) for row in raw) if is_range(raw) else rows_of(raw)


def is_range(raw: Any) -> bool:
    return isinstance(raw, (list, tuple)) and any(isinstance(row, (list, tuple)) for row in raw[:1])


def trimmed(raw: Sequence[Any]) -> Sequence[Any]:
    """Without the blank rows below the last one with content: whole columns have a million of them."""
    last = len(raw)
    while last and sum(map(raw[last - 1].count, _BLANKS)) == len(raw[last - 1]):
        last -= 1
    return raw if last == len(raw) else raw[:last]


def text_of(raw: Any, name: str) -> str | None:
    """An argument that is one text, or nothing."""
    rows = rows_of(raw)
    if len(rows) > 1 or any(len(row) > 1 for row in rows):
        raise MrrError(f"{name} is a range; give one text or one cell")
    value = rows[0][0] if rows and rows[0] else None
    return None if value is None else str(value)


def over_cells(compute: Callable[[list[Any]], Sequence[Any]], raw: Any) -> Any:
    """A result of the shape of a range: `compute` gets all its cells at once; a blank stays blank."""
    rows = grid_of(raw)
    cells = [value for row in rows for value in row]
    results = iter(compute([value for value in cells if value is not None]))
    shaped = [[BLANK if value is None else next(results) for value in row] for row in rows]
    return shaped if isinstance(raw, (list, tuple)) else shaped[0][0]


def months_of(cells: Sequence[Any], settings: Settings) -> list[Month]:
    months = []
    for value in cells:
        if value in cell_errors.TEXTS:
            raise MrrError(f"a month cell holds the error {value}; fix that cell first")
        months.append(one_month(value, settings))
    return months


def broadcast(compute: Callable[..., Any], raws: Sequence[Any]) -> Any:
    """Plain arithmetic over cells or ranges of one shape, cell by cell; a blank first argument stays blank."""
    grids = [grid_of(raw) for raw in raws]
    height, width = max(len(grid) for grid in grids), max(len(grid[0]) if grid else 0 for grid in grids)
    for grid, raw in zip(grids, raws):
        if isinstance(raw, (list, tuple)) and (len(grid), len(grid[0])) not in ((height, width), (1, 1)):
            raise MrrError(f"the ranges differ in shape: {len(grid)} × {len(grid[0])} beside {height} × {width}")

    def at(grid: Rows, row: int, column: int) -> Any:
        return grid[0][0] if len(grid) == 1 and len(grid[0]) == 1 else grid[row][column]

    result = [
        [
            BLANK if at(grids[0], row, column) is None else compute(*(at(grid, row, column) for grid in grids))
            for column in range(width)
        ]
        for row in range(height)
    ]
    return result if any(isinstance(raw, (list, tuple)) for raw in raws) else result[0][0]


def cells_of(table: pd.DataFrame, undefined: Any) -> list[list[Any]]:
    """A table as cells: its header row, then its rows; a month is its first day, a missing text is blank."""
    rows: list[list[Any]] = [[header_of(name) for name in table.columns]]
    columns = [[cell_of(value, undefined) for value in table[name]] for name in table.columns]
    return rows + [list(row) for row in zip(*columns)]


def header_of(name: object) -> str:
    """A column's name as a sheet's header.

    >>> header_of("cumulative_share"), header_of("mrr")
    ('Cumulative share', 'MRR')
    """
    text = str(name).replace("_", " ")
    return text.upper() if text in _SHORT else text[:1].upper() + text[1:]


def cell_of(value: Any, undefined: Any) -> Any:
    """A value as a cell."""
    if isinstance(value, pd.Period):
        return dt.datetime(value.year, value.month, value.day if value.freqstr == "D" else 1)
    if value is None or value is pd.NA:
        return BLANK
    if isinstance(value, float) and value != value:
        return undefined
    return value.item() if hasattr(value, "item") else value
