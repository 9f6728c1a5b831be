"""The last month that was over when a workbook was written, for functions that may not look at the calendar."""

from __future__ import annotations

from mrr_xl.filling.month_cells import month_serial
from mrr_xl.months import Month, latest_complete
from mrr_xl.xlsx.workbook import Workbook

NAME = "Complete_through"  #: the defined name of the cell that holds it


def set_complete_through(workbook: Workbook) -> None:
    """Write the last month that is over into the workbook's cell for it, if it has one that holds no formula."""
    area = workbook.named_cell(NAME)
    cell = area and workbook.sheet(area.sheet).cells(area.top).get(area.left)
    if area and (cell is None or cell.find("{*}f") is None):
        workbook.sheet(area.sheet).put(area.top, area.left, month_serial(workbook, Month(latest_complete())))
