"""How the data flows: a floor imports only from itself and from the floors above it in CONTRIBUTING.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mrr_xl"
#: What every floor may use.
EVERYWHERE = ("errors", "months", "settings", "")


def floors() -> dict[str, int]:
    """Module or folder → its floor, counted from the top of the table."""
    rows = re.findall(r"^\| \w+ \| (`.+?) \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    places = [re.findall(r"`([\w/.]+?)(?:/|\.py)`", row) for row in rows]
    return {name: floor for floor, names in enumerate(places) for name in names}


def test_every_module_has_a_floor() -> None:
    modules = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    known = {*floors(), "errors", "months", "settings"}
    assert {name for name in modules if not name.startswith("__")} == known
    assert len(set(floors().values())) == 11


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_floor_imports_nothing_from_below(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            if not name.startswith("mrr_xl."):
                continue
            wanted = name.split(".")[1]
            if own in EVERYWHERE:
                assert wanted in EVERYWHERE, name
            elif wanted not in EVERYWHERE:
                assert floors()[wanted] <= floors()[own], f"{path.name} imports {name}"
