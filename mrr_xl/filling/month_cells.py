"""Months in the cells of a workbook: read with their place, and as the number that the workbook has for them."""

from __future__ import annotations

from typing import Any

from openpyxl.utils.cell import get_column_letter

from mrr_xl import months
from mrr_xl.errors import MrrError
from mrr_xl.months import Month
from mrr_xl.xlsx.workbook import Workbook


def month_in(workbook: Workbook, sheet: str, row: int, column: int, cell: Any) -> Month:
    """The month in a cell. Raises MrrError, with its place."""
    value = workbook.value(cell)
    try:
        with months.in_system(workbook.days_to_1900):
            return months.read_month("" if value is None else value)
    except MrrError as mistake:
        place = f"cell {get_column_letter(column)}{row} of sheet {sheet}"
        raise MrrError(f"{place} does not hold a month ({mistake}); fill a new template") from None


def month_serial(workbook: Workbook, month: Month) -> int:
    """The first day of a month as the workbook counts days."""
    return months.serial(months.day_key(months.first_day(month))) - workbook.days_to_1900
