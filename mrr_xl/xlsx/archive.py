"""The ZIP archive that an Excel file is: its entries and parts, or why it is none that can be filled.

ECMA-376 part 2, annex B; password-protected workbooks and those of Excel 97 are OLE files: [MS-OFFCRYPTO], [MS-XLS].
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

from mrr_xl.errors import MrrError, shown

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_AGAIN = "open it in Excel and save it as Excel Workbook (.xlsx)"
#: Unpacked bytes: never more than the first, and above the second only where they were packed to a 200th at least.
_MOST, _MUCH, _TIMES = 2 * 2**30, 256 * 2**20, 200


def read_archive(content: bytes, name: str) -> tuple[list[zipfile.ZipInfo], dict[str, bytes]]:
    """The entries of a workbook's file and their bytes by name. name: of the file, for MrrError."""
    refuse = f"{name} is not an Excel workbook (.xlsx or .xlsm)"
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise MrrError(f"{name} has a password; open it in Excel, remove the password and save it")
        raise MrrError(f"{refuse} but one of Excel 97 to 2003 (.xls); {_AGAIN}")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            _check(entries, len(content), name)
            parts = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, struct.error, ValueError) as error:
        if isinstance(error, MrrError):
            raise
        raise MrrError(f"{refuse}: {error or 'it ends too early'}") from None
    except (NotImplementedError, RuntimeError) as error:
        raise MrrError(f"{name} can't be unpacked ({error}); {_AGAIN}") from None
    return entries, parts


def refuse_kind(parts: dict[str, bytes], name: str) -> MrrError:
    """Why an archive without a workbook's part is not one that can be filled."""
    refuse = f"{name} is not an Excel workbook (.xlsx or .xlsm)"
    if any(part.lower().endswith("workbook.bin") for part in parts):
        return MrrError(f"{refuse} but a binary one (.xlsb); {_AGAIN}")
    if "content.xml" in parts:
        return MrrError(f"{refuse} but one of LibreOffice (.ods); {_AGAIN}")
    return MrrError(refuse)


def _check(entries: list[zipfile.ZipInfo], packed: int, name: str) -> None:
    size = sum(entry.file_size for entry in entries)
    if size > _MOST or (size > _MUCH and size > packed * _TIMES):
        raise MrrError(f"{name} would be {size / 2**20:,.0f} MB when it is unpacked, which is more than a workbook is")
    seen = set[str]()
    for entry in entries:
        if entry.filename.lower() in seen:
            raise MrrError(f"{name} holds the part {shown(entry.filename)} twice; {_AGAIN}")
        seen.add(entry.filename.lower())
