"""The columns that only the table has: their formulas, and what somebody typed beside the lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from openpyxl.utils.cell import get_column_letter

from mrr_xl.errors import listed
from mrr_xl.filling.same_lines import Same
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.shared_formulas import Master, moved, mover, text_at
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.tables import Table

_SHOWN = 5
#: Texts, structured references, and addresses, of which only the last move when a formula is copied.
_MOVES = re.compile(r'"[^"]*"|\[[^\[\]]*\]|(?<![\w.$])(\$?[A-Z]{1,3})(\$?)(\d{1,7})(?![\w(.])')


class ColumnFormula(NamedTuple):
    """The formula of a column, as the cell in some row has it, and how it is evaluated."""

    text: str
    row: int
    column: int
    array: bool = False
    grows: bool = False

    def carried(self) -> Callable[[int], str]:
        """Gives its text in other rows."""
        move = mover(self.text, (self.row, self.column))
        if move((self.row + 1, self.column)) == self.text:
            return lambda row: self.text  # structured references are the same in every row
        return lambda row: move((row, self.column))


@dataclass
class OwnColumn:
    """A column that the data does not have; others: its cells by row that do not hold its formula."""

    header: str
    formula: ColumnFormula | None = None
    others: dict[int, Any] = field(default_factory=dict)


def read_own_columns(
    sheet: Sheet, table: Table, columns: Container[int], of_columns: Mapping[int, Any], known: Mapping[str, Master]
) -> dict[int, OwnColumn]:
    """The table's columns that are not in `columns`, which the data has.

    of_columns: the formula that the table's part has for a column, as an element. A column's formula is the one that
    most of its cells have: a few others are what somebody wrote over it.
    """
    own = {column: header for column, header in enumerate(table.columns, table.left) if column not in columns}
    cells: dict[int, dict[int, Any]] = {column: {} for column in own}
    for row in sheet.there(table.top + 1, table.last_line):
        for column, cell in sheet.cells(row).items():
            if column in own and len(cell):
                cells[column][row] = cell
    return {
        column: _read(table.top + 1, column, header, cells[column], of_columns.get(column), known)
        for column, header in own.items()
    }


def _read(
    first_line: int, column: int, header: str, cells: Mapping[int, Any], of_column: Any, known: Mapping[str, Master]
) -> OwnColumn:
    """A column with these cells, by row."""
    own, alike, formulas = OwnColumn(header), Counter[str](), dict[int, str]()
    for row, cell in cells.items():
        formula = cell.find(f"{MAIN}f")
        if formula is not None:
            formulas[row] = _alike(formula, row, known)
            alike[formulas[row]] += 1
        if formula is not None or cell.find(f"{MAIN}is") is not None or cell.findtext(f"{MAIN}v"):
            own.others[row] = cell
    is_formula = of_column is not None or first_line in formulas or 2 * len(formulas) > len(own.others)
    if is_formula and formulas:
        (form, _), *_ = alike.most_common(1)
        row = next(row for row, other in formulas.items() if other == form)
        cell = cells[row]
        formula = cell.find(f"{MAIN}f")
        array = formula.get("t") == "array"
        text = text_at(formula, row, column, known)
        own.formula = ColumnFormula(text, row, column, array, grows=array and "cm" in cell.attrib)
        own.others = {row: cell for row, cell in own.others.items() if formulas.get(row) != form}
    elif of_column is not None and of_column.text:  # a table without lines has its formulas only here
        own.formula = ColumnFormula(of_column.text, first_line, column, array=of_column.get("array") in ("1", "true"))
    return own


def _alike(formula: Any, row: int, known: Mapping[str, Master]) -> str:
    """A text that is the same for the formulas of a column that were copied from one another."""
    master = known.get(formula.get("si")) if formula.get("t") == "shared" and not formula.text else None
    text, row = (formula.text or "", row) if master is None else (master.text, master.row)

    def relative(found: re.Match[str]) -> str:
        return found[0] if not found[3] or found[2] else f"{found[1]}[{int(found[3]) - row}]"

    return f"{formula.get('t') == 'array'}{_MOVES.sub(relative, text)}"


def kept_cells(
    own: Mapping[int, OwnColumn], table: Table, same: Mapping[int, Same], known: Mapping[str, Master]
) -> dict[tuple[int, int], Any]:
    """The typed cells of lines that are still there, by new row and column; over a formula those of identical lines.

    same: new line → old line. A cell that stays where it is, is None.
    """
    kept: dict[tuple[int, int], Any] = {}
    first_line = table.top + 1
    for line, (old, identical) in same.items():
        before, now = first_line + old, first_line + line
        for column, one in own.items():
            cell = one.others.get(before)
            if cell is not None and (identical or one.formula is None):
                stays = before == now and (cell.find(f"{MAIN}f") is None or not known)
                kept[now, column] = None if stays else _copied(cell, (before, column), (now, column), known)
    return kept


def _copied(cell: Any, at: tuple[int, int], to: tuple[int, int], known: Mapping[str, Master]) -> Any:
    new = deepcopy(cell)
    new.tail = None
    formula = new.find(f"{MAIN}f")
    if formula is not None:
        formula.text = moved(text_at(cell.find(f"{MAIN}f"), *at, known), at, to)
        if formula.get("t") == "array":
            formula.set("ref", f"{get_column_letter(to[1])}{to[0]}")
        elif formula.get("t") == "shared":
            for name in ("t", "si", "ref"):
                formula.attrib.pop(name, None)
    return new


def lost(own: Mapping[int, OwnColumn], table: Table, same: Mapping[int, Same], roles: Container[int]) -> Iterator[str]:
    """A note for each column of which typed cells are not kept.

    roles: the columns that figures hang on, which keep nothing: only lines that are still there miss something there.
    """
    first_line = table.top + 1
    still = {first_line + one.old: one.identical for one in same.values()}
    for column, one in own.items():
        if column in roles:
            gone = [row for row in one.others if row in still]
        else:
            gone = [row for row in one.others if not (still.get(row) or (row in still and one.formula is None))]
        if gone:
            yield _lost(one, [f"{get_column_letter(column)}{row}" for row in gone], table, column in roles)


def _lost(own: OwnColumn, cells: Sequence[str], table: Table, is_role: bool) -> str:
    cell, was, line, its = (
        ("cell", "was", "line is", "its") if len(cells) == 1 else ("cells", "were", "lines are", "their")
    )
    done = f"{was} cleared" if own.formula is None else "got the column's formula"
    why = (
        f"although {its} {line} still there: figures are those of the data"
        if is_role
        else (f"since {its} {line} no longer there")
    )
    return (
        f"column {own.header} of table {table.name} is not in the data: {len(cells):,} {cell} {done}, {why} "
        f"({listed(cells, _SHOWN)} of the template)"
    )


def replaced(sheet: Sheet, table: Table, columns: Container[int]) -> Iterator[str]:
    """A note for each of these columns, which the data has, whose formulas its values take the place of."""
    for column, header in enumerate(table.columns, table.left):
        rows = sheet.there(table.first_line, table.last_line) if column in columns else ()
        cells = ((row, sheet.cells(row).get(column)) for row in rows)
        formulas = [f"{get_column_letter(column)}{row}" for row, cell in cells if _is_formula(cell)]
        if formulas:
            yield (
                f"column {header} of table {table.name} is in the data, whose values take the place of its formulas "
                f"({listed(formulas, _SHOWN)}); leave the column out of the data to keep them"
            )


def _is_formula(cell: Any) -> bool:
    return cell is not None and cell.find(f"{MAIN}f") is not None
