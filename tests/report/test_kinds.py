"""The kinds of report show the same figures: with an add-in, macros, LAMBDAs, or ordinary formulas only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mrr_xl.report import write_template
from support.csv_text import frame_of_csv

LEDGER = """
    customer | start      | end        | amount | interval | quantity | discount | status
    Ada      | 2023-01-15 |            | 1200   | year     | 1        |          | active
    Bob      | 2023-02-01 | 2024-02-01 | 50     | month    | 3        | 0.1      | cancelled
    Bob      | 2024-02-01 |            | 50     | month    | 5        | 0.1      | active
    Cyd      | 2023-03-10 | 2023-09-10 | 99.99  | month    | 1        |          | cancelled
    Cyd      | 2024-01-20 | 2024-05-20 | 33.33  | month    | 1        |          | cancelled
    Dan      | 2024-03-31 |            | 300    | quarter  | 2        |          | active
    Eve      | 2024-04-01 | 2024-05-01 | 10     | week     | 1        |          | trialing
"""
SHEETS = ("Summary", "Movements", "Retention", "Unit economics", "Budget")


def figures(path: Path) -> Iterator[tuple[tuple[str, str, int], Any]]:
    """Each row with a label, by its sheet, label and number among those that are called so: its cells with values."""
    book = openpyxl.load_workbook(path, data_only=True)
    for sheet in SHEETS:
        seen: dict[str, int] = {}
        for row in book[sheet].iter_rows(max_col=30):
            label = next((cell.value for cell in row[:2] if isinstance(cell.value, str)), None)
            numbers = [cell.value for cell in row if isinstance(cell.value, (int, float)) or cell.value == "#N/A"]
            if label and numbers:
                seen[label] = seen.get(label, 0) + 1
                yield (sheet, label, seen[label]), numbers


def texts(path: Path) -> list[tuple[Any, ...]]:
    """What the sheet Checks says, and the light and the sentence on Summary."""
    book = openpyxl.load_workbook(path, data_only=True)
    rows = [tuple(cell or None for cell in row) for row in book["Checks"].iter_rows(4, 60, 1, 5, values_only=True)]
    checks = [row for row in rows if row[1] in ("Result", "note", "problem")]  # others are of the data, or of the table
    return [*checks, (book["Summary"]["J4"].value, book["Summary"]["B2"].value)]


@pytest.mark.parametrize("kind", ["macros", "lite", "lambda", "plain"])
def test_every_kind_of_report_shows_the_same_figures(tmp_path: Path, kind: str) -> None:
    made: dict[str, dict[tuple[str, str, int], Any]] = {}
    made_files: dict[str, Path] = {}
    for one in ("addin", kind):
        path = tmp_path / (f"{one}.xlsm" if one == "macros" else f"{one}.xlsx")
        given: dict[str, Any] = {"functions": one} if one in ("lambda", "plain") else {"carries": one}
        write_template(path, data=frame_of_csv(LEDGER), months=18, **({} if one == "addin" else given))
        made[one], made_files[one] = dict(figures(path)), path
    assert made[kind].keys() == made["addin"].keys() and len(made[kind]) >= 50
    if kind in ("macros", "plain"):
        assert texts(made_files[kind]) == texts(made_files["addin"])
    for row, numbers in made["addin"].items():
        assert made[kind][row] == pytest.approx(numbers, abs=1e-6, nan_ok=False), row
