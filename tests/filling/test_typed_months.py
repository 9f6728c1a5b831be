"""Amounts typed on Unit economics stay in their columns; where a fill moves the months, it says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from mrr_xl.filling.fill import fill
from mrr_xl.report import write_template

MOVED = (
    "the months have moved, and what is typed on the sheet Unit economics stays in its columns: move it to its months"
)
UNTIL_MARCH = pd.DataFrame({"customer": ["Ada", "Bob"], "start": ["2024-01-01", "2024-03-01"], "mrr": [100.0, 50.0]})
UNTIL_MAY = pd.concat([UNTIL_MARCH, pd.DataFrame({"customer": ["Cyd"], "start": ["2024-05-01"], "mrr": [7.0]})])


@pytest.mark.parametrize("functions", [None, "plain"])
def test_typed_spend_is_told_of_when_the_months_move_and_only_then(tmp_path: Path, functions: Any) -> None:
    template = tmp_path / "template.xlsx"
    write_template(template, data=UNTIL_MARCH, months=3, functions=functions)
    assert MOVED not in fill(template, UNTIL_MAY, tmp_path / "untyped.xlsx").notes
    book = openpyxl.load_workbook(template)
    book["Unit economics"]["E9"] = 500
    book.save(tmp_path / "typed.xlsx")
    # openpyxl drops what formulas gave; a fill computes it.
    assert MOVED not in fill(tmp_path / "typed.xlsx", UNTIL_MARCH, tmp_path / "march.xlsx").notes
    assert MOVED in fill(tmp_path / "typed.xlsx", UNTIL_MAY, tmp_path / "next.xlsx").notes
    assert MOVED not in fill(tmp_path / "march.xlsx", UNTIL_MARCH, tmp_path / "same.xlsx").notes
    assert MOVED in fill(tmp_path / "march.xlsx", UNTIL_MAY, tmp_path / "may.xlsx").notes
    assert openpyxl.load_workbook(tmp_path / "may.xlsx")["Unit economics"]["E9"].value == 500


def test_months_that_become_quarters_move_what_is_typed(tmp_path: Path) -> None:
    template = tmp_path / "template.xlsx"
    write_template(template, data=UNTIL_MARCH, months=1)
    book = openpyxl.load_workbook(template)
    book["Unit economics"]["C9"] = 500
    book.save(template)
    assert MOVED not in fill(template, UNTIL_MARCH, tmp_path / "march.xlsx").notes
    for report in ("template.xlsx", "march.xlsx"):  # the only column is March, and then January to March
        assert MOVED in fill(tmp_path / report, UNTIL_MARCH, tmp_path / "quarter.xlsx", period="quarter").notes
