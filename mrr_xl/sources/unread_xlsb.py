"""The error cells of a binary workbook (.xlsb), and how far its cells reach.

Source: [MS-XLSB] 2.1.4 (records), 2.4.304 (BrtBundleSh), 2.4.720 (BrtRowHdr), BrtBeginSheet, 2.4.308
(BrtCellError), 2.4.661 (BrtFmlaError), 2.5.9 (Cell), 2.5.97.2 (BErr).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from mrr_xl import cell_errors
from mrr_xl.sources.unread_xls import ERRORS

_ROW, _ERROR, _FORMULA_ERROR, _SHEET = 0, 3, 11, 156
BEGIN = b"\x81\x01"  #: how a sheet's part begins: BrtBeginSheet
_CELLS = range(1, 12)  #: blank, numbers, error, Boolean, texts, and formulas with each of them


def relation_of(book: bytes, sheet: str) -> str | None:
    """The id of the relation from the workbook's part to that of a sheet; None if there is no such sheet."""
    for kind, data in _records(book):
        if kind == _SHEET:
            relation, end = _text(data, 8)
            if _text(data, end)[0] == sheet:
                return relation
    return None


def unread_in_xlsb(content: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """Row and column, from 0, of the error cells of a sheet's part."""
    row = 0
    for kind, data in _records(content):
        if kind == _ROW and len(data) >= 4:
            row = struct.unpack_from("<I", data)[0]
        elif kind in (_ERROR, _FORMULA_ERROR) and len(data) >= 9:
            yield (row, struct.unpack_from("<I", data)[0]), ERRORS.get(data[8], cell_errors.UNKNOWN.text)


def extent(content: bytes) -> tuple[int, int, int]:
    """How many rows and columns a sheet's part reaches over, and how many cells it has."""
    row = rows = columns = cells = 0
    for kind, data in _records(content):
        if kind == _ROW and len(data) >= 4:
            row = struct.unpack_from("<I", data)[0]
        elif kind in _CELLS and len(data) >= 4:
            rows, columns = max(rows, row + 1), max(columns, struct.unpack_from("<I", data)[0] + 1)
            cells += 1
    return rows, columns, cells


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(content):
        kind, place = _number(content, place, 2)
        length, place = _number(content, place, 4)
        yield kind, content[place : place + length]
        place += length


def _number(content: bytes, place: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where it ends; the last byte has no eighth bit."""
    number = 0
    for shift in range(0, 7 * most, 7):
        byte = content[place] if place < len(content) else 0
        number, place = number | (byte & 0x7F) << shift, place + 1
        if not byte & 0x80:
            break
    return number, place


def _text(data: bytes, place: int) -> tuple[str, int]:
    """A text and where it ends: the number of its characters, and each in two bytes."""
    length = int.from_bytes(data[place : place + 4], "little")
    end = place + 4 + 2 * length
    return data[place + 4 : end].decode("utf-16-le", "replace"), end
