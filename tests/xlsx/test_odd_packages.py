"""Workbooks that programs other than Excel write, or that are damaged: filled, or one sentence says why not."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from mrr_xl.calculator.calculate import Computed
from mrr_xl.errors import MrrError
from mrr_xl.filling.fill import fill
from mrr_xl.xlsx.workbook import read_workbook

DATA = pd.DataFrame(
    {"customer": ["Ada", "Bob"], "start": pd.to_datetime(["2024-01-01", "2024-02-01"]), "amount": [100.0, 50.0]}
)
MEND = "open the workbook in Excel, save it and fill again"
BOOK, SHEET, REPORT, TABLE = (
    "xl/workbook.xml",
    "xl/worksheets/sheet1.xml",
    "xl/worksheets/sheet2.xml",
    "xl/tables/table1.xml",
)
RELS, OF_SHEET, TYPES = "xl/_rels/workbook.xml.rels", "xl/worksheets/_rels/sheet1.xml.rels", "[Content_Types].xml"
Edit = Callable[[str], str]


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(parts: Mapping[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def plain(path: Path) -> dict[str, bytes]:
    """The parts of a workbook with a ledger's table on one sheet and two figures of it on another."""
    book = openpyxl.Workbook()
    data: Any = book.active
    data.title = "Data"
    for row in (list(DATA.columns), ["Old", "2020-01-01", 7]):
        data.append(row)
    data.add_table(Table(displayName="Subscriptions", ref="A1:C2"))
    report = book.create_sheet("Report")
    report["A1"], report["A2"] = "=MRR(Subscriptions[#All])", "=SUM(Subscriptions[amount])"
    book.save(path)
    return parts_of(path)


def odd(folder: Path, edits: Mapping[str, Edit] = {}, names: Mapping[str, str] = {}) -> Path:
    """The workbook with some parts edited, and some under another name."""
    parts = plain(folder / "plain.xlsx")
    for part, edit in edits.items():
        parts[part] = edit(parts[part].decode()).encode()
    return write({names.get(name, name): content for name, content in parts.items()}, folder / "own.xlsx")


def sub(pattern: str, by: str) -> Edit:
    def edit(text: str) -> str:
        assert re.search(pattern, text, re.DOTALL), pattern
        return re.sub(pattern, by.replace("\\", r"\\"), text, flags=re.DOTALL)

    return edit


def filled(folder: Path, own: Path) -> list[Any]:
    """The figures of the filled workbook."""
    fill(own, DATA, folder / "out.xlsx")
    return read_workbook(folder / "out.xlsx").values("Report!A1:A2") or []


def refused(folder: Path, own: Path) -> str:
    with pytest.raises(MrrError) as raised:
        fill(own, DATA, folder / "out.xlsx")
    assert not (folder / "out.xlsx").exists()
    assert "\n" not in str(raised.value)
    return str(raised.value)


# Where the parts are


def renamed_everywhere(old: str, new: str) -> dict[str, Edit]:
    return {RELS: sub(re.escape(f"/{old}"), f"/{new}"), TYPES: sub(re.escape(old), new)}


@pytest.mark.parametrize(
    "names",
    [
        {"xl/workbook.xml": "xl/workbook2.xml", RELS: "xl/_rels/workbook2.xml.rels"},
        {"xl/workbook.xml": "book/main.xml", RELS: "book/_rels/main.xml.rels"},
    ],
)
def test_the_part_of_the_workbook_may_have_any_name(tmp_path: Path, names: dict[str, str]) -> None:
    moved = sub("xl/workbook.xml", names["xl/workbook.xml"])
    absolute = {RELS: lambda text: re.sub(r'Target="(?=\w)', 'Target="/xl/', text)}
    assert filled(tmp_path, odd(tmp_path, {"_rels/.rels": moved, TYPES: moved, **absolute}, names)) == [150, 150]


def test_a_sheet_may_be_anywhere(tmp_path: Path) -> None:
    edits = renamed_everywhere("xl/worksheets/sheet1.xml", "pages/first.xml")
    edits[OF_SHEET] = sub('Target="[^"]*"', 'Target="/xl/tables/table1.xml"')
    names = {SHEET: "pages/first.xml", OF_SHEET: "pages/_rels/first.xml.rels"}
    assert filled(tmp_path, odd(tmp_path, edits, names)) == [150, 150]


