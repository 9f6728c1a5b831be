"""What a formula refers to, read from its text: functions, other workbooks, names, and the rows of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, lru_cache

from openpyxl.formula.tokenizer import Token
from openpyxl.utils.cell import column_index_from_string, range_boundaries

from mrr_xl.calculator.engine import computes
from mrr_xl.calculator.known_differences import computed_otherwise
from mrr_xl.calculator.parsing import own, tokens
from mrr_xl.metrics import REGISTRY
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

#: The prefixes that Excel writes before newer functions, and before the variables of LET and LAMBDA.
_NEWER, _VARIABLE = re.compile(r"^(_xlfn\.|_xlws\.)+", re.IGNORECASE), "_xlpm."
_LAMBDA = re.compile(r"\s*(_xlfn\.)?LAMBDA\s*\(", re.IGNORECASE)
_OTHER_WORKBOOK = re.compile(r"\[[^\[\]]*\][^!\[]*!")
_CALL = re.compile(r"(?<![\w.])([\w.]+)\s*\(")
_AREA = re.compile(r"(?:(?:'((?:[^']|'')+)'|([\w.]+))!)?(\$?[A-Z]{0,3}\$?\d*(?::\$?[A-Z]{0,3}\$?\d*)?)", re.IGNORECASE)
#: An area of the formula's own sheet: its corners.
_OWN_SHEET = re.compile(r"(?<![\w!.'\]])([A-Z]{1,3})(\d{1,7})(?![\w(.!])(?::([A-Z]{1,3})(\d{1,7})(?!\w))?")
_END_ROW = re.compile(r"[A-Z]\$?(\d+)$", re.IGNORECASE)
#: Functions that reach cells beyond those in their arguments.
_FAR = ("INDIRECT", "OFFSET")
#: Functions that the engine has, and that need more of a workbook than it is given: pivot tables, formulas as written.
_OTHERWISE = frozenset({"GETPIVOTDATA", "FORMULATEXT"})


def unknown(formula: str, names: Mapping[str, str]) -> list[str]:
    """Why the calculator can't compute a formula: functions that it lacks, other workbooks; empty if it can.

    names: the defined names that can't be computed, in lower case, and why; "" for one that is a function (LAMBDA).

    >>> unknown("=IFERROR(MY_ADDIN(1),SUM([1]Sheet1!A1))", {})
    ['MY_ADDIN', 'another workbook']
    >>> unknown('=SUM(A1:A2)&"MY_ADDIN(1)"', {})
    []
    """
    reasons = computed_otherwise(formula)
    called = [name for name in _CALL.findall(formula) if not _is_known(name)]
    if not reasons and not called and not _OTHER_WORKBOOK.search(formula) and not names:
        return []
    tokens = _tokens(formula)
    if tokens is None:
        return ["it can't be read"]
    variables = {text.lower() for kind, text in tokens if kind == "operand"} if "LET" in formula.upper() else set()
    for kind, text in tokens:
        why = names.get(text.lower())
        if why:
            reasons.append(why)
        elif why is None and kind == "function" and text.lower() not in variables and not _is_known(text):
            reasons.append(_NEWER.sub("", text))
        elif kind == "operand" and _OTHER_WORKBOOK.search(text):
            reasons.append("another workbook")
    return list(dict.fromkeys(reasons))


def unknown_names(workbook: Workbook) -> dict[str, str]:
    """The workbook's defined names that can't be computed, in lower case, and why; "" for those that are functions."""
    functions = {defined.name.lower(): "" for defined in workbook.names if _LAMBDA.match(defined.formula)}
    reasons = _names_where(workbook, lambda formula, bad: next(iter(unknown(own(formula), {**functions, **bad})), None))
    if "ledger_lines" in functions:  # our own LAMBDAs: those that are named as functions of ours are computed as these
        reasons = {name: why for name, why in reasons.items() if name.upper() not in REGISTRY}
    return functions | reasons


def names_calling(workbook: Workbook, calls: Callable[[str], bool]) -> re.Pattern[str] | None:
    """Finds the defined names whose formulas call what a test finds, through others, too; None without such names."""

    def why(formula: str, names: Mapping[str, str]) -> str | None:
        return "" if calls(own(formula)) or any(text.lower() in names for _, text in _tokens(formula) or ()) else None

    names = _names_where(workbook, why)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b", re.IGNORECASE) if names else None


def reads_rows(formula: str, sheet: str, table: Table, names: Mapping[str, str]) -> bool:
    """Whether a formula of this sheet reads the rows of a table; names: the defined names that do."""
    far = reaches_far(formula)
    for kind, text in _tokens(formula) or []:
        if text.lower() in names:
            return True
        if kind == "text" and far and table.name.lower() in text.lower():
            return True
        if kind == "operand" and (_names_rows(text, table) or _covers(text, sheet, table, far)):
            return True
    return False


def reaches_far(formula: str) -> bool:
    """Whether a formula may read cells that it does not name.

    >>> reaches_far("=SUM(OFFSET(A1,0,0,9))"), reaches_far("=SUM(A1:A9)")
    (True, False)
    """
    return any(name.upper() in _FAR for name in _CALL.findall(formula))


def reads_cell(formula: str, sheet: str, row: int, column: int) -> bool:
    """Whether a formula of this sheet refers to one of its cells by address.

    >>> reads_cell("=SUM(A1:A9)", "R", 5, 1), reads_cell("=SUM(A1:A9)", "R", 10, 1)
    (True, False)
    """
    if not any(
        int(top) <= row <= int(bottom or top)
        and column_index_from_string(left) <= column <= column_index_from_string(right or left)
        for left, top, right, bottom in _OWN_SHEET.findall(formula.replace("$", ""))
    ):
        return False  # most formulas, without reading them
    table = Table("", sheet, "", [], column, row - 1, column, row, has_totals=False)
    return any(kind == "operand" and _covers(text, sheet, table, far=False) for kind, text in _tokens(formula) or ())


def names_of_rows(workbook: Workbook, table: Table) -> dict[str, str]:
    """The workbook's defined names that read the rows of a table, in lower case."""
    return _names_where(workbook, lambda formula, names: "rows" if reads_rows(formula, "", table, names) else None)


