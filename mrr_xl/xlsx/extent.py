"""The extent that a sheet says it has, beyond which some readers don't look: ECMA-376 part 1, 18.3.1.35."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.utils.cell import get_column_letter

from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.places import Area, corners
from mrr_xl.xlsx.sheet import Sheet


def widen(sheet: Sheet, area: Area) -> None:
    """Let a sheet's extent take in an area."""
    for dimension in sheet.package.root(sheet.part).findall(f"{MAIN}dimension"):
        old = corners(dimension.get("ref")) or area
        _set(sheet, dimension, [*zip(*(old, area))])


def measure(sheet: Sheet) -> None:
    """Set a sheet's extent, which tells how many lines there were, to the cells that are there now."""
    for dimension in sheet.package.root(sheet.part).findall(f"{MAIN}dimension"):
        places = (corners(cell.get("r")) for cell in sheet.data.iter(f"{MAIN}c"))
        if bounds := [place for place in places if place]:
            _set(sheet, dimension, [*zip(*bounds)])


def _set(sheet: Sheet, dimension: Any, bounds: Sequence[Sequence[int]]) -> None:
    left, top, right, bottom = bounds
    first, last = f"{get_column_letter(min(left))}{min(top)}", f"{get_column_letter(max(right))}{max(bottom)}"
    if dimension.get("ref") not in (reference := f"{first}:{last}", first if first == last else reference):
        sheet.package.touched.add(sheet.part)
        dimension.set("ref", reference)
