"""A workbook's sheets, tables, defined names and cell values, each read once."""

from __future__ import annotations

import datetime as dt
import math
import os
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.escape import unescape

from mrr_xl.errors import MrrError, shown
from mrr_xl.xlsx.package import MAIN, MEND, Package, read_package, targets
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.tables import Table, read_table

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_KINDS = frozenset([None, "n", "s", "str", "b", "e", "inlineStr", "d"])  #: what the value of a cell can be
_AREA = re.compile(r"(?:'((?:[^']|'')+)'|([\w.]+))!(\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)", re.IGNORECASE)
MOST = 50_000_000  #: cells of an area that is read as a whole
#: The days between the first days of the two date systems: ECMA-376 part 1, 18.17.4.1.
_BETWEEN, _FIRST_1900 = 1462, dt.datetime(1899, 12, 30)


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
    def root(self) -> Any:
        """The XML of the part that lists the sheets and names."""
        return self.package.root(self.package.workbook)

    @cached_property
    def all_parts(self) -> list[tuple[str, str]]:
        """Name and part of each sheet of any kind, in the workbook's order."""
        related = targets(self.package, self.package.workbook)
        sheets = self.root.iter(f"{MAIN}sheet")
        return [(sheet.get("name") or "", related.get(sheet.get(f"{_REL}id") or "", "")) for sheet in sheets]

    @cached_property
    def parts(self) -> dict[str, str]:
        """Sheet name → the part that holds its cells, in the workbook's order; sheets of charts have none."""
        cells = set(targets(self.package, self.package.workbook, "/worksheet").values())
        names = [name.lower() for name, _ in self.all_parts]
        if "" in names or len(set(names)) < len(names):
            raise MrrError(f"the workbook has a sheet without a name, or two of one name; {MEND}")
        return {name: part for name, part in self.all_parts if part in cells}

    @cached_property
    def days_to_1900(self) -> int:
        """What is added to a day's number here to have it in the date system that begins in 1900."""
        settings = self.root.find(f"{MAIN}workbookPr")
        is_1904 = settings is not None and settings.get("date1904") in ("1", "true", "on")
        return _BETWEEN if is_1904 else 0

    def sheet_name(self, name: str) -> str | None:
        """A sheet's name as the workbook spells it; None if there is no such sheet with cells."""
        return self._by_case.get(name.lower())

    @cached_property
    def _by_case(self) -> dict[str, str]:
        return {name.lower(): name for name in self.parts}

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
            for part in targets(self.package, sheet_part, "/table").values()
        ]

    @cached_property
    def names(self) -> list[DefinedName]:
        """The defined names, with Excel's own such as _xlnm.Print_Area."""
        elements = self.root.iter(f"{MAIN}definedName")
        return [DefinedName(element.get("name") or "", element.text or "") for element in elements]

    def change_names(self, change: Callable[[DefinedName], str]) -> None:
        """Let each defined name stand for the formula that `change` gives."""
        for element, defined in zip(self.root.iter(f"{MAIN}definedName"), self.names):
            if (formula := change(defined)) != defined.formula:
                self.package.root(self.package.workbook, touch=True)
                element.text = formula
        del self.names

    def formula_of(self, name: str) -> str:
        """What a defined name stands for, whatever its case; "" if there is no such name."""
        return next((defined.formula for defined in self.names if defined.name.lower() == name.lower()), "")

    def area(self, reference: str) -> Area | None:
        """The area of one sheet that a reference names; None for a reference of another kind."""
        match = _AREA.fullmatch(reference)
        name = self.sheet_name((match[1] or match[2]).replace("''", "'")) if match else None
        if not match or name is None:
            return None
        return Area(name, *range_boundaries(match[3].replace("$", "").upper()))

    def named_cell(self, name: str) -> Area | None:
        """The one cell that a defined name stands for; None for anything else."""
        area = self.area(self.formula_of(name))
        return area if area is not None and area[1:3] == area[3:5] else None

    def values(self, reference: str) -> list[Any] | None:
        """The values of an area's cells, row by row; None for a reference of another kind."""
        area = self.area(reference)
        if area is None:
            return None
        width, rows = area.right - area.left + 1, self.grid(area)
        blank = [None] * (width * (area.bottom - area.top + 1 - len(rows)))
        return [*(value for row in rows for value in row), *blank]

    def grid(self, area: Area) -> list[list[Any]]:
        """The rows of an area down to the last one that the file has. Raises MrrError for more than could be read."""
        sheet, width = self.sheet(area.sheet), area.right - area.left + 1
        there = sheet.there(area.top, area.bottom)
        height = there[-1] - area.top + 1 if there else 0
        if height * width > MOST:
            raise MrrError(
                f"an area of sheet {area.sheet} has {height * width:,} cells, which is more than a table or a range of "
                f"rules is; let it end where its last line does"
            )
        rows: list[list[Any]] = [[None] * width for _ in range(height)]
        for row in there:
            line = rows[row - area.top]
            for column, cell in sheet.cells(row).items():
                if area.left <= column <= area.right:
                    line[column - area.left] = self.value(cell)
        return rows

    def rows(self, table: Table) -> list[list[Any]]:
        """A table's rows with its header, without a total row, down to the last one that the file has."""
        rows = self.grid(Area(table.sheet, table.left, table.top, table.right, table.last_line))
        return rows if table.has_header else [list(table.columns), *rows]

    def value(self, cell: Any) -> Any:
        """A cell's value; None for an error. Raises MrrError if the file holds something else there than it says."""
        if cell is None:
            return None
        kind, text = cell.get("t"), cell.findtext(f"{MAIN}v")
        if kind not in _KINDS:
            raise MrrError(f"{self._place(cell)} can't be read (there is no kind of value {shown(kind)}); {MEND}")
        if kind == "inlineStr":
            return text_of(cell.find(f"{MAIN}is"))
        if text is None or kind == "e" or (text == "" and kind != "str"):
            return None
        if kind in ("str", "b"):
            return unescape(text)
        try:
            if kind == "s":
                return text_of(self.shared_strings[_index(text)])
            return self._day(text) if kind == "d" else _number(text)
        except (ValueError, IndexError):
            raise MrrError(f"{self._place(cell)} can't be read ({_said(kind, text)}); {MEND}") from None

    def _day(self, text: str) -> float:
        """A date that the file spells, as 2024-03-15T00:00:00, as the number that Excel makes of it."""
        date = dt.datetime.fromisoformat(text.strip().removesuffix("Z"))
        return (date.replace(tzinfo=None) - _FIRST_1900) / dt.timedelta(days=1) - self.days_to_1900

    def _place(self, cell: Any) -> str:
        root = cell.getroottree().getroot()
        sheet = next((name for name, part in self.parts.items() if self.package.roots.get(part) is root), "")
        return f"{sheet}!{cell.get('r')}" if sheet else f"cell {cell.get('r')}"

    @cached_property
    def shared_strings(self) -> list[Any]:
        """The texts that cells refer to by number, as elements: they change where customers get other names."""
        part = self.package.related("sharedStrings")
        return [] if part is None else list(self.package.root(part).iter(f"{MAIN}si"))


def _said(kind: str | None, text: str) -> str:
    if kind == "s":
        return f"there is no shared string {text}"
    return f"{shown(text)} is not a {'date' if kind == 'd' else 'number'}"


def _index(text: str) -> int:
    number = int(text)
    if number < 0:
        raise IndexError
    return number


def _number(text: str) -> float:
    number = float(text)
    if "_" in text or not math.isfinite(number):
        raise ValueError
    return number


def text_of(item: Any) -> str:
    """The text of a shared string or of a cell with its own, without the reading aids of Japanese (furigana)."""
    runs = [] if item is None else [*item.findall(f"{MAIN}t"), *item.findall(f"{MAIN}r/{MAIN}t")]
    return unescape("".join(run.text or "" for run in runs))


def read_workbook(source: str | os.PathLike[str] | bytes) -> Workbook:
    """A workbook's file, or its bytes; raises MrrError."""
    return Workbook(read_package(source))
