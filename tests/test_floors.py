"""How the data flows: a floor imports only from itself and from the floors above it in CONTRIBUTING.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from support import ROOT

PACKAGE = ROOT / "mrr_xl"


def floors() -> dict[str, int]:
    """Module or folder → its floor, counted from the top of the table."""
    rows = re.findall(r"^\| \w+ \| (`[^|]+?) \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    places = [re.findall(r"`(\w+)(?:/|\.py)`", row) for row in rows]
    return {name: floor for floor, names in enumerate(places) for name in names}


def imported(path: Path) -> set[str]:
    """The folders and modules of ours that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "mrr_xl":
            names |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= set(re.findall(r"^mrr_xl\.(\w+)", node.module or ""))
        elif isinstance(node, ast.Import):
            names |= {found[1] for name in node.names if (found := re.match(r"mrr_xl\.(\w+)", name.name))}
    return names


def test_every_module_has_a_floor() -> None:
    modules = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert {name for name in modules if not name.startswith("__")} == set(floors())


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_floor_imports_nothing_from_below(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own not in ("__init__", "__main__"):  # which name where each public name stands, and where the command begins
        assert {name for name in imported(path) if floors()[name] > floors()[own]} == set()
