"""The cells of one sheet of a workbook, changed in place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree
from openpyxl.utils.cell import column_index_from_string as column_number
from openpyxl.utils.cell import get_column_letter, range_boundaries

from mrr_xl import cell_errors
from mrr_xl.errors import MrrError, shown
from mrr_xl.xlsx.package import MAIN, MEND, Package
from mrr_xl.xlsx.places import LAST_ROW, corners, put_addresses
from mrr_xl.xlsx.values import type_and_text

_FORMULA, _VALUE, _INLINE, _TEXT, _ROW, _CELL = (f"{MAIN}{name}" for name in ("f", "v", "is", "t", "row", "c"))
_MANY = 100_000  #: cells that a formula may be said to fill without being there


@dataclass(frozen=True)
class Formula:
    """Where a formula stands; for an array formula the range it fills, and whether that follows from its answer."""

    row: int
    column: int
    area: str | None
    grows: bool

    def cells(self, area: str | None = None) -> list[tuple[int, int]]:
        """Row and column of each cell that it fills, row by row."""
        filled = area or self.area
        if not filled:
            return [(self.row, self.column)]
        left, top, right, bottom = range_boundaries(filled)
        return [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]


class Sheet:
    """The cells of one sheet's XML by row and column; a missing one is made where it is asked for."""

    def __init__(self, package: Package, part: str) -> None:
        self.package, self.part = package, part
        self.data = package.root(part).find(f"{MAIN}sheetData")
        if self.data is None:
            raise MrrError(f"{part} has no cells (sheetData); {MEND}")
        put_addresses(self.data)
        self.rows: dict[int, Any] = {self._row(row.get("r")): row for row in self.data.iterchildren(_ROW)}
        self._numbers = sorted(self.rows)
        self._cells: dict[int, dict[int, Any]] = {}
        self.changed: set[tuple[int, int]] = set()  #: row and column of the cells that were written, moved or removed

    @property
    def last_row(self) -> int:
        return self._numbers[-1] if self._numbers else 0

    def there(self, top: int, bottom: int) -> Sequence[int]:
        """The rows from one to another that the file has, in their order: an area may be far larger than that."""
        return self._numbers[bisect_left(self._numbers, top) : bisect_right(self._numbers, bottom)]

    def cells(self, row: int) -> dict[int, Any]:
        """A row's cells by column."""
        if row not in self._cells:
            by_column: dict[int, Any] = {}
            for cell in self.rows[row].iterchildren(_CELL) if row in self.rows else ():
                by_column[self._column(cell.get("r"))] = cell
            self._cells[row] = by_column
        return self._cells[row]

    def formulas(self) -> Iterator[Formula]:
        """Where the sheet's formulas stand."""
        for formula in self.data.iter(_FORMULA):
            cell = formula.getparent()
            row, column = self.position(cell)
            area = formula.get("ref") if formula.get("t") == "array" else None
            if area is not None and (corners(area) is None or self._is_far_larger(area)):
                raise MrrError(f"the formula in {cell.get('r')} of {self.part} fills {shown(area)}; {MEND}")
            yield Formula(row, column, area, grows=area is not None and "cm" in cell.attrib)

    def _is_far_larger(self, area: str) -> bool:
        """Whether an area has far more cells than the sheet has in the file, where Excel writes each one."""
        left, top, right, bottom = range_boundaries(area)
        count = (right - left + 1) * (bottom - top + 1)
        return count > _MANY and count > 2 * sum(len(row) for row in self.rows.values())

    def position(self, cell: Any) -> tuple[int, int]:
        """Row and column of a cell."""
        return self._row(cell.getparent().get("r")), self._column(cell.get("r"))

    def _row(self, text: str | None) -> int:
        if text is None or not text.isdecimal() or not 1 <= int(text) <= LAST_ROW:
            raise MrrError(f"{self.part} has a row {shown(text or '')}; {MEND}")
        return int(text)

    def _column(self, address: str) -> int:
        try:
            return column_number(address.rstrip("0123456789"))
        except ValueError:
            raise MrrError(f"{self.part} has a cell at {shown(address)}; {MEND}") from None

    def spread(self, row: int, column: int, area: str) -> None:
        """Set the range that an array formula fills."""
        self.package.touched.add(self.part)
        self.cell(row, column).find(f"{MAIN}f").set("ref", area)

    def cell(self, row: int, column: int) -> Any:
        """The cell in a row and column; if there is none, a new one at its place among the others."""
        cells = self.cells(row)
        if column in cells:
            return cells[column]
        self.package.touched.add(self.part)
        if row not in self.rows:
            element = etree.Element(f"{MAIN}row", r=str(row))
            _insert(self.data, self.rows, self._numbers, row, element)
            insort(self._numbers, row)
            self.rows[row] = element
        new = etree.Element(f"{MAIN}c", r=f"{get_column_letter(column)}{row}")
        self.rows[row].attrib.pop("spans", None)
        _insert(self.rows[row], cells, sorted(cells), column, new)
        cells[column] = new
        return new

    def remove(self, row: int, column: int) -> None:
        """Take a cell out, and its row if that leaves it empty."""
        cell = self.cells(row).pop(column, None)
        if cell is not None:
            self.package.touched.add(self.part)
            self.changed.add((row, column))
            self.rows[row].remove(cell)
        if row in self.rows and not len(self.rows[row]):
            self.package.touched.add(self.part)
            self.data.remove(self.rows.pop(row))
            del self._numbers[bisect_left(self._numbers, row)]
            self._cells.pop(row, None)

    def clear(self, row: int, left: int, right: int) -> None:
        """Blank a row's cells between two columns; they keep their styles."""
        for column in self.cells(row):
            if left <= column <= right:
                self.put(row, column, None)

    def move(self, row: int, left: int, right: int, to: int) -> None:
        """Move a row's cells between two columns, as they are, to the same columns of another row."""
        self.package.touched.add(self.part)
        for column in range(left, right + 1):
            self.changed |= {(row, column), (to, column)}
            old = self.cells(to).pop(column, None)
            if old is not None:
                old.getparent().remove(old)
            cell = self.cells(row).pop(column, None)
            if cell is not None:
                self.place(to, column, cell)

    def place(self, row: int, column: int, cell: Any) -> None:
        """Let an element, which is no longer in the sheet, be the cell in a row and column."""
        self.package.touched.add(self.part)
        self.changed.add((row, column))
        old = self.cell(row, column)
        old.addnext(cell)
        old.getparent().remove(old)
        cell.set("r", f"{get_column_letter(column)}{row}")
        self.cells(row)[column] = cell

    def put_formula(
        self, row: int, column: int, formula: str, array: bool = False, grows: bool = False, style: str | None = None
    ) -> None:
        """Write a formula (without its =) into a cell, which keeps its style unless it gets one.

        array: one that is evaluated as an array, its answer's first value shown; grows: as Excel 365 marks those.
        """
        self.put(row, column, None)
        cell = self.cell(row, column)
        element = etree.SubElement(cell, _FORMULA)
        element.text = formula
        if array:
            element.set("t", "array")
            element.set("ref", f"{get_column_letter(column)}{row}")
        if grows:
            cell.set("cm", "1")
        if style is not None:
            cell.set("s", style)

    def put(self, row: int, column: int, value: Any, keep_formula: bool = False, style: str | None = None) -> None:
        """Write a value: None, a number, True or False, a text, or an error such as '#N/A' beside its formula."""
        if isinstance(value, float) and value != value:
            value = cell_errors.NUM.text if keep_formula else None
        cell = self.cells(row).get(column)
        if cell is None:
            if value is None and not keep_formula:
                return
            cell = self.cell(row, column)
        self.package.touched.add(self.part)
        self.changed.add((row, column))
        formula = cell.find(_FORMULA) if keep_formula else None
        del cell[:]
        if formula is not None:
            cell.append(formula)
        else:
            cell.attrib.pop("cm", None)
        cell.attrib.pop("vm", None)  # what Excel 365 keeps of the value that was there: [MS-XLSX] 2.2.4.9
        kind, text = type_and_text(value, keep_formula)
        if kind is not None:
            cell.set("t", kind)
        elif cell.get("t") is not None:
            del cell.attrib["t"]
        if style is not None:
            cell.set("s", style)
        if kind == "inlineStr":
            inline = etree.SubElement(etree.SubElement(cell, _INLINE), _TEXT)
            inline.text = text
            if text != text.strip():
                inline.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        elif value is not None:
            etree.SubElement(cell, _VALUE).text = text


def _insert(parent: Any, siblings: dict[int, Any], numbers: Sequence[int], number: int, element: Any) -> None:
    """Put a row or a cell before the first sibling with a higher number. numbers: the siblings', in order."""
    after = bisect_right(numbers, number)
    if after < len(numbers):
        siblings[numbers[after]].addprevious(element)
    else:
        parent.append(element)
