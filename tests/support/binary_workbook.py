"""Binary workbooks (.xlsb), written record by record: [MS-XLSB] 2.1.4."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyopenvba


def xlsb(path: Path, *lines: Sequence[object], more: Mapping[int, Iterable[tuple[int, object]]] | None = None) -> Path:
    """Excel's own blank binary workbook, of pyOpenVBA, with these lines; bytes are an error's code.

    more: rows further down, from 0, with cells by their columns.
    """
    rows = b""
    for number, cells in [*enumerate(map(enumerate, lines)), *(more or {}).items()]:
        rows += _record(0, struct.pack("<II", number, 0) + bytes(9))
        rows += b"".join(_cell(column, value) for column, value in cells)
    (blank,) = Path(pyopenvba.__file__).parent.rglob("*.xlsb")
    with zipfile.ZipFile(blank) as package, zipfile.ZipFile(path, "w") as written:
        for name in package.namelist():
            content = package.read(name)
            if name == "xl/worksheets/sheet1.bin":
                assert b"\x91\x01\x00\x92\x01\x00" in content  # BrtBeginSheetData, BrtEndSheetData
                content = content.replace(b"\x91\x01\x00", b"\x91\x01\x00" + rows, 1)
            written.writestr(name, content)
    return path


def _record(kind: int, data: bytes) -> bytes:
    return bytes([kind, len(data)]) + data if len(data) < 128 else bytes([kind, len(data) & 127 | 128, 1]) + data


def _cell(column: int, value: object) -> bytes:
    begin = struct.pack("<II", column, 0)
    if isinstance(value, bytes):  # what is typed, or what a formula gives: with its flags and an empty formula
        return _record(3, begin + value) if len(value) == 1 else _record(11, begin + value[:1] + bytes(10))
    if isinstance(value, str):
        return _record(6, begin + struct.pack("<I", len(value)) + value.encode("utf-16-le"))
    return _record(5, begin + struct.pack("<d", value)) if isinstance(value, float) else b""
