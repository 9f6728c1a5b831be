"""Every formula of a workbook computed without a spreadsheet program, by an engine and our functions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from mrr_xl import cell_errors, clock
from mrr_xl.calculator.calls import Calls
from mrr_xl.calculator.cells_read import CellsRead
from mrr_xl.calculator.engine import Engine
from mrr_xl.calculator.judged import judged, reading
from mrr_xl.calculator.kept import Kept
from mrr_xl.calculator.known_differences import may_have_failed
from mrr_xl.calculator.left_out import not_there, readers
from mrr_xl.calculator.mistakes import sentences
from mrr_xl.calculator.parsing import by_chance, calls_ours, is_too_long, moves
from mrr_xl.calculator.references import (
    names_calling,
    reads_cell,
    unknown,
    unknown_names,
)
from mrr_xl.calculator.rounds import Rounds
from mrr_xl.calculator.saved import is_of_excel, saved_values
from mrr_xl.calculator.slim_copy import MOST, slim_copy
from mrr_xl.calculator.texts import FormulaCell, Texts, Values
from mrr_xl.errors import MrrError
from mrr_xl.functions.books import Source
from mrr_xl.xlsx.cell_checks import check_cells
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

_NOT_AVAILABLE, _NO_NAME, _NO_CELL, _REFUSED = "#N/A", "#NAME?", "#REF!", "#VALUE!"
_LANGUAGE = re.compile(rb"<dc:language>\s*([a-z]{2})[-_]([A-Z]{2})\s*</dc:language>")


class Computed(NamedTuple):
    """What every formula gives that can be computed, and a sentence for everything that went wrong.

    moving: formulas that give something else each day, but for those that do so each time. otherwise: those for which
    Excel saved another value. stuck: of these, those that need the ledger's rows, so that their values go stale where
    they don't change. lacking: those for which the file has #NAME?, those that call our functions and for which it has
    another value, and those that need either: what saved it lacked a function, or ours could not start, or were older.
    cut: those whose answers are larger than their fixed areas.
    """

    values: Values
    sentences: list[str]
    moving: set[FormulaCell]
    otherwise: set[FormulaCell]
    stuck: set[FormulaCell]
    lacking: AbstractSet[FormulaCell] = frozenset()
    cut: Sequence[FormulaCell] = ()


def calculate(
    workbook: Workbook,
    sources: Mapping[str, Source] | None = None,
    ledger: Table | None = None,
    now: dt.datetime | None = None,
) -> Computed:
    """Compute every formula of a workbook, which stays as it is.

    sources: data by lower-case table name, used instead of that table's own rows. ledger: the ledger's table, where
    the values that Excel saved are to judge those that are computed. now: what NOW and TODAY
    give, by default the time.

    Formulas that can't be computed (an unknown function) are left out, so that the file keeps the value it had there,
    and the formulas that refer to them use that value.
    """
    sources = sources or {}
    texts = Texts(workbook)
    kept, ours = Kept(workbook, texts), list[FormulaCell]()
    bad_names, our_names = unknown_names(workbook), names_calling(workbook, calls_ours)
    for formula in texts:
        like = texts.like(formula)
        if formula in texts.tables:
            kept.add(None, formula, "a data table")
        elif is_too_long(like):
            kept.add(None, formula, "it is longer than a formula can be")
        elif why := unknown(like, bad_names):
            kept.add(None, formula, ", ".join(why))
        elif _has(like, calls_ours, our_names):
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

    constants = {*kept.why, *ours, *shown}
    content = slim_copy(workbook, texts, constants, {*ours, *shown}, unread)
    try:
        engine = Engine(content, _profile(workbook), now or clock.now())
    except MrrError:
        check_cells(workbook)  # names the cell, if it is one that the engine refused
        raise
    try:
        for formula in kept.why.keys() - constants:  # whose table was found to be too large only then
            kept.add(engine, formula, kept.why[formula])
        engine.put(
            {(name, *cell): _NOT_AVAILABLE for name, at in shown for cell in at.cells()[: 1 if at.grows else None]}
        )
        calls = Calls(CellsRead(workbook, sources, kept.by_cell), kept.without_value)
        rounds = Rounds(engine, calls, ours, texts, kept)
        computed = [formula for formula in texts if formula not in shown]
        while True:
            rounds.run()
            values = _values(engine, [formula for formula in computed if formula not in kept.why])
            if not kept.follow(engine) and not _keep_what_failed(engine, kept, texts, values):
                break
        moving, random = (rounds.needing(_calling(workbook, texts, values, calls)) for calls in (moves, by_chance))
        otherwise, stuck, lacking = set[FormulaCell](), set[FormulaCell](), set[FormulaCell]()
        if ledger is not None:
            others, without_name = judged(workbook, values)
            wrong = others.intersection(ours)  # a sentence of an add-in that could not start, say; ours are known here
            if not {*ours}.isdisjoint(without_name):  # IFERROR shows no #NAME? where our functions are missing
                without_name += wrong
            lacking = rounds.needing(without_name) & values.keys()
            otherwise = others - moving - random - lacking if is_of_excel(workbook) else otherwise
            lacking |= rounds.needing([*wrong]) & values.keys()
            if otherwise:
                line = [(ledger.sheet, ledger.first_line, column) for column in range(ledger.left, ledger.right + 1)]
                stuck = otherwise & rounds.needing(reading(workbook, ledger, texts, [*values], ours), line)
    finally:
        engine.close()
    for name, at in shown:
        values[name, at] = dict.fromkeys(at.cells()[: 1 if at.grows else None], _NOT_AVAILABLE)
    mistaken = [(name, at) for (name, at), cells in values.items() if cells[at.row, at.column] == _REFUSED]
    tables = {table.name: table for table in workbook.tables}
    left_out = [not_there(tables[name], formulas) for name, formulas in emptied.items() if formulas]
    lines = kept.sentences(texts, [name.lower() for name in tables])
    return Computed(
        values,
        [*sentences(mistaken, rounds.mistakes, rounds.following(mistaken)), *lines, *left_out],
        moving - random,
        otherwise,
        stuck,
        lacking,
        rounds.cut(),
    )


def _calling(
    workbook: Workbook, texts: Texts, among: Collection[FormulaCell], calls: Callable[[str], bool]
) -> list[FormulaCell]:
    """The formulas that call what a test finds, by themselves or through a name."""
    names = names_calling(workbook, calls)
    return [formula for formula in among if _has(texts.like(formula), calls, names)]


def _has(formula: str, calls: Callable[[str], bool], names: re.Pattern[str] | None) -> bool:
    return calls(formula) or (names is not None and names.search(formula) is not None)


def _values(engine: Engine, formulas: list[FormulaCell]) -> Values:
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


def _keep_what_failed(engine: Engine, kept: Kept, texts: Texts, values: Values) -> bool:
    """Keep formulas that the engine could not compute, and those that need themselves, which are #REF! to it."""
    failed = [formula for formula, cells in values.items() if _NO_NAME in cells.values()]
    for formula in failed:
        kept.add(engine, formula, "")
    doubtful = [formula for formula, cells in values.items() if _may_have_failed(kept, formula, texts, cells)]
    for formula in doubtful:
        kept.add(engine, formula, may_have_failed(texts.like(formula)))
    circular = [formula for formula, cells in values.items() if _needs_itself(engine, formula, texts, cells)]
    for formula in circular:
        kept.add(engine, formula, "it needs its own value")
    return bool(failed or doubtful or circular)