def test_targets_may_be_relative_and_in_other_case(tmp_path: Path) -> None:
    edits = {RELS: sub("/xl/worksheets/sheet1.xml", "Worksheets/SHEET1.xml"), OF_SHEET: sub("/xl/tables", "../TABLES")}
    assert filled(tmp_path, odd(tmp_path, edits)) == [150, 150]


def test_other_relationships_may_lead_nowhere(tmp_path: Path) -> None:
    printer = '<Relationship Id="p" Type="http://x/printerSettings" Target="../printerSettings/p1.bin"/>'
    own = odd(tmp_path, {OF_SHEET: sub("</Relationships>", printer + "</Relationships>")})
    assert filled(tmp_path, own) == [150, 150]


def test_a_sheet_or_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    parts = plain(tmp_path / "plain.xlsx")
    for part in (REPORT, TABLE):
        own = write({name: content for name, content in parts.items() if name != part}, tmp_path / "own.xlsx")
        assert refused(tmp_path, own) == f"the workbook refers to {part}, which is not in it; {MEND}"


@pytest.mark.parametrize("kind", ["chartsheet", "dialogsheet", "xlMacrosheet"])
def test_sheets_of_another_kind_stay_as_they_are(tmp_path: Path, kind: str) -> None:
    other = b'<x xmlns="http://x/">as it was</x>'
    parts = plain(tmp_path / "plain.xlsx")
    relation = (
        f'<Relationship Id="other" Type="http://x/relationships/{kind}" Target="others/one.xml"/></Relationships>'
    )
    parts[RELS] = parts[RELS].replace(b"</Relationships>", relation.encode())
    sheet = f'<sheets><sheet name="Other" sheetId="9" r:id="other" xmlns:r="{OFFICE}"/>'
    parts[BOOK] = parts[BOOK].replace(b"<sheets>", sheet.encode())
    own = write(parts | {"xl/others/one.xml": other}, tmp_path / "own.xlsx")
    fill(own, DATA, tmp_path / "out.xlsx")
    after = parts_of(tmp_path / "out.xlsx")
    assert after["xl/others/one.xml"] == other
    assert b"<v>150</v>" in after[REPORT]


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def test_names_of_sheets_tables_and_ranges_are_found_in_any_case(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    data: Any = book.active
    data.title = "sheet1"
    for row in (list(DATA.columns), ["Old", "2020-01-01", 7]):
        data.append(row)
    data.add_table(Table(displayName="Subscriptions", ref="A1:C2"))
    report = book.create_sheet("report")
    report["A1"], report["A2"] = "=MRR(SUBSCRIPTIONS[#All],,,RULES)", "=SUM(SHEET1!C:C)"
    report["A3"], report["A4"] = "=MRR(Sheet1!A1:C3)", "=total"
    report["B1"], report["C1"] = "end_date", "inclusive"
    for name, place in (("Rules", "REPORT!$b$1:$c$1"), ("Total", "Report!$A$2")):
        book.defined_names[name] = DefinedName(name, attr_text=place)
    book.save(tmp_path / "own.xlsx")
    assert fill(tmp_path / "own.xlsx", DATA, tmp_path / "out.xlsx").problems == []
    assert read_workbook(tmp_path / "out.xlsx").values("REPORT!a1:A4") == [150, 150, 150, 150]


# How the XML is written


def test_xml_may_have_prefixes(tmp_path: Path) -> None:
    def prefixed(text: str) -> str:
        text = re.sub(r"<(/?)(\w+)(?=[\s/>])", r"<\1x:\2", text)
        return text.replace("xmlns=", "xmlns:x=")

    assert filled(tmp_path, odd(tmp_path, {SHEET: prefixed, BOOK: prefixed, TABLE: prefixed})) == [150, 150]


def test_xml_may_be_utf_16(tmp_path: Path) -> None:
    parts = plain(tmp_path / "plain.xlsx")
    for part in (SHEET, BOOK, TABLE):
        parts[part] = re.sub(r"<\?xml.*?\?>", "", parts[part].decode()).encode("utf-16")
    assert filled(tmp_path, write(parts, tmp_path / "own.xlsx")) == [150, 150]


def test_rows_and_cells_may_leave_out_their_addresses(tmp_path: Path) -> None:
    bare = sub(r' r="\w+"', "")
    assert filled(tmp_path, odd(tmp_path, {SHEET: bare, REPORT: bare})) == [150, 150]
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert [[cell.value for cell in row] for row in book["Data"]["A1:A3"]] == [["customer"], ["Ada"], ["Bob"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(tmp_path: Path, encoding: str) -> None:
    parts = plain(tmp_path / "plain.xlsx")
    text = re.sub(r"<\?xml.*?\?>", "", parts[SHEET].decode())
    laughs = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;'>]>"
    own = write(parts | {SHEET: (laughs + text).encode(encoding)}, tmp_path / "own.xlsx")
    assert refused(tmp_path, own) == (
        f"xl/worksheets/sheet1.xml has a document type (DTD), which no part of a workbook may have; {MEND}"
    )


@pytest.mark.parametrize("part", [BOOK, SHEET, REPORT, TABLE, RELS, TYPES])
def test_broken_xml_is_named(tmp_path: Path, part: str) -> None:
    assert refused(tmp_path, odd(tmp_path, {part: lambda text: text[: len(text) // 2]})).startswith(
        f"{part} can't be read ("
    )


def test_strict_open_xml_is_refused(tmp_path: Path) -> None:
    strict = sub(
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"
    )
    assert refused(tmp_path, odd(tmp_path, {BOOK: strict, SHEET: strict})) == (
        "own.xlsx is saved as Strict Open XML, which can't be filled; open it in Excel and save it as Excel Workbook "
        "(.xlsx)"
    )


# What cells hold


def with_cells(cells: str) -> dict[str, Edit]:
    """The report's sheet with a third row."""
    return {REPORT: sub("</sheetData>", f'<row r="3">{cells}</row></sheetData>')}


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A3" t="s"><v/></c>', '<c r="A3" t="s"/>', '<c r="A3" t="e"><v>#NEW!</v></c>', '<c r="A3" t="e"><v/></c>',
        '<c r="A3" t="b"><v>true</v></c>', '<c r="A3" t="d"><v>2024-03-15T00:00:00Z</v></c>', '<c r="A3" s="99"/>',
        '<c r="A3" t="n"/>', '<c r="A3" t="inlineStr"/>', '<c r="A3" t="e"/>', '<c r="A3" t="b"/>',
        *(f'<c r="A3" t="e"><v>{error}</v></c>' for error in ("#SPILL!", "#CALC!", "#TIMEOUT!", "#GETTING_DATA")),
    ],
)  # fmt: skip
def test_a_value_of_any_kind_is_kept(tmp_path: Path, cell: str) -> None:
    assert filled(tmp_path, odd(tmp_path, with_cells(cell))) == [150, 150]
    assert cell.encode() in parts_of(tmp_path / "out.xlsx")[REPORT]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('<c r="A3" t="s"><v>99</v></c>', "Report!A3 can't be read (there is no shared string 99)"),
        ('<c r="A3"><v>1,5</v></c>', "Report!A3 can't be read ('1,5' is not a number)"),
        ('<c r="A3" t="x"><v>1</v></c>', "Report!A3 can't be read (there is no kind of value 'x')"),
        ('<c r="A3"><v>nan</v></c>', "Report!A3 can't be read ('nan' is not a number)"),
        ('<c r="A3"><v>1_000</v></c>', "Report!A3 can't be read ('1_000' is not a number)"),
    ],
)
def test_a_value_that_is_not_of_its_kind_is_named(tmp_path: Path, cell: str, said: str) -> None:
    assert refused(tmp_path, odd(tmp_path, with_cells(cell))) == f"{said}; {MEND}"


def test_a_sheet_without_cells_is_named(tmp_path: Path) -> None:
    own = odd(tmp_path, {REPORT: sub("<sheetData.*</sheetData>", "")})
    assert refused(tmp_path, own) == f"xl/worksheets/sheet2.xml has no cells (sheetData); {MEND}"


def test_a_workbook_without_styles_gets_dates_that_look_like_dates(tmp_path: Path) -> None:
    parts = plain(tmp_path / "plain.xlsx")
    del parts["xl/styles.xml"]
    parts[RELS] = re.sub(rb"<Relationship [^>]*styles[^>]*>", b"", parts[RELS])
    parts[TYPES] = re.sub(rb"<Override [^>]*styles[^>]*>", b"", parts[TYPES])
    assert filled(tmp_path, write(parts, tmp_path / "own.xlsx")) == [150, 150]
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["Data"]["B2"].value == DATA["start"][0]


def test_comments_may_stand_between_styles(tmp_path: Path) -> None:
    own = odd(tmp_path, {"xl/styles.xml": sub("<cellXfs[^>]*>", "<cellXfs><!-- the usual one -->")})
    assert filled(tmp_path, own) == [150, 150]
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["Data"]["B2"].value == DATA["start"][0]


def test_a_shared_string_may_have_no_text(tmp_path: Path) -> None:
    parts = plain(tmp_path / "plain.xlsx")
    parts["xl/sharedStrings.xml"] = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si/></sst>'
    )
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    link = b'<Relationship Id="texts" Type="' + kind + b'" Target="sharedStrings.xml"/></Relationships>'
    parts[RELS] = parts[RELS].replace(b"</Relationships>", link)
    own = write({**parts, TYPES: _typed(parts[TYPES])}, tmp_path / "own.xlsx")
    assert filled(tmp_path, own) == [150, 150]


def _typed(types: bytes) -> bytes:
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    return types.replace(
        b"</Types>", b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    )


# Tables


@pytest.mark.parametrize("reference", ["#REF!", "", "A:C", "A1:D2", "A0:C2", "A1:C9999999"])
def test_a_table_that_stands_nowhere_is_named(tmp_path: Path, reference: str) -> None:
    own = odd(tmp_path, {TABLE: sub('ref="A1:C2"', f'ref="{reference}"')})
    assert refused(tmp_path, own) == (
        f"table Subscriptions of sheet Data can't be read (it stands at '{reference}' and has 3 columns); {MEND}"
    )


def test_a_table_may_have_no_row(tmp_path: Path) -> None:
    own = odd(tmp_path, {TABLE: sub('ref="A1:C2"', 'ref="A1:C1"'), SHEET: sub('<row r="2".*</row>', "")})
    assert filled(tmp_path, own) == [150, 150]
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["Data"].tables["Subscriptions"].ref == "A1:C3"


def test_a_ledger_without_a_header_row_is_refused(tmp_path: Path) -> None:
    own = odd(tmp_path, {TABLE: sub('headerRowCount="1"', 'headerRowCount="0"')})
    assert refused(tmp_path, own) == (
        "table Subscriptions has no header row; in Excel, tick Header Row on the tab Table Design, and fill again"
    )


def test_cells_that_are_mapped_to_xml_stay_so(tmp_path: Path) -> None:
    parts = plain(tmp_path / "plain.xlsx")
    column = '<xmlColumnPr mapId="1" xpath="/ledger/line/customer" xmlDataType="string"/>'
    parts[TABLE] = re.sub(
        rb'(<tableColumn [^>]*name="customer"[^>]*?)\s*/>', rf"\1>{column}</tableColumn>".encode(), parts[TABLE]
    ).replace(b"<table ", b'<table tableType="xml" ', 1)
    assert column.encode() in parts[TABLE]
    parts |= {"xl/xmlMaps.xml": b"<MapInfo/>", "xl/tables/tableSingleCells1.xml": b"<singleXmlCells/>"}
    single = (OF_SHEET, "tableSingleCells", "../tables/tableSingleCells1.xml")
    for rels, kind, target in ((RELS, "xmlMaps", "xmlMaps.xml"), single):
        relation = f'<Relationship Id="map" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>'
        parts[rels] = parts[rels].replace(b"</Relationships>", relation.encode())
    assert filled(tmp_path, write(parts, tmp_path / "own.xlsx")) == [150, 150]
    after = parts_of(tmp_path / "out.xlsx")
    assert column.encode() in after[TABLE]
    assert {
        name: after[name] for name in ("xl/xmlMaps.xml", "xl/tables/tableSingleCells1.xml")
    }.items() <= parts.items()


# Files that are no such archive


def bytes_of(parts: Mapping[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
NOT = "own.xlsx is not an Excel workbook (.xlsx or .xlsm)"
SAVE = "open it in Excel and save it as Excel Workbook (.xlsx)"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (OLE, f"{NOT} but one of Excel 97 to 2003 (.xls); {SAVE}"),
        (OLE + "EncryptedPackage".encode("utf-16-le"),
         "own.xlsx has a password; open it in Excel, remove the password and save it"),
        (bytes_of({"xl/workbook.bin": b""}), f"{NOT} but a binary one (.xlsb); {SAVE}"),
        (bytes_of({"content.xml": b""}), f"{NOT} but one of LibreOffice (.ods); {SAVE}"),
        (bytes_of({"word/document.xml": b""}), NOT),
        (b"", f"{NOT}: File is not a zip file"),
        (b"PK\x03\x04 and no more", f"{NOT}: File is not a zip file"),
        (bytes_of({"xl/media/zeros": bytes(300 * 2**20)}),
         "own.xlsx would be 300 MB when it is unpacked, which is more than a workbook is"),
    ],
    ids=["xls", "password", "xlsb", "ods", "docx", "empty", "cut", "bomb"],
)  # fmt: skip
def test_what_is_no_workbook_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "own.xlsx").write_bytes(content)
    assert refused(tmp_path, tmp_path / "own.xlsx") == said


