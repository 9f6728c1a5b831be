"""The macros of a workbook: the VBA as text, as it runs, and inside the file."""

from __future__ import annotations

import re
import sys
import time
import types
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from pyopenvba import ExcelFile

from mrr_xl import MrrError
from mrr_xl.cli import main
from mrr_xl.functions.sheet_functions import argument_help
from mrr_xl.hosts import vba
from mrr_xl.metrics import REGISTRY
from mrr_xl.report import macros, write_addin, write_template
from mrr_xl.report.sheets import configuration
from support.vba import application, as_vba, extracted, shown

SNAPSHOT = Path(__file__).parent / "snapshots" / "xlwings_udfs.bas"
SHOWN = ("MRR", "MRR_MONTHLY")
#: The words that VBA keeps to itself: none may be the name of a function or an argument.
_RESERVED = """
    addressof alias and any as attribute base binary boolean byref byte byval call case cbool cbyte ccur cdate cdbl
    cdec cint clng clnglng clngptr close compare const csng cstr currency cvar cverr date decimal declare defbool
    defbyte defcur defdate defdbl defint deflng defobj defsng defstr defvar dim do double each else elseif empty end
    endif enum eqv erase error event exit explicit false for friend function get global gosub goto if imp implements in
    input integer is len let lib like lock long loop lset me mid mod module new next not nothing null object on open
    option optional or paramarray preserve print private property ptrsafe public put raiseevent random read redim rem
    resume return rset seek select set single spc static step stop string sub tab then to true type typeof until
    variant wend while width with withevents write xor
"""


@pytest.fixture(scope="module")
def addin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("addin") / "mrr.xlsm"
    write_addin(path)
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.xlsm"
    write_template(path, months=3, carries="macros")
    return path


# The text


def test_two_functions_and_their_help_are_as_the_snapshot_says() -> None:
    modules = vba.modules(REGISTRY[name] for name in SHOWN)
    text = modules[vba.FUNCTIONS] + modules[vba.HELP]
    assert text.replace("\r\n", "\n") == SNAPSHOT.read_text(encoding="ascii")


@pytest.mark.parametrize("name", REGISTRY)
def test_every_function_calls_its_python_with_all_its_arguments(name: str) -> None:
    arguments = REGISTRY[name].arguments
    signature = ", ".join(f"Optional {item}" if optional else item for item, optional in arguments.items())
    text = vba.modules()[vba.FUNCTIONS]
    assert text.count(f"Function {name}({signature})\r\n") == 1
    assert f'XLPy.CallUDF("mrr_xl.udfs", "{name}", Array({", ".join(arguments)}), ThisWorkbook' in text


@pytest.mark.parametrize("name", REGISTRY)
def test_names_and_help_are_within_vbas_limits(name: str) -> None:
    arguments = argument_help(REGISTRY[name])
    assert not {name.lower(), *arguments} & set(_RESERVED.split())
    assert not re.fullmatch(r"[A-Z]{1,3}[0-9]+", name), "a name that is a cell can't be called"
    assert len(arguments) + sum(map(len, arguments)) <= 254
    assert all(0 < len(text) <= 255 for text in (REGISTRY[name].summary, *arguments.values()))


@pytest.mark.parametrize("module", vba.modules())
def test_the_text_is_within_vbas_limits(module: str) -> None:
    text = vba.modules()[module]
    assert text.isascii()
    assert text.count("\n") == text.count("\r\n")
    assert len(text) < 64_000
    lines = text.splitlines()
    assert max(map(len, lines)) <= 1023
    continued = [len(run) for run in re.findall("1+", "".join(str(int(line.endswith(" _"))) for line in lines))]
    assert max(continued, default=0) <= 24
    assert all(line.count('"') % 2 == 0 for line in lines if not line.lstrip().startswith("'"))


# As it runs, in a VBA interpreter that is not Excel's; a stand-in answers in Python's place (support/vba.py)


@pytest.fixture
def excel() -> Any:
    return application({})


