"""The formulas that can't be computed here: what their cells had stays, and the formulas over them take that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import formualizer as fz
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, get_column_letter

from mrr_xl import cell_errors
from mrr_xl.calculator.references import names_of_rows, reads_rows
from mrr_xl.errors import MrrError, listed
from mrr_xl.xlsx.contents import Contents
from mrr_xl.xlsx.package import MAIN, Package
from mrr_xl.xlsx.sheet import Formula, Sheet
from mrr_xl.xlsx.tables import Table

UNKNOWN = object()
_NOTHING = {"type": "Error", "kind": "Name"}
_MANY = 10_000_000

Place = tuple[str, Formula]


def value_of(found: Any) -> Any:
    """A cell of the calculator as a value; UNKNOWN where it could not compute it."""
    return (cell_errors.from_calculator(str(found.get("kind"))) or UNKNOWN) if isinstance(found, dict) else found


class Kept:
    """The formulas that keep what they had, and why."""

    def __init__(self, package: Package, sheets: dict[str, Sheet], formulas: Sequence[Place]) -> None:
        self.contents, self.sheets = Contents(package), sheets
        self.why: dict[Place, str] = {}
        self.without_value: list[Place] = []
        self.at = {(name, *place): (name, found) for name, found in formulas for place in found.places()}
        self.cleared = _clear_arrays(sheets, formulas)

    def add(self, book: Any, name: str, at: Formula, why: str) -> None:
        """Keep what a formula's cells had, in the file and for the formulas over them."""
        self.why[name, at] = why
        for place in at.places():
            cell = self.sheets[name].cells(place[0]).get(place[1])
            if (name, *place) in self.cleared and cell is not None:
                kind, children = self.cleared[name, *place]
                cell.extend(children)
                if kind:
                    cell.set("t", kind)
            value = self._had(cell)
            book.set_value(name, *place, _NOTHING if value is None else value)
            if value is None and place == (at.row, at.column):
                self.without_value.append((name, at))

    def _had(self, cell: Any) -> Any:
        kind, text = (None, None) if cell is None else (cell.get("t"), cell.findtext(f"{MAIN}v"))
        if kind == "e":
            kind = cell_errors.to_calculator(text or "")
            return None if kind is None else {"type": "Error", "kind": kind}
        return text == "1" if kind == "b" and text else self.contents.value(cell)

    def follow(self, book: Any) -> None:
        """What needs a cell that has no value is not computed from nothing: it keeps what it had as well."""
        while self.without_value:
            name, at = self.without_value.pop()
            cell = name_of(name, at)
            for row, column in at.places():
                quoted = name.replace("'", "''")
                address = f"'{quoted}'!{get_column_letter(column)}{row}"
                for found in book.dependents(address, max_results=_MANY, max_work=_MANY).dependents:
                    sheet, _, place = found.cell.rpartition("!")
                    letters, number = coordinate_from_string(place)
                    sheet = sheet.strip("'").replace("''", "'")
                    needing = self.at.get((sheet, number, column_index_from_string(letters)))
                    if needing is not None and needing not in self.why:
                        self.add(book, *needing, f"it needs {cell}")

    def sentences(self, texts: dict[Place, str], tables: Sequence[str]) -> list[str]:
        """What to say of them: one sentence for the formulas that lack the same."""
        groups: dict[str, list[Place]] = {}
        for place, why in self.why.items():
            groups.setdefault(why or texts[place], []).append(place)
        said = []
        for places in groups.values():
            hint = _hint(texts[places[0]], self.why[places[0]], tables)
            keep = "keeps what it had" if len(places) == 1 else "keep what they had"
            said.append(f"{cells(places)} can't be computed here and {keep}: {hint}")
        return said


def evaluated(book: Any, texts: dict[Place, str], kept: Kept) -> None:
    """Everything computed that can be; the rest is kept."""
    while True:
        try:
            book.evaluate_all()
        except fz.ExcelEvaluationError as error:
            broken = [place for place, text in texts.items() if place not in kept.why and _stops(text)]
            if not broken:
                raise MrrError(f"the workbook can't be computed here ({error})") from None
            for place in broken:
                kept.add(book, *place, "")
            continue
        kept.follow(book)
        new = [
            (name, at)
            for name, at in texts
            if (name, at) not in kept.why and value_of(book.get_value(name, at.row, at.column)) is UNKNOWN
        ]
        before = len(kept.why)
        for place in new:
            kept.add(book, *place, "")
        if not new and len(kept.why) == before:
            return


def without_rows(
    package: Package, book: Any, tables: Sequence[Table], texts: dict[Place, str], kept: Kept
) -> list[str]:
    """Formulas over the rows of tables that stay empty show #N/A, never a figure of nothing; said in sentences."""
    said = []
    for table in tables:
        names = names_of_rows(package, table)
        found = [one for one, text in texts.items() if one not in kept.why and reads_rows(text, one[0], table, names)]
        for name, at in found:
            for place in at.places()[: 1 if at.grows else None]:
                book.set_value(name, *place, {"type": "Error", "kind": "Na"})
        if found:
            one = len(found) == 1
            said.append(
                f"{cells(found)} {'reads' if one else 'read'} the rows of table {table.name}, which stay out of the "
                f"sheet, and {'shows' if one else 'show'} #N/A; only MRR functions over {table.name}[#All] reach them"
            )
    return said


def cells(places: Sequence[Place]) -> str:
    """The first of some formulas' cells.

    >>> cells([("Report", Formula(row, 2, None, False)) for row in range(1, 8)])
    'Report!B1, Report!B2, Report!B3, Report!B4, Report!B5 and 2 more'
    """
    return listed([name_of(*place) for place in places], 5)


def name_of(sheet: str, at: Formula) -> str:
    return f"{sheet}!{get_column_letter(at.column)}{at.row}"


def _clear_arrays(sheets: dict[str, Sheet], formulas: Sequence[Place]) -> dict[tuple[str, int, int], Any]:
    """Without the values of an earlier computation, which would stand in the way of the arrays' new ones."""
    cleared = {}
    for name, at in formulas:
        for place in at.places():
            cell = sheets[name].cells(place[0]).get(place[1])
            if place != (at.row, at.column) and cell is not None:
                cleared[name, *place] = (cell.get("t"), list(cell))
                sheets[name].put(*place, None)
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
        if found := re.search(rf"\(\s*({re.escape(name)})\s*[,)]", formula, re.IGNORECASE):
            return f"{shown}; write {found[1]}[#All] for the whole table"
    return shown if not why or why in shown else f"{shown} ({why})"
