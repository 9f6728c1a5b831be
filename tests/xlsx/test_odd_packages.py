"""Workbooks that programs other than Excel write, or that are damaged: filled, or one sentence says why not."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.table import Table

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
    own = odd(tmp_path, {"xl/styles.xml": sub("(<cellXfs[^>]*>)", r"\1<!-- the usual one -->")})
    assert filled(tmp_path, own) == [150, 150]
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["Data"]["B2"].value == DATA["start"][0]


def test_a_shared_string_may_have_no_text(tmp_path: Path) -> None:
    strings = sub("</sst>", "<si/></sst>")
    assert filled(tmp_path, odd(tmp_path, {"xl/sharedStrings.xml": strings})) == [150, 150]


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


def test_an_xml_mapped_table_is_filled(tmp_path: Path) -> None:
    mapped = sub(
        '<tableColumn id="1" name="customer"',
        '<tableColumn id="1" uniqueName="customer" name="customer"',
    )
    assert filled(tmp_path, odd(tmp_path, {TABLE: mapped})) == [150, 150]
