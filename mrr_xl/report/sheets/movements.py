"""The sheet Movements: the MRR month by month, one array formula a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

from mrr_xl.metrics import find
from mrr_xl.months import first_day
from mrr_xl.report import style
from mrr_xl.report.charts import add_charts
from mrr_xl.report.sheets import settings, subscriptions

NAME = "Movements"
FIRST_MONTH, CURRENCY = "$B$3", "$B$4"  #: the inputs
CHECKS = "B5"
HEADER_ROW, FIRST_COLUMN = 7, 3
_CHECK = "check"


@dataclass(frozen=True)
class Row:
    """One row of the sheet: a metric, or the check; its unit and number format are the metric's."""

    section: str
    label: str
    function: str
    total: bool = False  #: bold, with a line above


#: A new metric on the sheet is one more line here.
ROWS = (
    Row("Monthly recurring revenue", "Opening MRR", "MRR_OPENING"),
    Row("Monthly recurring revenue", "New", "MRR_NEW"),
    Row("Monthly recurring revenue", "Reactivation", "MRR_REACTIVATION"),
    Row("Monthly recurring revenue", "Expansion", "MRR_EXPANSION"),
    Row("Monthly recurring revenue", "Contraction", "MRR_CONTRACTION"),
    Row("Monthly recurring revenue", "Churn", "MRR_CHURN"),
    Row("Monthly recurring revenue", "Closing MRR", "MRR", total=True),
    Row("Monthly recurring revenue", "Net new MRR", "MRR_NET_NEW"),
    Row("Monthly recurring revenue", "Check: opening + movements − closing", _CHECK),
    Row("Customers", "Opening customers", "MRR_OPENING_CUSTOMERS"),
    Row("Customers", "New customers", "MRR_NEW_CUSTOMERS"),
    Row("Customers", "Reactivated customers", "MRR_REACTIVATED_CUSTOMERS"),
    Row("Customers", "Churned customers", "MRR_CHURNED_CUSTOMERS"),
    Row("Customers", "Customers at month end", "MRR_CUSTOMERS", total=True),
    Row("Key figures", "MRR growth", "MRR_GROWTH"),
    Row("Key figures", "Customer churn", "MRR_LOGO_CHURN"),
    Row("Key figures", "Net revenue retention (NRR)", "MRR_NRR"),
    Row("Key figures", "Gross revenue retention (GRR)", "MRR_GRR"),
    Row("Key figures", "Average MRR per customer (ARPA)", "MRR_ARPA"),
    Row("Key figures", "Quick ratio: gained ÷ lost", "MRR_QUICK_RATIO"),
    Row("Key figures", "Annual run rate (ARR)", "ARR"),
)


def places() -> dict[str, int]:
    """Function → its row on the sheet; each section has a heading and a blank row before it.

    >>> places()["MRR_OPENING"], places()["MRR"]
    (9, 15)
    """
    found, row, section = {}, HEADER_ROW, ""
    for line in ROWS:
        row += 1 if line.section == section else 2 if not section else 3
        section = line.section
        found[line.function] = row
    return found


def add(workbook: Any, first: int | None, months: int, currency: str, heading: str) -> Any:
    """The sheet with its charts below the figures; without a `first` month it ends with the last one reported."""
    sheet = workbook.create_sheet(NAME, 0)
    last_column = FIRST_COLUMN + months - 1
    rows = places()
    span = tuple(get_column_letter(column) for column in (FIRST_COLUMN, last_column))
    style.title(sheet, heading, "What the monthly recurring revenue (MRR) gained and lost, month by month.")
    last_reported = f"MRR_LAST_MONTH({subscriptions.NAME}[#All],,{settings.RULES})"
    start = f"=EDATE({last_reported},{1 - months})" if first is None else first_day(first)
    _inputs(sheet, start, currency, span, rows[_CHECK])
    _header(sheet, last_column)
    section = ""
    for line in ROWS:
        if line.section != section:
            style.put(sheet.cell(rows[line.function] - 1, 1), line.section, style.SECTION, style.LEFT)
            sheet.row_dimensions[rows[line.function] - 1].height = 22
            section = line.section
        _row(sheet, rows, line, last_column)
    _colours(sheet, span, rows)
    add_charts(sheet, rows, HEADER_ROW, FIRST_COLUMN, last_column)
    _view(sheet, last_column)
    return sheet


def _inputs(sheet: Any, start: object, currency: str, span: tuple[str, str], check: int) -> None:
    for row, label in ((3, "First month"), (4, "Currency"), (5, "Checks")):
        style.put(sheet.cell(row, 1), label, style.LABEL, style.LEFT)
    style.put_input(sheet[FIRST_MONTH.replace("$", "")], None, style.MONTH)
    sheet[FIRST_MONTH.replace("$", "")].value = start
    style.put_input(sheet[CURRENCY.replace("$", "")], currency)
    is_date = DataValidation(type="date", operator="between", formula1="1", formula2="109575", allow_blank=False)
    is_date.errorTitle, is_date.error, is_date.showErrorMessage = "First month", "Enter a month, such as 2024-01.", True
    is_date.add(FIRST_MONTH.replace("$", ""))
    sheet.add_data_validation(is_date)
    area = f"{span[0]}{check}:{span[1]}{check}"
    sheet[CHECKS] = f'=IF(COUNTIF({area},">0")>0,"difference",IF(COUNTIF({area},0)=0,"none yet","OK"))'
    sheet[CHECKS].font, sheet[CHECKS].alignment = style.FORMULA_BOLD, style.INDENTED


