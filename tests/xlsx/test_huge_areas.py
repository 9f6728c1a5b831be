"""Areas as large as a sheet, endless formulas, rows that are only formatted: work grows with what is there."""

from __future__ import annotations

import re
import signal
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.table import Table

from mrr_xl.calculator import slim_copy
from mrr_xl.calculator.parsing import LONGEST, own, parsed
from mrr_xl.calculator.references import unknown
from mrr_xl.errors import MrrError
from mrr_xl.filling.fill import Filled, fill
from mrr_xl.xlsx.workbook import read_workbook

pytestmark = pytest.mark.posix
DATA = pd.DataFrame({"customer": ["Ada", "Bob"], "start": ["2024-01-01", "2024-02-01"], "amount": [100.0, 50.0]})
MEND = "open the workbook in Excel, save it and fill again"
SHEET, REPORT, BOOK, TABLE = (
    "xl/worksheets/sheet1.xml",
    "xl/worksheets/sheet2.xml",
    "xl/workbook.xml",
    "xl/tables/table1.xml",
)


@pytest.fixture(autouse=True)
def in_bounds() -> Iterator[None]:
    """What would take hours is ended; what takes a second is far from it, on any machine."""

    def too_long(*_: object) -> None:
        raise TimeoutError("it takes longer than it may")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def own_workbook(folder: Path, part: str, old: str, new: str, headers: int = 3) -> Path:
    """A ledger's table on one sheet and its MRR on another, with an edit of one part."""
    book = openpyxl.Workbook()
    book.active.title = "Data"
    book.active.append([*DATA.columns, *(f"c{number}" for number in range(headers - 3))])
    book.active.append(["Old", "2020-01-01", 7])
    book.active.add_table(Table(displayName="Subscriptions", ref=f"A1:{openpyxl.utils.get_column_letter(headers)}2"))
    book.create_sheet("Report")["A1"] = "=MRR(Subscriptions[#All])"
    before = BytesIO()
    book.save(before)
    with zipfile.ZipFile(before) as archive, zipfile.ZipFile(folder / "own.xlsx", "w", zipfile.ZIP_DEFLATED) as own_:
        for name in archive.namelist():
            text = archive.read(name)
            if name == part:
                assert re.search(old, text.decode()), text
                text = re.sub(old, lambda _: new, text.decode(), count=1).encode()
            own_.writestr(name, text)
    return folder / "own.xlsx"


def filled(folder: Path, own_: Path) -> Filled:
    done = fill(own_, DATA, folder / "out.xlsx")
    assert (read_workbook(folder / "out.xlsx").values("Data!A2:A3") or [])[:2] == ["Ada", "Bob"]
    return done


def figure(folder: Path) -> object:
    return (read_workbook(folder / "out.xlsx").values("Report!A1:A1") or [None])[0]


CELL = r'<c r="A1".*?</c>'


def test_a_table_may_reach_down_to_the_last_row(tmp_path: Path) -> None:
    own_ = own_workbook(tmp_path, TABLE, 'ref="A1:C2"', 'ref="A1:C1048576"')
    assert filled(tmp_path, own_).problems == []
    assert figure(tmp_path) == 150


@pytest.mark.slow
def test_a_table_may_be_as_large_as_a_sheet(tmp_path: Path) -> None:
    own_ = own_workbook(tmp_path, TABLE, 'ref="A1:[A-Z]+2"', 'ref="A1:FJU1048576"', headers=4_337)
    assert filled(tmp_path, own_).problems == []
    assert figure(tmp_path) == 150


@pytest.mark.parametrize("area", ["A1:XFD1048576", "A1:A1048576", "A1:XFD7"])
def test_an_array_that_claims_cells_that_are_not_there_is_refused(tmp_path: Path, area: str) -> None:
    formula = f'<c r="A1"><f t="array" ref="{area}">MRR(Subscriptions[#All])</f><v/></c>'
    with pytest.raises(MrrError) as raised:
        filled(tmp_path, own_workbook(tmp_path, REPORT, CELL, formula))
    assert str(raised.value) == f"the formula in A1 of {REPORT} fills '{area}'; {MEND}"


@pytest.mark.parametrize("rows", ["Data!1:1048576", "Data!A:XFD", "Data!$A$1:$XFD$1048576", "Data!A:C", "Data!1:9"])
def test_our_functions_take_a_whole_sheet(tmp_path: Path, rows: str) -> None:
    own_ = own_workbook(tmp_path, REPORT, CELL, f'<c r="A1"><f>MRR({rows})</f><v/></c>')
    assert filled(tmp_path, own_).problems == []
    assert figure(tmp_path) == 150


