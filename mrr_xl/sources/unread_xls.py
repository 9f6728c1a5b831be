"""The error cells of a workbook of Excel 97 to 2003.

Sources: [MS-CFB] 2.2 to 2.6, the file as a folder of streams; [MS-XLS] 2.4.28 (BoundSheet8), 2.4.24 (BoolErr),
2.4.127 and 2.5.133 (Formula and its value), 2.5.10 (errors).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from mrr_xl import cell_errors

_BOUND_SHEET, _FORMULA, _ERROR, _BEGIN, _END = 0x85, 0x06, 0x205, 0x809, 0x0A
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_NO_SECTOR = 0xFFFFFFFA  #: numbers from here on are no sector's


def unread_in_xls(content: bytes, number: int) -> dict[tuple[int, int], str]:
    """Row and column, from 0, of the error cells of the sheet with this number, from 0."""
    try:
        stream = _workbook(content)
        sheets = [struct.unpack_from("<I", data)[0] for kind, data in _records(stream, 0) if kind == _BOUND_SHEET]
        return dict(_errors(stream, sheets[number])) if number < len(sheets) else {}
    except (struct.error, IndexError):
        return {}  # what python-calamine reads all the same


def _errors(stream: bytes, start: int) -> Iterator[tuple[tuple[int, int], str]]:
    for kind, data in _records(stream, start):
        code = None
        if kind == _ERROR and data[7]:
            code = data[6]
        elif kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
            code = data[8]
        if code is not None:
            row, column = struct.unpack_from("<HH", data)
            yield (row, column), ERRORS.get(code, cell_errors.UNKNOWN.text)


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of a part of the workbook, without those of the charts in it."""
    place, depth = start, 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        place += 4
        depth += (kind == _BEGIN) - (kind == _END)
        if depth == 1:
            yield kind, stream[place : place + length]
        elif depth <= 0:
            return
        place += length


def _workbook(content: bytes) -> bytes:
    """The stream Workbook of a file."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    first, cutoff, first_mini = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
    sectors = list(struct.unpack_from("<109I", content, 76))
    more, count = struct.unpack_from("<II", content, 68)
    for _ in range(min(count, len(content) // size)):
        numbers = struct.unpack_from(f"<{size // 4}I", content, (more + 1) * size)
        sectors += numbers[:-1]
        more = numbers[-1]
    table: list[int] = []
    for sector in sectors:
        if sector < _NO_SECTOR:
            table += struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)

    def stream(start: int) -> bytes:
        return b"".join(content[(sector + 1) * size : (sector + 2) * size] for sector in _chain(table, start))

    entries = stream(first)
    small: tuple[bytes, list[int]] = b"", []
    for at in range(0, len(entries) - 127, 128):
        name = entries[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
        start, length = struct.unpack_from("<II", entries, at + 116)
        if entries[at + 66] == 5:  # the root, which holds the small streams
            minis = stream(first_mini)
            small = stream(start), list(struct.unpack_from(f"<{len(minis) // 4}I", minis))
        elif name == "Workbook" and length < cutoff:
            return b"".join(small[0][sector * 64 : sector * 64 + 64] for sector in _chain(small[1], start))[:length]
        elif name == "Workbook":
            return stream(start)[:length]
    return b""


def _chain(table: list[int], start: int) -> Iterator[int]:
    """The sectors of a stream, one after another; never more than there are."""
    for _ in range(len(table)):
        if start >= len(table):
            return
        yield start
        start = table[start]
