"""The error cells of a workbook of Excel 97 to 2003, and whether its sheets are larger than any.

Source: [MS-XLS] 2.4.28 (BoundSheet8), 2.4.90 (Dimensions), 2.4.175 (MulRk), 2.4.24 (BoolErr),
2.4.127 and 2.5.133 (Formula and its value), 2.5.10 (errors).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import chain

from mrr_xl import cell_errors
from mrr_xl.sources.compound_file import WORKBOOK, read_compound

_SHEET, _FORMULA, _ERROR, _BEGIN, _END, _DIMENSIONS, _SEVERAL = 0x85, 0x06, 0x205, 0x809, 0x0A, 0x200, 0xBD
#: Records that begin with a row and a column, in two bytes each: numbers, texts, formulas, Boolean values and errors.
_CELLS = frozenset([_FORMULA, 0x406, 0x206, _SEVERAL, 0xD6, 0xFD, 0x203, 0x204, _ERROR, 0x27E])
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def refuse_huge(content: bytes) -> None:
    """ValueError for a sheet that is said to be larger than any: python-calamine asks for memory for all of it.

    Rows are up to 65,536 and columns up to 256, in what a sheet says of itself and in its cells; it is read from where
    the workbook says that it begins.
    """
    compound = read_compound(content)
    for stream in map(compound.stream, WORKBOOK):
        begins = {0, *(struct.unpack_from("<I", data)[0] for kind, data in _all_records(stream, 0) if kind == _SHEET)}
        for kind, data in chain(*(_all_records(stream, begin) for begin in begins)):
            if kind == _DIMENSIONS and len(data) in (10, 14):
                first, last, left, right = struct.unpack_from("<4H" if len(data) == 10 else "<IIHH", data)
                if not (first <= last <= 65_536 and left <= right <= 256):
                    raise ValueError("a sheet larger than any")
            elif kind in _CELLS and len(data) >= 4 and (data[3] or (kind == _SEVERAL and data[-1])):
                raise ValueError("a column beyond the last one")


def unread_in_xls(content: bytes, number: int) -> dict[tuple[int, int], str]:
    """Row and column, from 0, of the error cells of the sheet with this number, from 0."""
    try:
        compound = read_compound(content)
        stream = next(filter(None, map(compound.stream, WORKBOOK)), b"")
        sheets = [struct.unpack_from("<I", data)[0] for kind, data in _records(stream, 0) if kind == _SHEET]
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
