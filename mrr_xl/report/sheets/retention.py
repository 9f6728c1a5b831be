"""The sheet Retention: how much MRR and how many customers stay, month by month."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mrr_xl.report import charts, style
from mrr_xl.report.charts import Line
from mrr_xl.report.formulas import Lookup, in_the_period, rule
from mrr_xl.report.sheets import monthly
from mrr_xl.report.sheets.monthly import Row

NAME = "Retention"
_YEAR, _MONTH = f'="The customers of "&{rule("retention_months")}&" months ago"', "In the month"

ROWS = (
    Row(_YEAR, "Net revenue retention (NRR)", "MRR_NRR"),
    Row(_YEAR, "Gross revenue retention (GRR)", "MRR_GRR"),
    Row(_YEAR, "Customers retained", "MRR_LOGO_RETENTION"),
    Row(_MONTH, "Gross churn: contraction and churn ÷ opening", "MRR_GROSS_CHURN_RATE"),
    Row(_MONTH, "Net churn: less expansion and reactivation", "MRR_NET_CHURN_RATE"),
    Row(_MONTH, "Customer churn", "MRR_LOGO_CHURN"),
)

#: The last months brought to a year.
ANNUAL = tuple(
    Row(
        "Brought to a year",
        f"{label}, last {months} months",
        f"{measure} {months}",
        function="MRR_ANNUAL_RETENTION",
        own=(("measure", f'"{measure}"'), ("months", f"{months}")),
    )
    for label, measure in (("NRR", "net"), ("GRR", "gross"))
    for months in (3, 6)
)


def line(key: str, months: int, colour: str, dashed: bool = False) -> Line:
    return monthly.line(NAME, monthly.row_numbers(ROWS)[key], months, colour, dashed)


KEPT = "Lines: net and gross revenue retention over time."
LOST = "Lines: gross MRR churn and customer churn over time."


def kept(months: int) -> Any:
    """The chart of NRR and GRR, month by month."""
    series = [line("MRR_NRR", months, charts.LINE), line("MRR_GRR", months, charts.COLUMNS, dashed=True)]
    return charts.lines("Revenue kept from earlier customers", monthly.months_area(NAME, months), series, style.PERCENT)


def lost(months: int) -> Any:
    series = [
        line("MRR_GROSS_CHURN_RATE", months, charts.COLOURS["MRR_CHURN"]),
        line("MRR_LOGO_CHURN", months, charts.COLUMNS, dashed=True),
    ]
    return charts.lines("MRR and customers lost", monthly.months_area(NAME, months), series, style.PERCENT)


def add(workbook: Any, months: int, lookup: Lookup | None = None) -> Any:
    sheet = workbook.create_sheet(NAME)
    subtitle = (
        "What earlier customers pay now, as a share of what they paid then: with expansion (NRR) and without it (GRR)."
    )
    style.title(sheet, NAME, subtitle)
    by_period = lookup is None
    monthly.add_months(sheet, months, by_period=by_period)
    sections = {_MONTH: in_the_period("In the ", by_period)}
    rows = [replace(row, section=sections.get(row.section, row.section)) for row in (*ROWS, *ANNUAL)]
    numbers = monthly.add_rows(sheet, rows, months, lookup)
    left, right = monthly.chart_areas(months, max(numbers.values()) + 2, 17)
    charts.add_chart(sheet, kept(months), left, KEPT)
    charts.add_chart(sheet, lost(months), right, LOST)
    monthly.view(sheet, months, NAME)
    sheet.sheet_properties.tabColor = style.LIGHT_TAB
    return sheet
