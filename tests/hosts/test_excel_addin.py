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
from mrr_xl.errors import MrrError
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.hosts import vba
from mrr_xl.hosts.vba import buttons, ribbon
from mrr_xl.metrics import REGISTRY
from mrr_xl.report import macros, write_addin, write_template
from mrr_xl.report.sheets import configuration
from mrr_xl.version import AUTHOR, __version__
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
        ending = "cls" if name in vba.CLASSES else "bas"
        code = [line for line in found[f"{name}.{ending}"].splitlines() if not line.startswith("Attribute ")]
        assert code == [line for line in text.splitlines() if not line.startswith("Attribute ")]
    assert modules[vba.FUNCTIONS] == vba.modules()[vba.FUNCTIONS]
    assert modules.keys() - vba.modules().keys() == {vba.RIBBON, vba.WORKBOOKS, vba.WATCH}
    with ExcelFile(addin) as file:
        assert file.validate() == []
        assert file.get_module("xlwings").splitlines()[1:] == macros.shipped_modules()["xlwings"].splitlines()[1:]
        assert all(reference.kind == "registered" for reference in file.references())


@pytest.mark.parametrize("module", vba.modules(addin=True))
def test_an_excel_that_spills_nothing_compiles_it(module: str) -> None:
    """Excel before 2021 has no such members, and refuses a module that names one of a variable that is a Range."""
    text = vba.modules(addin=True)[module]
    for procedure in re.split(r"(?m)^End (?:Sub|Function)", text):
        for variable in re.findall(r"(\w+)\.(?:Formula2|HasSpill|SpillParent|SpillingToRange)\b", procedure):
            assert re.search(rf"\b{variable} As Object\b", procedure), f"{variable} in {procedure}"


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
        *("Interpreter_Win", configuration.python()),
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
        "wrote mrr.xlam: on the computer with Excel, copy it into %APPDATA%\\Microsoft\\Excel\\XLSTART, or run mrr-xl "
        "addin excel --install there\n"
    )
    assert (tmp_path / "mrr.xlam").read_bytes() == addin.read_bytes()


# The ribbon


def test_the_ribbon_is_built_as_its_schema_wants_it() -> None:
    """customUI > ribbon > tabs > tab > group > button, [MS-CUSTOMUI2] 2.2; labels are of at most 1,024 characters."""
    root = etree.fromstring(ribbon.custom_ui().encode())
    above = ["customUI", "ribbon", "tabs", "tab", "group"]
    for element in root.iter():
        depth = len(list(element.iterancestors()))
        name = element.tag.removeprefix(UI)
        assert name == above[depth] if depth < len(above) else name in ("button", "menu", "dynamicMenu")
        assert all(0 < len(value) <= 1024 for value in element.attrib.values())
        inside_a_menu = element.getparent() is not None and element.getparent().tag == f"{UI}menu"
        assert not (inside_a_menu and element.get("size")), "in a menu only itemSize of the menu holds"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) for name in ids)
    assert [tab.get("label") for tab in root.iter(f"{UI}tab")] == ["MRR"]


def test_every_button_says_what_it_does_and_has_its_macro() -> None:
    root = etree.fromstring(ribbon.custom_ui().encode())
    macro = r"(?m)^Public Sub (\w+)\(ByVal control As IRibbonControl(?:, ByRef content As Variant)?\)"
    called = {value for element in root.iter() for name, value in element.items() if name in ("onAction", "getContent")}
    called.add(*re.findall("onAction='(.*?)'", buttons.TEXT))
    assert called == {f"{vba.RIBBON}.{name}" for name in re.findall(macro, buttons.TEXT)}
    tab = [element for group in root.iter(f"{UI}group") for element in group]
    labels = ["New report", "Check data", "Why #VALUE!", "Insert function", "Help", "Restart Python"]
    assert [element.get("label") for element in tab] == labels
    for element in tab:
        assert set(element.attrib) >= {"label", "screentip", "supertip", "keytip", "imageMso"}
    assert len({element.get("keytip") for element in tab}) == len(tab)


