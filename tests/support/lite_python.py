"""A Python that has what xlwings Lite's has and nothing else: python lite_python.py MODULE < argument > answer.

The module is one of the folder node; its function main gets the argument with Excel's nulls.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
import types
from pathlib import Path
from typing import Any

NODE = Path(__file__).parent / "node"
#: What requirements.txt brings with it.
THERE = {"mrr_xl", "xlwings", "pandas", "numpy", "narwhals", "openpyxl", "et_xmlfile"}
THERE |= {"dateutil", "six", "pytz", "tzdata", *(path.stem for path in NODE.glob("*.py"))}


class Only:
    """The import system, but for third-party packages that Lite has not."""

    def __init__(self, finders: list[Any]) -> None:
        self.finders = finders

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        package = name.partition(".")[0]
        if package not in THERE and package not in sys.stdlib_module_names:
            return None
        found = (finder.find_spec(name, path, target) for finder in self.finders if hasattr(finder, "find_spec"))
        return next((spec for spec in found if spec is not None), None)


class JsNull:
    """Pyodide's own null, which Excel's blanks are in a range."""


def excel_null(value: Any) -> Any:
    if isinstance(value, list):
        return [excel_null(item) for item in value]
    if isinstance(value, dict):
        return {key: excel_null(item) for key, item in value.items()}
    return JSNULL if value is None else value


JSNULL = JsNull()

if __name__ == "__main__":
    for module in [name for name in sys.modules if name.partition(".")[0] not in sys.stdlib_module_names]:
        if module != "__main__":
            del sys.modules[module]
    sys.meta_path[:] = [Only(list(sys.meta_path))]
    ffi = types.ModuleType("pyodide.ffi")
    ffi.JsNull, ffi.jsnull = JsNull, JSNULL  # type: ignore[attr-defined]
    sys.modules |= {"pyodide": types.ModuleType("pyodide"), "pyodide.ffi": ffi}
    # Lite sets the first; the second is what xlwings asks for outside a browser.
    os.environ |= {"XLWINGS_ON_SERVER": "true", "XLWINGS_LICENSE_KEY": "noncommercial"}
    sys.path.insert(0, str(NODE))
    argument = excel_null(json.load(sys.stdin))
    answer = asyncio.run(importlib.import_module(sys.argv[1]).main(argument))
    third_party = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)
    json.dump({"answer": answer, "imported": sorted(third_party)}, sys.stdout)
