"""The sheet Start: how to get going, an example, and the functions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table, TableStyleInfo

from mrr_xl.hosts.functions import syntax
from mrr_xl.metrics import REGISTRY, find
from mrr_xl.report import style
from mrr_xl.report.sheets import configuration, subscriptions

NAME = "Start"
_STEPS = (
    'Once, in a command prompt:  pip install "mrr-xl[excel]"  (Python 3.11 or newer, Excel on Windows).',
    f"On the sheet {configuration.NAME}, cell {configuration.PYTHON_CELL}: the path of that Python's python.exe.",
    "If Excel asks, press Enable Content. Then Ctrl+Alt+F9 computes everything anew; the first time takes seconds.",
    "#N/A is a figure that is not defined. #VALUE! is a mistake: Alt+F8, MRR_mistakes says which.",
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
    """The steps, a small table Subscriptions, formulas over it, and every function with its syntax."""
    sheet = workbook.create_sheet(NAME)
    style.title(sheet, "MRR in Excel", "The functions are in this workbook; the Python library mrr_xl computes them.")
    row = _section(sheet, 4, "To get going")
    for number, step in enumerate(_STEPS, 1):
        style.put(sheet.cell(row, 1), f"{number}.  {step}", style.LABEL, style.LEFT)
        row += 1
    row = _table(sheet, _section(sheet, row + 1, "Subscriptions"))
    row = _figures(sheet, _section(sheet, row + 1, "Figures"))
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
    return sheet


def _section(sheet: Any, row: int, text: str) -> int:
    style.put(sheet.cell(row, 1), text, style.SECTION, style.LEFT)
    sheet.row_dimensions[row].height = 20
    return row + 1


def _table(sheet: Any, top: int) -> int:
    for place, header in enumerate(_EXAMPLE.columns, 1):
        cell = sheet.cell(top, place)
        style.put(cell, header, style.TABLE_HEADER, style.INDENTED)
        cell.fill = style.TABLE_FILL
        for row, value in enumerate(_EXAMPLE[header].tolist(), top + 1):
            if not pd.isna(value):
                style.put(sheet.cell(row, place), value, style.INPUT_FONT, style.INDENTED)
            if header in ("Start", "End"):
                sheet.cell(row, place).number_format = style.DAY
    bottom = top + len(_EXAMPLE)
    table = Table(displayName=subscriptions.NAME, ref=f"A{top}:E{bottom}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
    table._initialise_columns()
    for column, header in zip(table.tableColumns, _EXAMPLE.columns):
        column.name = header
    sheet.add_table(table)
    return bottom + 1


def _figures(sheet: Any, top: int) -> int:
    style.put(sheet.cell(top, 1), "Month", style.HEADER, style.LEFT)
    for place, month in enumerate(_MONTHS, 2):
        style.put(sheet.cell(top, place), month, style.HEADER, style.RIGHT)
        sheet.cell(top, place).number_format = style.MONTH_ABOVE
    for place in range(1, 6):
        sheet.cell(top, place).fill = style.HEADER_FILL
    months = f"$B${top}:$D${top}"
    for row, name in enumerate(_ROWS, top + 1):
        text = f"={name}({subscriptions.NAME}[#All],{months})"
        sheet[f"B{row}"] = ArrayFormula(f"B{row}:D{row}", text)
        unit = find(name).unit
        style.put(sheet.cell(row, 1), name, style.LABEL, style.LEFT)
        style.put(sheet.cell(row, 5), f"{{{text}}}", style.UNIT, style.INDENTED)
        for place in (2, 3, 4):
            cell = sheet.cell(row, place)
            cell.font, cell.alignment, cell.number_format = style.FORMULA, style.FIGURE, style.FORMATS[unit]
    return top + len(_ROWS) + 1
