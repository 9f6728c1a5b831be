"""The customers in the data and in the template's rows, other names for them, and where a text names one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import narwhals.stable.v2 as nw
from openpyxl.utils.escape import unescape

from mrr_xl import cell_errors
from mrr_xl.ledger.frames import as_text, to_pandas
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.rollforward.parents import NOBODY
from mrr_xl.sources.columns import recognise
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

#: Letters of scripts that put no blanks around words: Thai to Burmese, Khmer, kana, Chinese, Korean.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[^\W{_UNSPACED}]+|\S")
STANDS_ALONE = re.compile(f"[{_UNSPACED}]")
_EMAIL = re.compile(r"\S+@\S+\.\w+")
_LETTER = re.compile(r"[^\W\d_]")
_ODD_BLANKS = re.compile(r"\s\s|[^\S ]")


class Named(NamedTuple):
    """Where a text names a customer: from a character to before another."""

    start: int
    end: int
    name: str


@dataclass
class People:
    """The customers by name, what else identifies them, and the pseudonyms that they are given."""

    customers: set[str]
    identifiers: set[str]  #: subscriptions and e-mail addresses
    given: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_case = {name.casefold(): name for name in self.customers}
        self.in_words = {_words(name) for name in self.customers | self.identifiers if " " in _words(name)}
        self.by_word = _by_word(self.customers)
        self.identified_by = _by_word(self.identifiers)

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
        return self.renamed([text])[0]

    def renamed(self, runs: Sequence[str]) -> list[str]:
        """A text that stands in several runs, each with a format of its own, with pseudonyms for customers' names.

        >>> People({"Ada Ltd"}, set()).renamed(["Ask A", "da", " Ltd about it"])
        ['Ask Customer 1', '', ' about it']
        """
        found = list(self.names_in("".join(runs)))
        if not found:
            return list(runs)
        out, begin = [], 0
        for run in runs:
            end, text, done = begin + len(run), "", 0
            for one in found:
                if begin <= one.start < end:
                    text += run[done : one.start - begin] + self.pseudonym(one.name)
                if one.start < end and begin < one.end:
                    done = min(one.end, end) - begin
            out.append(text + run[done:])
            begin = end
        return out

    def names_in(self, text: str) -> Iterator[Named]:
        """Where a text names customers: the text itself in upper or lower case, or whole words in it.

        >>> [one.name for one in People({"Will", "Cyd Corp"}, set()).names_in("CYD CORP will ask WILL of cyd corp")]
        ['Cyd Corp', 'Will', 'Cyd Corp']
        """
        plain = unescape(text).strip()
        name = plain if plain in self.customers else self.by_case.get(plain.casefold())
        if name is not None:
            yield Named(0, len(text), name)
        else:
            yield from _found(text, self.by_word)

    def named_in(self, text: str) -> str | None:
        """A customer or identifier that a text names, as the whole text or as whole words in it; None without one."""
        if not _LETTER.search(text):
            return None
        one = next(self.names_in(text), None) or next(_found(text, self.identified_by), None)
        return None if one is None or unescape(text).strip() in self.given.values() else one.name

    def includes(self, text: str) -> bool:
        """Whether a text is a customer's name or identifier, in any case if it is several words; no plain number is."""
        plain = unescape(text).strip()
        known = plain in self.customers or plain in self.identifiers or _words(plain) in self.in_words
        return known and bool(_LETTER.search(plain))


def people_of(workbook: Workbook, table: Table, ledger: Ledger) -> People:
    """The people in the data, and in the rows that a workbook's table holds before it is filled."""
    data, old = _people_in_data(ledger), _people_in_rows(workbook, table)
    return People(data.customers | old.customers, data.identifiers | old.identifiers)


def _people_in_data(ledger: Ledger) -> People:
    names = {name: set(_distinct(ledger, name)) for name in ("customer", "parent", "subscription") if ledger.has(name)}
    customers = names["customer"] | _parents(names.get("parent", set()))
    texts = [
        name
        for name, dtype in ledger.frame.collect_schema().items()
        if name.startswith(SOURCE) and dtype in (nw.String, nw.Categorical, nw.Object)
    ]
    emails = {value for name in texts for value in _distinct(ledger, name) if _EMAIL.fullmatch(value)}
    return People(customers, names.get("subscription", set()) | emails)


def _people_in_rows(workbook: Workbook, table: Table) -> People:
    _, *rows = workbook.rows(table) or [[]]
    roles = {header: role for role, header in recognise(table.columns).roles.items()}
    people = People(set(), set())
    for index, header in enumerate(table.columns):
        texts = {row[index].strip() for row in rows if isinstance(row[index], str) and row[index].strip()}
        if roles.get(header) == "customer":
            people.customers |= texts
        elif roles.get(header) == "parent":
            people.customers |= _parents(texts)
        elif roles.get(header) == "subscription":
            people.identifiers |= texts
        else:
            people.identifiers.update(filter(_EMAIL.fullmatch, texts))
    return people


def _parents(names: set[str]) -> set[str]:
    """What names someone in a column of parents."""
    return {name for name in names.difference(cell_errors.UNREAD) if name.lower() not in NOBODY}


def _distinct(ledger: Ledger, column: str) -> Iterable[str]:
    values = to_pandas(ledger.frame.select(as_text(nw.col(column))).unique())[column]
    return (value.strip() for value in values if isinstance(value, str) and value.strip())


def _by_word(names: Iterable[str]) -> dict[str, list[str]]:
    """Names by their first word, the longest first."""
    by_word: dict[str, list[str]] = {}
    for name in sorted(filter(_LETTER.search, names), key=len, reverse=True):
        first = _WORD.search(name)
        if first and not (len(name) == 1 and STANDS_ALONE.match(name)):
            by_word.setdefault(first[0].lower(), []).append(name)
    return by_word


def _found(text: str, by_word: dict[str, list[str]]) -> Iterator[Named]:
    """The names that are whole words in a text, from left to right, whatever blanks are between their words."""
    text, places = _with_single_blanks(text)
    done = 0
    for word in _WORD.finditer(text) if by_word else ():
        start = word.start()
        for name in by_word.get(word[0].lower(), ()) if start >= done else ():
            spelled = " ".join(name.split())
            end = start + len(spelled)
            if _is_spelled(text[start:end], spelled) and (STANDS_ALONE.match(name[-1]) or _ends_word(text, end)):
                yield Named(places[start], places[end - 1] + 1, name)
                done = end
                break


def _with_single_blanks(text: str) -> tuple[str, Sequence[int]]:
    """A text with one space for any number of any blanks, and where each of its characters stood."""
    if not _ODD_BLANKS.search(text):
        return text, range(len(text))
    kept = [at for at, letter in enumerate(text) if not (letter.isspace() and text[at - 1 : at].isspace())]
    return "".join(" " if text[at].isspace() else text[at] for at in kept), kept


def _is_spelled(text: str, name: str) -> bool:
    """Whether a text is a name: one of several words in any case, a single one as it is or in capitals (Will, will)."""
    return text in (name, name.upper()) or (" " in name and text.lower() == name.lower())


def _ends_word(text: str, end: int) -> bool:
    after = text[end : end + 1]
    return not re.match(r"\w", after) or STANDS_ALONE.match(after) is not None


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()
