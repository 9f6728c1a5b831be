"""The points that charts keep a copy of: a viewer that computes nothing draws those. ECMA-376 part 1, 21.2.2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from lxml import etree

from mrr_xl.xlsx.drawings import charts, is_of_pivot_table
from mrr_xl.xlsx.package import MAIN, Package
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.styles import date_as_shown
from mrr_xl.xlsx.values import as_written
from mrr_xl.xlsx.workbook import Area, Workbook

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_C15 = "{http://schemas.microsoft.com/office/drawing/2012/chart}"
#: What refers to cells, and the copy that it has of their values; labels from cells are texts, too.
_COPIES = {
    f"{_C}numRef": f"{_C}numCache",
    f"{_C}strRef": f"{_C}strCache",
    f"{_C}multiLvlStrRef": f"{_C}multiLvlStrCache",
    f"{_C15}datalabelsRange": f"{_C15}dlblRangeCache",
}
_NAME = re.compile(r"(?:'(?:[^']|'')*'|[\w.\[\]]+)!([^\W\d][\w.]*)")


class Point(NamedTuple):
    """The cell of a point; None where there is none."""

    row: int
    column: int
    cell: Any


class Charts:
    """The charts of a workbook whose cells have changed."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook

    @cached_property
    def _before(self) -> Workbook:
        """The workbook as it was: its parts are written anew only at the end."""
        return Workbook(Package(self.workbook.package.entries, self.workbook.package.parts))

    def refresh(self) -> None:
        package = self.workbook.package
        for part in charts(package):
            root = package.root(part)
            if is_of_pivot_table(root):
                continue
            shows_hidden = any(one.get("val") in ("0", "false") for one in root.iter(f"{_C}plotVisOnly"))
            for reference in list(root.iter(*_COPIES)):
                formula = reference.find("{*}f")
                area = None if formula is None else self._area(formula.text or "")
                if area is not None and self._refresh(reference, area, shows_hidden):
                    package.touched.add(part)

    def _area(self, reference: str) -> Area | None:
        """The area that a reference or the name in it stands for; None for several areas and for formulas."""
        name = _NAME.fullmatch(reference)
        area = self.workbook.area(reference)
        return area or (self.workbook.area(self.workbook.formula_of(name[1])) if name else None)

    def _refresh(self, reference: Any, area: Area, shows_hidden: bool) -> bool:
        kind = _COPIES[reference.tag]
        sheet = self.workbook.sheet(area.sheet)
        rows, columns = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
        copy = reference.find(kind)
        if copy is not None and not any(row in rows and column in columns for row, column in sheet.changed):
            return False
        shows_hidden = shows_hidden or _counted(copy) == len(rows) * len(columns)
        there = () if shows_hidden else sheet.there(area.top, area.bottom)
        hidden = {row for row in there if _hidden(sheet.rows[row])}
        shown = [column for column in columns if shows_hidden or not _column_is_hidden(sheet, column)]
        count = (len(rows) - len(hidden)) * len(shown)
        points = _points(sheet, rows, shown, hidden)
        if kind.endswith("multiLvlStrCache"):
            return copy is not None and self._refresh_levels(copy, points, shown, area, len(rows) - len(hidden))
        changed = copy is None
        if copy is None:
            copy = etree.Element(kind)
            reference.find("{*}f").addnext(copy)
            if kind.endswith("numCache"):
                etree.SubElement(copy, f"{_C}formatCode").text = "General"
        return self._write(copy, points, count, kind.endswith("numCache"), area.sheet) or changed

    def _refresh_levels(
        self, copy: Any, points: Mapping[int, Point], columns: list[int], area: Area, count: int
    ) -> bool:
        """Categories of several columns, of which the last is the first level; those in rows stay as they are."""
        levels = copy.findall(f"{_C}lvl")
        if len(levels) != len(columns) or len(levels) == area.bottom - area.top + 1:
            return False
        changed = _count(copy, count)
        for place, level in enumerate(reversed(levels)):
            own = {index // len(columns): one for index, one in points.items() if index % len(columns) == place}
            changed |= self._write(level, own, None, False, area.sheet)
        return changed

    def _write(self, copy: Any, points: Mapping[int, Point], count: int | None, numbers: bool, sheet: str) -> bool:
        """Write the points that differ, and leave the others as they are; count: of all, with those of no value."""
        changed = count is not None and _count(copy, count)
        there = {}
        for point in copy.findall(f"{_C}pt"):
            if (point.get("idx") or "").isdecimal() and point.find(f"{_C}v") is not None:
                there[int(point.get("idx"))] = point
            else:  # it says nothing
                copy.remove(point)
                changed = True
        before: Any = copy.find(f"{_C}ptCount")
        for index in sorted({*there, *points}):
            old, point = there.get(index), points.get(index)
            had = None if old is None else old.findtext(f"{_C}v")
            text = None if point is None else self._text(point, had, numbers, sheet)
            if text is None:
                if old is not None:
                    copy.remove(old)
                    changed = True
                continue
            if old is None:
                old = etree.Element(f"{_C}pt", idx=str(index))
                etree.SubElement(old, f"{_C}v")
                copy.insert(0, old) if before is None else before.addnext(old)
            if text != had:
                old.find(f"{_C}v").text = text
                changed = True
            before = old
        return changed

    def _text(self, point: Point, had: str | None, numbers: bool, sheet: str) -> str | None:
        """The text of a point; the one that it had where that is its cell's value in Excel's way."""
        value, kind = self.workbook.value(point.cell), point.cell.get("t")
        if kind == "e":
            return had if had is not None and had.startswith("#") else None
        if value is None:
            return None
        if isinstance(value, float):
            same = _number(had) == value if had is not None else False
            if same or (not numbers and had is not None and self._is_unchanged(point, sheet)):
                return had
            day = value + self.workbook.days_to_1900
            shown = None if numbers else date_as_shown(self.workbook.package, point.cell.get("s"), day)
            return shown or repr(value).removesuffix(".0")
        if numbers:
            return had if had == "0" else None  # what Excel draws for a text
        text = {"1": "TRUE", "0": "FALSE"}[value] if kind == "b" else as_written(value)
        return had if had == value else text

    def _is_unchanged(self, point: Point, sheet: str) -> bool:
        """Whether a number that a chart shows as a text, such as a month, is what it was."""
        before = self._before.sheet(sheet).cells(point.row).get(point.column)
        return self._before.value(before) == self.workbook.value(point.cell)


def refresh(workbook: Workbook) -> None:
    """Set the charts' points to what their cells hold now.

    Where no cell has changed, nothing does; points that are right already keep their texts and formats. Hidden rows and
    columns have no points, unless the chart counts them or shows them. The charts of pivot tables stay as they are, and
    so do those over several areas or over formulas, and those of the kinds that Excel 2016 added: Excel draws all of
    them from the cells.
    """
    Charts(workbook).refresh()


def _points(sheet: Sheet, rows: range, columns: list[int], hidden: set[int]) -> dict[int, Point]:
    """The cells of an area by their number among those that are shown."""
    found, passed = {}, 0
    for row in sheet.there(rows.start, rows.stop - 1):
        if row in hidden:
            passed += 1
            continue
        cells = sheet.cells(row)
        for place, column in enumerate(columns):
            if column in cells:
                found[(row - rows.start - passed) * len(columns) + place] = Point(row, column, cells[column])
    return found


def _hidden(element: Any) -> bool:
    return element.get("hidden") in ("1", "true")


def _column_is_hidden(sheet: Sheet, column: int) -> bool:
    columns: Any = sheet.package.root(sheet.part).find(f"{MAIN}cols")
    return any(
        _hidden(one) and _at(one.get("min")) <= column <= _at(one.get("max"))
        for one in (() if columns is None else columns.iterchildren(f"{MAIN}col"))
    )


def _at(number: str | None) -> int:
    return int(number) if number is not None and number.isdecimal() else 0


def _count(copy: Any, count: int) -> bool:
    """Set how many points there are; whether that is new."""
    element = copy.find(f"{_C}ptCount")
    if element is None:
        element = etree.Element(f"{_C}ptCount")
        code = copy.find(f"{_C}formatCode")
        copy.insert(0, element) if code is None else code.addnext(element)
    if element.get("val") == str(count):
        return False
    element.set("val", str(count))
    return True


def _counted(copy: Any) -> int:
    """How many points a copy has, with those of no value; one that counts hidden ones has all."""
    element = None if copy is None else copy.find(f"{_C}ptCount")
    return 0 if element is None else _at(element.get("val"))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
