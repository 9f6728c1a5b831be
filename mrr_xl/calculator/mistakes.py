"""The sentences for cells that show #VALUE!: each mistake once, with its cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mrr_xl.calculator.kept import FormulaCell, name_of
from mrr_xl.errors import listed

_FEW, _NAMED = 60, 10
Mistakes = dict[str, list[str]]  #: each sentence, and the functions that raised it


def sentences(engine: Any, mistaken: Mapping[FormulaCell, str], mistakes: Mistakes) -> list[str]:
    """Every mistake once, with the cells that show it; one that no cell shows was dealt with, as by IFERROR.

    mistaken: the cells that are #VALUE!, with their formulas. mistakes: what our functions refused; it fills again
    where a formula is computed again.
    """
    functions_by_sentence = {sentence: list(functions) for sentence, functions in mistakes.items()}
    if len(functions_by_sentence) > 1 and len(mistaken) <= _FEW:
        cells = _computed_again(engine, mistaken, mistakes)
    else:
        cells = {sentence: _calling(functions, mistaken) for sentence, functions in functions_by_sentence.items()}
    return [
        f"{_named(cells[sentence])}: {_only(functions)}{sentence}"
        for sentence, functions in functions_by_sentence.items()
        if cells.get(sentence)
    ]


def _computed_again(
    engine: Any, mistaken: Mapping[FormulaCell, str], mistakes: Mistakes
) -> dict[str, list[FormulaCell]]:
    """The cells of each sentence, computed one after the other so that each shows its own."""
    cells: dict[str, list[FormulaCell]] = {}
    for (sheet, at), formula in mistaken.items():
        mistakes.clear()
        engine.set_formula(sheet, at.row, at.column, formula)
        engine.evaluate_cell(sheet, at.row, at.column)
        for sentence in mistakes:
            cells.setdefault(sentence, []).append((sheet, at))
    return cells


def _calling(functions: Sequence[str], mistaken: Mapping[FormulaCell, str]) -> list[FormulaCell]:
    called = re.compile(rf"\b(?:{'|'.join(functions)})\s*\(", re.IGNORECASE)
    return [cell for cell, formula in mistaken.items() if called.search(formula)]


def _named(cells: Sequence[FormulaCell]) -> str:
    return listed([name_of(*cell) for cell in cells], _NAMED)


def _only(functions: Sequence[str]) -> str:
    """The function that a mistake stopped, for the start of a sentence; none where it stopped several."""
    return f"{functions[0]}: " if len(functions) == 1 else ""
