"""Formulas that can't be computed here keep what they had; what is over them takes that, and never a wrong 0."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from mrr_xl.calculator.calculate import calculate
from mrr_xl.calculator.changed import store
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.spills import let_grow
from mrr_xl.xlsx.workbook import Workbook, read_workbook


def workbook(formulas: dict[str, Any], had: dict[str, float] | None = None) -> Workbook:
    """A sheet R with a ledger in H1:J3, formulas, and the values that some of them had."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "R"
    for row, line in enumerate(
        [["customer", "start", "amount"], ["Ada", "2024-01-01", 100], ["Bob", "2024-02-01", 5]], 1
    ):
        for column, value in enumerate(line, 8):
            sheet.cell(row, column).value = value
    sheet.add_table(Table(displayName="Subscriptions", ref="H1:J3"))
    for cell, formula in formulas.items():
        sheet[cell] = formula
    content = BytesIO()
    book.save(content)
    filled = read_workbook(content.getvalue())
    for cell in filled.package.root("xl/worksheets/sheet1.xml", touch=True).iter("{*}c"):
        if cell.get("r") in (had or {}):
            cell.find("{*}v").text = str((had or {})[cell.get("r")])
    return filled


def shown(filled: Workbook) -> tuple[dict[str, Any], list[str]]:
    computed = calculate(filled)
    store(filled, computed.values)
    sheet = openpyxl.load_workbook(BytesIO(filled.package.content()), data_only=True)["R"]
    return {cell.coordinate: cell.value for row in sheet["A1:C9"] for cell in row}, computed.sentences


UNKNOWN = [
    "=MY_ADDIN(1)", "=IFERROR(MY_ADDIN(1),7)", "=MRR(Subscriptions[#All],MY_ADDIN(1))", "=[1]Other!A1*2",
    "=CUBEVALUE(\"x\",H1)", "=GETPIVOTDATA(\"x\",H1)", "=NoSuchName+1",
]  # fmt: skip


@pytest.mark.parametrize("formula", UNKNOWN)
def test_what_cannot_be_computed_keeps_what_it_had_and_is_named(formula: str) -> None:
    cells, problems = shown(workbook({"A1": formula}, {"A1": 41}))
    assert cells["A1"] == 41
    assert len(problems) == 1 and problems[0].startswith("R!A1 can't be computed here and keeps its old value: ")


def test_formulas_over_it_take_what_it_had() -> None:
    cells, problems = shown(workbook({"A1": "=MY_ADDIN(1)", "A2": "=A1+1", "A3": "=IFERROR(A1,0)"}, {"A1": 41}))
    assert [cells["A2"], cells["A3"]] == [42, 41]
    assert problems == ["R!A1 can't be computed here and keeps its old value: MY_ADDIN(1)"]


def test_formulas_over_a_cell_that_had_nothing_keep_what_they_had_too() -> None:
    cells, problems = shown(workbook({"A1": "=MY_ADDIN(1)", "A2": "=IFERROR(A1,0)", "A3": "=COUNT(A1:A2)"}, {"A3": 2}))
    assert [cells["A1"], cells["A2"], cells["A3"]] == [None, None, 2]
    assert problems == [
        "R!A1 can't be computed here and keeps its old value: MY_ADDIN(1)",
        "R!A2, R!A3 can't be computed here and keep their old values: IFERROR(A1,0) (it needs R!A1)",
    ]


def test_formulas_over_a_table_s_column_that_has_no_value_keep_what_they_had() -> None:
    formulas = {"I2": "=MY_ADDIN(1)", "A1": "=SUM(Subscriptions[start])", "A2": "=ROWS(Subscriptions)"}
    cells, problems = shown(workbook(formulas, {"A1": 3}))
    assert [cells["A1"], cells["A2"]] == [3, 2]
    assert problems[1] == (
        "R!A1 can't be computed here and keeps its old value: SUM(Subscriptions[start]) (it needs R!I2)"
    )


def test_the_cells_of_an_array_formula_keep_what_they_had() -> None:
    filled = workbook(
        {"A1": ArrayFormula("A1:A3", "=MY_ADDIN(J2:J3)"), "A2": 8, "A3": 9, "B1": "=SUM(A1:A3)"}, {"A1": 7}
    )
    cells, _ = shown(filled)
    assert [cells[name] for name in ("A1", "A2", "A3", "B1")] == [7, 8, 9, 24]


def test_what_is_known_is_computed_also_beside_it() -> None:
    formulas = {"A1": "=MY_ADDIN(1)", "B1": "=_xlfn.LET(_xlpm.x,5,_xlpm.x+1)", "B2": "=SUM(J2:J3)"}
    cells, _ = shown(workbook(formulas, {"A1": 1}))
    assert [cells["B1"], cells["B2"]] == [6, 105]


