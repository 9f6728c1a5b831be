"""The sheet Budget: actuals beside what the user has typed into the table Budget, in every kind of report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mrr_xl import Settings, fill
from mrr_xl.filling.fill import finish
from mrr_xl.report import write_template
from mrr_xl.report.sheets import budget
from mrr_xl.report.template import build_template, saved
from support.csv_text import frame_of_csv

#: February 2024: opening 300, new 50, expansion 20, contraction −10, churn −100, closing 260; 3 customers, 1 left.
LEDGER = """
    customer | start      | end        | amount
    Ada      | 2024-01-01 | 2024-02-10 | 100
    Ada      | 2024-02-10 |            | 120
    Bob      | 2024-01-01 | 2024-02-20 | 60
    Bob      | 2024-02-20 |            | 50
    Cyd      | 2024-01-01 | 2024-02-15 | 100
    Dan      | 2024-01-01 |            | 40
    Eve      | 2024-02-05 |            | 50
"""
FEBRUARY, LEAP_DAY = dt.date(2024, 2, 1), dt.datetime(2024, 2, 29, 18, 30)
KINDS: dict[str, dict[str, Any]] = {
    "addin": {}, "lambda": {"functions": "lambda"}, "plain": {"functions": "plain"},
}  # fmt: skip


LINES: list[tuple[Any, ...]] = [
    (FEBRUARY, "New", 40), (LEAP_DAY, "Expansion", 25), (dt.date(2024, 2, 15), "Contraction", -20),
    (FEBRUARY, "Churn", -50), (FEBRUARY, "Churn", -30), (FEBRUARY, "closing mrr", 250), (FEBRUARY, "Reactivation", 0),
    (FEBRUARY, "Churned customers", 2), (FEBRUARY, "MRR growth", -0.1),
    (FEBRUARY, "MRR growth over twelve months", 1),
    (dt.date(2024, 1, 31), "Net new MRR", 5), (dt.date(2024, 3, 1), "Net new MRR", 7),
]  # fmt: skip
#: None of them is a row of the budget.
WRONG: list[tuple[Any, ...]] = [
    ("2024-02", "New", 40), (2024, "New", 40), (None, "New", 40), (FEBRUARY, "new MRR", 40), (FEBRUARY, "New ", 40),
    (FEBRUARY, None, 40), (FEBRUARY, "New", "40"), (FEBRUARY, "New", None), (FEBRUARY, "Churn", 100),
    (None, None, None), (FEBRUARY, "*", 1),
]  # fmt: skip


def built(folder: Path, lines: Sequence[tuple[Any, ...]], rules: Settings | None = None, **cells: object) -> Any:
    """The sheet of a report of LEDGER with these lines, for its values. cells: what else to type, as Summary_C4."""
    workbook = build_template(frame_of_csv(LEDGER).to_pandas(), months=3, rules=rules, budgeted=lines)
    for place, value in cells.items():
        sheet, _, cell = place.partition("_")
        workbook[sheet][cell] = value
    filled = finish(saved(workbook), folder / "report.xlsx", 0)
    return openpyxl.load_workbook(filled.path, data_only=True)["Budget"]


def compared(sheet: Any) -> dict[str, tuple[Any, ...]]:
    """Figure → actual, budget, variance, variance %; a blank text is None, as a blank cell is."""
    return {
        row[0]: tuple(None if value == "" else value for value in row[2:])
        for row in sheet.iter_rows(8, 26, 1, 6, values_only=True)
    }


@pytest.mark.parametrize("kind", ["addin", pytest.param("lambda", marks=pytest.mark.slow), "plain"])
def test_what_is_typed_stands_beside_the_figures_after_a_fill_and_the_table_stays(tmp_path: Path, kind: str) -> None:
    data, out = frame_of_csv(LEDGER), tmp_path / "report.xlsx"
    write_template(tmp_path / "template.xlsx", data=data.head(2), months=3, **KINDS[kind])
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    for row, line in enumerate([*LINES, *WRONG], 8):
        for letter, value in zip("HIJ", line):
            book["Budget"][f"{letter}{row}"] = value
    book["Budget"]["J50"] = "below the table"
    book.save(tmp_path / "typed.xlsx")
    before = openpyxl.load_workbook(tmp_path / "typed.xlsx")["Budget"]
    filled = fill(tmp_path / "typed.xlsx", data, out)
    wrong = 10 + (kind == "plain")  # which reads on below the table
    assert filled.problems == []
    assert f"the sheet Budget: {wrong} rows can't be used: see the red cells" in filled.notes
    after = openpyxl.load_workbook(out)["Budget"]
    assert (table(after), after.tables["Budget"].ref) == (table(before), "H7:J45")
    sheet = openpyxl.load_workbook(out, data_only=True)["Budget"]
    assert sheet["A3"].value == dt.datetime(2024, 2, 1)
    assert sheet["H6"].value == f"{wrong} rows can't be used: see the red cells"
    found = compared(sheet)
    assert found["New"] == (50, 40, 10, 0.25)
    assert found["Expansion"] == (20, 25, -5, -0.2)
    assert found["Contraction"] == (-10, -20, 10, 0.5)  # less was lost
    assert found["Churn"] == (-100, -80, -20, -0.25)  # more was lost
    assert found["Closing MRR"] == (260, 250, 10, 0.04)
    assert found["Reactivation"] == (0, 0, 0, None)  # no share of 0
    assert found["Churned customers"] == (1, 2, -1, -0.5)
    assert found["MRR growth"] == (pytest.approx(-40 / 300), -0.1, pytest.approx(-40 / 300 + 0.1), None)
    assert found["MRR growth over twelve months"] == ("#N/A", 1, "#N/A", None)
    assert found["Net new MRR"] == (-40, None, None, None)  # a budget of other months
    assert found["Opening MRR"] == (300, None, None, None)
    assert found["Customers at month end"] == (4, None, None, None)


def table(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(7, 60, 8, 10, values_only=True))


def test_for_external_readers_the_table_stays(tmp_path: Path) -> None:
    write_template(tmp_path / "template.xlsx", months=1)
    fill(tmp_path / "template.xlsx", frame_of_csv(LEDGER), tmp_path / "values.xlsx", values=True)
    before, after = (openpyxl.load_workbook(tmp_path / f"{name}.xlsx")["Budget"] for name in ("template", "values"))
    assert table(after) == table(before)


def test_rows_of_one_month_and_figure_add_up_but_for_shares_and_averages(tmp_path: Path) -> None:
    lines = [
        (FEBRUARY, "New", 30), (LEAP_DAY, "New", 15), (FEBRUARY, "MRR growth", 0.1), (FEBRUARY, "MRR growth", 0.1),
        (FEBRUARY, "Average MRR per customer (ARPA)", 70), (LEAP_DAY, "Average MRR per customer (ARPA)", 60),
        (FEBRUARY, "Annual run rate (ARR)", 3000), (FEBRUARY, "Annual run rate (ARR)", 120),
    ]  # fmt: skip
    found = compared(built(tmp_path, lines))
    assert found["New"] == (50, 45, 5, pytest.approx(1 / 9))
    assert found["MRR growth"][1:] == ("several", None, None)
    assert found["Average MRR per customer (ARPA)"] == (65, "several", None, None)
    assert found["Annual run rate (ARR)"] == (3120, 3120, 0, 0)


def test_one_row_that_can_not_be_used(tmp_path: Path) -> None:
    sheet = built(tmp_path, [(FEBRUARY, "Anew", 1)])
    assert sheet["H6"].value == "1 row can't be used: see the red cells"
    assert {row[1:] for row in compared(sheet).values()} == {(None, None, None)}


def test_an_error_in_the_table_is_said(tmp_path: Path) -> None:
    sheet = built(tmp_path, [(FEBRUARY, "New", 1)], Budget_J8="=1/0")
    assert sheet["H6"].value == "a cell of the table is an error"


def test_it_follows_the_month_picked_on_summary(tmp_path: Path) -> None:
    found = compared(built(tmp_path, [(dt.date(2024, 1, 9), "New", 200)], Summary_C4=dt.date(2024, 1, 1)))
    assert found["New"] == (300, 200, 100, 0.5)


def test_of_a_quarter_the_movements_add_up_and_a_level_is_that_of_its_end(tmp_path: Path) -> None:
    """From nothing before January to 260 in March 2024: all of it is of customers who are new in the quarter."""
    january, march = dt.date(2024, 1, 1), dt.date(2024, 3, 31)
    lines = [
        (january, "New", 300), (FEBRUARY, "New", 40), (march, "New", 10), (dt.date(2024, 4, 1), "New", 1000),
        (dt.date(2023, 12, 31), "New", 1000), (january, "Closing MRR", 300), (march, "Closing MRR", 250),
        (january, "Opening MRR", 10), (FEBRUARY, "Opening MRR", 300), (march, "MRR growth", 0.1),
        (march, "Average MRR per customer (ARPA)", 52), (january, "Churned customers", 0),
        (march, "Churned customers", 1),
    ]  # fmt: skip
    rules = Settings.of({"period": "quarter", "through": "2024-03"})
    found = compared(built(tmp_path, lines, rules))
    assert found["New"] == (260, 350, -90, -90 / 350)
    assert found["Closing MRR"] == (260, 250, 10, 0.04)
    assert found["Opening MRR"] == (0, 10, -10, -1)
    assert found["MRR growth"] == ("#N/A", None, None, None)  # of a month it is not that of a quarter
    assert found["Average MRR per customer (ARPA)"] == (65, 52, 13, 0.25)
    assert found["Churned customers"] == (0, 1, -1, -1)  # who came and went within the quarter is not in it


def test_a_long_table_is_read_to_its_end(tmp_path: Path) -> None:
    assert compared(built(tmp_path, [(FEBRUARY, "New", 1)] * 3000))["New"][1] == 3000


def test_the_sample_has_a_budget_and_a_report_of_your_data_none(tmp_path: Path) -> None:
    write_template(tmp_path / "sample.xlsx", months=1)
    write_template(tmp_path / "yours.xlsx", months=1, data=frame_of_csv(LEDGER))
    sample, yours = (openpyxl.load_workbook(tmp_path / name)["Budget"] for name in ("sample.xlsx", "yours.xlsx"))
    assert [cell.value for cell in sample[8]][7:] == [dt.datetime(2025, 10, 1), "New", 5500]
    assert {cell.value for row in yours["H8:J60"] for cell in row} == {None}
    assert sample.tables["Budget"].ref == yours.tables["Budget"].ref == "H7:J45"
    figures = {row.label for row in budget.ROWS}
    assert {cell.value for (cell,) in sample["I8:I28"]} < figures and len(figures) == 19


def test_more_is_green_but_for_customers_who_left() -> None:
    """Contraction and churn are negative on Movements: more of them than budgeted is a variance below 0."""
    sheet = build_template(frame_of_csv(LEDGER).to_pandas(), months=1)["Budget"]
    label = {row: sheet[f"A{row}"].value for row in range(8, 27)}
    good = {
        label[int(str(area.sqref)[1:].partition(":")[0])]: rule.formula[0][-2:]
        for area in sheet.conditional_formatting
        for rule in area.rules
        if str(area.sqref).startswith("E") and rule.dxf.font.color.rgb == "002E7D32"
    }
    assert good == dict.fromkeys(label.values(), ">0") | {"Churned customers": "<0"}
