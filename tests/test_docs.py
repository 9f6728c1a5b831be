"""What the pages say is run here, and the generated parts are as the code says."""

from __future__ import annotations

import datetime as dt
import doctest
import importlib.util
import json
import re
import shlex
from pathlib import Path
from typing import Any

import openpyxl
import openpyxl.workbook.defined_name
import openpyxl.worksheet.table
import pandas as pd
import pytest
from click.testing import CliRunner

import mrr_xl
from mrr_xl.cli import main
from mrr_xl.date_texts import Order, date_of, order_of
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.metrics import REGISTRY
from mrr_xl.sources.billing import SYSTEMS
from mrr_xl.sources.headers import ROLES, roles_of
from mrr_xl.sources.how import OPTIONS
from mrr_xl.sources.number_texts import number_of
from support import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("**/*.md"))]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))


def module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_examples_of_a_page_run(path: Path, northstar: pd.DataFrame) -> None:
    names = {"mrr_xl": mrr_xl, "northstar": northstar} | {name: getattr(mrr_xl, name) for name in mrr_xl.__all__}
    text = path.read_text(encoding="utf-8").replace("\n```", "\n\n```")
    test = doctest.DocTestParser().get_doctest(text, names, path.name, str(path), 0)
    results = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
    assert results.failed == 0
    assert results.attempted == text.count(">>> ")


def test_generated_pages_are_not_stale() -> None:
    for path, text in module(ROOT / "docs" / "build.py").generated().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale; run make docs"


def test_a_promise_is_held_by_tests_that_there_are() -> None:
    reliability = module(ROOT / "docs" / "reliability.py")
    assert reliability.PAGE.read_text(encoding="utf-8") == reliability.page(), "reliability.md is stale; run make docs"
    cases = json.loads(reliability.RUN.read_text(encoding="utf-8"))["cases"]
    for of_area in reliability.promises().values():
        for promise, tests in of_area.items():
            assert cases[promise], f"{promise}: no test of it ran"
            for test in tests:
                path, _, name = test.partition("::")
                text = (ROOT / "tests" / path).read_text(encoding="utf-8")
                assert name == "" or f"\ndef {name}(" in text, f"{promise}: there is no {test}"


