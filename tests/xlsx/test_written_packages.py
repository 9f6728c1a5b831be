"""What a fill writes is a workbook that Excel opens without repairing it; else nothing is written."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from lxml import etree
from openpyxl.worksheet.table import Table

from mrr_xl.errors import MrrError
from mrr_xl.filling.fill import fill
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.soundness import refuse_unsound
from mrr_xl.xlsx.workbook import read_workbook

DATA = pd.DataFrame(
    {"customer": ["Ada", "Bob"], "start": pd.to_datetime(["2024-01-01", "2024-02-01"]), "amount": [100.0, 50.0]}
)
CHAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def own_workbook(path: Path, lines: int = 1, chain: str = "") -> Path:
    """A table with a column of formulas, and a report; chain: the cells of its calculation chain."""
    book = openpyxl.Workbook()
    data: Any = book.active
    data.title = "Data"
    data.append([*DATA.columns, "Double"])
    for row in range(2, 2 + lines):
        data.append(["Old", "2020-01-01", 7, f"=C{row}*2"])
    data.add_table(Table(displayName="Subscriptions", ref=f"A1:D{1 + lines}"))
    book.create_sheet("Report")["A1"] = "=SUM(Subscriptions[amount])"
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if chain:
        parts["xl/calcChain.xml"] = f'<calcChain xmlns="{MAIN}">{chain}</calcChain>'.encode()
        kind = f'<Relationship Id="chain" Type="{OFFICE}/calcChain" Target="calcChain.xml"/></Relationships>'
        types = f'<Override PartName="/xl/calcChain.xml" ContentType="{CHAIN}"/></Types>'
        for part, end, new in (
            ("xl/_rels/workbook.xml.rels", b"</Relationships>", kind), ("[Content_Types].xml", b"</Types>", types)
        ):  # fmt: skip
            parts[part] = parts[part].replace(end, new.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


# The calculation chain


@pytest.mark.parametrize(
    ("lines", "kept"), [(1, False), (2, True), (3, False)], ids=["a formula more", "the same", "a formula less"]
)
def test_the_calculation_chain_stays_only_where_the_formulas_do(tmp_path: Path, lines: int, kept: bool) -> None:
    cells = "".join(f'<c r="D{row}"/>' for row in range(3, 2 + lines))
    own = own_workbook(tmp_path / "own.xlsx", lines, f'<c r="D2" i="1"/>{cells}<c r="A1" i="2"/>')
    fill(own, DATA, tmp_path / "out.xlsx")
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert ("xl/calcChain.xml" in archive.namelist()) is kept
        assert (b"calcChain" in archive.read("[Content_Types].xml")) is kept
        assert (b"calcChain" in archive.read("xl/_rels/workbook.xml.rels")) is kept


# Numbers that no cell holds


def put(value: Any, keep_formula: bool) -> str:
    book, out = openpyxl.Workbook(), BytesIO()
    book.active["A1"] = "=1+1" if keep_formula else 1
    book.save(out)
    workbook = read_workbook(out.getvalue())
    sheet: Sheet = workbook.sheet("Sheet")
    sheet.put(1, 1, value, keep_formula=keep_formula)
    content = workbook.package.content()
    text = read_workbook(content).package.parts["xl/worksheets/sheet1.xml"].decode()
    return re.search(r'<c r="A1"(.*?)(?:/>|</c>)', text, re.DOTALL)[1]  # type: ignore[index]


@pytest.mark.parametrize("value", [float("inf"), -float("inf"), 10**400])
def test_an_overflow_is_num(value: float) -> None:
    assert put(value, keep_formula=True) == ' t="e"><f>1+1</f><v>#NUM!</v>'
    assert put(value, keep_formula=False) == ' t="e"><v>#NUM!</v>'


def test_what_is_not_a_number_is_num_for_a_formula_and_blank_in_the_data() -> None:
    assert put(float("nan"), keep_formula=True) == ' t="e"><f>1+1</f><v>#NUM!</v>'
    assert put(float("nan"), keep_formula=False) == ""


def test_an_error_of_excel_365_is_stored_as_excel_365_stores_it() -> None:
    assert put("#SPILL!", keep_formula=True) == ' t="e"><f>1+1</f><v>#VALUE!</v>'
    assert put("#DIV/0!", keep_formula=True) == ' t="e"><f>1+1</f><v>#DIV/0!</v>'


# The check after every write

BROKEN = [
    ("xl/worksheets/sheet1.xml", '<c r="B1"', '<c r="A1"', "sheet Data: cell A1 comes after A1"),
    ("xl/worksheets/sheet1.xml", '<row r="2"', '<row r="1"', "sheet Data: row 1 comes after row 1"),
    ("xl/worksheets/sheet1.xml", '<c r="B1"', '<c s="99" r="B1"', "Data!B1 has a style that is not there"),
    ("xl/worksheets/sheet1.xml", "<f>C2*2</f>", '<f t="shared" si="3"/>', "Data!D2 shares a formula that is not there"),
    ("xl/worksheets/sheet1.xml", "<sheetData>", "<hyperlinks/><sheetData>", "sheet Data: hyperlinks is empty"),
    ("xl/worksheets/sheet1.xml", "<sheetData>", '<mergeCells><mergeCell ref="H1:H2"/></mergeCells><sheetData>',
     "sheet Data: sheetData is out of order"),
    ("xl/worksheets/sheet1.xml", 'id="rId1"', 'id="rId7"',
     "sheet Data: tablePart needs the relationship rId7, which is not there"),
    ("xl/tables/table1.xml", 'name="amount"', 'name="Amount 2"', "table Subscriptions has the columns"),
    ("xl/tables/table1.xml", 'ref="A1:D2"', 'ref="A1:D1"', "table Subscriptions has no row below its header"),
    ("xl/_rels/workbook.xml.rels", "worksheets/sheet2.xml", "worksheets/sheet3.xml",
     "xl/_rels/workbook.xml.rels leads to xl/worksheets/sheet3.xml, which is no part"),
    ("[Content_Types].xml", "/xl/tables/table1.xml", "/xl/tables/table2.xml",
     "there is a content type for xl/tables/table2.xml, which is no part"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "old", "new", "fault"), BROKEN)
def test_a_workbook_that_excel_would_repair_is_not_written(
    tmp_path: Path, part: str, old: str, new: str, fault: str
) -> None:
    workbook = read_workbook(own_workbook(tmp_path / "own.xlsx"))
    text = workbook.package.parts[part].decode()
    assert old in text
    root = workbook.package.roots[part] = etree.fromstring(text.replace(old, new, 1).encode())
    workbook.package.touched.add(part)
    assert root is not None
    with pytest.raises(MrrError) as raised:
        refuse_unsound(workbook)
    assert str(raised.value).startswith(f"nothing was written: the workbook would be one that Excel repairs ({fault}")


def test_what_was_wrong_before_is_not_refused(tmp_path: Path) -> None:
    own = own_workbook(tmp_path / "own.xlsx")
    with zipfile.ZipFile(own) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b'<c r="B1"', b'<c s="99" r="B1"')
    with zipfile.ZipFile(own, "w") as archive:
        for name, content in (parts | {"xl/worksheets/sheet1.xml": sheet}).items():
            archive.writestr(name, content)
    fill(own, DATA, tmp_path / "out.xlsx")
    assert read_workbook(tmp_path / "out.xlsx").values("Report!A1") == [150]
