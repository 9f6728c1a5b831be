"""The charts in a workbook's file, and their alternative texts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mrr_xl.xlsx.package import Package, targets
from mrr_xl.xlsx.workbook import Workbook

_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


def describe(workbook: Workbook, texts: Mapping[str, Sequence[str]]) -> None:
    """Set the alternative texts of each sheet's charts, in their order."""
    for sheet, sheet_texts in texts.items():
        for drawing in targets(workbook.package, workbook.parts[sheet]).values():
            if posixpath.dirname(drawing) == "xl/drawings" and sheet_texts:
                frames = workbook.package.root(drawing, touch=True).iter(f"{_DRAWN}graphicFrame")
                for frame, text in zip(frames, sheet_texts):
                    frame.find(f"{_DRAWN}nvGraphicFramePr/{_DRAWN}cNvPr").set("descr", text)


def charts(package: Package) -> list[str]:
    """The parts of the charts, without those of the kinds that Excel 2016 added."""
    return [name for name in package.parts if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]


def charts_of_any_kind(package: Package) -> list[str]:
    """The parts of the charts, with those of the kinds that Excel 2016 added."""
    return [name for name in package.parts if re.fullmatch(r"xl/charts/chart(Ex)?\d+\.xml", name)]


def is_of_pivot_table(chart: Any) -> bool:
    """Whether a chart shows a pivot table, which is as it was when it was refreshed last."""
    return chart.find("{*}pivotSource") is not None