def test_every_monthly_figure_can_be_inserted_with_a_format_of_its_unit() -> None:
    root = etree.fromstring(ribbon.custom_ui().encode())
    tags = {button.get("label"): button.get("tag") for button in root.iter(f"{UI}button") if button.get("tag")}
    assert tags.pop("Opening to closing MRR").startswith("MRR_OPENING|Opening|#,##0.00;MRR_NEW|New|#,##0.00;")
    assert sorted(tags) == sorted(name for name, metric in REGISTRY.items() if metric.kind == "series")
    assert tags["MRR_NET_NEW"] == "MRR_NET_NEW|Net new|#,##0.00"
    assert tags["MRR_CUSTOMERS"] == "MRR_CUSTOMERS|Customers|#,##0"
    assert tags["MRR_NRR"] == "MRR_NRR|NRR|0.0%"


def test_from_opening_to_closing_the_inserted_movements_are_all() -> None:
    """Opening, the movements and closing: the identity of docs/definitions.md."""
    tag = etree.fromstring(ribbon.custom_ui().encode()).find(f".//{UI}menu/{UI}button").get("tag")
    names = [figure.split("|")[0] for figure in tag.split(";")]
    assert (names[0], names[-1]) == ("MRR_OPENING", "MRR")
    ledger = "customer,month,mrr\nA,2024-01,5\nA,2024-02,7\nB,2024-01,4\nC,2024-02,1\nD,2024-01,3\nD,2024-02,2"
    cells = [line.split(",") for line in ledger.splitlines()]
    opening, *movements, closing = (sheet_functions()[name](cells, "2024-02") for name in names)
    assert (opening, opening + sum(movements), closing) == (12, 10, 10)


# What the buttons do, in a VBA interpreter that is not Excel's

#: What the interpreter lacks of Excel.
_LACKING = {
    "IRibbonControl": "Object",
    "sheet.Columns.AutoFit": "",
    "Application.DefaultFilePath": '"C:\\Docs"',
}
_BUTTON = "Public Tag As String"
_PRESSING = """
Sub PressInsert(tag As String)
    Dim pressed As New Button
    pressed.Tag = tag
    InsertFunction pressed
End Sub
Sub PressMistake(tag As String)
    Dim pressed As New Button
    pressed.Tag = tag
    ShowMistake pressed
End Sub
Function Menu() As String
    Dim content As Variant
    ListMistakes Nothing, content
    Menu = content
End Function
Sub Press(name As String)
    Select Case name
    Case "CheckData": CheckData Nothing
    Case "NewReport": NewReport Nothing
    Case "ShowHelp": ShowHelp Nothing
    Case "RestartPython": RestartPython Nothing
    End Select
End Sub
Sub Choose(at As String)
    Sheets(1).Range("A1").Value = "Customer": Sheets(1).Range("B1").Value = "Amount"
    Sheets(1).Range("A2").Value = "Ada": Sheets(1).Range("B2").Value = 100
    Sheets(1).Name = "Jo's lines"
    Sheets(1).Range(at).Select
End Sub
Sub MakeTable()
    Sheets(1).ListObjects.Add(1, Sheets(1).Range("A1:B2"), , 1).Name = "Subscriptions"
End Sub
Function Written() As String
    Written = ActiveWorkbook.Worksheets.Count & " " & ActiveSheet.Name & " " & ActiveSheet.Range("A1").Formula2
End Function
Function FormulaIn(at As String) As String
    FormulaIn = ActiveSheet.Range(at).Formula
End Function
Function FormatIn(at As String) As String
    FormatIn = ActiveSheet.Range(at).NumberFormat
End Function
Function Selected() As String
    Selected = ActiveSheet.Name & "!" & Selection.Address(False, False)
End Function
"""


@pytest.fixture
def excel() -> Any:
    return pressing({})


def pressing(replaced: dict[str, str], at: str | None = None) -> Any:
    """The add-in in a workbook with two lines from A1 on; `at` is selected."""
    app = application(_LACKING | replaced, addin=True)
    app.add_module(_BUTTON, name="Button", kind="class")
    app.add_module(_PRESSING, name="pressing")
    if at:
        app.run("Choose", at)
    return app


def said(excel: Any) -> list[str]:
    return [dialog[1] for dialog in excel.dialogs]


# Why #VALUE!


