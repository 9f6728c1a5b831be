"""To add a metric is to write one function: here are three, in a copy of the package, and what has them then."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from support import ROOT

pytestmark = pytest.mark.slow

SERIES = '''

@series("MRR_GAINED_SHARE", unit="rate", group="growth")
def gained_share(movements: pd.DataFrame, months: object = 12) -> pd.Series:
    """The part of the closing MRR that was gained in the last months.

    Formula: Σ (new + reactivation + expansion) ÷ closing. Undefined (#N/A) where the closing is 0.

    >>> metric("MRR_GAINED_SHARE", northstar, "2024-02", months=1)
    0.3333333333333333
    """
    gained = movements["new"] + movements["reactivation"] + movements["expansion"]
    return ratio(gained.rolling(whole_months(months), min_periods=1).sum(), movements["closing"])
'''
TABLE = '''

@table(
    "MRR_RANKS",
    group="concentration",
    columns=(CUSTOMER, Column("Rank", "1 for the largest", "count"), Column("Part of all", "of the MRR", "fraction")),
)
def ranks(book: Book, month: object = None) -> pd.DataFrame:
    """The customers of a month by rank.

    >>> metric("MRR_RANKS", northstar, "2024-02").shape
    (3, 3)
    """
    found = top(book, _ALL, month)
    return found[["customer", "rank", "share"]].rename(columns={"share": "part_of_all"})
'''
ARITHMETIC = '''

@arithmetic("MRR_COST_OF_MRR", unit="ratio", group="economics")
def cost_of_mrr(spend: object, new_mrr: object) -> float:
    """What one unit of new MRR costs.

    Formula: spend ÷ new MRR. Undefined (#N/A) where the new MRR is 0.

    >>> metric("MRR_COST_OF_MRR", spend=900, new_mrr=300)
    3.0
    """
    return _divided(_amount(spend, "a spend"), _figure(new_mrr, "a new MRR"))
'''
ADDED = {"growth.py": SERIES, "concentration.py": TABLE, "economics.py": ARITHMETIC}
NAMES = ["MRR_GAINED_SHARE", "MRR_RANKS", "MRR_COST_OF_MRR"]
ROW = '    Row(_KEY, "Gained in the month", "MRR_GAINED_SHARE"),\n'

LEDGER = "customer,start,mrr\nAda,2024-01-01,300\nBob,2024-02-01,100\n"
CALLS = """
import mrr_xl
from mrr_xl.functions.sheet_functions import sheet_functions

rows = [["customer", "start", "mrr"], ["Ada", "2024-01-01", 300], ["Bob", "2024-02-01", 100]]
cells = sheet_functions()
print(mrr_xl.gained_share("ledger.csv", "2024-02", months=1), cells["MRR_GAINED_SHARE"](rows, "2024-02", 1))
print(mrr_xl.ranks("ledger.csv", "2024-02")["part_of_all"].tolist(), cells["MRR_RANKS"](rows, "2024-02"))
print(mrr_xl.cost_of_mrr(900, 300), cells["MRR_COST_OF_MRR"](900, 300))
print({"gained_share", "ranks", "cost_of_mrr"} <= {*dir(mrr_xl)})
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with three functions more, and its documentation written anew."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("mrr_xl", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "README.md", folder)
    for name, text in ADDED.items():
        module = folder / "mrr_xl" / "metrics" / name
        module.write_text(module.read_text(encoding="utf-8") + text, encoding="utf-8")
    module = folder / "mrr_xl" / "metrics" / "concentration.py"
    imports = "from mrr_xl.metrics.columns import CUSTOMER, Column\n"
    assert imports in module.read_text(encoding="utf-8")
    sheet = folder / "mrr_xl" / "report" / "sheets" / "movements.py"
    rows = sheet.read_text(encoding="utf-8")
    sheet.write_text(rows.replace(")\n_LONGER = ", f"{ROW})\n_LONGER = ", 1), encoding="utf-8")
    (folder / "ledger.csv").write_text(LEDGER)
    run(folder, "docs/build.py")
    return folder


def mrr_xl(folder: Path, command: str) -> str:
    """What the command prints."""
    return run(folder, "-m", "mrr_xl", *shlex.split(command))


def run(folder: Path, *words: str) -> str:
    """What this Python prints with the copy of the package."""
    env = os.environ | {"PYTHONPATH": str(folder), "PYTHONUTF8": "1", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_of_functions_has_it_with_an_example_that_is_computed(copy: Path) -> None:
    page = (copy / "docs" / "functions.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL))
    assert '| `=MRR_GAINED_SHARE(A1:D9, "2024-03", 1)` | 0.5 |' in sections["MRR_GAINED_SHARE"]
    assert 'In Python: `mrr_xl.gained_share(data, "2024-03", months=1)`.' in sections["MRR_GAINED_SHARE"]
    assert "| Part of all | of the MRR | fraction |" in sections["MRR_RANKS"]
    assert "| Customer | Rank | Part of all |\n| --- | --- | --- |\n| A | 1 | 0.3125 |" in sections["MRR_RANKS"]
    assert "| spend | new mrr |\n| --- | --- |\n| 900 | 300 |" in sections["MRR_COST_OF_MRR"]
    assert "| `=MRR_COST_OF_MRR(A2, B2)` | 3 |" in sections["MRR_COST_OF_MRR"]
    readme = (copy / "README.md").read_text(encoding="utf-8")
    assert all(f"[`{name}`](docs/functions.md#{name.lower()})" in readme for name in NAMES)


def test_what_the_pages_say_of_the_others_stays(copy: Path) -> None:
    """But for the functions to see beside them."""

    def entries(folder: Path) -> dict[str, str]:
        page = (folder / "docs" / "functions.md").read_text(encoding="utf-8")
        return dict(re.findall(r"^### (\w+)\n(.*?)^\*\*See also", page, re.MULTILINE | re.DOTALL))

    before, after = entries(ROOT), entries(copy)
    assert sorted(after) == sorted([*before, *NAMES])
    assert {name: after[name] for name in before} == before


def test_the_terminal_has_it(copy: Path) -> None:
    page = mrr_xl(copy, "functions 'gained share'")
    assert page.startswith("MRR_GAINED_SHARE\n\nThe part of the closing MRR that was gained in the last months.\n")
    assert '=MRR_GAINED_SHARE(A1:D9, "2024-03", 1) gives 0.5\n' in page
    assert mrr_xl(copy, "metric gained_share ledger.csv --month 2024-02 --arg months=1") == "25.0 %\n"
    ranks = mrr_xl(copy, "metric ranks ledger.csv --month 2024-02")
    assert [line.split() for line in ranks.splitlines()] == [
        ["customer", "rank", "part", "of", "all"],
        ["Ada", "1", "75.0", "%"],
        ["Bob", "2", "25.0", "%"],
    ]


def test_python_and_cells_have_it(copy: Path) -> None:
    assert run(copy, "-c", CALLS).splitlines() == [
        "0.25 0.25",
        "[0.75, 0.25] [['Customer', 'Rank', 'Part of all'], ['Ada', 1, 0.75], ['Bob', 2, 0.25]]",
        "3.0 3.0",
        "True",
    ]
    stub = (copy / "mrr_xl" / "__init__.pyi").read_text(encoding="utf-8")
    assert "\ndef cost_of_mrr(\n    spend: float, new_mrr: float\n) -> float:\n" in stub


def test_the_workbook_lists_it_and_a_line_of_rows_shows_it(copy: Path) -> None:
    mrr_xl(copy, "template report.xlsx --data ledger.csv --months 2 --set through=2024-02")
    book = openpyxl.load_workbook(copy / "report.xlsx", data_only=True)
    assert {*NAMES} <= {row[0] for row in book["Definitions"].iter_rows(values_only=True)}
    shown = {row[0]: row[2:4] for row in book["Movements"].iter_rows(values_only=True)}
    assert shown["Gained in the month"] == (1.0, 1.0)


def test_the_add_in_of_libreoffice_has_it(copy: Path) -> None:
    mrr_xl(copy, "addin calc -o mrr.oxt")
    with zipfile.ZipFile(copy / "mrr.oxt") as addin:
        told = addin.read(next(name for name in addin.namelist() if name.endswith(".xcu") and "Calc" in name)).decode()
    assert all(name in told for name in NAMES)
