"""A workbook with 200 MRR formulas over one table of 10,000 rows, beside one with a single formula.

Run it with `make benchmark`. Both are computed in one process, best of three; read the ratio.
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


def workbook(formulas: int, salt: float) -> bytes:
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
    for row in range(1, formulas + 1):
        report.cell(row, 1).value = dt.datetime(2022 + row % 3, 1 + row % 12, 1)
        report.cell(row, 2).value = f"=MRR_NET_NEW(Subscriptions[#All],A{row})"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def seconds(formulas: int) -> float:
    times = []
    for attempt in range(3):
        content = workbook(formulas, salt=attempt + formulas / 1000)
        begin = time.perf_counter()
        calculate(read_workbook(content))
        times.append(time.perf_counter() - begin)
    return min(times)


def main() -> None:
    one, many = seconds(1), seconds(200)
    print(f"{ROWS:,} rows: 1 formula {one:.2f} s, 200 formulas {many:.2f} s: {many / one:.2f} ×")


if __name__ == "__main__":
    main()
