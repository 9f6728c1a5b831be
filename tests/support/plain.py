"""Plain reports computed anew by programs that know nothing of mrr_xl: LibreOffice, Gnumeric and formulon."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import formulon
import openpyxl
import pytest

from support import office

_KINDS = {1: "#DIV/0!", 2: "#VALUE!", 3: "#REF!", 4: "#NAME?", 5: "#NUM!", 6: "#N/A"}


@functools.cache
def _calc() -> office.Office:
    """LibreOffice without our extension."""
    return office.Office(Path(tempfile.mkdtemp(prefix="mrr-plain-")))


def in_libreoffice(paths: Iterable[Path]) -> dict[Path, Path]:
    """The workbooks as LibreOffice computes and writes them, in one run."""
    if office.missing():
        pytest.skip(office.missing())
    paths, given, out = list(paths), *(Path(tempfile.mkdtemp(dir=_calc().folder)) for _ in range(2))
    copies = {path: Path(shutil.copy(path, given / f"{number}.xlsx")) for number, path in enumerate(paths)}
    command = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(out), *map(str, copies.values())]
    office.run([*command, *_calc().places])
    return {path: out / copy.name for path, copy in copies.items()}


def in_gnumeric(paths: Iterable[Path]) -> dict[Path, Path]:
    """The same with Gnumeric."""
    if not shutil.which("ssconvert"):
        pytest.skip("there is no ssconvert: install Gnumeric")
    out = Path(tempfile.mkdtemp(prefix="mrr-gnumeric-"))
    computed = {path: out / f"{number}.xlsx" for number, path in enumerate(paths)}
    for path, copy in computed.items():
        subprocess.run(
            ["ssconvert", "--recalc", str(path), str(copy)], capture_output=True, text=True, timeout=120, check=True
        )
    return computed


PROGRAMS = {"LibreOffice": in_libreoffice, "Gnumeric": in_gnumeric}


def cells(path: Path) -> dict[tuple[str, str], Any]:
    """What the cells of a file show, but for the sheets that hold no figure."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Workbook contains no default style|.* extension is not supported")
        book = openpyxl.load_workbook(path, data_only=True)
    shown = {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        if sheet.title not in ("Subscriptions", "Settings")
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }
    book.close()
    return shown


def assert_same(ours: dict[tuple[str, str], Any], theirs: dict[tuple[str, str], Any]) -> None:
    """The same cells show the same: numbers to a millionth, or to a millionth of a millionth of large ones."""
    differing = [
        f"{sheet}!{place}: {ours.get((sheet, place))!r} here, {theirs.get((sheet, place))!r} there"
        for sheet, place in sorted(ours.keys() | theirs.keys())
        if not _same(ours.get((sheet, place)), theirs.get((sheet, place)))
    ]
    assert not differing, f"{len(differing)} cells:\n" + "\n".join(differing[:20])


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) <= 1e-6 * max(1.0, abs(one) / 1e6)
    return bool(one == other)


def formulon_values(path: Path) -> dict[tuple[str, str], Any]:
    """The values of a file's formulas as formulon computes them."""
    book = formulon.Workbook.load(path.read_bytes())
    book.recalc()
    found = {}
    for number, sheet in enumerate(openpyxl.load_workbook(path)):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            value = book.get_value(number, cell.row - 1, cell.column - 1)
            kinds = {"NUMBER": value.number, "TEXT": value.text, "ERROR": _KINDS.get(value.error_code, "?")}
            found[sheet.title, cell.coordinate] = kinds.get(value.kind.name)
    return found


def changed(path: Path, to: Path, *changes: tuple[str, str, Any]) -> Path:
    """A copy of a workbook with other values in some cells: sheet, cell, value. Its formulas have no values."""
    book = openpyxl.load_workbook(path)
    for sheet, place, value in changes:
        book[sheet][place] = value
    book.save(to)
    return to


def proof(path: Path) -> tuple[str, str, dict[tuple[str, str, Any, int], tuple[Any, Any, str]]]:
    """What Proof says at its top; by sheet, figure, month and months the report's, the engine's, and the result."""
    shown = cells(path)
    lines = {}
    for row in range(8, 5000):
        if ("Proof", f"C{row}") not in shown:
            break
        values = [shown.get(("Proof", f"{letter}{row}")) for letter in "ABDEFGI"]
        key = (values[0], values[1], values[2].strftime("%Y-%m"), values[3])
        lines[key] = tuple(values[4:])
    return shown["Proof", "A3"], shown["Proof", "B3"], lines
