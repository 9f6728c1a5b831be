"""Every formula of a workbook computed without a spreadsheet program, by formualizer and our functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import formualizer as fz
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
from mrr_xl.xlsx.package import Package, sheet_parts
from mrr_xl.xlsx.sheet import Formula, Sheet
from mrr_xl.xlsx.tables import tables

Values = dict[str, dict[tuple[int, int], Any]]


def calculate(package: Package, sources: Mapping[str, Source] | None = None) -> tuple[Values, list[str]]:
    """The value of every formula cell, by sheet and (row, column), and what went wrong in sentences.

    sources: data that stands for a table of this name, in small letters, instead of the table's own rows.

    Formulas that the calculator can't compute (an unknown function) are left out, so that the file keeps
    what it had there, and the formulas over them take that.
    """
    sheets = {name: Sheet(package, part) for name, part in sheet_parts(package).items()}
    formulas = [(name, found) for name, sheet in sheets.items() for found in sheet.formulas()]
    kept = Kept(package, sheets, formulas)
    book = fz.Workbook.from_bytes(package.content(compressed=False), backend="native", config=_one_thread())
    book.set_temporal_egress("serial")
    known = tables(package)
    for table in known:
        # Without its total row, whose own formulas would be taken for circular.
        bounds = (table.top, table.left, table.bottom - (1 if table.has_totals else 0), table.right)
        book.add_table(table.name, table.sheet, bounds, table.columns, totals_row=False)
    problems: Mistakes = {}
    handles = WholeTables({table.name.lower(): table for table in known}, formulas, sources or {})
    for name, function in sheet_functions(undefined={"type": "Error", "kind": "Na"}).items():
        most = len(REGISTRY[name].arguments)
        book.register_function(name, _noting(_once(function), handles, problems), min_args=1, max_args=most)
    names, texts, shortened = unknown_names(package), {}, {}
    for name, at in formulas:
        row, column = at.row, at.column
        text = without_prefix("=" + (book.get_formula(name, row, column) or "").removeprefix("="))
        if why := unknown(text, names):
            kept.add(book, name, at, ", ".join(why))
        elif _USES_TABLE.search(text) or _calls_ours(text):
            shortened[name, at] = handles.shorten(text, row)
            book.set_formula(name, row, column, shortened[name, at])
        texts[name, at] = text
    empty = [table for table in known if table.name.lower() in handles.sources]
    emptied = without_rows(package, book, empty, texts | shortened, kept)
    if handles.read_tables(book):
        # A choice such as IF makes the calculator compute more than it is asked for, and ours had no table yet.
        problems.clear()
        for (name, at), text in shortened.items():
            book.set_formula(name, at.row, at.column, text)
    evaluated(book, texts, kept)
    if handles.stopped is not None:
        raise handles.stopped
    values: Values = {name: {} for name in sheets}
    mistaken = {}
    for name, at in formulas:
        row, column = at.row, at.column
        if (name, at) in kept.why:
            continue
        area = _extent(book, name, at) if at.grows else at.area
        if area is not None and area != at.area:
            sheets[name].spread(row, column, area)
        for place in at.places(area):
            values[name][place] = value_of(book.get_value(name, *place))
        if values[name][row, column] == "#VALUE!" and _calls_ours(texts[name, at]):
            mistaken[name, at] = shortened.get((name, at), texts[name, at])
    told = sentences(book, mistaken, problems)
    return values, [*told, *kept.sentences(texts, list(handles.known)), *emptied]


def _extent(book: Any, sheet: str, formula: Formula) -> str:
    """The range that an answer takes."""
    cell = f"{get_column_letter(formula.column)}{formula.row}"
    quoted = sheet.replace("'", "''")
    found = book.inspect_cell(f"'{quoted}'!{cell}", include_values=False).cell.spill
    extent = None if found is None else found.to_dict()["extent"]
    return str(extent).rpartition("!")[2] if extent else f"{cell}:{cell}"


def store(package: Package, values: Values) -> None:
    """Values written beside their formulas, and the file told not to compute anew on opening.

    So it reads right in a viewer, on a phone and where no add-in is, and lives where the functions are.
    """
    parts = sheet_parts(package)
    for name, found in values.items():
        sheet = Sheet(package, parts[name])
        for (row, column), value in found.items():
            new, above = column not in sheet.cells(row), sheet.cells(row - 1).get(column)
            # What an answer needs beyond the cells that were dressed for it looks like the rest of it.
            look = above.get("s") if new and above is not None else None
            sheet.put(row, column, value, keep_formula=True, style=look)
    for settings in package.root("xl/workbook.xml", touch=True).iter("{*}calcPr"):
        settings.attrib.pop("fullCalcOnLoad", None)


def _one_thread() -> Any:
    """Our functions are Python: threads would wait for each other, and compute the same ledger twice."""
    evaluation = fz.EvaluationConfig()
    evaluation.enable_parallel = False
    return fz.WorkbookConfig(eval_config=evaluation)


_CALL = re.compile(r"(\w+)\s*\(")
_USES_TABLE = re.compile(r"\w\[")


def _calls_ours(formula: str) -> bool:
    return any(name.upper() in REGISTRY for name in _CALL.findall(formula))


def _once(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that computes the same call over a whole table once, in however many cells it stands."""
    answers: dict[tuple[Content | Source, str], Any] = {}

    @wraps(function)
    def answered(data: Any, *rest: Any) -> Any:
        if not isinstance(data, (Content, Source)):
            return function(data, *rest)
        call = (data, repr(rest))
        if call not in answers:
            answers[call] = function(data, *rest)
        return answers[call]

    return answered


def _noting(function: Callable[..., Any], handles: WholeTables, problems: Mistakes) -> Callable[..., Any]:
    def noted(data: Any, *rest: Any) -> Any:
        try:
            return function(handles.resolved(data), *rest)
        except MrrError as error:
            stopped = problems.setdefault(str(error), [])
            stopped += [function.__name__] if function.__name__ not in stopped else []
            if rest and isinstance(rest[0], list) and "month" in list(REGISTRY[function.__name__].arguments)[1:2]:
                return [[{"type": "Error", "kind": "Value"} for _ in row] for row in rest[0]]  # one for each month
            raise
        except KeyboardInterrupt as stop:
            handles.stopped = stop  # the calculator takes it for the error of a cell and goes on
            raise

    return noted