def stays_behind(formula: str, sheet: str, table: Table, ends: Collection[int]) -> bool:
    """Whether a formula of this sheet refers to the end of a table by address, which does not move with the table.

    ends: the rows where the table's lines and the table ended before it was filled.
    """
    if not any(str(end) in formula for end in ends):
        return False  # most formulas, without reading them
    for kind, text in _tokens(formula) or []:
        end = _END_ROW.search(text) if kind == "operand" else None
        if end and int(end[1]) in ends and _covers(text, sheet, table, far=True):
            return True
    return False


def _names_where(workbook: Workbook, why: Callable[[str, Mapping[str, str]], str | None]) -> dict[str, str]:
    """The defined names that a test holds for, and the reason that it gives."""
    formulas = {defined.name.lower(): f"={defined.formula}" for defined in workbook.names}
    reasons: dict[str, str] = {}
    for _ in formulas:  # a name may stand for another one
        new = {
            name: reason
            for name, formula in formulas.items()
            if name not in reasons and (reason := why(formula, reasons)) is not None
        }
        if not new:
            break
        reasons |= new
    return reasons


@lru_cache(maxsize=4096)
def _tokens(formula: str) -> tuple[tuple[str, str], ...] | None:
    """Functions, operands and texts of a formula; None if it can't be read."""
    items = tokens(formula)
    return None if items is None else tuple(_read(items))


def _read(items: Iterable[Token]) -> Iterator[tuple[str, str]]:
    for token in items:
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            start, _, name = token.value.rstrip("(").strip().rpartition(":")  # A1:INDEX( is one token
            if start:
                yield "operand", start
            yield "function", name.lstrip("@")
        elif token.type == Token.OPERAND and token.subtype == Token.RANGE:
            yield "operand", token.value.strip()
        elif token.type == Token.OPERAND and token.subtype == Token.TEXT:
            yield "text", token.value


@cache
def _is_known(function: str) -> bool:
    name = _NEWER.sub("", function).upper()
    return name in REGISTRY or function.lower().startswith(_VARIABLE) or (name not in _OTHERWISE and computes(name))


def _names_rows(operand: str, table: Table) -> bool:
    name, _, rest = operand.lower().partition("[")
    return name == table.name.lower() and rest.replace(" ", "") not in ("#headers]", "[#headers]]")


def _covers(operand: str, sheet: str, table: Table, far: bool) -> bool:
    area = _AREA.fullmatch(operand)
    if not area or not area[3] or ((area[1] or area[2] or sheet).replace("''", "'").lower() != table.sheet.lower()):
        return False
    try:
        left, top, right, bottom = range_boundaries(area[3].replace("$", "").upper())
    except ValueError:
        return False
    if (left or 1) > table.right or (right or 16_384) < table.left:
        return False
    # The source may have more lines than the table has rows, so everything below the header counts.
    return far or ((bottom or 2_000_000) > table.top and (top or 1) <= max(table.bottom, table.top + 1))
