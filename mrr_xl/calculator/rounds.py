"""Our functions and the engine by turns, until no answer changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence, Set
from typing import Any

from mrr_xl.calculator.calls import Calls, Mistakes
from mrr_xl.calculator.cells_read import NotComputed, Rows
from mrr_xl.calculator.engine import Cell, Engine
from mrr_xl.calculator.kept import Kept
from mrr_xl.calculator.loops import FormulaText
from mrr_xl.calculator.prepared import prepared, spilling
from mrr_xl.calculator.structured import with_ranges
from mrr_xl.calculator.texts import FormulaCell, Texts
from mrr_xl.xlsx.sheet import Formula

_MOST = 400


class Rounds:
    """The formulas that call our functions, what each of them has been set to, and what it was refused for."""

    def __init__(self, engine: Engine, calls: Calls, formulas: Sequence[FormulaCell], texts: Texts, kept: Kept) -> None:
        self.engine, self.calls, self.texts, self.kept = engine, calls, texts, kept
        # Handles first: a cell may hold the one that it had, and the formulas over it are not computed again then.
        self.formulas = sorted(formulas, key=lambda formula: "MRR_LEDGER" not in texts.like(formula).upper())
        self._tables = {table.name.lower(): table for table in kept.workbook.tables}
        self.mistakes: dict[FormulaCell, Mistakes] = {}
        self._set: dict[FormulaCell, dict[Cell, Any]] = {}
        self._again: set[FormulaCell] = set()
        self._needs: dict[FormulaCell, set[Cell] | None] = {}  # None: any cell may change it
        self._larger: dict[FormulaCell, bool] = {}  # whether an answer is larger than the fixed area for it

    def run(self) -> None:
        """Compute until nothing changes; what never comes to rest keeps its value."""
        if not self.formulas:
            self.engine.recalculate()
            return
        due = self._due(self.calls.refresh(self.engine))
        for _ in range(min(len(self.formulas) + 2, _MOST)):
            self._compute(due)
            self.engine.recalculate()
            due = self._due(self.calls.refresh(self.engine))
            if not due:
                break
        for formula in [*due, *filter(self._needs_itself, self.formulas)]:
            self.kept.add(self.engine, formula, "it needs its own value")
        self.engine.recalculate()

    def cut(self) -> list[FormulaCell]:
        """The formulas whose answers are larger than their fixed areas, of which the rest is not shown."""
        return [formula for formula in self.formulas if self._larger.get(formula) and formula not in self.kept.why]

    def _due(self, changed: Set[Cell]) -> list[FormulaCell]:
        """The formulas that may have another answer, once these cells changed."""
        due = []
        for formula in self.formulas:
            needs = self._needs.get(formula, set())
            new = formula not in self._set
            if formula not in self.kept.why and (new or (changed if needs is None else not changed.isdisjoint(needs))):
                due.append(formula)
        return due

    def needing(self, formulas: Sequence[FormulaCell], read: Iterable[Cell] = ()) -> set[FormulaCell]:
        """These formulas, and those that need them, through others and through our functions, too.

        read: cells that most of them read, so that the engine is not asked for each formula, which takes its time.
        """
        found, cells = set[FormulaCell](), set[Cell]()
        for cell in read:
            cells.update(self.engine.dependents(cell))
        new = set(formulas)
        while new:
            for name, at in new - found:
                if (name, at.row, at.column) not in cells:
                    cells.update((name, *cell) for cell in at.cells())
                    cells.update(self.engine.dependents((name, at.row, at.column)))
            found |= new | {self.kept.by_cell[cell] for cell in cells if cell in self.kept.by_cell}
            new = {ours for ours, needs in self._needs.items() if needs is None or not needs.isdisjoint(cells)} - found
        return found

    def following(self, mistaken: Sequence[FormulaCell]) -> set[FormulaCell]:
        """Those of them whose functions read a cell of another one: what these say follows from it."""
        of = {(name, *cell): (name, at) for name, at in mistaken for cell in at.cells()}
        return {
            formula
            for formula in mistaken
            if any(of[cell] != formula for cell in of.keys() & (self._needs.get(formula) or set[Cell]()))
        }

    def _needs_itself(self, formula: FormulaCell) -> bool:
        """Whether a formula, which was computed again once it had changed, needs cells that need it."""
        needs = self._needs.get(formula)
        if formula in self.kept.why or formula not in self._again or not needs:
            return False
        return not needs.isdisjoint(self.engine.dependents((formula[0], formula[1].row, formula[1].column)))

    def _compute(self, formulas: Sequence[FormulaCell]) -> None:
        """Give the engine the answers of our functions in these formulas."""
        values: dict[Cell, Any] = {}
        for formula in formulas:
            if formula in self._set:
                self._again.add(formula)
            self.calls.begin()
            try:
                new = self._computed(formula)
            except NotComputed as reason:
                self.kept.add(self.engine, formula, str(reason))
                self.mistakes.pop(formula, None)
                continue
            self.mistakes[formula] = self.calls.mistakes
            self._needs[formula] = None if self.calls.anywhere else self.calls.cells.seen
            if self._set.get(formula) != new:
                self._set[formula] = new
                values |= new
        self.engine.put(values)

    def _computed(self, formula: FormulaCell) -> dict[Cell, Any]:
        """What the engine is given in a formula's place: a formula without our functions, or its cells' values."""
        (name, at), text = formula, prepared(self.texts[formula])
        cell = (name, at.row, at.column)
        rows = self.calls.whole(self.engine, text, cell)
        if rows is None:
            written = self.calls.text(self.engine, text, cell)
            written = written and with_ranges(f"={written}", at.row, self._tables).removeprefix("=")
            if not written:
                raise NotComputed("it can't be read")
            if at.grows:
                return {cell: FormulaText(f"={spilling(written) if formula in self.texts.anchors else written}")}
            if not at.area:
                return {cell: FormulaText(f"=SINGLE({written})")}
            self.calls.anywhere = True
            rows = self.engine.evaluated(cell, f"={written}")
        elif at.grows and (len(rows) > 1 or len(rows[0]) > 1):
            return {cell: FormulaText(f"={self.calls.written(self.engine, rows)}")}
        elif at.grows and formula in self.texts.anchors:
            return {cell: FormulaText(f"={spilling(self.calls.written(self.engine, rows))}")}
        filled = _filled(at, rows)
        self._larger[formula] = at.area is not None and not at.grows and not _has_room(filled, at, rows)
        return {(name, *place): value for place, value in filled.items()}


def _filled(at: Formula, rows: Rows) -> dict[tuple[int, int], Any]:
    """The values of a formula's cells: an answer of one row or column again and again, #N/A beyond any other."""
    height, width = len(rows), len(rows[0])
    values = {}
    for row, column in at.cells() if at.area and not at.grows else [(at.row, at.column)]:
        down, right = 0 if height == 1 else row - at.row, 0 if width == 1 else column - at.column
        values[row, column] = rows[down][right] if down < height and right < width else "#N/A"
    return values


def _has_room(filled: Collection[tuple[int, int]], at: Formula, rows: Rows) -> bool:
    """Whether the cells of a formula's area are enough for its answer."""
    return (at.row + len(rows) - 1, at.column + len(rows[0]) - 1) in filled
