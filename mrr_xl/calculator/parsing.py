"""Formulas as trees, in which the calls of our functions are found whatever program wrote them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

from mrr_xl.metrics import REGISTRY

#: Characters of a formula in a file: Excel's limit is 8,192 of those that it shows, and a file has _xlfn., _xlpm. ...
LONGEST = 32_768
_DEEPEST = 64  #: calls inside one another, as in Excel
_NAMES = "|".join(sorted(REGISTRY, key=len, reverse=True))
#: A text, or one of our functions with what programs write before it: the add-in's file ([1]!, 'C:\\mrr.xlam'!,
#: mrr.xlam!), Excel's mark of a compiled add-in (_xll.) or of a custom function (_xldudf_).
_OURS = re.compile(
    rf"""("(?:[^"]|"")*")|(?:(?<![\w.'\]])(?:'(?:[^']|'')+'|\[[^\[\]]*\][\w.]*|[\w.]+\.xla[ms]?)!)?"""
    rf"""(?<![\w.!])(?:_xll\.|_xldudf_)?({_NAMES})(?=\s*\()""",
    re.IGNORECASE,
)
_OURS_AFTER_FILE = re.compile(
    rf"""("(?:[^"]|"")*")|(?<![\w.'\]])(?:'(?:[^']|'')+'|\[[^\[\]]*\][\w.]*|[\w.]+\.xla[ms]?)!"""
    rf"""(?:_xll\.|_xldudf_)?({_NAMES})(?=\s*\()""",
    re.IGNORECASE,
)
_CALL = re.compile(rf"(?<![\w.])(?:{_NAMES})\s*\(", re.IGNORECASE)
_MOVING = re.compile(r"\b(?:TODAY|NOW)\s*\(", re.IGNORECASE)
_RANDOM = re.compile(r"\b(?:RAND|RANDBETWEEN|RANDARRAY)\s*\(", re.IGNORECASE)


class Call(NamedTuple):
    """A call of a function: its name as it is written, and its arguments."""

    name: str
    arguments: tuple[Tree, ...]

    @property
    def ours(self) -> bool:
        return self.name.upper() in REGISTRY


class Operand(NamedTuple):
    """What a formula names: a range, a table's columns, a defined name, a variable."""

    text: str


Tree = tuple["str | Operand | Call", ...]


@lru_cache(maxsize=8192)
def own(formula: str) -> str:
    """A formula that calls our functions by their own names, whatever add-in they were entered with.

    >>> own(r"=[1]!MRR_NEW(A1)+'C:\\add ins\\mrr.xlam'!MRR(A1)&_xll.mrr_new(A1)&_xldudf_MRR(A1)")
    '=MRR_NEW(A1)+MRR(A1)&MRR_NEW(A1)&MRR(A1)'
    >>> own('=_xldudf_OTHER(1)&"[1]!MRR_NEW(1)"&MY_MRR(1)')
    '=_xldudf_OTHER(1)&"[1]!MRR_NEW(1)"&MY_MRR(1)'
    """
    if not _CALL.search(formula.lower().replace("_xldudf_", "").replace("_xll.", "")):
        return formula
    formula = _OURS_AFTER_FILE.sub(lambda match: match[1] or match[2].upper(), formula)
    return _OURS.sub(lambda match: match[1] or match[2].upper(), formula)


@lru_cache(maxsize=8192)
def calls_ours(formula: str) -> bool:
    """Whether a formula, as `own` gives it, may call one of our functions."""
    return _CALL.search(formula) is not None


@lru_cache(maxsize=8192)
def moves(formula: str) -> bool:
    """Whether a formula calls a function whose value is that of the day or the moment."""
    return _MOVING.search(formula) is not None


@lru_cache(maxsize=8192)
def by_chance(formula: str) -> bool:
    """Whether a formula calls a function that gives something else each time."""
    return _RANDOM.search(formula) is not None