NOT_AVAILABLE, MISTAKEN = "Error 2042", "Error 2015"


def test_undefined_figures_are_excels_not_available_and_blanks_stay_blank(excel: Any) -> None:
    assert shown(excel.evaluate("MRR(1)")) == 160.5
    assert shown(excel.evaluate("ARR(1)")) == NOT_AVAILABLE
    assert shown(excel.evaluate("MRR_NEW(1)")) == [1, NOT_AVAILABLE, "", "#NAME"]
    assert shown(excel.evaluate("MRR_MOVEMENTS(1)")) == [["customer", NOT_AVAILABLE], ["", 3]]
    assert shown(excel.evaluate("MRR_FX(1)")) == ""
    assert excel.console == []


def test_an_argument_that_is_left_out_arrives_as_missing(excel: Any) -> None:
    assert excel.evaluate("MRR_OPENING(1)") is True
    assert excel.evaluate('MRR_OPENING(1, "2024-03")') is False


def test_a_mistake_is_excels_error_and_its_sentence_is_kept_with_the_cell(excel: Any) -> None:
    assert shown(excel.evaluate("MRR_CHURN(1)")) == MISTAKEN
    sentence = "[Book1]Sheet1!B2 MRR_CHURN: 'soon' is not a month; write it as 2024-03"
    assert excel.console == [sentence]
    excel.run("MRR_mistakes")
    assert excel.dialogs[0][:2] == ("MsgBox", f"{sentence}\r\n\r\n")


def test_without_mistakes_the_macro_says_so(excel: Any) -> None:
    excel.run("MRR_mistakes")
    assert excel.dialogs[0][1] == "No cell shows a mistake."


def test_the_last_twenty_mistakes_are_kept(excel: Any) -> None:
    answered = ("MRR", "ARR", "MRR_NEW", "MRR_OPENING", "MRR_CHURN", "MRR_FX", "MRR_HHI")  # by the stand-in
    names = [name for name, metric in REGISTRY.items() if metric.kind == "series" and name not in answered]
    for name in names[:21]:
        excel.evaluate(f'{name}("boom")')
    excel.run("MRR_mistakes")
    assert re.findall(r"B2 (\w+): \1 boom", excel.dialogs[0][1]) == names[20:0:-1]


def test_a_cells_mistake_takes_the_place_of_its_earlier_one(excel: Any) -> None:
    for number in range(3):
        excel.evaluate(f'MRR_ASP("no. {number}")')
    excel.run("MRR_mistakes")
    assert excel.dialogs[0][1] == "[Book1]Sheet1!B2 MRR_ASP: MRR_ASP no. 2\r\n\r\n"


def test_a_cell_that_has_been_mended_is_told_of_no_more(excel: Any) -> None:
    excel.evaluate('MRR_ASP("boom")')
    excel.add_module('Sub MendIt()\n Range("B2").Value = 5\nEnd Sub', name="mending")
    excel.run("MendIt")
    excel.run("MRR_mistakes")
    assert excel.dialogs[0][1] == "No cell shows a mistake."


@pytest.mark.parametrize(
    ("description", "sentence"),
    [
        (
            "Could not load xlwings64-0.0.1.dll from either of the following folders: C:\\Python",
            "this workbook needs xlwings 0.0.1, which Python does not have: check the path beside Interpreter_Win on "
            "the sheet xlwings.conf, and run there: pip install xlwings==0.0.1",
        ),
        ("File not found: xlwings32-0.0.1.dll", "this workbook needs xlwings 0.0.1"),
        ("ModuleNotFoundError: No module named 'mrr_xl'", "the Python named on the sheet xlwings.conf has no mrr_xl"),
        ("Could not activate Python COM server, hr = -2147221164 1000", "Python did not start: check the path"),
    ],
)
def test_what_is_missing_or_of_another_version_is_a_sentence(excel: Any, description: str, sentence: str) -> None:
    assert shown(excel.evaluate(f'MRR_ASP("{description}")')) == MISTAKEN
    assert excel.console[0].startswith(f"[Book1]Sheet1!B2 MRR_ASP: {sentence}")


