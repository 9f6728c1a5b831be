"""Whole tables handed to our functions by name, so that 200 formulas don't carry 200 copies of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import formualizer as fz
from openpyxl.utils.cell import get_column_letter

from mrr_xl.hosts.cells import Content, Source
from mrr_xl.metrics import REGISTRY
from mrr_xl.xlsx.sheet import Formula
from mrr_xl.xlsx.tables import Table

_THIS_ROW = re.compile(r"([\w.]+)\[\[#This Row\],\[([^\[\]']+)\]\]", re.IGNORECASE)
_HANDLE = "\x02table:"


class WholeTables:
    """The tables of a workbook, the text that names each in a formula, and what that stands for."""

    def __init__(
        self,
        known: dict[str, Table],
        formulas: list[tuple[str, Formula]],
        sources: Mapping[str, Source],
    ) -> None:
        # Not the book: it holds the functions that hold this, and that circle would never be freed.
        self.known, self.formulas, self.sources = known, formulas, sources
        self.stopped: KeyboardInterrupt | None = None
        self.used: dict[str, Any] = {}

    def shorten(self, formula: str) -> str:
        """The formula with whole tables named instead of carried, and our left-out arguments blank, not 0."""
        out, ours, previous = ["="], [False], ""
        for token in fz.Tokenizer(formula).tokens():
            text = token.value
            opens, closes = token.subtype == fz.TokenSubType.Open, token.subtype == fz.TokenSubType.Close
            if ours[-1] and previous.endswith(",") and (text == "," or closes):
                out.append('""')
            if ours[-1] and previous.endswith("(") and text.lower().endswith("[#all]"):
                text = self._handle(text)
            out.append(text)
            if opens:
                ours.append(text.rstrip("(").upper() in REGISTRY)
            elif closes:
                ours.pop()
            previous = text.strip() or previous
        return "".join(out)

    def _handle(self, reference: str) -> str:
        name = reference[: -len("[#all]")].lower()
        if name not in self.known:
            return reference
        self.used[name] = None
        return f'"{_HANDLE}{name}"'

    def read_tables(self, book: Any) -> None:
        for name in self.used:
            if name in self.sources:
                self.used[name] = self.sources[name]
                continue
            table = self.known[name]
            inside = [
                (sheet, at.row, at.column)
                for sheet, at in self.formulas
                if sheet == table.sheet
                and table.top <= at.row <= table.bottom
                and table.left <= at.column <= table.right
            ]
            if inside:
                book.evaluate_cells(inside)
            bottom = table.bottom - (1 if table.has_totals else 0)
            area = fz.RangeAddress(table.sheet, table.top, table.left, bottom, table.right)
            self.used[name] = Content(book.sheet(table.sheet).get_values(area))

    def resolved(self, argument: Any) -> Any:
        if isinstance(argument, str) and argument.startswith(_HANDLE):
            return self.used[argument.removeprefix(_HANDLE)]
        return argument


def of_this_row(formula: str, row: int, known: Mapping[str, Table]) -> str:
    """A table's own formulas name the cells of their row by column; the calculator has no words for that."""

    def cell(found: re.Match[str]) -> str:
        table = known.get(found[1].lower())
        if table is None or found[2] not in table.columns:
            return found[0]
        quoted = table.sheet.replace("'", "''")
        return f"'{quoted}'!{get_column_letter(table.left + table.columns.index(found[2]))}{row}"

    return _THIS_ROW.sub(cell, formula)
