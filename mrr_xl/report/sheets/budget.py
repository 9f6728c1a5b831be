"""The sheet Budget: the figures of the month picked on Summary beside a table that the user types.

It stands on a sheet of its own, and not beside the months of Movements: four more columns would make the print of
24 months smaller still, and where nobody has a budget they would stand empty on the report's main sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo

from mrr_xl.filling.typed_months import BUDGET, ERROR, SAYS, UNUSED
from mrr_xl.months import AFTER_LAST_SERIAL
from mrr_xl.report import charts, style
from mrr_xl.report.charts import Line as Drawn
from mrr_xl.report.sheets import listing, monthly, movements

NAME = TABLE = BUDGET
ROWS = tuple(row for row in movements.ROWS if row.shown_unit != "check")
_HEAD, _TABLE_COLUMN = 7, 8
_FIRST, _LAST = _HEAD + 1, _HEAD + len(ROWS)
FIGURES = f"$A${_FIRST}:$A${_LAST}"
_HEADS = ("Figure", "Unit", "Actual", "Budget", "Variance", "Variance %")
_COLUMNS = ("Month", "Figure", "Value")
_PLACES = dict(zip(_COLUMNS, "HIJ"))
_TABLE_ROWS = 38  #: at least, so that there are blank ones to type into
_ROOM = _HEAD + 2_000  #: the last row of the table that addresses reach
_EARLIEST = 10_000  #: as a month: what is below is a year, such as 2024, or another number
_LARGEST = "1E+15"  #: of a budget's values
_LOSSES = tuple(row.label for row in ROWS if row.key in ("MRR_CONTRACTION", "MRR_CHURN"))
_LEVELS = (*movements.OF_LAST, "ARR", "MRR_ARPA", "MRR_GROWTH_YOY")  #: of a period's last month
_OF_A_MONTH = ("MRR_GROWTH", "MRR_QUICK_RATIO")  #: those of months are not that of a quarter
_LESS_IS_BETTER = ("MRR_CHURNED_CUSTOMERS",)  # contraction and churn are negative: less is more there

DRAWN = "Columns: what each movement added to or took from the MRR, beside its budget."
Line = tuple[dt.date, str, float]  #: month, figure, value


def add(workbook: Any, months: int, lines: Sequence[Line] = (), plain: bool = False) -> Any:
    """The comparison, and the table with these lines and blank ones below them.

    plain: with addresses in place of the table's columns, for every spreadsheet program.
    """
    sheet = workbook.create_sheet(NAME)
    period = "month" if plain else "month (or quarter, or year)"
    style.title(sheet, NAME, f"The figures of the {period} picked on Summary, and how far they are from your budget.")
    listing.month_line(sheet)
    style.put(sheet["A5"], None, style.WARNING, style.LEFT)
    shown = f"ISNUMBER(MATCH(Report_month,{movements.months_area(months)},0))"
    sheet["A5"].value = f'=IF({shown},"","This month is not among those shown: pick another one on Summary.")'
    for column, head in enumerate(_HEADS, 1):
        cell = sheet.cell(_HEAD, column)
        style.put(cell, head, style.HEADER, (style.LEFT, style.INDENTED)[column - 1] if column < 3 else style.RIGHT)
        cell.fill, cell.border = style.HEADER_FILL, style.BELOW_HEADER
    sheet.row_dimensions[_HEAD].height = 20
    for number, row in enumerate(ROWS, _FIRST):
        _compared(sheet, number, row, months, plain)
    _colours(sheet, plain)
    meaning = "Variance: actual − budget; green is better, red is worse. Its % is of the budget without its sign."
    style.put(sheet.cell(_LAST + 2, 1), meaning, style.UNIT, style.LEFT)
    _chart(sheet)
    _table(sheet, lines)
    _typed(sheet, plain)
    listing.view(sheet, NAME, (36, 11, 13, 13, 13, 13, 3, 12, 36, 14), f"A{_FIRST}")
    return sheet


def _compared(sheet: Any, number: int, row: monthly.Row, months: int, plain: bool) -> None:
    """One figure: actual, budget, variance and its share of the budget; blank where the budget has no row."""
    unit, (_, last) = row.shown_unit, monthly.span(months)
    style.put(sheet.cell(number, 1), row.label, style.LABEL_BOLD if row.total else style.LABEL, style.INDENTED)
    style.put(sheet.cell(number, 2), style.UNITS.get(unit, ""), style.UNIT, style.INDENTED)
    if unit == "money":
        sheet.cell(number, 2).value = "=Report_currency"
    of = movements.row_numbers()[row.key]
    month, figure, value = (_column(name, plain) for name in _COLUMNS)
    begin, end = _months_of(row.key, plain)
    wanted = f"({figure}=$A{number})*({month}>={begin})*({month}<{end})"
    wanted += f"*({value}<=0)" if row.label in _LOSSES else ""
    if row.key in _OF_A_MONTH and not plain:
        wanted += "*(Period_months=1)"
    count, total = f"SUMPRODUCT({wanted}*{_number(value)})", f"SUMPRODUCT({wanted},{value})"
    if not _adds_up(row):
        total = f'IF({count}>1,"several",{total})'
    formulas = (
        # From the units' column on: Gnumeric's INDEX of one cell is #REF!.
        f"INDEX({movements.NAME}!$B${of}:${last}${of},1,1+MATCH(Report_month,{movements.months_area(months)},0))",
        f'IF({count}=0,"",{total})',
        f'IF(ISNUMBER(D{number}),C{number}-D{number},"")',
        '""' if unit == "rate" else f'IF(ISNUMBER(D{number}),IF(D{number}=0,"",E{number}/ABS(D{number})),"")',
    )
    for column, formula in enumerate(formulas, 3):
        cell = sheet.cell(number, column)
        cell.value = None if formula == '""' else f"={formula}"
        cell.font = style.FORMULA_BOLD if row.total else style.FORMULA
        cell.number_format, cell.alignment = style.FORMATS["rate" if column == 6 else unit], style.FIGURE
    if row.total:
        for column in range(1, len(_HEADS) + 1):
            sheet.cell(number, column).border = style.ABOVE_TOTAL
    sheet.row_dimensions[number].height = 16


def _months_of(key: str, plain: bool) -> tuple[str, str]:
    """The months whose rows make a budget, the second one exclusive: those of a quarter or year, as its movements are.

    Of an opening it is the first of them, of a level the last.
    """
    if plain or key in _LEVELS:
        return "Report_month", "EDATE(Report_month,1)"
    begin = "EDATE(Report_month,1-Period_months)"
    return begin, "EDATE(Report_month,2-Period_months)" if key in movements.OF_FIRST else "EDATE(Report_month,1)"


def _adds_up(row: monthly.Row) -> bool:
    """Whether several rows of the budget, such as one for each team, make one figure together."""
    return row.shown_unit not in ("rate", "ratio") and row.key != "MRR_ARPA"


def _number(value: str) -> str:
    """The condition that a cell is a number, for ranges in SUMPRODUCT."""
    return f'({value}<>"")*({value}>=-{_LARGEST})*({value}<={_LARGEST})'


def _column(name: str, plain: bool) -> str:
    letter = _PLACES[name]
    return f"${letter}${_FIRST}:${letter}${_ROOM}" if plain else f"{TABLE}[{name}]"


def _colours(sheet: Any, plain: bool) -> None:
    good, bad = (Font(color=colour) for colour in (style.GOOD, style.BAD))
    style.without_undefined(sheet, f"C{_FIRST}:F{_LAST}", plain)
    for number, row in enumerate(ROWS, _FIRST):
        better = "<" if row.key in _LESS_IS_BETTER else ">"
        for sign in "<>":
            rule = FormulaRule([f"ROUND(N($E{number}),6){sign}0"], font=good if sign == better else bad)
            sheet.conditional_formatting.add(f"E{number}:F{number}", rule)


def _chart(sheet: Any) -> None:
    first, last = (_FIRST + [row.key for row in ROWS].index(key) for key in ("MRR_NEW", "MRR_CHURN"))
    budget, actual = (
        Drawn(f"{NAME}!${letter}${_HEAD}", f"{NAME}!${letter}${first}:${letter}${last}", colour)
        for letter, colour in (("D", style.NAVY), ("C", style.NAVY))
    )
    names = f"{NAME}!$A${first}:$A${last}"
    chart = charts.beside_budget("MRR gained and lost", names, budget, actual)
    charts.add_chart(sheet, chart, (1, _LAST + 4, len(_HEADS), _LAST + 20), DRAWN)


def _table(sheet: Any, lines: Sequence[Line]) -> None:
    """The table that the user types into; a fill leaves it as it is."""
    bottom = _HEAD + max(_TABLE_ROWS, len(lines) + 3)
    for column, head in enumerate(_COLUMNS, _TABLE_COLUMN):
        cell = sheet.cell(_HEAD, column)
        style.put(cell, head, style.TABLE_HEADER, style.INDENTED if column < 10 else style.BESIDE_BUTTON)
        cell.fill = style.TABLE_FILL
    # A share such as 0.03 as it is typed, an amount with its thousands apart.
    formats = (style.MONTH_INPUT, "General", '[>=10]#,##0;[<=-10]"−"#,##0;General')
    blank: list[tuple[Any, ...]] = [(None, None, None)] * (bottom - _HEAD - len(lines))
    for row, line in enumerate([*lines, *blank], _FIRST):
        for column, (value, number_format) in enumerate(zip(line, formats), _TABLE_COLUMN):
            style.put_input(sheet.cell(row, column), value, number_format)
        sheet.cell(row, 10).alignment = style.FIGURE_INDENTED
    table = Table(displayName=TABLE, ref=f"H{_HEAD}:J{bottom}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)
    month = DataValidation(
        type="date", operator="between", formula1=str(_EARLIEST), formula2=str(AFTER_LAST_SERIAL), allow_blank=True
    )
    month.errorTitle, month.error = "Month", "Enter a month such as 2024-03, or any day of it."
    figure = DataValidation(type="list", formula1=FIGURES, allow_blank=True)
    figure.errorTitle, figure.error = "Figure", "Pick a figure from the list: those on the left."
    between = {"operator": "between", "formula1": f"-{_LARGEST}", "formula2": _LARGEST}
    value = DataValidation(type="decimal", allow_blank=True, **between)
    value.errorTitle, value.error = "Value", "Enter a number; contraction and churn are negative."
    for check, letter in zip((month, figure, value), "HIJ"):
        check.showErrorMessage = True
        check.add(f"{letter}{_FIRST}:{letter}{_ROOM}")
        sheet.add_data_validation(check)


def _typed(sheet: Any, plain: bool) -> None:
    """What the table takes, and how many of its rows can't be used; their cells are red."""
    style.put(sheet["H3"], "Your budget", style.SECTION, style.LEFT)
    style.put(
        sheet["H4"], "Rows of the same month and figure add up; shares and averages don't.", style.UNIT, style.LEFT
    )
    style.put(sheet["H5"], f"{' and '.join(_LOSSES)} are negative, as on Movements.", style.UNIT, style.LEFT)
    month, figure, value = (_column(name, plain) for name in _COLUMNS)
    typed = f'SUMPRODUCT(--(({month}<>"")+({figure}<>"")+({value}<>"")>0))'
    loss = "+".join(f'({figure}="{label}")' for label in _LOSSES)
    # Not MATCH: it takes * and ? for any letters, and Gnumeric's looks for the first figure alone.
    known = "+".join(f'({figure}="{row.label}")' for row in ROWS)
    # Texts are above every number; in SUMPRODUCT, Gnumeric's ISNUMBER looks at one cell.
    dated = f"({month}>={_EARLIEST})*({month}<{AFTER_LAST_SERIAL})"
    usable = f"SUMPRODUCT(({known})*{dated}*{_number(value)}*(1-({loss})*({value}>0)))"
    unused = f"{typed}-{usable}"
    said = sheet.cell(*SAYS)
    said.value = f'=IFERROR(IF({unused}=0,"",{unused}&IF({unused}=1," row"," rows")&" {UNUSED}"),"{ERROR}")'
    said.font, said.alignment = Font(name=style.FONT_NAME, size=9, bold=True, color=style.BAD), style.LEFT
    some = f"LEN($H{_FIRST}&$I{_FIRST}&$J{_FIRST})>0"
    loss = ",".join(f'$I{_FIRST}="{label}"' for label in _LOSSES)
    faults = {
        "H": f"IF(ISNUMBER($H{_FIRST}),$H{_FIRST}<{_EARLIEST},{some})",
        "I": f"AND({some},SUMPRODUCT(--({FIGURES}=$I{_FIRST}))=0)",
        "J": f"IF(ISNUMBER($J{_FIRST}),AND($J{_FIRST}>0,OR({loss})),{some})",
    }
    for letter, fault in faults.items():
        red = FormulaRule([fault], font=Font(color=style.BAD, bold=True), fill=style.BAD_CELL)
        sheet.conditional_formatting.add(f"{letter}{_FIRST}:{letter}{_ROOM}", red)
