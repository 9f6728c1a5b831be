"""The sheet _IntelliSense_, from which Excel-DNA's add-in IntelliSense takes what it shows while a formula is typed.

Its format is that of the add-in's WorkbookIntelliSenseProvider and of its sample VBAFunctions.xlsm
(https://github.com/Excel-DNA/IntelliSense): the word FunctionInfo and the format's number, then a row for each function
with its name, its description, its help topic, and a pair of name and description for each argument. The sheet may be
very hidden; it is the last one, as the add-in's wiki asks for.
"""

from __future__ import annotations

from typing import Any

from mrr_xl.functions.sheet_functions import argument_help, help_address
from mrr_xl.metrics import REGISTRY, Metric
from mrr_xl.report import style

NAME = "_IntelliSense_"


def rows() -> list[list[str | int]]:
    """The sheet's cells; an argument that may be left out is in brackets, as Excel shows its own.

    >>> rows()[0], rows()[1][:5]
    (['FunctionInfo', 1], ['MRR', 'The monthly recurring revenue at the end of the month.', '', 'data', \
'the subscriptions with their header row, such as Subscriptions[#All]'])
    """
    return [["FunctionInfo", 1], *map(_row, REGISTRY.values())]


def _row(metric: Metric) -> list[str | int]:
    row: list[str | int] = [metric.name, metric.summary, help_address(metric.name) or ""]
    for name, doc in argument_help(metric).items():
        row += [f"[{name}]" if metric.arguments[name] else name, doc]
    return row


def add(workbook: Any) -> None:
    """Put it behind all other sheets, where nobody sees it."""
    sheet = workbook.create_sheet(NAME)
    for number, cells in enumerate(rows(), 1):
        for column, value in enumerate(cells, 1):
            if value:
                style.put(sheet.cell(number, column), value)
    sheet.sheet_state = "veryHidden"
