"""The text of each formula, that of a shared one at its own place, too: ECMA-376 part 1, 18.3.1.40."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator
from functools import cached_property
from typing import Any

from openpyxl.utils.cell import get_column_letter

from mrr_xl.calculator.parsing import own
from mrr_xl.calculator.structured import of_table
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.shared_formulas import moved
from mrr_xl.xlsx.sheet import Formula
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

#: A1# as files have it: the sheet, and the cell.
_WHOLE_ANSWER = re.compile(
    r"ANCHORARRAY\(\s*(?:(?:'((?:[^']|'')+)'|([\w.]+))!)?(\$?[A-Z]{1,3}\$?\d+)\s*\)", re.IGNORECASE
)
FormulaCell = tuple[str, Formula]  #: the sheet's name, and where on it the formula stands
Values = dict[FormulaCell, dict[tuple[int, int], Any]]  #: what the cells of each formula hold


class Texts:
    """The formulas of a workbook, our functions under their own names, and which of them share a text."""

    def __init__(self, workbook: Workbook) -> None:
        self._texts: dict[FormulaCell, str] = {}
        self._groups: dict[FormulaCell, FormulaCell] = {}
        self._names = [("", defined.formula) for defined in workbook.names]
        self.tables: set[FormulaCell] = set()  #: the formulas that are data tables, which have no text
        for name, sheet in workbook.sheets.items():
            masters: dict[str, FormulaCell] = {}
            tables = [table for table in workbook.tables if table.sheet == name]
            for at, element in zip(sheet.formulas(), sheet.data.iter(f"{MAIN}f")):
                text, kind = element.text or "", element.get("t")
                if kind == "shared":
                    if text:
                        masters[element.get("si")] = (name, at)
                    elif master := masters.get(element.get("si")):
                        self._groups[name, at] = master
                elif kind == "dataTable":
                    self.tables.add((name, at))
                text = own(f"={text}")
                self._texts[name, at] = _of_table(text, at, tables) if "[" in text else text

    def __iter__(self) -> Iterator[FormulaCell]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    @cached_property
    def single(self) -> Container[FormulaCell]:
        """The formulas that have a text of their own, or the first of those who share one."""
        return self._texts.keys() - self._groups.keys()

    def like(self, formula: FormulaCell) -> str:
        """A text that calls the same functions: that of the first of those who share it."""
        return self._texts[self._groups.get(formula, formula)]

    @cached_property
    def anchors(self) -> Container[FormulaCell]:
        """The formulas whose answers are referred to as a whole, however many cells they take: A1#."""
        cells = set[tuple[str, str]]()
        for sheet, text in [*((formula[0], self._referring(formula)) for formula in self), *self._names]:
            for quoted, plain, cell in _WHOLE_ANSWER.findall(text):
                cells.add(((quoted or plain or sheet).replace("''", "'").lower(), cell.replace("$", "").upper()))
        growing = [formula for formula in self if formula[1].grows] if cells else []
        return {formula for formula in growing if (formula[0].lower(), _address(formula[1])) in cells}

    def _referring(self, formula: FormulaCell) -> str:
        return self[formula] if "ANCHORARRAY" in self.like(formula).upper() else ""

    def __getitem__(self, formula: FormulaCell) -> str:
        if formula in self._groups:
            name, first = self._groups.pop(formula)
            text, (_, at) = self._texts[name, first], formula
            text = moved(text.removeprefix("="), (first.row, first.column), (at.row, at.column))
            self._texts[formula] = f"={text}"
        return self._texts[formula]

    def orphans(self, constants: Collection[FormulaCell]) -> dict[FormulaCell, str]:
        """The formulas that share the text of one that is going to be a constant, and their own texts."""
        return {
            formula: self[formula]
            for formula, first in list(self._groups.items())
            if first in constants and formula not in constants
        }


def _of_table(text: str, at: Formula, tables: Iterable[Table]) -> str:
    inside = [table for table in tables if table.contains(table.sheet, at.row, at.column)]
    return of_table(text, inside[0].name) if inside else text


def _address(at: Formula) -> str:
    return f"{get_column_letter(at.column)}{at.row}"
