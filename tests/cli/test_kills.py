"""A command that is killed at any step that changes a file leaves the old file or the new one, and can be run again.

An audit hook (PEP 578) counts these steps in every process of the command, and at the step asked for it kills them all.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from support.small_workbook import small_workbook

pytestmark = pytest.mark.posix  # kill -9

ROWS = """\
customer,start,end,amount,interval,company
Ada,2024-01-01,,100,month,North
Ben,2024-02-01,2024-05-01,600,year,North
Cem,2024-03-01,,70,month,South
"""
HOOK = """
import os, signal, sys
folder, wanted, steps = os.environ["KILL_IN"], int(os.environ["KILL_AT"]), os.environ["KILL_STEPS"]
def look(event, given):
    writes = event == "open" and given[2] & (os.O_WRONLY | os.O_RDWR)
    if writes or event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"):
        if isinstance(given[0], (str, os.PathLike)) and os.path.abspath(given[0]).startswith(folder):
            with os.fdopen(os.open(steps, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "ab") as file:
                file.write(b".")
            if os.path.getsize(steps) == wanted:
                os.killpg(0, signal.SIGKILL)
sys.addaudithook(look)
"""
#: A command, what it writes, and the steps at which it is killed. A file takes four: another one is opened, given its
#: mode and renamed, and it is looked whether it is gone.
KILLED = [
    ("fill t.xlsx all.csv -o out.xlsx", ["out.xlsx"], (2, 3, 4)),
    ("fill t.xlsx all.csv --by company -o {company}.xlsx", ["North.xlsx", "South.xlsx"], (7,)),
    ("demo out.xlsx --months 1", ["out.xlsx"], (3,)),
    ("addin excel --install", ["Microsoft/Excel/XLSTART/mrr.xlam"], (4, 6)),
    ("addin lite -o .", ["main.py", "requirements.txt", "personal/mrr.py"], (9,)),
    ("check all.csv --save", ["mrr-xl.toml"], (2, 3)),
]
CASES = [(command, written, step) for command, written, steps in KILLED for step in steps]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    (folder / "Microsoft" / "Excel" / "XLSTART").mkdir(parents=True)
    (folder / "all.csv").write_text(ROWS)
    small_workbook(folder / "t.xlsx", ["Customer", "Start", "End", "Amount", "Interval"])
    (tmp_path / "sitecustomize.py").write_text(HOOK)
    return folder


def run(folder: Path, command: str, step: int = -1) -> tuple[int, str, int]:
    """How a command ends, what it says, and how many steps it took; killed at one, if it gets there."""
    steps = folder.parent / "steps"
    steps.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "mrr_xl", *command.split()],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(folder.parent),
            "APPDATA": str(folder),
            "KILL_IN": str(folder),
            "KILL_AT": str(step),
            "KILL_STEPS": str(steps),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _, stderr = process.communicate(timeout=300)
    return process.returncode, stderr, steps.stat().st_size if steps.exists() else 0


def whole(path: Path, content: bytes) -> bool:
    if path.suffix in (".xlsx", ".xlam"):
        return zipfile.is_zipfile(BytesIO(content)) and zipfile.ZipFile(BytesIO(content)).testzip() is None
    return content.endswith(b"\n")


def files(folder: Path) -> dict[str, Path]:
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(("command", "written", "step"), CASES)
def test_a_kill_leaves_the_old_file_or_the_new_one(folder: Path, command: str, written: list[str], step: int) -> None:
    old = {name: b"[old]\n" if name.endswith(".toml") else b"old" for name in written}
    for name, content in old.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    before = set(files(folder))
    ended, stderr, _ = run(folder, command, step)
    assert ended == -signal.SIGKILL, stderr
    for name in written:
        content = (folder / name).read_bytes()
        assert content == old[name] or whole(folder / name, content)
    left = [path for name, path in files(folder).items() if name not in before]
    assert all(path.name.startswith(".") and path.suffix in (".tmp", ".xlam") for path in left)
    # Once more, a day later
    for path in left:
        os.utime(path, (time.time() - 86400,) * 2)
    ended, stderr, _ = run(folder, command + (" --resume" if "--by" in command else ""))
    assert ended == 0, stderr
    assert all(whole(folder / name, (folder / name).read_bytes()) for name in written)
    assert set(files(folder)) == before
