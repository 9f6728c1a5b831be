"""The inside of an Excel file: its parts, its tables, and single cells changed in place.

Only the parts that are written to change; every other one comes through byte for byte.
"""

from __future__ import annotations

import contextlib
import os
import posixpath
import re
import tempfile
import time
import zipfile
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree
from openpyxl.utils.cell import column_index_from_string as column_number
from openpyxl.utils.cell import coordinate_from_string, get_column_letter, range_boundaries

from mrr_xl.errors import MrrError

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: What a cell may hold besides a value; a customer may be called #1 Club.
ERRORS = ("#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!")
_UNFINISHED = ".tmp"  #: how a file ends that is still being written
_PARSER = etree.XMLParser(resolve_entities=False, huge_tree=True, no_network=True)


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


@dataclass(frozen=True)
class Formula:
    """A formula's cell; for an array formula the range it fills, and whether that follows from its answer."""

    row: int
    column: int
    area: str | None
    grows: bool

    def places(self, area: str | None = None) -> list[tuple[int, int]]:
        """The cells that it fills, row by row."""
        filled = area or self.area
        if not filled:
            return [(self.row, self.column)]
        left, top, right, bottom = range_boundaries(filled)
        return [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]


@dataclass
class Package:
    """An .xlsx or .xlsm as its parts; XML parts that were looked into are kept parsed."""

    entries: list[zipfile.ZipInfo]
    parts: dict[str, bytes]
    roots: dict[str, Any] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def root(self, part: str, touch: bool = False) -> Any:
        """A part's XML; `touch` says that it is going to change."""
        if part not in self.roots:
            self.roots[part] = etree.fromstring(self.parts[part], _PARSER)
        if touch:
            self.touched.add(part)
        return self.roots[part]

    def content(self, compressed: bool = True) -> bytes:
        """The file's bytes; uncompressed where they are not going to be kept."""
        for part in self.touched:
            xml = etree.tostring(self.roots[part], xml_declaration=True, encoding="UTF-8", standalone=True)
            self.parts[part] = xml
        self.touched.clear()
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry in self.entries:
                method = entry.compress_type if compressed else zipfile.ZIP_STORED
                # A copy: writing an entry changes it.
                archive.writestr(copy(entry), self.parts[entry.filename], method)
        return out.getvalue()


def read_package(source: str | os.PathLike[str] | bytes) -> Package:
    """A workbook file, or its bytes."""
    name = "the workbook" if isinstance(source, bytes) else Path(source).name
    try:
        with zipfile.ZipFile(BytesIO(source) if isinstance(source, bytes) else source) as archive:
            entries = archive.infolist()
            parts = {entry.filename: archive.read(entry) for entry in entries}
    except FileNotFoundError:
        raise MrrError(f"there is no file {source!s}") from None
    except (zipfile.BadZipFile, OSError) as error:
        raise MrrError(f"{name} is no Excel workbook (.xlsx or .xlsm): {error}") from None
    if "xl/workbook.xml" not in parts:
        raise MrrError(f"{name} is no Excel workbook (.xlsx or .xlsm)")
    return Package(entries, parts)


def write_whole(content: bytes, path: str | os.PathLike[str]) -> None:
    """Write a file beside its place and rename it, so that the place holds the old file or the new one."""
    target = Path(path)
    if not target.parent.is_dir():
        raise MrrError(f"there is no folder {target.parent}")
    if target.exists() and not target.is_file():
        raise MrrError(f"{target} is no file; name the workbook to write")
    target = target.resolve()  # behind a link it is the linked file that changes
    _refuse_open(target)
    beginning = f".{target.name}."
    try:
        _remove_leftovers(target.parent, beginning)
        handle, name = tempfile.mkstemp(prefix=beginning, suffix=_UNFINISHED, dir=target.parent)
    except OSError as error:
        raise MrrError(f"{target} can't be written ({error.strerror})") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~umask)
        os.replace(name, target)
    except PermissionError:
        raise MrrError(f"{target} is open in Excel or may not be replaced; close it and fill again") from None
    except OSError as error:
        raise MrrError(f"{target} can't be written ({error.strerror})") from None
    finally:
        Path(name).unlink(missing_ok=True)  # Ctrl+C leaves no half of a file, either