def test_on_a_mac_the_sentence_says_windows() -> None:
    excel = application({"#If Mac": "#If True"})
    assert shown(excel.evaluate('MRR_ASP("File not found: xlwings32-0.0.1.dll")')) == MISTAKEN
    assert excel.console == ["[Book1]Sheet1!B2 MRR_ASP: xlwings' functions need Excel on Windows"]


def test_while_the_function_wizard_is_open_python_is_not_asked() -> None:
    excel = application({"Not True": "True"})
    assert excel.evaluate('MRR_ASP("boom")') in (None, 0)
    assert excel.console == []


#: An exception's text as pywin32's server sends it: without xlwings' DLL, VBA gets it like this.
_TRACEBACK = """\
Unexpected Python Error: Traceback (most recent call last):
  File "C:\\My Python\\Lib\\site-packages\\win32com\\server\\policy.py", line 305, in _Invoke_
    return self._invoke_(dispid, lcid, wFlags, args)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
KeyError: 'Amount'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "C:\\My Python\\Lib\\site-packages\\xlwings\\udfs.py", line 423, in call_udf
    ret = func(*args)
          ^^^^^^^^^^^
"""


def turned_round(text: str) -> str:
    """What xlwings' DLL makes of it: the lines that are not blank but the first, the last of them first."""
    return "\n".join(line for line in reversed(text.split("\n")[1:]) if line)


@pytest.mark.parametrize("through", [str, turned_round, lambda text: text.replace("\n", "\r\n")])
@pytest.mark.parametrize(
    ("raised", "sentence"),
    [
        ("RuntimeError: odd\n", "RuntimeError: odd"),
        ("KeyError: 'Amount'", "KeyError: 'Amount'"),
        ("ValueError: two lines:\n\nthe second\n", "ValueError: two lines: the second"),
        ("ValidationError: 1 error\namount\n  is no number\n", "ValidationError: 1 error amount"),
    ],
)
def test_of_a_traceback_what_went_wrong_is_kept(excel: Any, through: Any, raised: str, sentence: str) -> None:
    assert shown(excel.evaluate(f"MRR_HHI({as_vba(through(_TRACEBACK + raised))})")) == MISTAKEN
    assert excel.console == [f"[Book1]Sheet1!B2 MRR_HHI: {sentence}"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Type mismatch", "Type mismatch"),
        (
            "\r\nCould not create Python process.\nError message: Access is denied.\r\n",
            "Could not create Python process. Error message: Access is denied.",
        ),
        ("Unexpected Python Error: out of memory", "Unexpected Python Error: out of memory"),
    ],
)
def test_another_text_is_kept_on_one_line(excel: Any, text: str, sentence: str) -> None:
    excel.evaluate(f"MRR_HHI({as_vba(text)})")
    assert excel.console == [f"[Book1]Sheet1!B2 MRR_HHI: {sentence}"]


@pytest.mark.parametrize("path", ["", "python", "pythonw", "C:\\My Python\\python.exe", "C:\\My Python\\python"])
def test_a_python_that_is_there_is_started(excel: Any, path: str) -> None:
    assert excel.evaluate(f'Shown("{path}")') == 160.5
    assert excel.evaluate("WasStarted()") is True


@pytest.mark.parametrize(
    "path", ["C:\\Old Python\\pythonw.exe", "C:\\My Python", "python.exe", '"C:\\My Python\\python.exe"']
)
def test_a_python_that_is_not_there_is_told_before_xlwings_waits_for_it(excel: Any, path: str) -> None:
    assert shown(excel.evaluate(f"Shown({as_vba(path)})")) == MISTAKEN
    assert excel.evaluate("WasStarted()") is False
    assert excel.console == [
        f"[Book1]Sheet1!B2 MRR: there is no Python at {path}: beside Interpreter_Win on the sheet xlwings.conf, enter "
        "the full path of python.exe, without quotes"
    ]


