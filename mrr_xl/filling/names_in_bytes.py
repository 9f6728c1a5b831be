"""Names in parts of a file that are no XML: printers' settings, OLE objects, macros, pictures drawn from lines.

Their texts are in 8 bits, UTF-8 or UTF-16 (little endian), anywhere in the bytes. What is compressed is not found.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from mrr_xl.filling.pseudonyms import STANDS_ALONE

_LEAST = 4  #: bytes; shorter names are found anywhere by chance


class Spelled(NamedTuple):
    """A name as bytes, and how many make a letter of the Latin alphabet."""

    name: str
    content: bytes
    width: int


def spelled(names: Iterable[str]) -> dict[bytes, list[Spelled]]:
    """All ways of writing names as bytes, by their first four."""
    by_start: dict[bytes, list[Spelled]] = {}
    for name in sorted(names):
        for encoding, width in (("utf-16-le", 2), ("utf-8", 1), ("cp1252", 1)):
            try:
                content = name.encode(encoding)
            except UnicodeEncodeError:
                continue
            if len(content) >= _LEAST:
                by_start.setdefault(content[:_LEAST], []).append(Spelled(name, content, width))
    return by_start


def named_in_bytes(content: bytes, names: dict[bytes, list[Spelled]]) -> str | None:
    """The first name that is written in bytes, as whole words.

    >>> names = spelled(["Ada Ltd", "Bob"])
    >>> named_in_bytes("Adam Ltd; Ada Ltd".encode("utf-16-le"), names), named_in_bytes(b"Ada Ltda", names)
    ('Ada Ltd', None)
    """
    starts = np.array([int.from_bytes(start, "little") for start in names], dtype="<u4")
    places: list[int] = []
    for offset in range(min(_LEAST, max(len(content) - _LEAST + 1, 0))):
        numbers = np.frombuffer(content, "<u4", count=(len(content) - offset) // _LEAST, offset=offset)
        places += (np.flatnonzero(np.isin(numbers, starts)) * _LEAST + offset).tolist()
    for place in sorted(places):
        for one in names[content[place : place + _LEAST]]:
            if content.startswith(one.content, place) and _is_whole(content, place, one):
                return one.name
    return None


def _is_whole(content: bytes, place: int, one: Spelled) -> bool:
    """Whether no letter or digit of ASCII stands around a name; Chinese, say, has no blanks around words."""
    end = place + len(one.content)
    before, after = content[max(place - one.width, 0) : place], content[end : end + one.width]
    around = [letter for letter, own in ((before, one.name[0]), (after, one.name[-1])) if not STANDS_ALONE.match(own)]
    return not any(letter[:1].isalnum() and not any(letter[1:]) for letter in around)
