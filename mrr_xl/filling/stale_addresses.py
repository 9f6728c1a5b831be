"""What goes to the end of a table by address: it stays where it is when the table gets another length."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from mrr_xl.calculator.references import stays_behind
from mrr_xl.errors import listed
from mrr_xl.xlsx.drawings import charts
from mrr_xl.xlsx.package import MAIN, Package, sheet_parts
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.tables import Table

_SHOWN = 5


def left_behind(package: Package, table: Table, held: int) -> list[str]:
    """What to say of formulas, names and charts that go to row `held`, where the table ended before."""
    if held == table.bottom:
        return []
    ends = {held, held - 1} if table.has_totals else {held}
    told = (where for where, sheet, formula in _formulas(package, table) if stays_behind(formula, sheet, table, ends))
    found = list(dict.fromkeys(told))
    if not found:
        return []
    goes = "goes" if len(found) == 1 else "go"
    return [
        f"{listed(found, _SHOWN)} {goes} to the end of table {table.name} as it was, row {held}, by address; "
        f"it ends in row {table.bottom} now: write {table.name}[...] instead"
    ]


def _formulas(package: Package, table: Table) -> Iterator[tuple[str, str, str]]:
    """Where each formula outside the table stands, its sheet and its text."""
    for name, part in sheet_parts(package).items():
        sheet = Sheet(package, part)
        for at in sheet.formulas():
            if not table.holds(name, at.row, at.column):
                cell = sheet.cells(at.row)[at.column]
                yield f"{name}!{cell.get('r')}", name, f"={cell.findtext(f'{MAIN}f') or ''}"
    for defined in package.root("xl/workbook.xml").iter(f"{MAIN}definedName"):
        called = defined.get("name") or ""
        if not called.startswith("_xlnm."):
            yield f"the name {called}", "", f"={defined.text or ''}"
    for part in charts(package):
        for reference in package.root(part).iter("{*}f"):
            yield PurePosixPath(part).stem, "", f"={reference.text or ''}"
