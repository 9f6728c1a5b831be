"""Workbooks of others are filled, and nothing of theirs is lost: the corpus that .ci/corpus fetches.

Each gets a sheet with a table of subscriptions, which nothing in it reads, so that all else has to stay as it was.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from lxml import etree

from mrr_xl.calculator.parsing import by_chance, moves
from mrr_xl.errors import MrrError
from mrr_xl.filling.fill import fill
from support import corpus
from support.browser_python import NODE_MODULES
from support.soundness import faults, no_validator

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

DATA = pd.DataFrame(
    {
        "customer": ["Ada", "Bob", "Cyd"],
        "start": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-01"]),
        "end": pd.to_datetime([None, "2024-03-01", None]),
        "amount": [100.0, 1200.0, 50.0],
        "interval": ["month", "year", "month"],
    }
)
#: Files that can't be filled, and why.
REFUSED = {
    "apachepoi_49609.xlsx": "is not an Excel workbook (.xlsx or .xlsm)",
    "issue150.xlsx": "has no table named Subscriptions",
}
#: What fill writes of its own: the table, the stamp, a style that shows dates.
OURS = re.compile(
    r"xl/(worksheets|tables)/subscriptions\.xml|\[Content_Types\]\.xml|_rels/\.rels|docProps/custom\.xml|.*/styles\.xml",
    re.IGNORECASE,
)
FILES = corpus.files()


def test_there_are_many() -> None:
    if not corpus.FOLDER.is_dir():
        pytest.skip(f"there is no corpus in {corpus.FOLDER}: run .ci/corpus")
    assert len(FILES) >= 120


@pytest.mark.parametrize("file", FILES, ids=corpus.name_of)
def test_a_workbook_of_others_is_filled_and_keeps_what_it_had(file: Path, tmp_path: Path) -> None:
    before, after = _filled(file, tmp_path)
    if after is None:
        return
    was, now = _parts(before), _parts(after)
    gone, new = was.keys() - now.keys(), now.keys() - was.keys()
    assert gone <= {"xl/calcChain.xml"}
    assert new <= {"docProps/custom.xml"}
    for name in was.keys() & now.keys():
        if was[name] != now[name] and not OURS.fullmatch(name):
            assert _is_alike(name, was[name], now[name], gone), name
    if _loads(before):
        openpyxl.load_workbook(BytesIO(after))
    known = _faults(before, tmp_path)
    if known is not None:
        assert not (_faults(after, tmp_path) or Counter()) - known


def _filled(file: Path, folder: Path) -> tuple[bytes, bytes | None]:
    """The workbook with a table, and as it is filled; None if one sentence says why it can't be."""
    content = file.read_bytes()
    before = corpus.with_table(content) or content
    template, out = folder / file.name, folder / f"filled {file.name}"
    out.unlink(missing_ok=True)
    template.write_bytes(before)
    try:
        fill(template, DATA, out)
    except MrrError as mistake:
        assert REFUSED.get(file.name, "none") in str(mistake)
        assert not out.exists()
        return before, None
    assert file.name not in REFUSED
    return before, out.read_bytes()


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _is_alike(name: str, was: bytes, now: bytes, gone: set[str]) -> bool:
    """Whether a part changed only as it may: a chain that went, no order to compute, values of what had none."""
    if name.endswith(".rels"):
        return bool(gone) and len(etree.fromstring(was)) == len(etree.fromstring(now)) + 1
    if "/worksheets/" in name:
        old, new = _cells(was), _cells(now)
        return all(old.get(place) == cell or _may_change(old.get(place)) for place, cell in new.items())
    root = etree.fromstring(was)
    for settings in root.iter("{*}calcPr"):
        settings.attrib.pop("fullCalcOnLoad", None)
    return etree.tostring(root, method="c14n") == etree.tostring(etree.fromstring(now), method="c14n")


Cell = tuple[str | None, str | None, str, str, str]  #: formula, value, inline text, kind, style


def _cells(content: bytes) -> dict[str, Cell]:
    found = {}
    for cell in etree.fromstring(content).iter("{*}c"):
        formula, inline = cell.find("{*}f"), cell.find("{*}is")
        text = "" if inline is None else "".join(inline.itertext())
        written = None if formula is None else f"={formula.text or ''}"
        found[cell.get("r")] = written, cell.findtext("{*}v"), text, cell.get("t", "n"), cell.get("s", "0")
    return found


def _may_change(cell: Cell | None) -> bool:
    return cell is not None and cell[0] is not None and (cell[1] is None or moves(cell[0]) or by_chance(cell[0]))


def _loads(content: bytes) -> bool:
    try:
        openpyxl.load_workbook(BytesIO(content))
    except Exception:  # openpyxl has many ways to refuse a file
        return False
    return True


def _faults(content: bytes, folder: Path) -> Counter[str] | None:
    """The faults of a package; None for one that is so odd that the rules can't be read over it."""
    path = folder / "faults.xlsx"
    path.write_bytes(content)
    try:
        return Counter(faults(path))
    except Exception:
        return None


@pytest.mark.xdist_group("sound")
def test_the_open_xml_sdk_finds_nothing_new(tmp_path: Path) -> None:
    if not corpus.FOLDER.is_dir() or no_validator():
        pytest.skip(no_validator() or f"there is no corpus in {corpus.FOLDER}: run .ci/corpus")
    pairs = []
    for number, file in enumerate(FILES[::4]):
        before, after = _filled(file, tmp_path)
        if after is not None:
            pair = tmp_path / f"{number}-before{file.suffix}", tmp_path / f"{number}-after{file.suffix}"
            for path, content in zip(pair, (before, after)):
                path.write_bytes(content)
            pairs.append((file, pair))
    found = _schema_errors([path for _, pair in pairs for path in pair])
    for file, (before_path, after_path) in pairs:
        assert not found[after_path] - found[before_path], corpus.name_of(file)


def _schema_errors(paths: list[Path]) -> dict[Path, Counter[str]]:
    """What the Open XML SDK finds in each file, all in one process."""
    package = NODE_MODULES / "@xarsh" / "ooxml-validator"
    entry = (package / json.loads((package / "package.json").read_text())["main"]).as_uri()
    script = """
        const v = await import(process.argv[1]);
        for (const path of process.argv.slice(2)) {
            let errors = ["refused"];
            try { errors = (await v.validateFile(path)).errors.map(e => e.path + " " + e.description); } catch {}
            console.log(JSON.stringify(errors));
        }"""
    node = shutil.which("node") or "node"
    command = [node, "--input-type=module", "-e", script, entry, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=True)
    return {path: Counter(json.loads(line)) for path, line in zip(paths, done.stdout.splitlines(), strict=True)}
