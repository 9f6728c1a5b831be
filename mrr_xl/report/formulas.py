"""How the sheets call the functions: over the table, for a month, under the report's filter, rules and rates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openpyxl.utils import get_column_letter, quote_sheetname
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
    "Period_months": "how many months a figure is of: 1, or 3 for quarters and 12 for years, as the rule period says",
    "Period_word": "what a figure is of, in a word",
    "Period_last": "the last month reported, which ends the last period that is over",
    "Period_begins": "the month with which a year begins: January, or as the rule fiscal_year_begins says",
    "Complete_through": "the last month that was over when mrr-xl wrote this workbook; no later one is reported",
    "Report_computed": "when the figures were computed, and by which version; mrr-xl fill writes it",
    "Report_source": "where the figures come from, and what computes them anew",
    "Compared": "what a fill has changed in months that an earlier file reported; mrr-xl fill --against writes it",
    "Schedule_levels": "the MRR of each customer in each month; mrr-xl fill writes it",
    "Schedule_months": "the months of the Schedule; mrr-xl fill writes them",
    "Retention_looks_back": "how many months ago the customers are that the formulas of retention are about",
    "Checks_written": "what mrr-xl found in the data; mrr-xl fill writes it",
    "Proof_figures": "the figures of the report beside those of mrr-xl; mrr-xl fill writes the latter",
    "Proof_stamp": "what mrr-xl computed the Proof from",
}
#: The formula of a function's figure for the month in a cell, where no function of ours is called (sheets/totals.py).
Lookup = Callable[[str, str], str]
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


def across(
    sheet: Any,
    row: int,
    columns: range,
    header: int,
    function: str,
    lookup: Lookup | None,
    condition: str = "",
    **own: str,
) -> None:
    """A function's figures for the months in a header row: one array, or without our functions one formula a month.

    condition: without which the cells are blank.
    """
    first, last = get_column_letter(columns[0]), get_column_letter(columns[-1])
    if lookup is None:
        text = call(function, month=f"{first}${header}:{last}${header}", **own)
        text = f'IF({condition},{text},"")' if condition else text
        sheet[f"{first}{row}"] = ArrayFormula(f"{first}{row}:{last}{row}", f"={text}")
        return
    for column in columns:
        sheet.cell(row, column).value = f"={lookup(function, f'{get_column_letter(column)}${header}')}"


#: A cell that is #N/A, as every program makes it: NA() is not in all of them.
UNDEFINED = "Totals!$B$4"
#: The plain arithmetic in operators that every program has. A figure that is an error stays one.
_ARITHMETIC = {
    "MRR_LTV_CAC": "IF({cac}<=0,{undefined},{ltv}/{cac})",
    "MRR_CAC_PAYBACK": "IF(OR({spend}<0,{new_mrr}*{gross_margin}=0),{undefined},{spend}/({new_mrr}*{gross_margin}))",
    "MRR_MAGIC_NUMBER": "IF({spend}<=0,{undefined},12*{net_new_mrr}/{spend})",
    "MRR_BURN_MULTIPLE": "IF({net_new_mrr}<=0,{undefined},{net_burn}/(12*{net_new_mrr}))",
    "MRR_RULE_OF_40": "{growth}+{margin}",
}


def arithmetic(function: str, plain: bool, **own: str) -> str:
    """A call of a function that is arithmetic on its arguments, or that arithmetic itself.

    >>> arithmetic("MRR_LTV_CAC", False, ltv="D5", cac="D6")
    'MRR_LTV_CAC(D5,D6)'
    >>> arithmetic("MRR_LTV_CAC", True, ltv="D5", cac="D6")
    'IF(D6<=0,Totals!$B$4,D5/D6)'
    """
    return _ARITHMETIC[function].format(**own, undefined=UNDEFINED) if plain else call(function, **own)


def rule(name: str) -> str:
    """The value of a rule on the sheet Settings."""
    return f'INDEX(Rules,MATCH("{name}",INDEX(Rules,0,1),0),2)'


#: Months from one column to the next. The last twelve months end with every month.
TRAILING = 'Period_word="last twelve months"'
STEP = f"IF({TRAILING},1,Period_months)"
#: Whether years are fiscal ones; as a user types the rule, with blanks around it.
FISCAL = f'ISNUMBER(SEARCH("fiscal",{rule("period")}))'


def in_the_period(before: str, by_period: bool) -> str:
    """A text of a figure that is of a period, which a formula completes; by_period: whether it can be another one.

    >>> in_the_period("Lost in the ", True), in_the_period("Lost in the ", False)
    ('="Lost in the "&Period_word', 'Lost in the month')
    """
    return f'="{before}"&Period_word' if by_period else f"{before}month"


#: The gross margin where no function of ours reads it: a blank cell is all of it.
MARGIN = f'IF({rule("gross_margin")}="",1,{rule("gross_margin")})'


def lacking(value: str) -> str:
    """The condition that a call found no such function: #NAME? or, where a link to an add-in leads nowhere, #REF!."""
    return f"ISNUMBER(MATCH(ERROR.TYPE({value}),{{4,5}},0))"


def no_table(corner: str, head: str) -> str:
    """The condition that a cell does not begin a table of ours: an error, or LibreOffice's text why nothing starts.

    >>> no_table("$A$6", "Customer")
    'IFERROR($A$6&""<>"Customer",TRUE)'
    """
    return f'IFERROR({corner}&""<>"{head}",TRUE)'


def not_figures(area: str) -> str:
    """A formula that counts the cells of an area that could not be computed; #N/A is undefined, and blanks no month.

    LibreOffice's COUNTIF of any text counts numbers, too.

    >>> not_figures("C9:Z9")
    'ROWS(C9:Z9)*COLUMNS(C9:Z9)-COUNT(C9:Z9)-COUNTBLANK(C9:Z9)-SUMPRODUCT(--ISNA(C9:Z9))'
    """
    return f"ROWS({area})*COLUMNS({area})-COUNT({area})-COUNTBLANK({area})-SUMPRODUCT(--ISNA({area}))"


def put_verdict(cell: Any, formula: str, plain: bool = False) -> None:
    """Write a formula that says whether all is well, and must not say so where the functions are missing.

    LibreOffice opens a file with the stored values of ordinary formulas, and computes arrays alone: a sheet of #NAME?
    would keep its OK. plain: no function of ours is called.
    """
    if plain:
        cell.value = f"={formula}"
    else:
        one = f"{cell.coordinate}:{cell.coordinate}"  # which xlsx/spills.py does not let grow
        cell.value = ArrayFormula(one, f"={formula}")


def spill(cell: Any, formula: str) -> None:
    """Write a formula whose result takes as many rows and columns as it needs.

    It is written as an array formula of one cell; xlsx/spills.py lets it grow.
    """
    cell.value = ArrayFormula(cell.coordinate, f"={formula}")
