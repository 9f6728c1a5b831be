"""The sheet Retention: how much of the MRR and of the customers stays, month by month."""

from __future__ import annotations

from typing import Any

from mrr_xl.report import charts, style
from mrr_xl.report.charts import Line
from mrr_xl.report.sheets import monthly
from mrr_xl.report.sheets.monthly import HEADER_ROW, Row

NAME = "Retention"
_MONTHS = 'INDEX(Rules,MATCH("retention_months",INDEX(Rules,0,1),0),2)'
_YEAR, _MONTH = f'="Of the customers of "&{_MONTHS}&" months ago"', "In the month"

ROWS = (
    Row(_YEAR, "Net revenue retention (NRR)", "MRR_NRR"),
    Row(_YEAR, "Gross revenue retention (GRR)", "MRR_GRR"),
    Row(_YEAR, "Customers retained", "MRR_LOGO_RETENTION"),
    Row(_MONTH, "Gross churn: contraction and churn ÷ opening", "MRR_GROSS_CHURN_RATE"),
    Row(_MONTH, "Net churn: less expansion and reactivation", "MRR_NET_CHURN_RATE"),
    Row(_MONTH, "Customer churn", "MRR_LOGO_CHURN"),
)


def line(key: str, months: int, colour: str, dashed: bool = False) -> Line:
    row, (first, last) = monthly.places(ROWS)[key], monthly.span(months)
    return Line(f"{NAME}!$A${row}", f"{NAME}!${first}${row}:${last}${row}", colour, dashed)


def _months(months: int) -> str:
    first, last = monthly.span(months)
    return f"{NAME}!${first}${HEADER_ROW}:${last}${HEADER_ROW}"


KEPT = "Lines: net and gross revenue retention, month by month."
LOST = "Lines: the gross churn of MRR and the churn of customers, month by month."


def kept(months: int) -> Any:
    """NRR and GRR over the months."""
    series = [line("MRR_NRR", months, charts.LINE), line("MRR_GRR", months, charts.COLUMNS, dashed=True)]
    return charts.lines("Revenue kept from earlier customers", _months(months), series, "0%")


def lost(months: int) -> Any:
    colours = charts.COLOURS
    series = [
        line("MRR_GROSS_CHURN_RATE", months, colours["MRR_CHURN"]),
        line("MRR_LOGO_CHURN", months, colours["MRR_CONTRACTION"], dashed=True),
    ]
    return charts.lines("Lost in the month", _months(months), series, "0%")


def add(workbook: Any, months: int) -> Any:
    sheet = workbook.create_sheet(NAME)
    style.title(sheet, NAME, "How much of the MRR and of the customers stays.")
    monthly.add_months(sheet, months)
    rows = monthly.add_rows(sheet, ROWS, months)
    top, last = max(rows.values()) + 2, monthly.FIRST_COLUMN + months - 1
    middle = max(5, (last + 5) // 2 - 2)
    charts.place(sheet, kept(months), (1, top, middle, top + 22), KEPT)
    charts.place(sheet, lost(months), (middle + 1, top, max(last, middle + 6), top + 22), LOST)
    monthly.view(sheet, months, NAME)
    sheet.sheet_properties.tabColor = style.LIGHT_TAB
    return sheet