def test_the_menu_lists_the_mistakes_the_latest_first(excel: Any) -> None:
    excel.evaluate("MRR_CHURN(1)")
    excel.evaluate(f"MRR_HHI({as_vba('5 < 6 & that is ' + chr(39) + 'all' + chr(39))})")
    menu = etree.fromstring(excel.evaluate("Menu()"))
    assert menu.tag == f"{UI}menu"
    assert [tuple(entry.get(name) for name in ("tag", "label", "description", "onAction")) for entry in menu] == [
        ("1", "[Book1]Sheet1!B2", "MRR_HHI: 5 < 6 && that is 'all'", "mrr_ribbon.ShowMistake"),
        (
            "2",
            "[Book1]Sheet1!B2",
            "MRR_CHURN: 'soon' is not a month; write it as 2024-03",
            "mrr_ribbon.ShowMistake",
        ),
    ]


def test_choosing_a_mistake_goes_to_its_cell_and_says_it_whole(excel: Any) -> None:
    excel.evaluate(f"MRR_HHI({as_vba('x' * 3000)})")
    excel.evaluate("Menu()")
    excel.run("PressMistake", "1")
    assert said(excel) == [f"MRR_HHI: {'x' * 3000}"]
    assert excel.evaluate("Selected()") == "Sheet1!B2"


def test_a_mistake_of_a_formula_in_no_cell_has_a_label_too() -> None:
    """An empty label would be against the schema, and Excel would show no menu at all."""
    excel = pressing({"Application.Caller": "Empty"})
    excel.evaluate("MRR_CHURN(1)")
    (entry,) = etree.fromstring(excel.evaluate("Menu()"))
    assert entry.get("label") == "In no cell"
    assert entry.get("description") == "MRR_CHURN: 'soon' is not a month; write it as 2024-03"


def test_without_mistakes_the_menu_says_so(excel: Any) -> None:
    (only,) = etree.fromstring(excel.evaluate("Menu()"))
    assert (only.get("label"), only.get("enabled")) == ("No cell shows a mistake.", "false")


def test_the_macro_shows_them_all(excel: Any) -> None:
    excel.evaluate("MRR_CHURN(1)")
    excel.run("MRR_mistakes")
    assert said(excel) == ["[Book1]Sheet1!B2 MRR_CHURN: 'soon' is not a month; write it as 2024-03\r\n\r\n"]


# Restart Python


def test_restart_python_ends_it_and_computes_again() -> None:
    ended, computed = 'Debug.Print "ended"', 'Debug.Print "computed"'
    excel = pressing({"KillPy": ended, "Application.CalculateFull": computed})
    excel.run("Press", "RestartPython")
    assert excel.console == ["ended", "computed"]
    assert said(excel) == []


MEND = "run mrr-xl addin excel --install from a Python that has mrr_xl, then restart Excel"
PATH = "C:\\Old Python\\python.exe"


@pytest.mark.parametrize(
    ("button", "begins"),
    [
        ("RestartPython", "Python was not restarted"),
        ("NewReport", "The report can't be written"),
        ("ShowHelp", "The help can't be shown"),
    ],
)
def test_where_python_is_missing_each_button_that_needs_it_says_so(button: str, begins: str) -> None:
    excel = pressing({}, "A2")
    excel.evaluate(f"Shown({as_vba(PATH)})")
    excel.run("Press", button)
    assert said(excel) == [f"{begins}: there is no Python at {PATH}: {MEND}"]


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
    assert excel.console == [f"[Book1]Sheet1!B2 MRR_HHI: {sentence}{MEND}"]


# Check data


def test_check_data_puts_the_checks_of_the_cells_around_the_cursor_on_a_new_sheet() -> None:
    excel = pressing({}, "B2")
    excel.run("Press", "CheckData")
    assert said(excel) == []
    assert excel.evaluate("Written()") == "2 Sheet2 =MRR_CHECKS('Jo''s lines'!$A$1:$B$2)"


def test_check_data_names_the_table_under_the_cursor() -> None:
    excel = pressing({}, "B2")
    excel.run("MakeTable")
    excel.run("Press", "CheckData")
    assert said(excel) == []
    assert excel.evaluate("Written()") == "2 Sheet2 =MRR_CHECKS(Subscriptions[#All])"


def test_check_data_in_an_excel_that_does_not_spill_says_what_to_type() -> None:
    excel = pressing({"Formula2": "Formula9"}, "A1")
    excel.run("Press", "CheckData")
    assert said(excel) == [
        "This version of Excel can't spill formulas. Select a few columns and rows, type "
        "=MRR_CHECKS('Jo''s lines'!$A$1:$B$2) and press Ctrl+Shift+Enter."
    ]
    assert excel.evaluate("Written()").startswith("1 ")


