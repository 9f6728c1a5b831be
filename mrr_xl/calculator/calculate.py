"""Every formula of a workbook computed without a spreadsheet program, by formualizer and our functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import formualizer as fz
from openpyxl.utils import quote_sheetname
from openpyxl.utils.cell import get_column_letter

from mrr_xl.calculator.kept import Kept, evaluated, value_of, without_rows
from mrr_xl.calculator.mistakes import Mistakes, sentences
from mrr_xl.calculator.references import unknown, unknown_names
from mrr_xl.calculator.whole_tables import WholeTables
from mrr_xl.errors import MrrError
from mrr_xl.functions.books import Content, Source
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.hosts.lite import without_prefix
from mrr_xl.metrics import REGISTRY
from mrr_xl.xlsx.package import WORKBOOK
from mrr_xl.xlsx.sheet import Formula
from mrr_xl.xlsx.workbook import Workbook

Values = dict[str, dict[tuple[int, int], Any]]


def calculate(workbook: Workbook, sources: Mapping[str, Source] | None = None) -> tuple[Values, list[str]]:
    """The value of every formula cell, by sheet and (row, column), and a sentence for everything that went wrong.

    sources: data by lower-case table name, used instead of that table's own rows.

    Formulas that the calculator can't compute (an unknown function) are left out, so that the file keeps
    the value it had there, and the formulas that refer to them use that value.
    """
    sheets = workbook.sheets
    formulas = [(name, formula) for name, sheet in sheets.items() for formula in sheet.formulas()]
    kept = Kept(workbook, formulas)
    content = workbook.package.content(compressed=False)
    engine = fz.Workbook.from_bytes(content, backend="native", config=_one_thread())
    engine.set_temporal_egress("serial")
    known = workbook.tables
    for table in known:
        # Without its total row, whose own formulas would be taken for circular.
        bounds = (table.top, table.left, table.last_line, table.right)
        engine.add_table(table.name, table.sheet, bounds, table.columns, totals_row=False)
    problems: Mistakes = {}
    handles = WholeTables({table.name.lower(): table for table in known}, formulas, sources or {})
    for name, function in sheet_functions(undefined={"type": "Error", "kind": "Na"}).items():
        most = len(REGISTRY[name].arguments)
        engine.register_function(name, _noting(_once(function), handles, problems), min_args=1, max_args=most)
    names, texts, shortened = unknown_names(workbook), {}, {}
    for name, at in formulas:
        row, column = at.row, at.column
        text = without_prefix("=" + (engine.get_formula(name, row, column) or "").removeprefix("="))
        if why := unknown(text, names):
            kept.add(engine, name, at, ", ".join(why))
        elif _USES_TABLE.search(text) or _calls_ours(text):
            shortened[name, at] = handles.shorten(text, row)
            engine.set_formula(name, row, column, shortened[name, at])
        texts[name, at] = text
    empty = [table for table in known if table.name.lower() in handles.sources]
    emptied = without_rows(workbook, engine, empty, texts | shortened, kept)
    if handles.read_tables(engine):
        # A function such as IF makes the calculator compute more than it was asked for, and ours had no table yet.
        problems.clear()
        for (name, at), text in shortened.items():
            engine.set_formula(name, at.row, at.column, text)
    evaluated(engine, texts, kept)
    if handles.stopped is not None:
        raise handles.stopped
    values: Values = {name: {} for name in sheets}
    mistaken = {}
    for name, at in formulas:
        row, column = at.row, at.column
        if (name, at) in kept.why:
            continue
        area = _extent(engine, name, at) if at.grows else at.area
        if area is not None and area != at.area:
            sheets[name].spread(row, column, area)
        for cell in at.cells(area):
            values[name][cell] = value_of(engine.get_value(name, *cell))
        if values[name][row, column] == "#VALUE!" and _calls_ours(texts[name, at]):
            mistaken[name, at] = shortened.get((name, at), texts[name, at])
    refused = sentences(engine, mistaken, problems)
    return values, [*refused, *kept.sentences(texts, list(handles.known)), *emptied]


def _extent(engine: Any, sheet: str, formula: Formula) -> str:
    """The range that a formula's result takes."""
    cell = f"{get_column_letter(formula.column)}{formula.row}"
    spill = engine.inspect_cell(f"{quote_sheetname(sheet)}!{cell}", include_values=False).cell.spill
    extent = None if spill is None else spill.to_dict()["extent"]
    return str(extent).rpartition("!")[2] if extent else f"{cell}:{cell}"


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


def _one_thread() -> Any:
    """Our functions are Python: threads would wait for each other and compute the same ledger twice."""
    evaluation = fz.EvaluationConfig()
    evaluation.enable_parallel = False
    return fz.WorkbookConfig(eval_config=evaluation)


_CALL = re.compile(r"(\w+)\s*\(")
_USES_TABLE = re.compile(r"\w\[")


def _calls_ours(formula: str) -> bool:
    return any(name.upper() in REGISTRY for name in _CALL.findall(formula))


def _once(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that computes the same call over a whole table once, however many cells make it."""
    results: dict[tuple[Content | Source, str], Any] = {}

    @wraps(function)
    def remembered(data: Any, *rest: Any) -> Any:
        if not isinstance(data, (Content, Source)):
            return function(data, *rest)
        call = (data, repr(rest))
        if call not in results:
            results[call] = function(data, *rest)
        return results[call]

    return remembered


def _noting(function: Callable[..., Any], handles: WholeTables, problems: Mistakes) -> Callable[..., Any]:
    def noted(data: Any, *rest: Any) -> Any:
        try:
            return function(handles.resolved(data), *rest)
        except MrrError as error:
            functions = problems.setdefault(str(error), [])
            functions += [function.__name__] if function.__name__ not in functions else []
            if rest and isinstance(rest[0], list) and "month" in list(REGISTRY[function.__name__].arguments)[1:2]:
                return [[{"type": "Error", "kind": "Value"} for _ in row] for row in rest[0]]  # one for each month
            raise
        except KeyboardInterrupt as stop:
            handles.stopped = stop  # the calculator takes it for the error of a cell and goes on
            raise

    return noted
