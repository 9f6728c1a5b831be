"""The sheet Forecast: the next twelve months in three scenarios, and how far off past forecasts would have been."""

from __future__ import annotations

from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

from mrr_xl.report import charts, style
from mrr_xl.report.charts import Line
from mrr_xl.report.formulas import call
from mrr_xl.report.sheets import checks, listing
from mrr_xl.rollforward.changes import MOVEMENTS

NAME = "Forecast"
MONTHS = 12
#: Scenario → the multiplier of each driver, in the order of the movements.
SCENARIOS = {
    "Base": (1.0, 1.0, 1.0, 1.0, 1.0),
    "Upside": (1.2, 1.0, 1.1, 0.9, 0.9),
    "Downside": (0.8, 1.0, 0.9, 1.1, 1.2),
}
_DRIVERS = MOVEMENTS
_ROW = 5  #: of the scenarios' header
_TESTED = range(_ROW + 1, _ROW + 4)  #: the backtest's rows
_TABLE = _ROW + len(_DRIVERS) + 6
_PICKED = f"$B${_TABLE - 2}"
_ALT = "Lines: the MRR of the last twelve months, and of the next twelve in each scenario."
_DATA = _TABLE + MONTHS + 22
_WORDS = _DATA + 2 * MONTHS + 3  #: of the first scenario as the function takes it