def _may_have_failed(kept: Kept, formula: FormulaCell, texts: Texts, cells: Mapping[tuple[int, int], Any]) -> bool:
    """Whether a formula whose errors may not be Excel's has one, and had none."""
    had = saved_values(kept.workbook, formula) or {}
    return _has_error(cells) and not _has_error(had) and bool(may_have_failed(texts.like(formula)))


def _has_error(cells: Mapping[tuple[int, int], Any]) -> bool:
    return any(isinstance(value, str) and value in cell_errors.TEXTS for value in cells.values())


def _needs_itself(engine: Engine, formula: FormulaCell, texts: Texts, cells: Mapping[tuple[int, int], Any]) -> bool:
    at, cell = formula[1], (formula[0], formula[1].row, formula[1].column)
    if formula in texts.single and reads_cell(texts[formula], *cell):
        return True
    if cells[at.row, at.column] != _NO_CELL or _NO_CELL in texts[formula]:
        return False
    return any(cell in engine.dependents(other) for other in engine.dependents(cell))


def _profile(workbook: Workbook) -> str | None:
    """The engine's name for the language of the workbook, if its properties tell."""
    match = _LANGUAGE.search(workbook.package.parts.get("docProps/core.xml", b""))
    return None if match is None else f"win-365-{match[1].decode()}_{match[2].decode()}"
