"""Every function on every host: the same answer to the same call."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from typing import Any

import pytest

from mrr_xl.metrics import REGISTRY
from support.calls import CALLS, Call, python_answers

#: Each is a module support.host_NAME that calls the functions as the program does.
HOSTS = {
    "calc": "LibreOffice Calc, a workbook computed headlessly",
    "classic": "xlwings' call_udf with the values of COM",
    "lite": "xlwings Lite's values, with pandas alone",
    "server": "xlwings Server's custom_functions_call",
    "headless": "a workbook computed by mrr-xl fill",
}
if sys.platform == "win32":  # the others are of no system
    HOSTS = {"com": "Excel's COM, through xlwings' DLL", "classic": HOSTS["classic"]}


@cache
def answers(host: str) -> list[Any]:
    return list(importlib.import_module(f"support.host_{host}").answers(CALLS))


@cache
def expected() -> list[Any]:
    return python_answers(CALLS)


def test_the_calls_cover_every_function() -> None:
    assert {call.function for call in CALLS} == set(REGISTRY)


@pytest.mark.slow
@pytest.mark.parametrize("call", CALLS, ids=str)
@pytest.mark.parametrize("host", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in HOSTS])
def test_every_host_gives_the_same_answer(host: str, call: Call) -> None:
    place = CALLS.index(call)
    wanted = expected()[place]
    # A file that Calc writes holds 15 digits of a number.
    assert answers(host)[place] == (fifteen_digits(wanted) if host == "calc" else wanted)


def fifteen_digits(rows: list[list[Any]]) -> list[list[Any]]:
    return [[float(f"{cell:.15g}") if isinstance(cell, float) else cell for cell in row] for row in rows]
