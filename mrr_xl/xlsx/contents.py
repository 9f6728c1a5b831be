"""What the cells of a workbook's file hold."""

from __future__ import annotations

import re
from typing import Any

from openpyxl.utils.cell import get_column_letter, range_boundaries

from mrr_xl.xlsx.package import MAIN, Package, sheet_parts
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.tables import Table

_AREA = re.compile(r"(?:'((?:[^']|'')+)'|([\w.]+))!(\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)")


class Contents:
    """The values of a workbook's cells, read when they are asked for."""

    def __init__(self, package: Package) -> None:
        self.package, self.parts = package, sheet_parts(package)
        self.sheets: dict[str, Sheet] = {}
        self.texts: list[str] | None = None

    def area(self, reference: str) -> list[Any] | None:
        """The values of an area of one sheet, row by row; None for a reference of another kind."""
        found = _AREA.fullmatch(reference)
        name = found and (found[1] or found[2]).replace("''", "'")
        if not found or name not in self.parts:
            return None
        if name not in self.sheets:
            self.sheets[name] = Sheet(self.package, self.parts[name])
        left, top, right, bottom = range_boundaries(found[3].replace("$", ""))
        lines = (self.sheets[name].cells(row) for row in range(top, bottom + 1))
        return [self.value(cells.get(column)) for cells in lines for column in range(left, right + 1)]

    def rows(self, table: Table) -> list[list[Any]]:
        """A table's rows with its header, without a total row."""
        bottom = table.bottom - (1 if table.has_totals else 0)
        quoted = table.sheet.replace("'", "''")
        corners = f"{get_column_letter(table.left)}{table.top}:{get_column_letter(table.right)}{bottom}"
        cells = self.area(f"'{quoted}'!{corners}") or []
        width = table.right - table.left + 1
        return [cells[start : start + width] for start in range(0, len(cells), width)]

    def value(self, cell: Any) -> Any:
        """A cell's value; None for an error."""
        if cell is None:
            return None
        kind, text = cell.get("t"), cell.findtext(f"{MAIN}v")
        if kind == "inlineStr":
            return "".join(cell.itertext())
        if text is None or kind == "e" or (text == "" and kind != "str"):
            return None
        if kind == "s":
            return self._shared()[int(text)]
        return text if kind in ("str", "b") else float(text)

    def _shared(self) -> list[str]:
        if self.texts is None:
            items = self.package.root("xl/sharedStrings.xml").iter(f"{MAIN}si")
            self.texts = ["".join(text.text or "" for text in item.iter(f"{MAIN}t")) for item in items]
        return self.texts
