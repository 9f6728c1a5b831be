"""The sheet Movements: the roll-forward of MRR and customers, month by month."""

from __future__ import annotations

from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter as _letter

from mrr_xl.report import charts, style
from mrr_xl.report.charts import COLOURS, Line
from mrr_xl.report.formulas import Lookup, not_figures, put_verdict
from mrr_xl.report.sheets import monthly
from mrr_xl.report.sheets.monthly import FIRST_COLUMN, HEADER_ROW, Row
from mrr_xl.rollforward.changes import MOVEMENTS

NAME = monthly.MOVEMENTS
CHECKED, NOT_COMPUTED = "B5", "not computed"
_MRR, _CUSTOMERS, _KEY = "Monthly recurring revenue", "Customers", "Key figures"
_CHECK = 'IF({c}$7="","",ROUND(ABS({c}{MRR_OPENING}+SUM({c}{MRR_NEW}:{c}{MRR_FX})-{c}{MRR}),6))'
_CHECK_CUSTOMERS = (
    'IF({c}$7="","",ABS({c}{MRR_OPENING_CUSTOMERS}+{c}{MRR_NEW_CUSTOMERS}+{c}{MRR_REACTIVATED_CUSTOMERS}'
    "-{c}{MRR_CHURNED_CUSTOMERS}-{c}{MRR_CUSTOMERS}))"
)

#: A new metric on the sheet is one more line here.
ROWS = (
    Row(_MRR, "Opening MRR", "MRR_OPENING"),
    Row(_MRR, "New", "MRR_NEW"),
    Row(_MRR, "Reactivation", "MRR_REACTIVATION"),
    Row(_MRR, "Expansion", "MRR_EXPANSION"),
    Row(_MRR, "Contraction", "MRR_CONTRACTION"),
    Row(_MRR, "Churn", "MRR_CHURN"),
    Row(_MRR, "Exchange rates (FX)", "MRR_FX"),
    Row(_MRR, "Closing MRR", "MRR", total=True),
    Row(_MRR, "Net new MRR", "MRR_NET_NEW"),
    Row(_MRR, "Check: opening + movements − closing", "check", _CHECK, "check"),
    Row(_CUSTOMERS, "Opening customers", "MRR_OPENING_CUSTOMERS"),
    Row(_CUSTOMERS, "New customers", "MRR_NEW_CUSTOMERS"),
    Row(_CUSTOMERS, "Reactivated customers", "MRR_REACTIVATED_CUSTOMERS"),
    Row(_CUSTOMERS, "Churned customers", "MRR_CHURNED_CUSTOMERS"),
    Row(_CUSTOMERS, "Customers at month end", "MRR_CUSTOMERS", total=True),
    Row(_CUSTOMERS, "Check: opening + movements − closing", "check_customers", _CHECK_CUSTOMERS, "check"),
    Row(_KEY, "MRR growth", "MRR_GROWTH"),
    Row(_KEY, "MRR growth over twelve months", "MRR_GROWTH_YOY"),
    Row(_KEY, "Average MRR per customer (ARPA)", "MRR_ARPA"),
    Row(_KEY, "Quick ratio: gained ÷ lost", "MRR_QUICK_RATIO"),
    Row(_KEY, "Annual run rate (ARR)", "ARR"),
)
_LONGER = "Period_months>1"
#: What the months of a quarter or a year add up to: below the charts, and blank where a column is a month.
GROSS = tuple(
    Row(
        f'=IF({_LONGER},"Gross: the months of each "&Period_word&" added up","")',
        label,
        f"gross {movement}",
        own=(("movement", f'"{movement}"'),) if movement else (),
        function="MRR_GROSS_MOVEMENT",
        condition=_LONGER,
    )
    for label, movement in (*((name.capitalize(), name) for name in MOVEMENTS), ("Net new MRR", ""))
)
#: What the column of twelve months shows: the first month's, the last month's, or the sum.
OF_FIRST = ("MRR_OPENING", "MRR_OPENING_CUSTOMERS")
OF_LAST = ("MRR", "MRR_CUSTOMERS")
_CHECKS = ("check", "check_customers")
#: The first of the rows that each of them is about.
_ADDED_UP = {"check": "MRR_OPENING", "check_customers": "MRR_OPENING_CUSTOMERS"}
#: The rows that it has a figure of.
IN_A_YEAR = tuple(row.key for row in ROWS if row.section != _KEY and row.key not in _CHECKS)


