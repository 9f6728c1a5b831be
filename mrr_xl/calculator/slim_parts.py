"""The parts of a package around its sheets' cells, as small as the engine needs them.

Part names and content types: ECMA-376 part 1, 12.3 and 15.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from mrr_xl.calculator.prepared import prepared
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

NAMESPACE = MAIN.strip("{}")
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_OTHER_BOOK = re.compile(r"\[\d+\]|#REF!")


def table_xml(workbook: Workbook, table: Table, number: int) -> bytes:
    root = workbook.package.root(table.part)
    kept = {key: root.get(key) for key in ("headerRowCount", "totalsRowCount") if root.get(key)}
    rows = "".join(f" {key}={quoteattr(value)}" for key, value in kept.items())
    columns = "".join(
        f"<tableColumn id={quoteattr(str(index))} name={quoteattr(column.get('name') or '')}/>"
        for index, column in enumerate(root.iter(f"{MAIN}tableColumn"), 1)
    )
    name = quoteattr(table.name)
    area = table.reference(table.bottom)
    return (
        f'<table xmlns="{NAMESPACE}" id="{number}" name={name} displayName={name} ref="{area}"{rows}>'
        f'<tableColumns count="{len(table.columns)}">{columns}</tableColumns></table>'
    ).encode()


def workbook_xml(workbook: Workbook) -> bytes:
    """Sheets, names and the rules of calculation; names that the engine can't compute are left out."""
    root = workbook.root
    old = [part for _, part in workbook.all_parts]
    new = {part: number for number, part in enumerate(workbook.parts.values())}
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="sheet{number}"/>'
        for number, name in enumerate(workbook.parts, 1)
    )
    names = []
    for defined in root.iter(f"{MAIN}definedName"):
        name, text, scope = defined.get("name") or "", defined.text or "", defined.get("localSheetId")
        odd = any(defined.get(key) in ("1", "true") for key in ("function", "vbProcedure", "xlm"))
        place = new.get(old[int(scope)]) if scope is not None and int(scope) < len(old) else None
        if name.startswith("_xlnm.") or odd or _OTHER_BOOK.search(text) or (scope is not None and place is None):
            continue
        local = "" if place is None else f' localSheetId="{place}"'
        text = escape(prepared(f"={text}").removeprefix("="))
        names.append(f"<definedName name={quoteattr(name)}{local}>{text}</definedName>")
    dates = root.find(f"{MAIN}workbookPr")
    system = ' date1904="1"' if dates is not None and dates.get("date1904") in ("1", "true") else ""
    calculation = root.find(f"{MAIN}calcPr")
    return "".join(
        [
            f'<workbook xmlns="{NAMESPACE}" xmlns:r="{OFFICE}"><workbookPr{system}/><sheets>{sheets}</sheets>',
            f"<definedNames>{''.join(names)}</definedNames>" if names else "",
            "" if calculation is None else etree.tostring(unprefixed(calculation), encoding="unicode"),
            "</workbook>",
        ]
    ).encode()


def relations(links: Mapping[str, tuple[str, str]]) -> bytes:
    each = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>' for key, (kind, target) in links.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}">{each}</Relationships>'.encode()


def content_types(types: Mapping[str, str]) -> str:
    each = "".join(
        f'<Override PartName="/{part}" ContentType="{_SPREADSHEET}.{kind}+xml"/>' for part, kind in types.items()
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{each}</Types>'
    )


def unprefixed(element: Any) -> Any:
    """An element without a prefix before its name, which the engine would not read; else the same element."""
    if element.prefix is None:
        return element
    bare = etree.Element(element.tag, dict(element.attrib), nsmap={None: NAMESPACE})
    bare.text = element.text
    bare.extend(deepcopy(child) for child in element)
    return bare
