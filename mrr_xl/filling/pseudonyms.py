"""The customers in the data, other names for them, and a last check that none of them is named in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw
from lxml import etree
from openpyxl.utils.escape import unescape

from mrr_xl.errors import MrrError, shown
from mrr_xl.ledger.frames import as_text, to_pandas
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.sources.columns import recognise
from mrr_xl.xlsx.package import Package
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

_WORD = re.compile(r"\w+|[^\w\s]")
_EMAIL = re.compile(r"\S+@\S+\.\w+")
_LETTER = re.compile(r"[^\W\d_]")
#: Parts that describe how a file is made, without any text of the user's.
_NO_USER_TEXT = re.compile(r"xl/styles\.xml|xl/theme/.*|xl/metadata\.xml|\[Content_Types\]\.xml|docProps/thumbnail.*")
#: Attributes that hold a position or a type; a customer may be called A1.
_POSITIONS = frozenset([
    "r", "ref", "sqref", "t", "s", "cm", "vm", "spans", "id", "uid", "Id", "Type", "type", "style", "operator",
    "orient", "lang", "typeface", "algn", "prst", "idx", "space", "activeCell", "topLeftCell", "pane", "tableStyle",
])  # fmt: skip
_FILTERS = ("filter", "customFilter", "inputCells")


@dataclass
class People:
    """The customers by name, what else identifies them, and the pseudonyms that they are given."""

    customers: set[str]
    identifiers: set[str]  #: subscriptions and e-mail addresses
    given: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_case = {name.casefold(): name for name in self.customers}
        self.by_word: dict[str, list[str]] = {}
        for name in sorted(filter(_LETTER.search, self.customers), key=len, reverse=True):
            if first := _WORD.search(name):
                self.by_word.setdefault(first[0], []).append(name)

    def pseudonym(self, name: str) -> str:
        """Customer 1, Customer 2 ...: always the same for the same name."""
        if name not in self.given:
            number = len(self.given) + 1
            while f"Customer {number}" in self.customers:
                number += len(self.customers)
            self.given[name] = f"Customer {number}"
        return self.given[name]

    def anonymous(self, text: str) -> str:
        """A text with pseudonyms for customers' names that are the whole text or whole words in it.

        >>> People({"Ada", "Ada Lovelace Ltd"}, set()).anonymous("Ada Lovelace Ltd and Ada: their lines; Adam stays")
        'Customer 1 and Customer 2: their lines; Adam stays'
        """
        plain = unescape(text).strip()
        name = plain if plain in self.customers else self.by_case.get(plain.casefold())
        if name is not None:
            return self.pseudonym(name)
        out, done = [], 0
        for word in _WORD.finditer(text):
            for name in self.by_word.get(word[0], ()) if word.start() >= done else ():
                end = word.start() + len(name)
                if text.startswith(name, word.start()) and not re.match(r"\w", text[end : end + 1]):
                    out += [text[done : word.start()], self.pseudonym(name)]
                    done = end
                    break
        return "".join([*out, text[done:]]) if out else text

    def includes(self, text: str) -> bool:
        """Whether a text is a customer's name or identifier; plain numbers are not."""
        plain = unescape(text).strip()
        return bool(_LETTER.search(plain)) and (plain in self.customers or plain in self.identifiers)


def people_of(workbook: Workbook, table: Table, ledger: Ledger) -> People:
    """The people in the data, and in the rows that a workbook's table holds before it is filled."""
    data, old = _people_in_data(ledger), _people_in_rows(workbook, table)
    return People(data.customers | old.customers, data.identifiers | old.identifiers)


def _people_in_data(ledger: Ledger) -> People:
    customers, subscriptions = (
        set(_distinct(ledger, name)) if ledger.has(name) else set() for name in ("customer", "subscription")
    )
    texts = [
        name
        for name, dtype in ledger.frame.collect_schema().items()
        if name.startswith(SOURCE) and dtype in (nw.String, nw.Categorical, nw.Object)
    ]
    emails = {value for name in texts for value in _distinct(ledger, name) if _EMAIL.fullmatch(value)}
    return People(customers, subscriptions | emails)


def _people_in_rows(workbook: Workbook, table: Table) -> People:
    _, *rows = workbook.rows(table) or [[]]
    roles = {header: role for role, header in recognise(table.columns).roles.items()}
    people = People(set(), set())
    for index, header in enumerate(table.columns):
        texts = {row[index].strip() for row in rows if isinstance(row[index], str) and row[index].strip()}
        if roles.get(header) == "customer":
            people.customers |= texts
        elif roles.get(header) == "subscription":
            people.identifiers |= texts
        else:
            people.identifiers.update(filter(_EMAIL.fullmatch, texts))
    return people


def _distinct(ledger: Ledger, column: str) -> Iterable[str]:
    values = to_pandas(ledger.frame.select(as_text(nw.col(column))).unique())[column]
    return (value.strip() for value in values if isinstance(value, str) and value.strip())


def refuse_people(package: Package, people: People) -> None:
    """Raise MrrError if a part of the file still names any of them."""
    for part in package.parts:
        if not part.endswith((".xml", ".rels", ".vml")) or _NO_USER_TEXT.fullmatch(part):
            continue
        try:
            root = package.root(part)
        except MrrError:
            root = _recovered(package.parts[part])
            if root is None:
                raise
        for text in _texts(root):
            if people.includes(text):
                raise MrrError(
                    f"{part} of the workbook still contains {shown(text.strip())}, which is in the data; "
                    "remove it from the template, or fill without values"
                )


def _recovered(content: bytes) -> Any:
    """What can be read of broken XML; None if that is nothing."""
    try:
        return etree.fromstring(content, etree.XMLParser(recover=True, resolve_entities=False))
    except etree.XMLSyntaxError:
        return None


def _texts(root: Any) -> Iterator[str]:
    for element in root.iter():
        for text in (element.text, element.tail):
            if text and not text.isspace():
                yield text
                yield from re.split(r'[",]', text) if '"' in text else ()
        for name, value in element.attrib.items() if isinstance(element.tag, str) else ():
            local = etree.QName(name).localname
            if local == "Target":
                yield value.removeprefix("mailto:").partition("?")[0]
            elif local not in _POSITIONS and (local != "val" or etree.QName(element).localname in _FILTERS):
                yield value
