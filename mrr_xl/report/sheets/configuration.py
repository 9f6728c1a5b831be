"""The sheet xlwings.conf: which Python computes the functions, where xlwings reads it."""

from __future__ import annotations

import sys
from typing import Any

from mrr_xl.hosts.vba import PYTHON_MODULE
from mrr_xl.report import style

NAME = "xlwings.conf"
PYTHON_CELL = "B1"
_NOTES = (
    f"{PYTHON_CELL} is the Python in which mrr_xl is installed: the full path of its python.exe or pythonw.exe.",
    "This sheet is read by xlwings; keep its name and the rows of column A.",
    "After a change, run the macro KillPy (Alt+F8), then press Ctrl+Alt+F9.",
)


def add(workbook: Any) -> Any:
    """Keys and values from A1 down, as xlwings wants them; a row that is missing has xlwings' own default."""
    sheet = workbook.create_sheet(NAME)
    rows = (
        ("Interpreter_Win", python()),
        ("UDF Modules", PYTHON_MODULE),
        # The workbook's own folder: not needed, and one that OneDrive keeps can't be found.
        ("ADD_WORKBOOK_TO_PYTHONPATH", "False"),
    )
    for row, (key, value) in enumerate(rows, 1):
        style.put(sheet.cell(row, 1), key, style.LABEL, style.LEFT)
        style.put_input(sheet.cell(row, 2), value)
        style.put(sheet.cell(row, 4), _NOTES[row - 1], style.SUBTITLE, style.LEFT)
    for letter, width in zip("ABCD", (32, 60, 3, 100)):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_properties.tabColor = style.MUTED
    sheet.sheet_view.showGridLines = False
    style.page(sheet, NAME)
    return sheet


def python() -> str:
    """On Windows the Python that writes the workbook, elsewhere the one that Windows finds by its name."""
    return sys.executable if sys.platform == "win32" else "pythonw"
