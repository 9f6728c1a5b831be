"""The binary files of Office 97 to 2003 from inside: a file as a folder of streams.

Source: [MS-CFB] 2.2 (header), 2.3 (FAT), 2.4 (mini FAT), 2.5 (DIFAT), 2.6 (directory).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_RESERVED, _END = 0xFFFFFFFA, 0xFFFFFFFE  #: numbers from the first on are no sector's; the end of a chain
_SIZES = (512, 4096)
WORKBOOK = ("Workbook", "Book")  #: the names of a workbook's stream, from Excel 97 on and before
_SMALL = 64  #: bytes of a sector of a small stream


@dataclass
class Compound:
    """A file's sectors and their chains; streams: by name, the first sector and the length."""

    content: bytes
    size: int
    cutoff: int = 0  #: shorter streams lie in the small sectors
    table: list[int] = field(default_factory=list)
    small_table: list[int] = field(default_factory=list)
    small: bytes = b""
    streams: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def sectors(self) -> int:
        return -(-len(self.content) // self.size) - 1

    def sector(self, number: int) -> bytes:
        if number >= self.sectors:
            raise ValueError("a sector behind the end")
        return self.content[(number + 1) * self.size : (number + 2) * self.size]

    def chained(self, start: int) -> bytes:
        return b"".join(map(self.sector, _chain(self.table, start)))

    def stream(self, name: str) -> bytes:
        """A stream's bytes; none where there is no such stream."""
        if name not in self.streams:
            return b""
        start, length = self.streams[name]
        if length > len(self.content):
            raise ValueError("a stream longer than the file")
        if not length and not self.small_table:
            return b""  # a folder
        if length >= self.cutoff:
            return self.chained(start)[:length]
        pieces = (self.small[number * _SMALL : (number + 1) * _SMALL] for number in _chain(self.small_table, start))
        return b"".join(pieces)[:length]


def refuse_endless(content: bytes) -> None:
    """ValueError, struct.error or IndexError for a file whose workbook can't be read in bounded time and memory.

    A chain of sectors that leads back into itself has no end, and a length beyond the file's asks for any amount of
    memory: python-calamine follows both.
    """
    if content.startswith(SIGNATURE):
        compound = read_compound(content)
        has_macros = "dir" in compound.streams
        for name in compound.streams:
            if has_macros or name in WORKBOOK:
                compound.stream(name)


def read_compound(content: bytes) -> Compound:
    """A file's streams; ValueError, struct.error or IndexError for one that is damaged."""
    (shift,) = struct.unpack_from("<H", content, 30)
    compound = Compound(content, 1 << min(shift, 16), *struct.unpack_from("<I", content, 56))
    if compound.size not in _SIZES:
        raise ValueError("the size of its sectors")
    directory_sectors, _, first = struct.unpack_from("<3I", content, 40)
    first_small, small_sectors, more = struct.unpack_from("<3I", content, 60)
    if max(directory_sectors, small_sectors) > compound.sectors:
        raise ValueError("more sectors than there are")
    for number in [*struct.unpack_from("<109I", content, 76), *_further(compound, more)]:
        if number < _RESERVED:
            compound.table += _numbers(compound.sector(number))
    entries = compound.chained(first)
    if small_sectors:
        compound.small_table = _numbers(compound.chained(first_small))
    for at in range(0, len(entries) - 127, 128):
        start, length = struct.unpack_from("<II" if compound.size == 512 else "<IQ", entries, at + 116)
        if at == 0:
            compound.small = compound.chained(start)
        else:  # whatever kind it says it is, as python-calamine asks for the name alone
            name = entries[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
            compound.streams.setdefault(name, (start, length))
    return compound


def _further(compound: Compound, sector: int) -> list[int]:
    """The numbers of the sectors of the table that the header has no place for."""
    found: list[int] = []
    seen: set[int] = set()
    while sector < _RESERVED:
        if sector in seen:
            raise ValueError("a chain without an end")
        seen.add(sector)
        *numbers, sector = _numbers(compound.sector(sector))
        found += numbers
    return found


def _numbers(sector: bytes) -> list[int]:
    return list(struct.unpack_from(f"<{len(sector) // 4}I", sector))


def _chain(table: Sequence[int], start: int) -> list[int]:
    """The sectors of a stream, one after another."""
    found: list[int] = []
    while start != _END:
        if start >= len(table) or len(found) > len(table):
            raise ValueError("a chain without an end")
        found.append(start)
        start = table[start]
    return found
