"""The sheet Segments: the month's movements by a column of the subscriptions, such as plan or region, and a chart."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
from openpyxl.formatting.rule import DataBarRule, FormulaRule
from openpyxl.worksheet.datavalidation import DataValidation

from mrr_xl.ledger.doubts import unused
from mrr_xl.ledger.frames import to_memory
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.metrics.checks import usual_segment
from mrr_xl.report import charts, style
from mrr_xl.report.charts import Line
from mrr_xl.report.formulas import RATES, call, put_verdict
from mrr_xl.report.sample import sample_subscriptions
from mrr_xl.report.sheets import listing

NAME = "Segments"
_ROW, _BY = 6, "$B$4"
_FEW = 30  #: segments
_BARS, _FIGURES = 8, 27  #: bars of the chart, and the header of the figures behind it
_ALT = "Bars: the MRR at the end of the month in each of the largest segments, and in the others together."


def first_by(ledger: Ledger) -> str | None:
    """The column of data by which its segments are shown at first: a usual one such as plan, or one of a few texts.

    A column that says something else for most customers, such as their names, is the last choice.
    """
    schema, product = ledger.frame.collect_schema(), ledger.layout.roles.get("product")
    headers = [header for header in (*unused(ledger), product) if header and schema[SOURCE + header] == nw.String]
    if not headers:
        return None
    columns: Any = to_memory(ledger.frame.select(*(nw.col(SOURCE + header).alias(header) for header in headers)))
    count = {header: columns[header].drop_nulls().n_unique() for header in headers}
    few = [header for header in count if 2 <= count[header] <= min(_FEW, len(columns) - 1)]
    customers: Any = to_memory(ledger.frame.select(nw.col("customer").n_unique()))
    few.sort(key=lambda header: 2 * count[header] > customers.item())
    by = usual_segment([header for header in count if count[header]]) or next(iter(few), None)
    ours = {own.lower(): own for own in sample_subscriptions().columns}  # which a column of theirs fills
    return ours.get(by.lower(), by) if by else None


def add(workbook: Any, by: str | None, headers: str) -> Any:
    """The sheet, at first segmented by the column `by`, if any; `headers` refers to the table's column names."""
    sheet = workbook.create_sheet(NAME)
    style.title(sheet, NAME, "")
    sheet["A2"].value = (
        '="The movements of the "&Period_word&" picked on Summary, by segment. '
        'A transfer is MRR that moved between segments."'
        f'&IF(COUNTA({RATES}[Month])>0," Each currency is at its latest rate.","")'
    )
    listing.month_line(sheet)
    style.put(sheet["A4"], "Segment by", style.LABEL, style.LEFT)
    style.put_input(sheet["B4"], by)
    pick = DataValidation(type="list", formula1=headers, allow_blank=True, errorStyle="warning")
    pick.errorTitle, pick.error, pick.showErrorMessage = "Column", "The table has no column of that name.", True
    pick.add("B4")
    sheet.add_data_validation(pick)
    money = style.FORMATS["money"]
    formula = f'IF({_BY}="","Pick a column in {_BY.replace("$", "")}",{call("MRR_SEGMENTS", by=_BY)})'
    area = listing.add(sheet, _ROW, formula, ("@", *[money] * 9), room=60, cut="A5")
    closing = f"J{_ROW + 1}:J{area.split(':')[1][1:]}"
    # The largest segment stands first; the total would make every other bar short.
    bar = DataBarRule("num", 0, "num", f"$J${_ROW + 1}", color=style.BAR, showValue=True)
    sheet.conditional_formatting.add(closing, FormulaRule([f'$A{_ROW + 1}&""="total"'], stopIfTrue=True))
    sheet.conditional_formatting.add(closing, bar)
    # Where the data can be read, and its segments can't be made.
    none = f"IF(ISNUMBER(Period_last),ISERROR($A${_ROW}),FALSE)"
    put_verdict(sheet["C4"], f'IF({none},"The table has no such column: pick one from the list.","")')
    sheet["C4"].font, sheet["C4"].alignment = style.WARNING, style.LEFT
    _chart(sheet)
    listing.view(sheet, NAME, (26, *[11.5] * 8, 16, 3, 26, 16, 12), f"B{_ROW + 1}")
    return sheet


def _chart(sheet: Any) -> None:
    """The bars of the largest segments beside the list, without the total, and the figures behind them."""
    top, last = _FIGURES + 1, _FIGURES + _BARS
    style.put(sheet.cell(_FIGURES - 1, 12), "The figures behind the chart", style.SECTION, style.LEFT)
    for column, head in ((12, "Segment"), (13, "Closing MRR")):
        cell = sheet.cell(_FIGURES, column)
        style.put(cell, head, style.HEADER, style.LEFT if column == 12 else style.RIGHT)
        cell.fill, cell.border = style.HEADER_FILL, style.BELOW_HEADER
    found = f"COUNT($J${_ROW + 1}:$J$999)"  # with the total
    for number in range(1, _BARS + 1):
        listed, row = _ROW + number, _FIGURES + number
        name, amount = (f'IF({found}>{number},{letter}{listed},"")' for letter in "AJ")
        if number == _BARS:
            others = f"SUM(J{listed}:J$999)-INDEX(J${_ROW + 1}:J$999,{found})"
            name = f'IF({found}>{number + 1},{found}-{number}&" others",{name})'
            amount = f"IF({found}>{number + 1},{others},{amount})"
        for column, formula, alignment in ((12, name, style.LEFT), (13, amount, style.FIGURE)):
            cell = sheet.cell(row, column)
            cell.value, cell.font, cell.alignment = f"={formula}", style.FORMULA, alignment
        cell.number_format = style.FORMATS["money"]
    line = Line(f"{NAME}!$M${_FIGURES}", f"{NAME}!$M${top}:$M${last}", charts.COLUMNS)
    chart = charts.bars("MRR by segment", f"{NAME}!$L${top}:$L${last}", line)
    charts.add_chart(sheet, chart, (12, _ROW + 1, 14, _FIGURES - 3), _ALT)