@pytest.mark.parametrize("button", ["CheckData", "NewReport"])
def test_where_no_cell_is_selected_a_button_says_so(button: str) -> None:
    """On a chart's sheet ActiveCell is Nothing (error 91)."""
    excel = pressing({"Set data = SelectedData()": "Err.Raise 91"})
    excel.run("Press", button)
    assert said(excel) == ["Select a cell in the table first."]


# Insert function

NET_NEW, NRR = "MRR_NET_NEW|Net new|#,##0.00", "MRR_NRR|NRR|0.0%"


_DIALOG = buttons.TEXT[buttons.TEXT.index("Application.InputBox(") :].partition(" Type:=8)")[0]
_DIALOG = f"{_DIALOG} Type:=8)".replace("\n", "\r\n")


def inserting(cell: str, at: str = "B2") -> Any:
    """The dialog that asks for a place answers with this cell."""
    return pressing({_DIALOG: f'Sheets(1).Range("{cell}")'}, at)


def test_figures_are_inserted_below_a_row_of_their_months() -> None:
    excel = inserting("D4")
    excel.run("MakeTable")
    excel.run("PressInsert", f"{NET_NEW};{NRR}")
    assert said(excel) == []
    formulas = {
        at: excel.evaluate(f'FormulaIn("{at}")') for at in ("D4", "E4", "F4", "P4", "D5", "E5", "P5", "D6", "F6")
    }
    assert formulas == {
        "D4": "",
        "E4": "=EDATE(MRR_LAST_MONTH(Subscriptions[#All]),-11)",
        "F4": "=EDATE(E4,1)",
        "P4": "=EDATE(O4,1)",
        "D5": "Net new",
        "E5": "=MRR_NET_NEW(Subscriptions[#All],E$4)",
        "P5": "=MRR_NET_NEW(Subscriptions[#All],P$4)",
        "D6": "NRR",
        "F6": "=MRR_NRR(Subscriptions[#All],F$4)",
    }
    formats = [excel.evaluate(f'FormatIn("{at}")') for at in ("E4", "P4", "E5", "P6")]
    assert formats == ["yyyy-mm", "yyyy-mm", "#,##0.00", "0.0%"]


def test_in_inserted_figures_a_further_one_goes_below_them() -> None:
    excel = inserting("D4")
    excel.run("PressInsert", NET_NEW)
    excel.run("Choose", "G5")
    excel.run("PressInsert", NRR)
    assert said(excel) == []
    assert excel.evaluate('FormulaIn("E6")') == "=MRR_NRR('Jo''s lines'!$A$1:$B$2,E$4)"
    assert excel.evaluate('FormulaIn("D6")') == "NRR"


def test_nothing_is_written_over() -> None:
    excel = inserting("B3")
    excel.add_module('Sub Fill()\n Sheets(1).Range("N4").Value = 1\nEnd Sub', name="filling")
    excel.run("Fill")
    excel.run("PressInsert", NET_NEW)
    assert said(excel) == ["The figures need the cells B3:N4, and these are not all empty."]
    assert excel.evaluate('FormulaIn("B4")') == ""


def test_where_the_dialog_is_cancelled_nothing_is_inserted() -> None:
    excel = pressing({_DIALOG: "False"}, "B2")
    excel.run("PressInsert", NET_NEW)
    assert said(excel) == []
    assert excel.evaluate('FormulaIn("E4")') == ""


# New report, Help: what VBA asks Python for


def test_new_report_hands_over_the_table_and_the_workbooks_folder_and_opens_what_was_written() -> None:
    excel = pressing(
        {
            "folder = book.path": 'folder = "C:\\Jo"',
            "folder <> book.path": "False",
            "Application.Workbooks.Open path": 'Debug.Print "opened " & path',
        },
        "B2",
    )
    excel.run("Press", "NewReport")
    assert said(excel) == []
    assert excel.console == ["mrr_xl.report.buttons new_report A1:B2 C:\\Jo Book1", "opened C:\\Jo\\report.xlsx"]


def test_a_workbook_without_a_folder_gets_its_report_in_excels_own_and_a_word_about_it() -> None:
    for nowhere in ("", "https://company.sharepoint.com/Jo"):
        excel = pressing(
            {
                "book.path": f'"{nowhere}"',
                "Application.Workbooks.Open path": 'Debug.Print "opened " & path',
            },
            "B2",
        )
        excel.run("Press", "NewReport")
        assert excel.console[-1] == "opened C:\\Docs\\report.xlsx"
        assert said(excel) == ["The report is C:\\Docs\\report.xlsx"]


