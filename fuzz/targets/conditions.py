"""`where`: the lines that a condition picks are those that it picks read word by word, on every engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import polars as pl

from fuzz.drawn import Drawn
from fuzz.target import Target
from mrr_xl.ledger.conditions import select
from mrr_xl.ledger.frames import to_memory
from mrr_xl.ledger.ledger import Ledger, read_ledger
from mrr_xl.sources.spelling import BLANKS

_LINES: dict[str, list[Any]] = {
    "customer": ["Ada", "Bob", "ΟΔΟΣ", "İstanbul", "株式会社", "a;b", "x=y", " Ada\u00a0"],
    "start": [dt.date(2024, 1, 1 + number) for number in range(8)],
    "mrr": [1.0, 2.5, 0.1, 1e11, 0.0, 3.0, 7.0, 100.0],
    "plan": ["Pro", "pro ", "Basic", None, "", "\u200bPro", "STRASSE", "straße"],
    "seats": [1, 2, None, 4, 5, 6, 7, 2**53 + 1],
    "share": [0.1, 0.2, 0.30000000000000004, None, -0.0, 1e300, -1.0, 0.5],
    "Zone +": ["a", "b", "c", "d", "e", "f", "g", "h"],
    "Zone -": ["h", "g", "f", "e", "d", "c", "b", "a"],
    "paid": [True, False, None, True, False, True, False, True],
    "План": ["да", "нет", "да", "ДА", "", None, "Ё", "ё"],
}
_ENGINES: dict[str, Callable[[], Any]] = {
    "polars": lambda: pl.DataFrame(_LINES),
    "pandas": lambda: pl.DataFrame(_LINES).to_pandas(),
    "duckdb": lambda: duckdb.from_arrow(pl.DataFrame(_LINES).to_arrow()),
}
_LEDGERS: dict[str, Ledger] = {}
_PIECES = (
    *_LINES, *(str(value) for column in _LINES.values() for value in column if value is not None), "=", "=", "<>", "!=",
    ";", " ", "<", ">", "==", "Zone", "PLAN", "план", "1e0", "+1", "1_0", "nan", "inf", "9007199254740993", "9e15",
    "i\u0307stanbul", "οδος", "οδοσ", "TRUE", "2024-01-01", "null", "'", "",
)  # fmt: skip


def _read(data: bytes) -> tuple[str, str]:
    drawn = Drawn(data)
    engine = drawn.one_of([*_ENGINES])
    pieces = []
    while not drawn.is_empty and len(pieces) < 40:
        pieces.append(drawn.one_of(_PIECES) if drawn.below(8) else drawn.text())
    return engine, "".join(pieces)


def _check(given: tuple[str, str]) -> None:
    engine, where = given
    if engine not in _LEDGERS:
        _LEDGERS[engine] = read_ledger(_ENGINES[engine]())
    ledger = _LEDGERS[engine]
    picked = to_memory(select(ledger, where).frame.select("col:start"))["col:start"].to_list()
    lines = [day.date() if isinstance(day, dt.datetime) else day for day in picked]
    table = [dict(zip(_LINES, cells)) for cells in zip(*_LINES.values())]
    wanted = [line for line in table if all(_holds(ledger, line, term) for term in where.split(";"))]
    assert sorted(lines) == [line["start"] for line in wanted]


def _holds(ledger: Ledger, line: dict[str, Any], term: str) -> bool:
    if not term.strip():
        return True
    at = min(term.find(sign) % (len(term) + 1) for sign in "=<>!")
    name, behind = term[:at], term[at:]
    sign = next(sign for sign in ("<>", "!=", "=") if behind.startswith(sign))
    header = ledger.column(name.strip()).removeprefix("col:")
    value, cell = behind.removeprefix(sign).strip(), line[header]
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        same = cell == int(value) if value.lstrip("+-").isdecimal() else float(cell) == float(value)
    elif cell is None and header in ("seats", "share"):
        same = False
    else:
        same = str("" if cell is None else cell).strip(BLANKS).lower() == value.strip(BLANKS).lower()
    return same == (sign == "=")


def _seeds() -> Iterator[bytes]:
    def spelled(*pieces: str) -> bytes:
        return b"".join(bytes([1, _PIECES.index(piece)]) for piece in pieces)

    for engine in range(len(_ENGINES)):
        yield bytes([engine]) + spelled("plan", "=", "Pro", ";", "seats", "<>", "2")
        yield bytes([engine]) + spelled("План", "=", "да", ";", "Zone -", "!=", "a")
        yield bytes([engine]) + spelled("share", "=", "0.5") + bytes(5)


TARGETS = {"where": Target(_read, _check, _seeds, (), 100)}
