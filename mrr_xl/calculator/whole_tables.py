"""Whole tables handed to our functions by name, so that 200 formulas don't carry 200 copies of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import formualizer as fz
from openpyxl.utils import quote_sheetname
from openpyxl.utils.cell import get_column_letter

from mrr_xl.functions.books import Content, Source
from mrr_xl.metrics import REGISTRY
from mrr_xl.xlsx.sheet import Formula
from mrr_xl.xlsx.tables import Table

_STRUCTURED = re.compile(r"([\w.]+)\[(.*)\]", re.DOTALL)
_ITEM = re.compile(r"\[((?:[^\[\]']|'.)*)\]")
_HANDLE = "\x02table:"


class WholeTables:
    """The tables of a workbook, the text that names each in a formula, and the data that it stands for."""

    def __init__(
        self,
        known: dict[str, Table],
        formulas: list[tuple[str, Formula]],
        sources: Mapping[str, Source],
    ) -> None:
        # Not the calculator's workbook: it holds the functions that hold this, and that circle would never be freed.
        self.known, self.formulas, self.sources = known, formulas, sources
        self.stopped: KeyboardInterrupt | None = None
        self.used: dict[str, Any] = {}

    def shorten(self, formula: str, row: int) -> str:
        """The formula with whole tables named, not copied, and with blanks, not 0, for arguments left out of ours.

        row: of the formula.
        """
        out, ours, previous = ["="], [False], ""
        for token in fz.Tokenizer(formula).tokens():
            text = token.value
            opens, closes = token.subtype == fz.TokenSubType.Open, token.subtype == fz.TokenSubType.Close
            if ours[-1] and previous.endswith(",") and (text == "," or closes):
                out.append('""')
            if ours[-1] and previous.endswith("(") and text.lower().endswith("[#all]"):
                text = self._handle(text)
            elif text.endswith("]"):
                text = range_of(text, row, self.known)
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

    def read_tables(self, engine: Any) -> bool:
        """Read the tables' rows, their own formulas computed; gives whether there were such formulas."""
        computed = False
        for name in self.used:
            if name in self.sources:
                self.used[name] = self.sources[name]
                continue
            table = self.known[name]
            inside = [
                (sheet, at.row, at.column) for sheet, at in self.formulas if table.contains(sheet, at.row, at.column)
            ]
            if inside:
                computed = True
                engine.evaluate_cells(inside)
            area = fz.RangeAddress(table.sheet, table.top, table.left, table.last_line, table.right)
            self.used[name] = Content(engine.sheet(table.sheet).get_values(area))
        return computed

    def resolved(self, argument: Any) -> Any:
        if isinstance(argument, str) and argument.startswith(_HANDLE):
            return self.used[argument.removeprefix(_HANDLE)]
        return argument


def range_of(reference: str, row: int, known: Mapping[str, Table]) -> str:
    """A structured reference as a plain one: the calculator knows INDEX over B2:B9, but not over Sales[Amount].

    row: of the formula, for the cells of its own row. Anything else comes back as it is.
    """
    match = _STRUCTURED.fullmatch(reference)
    table = known.get(match[1].lower()) if match else None
    if not match or table is None:
        return reference
    items = [_unquoted(item) for item in _ITEM.findall(match[2])] if match[2].startswith("[") else [_unquoted(match[2])]
    parts = {item.lower() for item in items if item.startswith("#")}
    columns = [item for item in items if item and not item.startswith("#")]
    numbers = [table.columns.index(name) + table.left for name in columns if name in table.columns]
    if len(numbers) < len(columns) or not parts <= {"#all", "#data", "#headers", "#totals", "#this row"}:
        return reference
    top, bottom = _rows(table, parts, row)
    left, right = (min(numbers), max(numbers)) if numbers else (table.left, table.right)
    corners = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
    cells = corners.split(":")[0] if (left, top) == (right, bottom) else corners
    return f"{quote_sheetname(table.sheet)}!{cells}"


def _rows(table: Table, parts: set[str], row: int) -> tuple[int, int]:
    if "#this row" in parts:
        return row, row
    if "#all" in parts:
        return table.top, table.bottom
    wanted = parts or {"#data"}
    spans = {
        "#headers": (table.top, table.top),
        "#data": (table.top + 1, table.last_line),
        "#totals": (table.bottom, table.bottom),
    }
    return min(spans[part][0] for part in wanted), max(spans[part][1] for part in wanted)


def _unquoted(name: str) -> str:
    """A column's name without the apostrophes before [, ], # and '."""
    return re.sub(r"'(.)", r"\1", name)