def test_a_damaged_archive_is_said(tmp_path: Path) -> None:
    content = bytes_of(plain(tmp_path / "plain.xlsx"))
    own = tmp_path / "own.xlsx"
    own.write_bytes(content[: len(content) // 2])
    assert refused(tmp_path, own) == f"{NOT}: File is not a zip file"
    own.write_bytes(content[:60] + bytes(20) + content[80:])
    assert refused(tmp_path, own).startswith(f"{NOT}: ")


def test_a_part_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    own = write(plain(tmp_path / "plain.xlsx"), tmp_path / "own.xlsx")
    with zipfile.ZipFile(own, "a") as archive:
        archive.writestr("XL/Workbook.xml", b"<other/>")
    assert refused(tmp_path, own) == f"own.xlsx holds the part 'XL/Workbook.xml' twice; {SAVE}"


# Damage at random

ODD = ["", "0", "-1", "99999999999", "#REF!", "abc", "A0", "XFE1", "1e9", "A1:B", "nan", "rId999", " ", "A:A"]


def damaged(chance: random.Random, text: str) -> str:
    """One attribute, element or text changed, left out or doubled."""
    attributes = list(re.finditer(r'\s[\w:]+="([^"]*)"', text))
    elements = list(re.finditer(r"<(\w[\w:]*)[^<>]*/>", text))
    found = chance.choice(attributes)
    how = chance.randrange(5)
    if how == 0:
        return text[: found.start()] + text[found.end() :]
    if how == 1 and elements:
        found = chance.choice(elements)
        return text[: found.start()] + found[0] * chance.choice([0, 2]) + text[found.end() :]
    if how == 2:
        place = chance.randrange(len(text))
        return text[:place] + chance.choice("<>&x\x01") + text[place + 1 :]
    return text[: found.start(1)] + chance.choice(ODD) + text[found.end(1) :]


def test_a_damaged_workbook_is_filled_or_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the engine, which has its own say, so that it is quick."""
    monkeypatch.setattr("mrr_xl.filling.fill.calculate", lambda *_, **__: Computed({}, [], set(), set(), set()))
    parts, chance, refusals = plain(tmp_path / "plain.xlsx"), random.Random(14), 0
    names = [name for name in parts if not name.startswith(("docProps", "xl/theme"))]
    for _ in range(80):
        part = chance.choice(names)
        content = damaged(chance, parts[part].decode()).encode()
        own = write(parts | {part: content}, tmp_path / "own.xlsx")
        try:
            fill(own, DATA, tmp_path / "out.xlsx", values=chance.random() < 0.2)
        except MrrError as mistake:
            refusals += 1
            assert "\n" not in str(mistake)
    assert 10 < refusals < 70
