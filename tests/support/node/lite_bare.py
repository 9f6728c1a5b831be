"""What can be seen in a Pyodide without pandas: how the functions register, and what Excel's values become.

Stand-ins for numpy and pandas let the modules import; nothing that computes with them is called.
"""

from __future__ import annotations

import sys
import types
from typing import Any
from unittest.mock import MagicMock

import xlwings.server  # noqa: F401  before the stand-ins, which xlwings must not take for the real ones

for name in ("numpy", "pandas"):
    stand_in = types.ModuleType(name)
    stand_in.__getattr__ = lambda item: type(item, (), {}) if item[0].isupper() else MagicMock()  # type: ignore
    sys.modules[name] = stand_in

from lite import main as answered  # noqa: E402
from pyodide.ffi import JsNull, jsnull  # noqa: E402

from mrr_xl.functions.books import Content, settings_of  # noqa: E402
from mrr_xl.functions.cells import rows_of, value_of  # noqa: E402


async def main(task: Any) -> Any:
    """task: {area, rules, requests}, as JavaScript's own values."""
    area = task.area.to_py()
    return {
        "nulls": sum(isinstance(cell, JsNull) for row in area for cell in row),
        "value": value_of(jsnull) is None,
        "rows": rows_of(area),
        "kept": len(Content(area).rows),
        "through": settings_of(task.rules.to_py()).through,
        **await answered(task.requests),
    }
