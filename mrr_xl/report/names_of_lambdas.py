"""The LAMBDAs among the names of our own workbook, and the proof that they give what the engine gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.workbook.defined_name import DefinedName

from mrr_xl.calculator.engine import Engine
from mrr_xl.errors import MrrError
from mrr_xl.hosts.lambdas import NAMES
from mrr_xl.hosts.lambdas.file_form import file_form, on_one_line
from mrr_xl.hosts.lambdas.refusals import refuse_other_data
from mrr_xl.metrics import REGISTRY, values_at
from mrr_xl.report.formulas import TABLE, call
from mrr_xl.rollforward.book import Book
from mrr_xl.xlsx.workbook import Workbook

#: The functions that are LAMBDAs.
FUNCTIONS = {name: metric for name, metric in REGISTRY.items() if name in NAMES}
_COMPARED = ("MRR", "MRR_NEW", "MRR_CHURN", "MRR_CUSTOMERS", "MRR_NET_NEW", "MRR_NRR")
_CELL = (TABLE, 1, 16_000)  # where nothing stands in the way


def add(workbook: Any) -> None:
    """Give an openpyxl workbook the LAMBDAs among its names."""
    for name, (comment, text) in NAMES.items():
        workbook.defined_names[name] = DefinedName(name, attr_text=file_form(text), comment=comment)


def refuse_others(workbook: Workbook, book: Book, months: Sequence[int]) -> None:
    """Raises MrrError if the LAMBDAs of a workbook give other figures than the engine in one of these months."""
    refuse_other_data(book.ledger)
    engine = Engine(workbook.package.content())
    try:
        for name, (_, text) in NAMES.items():
            engine.define(name, on_one_line(text))
        wanted = f"DATE({months[0] // 12},SEQUENCE(1,{len(months)},{months[0] % 12 + 1}),1)"
        for name in _COMPARED:
            rows = engine.evaluated(_CELL, f"={call(name, month=wanted)}")
            values = rows[0] if len(rows[0]) == len(months) else rows[0] * len(months)
            for value, engines in zip(values, values_at(REGISTRY[name], book, months)):
                known = "#N/A" if engines is None else engines
                same = value == known if isinstance(known, str) or isinstance(value, str) else abs(value - known) < 1e-6
                if not same:
                    raise MrrError(_why(name, value))
    finally:
        engine.close()


def _why(name: str, value: object) -> str:
    return (
        f"the LAMBDAs can't compute this data under these settings ({name} gives {value}); see docs/hosts.md for what "
        "they need, or use --functions xlwings"
    )
