"""Where Excel saved another value than the engine computes, and which formulas read the ledger's rows."""

from __future__ import annotations

from collections.abc import Collection

from mrr_xl.calculator.references import names_of_rows, reaches_far, reads_rows
from mrr_xl.calculator.saved import agree, saved_values
from mrr_xl.calculator.texts import FormulaCell, Texts, Values
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

_NO_NAME = "#NAME?"  #: what a program shows for a function that it does not know


def judged(workbook: Workbook, values: Values) -> tuple[set[FormulaCell], list[FormulaCell]]:
    """The formulas for which the file has another value, and those for which a function was missing."""
    otherwise, unknown = set(), []
    for formula, cells in values.items():
        had = saved_values(workbook, formula)
        if had is not None and not agree(had, cells):
            otherwise.add(formula)
            if _NO_NAME in had.values():
                unknown.append(formula)
    return otherwise, unknown


def reading(
    workbook: Workbook, ledger: Table, texts: Texts, among: list[FormulaCell], ours: Collection[FormulaCell]
) -> list[FormulaCell]:
    """The formulas that read the ledger's rows by themselves, or may."""
    names = names_of_rows(workbook, ledger)
    return [
        formula
        for formula in among
        if formula in ours or reaches_far(texts.like(formula)) or reads_rows(texts[formula], formula[0], ledger, names)
    ]
