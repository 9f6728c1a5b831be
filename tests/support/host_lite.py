"""The functions as xlwings Lite calls them: Office.js values, xlwings' own call, and pandas alone.

Lite itself runs in Excel's browser. What runs here is xlwings' code that Lite calls, in a Python where every package
that Lite has not is refused; test_lite.py runs the same in Pyodide, the Python that Lite is made of.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from mrr_xl.metrics import ARGUMENTS, REGISTRY
from support.calls import AREAS, Area, Call

PYTHON = Path(__file__).parent / "lite_python.py"


def answers(calls: list[Call]) -> list[Any]:
    return [plain_answer(answer) for answer in responses([request(call) for call in calls])["answers"]]


def request(call: Call) -> dict[str, Any]:
    """What Office.js sends for a formula."""
    names = REGISTRY[call.function].arguments
    # A word of a few is a text, everything else rows of cells.
    given = (item if ARGUMENTS[name].words else _argument(item) for name, item in zip(names, call.arguments))
    return requested(call.function, *given)


def requested(function: str, *arguments: Any) -> dict[str, Any]:
    """A request with the arguments as they are: ranges of values, None for one left out."""
    about = {"version": "dev", "client": "Office.js", "runtime": "1.4"}
    locale = {"date_format": "m/d/yyyy", "culture_info_name": "en-US"}
    return {"func_name": function, "args": list(arguments), **about, **locale}


def responses(requests: list[dict[str, Any]]) -> Any:
    """The answers as they go back to Excel, what it is told of the functions, and the packages that were imported."""
    told = run("lite", requests)
    return {**told["answer"], "imported": told["imported"]}


def run(module: str, argument: Any) -> Any:
    """What a module of the folder node gives in a Python that has only what Lite has."""
    command = [sys.executable, str(PYTHON), module]
    done = subprocess.run(command, input=json.dumps(argument), text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _argument(item: Any) -> Any:
    if item is None:
        return None
    rows = AREAS[item.name] if isinstance(item, Area) else [[item]]
    return [[_serial(value) for value in row] for row in rows]


def _serial(value: Any) -> Any:
    return (value - dt.datetime(1899, 12, 30)).days if isinstance(value, dt.datetime) else value


def plain_answer(answer: Any) -> list[list[Any]]:
    """An answer in the common form of calls.py; a mistake is #VALUE!."""
    if isinstance(answer, dict):
        return [["#VALUE!"]]
    return [[_plain(value) for value in row] for row in answer]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {"NotAvailable": "#N/A"}[value["errorType"]] if value["type"] == "Error" else float(value["basicValue"])
    if value is None or value == "":
        return None
    return value if isinstance(value, (bool, str)) else float(value)
