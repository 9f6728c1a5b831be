"""Disks that are full or may not be written to, files that may not be read, and runs that write one file at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from mrr_xl import metric
from mrr_xl.cli import main
from support.small_workbook import small_workbook

pytestmark = pytest.mark.posix  # limits of files, permissions, mounts

ROWS = "customer,start,end,amount,interval\nAda,2024-01-01,,100,month\nCem,2024-01-01,,70,month\n"
MRR_XL = [sys.executable, "-m", "mrr_xl"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "lite").mkdir()
    (tmp_path / "all.csv").write_text(ROWS)
    small_workbook(tmp_path / "t.xlsx", ["Customer", "Start", "End", "Amount", "Interval"])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("addin calc -o out.oxt", "out.oxt"),
        ("addin lite -o lite", "lite/main.py"),
        ("check all.csv --save", "mrr-xl.toml"),
    ],
)
def test_a_disk_that_is_full_leaves_everything_as_it_was(folder: Path, command: str, name: str) -> None:
    """A limit of a file's size stands in for the disk; the engine for workbooks needs larger files than this."""
    import resource

    (folder / name).write_bytes(b"[old]\n")
    before = contents(folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))
    try:
        ended = CliRunner().invoke(main, command.split())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (ended.exit_code, len(ended.stderr.splitlines())) == (2, 1)
    assert ended.stderr.endswith("can't be written (File too large)\n"), ended.stderr
    assert contents(folder) == before


MOUNTS = bool(shutil.which("unshare")) and not subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode

if MOUNTS:

    def on_a_small_disk(*lines: str) -> tuple[str, list[str]]:
        """What commands say on stderr and print; the disk has 12 KB for them and is theirs alone."""
        Path("disk").mkdir()
        script = "\n".join(["mount -t tmpfs -o size=12k none disk", *lines])
        ended = subprocess.run(["unshare", "-m", "bash", "-c", script], capture_output=True, text=True, timeout=300)
        return ended.stderr, ended.stdout.splitlines()

    @pytest.mark.parametrize(
        ("command", "mode", "why"),
        [
            ("fill t.xlsx all.csv -o disk/out.xlsx", "rw", "No space left on device"),
            ("demo disk/out.xlsx --months 1", "rw", "No space left on device"),
            ("fill t.xlsx all.csv -o disk/out.xlsx", "ro", "Read-only file system"),
        ],
    )
    def test_a_real_disk_does_so_too(folder: Path, command: str, mode: str, why: str) -> None:
        stderr, printed = on_a_small_disk(
            "head -c 6000 /dev/zero > disk/out.xlsx",
            f"mount -o remount,{mode} disk",
            " ".join([*MRR_XL, command]),
            "echo $?; ls -A disk; stat -c %s disk/out.xlsx",
        )
        assert stderr == f"mrr-xl: {folder / 'disk' / 'out.xlsx'} can't be written ({why})\n"
        assert printed == ["2", "out.xlsx", "6000"]

    @pytest.mark.parametrize("command", ["demo out.xlsx --months 1", "addin excel -o out.xlam"])
    def test_temporary_files_that_have_no_room_are_told(folder: Path, command: str) -> None:
        stderr, printed = on_a_small_disk(f"TMPDIR=disk {' '.join(MRR_XL)} {command}; echo $?")
        assert stderr == (
            "mrr-xl: the folder of temporary files can't be written to (No space left on device); make room there, or "
            "name another one in TMPDIR\n"
        )
        assert printed == ["2"] and not [*folder.glob("*out*")]


# What may not be written or read: an administrator may do everything, unless that right is given up.

AS_USER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def as_user(command: str) -> tuple[int, str]:
    ended = subprocess.run([*AS_USER, *MRR_XL, *command.split()], capture_output=True, text=True, timeout=300)
    return ended.returncode, ended.stderr


