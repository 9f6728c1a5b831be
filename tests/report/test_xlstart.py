"""The add-in in Excel's folder XLSTART: put there, taken away, and told of."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from mrr_xl.cli import main
from mrr_xl.report import write_addin, xlstart
from mrr_xl.version import __version__


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("written") / "mrr.xlam"
    write_addin(path)
    return path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the add-in belongs, for a user of Windows with Excel and a space in the name."""
    appdata = tmp_path / "Jo Müller" / "AppData" / "Roaming"
    (appdata / "Microsoft" / "Excel").mkdir(parents=True)
    monkeypatch.setenv("APPDATA", str(appdata))
    return appdata / "Microsoft" / "Excel" / "XLSTART" / "mrr.xlam"


def run(*args: str) -> tuple[int, str]:
    answer = CliRunner().invoke(main, ["addin", "excel", *args])
    return answer.exit_code, answer.output


def installed_by(monkeypatch: pytest.MonkeyPatch, place: Path, python: str) -> None:
    monkeypatch.setattr("mrr_xl.report.sheets.configuration.python", lambda: python)
    assert xlstart.install() == place


def test_install_status_remove(place: Path, written: Path) -> None:
    assert run("--status") == (0, f"not installed: there is no {place}; mrr-xl addin excel --install writes it\n")
    told = f"installed {place}: start Excel; the functions are in every workbook\n"
    assert run("--install") == (0, told)
    assert place.read_bytes() == written.read_bytes()
    assert list(place.parent.iterdir()) == [place]
    assert list(place.parent.parent.iterdir()) == [place.parent]
    windows = f"its Python is {sys.executable}"
    python = windows if sys.platform == "win32" else "its Python is the pythonw that Windows finds first"
    assert run("--status") == (0, f"installed: {place}, of version {__version__}; {python}\n")
    assert run("--remove") == (0, f"removed {place}\n")
    assert run("--remove") == (2, f"mrr-xl: the add-in is not installed: there is no {place}\n")


def test_it_takes_the_place_of_the_one_that_is_there(place: Path, written: Path) -> None:
    place.parent.mkdir()
    place.write_bytes(b"an old one")
    assert run("--install")[0] == 0
    assert place.read_bytes() == written.read_bytes()


def test_status_looks_for_its_python(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed_by(monkeypatch, place, sys.executable)
    assert xlstart.status() == f"installed: {place}, of version {__version__}; its Python is {sys.executable}"
    installed_by(monkeypatch, place, r"C:\Old Python\python.exe")
    assert xlstart.status() == (
        f"installed: {place}, of version {__version__}; its Python, C:\\Old Python\\python.exe, is not there: run "
        "mrr-xl addin excel --install again"
    )


def test_status_names_another_version(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mrr_xl.report.sheets.configuration.__version__", "0.1.0")
    installed_by(monkeypatch, place, "pythonw")
    assert xlstart.status() == (
        f"installed: {place}, of version 0.1.0 (this is {__version__}: run mrr-xl addin excel --install again); its "
        "Python is the pythonw that Windows finds first"
    )


def test_a_file_that_is_not_ours_is_told(place: Path) -> None:
    place.parent.mkdir()
    place.write_bytes(b"PK")
    told = f"mrr-xl: {place} is not an add-in of mrr_xl, or is damaged; run mrr-xl addin excel --install to replace it"
    assert run("--status") == (2, f"{told}\n")


@pytest.mark.parametrize("option", ["--install", "--remove", "--status"])
def test_where_there_is_no_such_folder_a_sentence_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, option: str
) -> None:
    monkeypatch.delenv("APPDATA", raising=False)
    assert run(option) == (
        2,
        "mrr-xl: only Windows has Excel's folder XLSTART: on the computer with Excel, run the same command, or write "
        "the add-in with mrr-xl addin excel -o mrr.xlam and copy it there into %APPDATA%\\Microsoft\\Excel\\XLSTART\n",
    )
    monkeypatch.setenv("APPDATA", str(tmp_path))
    folder = tmp_path / "Microsoft" / "Excel"
    told = f"mrr-xl: there is no folder {folder}: start Excel once, close it, and run the command again\n"
    assert run(option) == (2, told)


def refusing(change: Callable[..., None], place: Path) -> Callable[..., None]:
    def refused(*paths: object, **how: object) -> None:
        if place in paths:
            raise PermissionError(13, "Access is denied")
        change(*paths, **how)

    return refused


@pytest.mark.parametrize(("option", "done"), [("--install", "written"), ("--remove", "deleted")])
def test_while_excel_has_it_open_it_stays(place: Path, monkeypatch: pytest.MonkeyPatch, option: str, done: str) -> None:
    """Windows refuses to replace or delete a file that is open."""

    place.parent.mkdir()
    place.write_bytes(b"as it was")
    for owner, name in ((os, "replace"), (Path, "unlink")):
        monkeypatch.setattr(owner, name, refusing(getattr(owner, name), place))
    told = f"mrr-xl: {place} can't be {done} while Excel has it open: close Excel and run the command again\n"
    assert run(option) == (2, told)
    assert place.read_bytes() == b"as it was"


def test_another_place_is_not_for_the_folder_of_excel(place: Path) -> None:
    told = "mrr-xl: --install is about the add-in in Excel's own folder; leave out -o my.xlam, or --install\n"
    assert run("-o", "my.xlam", "--install") == (2, told)


def test_a_folder_that_refuses_files_is_not_blamed_on_excel(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "replace", refusing(os.replace, place))
    assert run("--install") == (2, f"mrr-xl: {place} can't be written (Access is denied)\n")
