"""The words in a workbook outside its cells, with pseudonyms for customers' names.

Chart titles and their copies of cells, text boxes, diagrams, comments, page headers, document properties, alternative
texts, prompts: wherever a part of XML has a text that a reader sees, and no formula, name or address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

from mrr_xl.errors import MrrError
from mrr_xl.filling.pseudonyms import People
from mrr_xl.xlsx.package import MAIN, Package

#: Parts that say how a file is made: no words of a user's.
_MECHANICS = re.compile(r"\[Content_Types\]\.xml|.*\.rels|xl/(styles|metadata|calcChain|workbook)\.xml|xl/theme/.*")
#: Elements whose texts stand together, in several runs with a format each.
PARAGRAPHS = frozenset(["p", "si", "is", "text", "div"])
#: Elements whose text is no words: formulas, places, the program that wrote the file.
_NO_WORDS = frozenset([
    "f", "formula", "formula1", "formula2", "definedName", "sqref", "ref", "Application", "AppVersion", "Template",
])  # fmt: skip
#: Attributes that a reader sees.
_SEEN = frozenset([
    "descr", "title", "alt", "tooltip", "display", "prompt", "promptTitle", "error", "errorTitle", "comment", "caption",
    "altText", "altTextSummary", "displayName", "author", "string", "dataCaption", "grandTotalCaption",
])  # fmt: skip
#: The codes in a page header: section, format, font, size, colour. ECMA-376 part 1, 18.3.1.39.
_CODE = re.compile(r'(&&|&"[^"]*"|&K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|&\d+|&[A-Za-z])')
_SECTION = re.compile("&[LCR]")
_LETTER = re.compile(r"[^\W\d_]")


class Run(NamedTuple):
    """A text of XML: what an element begins with, or what follows it (its tail)."""

    element: Any
    is_tail: bool

    @property
    def text(self) -> str:
        return (self.element.tail if self.is_tail else self.element.text) or ""

    def put(self, text: str) -> None:
        setattr(self.element, "tail" if self.is_tail else "text", text)


def rename_words(package: Package, people: People) -> None:
    """Rename customers in every text that a reader sees, but for those in cells; comments of XML are removed."""
    for part in list(package.parts):
        root = None if _MECHANICS.fullmatch(part) else _xml(package, part)
        if root is not None and any([_remove_remarks(root), _rename_in(root, people)]):
            package.touched.add(part)


def is_xml(content: bytes) -> bool:
    """Whether a part holds XML, whatever its name ends in."""
    return content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:1] == b"<"


def is_words(element: Any) -> bool:
    """Whether an element's text is for readers, and no formula or place."""
    local = etree.QName(element).localname
    return local not in _NO_WORDS and not local.startswith("Fmla")


def _xml(package: Package, part: str) -> Any:
    try:
        return package.root(part) if part in package.roots or is_xml(package.parts[part]) else None
    except MrrError:
        return None  # what can be read of it is looked at last


def _rename_in(root: Any, people: People) -> bool:
    renamed = False
    for texts in _texts(root):
        before = [run.text for run in texts]
        after = _header_renamed(before[0], people) if _is_header(texts[0].element) else people.renamed(before)
        if after != before:
            renamed = True
            for run, text in zip(texts, after):
                run.put(text)
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            text = people.anonymous(value) if _is_seen(element, name) else value
            if text != value:
                element.set(name, text)
                renamed = True
    return renamed


def _is_seen(element: Any, attribute: str) -> bool:
    name = etree.QName(attribute).localname
    return name in _SEEN or (name == "name" and etree.QName(element).localname == "cNvPr")


def _texts(root: Any) -> Iterator[list[Run]]:
    """The texts with words, each as its runs: those of a paragraph together, and every other one alone."""
    inside = set[Any]()
    for element in _outside_cells(root):
        if element in inside:
            continue
        if etree.QName(element).localname in PARAGRAPHS:
            inside.update(element.iter(etree.Element))
            runs = list(_runs(element))
        else:
            runs = [Run(element, False)] if is_words(element) else []
        runs = [run for run in runs if run.text and (not run.text.isspace() or _is_text(run))]
        if any(_LETTER.search(run.text) for run in runs):
            yield runs


def _runs(paragraph: Any) -> Iterator[Run]:
    """All texts of a paragraph in the order in which they are read."""
    for event, element in etree.iterwalk(paragraph, events=("start", "end")):
        if event == "start" and is_words(element):
            yield Run(element, False)
        elif event == "end" and element is not paragraph:
            yield Run(element, True)


def _outside_cells(root: Any) -> Iterator[Any]:
    """The elements of a part, without a sheet's cells and the texts of all cells, which are renamed as cells."""
    if root.tag == f"{MAIN}sst":
        return
    if root.tag != f"{MAIN}worksheet":
        yield from root.iter(etree.Element)
        return
    for child in root.iterchildren(etree.Element):
        if child.tag != f"{MAIN}sheetData":
            yield from child.iter(etree.Element)


def _is_text(run: Run) -> bool:
    return not run.is_tail and etree.QName(run.element).localname == "t"


def _is_header(element: Any) -> bool:
    return etree.QName(element).localname in {
        f"{page}{end}" for page in ("odd", "even", "first") for end in ("Header", "Footer")
    }


def _header_renamed(text: str, people: People) -> list[str]:
    """A page header, whose codes stay; && in it is an ampersand."""
    pieces = [piece for piece in _CODE.split(text) if piece]
    out: list[str] = []
    section: list[int] = []  # the pieces of words of a section
    for number, piece in enumerate([*pieces, "&L"]):
        if _SECTION.fullmatch(piece):
            words = [out[at].replace("&&", "&") for at in section]
            renamed = people.renamed(words)
            for at, before, after in zip(section, words, renamed):
                if after != before:
                    out[at] = after.replace("&", "&&")
            section = []
        elif piece == "&&" or not _CODE.fullmatch(piece):
            section.append(number)
        out.append(piece)
    return ["".join(out[:-1])]


def _remove_remarks(root: Any) -> bool:
    """Remove the comments of XML, which no program shows, those around the root, too, and instructions in it."""
    around = [*root.itersiblings(etree.Comment, preceding=True), *root.itersiblings(etree.Comment)]
    found = bool(around) or next(root.iter(etree.Comment, etree.PI), None) is not None
    if found:
        etree.strip_elements(root.getroottree(), etree.Comment, etree.PI, with_tail=False)
    return found
