"""Every formula of a workbook computed without a spreadsheet program, by formualizer and our functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import formualizer as fz
from openpyxl.utils.cell import get_column_letter

from mrr_xl.errors import MrrError
from mrr_xl.hosts.cells import Content, Source
from mrr_xl.hosts.functions import sheet_functions
from mrr_xl.metrics import REGISTRY
from mrr_xl.report.kept import Kept, evaluated, value_of, without_rows
from mrr_xl.report.lite import without_prefix
from mrr_xl.report.package import Formula, Package, Sheet, Table, sheet_parts, tables
from mrr_xl.report.references import unknown, unknown_names

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
    problems: list[str] = []
    handles = _Handles({table.name.lower(): table for table in known}, formulas, sources or {})
    for name, function in sheet_functions(undefined={"type": "Error", "kind": "Na"}).items():
        most = len(REGISTRY[name].arguments)
        book.register_function(name, _noting(_once(function), handles, problems), min_args=1, max_args=most)
    names, texts, shortened = unknown_names(package), {}, {}
    for name, at in formulas:
        row, column = at.row, at.column
        text = without_prefix("=" + (book.get_formula(name, row, column) or "").removeprefix("="))
        if why := unknown(text, names):
            kept.add(book, name, at, ", ".join(why))
        elif _USES_TABLE.search(text) or _OURS.search(text):
            shortened[name, at] = handles.shorten(_of_this_row(text, row, handles.known))
            book.set_formula(name, row, column, shortened[name, at])
        texts[name, at] = text
    empty = [table for table in known if table.name.lower() in handles.sources]
    emptied = without_rows(package, book, empty, texts | shortened, kept)
    handles.read_tables(book)
    evaluated(book, texts, kept)
    if handles.stopped is not None:
        raise handles.stopped
    values: Values = {name: {} for name in sheets}
    mistaken = []
    for name, at in formulas:
        row, column = at.row, at.column
        if (name, at) in kept.why:
            continue
        area = _extent(book, name, at) if at.grows else at.area
        if area is not None and area != at.area:
            sheets[name].spread(row, column, area)
        for place in at.places(area):
            values[name][place] = value_of(book.get_value(name, *place))
        if values[name][row, column] == "#VALUE!" and _OURS.search(texts[name, at]):
            mistaken.append(f"{name}!{get_column_letter(column)}{row}")
    where = f"{', '.join(mistaken[:5])}{' ...' if len(mistaken) > 5 else ''}: "
    # A mistake that shows in no cell is one that the workbook has an answer for, such as IFERROR.
    told = [f"{where}{problem}" for problem in dict.fromkeys(problems)] if mistaken else []
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


_OURS = re.compile(rf"\b(?:{'|'.join(sorted(REGISTRY, key=len, reverse=True))})\s*\(", re.IGNORECASE)
_USES_TABLE = re.compile(r"\w\[")
_THIS_ROW = re.compile(r"([\w.]+)\[\[#This Row\],\[([^\[\]']+)\]\]", re.IGNORECASE)
_HANDLE = "\x02table:"


def _of_this_row(formula: str, row: int, known: Mapping[str, Table]) -> str:
    """A table's own formulas name the cells of their row by column; the calculator has no words for that."""

    def cell(found: re.Match[str]) -> str:
        table = known.get(found[1].lower())
        if table is None or found[2] not in table.columns:
            return found[0]
        quoted = table.sheet.replace("'", "''")
        return f"'{quoted}'!{get_column_letter(table.left + table.columns.index(found[2]))}{row}"

    return _THIS_ROW.sub(cell, formula)


class _Handles:
    """Whole tables given to our functions by name, so that 200 formulas don't carry 200 copies of them."""

    def __init__(
        self,
        known: dict[str, Table],
        formulas: list[tuple[str, Formula]],
        sources: Mapping[str, Source],
    ) -> None:
        # Not the book: it holds the functions that hold this, and that circle would never be freed.
        self.known, self.formulas, self.sources = known, formulas, sources
        self.stopped: KeyboardInterrupt | None = None
        self.used: dict[str, Any] = {}

    def shorten(self, formula: str) -> str:
        """The formula with whole tables named instead of carried, and our left-out arguments blank, not 0."""
        out, ours, previous = ["="], [False], ""
        for token in fz.Tokenizer(formula).tokens():
            text = token.value
            opens, closes = token.subtype == fz.TokenSubType.Open, token.subtype == fz.TokenSubType.Close
            if ours[-1] and previous.endswith(",") and (text == "," or closes):
                out.append('""')
            if ours[-1] and previous.endswith("(") and text.lower().endswith("[#all]"):
                text = self._handle(text)
            out.append(text)
            if opens:
                ours.append(text.rstrip("(").upper() in REGISTRY)
            elif closes:
                ours.pop()
            previous = text.strip() or previous
        return "".join(out)

    def _handle(self, reference: str) -> str:
        name = reference[: -len("[#all]")].lower()
        if name not in self.known:
            return reference
        self.used[name] = None
        return f'"{_HANDLE}{name}"'

    def read_tables(self, book: Any) -> None:
        for name in self.used:
            if name in self.sources:
                self.used[name] = self.sources[name]
                continue
            table = self.known[name]
            inside = [
                (sheet, at.row, at.column)
                for sheet, at in self.formulas
                if sheet == table.sheet
                and table.top <= at.row <= table.bottom
                and table.left <= at.column <= table.right
            ]
            if inside:
                book.evaluate_cells(inside)
            bottom = table.bottom - (1 if table.has_totals else 0)
            area = fz.RangeAddress(table.sheet, table.top, table.left, bottom, table.right)
            self.used[name] = Content(book.sheet(table.sheet).get_values(area))

    def resolved(self, argument: Any) -> Any:
        if isinstance(argument, str) and argument.startswith(_HANDLE):
            return self.used[argument.removeprefix(_HANDLE)]
        return argument


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


def _noting(function: Callable[..., Any], handles: _Handles, problems: list[str]) -> Callable[..., Any]:
    def noted(data: Any, *rest: Any) -> Any:
        try:
            return function(handles.resolved(data), *rest)
        except MrrError as error:
            problems.append(f"{function.__name__}: {error}")
            if rest and isinstance(rest[0], list) and "month" in list(REGISTRY[function.__name__].arguments)[1:2]:
                return [[{"type": "Error", "kind": "Value"} for _ in row] for row in rest[0]]  # one for each month
            raise
        except KeyboardInterrupt as stop:
            handles.stopped = stop  # the calculator takes it for the error of a cell and goes on
            raise

    return noted
