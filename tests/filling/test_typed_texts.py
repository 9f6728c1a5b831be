"""Columns of the data that are the user's own: numbers and days of a text file are numbers and days in the cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from mrr_xl.filling.fill import Filled, fill
from support.ledger_table import data, ledger_workbook

CSV = """\
Customer,Start,Amount,Setup,Signed,Pct,Number,Note
Ada,2024-01-01,100,250,2023-12-20,10%,0012,1.5 seats
Bob,2024-02-01,50,"1,000.50",2024-05-01,5%,0007,
"""


def filled(folder: Path, text: str, change: Any = None, columns: tuple[str, ...] = ("Setup", "Signed")) -> Filled:
    (folder / "data.csv").write_text(text)
    return fill(ledger_workbook(folder / "own.xlsx", columns, change=change), folder / "data.csv", folder / "out.xlsx")


def sums(book: Any, sheet: Any) -> None:
    formulas = ["SUM(Subscriptions[Setup])", "MAX(Subscriptions[Signed])"]
    formulas += ["SUMPRODUCT(Data!F2:F3,Subscriptions[Amount])", 'COUNTIFS(Data!D2:D3,">=300")', "Data!G2&Data!H2"]
    for row, formula in enumerate(formulas, 2):
        book["Report"].cell(row, 1).value = f"={formula}"


def test_formulas_over_them_count_them(tmp_path: Path) -> None:
    filled(tmp_path, CSV, sums)
    report = openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True)["Report"]
    # 250 + 1,000.50; 1 May 2024; 10 % of 100 + 5 % of 50; one is 300 or more; a number that begins with 0 is a text.
    assert [report.cell(row, 1).value for row in range(2, 7)] == [1250.5, 45413, 12.5, 1, "00121.5 seats"]
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Data"]
    assert sheet["E3"].is_date and sheet["F2"].value == 0.1


def test_a_column_with_one_other_text_stays_as_it_is(tmp_path: Path) -> None:
    filled(tmp_path, CSV.replace("250,", "none,"))
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Data"]
    assert [sheet["D2"].value, sheet["D3"].value] == ["none", "1,000.50"]


def test_the_formulas_of_a_column_that_the_data_has_are_named(tmp_path: Path) -> None:
    def yearly(_: Any, sheet: Any) -> None:
        for row in range(2, 5):
            sheet[f"D{row}"] = f"=C{row}*12"

    done = filled(tmp_path, CSV, yearly)
    assert done.notes == [
        "column Setup of table Subscriptions is in the data, whose values take the place of its formulas (D2, D3, D4); "
        "leave the column out of the data to keep them"
    ]


def test_lines_keep_their_looks_and_new_ones_look_like_the_last(tmp_path: Path) -> None:
    def colours(_: Any, sheet: Any) -> None:
        sheet["C2"].style, sheet["C4"].style = "Good", "Bad"

    own = ledger_workbook(tmp_path / "own.xlsx", change=colours)
    fill(own, data("Ada", "Bob", "Cyd", "Dan", "Eve"), tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Data"]
    assert [sheet[f"C{row}"].style for row in range(2, 7)] == ["Good", "Normal", "Bad", "Bad", "Bad"]


def test_lines_of_our_own_sample_are_not_missed(tmp_path: Path) -> None:
    from mrr_xl.report import write_template

    write_template(tmp_path / "own.xlsx", months=2)
    frame = pd.DataFrame({"customer": ["Ada"], "start": ["2024-01-01"], "amount": [100]})
    assert fill(tmp_path / "own.xlsx", frame, tmp_path / "out.xlsx").notes == []
