"""Ranges over all lines of a table grow and shrink with it, as Excel lets them: areas, and addresses in formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from openpyxl.utils.cell import column_index_from_string as column_number
from openpyxl.utils.cell import get_column_letter

from mrr_xl.xlsx.places import Area, corners
from mrr_xl.xlsx.tables import Table

#: Texts, structured references, and areas with or without their sheet.
_AREA = re.compile(
    r'"[^"]*"|\[[^\[\]]*\]|'
    r"(?<![\w$.:'!\]])((?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?"
    r"(\$?[A-Z]{1,3})(\$?)(\d{1,7})(?::(\$?[A-Z]{1,3})(\$?)(\d{1,7}))?(?![\w.(!\[:])"
)


@dataclass(frozen=True)
class Growth:
    """A table's extent before and after it got other lines; right: the columns that it had."""

    sheet: str
    left: int
    right: int
    first_line: int
    old_last: int
    old_bottom: int
    last: int
    bottom: int

    @classmethod
    def of(cls, old: Table, new: Table) -> Growth:
        extents = (old.last_line, old.bottom, new.last_line, new.bottom)
        return cls(old.sheet, old.left, old.right, old.top + 1, *extents)

    def rows(self, top: int, bottom: int) -> tuple[int, int]:
        """The rows of a range over all lines, or of the total row, now; others as they are."""
        if top == bottom == self.old_bottom > self.old_last:
            return self.bottom, self.bottom
        if self.old_last < self.first_line:
            return top, bottom  # there were no lines
        if top <= self.first_line and bottom == self.old_last:
            return top, self.last
        if top <= self.first_line and bottom == self.old_bottom:
            return top, self.bottom
        return top, bottom

    def areas(self, areas: Iterable[Area]) -> list[Area]:
        """The areas of a list, as of a conditional format, now.

        Of one that goes beyond the table's columns only those of the table grow, and none shrink.
        """
        now: list[Area] = []
        for left, top, right, bottom in areas:
            rows = self.rows(top, bottom)
            if self.left <= left and right <= self.right:
                now.append((left, rows[0], right, rows[1]))
                continue
            now.append((left, top, right, bottom))
            if left <= self.right and self.left <= right and top < bottom < rows[1]:
                now.append((max(left, self.left), bottom + 1, min(right, self.right), rows[1]))
        return now

    def formula(self, text: str, sheet: str, anchored: bool = False, wider: bool = False) -> str:
        """A formula of this sheet with its areas over all lines as they are now.

        anchored: only those that don't move when the formula is copied. wider: those beyond the table's columns, too.

        >>> growth = Growth("Data", 1, 4, 2, 9, 9, 20, 20)
        >>> growth.formula("SUM(Data!$D$2:$D$9,Data!D3:D9,B2:B9)", "Report")
        'SUM(Data!$D$2:$D$20,Data!D3:D9,B2:B9)'
        """

        def now(found: re.Match[str]) -> str:
            of, first, first_fixed, top, last, last_fixed, bottom = found.groups()
            name = sheet if of is None else of.rstrip("!").strip("'").replace("''", "'")
            if top is None or name != self.sheet or (anchored and not (first_fixed and (last_fixed or bottom is None))):
                return found[0]
            left, right = (column_number(letters.lstrip("$")) for letters in (first, last or first))
            inside = self.left <= left and right <= self.right
            if not (inside or (wider and left <= self.right and self.left <= right)):
                return found[0]
            rows = self.rows(int(top), int(bottom or top))
            if rows[0] != rows[1] and (bottom is None or (top == bottom and left != right)):
                return found[0]  # a cell, or several of one line
            if bottom is None:
                return f"{of or ''}{first}{first_fixed}{rows[0]}"
            return f"{of or ''}{first}{first_fixed}{rows[0]}:{last}{last_fixed}{rows[1]}"

        return _AREA.sub(now, text)


def read_areas(text: str) -> list[Area]:
    """The areas of a list such as A1:B2 D4; none of one that can't be read."""
    areas = [corners(one) for one in text.split()]
    return [area for area in areas if area] if all(areas) else []


def written_areas(areas: Iterable[Area]) -> str:
    """The same as text.

    >>> written_areas(read_areas("A1:B2 D4"))
    'A1:B2 D4'
    """
    corners = ((f"{get_column_letter(a[0])}{a[1]}", f"{get_column_letter(a[2])}{a[3]}") for a in areas)
    return " ".join(first if first == last else f"{first}:{last}" for first, last in corners)