def add(workbook: Any) -> Any:
    sheet = workbook.create_sheet(NAME)
    subtitle = "The next twelve months: the drivers of the last six months, times the percentages below."
    style.title(sheet, NAME, subtitle)
    _scenarios(sheet)
    _error(sheet)
    _months(sheet)
    _chart(sheet)
    for column, width in enumerate((24, 13, 13, 13, 13, 13, 13, 15, 13), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = style.LIGHT_TAB
    style.page(sheet, NAME, landscape=False)
    sheet.page_setup.fitToHeight = 1
    return sheet


def _scenarios(sheet: Any) -> None:
    style.put(sheet.cell(_ROW, 1), "Driver", style.HEADER, style.LEFT)
    for column, name in enumerate(SCENARIOS, 2):
        style.put(sheet.cell(_ROW, column), name, style.HEADER, style.RIGHT)
    for column in range(1, 2 + len(SCENARIOS)):
        sheet.cell(_ROW, column).fill, sheet.cell(_ROW, column).border = style.HEADER_FILL, style.BELOW_HEADER
    for row, driver in enumerate(_DRIVERS, _ROW + 1):
        style.put(sheet.cell(row, 1), driver.capitalize(), style.LABEL, style.INDENTED)
        for column, factors in enumerate(SCENARIOS.values(), 2):
            cell = sheet.cell(row, column)
            style.put_input(cell, factors[row - _ROW - 1], style.PERCENT)
            cell.alignment = style.FIGURE
    check = DataValidation(type="decimal", operator="between", formula1="0", formula2="10", showErrorMessage=True)
    check.errorTitle, check.error = "Multiplier", "Enter a percentage from 0 % to 1000 %."
    check.add(f"B{_ROW + 1}:D{_ROW + len(_DRIVERS)}")
    sheet.add_data_validation(check)
    style.put(sheet.cell(_WORDS - 1, 1), "The scenarios as MRR_FORECAST reads them", style.SECTION, style.LEFT)
    for number, name in enumerate(SCENARIOS):
        letter = get_column_letter(2 + number)
        parts = [f'"{driver}="&ROUND({letter}{row}*100,0)&"%"' for row, driver in enumerate(_DRIVERS, _ROW + 1)]
        style.put(sheet.cell(_WORDS + number, 1), name, style.LABEL, style.LEFT)
        cell = sheet.cell(_WORDS + number, 2)
        cell.value, cell.font = "=" + '&"; "&'.join(parts), style.FORMULA


def _error(sheet: Any) -> None:
    """The backtest, beside the scenarios."""
    style.put(sheet.cell(_ROW - 1, 6), "How far off past forecasts would have been", style.SECTION, style.LEFT)
    heads = ("Months ahead", "Forecasts", "Mean error", "Naive error")
    for column, head in enumerate(heads, 6):
        cell = sheet.cell(_ROW, column)
        style.put(cell, head, style.HEADER, style.RIGHT)
        cell.fill, cell.border = style.HEADER_FILL, style.BELOW_HEADER
    backtest = call("MRR_BACKTEST", method='"drivers"')
    for row in _TESTED:
        for column, source, number_format in ((6, 2, "0"), (7, 3, "0"), (8, 4, "0.0 %"), (9, 6, "0.0 %")):
            cell = sheet.cell(row, column)
            cell.value = f'=IFERROR(INDEX({backtest},{row - _ROW + 1},{source}),IF({checks.LACKING},{checks.LIST},"–"))'
            cell.font, cell.number_format, cell.alignment = style.FORMULA, number_format, style.FIGURE
    style.put(sheet.cell(_ROW + 4, 6), "Naive: MRR stays the same. Needs 13 months of data.", style.CHECK, style.LEFT)
    # A comparison alone would hold for the dash of an error that is not defined.
    closer = "&".join(f'IF(AND(COUNT(H{row},I{row})=2,H{row}>I{row}),", "&F{row},"")' for row in _TESTED)
    warning = sheet.cell(_ROW + 5, 6)
    says = f'"The naive forecast was closer. Months ahead: "&MID({closer},3,9)&"."'
    warning.value = f'=IFERROR(IF(LEN({closer})=0,"",{says}),"")'
    warning.font, warning.alignment = style.WARNING, style.LEFT


def _months(sheet: Any) -> None:
    """The picked scenario, month by month."""
    style.put(sheet.cell(_TABLE - 2, 1), "Scenario shown", style.LABEL, style.LEFT)
    style.put_input(sheet.cell(_TABLE - 2, 2), "Base")
    pick = DataValidation(type="list", formula1=f'"{",".join(SCENARIOS)}"', showErrorMessage=True)
    pick.errorTitle, pick.error = "Scenario", f"Pick one of {', '.join(SCENARIOS)}."
    pick.add(f"B{_TABLE - 2}")
    sheet.add_data_validation(pick)
    words = f"$B${_WORDS}:$B${_WORDS + len(SCENARIOS) - 1}"
    picked = f"INDEX({words},MATCH({_PICKED},$B${_ROW}:$D${_ROW},0))"
    formula = call("MRR_FORECAST", months=str(MONTHS), method='"drivers"', scenario=picked)
    money = style.FORMATS["money"]
    unreadable, too_short = '"No figures: see the sheet Checks."', '"A forecast needs seven months of history."'
    explained = f"IFERROR({formula},IF(ISERROR($B${_DATA + MONTHS}),{unreadable},{too_short}))"
    listing.add(sheet, _TABLE, explained, (style.MONTH, *[money] * 7), room=MONTHS, texts=1)


def _chart(sheet: Any) -> None:
    """Twelve actual and twelve forecast months, and the chart over them."""
    style.put(sheet.cell(_DATA - 1, 1), "The figures behind the chart", style.SECTION, style.LEFT)
    for column, head in enumerate(("Month", "Actual", *SCENARIOS, "Months ahead"), 1):
        cell = sheet.cell(_DATA, column)
        style.put(cell, head, style.HEADER, style.LEFT if column == 1 else style.RIGHT)
        cell.fill, cell.border = style.HEADER_FILL, style.BELOW_HEADER
    first, last = _DATA + 1, _DATA + 2 * MONTHS
    for row in range(first, last + 1):
        ahead, month = sheet.cell(row, 6), sheet.cell(row, 1)
        ahead.value, ahead.font, ahead.alignment = row - _DATA - MONTHS, style.CHECK, style.FIGURE
        ahead.number_format = style.WHOLE
        month.value = f"=EDATE({call('MRR_LAST_MONTH')},F{row})"
        month.font, month.number_format, month.alignment = style.FORMULA, style.MONTH, style.LEFT
        for column in range(2, 6):
            cell = sheet.cell(row, column)
            cell.font, cell.number_format, cell.alignment = style.FORMULA, style.FORMATS["money"], style.FIGURE
            # The lines meet in the last month reported.
            if column > 2 and row == _DATA + MONTHS:
                cell.value = f"=B{row}"
            elif column > 2 and row > _DATA + MONTHS:
                words = f"$B${_WORDS + column - 3}"
                forecast = call("MRR_FORECAST", months=str(MONTHS), method='"drivers"', scenario=words)
                cell.value = f'=IFERROR(INDEX({forecast},$F{row}+1,8),"")'
    actual = f"A{first}:A{_DATA + MONTHS}"
    sheet.cell(first, 2).value = ArrayFormula(f"B{first}:B{_DATA + MONTHS}", f"={call('MRR', month=actual)}")
    colours = (charts.LINE, charts.COLUMNS, charts.COLOURS["MRR_EXPANSION"], charts.COLOURS["MRR_CHURN"])
    series = [
        Line(f"{NAME}!${letter}${_DATA}", f"{NAME}!${letter}${first}:${letter}${last}", colour, dashed=letter != "B")
        for letter, colour in zip("BCDE", colours)
    ]
    chart = charts.lines("MRR: actual and forecast", f"{NAME}!$A${first}:$A${last}", series)
    charts.add_chart(sheet, chart, (1, _TABLE + MONTHS + 2, 9, _DATA - 3), _ALT)
