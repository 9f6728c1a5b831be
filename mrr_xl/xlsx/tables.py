"""The tables of a workbook."""

from __future__ import annotations

import re
from dataclasses import dataclass

from openpyxl.utils.cell import range_boundaries

from mrr_xl.xlsx.package import MAIN, Package, sheet_parts, targets


@dataclass
class Table:
    """An Excel Table: where it stands and what its columns are called."""

    name: str
    sheet: str
    part: str
    columns: list[str]
    left: int
    top: int
    right: int
    bottom: int
    has_totals: bool

    def holds(self, sheet: str, row: int, column: int) -> bool:
        """Whether a cell is one of the table's."""
        return sheet == self.sheet and self.top <= row <= self.bottom and self.left <= column <= self.right


def tables(package: Package) -> list[Table]:
    """All tables of the workbook."""
    found = []
    for sheet, sheet_part in sheet_parts(package).items():
        for part in targets(package, sheet_part).values():
            if not part.startswith("xl/tables/"):
                continue
            root = package.root(part)
            left, top, right, bottom = range_boundaries(root.get("ref"))
            columns = [_unescape(column.get("name")) for column in root.iter(f"{MAIN}tableColumn")]
            totals = int(root.get("totalsRowCount") or 0) > 0
            name = root.get("displayName") or root.get("name")
            found.append(Table(name, sheet, part, columns, left, top, right, bottom, totals))
    return found


def _unescape(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
