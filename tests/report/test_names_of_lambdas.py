"""The report whose functions are LAMBDAs among its names: the ordinary report's figures, computed by formulon alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import formulon
import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from mrr_xl import MrrError, Settings, clock
from mrr_xl.cli import main
from mrr_xl.filling.fill import fill
from mrr_xl.hosts.lambdas import NAMES
from mrr_xl.metrics import REGISTRY
from mrr_xl.report import write_template
from mrr_xl.report.names_of_lambdas import FUNCTIONS
from mrr_xl.report.sample import sample_subscriptions
from mrr_xl.report.sheets import movements, retention, totals
from support import office
from support.host_calc import installed
from support.lambdas import define_all

pytestmark = pytest.mark.filterwarnings("ignore::mrr_xl.errors.MrrWarning")

ROWS = [*movements.ROWS, *retention.ROWS]
SHEETS = ["Summary", "Movements", "Detail", "Cohorts MRR", "Cohorts customers", "Retention", "Customers",
          "Unit economics", "Budget", "Subscriptions", "Settings", "Checks", "Definitions"]  # fmt: skip
_ERRORS = {1: "#DIV/0!", 2: "#VALUE!", 4: "#NAME?", 6: "#N/A"}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lambda") / "report.xlsx"
    write_template(path, data=sample_subscriptions(100), months=12, functions="lambda")
    return path


@pytest.mark.parametrize("name", [row.metric for row in ROWS if not row.formula and not row.is_input])
def test_what_the_report_has_a_row_of_is_written_for_workbooks_without_an_addin_too(name: str) -> None:
    assert name in FUNCTIONS and name in totals.FUNCTIONS


def stored(path: Path) -> dict[tuple[str, str], Any]:
    """The values that a file has, by sheet and cell; dates as numbers."""
    values = {}
    for sheet in load_workbook(path, data_only=True):
        for row in sheet.iter_rows():
            for cell in row:
                value = cell.value
                if isinstance(value, dt.datetime):
                    value = (value - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
                if value not in (None, ""):
                    values[sheet.title, cell.coordinate] = value
    return values


def computed(path: Path) -> dict[tuple[str, str], Any]:
    """The same cells as formulon computes them from the file's own names, without mrr_xl."""
    book = formulon.Workbook.load(path.read_bytes())
    define_all(book)
    book.recalc()
    values = {}
    for number, sheet in enumerate(load_workbook(path)):
        for row in sheet.iter_rows():
            for cell in row:
                value = book.get_value(number, cell.row - 1, cell.column - 1)
                kind = value.kind.name
                texts = {"ERROR": _ERRORS.get(value.error_code, "?"), "TEXT": value.text, "BOOL": value.boolean}
                plain = value.number if kind == "NUMBER" else texts.get(kind)
                if plain not in (None, ""):
                    values[sheet.title, cell.coordinate] = plain
    return values


def test_every_cell_is_computed_from_the_workbooks_own_names(report: Path) -> None:
    ours, excels = stored(report), computed(report)
    # The LAMBDA tells fewer checks, so that the light counts fewer notes.
    assert (ours["Summary", "J4"], excels["Summary", "J4"]) == ("● OK, 2 to note", "● OK, 1 to note")
    checks = [excels.get(("Checks", f"{column}5")) for column in "ABCDE"]
    assert checks == ["lines read", "OK", 211, 2, "recognised as subscriptions"]
    ours, excels = (
        {place: value for place, value in cells.items() if place[0] != "Checks" and place != ("Summary", "J4")}
        for cells in (ours, excels)
    )
    assert excels.keys() == ours.keys()
    assert len(ours) > 3_000
    for place, value in ours.items():
        if isinstance(value, (int, float)):
            assert excels[place] == pytest.approx(value, abs=1e-6), place
        else:
            assert excels[place] == value, place
    assert "#NAME?" not in ours.values()
    assert not [place for place, value in ours.items() if place[0] == "Movements" and str(value).startswith("#V")]


