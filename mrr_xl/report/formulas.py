"""How the sheets call the functions: over the table, for a month, under the report's filter, rules and rates."""

from __future__ import annotations

from typing import Any

from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

from mrr_xl.metrics import find

TABLE = "Subscriptions"  #: of the sheet and of its table
RATES = "Rates"  #: the table of exchange rates

#: The defined names, and their comments in Excel's Name Manager.
NAMES = {
    "Rules": "rule and value, for the argument settings",
    "Report_month": "the month that Summary, Detail, Segments and Customers look at",
    "Report_filter": "which lines to look at, for the argument where",
    "Report_currency": "the currency's name beside the amounts",
    "First_month": "the first month of Movements and of the sheets that follow it",
    "Months_shown": "how many months Movements and the sheets that follow it show",
    "Complete_through": "the last month that was over when mrr-xl wrote this workbook; no later one is reported",
    "Compared": "what a fill has changed in months that an earlier file reported; mrr-xl fill --against writes it",
}
_GIVEN = {
    "data": f"{TABLE}[#All]",
    "month": "Report_month",
    "where": "Report_filter",
    "settings": "Rules",
    "rates": f"{RATES}[#All]",
}


def define(workbook: Any, name: str, sheet: str, area: str) -> None:
    """Give a cell or a range one of the defined names that formulas use."""
    workbook.defined_names[name] = DefinedName(name, attr_text=f"{quote_sheetname(sheet)}!{area}", comment=NAMES[name])


def call(function: str, **own: str) -> str:
    """A call of a function, without its =; own: arguments as formula text, instead of the report's.

    >>> call("MRR_NEW", month="C$7:Z$7")
    'MRR_NEW(Subscriptions[#All],C$7:Z$7,Report_filter,Rules,Rates[#All])'
    >>> call("MRR_LAST_MONTH")
    'MRR_LAST_MONTH(Subscriptions[#All],Report_filter,Rules,Rates[#All])'
    """
    given = _GIVEN | own
    return f"{function}({','.join(given.get(name, '') for name in find(function).arguments).rstrip(',')})"


def rule(name: str) -> str:
    """The value of a rule on the sheet Settings."""
    return f'INDEX(Rules,MATCH("{name}",INDEX(Rules,0,1),0),2)'


def spill(cell: Any, formula: str) -> None:
    """Write a formula whose result takes as many rows and columns as it needs.

    It is written as an array formula of one cell; xlsx/spills.py lets it grow.
    """
    cell.value = ArrayFormula(cell.coordinate, f"={formula}")
