"""What may still name somebody in a file for external readers: every part of it is looked through at last.

Parts of XML by their texts and attributes, archives within the file (embedded workbooks and documents) by their parts,
and all else by the texts that its bytes may be.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from lxml import etree

from mrr_xl.errors import MrrError, listed, shown
from mrr_xl.filling import stamp
from mrr_xl.filling.names_in_bytes import Spelled, named_in_bytes, spelled
from mrr_xl.filling.pseudonyms import People
from mrr_xl.filling.words import PARAGRAPHS, is_words, is_xml
from mrr_xl.xlsx.archive import read_archive
from mrr_xl.xlsx.package import MAIN, Package
from mrr_xl.xlsx.workbook import Workbook, text_of

#: Parts that describe how a file is made, without any text of the user's.
_NO_USER_TEXT = re.compile(r"(.*/)?theme/.*|xl/metadata\.xml|\[Content_Types\]\.xml|word/(styles|fontTable)\.xml")
_STYLES = re.compile(r"(.*/)?styles\.xml")
#: Parts of their own kinds that stay as they are; pictures that are drawn from bits can be seen.
_PICTURE = re.compile(r".*\.(png|jpe?g|gif|bmp|tiff?|svg|webp|ico)", re.IGNORECASE)
_KEPT = re.compile(r"xl/(embeddings|revisions|model|customData)/.*")
#: Attributes that hold a position or a type; a customer may be called A1.
_POSITIONS = frozenset([
    "r", "ref", "sqref", "t", "s", "cm", "vm", "spans", "id", "uid", "Id", "Type", "type", "style", "operator",
    "orient", "lang", "typeface", "algn", "prst", "idx", "space", "activeCell", "topLeftCell", "pane", "tableStyle",
    "Ignorable", "Requires",
])  # fmt: skip
_FILTERS = ("filter", "customFilter", "inputCells", "sheetName")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{64,}={0,2}\s*")
_LETTER = re.compile(r"[^\W\d_]")
_ARCHIVE = b"PK\x03\x04"
_DEEPEST = 3  #: archives within archives
_MOST = 5  #: so many places are listed


class Said(NamedTuple):
    """A text in a part. is_whole: it may not be a name; has_words: longer ones may not name anybody, either."""

    text: str
    is_whole: bool
    has_words: bool


def leftovers(package: Package, people: People) -> list[str]:
    """What to tell the sender of a file for external readers: names among other words, parts kept as they are.

    Raises MrrError where a text in the file is a customer's name or an identifier.
    """
    named = [*_cells(Workbook(package), people), *Search(people).in_parts(package.parts)]
    notes = []
    if named:
        places = listed(list(dict.fromkeys(named)), _MOST)
        notes.append(f"names from the data are left in {places}; look at them before you send the file")
    if kept := sorted(part for part, content in package.parts.items() if _is_kept(part, content)):
        notes.append(f"kept as in the template: {listed(kept, _MOST)}; look at what they hold before you send the file")
    return notes


def _is_kept(part: str, content: bytes) -> bool:
    return bool(_KEPT.fullmatch(part)) or not (is_xml(content) or not content or _PICTURE.fullmatch(part))


def _cells(workbook: Workbook, people: People) -> Iterator[str]:
    """Cells whose typed texts name somebody among other words."""
    strings = [people.named_in(text_of(item)) for item in workbook.shared_strings]
    for sheet, part in workbook.parts.items():
        for cell in workbook.package.root(part).iter(f"{MAIN}c"):
            name = None
            if cell.get("t") == "s":
                name = strings[int(cell.findtext(f"{MAIN}v") or 0)]
            elif cell.get("t") == "inlineStr":
                name = people.named_in(text_of(cell.find(f"{MAIN}is")))
            if name is not None:
                yield f"{sheet}!{cell.get('r')} ({shown(name)})"


@dataclass
class Search:
    """The search for people in the parts of a file, and in the archives within it."""

    people: People

    @cached_property
    def _spelled(self) -> dict[bytes, list[Spelled]]:
        return spelled(name for name in self.people.customers | self.people.identifiers if _LETTER.search(name))

    def in_parts(self, parts: dict[str, bytes], within: str = "", depth: int = 0) -> Iterator[str]:
        """The parts that name somebody among other words, and whom."""
        package = Package([], parts)
        for part, content in parts.items():
            where = f"{within}{part}"
            if name := self.people.named_in(unquote_plus(part)):
                yield f"the name of {where} ({shown(name)})"
            if _NO_USER_TEXT.fullmatch(part):
                continue
            if not is_xml(content):
                yield from self._in_bytes(where, content, depth)
            elif name := self._in_xml(where, _root(package, part, depth), depth):
                yield f"{where} ({shown(name)})"

    def _in_xml(self, where: str, root: Any, depth: int) -> str | None:
        found = None
        for said in () if root is None else _texts(root, where, depth):
            if said.is_whole and self.people.includes(said.text):
                raise MrrError(
                    f"{where} of the workbook still contains {shown(said.text.strip())}, which is in the data; "
                    "remove it from the template, or fill without values"
                )
            if found is None and said.has_words:
                found = self.people.named_in(said.text)
            if found is None and len(said.text) >= 64 and _BASE64.fullmatch(said.text):
                found = next(self._in_bytes(where, _decoded(said.text), depth), None)
        return found

    def _in_bytes(self, where: str, content: bytes, depth: int) -> Iterator[str]:
        """The same for a part of any other kind, which may have an archive in it (a document in an OLE object)."""
        begin = content.find(_ARCHIVE)
        if begin >= 0 and depth < _DEEPEST:
            try:
                _, parts = read_archive(content[begin:], where)
            except MrrError:
                parts = {}
            yield from self.in_parts(parts, f"{where}: ", depth + 1)
        if not _PICTURE.fullmatch(where) and (name := named_in_bytes(content, self._spelled)):
            yield f"{where} ({shown(name)})"


def _decoded(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()))
    except binascii.Error:
        return b""


def _root(package: Package, part: str, depth: int) -> Any:
    """A part's XML, or what can be read of it."""
    try:
        return package.root(part)
    except MrrError:
        root = _recovered(package.parts[part])
        if root is None and depth == 0:
            raise
        return root


