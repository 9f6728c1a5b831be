"""The order in which Excel computed the formulas last, xl/calcChain.xml: ECMA-376 part 1, 18.6."""

from __future__ import annotations

from mrr_xl.errors import MrrError
from mrr_xl.xlsx.package import MAIN, remove_part
from mrr_xl.xlsx.workbook import Workbook


def drop_stale_chain(workbook: Workbook) -> None:
    """Take the chain out unless it names exactly the cells that hold formulas.

    Excel repairs a file whose chain names another cell, and builds a chain where there is none.
    """
    part = workbook.package.related("calcChain")
    if part is not None and _named(workbook, part) != _formulas(workbook):
        remove_part(workbook.package, part)


def _named(workbook: Workbook, part: str) -> set[tuple[str, str]] | None:
    """Sheet id and address of each cell in the chain; None for one that can't be read."""
    try:
        root = workbook.package.root(part)
    except MrrError:
        return None
    sheet, named = "", set()
    for cell in root.iter(f"{MAIN}c"):
        sheet = cell.get("i") or sheet  # the same as before where it is left out
        named.add((sheet, cell.get("r") or ""))
    return named


def _formulas(workbook: Workbook) -> set[tuple[str, str]]:
    ids = {sheet.get("name"): sheet.get("sheetId") or "" for sheet in workbook.root.iter(f"{MAIN}sheet")}
    return {
        (ids[name], formula.getparent().get("r") or "")
        for name, sheet in workbook.sheets.items()
        for formula in sheet.data.iter(f"{MAIN}f")
    }
