"""The sheet Schedule: what every customer pays in every month, which all figures of a plain report are computed from.

It is written empty; filling/schedule.py writes its values, in a template as in a fill.
"""

from __future__ import annotations

from typing import Any

from openpyxl.utils import get_column_letter

from mrr_xl.filling.schedule import CLOSING, HEADS
from mrr_xl.months import Month, first_day
from mrr_xl.report import style
from mrr_xl.report.formulas import define
from mrr_xl.report.sheets import monthly
from mrr_xl.report.sheets.monthly import FIRST_COLUMN, HEADER_ROW, YEAR_ROW

NAME = "Schedule"
FIRST_ROW = HEADER_ROW + 1
LAST_ROW = FIRST_ROW + 1  #: of the sheet as it is built: a customer's, and the closing row that every range takes in
_TOTALS = ((4, "MRR of all customers", "SUM({area})"), (5, "Customers", 'COUNTIF({area},">0")'))


def area(first: str, last: str = "") -> str:
    """The values of a column, or of the columns from one to another, as a reference from any sheet.

    >>> area("D"), area("$C", "$Z")
    ('Schedule!D$8:D$9', 'Schedule!$C$8:$Z$9')
    """
    return f"{NAME}!{first}${FIRST_ROW}:{last or first}${LAST_ROW}"


def looks_back(retention_months: int) -> int:
    """How many months there are before the first one shown: those of a year before, and of those that these look at."""
    return 12 + retention_months


def add(workbook: Any, columns: int, shown: int, last: Month) -> Any:
    """The sheet without its values. columns: of months, the last `shown` of which the report shows."""
    sheet = workbook.create_sheet(NAME)
    style.title(
        sheet,
        NAME,
        "What each customer pays a month (MRR)",
    )
    note(
        sheet, columns, shown,
        "At each month's as-of point. Values that mrr-xl has written: if lines on Subscriptions change, mrr-xl fill "
        "writes them anew.",
        "Every figure of the report is a formula over these cells. First month: of a customer's first MRR ever; it "
        "tells new from reactivated.",
    )  # fmt: skip
    right = FIRST_COLUMN + columns - 1
    for row, label, total in _TOTALS:
        style.put(sheet.cell(row, 1), label, style.LABEL_BOLD, style.LEFT)
        for column in range(FIRST_COLUMN, right + 1):
            cell, letter = sheet.cell(row, column), get_column_letter(column)
            cell.value = f"={total.format(area=f'{letter}${FIRST_ROW}:{letter}${LAST_ROW}')}"
            cell.font, cell.alignment, cell.number_format = style.FORMULA_BOLD, style.FIGURE, style.FORMATS["money"]
    for column in range(1, right + 1):
        head = sheet.cell(HEADER_ROW, column)
        head.fill, head.border = style.HEADER_FILL, style.BELOW_HEADER
        if column < FIRST_COLUMN:
            continue
        style.put(head, first_day(Month(last - right + column)), style.HEADER, style.RIGHT)
        head.number_format = style.MONTH_ABOVE
        letter = get_column_letter(column)
        opens = f"YEAR({letter}{HEADER_ROW})"
        year = sheet.cell(YEAR_ROW, column)
        is_first = column in (FIRST_COLUMN, FIRST_COLUMN + columns - shown)
        year.value = f"={opens}" if is_first else f'=IF(MONTH({letter}{HEADER_ROW})=1,{opens},"")'
        year.font, year.number_format, year.alignment = style.YEAR, "0", style.RIGHT
    for column, (head, alignment) in enumerate(zip(HEADS, (style.LEFT, style.RIGHT)), 1):
        style.put(sheet.cell(HEADER_ROW, column), head, style.HEADER, alignment)
    _rows(sheet, right)
    first, end = get_column_letter(FIRST_COLUMN), get_column_letter(right)
    define(workbook, "Schedule_levels", NAME, f"${first}${FIRST_ROW}:${end}${LAST_ROW}")
    define(workbook, "Schedule_months", NAME, f"${first}${HEADER_ROW}:${end}${HEADER_ROW}")
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{end}{LAST_ROW - 1}"
    view(sheet, columns, shown, NAME)
    return sheet


def _rows(sheet: Any, right: int) -> None:
    """The looks of a customer's row and of the closing one."""
    for column in range(1, right + 1):
        cell = sheet.cell(FIRST_ROW, column)
        cell.font, cell.border = style.LABEL, style.HAIRLINE
        cell.alignment = style.LEFT if column == 1 else style.FIGURE
        cell.number_format = "@" if column == 1 else _FIRST if column == 2 else _MONEY
        closing = sheet.cell(LAST_ROW, column)
        closing.border = style.ABOVE_TOTAL
    style.put(sheet.cell(LAST_ROW, 1), CLOSING, style.UNIT, style.LEFT)


def note(sheet: Any, columns: int, shown: int, *lines: str) -> None:
    """What is to be known of a sheet, above the first month shown: a page has no months before it."""
    for row, line in enumerate(lines, 1):
        cell = sheet.cell(row, FIRST_COLUMN + columns - shown)
        style.put(cell, line, style.SUBTITLE, style.LEFT)


_FIRST = '0000"-"00_)'  #: 202403, which is the first month of a customer as a number
_MONEY = '#,##0.00_);(#,##0.00);"–"_)'


def view(sheet: Any, columns: int, shown: int, name: str, bottom: int = LAST_ROW) -> None:
    """Widths, frozen panes, and pages of twelve months, without those before the first one shown, which fold away."""
    first = get_column_letter(FIRST_COLUMN + columns - shown)
    last = get_column_letter(FIRST_COLUMN + columns - shown + max(shown, 12) - 1)  # room for the notes
    sheet.column_dimensions["A"].width = monthly.LABEL_WIDTH
    sheet.column_dimensions["B"].width = monthly.UNIT_WIDTH
    for column in range(FIRST_COLUMN, FIRST_COLUMN + columns):
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width = monthly.MONTH_WIDTH
        if column < FIRST_COLUMN + columns - shown:
            dimension.outlineLevel = 1
    sheet.column_dimensions.max_outline = 1
    sheet.sheet_properties.outlinePr.summaryRight = True
    sheet.freeze_panes = sheet.cell(FIRST_ROW, FIRST_COLUMN).coordinate
    sheet.sheet_view.pane.topLeftCell = f"{first}{FIRST_ROW}"
    sheet.print_title_cols, sheet.print_title_rows = "A:B", f"{YEAR_ROW}:{HEADER_ROW}"
    sheet.print_area = f"{first}1:{last}{bottom}"
    sheet.sheet_view.showGridLines, sheet.sheet_view.zoomScale = False, 90
    style.page(sheet, name)
    sheet.page_setup.fitToWidth = -(-shown // 12)
    sheet.sheet_properties.tabColor = style.GOOD
