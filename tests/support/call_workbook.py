"""All calls as the array formulas of one workbook, for the programs that compute workbooks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from support.calls import AREAS, LEDGER, Area, Call, extent, plain

TABLES = ("Subscriptions", "Before")


def write_calls(calls: list[Call], path: Path) -> None:
    """Each area on a sheet of its own, the ledgers as Excel tables; on the sheet Calls one formula below the other."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    put_areas(workbook)
    sheet = workbook.create_sheet("Calls")
    for call, (top, height, width) in zip(calls, _places(calls)):
        area = f"A{top}:{get_column_letter(width)}{top + height - 1}"
        single = (height, width) == (1, 1)
        sheet[f"A{top}"] = formula(call) if single else ArrayFormula(area, formula(call))
    workbook.save(path)


def put_areas(workbook: Any) -> None:
    for name, rows in AREAS.items():
        sheet = workbook.create_sheet(name)
        for row in rows if name != "Handle" else [[formula(LEDGER)]]:
            sheet.append(row)
        if name in TABLES:
            sheet.add_table(Table(displayName=name, ref=sheet.dimensions))


def formula(call: Call) -> str:
    return f"={call.function}({','.join(map(_written, call.arguments)).rstrip(',')})"


def _written(argument: Any) -> str:
    if isinstance(argument, Area):
        if argument.name in TABLES:
            return f"{argument.name}[#All]"
        rows = AREAS[argument.name]
        return f"{argument.name}!$A$1:${get_column_letter(len(rows[0]))}${len(rows)}"
    if isinstance(argument, dt.datetime):
        return f"DATE({argument.year},{argument.month},{argument.day})"
    if isinstance(argument, str):
        return '"' + argument.replace('"', '""') + '"'
    return "" if argument is None else repr(argument)


def read_answers(calls: list[Call], path: Path) -> list[Any]:
    """What the file holds as the formulas' values."""
    sheet = openpyxl.load_workbook(path, data_only=True)["Calls"]
    return [
        plain([[sheet.cell(top + row, 1 + column).value for column in range(width)] for row in range(height)])
        for top, height, width in _places(calls)
    ]


def _places(calls: list[Call]) -> list[tuple[int, int, int]]:
    """The row on which each answer begins, its height and its width."""
    found, top = [], 1
    for call in calls:
        height, width = extent(call)
        found.append((top, height, width))
        top += height + 1
    return found
