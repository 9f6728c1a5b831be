"""Names that look alike and are not the same: other letters of another script, widths, signs without any width.

Source: Unicode Technical Standard #39, 4 (confusable detection), with its table in confusable_homoglyphs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

#: Fillers and selectors (Default_Ignorable_Code_Point of Unicode, https://www.unicode.org/reports/tr44/), but for those
#: that are formats; and what looks like a space, though it is a symbol or a letter.
_UNSEEN = frozenset(
    [
        *map(chr, range(0xFE00, 0xFE10)),
        *map(chr, range(0xE0100, 0xE01F0)),
        *"\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f",
    ]
)
_LIKE_A_SPACE = frozenset("\u2800\u3164\u115f\u1160\uffa0")


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
    visible = "".join(letter for letter in name if not _has_no_width(letter))
    return visible if odd is None else f"{visible} (with {unicodedata.name(odd, f'U+{ord(odd):04X}')})"


def looks_like(name: str) -> str:
    """What is the same for names that look alike; digits and letters of ASCII are only themselves."""
    if name.isascii() and name.isprintable():
        return " ".join(name.casefold().split())
    letters = "".join(map(_letter, unicodedata.normalize("NFC", name))).casefold()
    return " ".join("".join(map(_letter, letters)).split())


@cache
def _letter(letter: str) -> str:
    """The letter of ASCII that a letter looks like, if there is one."""
    if _has_no_width(letter):
        return ""
    if letter.isascii() or letter in _LIKE_A_SPACE:
        return " " if letter in _LIKE_A_SPACE else letter
    wide = unicodedata.normalize("NFKC", letter)
    if wide.isascii():
        return wide
    return next((other for other in _confusables().get(letter, ()) if other.isascii() and len(other) == 1), letter)


def _has_no_width(letter: str) -> bool:
    """Whether nothing is seen of a character: formats, controls, marks that only choose how a letter looks."""
    return letter in _UNSEEN or (unicodedata.category(letter) in ("Cc", "Cf") and letter not in "\t\n\v\f\r\x85")


@cache
def _confusables() -> dict[str, list[str]]:
    try:
        from confusable_homoglyphs.confusables import confusables_data
    except ImportError:  # a browser's Python, where no one has asked for it
        return {}
    return {letter: [other["c"] for other in others] for letter, others in confusables_data.items()}
