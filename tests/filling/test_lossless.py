"""Nothing is ever lost: neither what a workbook holds beside the data, nor the file that was there before."""

from __future__ import annotations

import datetime as dt
import os
import posixpath
import random
import subprocess
import sys
import tempfile
import textwrap
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from lxml import etree
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableColumn, TableFormula

from mrr_xl import MrrError
from mrr_xl.filling import stamp
from mrr_xl.filling.fill import fill
from mrr_xl.xlsx.writing import write_whole
from support.soundness import faults

#: openpyxl, which some of these tests look at the cells with, says what it will not keep; fill keeps it.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.* extension is not supported and will be removed"),
    pytest.mark.filterwarnings("ignore:DrawingML support is incomplete"),
]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DATA = pd.DataFrame(
    {
        "customer": ["Ada", "Bob", "Cyd"],
        "start": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-01"]),
        "end": pd.to_datetime([None, "2024-03-01", None]),
        "amount": [100.0, 1200.0, 50.0],
        "interval": ["month", "year", "month"],
    }
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office"
X14 = f"{MICROSOFT}/spreadsheetml/2009/9/main"
#: What openpyxl has no words for: the part, its content, what refers to it, and how.
PARTS: list[tuple[str, bytes, str, str]] = [
    ("xl/vbaProject.bin", bytes(range(256)) * 5, "xl/workbook.xml", f"{MICROSOFT}/2006/relationships/vbaProject"),
    ("customXml/item1.xml", b"<a  b='1'><!-- theirs --></a>", "xl/workbook.xml", f"{OFFICE}/customXml"),
    ("xl/pivotCache/pivotCacheDefinition1.xml", b'<pivotCacheDefinition xmlns="x"  refreshOnLoad="1"/>',
     "xl/workbook.xml", f"{OFFICE}/pivotCacheDefinition"),
    ("xl/pivotCache/pivotCacheRecords1.xml", b"<r><x v='old'/></r>",
     "xl/pivotCache/pivotCacheDefinition1.xml", f"{OFFICE}/pivotCacheRecords"),
    ("xl/slicerCaches/slicerCache1.xml", b"<slicerCacheDefinition  />", "xl/workbook.xml",
     f"{MICROSOFT}/2007/relationships/slicerCache"),
    ("xl/persons/person.xml", b"<personList  />", "xl/workbook.xml", f"{MICROSOFT}/2017/10/relationships/person"),
    ("xl/threadedComments/threadedComment1.xml", b"<ThreadedComments  />", "xl/worksheets/sheet2.xml",
     f"{MICROSOFT}/2017/10/relationships/threadedComment"),
    ("xl/slicers/slicer1.xml", b"<slicers  />", "xl/worksheets/sheet2.xml", f"{MICROSOFT}/2007/relationships/slicer"),
    ("xl/charts/chartEx1.xml", b"<cx:chartSpace xmlns:cx='x'  />", "xl/drawings/drawing1.xml",
     f"{MICROSOFT}/2014/relationships/chartEx"),
    ("xl/media/header.png", b"\x89PNG not really", "xl/drawings/drawing1.xml", f"{OFFICE}/image"),
    ("xl/printerSettings/printerSettings1.bin", b"\0\1\2", "xl/worksheets/sheet1.xml", f"{OFFICE}/printerSettings"),
]  # fmt: skip
#: Sparklines and conditional formats of Excel 2010, as they stand at the end of a sheet.
EXTENSIONS = f"""<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{X14}">
<x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="{MICROSOFT}/excel/2006/main"><x14:cfRule
type="dataBar" id="{{0}}"/><xm:sqref>B3:B6</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>
<ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" xmlns:x14="{X14}"><x14:sparklineGroups><x14:sparklineGroup
displayEmptyCellsAs="gap"/></x14:sparklineGroups></ext></extLst>"""
TEXT_BOX = """<xdr:absoluteAnchor xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:pos x="0" y="0"/><xdr:ext cx="9" cy="9"/><xdr:sp>
<xdr:nvSpPr><xdr:cNvPr id="9" name="Box"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr/><xdr:txBody><a:bodyPr/><a:p>
<a:r><a:t>A text box</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/></xdr:absoluteAnchor>"""


def rich_workbook(path: Path, totals: bool = False, rows: int = 2) -> Path:
    """A branded workbook with all that a finance team puts into one, and parts that only Excel knows."""
    book = openpyxl.Workbook()
    data = book.active
    data.title = "Data"
    data["A1"] = "Northwind Ltd"
    data["A1"].font, data["A1"].fill = Font(size=20, bold=True), PatternFill("solid", start_color="FF00AA")
    headers = ["Customer", "Start", "End", "Amount", "Interval", "Yearly"]
    for column, header in enumerate(headers, 1):
        data.cell(3, column).value = header
    for row in range(4, 4 + rows):
        values = ["Old", dt.datetime(2020, 1, 1), None, 1.0, "month", f"=D{row}*12"]
        for column, value in enumerate(values, 1):
            data.cell(row, column).value = value
        data.cell(row, 2).number_format = "dd.mm.yyyy"
    bottom = 3 + rows
    table = Table(displayName="Subscriptions", ref=f"A3:F{bottom}")
    table._initialise_columns()
    for column, header in zip(table.tableColumns, headers):
        column.name = header
    table.tableColumns[5].calculatedColumnFormula = TableFormula(attr_text="Subscriptions[[#This Row],[Amount]]*12")
    if totals:
        bottom += 1
        data.cell(bottom, 1).value, data.cell(bottom, 1).font = "Total", Font(bold=True)
        data.cell(bottom, 4).value = "=SUBTOTAL(109,Subscriptions[Amount])"
        data.cell(bottom, 4).number_format = "#,##0.00"
        table.ref, table.totalsRowCount = f"A3:F{bottom}", 1
        first: TableColumn = table.tableColumns[0]
        first.totalsRowLabel, table.tableColumns[3].totalsRowFunction = "Total", "sum"
    data.add_table(table)
    data["H4"] = "a note beside the table"
    data["H4"].comment = Comment("mine", "Ada")
    data.row_dimensions[1].height = 41.5
    report = book.create_sheet("Report")
    report.merge_cells("A1:D1")
    report["A1"] = "Board pack"
    for row, month in enumerate(["2024-01", "2024-02", "2024-03"], 3):
        report.cell(row, 1).value = month
        report.cell(row, 2).value = f"=MRR(Subscriptions[#All],A{row})"
    report["D3"] = "EUR"
    choice = DataValidation(type="list", formula1='"EUR,USD"')
    choice.add("D3")
    report.add_data_validation(choice)
    report.conditional_formatting.add("B3:B5", DataBarRule("min", None, "max", None, color="00AA00"))
    report.oddHeader.center.text, report.freeze_panes = "Confidential &G", "B3"
    chart = BarChart()
    chart.add_data(Reference(report, min_col=2, min_row=3, max_row=5))
    report.add_chart(chart, "F3")
    hidden = book.create_sheet("Hidden")
    hidden.sheet_state, hidden["A1"] = "veryHidden", "=1+1"
    book.defined_names["Company"] = DefinedName("Company", attr_text="Data!$A$1")
    plain = path.with_suffix(".plain")
    book.save(plain)
    with zipfile.ZipFile(plain) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    plain.unlink()
    _add_parts(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _add_parts(parts: dict[str, bytes]) -> None:
    for number, (part, content, of, kind) in enumerate(PARTS):
        parts[part] = content
        folder, name = posixpath.split(of)
        rels = f"{folder}/_rels/{name}.rels"
        empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
        relation = f'<Relationship Id="theirs{number}" Type="{kind}" Target="/{part}"/></Relationships>'
        parts[rels] = parts.get(rels, empty).replace(b"</Relationships>", relation.encode())
    types = "".join(f'<Default Extension="{ending}" ContentType="image/png"/>' for ending in ("png", "bin"))
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", f"{types}</Types>".encode())
    sheet = parts["xl/worksheets/sheet2.xml"]
    parts["xl/worksheets/sheet2.xml"] = sheet.replace(b"</worksheet>", f"{EXTENSIONS}</worksheet>".encode())
    end = parts["xl/drawings/drawing1.xml"].rindex(b"</")
    drawing = parts["xl/drawings/drawing1.xml"]
    parts["xl/drawings/drawing1.xml"] = drawing[:end] + TEXT_BOX.encode() + drawing[end:]


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# What a workbook holds


@pytest.mark.parametrize("totals", [False, True])
def test_only_the_parts_with_data_or_figures_change(tmp_path: Path, totals: bool) -> None:
    own, out = rich_workbook(tmp_path / "own.xlsm", totals), tmp_path / "out.xlsm"
    fill(own, DATA, out)
    before, after = parts_of(own), parts_of(out)
    assert {part for part, *_ in PARTS} <= before.keys()
    assert after.keys() - before.keys() == {"docProps/custom.xml"}
    assert before.keys() - after.keys() == set()
    assert {name for name in before if before[name] != after[name]} == {
        "[Content_Types].xml", "_rels/.rels",  # the stamp's part
        "xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/styles.xml",  # the data, and a format for End
        "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml", "xl/charts/chart1.xml",  # figures
        "xl/workbook.xml",  # is not computed anew on opening
    }  # fmt: skip


def without_values(content: bytes) -> str:
    """A sheet's XML with the value of every cell left out."""
    root = etree.fromstring(content)
    for cell in root.iter(f"{MAIN}c"):
        cell.attrib.pop("t", None)
        for value in cell.findall(f"{MAIN}v"):
            cell.remove(value)
    return etree.tostring(root, method="c14n").decode()


def test_on_a_report_sheet_only_the_values_of_formulas_change(tmp_path: Path) -> None:
    own, out = rich_workbook(tmp_path / "own.xlsm"), tmp_path / "out.xlsm"
    fill(own, DATA, out)
    before, after = parts_of(own), parts_of(out)
    for sheet in ("sheet2", "sheet3"):
        part = f"xl/worksheets/{sheet}.xml"
        assert without_values(after[part]) == without_values(before[part])
    report = openpyxl.load_workbook(out, data_only=True)["Report"]
    assert [report.cell(row, 2).value for row in (3, 4, 5)] == [200, 250, 150]


def outside_the_table(content: bytes) -> str:
    """A sheet's XML without the cells of columns A to F below row 3, and without its extent."""
    root = etree.fromstring(content)
    root.remove(root.find(f"{MAIN}dimension"))
    for row in list(root.iter(f"{MAIN}row")):
        for cell in list(row):
            if int(row.get("r")) > 3 and cell.get("r")[0] <= "F":
                row.remove(cell)
        row.attrib.pop("spans", None)
        if not len(row) and not row.get("ht"):
            row.getparent().remove(row)
    return etree.tostring(root, method="c14n").decode()


def test_on_the_data_sheet_only_the_tables_cells_change(tmp_path: Path) -> None:
    own, out = rich_workbook(tmp_path / "own.xlsm"), tmp_path / "out.xlsm"
    fill(own, DATA, out)
    part = "xl/worksheets/sheet1.xml"
    assert outside_the_table(parts_of(out)[part]) == outside_the_table(parts_of(own)[part])


def test_the_workbook_and_the_table_keep_all_but_their_extent(tmp_path: Path) -> None:
    own, out = rich_workbook(tmp_path / "own.xlsm"), tmp_path / "out.xlsm"
    fill(own, DATA, out)
    before, after = parts_of(own), parts_of(out)

    def same(part: str, old: bytes, new: bytes) -> bool:
        texts = (etree.tostring(etree.fromstring(one[part]), method="c14n") for one in (before, after))
        return next(texts).replace(old, new) == next(texts)

    assert same("xl/tables/table1.xml", b"A3:F5", b"A3:F6")
    assert same("xl/workbook.xml", b' fullCalcOnLoad="1"', b"")
    assert b"Subscriptions[[#This Row],[Amount]]*12" in after["xl/tables/table1.xml"]


# A total row


@pytest.mark.parametrize("rows", [1, 3, 7])
def test_a_total_row_moves_to_the_new_bottom(tmp_path: Path, rows: int) -> None:
    own, out = rich_workbook(tmp_path / "own.xlsm", totals=True, rows=rows), tmp_path / "out.xlsm"
    fill(own, DATA, out)
    formulas, shown = (openpyxl.load_workbook(out, data_only=only)["Data"] for only in (False, True))
    assert [cell.value for cell in shown["A"][3:]][:4] == ["Ada", "Bob", "Cyd", "Total"]
    assert all(cell.value is None for row in shown.iter_rows(8, 12, 1, 6) for cell in row)
    assert (formulas["D7"].value, shown["D7"].value) == ("=SUBTOTAL(109,Subscriptions[Amount])", 1350)
    assert (formulas["A7"].font.bold, formulas["D7"].number_format) == (True, "#,##0.00")
    assert not any(formulas.cell(row, 1).font.bold for row in (4, 5, 6, 8, 9, 10))
    assert [formulas.cell(row, 6).value for row in (4, 5, 6, 7)] == ["=D4*12", "=D5*12", "=D6*12", None]
    table = etree.fromstring(parts_of(out)["xl/tables/table1.xml"])
    assert (table.get("ref"), table.get("totalsRowCount")) == ("A3:F7", "1")
    assert [one.get("ref") for one in table.findall(f"{MAIN}autoFilter")] in ([], ["A3:F6"])
    assert openpyxl.load_workbook(out, data_only=True)["Report"]["B5"].value == 150


def test_a_total_row_is_sound_and_can_be_filled_again(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(rich_workbook(tmp_path / "own.xlsm", totals=True))
    book["Data"].tables["Subscriptions"].autoFilter.ref = "A3:F5"
    book.save(tmp_path / "plain.xlsx")
    fill(tmp_path / "plain.xlsx", DATA, tmp_path / "once.xlsx")
    fill(tmp_path / "once.xlsx", DATA.head(1), tmp_path / "twice.xlsx")
    for name, filtered in (("once.xlsx", "A3:F6"), ("twice.xlsx", "A3:F4")):
        assert [fault for fault in faults(tmp_path / name) if "alternative text" not in fault] == []
        root = etree.fromstring(parts_of(tmp_path / name)["xl/tables/table1.xml"])
        assert root.find(f"{MAIN}autoFilter").get("ref") == filtered


def test_a_total_row_does_not_grow_over_what_is_below(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(rich_workbook(tmp_path / "own.xlsm", totals=True))
    book["Data"]["C7"] = "mine"
    book.save(tmp_path / "own.xlsx")
    with pytest.raises(MrrError, match="would grow over C7 of sheet Data"):
        fill(tmp_path / "own.xlsx", DATA, tmp_path / "out.xlsx")


def test_a_column_of_formulas_is_carried_into_a_table_without_lines(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(rich_workbook(tmp_path / "own.xlsm", rows=1))
    for column in range(1, 7):
        book["Data"].cell(4, column).value = None
    book.save(tmp_path / "own.xlsx")
    fill(tmp_path / "own.xlsx", DATA, tmp_path / "out.xlsx")
    formulas, shown = (openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=only)["Data"] for only in (False, True))
    assert formulas["F6"].value == "=Subscriptions[[#This Row],[Amount]]*12"
    assert [shown.cell(row, 6).value for row in (4, 5, 6)] == [1200, 14400, 600]


# The file that was there before


#: Windows makes symbolic links only for administrators.
LINKS = ["the same path", "a hard link", *(["a symbolic link"] if sys.platform != "win32" else [])]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("read", ["template", "data", "against"])
def test_what_is_read_is_never_written_over(tmp_path: Path, link: str, read: str) -> None:
    own = rich_workbook(tmp_path / "own.xlsm")
    out = own if link == "the same path" else tmp_path / "out.xlsm"
    if link != "the same path":
        (os.symlink if link == "a symbolic link" else os.link)(own, out)
    other = rich_workbook(tmp_path / "other.xlsm")
    before = own.read_bytes()
    inputs: dict[str, Any] = {"template": other, "data": DATA, "against": None} | {read: own}
    with pytest.raises(MrrError, match="which is read; name another file"):
        fill(inputs["template"], inputs["data"], out, against=inputs["against"])
    assert own.read_bytes() == before


@pytest.mark.parametrize(("beside", "program"), [("~$out.xlsm", "Excel"), (".~lock.out.xlsm#", "LibreOffice")])
def test_a_file_that_is_open_is_not_written(tmp_path: Path, beside: str, program: str) -> None:
    own, out = rich_workbook(tmp_path / "own.xlsm"), tmp_path / "out.xlsm"
    out.write_bytes(b"last month's")
    (tmp_path / beside).write_bytes(b"Ada")
    with pytest.raises(MrrError, match=rf"out\.xlsm is open in {program}; close it and fill again"):
        fill(own, DATA, out)
    assert out.read_bytes() == b"last month's"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["own.xlsm", "out.xlsm", beside])


def test_a_file_that_windows_holds_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*paths: Any) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "out.xlsx").write_bytes(b"old")
    monkeypatch.setattr(os, "replace", held)
    with pytest.raises(MrrError, match=r"out\.xlsx is open in Excel or may not be replaced; close it and fill again"):
        write_whole(b"new", tmp_path / "out.xlsx")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out.xlsx": b"old"}


@pytest.mark.posix  # a limit of a file's size stands in for the disk
def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    import resource

    (tmp_path / "out.xlsx").write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(MrrError, match=r"out\.xlsx can't be written \(File too large\)"):
            write_whole(bytes(2_000_000), tmp_path / "out.xlsx")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out.xlsx": b"old"}


def test_a_folder_that_may_not_be_written_to_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**where: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refused)  # an administrator may write anywhere
    with pytest.raises(MrrError, match=r"out\.xlsx can't be written \(Permission denied\)"):
        write_whole(b"new", tmp_path / "out.xlsx")


