"""The sheet Start: how to get started, an example, and the functions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from openpyxl.worksheet.formula import ArrayFormula

from mrr_xl.functions.sheet_functions import syntax
from mrr_xl.later import pd
from mrr_xl.metrics import REGISTRY, find
from mrr_xl.report import style
from mrr_xl.report.sheets import configuration, subscriptions

NAME = "Start"
_STEPS = (
    "You need Excel on Windows, and Python 3.11 or newer with mrr_xl installed (see README.md).",
    f"Only if another computer wrote this file: on the sheet {configuration.NAME}, cell {configuration.PYTHON_CELL}, "
    "enter the path of your python.exe (where python shows it).",
    "If Excel asks, press Enable Content. Then press Ctrl+Alt+F9 to recalculate everything; the first time is slower.",
    f"On the sheet {subscriptions.NAME}: replace the example with your lines. The table grows as you type.",
    "#N/A: the figure is not defined. #VALUE!: something is wrong; press Alt+F8 and run MRR_mistakes to see what.",
)
_EXAMPLE = pd.DataFrame(
    [
        ("Ada", dt.datetime(2024, 1, 1), None, 100, "month"),
        ("Bob", dt.datetime(2024, 1, 15), dt.datetime(2024, 3, 1), 1200, "year"),
        ("Cyd", dt.datetime(2024, 2, 1), None, 50, "month"),
    ],
    columns=["Customer", "Start", "End", "Amount", "Interval"],
)
_MONTHS = [dt.datetime(2024, month, 1) for month in (1, 2, 3)]
_ROWS = ("MRR_OPENING", "MRR_NEW", "MRR_CHURN", "MRR", "MRR_GROWTH")


def add(workbook: Any) -> Any:
    """The steps, formulas over a small table on a sheet of its own, and every function with its syntax."""
    sheet = workbook.create_sheet(NAME)
    style.title(sheet, "MRR in Excel", "The functions are in this workbook; the Python library mrr_xl computes them.")
    row = _section(sheet, 4, "Getting started")
    for number, step in enumerate(_STEPS, 1):
        style.put(sheet.cell(row, 1), f"{number}.  {step}", style.LABEL, style.LEFT)
        row += 1
    row = _figures(sheet, _section(sheet, row + 1, f"Figures for the sheet {subscriptions.NAME}"))
    row = _section(sheet, row + 1, "The functions")
    for metric in REGISTRY.values():
        style.put(sheet.cell(row, 1), syntax(metric), style.LABEL, style.LEFT)
        style.put(sheet.cell(row, 7), metric.summary, style.LABEL, style.LEFT)
        row += 1
    for letter, width in zip("ABCDEFG", (20, 13, 13, 13, 13, 26, 100)):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_properties.tabColor = style.NAVY
    sheet.sheet_view.showGridLines = False
    style.page(sheet, NAME)
    subscriptions.add(workbook, _EXAMPLE)
    return sheet


def _section(sheet: Any, row: int, text: str) -> int:
    style.put(sheet.cell(row, 1), text, style.SECTION, style.LEFT)
    sheet.row_dimensions[row].height = 20
    return row + 1


def _figures(sheet: Any, top: int) -> int:
    style.put(sheet.cell(top, 1), "Month", style.HEADER, style.LEFT)
    for column, month in enumerate(_MONTHS, 2):
        style.put(sheet.cell(top, column), month, style.HEADER, style.RIGHT)
        sheet.cell(top, column).number_format = style.MONTH_ABOVE
    for column in range(1, 6):
        sheet.cell(top, column).fill = style.HEADER_FILL
    months = f"$B${top}:$D${top}"
    for row, name in enumerate(_ROWS, top + 1):
        text = f"={name}({subscriptions.NAME}[#All],{months})"
        sheet[f"B{row}"] = ArrayFormula(f"B{row}:D{row}", text)
        unit = find(name).unit
        style.put(sheet.cell(row, 1), name, style.LABEL, style.LEFT)
        style.put(sheet.cell(row, 5), f"{{{text}}}", style.UNIT, style.INDENTED)
        for column in (2, 3, 4):
            cell = sheet.cell(row, column)
            cell.font, cell.alignment, cell.number_format = style.FORMULA, style.FIGURE, style.FORMATS[unit]
    return top + len(_ROWS) + 1
