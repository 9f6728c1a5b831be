"""What a report says of itself on its first sheet: as of when its figures are, and what computes them anew."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from mrr_xl import __version__, clock
from mrr_xl.filling.fill import fill
from mrr_xl.report import write_template

LINES = pd.DataFrame({"customer": ["Ada", "Bob"], "start": ["2024-01-01", "2024-02-01"], "mrr": [100.0, 50.0]})
EXCEL = b"<Properties><Application>Microsoft Excel</Application><AppVersion>16.0300</AppVersion></Properties>"
SAYS = f"Figures computed {{}} by mrr-xl {__version__}. {{}}"
NEEDS = {
    "addin": "To compute them anew, Excel or LibreOffice needs the add-in that mrr-xl writes: see mrr-xl addin --help.",
    "macros": "To compute them anew, Excel on Windows needs its macros enabled, and Python with mrr-xl.",
    "lite": "To compute them anew, Excel needs the add-in xlwings Lite.",
    "lambda": "Excel 365, Excel 2024 and Excel on the web compute them anew: nothing else is needed.",
    "plain": "Every spreadsheet program computes them anew from the sheet Schedule: nothing else is needed.",
}


def report(folder: Path, kind: str) -> Path:
    path = folder / ("report.xlsm" if kind == "macros" else "report.xlsx")
    given = {"functions": kind} if kind in ("lambda", "plain") else {"carries": kind} if kind != "addin" else {}
    with clock.one_day(dt.date(2025, 4, 1)):
        write_template(path, data=LINES, months=6, **given)  # type: ignore[arg-type]
    return path


def line(path: Path) -> object:
    return openpyxl.load_workbook(path, data_only=True)["Summary"]["B3"].value


@pytest.mark.parametrize("kind", NEEDS)
def test_a_report_says_as_of_when_it_is_and_what_it_needs_also_after_a_fill(tmp_path: Path, kind: str) -> None:
    made = report(tmp_path, kind)
    assert line(made) == SAYS.format("2025-04-01", NEEDS[kind])
    filled = tmp_path / f"filled{made.suffix}"
    with clock.one_day(dt.date(2025, 5, 2)):
        assert fill(made, LINES, filled).problems == []
    assert line(filled) == SAYS.format("2025-05-02", NEEDS[kind])


@pytest.mark.parametrize(
    ("kind", "formula"),
    [
        (
            "addin",
            "=IF(ISNUMBER(MATCH(ERROR.TYPE(MRR_LAST_MONTH(Subscriptions[#All],Report_filter,Rules,Rates[#All])),"
            '{4,5},0)),Report_source,"")',
        ),
        ("lambda", "=Report_source"),
        ("plain", "=Definitions!$B$36"),
    ],
)
def test_the_line_goes_where_the_functions_are_known_once_the_data_changes(
    tmp_path: Path, kind: str, formula: str
) -> None:
    assert openpyxl.load_workbook(report(tmp_path, kind))["Summary"]["B3"].value == formula


def test_a_file_of_values_only_says_so(tmp_path: Path) -> None:
    with clock.one_day(dt.date(2025, 5, 2)):
        fill(report(tmp_path, "addin"), LINES, tmp_path / "out.xlsx", values=True)
    says = f"Figures computed 2025-05-02 by mrr-xl {__version__}; this file holds their values only."
    assert line(tmp_path / "out.xlsx") == says
    definitions = openpyxl.load_workbook(tmp_path / "out.xlsx")["Definitions"]
    assert [row[1].value for row in definitions.iter_rows() if row[0].value == "To compute anew"] == [says]


def test_a_report_that_excel_saved_with_living_functions_is_no_difference(tmp_path: Path) -> None:
    """There the line is blank, which it is not here."""
    made = report(tmp_path, "addin")
    with zipfile.ZipFile(made) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["docProps/app.xml"] = EXCEL
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet], times = re.subn(rb'(<c r="B3"[^>]*>(?:(?!</c>).)*<v>)[^<]*', rb"\1", parts[sheet])
    assert times == 1
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert fill(made, LINES, tmp_path / "out.xlsx").problems == []
    assert str(line(tmp_path / "out.xlsx")).startswith("Figures computed 20")


def test_a_report_without_the_line_is_filled_as_it_was(tmp_path: Path) -> None:
    made = report(tmp_path, "addin")
    book = openpyxl.load_workbook(made)
    for name in ("Report_computed", "Report_source"):
        del book.defined_names[name]
    book["Summary"]["B3"] = "of our own"
    book.save(made)
    fill(made, LINES, tmp_path / "out.xlsx")
    assert line(tmp_path / "out.xlsx") == "of our own"
