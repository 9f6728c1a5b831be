"""The charts in a workbook's file: their alternative texts, and the points that viewers draw."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from mrr_xl.xlsx.package import Package, targets
from mrr_xl.xlsx.sheet import as_written
from mrr_xl.xlsx.workbook import Workbook

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


def describe(workbook: Workbook, texts: Mapping[str, Sequence[str]]) -> None:
    """Set the alternative texts of each sheet's charts, in their order."""
    for sheet, sheet_texts in texts.items():
        for drawing in targets(workbook.package, workbook.parts[sheet]).values():
            if posixpath.dirname(drawing) == "xl/drawings" and sheet_texts:
                frames = workbook.package.root(drawing, touch=True).iter(f"{_DRAWN}graphicFrame")
                for frame, text in zip(frames, sheet_texts):
                    frame.find(f"{_DRAWN}nvGraphicFramePr/{_DRAWN}cNvPr").set("descr", text)


def refresh(workbook: Workbook) -> None:
    """Set every chart's points to what its cells hold now: a viewer that computes nothing draws those.

    Charts whose points are right already stay as they are.
    """
    package = workbook.package
    for part in charts(package):
        for reference in list(package.root(part).iter(f"{_C}numRef", f"{_C}strRef")):
            points = workbook.values(reference.findtext(f"{_C}f") or "")
            if points is not None and _differs(reference, points):
                package.touched.add(part)
                _write(reference, points)


def charts(package: Package) -> list[str]:
    """The parts of the charts, without those of the kinds that Excel 2016 added."""
    return [name for name in package.parts if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]


def charts_of_any_kind(package: Package) -> list[str]:
    """The parts of the charts, with those of the kinds that Excel 2016 added."""
    return [name for name in package.parts if re.fullmatch(r"xl/charts/chart(Ex)?\d+\.xml", name)]


def is_of_pivot_table(chart: Any) -> bool:
    """Whether a chart shows a pivot table, which is as it was when it was refreshed last."""
    return chart.find("{*}pivotSource") is not None


def _differs(reference: Any, points: list[Any]) -> bool:
    current = {int(point.get("idx")): point.findtext(f"{_C}v") for point in reference.iter(f"{_C}pt")}
    return current != dict(_texts(reference, points)) or next(reference.iter(f"{_C}ptCount"), None) is None


def _texts(reference: Any, points: list[Any]) -> Iterator[tuple[int, str]]:
    """The index and text of each point that is drawn: of numbers only numbers, of names any value."""
    numbers = reference.tag == f"{_C}numRef"
    for index, value in enumerate(points):
        if value is not None and (not numbers or isinstance(value, float)):
            yield index, _plain(value)


def _plain(value: Any) -> str:
    return repr(value).removesuffix(".0") if isinstance(value, float) else as_written(str(value))


def _write(reference: Any, points: list[Any]) -> None:
    kind = "numCache" if reference.tag == f"{_C}numRef" else "strCache"
    old = reference.find(f"{_C}{kind}")
    code = None if old is None else old.findtext(f"{_C}formatCode")
    if old is not None:
        reference.remove(old)
    cache = etree.Element(f"{_C}{kind}")
    reference.find(f"{_C}f").addnext(cache)
    if kind == "numCache":
        etree.SubElement(cache, f"{_C}formatCode").text = code or "General"
    etree.SubElement(cache, f"{_C}ptCount", val=str(len(points)))
    for index, text in _texts(reference, points):
        etree.SubElement(etree.SubElement(cache, f"{_C}pt", idx=str(index)), f"{_C}v").text = text
