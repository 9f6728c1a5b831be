"""fill: what stands below or beside the table is never written over."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from mrr_xl import MrrError
from mrr_xl.filling.fill import fill
from support.ledger_table import TABLE, data, formulas, ledger_workbook, shown, xml

PLAN = {"Plan": ["S", "M", "L", "S", "M"]}
FIVE = ("Ada", "Bob", "Cyd", "Dan", "Eve")


def put(**cells: Any) -> Callable[[Any, Any], None]:
    def change(book: Any, sheet: Any) -> None:
        for address, value in cells.items():
            sheet[address] = value

    return change


def merged(area: str) -> Callable[[Any, Any], None]:
    return lambda book, sheet: sheet.merge_cells(area)


def other_table(area: str) -> Callable[[Any, Any], None]:
    def change(book: Any, sheet: Any) -> None:
        table = Table(displayName="Costs", ref=area)
        table._initialise_columns()  # whose headers' cells are not written
        sheet.add_table(table)

    return change


BELOW = [
    (put(C6="mine"), "C6"),
    (put(B5="=1+1"), "B5"),
    (merged("A6:D6"), "the merged cells A6:D6"),
    (other_table("C6:D8"), "table Costs"),
    (put(D6=ArrayFormula("D6:D7", "=A1:A2")), None),
    (put(A6=ArrayFormula("A6:B7", "=A1:B2")), "A6"),
]


@pytest.mark.parametrize(("change", "what"), BELOW)
def test_the_table_does_not_grow_over_what_is_below(tmp_path: Path, change: Any, what: str | None) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    if what is None:
        fill(own, data(*FIVE), out)
        return
    message = f"table Subscriptions would grow over {what} of sheet Data; move what is below it"
    with pytest.raises(MrrError, match=f"^{re.escape(message)}$"):
        fill(own, data(*FIVE), out)
    assert not out.exists()


BESIDE = [
    (put(D1="mine"), "D1"),
    (put(D3="mine"), "D3"),
    (put(D6="where the table grows to"), "D6"),
    (other_table("D2:E3"), "table Costs"),
    (merged("D4:E4"), "the merged cells D4:E4"),
    (put(E3=ArrayFormula("E3:F3", "=A1:B1")), None),
    (put(D7="below the lines"), None),
]


@pytest.mark.parametrize(("change", "what"), BESIDE)
def test_a_new_column_is_not_written_over_what_is_beside(tmp_path: Path, change: Any, what: str | None) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    if what is None:
        fill(own, data(*FIVE, **PLAN), out)
        assert formulas(out, "D1:D6") == ["Plan", *PLAN["Plan"]]
        return
    message = (
        "the data has a column Plan that table Subscriptions does not have, and its place beside the table is taken by "
        f"{what} of sheet Data; add the column to the table, or move what is beside it"
    )
    with pytest.raises(MrrError, match=f"^{re.escape(message)}$"):
        fill(own, data(*FIVE, **PLAN), out)
    assert not out.exists()


def test_the_total_row_of_a_new_column_is_looked_at(tmp_path: Path) -> None:
    own = ledger_workbook(tmp_path / "own.xlsx", totals=True, change=put(D7="mine"))
    with pytest.raises(MrrError, match="is taken by D7 of sheet Data"):
        fill(own, data(*FIVE, **PLAN), tmp_path / "out.xlsx")
    assert fill(own, data(*FIVE[:4], Plan=PLAN["Plan"][:4]), tmp_path / "out.xlsx").lines == 4
    assert shown(tmp_path / "out.xlsx", "A6:D7") == [["Total", None, 360, None], [None, None, None, "mine"]]


def test_a_formula_over_several_cells_of_the_table_is_named(tmp_path: Path) -> None:
    change = put(D2=ArrayFormula("D2:D4", "=C2:C4*12"))
    own = ledger_workbook(tmp_path / "own.xlsx", ["Yearly"], change=change)
    message = (
        "the array formula over D2:D4 of sheet Data fills several cells of table Subscriptions, which Excel does not "
        "allow; write it into one cell of each row"
    )
    with pytest.raises(MrrError, match=f"^{re.escape(message)}$"):
        fill(own, data(*FIVE), tmp_path / "out.xlsx")


def test_the_last_column_of_a_sheet_is_the_last(tmp_path: Path) -> None:
    own, columns = tmp_path / "own.xlsx", ["XFB", "XFC", "XFD"]
    ledger_workbook(own, change=lambda book, sheet: sheet.tables.pop("Subscriptions"))

    def at_the_edge(book: Any, sheet: Any) -> None:
        for column, header in zip(columns, ["Customer", "Start", "Amount"]):
            sheet[f"{column}1"], sheet[f"{column}2"] = header, 1
        table = sheet.tables["Subscriptions"]
        table.ref = table.autoFilter.ref = "XFB1:XFD2"

    ledger_workbook(own, change=at_the_edge)
    with pytest.raises(MrrError, match=r"the sheet has no column left; leave it out of the data$"):
        fill(own, data(*FIVE, **PLAN), tmp_path / "out.xlsx")
    assert xml(own, TABLE).get("ref") == "XFB1:XFD2"


def test_an_answer_larger_than_its_fixed_area_is_told(tmp_path: Path) -> None:
    """As libraries save the formulas that grow in Excel 365; one that is large enough is not told of."""

    def change(book: Any, sheet: Any) -> None:
        tops = book.create_sheet("Tops")
        tops["A1"] = ArrayFormula("A1:B3", "=MRR_TOP(Subscriptions[#All],5)")
        tops["E1"] = ArrayFormula("E1:K9", "=MRR_TOP(Subscriptions[#All],5)")
        tops["M1"] = ArrayFormula("M1:M2", '=MRR(Subscriptions[#All],"2024-01")')

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    filled = fill(own, data(*FIVE), out)
    assert (filled.problems, filled.notes) == (
        [],
        [
            "Tops!A1: the answer has more rows or columns than the fixed area that the formula fills, and these are "
            "not shown; enter the formula in one cell again, or fill a new template (libraries and LibreOffice save "
            "formulas that grow so)"
        ],
    )
