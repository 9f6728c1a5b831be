"""The named functions that docs/hosts.md gives for Google Sheets: as LAMBDAs over a plain report's Schedule."""

from __future__ import annotations

import re
from pathlib import Path

import formulon
import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from mrr_xl import metric
from mrr_xl.report import write_template
from support.csv_text import frame_of_csv

PAGE = (Path(__file__).parents[2] / "docs" / "hosts.md").read_text(encoding="utf-8")
FUNCTIONS = re.findall(r"^\| `(MRR\w*)` \| `([a-z_, ]+)` \| `=(.+)` \|$", PAGE, re.MULTILINE)
#: In January 2024 Bob is back, Cyd pays less, Dan is new, Eve is gone, and Ada pays more.
LEDGER = """
    customer | start      | end        | mrr
    Ada      | 2023-01-01 |            | 100
    Bob      | 2023-01-01 | 2023-12-01 | 40
    Bob      | 2024-01-01 | 2024-02-01 | 70
    Cyd      | 2023-06-01 | 2024-01-01 | 10
    Cyd      | 2024-01-01 |            | 4
    Dan      | 2024-01-01 |            | 7.5
    Eve      | 2023-02-01 | 2024-01-01 | 20
    Ada      | 2024-01-01 |            | 11
"""


@pytest.mark.parametrize("month", ["2023-12", "2024-01", "2024-02"])
def test_they_give_the_figures_of_the_engine(tmp_path: Path, month: str) -> None:
    data = frame_of_csv(LEDGER)
    write_template(tmp_path / "report.xlsx", data=data, months=6, functions="plain")
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")["Schedule"]
    heads = {f"{cell.value:%Y-%m}": cell.column for cell in sheet[7] if cell.is_date}
    book = formulon.Workbook.load((tmp_path / "report.xlsx").read_bytes())
    assert len(FUNCTIONS) == 13
    for name, placeholders, definition in FUNCTIONS:
        ago = 12 if "RETENTION" in name or name in ("MRR_NRR", "MRR_GRR") else 1
        column = {"after": heads[month], "before": heads[month] - ago, "joined": 2}
        letters = {role: get_column_letter(number) for role, number in column.items()}
        given = {role: f"Schedule!{letter}8:{letter}{sheet.max_row}" for role, letter in letters.items()}
        given["at_month"] = month.replace("-", "")
        arguments = ",".join(given[role] for role in placeholders.split(", "))
        ((cell,),) = book.evaluate_formula_array(0, 0, 0, f"=LAMBDA({placeholders},{definition})({arguments})")
        value = cell.number if cell.kind.name == "NUMBER" else float("nan")  # #N/A
        assert value == pytest.approx(metric(name, data, month), abs=1e-9, nan_ok=True), name