def _refuse_open(target: Path) -> None:
    """Excel and LibreOffice put a file beside the one that they have open."""
    for program, beside in (("Excel", f"~${target.name}"), ("LibreOffice", f".~lock.{target.name}#")):
        if target.exists() and target.with_name(beside).exists():
            raise MrrError(
                f"{target} is open in {program}; close it and fill again (if it is not open, delete {beside} beside it)"
            )


def _remove_leftovers(folder: Path, beginning: str) -> None:
    """What a killed run left of this file, an hour ago or earlier: by then nobody is still writing it."""
    for entry in os.scandir(folder):
        if entry.name.startswith(beginning) and entry.name.endswith(_UNFINISHED):
            with contextlib.suppress(OSError):
                if entry.stat().st_mtime < time.time() - 3600:
                    os.unlink(entry)


def add_part(
    package: Package, part: str, content: bytes, content_type: str, kind: str, of: str = "xl/workbook.xml"
) -> None:
    """A new part, with its content type and the relationship to it of the workbook, or of the part `of`.

    of: "" is the file itself.
    """
    package.entries.append(zipfile.ZipInfo(part, package.entries[0].date_time))
    package.entries[-1].compress_type = zipfile.ZIP_DEFLATED
    package.parts[part] = content
    types = package.root("[Content_Types].xml", touch=True)
    name = f"{{{etree.QName(types).namespace}}}Override"
    etree.SubElement(types, name, PartName=f"/{part}", ContentType=content_type)
    relations = package.root(_relations(of), touch=True)
    taken = {relation.get("Id") for relation in relations}
    free = next(f"rId{number}" for number in range(1, len(taken) + 2) if f"rId{number}" not in taken)
    name = f"{{{etree.QName(relations).namespace}}}Relationship"
    target = posixpath.relpath(part, posixpath.dirname(of) or ".")
    etree.SubElement(relations, name, Id=free, Type=kind, Target=target)


def sheet_parts(package: Package) -> dict[str, str]:
    """Sheet name → the part that holds its cells."""
    related = targets(package, "xl/workbook.xml")
    sheets = package.root("xl/workbook.xml").find(f"{MAIN}sheets")
    found = {sheet.get("name"): related.get(sheet.get(f"{_REL}id"), "") for sheet in sheets}
    return {name: part for name, part in found.items() if part.startswith("xl/worksheets/")}


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


def targets(package: Package, part: str, kind: str = "") -> dict[str, str]:
    """The parts that a part is related to, by the relationship's id.

    part: "" is the file itself. kind: only relationships whose type ends so.
    """
    rels = _relations(part)
    if rels not in package.parts:
        return {}
    found = {}
    for relation in package.root(rels):
        target = relation.get("Target") or ""
        inside = posixpath.join(posixpath.dirname(part), target)
        if (relation.get("Type") or "").endswith(kind):
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(inside)
            found[relation.get("Id")] = path
    return found