def test_a_mistake_in_the_table_is_said_and_nothing_is_opened() -> None:
    excel = pressing({"folder = book.path": 'folder = "mistaken"'}, "B2")
    excel.run("Press", "NewReport")
    assert said(excel) == ["row 2, column Amount: no"]


def test_help_asks_for_the_functions_of_the_selected_cell() -> None:
    excel = pressing({}, "B2")
    excel.run("Press", "ShowHelp")
    assert (excel.console, said(excel)) == (["mrr_xl.report.buttons show_help 100"], [])


# Workbooks that are opened


def test_opening_it_registers_every_help_text_and_hides_it_again() -> None:
    excel = pressing({"ThisWorkbook.IsAddin =": "Debug.Print"})
    excel.run("Auto_Open")
    assert len(excel.evaluate("Told()").splitlines()) == len(REGISTRY)
    assert excel.console == ["False", "True"]


_BOOKS = """
Public Sub Lines(formula As String)
    Sheets(1).Range("A1").Value = "Customer": Sheets(1).Range("A2").Value = "Ada"
    Sheets(1).Range("D1").Formula = formula
End Sub
Public Sub MendNow()
    Mend ActiveWorkbook
End Sub
"""


def opened(formula: str, **replaced: str) -> Any:
    """A workbook with a formula in D1, as the add-in finds it: ThisWorkbook is another. What it enters is printed."""
    stand_ins = {
        "If book Is ThisWorkbook Then Exit Sub": "",
        "book.LinkSources(1)": "Empty",
        "cell.Value = CVErr(2029)": 'CStr(cell.Value) = "Error 2029"',
        "    cells.Formula2 = formula": '    Debug.Print "entered " & cells.Address(False, False) & " " & formula',
        'book.BuiltinDocumentProperties("Last Author").Value': '"Jo"',
        "Application.ScreenUpdating": "shownAgain",
        "Dim cell As Range, mode As Long": "Dim cell As Range, mode As Long, shownAgain As Boolean",
    }
    excel = pressing(stand_ins | replaced)
    excel.add_module(_BOOKS, name="books")
    excel.run("Lines", formula)
    return excel


def test_a_formula_that_shows_name_is_entered_again() -> None:
    """Nothing is bound to the name in a file that Excel did not write: KB 945828."""
    excel = opened("=MRR_UNBOUND(A1:A2)")
    assert shown(excel.evaluate('Sheets(1).Range("D1").Value')) == "Error 2029"
    excel.run("MendNow")
    assert excel.console == ["entered D1 =@MRR_UNBOUND(A1:A2)"]


_NOW = """
Function Now_() As String
    Now_ = Application.Calculation & " " & Application.EnableEvents
End Function
Sub Manual()
    Application.Calculation = -4135
    Application.EnableEvents = False
End Sub
"""


def test_while_formulas_are_entered_nothing_is_computed_and_no_macro_is_told_of_it() -> None:
    """A workbook's Worksheet_Change would run for every cell; afterwards all is as it was."""
    entering = '    Debug.Print Application.Calculation & " " & Application.EnableEvents'
    excel = opened("=MRR_UNBOUND(A1:A2)", **{"    cells.Formula2 = formula": entering})
    excel.add_module(_NOW, name="now_")
    before = excel.evaluate("Now_()")
    assert before == "-4105 True"
    excel.run("MendNow")
    assert (excel.console, excel.evaluate("Now_()")) == (["-4135 False"], before)
    excel.run("Manual")
    excel.run("MendNow")
    assert excel.evaluate("Now_()") == "-4135 False"


def test_so_is_one_that_was_never_computed() -> None:
    """Excel may open a workbook without values before it computes it."""
    excel = opened("=MRR_UNBOUND(A1:A2)")
    excel.run("MendNow")
    assert excel.console == ["entered D1 =@MRR_UNBOUND(A1:A2)"]


