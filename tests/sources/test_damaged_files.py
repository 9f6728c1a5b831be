"""Files that are damaged or made to harm: a sentence in bounded time, and never an error of a library."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from mrr_xl import MrrError
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.sources.opened import Opened, by_content
from support.readings import refused

#: As LibreOffice saves it for Excel 97.
XLS = (Path(__file__).parents[2] / "fuzz" / "seeds" / "excel97.xls").read_bytes()
UNREADABLE = "{name} is not a workbook that can be read; open it in Excel and save it again"


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for cells in (["customer", "start", "mrr"], ["Ada", "2024-01-01", 100]):
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(content: bytes, at: int, *values: int) -> bytes:
    """The same bytes with whole numbers of 32 bits put at a place."""
    return content[:at] + struct.pack(f"<{len(values)}I", *values) + content[at + 4 * len(values) :]


def mistake(content: bytes, suffix: str) -> str:
    with pytest.raises(MrrError) as error:
        read_ledger(Opened(f"book{suffix}", suffix, content=content))
    return str(error.value)


TABLE = struct.unpack_from("<I", XLS, 76)[0]  #: the sector that says which sector follows which
FOLDER = struct.unpack_from("<I", XLS, 48)[0]  #: the first sector of the directory


def test_a_workbook_of_excel_97_whose_sectors_lead_back_into_themselves_ends():
    """python-calamine follows them forever, with more memory for each."""
    assert mistake(changed(XLS, (TABLE + 1) * 512 + 4 * FOLDER, FOLDER), ".xls") == UNREADABLE.format(name="book.xls")
    header = changed(XLS, 68, 0)  # the first sector of more numbers of sectors is one whose last number is 0
    assert mistake(changed(header, 2 * 512 - 4, 0), ".xls") == UNREADABLE.format(name="book.xls")


@pytest.mark.parametrize("at", [40, 64], ids=["directory", "small streams"])
def test_a_length_of_two_terabytes_asks_for_no_memory(at):
    assert mistake(changed(XLS, at, 0xFFFFFFF0), ".xls") == UNREADABLE.format(name="book.xls")


@pytest.mark.parametrize("end", [700, 1500, 2000, 2559])
def test_a_workbook_of_excel_97_that_is_cut_off_is_a_sentence(end):
    assert mistake(XLS[:end], ".xls") == UNREADABLE.format(name="book.xls")


def test_a_workbook_without_sheets_is_a_sentence():
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"<sheet ", b"<nothing "))
    assert mistake(out.getvalue(), ".xlsx") == UNREADABLE.format(name="book.xlsx")


#: A place in the entry of an archive's list, and what is put there.
ENTRIES = {
    "a version to come": (6, b"\x63\x00"),
    "a password": (8, b"\x01\x00"),
    "a patch": (8, b"\x20\x00"),
    "strong encryption": (8, b"\x40\x00"),
    "an unknown compression": (10, b"\x63\x00"),
    "a name that is not UTF-8": (8, b"\x00\x08"),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_archive_that_zipfile_can_not_read_is_a_sentence(entry):
    place, value = ENTRIES[entry]
    content = bytearray(workbook())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + place : at + place + 2] = value
        if entry == "a name that is not UTF-8":
            content[at + 46] = 0xA4
        at = content.find(b"PK\x01\x02", at + 4)
    with pytest.raises(MrrError) as error:
        read_ledger(by_content(bytes(content), "the file"))
    whole = ("the file is not a whole ZIP archive; download it again", UNREADABLE.format(name="the file"))
    assert str(error.value) in whole


def test_an_archive_that_begins_before_the_file_is_a_sentence():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("may.csv", "customer,start,mrr\nAda,2024-01-01,100\n")
    content = bytearray(out.getvalue())
    end = content.rfind(b"PK\x05\x06")
    content[end + 16 : end + 20] = struct.pack("<I", len(content))  # where its list begins
    with pytest.raises(MrrError) as error:
        read_ledger(by_content(bytes(content), "the file"))
    assert re.fullmatch(r"the file can't be unpacked \(.*\); download or copy it again", str(error.value))


def test_half_of_a_character_is_named_with_its_row_and_column(tmp_path: Path):
    """What is left of an emoji that was cut in two: no frame and no file can hold it."""
    line = {"customer": "Ada\ud83d", "start": "2024-01-01", "mrr": 5}
    path = tmp_path / "ledger.json"
    path.write_text(json.dumps([line]))
    assert refused(path) == r"row 1, column customer: 'Ada\ud83d' holds half of a character; write it again"
    path.write_text(json.dumps([{"customer": "Ada", "start": "2024-01-01", "mrr": 5, "pl\udc00an": 1}]))
    assert refused(path) == r"the header row: 'pl\udc00an' holds half of a character; write it again"


DIMENSIONS = XLS.index(b"\x00\x02\x0e\x00") + 4
HUGE = changed(XLS, DIMENSIONS + 4, 0xFFFFFFA9)
NAME = XLS.index("Workbook\0".encode("utf-16-le"))  # of the stream, in the directory


@pytest.mark.parametrize(
    "content",
    [
        HUGE,
        HUGE[: NAME + 66] + b"\1" + HUGE[NAME + 67 :],
        HUGE.replace("Workbook\0".encode("utf-16-le"), "Book\0\0\0\0\0".encode("utf-16-le")),
        XLS[: DIMENSIONS + 8] + struct.pack("<HH", 0, 0xFFFF) + XLS[DIMENSIONS + 12 :],
    ],
    ids=["4 thousand million rows", "in what is said to be a folder", "in a stream of Excel 95", "65,535 columns"],
)
def test_an_xls_whose_sheet_is_said_to_be_larger_than_any(content: bytes) -> None:
    """python-calamine asked for 858 GB, which ends the process."""
    assert content != XLS
    assert mistake(content, ".xls") == UNREADABLE.format(name="book.xls")


def test_an_xls_with_a_cell_beyond_the_last_column() -> None:
    """100 GB of blank cells between."""
    label = XLS.index(b"\xfd\x00\x0a\x00", DIMENSIONS)  # LabelSst, 10 bytes
    content = XLS[: label + 4] + b"\xff\xff\xff\xff" + XLS[label + 8 :]
    assert mistake(content, ".xls") == UNREADABLE.format(name="book.xls")


def test_an_xls_whose_sheet_begins_within_another_record() -> None:
    """From there its records are others: one that was a text says how large the sheet is."""
    inside = XLS.index(b"\x5c\x00\x70\x00") + 4  # WriteAccess, 112 bytes: who saved it
    huge = struct.pack("<HHIIHHH", 0x200, 14, 0, 0xFFFFFFA9, 0, 5, 0) + struct.pack("<HH", 10, 0)
    content = XLS[:inside] + huge + XLS[inside + len(huge) :]
    begin = XLS.index(b"\x09\x08\x10\x00")
    sheet = XLS.index(b"\x85\x00", begin) + 4
    content = changed(content, sheet, inside - begin)
    assert mistake(content, ".xls") == UNREADABLE.format(name="book.xls")
