"""The sheet functions for LibreOffice's component: questions come in on stdin, answers go out on stdout, pickled."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import struct
import sys
from typing import Any, BinaryIO

from mrr_xl import cell_errors, months
from mrr_xl.errors import MrrError, unexpected
from mrr_xl.functions.books import Content
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.metrics import ARGUMENTS, REGISTRY, Metric

PROTOCOL = 4  # of pickle: the highest that every Python of a LibreOffice reads
READY = "mrr_xl is ready"


def error(kind: cell_errors.CellError) -> float:
    """An error value: Calc takes a NaN that carries one of its error codes for that error."""
    number: float = struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_0000_0000 | (kind.calc or 0)))[0]
    return number


NOT_AVAILABLE, VALUE = error(cell_errors.NA), error(cell_errors.VALUE)


class Functions:
    """The sheet functions, and the large ranges that the component has sent before."""

    def __init__(self) -> None:
        self.functions = sheet_functions(undefined=NOT_AVAILABLE)
        self.kept: dict[int, Content] = {}

    def answer(self, name: str, arguments: list[tuple[int | None, Any]]) -> Any:
        """A cell, or rows of cells; a mistake is #VALUE!, and a fault of ours #VALUE! with a sentence.

        arguments: slot and value; a range with a slot is kept there, and the next time its value is left out.
        """
        try:
            metric, given = REGISTRY[name], []
            for (slot, raw), argument in zip(arguments, metric.arguments):
                if slot is not None and raw is not None:
                    self.kept[slot] = Content(raw)
                if slot is None:
                    value = _single(raw)
                    given.append(None if value == 0 and argument in _never_zero(metric) else value)
                else:
                    given.append(self.kept[slot] if argument == "data" else self.kept[slot].rows)
            return _cells(self.functions[name](*given))
        except MrrError:
            return VALUE
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as fault:  # a panic of Polars is no Exception; the next formula must find this process
            return (
                f"{cell_errors.VALUE.text} {name} failed, which is a fault of mrr_xl and not of the sheet; please "
                f"report it: {unexpected(fault)[:200]}"
            )


def _never_zero(metric: Metric) -> set[str]:
    """The arguments that may be left out and are never 0: Calc hands over 0 for a single blank cell."""
    return {name for name, optional in metric.arguments.items() if optional and ARGUMENTS[name].kind != "number"}


def _single(raw: Any) -> Any:
    """An argument; a range of one cell is that cell."""
    return raw[0][0] if isinstance(raw, tuple) and len(raw) == 1 and len(raw[0]) == 1 else raw


def _cells(result: Any) -> Any:
    if not isinstance(result, (list, tuple)):
        return _cell(result)
    rows = result if result and isinstance(result[0], (list, tuple)) else [result]
    return tuple(tuple(map(_cell, row)) for row in rows)


def _cell(value: Any) -> float | str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return float(months.serial(months.day_key(value)))
    return value if isinstance(value, str) else float(value)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answers until the other side closes."""

    def tell(message: Any) -> None:
        pickle.dump(message, answers, PROTOCOL)
        answers.flush()

    functions = Functions()
    tell(READY)
    while True:
        try:
            name, arguments = pickle.load(questions)
        except EOFError:
            return
        tell(functions.answer(name, arguments))


if __name__ == "__main__":
    # What a library prints must not come between the answers.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, channel)
