"""Every formula of a workbook computed without a spreadsheet program, by an engine and our functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from openpyxl.utils.cell import get_column_letter

from mrr_xl.calculator.calls import Calls
from mrr_xl.calculator.cells_read import CellsRead
from mrr_xl.calculator.engine import Engine
from mrr_xl.calculator.kept import Kept
from mrr_xl.calculator.left_out import not_there, readers
from mrr_xl.calculator.mistakes import sentences
from mrr_xl.calculator.parsing import calls_ours
from mrr_xl.calculator.references import names_calling_ours, reads_cell, unknown, unknown_names
from mrr_xl.calculator.rounds import Rounds
from mrr_xl.calculator.slim_copy import MOST, slim_copy
from mrr_xl.calculator.texts import FormulaCell, Texts
from mrr_xl.functions.books import Source
from mrr_xl.xlsx.package import WORKBOOK
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

Values = dict[str, dict[tuple[int, int], Any]]
_NOT_AVAILABLE, _NO_NAME, _NO_CELL, _REFUSED = "#N/A", "#NAME?", "#REF!", "#VALUE!"
_LANGUAGE = re.compile(rb"<dc:language>\s*([a-z]{2})[-_]([A-Z]{2})\s*</dc:language>")


def calculate(workbook: Workbook, sources: Mapping[str, Source] | None = None) -> tuple[Values, list[str]]:
    """The value of every formula cell, by sheet and (row, column), and a sentence for everything that went wrong.

    sources: data by lower-case table name, used instead of that table's own rows.

    Formulas that can't be computed (an unknown function) are left out, so that the file keeps the value it had there,
    and the formulas that refer to them use that value.
    """
    sources = sources or {}
    texts = Texts(workbook)
    kept, ours = Kept(workbook, texts), list[FormulaCell]()
    bad_names, our_names = unknown_names(workbook), names_calling_ours(workbook)
    for formula in texts:
        like = texts.like(formula)
        if formula in texts.tables:
            kept.add(None, formula, "a data table")
        elif why := unknown(like, bad_names):
            kept.add(None, formula, ", ".join(why))
        elif calls_ours(like) or (our_names and our_names.search(like)):
            ours.append(formula)
    emptied = {
        table.name: readers(workbook, table, texts, [formula for formula in texts if formula not in kept.why])
        for table in workbook.tables
        if table.name.lower() in sources
    }
    shown = {formula for formulas in emptied.values() for formula in formulas}
    ours = [formula for formula in ours if formula not in shown]

    def unread(table: Table, size: int) -> bool:
        reading = readers(workbook, table, texts, [formula for formula in texts if formula not in kept.why])
        if size > MOST:
            for formula in reading:
                kept.add(None, formula, f"the rows of {table.name} are too many")
        return size > MOST or not reading

    content = slim_copy(workbook, texts, {*kept.why, *ours, *shown}, {*ours, *shown}, unread)
    engine = Engine(content, _profile(workbook))
    try:
        engine.put(
            {(name, *cell): _NOT_AVAILABLE for name, at in shown for cell in at.cells()[: 1 if at.grows else None]}
        )
        calls = Calls(CellsRead(workbook, sources, kept.by_cell), kept.without_value)
        rounds = Rounds(engine, calls, ours, texts, kept)
        computed = [formula for formula in texts if formula not in shown]
        while True:
            rounds.run()
            values = _values(engine, workbook, [formula for formula in computed if formula not in kept.why])
            if not kept.follow(engine) and not _keep_what_failed(engine, kept, texts, values):
                break
    finally:
        engine.close()
    for name, at in shown:
        values[name, at] = dict.fromkeys(at.cells()[: 1 if at.grows else None], _NOT_AVAILABLE)
    mistaken = [(name, at) for (name, at), cells in values.items() if cells[at.row, at.column] == _REFUSED]
    by_sheet: Values = {name: {} for name in workbook.sheets}
    for (name, at), cells in values.items():
        by_sheet[name] |= cells
        _fit(workbook, name, at, cells)
    tables = {table.name: table for table in workbook.tables}
    left_out = [not_there(tables[name], formulas) for name, formulas in emptied.items() if formulas]
    lines = kept.sentences(texts, [name.lower() for name in tables])
    return by_sheet, [*sentences(mistaken, rounds.mistakes), *lines, *left_out]


def _values(
    engine: Engine, workbook: Workbook, formulas: list[FormulaCell]
) -> dict[FormulaCell, dict[tuple[int, int], Any]]:
    """What the cells of each formula hold."""
    cells = {}
    for name, at in formulas:
        if at.grows:
            rows, columns = engine.extent((name, at.row, at.column))
            cells[name, at] = [(at.row + down, at.column + right) for down in range(rows) for right in range(columns)]
        else:
            cells[name, at] = at.cells()
    found = iter(engine.values([(name, *cell) for (name, _), places in cells.items() for cell in places]))
    return {formula: {cell: next(found) for cell in places} for formula, places in cells.items()}


def _keep_what_failed(
    engine: Engine, kept: Kept, texts: Texts, values: Mapping[FormulaCell, Mapping[tuple[int, int], Any]]
) -> bool:
    """Keep formulas that the engine could not compute, and those that need themselves, which are #REF! to it."""
    failed = [formula for formula, cells in values.items() if _NO_NAME in cells.values()]
    for formula in failed:
        kept.add(engine, formula, "")
    circular = [formula for formula, cells in values.items() if _needs_itself(engine, formula, texts, cells)]
    for formula in circular:
        kept.add(engine, formula, "it needs its own value")
    return bool(failed or circular)


