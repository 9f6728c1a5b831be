"""The functions as xlwings Server calls them for Office.js; its licence stays out of the tests' process."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mrr_xl.metrics import ARGUMENTS, REGISTRY
from support import ROOT
from support.calls import AREAS, Area, Call, plain

#: Nothing here earns money, so the noncommercial licence holds.
ENVIRONMENT = os.environ | {"XLWINGS_LICENSE_KEY": "noncommercial"}
#: This module as a program, in a process of its own.
_PROGRAM = [sys.executable, "-m", "support.host_server"]
ERRORS = {"NotAvailable": "#N/A", "Value": "#VALUE!", "Num": "#NUM!", "Div0": "#DIV/0!"}


def answers(calls: list[Call]) -> list[Any]:
    results = called([request(call.function, *arguments(call)) for call in calls])
    return [common(result["result"]) for result in results]


def request(function: str, *arguments: Any, **others: Any) -> dict[str, Any]:
    """What the add-in posts: every argument is rows of cells, or null when it is left out."""
    excel = {"client": "Office.js", "version": "", "runtime": "1.4", "date_format": "dd/mm/yyyy"}
    return {"func_name": function, "args": list(arguments), "culture_info_name": "en-GB"} | excel | others


def arguments(call: Call) -> list[Any]:
    """The arguments of a call as Office.js gives them: rows of cells, but a word of a few is that text."""
    names = REGISTRY[call.function].arguments
    return [item if ARGUMENTS[name].words else matrix(item) for name, item in zip(names, call.arguments)]


def matrix(argument: Any) -> Any:
    """An argument of a call as Office.js gives it."""
    if argument is None:
        return None
    rows = AREAS[argument.name] if isinstance(argument, Area) else [[argument]]
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: Any) -> Any:
    return (value - dt.datetime(1899, 12, 30)).days if isinstance(value, dt.datetime) else value


def common(result: Any) -> list[list[Any]]:
    """An answer as Office.js takes it, in the form that all hosts are compared in."""
    assert isinstance(result, list) and all(isinstance(row, list) for row in result)
    return plain([[_plain(value) for value in row] for row in result])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return ERRORS[value["errorType"]] if value["type"] == "Error" else value["basicValue"]
    return value


def called(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The requests answered by custom_functions_call, as JSON both ways: a result, or an error's kind and text."""
    done = subprocess.run(
        _PROGRAM, input=json.dumps(requests), env=ENVIRONMENT, cwd=ROOT / "tests", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def make_project(folder: Path, sign_in: bool = False) -> None:
    """A server's folder as its own command makes it, with what our documentation says to put there.

    sign_in: also what it says for a server that others use.
    """
    from mrr_xl.hosts.server import MODULE, SETTINGS, SIGN_IN

    command = Path(sys.executable).with_name("xlwings-server")
    subprocess.run([command, "init", folder], env=ENVIRONMENT, check=True, capture_output=True)
    (folder / "custom_functions" / "__init__.py").write_text(MODULE)
    lines = "".join(f"{key}='{value}'\n" for key, value in (SETTINGS | (SIGN_IN if sign_in else {})).items())
    with (folder / ".env").open("a") as file:
        file.write(f'\nXLWINGS_LICENSE_KEY="noncommercial"\n{lines}')


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of xlwings Server itself, running on a free port of this machine."""
    bare = {key: value for key, value in os.environ.items() if not key.startswith("XLWINGS_")}
    process = subprocess.Popen(
        [*_PROGRAM, "serve"],
        cwd=ROOT / "tests",
        env=bare | {"XLWINGS_PROJECT_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            assert address, "the server did not start"
            yield address
        finally:
            process.terminate()


def _answer_requests() -> None:
    import asyncio
    import types

    import xlwings.server

    from mrr_xl.hosts.server import custom_functions

    module = types.ModuleType("custom_functions")
    vars(module).update(custom_functions())

    def answer(wanted: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"result": asyncio.run(xlwings.server.custom_functions_call(wanted, module))}
        except Exception as error:
            return {"error": type(error).__name__, "text": str(error)}

    print(json.dumps([answer(wanted) for wanted in json.load(sys.stdin)], allow_nan=False))


def _serve() -> None:
    import socket

    import uvicorn

    os.chdir(os.environ["XLWINGS_PROJECT_DIR"])
    from xlwings_server.main import main_app

    listening = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(main_app, log_level="error")).run(sockets=[listening])


if __name__ == "__main__":
    _serve() if sys.argv[1:] == ["serve"] else _answer_requests()