@pytest.mark.posix  # Windows has other permissions
def test_a_private_file_stays_private(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    out.write_bytes(b"old")
    out.chmod(0o600)
    write_whole(b"new", out)
    assert (out.read_bytes(), out.stat().st_mode & 0o777) == (b"new", 0o600)


def test_what_a_killed_run_left_is_removed_by_a_later_one(tmp_path: Path) -> None:
    left, fresh, other = (tmp_path / name for name in (".out.xlsx.a.tmp", ".out.xlsx.b.tmp", ".o.xlsx.a.tmp"))
    for path in (left, fresh, other):
        path.write_bytes(b"half")
    long_ago = time.time() - 7200
    for path in (left, other):
        os.utime(path, (long_ago, long_ago))
    write_whole(b"new", tmp_path / "out.xlsx")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".o.xlsx.a.tmp", ".out.xlsx.b.tmp", "out.xlsx"]


KILLED = """
    import os, sys
    from mrr_xl.xlsx.writing import write_whole
    for line in sys.stdin:
        if not (child := os.fork()):
            number = 0
            while True:
                number += 1
                write_whole(bytes([number % 251]) * 3_000_000, sys.argv[1])
        print(child, flush=True)
"""


@pytest.mark.posix  # forks
def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    out.write_bytes(bytes(3_000_000))
    chance, seen = random.Random(6), set()
    script = textwrap.dedent(KILLED)
    with subprocess.Popen([sys.executable, "-c", script, str(out)], stdin=-1, stdout=-1, text=True) as parent:
        assert parent.stdin is not None and parent.stdout is not None
        for _ in range(40):
            parent.stdin.write("go\n")
            parent.stdin.flush()
            child = int(parent.stdout.readline())
            time.sleep(chance.uniform(0.001, 0.05))
            os.kill(child, 9)
            content = out.read_bytes()
            assert len(content) == 3_000_000 and len(set(content)) == 1
            seen.add(content[0])
        parent.stdin.close()
    assert len(seen) > 1  # it was indeed written meanwhile
    assert any(path.name.startswith(".out.xlsx.") for path in tmp_path.iterdir())  # and indeed killed midway


def test_a_stamp_survives_everything_above(tmp_path: Path) -> None:
    fill(rich_workbook(tmp_path / "own.xlsm"), DATA, tmp_path / "out.xlsm")
    found = stamp.read(tmp_path / "out.xlsm")
    assert found is not None and found.rows == 3
