"""docs/notebook.ipynb is run by Jupyter's own kernel, and shows what it shows."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import pytest

from support import ROOT
from test_docs import module

pytestmark = pytest.mark.slow
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def shown(notebook: Any) -> list[list[str]]:
    """What each cell shows as text; a picture is its kind."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [[_text(output) for output in cell.outputs] for cell in cells]


def _text(output: Any) -> str:
    if "data" not in output:
        return str(output.text)
    return "picture" if "image/png" in output.data else re.sub(r"\s+", " ", output.data["text/plain"])


def test_the_notebook_shows_what_its_cells_give() -> None:
    kept = nbformat.read(NOTEBOOK, as_version=4)
    again = module(ROOT / "docs" / "notebook.py").executed()
    assert shown(kept) == shown(again), "docs/notebook.ipynb is stale; run make docs"
    assert ["picture"] in shown(kept)
    nbformat.validate(kept)
