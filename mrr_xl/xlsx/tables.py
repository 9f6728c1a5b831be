"""The tables of a workbook: where they stand, and a new extent or a new column for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree
from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.escape import escape, unescape

from mrr_xl.errors import MrrError, shown
from mrr_xl.xlsx.package import MAIN, MEND, Package, targets
from mrr_xl.xlsx.places import corners
from mrr_xl.xlsx.values import as_written


@dataclass
class Table:
    """An Excel table: where it stands and what its columns are called."""

    name: str
    sheet: str
    part: str
    columns: list[str]
    left: int
    top: int
    right: int
    bottom: int
    has_totals: bool
    has_header: bool = True

    @property
    def first_line(self) -> int:
        """The first row below the header, if the table has one."""
        return self.top + self.has_header

    @property
    def last_line(self) -> int:
        """The last row above the total row, if the table has one."""
        return self.bottom - self.has_totals

    def contains(self, sheet: str, row: int, column: int) -> bool:
        """Whether a cell is one of the table's."""
        return sheet == self.sheet and self.top <= row <= self.bottom and self.left <= column <= self.right

    def reference(self, bottom: int) -> str:
        """The table's cells from its header down to a row, such as A1:H20."""
        return f"{get_column_letter(self.left)}{self.top}:{get_column_letter(self.right)}{bottom}"


def read_table(package: Package, sheet: str, part: str) -> Table:
    """The table that a part of a sheet describes."""
    root = package.root(part)
    columns = [unescape(column.get("name") or "") for column in root.iter(f"{MAIN}tableColumn")]
    has_totals = (root.get("totalsRowCount") or "0") != "0"
    name = root.get("displayName") or root.get("name") or ""
    area = corners(root.get("ref"))
    if area is None or area[2] - area[0] + 1 != len(columns):
        raise MrrError(
            f"table {name} of sheet {sheet} can't be read (it stands at {shown(root.get('ref') or '')} and has "
            f"{len(columns)} columns); {MEND}"
        )
    return Table(name, sheet, part, columns, *area, has_totals, root.get("headerRowCount") != "0")


def resize(package: Package, table: Table, last_line: int) -> None:
    """Let the table's lines end in this row, a total row coming below it; a filter and a sorting leave that one out."""
    old_last, table.bottom = table.last_line, last_line + table.has_totals
    root = package.root(table.part, touch=True)
    root.set("ref", table.reference(table.bottom))
    for name in ("insertRow", "insertRowShift"):  # the row for the first line of a table without lines
        root.attrib.pop(name, None)
    for element in root.findall(f"{MAIN}autoFilter"):
        element.set("ref", table.reference(last_line))
    for element in root.iter(f"{MAIN}sortState", f"{MAIN}sortCondition"):
        area = corners(element.get("ref"))
        if area is not None and area[3] == old_last:
            left, top, right, _ = area
            element.set("ref", f"{get_column_letter(left)}{top}:{get_column_letter(right)}{last_line}")


def clear_filter(package: Package, table: Table) -> bool:
    """Let the table's filter show every line; whether it hid any. Its buttons stay, and those that are not shown."""
    criteria = [column for column in package.root(table.part).iter(f"{MAIN}filterColumn") if len(column)]
    for column in criteria:
        package.touched.add(table.part)
        if column.get("hiddenButton") in ("1", "true") or column.get("showButton") in ("0", "false"):
            column[:] = []
        else:
            column.getparent().remove(column)
    return bool(criteria)


def formulas_of_columns(package: Package, table: Table) -> dict[int, Any]:
    """The formulas that the table's part has for its columns, as elements, by the sheet's column."""
    elements = package.root(table.part).iter(f"{MAIN}tableColumn")
    found = ((column, element.find(f"{MAIN}calculatedColumnFormula")) for column, element in enumerate(elements))
    return {table.left + column: formula for column, formula in found if formula is not None}


def add_column(package: Package, table: Table, header: str) -> None:
    """A column at the table's right end; its header's cell is the caller's to write."""
    columns = package.root(table.part, touch=True).find(f"{MAIN}tableColumns")
    number = max([int(key) for key in (column.get("id") or "" for column in columns) if key.isdecimal()], default=0) + 1
    # Excel spells a line break as _x000a_ here, and in a cell as it is.
    name = escape(as_written(header))
    column = etree.SubElement(columns, f"{MAIN}tableColumn", id=str(number), name=name)
    columns.set("count", str(len(columns)))
    _add_to_query(package, table, column)
    table.right += 1
    table.columns.append(header)


def _add_to_query(package: Package, table: Table, column: Any) -> None:
    """Tell the query that a table is from, such as one of Power Query, of a column that is not from it."""
    for part in targets(package, table.part, "/queryTable").values():
        for fields in package.root(part).iter(f"{MAIN}queryTableFields"):
            package.touched.add(part)
            number = str(max((int(field.get("id")) for field in fields), default=0) + 1)
            kind = f"{MAIN}queryTableField"
            etree.SubElement(fields, kind, id=number, dataBound="0", tableColumnId=column.get("id"))
            fields.set("count", str(len(fields)))
            fields.getparent().set("nextId", str(int(number) + 1))
            column.set("queryTableFieldId", number)
