"""What happens inside xlwings Lite: its Python runs main.py as a module and answers Excel's calls, one by one."""

from __future__ import annotations

import sys
import types
from typing import Any

from xlwings import server

from mrr_xl.hosts.lite import MAIN


def workbook_module() -> types.ModuleType:
    """main.py as Lite runs it."""
    module = types.ModuleType("main")
    sys.modules["main"] = module
    exec(MAIN, module.__dict__)
    return module


def registered() -> Any:
    """What Lite tells Excel of the functions."""
    return server.custom_functions_meta(workbook_module())


async def main(requests: Any) -> dict[str, Any]:
    """The answers to Excel's calls; an exception is its sentence, which Lite hands to the cell."""
    module = workbook_module()
    return {"functions": registered(), "answers": [await _answer(module, item) for item in python_values(requests)]}


def python_values(given: Any) -> Any:
    """In Pyodide what comes from Excel is JavaScript's own values, which Lite converts so."""
    return given.to_py() if hasattr(given, "to_py") else given


async def _answer(module: types.ModuleType, request: Any) -> Any:
    try:
        return await server.custom_functions_call(request, module=module)
    except Exception as error:
        return {"error": str(error)}