def test_a_whole_sheet_with_a_cell_in_its_last_corner_is_named(tmp_path: Path) -> None:
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    own_ = own_workbook(tmp_path, SHEET, "</sheetData>", corner)
    with zipfile.ZipFile(own_) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[REPORT] = re.sub(CELL.encode(), b'<c r="A1"><f>MRR(Data!A:XFD)</f><v/></c>', parts[REPORT])
    with zipfile.ZipFile(own_, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    why = "Report!A1 can't be computed here and keeps its old value: MRR(Data!A:XFD) (Data!A:XFD has too many cells)"
    assert filled(tmp_path, own_).problems == [why]


@pytest.mark.parametrize("name", ["Rules", "Mapping", "Report_currency", "Comparison", "All"])
def test_a_name_may_stand_for_a_whole_sheet(tmp_path: Path, name: str) -> None:
    defined = f'<definedNames><definedName name="{name}">Report!$A$1:$XFD$1048576</definedName></definedNames>'
    own_ = own_workbook(tmp_path, BOOK, r"<definedNames ?/>|(?=<calcPr)", defined)
    try:
        filled(tmp_path, own_)
    except MrrError as mistake:  # what stands there is no rule
        assert "\n" not in str(mistake)
    else:
        assert figure(tmp_path) == 150


@pytest.mark.parametrize(
    "formula",
    [
        "A" * 100_000,
        "A" * 100_000 + "(1)",
        "a.b_c1" * 20_000,
        "(" * 50_000 + "1" + ")" * 50_000,
        "'" * 100_001,
        '"' * 100_001,
        "Subscriptions" + "[" * 50_000 + "]" * 50_000,
        "1" * 100_000,
        "-" * 100_000 + "1",
        "1+" + " " * 100_000 + "1",
        "MRR(" * 30_000,
    ],
    ids=[
        "word",
        "function",
        "dots",
        "brackets",
        "apostrophes",
        "quotes",
        "table",
        "digits",
        "signs",
        "blanks",
        "calls",
    ],
)
def test_a_formula_longer_than_any_is_named_and_keeps_its_value(tmp_path: Path, formula: str) -> None:
    text = formula.replace('"', "&quot;")
    own_ = own_workbook(tmp_path, REPORT, CELL, f'<c r="A1"><f>{text}</f><v>7</v></c>')
    (problem,) = filled(tmp_path, own_).problems
    shown = f"{formula[:57]}..."
    assert problem == (
        f"Report!A1 can't be computed here and keeps its old value: {shown} (it is longer than a formula can be)"
    )
    assert figure(tmp_path) == 7


def test_calls_deeper_than_excel_has_them_are_named(tmp_path: Path) -> None:
    formula = "MRR(" * 2000 + "Subscriptions[#All]" + ")" * 2000
    own_ = own_workbook(tmp_path, REPORT, CELL, f'<c r="A1"><f>{formula}</f><v>7</v></c>')
    try:
        assert "Report!A1" in str(filled(tmp_path, own_).problems)
    except MrrError as mistake:
        assert str(mistake) == "the workbook can't be computed here (its formulas stopped it)"


@pytest.mark.parametrize("text", ["[", "'", "a", "[a]", "'a'!", "1.", "(", " ", "[a", "a(", "A1:", "{"])
def test_the_longest_formula_is_read(text: str) -> None:
    """Patterns that begin anew at every character, and look to the end from there, take minutes."""
    formula = "=" + (text * LONGEST)[: LONGEST - 10] + "MRR("
    assert own(formula).startswith("=")
    unknown(formula, {})
    parsed(formula)


def test_cells_that_are_only_formatted_are_not_computed_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slim_copy, "_BIG", 1000)
    rows = "".join(f'<row r="{row}" s="0" customFormat="1"><c r="B{row}" s="0"/></row>' for row in range(2, 5_002))
    own_ = own_workbook(tmp_path, REPORT, "</sheetData>", f'{rows}<row r="6000" hidden="1"/></sheetData>')
    workbook = read_workbook(own_)
    copied = slim_copy._copied(workbook.sheet("Report"))
    assert [(row.get("r"), len(row)) for row in copied] == [("1", 1), ("6000", 0)]
    assert filled(tmp_path, own_).problems == []
    assert figure(tmp_path) == 150


def test_a_row_finds_its_place_among_others_at_once(tmp_path: Path) -> None:
    """Looking through all rows for each new one, 80,000 take minutes."""
    far = '<row r="900000"><c r="H900000"><v>1</v></c></row></sheetData>'
    sheet = read_workbook(own_workbook(tmp_path, SHEET, "</sheetData>", far)).sheet("Data")
    for row in [*range(80_000, 40_000, -1), *range(80_001, 120_001)]:
        sheet.put(row, 1, row)
    numbers = [int(row.get("r")) for row in sheet.data]
    assert numbers == [1, 2, *range(40_001, 120_001), 900_000]
    assert list(sheet.there(119_999, 900_000)) == [119_999, 120_000, 900_000]
    sheet.remove(120_000, 1)
    assert list(sheet.there(119_999, 900_000)) == [119_999, 900_000]
