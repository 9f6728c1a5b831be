"""A copy of a workbook with only what computing needs: cells, tables and names, and nothing that could stop the engine.

Part names and content types: ECMA-376 part 1, 12.3 and 15.2.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping
from copy import deepcopy
from io import BytesIO
from typing import Any

from lxml import etree
from openpyxl.utils.cell import range_boundaries

from mrr_xl import cell_errors
from mrr_xl.calculator.parsing import takes_arrays
from mrr_xl.calculator.prepared import prepared, spilling
from mrr_xl.calculator.slim_parts import (
    NAMESPACE,
    OFFICE,
    content_types,
    relations,
    table_xml,
    unprefixed,
    workbook_xml,
)
from mrr_xl.calculator.structured import with_ranges
from mrr_xl.calculator.texts import FormulaCell, Texts
from mrr_xl.xlsx.package import MAIN, WORKBOOK
from mrr_xl.xlsx.sheet import Formula, Sheet
from mrr_xl.xlsx.spills import METADATA
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

_SHARED = "xl/sharedStrings.xml"
_BIG = 16 * 2**20  #: bytes of a sheet from which on cells that nothing reads are left out
#: What a sheet's bytes hold if it may have a value that the engine refuses: an error, no text, a word for a logical.
_MARKS = (b't="e"', b"t='e'", b"v/>", b"v></", b">true<", b">false<", b"\0")
_ODD = etree.XPath("m:row/m:c[@t='e' or @t='b' or (@t='s' and not(string(m:v)))]", namespaces={"m": NAMESPACE})
_LOGICAL = {"true": "1", "false": "0"}
#: An error that the engine does not know, of those that Excel does.
_LACKS = "#TIMEOUT!"
MOST = 95 * 2**20  #: bytes of a sheet that the engine still takes


def slim_copy(
    workbook: Workbook,
    texts: Texts,
    constants: Collection[FormulaCell],
    anew: Collection[FormulaCell],
    unread: Callable[[Table, int], bool],
) -> bytes:
    """The bytes of the copy.

    constants: formulas that are the values they had. anew: of these, those whose other cells are blank, to make room
    for a new answer. unread: whether nothing reads a table's rows, asked for big sheets only, with their bytes.
    """
    parts: dict[str, bytes] = {}
    types = {WORKBOOK: "sheet.main", "xl/metadata.xml": "sheetMetadata"}
    links = {"metadata": ("sheetMetadata", "metadata.xml")}
    if shared := workbook.package.related("sharedStrings"):
        parts[_SHARED] = etree.tostring(_with_texts(unprefixed(workbook.package.root(shared))))
        types[_SHARED] = "sharedStrings"
        links["strings"] = ("sharedStrings", "sharedStrings.xml")
    arrays = {formula for formula in texts if not formula[1].area and takes_arrays(texts.like(formula))} - {*constants}
    known = {table.name.lower(): table for table in workbook.tables}
    names_table = re.compile(r"\[" + "".join(rf"|\b{re.escape(name)}\b" for name in known), re.IGNORECASE)
    of_tables = {formula for formula in texts if names_table.search(texts.like(formula))} - {*constants}
    read_otherwise = {formula for formula in texts if prepared(texts.like(formula)) != texts.like(formula)}
    own_texts: dict[str, dict[Formula, str]] = {}
    anchors = {formula for formula in texts if formula in texts.anchors} - {*constants}
    by_themselves = arrays | anchors | read_otherwise - {*constants}
    alone = texts.orphans({*constants, *by_themselves, *of_tables}) | {one: texts[one] for one in by_themselves}
    alone |= {formula: with_ranges(prepared(texts[formula]), formula[1].row, known) for formula in of_tables}
    for (name, at), text in alone.items():
        text = prepared(text).removeprefix("=")
        own_texts.setdefault(name, {})[at] = spilling(text) if (name, at) in anchors else text
    tables_done = 0
    for number, (name, sheet) in enumerate(workbook.sheets.items(), 1):
        tables = [table for table in workbook.tables if table.sheet == name]
        part = f"xl/worksheets/sheet{number}.xml"
        blank = {cell for owner, at in anew if owner == name and at.grows for cell in at.cells()[1:]}
        data = _cells(
            sheet,
            {at for owner, at in constants if owner == name},
            blank,
            own_texts.get(name, {}),
            {at for owner, at in arrays if owner == name},
        )

        if len(data) > _BIG:
            left_out = [table for table in tables if unread(table, len(data))]
            data = _without_rows(data, left_out) if left_out else data
        parts[part] = _sheet_xml(sheet, data, workbook, tables)
        types[part] = "worksheet"
        links[f"sheet{number}"] = ("worksheet", f"worksheets/sheet{number}.xml")
        own: dict[str, tuple[str, str]] = {}
        for table in tables:
            tables_done += 1
            part_of_table = f"xl/tables/table{tables_done}.xml"
            parts[part_of_table] = table_xml(workbook, table, tables_done)
            types[part_of_table] = "table"
            own[f"table{len(own) + 1}"] = ("table", f"../tables/table{tables_done}.xml")
        if own:
            parts[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = relations(own)
    parts[WORKBOOK] = workbook_xml(workbook)
    parts["xl/metadata.xml"] = METADATA
    parts["xl/_rels/workbook.xml.rels"] = relations(links)
    parts["_rels/.rels"] = relations({"book": ("officeDocument", WORKBOOK)})
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", content_types(types))
        for part, content in parts.items():
            archive.writestr(part, content)
    return out.getvalue()


def _cells(
    sheet: Sheet,
    constants: Collection[Formula],
    blank: Collection[tuple[int, int]],
    own_texts: Mapping[Formula, str],
    arrays: Collection[Formula],
) -> bytes:
    """The sheet's rows, with some formulas as the values they had, and others with texts of their own."""
    data = unprefixed(_copied(sheet))
    if any(mark in sheet.package.parts[sheet.part] for mark in _MARKS):
        _put_known(data)
    for at, element in zip(list(sheet.formulas()), list(data.iter(f"{MAIN}f"))):
        cell = element.getparent()
        for name in ("vm", "cm"):  # what they stand for is not in the copy
            cell.attrib.pop(name, None)
        if at in constants:
            cell.remove(element)
        elif at in own_texts:
            if not at.area:
                element.attrib.clear()
            element.text = own_texts[at]
            if at in arrays:
                element.set("t", "array")
                element.set("ref", cell.get("r") or "A1")
        if at.grows and at not in constants:
            cell.set("cm", "1")
    rows = {row for row, _ in blank}
    for row in data if blank else ():
        if int(row.get("r") or 0) in rows:
            for cell in row:
                column, line, *_ = range_boundaries(cell.get("r") or "A1")
                if (line, column) in blank:
                    cell.attrib.pop("t", None)
                    del cell[:]
    return bytes(etree.tostring(data))


