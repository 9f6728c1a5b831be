"""What asks for nothing loads nothing: the public names, and how much a start imports."""

from __future__ import annotations

import inspect
import json
import pydoc
import subprocess
import sys

import pytest

import mrr_xl

#: The heavy ones: each takes longer to import than all that the command line needs for a help text.
HEAVY = ("narwhals", "numpy", "openpyxl", "pandas", "polars")


def loaded_by(code: str) -> list[str]:
    """Which of HEAVY a Python of its own has loaded after this code."""
    code += f"\nimport json, sys\nprint(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout.splitlines()[-1]))


def after_command(*arguments: str) -> str:
    return f"from mrr_xl.cli import main\nassert main({list(arguments)}, standalone_mode=False) in (None, 0)"


# What is loaded


@pytest.mark.parametrize(
    "code",
    [
        "import mrr_xl",
        "import mrr_xl\nassert mrr_xl.__version__",
        "import mrr_xl\ndir(mrr_xl)",
        "from mrr_xl import MrrError, Settings\nSettings.of({'through': '2024-03'})",
        after_command("--version"),
        after_command("--help"),
    ],
)
def test_a_start_without_data_loads_nothing_heavy(code: str) -> None:
    assert loaded_by(code) == []


def test_the_list_of_functions_loads_no_engine() -> None:
    assert not {"pandas", "polars"} & set(loaded_by(after_command("functions")))


def test_what_needs_data_loads_it() -> None:
    """So that the tests above can fail."""
    assert loaded_by("from mrr_xl import movements\ntry: movements('none.csv')\nexcept Exception: pass") != []


# The public names

PUBLIC = [
    "MrrError", "MrrWarning", "Settings", "__version__", "fill", "fill_each", "from_arpa", "metric", "monthly",
    "movements", "write_template",
]  # fmt: skip


def test_the_public_names_are_listed() -> None:
    assert sorted(mrr_xl.__all__) == PUBLIC
    assert set(PUBLIC) <= set(dir(mrr_xl))


def test_a_star_import_gives_them_all() -> None:
    names: dict[str, object] = {}
    exec("from mrr_xl import *", names)
    assert sorted(set(names) - {"__builtins__"}) == PUBLIC


@pytest.mark.parametrize("name", sorted(set(PUBLIC) - {"__version__"}))
def test_each_public_name_is_what_it_says(name: str) -> None:
    item = getattr(mrr_xl, name)
    assert inspect.isclass(item) if name[0].isupper() else inspect.isfunction(item)
    assert item.__name__ == name and item.__module__.startswith("mrr_xl.")
    assert inspect.getdoc(item)


def test_help_shows_every_public_name() -> None:
    text = pydoc.render_doc(mrr_xl, renderer=pydoc.plaintext)
    for name in set(PUBLIC) - {"MrrError", "MrrWarning", "Settings", "__version__"}:
        assert f"\n    {name}(" in text, name
    assert "class MrrError(" in text and "class Settings(" in text
    assert f"\nVERSION\n    {mrr_xl.__version__}\n" in text


def test_no_module_takes_the_place_of_a_public_name() -> None:
    """Python sets a submodule as its package's attribute when it is imported: none may be called as a function is."""
    code = """
import importlib, inspect, pkgutil
import mrr_xl
for module in pkgutil.walk_packages(mrr_xl.__path__, "mrr_xl."):
    if module.name not in ("mrr_xl.hosts.calc.component", "mrr_xl.hosts.server"):
        importlib.import_module(module.name)
for name in mrr_xl.__all__:
    assert not inspect.ismodule(getattr(mrr_xl, name)), name
assert mrr_xl.movements.__module__ == "mrr_xl.metrics.evaluate"
"""
    assert "pandas" in loaded_by(code)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'mrr_xl' has no attribute 'movement'$"):
        mrr_xl.movement  # noqa: B018
