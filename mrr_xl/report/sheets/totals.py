"""The sheet Totals: every figure of a plain report, month by month, as an ordinary formula over the Schedule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from openpyxl.utils import get_column_letter

from mrr_xl.metrics.economics import LTV_MONTHS
from mrr_xl.report import style
from mrr_xl.report.formulas import MARGIN, UNDEFINED, Lookup, define
from mrr_xl.report.sheets import economics, monthly, movements, retention, schedule
from mrr_xl.report.sheets.monthly import FIRST_COLUMN, HEADER_ROW, YEAR_ROW, Row

NAME = "Totals"
LOOKS_BACK = "$B$5"  #: how many months ago the customers are that retention is about
_BEFORE, _NOW, _FIRST = schedule.area("{c1}"), schedule.area("{c}"), schedule.area("$B")
#: A month as the Schedule has first months, 202403: joined to a text, a date would be one thing in Excel and another in
#: Google Sheets.
_MONTH = "(100*YEAR({c}$" + str(HEADER_ROW) + ")+MONTH({c}$" + str(HEADER_ROW) + "))"
#: The ranges and conditions of customers without MRR the month before, who had none ever or had some once.
_CAME, _CAME_BACK = (f'{_BEFORE},0,{_FIRST},"{than}"&{_MONTH}' for than in (">=", "<"))
_STAYED = f"({_BEFORE}>0)*({_NOW}>0)"
_GAINED = "{c}{MRR_NEW}+{c}{MRR_REACTIVATION}+{c}{MRR_EXPANSION}"
_LOST = "{c}{MRR_CONTRACTION}+{c}{MRR_CHURN}"
_LAST_CHURNS = "{c" + str(LTV_MONTHS - 1) + "}{MRR_LOGO_CHURN}:{c}{MRR_LOGO_CHURN}"


def _share(part: str, whole: str) -> str:
    return f"IF({whole}=0,{UNDEFINED},{part}/{whole})"


#: Each figure's formula, and how many months it looks back from a month that it needs.
_FORMULAS: dict[str, tuple[str, int]] = {
    "MRR_OPENING": (f"SUM({_BEFORE})", 1),
    "MRR_NEW": (f"SUMIFS({_NOW},{_CAME})", 1),
    "MRR_REACTIVATION": (f"SUMIFS({_NOW},{_CAME_BACK})", 1),
    "MRR_EXPANSION": (f"SUMPRODUCT({_STAYED}*({_NOW}>{_BEFORE})*({_NOW}-{_BEFORE}))", 1),
    "MRR_CONTRACTION": (f"SUMPRODUCT({_STAYED}*({_NOW}<{_BEFORE})*({_NOW}-{_BEFORE}))", 1),
    "MRR_CHURN": (f"-SUMIFS({_BEFORE},{_NOW},0)", 1),
    "MRR_FX": ("0", 0),
    "MRR": (f"SUM({_NOW})", 0),
    "MRR_NET_NEW": (f"{_GAINED}+{_LOST}", 1),
    "MRR_OPENING_CUSTOMERS": (f'COUNTIF({_BEFORE},">0")', 1),
    "MRR_NEW_CUSTOMERS": (f'COUNTIFS({_NOW},">0",{_CAME})', 1),
    "MRR_REACTIVATED_CUSTOMERS": (f'COUNTIFS({_NOW},">0",{_CAME_BACK})', 1),
    "MRR_CHURNED_CUSTOMERS": (f'COUNTIFS({_BEFORE},">0",{_NOW},0)', 1),
    "MRR_CUSTOMERS": (f'COUNTIF({_NOW},">0")', 0),
    "MRR_GROWTH": (_share("{c}{MRR_NET_NEW}", "{c}{MRR_OPENING}"), 1),
    "MRR_GROWTH_YOY": (_share("{c}{MRR}", "{c12}{MRR}") + "-1", 12),
    "MRR_ARPA": (_share("{c}{MRR}", "{c}{MRR_CUSTOMERS}"), 0),
    "MRR_QUICK_RATIO": (_share(f"-({_GAINED})", f"({_LOST})"), 1),
    "ARR": ("12*{c}{MRR}", 0),
    "MRR_GROSS_CHURN_RATE": (_share(f"-({_LOST})", "{c}{MRR_OPENING}"), 1),
    "MRR_NET_CHURN_RATE": (
        _share(f"-({_LOST}+{{c}}{{MRR_EXPANSION}}+{{c}}{{MRR_REACTIVATION}})", "{c}{MRR_OPENING}"), 1,
    ),
    "MRR_LOGO_CHURN": (_share("{c}{MRR_CHURNED_CUSTOMERS}", "{c}{MRR_OPENING_CUSTOMERS}"), 1),
    "MRR_ASP": (_share("{c}{MRR_NEW}", "{c}{MRR_NEW_CUSTOMERS}"), 1),
    "MRR_LTV": (
        f"IF(SUM({_LAST_CHURNS})=0,{UNDEFINED},"
        f"{{c}}{{MRR_ARPA}}*{MARGIN}/(SUM({_LAST_CHURNS})/{LTV_MONTHS}))", LTV_MONTHS,
    ),
}  # fmt: skip


def _of_retention(ago: int) -> dict[str, tuple[str, int]]:
    then, before = schedule.area(f"{{c{ago}}}"), f"{{c{ago}}}"
    kept = {
        "then": f"{before}{{MRR}}",
        "customers_then": f"{before}{{MRR_CUSTOMERS}}",
        "MRR_NRR": _share(f'SUMIFS({_NOW},{then},">0")', "{c}{then}"),
        "MRR_GRR": _share(f"SUMPRODUCT(({_NOW}<{then})*{_NOW}+({_NOW}>={then})*{then})", "{c}{then}"),
        "MRR_LOGO_RETENTION": _share(f'COUNTIFS({then},">0",{_NOW},">0")', "{c}{customers_then}"),
    }
    return {key: (formula, ago) for key, formula in kept.items()}


def _of_a_year(months: int) -> dict[str, tuple[str, int]]:
    """Retention of the last months, brought to a year."""
    then, paid = schedule.area(f"{{c{months}}}"), f"{{c{months}}}{{MRR}}"
    kept = {
        "net": f'SUMIFS({_NOW},{then},">0")',
        "gross": f"SUMPRODUCT(({_NOW}<{then})*{_NOW}+({_NOW}>={then})*{then})",
    }
    return {
        f"{measure} {months}": (f"IF({paid}=0,{UNDEFINED},({now}/{paid})^(12/{months}))", months)
        for measure, now in kept.items()
    }


#: What retention's shares are of.
_THEN_ROWS = (
    Row(retention.ROWS[0].section, "MRR at that time", "then", unit="money"),
    Row(retention.ROWS[0].section, "Customers at that time", "customers_then", unit="count"),
)


def rows(ago: int) -> tuple[Row, ...]:
    """The rows of the report's sheets that a function gives, once each, and those that they need.

    ago: how many months retention looks back.
    """
    known: dict[str, Row] = {}
    formulas = _FORMULAS | _of_retention(ago) | _of_a_year(3) | _of_a_year(6)
    shown = (*movements.ROWS, *_THEN_ROWS, *retention.ROWS, *retention.ANNUAL, *economics.rows(plain=True))
    for row in shown:
        if row.key in formulas and row.key not in known:
            formula, reach = formulas[row.key]
            known[row.key] = replace(row, formula=formula, reach=reach, total=False)
    return tuple(known.values())


_NUMBERS = monthly.row_numbers(rows(1))
#: The functions whose figures it has.
FUNCTIONS = (*(key for key in _NUMBERS if key.isupper()), *dict.fromkeys(row.function for row in retention.ANNUAL))


def lookup(columns: int) -> Lookup:
    """How a sheet finds a function's figure for the month in a cell. columns: the months of the Schedule.

    >>> lookup(24)("MRR", "C$7")
    'INDEX(Totals!$C$16:$Z$16,1,MATCH(C$7,Totals!$C$7:$Z$7,0))'
    >>> lookup(24)("MRR_LAST_MONTH", "")
    'Totals!$Z$7'
    """
    first, last = monthly.span(columns)

    def figure(function: str, month: str) -> str:
        if function == "MRR_LAST_MONTH":
            return f"{NAME}!${last}${HEADER_ROW}"
        row, months = _NUMBERS[function], f"{NAME}!${first}${HEADER_ROW}:${last}${HEADER_ROW}"
        return f"INDEX({NAME}!${first}${row}:${last}${row},1,MATCH({month},{months},0))"

    return figure


#: What a figure is a share of: where that is 0, it is not defined.
_WHOLES = {
    "MRR_ARPA": ("MRR_CUSTOMERS",),
    "MRR_GROWTH": ("MRR_OPENING",),
    "MRR_NRR": ("then",),
    "MRR_GRR": ("then",),
    "MRR_LOGO_CHURN": ("MRR_OPENING_CUSTOMERS",),
    "MRR_QUICK_RATIO": ("MRR_CONTRACTION", "MRR_CHURN"),
}


def undefined(columns: int) -> Lookup:
    """The condition that a figure on Summary is an error for having no value, and not by a mistake.

    Not every program can tell #N/A from other errors.

    >>> undefined(24)("MRR", "C$7")
    'IF(COUNTIF(Totals!$C$7:$Z$7,C$7)=0,ISNUMBER(C$7),FALSE)'
    """
    figure, (first, last) = lookup(columns), monthly.span(columns)

    def condition(function: str, month: str) -> str:
        whole = "+".join(figure(part, month) for part in _WHOLES.get(function, ()))
        known = f"COUNTIF({NAME}!${first}${HEADER_ROW}:${last}${HEADER_ROW},{month})"
        return f"IF({known}=0,ISNUMBER({month}),{f'{whole}=0' if whole else 'FALSE'})"

    return condition


def add(workbook: Any, columns: int, shown: int, ago: int) -> Any:
    """The sheet. columns: of months, as on the Schedule, the last `shown` of which the report shows.

    ago: how many months retention looks back.
    """
    sheet = workbook.create_sheet(NAME)
    style.title(
        sheet,
        NAME,
        "Every figure of the report, month by month",
    )
    schedule.note(
        sheet, columns, shown,
        "Formulas over the columns of Schedule: those of a month and the month before, or of as many months ago as "
        "retention looks back.",
        "The other sheets look their figures up here.",
    )  # fmt: skip
    notes = (
        ("An undefined figure, such as a share of 0, is", "=MATCH(0,A4,0)"),
        ("Months that retention looks back", ago),
    )
    for row, (label, value) in enumerate(notes, 4):
        style.put(sheet.cell(row, 1), label, style.UNIT, style.LEFT)
        cell = sheet.cell(row, 2)
        cell.value, cell.font, cell.alignment = value, style.UNIT, style.INDENTED
    define(workbook, "Retention_looks_back", NAME, LOOKS_BACK)
    monthly.add_months(sheet, columns, of=schedule.NAME)
    first = get_column_letter(FIRST_COLUMN + columns - shown)
    sheet[f"{first}{YEAR_ROW}"] = f"=YEAR({first}{HEADER_ROW})"
    numbers = monthly.add_rows(sheet, rows(ago), columns)
    undefined = UNDEFINED.rpartition("!")[2]
    for number in numbers.values():
        for column in range(FIRST_COLUMN, FIRST_COLUMN + columns):
            cell = sheet.cell(number, column)
            # Without a formula: it looks back further than the Schedule goes.
            cell.value = f"={undefined}" if cell.value is None else str(cell.value).replace(UNDEFINED, undefined)
    schedule.view(sheet, columns, shown, NAME, max(numbers.values()))
    sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.tabColor = style.NAVY
    return sheet