def _recovered(content: bytes) -> Any:
    """What can be read of broken XML; None if that is nothing."""
    try:
        return etree.fromstring(content, etree.XMLParser(recover=True, resolve_entities=False))
    except etree.XMLSyntaxError:
        return None


def _texts(root: Any, part: str, depth: int) -> Iterator[Said]:
    """The texts of a part. Those in cells are looked at as cells; styles have names of their own, as fonts do."""
    styles, cells = bool(_STYLES.fullmatch(part)), depth == 0 and root.tag in (f"{MAIN}sst", f"{MAIN}worksheet")
    for element in root.iter():
        is_element = isinstance(element.tag, str)
        local = etree.QName(element).localname if is_element else ""
        if not styles:
            free = is_element and is_words(element) and not (cells and local in ("t", "v"))
            for text in (element.text, element.tail):
                if text and not text.isspace():
                    yield Said(text, True, free)
                    for literal in re.split(r'[",]', text) if '"' in text else ():
                        yield Said(literal, True, is_element)
            if local in PARAGRAPHS and len(element) > 1 and not cells:
                yield Said("".join(element.itertext()), True, True)
        for name, value in element.attrib.items() if is_element else ():
            yield from _attribute(element, local, etree.QName(name).localname, value, styles, depth)


def _attribute(element: Any, of: str, name: str, value: str, styles: bool, depth: int) -> Iterator[Said]:
    if name == "Target":
        outside = element.get("TargetMode") == "External"
        yield Said(value.removeprefix("mailto:").partition("?")[0], depth == 0, False)
        yield Said(unquote_plus(value), False, outside)
    elif styles:
        own = name == "name" and of in ("cellStyle", "tableStyle") and "builtinId" not in element.attrib
        yield Said(value, False, own or name == "formatCode")
    elif of == "property" and value.startswith(stamp.PREFIX):
        return
    elif name not in _POSITIONS and (name != "val" or of in _FILTERS):
        yield Said(value, depth == 0, True)
