"""How the cells of a table's lines look: as they did, and new ones as those of the last line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.styles import date_style
from mrr_xl.xlsx.tables import Table

_PLAIN = (None, "0")  #: the style of a cell that nobody formatted


class RowFormats:
    """The styles of a table's lines, read before they change.

    days: the columns that have to look like dates. like: new columns, and the ones that they look like.
    """

    def __init__(self, sheet: Sheet, table: Table, days: set[int], like: Mapping[int, int]) -> None:
        self.sheet, self.last_line = sheet, table.last_line
        self._days, self._dates = days, dict[str | None, str]()
        self._lines = sheet.there(table.first_line, max(table.last_line, table.first_line))
        columns = range(table.left, table.right + 1)
        self._base = {column: self._of_column(like.get(column, column)) for column in columns}
        last: Any = sheet.rows.get(table.last_line, {})
        self._height = last.get("ht") if last.get("customHeight") in ("1", "true") else None

    def style(self, row: int, column: int, cell: Any) -> str | None:
        """The style of a cell, None if it is not there yet: its own one in a row that was there, or the last line's.

        A day in a cell that shows something else looks like the column's other days, or like a date.
        """
        own = None if cell is None or row > self.last_line else cell.get("s") or "0"
        if column not in self._days:
            return self._base[column] if own is None else own
        style = self._base[column] if own in (None, "0") else own
        if style not in self._dates:
            self._dates[style] = date_style(self.sheet.package, style)
        return self._dates[style]

    def apply(self, row: int, left: int, right: int) -> None:
        """Let the cells of a new row, empty ones, too, and its height be like those of the last line."""
        for column in range(left, right + 1):
            style = self.style(row, column, None)
            if style not in _PLAIN and column not in self.sheet.cells(row):
                self.sheet.cell(row, column).set("s", style)
        element = self.sheet.rows.get(row)
        if self._height and element is not None and element.get("ht") is None:
            element.set("ht", self._height)
            element.set("customHeight", "1")

    def _of_column(self, column: int) -> str | None:
        for row in reversed(self._lines):
            cell = self.sheet.cells(row).get(column)
            if cell is not None and (column not in self._days or cell.get("s") not in _PLAIN):
                return str(cell.get("s") or "0")
        return self._default(column)

    def _default(self, column: int) -> str | None:
        """The style that a sheet has for the cells of a column that are not there yet."""
        columns: Any = self.sheet.package.root(self.sheet.part).find(f"{MAIN}cols")
        for one in () if columns is None else columns:
            if int(one.get("min")) <= column <= int(one.get("max")):
                return one.get("style")
        return None
