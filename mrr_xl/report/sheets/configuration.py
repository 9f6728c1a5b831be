"""The sheet xlwings.conf, which tells xlwings which Python computes the functions."""

from __future__ import annotations

import sys
from typing import Any

from mrr_xl.hosts.vba import PYTHON_MODULE
from mrr_xl.report import style

NAME = "xlwings.conf"
PYTHON_CELL = "B1"
_NOTES = (
    f"{PYTHON_CELL} is the full path of python.exe or pythonw.exe in the Python where mrr_xl is installed.",
    "xlwings reads this sheet: keep its name and what is in column A.",
    "After a change, run the macro KillPy (Alt+F8), then press Ctrl+Alt+F9.",
)


def add(workbook: Any) -> Any:
    """Keys and values from A1 down, as xlwings expects them; xlwings uses its own default for a missing row."""
    sheet = workbook.create_sheet(NAME)
    rows = (
        ("Interpreter_Win", python()),
        ("UDF Modules", PYTHON_MODULE),
        # The workbook's folder is not needed, and can't be found if the workbook is on OneDrive.
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
    """On Windows, the Python that writes the workbook; elsewhere, the name by which Windows will find one."""
    return sys.executable if sys.platform == "win32" else "pythonw"