def test_a_folder_that_may_not_be_written_to_is_told(folder: Path) -> None:
    (folder / "kept").mkdir()
    (folder / "kept").chmod(0o555)
    told = f"mrr-xl: {folder / 'kept' / 'out.xlsx'} can't be written (Permission denied)\n"
    assert as_user("fill t.xlsx all.csv -o kept/out.xlsx") == (2, told)


def test_a_report_that_may_not_be_written_to_stays(folder: Path) -> None:
    """As on Windows; elsewhere another file could be renamed over it."""
    (folder / "out.xlsx").write_bytes(b"old")
    (folder / "out.xlsx").chmod(0o444)
    told = f"mrr-xl: {folder / 'out.xlsx'} is open in Excel or may not be replaced; close it and fill again\n"
    before = contents(folder)
    assert as_user("fill t.xlsx all.csv -o out.xlsx") == (2, told)
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("all.csv", "mrr-xl: all.csv can't be read (Permission denied)\n"),
        ("t.xlsx", "mrr-xl: Invalid value for 'TEMPLATE': Path 't.xlsx' is not readable.\n"),
        ("mrr-xl.toml", "mrr-xl: mrr-xl.toml can't be read ([Errno 13] Permission denied: 'mrr-xl.toml'); mend or "
                        "remove it\n"),
    ],
)  # fmt: skip
def test_a_file_that_may_not_be_read_is_told(folder: Path, name: str, told: str) -> None:
    (folder / "mrr-xl.toml").write_text("")
    (folder / name).chmod(0)
    assert as_user("fill t.xlsx all.csv -o out.xlsx") == (2, told)


def test_runs_that_write_one_file_at_a_time_leave_that_of_one_of_them(folder: Path) -> None:
    (folder / "more.csv").write_text(ROWS.replace(",100,", ",1000,"))
    devnull, pipe = subprocess.DEVNULL, subprocess.PIPE
    commands = [[*MRR_XL, "fill", "t.xlsx", data, "-o", "out.xlsx"] for data in ("all.csv", "more.csv", "all.csv")]
    runs = [subprocess.Popen(command, stdout=devnull, stderr=pipe, text=True) for command in commands]
    assert [(run.communicate(timeout=300)[1], run.returncode) for run in runs] == [("", 0)] * 3
    with zipfile.ZipFile("out.xlsx") as archive:
        assert archive.testzip() is None
    assert metric("MRR", "out.xlsx", "2024-01") in (170, 1070)
    assert not [*folder.glob(".*")]


@pytest.mark.parametrize("options", [[], ["--quiet"], ["--format", "json"]])
@pytest.mark.parametrize("data", [["all.csv"], ["all.csv", "more.csv"]])
def test_a_log_that_can_t_be_written_costs_no_report_and_no_summary(
    folder: Path, data: list[str], options: list[str]
) -> None:
    (folder / "more.csv").write_text(ROWS.replace("Ada", "Eva"))
    words = ["fill", "t.xlsx", *data, "-o", "lite" if data[1:] else "lite/all.xlsx", *options]
    without = CliRunner().invoke(main, words)
    ended = CliRunner().invoke(main, [*words, "--log", "/dev/full"])
    assert without.exit_code == 0
    assert without.stderr == ""
    assert ended.exit_code == 2
    assert ended.stderr == "mrr-xl: the log /dev/full can't be written (No space left on device)\n"
    assert ended.stdout == without.stdout
    assert metric("MRR", folder / "lite/all.xlsx", "2024-01") == 170


def test_a_mistake_of_a_run_whose_log_can_t_be_written_is_told(folder: Path) -> None:
    ended = CliRunner().invoke(main, ["fill", "t.xlsx", "none.csv", "-o", "out.xlsx", "--log", "/dev/full"])
    log = "mrr-xl: the log /dev/full can't be written (No space left on device)\n"
    assert (ended.exit_code, ended.stderr) == (2, f"{log}mrr-xl: there is no file none.csv\n")
