"""The extension for LibreOffice Calc: what is in it, the process that computes, and a real soffice."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import pickle
import struct
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from lxml import etree
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula

from mrr_xl import fill, write_template
from mrr_xl.cli import main
from mrr_xl.functions.sheet_functions import argument_help
from mrr_xl.hosts.calc.component import Server, Unavailable, python_of, refusal, trimmed
from mrr_xl.hosts.calc.extension import extension, interface
from mrr_xl.hosts.calc.server import NOT_AVAILABLE, READY, VALUE, Functions, serve
from mrr_xl.metrics import REGISTRY
from support.call_workbook import put_areas
from support.calls import AREAS, CALLS, Call, python_answers
from support.host_calc import answers, installed, values
from support.office import Office, missing

OOR = "{http://openoffice.org/2001/registry}"
DATA = tuple(
    tuple("" if value is None else 45000.0 if isinstance(value, dt.datetime) else value for value in row[:6])
    for row in AREAS["Subscriptions"]
)


# --- the file ---------------------------------------------------------------------------------------------------------


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def node(parent: Any, *names: str) -> Any:
    for name in names:
        (parent,) = [child for child in parent.findall("node") if child.get(f"{OOR}name") == name]
    return parent


def text(parent: Any, name: str) -> str:
    (found,) = [child for child in parent.findall("prop") if child.get(f"{OOR}name") == name]
    return str(found.findtext("value"))


def test_every_part_of_the_extension_is_well_formed_and_listed() -> None:
    found = parts(extension())
    for name in ("description.xml", "META-INF/manifest.xml", "mrr_xl.components", "CalcAddIns.xcu"):
        etree.fromstring(found[name])
    listed = {
        value
        for entry in etree.fromstring(found["META-INF/manifest.xml"])
        for key, value in entry.attrib.items()
        if key.endswith("full-path")
    }
    assert listed <= set(found)
    assert json.loads(found["mrr_xl.json"])["python"] == sys.executable


@pytest.mark.parametrize("name", REGISTRY)
def test_every_function_has_its_texts_and_its_names(name: str) -> None:
    root = etree.fromstring(parts(extension())["CalcAddIns.xcu"])
    function = node(root, "AddInInfo", "mrrxl.Functions", "AddInFunctions", name)
    assert text(function, "DisplayName") == text(function, "CompatibilityName") == name
    assert text(function, "Description") == REGISTRY[name].summary
    arguments = node(function, "Parameters").findall("node")
    assert {text(item, "DisplayName"): text(item, "Description") for item in arguments} == argument_help(REGISTRY[name])


def test_the_interface_says_what_may_be_left_out() -> None:
    lines = interface(REGISTRY).splitlines()
    (schedule,) = [line for line in lines if "MRR_SCHEDULE(" in line]
    assert "sequence< sequence< any > > data, [in] any firstMonth," in schedule
    assert sum("any > > MRR" in line or "any > > ARR" in line for line in lines) == len(REGISTRY)


def test_the_same_extension_is_the_same_file() -> None:
    assert extension() == extension()


def test_the_command_writes_it(tmp_path: Path) -> None:
    out = tmp_path / "mrr.oxt"
    done = CliRunner().invoke(main, ["addin", "calc", "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == extension()
    assert done.output.startswith(f"wrote {out}: in LibreOffice, Tools > Extensions > Add, then restart LibreOffice\n")
    told = "from the desktop; in a terminal with an activated Python environment, type deactivate first\n"
    assert done.output.endswith(told) == (sys.platform == "linux")


def test_calc_learns_the_names_without_starting_python() -> None:
    component = etree.fromstring(parts(extension())["mrr_xl.components"])
    assert [service.get("name") for service in component.iter("{*}service")] == ["mrrxl.Functions"]


# --- the process that computes ------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(lambda: sys.executable)
    yield running
    running.stop()


def bits(number: float) -> bytes:
    """What tells one NaN from another."""
    return struct.pack("<d", number)


def test_a_question_is_answered_by_another_python(server: Server) -> None:
    assert server.answer("MRR_MONTHLY", [1200.0, "year", None, None]) == 100.0
    assert server.answer("MRR_MONTHLY", [((100.0,), ("",), (5.0,)), None, None, None]) == ((100.0,), ("",), (5.0,))
    top = server.answer("MRR_TOP", [DATA, 1.0, "2023-03", None, None, None])
    assert top[1][:2] == (1.0, "A")


def test_a_mistake_and_an_undefined_figure_are_calcs_own_errors(server: Server) -> None:
    assert bits(server.answer("MRR", [DATA, "soon", None, None, None])) == bits(VALUE)
    assert bits(server.answer("MRR_GROWTH", [DATA, "2020-01", None, None, None])) == bits(NOT_AVAILABLE)
    assert bits(VALUE) != bits(NOT_AVAILABLE)


def test_a_single_blank_cell_arrives_as_0_and_counts_as_left_out(server: Server) -> None:
    left_out = server.answer("MRR", [DATA, None, None, None, None])
    assert server.answer("MRR", [DATA, 0.0, 0.0, 0.0, 0.0]) == left_out > 0


def test_a_large_range_goes_over_once(server: Server) -> None:
    many = DATA[:1] + DATA[1:] * 100
    first = server.answer("MRR", [many, None, None, None, None])
    assert server.slots[0] == many and server._sent(tuple(map(tuple, many))) == (0, None)
    assert server.answer("MRR", [tuple(map(tuple, many)), None, None, None, None]) == first
    for times in range(101, 110):  # more than are kept
        other = DATA[:1] + DATA[1:] * times
        assert server.answer("MRR", [other, None, None, None, None]) == pytest.approx(first * times / 100)
    assert server.answer("MRR", [many, None, None, None, None]) == first


def test_blank_rows_below_are_dropped() -> None:
    blank = ("",) * 6
    assert trimmed((*DATA, *[blank] * 1000)) == DATA
    assert trimmed((blank, blank)) == (blank,)


def test_a_process_that_has_ended_is_started_anew(server: Server) -> None:
    assert server.answer("MRR_MONTHLY", [1.0, None, None, None]) == 1.0
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    assert server.answer("MRR_MONTHLY", [2.0, None, None, None]) == 2.0


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/false", "/bin/echo"])
def test_a_python_without_us_gives_a_sentence(python: str) -> None:
    server = Server(lambda: python)
    for _ in range(2):
        with pytest.raises(Unavailable, match=rf"^mrr_xl can't be started with {python}: run `mrr-xl addin calc`"):
            server.answer("MRR_MONTHLY", [1.0, None, None, None])
    assert server.process is None


def test_the_python_is_the_one_named_by_hand_or_the_one_written_down(tmp_path: Path, monkeypatch: Any) -> None:
    configuration = tmp_path / "mrr_xl.json"
    configuration.write_text('{"python": "/written/down"}')
    monkeypatch.delenv("MRR_XL_PYTHON", raising=False)
    assert python_of(configuration) == "/written/down"
    monkeypatch.setenv("MRR_XL_PYTHON", "/by/hand")
    assert python_of(configuration) == "/by/hand"
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.touch()
    monkeypatch.setenv("MRR_XL_PYTHON", str(tmp_path))
    assert python_of(configuration) == str(python)


def test_a_document_with_other_serials_is_refused() -> None:
    assert refusal((1899, 12, 30)) is None
    assert (refusal((1904, 1, 1)) or "").startswith("this document counts its days from 1904-01-01")


# --- a real LibreOffice -------------------------------------------------------------------------------------------

reason = missing()
in_libreoffice = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(reason), reason=reason or "-"),
    pytest.mark.xdist_group("calc"),
]


def marked(function: Any) -> Any:
    for mark in in_libreoffice:
        function = mark(function)
    return function


@marked
@pytest.mark.parametrize("call", CALLS, ids=str)
def test_calc_gives_what_python_gives(call: Call) -> None:
    (found,), (expected,) = answers([call]), python_answers([call])
    assert len(found) == len(expected)
    for row, wanted in zip(found, expected):
        for cell, value in zip(row, wanted, strict=True):
            # The file holds 15 digits.
            assert cell == (pytest.approx(value, rel=1e-12) if isinstance(value, float) else value)


RATES = "Rates!$A$1:$B$2"
CASES = {
    "whole columns": (f"=MRR(Subscriptions!$A:$G,DATE(2024,3,1),,,{RATES})", 200),
    "a blank cell for the month": (f"=MRR(Subscriptions[#All],Z1,,,{RATES})", 200),
    "a text for the month": (f'=MRR_NET_NEW(Subscriptions[#All],"2024-03",,,{RATES})+1', -39),
    "a rule": (f"=MRR(Subscriptions[#All],,,Rules!A1:B2,{RATES})", 200),
    "undefined": (f'=MRR_GROWTH(Subscriptions[#All],"2022-01",,,{RATES})', "#N/A"),
    "undefined is a real error": (f'=IF(ISNA(MRR_GROWTH(Subscriptions[#All],"2022-01",,,{RATES})),1,2)', 1),
    "a sum over months": (f"=SUM(MRR(Subscriptions[#All],Months!A1:C1,,,{RATES}))", 590),
    "a mistake": (f'=MRR(Subscriptions[#All],"soon",,,{RATES})', "#VALUE!"),
    "a mistake in the data": ("=MRR(Broken!A1:F3)", "#VALUE!"),
    "and its sentence": ("=INDEX(MRR_CHECKS(Broken!A1:F3),2,5)", None),
    "an error cell": ("=MRR(Errors!A1:C2)", "#VALUE!"),
    "nothing": ("=MRR()", "#VALUE!"),
}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: Any) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    put_areas(book)
    broken, errors = book.create_sheet("Broken"), book.create_sheet("Errors")
    for row in (AREAS["Subscriptions"][0][:6], ["A", "soon", None, 5, "month", "CRM"], ["B", None, None, 1, None, ""]):
        broken.append(row)
    for row in (["Customer", "Start", "Amount"], ["A", "=NA()", 5]):
        errors.append(row)
    for row, (formula, _) in enumerate(CASES.values(), 1):
        sheet.cell(row, 1).value = formula
    sheet["C1"] = ArrayFormula("C1:D2", f'=MRR(Subscriptions[#All],"soon",,,{RATES})')
    sheet["C4"] = ArrayFormula("C4:C6", "=MRR_MONTHLY(Prices!A1:A3,Intervals!A1:A3)")
    file: Path = tmp_path_factory.mktemp("calc") / "cases.xlsx"
    book.save(file)
    return file


@pytest.fixture(scope="module")
def computed(cases: Path) -> Path:
    return installed().convert(cases)


@marked
@pytest.mark.parametrize("case", CASES)
def test_a_cell_in_calc(computed: Path, case: str) -> None:
    value = values(computed).cell(1 + list(CASES).index(case), 1).value
    expected = CASES[case][1]
    if expected is None:
        assert "row 2, column Start: 'soon'" in value
    else:
        assert value == expected


@marked
def test_arrays_keep_blanks_and_show_a_mistake_everywhere(computed: Path) -> None:
    sheet = values(computed)
    assert [[cell.value for cell in row] for row in sheet["C1:D2"]] == [["#VALUE!"] * 2] * 2
    assert [row[0].value for row in sheet["C4:C6"]] == [100, None, 100]


@marked
def test_formulas_keep_their_names_in_excels_format(computed: Path) -> None:
    sheet = openpyxl.load_workbook(computed).worksheets[0]
    kept = [sheet.cell(row, 1).value for row in range(1, len(CASES) + 1)]
    assert kept[1] == CASES["a blank cell for the month"][0]
    assert kept[-1] == "=MRR()"
    assert sheet["C1"].value.text.startswith("=MRR(Subscriptions[#All],")


@marked
def test_a_sheet_in_calcs_own_format_computes_again(cases: Path) -> None:
    back = values(installed().convert(installed().convert(cases, "ods")))
    assert back["A1"].value == 200


@marked
def test_without_its_python_every_cell_says_so(cases: Path) -> None:
    sheet = values(installed().convert(cases, MRR_XL_PYTHON="/nowhere/python"))
    sentence = sheet["A2"].value
    assert sentence.startswith("mrr_xl can't be started with /nowhere/python: run `mrr-xl addin calc` again")
    assert {cell.value for row in sheet["C1:D2"] for cell in row} == {sentence}


@marked
def test_the_function_wizard_knows_every_function_and_argument(cases: Path) -> None:
    # LibreOffice learns what the arguments are when the first function is called.
    _, known = installed().ask(cases, ["formula", "H1", "=MRR_MONTHLY(1)"], ["functions"])
    assert set(known) == set(REGISTRY)
    for name, (description, arguments) in known.items():
        metric = REGISTRY[name]
        assert description == metric.summary
        assert arguments == [[item, doc, metric.arguments[item]] for item, doc in argument_help(metric).items()]


@marked
def test_a_workbook_that_counts_from_1904_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    put_areas(book)
    book.active["A1"] = f"=MRR(Subscriptions[#All],,,,{RATES})"
    book.active["A2"] = '=MRR_MONTHLY(1200,"year")'
    book.save(tmp_path / "mac.xlsx")
    sheet = values(installed().convert(tmp_path / "mac.xlsx"))
    assert sheet["A1"].value.startswith("this document counts its days from 1904-01-01")
    assert sheet["A2"].value == 100


class _Panic(BaseException):
    """As a panic in Polars, which is no Exception."""


@pytest.mark.parametrize(
    "fault", [KeyError("Amount"), ZeroDivisionError(), RecursionError("deep"), _Panic("at\nrow 5")]
)
def test_a_fault_of_ours_is_a_sentence_in_the_cell_and_the_next_formula_is_answered(
    monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def broken(*_: Any) -> None:
        raise fault

    questions, answered = io.BytesIO(), io.BytesIO()
    for name in ("MRR", "MRR_MONTHLY"):
        pickle.dump((name, [(None, DATA)] if name == "MRR" else [(None, 120.0), (None, "year")]), questions, 4)
    questions.seek(0)
    made = Functions.__init__

    def with_a_fault(self: Functions) -> None:
        made(self)
        self.functions["MRR"] = broken

    monkeypatch.setattr(Functions, "__init__", with_a_fault)
    serve(questions, answered)
    answered.seek(0)
    told = [pickle.load(answered) for _ in range(3)]
    assert told[0] == READY
    assert told[1] == (
        "#VALUE! MRR failed, which is a fault of mrr_xl and not of the sheet; please report it: "
        f"{type(fault).__name__}: {' '.join(str(fault).split())}".rstrip()
    )
    assert told[2] == 10.0


@marked
def test_in_an_activated_environment_workbooks_without_the_functions_open(tmp_path: Path) -> None:
    """LibreOffice's own Python may be the first on PATH (pyuno_loader.cxx sets no home for it), and then lacks `uno`.
    With the functions they don't open where it is; nothing of ours has been read by then."""
    venv.create(tmp_path / "environment")
    first = f"{tmp_path / 'environment' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(tmp_path / "others.xlsx")
    assert values(installed().convert(tmp_path / "others.xlsx", PATH=first))["A1"].value == 2


