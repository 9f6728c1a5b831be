"""The public functions say what they take and give in the form of numpydoc, with the very names they have."""

from __future__ import annotations

import inspect
import re

import pytest

import mrr_xl

NAMES = ["fill", "fill_each", "metric", "movements", "nrr", "segments", "write_template"]


@pytest.mark.parametrize("name", NAMES)
def test_each_parameter_is_explained(name: str) -> None:
    function = getattr(mrr_xl, name)
    doc = inspect.getdoc(function) or ""
    section = doc.partition("\nParameters\n----------\n")[2].partition("\n\n")[0]
    explained = [
        each for line in re.findall(r"^(\S.*?)(?: : .*)?$", section, re.MULTILINE) for each in line.split(", ")
    ]
    taken = [
        f"{'**' * (each.kind == each.VAR_KEYWORD)}{each.name}"
        for each in inspect.signature(function).parameters.values()
    ]
    assert sorted(explained) == sorted(taken)


@pytest.mark.parametrize("name", NAMES)
def test_what_it_gives_and_raises_is_said(name: str) -> None:
    doc = inspect.getdoc(getattr(mrr_xl, name)) or ""
    titles = [title for title, line in re.findall(r"^(\w+)\n(-+)$", doc, re.MULTILINE) if len(title) == len(line)]
    assert titles[:4] == ["Parameters", "Returns", "Raises", "Warns"]
