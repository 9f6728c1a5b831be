"""What is over all lines of the table grows and shrinks with it, as in Excel: formats, lists, names, charts.

Conditional formats, validations, protected ranges and ignored errors by the cells that they are for; names, print
areas, charts, sparklines and the formulas of formats and lists by the addresses in their text. ECMA-376 part 1, 18.3.1;
[MS-XLSX] 2.6 for those of Excel 2010.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from mrr_xl.xlsx.drawings import charts_of_any_kind, is_of_pivot_table
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.places import meet
from mrr_xl.xlsx.ranges import Growth, read_areas, written_areas
from mrr_xl.xlsx.workbook import DefinedName, Workbook

_X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
_VALIDATION = "dataValidation"
#: Elements whose attribute sqref, or whose child of that name, says for which cells they are.
_FOR_CELLS = (
    *(f"{MAIN}{name}" for name in ("conditionalFormatting", _VALIDATION, "protectedRange", "ignoredError")),
    *(f"{_X14}{name}" for name in ("conditionalFormatting", _VALIDATION)),
)
_FORMULAS = (*(f"{MAIN}{name}" for name in ("formula", "formula1", "formula2")), f"{_XM}f")


def grow_ranges(workbook: Workbook, growth: Growth) -> set[str]:
    """Grow everything; gives what the names and charts that grew are called in a note."""
    for name, part in workbook.parts.items():
        parts = (one for one in workbook.package.root(part) if one.tag != f"{MAIN}sheetData")
        elements = [element for one in parts for element in one.iter()]
        if name == growth.sheet:
            _grow_cells(workbook, part, [one for one in elements if one.tag in _FOR_CELLS], growth)
        for element in elements:
            if element.tag in _FORMULAS:
                spark = element.getparent().tag in (f"{_X14}sparkline", f"{_X14}sparklineGroup")
                _set_text(workbook, part, element, growth.formula(element.text or "", name, anchored=not spark))
    return _grow_names(workbook, growth) | _grow_charts(workbook, growth)


def _grow_cells(workbook: Workbook, part: str, elements: list[Any], growth: Growth) -> None:
    now = {element: growth.areas(read_areas(_cells(element))) for element in elements}
    validated = [element for element in elements if element.tag.endswith(_VALIDATION)]
    for element, areas in now.items():
        others = [one for one in validated if one is not element] if element in validated else []
        if any(meet(area, taken) for area in areas for other in others for taken in now[other]):
            continue  # no cell has two validations
        if areas == read_areas(_cells(element)):
            continue
        text = written_areas(areas)
        workbook.package.touched.add(part)
        if element.get("sqref") is not None:
            element.set("sqref", text)
        else:
            element.find(f"{_XM}sqref").text = text


def _cells(element: Any) -> str:
    return element.get("sqref") or element.findtext(f"{_XM}sqref") or ""


def _set_text(workbook: Workbook, part: str, element: Any, text: str) -> bool:
    if text == (element.text or ""):
        return False
    workbook.package.touched.add(part)
    element.text = text
    return True


def _grow_names(workbook: Workbook, growth: Growth) -> set[str]:
    grown = set()

    def now(name: DefinedName) -> str:
        formula = growth.formula(name.formula, "", anchored=True, wider=name.name == "_xlnm.Print_Area")
        if formula != name.formula:
            grown.add(f"the name {name.name}")
        return formula

    workbook.change_names(now)
    return grown


def _grow_charts(workbook: Workbook, growth: Growth) -> set[str]:
    grown = set()
    for part in charts_of_any_kind(workbook.package):
        root = workbook.package.root(part)
        for reference in () if is_of_pivot_table(root) else list(root.iter("{*}f", "{*}sqref")):
            if _set_text(workbook, part, reference, growth.formula(reference.text or "", "")):
                grown.add(PurePosixPath(part).stem)
    return grown
