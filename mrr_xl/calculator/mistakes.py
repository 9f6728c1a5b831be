"""Which cells show which mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mrr_xl.calculator.kept import name_of
from mrr_xl.errors import listed
from mrr_xl.xlsx.sheet import Formula

_FEW, _NAMED = 60, 10
Place = tuple[str, Formula]
Mistakes = dict[str, list[str]]  # each sentence, and the functions that it stopped


def sentences(book: Any, mistaken: Mapping[Place, str], mistakes: Mistakes) -> list[str]:
    """Every mistake once, with the cells that show it; one that shows in none has an answer, such as IFERROR.

    mistaken: the cells that are #VALUE!, with their formulas. mistakes: what our functions refused; it fills again
    where a formula is computed again.
    """
    told = {sentence: list(functions) for sentence, functions in mistakes.items()}
    if len(told) > 1 and len(mistaken) <= _FEW:
        cells = _computed_again(book, mistaken, mistakes)
    else:
        cells = {sentence: _calling(functions, mistaken) for sentence, functions in told.items()}
    return [
        f"{_named(cells[sentence])}: {_only(functions)}{sentence}"
        for sentence, functions in told.items()
        if cells.get(sentence)
    ]


def _computed_again(book: Any, mistaken: Mapping[Place, str], mistakes: Mistakes) -> dict[str, list[Place]]:
    """One cell after the other, so that each tells its own."""
    cells: dict[str, list[Place]] = {}
    for (sheet, at), formula in mistaken.items():
        mistakes.clear()
        book.set_formula(sheet, at.row, at.column, formula)
        book.evaluate_cell(sheet, at.row, at.column)
        for sentence in mistakes:
            cells.setdefault(sentence, []).append((sheet, at))
    return cells


def _calling(functions: Sequence[str], mistaken: Mapping[Place, str]) -> list[Place]:
    called = re.compile(rf"\b(?:{'|'.join(functions)})\s*\(", re.IGNORECASE)
    return [place for place, formula in mistaken.items() if called.search(formula)]


def _named(cells: Sequence[Place]) -> str:
    return listed([name_of(*place) for place in cells], _NAMED)


def _only(functions: Sequence[str]) -> str:
    """The function that a mistake stopped; what stopped several is nothing of one function's."""
    return f"{functions[0]}: " if len(functions) == 1 else ""