def row_numbers() -> dict[str, int]:
    """Metric → its row on the sheet.

    >>> row_numbers()["MRR_OPENING"], row_numbers()["MRR"]
    (9, 16)
    """
    return monthly.row_numbers(ROWS)


def months_area(months: int) -> str:
    """The months of the report, as a reference from any sheet."""
    return monthly.months_area(NAME, months)


def line(key: str, months: int, colour: str = charts.LINE, dashed: bool = False) -> Line:
    """One of the sheet's rows as a chart's series."""
    return monthly.line(NAME, row_numbers()[key], months, colour, dashed)


GAINED = "Columns: MRR gained (above zero) and lost (below zero) over time. Line: the net of both."
CLOSING = "Columns: the MRR at month end, over time."


def gained_and_lost(months: int) -> Any:
    bars = [line(key, months, colour) for key, colour in COLOURS.items()]
    return charts.stacked("MRR gained and lost", months_area(months), bars, line("MRR_NET_NEW", months))


def add(workbook: Any, months: int, lookup: Lookup | None = None, with_gross: bool = False) -> Any:
    """The sheet with its charts below the figures.

    with_gross: what the months of a longer period add up to stands below the charts.
    """
    sheet, by_period = workbook.create_sheet(NAME), lookup is None
    style.title(
        sheet,
        "Movements",
        "How monthly recurring revenue (MRR) changed over time. Reactivation: former customers who came back.",
    )
    monthly.add_months(sheet, months, "First_month", by_period=by_period)
    rows = monthly.add_rows(sheet, ROWS, months, lookup)
    _quiet_beginning(sheet, rows, months)
    sheet.cell(rows["check_customers"], 2).value = style.UNITS["count"]
    _checks(sheet, rows, months, plain=lookup is not None)
    last = FIRST_COLUMN + months - 1
    _twelve_months(sheet, rows, months, last + 2, plain=lookup is not None)
    _quiet_rates(sheet, rows["MRR_FX"], months, last + 2)
    top = max(rows.values()) + 2
    left, right = monthly.chart_areas(months, top, 22)
    charts.add_chart(sheet, gained_and_lost(months), left, GAINED)
    ending = charts.columns("MRR at month end", months_area(months), line("MRR", months, charts.COLUMNS))
    charts.add_chart(sheet, ending, right, CLOSING)
    if with_gross:
        monthly.add_rows(sheet, GROSS, months, top=top + 22)
    monthly.view(sheet, months, NAME, charts_row=top)
    sheet.column_dimensions[_letter(last + 1)].width = 1.5
    sheet.column_dimensions[_letter(last + 2)].width = 13
    sheet.sheet_properties.tabColor = style.NAVY
    return sheet


def _checks(sheet: Any, rows: dict[str, int], months: int, plain: bool) -> None:
    """The result of all check rows, at the top.

    plain: where every program has to compute it; there Proof sees the errors.
    """
    first, last = monthly.span(months)
    areas = [f"{first}{rows[key]}:{last}{rows[key]}" for key in _CHECKS]
    differing = "+".join(f'COUNTIF({area},">0")' for area in areas)
    matching = "+".join(f"COUNTIF({area},0)" for area in areas)
    style.put(sheet["A5"], "Opening + movements = closing?", style.LABEL, style.LEFT)
    added = '"OK"'
    if not plain:  # the figures themselves, since the check rows may be stored values; #N/A: a month without figures
        failed = not_figures(f"{first}{rows['MRR_OPENING']}:{last}{rows['MRR_CUSTOMERS']}")
        added = f'IF({failed}>0,"{NOT_COMPUTED}","OK")'
    put_verdict(sheet[CHECKED], f'IF({differing}>0,"difference",IF({matching}=0,"no figures",{added}))', plain)
    sheet[CHECKED].font, sheet[CHECKED].alignment = style.FORMULA_BOLD, style.INDENTED
    red = {"font": Font(color=style.BAD, bold=True), "fill": style.BAD_CELL}
    for key in _CHECKS:
        cell, area = f"{first}{rows[key]}", f"{first}{rows[key]}:{last}{rows[key]}"
        if not plain:  # a stored OK beside figures that are errors or texts
            added_up = f"{first}{rows[_ADDED_UP[key]]}:{first}{rows[key] - 1}"
            style.show_where(sheet, area, f"{not_figures(added_up)}>0", f'"{NOT_COMPUTED}"', font=red["font"])
        sheet.conditional_formatting.add(area, FormulaRule([f"N({cell})<>0"], **red))
        sheet.conditional_formatting.add(area, FormulaRule([f"{cell}=0"], font=Font(color=style.GOOD)))
    good = Font(color=style.GOOD, bold=True)
    sheet.conditional_formatting.add(CHECKED, FormulaRule([f'{CHECKED}="OK"'], font=good))
    for word in ("difference", NOT_COMPUTED):
        sheet.conditional_formatting.add(CHECKED, FormulaRule([f'{CHECKED}="{word}"'], **red))