def test_its_figures_are_those_of_the_ordinary_report(report: Path, tmp_path: Path) -> None:
    write_template(tmp_path / "ordinary.xlsx", data=sample_subscriptions(100), months=12)
    ordinary, ours = stored(tmp_path / "ordinary.xlsx"), stored(report)
    assert load_workbook(report).sheetnames == SHEETS
    for sheet in SHEETS[:9]:
        other = {place: value for place, value in ordinary.items() if place[0] == sheet}
        own = {place: value for place, value in ours.items() if place[0] == sheet}
        differing = {place[1] for place in own.keys() | other.keys() if own.get(place) != other.get(place)}
        assert differing <= ({"B3"} if sheet == "Summary" else set()), sheet  # what computes the figures anew


def test_every_function_that_the_report_calls_is_a_name_of_it(report: Path) -> None:
    book = load_workbook(report)
    assert set(NAMES) <= set(book.defined_names)
    formulas = [getattr(cell.value, "text", cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    called = {name for text in formulas if str(text).startswith("=") for name in REGISTRY if f"{name}(" in str(text)}
    assert called
    assert called <= set(NAMES)
    listed = [cell.value for cell in book["Definitions"]["A"][5:]]
    ours = [name for name in REGISTRY if name in NAMES]
    assert listed[: len(ours) + 1] == [*ours, None]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"Number of seats": [2, 2]}, "column Number of seats may matter to the MRR, and the LAMBDAs can't tell; "
         "rename or remove it"),
        ({"Price state": ["active", "paused"]}, "column Price state may matter to the MRR, and the LAMBDAs can't tell; "
         "rename or remove it"),
        ({"Quantity": [2, 2], "Seats": [1, 1]}, "columns 'Quantity' and 'Seats' both mean quantity; rename or remove "
         "one of them"),
    ],
)  # fmt: skip
def test_headers_that_only_the_engine_understands_are_refused(
    changed: dict[str, Any], message: str, tmp_path: Path
) -> None:
    data = pd.DataFrame({"Customer": ["Ada", "Bob"], "Start": pd.to_datetime(["2024-01-05"] * 2), "Amount": [10.0, 20]})
    with pytest.raises(MrrError) as caught:
        write_template(tmp_path / "report.xlsx", data=data.assign(**changed), functions="lambda")
    assert str(caught.value) == message
    assert not (tmp_path / "report.xlsx").exists()


