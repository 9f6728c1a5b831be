"""The error cells of a workbook of Excel 97 to 2003.

Source: [MS-XLS] 2.4.28 (BoundSheet8), 2.4.24 (BoolErr), 2.4.127 and 2.5.133 (Formula and its value), 2.5.10 (errors).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from mrr_xl import cell_errors
from mrr_xl.sources.compound_file import read_compound

_BOUND_SHEET, _FORMULA, _ERROR, _BEGIN, _END, _DIMENSIONS = 0x85, 0x06, 0x205, 0x809, 0x0A, 0x200
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def refuse_huge(content: bytes) -> None:
    """ValueError for a sheet that is said to be larger than any: python-calamine asks for memory for all of it.

    [MS-XLS] 2.4.90 (Dimensions): rows up to 65,536 and columns up to 256.
    """
    for kind, data in _all_records(read_compound(content).stream("Workbook"), 0):
        if kind == _DIMENSIONS and len(data) >= 14:
            first, last, left, right = struct.unpack_from("<IIHH", data)
            if not (first <= last <= 65_536 and left <= right <= 256):
                raise ValueError("a sheet larger than any")


def unread_in_xls(content: bytes, number: int) -> dict[tuple[int, int], str]:
    """Row and column, from 0, of the error cells of the sheet with this number, from 0."""
    try:
        stream = read_compound(content).stream("Workbook")
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
    depth = 0
    for kind, data in _all_records(stream, start):
        depth += (kind == _BEGIN) - (kind == _END)
        if depth == 1:
            yield kind, data
        elif depth <= 0:
            return


def _all_records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place to the end of the stream."""
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        place += 4
        yield kind, stream[place : place + length]
        place += length
