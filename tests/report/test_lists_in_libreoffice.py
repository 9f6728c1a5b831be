"""The report's lists in LibreOffice, where they keep the length that they have in the file: a sentence says so."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mrr_xl.report import write_template
from support.host_calc import installed
from support.ledgers import ledger
from support.office import missing

LINES = """
customer  start       end         amount  plan
Ada       2025-01-01  2025-03-01  100     Pro
Ada       2025-03-01  -           150     Pro
Bob       2025-01-01  2025-03-01  80      Basic
Cyd       2025-01-01  2025-02-10  40      Basic
Cyd       2025-03-05  -           40      Basic
Dee       2025-03-01  -           70      Team
Eve       2025-04-01  -           30      Team
"""
CUT = "Rows are missing: this program does not make the list longer. mrr-xl fill does."
SAYS = {"Detail": "A5", "Segments": "A5", "Customers": "A12", "Cohorts MRR": "A3", "Cohorts customers": "A3"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=missing() or "-"),
    pytest.mark.xdist_group("calc"),
    pytest.mark.filterwarnings("ignore:.* extension is not supported and will be removed:UserWarning"),
]


def opened(tmp_path: Path, typed: dict[str, object]) -> Any:
    """The report as LibreOffice computes it after something was typed into it."""
    write_template(tmp_path / "report.xlsx", data=ledger(LINES), months=4, through="2025-04")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    for place, value in typed.items():
        sheet, cell = place.split("!")
        book[sheet][cell] = value
    book.save(tmp_path / "typed.xlsx")
    return openpyxl.load_workbook(installed().convert(tmp_path / "typed.xlsx"), data_only=True)


def said(book: Any) -> list[str]:
    return [sheet for sheet, cell in SAYS.items() if book[sheet][cell].value == CUT]


def test_lists_that_would_be_longer_say_so(tmp_path: Path) -> None:
    """In March four customers moved, and in April, whose list the file has, one."""
    book = opened(
        tmp_path, {"Summary!C4": dt.datetime(2025, 3, 1), "Segments!B4": "Customer", "Cohorts MRR!B4": "month"}
    )
    assert said(book) == ["Detail", "Segments", "Cohorts MRR", "Cohorts customers"]
    assert [book["Detail"][cell].value for cell in ("A7", "A8", "C4", "D4", "E4")] == [
        "Dee", None, 70, 80, "rows missing",
    ]  # fmt: skip


def test_lists_that_are_as_long_or_shorter_do_not(tmp_path: Path) -> None:
    book = opened(tmp_path, {"Summary!F4": "plan=Team", "Customers!B4": 1})
    assert said(book) == []
    assert [book["Detail"][cell].value for cell in ("A7", "C4", "D4", "E4")] == ["Eve", 30, 30, "OK"]
    assert [book["Customers"][cell].value for cell in ("B14", "B15")] == ["Dee", "#N/A"]


def test_a_column_that_the_table_lacks_is_said_beside_its_name(tmp_path: Path) -> None:
    book = opened(tmp_path, {"Segments!B4": "Billing"})
    assert book["Segments"]["C4"].value == "The table has no such column: pick one from the list."
    assert opened(tmp_path, {})["Segments"]["C4"].value in (None, "")
