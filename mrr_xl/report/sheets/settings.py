"""The sheet Settings: the rules by which the figures are computed."""

from __future__ import annotations

import dataclasses
from typing import Any

from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from mrr_xl.months import first_day
from mrr_xl.report import style
from mrr_xl.settings import Settings

NAME = "Settings"
RULES = "Rules"  #: the defined name of the two columns rule and value
_FIRST_ROW = 5


def add(workbook: Any, settings: Settings) -> Any:
    """One row a rule: its name, its value (an input), what it says and what it may be."""
    sheet = workbook.create_sheet(NAME)
    style.title(sheet, "Settings", "The rules behind the figures. The blue cells may be changed.")
    for place, header in enumerate(("Rule", "Value", "What it says", "May be"), 1):
        cell = sheet.cell(_FIRST_ROW - 1, place)
        style.put(cell, header, style.HEADER, style.LEFT if place == 1 else style.INDENTED)
        cell.fill, cell.border = style.HEADER_FILL, style.BELOW_HEADER
    sheet.row_dimensions[_FIRST_ROW - 1].height = 20
    rules = dataclasses.fields(Settings)
    for row, rule in enumerate(rules, _FIRST_ROW):
        _rule(sheet, row, rule, settings)
    last = _FIRST_ROW + len(rules) - 1
    area = f"'{NAME}'!$A${_FIRST_ROW}:$B${last}"
    workbook.defined_names[RULES] = DefinedName(
        RULES, attr_text=area, comment="rule and value, for the argument settings"
    )
    for letter, width in zip("ABCD", (22, 18, 80, 38)):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_properties.tabColor = style.MUTED
    sheet.freeze_panes = f"A{_FIRST_ROW}"
    sheet.sheet_view.showGridLines = False
    style.page(sheet, NAME)
    return sheet


def _rule(sheet: Any, row: int, rule: Any, settings: Settings) -> None:
    allowed, value = rule.metadata["allowed"], getattr(settings, rule.name)
    is_month = rule.name == "through"
    style.put(sheet.cell(row, 1), rule.name, style.LABEL, style.LEFT)
    shown = (None if value is None else first_day(value)) if is_month else value
    style.put_input(
        sheet.cell(row, 2), settings.text(rule.name) if shown is None and not is_month else shown,
        style.MONTH_INPUT if is_month else "General",
    )  # fmt: skip
    style.put(sheet.cell(row, 3), rule.metadata["doc"], style.LABEL, style.WRAPPED)
    choices = ", ".join(allowed) if isinstance(allowed, tuple) else f"{allowed}{', or blank' if is_month else ''}"
    style.put(sheet.cell(row, 4), choices, style.UNIT, style.WRAPPED)
    for column in (1, 3, 4):
        sheet.cell(row, column).border = style.HAIRLINE
    sheet.row_dimensions[row].height = 32
    check = _validation(allowed, f"B{row}")
    if check is not None:
        check.errorTitle, check.error, check.showErrorMessage = rule.name, f"It may be {choices}.", True
        check.add(f"B{row}")
        sheet.add_data_validation(check)


def _validation(allowed: str | tuple[str, ...], cell: str) -> Any:
    if isinstance(allowed, tuple):
        return DataValidation(type="list", formula1=f'"{",".join(allowed)}"', allow_blank=True)
    if allowed.startswith("unlimited"):
        formula = f'IF(ISNUMBER({cell}),{cell}>=0,LOWER({cell})="unlimited")'
        return DataValidation(type="custom", formula1=formula, allow_blank=True)
    if allowed == "a number of days":
        return DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
    return None