def _relations(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _unescape(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


class Sheet:
    """The cells of one sheet's XML, found by row and column and made where they are missing."""

    def __init__(self, package: Package, part: str) -> None:
        self.package, self.part = package, part
        self.data = package.root(part).find(f"{MAIN}sheetData")
        self.rows: dict[int, Any] = {}
        self.last_row = number = 0
        for row in self.data:
            number = int(row.get("r") or number + 1)
            self.rows[number] = row
            self.last_row = max(self.last_row, number)
        self._cells: dict[int, dict[int, Any]] = {}

    def cells(self, row: int) -> dict[int, Any]:
        """A row's cells by column."""
        if row not in self._cells:
            found: dict[int, Any] = {}
            column = 0
            for cell in self.rows.get(row, ()):
                reference = cell.get("r")
                column = column_number(reference.rstrip("0123456789")) if reference else column + 1
                found[column] = cell
            self._cells[row] = found
        return self._cells[row]

    def formulas(self) -> Iterator[Formula]:
        """Where the sheet's formulas stand."""
        for formula in self.data.iter(f"{MAIN}f"):
            cell = formula.getparent()
            row, column = self._place(cell)
            area = formula.get("ref") if formula.get("t") == "array" else None
            yield Formula(row, column, area, grows=area is not None and "cm" in cell.attrib)

    def _place(self, cell: Any) -> tuple[int, int]:
        """Row and column of a cell; few files leave out what a cell is called."""
        if reference := cell.get("r"):
            letters, row = coordinate_from_string(reference)
            return row, column_number(letters)
        row = next(number for number, element in self.rows.items() if element is cell.getparent())
        return row, next(column for column, element in self.cells(row).items() if element is cell)

    def spread(self, row: int, column: int, area: str) -> None:
        """Say which cells an array formula fills."""
        self.package.touched.add(self.part)
        self.cell(row, column).find(f"{MAIN}f").set("ref", area)

    def cell(self, row: int, column: int) -> Any:
        """The cell at a place, made in order if there is none."""
        cells = self.cells(row)
        if column in cells:
            return cells[column]
        self.package.touched.add(self.part)
        if row not in self.rows:
            element = etree.Element(f"{MAIN}row", r=str(row))
            if row > self.last_row:
                self.data.append(element)
                self.last_row = row
            else:
                _insert(self.data, self.rows, row, element)
            self.rows[row] = element
        new = etree.Element(f"{MAIN}c", r=f"{get_column_letter(column)}{row}")
        self.rows[row].attrib.pop("spans", None)
        _insert(self.rows[row], cells, column, new)
        cells[column] = new
        return new

    def move(self, row: int, left: int, right: int, to: int) -> None:
        """A row's cells between two columns, as they are, to the same columns of another row."""
        self.package.touched.add(self.part)
        for column in range(left, right + 1):
            there = self.cells(to).pop(column, None)
            if there is not None:
                there.getparent().remove(there)
            cell = self.cells(row).pop(column, None)
            if cell is not None:
                new = self.cell(to, column)
                new.addnext(cell)
                new.getparent().remove(new)
                cell.set("r", f"{get_column_letter(column)}{to}")
                self.cells(to)[column] = cell

    def put_formula(self, row: int, column: int, formula: str) -> None:
        """A formula (without its =) in a cell that keeps its style."""
        self.put(row, column, None)
        etree.SubElement(self.cell(row, column), f"{MAIN}f").text = formula

    def put(self, row: int, column: int, value: Any, keep_formula: bool = False, style: str | None = None) -> None:
        """A value: None, a number, True or False, a text, or an error such as '#N/A' beside its formula."""
        if value is None and not keep_formula and column not in self.cells(row):
            return
        cell = self.cell(row, column)
        self.package.touched.add(self.part)
        for child in list(cell):
            if not (keep_formula and child.tag == f"{MAIN}f"):
                cell.remove(child)
        cell.attrib.pop("t", None)
        if style is not None:
            cell.set("s", style)
        if value is None:
            return
        if isinstance(value, bool):
            kind, text = "b", str(int(value))
        elif isinstance(value, (int, float)):
            kind, text = None, repr(value)
        elif keep_formula:
            kind, text = ("e" if value in ERRORS else "str"), _ILLEGAL.sub("", value)
        else:
            cell.set("t", "inlineStr")
            inline = etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t")
            inline.text = _ILLEGAL.sub("", value)
            inline.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            return
        if kind:
            cell.set("t", kind)
        etree.SubElement(cell, f"{MAIN}v").text = text


def _insert(parent: Any, siblings: dict[int, Any], place: int, element: Any) -> None:
    later = [number for number in siblings if number > place]
    if later:
        siblings[min(later)].addprevious(element)
    else:
        parent.append(element)
