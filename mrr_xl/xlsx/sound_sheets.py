"""Whether the cells of a sheet, and what stands around them, are as Excel expects them: ECMA-376 part 1, 18.3.1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree
from openpyxl.utils.cell import get_column_letter

from mrr_xl import cell_errors
from mrr_xl.xlsx.package import MAIN, Package, relation_ids
from mrr_xl.xlsx.places import LAST_COLUMN, LAST_ROW, Area, corners, meet, written
from mrr_xl.xlsx.workbook import Workbook

_FORMULA, _VALUE, _ROW, _CELL = (f"{MAIN}{name}" for name in ("f", "v", "row", "c"))
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[Ee][-+]?\d+)?")
_WHOLE = re.compile(r"\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?\d+:\$?\d+", re.IGNORECASE)
_TEXTS = frozenset(["str", "inlineStr", "d"])
#: The order of what a worksheet holds.
_NAMES = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting "
    "dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties "
    "cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls "
    "webPublishItems tableParts extLst "
)
_ORDER = {f"{MAIN}{name}": place for place, name in enumerate(_NAMES.split())}


@cache
def _columns() -> dict[str, int]:
    return {get_column_letter(number): number for number in range(1, LAST_COLUMN + 1)}


def sheet_faults(workbook: Workbook, sheet: str) -> Iterator[str]:
    """What Excel would repair in a sheet's part."""
    package, part = workbook.package, workbook.parts[sheet]
    root = package.root(part)
    data = root.find(f"{MAIN}sheetData")
    yield from _cell_faults(data if data is not None else (), sheet, _looks(package), len(workbook.shared_strings))
    yield from _formula_faults(package, root, sheet)
    yield from _around(package, root, sheet, part)
    yield from _merge_faults(workbook, sheet)


def _looks(package: Package) -> frozenset[str | None]:
    """The numbers of the cell styles that are there, as cells have them."""
    part = package.related("styles")
    formats = None if part is None else package.root(part).find(f"{MAIN}cellXfs")
    return frozenset([None, "0", *(str(number) for number in range(0 if formats is None else len(formats)))])


def _cell_faults(data: Any, sheet: str, looks: frozenset[str | None], strings: int) -> Iterator[str]:
    """Rows and cells are in order and there once, and cells hold what their type says."""
    before, columns, is_number = 0, _columns(), _NUMBER.fullmatch
    for row in data:
        if row.tag != _ROW:
            continue
        number = row.get("r") or ""
        at = int(number) if number.isdecimal() else 0
        if not before < at <= LAST_ROW:
            yield f"sheet {sheet}: row {number} comes after row {before}"
        before, last, digits = at, 0, len(number)
        for cell in row.iterchildren(_CELL):
            place = cell.get("r") or ""
            column = columns.get(place[:-digits]) if place.endswith(number) else None
            if column is None:
                yield f"sheet {sheet}: cell {place} stands in row {number}"
            elif column <= last:
                yield f"sheet {sheet}: cell {place} comes after {get_column_letter(last)}{number}"
            last = column or last
            if cell.get("s") not in looks:
                yield f"{sheet}!{place} has a style that is not there"
            kind = cell.get("t")
            if kind in _TEXTS or not len(cell):
                continue
            text = cell[-1].text  # mostly its value
            if kind is None and text is not None and is_number(text):
                continue
            if fault := _value_fault(kind, cell.findtext(_VALUE), strings):
                yield f"{sheet}!{place} is {fault}"


def _value_fault(kind: str | None, text: str | None, strings: int) -> str | None:
    if not text:
        return None
    if kind is None or kind == "n":
        return None if _NUMBER.fullmatch(text.strip()) else f"no number: {text}"
    if kind == "s":
        known = text.isdecimal() and int(text) < strings
        return None if known else f"the shared string {text} of {strings}"
    if kind == "e":
        return None if text in cell_errors.STORED else f"an error that Excel doesn't know: {text}"
    return None if text in ("0", "1", "true", "false") else f"neither TRUE nor FALSE: {text}"


def _formula_faults(package: Package, root: Any, sheet: str) -> Iterator[str]:
    """Shared formulas have their first one, and what grows has its metadata."""
    metadata = package.related("sheetMetadata")
    cells = None if metadata is None else package.root(metadata).find(f"{MAIN}cellMetadata")
    known = 0 if cells is None else len(cells)
    masters, users = set[str](), dict[str, str]()
    for formula in root.iter(_FORMULA):
        cell = formula.getparent()
        place, kind = f"{sheet}!{cell.get('r')}", formula.get("t")
        if kind == "shared":
            if formula.text:
                masters.add(formula.get("si") or "")
            else:
                users.setdefault(formula.get("si") or "", place)
        if formula.get("ref") is not None and corners(formula.get("ref")) is None:
            yield f"{place} has a formula over {formula.get('ref')}"
        if (cm := cell.get("cm")) and not (cm.isdecimal() and int(cm) <= known):
            yield f"{place} has cell metadata that is not there"
    yield from (f"{place} shares a formula that is not there" for key, place in users.items() if key not in masters)


def _around(package: Package, root: Any, sheet: str, part: str) -> Iterator[str]:
    """What stands before and after the cells is in order, names places of the sheet, and leads to parts."""
    before = -1
    for element in root.iterchildren(f"{MAIN}*"):
        place = _ORDER.get(element.tag, before)
        name = etree.QName(element).localname
        if place < before:
            yield f"sheet {sheet}: {name} is out of order"
        before = max(before, place)
        if name == "sheetData":
            continue
        if name in ("mergeCells", "dataValidations", "hyperlinks") and not len(element):
            yield f"sheet {sheet}: {name} is empty"
        for inner in element.iter(f"{MAIN}*"):
            for key in ("ref", "sqref"):
                given = inner.get(key)
                if given is not None and not all(
                    corners(one) or _WHOLE.fullmatch(one) for one in given.split() or [""]
                ):
                    yield f"sheet {sheet}: {etree.QName(inner).localname} stands at {given!r}"
    ids = relation_ids(package, part)
    for element in root.iterchildren(f"{MAIN}*"):
        for inner in element.iter(f"{MAIN}*") if element.tag != f"{MAIN}sheetData" else ():
            key = inner.get(f"{_OFFICE}id")
            if key is not None and key not in ids:
                yield f"sheet {sheet}: {etree.QName(inner).localname} needs the relationship {key}, which is not there"


def _merge_faults(workbook: Workbook, sheet: str) -> Iterator[str]:
    """Merged cells are apart."""
    open_ones = list[Area]()
    for area in sorted(merges(workbook, sheet), key=lambda area: area[1]):
        open_ones = [other for other in open_ones if other[3] >= area[1]]
        for other in open_ones:
            if meet(other, area):
                yield f"sheet {sheet}: the merged cells {written(other)} and {written(area)} overlap"
        open_ones.append(area)


def merges(workbook: Workbook, sheet: str) -> list[Area]:
    """The merged cells of a sheet."""
    merged = workbook.package.root(workbook.parts[sheet]).iterfind(f"{MAIN}mergeCells/{MAIN}mergeCell")
    return [area for area in (corners(cell.get("ref")) for cell in merged) if area]
