"""Excel on Windows through xlwings: the calls by way of its own COM server, as a formula's wrapper makes them."""

from __future__ import annotations

from typing import Any

from mrr_xl.hosts.excel import MISTAKE
from mrr_xl.hosts.vba import PYTHON_MODULE
from support.calls import AREAS, Area, Call, plain
from support.com import MISSING, Range, com_time, excel


def answers(calls: list[Call]) -> list[Any]:
    """Every call's answer in the common form."""
    with excel() as host:
        return [plain(_answer(host, call)) for call in calls]


def _answer(host: Any, call: Call) -> Any:
    given = [MISSING if item is None else Range(_block(item)) if isinstance(item, Area) else _value(item)
             for item in call.arguments]  # fmt: skip
    answer = host.call(PYTHON_MODULE, call.function, given)
    return "#VALUE!" if isinstance(answer, str) and answer.startswith(MISTAKE) else answer


def _block(area: Area) -> Any:
    """A range's .Value: a tuple of rows, or the value itself of a single cell."""
    rows = tuple(tuple(map(_value, row)) for row in AREAS[area.name])
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


def _value(value: Any) -> Any:
    return com_time(value) if hasattr(value, "year") else value