def _needs_itself(engine: Engine, formula: FormulaCell, texts: Texts, cells: Mapping[tuple[int, int], Any]) -> bool:
    at, cell = formula[1], (formula[0], formula[1].row, formula[1].column)
    if formula in texts.single and reads_cell(texts[formula], *cell):
        return True
    if cells[at.row, at.column] != _NO_CELL or _NO_CELL in texts[formula]:
        return False
    return any(cell in engine.dependents(other) for other in engine.dependents(cell))


def _fit(workbook: Workbook, name: str, at: Any, cells: Mapping[tuple[int, int], Any]) -> None:
    """Let an array's range in the file be the cells that its answer takes, and clear those that it left."""
    if not at.grows:
        return
    sheet = workbook.sheet(name)
    (bottom, right) = max(cells)
    area = f"{get_column_letter(at.column)}{at.row}:{get_column_letter(right)}{bottom}"
    if area != at.area:
        sheet.spread(at.row, at.column, area)
    for row, column in at.cells():
        if (row, column) not in cells:
            sheet.put(row, column, None)


def _profile(workbook: Workbook) -> str | None:
    """The engine's name for the language of the workbook, if its properties tell."""
    match = _LANGUAGE.search(workbook.package.parts.get("docProps/core.xml", b""))
    return None if match is None else f"win-365-{match[1].decode()}_{match[2].decode()}"


def store(workbook: Workbook, values: Values) -> None:
    """Write values beside their formulas, and let Excel open the file without recalculating it.

    So the figures are right in a viewer, on a phone and where there is no add-in, and live where the functions are.
    """
    for name, sheet_values in values.items():
        sheet = workbook.sheet(name)
        for (row, column), value in sheet_values.items():
            new, above = column not in sheet.cells(row), sheet.cells(row - 1).get(column)
            # Cells that a result needs beyond those that were formatted for it look like the one above.
            look = above.get("s") if new and above is not None else None
            sheet.put(row, column, value, keep_formula=True, style=look)
    for settings in workbook.package.root(WORKBOOK, touch=True).iter("{*}calcPr"):
        settings.attrib.pop("fullCalcOnLoad", None)
