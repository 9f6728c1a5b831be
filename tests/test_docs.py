"""What the pages say is run here, and the generated parts are as the code says."""

from __future__ import annotations

import doctest
import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

import mrr_xl
from mrr_xl.cli import main
from mrr_xl.metrics import REGISTRY
from mrr_xl.sources.headers import ROLES, roles_of
from support import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


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
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if not target.startswith("https://"):
            assert (path.parent / target).exists(), target


def commands(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [line.split(" # ")[0].strip() for line in text.splitlines() if line.startswith("mrr-xl ")]


@pytest.mark.parametrize("page", ["README.md", "docs/hosts.md", "docs/filling.md"])
def test_the_commands_of_a_page_work(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "workbook").symlink_to(ROOT / "workbook")
    monkeypatch.chdir(tmp_path)
    assert commands(page)
    for command in commands(page):
        result = CliRunner().invoke(main, shlex.split(command)[1:])
        assert (command, result.exit_code, result.stderr) == (command, 0, "")


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