def test_every_function_has_its_entry() -> None:
    text = (ROOT / "docs" / "functions.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^### (\w+)$", text, re.MULTILINE)) == sorted(REGISTRY)
    for metric in REGISTRY.values():
        doc = metric.compute.__doc__ or ""
        assert ">>> " in doc, f"{metric.name} has no example"
        if metric.unit in ("rate", "ratio"):
            assert "Undefined (#N/A) where" in doc, f"{metric.name} does not say when it is undefined"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target, heading in re.findall(r"\]\(([^)#]*)(#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if not target.startswith("https://"):
            page = path.parent / target if target else path
            assert page.exists(), target
            assert not heading or heading[1:] in anchors(page), f"{target}{heading}"


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [line.split(" # ")[0].strip() for line in text.splitlines() if line.startswith("mrr-xl ")]


@pytest.mark.parametrize("page", ["README.md", "docs/command-line.md", "docs/hosts.md", "docs/filling.md"])
def test_the_commands_of_a_page_work(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "workbook").symlink_to(ROOT / "workbook")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Microsoft" / "Excel").mkdir(parents=True)
    monkeypatch.setenv("APPDATA", str(tmp_path))
    assert commands(page)
    for command in commands(page):
        result = CliRunner().invoke(main, shlex.split(command)[1:])
        assert (command, result.exit_code, result.stderr) == (command, 0, "")


SOURCES = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


def files_shown(text: str) -> dict[str, str]:
    """The files that a page shows: a block of csv, under the name that stands last before it."""
    blocks = [block.start() for block in re.finditer(r"^```csv$", text, re.MULTILINE)]
    names = [re.findall(r"`([\w-]+\.csv)`", text[:start])[-1] for start in blocks]
    return dict(zip(names, re.findall(r"^```csv\n(.*?)^```$", text, re.MULTILINE | re.DOTALL), strict=True))


def examples(text: str) -> list[tuple[str, str]]:
    """The commands of a page's console blocks, and what each prints; a line of ... stands for any others."""
    blocks = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    shown = [example.split("\n", 1) for block in blocks for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(command, printed) for command, printed in shown]


@pytest.mark.parametrize("page", [ROOT / "docs" / "sources.md", *GUIDES], ids=lambda page: page.name)
def test_the_examples_of_a_page_print_what_they_show(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    for name, content in files_shown(text).items():
        Path(name).write_text(content, encoding="utf-8")
    if page.name == "own-workbook.md":
        board(text)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert examples(text)
    for command, printed in examples(text):
        result = CliRunner().invoke(main, shlex.split(command)[1:])
        said = result.stderr + result.stdout
        assert doctest.OutputChecker().check_output(printed, said, flags), f"{command} prints\n{said}"
    for command in re.findall(r"^(?!\$).*mrr-xl (fill .+?)\)?(?: >>.*)?$", text, re.MULTILINE):  # in other blocks
        ended = CliRunner().invoke(main, shlex.split(command))
        assert (command, ended.exit_code, ended.stderr) == (command, 0, "")
    if page.name == "own-workbook.md":
        book = openpyxl.load_workbook("board-outside.xlsx", data_only=True)
        assert [book["Board"][f"B{row}"].value for row in range(2, 5)] == [150, -80, pytest.approx(80 / 230)]


def board(text: str) -> None:
    """board.xlsx, as the reader of own-workbook.md makes it."""
    book = openpyxl.Workbook()
    sheet, data = book.worksheets[0], book.create_sheet("Data")
    sheet.title = "Board"
    for cell, formula in re.findall(r"^\| (B\d) \| `(.+?)` \|", text, re.MULTILINE):
        sheet[cell] = formula
    headers = files_shown(text)["export.csv"].split("\n")[0].split(",")[:4]
    data.append(headers)
    data.append([None] * len(headers))
    data.add_table(openpyxl.worksheet.table.Table(displayName="Subscriptions", ref="A1:D2"))
    book.save("board.xlsx")


def test_the_first_pages_are_short_and_lead_to_all_others() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= 150
    linked = {target for page in PAGES for target in links(page)}
    assert {page.name for page in PAGES if page not in linked} == set()


def links(page: Path) -> set[Path]:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    return {(page.parent / target).resolve() for target in targets}


def test_sources_names_every_billing_system_and_every_option() -> None:
    named = re.findall(r"^\| \[?.+? \| `(\w+)` \| .+ \|$", SOURCES.split("## ")[0], re.MULTILINE)
    assert sorted(named) == list(SYSTEMS)
    options = re.findall(r"^\| `(--.+?)` \| `(.+?)` \|", SOURCES, re.MULTILINE)
    assert [option.split()[0] for option, _ in options] == [
        "--map", "--dates", "--decimal", "--encoding", "--delimiter", "--sheet", "--skip", "--from", "--order",
    ]  # fmt: skip
    written = {name.split("=")[0] for _, python in options for name in python.split("` or `")}
    assert written == set(OPTIONS)
    for command in ("movements", "metric", "detail", "segments", "cohorts", "forecast", "check", "template", "fill"):
        shown = CliRunner().invoke(main, [command, "--help"]).stdout
        assert all(f" {name.split()[0]} " in shown for option, _ in options for name in option.split("` or `"))


def read_as(what: str) -> list[str]:
    """What a row of the table of sources.md says that is found out."""
    (row,) = re.findall(rf"^\| {what} \| (.+?) \|", SOURCES, re.MULTILINE)
    return re.findall(r"`(.+?)`", row)


def test_dates_and_numbers_are_read_as_sources_shows() -> None:
    *dates, unclear, clear = read_as("dates")
    march = {"2024-03-15", "15.03.2024", "15 Mar 2024"}
    days = {day: (2024, 3, 15) if day in march else (2024, 3, 1) if "März" in day else (2024, 3, 4) for day in dates}
    assert {day: date_of(day) for day in dates} == days
    assert (date_of(unclear), order_of([unclear]), order_of([unclear, clear])) == (
        None,
        Order(None, unclear),
        Order("dmy", clear),
    )
    signs = {"1,200.00": ".", "1.200,00": ",", "1'200.00": ".", "1 200,00": ","}
    numbers = {number: number_of(number, signs.get(number)) for number in read_as("numbers")}
    assert numbers == dict.fromkeys(signs, 1200.0) | {"(100)": -100.0, "-": 0.0}


def test_a_file_that_is_not_from_the_system_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    data = tmp_path / "stripe.csv"
    data.write_text("id,Customer ID,Plan,Currency,Amount,Status,Current Period End (UTC)\n", encoding="utf-8")
    data.write_text(data.read_text() + "sub_1,cus_1,pro,eur,10,active,2024-02-01\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(data), "--from", "stripe"])
    assert (result.exit_code, result.stderr) == (
        2,
        "mrr-xl: this is no export of stripe that is known: the subscriptions export of Stripe's Dashboard has a "
        "column Interval; export it again, or leave --from out\n",
    )


def test_the_order_of_dates_may_differ_by_column() -> None:
    data = pd.DataFrame({"customer": ["Ada"], "start": ["03/04/2024"], "end": ["06/05/2024"], "mrr": [100]})
    closing = mrr_xl.movements(data, dates={"start": "dmy", "end": "mdy"}).set_index("month")["closing"]
    assert {str(month): mrr for month, mrr in closing.items()} == {"2024-04": 100, "2024-05": 100, "2024-06": 0}


def steered() -> str:
    """What the formula of sources.md says of the file jobs.csv."""
    (text,) = re.findall(r'^=MRR\(.*"(.+)"\)$', SOURCES, re.MULTILINE)
    return text


def test_a_cell_is_steered_as_sources_shows() -> None:
    rows = [line.split(";") for line in ("Client;Kick-off;Charge", "Ada;03/04/2024;1,200", "Bob;05/06/2024;2,400")]
    pairs = [pair.split("=") for pair in steered().split("; ")]
    mrr = sheet_functions()["MRR"]
    assert [mrr(rows, "2024-06", None, said) for said in (steered(), [*pairs, ["as_of", "month_end"]])] == [3600, 3600]
    states = [["customer", "start", "mrr", "status", "now"], ["Ada", "2024-01-01", 100, "trial", "active"]]
    assert mrr(states, "2024-01", None, "map status=now") == 100
    assert mrr(states, "2024-01", None, "status=line") == 0


@pytest.mark.parametrize("kind", ["name", "table", "sheet"])
def test_a_workbook_is_steered_as_sources_says(kind: str, tmp_path: Path) -> None:
    data = tmp_path / "jobs.csv"
    data.write_text(files_shown(SOURCES)["jobs.csv"], encoding="utf-8")
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["customer", "start", "end", "amount"], ["Cyd", dt.date(2024, 1, 1), None, 10]):
        sheet.append(row)
    sheet.add_table(openpyxl.worksheet.table.Table(displayName="Subscriptions", ref="A1:D2"))
    mapping = book.create_sheet("Mapping" if kind == "sheet" else "How")
    for row in (["Role", "Header"], *(pair.split("=") for pair in steered().split("; ")), ["end", "Leaves"]):
        mapping.append(row)
    if kind == "table":
        mapping.add_table(openpyxl.worksheet.table.Table(displayName="Mapping", ref="A1:B6"))
    if kind == "name":
        book.defined_names["Mapping"] = openpyxl.workbook.defined_name.DefinedName("Mapping", attr_text="How!$A$1:$B$6")
    template = tmp_path / "template.xlsx"
    book.save(template)
    mrr_xl.fill(template, data, tmp_path / "filled.xlsx")
    assert mrr_xl.metric("MRR", tmp_path / "filled.xlsx", "2024-06") == 3600
    # What the call says comes first.
    mrr_xl.fill(template, data, tmp_path / "other.xlsx", decimal=",")
    assert mrr_xl.metric("MRR", tmp_path / "other.xlsx", "2024-06") == 3.6


def test_a_problem_is_shown_as_the_readme_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (data,), (console,) = (re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL) for kind in ("csv", "console"))
    command, printed = console.removeprefix("$ ").split("\n", 1)
    monkeypatch.chdir(tmp_path)
    Path("contracts.csv").write_text(data, encoding="utf-8")
    result = CliRunner().invoke(main, shlex.split(command)[1:])
    assert result.exit_code == 0
    assert result.stderr.startswith("mrr-xl: problem: ")
    assert (result.stderr + result.stdout).split() == printed.split()
    Path("contracts.csv").write_text(data.replace("contract_term", "interval"), encoding="utf-8")
    renamed = CliRunner().invoke(main, shlex.split(command)[1:])
    assert (renamed.exit_code, renamed.stderr) == (0, "")
    assert renamed.stdout.split()[-2:] == ["100.00", "1"]


@pytest.mark.parametrize("role", ROLES)
def test_headers_named_in_the_definitions_are_read_so(role: str) -> None:
    build = module(ROOT / "docs" / "build.py")
    for header in build.COLUMNS[role][1].split(", "):
        assert roles_of(header).get(role) in (0, 1), header
    for header in build.LAST_CHOICE.get(role, "").split(", "):
        assert not header or roles_of(header).get(role) == 2, header


def test_the_table_of_the_readme_is_a_ledger() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    begin = lines.index("| customer | start | end | amount | interval | plan |")
    rows = [[cell.strip() or None for cell in line.split("|")[1:-1]] for line in lines[begin + 2 : begin + 5]]
    frame = pd.DataFrame(rows, columns=["customer", "start", "end", "amount", "interval", "plan"])
    assert mrr_xl.metric("MRR", frame, "2024-03") == 150.0


def test_the_ready_made_files_are_not_stale(tmp_path: Path) -> None:
    module(ROOT / "workbook" / "build.py").main(tmp_path)
    files = sorted(tmp_path.iterdir())
    assert [made.name for made in files] == ["mrr-report.xlsx", "subscriptions.csv"]
    for made in files:
        kept = ROOT / "workbook" / made.name
        if made.suffix == ".xlsx":
            for values in (False, True):
                assert cells(made, values) == cells(kept, values), f"workbook/{made.name} is stale; run make workbook"
        else:
            assert made.read_text() == kept.read_text(), f"workbook/{made.name} is stale; run make workbook"


def cells(path: Path, values: bool) -> dict[str, Any]:
    book = openpyxl.load_workbook(path, data_only=values)
    found = {}
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                value = cell.value
                text = getattr(value, "text", value)
                # The last digits of a ratio may differ between machines.
                found[f"{sheet.title}!{cell.coordinate}"] = round(text, 9) if isinstance(text, float) else text
    return found
