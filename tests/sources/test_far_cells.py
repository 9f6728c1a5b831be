"""Workbooks that hold little and would need much: bounded by a sentence, not by the machine's memory or patience."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

import mrr_xl
from mrr_xl import MrrError
from support.binary_workbook import xlsb

ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"><office:body><office:spreadsheet>
<table:table table:name="Sheet1">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"""
LINES = [["customer", "start", "mrr"], ["Ada", "2024-01-01", 100]]


def xlsx(folder: Path, **cells: object) -> Path:
    book = openpyxl.Workbook()
    for row in LINES:
        book.active.append(row)
    for address, value in cells.items():
        book.active[address] = value
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def ods(folder: Path, content: str) -> Path:
    path = folder / "book.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def row(*values: object, more: str = "") -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string"{more}><text:p>{value}</text:p></table:table-cell>'
        for value in values
    )
    return f"<table:table-row>{cells}</table:table-row>"


def far(name: str, cells: int, last: str) -> str:
    return (
        f"{name} has a sheet of {cells} cells that reaches to {last}; delete the rows below the data and the columns "
        "beside it, and save the workbook again"
    )


@pytest.mark.parametrize("address", ["XFD1048576", "AAA99999"])
def test_a_cell_far_from_the_others_is_named(tmp_path: Path, address: str) -> None:
    """17 thousand million places between them: the process was aborted."""
    with pytest.raises(MrrError) as refused:
        mrr_xl.movements(str(xlsx(tmp_path, **{address: "x"})))
    assert str(refused.value) == far("book.xlsx", 7, address)


def test_two_far_cells_are_as_far_as_one(tmp_path: Path) -> None:
    with pytest.raises(MrrError, match=r"^book\.xlsx has a sheet of 8 cells that reaches to XFD1048576;"):
        mrr_xl.movements(str(xlsx(tmp_path, A1048576="x", XFD1="y")))


def with_cell(folder: Path, xml: str) -> Path:
    """The workbook with a cell more in its last row."""
    path, sheet = xlsx(folder), "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    parts[sheet] = parts[sheet].replace("</row></sheetData>", f"{xml}</row></sheetData>")
    assert xml in parts[sheet]
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "far_away",
    [
        '<c r="D2" t="str" r="XFD1048576"><v>x</v></c>',
        '<c t="str" r="XFD1048576" r="D2"><v>x</v></c>',
        '<c t="str" s=">" r="XFD1048576"><v>x</v></c>',
        "<c r='xfd1048576' t='str'><v>x</v></c>",
        '<c r="XFD0001048576" t="str"><v>x</v></c>',
        f'<c/></row><row r="1048576">{"<c><v>1</v></c>" * 16_384}',
    ],
)
def test_a_far_cell_in_xml_of_another_kind_costs_no_memory(tmp_path: Path, far_away: str) -> None:
    """Two addresses of one cell, > in an attribute, small letters, zeros in front, cells without an address."""
    path = with_cell(tmp_path, far_away)
    with pytest.raises(
        MrrError, match=r"^book\.xlsx (has a sheet of [\d,]+ cells that reaches to XFD1048576;|is not a)"
    ):
        mrr_xl.movements(str(path))


@pytest.mark.parametrize("letters", ["ZZZZZZ", "AZZZZZZZZZZZZ", "A" * 5_000])
def test_a_column_of_many_letters_is_named(tmp_path: Path, letters: str) -> None:
    """python-calamine counts it in a number that wraps around: it asked for 99 gigabytes."""
    with pytest.raises(MrrError) as refused:
        mrr_xl.movements(str(with_cell(tmp_path, f'<c r="{letters}2" t="str"><v>x</v></c>')))
    assert str(refused.value) == far("book.xlsx", 7, "row 2 and past the last column")


@pytest.mark.parametrize(
    ("address", "last"),
    [("wideF1", "row 2 and past the last column"), ("AAAA2", "row 2 and past the last column"), ("XFE2", "XFE2")],
)
def test_a_column_that_no_sheet_has_is_far_however_few_rows_there_are(tmp_path: Path, address: str, last: str) -> None:
    """Found by fuzzing: the ten million columns up to WIDEF took minutes."""
    with pytest.raises(MrrError) as refused:
        mrr_xl.movements(str(with_cell(tmp_path, f'<c r="{address}" t="str"><v>x</v></c>')))
    assert str(refused.value) == far("book.xlsx", 7, last)


