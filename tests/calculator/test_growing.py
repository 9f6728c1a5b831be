"""Tables in a report that a program saved which knows fixed areas alone grow again; all other arrays stay."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from mrr_xl import fill, write_template

LINES = "customer,start,end,mrr,plan\nAda,2024-01-01,,100,Pro\nBob,2024-02-01,2024-06-01,50,Basic\n"
MORE = LINES + "Cyd,2024-05-01,,20,Team\nDan,2024-07-01,,30,Plus\n"
_ARRAY = re.compile(rb'<c r="(\w+)"([^>]*)><f[^>]* ref="([\w:]+)"')


def reports(folder: Path) -> tuple[Path, Path]:
    """A report, and the same as openpyxl saves it, which leaves out what lets arrays grow."""
    (folder / "lines.csv").write_text(LINES)
    write_template(folder / "report.xlsx", data=folder / "lines.csv", months=12)
    (folder / "lines.csv").write_text(MORE)
    book = openpyxl.load_workbook(folder / "report.xlsx")
    book["Definitions"]["H1"] = ArrayFormula("H1:I3", '=INDEX(MRR_TOP(Subscriptions[#All],9,"2024-07"),{1;2;3},{1,3})')
    book.save(folder / "report.xlsx")
    with zipfile.ZipFile(folder / "report.xlsx") as archive:
        assert "xl/metadata.xml" not in archive.namelist()
    write_template(folder / "new.xlsx", data=folder / "lines.csv", months=12)
    return folder / "report.xlsx", folder / "new.xlsx"


def arrays(path: Path) -> set[tuple[str, str, str, bool]]:
    """The part, cell and area of each array formula, and whether it grows."""
    with zipfile.ZipFile(path) as archive:
        return {
            (part, cell.decode(), area.decode(), b' cm="1"' in look)
            for part in archive.namelist()
            if part.startswith("xl/worksheets/sheet")
            for cell, look, area in _ARRAY.findall(archive.read(part))
        }


@pytest.mark.filterwarnings("ignore:.*xtension is not supported")  # by openpyxl
def test_tables_grow_as_in_a_new_report_and_other_arrays_stay(tmp_path: Path) -> None:
    saved, new = reports(tmp_path)
    filled = fill(saved, tmp_path / "lines.csv", tmp_path / "out.xlsx")
    assert (filled.problems, [note for note in filled.notes if "fixed area" in note]) == ([], [])
    (own,) = arrays(tmp_path / "out.xlsx") - arrays(new)
    assert own[1:] == ("H1", "H1:I3", False)
    assert {(part, cell) for part, cell, _, grows in arrays(new) if grows} == {
        ("xl/worksheets/sheet14.xml", "A4"), ("xl/worksheets/sheet3.xml", "A6"), ("xl/worksheets/sheet4.xml", "A6"),
        ("xl/worksheets/sheet5.xml", "A7"), ("xl/worksheets/sheet6.xml", "A7"), ("xl/worksheets/sheet8.xml", "A13"),
        ("xl/worksheets/sheet9.xml", "A16"),
    }  # fmt: skip
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert "xl/metadata.xml" in archive.namelist()


@pytest.mark.filterwarnings("ignore:.*xtension is not supported")
def test_what_is_in_the_way_of_one_is_named(tmp_path: Path) -> None:
    saved, _ = reports(tmp_path)
    book = openpyxl.load_workbook(saved)
    book["Cohorts MRR"]["A10"] = "mine"
    book.save(saved)
    filled = fill(saved, tmp_path / "lines.csv", tmp_path / "out.xlsx")
    assert filled.problems == [
        "Cohorts MRR!A7 has no room for its answer (#SPILL!); clear the cells below and beside, and fill again"
    ]
