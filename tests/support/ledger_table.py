"""A user's workbook with a table of subscriptions, and edits of its XML for what openpyxl has no words for."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from lxml import etree
from openpyxl.worksheet.table import Table

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEET, TABLE = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml"
LINES = [("Ada", 100.0), ("Bob", 200.0), ("Cyd", 50.0)]
DAYS = {"Ada": (2024, 1, 1), "Bob": (2024, 1, 15), "Cyd": (2024, 2, 1), "Dan": (2024, 3, 1), "Eve": (2024, 3, 1)}


def day(customer: str) -> dt.datetime:
    return dt.datetime(*DAYS[customer])  # type: ignore[arg-type]


def data(*customers: str, **others: Sequence[Any]) -> pd.DataFrame:
    """Lines of these customers: 100 for Ada, 200 for Bob, 50 for Cyd, 10 for others."""
    amounts = [dict(LINES).get(customer, 10.0) for customer in customers]
    starts = pd.to_datetime([day(customer) for customer in customers])
    return pd.DataFrame({"Customer": customers, "Start": starts, "Amount": amounts, **others})


def ledger_workbook(
    path: Path,
    columns: Sequence[str] = (),
    totals: bool = False,
    lines: Sequence[tuple[str, float]] = LINES,
    change: Callable[[Any, Any], None] | None = None,
) -> Path:
    """Customer, Start and Amount of Ada, Bob and Cyd in A1:C4 of sheet Data, and columns of the table's own beside.

    totals: row 5 is a total row. change: what else is done to the workbook and the sheet.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    headers = ["Customer", "Start", "Amount", *columns]
    sheet.append(headers)
    for customer, amount in lines:
        sheet.append([customer, day(customer), amount])
    bottom = sheet.max_row + totals
    table = Table(displayName="Subscriptions", ref=f"A1:{chr(64 + len(headers))}{bottom}")
    table._initialise_columns()
    for column, header in zip(table.tableColumns, headers):
        column.name = header
    if totals:
        sheet.cell(bottom, 1).value, sheet.cell(bottom, 3).value = "Total", "=SUBTOTAL(109,Subscriptions[Amount])"
        table.totalsRowCount, table.tableColumns[2].totalsRowFunction = 1, "sum"
        table.autoFilter.ref = f"A1:{chr(64 + len(headers))}{bottom - 1}"
    sheet.add_table(table)
    book.create_sheet("Report")["A1"] = '=MRR(Subscriptions[#All],"2024-02")'
    if change is not None:
        change(book, sheet)
    book.save(path)
    return path


def edited(path: Path, part: str, old: str, new: str) -> Path:
    """The workbook with a text of a part replaced; a part that is not there is added."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts.get(part, b"").decode()
    assert old in text, f"{part} has no {old}: {text[:3000]}"
    parts[part] = text.replace(old, new, 1).encode() if old else text.encode() + new.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def xml(path: Path, part: str) -> Any:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read(part))


def cell(path: Path, address: str, part: str = SHEET) -> Any:
    """The element of a cell; None if there is none."""
    return next((one for one in xml(path, part).iter(f"{MAIN}c") if one.get("r") == address), None)


def shown(path: Path, area: str, sheet: str = "Data") -> list[list[Any]]:
    """The values of an area's cells."""
    book = openpyxl.load_workbook(path, data_only=True)
    return [[cell.value for cell in row] for row in book[sheet][area]]


def formulas(path: Path, area: str, sheet: str = "Data") -> list[Any]:
    """The formulas or values of an area's cells, row by row."""
    found = [cell.value for row in openpyxl.load_workbook(path)[sheet][area] for cell in row]
    return [getattr(value, "text", value) for value in found]
