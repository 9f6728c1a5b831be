"""Formulas as the engine needs them to compute what Excel does, where it reads what Excel writes in another way.

What an argument is that is left out: https://support.microsoft.com/office, the function's page. Look-ups of several
columns, ranges up to what a function gives, and numbers by ROW(INDIRECT(…)) are what people wrote before SEQUENCE.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mrr_xl.calculator.parsing import Call, Operand, Tree, parsed

_CEILING, _AROUND = ("", "1", "0"), ("", "", "1", "0", "0")
#: What an empty argument stands for, where the engine takes it for 0, or for nothing.
_LEFT_EMPTY = {
    "SEQUENCE": ("1", "1", "1", "1"),
    "RANDARRAY": ("1", "1", "0", "1", "FALSE"),
    "TEXTBEFORE": _AROUND,
    "TEXTAFTER": _AROUND,
    "CEILING.MATH": _CEILING,
    "FLOOR.MATH": _CEILING,
    "ADDRESS": ("", "", "1", "TRUE"),
}
#: Functions that fill up with #N/A, which the engine does unless it is told to.
_FILLING_UP = {"EXPAND": 3, "WRAPROWS": 2, "WRAPCOLS": 2}
#: Most formulas are read no further than this.
_MAY_NEED = re.compile(
    "|".join(
        (
            rf"\b(?:{'|'.join(map(re.escape, _LEFT_EMPTY))})\s*(?=\()(?=.*[,(]\s*[,)])",
            rf"\b(?:{'|'.join(_FILLING_UP)})\s*\(",
            r"\b[VH]LOOKUP\s*\((?=.*\{)",
            r"\bROW\s*\(\s*INDIRECT\s*\(",
            r"\bSUBTOTAL\s*\(\s*1[01]\d\s*,[^)]*\(",
            r":[\w.]+\(",
        )
    ),
    re.IGNORECASE | re.DOTALL,
)
#: The functions of SUBTOTAL that leave out all hidden rows, which the engine does not in what OFFSET and others give.
_WITHOUT_HIDDEN = frozenset(map(str, range(101, 112)))
#: The text of INDIRECT that is for its rows only: "1:9", "1:"&A1, "A1:A"&A1.
_ROWS = re.compile(r'"(?:\$?[A-Z]{1,3}\$?)?(\d+):(?:\$?[A-Z]{1,3}\$?)?(\d*)"', re.IGNORECASE)


@lru_cache(maxsize=8192)
def prepared(formula: str) -> str:
    """A formula that the engine computes as Excel does.

    >>> prepared("=EOMONTH(A1,_xlfn.SEQUENCE(12,,0))&_xlfn.TEXTAFTER(B1,\\" \\",,,1)")
    '=EOMONTH(A1,_xlfn.SEQUENCE(12,1,0))&_xlfn.TEXTAFTER(B1," ",1,0,1)'
    >>> prepared("=SUM(VLOOKUP(A1,D1:F9,{2,3},FALSE))")
    '=SUM(INDEX(D1:F9,MATCH(A1,INDEX(D1:F9,0,1),IF(FALSE,1,0)),{2,3}))'
    >>> prepared('=SUMPRODUCT(LARGE(A1:A9,ROW(INDIRECT("1:"&B1))))')
    '=SUMPRODUCT(LARGE(A1:A9,_xlfn.SEQUENCE((B1)-1+1,1,1)))'
    >>> prepared('=SUMPRODUCT(--(WEEKDAY(ROW(INDIRECT(A1&":"&B1)))=2))')
    '=SUMPRODUCT(--(WEEKDAY(_xlfn.SEQUENCE((B1)-(A1)+1,1,(A1)))=2))'
    >>> prepared("=IF(A1,,0)&VLOOKUP(A1,D1:F9,2,FALSE)")
    '=IF(A1,,0)&VLOOKUP(A1,D1:F9,2,FALSE)'
    """
    if not _MAY_NEED.search(formula):
        return formula
    tree = parsed(formula)
    return f"={_written(tree)}" if tree else formula


def spilling(formula: str) -> str:
    """A formula, given without its =, that A1# refers to even if its answer takes one cell; here some are then none."""
    return f"_xlfn.VSTACK({formula})"


