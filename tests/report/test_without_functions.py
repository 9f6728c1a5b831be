"""The report where the functions are missing: nothing says that all is well over figures that are errors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from mrr_xl import Settings
from mrr_xl.filling.fill import finish
from mrr_xl.hosts.calc.extension import extension
from mrr_xl.report import write_template
from mrr_xl.report.formulas import not_figures
from mrr_xl.report.template import build_template, saved
from support import office
from support.plain import cells, formulon_values

LINES = pd.DataFrame(
    {
        "customer": ["Ada", "Bob"],
        "start": [dt.datetime(2023, 1, 1), dt.datetime(2024, 2, 1)],
        "end": [None, None],
        "mrr": [100, 50],
    }
)
#: What looks at figures and says whether all is well.
VERDICTS = {"Checks": "E3", "Summary": "J4", "Movements": "B5", "Detail": "E4"}
SENTENCE = "The checks could not be computed: this program lacks the functions of mrr-xl"
WELL = {"Checks": "All checks passed", "Summary": "● OK", "Movements": "OK", "Detail": "OK"}

Cells = dict[tuple[str, str], Any]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.xlsx"
    assert write_template(path, data=LINES, months=3, through="2024-03").problems == []
    return path


def verdicts(found: Cells) -> dict[str, Any]:
    return {sheet: found.get((sheet, cell)) for sheet, cell in VERDICTS.items()}


def in_libreoffice(path: Path, folder: Path, recalculates: bool) -> Cells:
    if office.missing():
        pytest.skip(office.missing())
    return cells(office.Office(folder, recalculates=recalculates).convert(path))


def recalculated(path: Path, folder: Path) -> Cells:
    return in_libreoffice(path, folder, recalculates=True)


def by_formulon(path: Path, folder: Path) -> Cells:
    return formulon_values(path)


def test_where_the_functions_are_all_is_well(report: Path) -> None:
    assert verdicts(cells(report)) == WELL


@pytest.mark.parametrize("program", [recalculated, by_formulon])
def test_where_everything_is_computed_anew_it_says_that_the_functions_are_missing(
    report: Path, program: Callable[[Path, Path], Cells], tmp_path: Path
) -> None:
    found = program(report, tmp_path)
    assert found["Movements", "C9"] == "#NAME?"
    assert verdicts(found) == {
        "Checks": SENTENCE, "Summary": "● could not be computed", "Movements": "no figures", "Detail": "not computed",
    }  # fmt: skip
    assert found["Summary", "B2"] == "No figures: this program lacks the functions of mrr-xl."
    assert found["Summary", "B7"] == "#NAME?"  # the first card
    assert found["Movements", "G7"] == "Last months"
    assert found["Forecast", "F6"] == "#NAME?"  # the dash is for what is not defined


def test_libreoffice_keeps_stored_figures_and_no_verdict_over_them(report: Path, tmp_path: Path) -> None:
    """A new profile computes arrays alone: the cards are as mrr-xl computed them, and the months are errors."""
    found = in_libreoffice(report, tmp_path, recalculates=False)
    assert (found["Summary", "B7"], found["Movements", "C9"]) == (150, "#NAME?")
    assert verdicts(found) == {
        "Checks": SENTENCE, "Summary": "● could not be computed", "Movements": "not computed", "Detail": "not computed",
    }  # fmt: skip


def test_where_the_functions_cannot_start_no_verdict_is_ok_over_their_sentence(report: Path, tmp_path: Path) -> None:
    """The extension answers with a text, in all cells of our formulas; LibreOffice keeps the stored check rows."""
    if office.missing():
        pytest.skip(office.missing())
    for recalculates in (False, True):
        program = office.Office(tmp_path / str(recalculates), extension(), recalculates=recalculates)
        assert verdicts(cells(program.convert(report))) == WELL
        found = cells(program.convert(report, MRR_XL_PYTHON="/nowhere/python"))
        sentence = found["Checks", "A4"]
        assert sentence.startswith("mrr_xl can't be started with /nowhere/python: ")
        assert verdicts(found) == {
            "Checks": sentence, "Summary": "● could not be computed",
            "Movements": "no figures" if recalculates else "not computed", "Detail": "not computed",
        }  # fmt: skip


def test_a_month_that_is_a_text_is_not_ok_and_months_beyond_the_report_are(tmp_path: Path) -> None:
    workbook = build_template(LINES, months=3, rules=Settings.of({"through": "2024-03"}))
    workbook["Movements"]["C15"] = "one"  # instead of the row of exchange rates, and SUM passes over it
    found = load_workbook(finish(saved(workbook), tmp_path / "report.xlsx", 0).path, data_only=True)
    assert (found["Movements"]["B5"].value, found["Summary"]["J4"].value) == ("not computed", "● could not be computed")
    workbook = build_template(LINES, months=12, rules=Settings.of({"through": "2024-03", "period": "quarter"}))
    found = load_workbook(finish(saved(workbook), tmp_path / "quarters.xlsx", 0).path, data_only=True)
    assert found["Movements"]["N7"].value in (None, "")
    assert (found["Movements"]["B5"].value, found["Summary"]["J4"].value) == ("OK", "● OK")


def test_a_month_that_is_an_error_is_not_ok(tmp_path: Path) -> None:
    workbook = build_template(LINES, months=3, rules=Settings.of({"through": "2024-03"}))
    workbook["Movements"]["C15"] = "=1/0"  # instead of the row of exchange rates, which is 0
    found = load_workbook(finish(saved(workbook), tmp_path / "report.xlsx", 0).path, data_only=True)
    assert found["Movements"]["C18"].value == "#DIV/0!"
    assert (found["Movements"]["B5"].value, found["Summary"]["J4"].value) == ("not computed", "● could not be computed")


def test_a_stored_ok_below_a_month_that_is_an_error_is_shown_as_not_computed() -> None:
    sheet = build_template(LINES, months=3)["Movements"]
    for row, first in ((18, 9), (26, 21)):
        rules = [rule for area in sheet.conditional_formatting if str(area.sqref) == f"C{row}:E{row}"
                 for rule in area.rules]  # fmt: skip
        figures = f"C{first}:C{row - 1}"
        assert rules[0].formula == [f"{not_figures(figures)}>0"]
        assert rules[0].dxf.numFmt.formatCode == '"not computed"'
