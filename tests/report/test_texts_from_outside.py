"""A text that came from outside is a text in a report, whatever it begins with: names, headers, currencies, rates."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from mrr_xl.report import write_template

RUNS = ["=CMD|' /C calc'!A0", "\t=1+1", '=HYPERLINK("http://x","y")']


@pytest.mark.parametrize("text", RUNS)
def test_no_text_from_outside_is_a_formula(tmp_path: Path, text: str) -> None:
    rates = pd.DataFrame({"currency": [text, "USD"], "rate": [1.0, 0.5]})
    data = pd.DataFrame(
        {
            "customer": [text, "Bo"],
            "start": pd.to_datetime(["2024-01-01", "2024-01-01"]),
            "mrr": [10, 20],
            "currency": [text, "USD"],
            "plan": [text, "Team"],
            text: ["x", text],
        }
    )
    write_template(tmp_path / "report.xlsx", months=3, data=data, rates=rates, currency=text)
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    shown = text.strip()
    holding = [cell for sheet in book for row in sheet.iter_rows() for cell in row if shown in str(cell.value)]
    assert {cell.parent.title for cell in holding} >= {"Subscriptions", "Settings"}
    for cell in holding:
        formula = getattr(cell.value, "text", cell.value) if cell.data_type in ("f", "a") else None
        assert formula is None or formula.startswith("=MRR_"), (cell.coordinate, cell.value)
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(f"<f>{shown[1:]}" in sheet or f"<f>{shown}" in sheet for sheet in sheets)
