"""CPU seconds in which formulon computes the sheet Movements of a report whose functions are LAMBDAs.

Run it with `make benchmark`: 24 months over 2,000 lines, best of three; beside it, the same months over 500 lines.
"""

from __future__ import annotations

import io
import re
import tempfile
import time
from pathlib import Path

import formulon
import openpyxl

from mrr_xl.hosts.lambdas import NAMES
from mrr_xl.hosts.lambdas.file_form import on_one_line
from mrr_xl.report import write_template
from mrr_xl.report.sheets.movements import NAME
from report import subscriptions


def movements_alone(lines: int) -> bytes:
    """The report without the calls of its other sheets, but for those that give the months."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.xlsx"
        write_template(file, data=subscriptions(lines), functions="lambda")
        book = openpyxl.load_workbook(file)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                text = str(getattr(cell.value, "text", cell.value))
                if sheet.title not in (NAME, "Settings") and re.match(r"=.*MRR_?\w*\(Subscriptions\[", text):
                    cell.value = None
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def seconds(content: bytes) -> float:
    times = []
    for _ in range(3):
        book = formulon.Workbook.load(content)
        for name, (_, text) in NAMES.items():
            book.set_defined_name(name, on_one_line(text))
        begin = time.process_time()
        book.recalc()
        times.append(time.process_time() - begin)
        book.close()
    return min(times)


def main() -> None:
    few, many = (seconds(movements_alone(lines)) for lines in (500, 2_000))
    print(f"LAMBDAs, Movements, 24 months: 500 lines {few:.2f} s of CPU, 2,000 {many:.2f} s: {many / few:.2f} ×")


if __name__ == "__main__":
    main()
