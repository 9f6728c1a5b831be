"""A report of ordinary formulas alone, in functions that every spreadsheet program has.

Excel from 2010 on, Google Sheets, LibreOffice, Apple's Numbers, WPS and Gnumeric have them all; the list with its
sources is in tests/report/test_plain_functions.py. Numbers lacks NA, ISNA and N; Gnumeric gives #REF! for a whole
column that INDEX picks (its row 0) and for INDEX of one cell. Names become addresses of cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mrr_xl.errors import MrrError
from mrr_xl.report.formulas import rule
from mrr_xl.report.sheets import schedule, settings, totals
from mrr_xl.settings import RULES, Settings

_MOST_COLUMNS = 1_000  #: of months on the Schedule
#: Names that the report's formulas use.
_NAMES = (
    "Report_month",
    "Report_currency",
    "Months_shown",
    "First_month",
    "Report_computed",
    "Report_source",
    "Compared",
)
_NUMBER = re.compile(r"\bN\((\$?[A-Z]+\$?\d+|[A-Za-z]+!\$[A-Z]+\$\d+)\)")


def columns_of(months: int, rules: Settings) -> int:
    """How many months the Schedule has where a report shows `months` of them. Raises MrrError."""
    columns = months + schedule.looks_back(rules.retention_months)
    if columns > _MOST_COLUMNS:
        raise MrrError(
            f"retention_months is {rules.retention_months:,}: a sheet Schedule would have {columns:,} months, and has "
            f"room for {_MOST_COLUMNS:,}; look back less, or use --functions xlwings"
        )
    return columns


def use_common_functions(workbook: Any, cells_of_rules: Mapping[str, int]) -> None:
    """Let the formulas of an openpyxl workbook name cells by their addresses, and call what every program has."""
    cells = {rule(name): f"{settings.NAME}!$B${cells_of_rules[name]}" for name in RULES}
    cells[rule("retention_months")] = f"{totals.NAME}!{totals.LOOKS_BACK}"  # which months the formulas are about
    cells |= {name: workbook.defined_names[name].attr_text.replace("'", "") for name in _NAMES}
    named = re.compile("|".join(rf"{re.escape(text)}(?![\w.])" for text in cells))

    def common(formula: str) -> str:
        formula = named.sub(lambda found: cells[found[0]], formula)
        return _NUMBER.sub(r"IF(ISNUMBER(\1),\1,0)", formula.replace("ISNA(", "ISERROR("))

    for sheet in workbook:
        for cell in _formulas(sheet):
            cell.value = common(cell.value)
        for formatted in sheet.conditional_formatting:
            for one in formatted.rules:
                one.formula = [common(formula) for formula in one.formula]


def _formulas(sheet: Any) -> Iterator[Any]:
    for row in sheet.iter_rows():
        yield from (cell for cell in row if cell.data_type == "f")
