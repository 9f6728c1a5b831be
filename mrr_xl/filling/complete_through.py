"""The last month that was over when a workbook was written, for functions that may not look at the calendar."""

from __future__ import annotations

import datetime as dt

from mrr_xl.months import first_day, latest_complete
from mrr_xl.xlsx.workbook import Workbook

NAME = "Complete_through"  #: the defined name of the cell that holds it
_BEGIN = dt.date(1899, 12, 30)


def set_complete_through(workbook: Workbook) -> None:
    """Write the last month that is over into the workbook's cell for it, if it has one that holds no formula."""
    area = workbook.area(workbook.formula_of(NAME))
    if area is None or area[1:3] != area[3:5]:
        return
    sheet = workbook.sheet(area.sheet)
    cell = sheet.cells(area.top).get(area.left)
    if cell is None or cell.find("{*}f") is None:
        sheet.put(area.top, area.left, (first_day(latest_complete()) - _BEGIN).days - workbook.days_to_1900)
