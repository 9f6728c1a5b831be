"""Every formula of a workbook computed without a spreadsheet program, by formualizer and our functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import formualizer as fz
from openpyxl.utils.cell import get_column_letter

from mrr_xl.errors import MrrError
from mrr_xl.hosts.cells import Content, Source
from mrr_xl.hosts.functions import sheet_functions
from mrr_xl.metrics import REGISTRY
from mrr_xl.report.lite import without_prefix
from mrr_xl.report.package import Formula, Package, Sheet, Table, sheet_parts, tables

_ERRORS = {
    "Na": "#N/A",
    "Div": "#DIV/0!",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "Spill": "#SPILL!",
    "Calc": "#CALC!",
}


Values = dict[str, dict[tuple[int, int], Any]]


def calculate(package: Package, sources: Mapping[str, Source] | None = None) -> tuple[Values, list[str]]:
    """The value of every formula cell, by sheet and (row, column), and what went wrong in sentences.

    sources: data that stands for a table of this name, in small letters, instead of the table's own rows.

    Formulas that the calculator can't compute (an unknown function) are left out, so that the file keeps
    what it had there.
    """
    sheets = {name: Sheet(package, part) for name, part in sheet_parts(package).items()}
    formulas = [(name, found) for name, sheet in sheets.items() for found in sheet.formulas()]
    _clear_arrays(sheets, formulas)
    book = fz.load_workbook_bytes(package.content(), backend="native")
    book.set_temporal_egress("serial")
    known = tables(package)
    for table in known:
        bounds = (table.top, table.left, table.bottom, table.right)
        book.add_table(table.name, table.sheet, bounds, table.columns, totals_row=table.has_totals)
    problems: list[str] = []
    handles = _Handles(book, {table.name.lower(): table for table in known}, formulas, sources or {})
    for name, function in sheet_functions(undefined={"type": "Error", "kind": "Na"}).items():
        most = len(REGISTRY[name].arguments)
        book.register_function(name, _noting(function, handles, problems), min_args=1, max_args=most)
    for name, at in formulas:
        row, column = at.row, at.column
        text = without_prefix("=" + (book.get_formula(name, row, column) or "").removeprefix("="))
        if _USES_TABLE.search(text) or _OURS.search(text):
            book.set_formula(name, row, column, handles.shorten(text))
    handles.read_tables()
    book.evaluate_all()
    values: Values = {name: {} for name in sheets}
    unknown, mistaken = [], []
    for name, at in formulas:
        row, column = at.row, at.column
        area = _extent(book, name, at) if at.grows else at.area
        if area is not None and area != at.area:
            sheets[name].spread(row, column, area)
        for place in at.places(area):
            value = _value(book.get_value(name, *place))
            if value is not _UNKNOWN:
                values[name][place] = value
        formula, cell = book.get_formula(name, row, column) or "", f"{name}!{get_column_letter(column)}{row}"
        if values[name].get((row, column), _UNKNOWN) is _UNKNOWN:
            unknown.append(f"{cell} can't be computed here and keeps what it had: {_hint(formula, handles)}")
        elif values[name][row, column] == "#VALUE!" and _OURS.search(formula):
            mistaken.append(cell)
    where = f"{', '.join(mistaken[:5])}{' ...' if len(mistaken) > 5 else ''}: "
    # A mistake that shows in no cell is one that the workbook has an answer for, such as IFERROR.
    told = [f"{where}{problem}" for problem in dict.fromkeys(problems)] if mistaken else []
    return values, [*told, *unknown]


def _hint(formula: str, handles: _Handles) -> str:
    formula = formula.removeprefix("=")
    shown = formula if len(formula) <= 60 else f"{formula[:57]}..."
    for name in handles.known:
        if found := re.search(rf"\(\s*({re.escape(name)})\s*[,)]", formula, re.IGNORECASE):
            return f"{shown}; write {found[1]}[#All] for the whole table"
    return shown


def _extent(book: Any, sheet: str, formula: Formula) -> str:
    """The range that an answer takes."""
    cell = f"{get_column_letter(formula.column)}{formula.row}"
    quoted = sheet.replace("'", "''")
    found = book.inspect_cell(f"'{quoted}'!{cell}", include_values=False).cell.spill
    extent = None if found is None else found.to_dict()["extent"]
    return str(extent).rpartition("!")[2] if extent else f"{cell}:{cell}"


def _clear_arrays(sheets: dict[str, Sheet], formulas: list[tuple[str, Formula]]) -> None:
    """Without the values of an earlier computation, which would stand in the way of the arrays' new ones."""
    for name, at in formulas:
        for place in at.places():
            if place != (at.row, at.column):
                sheets[name].put(*place, None)


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


_UNKNOWN = object()
_OURS = re.compile(rf"\b(?:{'|'.join(sorted(REGISTRY, key=len, reverse=True))})\s*\(", re.IGNORECASE)
_USES_TABLE = re.compile(r"\w\[")
_HANDLE = "\x02table:"


class _Handles:
    """Whole tables given to our functions by name, so that 200 formulas don't carry 200 copies of them."""

    def __init__(
        self,
        book: Any,
        known: dict[str, Table],
        formulas: list[tuple[str, Formula]],
        sources: Mapping[str, Source],
    ) -> None:
        self.book, self.known, self.formulas, self.sources = book, known, formulas, sources
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

    def read_tables(self) -> None:
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
                self.book.evaluate_cells(inside)
            bottom = table.bottom - (1 if table.has_totals else 0)
            area = fz.RangeAddress(table.sheet, table.top, table.left, bottom, table.right)
            self.used[name] = Content(self.book.sheet(table.sheet).get_values(area))

    def resolved(self, argument: Any) -> Any:
        if isinstance(argument, str) and argument.startswith(_HANDLE):
            return self.used[argument.removeprefix(_HANDLE)]
        return argument


def _noting(function: Callable[..., Any], handles: _Handles, problems: list[str]) -> Callable[..., Any]:
    def noted(data: Any, *rest: Any) -> Any:
        try:
            return function(handles.resolved(data), *rest)
        except MrrError as error:
            problems.append(f"{function.__name__}: {error}")
            raise

    return noted


def _value(found: Any) -> Any:
    if isinstance(found, dict):
        kind = str(found.get("kind"))
        return _ERRORS[kind] if kind in _ERRORS and kind != "Name" else _UNKNOWN
    return found
