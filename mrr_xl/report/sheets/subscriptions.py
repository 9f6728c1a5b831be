"""The sheet Subscriptions: the table that every figure is computed from."""

from __future__ import annotations

import datetime as dt
import decimal
import math
import numbers
from collections.abc import Iterable
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo

from mrr_xl.errors import MrrError
from mrr_xl.filling.lines import DAYS
from mrr_xl.later import pd
from mrr_xl.months import AFTER_LAST_SERIAL
from mrr_xl.report import style
from mrr_xl.report.formulas import TABLE
from mrr_xl.sources.columns import recognise
from mrr_xl.sources.number_texts import EXACT
from mrr_xl.xlsx.places import LAST_ROW

NAME = TABLE
#: The cells of the table's column names, with room for more of them.
HEADERS = f"{TABLE}!$A$1:$AZ$1"
INTERVALS = ("day", "week", "month", "quarter", "year")
STATUSES = ("active", "past_due", "trialing", "paused", "cancelled", "incomplete", "unpaid", "expired")
_WIDTHS = {"customer": 32, "start": 12, "end": 12, "month": 12, "status": 12}
_FORMATS = {"amount": "#,##0.00", "mrr": "#,##0.00", "quantity": "#,##0", "discount": f'{style.PERCENT};"–"'}


def add(workbook: Any, data: pd.DataFrame) -> Any:
    """The data as an Excel table; its columns keep their names and their order."""
    if len(data) >= LAST_ROW:
        raise MrrError(f"a sheet holds {LAST_ROW - 1:,} rows below its header and the data has {len(data):,}")
    sheet = workbook.create_sheet(NAME)
    headers = headers_of(data.columns)
    roles = {header: role for role, header in recognise(headers).roles.items()}
    for column, header in enumerate(headers, 1):
        head = sheet.cell(1, column)
        is_number = roles.get(header) in _FORMATS
        style.put(head, header, style.TABLE_HEADER, style.BESIDE_BUTTON if is_number else style.INDENTED)
        head.fill = style.TABLE_FILL
        _column(sheet, column, roles.get(header, ""), header, data.iloc[:, column - 1])
    _table(sheet, headers, max(len(data), 1))
    for role in ("interval", "status", "start", "end", "amount", "mrr", "quantity", "discount"):
        for column, header in enumerate(headers, 1):
            if roles.get(header) == role:
                _validate(sheet, role, get_column_letter(column))
    sheet.sheet_properties.tabColor = style.GOOD
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.row_dimensions[1].height = 20
    sheet.sheet_view.showGridLines = False
    style.page(sheet, NAME, landscape=False)
    return sheet


def headers_of(columns: Iterable[object]) -> list[str]:
    """Names that an Excel table accepts: one line, not blank, and unique without regard to case.

    >>> headers_of(["Customer", "plan", "Plan", "Start\\ndate"])
    ['Customer', 'plan', 'Plan (2)', 'Start date']
    """
    names: list[str] = []
    for position, column in enumerate(columns, 1):
        name = wanted = " ".join(str(column).split())[:250] or f"column {position}"
        number = 1
        while name.lower() in [other.lower() for other in names]:
            number += 1
            name = f"{wanted} ({number})"
        names.append(name)
    return names


def _column(sheet: Any, column: int, role: str, header: str, values: pd.Series[Any]) -> None:
    longest = len(header) + 4  # room for the filter button
    patterns: dict[str, Any] = {}
    blank = style.DAY if role in DAYS else "General"
    for row, value in enumerate(values.tolist(), 2):
        cell = sheet.cell(row, column)
        kind = _write(cell, value)
        if kind in patterns:
            style.copy_style(cell, patterns[kind])
        else:
            cell.font, cell.alignment = style.LABEL, style.FIGURE_INDENTED if kind == "number" else style.INDENTED
            # A blank end takes a day later on.
            formats = {"number": _FORMATS.get(role, "General"), "date": style.DAY, "blank": blank}
            cell.number_format = formats.get(kind, "General")
            patterns[kind] = cell
        if kind == "text" and row < 500:
            longest = max(longest, len(cell.value or ""))
    width = max(_WIDTHS.get(role, 0), min(longest + 3, 44))
    sheet.column_dimensions[get_column_letter(column)].width = width


def _write(cell: Any, value: Any) -> str:
    """Write one value with its type, or as text if a cell can't hold it; gives the kind of format it needs."""
    if not isinstance(value, (list, dict)) and pd.isna(value):
        return "blank"
    if isinstance(value, pd.Timestamp):
        value = value.tz_localize(None).to_pydatetime()
    if isinstance(value, dt.date):
        cell.value = value
        return "date"
    is_long = isinstance(value, int) and abs(value) >= EXACT  # a cell would keep its first 15 digits
    if not is_long and isinstance(value, (numbers.Real, decimal.Decimal)) and math.isfinite(value):
        cell.value = value
        return "number"
    style.write_text(cell, str(value))
    return "quoted" if cell.quotePrefix else "text"


def _table(sheet: Any, headers: list[str], rows: int) -> None:
    table = Table(displayName=NAME, ref=f"A1:{get_column_letter(len(headers))}{rows + 1}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
    table._initialise_columns()
    for column, header in zip(table.tableColumns, headers):
        column.name = header
    sheet.add_table(table)


def _validate(sheet: Any, role: str, letter: str) -> None:
    """What a cell of this column accepts, from the first row to the last row of the sheet."""
    if role in ("interval", "status"):
        words = INTERVALS if role == "interval" else STATUSES
        also = " You can also enter a number of them, such as 3 months." if role == "interval" else ""
        rule = DataValidation(type="list", formula1=f'"{",".join(words)}"', errorStyle="warning")
        rule.error = f"Pick one of {', '.join(words)}.{also}"
    elif role in ("start", "end"):
        rule = DataValidation(
            type="date", operator="between", formula1="1", formula2=str(AFTER_LAST_SERIAL), errorStyle="stop"
        )
        rule.error = "Enter a date, such as 2024-03-15."
    else:
        high = "1" if role == "discount" else "1000000000000"
        rule = DataValidation(type="decimal", operator="between", formula1="0", formula2=high, errorStyle="stop")
        rule.error = "Enter a fraction from 0 to 1, or a percentage." if high == "1" else "Enter a number of 0 or more."
    rule.errorTitle, rule.allow_blank, rule.showErrorMessage = role.capitalize(), True, True
    rule.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)
