"""200 MRR formulas over one table in a workbook beside a single one, by range and by handle.

Run it with `make benchmark`. The calculator computes 10,000 rows, in one process, best of three; read the ratio.
"""

from __future__ import annotations

import datetime as dt
import io
import time

import openpyxl
from openpyxl.worksheet.table import Table

from mrr_xl.calculator.calculate import calculate
from mrr_xl.xlsx.workbook import read_workbook

ROWS = 10_000


def workbook(formulas: int, salt: float, by_handle: bool) -> bytes:
    """The table and so many formulas; `salt` makes its content new, so that nothing is remembered."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Subscriptions"
    sheet.append(["Customer", "Start", "End", "Amount", "Interval", "Plan", "Region", "Quantity"])
    for row in range(ROWS):
        start = dt.datetime(2022 + row % 3, 1 + row % 12, 1 + row % 28)
        end = start + dt.timedelta(days=30 * (row % 20 + 1)) if row % 3 else None
        interval = ("month", "quarter", "year")[row % 3]
        sheet.append([f"customer {row % 3000}", start, end, 10 + row % 90 + salt, interval, "Pro", "EU", 1 + row % 5])
    sheet.add_table(Table(displayName="Subscriptions", ref=f"A1:H{ROWS + 1}"))
    report = book.create_sheet("Report")
    report["C1"] = "=MRR_LEDGER(Subscriptions[#All])" if by_handle else None
    data = "$C$1" if by_handle else "Subscriptions[#All]"
    for row in range(1, formulas + 1):
        report.cell(row, 1).value = dt.datetime(2022 + row % 3, 1 + row % 12, 1)
        report.cell(row, 2).value = f"=MRR_NET_NEW({data},A{row})"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def seconds(formulas: int, by_handle: bool) -> float:
    """Of the calculator."""
    times = []
    for attempt in range(3):
        content = workbook(formulas, attempt + formulas / 1000 + by_handle / 7, by_handle)
        begin = time.perf_counter()
        calculate(read_workbook(content))
        times.append(time.perf_counter() - begin)
    return min(times)


def main() -> None:
    for by_handle, way in ((False, "by range"), (True, "by handle")):
        one, many = seconds(1, by_handle), seconds(200, by_handle)
        print(f"workbook, {ROWS:,} rows {way}: 1 formula {one:.2f} s, 200 {many:.2f} s: {many / one:.2f} ×")


if __name__ == "__main__":
    main()
