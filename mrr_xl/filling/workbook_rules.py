"""The rules and exchange rates that a workbook holds."""

from __future__ import annotations

from mrr_xl.functions.books import settings_of
from mrr_xl.ledger.rates import Rates, read_rates
from mrr_xl.settings import Settings
from mrr_xl.xlsx.contents import Contents
from mrr_xl.xlsx.package import MAIN, Package
from mrr_xl.xlsx.tables import tables


def rules_of(package: Package) -> Settings:
    """The rules that the workbook's name Rules holds; without that name, the defaults."""
    names = package.root("xl/workbook.xml").iter(f"{MAIN}definedName")
    area = next((name.text for name in names if (name.get("name") or "").lower() == "rules"), None)
    cells = Contents(package).area(area or "")
    return settings_of([cells[start : start + 2] for start in range(0, len(cells), 2)] if cells else None)


def rates_of(package: Package) -> Rates:
    """The exchange rates that the workbook's table Rates holds, if it has one."""
    for table in tables(package):
        if table.name.lower() == "rates":
            return read_rates([row for row in Contents(package).rows(table) if any(cell is not None for cell in row)])
    return read_rates(None)
