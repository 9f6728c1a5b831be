"""The command mrr-xl on Windows: its names of files, its pipes and redirected files, and files that are in use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from mrr_xl.cli import main
from mrr_xl.report import write_template

LEDGER = """\
customer,start,end,amount,interval
Łódź,2024-01-01,,100,month
Bob,2024-01-15,2024-03-01,1200,year
"""
COMMAND = shutil.which("mrr-xl", path=Path(sys.executable).parent)
#: Opens a file as Excel does, so that no other program may read, write or replace it, until a line comes in.
HOLD = """
import sys, win32file
opened = win32file.CreateFile(sys.argv[1], win32file.GENERIC_READ | win32file.GENERIC_WRITE, 0, None, 3, 0, None)
print("held", flush=True)
sys.stdin.readline()
"""


def run(*args: object, folder: Path, **others: str) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        [COMMAND, *map(str, args)], capture_output=True, cwd=folder, env=os.environ | others, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder on a drive, with spaces and umlauts in its name."""
    made = tmp_path / "Müller & Söhne 2024"
    made.mkdir()
    (made / "Verträge März.csv").write_text(LEDGER, encoding="utf-8")
    return made


def test_names_have_drives_spaces_and_umlauts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    data = folder / "Verträge März.csv"
    assert data.drive and "\\" in str(data)
    drive_relative = str(data)[len(data.drive) :]
    for name in (str(data), data.as_posix(), drive_relative, data.name, f".\\{data.name}", str(data).upper()):
        answer = CliRunner().invoke(main, ["metric", "mrr", name, "--month", "2024-02"])
        assert (answer.exit_code, answer.output) == (0, "200.0\n"), name
    assert run("metric", "mrr", data, "--month", "2024-02", folder=folder) == (0, b"200.0\r\n", b"")


def test_a_report_is_written_and_filled_there(folder: Path) -> None:
    data, written, filled = folder / "Verträge März.csv", folder / "Bericht März.xlsx", folder / "Fertig Ö.xlsx"
    for command in (
        ["template", str(written), "--data", str(data), "--months", "3"],
        ["fill", str(written), str(data), "-o", str(filled)],
    ):
        answer = CliRunner().invoke(main, command)
        assert answer.exit_code == 0, answer.output
    assert filled.stat().st_size > 20_000
    mistake = CliRunner().invoke(main, ["fill", str(written), str(data), "-o", str(written).upper()])
    assert (mistake.exit_code, mistake.output.count("\n")) == (2, 1)
    assert mistake.output.endswith("would be written over its own input; name another file\n")


def test_a_pipe_has_the_code_page_of_windows(folder: Path) -> None:
    code, out, err = run("detail", "Verträge März.csv", "--month", "2024-01", "--format", "csv", folder=folder)
    assert (code, err) == (0, b"")
    assert out.splitlines()[1:] == [b"Bob,new,0.0,100.0,100.0", b"\\u0141\xf3d\\u017a,new,0.0,100.0,100.0"]


@pytest.mark.parametrize(("code_page", "o"), [("cp437", b"\xa2"), ("cp1252", b"\xf3"), ("utf-8", b"\xc3\xb3")])
def test_redirected_to_a_file_it_has_the_code_page_of_the_terminal(folder: Path, code_page: str, o: bytes) -> None:
    command = f'"{COMMAND}" detail "Verträge März.csv" --month 2024-01 --format csv > "Ausgabe Ö.csv"'
    env = os.environ | {"PYTHONIOENCODING": code_page}
    done = subprocess.run(command, shell=True, capture_output=True, cwd=folder, env=env, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    name = (folder / "Ausgabe Ö.csv").read_bytes().splitlines()[2].split(b",")[0]
    assert name == ("Łódź".encode() if code_page == "utf-8" else b"\\u0141" + o + b"d\\u017a")


def test_a_path_of_more_than_260_characters_is_read_and_written(folder: Path) -> None:
    """The folder's own path is shorter: Wine, unlike Windows, can't tell what a longer one is in full."""
    deep = folder / "ein Ordner"
    deep.mkdir()
    name = "ein langer Name".ljust(265 - len(str(deep)), "g")
    data, report = deep / f"{name}.csv", deep / f"{name}.xlsx"
    shutil.copy(folder / "Verträge März.csv", data)
    assert len(str(data)) > 260
    assert CliRunner().invoke(main, ["metric", "mrr", str(data), "--month", "2024-02"]).output == "200.0\n"
    assert CliRunner().invoke(main, ["template", str(report), "--months", "3"]).exit_code == 0
    assert report.stat().st_size > 20_000


@pytest.fixture
def held(folder: Path) -> Iterator[Callable[[Path], None]]:
    """A call has another program open the file as Excel does."""
    processes = []

    def hold(path: Path) -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        processes.append(process)
        assert process.stdout is not None and process.stdout.readline() == "held\n"

    yield hold
    for process in processes:
        process.communicate("\n", timeout=60)


def test_data_that_another_program_holds_is_told(folder: Path, held: Callable[[Path], None]) -> None:
    data = folder / "Verträge März.csv"
    held(data)
    answer = CliRunner().invoke(main, ["movements", str(data)])
    assert (answer.exit_code, answer.output) == (2, f"mrr-xl: {data} can't be read (Permission denied)\n")


@pytest.mark.parametrize("command", ["movements t.xlsx", "fill t.xlsx Verträge\u00a0März.csv -o out.xlsx"])
def test_a_workbook_that_another_program_holds_is_told(
    folder: Path, held: Callable[[Path], None], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    write_template(Path("t.xlsx"), data="Verträge März.csv", months=3)
    held(folder / "t.xlsx")
    answer = CliRunner().invoke(main, [word.replace("\u00a0", " ") for word in command.split(" ")])
    assert (answer.exit_code, answer.output) == (2, "mrr-xl: t.xlsx can't be read (Permission denied)\n")
    assert not Path("out.xlsx").exists()


def test_a_report_that_another_program_holds_is_left_as_it_was(folder: Path, held: Callable[[Path], None]) -> None:
    data, report = folder / "Verträge März.csv", folder / "Bericht.xlsx"
    write_template(folder / "t.xlsx", data=data, months=3)
    report.write_bytes(b"last month's")
    held(report)
    answer = CliRunner().invoke(main, ["fill", str(folder / "t.xlsx"), str(data), "-o", str(report)])
    told = f"mrr-xl: {report} is open in Excel or may not be replaced; close it and fill again\n"
    assert (answer.exit_code, answer.output) == (2, told)
    assert sorted(path.name for path in folder.iterdir()) == ["Bericht.xlsx", "Verträge März.csv", "t.xlsx"]
