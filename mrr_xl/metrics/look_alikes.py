"""Names that look alike and are not the same: other letters of another script, widths, signs without any width.

Source: Unicode Technical Standard #39, 4 (confusable detection), with its table in confusable_homoglyphs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

from mrr_xl.sources.spelling import BLANKS


def look_alikes(names: Iterable[str]) -> list[list[str]]:
    """The names that look like another one, in groups.

    >>> look_alikes(["Acme", "ACME", "Bob", "\\u0410cme"]), look_alikes(["Acme l", "Acme 1", "M\\u00fcller", "Muller"])
    ([['ACME', 'Acme', '\u0410cme']], [])
    """
    groups: dict[str, list[str]] = {}
    for name in sorted(names):
        groups.setdefault(looks_like(name), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def described(name: str) -> str:
    """A name as a sentence has it, with the first of its characters that looks like another one.

    >>> described("\\u0410cme"), described("Acme")
    ('\u0410cme (with CYRILLIC CAPITAL LETTER A)', 'Acme')
    """
    odd = next((letter for letter in name if not letter.isascii() and _letter(letter) != letter), None)
    visible = "".join(letter for letter in name if letter not in BLANKS or letter.isspace())
    return visible if odd is None else f"{visible} (with {unicodedata.name(odd, f'U+{ord(odd):04X}')})"


def looks_like(name: str) -> str:
    """What is the same for names that look alike; digits and letters of ASCII are only themselves."""
    if name.isascii():
        return " ".join(name.casefold().split())
    letters = "".join(map(_letter, unicodedata.normalize("NFC", name))).casefold()
    return " ".join("".join(map(_letter, letters)).split())


@cache
def _letter(letter: str) -> str:
    """The letter of ASCII that a letter looks like, if there is one."""
    if letter.isascii() or (letter in BLANKS and not letter.isspace()):
        return letter if letter.isascii() else ""
    wide = unicodedata.normalize("NFKC", letter)
    if wide.isascii():
        return wide
    return next((other for other in _confusables().get(letter, ()) if other.isascii() and len(other) == 1), letter)


@cache
def _confusables() -> dict[str, list[str]]:
    try:
        from confusable_homoglyphs.confusables import confusables_data
    except ImportError:  # a browser's Python, where no one has asked for it
        return {}
    return {letter: [other["c"] for other in others] for letter, others in confusables_data.items()}
