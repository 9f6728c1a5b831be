"""Calls of our functions, which the engine does not know: it computes their arguments and gets their answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from openpyxl.utils.cell import get_column_letter

from mrr_xl import cell_errors
from mrr_xl.calculator.cells_read import CellsRead, NotComputed, Rows
from mrr_xl.calculator.constants import constant, is_constant, rows_of
from mrr_xl.calculator.date_system import counting_from
from mrr_xl.calculator.engine import Cell, Engine
from mrr_xl.calculator.parsing import Call, Operand, Tree, calls_ours, parsed
from mrr_xl.errors import MrrError
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.metrics import REGISTRY

Lets = tuple[str, ...]  #: the beginnings of the LETs around a call
Mistakes = dict[str, list[str]]  #: each sentence, and the functions that raised it
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?", re.IGNORECASE)
_LOGICAL = {"TRUE": True, "FALSE": False}
#: An argument whose value depends on the cell where it stands.
_PLACE = re.compile(r"\b(?:ROW|COLUMN|CELL|SINGLE|SHEET|INDIRECT|OFFSET|RAND\w*)\s*\(|@|:|\[", re.IGNORECASE)
_LONG = 1_500  #: characters of an array that still stands in a formula


class Calls:
    """Our functions over one workbook: each call is made once, however many cells make it."""

    def __init__(self, cells: CellsRead, unknown: Mapping[Cell, str]) -> None:
        self.cells = cells
        self.unknown = unknown  # cells that have no value, and what they are called
        self._functions = counting_from(sheet_functions(), cells.workbook.days_to_1900)
        self._answers: dict[tuple[Any, ...], tuple[Rows, bool, MrrError | None]] = {}
        self._evaluated: dict[tuple[str, str], Rows] = {}
        self._scratch, self._placed, self._right = "", dict[int, tuple[Rows, str]](), 1
        #: Of the formula that was read last: its mistakes, and whether it may depend on any cell, not those seen only.
        self.mistakes: Mistakes = {}
        self.anywhere = False

    def refresh(self, engine: Engine) -> set[Cell]:
        """Read what the engine computed; gives the cells that changed."""
        self._evaluated.clear()
        return self.cells.refresh(engine)

    def begin(self) -> None:
        """Before a formula is read."""
        self.mistakes = {}
        self.anywhere = False
        self.cells.seen = set()

    def whole(self, engine: Engine, formula: str, cell: Cell) -> Rows | None:
        """The answer of a formula that is one call; None for any other."""
        parts = [part for part in self._expanded(parsed(formula), cell) if not _is_space(part)]
        if len(parts) == 1 and isinstance(parts[0], Call) and parts[0].ours:
            return self._answer(engine, parts[0], cell, ())[0]
        return None

    def text(self, engine: Engine, formula: str, cell: Cell) -> str:
        """A formula with the answers of our functions in their places, without its =."""
        return self._text(engine, self._expanded(parsed(formula), cell), cell, ())

    def _expanded(self, tree: Tree, cell: Cell) -> Tree:
        """The tree with the formulas of names that call our functions in their places."""
        parts: list[Any] = []
        for part in tree:
            if isinstance(part, Operand):
                names, name = self.cells.names, part.text.lower()
                formula = "=" + (names.get((cell[0], name)) or names.get(("", name)) or "")
                parts += ["(", *self._expanded(parsed(formula), cell), ")"] if calls_ours(formula) else [part]
            elif isinstance(part, Call):
                parts.append(Call(part.name, tuple(self._expanded(one, cell) for one in part.arguments)))
            else:
                parts.append(part)
        return tuple(parts)

    def _text(self, engine: Engine, tree: Tree, cell: Cell, lets: Lets) -> str:
        return "".join(self._part(engine, part, cell, lets) for part in tree)

    def _part(self, engine: Engine, part: str | Operand | Call, cell: Cell, lets: Lets) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, Operand):
            return self.cells.resolved(part.text, cell[0], cell[1]) if part.text.endswith("]") else part.text
        if part.ours:
            return self.written(engine, self._answer(engine, part, cell, lets)[0])
        written = list[str]()
        is_let = part.name.upper().endswith("LET")
        for number, argument in enumerate(part.arguments):
            written.append(self._text(engine, argument, cell, lets))
            if is_let and number % 2 and number < len(part.arguments) - 1:
                lets = (*lets, f"{part.name}({written[-2]},{written[-1]},")
        return f"{part.name}({','.join(written)})"

    def _answer(self, engine: Engine, call: Call, cell: Cell, lets: Lets) -> tuple[Rows, bool]:
        """What a call gives, as rows, and whether it is one value; #VALUE! for what our function refuses."""
        name = call.name.upper()
        given = [
            self._given(engine, argument, cell, lets, first=number == 0)
            for number, argument in enumerate(call.arguments)
        ]
        while given and given[-1] is None:
            given.pop()
        key = (name, *(value if value.__class__.__name__ in ("Content", "Source") else repr(value) for value in given))
        if key not in self._answers:
            answer = _called(name, self._functions[name], given)
            if name == "MRR_LEDGER":  # what was asked about a handle that was not known yet is asked again
                handle = repr(answer[0][0][0])
                self._answers = {asked: known for asked, known in self._answers.items() if handle not in asked}
            self._answers[key] = answer
        rows, is_single, mistake = self._answers[key]
        if mistake is not None:
            functions = self.mistakes.setdefault(str(mistake), [])
            functions += [name] if name not in functions else []
        return rows, is_single

    def _given(self, engine: Engine, tree: Tree, cell: Cell, lets: Lets, first: bool) -> Any:
        """An argument as our functions take it: a table, rows, one value, or None where it is left out."""
        parts = [part for part in tree if not _is_space(part)]
        if not parts:
            return None
        if len(parts) == 1 and isinstance(parts[0], Call) and parts[0].ours:
            rows, is_single = self._answer(engine, parts[0], cell, lets)
            return rows[0][0] if is_single else rows
        text = self._text(engine, tuple(parts), cell, lets)
        if _NUMBER.fullmatch(text):
            return float(text)
        if re.fullmatch(r'"(?:[^"]|"")*"', text):
            return text[1:-1].replace('""', '"')
        if text.upper() in _LOGICAL:
            return _LOGICAL[text.upper()]
        if len(parts) == 1 and isinstance(parts[0], Operand):
            if first and parts[0].text.lower() in self.cells.tables:
                raise NotComputed("")  # a table without its headers
            if first and (table := self.cells.whole_table(engine, parts[0].text)) is not None:
                return table
            rows = self.cells.reference(engine, parts[0].text, cell[0], cell[1])  # type: ignore[assignment]
            if rows is not None:
                self._refuse_unknown()
                return _value_or_rows(rows)
        self.anywhere = self.anywhere or not self._sees(engine, tuple(parts), cell)
        self._refuse_unknown()
        return _value_or_rows(self._computed(engine, text, cell, lets))

    def _sees(self, engine: Engine, tree: Tree, cell: Cell) -> bool:
        """Whether all cells that an expression depends on are known, and have been seen."""
        for part in tree:
            if isinstance(part, Operand) and self.cells.reference(engine, part.text, cell[0], cell[1]) is None:
                return False
            if isinstance(part, Call) and not part.ours:
                if _PLACE.search(f"{part.name}("):
                    return False
                if not all(self._sees(engine, argument, cell) for argument in part.arguments):
                    return False
        return True

    def _refuse_unknown(self) -> None:
        for seen in self.cells.seen & self.unknown.keys():
            raise NotComputed(f"it needs {self.unknown[seen]}")

    def _computed(self, engine: Engine, text: str, cell: Cell, lets: Lets) -> Rows:
        # Inside the LETs that bind its variables.
        inner = f"{''.join(lets)}{text}{')' * len(lets)}"
        key = (cell[0], inner)
        if key in self._evaluated and not _PLACE.search(inner):
            return self._evaluated[key]
        rows = engine.evaluated(cell, f"={inner}")
        if rows == [["#NAME?"]] and not self.cells.seen_unknown():
            raise NotComputed(f"its argument {text}")
        if any(value == 0 and not isinstance(value, bool) for row in rows for value in row):
            # A blank cell that a function such as OFFSET refers to counts as 0 when it is evaluated.
            rows = engine.evaluated(cell, f'=IF(ISBLANK({inner}),"",{inner})')
        self._evaluated[key] = rows
        return rows

    def written(self, engine: Engine, rows: Rows) -> str:
        """An answer as a formula takes it: as a constant, or as cells of a sheet for answers that no constant holds."""
        if all(is_constant(value) for row in rows for value in row):
            text = ";".join(",".join(map(constant, row)) for row in rows)
            if len(text) <= _LONG:
                return text if len(rows) == len(rows[0]) == 1 else "{" + text + "}"
        return self.placed(engine, rows)

    def placed(self, engine: Engine, rows: Rows) -> str:
        """The reference to an answer's cells on the sheet for long answers."""
        if id(rows) not in self._placed:
            if not self._scratch:
                taken = {name.lower() for name in engine.sheets}
                self._scratch = next(name for name in map("mrr_{}".format, range(999)) if name not in taken)
                engine.add_sheet(self._scratch)
            left, right = self._right, self._right + len(rows[0]) - 1
            self._right = right + 1
            engine.put(
                {
                    (self._scratch, row, column): "" if value is None else value
                    for row, line in enumerate(rows, 1)
                    for column, value in enumerate(line, left)
                }
            )
            corners = f"${get_column_letter(left)}$1:${get_column_letter(right)}${len(rows)}"
            self._placed[id(rows)] = rows, f"{self._scratch}!{corners}"  # the rows stay, and so does their id
        return self._placed[id(rows)][1]


def _called(name: str, function: Callable[..., Any], given: list[Any]) -> tuple[Rows, bool, MrrError | None]:
    try:
        return *rows_of(function(*given)), None
    except MrrError as mistake:
        months = "month" in list(REGISTRY[name].arguments)[1:2] and len(given) > 1 and isinstance(given[1], list)
        shape = given[1] if months else [[None]]  # one for each month
        return [[cell_errors.VALUE.text for _ in row] for row in shape], not months, mistake


def _value_or_rows(rows: Rows) -> Any:
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


def _is_space(part: object) -> bool:
    return isinstance(part, str) and not part.strip()
