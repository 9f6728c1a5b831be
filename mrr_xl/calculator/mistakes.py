"""The sentences for cells that show #VALUE!: each mistake once, with its cells."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from mrr_xl.calculator.kept import name_of
from mrr_xl.calculator.texts import FormulaCell
from mrr_xl.errors import listed

_NAMED = 10
Mistakes = dict[str, list[str]]  #: each sentence, and the functions that raised it


def sentences(
    mistaken: Sequence[FormulaCell], mistakes: Mapping[FormulaCell, Mistakes], following: Collection[FormulaCell] = ()
) -> list[str]:
    """Every mistake once, with the cells that show it; one that no cell shows was dealt with, as by IFERROR.

    mistaken: the cells that are #VALUE!. mistakes: what our functions refused, by formula. following: cells whose
    mistakes follow from those of others, which are the ones to mend.
    """
    if not {formula for formula in mistaken if mistakes.get(formula)} <= {*following}:
        mistaken = [formula for formula in mistaken if formula not in following]
    functions: Mistakes = {}
    cells: dict[str, list[FormulaCell]] = {}
    for refused in mistakes.values():
        for sentence, names in refused.items():
            known = functions.setdefault(sentence, [])
            known += [name for name in names if name not in known]
    for formula in mistaken:
        for sentence in mistakes.get(formula, ()):
            cells.setdefault(sentence, []).append(formula)
    return [
        f"{listed([name_of(*cell) for cell in cells[sentence]], _NAMED)}: {_only(names)}{sentence}"
        for sentence, names in functions.items()
        if sentence in cells
    ]


def _only(functions: Sequence[str]) -> str:
    """The function that a mistake stopped, for the start of a sentence; none where it stopped several."""
    return f"{functions[0]}: " if len(functions) == 1 else ""