def makes_references(call: Call) -> bool:
    """Whether a function is given cells by another one."""
    return any(isinstance(part, Call) for argument in call.arguments[1:] for part in argument)


def _written(tree: Tree) -> str:
    parts = list[str]()
    for part in tree:
        if isinstance(part, Operand):
            parts.append(part.text)
        elif isinstance(part, str):
            parts.append(part)
        elif ":" in part.name:
            start, _, name = part.name.rpartition(":")
            parts.append(_between(start or parts.pop(), _called(Call(name, part.arguments))))
        else:
            parts.append(_called(part))
    return "".join(parts)


def _called(call: Call) -> str:
    name = call.name.rpartition("_xlfn.")[2].upper()
    arguments = [_written(argument) for argument in call.arguments]
    if name in _FILLING_UP and arguments[_FILLING_UP[name] :] in (["NA()"], ["#N/A"]):
        del arguments[_FILLING_UP[name] :]
    if name in ("VLOOKUP", "HLOOKUP") and len(arguments) > 2 and "{" in call.arguments[2]:
        return _looked_up(name, arguments)
    if name == "SUBTOTAL" and call.arguments[0][0] in _WITHOUT_HIDDEN and makes_references(call):
        return f"AGGREGATE({int(arguments[0]) - 100},1,{','.join(arguments[1:])})"
    if name == "ROW" and (rows := _rows_by_indirect(call)):
        return rows
    defaults = _LEFT_EMPTY.get(name, ())[: len(arguments)]
    arguments[: len(defaults)] = [given.strip() or empty for given, empty in zip(arguments, defaults)]
    return f"{call.name}({','.join(arguments)})"


def _looked_up(name: str, arguments: list[str]) -> str:
    """A look-up of several columns at once."""
    value, table, places, *near = arguments
    near = [f"IF({near[0] or 0},1,0)"] if near else ["1"]
    first = f"INDEX({table},0,1)" if name == "VLOOKUP" else f"INDEX({table},1,0)"
    found = f"MATCH({value},{first},{near[0]})"
    return f"INDEX({table},{found},{places})" if name == "VLOOKUP" else f"INDEX({table},{places},{found})"


def _between(start: str, end: str) -> str:
    """The range from a reference to what a function gives."""
    rows = f"ROW({end})-ROW({start})+IF(ROW({end})<ROW({start}),-1,1)"
    columns = f"COLUMN({end})-COLUMN({start})+IF(COLUMN({end})<COLUMN({start}),-1,1)"
    return f"OFFSET({start},0,0,{rows},{columns})"


def _rows_by_indirect(call: Call) -> str:
    """The numbers of ROW(INDIRECT("1:"&last)); empty for any other."""
    inner = call.arguments[0] if len(call.arguments) == 1 else ()
    indirect = inner[0] if len(inner) == 1 else None
    if not isinstance(indirect, Call) or indirect.name.upper() != "INDIRECT" or not all(indirect.arguments[:1]):
        return ""
    parts = indirect.arguments[0]
    if '":"' in parts:
        at = parts.index('":"')
        if parts[at - 1 : at] + parts[at + 1 : at + 2] != ("&", "&"):
            return ""
        first, last = f"({_written(parts[: at - 1])})", f"({_written(parts[at + 2 :])})"
    else:
        match = _ROWS.fullmatch(parts[0]) if isinstance(parts[0], str) else None
        if match is None or bool(match[2]) == bool(parts[1:]) or parts[1:2] not in ((), ("&",)):
            return ""
        first, last = match[1], match[2] or f"({_written(parts[2:])})"
    return f"_xlfn.SEQUENCE({last}-{first}+1,1,{first})"
