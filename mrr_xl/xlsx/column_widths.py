"""The widths of a sheet's columns."""

from __future__ import annotations

import copy
from typing import Any

from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.sheet import Sheet


def widen_like(sheet: Sheet, column: int, other: int) -> None:
    """Give a column whose width the sheet does not say the width of another, so that dates don't show as ####."""
    columns: Any = sheet.package.root(sheet.part).find(f"{MAIN}cols")
    spans = [] if columns is None else list(columns.iterchildren(f"{MAIN}col"))
    found = {number: span for number in (column, other) for span in spans if _has(span, number)}
    if column in found or other not in found or not found[other].get("width"):
        return
    new = copy.deepcopy(found[other])
    for name in set(new.attrib) - {"width", "customWidth"}:
        del new.attrib[name]
    new.set("min", str(column))
    new.set("max", str(column))
    after = [span for span in spans if int(span.get("min")) < column]
    columns.insert(columns.index(after[-1]) + 1 if after else 0, new)
    sheet.package.touched.add(sheet.part)


def _has(span: Any, column: int) -> bool:
    return int(span.get("min")) <= column <= int(span.get("max"))
