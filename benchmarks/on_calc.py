"""One MRR formula in LibreOffice Calc: the first call, a repeated one, and a function that only counts the rows.

A real soffice computes it, with the extension in a profile of its own.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import openpyxl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from mrr_xl.hosts.calc import component
from mrr_xl.hosts.calc.extension import extension
from mrr_xl.metrics import REGISTRY
from support.office import Office, missing

#: Appended to the component: what is left is LibreOffice handing the range to its Python.
_COUNTS_ONLY = "\n\nServer.answer = lambda self, name, arguments: float(len(arguments[0]))\n"


def measure(rows: int) -> tuple[float, float, float]:
    """Seconds of the first call over `rows` × 7 cells, of a repeated call, and of a function that counts the rows."""
    folder = Path(tempfile.mkdtemp(prefix="mrr-calc-"))
    try:
        bare = Path(component.__file__).read_text(encoding="utf-8") + _COUNTS_ONLY
        counting = extension({"MRR_BARE_ROWS": REGISTRY["MRR"]}, module="bare", source=bare)
        office = Office(folder, extension(), counting)
        workbook = folder / "rows.xlsx"
        _subscriptions(rows).save(workbook)
        area = f"A1:G{rows + 1}"
        started, first, repeated, counted = office.ask(
            workbook,
            ["formula", "J1", "=MRR_MONTHLY(1)"],
            ["formula", "J2", f"=MRR_NET_NEW({area};DATE(2023;2;1))"],
            ["formula", "J3", f"=MRR_NET_NEW({area};DATE(2023;5;1))"],
            ["formula", "J4", f"=MRR_BARE_ROWS({area})"],
        )
        assert started[2] == 1 and counted[2] == rows + 1, (started, counted)
        assert first[2] and repeated[2], (first, repeated)
        return first[0], repeated[0], counted[0]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _subscriptions(rows: int) -> Any:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Subscriptions")
    sheet.append(["Customer", "Start", "End", "Amount", "Interval", "Plan", "Quantity"])
    for row in range(rows):
        start = dt.datetime(2022 + row % 3, 1 + row % 12, 1 + row % 28)
        end = start + dt.timedelta(days=30 * (row % 20 + 1)) if row % 3 else None
        interval = ("month", "quarter", "year")[row % 3]
        sheet.append([f"customer {row % 3000}", start, end, 10 + row % 90, interval, "Pro", 1 + row % 5])
    return book


def main() -> None:
    if reason := missing():
        raise SystemExit(reason)
    for rows in (10_000, 100_000):
        first, repeated, counted = measure(rows)
        print(f"{rows:,} rows: first {first:.2f} s, repeated {repeated:.2f} s, only counted {counted:.2f} s")


if __name__ == "__main__":
    main()
