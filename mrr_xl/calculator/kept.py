"""Formulas that can't be computed here: their cells keep their values, and formulas that refer to them use those."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl.utils.cell import get_column_letter

from mrr_xl.calculator.cells_read import value_of
from mrr_xl.calculator.engine import Cell, Engine
from mrr_xl.calculator.texts import FormulaCell, Texts
from mrr_xl.errors import listed
from mrr_xl.xlsx.sheet import Formula
from mrr_xl.xlsx.workbook import Workbook

#: What a cell shows whose function the program did not know: no value.
_NOTHING = "#NAME?"


class Kept:
    """The formulas that keep their values, and why."""

    def __init__(self, workbook: Workbook, texts: Texts) -> None:
        self.workbook = workbook
        self.why: dict[FormulaCell, str] = {}
        #: the formula that fills each cell
        self.by_cell: dict[Cell, FormulaCell] = {(name, *cell): (name, at) for name, at in texts for cell in at.cells()}
        self.without_value: dict[Cell, str] = {}  #: cells that had no value, and what they are called
        self._to_follow: list[FormulaCell] = []

    def add(self, engine: Engine | None, formula: FormulaCell, why: str) -> None:
        """Keep the values of a formula's cells, for the formulas that refer to them, too, if an engine has them."""
        name, at = formula
        self.why[formula] = why
        had = dict(self._had(formula))
        if engine is not None:
            engine.put(had)
        if had[name, at.row, at.column] in (None, _NOTHING):
            self.without_value |= dict.fromkeys(had, name_of(*formula))
            self._to_follow.append(formula)

    def _had(self, formula: FormulaCell) -> Iterator[tuple[Cell, Any]]:
        name, at = formula
        sheet = self.workbook.sheet(name)
        for row, column in at.cells():
            yield (name, row, column), value_of(self.workbook, sheet.cells(row).get(column))

    def follow(self, engine: Engine) -> bool:
        """Keep the formulas that need a cell without a value, too, rather than compute them from nothing."""
        found = bool(self._to_follow)
        while self._to_follow:
            name, at = self._to_follow.pop()
            for row, column in at.cells():
                for cell in engine.dependents((name, row, column)):
                    needing = self.by_cell.get(cell)
                    if needing is not None and needing not in self.why:
                        self.add(engine, needing, f"it needs {name_of(name, at)}")
        return found

    def sentences(self, texts: Texts, tables: Sequence[str]) -> list[str]:
        """One sentence for all formulas that can't be computed for the same reason."""
        groups: dict[str, list[FormulaCell]] = {}
        for formula, why in self.why.items():
            groups.setdefault(why or texts[formula], []).append(formula)
        lines = []
        for formulas in groups.values():
            hint = _hint(texts[formulas[0]], self.why[formulas[0]], tables)
            keep = "keeps its old value" if len(formulas) == 1 else "keep their old values"
            lines.append(f"{cells(formulas)} can't be computed here and {keep}: {hint}")
        return lines


def cells(formulas: Sequence[FormulaCell]) -> str:
    """The cells of the first few formulas, and how many more there are.

    >>> cells([("Report", Formula(row, 2, None, False)) for row in range(1, 8)])
    'Report!B1, Report!B2, Report!B3, Report!B4, Report!B5 and 2 more'
    """
    return listed([name_of(*formula) for formula in formulas], 5)


def name_of(sheet: str, at: Formula) -> str:
    """The cell of a formula as a sentence names it.

    >>> name_of("Report", Formula(2, 3, None, False))
    'Report!C2'
    """
    return f"{sheet}!{get_column_letter(at.column)}{at.row}"


def _hint(formula: str, why: str, tables: Sequence[str]) -> str:
    formula = formula.removeprefix("=")
    shown, why = (text if len(text) <= 60 else f"{text[:57]}..." for text in (formula, why))
    for name in tables:
        if argument := re.search(rf"\(\s*({re.escape(name)})\s*[,)]", formula, re.IGNORECASE):
            return f"{shown}; write {argument[1]}[#All] for the whole table"
    if not shown:
        return why
    return shown if not why or why in shown else f"{shown} ({why})"