#: Functions that take arrays in a plain formula, too, and the arguments, from 0, in which they do.
_TAKES_ARRAYS = {"LOOKUP": (1, 2), "AGGREGATE": (2,), "INDEX": (0,), "MMULT": (0, 1)}
_MAY_TAKE = re.compile(r"\{|\b(?:LOOKUP|AGGREGATE|INDEX|MMULT)\s*\(", re.IGNORECASE)


@lru_cache(maxsize=8192)
def takes_arrays(formula: str) -> bool:
    """Whether a plain formula computes with arrays, as it may in some functions and with array constants.

    The engine does so in array formulas only, and takes one cell of each range in a plain one.

    >>> takes_arrays("=LOOKUP(2,1/(A1:A9=B1),C1:C9)"), takes_arrays('=SUM(COUNTIF(A1:A9,{"a","b"}))')
    (True, True)
    >>> takes_arrays("=LOOKUP(B1,A1:A9,C1:C9)"), takes_arrays("=LOOKUP(A1:A9,1/(A1:A9=B1))"), takes_arrays("=A1:A9*{1}")
    (False, False, False)
    """
    if not _MAY_TAKE.search(formula):
        return False
    tree = parsed(formula)
    return not any(map(_is_range, tree)) and _takes(tree)


def _takes(tree: Tree) -> bool:
    if "{" in tree:
        return True
    for part in tree:
        if isinstance(part, Call):
            name = part.name.rpartition("_xlfn.")[2].upper()
            numbers = _TAKES_ARRAYS.get(name, ())
            if any(len(part.arguments[number]) > 1 for number in numbers if number < len(part.arguments)):
                return name != "LOOKUP" or not any(map(_is_range, part.arguments[0]))
            if any(map(_takes, part.arguments)):
                return True
    return False


def _is_range(part: str | Operand | Call) -> bool:
    return isinstance(part, Operand) and ":" in part.text


def is_too_long(formula: str) -> bool:
    """Whether a text can be no formula of Excel's: 8,192 characters, with what the file adds to names."""
    return len(formula) > LONGEST or formula.count("[") > 8_192 // len("[a]")


def tokens(formula: str) -> list[Token] | None:
    """What a formula consists of; None if it can't be read."""
    try:
        return None if is_too_long(formula) else Tokenizer(formula).items
    except (TokenizerError, IndexError):
        return None


@lru_cache(maxsize=8192)
def parsed(formula: str) -> Tree:
    """A formula's tree; empty if it can't be read."""
    items = tokens(formula) or []
    try:
        tree, end = _until_close(items, 0, depth=0)
    except IndexError:
        return ()
    return tree if end == len(items) else ()


def _until_close(items: list[Token], at: int, depth: int) -> tuple[Tree, int]:
    """The tree from a token up to the end of the argument that it begins, and where that is. depth: calls around it."""
    if depth > _DEEPEST:
        raise IndexError
    parts: list[str | Operand | Call] = []
    arrays = 0
    while at < len(items):
        item = items[at]
        arrays += item.type == Token.ARRAY and (1 if item.subtype == Token.OPEN else -1)
        if depth and not arrays and (_closes(item) or (item.type == Token.SEP and item.subtype == Token.ARG)):
            break
        at += 1
        if item.type == Token.FUNC and item.subtype == Token.OPEN:
            call, at = _call(items, item, at, depth + 1)
            parts.append(call)
        elif item.type == Token.OPERAND and item.subtype == Token.RANGE:
            parts.append(Operand(item.value))
        else:
            parts.append(item.value)
    return tuple(parts), at


def _call(items: list[Token], opening: Token, at: int, depth: int) -> tuple[Call, int]:
    arguments = []
    while True:
        argument, at = _until_close(items, at, depth)
        arguments.append(argument)
        end, at = items[at], at + 1
        if _closes(end):
            return Call(opening.value[:-1].strip().lstrip("@"), tuple(arguments)), at


def _closes(item: Token) -> bool:
    return item.type == Token.FUNC and item.subtype == Token.CLOSE
