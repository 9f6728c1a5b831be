"""The sheet xlwings.conf, which tells xlwings which Python computes the functions."""

from __future__ import annotations

import sys
from typing import Any

from mrr_xl.hosts.vba import PYTHON_MODULE
from mrr_xl.report import style
from mrr_xl.version import __version__

NAME = "xlwings.conf"
PYTHON, VERSION = "Interpreter_Win", "MRR_XL_VERSION"
PYTHON_CELL = "B1"
_NOTES = (
    f"{PYTHON_CELL} is the full path of python.exe or pythonw.exe in the Python where mrr_xl is installed.",
    "xlwings reads this sheet: keep its name and what is in column A.",
    "After a change, run the macro KillPy (Alt+F8), then press Ctrl+Alt+F9.",
)


def add(workbook: Any, *, addin: bool = False) -> Any:
    """Keys and values from A1 down, as xlwings expects them; xlwings uses its own default for a missing row.

    addin: nobody sees the sheet; it says, too, which version of mrr_xl wrote it.
    """
    sheet = workbook.create_sheet(NAME)
    rows = [
        (PYTHON, python()),
        ("UDF Modules", PYTHON_MODULE),
        # The workbook's folder is not needed, and can't be found if the workbook is on OneDrive.
        ("ADD_WORKBOOK_TO_PYTHONPATH", "False"),
        *([(VERSION, __version__)] if addin else []),
    ]
    for row, (key, value) in enumerate(rows, 1):
        style.put(sheet.cell(row, 1), key, style.LABEL, style.LEFT)
        style.put_input(sheet.cell(row, 2), value)
    for row, note in enumerate(() if addin else _NOTES, 1):
        style.put(sheet.cell(row, 4), note, style.SUBTITLE, style.LEFT)
    for letter, width in zip("ABCD", (32, 60, 3, 100)):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_properties.tabColor = style.MUTED
    sheet.sheet_view.showGridLines = False
    style.page(sheet, NAME)
    return sheet


def python() -> str:
    """On Windows, the Python that writes the workbook; elsewhere, the name by which Windows will find one."""
    return sys.executable if sys.platform == "win32" else "pythonw"
