"""The cells of a sheet that python-calamine makes blank: errors, and formulas whose value is not in the file.

Sources: ECMA-376 part 1, 18.3.1.4 (c, of type e) and 18.3.1.40 (f); OpenDocument 1.3 part 3, 9.1.4
(table:table-cell), where LibreOffice marks an error by calcext:value-type.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any

from mrr_xl import cell_errors
from mrr_xl.errors import MrrError
from mrr_xl.sources.opened import Opened
from mrr_xl.sources.unread_xls import unread_in_xls
from mrr_xl.sources.unread_xlsb import relation_of, unread_in_xlsb

Cells = dict[tuple[int, int], str]
#: How XML from outside is parsed: nothing else is read, and a large sheet is no attack.
SAFELY: Any = {"resolve_entities": False, "no_network": True, "huge_tree": True}
_CDATA = re.compile(rb"<(?:[\w.-]+:)?v\b[^<>]*>[^<]*<!\[CDATA")  # which python-calamine passes over
_SHEET = re.compile(rb"<([\w.-]+:)?sheetData\b")
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_REPEATED = 1_000  #: of cells that are repeated, how many are named


def unread_cells(file: Opened, sheet: str, number: int) -> Cells:
    """Row and column, from 0, of a sheet's cells that have no value → the error, or that it is not computed.

    number: the sheet's place among all, from 0.
    """
    if file.suffix in (".xlsx", ".xlsm"):
        with zipfile.ZipFile(file.source) as package:
            return _in_xlsx(package, file.name, sheet)
    if file.suffix == ".xlsb":
        with zipfile.ZipFile(file.source) as package:
            return _in_xlsb(package, sheet)
    if file.suffix == ".ods":
        with zipfile.ZipFile(file.source) as package:
            return dict(_in_ods(package.read("content.xml"), sheet))
    return unread_in_xls(file.read_bytes(), number) if file.suffix == ".xls" else {}


def _root(content: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(content, etree.XMLParser(**SAFELY))


@cache
def _patterns(prefix: bytes) -> tuple[tuple[re.Pattern[bytes], ...], re.Pattern[bytes], re.Pattern[bytes]]:
    """What most sheets do not have, so that they need not be parsed, and the addresses of cells and of rows.

    An error; a text that does not say which, or is elsewhere; a formula without a value behind it; and a value that is
    not one plain text at the end of its cell. prefix: of the names in the sheet.
    """
    first, value, text = (
        rb"""\st\s*=\s*["'](?:e["']|s["'][^<>/]*>(?!\s*<%bv\s*>\d+</)|inlineStr["'][^<>/]*>(?!\s*<%bis\b))""",
        rb"<%bv(?:\s[^<>/]*)?>(?![^<]*</%bv\s*>\s*</)|</%bis\s*>(?!\s*</)",
        rb"</%bf\s*>(?!\s*<%bv\s*>\s*[^\s<])",
    )
    empty = rb"<%bf\b[^<>]*/>(?!\s*<%bv\s*>\s*[^\s<])"
    cell = rb"""<%bc(?=[\s/>])(?:[^<>]*?\sr\s*=\s*["']([A-Z]+[1-9]\d*)["'])?"""
    row = rb"""<%brow(?=[\s/>])(?:[^<>]*?\sr\s*=\s*["'](\d+)["'])?"""
    written = [re.compile(each.replace(b"%b", re.escape(prefix))) for each in (first, value, text, empty, cell, row)]
    return tuple(written[:4]), written[4], written[5]


def _may_be_unread(content: bytes) -> bool:
    """Whether a sheet has to be parsed to know; a look at its bytes takes a tenth of the time."""
    sheet = _SHEET.search(content)
    suspicious, cell, row = _patterns((sheet[1] if sheet else None) or b"")
    if any(pattern.search(content) for pattern in suspicious):
        return True
    cells = cell.findall(content)
    different = set(cells)
    if different == {b""}:  # no cell has an address: they stand beside each other
        rows = row.findall(content)
        return any(rows) and len(set(rows)) < len(rows)
    return len(different) < len(cells) or b"" in different


def _in_xlsx(package: zipfile.ZipFile, name: str, sheet: str) -> Cells:
    names = _names(package)
    book = next(iter(_related(package, names, "", "officeDocument").values()), None)
    if book is None:
        return {}
    pages = _related(package, names, book, "worksheet")
    for page in _root(package.read(names[book])).iter("{*}sheet"):
        part = pages.get(next((value for key, value in page.attrib.items() if key.endswith("}id")), ""))
        if page.get("name") == sheet and part is not None:
            content = package.read(names[part])
            if content[:2] in (b"\xff\xfe", b"\xfe\xff") or _may_be_unread(content):
                return dict(_of_sheet(content, f"{name}: sheet {sheet}"))
    return {}


def _in_xlsb(package: zipfile.ZipFile, sheet: str) -> Cells:
    names = _names(package)
    for book in _related(package, names, "", "officeDocument").values():
        pages = _related(package, names, book, "worksheet")
        part = pages.get(relation_of(package.read(names[book]), sheet) or "")
        return {} if part is None else dict(unread_in_xlsb(package.read(names[part])))
    return {}