def test_the_last_column_of_a_sheet_is_none_of_them(tmp_path: Path) -> None:
    assert mrr_xl.mrr(str(with_cell(tmp_path, '<c r="XFD2" t="str"><v>x</v></c>')), "2024-01") == 100


def test_a_far_cell_of_a_binary_workbook(tmp_path: Path) -> None:
    """[MS-XLSB] 2.4.720: a row's number is in four bytes; 2.5.9: so is a column's."""
    path = xlsb(tmp_path / "book.xlsb", ["customer", "start", "mrr"], ["Ada", 45292.0, 100.0])
    assert mrr_xl.metric("MRR", str(path), "2024-01") == 100
    far_away = {0xFFFFF: [(0x3FFF, 1.0)]}
    with pytest.raises(MrrError) as refused:
        mrr_xl.movements(str(xlsb(path, ["customer", "start", "mrr"], ["Ada", 45292.0, 100.0], more=far_away)))
    assert str(refused.value) == far("book.xlsb", 7, "XFD1048576")


@pytest.mark.parametrize("address", ["ZZ70", "XFD5", "H99999"])
def test_a_cell_that_is_a_little_further_is_read(tmp_path: Path, address: str) -> None:
    path = xlsx(tmp_path, **{address: None})
    book = openpyxl.load_workbook(path)
    book.active[address].number_format = "0.00"
    book.save(path)
    assert mrr_xl.metric("MRR", str(path), "2024-01") == 100


def test_repeated_cells_of_an_ods_are_counted_once_and_reach_as_far(tmp_path: Path) -> None:
    wide = row("x", more=' table:number-columns-repeated="16384"')
    rows = "".join(row(*values) for values in LINES) + wide.replace("<table:table-row>", REPEATED)
    with pytest.raises(MrrError) as refused:
        mrr_xl.movements(str(ods(tmp_path, ODS.format(rows=rows))))
    assert str(refused.value) == far("book.ods", 7, "XFD1048576")


REPEATED = '<table:table-row table:number-rows-repeated="1048574">'


def test_blank_repeated_cells_of_an_ods_are_nothing(tmp_path: Path) -> None:
    blank = f'{REPEATED}<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    rows = "".join(row(*values) for values in LINES) + blank
    assert mrr_xl.metric("MRR", str(ods(tmp_path, ODS.format(rows=rows))), "2024-01") == 100


def test_an_ods_that_is_cut_off_is_a_sentence(tmp_path: Path) -> None:
    """The library that reads it never ended."""
    whole = ODS.format(rows="".join(row(*values) for values in LINES))
    for length in range(len(whole) // 2, len(whole) - 1, 37):
        with pytest.raises(MrrError) as refused:
            mrr_xl.movements(str(ods(tmp_path, whole[:length])))
        assert str(refused.value) == ("book.ods is not a workbook that can be read; open it in Excel and save it again")


def test_an_archive_without_its_content_is_a_sentence(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    (tmp_path / "book.ods").write_bytes(content.getvalue())
    with pytest.raises(MrrError, match=r"^book\.ods is not a workbook that can be read"):
        mrr_xl.movements(str(tmp_path / "book.ods"))


def test_a_row_past_all_rows_in_one_of_the_first_columns_is_named(tmp_path: Path) -> None:
    """No program writes F34294967296, in a file that somebody made: the process asked for 800 GB and was aborted."""
    path = xlsx(tmp_path, F4="x")
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    for number in ("34294967296", "99999999"):
        with zipfile.ZipFile(path, "w") as package:
            for name, content in parts.items():
                package.writestr(name, content.replace(b'"F4"', f'"F{number}"'.encode()) if name == sheet else content)
        with pytest.raises(MrrError) as mistake:
            mrr_xl.movements(path)
        assert str(mistake.value) == far(path.name, 7, "F1048576")
