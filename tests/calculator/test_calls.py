"""Our functions within the formulas of a workbook that another engine computes."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

from calculator.test_kept import shown, workbook
from mrr_xl.xlsx.package import MAIN, WORKBOOK
from mrr_xl.xlsx.spills import let_grow

# The ledger of test_kept: Ada pays 100 from January 2024, Bob 5 from February.
FEBRUARY = "DATE(2024,2,1)"

FORMULAS: list[tuple[str, Any]] = [
    (f"=[1]!MRR(Subscriptions[#All],{FEBRUARY})", 105),
    (f"='C:\\add ins\\mrr.xlam'!MRR(Subscriptions[#All],{FEBRUARY})", 105),
    (f"=mrr.xlam!MRR(Subscriptions[#All],{FEBRUARY})", 105),
    (f"=_xll.MRR(Subscriptions[#All],{FEBRUARY})", 105),
    (f"=_xldudf_MRR(Subscriptions[#All],{FEBRUARY})", 105),
    (f"=[1]!MRR_NEW(Subscriptions[#All],{FEBRUARY})+_xll.MRR(Subscriptions[#All],{FEBRUARY})", 110),
    (f"=mrr( H1:J3 , {FEBRUARY} )", 105),
    (f"=-MRR(Subscriptions[#All],{FEBRUARY})^2*10%", 1102.5),
    ('=MRR(Subscriptions[#All],"2024-01")&" a month"', "100 a month"),
    ("=MRR(Subscriptions[#All],EDATE(MRR_LAST_MONTH(Subscriptions[#All]),-1))", 100),
    ("=SUM(MRR(Subscriptions[#All],EDATE(DATE(2024,1,1),{0,1})))", 205),
    ("=_xlfn.LET(_xlpm.m,DATE(2024,1,1),_xlpm.n,EDATE(_xlpm.m,1),MRR(Subscriptions[#All],_xlpm.n))", 105),
    ('=IF(C9="","",MRR(Subscriptions[#All],C9))', None),
    ('=IFERROR(MRR(Subscriptions[#All],"soon"),0)', 0),
    ("=MRR(Subscriptions[#All],OFFSET(C9,0,0))", 105),  # a blank cell is no month: the last one
    ("=INDEX(MRR_MOVEMENTS(Subscriptions[#All]),2,1)", 45292),
    ("=ROWS(MRR_MOVEMENTS(Subscriptions[#All]))", 3),
    ("=COUNTIF(A9:A9,MRR(Subscriptions[#All]))", 0),
    ("=MRR(H1:INDEX(J:J,3),DATE(2024,2,1))", 105),
]


@pytest.mark.parametrize(("formula", "value"), FORMULAS, ids=[formula for formula, _ in FORMULAS])
def test_a_call_within_a_formula(formula: str, value: Any) -> None:
    cells, problems = shown(workbook({"A1": formula}))
    assert (cells["A1"], problems) == (pytest.approx(value) if isinstance(value, float) else value, [])


def test_a_chain_through_other_formulas_is_followed_to_its_end() -> None:
    formulas = {"A1": "=MRR_LAST_MONTH(Subscriptions[#All])"}
    for row in range(2, 8):
        back = f"EDATE(A{row - 1},-1)"
        formulas[f"A{row}"] = f"=IF(MRR(Subscriptions[#All],{back})>0,{back},A{row - 1})"
    cells, problems = shown(workbook(formulas))
    assert [cells[f"A{row}"] for row in range(1, 8)] == [45323, *[45292] * 6]
    assert problems == []


def test_a_name_may_call_our_functions() -> None:
    filled = workbook({"A1": "=Latest*2", "A2": "=MRR(Ledger,Month)"})
    names = filled.package.root(WORKBOOK, touch=True).find(f"{MAIN}definedNames")
    if names is None:
        names = filled.package.root(WORKBOOK).makeelement(f"{MAIN}definedNames")
        filled.package.root(WORKBOOK).find(f"{MAIN}sheets").addnext(names)
    for name, formula in {
        "Latest": "MRR(Subscriptions[#All])",
        "Ledger": "R!$H$1:$J$3",
        "Month": "EDATE(DATE(2024,2,1),-1)",
    }.items():
        element = names.makeelement(f"{MAIN}definedName", name=DefinedName(name).name)
        element.text = formula
        names.append(element)
    cells, problems = shown(filled)
    assert [cells["A1"], cells["A2"], problems] == [210, 100, []]


def test_an_array_larger_than_its_answer_repeats_one_value_and_is_not_available_beyond() -> None:
    formulas = {
        "A1": ArrayFormula("A1:C1", f"=MRR(Subscriptions[#All],{FEBRUARY})"),
        "A2": ArrayFormula("A2:C2", '=MRR(Subscriptions[#All],{"2024-01","2024-02"})'),
        "A3": ArrayFormula("A3:C3", f"=MRR(Subscriptions[#All],{FEBRUARY})*{{1,2}}"),
    }
    cells, _ = shown(workbook(formulas))
    assert [[cells[f"{letter}{row}"] for letter in "ABC"] for row in (1, 2, 3)] == [
        [105, 105, 105], [100, 105, "#N/A"], [105, 210, "#N/A"],
    ]  # fmt: skip


def test_what_our_functions_spill_can_be_referred_to() -> None:
    formulas = {
        "A1": ArrayFormula("A1", '=MRR(Subscriptions[#All],{"2024-01";"2024-02"})'),
        "B1": "=SUM(_xlfn.ANCHORARRAY(A1))",
        "C1": ArrayFormula("C1", '=MRR(Subscriptions[#All],{"2024-01";"2024-02"})/3'),
    }
    filled = workbook(formulas)
    let_grow(filled)
    cells, problems = shown(filled)
    assert [cells["A1"], cells["A2"], cells["B1"], cells["C1"], cells["C2"]] == [100, 105, 205, 100 / 3, 35]
    assert problems == []


def test_formulas_that_share_a_text_are_each_at_their_own_place() -> None:
    filled = workbook(
        {"A1": '="2024-0"&ROW()', "A2": '="2024-0"&ROW()', "B1": "=MRR(Subscriptions[#All],A1)", "B2": "=1"}
    )
    for row, text in ((1, "MRR(Subscriptions[#All],A1)"), (2, None)):
        formula = filled.sheet("R").cell(row, 2)[0]
        formula.text = text
        formula.set("t", "shared")
        formula.set("si", "0")
        if text:
            formula.set("ref", "B1:B2")
    cells, problems = shown(filled)
    assert [cells["B1"], cells["B2"], problems] == [100, 105, []]


def test_a_handle_in_a_cell_is_computed_before_what_reads_it() -> None:
    formulas = {
        "A1": f"=MRR(B1,{FEBRUARY})",
        "A2": f"=MRR(MRR_LEDGER(Subscriptions[#All]),{FEBRUARY})",
        "A3": '=LEFT(B1,FIND(" #",B1)-1)',
        "A4": "=ROWS(MRR_CHECKS(B1))-ROWS(MRR_CHECKS(Subscriptions[#All]))",
        "B1": "=MRR_LEDGER(Subscriptions[#All])",
    }
    cells, problems = shown(workbook(formulas))
    assert [cells[f"A{row}"] for row in (1, 2, 3, 4)] == [105, 105, "2 lines, 2024-01 to 2024-02", 0]
    assert problems == []


def test_a_handle_that_the_workbook_was_saved_with_is_known_again() -> None:
    handle, _ = shown(workbook({"B1": "=MRR_LEDGER(Subscriptions[#All])"}))
    formulas = {"A1": f"=MRR(B1,{FEBRUARY})", "A2": "=ROWS(MRR_CHECKS(B1))", "B1": "=MRR_LEDGER(Subscriptions[#All])"}
    filled = workbook(formulas)
    saved = filled.sheet("R").cell(1, 2)
    saved.set("t", "str")
    value = saved.find(f"{MAIN}v")
    value = saved.makeelement(f"{MAIN}v") if value is None else value
    value.text = handle["B1"]
    saved.append(value)
    cells, problems = shown(filled)
    assert (cells["A1"], cells["B1"], problems) == (105, handle["B1"], [])


def test_a_handle_that_is_a_text_and_no_formula_is_refused() -> None:
    cells, problems = shown(workbook({"A1": "=MRR(B1)", "B1": "2 lines, 2024-01 to 2024-02 #0123456789ab"}))
    assert cells["A1"] == "#VALUE!"
    assert "Python does not know '2 lines, 2024-01 to 2024-02 #0123456789ab'" in problems[0]


def test_of_a_mistake_and_what_follows_from_it_the_first_is_told() -> None:
    """In a report of thirty clients, the lines that asked for a spend buried the one about an interval."""
    cells, problems = shown(
        workbook(
            {
                "A1": '=MRR_LTV(Subscriptions[#All],"soon")',
                "A2": "=MRR_LTV_CAC(A1,100)",
                "A3": "=A1*2",
                "A4": '=IF(A3="","",MRR_CAC_PAYBACK(C9,A3))',
                "A5": '=MRR(Subscriptions[#All],"later")',
            }
        )
    )
    assert [cells[f"A{row}"] for row in range(1, 6)] == ["#VALUE!"] * 5
    assert problems == [
        "R!A1: MRR_LTV: 'soon' is not a month; write it as 2024-03",
        "R!A5: MRR: 'later' is not a month; write it as 2024-03",
    ]
