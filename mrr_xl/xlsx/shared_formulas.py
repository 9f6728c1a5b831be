"""Formulas that share one text: the first of them, the master, has it. ECMA-376 part 1, 18.3.1.40."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import Translator, TranslatorError
from openpyxl.utils.cell import get_column_letter

from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.sheet import Sheet


class Master(NamedTuple):
    """The text that formulas share, and where it stands."""

    text: str
    row: int
    column: int


def masters(sheet: Sheet) -> dict[str, Master]:
    """The master of each group of formulas that share a text, by the group's number."""
    found: dict[str, Master] = {}
    for formula in sheet.data.iter(f"{MAIN}f"):
        if formula.get("t") == "shared" and formula.text:
            found.setdefault(formula.get("si"), Master(formula.text, *sheet.position(formula.getparent())))
    return found


def text_at(formula: Any, row: int, column: int, known: Mapping[str, Master]) -> str:
    """The text of the formula in this row and column, without its =, whether it has one or shares one."""
    if formula.text or formula.get("t") != "shared":
        return formula.text or ""
    master = known.get(formula.get("si"))
    return "#REF!" if master is None else moved(master.text, (master.row, master.column), (row, column))


def moved(text: str, at: tuple[int, int], to: tuple[int, int]) -> str:
    """A formula (without its =) as Excel copies it from one row and column to another.

    >>> moved("D4*$D$2", (4, 6), (5, 6))
    'D5*$D$2'
    """
    return mover(text, at)(to)


def mover(text: str, at: tuple[int, int]) -> Callable[[tuple[int, int]], str]:
    """The same for many cells: gives the formula in a row and column."""
    try:
        formula = Translator(f"={text}", f"{get_column_letter(at[1])}{at[0]}")
    except (TokenizerError, IndexError):
        return lambda to: "#REF!"

    def move(to: tuple[int, int]) -> str:
        try:
            return str(formula.translate_formula(f"{get_column_letter(to[1])}{to[0]}"))[1:]
        except TranslatorError:
            return "#REF!"

    return move


def give_own_texts(sheet: Sheet, area: tuple[int, int, int, int], known: Mapping[str, Master]) -> None:
    """Give formulas outside an area (left, top, right, bottom) a text of their own where their master is inside."""
    left, top, right, bottom = area

    def inside(row: int, column: int) -> bool:
        return top <= row <= bottom and left <= column <= right

    leaving = {group for group, master in known.items() if inside(master.row, master.column)}
    for formula in sheet.data.iter(f"{MAIN}f") if leaving else ():
        if formula.get("t") == "shared" and formula.get("si") in leaving:
            row, column = sheet.position(formula.getparent())
            if not inside(row, column):
                sheet.package.touched.add(sheet.part)
                formula.text = text_at(formula, row, column, known)
                for name in ("t", "si", "ref"):
                    formula.attrib.pop(name, None)