def test_opening_the_workbook_registers_every_help_text(excel: Any) -> None:
    excel.run("Auto_Open")
    lines = excel.evaluate("Told()").splitlines()
    assert len(lines) == len(REGISTRY)
    for line, (name, metric) in zip(lines, REGISTRY.items()):
        category, macro, summary, *arguments = line.split("|")
        assert category == "MRR"
        assert macro.endswith(f"'!{name}")
        assert len(summary) >= len(metric.summary) > 0
        assert len(arguments) == len(metric.arguments)


# In the file


def code_names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        parts = [name for name in archive.namelist() if re.fullmatch(r"xl/(workbook|worksheets/sheet\d+)\.xml", name)]
        return sorted(re.search(r'codeName="(\w+)"', archive.read(part).decode())[1] for part in parts)  # type: ignore[index]


@pytest.mark.parametrize("workbook", ["addin", "report"])
def test_the_file_holds_the_modules_and_one_of_its_own_for_every_sheet(
    workbook: str, request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(workbook)
    found = extracted(path)
    for name, text in vba.modules().items():
        assert found[f"{name}.bas"].splitlines() == text.splitlines()
    own = {name.removesuffix(".cls") for name in found if name.endswith(".cls")} - {"Dictionary"}
    assert sorted(own) == code_names(path)
    with ExcelFile(path) as file:
        assert file.validate() == []
        assert file.get_module("xlwings").splitlines()[1:] == macros.shipped_modules()["xlwings"].splitlines()[1:]
        # A library that a computer lacks would keep all macros from running.
        assert all(reference.kind == "registered" for reference in file.references())


def test_no_name_stands_in_two_modules() -> None:
    texts = {**vba.modules(), **macros.shipped_modules()}
    standard = {name: text for name, text in texts.items() if name != "Dictionary"}
    declared = r"(?im)^\s*(?:Public )?(?:Function|Sub|Const) (\w+)"
    public = [name.lower() for text in standard.values() for name in set(re.findall(declared, text))]
    assert len(public) > len(REGISTRY)
    assert sorted(public) == sorted(set(public))


@pytest.mark.parametrize("workbook", ["addin", "report"])
def test_excel_takes_it_for_a_workbook_with_macros(workbook: str, request: pytest.FixtureRequest) -> None:
    with zipfile.ZipFile(request.getfixturevalue(workbook)) as archive:
        assert b"application/vnd.ms-excel.sheet.macroEnabled.main+xml" in archive.read("[Content_Types].xml")
        assert b'Extension="bin" ContentType="application/vnd.ms-office.vbaProject"' in archive.read(
            "[Content_Types].xml"
        )
        assert b'Target="vbaProject.bin"' in archive.read("xl/_rels/workbook.xml.rels")


def test_the_start_page_shows_figures_before_anything_is_computed(addin: Path) -> None:
    sheet = openpyxl.load_workbook(addin, data_only=True)["Start"]
    found = {row[0].value: [cell.value for cell in row[1:4]] for row in sheet.iter_rows(max_col=4)}
    assert found["MRR_OPENING"] == [0, 200, 250]
    assert found["MRR_CHURN"] == [0, 0, -100]
    assert found["MRR"] == [200, 250, 150]
    assert found["MRR_GROWTH"] == ["#N/A", 0.25, -0.4]
    listed = {str(name).split("(")[0] for name in found if "(" in str(name)}
    assert set(REGISTRY) <= listed


@pytest.mark.parametrize("workbook", ["addin", "report"])
def test_xlwings_finds_its_settings_from_the_first_cell_down(workbook: str, request: pytest.FixtureRequest) -> None:
    sheet = openpyxl.load_workbook(request.getfixturevalue(workbook))["xlwings.conf"]
    assert {row[0].value: row[1].value for row in sheet.iter_rows()} == {
        "Interpreter_Win": configuration.python(),
        "UDF Modules": "mrr_xl.udfs",
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
    }


def test_the_python_that_writes_it_on_windows_computes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "executable", r"C:\Work\.venv\Scripts\python.exe")
    assert configuration.python() == r"C:\Work\.venv\Scripts\python.exe"


