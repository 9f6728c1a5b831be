"""LibreOffice Calc as a host: the calls as formulas of a workbook, computed by a real soffice."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import openpyxl

from mrr_xl.hosts.calc.extension import extension
from support.call_workbook import read_answers, write_calls
from support.calls import CALLS, Call
from support.office import Office


@functools.cache
def installed() -> Office:
    """LibreOffice with our extension, one per process."""
    folder = Path(tempfile.mkdtemp(prefix="mrr-calc-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Office(folder, extension())


def answers(calls: list[Call]) -> list[list[list[Any]]]:
    """The answers of LibreOffice, in the common form."""
    computed = _computed(tuple(CALLS) if set(calls) <= set(CALLS) else tuple(calls))
    return [computed[call] for call in calls]


@functools.cache
def _computed(calls: tuple[Call, ...]) -> dict[Call, list[list[Any]]]:
    file = Path(tempfile.mkdtemp(dir=installed().folder)) / "calls.xlsx"
    write_calls(list(calls), file)
    return dict(zip(calls, read_answers(list(calls), installed().convert(file))))


def values(workbook: Path, sheet: str | None = None) -> Any:
    """A sheet's computed values."""
    book = openpyxl.load_workbook(workbook, data_only=True)
    return book[sheet] if sheet else book.worksheets[0]