def _header(sheet: Any, last_column: int) -> None:
    for column in range(1, last_column + 1):
        cell = sheet.cell(HEADER_ROW, column)
        cell.font, cell.fill, cell.border = style.HEADER, style.HEADER_FILL, style.BELOW_HEADER
        if column >= FIRST_COLUMN:
            before = sheet.cell(HEADER_ROW, column - 1).coordinate
            cell.value = f"={FIRST_MONTH}" if column == FIRST_COLUMN else f"=EDATE({before},1)"
            cell.number_format, cell.alignment = style.MONTH_ABOVE, style.RIGHT
    style.put(sheet.cell(HEADER_ROW, 1), "Month", style.HEADER, style.LEFT)
    style.put(sheet.cell(HEADER_ROW, 2), "Unit", style.HEADER, style.INDENTED)
    sheet.row_dimensions[HEADER_ROW].height = 20


def _row(sheet: Any, rows: dict[str, int], line: Row, last_column: int) -> None:
    row, is_check = rows[line.function], line.function == _CHECK
    unit = _CHECK if is_check else find(line.function).unit
    plain = style.CHECK if is_check else style.FORMULA
    style.put(sheet.cell(row, 1), line.label, style.CHECK if is_check else style.LABEL, style.INDENTED)
    names = {"money": f"={CURRENCY}", "count": "customers", "rate": "%", "ratio": "×", _CHECK: f"={CURRENCY}"}
    sheet.row_dimensions[row].height = 16
    sheet.cell(row, 2).value = names[unit]
    sheet.cell(row, 2).font, sheet.cell(row, 2).alignment = style.UNIT, style.INDENTED
    for column in range(FIRST_COLUMN, last_column + 1):
        cell = sheet.cell(row, column)
        cell.font = style.FORMULA_BOLD if line.total else plain
        cell.number_format, cell.alignment = style.FORMATS[unit], style.FIGURE
        if is_check:
            cell.value = _check(rows, get_column_letter(column))
    if not is_check:
        ends = [sheet.cell(row, column).column_letter for column in (FIRST_COLUMN, last_column)]
        months = f"{ends[0]}${HEADER_ROW}:{ends[1]}${HEADER_ROW}"
        area = f"{ends[0]}{row}:{ends[1]}{row}"
        given = {"data": f"{subscriptions.NAME}[#All]", "month": months, "settings": settings.RULES}
        arguments = [given.get(name, "") for name in find(line.function).arguments]
        text = f"={line.function}({','.join(arguments).rstrip(',')})"
        sheet[f"{ends[0]}{row}"] = ArrayFormula(area, text)
    if line.total:
        sheet.cell(row, 1).font = style.LABEL_BOLD
        for column in range(1, last_column + 1):
            sheet.cell(row, column).border = style.ABOVE_TOTAL


def _check(rows: dict[str, int], letter: str) -> str:
    """What the movements leave unexplained; every row between opening and closing is one."""
    opening, closing = rows["MRR_OPENING"], rows["MRR"]
    movements = f"SUM({letter}{opening + 1}:{letter}{closing - 1})"
    return f"=ROUND(ABS({letter}{opening}+{movements}-{letter}{closing}),6)"


def _colours(sheet: Any, span: tuple[str, str], rows: dict[str, int]) -> None:
    """Undefined figures in grey, a difference in red."""
    first, last = min(rows.values()), max(rows.values())
    check, corner = f"{span[0]}{rows[_CHECK]}", f"{span[0]}{first}"
    grey, red = Font(color=style.RULE), Font(color=style.BAD, bold=True)
    sheet.conditional_formatting.add(
        f"{corner}:{span[1]}{last}", FormulaRule([f"ISNA({corner})"], font=grey, stopIfTrue=True)
    )
    line = f"{check}:{span[1]}{rows[_CHECK]}"
    sheet.conditional_formatting.add(line, FormulaRule([f"{check}=0"], font=Font(color=style.GOOD)))
    sheet.conditional_formatting.add(line, FormulaRule([f"{check}<>0"], font=red, fill=style.BAD_CELL))
    sheet.conditional_formatting.add(CHECKS, FormulaRule([f'{CHECKS}="OK"'], font=Font(color=style.GOOD, bold=True)))
    sheet.conditional_formatting.add(CHECKS, FormulaRule([f'{CHECKS}="difference"'], font=red, fill=style.BAD_CELL))


def _view(sheet: Any, last_column: int) -> None:
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 11
    for column in range(FIRST_COLUMN, last_column + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 10.5
    sheet.sheet_properties.tabColor = style.NAVY
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, FIRST_COLUMN).coordinate
    sheet.print_title_cols, sheet.print_title_rows = "A:B", f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.sheet_view.showGridLines, sheet.sheet_view.zoomScale = False, 90
    style.page(sheet, NAME)
    sheet.page_setup.fitToHeight = 1  # the charts stay on the page of the figures
