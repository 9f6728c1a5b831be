"""The inside of workbooks: each part is read once, and odd names, texts and formats come through."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from mrr_xl.filling.batch import fill_each
from mrr_xl.filling.fill import fill
from mrr_xl.report import write_template
from mrr_xl.xlsx import package, tables, workbook
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.styles import date_style
from mrr_xl.xlsx.workbook import read_workbook

DATA = pd.DataFrame(
    {
        "customer": ["Ada", "Bob", "Cyd"],
        "start": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-01"]),
        "end": pd.to_datetime([None, "2024-03-01", None]),
        "amount": [100.0, 200.0, 50.0],
    }
)


def one_table(sheet_name: str = "Data", rules: bool = True) -> Any:
    """An openpyxl workbook with a ledger's table on one sheet and a figure on another."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = sheet_name
    for row in (list(DATA.columns), ["Old", dt.datetime(2020, 1, 1), None, 7]):
        sheet.append(row)
    sheet.add_table(Table(displayName="Subscriptions", ref="A1:D2"))
    report = book.create_sheet("Report")
    report["A1"] = '=MRR(Subscriptions[#All],"2024-02",,Rules)'
    report["A2"] = "=INDEX(Subscriptions[amount],2)"
    report["A3"] = "=MY_ADDIN(1)"
    report["A4"] = "=A3+1"
    if rules:
        sheet["H1"], sheet["I1"] = "end_date", "inclusive"
        quoted = sheet_name.replace("'", "''")
        book.defined_names["Rules"] = DefinedName("Rules", attr_text=f"'{quoted}'!$H$1:$I$1")
    return book


def content(book: Any) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# Read once


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[Any]:
    """How often each sheet, row of cells, table, relationship part and file is read from now on."""
    counts: Counter[Any] = Counter()
    index_sheet, read_table, relations = Sheet.__init__, tables.read_table, package._relations
    read_bytes, opened = Path.read_bytes, []

    def sheet(self: Sheet, of: package.Package, part: str) -> None:
        opened.append(of)  # kept, so that no other package gets its id
        counts["sheet", id(of), part] += 1
        index_sheet(self, of, part)

    def table(of: package.Package, sheet: str, part: str) -> tables.Table:
        counts["table", id(of), part] += 1
        return read_table(of, sheet, part)

    def related(of: package.Package, part: str) -> Any:
        counts["relations", id(of), part] += 1
        return relations(of, part)

    def file(self: Path) -> bytes:
        counts["file", self.name] += 1
        return read_bytes(self)

    monkeypatch.setattr(Sheet, "__init__", sheet)
    monkeypatch.setattr(workbook, "read_table", table)
    monkeypatch.setattr(package, "_relations", related)
    monkeypatch.setattr(Path, "read_bytes", file)
    return counts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_template(tmp_path / "template.xlsx", months=3, data=DATA)
    fill(tmp_path / "template.xlsx", DATA.head(2), tmp_path / "last.xlsx")
    DATA.to_csv(tmp_path / "data.csv", index=False)
    return tmp_path


@pytest.mark.parametrize("options", [{}, {"values": True}, {"against": "last.xlsx"}])
def test_a_fill_reads_every_sheet_table_and_file_once(
    folder: Path, reads: Counter[Any], options: dict[str, Any]
) -> None:
    if "against" in options:
        options = {"against": folder / options["against"]}
    fill(folder / "template.xlsx", folder / "data.csv", folder / "out.xlsx", **options)
    sheets = len(openpyxl.load_workbook(folder / "template.xlsx").sheetnames)
    assert sum(key[0] == "sheet" for key in reads) >= sheets
    again = {key for key, count in reads.items() if count > 1}
    # The relations of the file itself change when the stamp is added.
    assert {key for key in again if key[0] != "relations" or key[2] != ""} == set()
    assert {key[1] for key in reads if key[0] == "file"} == {
        "template.xlsx", "data.csv", *(["last.xlsx"] if "against" in options else []),
    }  # fmt: skip


def test_a_sheets_rows_are_indexed_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: Counter[tuple[str, int]] = Counter()
    cells = Sheet.cells

    def counted(self: Sheet, row: int) -> dict[int, Any]:
        counts[self.part, row] += row not in self._cells
        return cells(self, row)

    monkeypatch.setattr(Sheet, "cells", counted)
    fill(folder / "template.xlsx", folder / "data.csv", folder / "out.xlsx")
    assert max(counts.values()) == 1


def test_resume_opens_what_is_not_up_to_date_once(folder: Path, reads: Counter[Any]) -> None:
    fill_each(folder / "template.xlsx", folder / "data.csv", folder / "{name}.xlsx")
    DATA.head(1).to_csv(folder / "data.csv", index=False)
    reads.clear()
    (done,) = fill_each(folder / "template.xlsx", folder / "data.csv", folder / "{name}.xlsx", resume=True)
    assert done.filled is not None
    assert reads["file", "data.csv"] == 1
    assert reads["file", "template.xlsx"] == 2  # for the plan, and for the report


# What changes is seen


def test_a_removed_cell_and_row_are_gone_for_every_reader() -> None:
    file = read_workbook(content(one_table()))
    sheet = file.sheet("Data")
    sheet.remove(2, 1)
    assert file.values("Data!A2:D2") == [None, 43831, None, 7]
    for column in range(1, 5):
        sheet.remove(2, column)
    assert 2 not in sheet.rows
    sheet.put(2, 2, "new")
    assert file.values("Data!A2:D2") == [None, "new", None, None]
    book = openpyxl.load_workbook(BytesIO(file.package.content()))
    assert [cell.value for cell in book["Data"][2][:4]] == [None, "new", None, None]


