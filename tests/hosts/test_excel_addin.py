"""The add-in for Excel on Windows: its file, its ribbon, and what its buttons do."""

from __future__ import annotations

import re
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import etree
from pyopenvba import ExcelFile

from mrr_xl.cli import main
from mrr_xl.hosts import ribbon, vba
from mrr_xl.metrics import REGISTRY
from mrr_xl.report import macros, write_addin
from mrr_xl.version import __version__
from mrr_xl.xlsx.workbook import read_workbook
from support.soundness import faults
from support.vba import application, as_vba, extracted, shown

UI = "{http://schemas.microsoft.com/office/2009/07/customui}"


@pytest.fixture(scope="module")
def addin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("addin") / "mrr.xlam"
    write_addin(path)
    return path


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


# The file


def test_excel_takes_it_for_an_addin(addin: Path) -> None:
    types = part(addin, "[Content_Types].xml")
    assert types.count("application/vnd.ms-excel.addin.macroEnabled.main+xml") == 1
    assert "sheet.macroEnabled" not in types
    assert 'PartName="/customUI/customUI14.xml" ContentType="application/xml"' in types
    assert (
        'Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility" '
        'Target="customUI/customUI14.xml"' in part(addin, "_rels/.rels")
    )
    assert 'visibility="hidden"' in part(addin, "xl/workbook.xml")


def test_it_is_sound(addin: Path) -> None:
    assert faults(addin) == []


def test_it_holds_the_functions_of_the_workbook_and_a_ribbon(addin: Path) -> None:
    found = extracted(addin)
    modules = vba.modules(addin=True)
    for name, text in modules.items():
        assert found[f"{name}.bas"].splitlines() == text.splitlines()
    assert modules[vba.FUNCTIONS] == vba.modules()[vba.FUNCTIONS]
    assert modules.keys() - vba.modules().keys() == {vba.RIBBON}
    with ExcelFile(addin) as file:
        assert file.validate() == []
        assert file.get_module("xlwings").splitlines()[1:] == macros.shipped_modules()["xlwings"].splitlines()[1:]
        assert all(reference.kind == "registered" for reference in file.references())


@pytest.mark.parametrize("module", vba.modules(addin=True))
def test_the_text_is_within_vbas_limits(module: str) -> None:
    text = vba.modules(addin=True)[module]
    assert text.isascii()
    assert text.count("\n") == text.count("\r\n")
    assert max(map(len, text.splitlines())) <= 1023
    assert not re.search("<[a-z ]+>", text), "each place of a sentence is filled"


def test_it_carries_its_python_and_its_version(addin: Path) -> None:
    cells = read_workbook(addin).values("xlwings.conf!A1:B5")
    assert cells == [
        *("Interpreter_Win", "pythonw"),
        *("UDF Modules", "mrr_xl.udfs"),
        *("ADD_WORKBOOK_TO_PYTHONPATH", "False"),
        *("MRR_XL_VERSION", __version__),
        *(None, None),
    ]


def test_the_same_addin_is_the_same_file(addin: Path, tmp_path: Path) -> None:
    time.sleep(2 - time.time() % 2)  # zip files count time in steps of two seconds
    write_addin(tmp_path / "again.xlam")
    assert (tmp_path / "again.xlam").read_bytes() == addin.read_bytes()


