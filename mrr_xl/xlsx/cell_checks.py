"""Cells that hold something else than their type says."""

from __future__ import annotations

from lxml import etree

from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.workbook import Workbook

#: What may be no number, date or shared string; XPath is quick where a sheet has a million cells.
_DOUBTFUL = etree.XPath(
    "m:row/m:c[(m:v and (@t='d' or ((not(@t) or @t='n') and string(number(m:v))='NaN')"
    " or (@t='s' and not(number(m:v) < $strings))))"
    " or (@t and @t!='n' and @t!='s' and @t!='b' and @t!='e' and @t!='str' and @t!='inlineStr')]",
    namespaces={"m": MAIN.strip("{}")},
)


def check_cells(workbook: Workbook) -> None:
    """Raise MrrError if a cell can't be read."""
    for sheet in workbook.sheets.values():
        for cell in _DOUBTFUL(sheet.data, strings=len(workbook.shared_strings)):
            workbook.value(cell)