def test_formulas_that_need_themselves_keep_what_they_had() -> None:
    formulas = {"A1": "=B1+1", "B1": "=A1+1", "A2": "=MRR(Subscriptions[#All],A3)", "A3": "=A2+45000", "A4": "=A4*2"}
    cells, problems = shown(workbook(formulas | {"C1": "=A1*2"}, {"A1": 5, "B1": 6, "A2": 1, "A4": 7}))
    assert [cells[name] for name in ("A1", "B1", "C1", "A2", "A3", "A4")] == [5, 6, 10, 1, 45001, 7]
    assert len(problems) == 1 and problems[0].endswith(" (it needs its own value)")
    assert all(f"R!{name}" in problems[0] for name in ("A1", "B1", "A2", "A4"))


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#FIELD!", "#BUSY!", "#PYTHON!", "#N/A", "#GETTING_DATA"])
def test_an_error_in_any_cell_is_kept_and_counts_as_one(error: str) -> None:
    filled = workbook({"A2": "=IFERROR(A1,7)", "A3": "=MRR(Subscriptions[#All],DATE(2024,2,1))"})
    filled.sheet("R").put(1, 1, None)
    cell = filled.sheet("R").cell(1, 1)
    cell.set("t", "e")
    cell.append(cell.makeelement(f"{MAIN}v"))
    cell[0].text = error
    cells, problems = shown(filled)
    assert [cells[name] for name in ("A1", "A2", "A3")] == [error, 7, 105] and problems == []


def test_our_own_answer_that_is_an_error_can_be_filled_again() -> None:
    filled = workbook({"A1": ArrayFormula("A1", "=_xlfn._xlws.FILTER(I2:I3,J2:J3>1E6)"), "B1": "=IFERROR(A1,0)"})
    let_grow(filled)
    for _ in range(2):
        cells, problems = shown(filled)
        assert [cells["A1"], cells["B1"], problems] == ["#VALUE!", 0, []]  # as Excel stores #CALC!


def test_an_array_that_shrinks_leaves_nothing_behind_and_one_that_grows_is_blocked() -> None:
    filled = workbook(
        {"A1": ArrayFormula("A1", "=_xlfn.SEQUENCE(C1)"), "C1": 3, "B1": ArrayFormula("B1", "=MRR_MOVEMENTS(H1:J3)")}
    )
    let_grow(filled)
    cells, _ = shown(filled)
    assert [cells[f"A{row}"] for row in range(1, 5)] == [1, 2, 3, None]
    assert cells["B1"] == "#VALUE!"  # C1 is in its way: #SPILL!, as Excel stores it
    filled.sheet("R").put(1, 3, 2)
    cells, _ = shown(filled)
    assert [cells[f"A{row}"] for row in range(1, 5)] == [1, 2, None, None]


def test_a_data_table_keeps_its_values() -> None:
    filled = workbook({"A1": "=J2*2"}, {"A1": 3})
    formula = filled.sheet("R").cell(1, 1)[0]
    formula.text = None
    formula.set("t", "dataTable")
    cells, problems = shown(filled)
    assert cells["A1"] == 3
    assert problems == ["R!A1 can't be computed here and keeps its old value: a data table"]


def test_what_a_program_without_our_functions_saved_as_an_unknown_name_is_computed() -> None:
    """LibreOffice without the extension saves #NAME? in all cells of our arrays, and our names in lower case."""
    formulas = {
        "A1": ArrayFormula("A1:B1", '=mrr_new(Subscriptions[#All],{"2024-01","2024-02"})'), "B1": "#NAME?",
        "A2": "=IF(A1>0,mrr_burn_multiple(2520,SUM(A1:B1)),0)",
        "A3": "=mrr(Subscriptions[#All],EDATE(A4,-1))", "A4": "=INDEX(mrr_movements(Subscriptions[#All]),3,1)",
        "A5": "=mrr_burn_multiple(SUM(A1:B1)*24,A6)", "A6": "=SUM(A1:B1)",
    }  # fmt: skip
    filled = workbook(formulas)
    for cell in filled.package.root("xl/worksheets/sheet1.xml", touch=True).iter("{*}c"):
        if cell.get("r")[0] in "AB":
            cell.set("t", "e")
            cell.find("{*}v").text = "#NAME?"
    cells, problems = shown(filled)
    assert problems == []
    assert [cells[name] for name in ("A1", "B1", "A2", "A3", "A5")] == [100, 5, 2, 100, 2]


def test_an_unknown_name_among_the_arguments_is_still_one() -> None:
    formulas = {"A1": "=MRR_BURN_MULTIPLE(210,SUM(B1,MY_ADDIN(1)))", "A2": "=MRR_BURN_MULTIPLE(210,SUM(B1,C2))"}
    cells, problems = shown(workbook(formulas | {"B1": 5, "C2": "#NAME?"}, {"A1": 41, "A2": 42}))
    assert [cells["A1"], cells["A2"]] == [41, 42]
    assert len(problems) == 2