@pytest.mark.parametrize(
    "formula", ["=SUM(A1:A2)", "=NOSUCH(A1)", '=IF(TRUE,"MRR_NEW",0)', "=IF(TRUE,1/0,MRR_UNBOUND(1))"]
)
def test_other_formulas_and_those_without_that_error_are_left(formula: str) -> None:
    excel = opened(formula)
    excel.evaluate('Sheets(1).Range("D1").Value')
    excel.run("MendNow")
    assert excel.console == []


def test_in_a_report_that_nobody_has_saved_since_it_was_written_all_of_ours_are_entered_again() -> None:
    """The figures that were written hide that the names are bound to nothing."""
    author = 'book.BuiltinDocumentProperties("Last Author").Value'
    for formula, entered in {"=MRR(1)": "=@MRR(1)", "=ARR(1)": "=@ARR(1)", "=SUM(A1:A2)": None}.items():
        excel = opened(formula, **{author: f'"{AUTHOR}"'})
        excel.run("MendNow")
        assert excel.console == ([f"entered D1 {entered}"] if entered else [])


def test_the_reports_that_we_write_name_us_as_the_last_author(tmp_path: Path) -> None:
    write_template(tmp_path / "report.xlsx", months=1)
    assert f"<cp:lastModifiedBy>{AUTHOR}</cp:lastModifiedBy>" in part(tmp_path / "report.xlsx", "docProps/core.xml")


@pytest.mark.parametrize(
    ("link", "elsewhere"),
    [
        ("C:\\Users\\Ada\\AppData\\Roaming\\Microsoft\\Excel\\XLSTART\\mrr.xlam", True),
        ("https://company.sharepoint.com/Shared/MRR.XLAM", True),
        ("C:\\Users\\Jo\\AppData\\Roaming\\Microsoft\\Excel\\XLSTART\\mrr.xlam", False),
        ("c:\\users\\jo\\appdata\\roaming\\microsoft\\excel\\xlstart\\MRR.xlam", False),
        ("C:\\Budget\\prices.xlsx", False),
        ("C:\\mrr.xlam\\prices.xlsx", False),
    ],
)
def test_a_link_to_the_addin_of_somebody_else_is_redirected(link: str, elsewhere: bool) -> None:
    """Excel stores an add-in's full path: KB 817578."""
    folder = "C:\\Users\\Jo\\AppData\\Roaming\\Microsoft\\Excel\\XLSTART"
    excel = opened(
        "=SUM(A1)",
        **{
            "ThisWorkbook.FullName": f'"{folder}\\mrr.xlam"',
            "ThisWorkbook.Name": '"mrr.xlam"',
            "book.LinkSources(1)": f'Array("{link}")',
            "book.ChangeLink link, ": 'Debug.Print "changed", link, ',
        },
    )
    excel.run("MendNow")
    changed = [line.split() for line in excel.console]
    assert changed == ([["changed", link, f"{folder}\\mrr.xlam", "1"]] if elsewhere else [])


# Handles


COMPUTED_AGAIN = {"Application.CalculateFull": 'Debug.Print "computed"'}


def test_ledgers_are_read_again_when_a_function_did_not_know_one() -> None:
    """On whichever sheet they are: Range.Dirty would be for the active one."""
    excel = opened("=MRR_LEDGER(A1:A2)", **COMPUTED_AGAIN)
    excel.evaluate(f"MRR_HHI({as_vba(unknown())})")
    excel.console.clear()
    excel.run("ReadIfAsked")
    excel.run("ReadIfAsked")
    assert excel.console == ["computed"]
    assert "Dirty" not in re.sub("(?m)^'.*", "", vba.modules(addin=True)[vba.WORKBOOKS])


def test_a_text_that_somebody_typed_computes_nothing_again() -> None:
    excel = opened("=SUM(A1:A2)", **COMPUTED_AGAIN)
    excel.evaluate(f"MRR_HHI({as_vba(unknown())})")
    excel.console.clear()
    excel.run("ReadIfAsked")
    assert excel.console == []


def unknown() -> str:
    """What a function says of a handle that this Python never gave."""
    with pytest.raises(MrrError) as told:
        sheet_functions()["MRR"]("6 lines, 2024-01 to 2024-02 #a1b2c3d4e5f6")
    return str(told.value)


def test_any_other_mistake_reads_nothing_again() -> None:
    excel = opened("=MRR_LEDGER(A1:A2)", **COMPUTED_AGAIN)
    excel.evaluate('MRR_HHI("boom")')
    excel.console.clear()
    excel.run("ReadIfAsked")
    assert excel.console == []
