"""Names from outside in a terminal and in csv: no character gives an order, and no text becomes a formula."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mrr_xl.cli import main

#: Names that a terminal would obey, and how they are shown.
ORDERS = {
    "\x1b[2J\x1b[Hall paid": "\\u001b[2J\\u001b[Hall paid",
    "\x1b]0;title\x07": "\\u001b]0;title\\u0007",
    "\x9b31mred": "\\u009b31mred",
    "Ada\r\nBo": "Ada\\r\\nBo",
    "Ada\rBo": "Ada\\rBo",
    "Ada\tBo": "Ada\\tBo",
    "Ada\u202egpj.exe": "Ada\\u202egpj.exe",
    "\u2066Ada\u2069": "\\u2066Ada\\u2069",
    "Ada\u2028Bo": "Ada\\u2028Bo",
}
#: Names that are as they were: the joiners of Persian and of emoji are part of them.
KEPT = ["Łódź", "نرم‌افزار", "👩‍💻 GmbH", "O'Neill & Søn", "東京　支店"]


def run(*args: str) -> Result:
    return CliRunner().invoke(main, args)


def ledger(folder: Path, *names: str, header: str = "customer") -> str:
    path = folder / "ledger.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[header, "start", "mrr"], *([name, "2024-01-01", "100"] for name in names)])
    return str(path)


@pytest.mark.parametrize("name", ORDERS)
def test_a_terminal_shows_what_would_order_it(tmp_path: Path, name: str) -> None:
    shown = run("metric", "MRR_TOP", ledger(tmp_path, f"x{name}x"))
    assert shown.exit_code == 0, shown.output
    assert f"x{ORDERS[name]}x" in shown.stdout
    assert len(shown.stdout.splitlines()) == 2
    assert not set(shown.stdout) & set("\x1b\x07\x9b\r\t\u202e\u2066\u2069\u2028")


@pytest.mark.parametrize("name", KEPT)
def test_a_terminal_keeps_every_other_name(tmp_path: Path, name: str) -> None:
    assert name in run("metric", "MRR_TOP", ledger(tmp_path, name)).stdout


def test_a_mistake_and_a_problem_show_them_too(tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text("customer,start,end,mrr,\x1b[31mSetup fee\nAda,2024-01-01,soon\x1b[2J,100,5\n")
    mistaken = run("movements", str(path))
    assert mistaken.exit_code == 2
    assert "soon\\x1b[2J" in mistaken.stderr
    path.write_text("customer,start,mrr,\x1b[31mSetup fee\nAda,2024-01-01,100,5\n")
    assert "\x1b" not in run("check", str(path)).output


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_has_no_text_that_a_spreadsheet_would_run(tmp_path: Path, begin: str) -> None:
    name = f"{begin}cmd|' /C calc'!A0"
    path = ledger(tmp_path, f"{name} of Ada" if begin in "\t\r" else name)
    table = run("metric", "MRR_SEGMENTS", path, "--arg", "by=customer", "--format", "csv").stdout
    cells = [row[0] for row in csv.reader(io.StringIO(table, newline=""))]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


def test_the_mark_of_a_text_is_an_apostrophe_and_numbers_have_none(tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text("customer,start,end,mrr\n=1+1,2024-01-01,2024-02-01,100\nBo,2024-01-01,,5\n")
    shown = run("metric", "MRR_DETAIL", str(path), "--format", "csv")
    assert shown.stdout.splitlines()[1] == "'=1+1,churn,100.0,0.0,-100.0"


def test_raw_csv_has_texts_as_they_are(tmp_path: Path) -> None:
    shown = run("metric", "MRR_TOP", ledger(tmp_path, "=1+1"), "--format", "csv", "--raw")
    assert shown.stdout.splitlines()[1].startswith("1,=1+1,")


def test_raw_is_for_csv_only(tmp_path: Path) -> None:
    for style in ([], ["--format", "json"]):
        refused = run("metric", "MRR_TOP", ledger(tmp_path, "Ada"), *style, "--raw")
        assert (refused.exit_code, refused.stderr) == (2, "mrr-xl: --raw is for --format csv\n")


def test_json_has_texts_as_they_are(tmp_path: Path) -> None:
    shown = run("metric", "MRR_TOP", ledger(tmp_path, "=1+1"), "--format", "json")
    assert json.loads(shown.stdout)[0]["customer"] == "=1+1"


@pytest.mark.parametrize("name", ["Ada\rBo", "Ada\nBo", "Ada\r\nBo", 'Ada "the" Bo, Cy'])
def test_a_line_end_in_a_name_does_not_break_a_row_of_csv(tmp_path: Path, name: str) -> None:
    text = run("metric", "MRR_TOP", ledger(tmp_path, name), "--format", "csv").stdout_bytes.decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [len(row) for row in rows] == [len(rows[0])] * 2
    assert rows[1][1] == name
