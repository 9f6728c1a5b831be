"""The widths of a sheet's columns."""

from __future__ import annotations

from typing import Any

from lxml import etree

from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.sheet import Sheet


def set_width(sheet: Sheet, column: int, width: str) -> None:
    """Give a column whose width the sheet does not say this one, in letters, where other columns have theirs."""
    columns: Any = sheet.package.root(sheet.part).find(f"{MAIN}cols")
    if columns is None or _width(columns, column) is not None:
        return
    new = etree.Element(f"{MAIN}col", min=str(column), max=str(column), width=width, customWidth="1")
    after = [span for span in columns.iterchildren(f"{MAIN}col") if int(span.get("min")) < column]
    columns.insert(columns.index(after[-1]) + 1 if after else 0, new)
    sheet.package.touched.add(sheet.part)


def widen_like(sheet: Sheet, column: int, other: int) -> None:
    """The same with the width of another column, so that dates don't show as ####."""
    columns: Any = sheet.package.root(sheet.part).find(f"{MAIN}cols")
    if columns is not None and (width := _width(columns, other)):
        set_width(sheet, column, width)


def _width(columns: Any, column: int) -> str | None:
    """What the sheet says of a column's width: "" where it says something else; None where it says nothing."""
    for span in columns.iterchildren(f"{MAIN}col"):
        if int(span.get("min")) <= column <= int(span.get("max")):
            return str(span.get("width", ""))
    return None
