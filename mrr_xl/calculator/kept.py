"""Formulas that can't be computed here: their cells keep their values, and formulas that refer to them use those."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import formualizer as fz
from openpyxl.utils import quote_sheetname
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, get_column_letter

from mrr_xl import cell_errors
from mrr_xl.calculator.references import names_of_rows, reads_rows
from mrr_xl.errors import MrrError, listed
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.sheet import Formula, Sheet
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

UNKNOWN = object()
_NOTHING = {"type": "Error", "kind": "Name"}
_MANY = 10_000_000

FormulaCell = tuple[str, Formula]  #: the sheet's name, and where on it the formula stands


def value_of(answer: Any) -> Any:
    """The calculator's answer for a cell as a value; UNKNOWN where it could not compute it."""
    return (cell_errors.from_calculator(str(answer.get("kind"))) or UNKNOWN) if isinstance(answer, dict) else answer


class Kept:
    """The formulas that keep their values, and why."""

    def __init__(self, workbook: Workbook, formulas: Sequence[FormulaCell]) -> None:
        self.workbook = workbook
        self.why: dict[FormulaCell, str] = {}
        self.without_value: list[FormulaCell] = []
        self.by_cell = {(name, *cell): (name, formula) for name, formula in formulas for cell in formula.cells()}
        self.cleared = _clear_arrays(workbook.sheets, formulas)

    def add(self, engine: Any, name: str, at: Formula, why: str) -> None:
        """Keep the values of a formula's cells, in the file and for the formulas that refer to them."""
        self.why[name, at] = why
        for row, column in at.cells():
            cell = self.workbook.sheet(name).cells(row).get(column)
            if (name, row, column) in self.cleared and cell is not None:
                kind, children = self.cleared[name, row, column]
                cell.extend(children)
                if kind:
                    cell.set("t", kind)
            value = self._old_value(cell)
            engine.set_value(name, row, column, _NOTHING if value is None else value)
            if value is None and (row, column) == (at.row, at.column):
                self.without_value.append((name, at))

    def _old_value(self, cell: Any) -> Any:
        kind, text = (None, None) if cell is None else (cell.get("t"), cell.findtext(f"{MAIN}v"))
        if kind == "e":
            kind = cell_errors.to_calculator(text or "")
            return None if kind is None else {"type": "Error", "kind": kind}
        return text == "1" if kind == "b" and text else self.workbook.value(cell)

    def follow(self, engine: Any) -> None:
        """Keep the values of formulas that need a cell without a value, too, rather than compute them from nothing."""
        while self.without_value:
            name, at = self.without_value.pop()
            needed = name_of(name, at)
            for row, column in at.cells():
                address = f"{quote_sheetname(name)}!{get_column_letter(column)}{row}"
                for dependent in engine.dependents(address, max_results=_MANY, max_work=_MANY).dependents:
                    sheet, _, cell = dependent.cell.rpartition("!")
                    letters, number = coordinate_from_string(cell)
                    sheet = sheet.strip("'").replace("''", "'")
                    needing = self.by_cell.get((sheet, number, column_index_from_string(letters)))
                    if needing is not None and needing not in self.why:
                        self.add(engine, *needing, f"it needs {needed}")

    def sentences(self, texts: dict[FormulaCell, str], tables: Sequence[str]) -> list[str]:
        """One sentence for all formulas that can't be computed for the same reason."""
        groups: dict[str, list[FormulaCell]] = {}
        for formula, why in self.why.items():
            groups.setdefault(why or texts[formula], []).append(formula)
        lines = []
        for formulas in groups.values():
            hint = _hint(texts[formulas[0]], self.why[formulas[0]], tables)
            keep = "keeps its old value" if len(formulas) == 1 else "keep their old values"
            lines.append(f"{cells(formulas)} can't be computed here and {keep}: {hint}")
        return lines


def evaluated(engine: Any, texts: dict[FormulaCell, str], kept: Kept) -> None:
    """Compute everything that can be computed; the rest is kept."""
    while True:
        try:
            engine.evaluate_all()
        except fz.ExcelEvaluationError as error:
            broken = [formula for formula, text in texts.items() if formula not in kept.why and _stops(text)]
            if not broken:
                raise MrrError(f"the workbook can't be computed here ({error})") from None
            for formula in broken:
                kept.add(engine, *formula, "")
            continue
        kept.follow(engine)
        new = [
            (name, at)
            for name, at in texts
            if (name, at) not in kept.why and value_of(engine.get_value(name, at.row, at.column)) is UNKNOWN
        ]
        before = len(kept.why)
        for formula in new:
            kept.add(engine, *formula, "")
        if not new and len(kept.why) == before:
            return


def without_rows(
    workbook: Workbook, engine: Any, tables: Sequence[Table], texts: dict[FormulaCell, str], kept: Kept
) -> list[str]:
    """Show #N/A, not a wrong figure, in formulas over rows of tables that stay empty; gives a sentence for each."""
    lines = []
    for table in tables:
        names = names_of_rows(workbook, table)
        readers = [
            (name, at)
            for (name, at), text in texts.items()
            if (name, at) not in kept.why and reads_rows(text, name, table, names)
        ]
        for name, at in readers:
            for cell in at.cells()[: 1 if at.grows else None]:
                engine.set_value(name, *cell, {"type": "Error", "kind": "Na"})
        if readers:
            single = len(readers) == 1
            lines.append(
                f"{cells(readers)} {'reads' if single else 'read'} the rows of table {table.name}, which are not in "
                f"the sheet, and {'shows' if single else 'show'} #N/A; only MRR functions over {table.name}[#All] can "
                "use them"
            )
    return lines


def cells(formulas: Sequence[FormulaCell]) -> str:
    """The cells of the first few formulas, and how many more there are.

    >>> cells([("Report", Formula(row, 2, None, False)) for row in range(1, 8)])
    'Report!B1, Report!B2, Report!B3, Report!B4, Report!B5 and 2 more'
    """
    return listed([name_of(*formula) for formula in formulas], 5)


def name_of(sheet: str, at: Formula) -> str:
    """The cell of a formula as a sentence names it.

    >>> name_of("Report", Formula(2, 3, None, False))
    'Report!C2'
    """
    return f"{sheet}!{get_column_letter(at.column)}{at.row}"


def _clear_arrays(sheets: dict[str, Sheet], formulas: Sequence[FormulaCell]) -> dict[tuple[str, int, int], Any]:
    """Clear arrays' values of an earlier computation, which would block the new ones; gives what was cleared."""
    cleared = {}
    for name, at in formulas:
        for row, column in at.cells():
            cell = sheets[name].cells(row).get(column)
            if (row, column) != (at.row, at.column) and cell is not None:
                cleared[name, row, column] = (cell.get("t"), list(cell))
                sheets[name].put(row, column, None)
    return cleared


def _stops(formula: str) -> bool:
    """Whether a formula stops the calculator, whatever the cells hold."""
    book = fz.Workbook()
    book.add_sheet("A")
    try:
        book.set_formula("A", 1, 1, formula)
        book.evaluate_cell("A", 1, 1)
    except fz.ExcelEvaluationError:
        return True
    return False


def _hint(formula: str, why: str, tables: Sequence[str]) -> str:
    formula = formula.removeprefix("=")
    shown = formula if len(formula) <= 60 else f"{formula[:57]}..."
    for name in tables:
        if argument := re.search(rf"\(\s*({re.escape(name)})\s*[,)]", formula, re.IGNORECASE):
            return f"{shown}; write {argument[1]}[#All] for the whole table"
    return shown if not why or why in shown else f"{shown} ({why})"
