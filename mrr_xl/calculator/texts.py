"""The text of each formula, that of a shared one at its own place, too: ECMA-376 part 1, 18.3.1.40."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from functools import cached_property

from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.utils.cell import get_column_letter

from mrr_xl.calculator.parsing import own
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.sheet import Formula
from mrr_xl.xlsx.workbook import Workbook

FormulaCell = tuple[str, Formula]  #: the sheet's name, and where on it the formula stands


class Texts:
    """The formulas of a workbook, our functions under their own names, and which of them share a text."""

    def __init__(self, workbook: Workbook) -> None:
        self._texts: dict[FormulaCell, str] = {}
        self._groups: dict[FormulaCell, FormulaCell] = {}
        self.tables: set[FormulaCell] = set()  #: the formulas that are data tables, which have no text
        for name, sheet in workbook.sheets.items():
            masters: dict[str, FormulaCell] = {}
            for at, element in zip(sheet.formulas(), sheet.data.iter(f"{MAIN}f")):
                text, kind = element.text or "", element.get("t")
                if kind == "shared":
                    if text:
                        masters[element.get("si")] = (name, at)
                    elif master := masters.get(element.get("si")):
                        self._groups[name, at] = master
                elif kind == "dataTable":
                    self.tables.add((name, at))
                self._texts[name, at] = own(f"={text}")

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

    def __getitem__(self, formula: FormulaCell) -> str:
        if formula in self._groups:
            name, first = self._groups.pop(formula)
            text, (_, at) = self._texts[name, first], formula
            try:
                text = Translator(text, _address(first)).translate_formula(_address(at))
            except (TokenizerError, TranslatorError):
                text = "=#REF!"
            self._texts[formula] = text
        return self._texts[formula]

    def orphans(self, constants: Collection[FormulaCell]) -> dict[FormulaCell, str]:
        """The formulas that share the text of one that is going to be a constant, and their own texts."""
        return {
            formula: self[formula]
            for formula, first in list(self._groups.items())
            if first in constants and formula not in constants
        }


def _address(at: Formula) -> str:
    return f"{get_column_letter(at.column)}{at.row}"