@pytest.mark.parametrize("rules", [{"grace_days": 14}, {"netting": "gross"}])
def test_settings_that_the_lambdas_lack_are_refused(rules: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(MrrError) as caught:
        write_template(tmp_path / "report.xlsx", rules=Settings.of(rules), functions="lambda")
    assert str(caught.value) == (
        "the LAMBDAs can't compute this data under these settings (MRR gives #VALUE!); see docs/hosts.md for what they "
        "need, or use --functions xlwings"
    )


def test_amounts_with_one_currency_beside_all_of_them_are_plain_numbers_there(tmp_path: Path) -> None:
    """100 a month, and 1,200 a year from February on."""
    data, report = tmp_path / "data.csv", tmp_path / "report.xlsx"
    data.write_text("customer,start,amount,interval\nAda,2025-01-01,£100,month\nBob,2025-02-01,£1200,year\n", "utf-8")
    write_template(report, data=data, months=2, functions="lambda")
    cells = load_workbook(report, data_only=True)
    assert [cells["Subscriptions"][f"F{row}"].value for row in (2, 3)] == [100, 1200]
    assert cells["Settings"]["B5"].value == "GBP"
    closing = next(row for row in cells["Movements"].iter_rows(values_only=True) if row[0] == "Closing MRR")
    assert closing[1:4] == ("GBP", 100, 200)


def test_a_word_that_the_lambdas_do_not_know_is_named_before_they_are_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mrr_xl.report.names_of_lambdas.Engine", None)
    data = pd.DataFrame({"Customer": ["Ada"], "Start": ["2025-01-03"], "Amount": [1.0], "Interval": ["half-yearly"]})
    with pytest.raises(MrrError) as caught:
        write_template(tmp_path / "report.xlsx", data=data, functions="lambda")
    assert str(caught.value).endswith(
        ": the LAMBDAs don't know the interval 'half-yearly'; write '6 months', or use --functions xlwings"
    )
    assert not (tmp_path / "report.xlsx").exists()


def test_a_workbook_carries_one_kind_of_functions(tmp_path: Path) -> None:
    with pytest.raises(MrrError, match="functions can be lambda or plain, in a workbook that carries nothing else"):
        write_template(tmp_path / "report.xlsx", functions="lambda", carries="lite")
    done = CliRunner().invoke(main, ["template", str(tmp_path / "a.xlsm"), "--functions", "lambda", "--macros"])
    assert (done.exit_code, done.output) == (2, "mrr-xl: --macros is for --functions xlwings; LAMBDAs need none\n")


def test_a_fill_renews_the_last_month_that_is_over(
    report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: dt.date(2025, 6, 15))
    fill(report, sample_subscriptions(80), tmp_path / "filled.xlsx")
    book = load_workbook(tmp_path / "filled.xlsx", data_only=True)
    assert book["Settings"]["B8"].value == dt.datetime(2025, 5, 1)
    assert book["Summary"]["C4"].value == dt.datetime(2025, 5, 1)
    ours, excels = stored(tmp_path / "filled.xlsx"), computed(tmp_path / "filled.xlsx")
    figures = {place: value for place, value in ours.items() if place[0] == "Movements"}
    assert {place: excels[place] for place in figures} == {
        place: pytest.approx(value, abs=1e-6) if isinstance(value, (int, float)) else value
        for place, value in figures.items()
    }


@pytest.mark.skipif(bool(office.missing()), reason=office.missing())
@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
def test_in_libreoffice_our_extension_computes_the_same_file(report: Path) -> None:
    """LibreOffice has no LAMBDA: there the extension's functions stand behind the same formulas."""
    ours, offices = stored(report), stored(installed().convert(report))
    figures = {place: value for place, value in ours.items() if place[0] in SHEETS[:8]}
    assert {place: offices.get(place) for place in figures} == {
        place: pytest.approx(value, abs=1e-6) if isinstance(value, (int, float)) else value
        for place, value in figures.items()
    }


LINES = "customer,start,amount,interval,currency\nAda,2024-01-01,100,month,EUR\nBob,2024-02-05,100,month,USD\n"
BY_MONTH = [("EUR", "2024-01", 1), ("EUR", "2024-02", 1), ("USD", "2024-01", 0.9), ("USD", "2024-02", 0.8)]


@pytest.mark.parametrize(
    ("lines", "rates", "rules", "lacking"),
    [
        (LINES, BY_MONTH, {}, "the exchange rates change by month, which the LAMBDAs can't compute; give one for "
         "each currency"),
        ("customer,start,amount\nAda,2024-01-01,1\nada,2024-01-01,2\n", None, {}, "customers Ada and ada differ in "
         "case only, which the LAMBDAs can't tell; spell them alike, or give each an ID"),
        ("customer,start,amount,interval\nAda,2024-01-01,1,half-yearly\n", None, {}, "row 2, column interval: the "
         "LAMBDAs don't know the interval 'half-yearly'; write '6 months'"),
        ("customer,start,amount\nAda,2024-01-01,1\n", None, {"grace_days": 7}, "grace_days is 7, which the LAMBDAs "
         "can't compute; set it to 0"),
        ("customer,start,amount\nAda,2024-01-01,1\n", None, {"churn_on": "cancelled_or_end"}, "churn_on is "
         "cancelled_or_end, which the LAMBDAs can't compute; set it to end or cancelled"),
        ("customer,start,amount\nAda,2024-01-01,1\n", None, {"churn_on": "cancelled"}, ""),
    ],
)  # fmt: skip
def test_what_the_lambdas_lack_is_told_by_a_fill_and_data_refused_by_the_template(
    report: Path, lines: str, rates: Any, rules: dict[str, Any], lacking: str, tmp_path: Path
) -> None:
    """Excel would show #VALUE! as soon as it computed the report anew."""
    data, out = tmp_path / "data.csv", tmp_path / "filled.xlsx"
    data.write_text(lines, "utf-8")
    notes = [note for note in fill(report, data, out, rates=rates, **rules).notes if "Excel shows" in note]
    said = f"Excel shows #VALUE! once it computes this workbook anew: {lacking}, or use --functions xlwings"
    assert notes == ([said] if lacking else [])
    if lacking and not rules:
        with pytest.raises(MrrError) as caught:
            write_template(tmp_path / "new.xlsx", data=data, rates=rates, functions="lambda")
        assert str(caught.value) == f"{lacking}, or use --functions xlwings"
