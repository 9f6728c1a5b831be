"""Amounts typed on Unit economics stay in their columns; where a fill moves the months, it says so."""

from __future__ import annotations

import datetime as dt
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


def typed(template: Path, out: Path, **cells: object) -> Path:
    book = openpyxl.load_workbook(template)
    for cell, value in cells.items():
        book["Settings"][cell] = value
    book.save(out)
    return out


@pytest.mark.parametrize(("day", "told"), [(1, False), (2, True), (31, True)])
def test_a_first_month_typed_as_a_later_day_of_it_is_told(day: int, told: bool, tmp_path: Path) -> None:
    """The Budget looks for first days, and the last quarter would be a day too late to be over."""
    write_template(tmp_path / "template.xlsx", data=UNTIL_MAY, months=3)
    opened = typed(tmp_path / "template.xlsx", tmp_path / "typed.xlsx", B7=dt.datetime(2024, 3, day))
    said = (
        f"First month on the sheet Settings is 2024-03-{day:02}: type 2024-03-01, since the sheets look for the first "
        "day of each month"
    )
    assert (said in fill(opened, UNTIL_MAY, tmp_path / "filled.xlsx").notes) == told
    (check,) = [
        check
        for check in openpyxl.load_workbook(opened)["Settings"].data_validations.dataValidation
        if str(check.sqref) == "B7"
    ]
    assert check.type == "custom" and check.formula1 == "AND(B7>1,B7<109575,MONTH(B7-1)<>MONTH(B7))"


def test_budget_says_that_its_month_is_not_among_those_shown(tmp_path: Path) -> None:
    write_template(tmp_path / "template.xlsx", data=UNTIL_MAY, months=3)
    opened = typed(tmp_path / "template.xlsx", tmp_path / "typed.xlsx", B6=2, B7=dt.datetime(2024, 2, 1))
    said = []
    for report in (tmp_path / "template.xlsx", opened):
        fill(report, UNTIL_MAY, tmp_path / "filled.xlsx")
        sheet = openpyxl.load_workbook(tmp_path / "filled.xlsx", data_only=True)["Budget"]
        said.append((sheet["A3"].value, sheet["A5"].value, sheet["C16"].value))
    may = dt.datetime(2024, 5, 1)
    assert said[0] == (may, None, 7)
    assert said[1] == (may, "This month is not among those shown: pick another one on Summary.", "#N/A")


def test_the_last_months_end_with_the_last_one_that_is_over(tmp_path: Path) -> None:
    """From April on, three months are shown, of which two are over: a month without figures made all of it #N/A."""
    write_template(tmp_path / "template.xlsx", data=UNTIL_MAY, months=3)
    opened = typed(tmp_path / "template.xlsx", tmp_path / "typed.xlsx", B7=dt.datetime(2024, 4, 1))
    fill(opened, UNTIL_MAY, tmp_path / "filled.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "filled.xlsx", data_only=True)["Movements"]
    assert [sheet[cell].value for cell in ("E7", "E16", "G7")] == [dt.datetime(2024, 6, 1), "#N/A", "Last 2 months"]
    assert [sheet[f"G{row}"].value for row in (9, 10, 16, 17)] == [150, 7, 157, 7]
