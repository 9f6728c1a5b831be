"""References read cell by cell: what is typed from the sheet's XML, what is computed from the engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from openpyxl.utils.cell import range_boundaries

from mrr_xl.calculator.engine import Cell, Engine
from mrr_xl.calculator.structured import range_of
from mrr_xl.calculator.texts import FormulaCell
from mrr_xl.functions.books import Content, Source
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.places import LAST_COLUMN, LAST_ROW
from mrr_xl.xlsx.workbook import MOST, Workbook

Rows = list[list[Any]]
_CORNER = r"\$?[A-Z]{1,3}\$?\d+"
_REFERENCE = re.compile(
    rf"(?:(?:'((?:[^']|'')+)'|([^\W\d][\w.]*))!)?"
    rf"({_CORNER}(?::{_CORNER})?|\$?[A-Z]{{1,3}}:\$?[A-Z]{{1,3}}|\$?\d+:\$?\d+)",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"([\w.]+)\[#All\]", re.IGNORECASE)


class NotComputed(Exception):
    """A call whose arguments can't be computed: the reason, as a sentence puts it in brackets."""


class CellsRead:
    """The cells of a workbook that the engine computes, and which of them changed since they were read last."""

    def __init__(self, workbook: Workbook, sources: Mapping[str, Source], computed: Mapping[Cell, FormulaCell]) -> None:
        self.workbook, self.sources = workbook, sources
        self.tables = {table.name.lower(): table for table in workbook.tables}
        self.names = _names(workbook)
        self._sheets = {name.lower(): name for name in workbook.parts}
        self._spilling = {name for name, at in computed.values() if at.grows}
        self._values: dict[Cell, Any] = dict.fromkeys(computed)  # of formulas, and of what may be part of an answer
        self._contents: dict[str, Content] = {}
        self._read: dict[tuple[str, int, int, int, int], tuple[Rows, list[Cell]]] = {}
        self.seen: set[Cell] = set()  #: the computed cells that were read since it was cleared

    def refresh(self, engine: Engine) -> set[Cell]:
        """Read all computed cells anew; gives those that changed."""
        values = engine.values(list(self._values))
        changed = {
            cell
            for (cell, old), new in zip(self._values.items(), values)
            if old != new or isinstance(old, bool) is not isinstance(new, bool)
        }
        self._values.update(zip(self._values, values))
        self._read = {key: read for key, read in self._read.items() if changed.isdisjoint(read[1])}
        return changed

    def seen_unknown(self) -> bool:
        """Whether one of the computed cells that were read is #NAME?, as a program without our functions saves them."""
        return any(self._values.get(cell) == "#NAME?" for cell in self.seen)

    def whole_table(self, engine: Engine, text: str) -> Content | Source | None:
        """A table's rows as our functions take them; None for a text that is not a whole table."""
        match = _WHOLE.fullmatch(text)
        name = match[1].lower() if match else ""
        if name not in self.tables:
            return None
        if name in self.sources:
            return self.sources[name]
        table = self.tables[name]
        content = Content(self._cells(engine, table.sheet, table.left, table.top, table.right, table.last_line))
        if self._contents.get(name) != content:
            self._contents[name] = content
        return self._contents[name]

    def reference(self, engine: Engine, text: str, sheet: str, row: int) -> Rows | None:
        """The cells that a text refers to; None if it is no reference to one area."""
        text = self.resolved(text, sheet, row)
        match = _REFERENCE.fullmatch(text)
        if match is None:
            return None
        named = (match[1] or match[2] or sheet).replace("''", "'")
        where = self._sheets.get(named.lower())
        if where is None:
            return None
        left, top, right, bottom = (corner or 0 for corner in range_boundaries(match[3].replace("$", "").upper()))
        left, top, right, bottom = left or 1, top or 1, right or LAST_COLUMN, bottom or LAST_ROW
        xml = self.workbook.sheet(where)
        if (top, bottom) == (1, LAST_ROW):  # whole columns
            bottom = max(xml.last_row, 1)
        if (left, right) == (1, LAST_COLUMN):
            right = max((max(xml.cells(line), default=1) for line in xml.there(top, bottom)), default=1)
        if (right - left + 1) * (bottom - top + 1) > MOST:
            raise NotComputed(f"{text} has too many cells")
        return self._cells(engine, where, left, top, right, bottom)

    def resolved(self, text: str, sheet: str, row: int) -> str:
        """A name or a table's columns as the plain reference that it stands for; anything else as it is."""
        for _ in range(9):  # a name may stand for another one
            formula = self.names.get((sheet, text.lower())) or self.names.get(("", text.lower()))
            if formula is None:
                break
            text = formula
        if text.lower() in self.tables:
            text += "[]"
        return range_of(text, row, self.tables) if text.endswith("]") else text

    def _cells(self, engine: Engine, sheet: str, left: int, top: int, right: int, bottom: int) -> Rows:
        key = (sheet, left, top, right, bottom)
        if key not in self._read:
            self._read[key] = self._read_cells(engine, *key)
        rows, computed = self._read[key]
        self.seen.update(computed)
        return rows

    def _read_cells(
        self, engine: Engine, sheet: str, left: int, top: int, right: int, bottom: int
    ) -> tuple[Rows, list[Cell]]:
        """An area's values, and which of its cells are computed."""
        xml, values = self.workbook.sheet(sheet), self._values
        asked = [cell for cell in self._beyond(sheet, left, top, right, bottom) if cell not in values]
        values.update(zip(asked, engine.values(asked)))
        rows: Rows = []
        computed = []
        for row in range(top, bottom + 1):
            line, cells = [None] * (right - left + 1), xml.cells(row)
            for column in range(left, right + 1) if cells or asked else ():
                cell = (sheet, row, column)
                if cell in values:
                    computed.append(cell)
                    line[column - left] = values[cell]
                elif column in cells:
                    line[column - left] = value_of(self.workbook, cells[column])
            rows.append(line)
        return rows, computed

    def _beyond(self, sheet: str, left: int, top: int, right: int, bottom: int) -> Iterator[Cell]:
        """The blank cells of an area, if an array on its sheet may have grown over them."""
        if sheet in self._spilling:
            xml = self.workbook.sheet(sheet)
            for row in range(top, bottom + 1):
                cells = xml.cells(row)
                for column in range(left, right + 1):
                    if column not in cells or not len(cells[column]):
                        yield sheet, row, column


def value_of(workbook: Workbook, cell: Any) -> Any:
    """What a cell of the sheet's XML holds: a blank is None, an error its text."""
    kind = None if cell is None else cell.get("t")
    if kind == "e":
        return cell.findtext(f"{MAIN}v")
    if kind == "b":
        return cell.findtext(f"{MAIN}v") == "1"
    return workbook.value(cell)


def _names(workbook: Workbook) -> dict[tuple[str, str], str]:
    """What each defined name stands for, by the sheet that it belongs to ("" for all) and in lower case."""
    sheets = [name for name, _ in workbook.all_parts]
    names = {}
    for defined in workbook.root.iter(f"{MAIN}definedName"):
        scope = defined.get("localSheetId")
        sheet = sheets[int(scope)] if scope is not None and int(scope) < len(sheets) else ""
        names[sheet, (defined.get("name") or "").lower()] = (defined.text or "").strip()
    return names