def _copied(sheet: Sheet) -> Any:
    """The sheet's rows; those of a big one without the cells and rows that are formatted and blank."""
    if len(sheet.package.parts[sheet.part]) <= _BIG:
        return deepcopy(sheet.data)
    data = etree.Element(sheet.data.tag, nsmap=sheet.data.nsmap)
    for row in sheet.data.iterchildren(f"{MAIN}row"):
        cells = [cell for cell in row if len(cell)]
        if cells or row.get("hidden") in ("1", "true"):
            etree.SubElement(data, row.tag, row.attrib).extend(map(deepcopy, cells))
    return data


def _with_texts(strings: Any) -> Any:
    """Shared strings of which each has a text, if an empty one; the engine refuses what has none."""
    if all(next(item.iter(f"{MAIN}t"), None) is not None for item in strings.iter(f"{MAIN}si")):
        return strings
    strings = deepcopy(strings)
    for item in strings.iter(f"{MAIN}si"):
        if next(item.iter(f"{MAIN}t"), None) is None:
            etree.SubElement(item, f"{MAIN}t")
    return strings


def _put_known(data: Any) -> None:
    """Values that the engine refuses as those that it takes for the same."""
    for cell in _ODD(data):
        value = cell.find(f"{MAIN}v")
        kind, text = cell.get("t"), "" if value is None else value.text or ""
        if kind == "b" and value is not None:
            value.text = _LOGICAL.get(text, text)
        elif kind == "e" and value is not None and (text not in cell_errors.TEXTS or text == _LACKS):
            value.text = cell_errors.stored(text)
        elif value is None:  # a kind without a value
            cell.attrib.pop("t")
        elif kind == "s":
            cell.attrib.pop("t")
            cell[:] = [child for child in cell if child is not value]


def _without_rows(data: bytes, tables: Iterable[Table]) -> bytes:
    """The rows without the lines of tables."""
    root = etree.fromstring(data, etree.XMLParser(huge_tree=True))
    for row in root:
        for table in tables:
            if table.top < int(row.get("r") or 0) <= table.last_line:
                for cell in list(row):
                    left = range_boundaries(cell.get("r") or "A1")[0]
                    if table.left <= left <= table.right:
                        row.remove(cell)
    return bytes(etree.tostring(root))


def _sheet_xml(sheet: Sheet, data: bytes, workbook: Workbook, tables: Collection[Table]) -> bytes:
    """A sheet with what decides where arrays fit and which rows are filtered."""
    root = workbook.package.root(sheet.part)
    filters = [root.find(f"{MAIN}autoFilter")]
    # The engine knows the filter of a sheet, and not that of a table.
    filters += [workbook.package.root(table.part).find(f"{MAIN}autoFilter") for table in tables]
    filters = [one for one in filters if one is not None and len(one)]
    merged = root.find(f"{MAIN}mergeCells")
    after = [etree.tostring(unprefixed(one)) for one in [*filters[:1], *([] if merged is None else [merged])]]
    if tables:
        ids = "".join(f'<tablePart r:id="table{number}"/>' for number in range(1, len(tables) + 1))
        after.append(f'<tableParts count="{len(tables)}">{ids}</tableParts>'.encode())
    return b"".join([f'<worksheet xmlns="{NAMESPACE}" xmlns:r="{OFFICE}">'.encode(), data, *after, b"</worksheet>"])
