"""Which header a name means: as it stands, else however it is spelled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from mrr_xl.errors import MrrError, shown
from mrr_xl.sources.headers import plain

#: What is blank at the ends of a name: every space, and what has no width at all.
BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\xad\u061c\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2061\u2062"
    "\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u3000\ufeff"
)
#: Between letters these part words; elsewhere a hyphen is a sign, as in Zone -.
_HYPHENS = "-‐‑‒–—−"
_SIGNS = "%#&@*!?"
_WITHIN = re.compile(rf"(?<=\w)[{_HYPHENS}](?=\w)")


def refuse_half_characters(text: str, where: str) -> None:
    """Raises MrrError for a text that no file and no frame can hold; where: where it stands, as cell() says it.

    A lone half of a pair is what is left of a character that was cut in two, or a byte that is not UTF-8.

    >>> refuse_half_characters("A\\ud83d", "row 2, column customer")
    Traceback (most recent call last):
    ...
    mrr_xl.errors.MrrError: row 2, column customer: 'A\\ud83d' holds half of a character; write it again
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise MrrError(f"{where}: {shown(text)} holds half of a character; write it again") from None


def header_named(name: str, headers: Sequence[str]) -> str | None:
    """The header that a name means; None if it means none of them, or may mean several.

    >>> header_named("plan_name", ["Plan", "Plan name"]), header_named("zone", ["Zone +", "Zone -"])
    ('Plan name', None)
    >>> header_named("Регион", ["План", "Регион"]), header_named("amount", ["Amount ($)"])
    ('Регион', 'Amount ($)')
    """
    for alike in (str, _as_it_stands, spelled):
        found = [header for header in headers if alike(name) and alike(header) == alike(name)]
        if found:
            return found[0]
    by_letters = [header for header in headers if is_named(header, name)]
    return by_letters[0] if len(by_letters) == 1 else None


def paired(headers: Sequence[str], others: Sequence[str]) -> dict[str, str]:
    """The other headers that mean one of these each, in the way that says most of what both have.

    >>> paired(["Zone -", "Zone +", "Plan (old)"], ["zone_+", "Zone -", "plan old"])
    {'Zone -': 'Zone -', 'zone_+': 'Zone +', 'plan old': 'Plan (old)'}
    """
    pairs: dict[str, str] = {}
    for alike in (str, _as_it_stands, spelled):
        ours: dict[str, str] = {}
        for header in headers:
            if header not in pairs.values() and alike(header):
                ours.setdefault(alike(header), header)
        for other in others:
            if other not in pairs and alike(other) in ours:
                pairs[other] = ours.pop(alike(other))
    left = [header for header in headers if header not in pairs.values()]
    others = [other for other in others if other not in pairs]
    for other in others:
        found = [header for header in left if is_named(header, other)]
        if len(found) == 1 and sum(is_named(found[0], one) for one in others) == 1:
            pairs[other] = found[0]
    return pairs


def by_plain(headers: Sequence[str]) -> dict[str, str]:
    """Each header by its Latin letters and digits, if these are all it has; the first one of those that are alike.

    >>> by_plain(["Date", "Дата date", "customer-id", "Customer ID"])
    {'date': 'Date', 'customerid': 'customer-id'}
    """
    named: dict[str, str] = {}
    for header in headers:
        if (name := plain(header)) and name == letters(header):
            named.setdefault(name, header)
    return named


def is_named(header: str, name: str) -> bool:
    """Whether a name can mean a header: by all its letters, and its signs unless one of both has none.

    >>> is_named("Trial End", "trial_end"), is_named("Discount %", "discount"), is_named("Zone +", "Zone -")
    (True, True, False)
    """
    if _as_it_stands(header) == _as_it_stands(name) != "" or spelled(header) == spelled(name) != "":
        return True
    return letters(header) == letters(name) != "" and letters(name) in (spelled(header), spelled(name))


def letters(header: str) -> str:
    """A header's letters and digits of every script, small, those of Latin without accents.

    >>> letters("Währung (€)"), letters("План_1"), letters("地域")
    ('wahrung', 'план1', '地域')
    """
    return "".join(letter for letter in _small(header) if letter.isalnum() or unicodedata.combining(letter))


def spelled(header: str) -> str:
    """The same with its signs; blanks, brackets and what else parts words do not matter.

    >>> spelled("Zone -"), spelled("Plan-Name"), spelled("Amount (€)")
    ('zone-', 'planname', 'amount€')
    """
    return "".join(
        "-" if letter in _HYPHENS else letter
        for letter in _WITHIN.sub("", _small(header))
        if letter.isalnum()
        or unicodedata.combining(letter)
        or letter in _HYPHENS
        or letter in _SIGNS
        or unicodedata.category(letter).startswith("S")
    )


def _as_it_stands(header: str) -> str:
    return unicodedata.normalize("NFC", header).strip().lower()


def _small(header: str) -> str:
    if header.isascii():
        return header.lower()
    return "".join(map(_without_accent, unicodedata.normalize("NFC", header.replace("ß", "ss")))).lower()


def _without_accent(letter: str) -> str:
    """A Latin letter without its accent; of other scripts a mark makes another letter: か is not が."""
    plain = unicodedata.normalize("NFKD", letter)
    return "".join(part for part in plain if not unicodedata.combining(part)) if plain[:1].isascii() else letter
