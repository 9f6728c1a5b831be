"""Output that goes to an encoding without every character: as a pipe or a redirected file has on Windows."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LEDGER = """\
customer,start,end,amount,interval,plan
Łódź,2024-01-01,,100,month,Größe
Łodz 😀,2024-01-01,,50,month,—
Łodz Ж,2024-01-01,,20,month,—
"""
COMMAND = "from mrr_xl.cli import main; main()"
NAMES = ["Łódź", "Łodz 😀", "Łodz Ж"]


def run(folder: Path, encoding: str, *args: str, code: str = COMMAND) -> tuple[int, str, str]:
    """Exit code, standard output and standard error; ascii is what click takes for a mistake, and it writes UTF-8."""
    (folder / "Łódź.csv").write_text(LEDGER, encoding="utf-8")
    env = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, cwd=folder, env=env, check=False)
    written = "utf-8" if encoding == "ascii" else encoding
    out, err = (stream.decode(written).replace("\r\n", "\n") for stream in (done.stdout, done.stderr))
    assert "Traceback" not in err
    return done.returncode, out, err


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("cp1252", [r"\u0141ód\u017a", r"\u0141odz \ud83d\ude00", r"\u0141odz \u0416"]),
        ("ascii", NAMES),
    ],
)
def test_a_name_is_never_lost_nor_two_names_made_one(tmp_path: Path, encoding: str, shown: list[str]) -> None:
    code, out, err = run(tmp_path, encoding, "detail", "Łódź.csv", "--month", "2024-01", "--format", "csv")
    assert (code, err) == (0, "")
    assert [row[0] for row in csv.reader(io.StringIO(out))] == ["customer", *shown]


#: Each command and its exit code.
COMMANDS = {
    "detail Łódź.csv": 0,
    "segments Łódź.csv --by plan": 0,
    "check Łódź.csv": 0,
    "functions": 0,
    "--help": 0,
    "movements Ж.csv": 2,
    "movements --Ж": 2,
    "addin calc -o Ж–€.oxt": 0,
}
#: All of them in one process, each on a line of its own.
ALL = """
import sys
from mrr_xl.cli import main
for command in sys.argv[1:]:
    try:
        main(command.split())
    except SystemExit as end:
        print("exit code", end.code, flush=True)
"""


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_no_character_stops_a_command(tmp_path: Path, encoding: str) -> None:
    code, out, _ = run(tmp_path, encoding, *COMMANDS, code=ALL)
    ends = [line for line in out.splitlines() if line.startswith("exit code")]
    assert (code, ends) == (0, [f"exit code {expected}" for expected in COMMANDS.values()])


def test_json_stays_json(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "cp1252", "detail", "Łódź.csv", "--month", "2024-01", "--format", "json")
    assert (code, err) == (0, "")
    assert [row["customer"] for row in json.loads(out)] == NAMES


def test_an_error_on_standard_error_is_told(tmp_path: Path) -> None:
    assert run(tmp_path, "cp1252", "movements", "Ж.csv") == (2, "", "mrr-xl: there is no file \\u0416.csv\n")


def test_a_workbook_whose_name_the_code_page_lacks_is_written_and_told(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "cp437", "template", "Bericht–März €2.xlsx", "--months", "3")
    assert (code, err) == (0, "")
    assert out.startswith(r"wrote Bericht\u2013März \u20ac2.xlsx: ")
    assert (tmp_path / "Bericht–März €2.xlsx").exists()


@pytest.mark.posix  # a name of bytes that are no text
def test_a_name_that_is_no_text_is_told_in_utf_8(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, "utf-8", "addin", "calc", "-o", os.fsdecode(b"M\xe4rz.oxt"))
    assert (code, out.split(":")[0]) == (0, r"wrote M\udce4rz.oxt")