def _quiet_beginning(sheet: Any, rows: dict[str, int], months: int) -> None:
    """The months before anybody paid are grey, those of a young company."""
    first, last = monthly.span(months)
    opening, closing = f"${first}${rows['MRR_OPENING']}", f"${first}${rows['MRR']}:{first}${rows['MRR']}"
    none_yet = f"AND({opening}=0,COUNTIF({closing},0)=COLUMNS({closing}))"
    area = f"{first}{min(rows.values())}:{last}{max(rows.values())}"
    sheet.conditional_formatting.add(area, FormulaRule([none_yet], font=Font(color=style.RULE)))


def _quiet_rates(sheet: Any, row: int, months: int, last: int) -> None:
    """The row of exchange rates is grey while no month has any, as with a single currency."""
    first, end = monthly.span(months)
    figures = f"${first}${row}:${end}${row}"
    none = f'COUNTIF({figures},">0")+COUNTIF({figures},"<0")=0'
    sheet.conditional_formatting.add(f"A{row}:{_letter(last)}{row}", FormulaRule([none], font=Font(color=style.MUTED)))


def _twelve_months(sheet: Any, rows: dict[str, int], months: int, column: int, plain: bool) -> None:
    """A last column for the last twelve months shown: opening, the sums of the movements, closing.

    plain: where every program has to compute it; there the months shown are always as many as there is room for.
    """
    first, last = monthly.span(months)
    header = f"${first}${HEADER_ROW}:${last}${HEADER_ROW}"
    end = f"MAX({header})" if plain else f"MIN(MAX({header}),Period_last)"  # months that are not over may be shown
    head = sheet.cell(HEADER_ROW, column)
    count = f"COUNT({header})" if plain else f'COUNTIF({header},"<="&{end})*Period_months'
    shown = f'"Last "&MIN(12,{count})&" months"'
    head.value = f'=IF(COUNT({header})=0,"Last months",{shown})'
    head.font, head.fill, head.border, head.alignment = (
        style.HEADER, style.HEADER_FILL, style.BELOW_HEADER, style.RIGHT,
    )  # fmt: skip
    for row in ROWS:
        if row.key not in IN_A_YEAR:
            continue
        cell, area = sheet.cell(rows[row.key], column), f"{first}{rows[row.key]}:{last}{rows[row.key]}"
        first_month = f"MAX(EDATE({end},Period_months-12),${first}${HEADER_ROW})"
        begins, ends = (f"INDEX({area},MATCH({month},{header},0))" for month in (first_month, end))
        if plain:
            begins, ends = f"{_letter(FIRST_COLUMN + max(months - 12, 0))}{rows[row.key]}", f"{last}{rows[row.key]}"
        # Not SUMIFS, which passes over a month that is an error.
        total = begins if row.key in OF_FIRST else ends if row.key in OF_LAST else f"SUM({begins}:{ends})"
        cell.value = f"={total}"
        cell.font = style.FORMULA_BOLD if row.total else style.FORMULA
        cell.number_format, cell.alignment = style.FORMATS[row.shown_unit], style.FIGURE
        if row.total:
            cell.border = style.ABOVE_TOTAL
