"""The examples of the functions as cells: what stands from A1 on, the formula over it, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from openpyxl.utils import get_column_letter

from mrr_xl.functions.examples import Table, example_of
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.metrics import Metric
from mrr_xl.metrics.named import RENAMED, python_name


def sheet_of(metric: Metric) -> list[list[Any]]:
    """The example's cells from A1 on: its table, or what the arithmetic is of; a second table beside it."""
    example = example_of(metric)
    if not example.table:
        return [[name.replace("_", " ") for name in example.given], list(example.given.values())]
    rows = Table(example.table).rows
    for beside in (given.rows for given in example.given.values() if isinstance(given, Table)):
        blank: list[Any] = [None] * len(beside[0])
        rows = [[*row, None, *(beside[at] if at < len(beside) else blank)] for at, row in enumerate(rows)]
    return rows


def formula_of(metric: Metric) -> str:
    """The example's formula.

    >>> from mrr_xl.metrics import REGISTRY
    >>> formula_of(REGISTRY["MRR_NRR"])
    '=MRR_NRR(A1:D9, "2024-03")'
    """
    example = example_of(metric)
    if not example.table:
        cells = {name: f"{get_column_letter(at)}2" for at, name in enumerate(example.given, 1)}
        written = [cells.get(name, "") for name in metric.arguments]
    else:
        rows = Table(example.table).rows
        left = len(rows[0]) + 2
        written = [_area(rows, 1) if name == "data" else "" for name in metric.arguments]
        for at, name in enumerate(metric.arguments):
            given = example.given.get(name)
            if isinstance(given, Table):
                written[at] = _area(given.rows, left)
            elif given is not None:
                written[at] = f'"{given}"' if isinstance(given, str) else str(given)
    while not written[-1]:
        written.pop()
    return f"={metric.name}({', '.join(written)})"


def _area(rows: list[list[Any]], left: int) -> str:
    return f"{get_column_letter(left)}1:{get_column_letter(left + len(rows[0]) - 1)}{len(rows)}"


def result_of(metric: Metric) -> Any:
    """What the example's formula gives: a value, or rows of a table."""
    example = example_of(metric)
    given = {**example.given, **({"data": Table(example.table)} if example.table else {})}
    cells = [given.get(name) for name in metric.arguments]
    return _functions()[metric.name](*(cell.rows if isinstance(cell, Table) else cell for cell in cells))


@cache
def _functions() -> Mapping[str, Any]:
    return sheet_functions()


#: What has no function of its own in Python: MRR_LEDGER stands for data in a cell.
_NOT_IN_PYTHON = ("MRR_LEDGER",)


def python_of(metric: Metric) -> str:
    """The same call in Python, data being the example's table; nothing where there is none.

    >>> from mrr_xl.metrics import REGISTRY
    >>> python_of(REGISTRY["MRR_GROSS_MOVEMENT"])
    'mrr_xl.gross_movement(data, "2024-03", movement="churn", period="quarter")'
    """
    if metric.name in _NOT_IN_PYTHON:
        return ""
    example = example_of(metric)
    written = ["data"] if example.table else []
    for name in metric.arguments:
        given = example.given.get(name)
        if given is None:
            continue
        if name == "month":
            written.insert(1, f'"{given}"')
        elif name == "settings":  # which are keywords
            rule, _, value = str(given).partition("=")
            written.append(f'{rule}="{value}"')
        else:
            value = given.name if isinstance(given, Table) else f'"{given}"' if isinstance(given, str) else given
            written.append(f"{RENAMED.get(name, name)}={value}")
    return f"mrr_xl.{python_name(metric)}({', '.join(written)})"