def _names(package: zipfile.ZipFile) -> dict[str, str]:
    """The names of parts as they are, by those that relations may spell in other letters."""
    return {name.lstrip("/").lower(): name for name in package.namelist()}


def _related(package: zipfile.ZipFile, names: dict[str, str], part: str, kind: str) -> dict[str, str]:
    """The parts of a kind that a part refers to, by the ids of the relations."""
    folder, base = posixpath.split(part)
    relations = names.get(posixpath.join(folder, "_rels", f"{base}.rels"))
    found = {}
    for relation in () if relations is None else _root(package.read(relations)).iter("{*}Relationship"):
        if (relation.get("Type") or "").endswith(f"/{kind}"):
            target = relation.get("Target") or ""
            path = posixpath.normpath(target if target.startswith("/") else posixpath.join(folder, target))
            if (path := path.lstrip("/").lower()) in names:
                found[relation.get("Id") or ""] = path
    return found


def _of_sheet(content: bytes, where: str) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells that have no value. Raises MrrError for one that is damaged; where: the sheet, for that sentence."""
    from lxml import etree
    from openpyxl.utils.cell import column_index_from_string, get_column_letter

    if _CDATA.search(content):
        raise ValueError("a value in CDATA")
    row, column = -1, -1
    seen = set()
    for event, element in etree.iterparse(io.BytesIO(content), ("start", "end"), tag=("{*}row", "{*}c"), **SAFELY):
        is_row = element.tag.endswith("}row")
        if event == "start" and is_row:
            row, column = int(element.get("r") or row + 2) - 1, -1
        elif event == "end" and is_row:
            element.clear()
        elif event == "end":
            address = _ADDRESS.fullmatch((element.get("r") or "").upper())
            row = int(address[2]) - 1 if address else row
            column = column_index_from_string(address[1]) - 1 if address else column + 1
            damage = "is there twice" if (row, column) in seen else _damage(element)
            if damage:
                cell = f"{get_column_letter(column + 1)}{row + 1}"
                raise MrrError(f"{where}: cell {cell} {damage}; open the file in Excel, correct the cell and save it")
            seen.add((row, column))
            if text := _unread(element):
                yield (row, column), text


def _unread(cell: Any) -> str | None:
    """What a cell without a value holds; a formula's value may be an empty text, which is one."""
    kind, value = cell.get("t"), cell.find("{*}v")
    text = "" if value is None else "".join(value.xpath("text()")).strip()
    if kind == "e":
        return text if text in cell_errors.TEXTS else cell_errors.UNKNOWN.text
    if cell.find("{*}f") is None:
        return None
    has_text = value is not None if kind == "str" else cell.find("{*}is/{*}*") is not None
    return None if text or has_text else cell_errors.NOT_COMPUTED


def _damage(cell: Any) -> str | None:
    """What is wrong with a cell of which python-calamine would make a blank or another cell's text."""
    values = [element for element in cell.iterchildren("{*}v", "{*}is")]
    if len(values) > 1:
        return "has two values"
    formula, value = cell.find("{*}f"), cell.find("{*}v")
    if value is None:
        return None
    text = "".join(value.xpath("string()")).strip()
    if cell.get("t") == "s" and not text.isdecimal() and (text or formula is None):
        return "does not say which text it holds"
    misplaced = formula is not None and formula.getprevious() is not None
    if text and (len(value) or misplaced or cell.get("t") == "inlineStr"):
        return "has a value that can't be read"
    return None


_TABLE, _OFFICE = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "office"))


def _in_ods(content: bytes, sheet: str) -> Iterator[tuple[tuple[int, int], str]]:
    for row, columns, cell in cells_of_ods(content, sheet):
        if (text := _of_ods(cell)) is not None:
            yield from (((row, column), text) for column in columns)


def cells_of_ods(content: bytes, sheet: str) -> Iterator[tuple[int, range, Any]]:
    """Row and columns, from 0, of a sheet's cells in an OpenDocument file, and the element of each.

    Of rows that are repeated, the first; of a cell that is repeated beside itself, the first places.
    """
    for table in _root(content).iter(f"{_TABLE}table"):
        if table.get(f"{_TABLE}name") == sheet:
            yield from _of_table(table)
            return


def _of_table(table: Any) -> Iterator[tuple[int, range, Any]]:
    row = 0
    for line in table.iter(f"{_TABLE}table-row"):
        column = 0
        for cell in line.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            times = int(cell.get(f"{_TABLE}number-columns-repeated") or 1)
            yield row, range(column, column + min(times, _REPEATED)), cell
            column += times
        row += int(line.get(f"{_TABLE}number-rows-repeated") or 1)


def _of_ods(cell: Any) -> str | None:
    kinds = [value for key, value in cell.attrib.items() if key.endswith("}value-type")]
    if "error" in kinds:
        text = "".join(cell.itertext()).strip()
        return text if text in cell_errors.TEXTS else cell_errors.UNKNOWN.text
    is_formula = cell.get(f"{_TABLE}formula") is not None
    return cell_errors.NOT_COMPUTED if is_formula and not kinds and not len(cell) else None
