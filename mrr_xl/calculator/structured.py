"""Structured references, such as Sales[Amount], as the cells that they stand for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from openpyxl.formula.tokenizer import Token
from openpyxl.utils import quote_sheetname
from openpyxl.utils.cell import get_column_letter

from mrr_xl.calculator.parsing import tokens
from mrr_xl.xlsx.tables import Table

_STRUCTURED = re.compile(r"([\w.]+)\[(.*)\]", re.DOTALL)
#: An item in brackets of its own, or a column without them, as libraries write it: [[#This Row],Amount].
_ITEM = re.compile(r"\[((?:[^\[\]']|'.)*)\]|([^\[\],:]+)")


def range_of(reference: str, row: int, known: Mapping[str, Table]) -> str:
    """A structured reference as a plain one, which can be read, and evaluated in a cell outside the table's rows.

    row: of the formula, for the cells of its own row. Anything else comes back as it is.
    """
    name, parts, columns = _read(reference)
    table = known.get(name)
    if table is None:
        return reference
    numbers = [table.columns.index(name) + table.left for name in columns if name in table.columns]
    if len(numbers) < len(columns) or not parts <= {"#all", "#data", "#headers", "#totals", "#this row"}:
        return reference
    if "#totals" in parts and not table.has_totals:
        return reference
    top, bottom = _rows(table, parts, row)
    left, right = (min(numbers), max(numbers)) if numbers else (table.left, table.right)
    corners = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
    cells = corners.split(":")[0] if (left, top) == (right, bottom) else corners
    return f"{quote_sheetname(table.sheet)}!{cells}"


@lru_cache(maxsize=4096)
def _read(reference: str) -> tuple[str, frozenset[str], tuple[str, ...]]:
    """The table's name, the parts of the table such as #all, and the columns; no name where it is another reference."""
    match = _STRUCTURED.fullmatch(reference)
    if match is None:
        return "", frozenset(), ()
    found = [own or bare.strip() for own, bare in _ITEM.findall(match[2])] if match[2].startswith("[") else [match[2]]
    items = [_unquoted(item) for item in found]
    parts = frozenset(item.lower() for item in items if item.startswith("#"))
    return match[1].lower(), parts, tuple(item for item in items if item and not item.startswith("#"))


def with_ranges(formula: str, row: int, known: Mapping[str, Table]) -> str:
    """A formula in which each structured reference is the plain one that it stands for.

    The engine follows what a formula needs through plain ones only.
    """
    parts = []
    for text, is_operand in _items(formula):
        named = f"{text}[]" if text.lower() in known else text
        parts.append(range_of(named, row, known) if is_operand else text)
    return f"={''.join(parts)}" if parts else formula


@lru_cache(maxsize=4096)  # a table's column has one formula in all its rows
def _items(formula: str) -> tuple[tuple[str, bool], ...]:
    """A formula's texts, and whether each is an operand; nothing of one that can't be read."""
    return tuple((item.value, item.type == Token.OPERAND) for item in tokens(formula) or ())


@lru_cache(maxsize=1024)
def of_table(formula: str, table: str) -> str:
    """A formula in a table's cell, in which each reference to a column names the table, as Excel saves it.

    Libraries leave the name out.

    >>> of_table("=SUBTOTAL(109,[Amount])*[[#This Row],[Seats]]+Other[Amount]", "Sales")
    '=SUBTOTAL(109,Sales[Amount])*Sales[[#This Row],[Seats]]+Other[Amount]'
    """
    items = _items(formula)
    bare = [operand and item.startswith("[") and "!" not in item for item, operand in items]
    return "=" + "".join(table * alone + item for alone, (item, _) in zip(bare, items)) if any(bare) else formula


def _rows(table: Table, parts: Collection[str], row: int) -> tuple[int, int]:
    if "#this row" in parts:
        return row, row
    if "#all" in parts:
        return table.top, table.bottom
    wanted = parts or {"#data"}
    spans = {
        "#headers": (table.top, table.top),
        "#data": (table.first_line, table.last_line),
        "#totals": (table.bottom, table.bottom),
    }
    return min(spans[part][0] for part in wanted), max(spans[part][1] for part in wanted)


def _unquoted(name: str) -> str:
    """A column's name without the apostrophes before [, ], # and '."""
    return re.sub(r"'(.)", r"\1", name)