def test_the_same_workbook_is_the_same_file(addin: Path, tmp_path: Path) -> None:
    time.sleep(2 - time.time() % 2)  # zip files count time in steps of two seconds
    write_addin(tmp_path / "again.xlsm")
    assert (tmp_path / "again.xlsm").read_bytes() == addin.read_bytes()


# The commands


def run(*args: object) -> Any:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def test_the_command_writes_the_workbook(tmp_path: Path, addin: Path) -> None:
    answer = run("addin", "excel", "-o", tmp_path / "mrr.xlsm")
    assert answer.exit_code == 0
    assert (tmp_path / "mrr.xlsm").read_bytes() == addin.read_bytes()


def test_a_report_with_macros_has_the_figures_of_one_without(tmp_path: Path, report: Path) -> None:
    assert run("template", tmp_path / "plain.xlsx", "--months", 3).exit_code == 0
    assert run("template", tmp_path / "macros.xlsm", "--functions", "xlwings", "--macros", "--months", 3).exit_code == 0
    assert (tmp_path / "macros.xlsm").read_bytes() == report.read_bytes()
    plain = openpyxl.load_workbook(tmp_path / "plain.xlsx", data_only=True)["Movements"]
    with_macros = openpyxl.load_workbook(report, data_only=True)["Movements"]
    assert list(plain.values) == list(with_macros.values)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("addin", "excel", "-o", "mrr.xlsx"), "mrr.xlsx must end in .xlam or .xlsm"),
        (("template", "report.xlsx", "--macros"), "report.xlsx must end in .xlsm"),
        (("template", "report.xlsm"), "report.xlsm must end in .xlsx, or add --macros"),
    ],
)
def test_a_name_that_excel_would_refuse_is_refused(args: tuple[str, ...], told: str) -> None:
    answer = run(*args)
    assert (answer.exit_code, answer.stderr.strip()) == (2, f"mrr-xl: {told}")


def test_functions_that_no_workbook_carries_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MrrError, match=r"^a workbook can't carry cobol; it can carry macros or lite$"):
        write_template(tmp_path / "r.xlsx", carries="cobol")


@pytest.mark.parametrize(
    ("module", "told"),
    [("xlwings", "a workbook with macros needs xlwings; "), ("pyopenvba", "a workbook with macros needs pyOpenVBA; ")],
)
def test_what_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str, told: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MrrError, match=f'^{told}install matching versions with pip install --upgrade "mrr-xl'):
        write_addin(tmp_path / "mrr.xlsm")
    assert not (tmp_path / "mrr.xlsm").exists()


@pytest.mark.parametrize(
    ("version", "source", "told"),
    [
        ("9.9", 'Public Const XLWINGS_VERSION As String = "9.8"', "^xlwings is 9.9 and its VBA 9.8; install"),
        ("9.9", "Public Const VERSION = 9.9", "^xlwings 9.9 ships VBA that mrr_xl does not know; install"),
        ("9.9", None, "^xlwings 9.9 has no quickstart_standalone.xlsm; install"),
    ],
)
def test_another_xlwings_than_its_vba_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, source: str | None, told: str
) -> None:
    installed = types.ModuleType("xlwings")
    installed.__file__, installed.__version__ = str(tmp_path / "__init__.py"), version  # type: ignore[attr-defined]
    if source is not None:
        with ExcelFile.create_new(tmp_path / "quickstart_standalone.xlsm") as file:
            file.vba_project().add_module("xlwings", source + "\r\n")
            file.vba_project().add_module("Dictionary", "Public x\r\n")
            file.save()
    monkeypatch.setitem(sys.modules, "xlwings", installed)
    with pytest.raises(MrrError, match=told):
        macros.shipped_modules()
