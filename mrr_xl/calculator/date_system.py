"""Our functions in a workbook whose dates count from 1904: cells and answers are numbers of that system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from mrr_xl.months import in_system

Function = Callable[..., Any]


def counting_from(functions: dict[str, Function], days_to_1900: int) -> dict[str, Function]:
    """The functions as a workbook with this date system calls them; the same ones for 0, the usual system."""
    if not days_to_1900:
        return functions
    return {name: _counting(function, days_to_1900) for name, function in functions.items()}


def _counting(function: Function, days_to_1900: int) -> Function:
    @wraps(function)
    def call(*given: Any) -> Any:
        with in_system(days_to_1900):
            return _moved(function(*given), dt.timedelta(days_to_1900))

    return call


def _moved(answer: Any, days: dt.timedelta) -> Any:
    """An answer with the dates that give the workbook's numbers when they are counted from 1900."""
    if isinstance(answer, (list, tuple)):
        return [_moved(value, days) for value in answer]
    return answer - days if isinstance(answer, dt.datetime) else answer
