"""LibreOffice Calc as a host: the calls as formulas of a workbook, computed by a real soffice."""

from __future__ import annotations

import atexit
import datetime as dt
import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
from calls import AREAS, CALLS, Area, Call, extent, plain
from office import Office
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from mrr_xl.hosts.calc.extension import extension


@functools.cache
def installed() -> Office:
    """LibreOffice with our extension, one per process."""
    folder = Path(tempfile.mkdtemp(prefix="mrr-calc-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Office(folder, extension())


def put_areas(book: Any) -> None:
    """Every area on a sheet of its name; the subscriptions as an Excel table."""
    for name, rows in AREAS.items():
        sheet = book.create_sheet(f"{name} sheet")
        for row in rows:
            sheet.append(row)
        if name in ("Subscriptions", "Before"):
            sheet.add_table(Table(displayName=name, ref=sheet.dimensions))


def formula(call: Call, **instead: str) -> str:
    """A call as it stands in a cell; `instead` names other references for an area."""
    return f"={call.function}({','.join(_written(item, instead) for item in call.arguments)})"


def _written(item: Any, instead: dict[str, str]) -> str:
    if item is None:
        return ""
    if isinstance(item, Area):
        if item.name in instead:
            return instead[item.name]
        if item.name in ("Subscriptions", "Before"):
            return f"{item.name}[#All]"
        rows = AREAS[item.name]
        return f"'{item.name} sheet'!$A$1:${get_column_letter(len(rows[0]))}${len(rows)}"
    if isinstance(item, dt.datetime):
        return f"DATE({item.year},{item.month},{item.day})"
    return '"' + item.replace('"', '""') + '"' if isinstance(item, str) else repr(item)


def answers(calls: list[Call]) -> list[list[list[Any]]]:
    """The answers of LibreOffice, in the common form."""
    computed = _computed(tuple(CALLS) if set(calls) <= set(CALLS) else tuple(calls))
    return [computed[call] for call in calls]


@functools.cache
def _computed(calls: tuple[Call, ...]) -> dict[Call, list[list[Any]]]:
    book = openpyxl.Workbook()
    sheet = book.active
    areas, row = [], 1
    for call in calls:
        height, width = extent(call)
        areas.append((row, height, width))
        place = f"A{row}:{get_column_letter(width)}{row + height - 1}"
        if (height, width) == (1, 1):
            sheet.cell(row, 1).value = formula(call)
        else:
            sheet.cell(row, 1).value = ArrayFormula(place, formula(call))
        row += height + 1
    put_areas(book)
    file = Path(tempfile.mkdtemp(dir=installed().folder)) / "calls.xlsx"
    book.save(file)
    cells = values(installed().convert(file))
    return {
        call: [[_plain(cells.cell(top + down, 1 + right).value) for right in range(width)] for down in range(height)]
        for call, (top, height, width) in zip(calls, areas)
    }


def values(workbook: Path, sheet: str | None = None) -> Any:
    """A sheet's computed values."""
    book = openpyxl.load_workbook(workbook, data_only=True)
    return book[sheet] if sheet else book.worksheets[0]


def _plain(value: Any) -> Any:
    return plain(value)[0][0]
