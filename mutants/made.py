"""The mutants of a module: its source with one change each, made by cosmic-ray's operators.

https://cosmic-ray.readthedocs.io/en/latest/reference/cli.html lists the operators. Of each operator's many
replacements one or two are kept that differ most or least (`<` becomes `<=` and `>=`, `+` becomes `-`).
Texts are not changed, nor what only a reader or mypy sees: annotations and `frozen=True`.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import get_ast
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.plugins import get_operator

COMPARED = ["Eq_NotEq", "NotEq_Eq", "Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt", "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt"]
COMPUTED = ["Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "Mod_Mul", "Pow_Mul", "BitAnd_BitOr"]
OPERATORS = [
    *(f"ReplaceComparisonOperator_{pair}" for pair in [*COMPARED, "Is_IsNot", "IsNot_Is"]),
    *(f"ReplaceBinaryOperator_{pair}" for pair in [*COMPUTED, "BitOr_BitAnd"]),
    *(f"ReplaceUnaryOperator_Delete_{sign}" for sign in ["USub", "Invert", "Not"]),
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "NumberReplacer",
    "RemoveDecorator",
    "ZeroIterationForLoop",
    "ExceptionReplacer",
]


@dataclass(frozen=True)
class Mutant:
    """A module with one change; the line and what it becomes are its name, as line numbers move."""

    module: str
    function: str  # "" in a module's own lines
    line: str
    becomes: str
    nth: int  # where a function has the same line and change more than once
    number: int
    statement: tuple[str, ...]
    source: str

    @property
    def name(self) -> tuple[str, str, str, str]:
        return self.module, self.function, self.line, self.becomes


def mutants_of(module: str) -> list[Mutant]:
    """All mutants of a module, in the order of its lines."""
    source = Path(module).read_text(encoding="utf-8")
    same, functions = _seen_by_python(source), functions_by_line(source)
    lines, statements = source.split("\n"), _statements(source)
    found: dict[str, tuple[int, str, str, str]] = {}
    for operator in OPERATORS:
        for occurrence in range(_occurrences(source, operator)):
            visitor = MutationVisitor(occurrence, get_operator(f"core/{operator}")())
            try:
                mutated = visitor.walk(get_ast(source)).get_code()
            except AttributeError:  # cosmic-ray does not change an exception that is named with its module
                continue
            seen = _seen_by_python(mutated)
            if seen is None or seen == same or seen in found:
                continue
            number, line, becomes = _difference(lines, mutated.split("\n"))
            found[seen] = number, line, becomes, mutated
    made, times = [], Counter[tuple[str, str, str]]()
    for number, line, becomes, mutated in sorted(found.values(), key=lambda each: each[0]):
        name = functions[number], line, becomes
        times[name] += 1
        first, last = statements.get(number, (1, 0))  # the head of a function runs when its module is imported
        statement = tuple(lines[at - 1].strip() for at in range(first, last + 1))
        made.append(Mutant(module, *name, times[name], number, statement, mutated))
    return made


def _occurrences(source: str, operator: str) -> int:
    positions, chosen = 0, get_operator(f"core/{operator}")()
    todo = [get_ast(source)]
    while todo:
        node = todo.pop()
        positions += len(list(chosen.mutation_positions(node)))
        todo.extend(getattr(node, "children", ()))
    return positions


_OPPOSITE = {ast.Eq: ast.NotEq, ast.Is: ast.IsNot, ast.Lt: ast.GtE, ast.Gt: ast.LtE}
_OPPOSITE |= {other: one for one, other in _OPPOSITE.items()}


class _Reader(ast.NodeTransformer):
    """Takes away what only a reader sees, and of two ways to write the same leaves one."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        compared = node.operand
        if isinstance(node.op, ast.Not) and isinstance(compared, ast.UnaryOp) and isinstance(compared.op, ast.Not):
            return compared.operand
        if not isinstance(node.op, ast.Not) or not isinstance(compared, ast.Compare) or len(compared.ops) > 1:
            return node
        opposite = _OPPOSITE.get(type(compared.ops[0]))
        if opposite is None:
            return node
        compared.ops = [opposite()]
        return compared

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        right = node.right
        if isinstance(node.op, ast.Add) and isinstance(right, ast.UnaryOp) and isinstance(right.op, ast.USub):
            node.op, node.right = ast.Sub(), right.operand
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        return ast.Pass() if "TYPE_CHECKING" in ast.dump(node.test) else node

    def visit_keyword(self, node: ast.keyword) -> ast.AST | None:
        return None if node.arg == "frozen" else self.generic_visit(node)


def _seen_by_python(source: str) -> str | None:
    try:
        return ast.dump(_Reader().visit(ast.parse(source)))
    except SyntaxError:
        return None


def _difference(lines: list[str], mutated: list[str]) -> tuple[int, str, str]:
    """The number of the first line that differs, that line, and what it becomes; a line that goes becomes ""."""
    before, after = [" ".join(line.split()) for line in lines], [" ".join(line.split()) for line in mutated]
    number = next(at for at, pair in enumerate(zip(before, after)) if pair[0] != pair[1])
    gone = before[number + 1 :] == after[number:]
    return number + 1, before[number], "" if gone else after[number]


def functions_by_line(source: str) -> dict[int, str]:
    """The qualified name of the outermost function or method around each line, "" outside of all."""
    found = dict.fromkeys(range(1, source.count("\n") + 2), "")

    def walk(body: list[ast.stmt], path: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                walk(node.body, f"{path}{node.name}.")
            elif isinstance(node, ast.FunctionDef):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                found.update(dict.fromkeys(range(first, node.end_lineno + 1), f"{path}{node.name}"))

    walk(ast.parse(source).body, "")
    return found


def _statements(source: str) -> dict[int, tuple[int, int]]:
    """The first and last line of the statement on each line; of a compound one, of its head."""
    found: dict[int, tuple[int, int]] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and not isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            body = getattr(node, "body", None)
            last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno
            found.update(dict.fromkeys(range(node.lineno, last + 1), (node.lineno, last)))
    return found


def text_of(module: str, function: str) -> str:
    """A digest of a function's own lines, with which a result holds."""
    source = Path(module).read_text(encoding="utf-8")
    inside = functions_by_line(source)
    own = "\n".join(line for at, line in enumerate(source.split("\n"), 1) if inside[at] == function)
    return hashlib.sha256(own.encode()).hexdigest()[:16]