def test_a_file_of_values_has_no_line_and_its_total_row(tmp_path: Path) -> None:
    book = one_table()
    sheet = book["Data"]
    sheet["A3"], sheet["D3"], sheet["A5"] = "Total", "=SUBTOTAL(109,Subscriptions[amount])", "below"
    table = sheet.tables["Subscriptions"]
    table.ref, table.totalsRowCount = "A1:D3", 1
    book.save(tmp_path / "own.xlsx")
    fill(tmp_path / "own.xlsx", DATA.head(1), tmp_path / "out.xlsx", values=True)
    after = openpyxl.load_workbook(tmp_path / "out.xlsx")["Data"]
    assert after.tables["Subscriptions"].ref == "A1:D3"
    assert [[cell.value for cell in row] for row in after["A2:D3"]] == [[None] * 4, ["Total", None, None, 100]]
    assert after["A5"].value == "below"


# Odd names


@pytest.mark.parametrize(
    "name", ["O'Brien's data", "Q1 (new)!", "1st", "Größe & Co <x>", "data", "A1", "it''s", "a,b;c"]
)
def test_a_sheet_may_have_any_name(tmp_path: Path, name: str) -> None:
    one_table(name).save(tmp_path / "own.xlsx")
    filled = fill(tmp_path / "own.xlsx", DATA, tmp_path / "out.xlsx")
    report = openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True)["Report"]
    assert [report["A1"].value, report["A2"].value] == [350, 200]
    assert filled.problems == [
        "Report!A3 can't be computed here and keeps its old value: MY_ADDIN(1)",
        "Report!A4 can't be computed here and keeps its old value: A3+1 (it needs Report!A3)",
    ]
    again = read_workbook(tmp_path / "out.xlsx")
    assert [row[0] for row in again.rows(again.tables[0])] == ["customer", "Ada", "Bob", "Cyd"]
    assert again.formula_of("rules") == f"'{name.replace(chr(39), chr(39) * 2)}'!$H$1:$I$1"


ODD_HEADERS = ["a_x0041_b", "line\nbreak", "tab\there", "_x000a_", "quote'd [x] #1"]


def test_a_header_may_be_any_text(tmp_path: Path) -> None:
    one_table(rules=False).save(tmp_path / "own.xlsx")
    data = DATA.assign(**{header: ["x", "y", "z"] for header in ODD_HEADERS})
    fill(tmp_path / "own.xlsx", data, tmp_path / "out.xlsx")
    file = read_workbook(tmp_path / "out.xlsx")
    table = file.tables[0]
    assert table.columns[4:] == ODD_HEADERS
    assert file.rows(table)[0][4:] == ODD_HEADERS
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        xml = archive.read(table.part).decode()
    assert 'name="a_x005F_x0041_b"' in xml and 'name="line_x000a_break"' in xml
    fill(tmp_path / "out.xlsx", data, tmp_path / "again.xlsx")
    assert read_workbook(tmp_path / "again.xlsx").tables[0].columns[4:] == ODD_HEADERS


NAMES = ["_x0041_ Ltd", "x_x005F_y", "ends in _x000", " spaced ", "Ada & <Bob>"]


def test_a_customers_name_is_read_back_as_it_was(tmp_path: Path) -> None:
    one_table().save(tmp_path / "own.xlsx")
    data = pd.DataFrame({"customer": NAMES, "start": ["2024-01-01"] * 5, "amount": [1.0] * 5})
    fill(tmp_path / "own.xlsx", data, tmp_path / "out.xlsx")
    file = read_workbook(tmp_path / "out.xlsx")
    assert [row[0] for row in file.rows(file.tables[0])[1:]] == [name.strip() for name in NAMES]
    again = fill(tmp_path / "own.xlsx", data, tmp_path / "again.xlsx", against=tmp_path / "out.xlsx")
    assert again.notes == ["Compared with out.xlsx, through 2024-01: no month that it reported has changed"]
    fill(tmp_path / "own.xlsx", data, tmp_path / "outside.xlsx", values=True)
    assert b"_x0041_" not in b"".join(read_workbook(tmp_path / "outside.xlsx").package.parts.values())


# Odd formats


@pytest.mark.parametrize(
    ("code", "shows_dates"),
    [
        ("dd.mm.yyyy", True), ("[$-407]mmm yy;@", True), ('yyyy"年"m"月"', True), ("[h]:mm", True), ("D-MMM", True),
        ("General", False), ("#,##0.00_);[Red](#,##0.00)", False), ('0 "days"', False), ("0\\d", False),
        ("[$USD-409] #,##0", False), ("[Blue]0.0;[Red]-0.0", False), ("#,##0_m", False), ("@", False),
        ("0.0E+00", False),
    ],
)  # fmt: skip
def test_a_style_that_shows_dates_is_kept_and_any_other_is_not(code: str, shows_dates: bool) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.active["A1"].number_format = code
    file = read_workbook(content(book))
    style = file.sheet("Sheet").cells(1)[1].get("s") or "0"
    assert (date_style(file.package, style) == style) is shows_dates


def test_the_built_in_date_formats_of_east_asia_are_known() -> None:
    book = openpyxl.Workbook()
    book.active["A1"].number_format = "0.00"
    file = read_workbook(content(book))
    style = file.sheet("Sheet").cells(1)[1].get("s")
    formats = file.package.root("xl/styles.xml").find("{*}cellXfs")
    for number in (27, 31, 57):
        formats[int(style)].set("numFmtId", str(number))
        assert date_style(file.package, style) == style
