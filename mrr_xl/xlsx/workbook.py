"""A workbook's sheets, tables, defined names and cell values, each read once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

from openpyxl.utils import quote_sheetname
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.escape import unescape

from mrr_xl.xlsx.package import MAIN, WORKBOOK, Package, read_package, targets
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.tables import Table, read_table

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_READING = f"{MAIN}rPh"
_AREA = re.compile(r"(?:'((?:[^']|'')+)'|([\w.]+))!(\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)")


class Area(NamedTuple):
    """A rectangle of cells of one sheet, counted from 1."""

    sheet: str
    left: int
    top: int
    right: int
    bottom: int


class DefinedName(NamedTuple):
    """A name of the workbook and the formula that it stands for, without its =."""

    name: str
    formula: str


class Workbook:
    """A workbook's file with its sheets, tables and defined names.

    Sheets and tables are the same objects for whoever asks, so that a cell or a row that one caller adds is there
    for the next.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self._sheets: dict[str, Sheet] = {}

    @cached_property
    def parts(self) -> dict[str, str]:
        """Sheet name → the part that holds its cells, in the workbook's order."""
        related = targets(self.package, WORKBOOK)
        sheets = self.package.root(WORKBOOK).find(f"{MAIN}sheets")
        parts = {sheet.get("name"): related.get(sheet.get(f"{_REL}id"), "") for sheet in sheets}
        return {name: part for name, part in parts.items() if part.startswith("xl/worksheets/")}

    def sheet(self, name: str) -> Sheet:
        if name not in self._sheets:
            self._sheets[name] = Sheet(self.package, self.parts[name])
        return self._sheets[name]

    @property
    def sheets(self) -> dict[str, Sheet]:
        """Every sheet with cells, by name."""
        return {name: self.sheet(name) for name in self.parts}

    @cached_property
    def tables(self) -> list[Table]:
        """All tables, sheet by sheet."""
        return [
            read_table(self.package, sheet, part)
            for sheet, sheet_part in self.parts.items()
            for part in targets(self.package, sheet_part).values()
            if part.startswith("xl/tables/")
        ]

    @cached_property
    def names(self) -> list[DefinedName]:
        """The defined names, with Excel's own such as _xlnm.Print_Area."""
        elements = self.package.root(WORKBOOK).iter(f"{MAIN}definedName")
        return [DefinedName(element.get("name") or "", element.text or "") for element in elements]

    def change_names(self, change: Callable[[DefinedName], str]) -> None:
        """Let each defined name stand for the formula that `change` gives."""
        for element, defined in zip(self.package.root(WORKBOOK).iter(f"{MAIN}definedName"), self.names):
            if (formula := change(defined)) != defined.formula:
                self.package.touched.add(WORKBOOK)
                element.text = formula
        del self.names

    def formula_of(self, name: str) -> str:
        """What a defined name stands for, whatever its case; "" if there is no such name."""
        return next((defined.formula for defined in self.names if defined.name.lower() == name.lower()), "")

    def area(self, reference: str) -> Area | None:
        """The area of one sheet that a reference names; None for a reference of another kind."""
        match = _AREA.fullmatch(reference)
        name = match and (match[1] or match[2]).replace("''", "'")
        if not match or name not in self.parts:
            return None
        return Area(name, *range_boundaries(match[3].replace("$", "")))

    def values(self, reference: str) -> list[Any] | None:
        """The values of an area's cells, row by row; None for a reference of another kind."""
        area = self.area(reference)
        if area is None:
            return None
        rows = (self.sheet(area.sheet).cells(row) for row in range(area.top, area.bottom + 1))
        return [self.value(cells.get(column)) for cells in rows for column in range(area.left, area.right + 1)]

    def rows(self, table: Table) -> list[list[Any]]:
        """A table's rows with its header, without a total row."""
        values = self.values(f"{quote_sheetname(table.sheet)}!{table.reference(table.last_line)}") or []
        width = table.right - table.left + 1
        return [values[start : start + width] for start in range(0, len(values), width)]

    def value(self, cell: Any) -> Any:
        """A cell's value; None for an error."""
        if cell is None:
            return None
        kind, text = cell.get("t"), cell.findtext(f"{MAIN}v")
        if kind == "inlineStr":
            return text_of(cell)
        if text is None or kind == "e" or (text == "" and kind != "str"):
            return None
        if kind == "s":
            return text_of(self._shared_strings[int(text)])
        return unescape(text) if kind in ("str", "b") else float(text)

    @cached_property
    def _shared_strings(self) -> list[Any]:
        # The elements, not their texts, which change where customers get other names.
        return list(self.package.root("xl/sharedStrings.xml").iter(f"{MAIN}si"))


def text_of(item: Any) -> str:
    """The text of a shared string or of a cell with its own, without the reading aids of Japanese (furigana)."""
    texts = (text for text in item.iter(f"{MAIN}t") if text.getparent().tag != _READING)
    return unescape("".join(text.text or "" for text in texts))


def read_workbook(source: str | os.PathLike[str] | bytes) -> Workbook:
    """A workbook's file, or its bytes; raises MrrError."""
    return Workbook(read_package(source))
