"""A workbook with a table of subscriptions and one figure of it: quick to fill, where our own report is not."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from openpyxl.worksheet.table import Table


def small_workbook(path: Path, headers: list[str]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    sheet.append(headers)
    sheet.append(["Old One", "2020-01-01", *[1] * (len(headers) - 2)])
    sheet.add_table(Table(displayName="Subscriptions", ref=f"A1:{chr(64 + len(headers))}2"))
    book.create_sheet("Report")["A1"] = "=MRR(Subscriptions[#All])"
    book.save(path)
    return path
