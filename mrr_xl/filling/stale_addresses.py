"""Formulas, names and charts that refer by address to a table's end, and miss it when the table's length changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from mrr_xl.calculator.kept import name_of
from mrr_xl.calculator.references import stays_behind
from mrr_xl.errors import listed
from mrr_xl.xlsx.drawings import charts
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

_SHOWN = 5


def stale_addresses(workbook: Workbook, table: Table, old_bottom: int, grown: Collection[str] = ()) -> list[str]:
    """A note for what refers to row `old_bottom`, where the table ended before it was filled.

    grown: what names and charts are called whose addresses have grown with the table.
    """
    if old_bottom == table.bottom:
        return []
    ends = {old_bottom, old_bottom - table.has_totals}
    formulas = _formulas(workbook, table)
    stale = (label for label, sheet, formula in formulas if stays_behind(formula, sheet, table, ends))
    labels = [label for label in dict.fromkeys(stale) if label not in grown]
    if not labels:
        return []
    refers = "refers" if len(labels) == 1 else "refer"
    return [
        f"{listed(labels, _SHOWN)} {refers} by address to the old end of table {table.name}, row {old_bottom}; "
        f"the table now ends in row {table.bottom}: write {table.name}[...] instead"
    ]


def _formulas(workbook: Workbook, table: Table) -> Iterator[tuple[str, str, str]]:
    """What each formula outside the table is called in a note, its sheet and its text."""
    for name, sheet in workbook.sheets.items():
        for at in sheet.formulas():
            if not table.contains(name, at.row, at.column):
                cell = sheet.cells(at.row)[at.column]
                yield name_of(name, at), name, f"={cell.findtext(f'{MAIN}f') or ''}"
    for defined in workbook.names:
        if not defined.name.startswith("_xlnm."):
            yield f"the name {defined.name}", "", f"={defined.formula}"
    for part in charts(workbook.package):
        for reference in workbook.package.root(part).iter("{*}f"):
            yield PurePosixPath(part).stem, "", f"={reference.text or ''}"
