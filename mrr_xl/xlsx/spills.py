"""Array formulas whose result takes as many cells as it needs, as Excel 365 writes them."""

from __future__ import annotations

from mrr_xl.xlsx.package import MAIN, add_part
from mrr_xl.xlsx.workbook import Workbook

METADATA = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<metadata xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" \
xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray">\
<metadataTypes count="1"><metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" pasteAll="1" \
pasteValues="1" merge="1" splitFirst="1" rowColShift="1" clearFormats="1" clearComments="1" assign="1" coerce="1" \
cellMeta="1"/></metadataTypes>\
<futureMetadata name="XLDAPR" count="1"><bk><extLst><ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}">\
<xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>\
<cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>"""
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sheetMetadata"


def let_grow(workbook: Workbook) -> None:
    """Let every single-cell array formula of a new workbook grow with its result, but for one over E3:E3.

    Programs without such formulas show the cells that the result took when it was last computed.
    """
    for part in workbook.parts.values():
        for cell in workbook.package.root(part, touch=True).iter(f"{MAIN}c"):
            formula = cell.find(f"{MAIN}f")
            if formula is None or formula.get("t") != "array":
                continue
            if formula.get("ref") == cell.get("r"):
                cell.set("cm", "1")
            elif formula.get("ref") == f"{cell.get('r')}:{cell.get('r')}":
                formula.set("ref", cell.get("r"))
    add_metadata(workbook)


def add_metadata(workbook: Workbook) -> None:
    """The part to which the mark of such formulas, cm="1", refers, in a workbook without one."""
    add_part(workbook.package, "xl/metadata.xml", METADATA, _CONTENT_TYPE, _KIND)
