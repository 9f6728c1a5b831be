"""Answers of our functions as rows of what a cell can hold, and as the constants that a formula spells."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mrr_xl import cell_errors
from mrr_xl.calculator.cells_read import Rows

_LONG_TEXT = 255  #: characters of a text that still stands in a formula
_EPOCH = dt.datetime(1899, 12, 30)


def rows_of(answer: Any) -> tuple[Rows, bool]:
    """An answer as rows of what a cell can hold, and whether it was one value."""
    if not isinstance(answer, (list, tuple)):
        return [[_plain(answer)]], True
    rows = answer if answer and isinstance(answer[0], (list, tuple)) else [answer]
    return [[_plain(value) for value in row] for row in rows], False


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return (value.replace(tzinfo=None) - _EPOCH) / dt.timedelta(days=1)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "#NUM!"
    return value if value is None or isinstance(value, (bool, str, float)) else float(value)


def is_constant(value: Any) -> bool:
    """Whether a formula can spell a value: its numbers have 15 digits, its texts 255 characters."""
    if isinstance(value, float):
        return float(f"{value:.15g}") == value
    return not isinstance(value, str) or len(value) <= _LONG_TEXT


def constant(value: Any) -> str:
    """A value as a formula spells it."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return repr(value).upper()
    return value if value in cell_errors.TEXTS else '"' + value.replace('"', '""') + '"'
