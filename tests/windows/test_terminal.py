"""The command mrr-xl on Windows: its names of files, its pipes and redirected files, and files that are in use."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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


def test_names_have_drives_spaces_and_umlauts(folder: Path) -> None:
    data = folder / "Verträge März.csv"
    assert data.drive and "\\" in str(data)
    drive_relative = str(data)[len(data.drive) :]
    for name in (data, data.as_posix(), drive_relative, data.name, f".\\{data.name}", str(data).upper()):
        code, out, err = run("metric", "mrr", name, "--month", "2024-02", folder=folder)
        assert (code, out, err) == (0, b"200.0\r\n", b""), name


def test_a_report_is_written_and_filled_there(folder: Path) -> None:
    written = folder / "Bericht März.xlsx"
    assert run("template", written, "--data", "Verträge März.csv", "--months", 3, folder=folder)[0] == 0
    code, out, err = run("fill", written, "Verträge März.csv", "-o", "Fertig Ö.xlsx", folder=folder)
    assert (code, err, out.splitlines()[0][:6]) == (0, b"", b"wrote ")
    assert (folder / "Fertig Ö.xlsx").stat().st_size > 20_000


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
    deep = folder.joinpath(*["ein Ordner mit einem langen Namen"] * 8)
    deep.mkdir(parents=True)
    data, report = deep / "Verträge.csv", deep / "Bericht.xlsx"
    shutil.copy(folder / "Verträge März.csv", data)
    assert len(str(data)) > 260
    assert run("metric", "mrr", data, "--month", "2024-02", folder=folder) == (0, b"200.0\r\n", b"")
    code, _, err = run("template", report, "--data", data, "--months", 3, folder=folder)
    assert (code, err) == (0, b"")
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
    held(folder / "Verträge März.csv")
    code, out, err = run("movements", "Verträge März.csv", folder=folder)
    assert (code, out) == (2, b"")
    assert err.decode("cp1252") == "mrr-xl: Verträge März.csv can't be read (Permission denied)\r\n"


def test_a_report_that_another_program_holds_is_left_as_it_was(folder: Path, held: Callable[[Path], None]) -> None:
    assert run("template", "t.xlsx", "--data", "Verträge März.csv", "--months", 3, folder=folder)[0] == 0
    (folder / "Bericht.xlsx").write_bytes(b"last month's")
    held(folder / "Bericht.xlsx")
    code, out, err = run("fill", "t.xlsx", "Verträge März.csv", "-o", "Bericht.xlsx", folder=folder)
    assert (code, out) == (2, b"")
    assert err.count(b"\n") == 1
    told = r"mrr-xl: .*Bericht\.xlsx is open in Excel or may not be replaced; close it and fill again\r\n"
    assert re.fullmatch(told, err.decode("cp1252"))
    assert sorted(path.name for path in folder.iterdir()) == ["Bericht.xlsx", "Verträge März.csv", "t.xlsx"]


def test_reports_are_made_by_two_processes(folder: Path) -> None:
    assert run("template", "t.xlsx", "--data", "Verträge März.csv", "--months", 3, folder=folder)[0] == 0
    code, out, err = run(
        *("fill", "t.xlsx", "Verträge März.csv", "--by", "customer", "-o", "{customer} Bericht.xlsx", "--jobs", 2),
        folder=folder,
    )
    assert (code, err) == (0, b"")
    assert out.splitlines()[-1] == b"2 written, 0 unchanged, 0 failed"
    assert {"Łódź Bericht.xlsx", "Bob Bericht.xlsx"} <= {path.name for path in folder.iterdir()}
