"""What a table has beside the data: its own columns, links, comments and a total row, when it gets new lines."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

from mrr_xl import months
from mrr_xl.errors import MrrError, listed
from mrr_xl.filling.lines import Lines
from mrr_xl.filling.own_columns import ColumnFormula, kept_cells, lost, read_own_columns, replaced
from mrr_xl.filling.same_lines import Same, same_lines
from mrr_xl.sources.number_texts import text_of
from mrr_xl.xlsx.comments import commented_cells
from mrr_xl.xlsx.hyperlinks import has_hyperlinks, move_hyperlinks
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.ranges import Growth
from mrr_xl.xlsx.shared_formulas import give_own_texts, masters, text_at
from mrr_xl.xlsx.tables import Table, formulas_of_columns
from mrr_xl.xlsx.workbook import Workbook

_SHOWN = 5


class Beside:
    """Read before the table's rows change.

    old: the table as it was; roles: the roles of its columns; filled: those that held the data's values the last time.
    """

    def __init__(
        self, workbook: Workbook, old: Table, written: Lines, roles: Mapping[str, str], filled: Container[str]
    ) -> None:
        self.package, self.sheet, self.old = workbook.package, workbook.sheet(old.sheet), old
        self._of_columns = formulas_of_columns(self.package, old)
        self._masters = masters(self.sheet)
        self._area = (old.left, old.top + 1, old.right, old.bottom)
        give_own_texts(self.sheet, self._area, self._masters)
        numbers = {header: number for number, header in enumerate(old.columns, old.left)}
        of_data = {numbers[header] for header in written.values if header in numbers}
        self._own = read_own_columns(self.sheet, old, of_data, self._of_columns, self._masters)
        self._replaced = [*replaced(self.sheet, old, of_data)]
        # Cells of columns that figures hang on are never kept: the figures are those of the data.
        self._roles = {numbers[header] for header in roles.values()}
        self._filled = {number for header, number in numbers.items() if header in filled} - self._roles
        self._figures = self._roles | self._filled
        kept = {column: own for column, own in self._own.items() if column not in self._figures}
        self._comments = {
            address: row
            for (row, column), address in commented_cells(self.package, self.sheet.part).items()
            if old.contains(old.sheet, row, column) and row > old.top
        }
        self.same: dict[int, Same] = {}
        if any(own.others for own in self._own.values()) or self._comments or self._has_links():
            new = {numbers[header]: values for header, values in written.values.items() if header in numbers}
            exact = {row - old.top - 1 for own in self._own.values() if own.formula for row in own.others}

            def value(line: int, column: int) -> Any:
                had = workbook.value(self.sheet.cells(old.top + 1 + line).get(column))
                if column == key[0] and isinstance(had, float):
                    return text_of(had)
                return _day(had, workbook.days_to_1900) if isinstance(had, str) and column in days else had

            days = {numbers[header] for header in written.days if header in numbers}
            key = [numbers[roles[role]] for role in ("customer", "start")]
            new[key[0]] = [text_of(name) if isinstance(name, (int, float)) else name for name in new[key[0]]]
            self.same = same_lines(value, old.last_line - old.top, new, key, exact)
        #: the cells that go with their lines, by new row and column; None for those that stay where they are
        self.kept = kept_cells(kept, old, self.same, self._masters)

    def _has_links(self) -> bool:
        return has_hyperlinks(self.package, self.sheet.part, self._area)

    def formulas(self, growth: Growth) -> dict[int, tuple[ColumnFormula, Callable[[int], str]]]:
        """The formula of each of the table's own columns, and its text in a row; areas over all lines have grown."""
        for element in self._of_columns.values():
            element.text = growth.formula(element.text or "", self.old.sheet, anchored=True) or None
        carried = {}
        for column, own in self._own.items():
            if (formula := own.formula) is None:
                continue
            text = growth.formula(formula.text, self.old.sheet, anchored=True)
            carried[column] = formula, formula._replace(text=text).carried()
        return carried

    def move_total_row(self, growth: Growth) -> None:
        """Move the total row to its new place; its formulas go on to be over all lines, and over itself."""
        old, sheet = self.old, self.sheet
        for column, cell in sheet.cells(old.bottom).items():
            formula = cell.find(f"{MAIN}f")
            if formula is not None and old.left <= column <= old.right:
                text = text_at(formula, old.bottom, column, self._masters)
                formula.text = growth.formula(text, old.sheet)
                for name in ("t", "si", "ref") if formula.get("t") == "shared" else ():
                    formula.attrib.pop(name, None)
                if formula.get("t") == "array":
                    formula.set("ref", growth.formula(formula.get("ref"), old.sheet))
                sheet.package.touched.add(sheet.part)
        for element in self.package.root(old.part).iter(f"{MAIN}totalsRowFormula"):
            element.text = growth.formula(element.text or "", old.sheet)
        if growth.bottom != old.bottom:
            sheet.move(old.bottom, old.left, old.right, growth.bottom)

    def follow(self, bottom: int) -> Iterator[str]:
        """Let links go with their lines, or with those that are gone; gives notes of what is lost.

        bottom: the table's last row now.
        """
        old, first = self.old, self.old.top + 1
        rows = {first + one.old: first + line for line, one in self.same.items()}
        if old.has_totals:
            rows[old.bottom] = bottom
        move_hyperlinks(self.package, self.sheet.part, self._area, rows)
        yield from self._replaced
        yield from lost(self._own, old, self.same, self._figures)
        stay = [address for address, row in self._comments.items() if rows.get(row) != row]
        if stay:
            s, are = ("", "is") if len(stay) == 1 else ("s", "are")
            yield (
                f"the comment{s} on {listed(stay, _SHOWN)} of sheet {old.sheet} stay{'s' if not s else ''} there, and "
                f"the line{s} {are} no longer the same"
            )

    def left_out(self) -> Iterator[str]:
        """Notes of what is lost of columns that the data had the last time, and has no longer."""
        own = {column: one for column, one in self._own.items() if column in self._filled}
        yield from lost(own, self.old, self.same, self._filled)


def _day(text: str, days_to_1900: int) -> float | str:
    """A day that is written as a text, as the number that it is written as now."""
    try:
        return float(months.serial(months.read_day(text)) - days_to_1900)
    except MrrError:
        return text