def test_without_a_name_the_command_writes_the_addin(
    addin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(main, ["addin", "excel"])
    assert answer.output == (
        "wrote mrr.xlam: run mrr-xl addin excel --install to have it in Excel; on another computer, copy it into "
        "%APPDATA%\\Microsoft\\Excel\\XLSTART\n"
    )
    assert (tmp_path / "mrr.xlam").read_bytes() == addin.read_bytes()


# The ribbon


def test_the_ribbon_is_built_as_its_schema_wants_it() -> None:
    """customUI > ribbon > tabs > tab > group > button, [MS-CUSTOMUI2] 2.2; labels are of at most 1,024 characters."""
    root = etree.fromstring(ribbon.CUSTOM_UI.encode())
    order = ["customUI", "ribbon", "tabs", "tab", "group", "button"]
    for element in root.iter():
        depth = len(list(element.iterancestors()))
        assert element.tag == UI + order[depth]
        assert all(0 < len(value) <= 1024 for value in element.attrib.values())
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 7
    assert [tab.get("label") for tab in root.iter(f"{UI}tab")] == ["MRR"]


def test_every_button_says_what_it_does_and_has_its_macro() -> None:
    buttons = list(etree.fromstring(ribbon.CUSTOM_UI.encode()).iter(f"{UI}button"))
    macro = r"(?m)^Public Sub (\w+)\(ByVal control As IRibbonControl\)"
    called = {button.get("onAction") for button in buttons}
    assert called == {f"{vba.RIBBON}.{name}" for name in re.findall(macro, ribbon.CALLBACKS)}
    assert [button.get("label") for button in buttons] == ["Check data", "Why #VALUE!", "Help", "Restart Python"]
    for button in buttons:
        assert set(button.attrib) >= {"label", "screentip", "supertip", "keytip", "imageMso"}
    assert len({button.get("keytip") for button in buttons}) == len(buttons)


# What the buttons do, in a VBA interpreter that is not Excel's

#: What the interpreter lacks of Excel; a button's macro is called without the button.
_BUTTON = {"ByVal control As IRibbonControl": "", "sheet.Columns.AutoFit": ""}


@pytest.fixture
def excel() -> Any:
    return pressing({})


def pressing(replaced: dict[str, str]) -> Any:
    return application(_BUTTON | replaced, addin=True)


def said(excel: Any) -> list[str]:
    return [dialog[1] for dialog in excel.dialogs]


def test_why_value_shows_the_last_mistakes(excel: Any) -> None:
    excel.evaluate("MRR_CHURN(1)")
    excel.run("WhyValue")
    assert said(excel) == ["Sheet1!B2 MRR_CHURN: 'soon' is not a month; write it as 2024-03\r\n\r\n"]


def test_restart_python_ends_it_and_computes_again() -> None:
    ended, computed = 'Debug.Print "ended"', 'Debug.Print "computed"'
    excel = pressing({"KillPy": ended, "Application.CalculateFull": computed})
    excel.run("RestartPython")
    assert excel.console == ["ended", "computed"]
    assert said(excel) == []


def test_restart_python_says_so_where_there_is_none(excel: Any) -> None:
    excel.evaluate(f"Shown({as_vba(PATH)})")
    excel.run("RestartPython")
    assert said(excel) == [
        f"Python was not restarted: there is no Python at {PATH}: run mrr-xl addin excel --install from a Python that "
        "has mrr_xl, then restart Excel"
    ]


PATH = "C:\\Old Python\\python.exe"


@pytest.mark.parametrize(
    ("description", "sentence"),
    [
        (
            "Could not load xlwings64-0.0.1.dll from either of the following folders: C:\\Python",
            "the add-in needs xlwings 0.0.1, which its Python does not have: ",
        ),
        ("ModuleNotFoundError: No module named 'mrr_xl'", "the Python of the add-in has no mrr_xl: "),
        ("Could not activate Python COM server, hr = -2147221164 1000", "Python did not start: "),
    ],
)
def test_what_is_missing_is_mended_by_installing_again(excel: Any, description: str, sentence: str) -> None:
    assert shown(excel.evaluate(f"MRR_HHI({as_vba(description)})")) == "Error 2015"
    mend = "run mrr-xl addin excel --install from a Python that has mrr_xl, then restart Excel"
    assert excel.console == [f"Sheet1!B2 MRR_HHI: {sentence}{mend}"]


def test_opening_it_registers_every_help_text_and_hides_it_again() -> None:
    excel = pressing({"ThisWorkbook.IsAddin =": "Debug.Print"})
    excel.run("Auto_Open")
    assert len(excel.evaluate("Told()").splitlines()) == len(REGISTRY)
    assert excel.console == ["False", "True"]


_SELECT = """
Sub Choose(at As String)
    Sheets(1).Range("A1").Value = "Customer": Sheets(1).Range("B1").Value = "Amount"
    Sheets(1).Range("A2").Value = "Ada": Sheets(1).Range("B2").Value = 100
    Sheets(1).Range(at).Select
    Sheets(1).Name = "Jo's lines"
End Sub
Sub MakeTable()
    Sheets(1).ListObjects.Add(1, Sheets(1).Range("A1:B2"), , 1).Name = "Subscriptions"
End Sub
Function Written() As String
    Written = ActiveWorkbook.Worksheets.Count & " " & ActiveSheet.Name & " " & ActiveSheet.Range("A1").Formula2
End Function
"""


def test_check_data_puts_the_checks_of_the_cells_around_the_cursor_on_a_new_sheet(excel: Any) -> None:
    excel.add_module(_SELECT, name="selecting")
    excel.run("Choose", "B2")
    excel.run("CheckData")
    assert said(excel) == []
    assert excel.evaluate("Written()") == "2 Sheet2 =MRR_CHECKS('Jo''s lines'!$A$1:$B$2)"


def test_check_data_names_the_table_under_the_cursor(excel: Any) -> None:
    excel.add_module(_SELECT, name="selecting")
    excel.run("Choose", "B2")
    excel.run("MakeTable")
    excel.run("CheckData")
    assert said(excel) == []
    assert excel.evaluate("Written()") == "2 Sheet2 =MRR_CHECKS(Subscriptions[#All])"


def test_check_data_in_an_excel_that_does_not_spill_says_what_to_type() -> None:
    excel = pressing({"Formula2": "Formula9"})
    excel.add_module(_SELECT, name="selecting")
    excel.run("Choose", "A1")
    excel.run("CheckData")
    assert said(excel) == [
        "This Excel has no formulas that spill. Select a few columns and rows, type "
        "=MRR_CHECKS('Jo''s lines'!$A$1:$B$2) and press Ctrl+Shift+Enter."
    ]
    assert excel.evaluate("Written()").startswith("1 ")


def test_help_is_the_function_wizard_of_the_selected_cell() -> None:
    excel = pressing({"ActiveCell.FunctionWizard": 'Debug.Print "wizard"'})
    excel.run("ShowHelp")
    assert (excel.console, said(excel)) == (["wizard"], [])


@pytest.mark.parametrize(
    ("button", "sentence"),
    [
        ("ShowHelp", "Select a cell first, with a function or without."),
        ("CheckData", "Select a cell of the table first."),
    ],
)
def test_where_no_cell_is_selected_a_button_says_so(button: str, sentence: str) -> None:
    """On a chart's sheet ActiveCell is Nothing (error 91)."""
    excel = pressing({"ActiveCell.FunctionWizard": "Err.Raise 91", "Set data = SelectedData()": "Err.Raise 91"})
    excel.run(button)
    assert said(excel) == [sentence]
