"""The command under other surroundings: no locale, no docstrings, names that no file can have."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LONG = "a" * 5000


def run(folder: Path, *words: str, **variables: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "mrr_xl", *words],
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "дані.csv").write_text("customer,start,mrr,plan\nÅsa,2024-01-01,10,Größe\n", encoding="utf-8")
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no LC_ALL")
def test_names_of_any_script_without_a_locale(folder: Path) -> None:
    code, out, err = run(folder, "movements", "дані.csv", "--where", "plan=Größe", "--format", "csv", LC_ALL="C")
    assert (code, err) == (0, "")
    assert out.splitlines()[1].startswith("2024-01,0.0,10.0,")


def test_without_docstrings_figures_and_workbooks_are_made(folder: Path) -> None:
    for words in (["movements", "дані.csv"], ["check", "дані.csv"], ["template", "out.xlsx"], ["--help"]):
        code, _, err = run(folder, *words, PYTHONOPTIMIZE="2")
        assert (code, err) == (0, ""), words
    assert (folder / "out.xlsx").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["movements", f"{LONG}.csv"],
        ["movements", f"{LONG}.duckdb#t"],
        ["movements", "дані.csv", "--rates", f"{LONG}.csv"],
        ["template", f"{LONG}.xlsx"],
        ["fill", f"{LONG}.xlsx", "дані.csv", "-o", "out.xlsx"],
        ["fill", "дані.csv", "дані.csv", "-o", f"{LONG}.xlsx"],
    ],
)
def test_a_name_that_no_file_can_have_is_one_line_and_nothing_is_written(folder: Path, words: list[str]) -> None:
    code, out, err = run(folder, *words)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1 and "fault of mrr_xl" not in err
    assert [path.name for path in folder.iterdir()] == ["дані.csv"]
