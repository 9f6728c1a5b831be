"""File names made from names in the data: safe on every system, and never the same for two of them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff]')
#: Windows keeps these for devices, whatever ending follows.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
#: In bytes; systems allow 255, and the file is first written under a longer name.
LONGEST = 230


def file_names(wanted: Mapping[str, str], room: int = LONGEST) -> dict[str, str]:
    """A safe file name for each key of `wanted`; names that would be the same get a mark made from their key.

    The mark depends on nothing but the key, so that the same value has the same file every month. Names that differ
    only in case count as the same. room: how many bytes a name may have.

    >>> file_names({"a": "Acme/EU", "b": "con", "c": "Zoë GmbH. "})
    {'a': 'Acme_EU', 'b': 'con_', 'c': 'Zoë GmbH'}
    >>> file_names({"Acme": "Acme", "ACME": "ACME"})
    {'Acme': 'Acme ~37036c', 'ACME': 'ACME ~a8308e'}
    """
    names = {key: safe_name(name, room) for key, name in wanted.items()}
    for digits in (6, 12, 64):
        taken = Counter(map(_on_any_system, names.values()))
        for key, name in names.items():
            if taken[_on_any_system(name)] > 1:
                mark = f" ~{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:digits]}"
                names[key] = _cut(safe_name(wanted[key], room), room - len(mark)) + mark
    return names


def safe_name(name: str, room: int = LONGEST) -> str:
    """A file name that every system accepts.

    >>> safe_name("50% <off>?"), safe_name("..."), safe_name("NUL.de"), safe_name("~$lock"), safe_name("a" * 300, 10)
    ('50% _off__', '_', 'NUL_.de', '_$lock', 'aaaaaaaaaa')
    """
    visible = "".join(letter for letter in unicodedata.normalize("NFC", name) if unicodedata.category(letter) != "Cf")
    safe = _cut(_FORBIDDEN.sub("_", visible), room)
    if device := _DEVICES.match(safe):
        safe = f"{device[1]}_{safe[device.end(1) :]}"
    if safe.startswith((".", "~$")):  # hidden, or what Excel and LibreOffice call the mark of an open file
        safe = f"_{safe[1:]}"
    return safe or "_"


def _cut(name: str, room: int) -> str:
    """At most `room` bytes; a name can't begin with a space, nor end in a space or a dot."""
    return name.strip().encode("utf-8")[:room].decode("utf-8", "ignore").rstrip(" .")


def _on_any_system(name: str) -> str:
    return unicodedata.normalize("NFKC", name.upper().casefold())
