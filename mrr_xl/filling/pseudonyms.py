"""Who is in the data, other names for them, and the last look that no one is left in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw
from lxml import etree

from mrr_xl.errors import MrrError, shown
from mrr_xl.ledger.frames import to_pandas
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.sources.columns import recognise
from mrr_xl.xlsx.contents import Contents
from mrr_xl.xlsx.package import Package
from mrr_xl.xlsx.tables import Table

_WORD = re.compile(r"\w+|[^\w\s]")
_ADDRESS = re.compile(r"\S+@\S+\.\w+")
_LETTER = re.compile(r"[^\W\d_]")
#: Parts that describe how a file is made, and hold no text of the user's.
_MADE_OF = re.compile(r"xl/styles\.xml|xl/theme/.*|xl/metadata\.xml|\[Content_Types\]\.xml|docProps/thumbnail.*")
#: Attributes that say where a thing stands and of which kind it is; a customer may be called A1.
_PLACES = frozenset(
    [
        "r",
        "ref",
        "sqref",
        "t",
        "s",
        "cm",
        "vm",
        "spans",
        "id",
        "uid",
        "Id",
        "Type",
        "type",
        "style",
        "operator",
        "orient",
        "lang",
        "typeface",
        "algn",
        "prst",
        "idx",
        "space",
        "activeCell",
        "topLeftCell",
        "pane",
        "tableStyle",
    ]
)
_FILTERS = ("filter", "customFilter", "inputCells")


@dataclass
class People:
    """The customers by name, what else tells who they are, and the names that they are given."""

    customers: set[str]
    others: set[str]
    given: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_case = {name.casefold(): name for name in self.customers}
        self.by_word: dict[str, list[str]] = {}
        for name in sorted(filter(_LETTER.search, self.customers), key=len, reverse=True):
            if first := _WORD.search(name):
                self.by_word.setdefault(first[0], []).append(name)

    def of(self, name: str) -> str:
        """Customer 1, Customer 2 ...: the same name always gets the same."""
        if name not in self.given:
            number = len(self.given) + 1
            while f"Customer {number}" in self.customers:
                number += len(self.customers)
            self.given[name] = f"Customer {number}"
        return self.given[name]

    def hidden(self, text: str) -> str:
        """A text without customers' names, where they are all of it or whole words in it.

        >>> People({"Ada", "Ada Lovelace Ltd"}, set()).hidden("Ada Lovelace Ltd and Ada: their lines; Adam stays")
        'Customer 1 and Customer 2: their lines; Adam stays'
        """
        plain = text.strip()
        name = plain if plain in self.customers else self.by_case.get(plain.casefold())
        if name is not None:
            return self.of(name)
        out, done = [], 0
        for word in _WORD.finditer(text):
            for name in self.by_word.get(word[0], ()) if word.start() >= done else ():
                end = word.start() + len(name)
                if text.startswith(name, word.start()) and not re.match(r"\w", text[end : end + 1]):
                    out += [text[done : word.start()], self.of(name)]
                    done = end
                    break
        return "".join([*out, text[done:]]) if out else text

    def tells(self, text: str) -> bool:
        """Whether a text is one of them; plain numbers are not."""
        plain = text.strip()
        return bool(_LETTER.search(plain)) and (plain in self.customers or plain in self.others)


def people_of(package: Package, table: Table, ledger: Ledger) -> People:
    """The people in the data, and in the rows that a workbook's table held before."""
    names = [name for name in ("customer", "subscription") if ledger.has(name)]
    customers, subscriptions = (
        set(_distinct(ledger, name)) if name in names else set() for name in ("customer", "subscription")
    )
    addresses: set[str] = set()
    for name, dtype in ledger.frame.collect_schema().items():
        if name.startswith("col:") and dtype in (nw.String, nw.Categorical, nw.Object):
            addresses.update(value for value in _distinct(ledger, name) if _ADDRESS.fullmatch(value))
    _, *rows = Contents(package).rows(table) or [[]]
    roles = {header: role for role, header in recognise(table.columns).roles.items()}
    for place, header in enumerate(table.columns):
        old = {str(row[place]).strip() for row in rows if isinstance(row[place], str) and row[place].strip()}
        if roles.get(header) == "customer":
            customers |= old
        elif roles.get(header) == "subscription":
            subscriptions |= old
        else:
            addresses.update(filter(_ADDRESS.fullmatch, old))
    return People(customers, subscriptions | addresses)


def _distinct(ledger: Ledger, column: str) -> Iterable[str]:
    values = to_pandas(ledger.frame.select(nw.col(column).cast(nw.String)).unique())[column]
    return (value.strip() for value in values if isinstance(value, str) and value.strip())


def refuse_people(package: Package, people: People) -> None:
    """Raise MrrError if a part of the file still names one of them."""
    for part in package.parts:
        if not part.endswith((".xml", ".rels", ".vml")) or _MADE_OF.fullmatch(part):
            continue
        try:
            root = package.root(part)
        except etree.XMLSyntaxError:
            root = etree.fromstring(package.parts[part], etree.XMLParser(recover=True, resolve_entities=False))
        for text in _texts(root) if root is not None else ():
            if people.tells(text):
                raise MrrError(
                    f"{part} of the workbook still holds {shown(text.strip())}, which is in the data; "
                    "take it out of the template, or fill without values"
                )


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
            elif local not in _PLACES and (local != "val" or etree.QName(element).localname in _FILTERS):
                yield value