@marked
def test_an_extension_without_its_functions_names_none(tmp_path: Path, cases: Path) -> None:
    bare = Office(tmp_path / "bare")
    assert values(bare.convert(cases))["A1"].value == "#NAME?"


@marked
@pytest.mark.parametrize("recalculates", [False, True])
@pytest.mark.filterwarnings("ignore:.*xtension is not supported")  # by openpyxl, which reads the figures here
def test_a_report_that_is_saved_without_the_extension_fills_as_before(tmp_path: Path, recalculates: bool) -> None:
    """All cells over our functions are #NAME? then, and so are those that are computed of them; no array grows."""
    lines = "customer,start,end,mrr,plan\nAda,2024-01-01,,100,Pro\nBob,2024-02-01,2024-06-01,50,Basic\n"
    (tmp_path / "lines.csv").write_text(lines, encoding="utf-8")
    write_template(tmp_path / "report.xlsx", data=tmp_path / "lines.csv")
    saved = Office(tmp_path / "bare", recalculates=recalculates).convert(tmp_path / "report.xlsx")
    assert values(saved, "Movements")["C17"].value == "#NAME?"
    # Cohorts, a segment and customers that were not there, of whom tables have more rows and columns.
    more = "Cyd,2024-05-01,,20,Team\nDan,2024-07-01,,30,Team\nEve,2024-07-01,,70,Pro\nFay,2024-09-01,,80,Plus\n"
    (tmp_path / "lines.csv").write_text(lines.replace("50", "60") + more, encoding="utf-8")
    reports = [
        fill(report, tmp_path / "lines.csv", tmp_path / f"{number}.xlsx")
        for number, report in enumerate((tmp_path / "report.xlsx", saved))
    ]
    assert [report.problems for report in reports] == [[], []]
    assert reports[0].notes == reports[1].notes
    books = [openpyxl.load_workbook(report.path, data_only=True) for report in reports]
    for sheet in books[0]:
        for row in sheet.iter_rows():
            for cell in row:
                other = books[1][sheet.title][cell.coordinate].value
                assert other == (pytest.approx(cell.value) if isinstance(cell.value, float) else cell.value)
