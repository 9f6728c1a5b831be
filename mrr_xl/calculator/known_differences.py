"""Where the engine computes otherwise than Excel: such a formula keeps its value and is named, rather than be wrong.

Found by the formulas of tests/support/battery, and by workbooks that Excel computed. formulon 0.18.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mrr_xl.calculator.parsing import Call, Operand, Tree, parsed
from mrr_xl.calculator.prepared import makes_references, prepared

_REFERRING = re.compile(
    r"\b(?:OFFSET|INDIRECT|TEXTSPLIT|PHONETIC|ISOMITTED)\s*\(|\bSUBTOTAL\s*\([^,]*,[^)]*\(|_xlop\.", re.IGNORECASE
)
#: Functions whose errors may not be Excel's: errors in rows that the conditions leave out, and tables named in a text.
_MAY_FAIL = re.compile(r"\b(MAXIFS|MINIFS|INDIRECT)\s*\(", re.IGNORECASE)
#: Functions that give as many values as they are given.
_EACH = frozenset({"ROW", "COLUMN", "INT", "MOD", "ROUND", "ABS", "IF", "TRANSPOSE", "MONTH", "YEAR"})


def computed_otherwise(formula: str) -> list[str]:
    """What in a formula the engine computes otherwise than Excel.

    >>> computed_otherwise("=SUMPRODUCT(SUBTOTAL(109,OFFSET(A2,ROW(A2:A9)-ROW(A2),0)))")
    ['OFFSET to several places, which is computed otherwise here']
    >>> computed_otherwise("=SUM(OFFSET(A1,1,0,MATCH(9,B1:B9,0)))")
    []
    """
    if not _REFERRING.search(formula):
        return []
    found = [why for call in _calls(parsed(prepared(formula))) if (why := _why(call))]
    if "_xlop." in formula.lower():
        found.append("LAMBDA with arguments that may be left out")
    return [f"{why}, which is computed otherwise here" for why in dict.fromkeys(found)]


def may_have_failed(formula: str) -> str:
    """Why the error that the engine gave for a formula may not be Excel's; empty where it is.

    >>> may_have_failed("=_xlfn.MAXIFS(A1:A9,B1:B9,1)"), may_have_failed("=SQRT(A1)")
    ('MAXIFS, which may be computed otherwise here', '')
    """
    match = _MAY_FAIL.search(formula)
    return f"{match[1].upper()}, which may be computed otherwise here" if match else ""


def _why(call: Call) -> str:
    name = call.name.rpartition("_xlfn.")[2].upper()
    if name == "SUBTOTAL":
        return "SUBTOTAL of cells that a function gives" if makes_references(call) else ""
    return _BY_FUNCTION[name](call.arguments) if name in _BY_FUNCTION else ""


def _offset(arguments: tuple[Tree, ...]) -> str:
    return "OFFSET to several places" if any(map(_is_array, arguments[1:])) else ""


def _indirect(arguments: tuple[Tree, ...]) -> str:
    text = arguments[0] if arguments else ()
    if any(isinstance(part, str) and part.startswith('"') and "[" in part for part in text):
        return "INDIRECT of a table"
    return "INDIRECT of several places" if _is_array(text) else ""


def _split(arguments: tuple[Tree, ...]) -> str:
    delimiters = [argument for argument in arguments[1:3] if argument]
    return "TEXTSPLIT without a delimiter" if not delimiters or ('""',) in delimiters else ""


_BY_FUNCTION: dict[str, Callable[[tuple[Tree, ...]], str]] = {
    "OFFSET": _offset,
    "INDIRECT": _indirect,
    "TEXTSPLIT": _split,
    "PHONETIC": lambda _: "PHONETIC",
    "ISOMITTED": lambda _: "ISOMITTED",
}


def _is_array(tree: Tree) -> bool:
    return "{" in tree or any(
        (isinstance(part, Operand) and ":" in part.text)
        or (isinstance(part, Call) and _gives_several(part.name.rpartition("_xlfn.")[2].upper(), part.arguments))
        for part in tree
    )


def _gives_several(name: str, arguments: tuple[Tree, ...]) -> bool:
    return name == "SEQUENCE" or (name in _EACH and any(map(_is_array, arguments)))


def _calls(tree: Tree) -> Iterator[Call]:
    for part in tree:
        if isinstance(part, Call):
            yield part
            for argument in part.arguments:
                yield from _calls(argument)
