"""SUBTOTAL and AGGREGATE over hidden rows: a filtered row never counts, one hidden by hand only where they are told to.

Source: Microsoft's pages of SUBTOTAL and AGGREGATE, https://support.microsoft.com/office/subtotal-function.
"""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from mrr_xl.calculator.calculate import calculate
from mrr_xl.xlsx.workbook import read_workbook

FORMULAS = {
    "SUBTOTAL(9,A2:A5)": 0, "SUBTOTAL(109,A2:A5)": 1, "SUBTOTAL(3,A2:A5)": 2, "SUBTOTAL(103,A2:A5)": 3,
    "AGGREGATE(9,5,A2:A5)": 4, "AGGREGATE(14,5,A2:A5,1)": 5, "SUM(A2:A5)": 6,
}  # fmt: skip


def subtotals(how: str) -> list[float]:
    """The formulas over 1, 2, 4 and 8, of which the rows of 2 and 8 are hidden: by hand, or by a filter."""
    book = openpyxl.Workbook()
    sheet: Worksheet = book.active
    sheet.title = "R"
    for value in ("amount", 1, 2, 4, 8):
        sheet.append([value])
    for row in (3, 5):
        sheet.row_dimensions[row].hidden = True
    if how == "filter":
        sheet.auto_filter.ref = "A1:A5"
        sheet.auto_filter.add_filter_column(0, ["1", "4"])
    if how == "table":
        table = Table(displayName="T", ref="A1:A5", autoFilter=AutoFilter(ref="A1:A5"))
        sheet.add_table(table)
        table.autoFilter.add_filter_column(0, ["1", "4"])
    on = book.create_sheet("F")
    for formula, row in FORMULAS.items():
        on.cell(row + 1, 1).value = f"={formula}".replace("A2", "R!A2").replace(":R!", ":")
    content = BytesIO()
    book.save(content)
    values = calculate(read_workbook(content.getvalue())).values
    return [values[key][key[1].row, 1] for key in sorted(values, key=lambda key: key[1].row)]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("hand", [15, 5, 4, 2, 5, 4, 15]),
        ("filter", [5, 5, 2, 2, 5, 4, 15]),
        ("table", [5, 5, 2, 2, 5, 4, 15]),
    ],
)
def test_hidden_rows_in_subtotals(how: str, expected: list[float]) -> None:
    assert subtotals(how) == expected
