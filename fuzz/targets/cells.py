"""The sheet functions with whatever cells may hold: figures that a cell can show, or a sentence."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from random import Random
from typing import Any

from fuzz.drawn import Drawn
from fuzz.target import Target
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.metrics import ARGUMENTS, REGISTRY
from mrr_xl.settings import RULES
from mrr_xl.sources.headers import ROLES

_FUNCTIONS = sheet_functions()
_NAMES = [*REGISTRY]
_ROLES = [*ROLES, "plan", "Jan-24", "2024-02", "план", "plan", 45352.0, None]
#: What hosts give beside texts, numbers and dates.
_RAW: tuple[Any, ...] = (
    -2146826246, -2146826243, {"type": "Error", "kind": "Ref"}, {"type": "FormattedNumber", "basicValue": 45352.0},
    {"type": "Entity"}, {}, [], (), [[]], [None], [[None, None]], "#N/A", "3 lines, 2024-01 to 2024-02 #0123456789ab",
)  # fmt: skip
_WORDS = [word for argument in ARGUMENTS.values() for word in argument.words] + [
    "plan",
    "plan=Pro",
    "new=120%",
    "plan<>",
]


def _cell(drawn: Drawn) -> Any:
    return drawn.value() if drawn.below(12) else drawn.one_of(_RAW)


def _ledger(drawn: Drawn) -> Any:
    """A range; most are nearly right, so that what is behind the reading is reached."""
    if not drawn.below(12):
        return _cell(drawn)
    rows: list[list[Any]] = [["customer", "start", "end", "mrr", "plan"]]
    for _ in range(1 + drawn.below(6)):
        start = dt.datetime(2023, 1, 1) + dt.timedelta(days=drawn.below(600))
        end = None if drawn.below(2) else start + dt.timedelta(days=drawn.below(400))
        rows.append([drawn.one_of("ABC"), start, end, float(drawn.below(200)), drawn.one_of(["Pro", "Basic", None])])
    for _ in range(drawn.below(3)):
        place = drawn.below(len(rows))
        rows[place][drawn.below(5)] = _cell(drawn) if place else drawn.one_of(_ROLES)
    if not drawn.below(6):
        for row in rows:
            row.append(_cell(drawn) if row is not rows[0] else drawn.one_of(_ROLES))
    return rows


def _argument(name: str, drawn: Drawn) -> Any:
    kind = ARGUMENTS[name].kind
    if not drawn.below(6):
        return _cell(drawn)
    if kind == "ledger":
        return _ledger(drawn)
    if kind == "month":
        month = dt.datetime(2023 + drawn.below(2), 1 + drawn.below(12), 1)
        return [[month, _cell(drawn)]] if drawn.below(4) == 0 else month
    if kind == "settings":
        return [[drawn.one_of([*RULES]), _cell(drawn)] for _ in range(drawn.below(3))] or None
    if kind == "rates":
        return [["EUR", 1.0], ["USD", _cell(drawn)]] if not drawn.below(8) else None
    if kind in ("number", "count"):
        return drawn.number() if drawn.below(4) else [[_cell(drawn)], [_cell(drawn)]]
    return drawn.one_of(_WORDS) if drawn.below(3) else _cell(drawn)


def _read(data: bytes) -> tuple[str, list[Any]]:
    drawn = Drawn(data)
    name = drawn.one_of(_NAMES)
    optional = REGISTRY[name].arguments
    given = [None if may and drawn.below(3) == 0 else _argument(argument, drawn) for argument, may in optional.items()]
    return name, given


def _check(given: tuple[str, list[Any]]) -> None:
    name, arguments = given
    answer = _FUNCTIONS[name](*arguments)
    for row in answer if isinstance(answer, list) else [[answer]]:
        for cell in row if isinstance(row, list) else [row]:
            assert type(cell) in (str, int, float, bool, dt.datetime), f"{cell!r} is {type(cell)}"
            assert not isinstance(cell, float) or math.isfinite(cell), cell


def _seeds() -> Iterator[bytes]:
    dice = Random(16)
    yield from (bytes([number]) + bytes([1]) * 2 + dice.randbytes(80) for number in range(len(_NAMES)))


TARGETS = {"cells": Target(_read, _check, _seeds, (), 300)}
