"""The sheet Segments: the month's movements by a column of the subscriptions, such as plan or region."""

from __future__ import annotations

from typing import Any

from openpyxl.formatting.rule import DataBarRule
from openpyxl.worksheet.datavalidation import DataValidation

from mrr_xl.report import style
from mrr_xl.report.formulas import call
from mrr_xl.report.sheets import listing

NAME = "Segments"
_ROW, _BY = 6, "$B$4"


def add(workbook: Any, by: str | None, headers: str) -> Any:
    """The sheet, at first segmented by the column `by`, if any; `headers` refers to the table's column names."""
    sheet = workbook.create_sheet(NAME)
    style.title(sheet, NAME, "")
    sheet["A2"].value = (
        '="The movements of the "&Period_word&" picked on Summary, by segment. '
        'A transfer is MRR that moved between segments."'
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
    area = listing.add(sheet, _ROW, formula, ("@", *[money] * 9), room=60)
    closing = f"J{_ROW + 1}:J{area.split(':')[1][1:]}"
    bar = DataBarRule(start_type="num", start_value=0, end_type="max", color=style.BAR, showValue=True)
    sheet.conditional_formatting.add(closing, bar)
    listing.view(sheet, NAME, (30, *[13] * 8, 18), f"B{_ROW + 1}")
    return sheet
