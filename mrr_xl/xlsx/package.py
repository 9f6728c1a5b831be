"""The inside of an Excel file: its parts, its tables, and single cells changed in place.

Only the parts that are written to change; every other one comes through byte for byte.
"""

from __future__ import annotations

import os
import posixpath
import zipfile
from copy import copy
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

from mrr_xl.errors import MrrError

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_NO_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
_PARSER = etree.XMLParser(resolve_entities=False, huge_tree=True, no_network=True)


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


def add_part(
    package: Package, part: str, content: bytes, content_type: str, kind: str, of: str = "xl/workbook.xml"
) -> None:
    """A new part, with its content type and the relationship to it of the workbook, or of the part `of`.

    of: "" is the file itself.
    """
    _add(package, part, content)
    types = package.root("[Content_Types].xml", touch=True)
    name = f"{{{etree.QName(types).namespace}}}Override"
    etree.SubElement(types, name, PartName=f"/{part}", ContentType=content_type)
    if _relations(of) not in package.parts:
        _add(package, _relations(of), _NO_RELATIONS)
    relations = package.root(_relations(of), touch=True)
    taken = {relation.get("Id") for relation in relations}
    free = next(f"rId{number}" for number in range(1, len(taken) + 2) if f"rId{number}" not in taken)
    name = f"{{{etree.QName(relations).namespace}}}Relationship"
    target = posixpath.relpath(part, posixpath.dirname(of) or ".")
    etree.SubElement(relations, name, Id=free, Type=kind, Target=target)


def _add(package: Package, part: str, content: bytes) -> None:
    package.entries.append(zipfile.ZipInfo(part, package.entries[0].date_time))
    package.entries[-1].compress_type = zipfile.ZIP_DEFLATED
    package.parts[part] = content


def sheet_parts(package: Package) -> dict[str, str]:
    """Sheet name → the part that holds its cells."""
    related = targets(package, "xl/workbook.xml")
    sheets = package.root("xl/workbook.xml").find(f"{MAIN}sheets")
    found = {sheet.get("name"): related.get(sheet.get(f"{_REL}id"), "") for sheet in sheets}
    return {name: part for name, part in found.items() if part.startswith("xl/worksheets/")}


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
