"""The parts of an Excel file and how they are related.

Only parts that are changed are written anew; every other one keeps its bytes.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import zipfile
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from mrr_xl.errors import MrrError
from mrr_xl.sources.missing import no_file
from mrr_xl.xlsx.archive import read_archive, refuse_kind

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
WORKBOOK, CONTENT_TYPES = "xl/workbook.xml", "[Content_Types].xml"  #: where a workbook mostly is
_STRICT = "http://purl.oclc.org/ooxml/"
#: How to mend a file that another program left in a state that Excel repairs or reads in its own way.
MEND = "open the workbook in Excel, save it and fill again"
_NO_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
_PARSER = etree.XMLParser(resolve_entities=False, huge_tree=True, no_network=True)


@dataclass
class Package:
    """An .xlsx or .xlsm as its parts; the XML of a part stays parsed once it was asked for."""

    entries: list[zipfile.ZipInfo]
    parts: dict[str, bytes]
    digest: str = ""  #: the SHA-256 of the file that it was read from
    roots: dict[str, Any] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    #: part → relationship id → its type and the related part; what was read already
    relations: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)

    @cached_property
    def workbook(self) -> str:
        """The part that lists the sheets, mostly xl/workbook.xml."""
        return next(iter(targets(self, "", "/officeDocument").values()), "")

    def related(self, kind: str) -> str | None:
        """The part of a kind, such as styles, that the workbook has one of; None if it is not there."""
        return next((part for part in targets(self, self.workbook, f"/{kind}").values() if part in self.parts), None)

    def root(self, part: str, touch: bool = False) -> Any:
        """A part's XML; `touch` says that it is going to change. Raises MrrError if it can't be read."""
        if part not in self.roots:
            if part not in self.parts:
                raise MrrError(f"the workbook refers to {part or 'a part without a name'}, which is not in it; {MEND}")
            self.roots[part] = _parsed(part, self.parts[part])
        if touch:
            self.touched.add(part)
        return self.roots[part]

    def actual(self, part: str) -> str:
        """A part's name as the file spells it: upper and lower case make no difference."""
        if part in self.parts:
            return part
        for name in (part, unquote(part)):
            for other in self.parts:
                if other.lower() == name.lower():
                    return other
        return part

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
    """A workbook's file, or its bytes; raises MrrError."""
    name = "the workbook" if isinstance(source, bytes) else Path(source).name
    content = source if isinstance(source, bytes) else _file_bytes(source)
    entries, parts = read_archive(content, name)
    package = Package(entries, parts, hashlib.sha256(content).hexdigest())
    if package.actual(CONTENT_TYPES) not in parts or package.workbook not in parts:
        raise refuse_kind(parts, name)
    root = package.root(package.workbook)
    if etree.QName(root).namespace and etree.QName(root).namespace.startswith(_STRICT):
        raise MrrError(
            f"{name} is saved as Strict Open XML, which can't be filled; open it in Excel and save it as Excel "
            "Workbook (.xlsx)"
        )
    if root.tag != f"{MAIN}workbook":
        raise refuse_kind(parts, name)
    return package


def _parsed(part: str, content: bytes) -> Any:
    """A part's XML. A document type, which could define entities, is refused: ECMA-376 part 2, 9.1.7 (no DTD)."""
    text = content
    if b"\0" in content[:4]:  # UTF-16
        text = content.decode("utf-16", "ignore").encode()
    if b"<!DOCTYPE" in text:
        raise MrrError(f"{part} has a document type (DTD), which no part of a workbook may have; {MEND}")
    try:
        return etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        raise MrrError(f"{part} can't be read ({error.msg}); {MEND}") from None


def _file_bytes(path: str | os.PathLike[str]) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise no_file(path) from None
    except OSError as error:
        raise MrrError(f"{path!s} can't be read ({error.strerror})") from None


def add_part(package: Package, part: str, content: bytes, content_type: str, kind: str, of: str | None = None) -> None:
    """A new part, with its content type and the relationship to it of the workbook, or of the part `of`.

    of: "" is the file itself.
    """
    of = package.workbook if of is None else of
    _add(package, part, content)
    types = package.root(package.actual(CONTENT_TYPES), touch=True)
    name = f"{{{etree.QName(types).namespace}}}Override"
    etree.SubElement(types, name, PartName=f"/{part}", ContentType=content_type)
    relations_part = package.actual(relations_part_of(of))
    if relations_part not in package.parts:
        _add(package, relations_part, _NO_RELATIONS)
    relations = package.root(relations_part, touch=True)
    taken = {relation.get("Id") for relation in relations}
    free = next(f"rId{number}" for number in range(1, len(taken) + 2) if f"rId{number}" not in taken)
    name = f"{{{etree.QName(relations).namespace}}}Relationship"
    target = posixpath.relpath(part, posixpath.dirname(of) or ".")
    etree.SubElement(relations, name, Id=free, Type=kind, Target=target)
    package.relations.pop(of, None)


def _add(package: Package, part: str, content: bytes) -> None:
    package.entries.append(zipfile.ZipInfo(part, package.entries[0].date_time))
    package.entries[-1].compress_type = zipfile.ZIP_DEFLATED
    package.parts[part] = content


def remove_part(package: Package, part: str) -> None:
    """Take a part that the workbook is related to out of the file, if it is there."""
    if part not in package.parts:
        return
    drop_part(package, part)
    for key, target in targets(package, package.workbook).items():
        if target == part:
            remove_relation(package, package.workbook, key)


def drop_part(package: Package, part: str) -> None:
    """Take a part and its content type out of the file; what refers to it is the caller's to remove."""
    package.entries[:] = [entry for entry in package.entries if entry.filename != part]
    package.parts.pop(part, None)
    package.roots.pop(part, None)
    package.touched.discard(part)
    for content_type in list(package.root(package.actual(CONTENT_TYPES))):
        if (content_type.get("PartName") or "").lower() == f"/{part}".lower():
            package.touched.add(package.actual(CONTENT_TYPES))
            content_type.getparent().remove(content_type)


def remove_relation(package: Package, part: str, key: str) -> None:
    """Remove the relationship of a part that has this id."""
    for relation in list(package.root(package.actual(relations_part_of(part)), touch=True)):
        if relation.get("Id") == key:
            relation.getparent().remove(relation)
    package.relations.pop(part, None)


def targets(package: Package, part: str, kind: str = "") -> dict[str, str]:
    """The parts that a part is related to, by the relationship's id.

    part: "" is the file itself. kind: only relationships whose type ends so.
    """
    if part not in package.relations:
        package.relations[part] = _relations(package, part)
    return {key: target for key, (type_, target) in package.relations[part].items() if type_.endswith(kind)}


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    relations_part = package.actual(relations_part_of(part))
    if relations_part not in package.parts:
        return {}
    relations = {}
    for relation in package.root(relations_part).iter("{*}Relationship"):
        target = relation.get("Target") or ""
        if relation.get("TargetMode") == "External":
            continue
        inside = posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
        related = posixpath.normpath(target).lstrip("/") if target.startswith("/") else inside
        relations[relation.get("Id") or ""] = (relation.get("Type") or "", package.actual(related))
    return relations


def relation_ids(package: Package, part: str) -> list[str]:
    """The ids of all relationships of a part, those that lead out of the file, too."""
    relations = package.actual(relations_part_of(part))
    if relations not in package.parts:
        return []
    return [relation.get("Id") or "" for relation in package.root(relations).iter("{*}Relationship")]


def relations_part_of(part: str) -> str:
    """The part that holds a part's relationships, if it has any."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
