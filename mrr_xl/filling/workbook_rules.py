"""The rules and exchange rates that a workbook holds."""

from __future__ import annotations

from mrr_xl.functions.books import settings_of
from mrr_xl.ledger.rates import Rates, read_rates
from mrr_xl.settings import Settings
from mrr_xl.xlsx.workbook import Workbook


def rules_of(workbook: Workbook) -> Settings:
    """The rules that the workbook's name Rules holds; without that name, the defaults."""
    values = workbook.values(workbook.formula_of("Rules"))
    return settings_of([values[start : start + 2] for start in range(0, len(values), 2)] if values else None)


def rates_of(workbook: Workbook) -> Rates:
    """The exchange rates that the workbook's table Rates holds, if it has one."""
    for table in workbook.tables:
        if table.name.lower() == "rates":
            return read_rates([row for row in workbook.rows(table) if any(value is not None for value in row)])
    return read_rates(None)
