"""What Excel and libraries write in formulas' texts: answers of one cell referred to as A1#, columns without a table.

[@Amount] is stored as [#This Row] (MS-XLSX 2.2.2); libraries such as XlsxWriter leave out the table and brackets.
"""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl.worksheet.formula import ArrayFormula

from calculator.test_kept import shown, workbook
from mrr_xl.xlsx.spills import let_grow


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=J2", 100),
        ("=Subscriptions[[#Headers],[amount]]", "amount"),
        ("=J2:J2*2", 200),
        ('=MRR(Subscriptions[#All],"2024-01")', 100),
        ("=-MRR(Subscriptions[#All],DATE(2024,1,1))", -100),
    ],
)
def test_an_answer_that_takes_one_cell_can_be_referred_to_as_a_whole(formula: str, value: Any) -> None:
    filled = workbook({"A1": ArrayFormula("A1", formula), "B1": "=INDEX(_xlfn.ANCHORARRAY($A$1),1)",
                       "B2": "=ROWS(_xlfn.ANCHORARRAY('R'!A1))"})  # fmt: skip
    let_grow(filled)
    cells, problems = shown(filled)
    assert ([cells["A1"], cells["B1"], cells["B2"]], problems) == ([value, value, 1], [])


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=[[#This Row],amount]*2", 10),
        ("=[[#This Row],[amount]]*2", 10),
        ("=Subscriptions[[#This Row],amount]*2", 10),
        ("=Subscriptions[[#This Row], [amount]]*2", 10),
        ("=SUBTOTAL(109,[amount])+COUNTA([start])", 107),
    ],
)
def test_a_formula_in_the_table_may_leave_out_its_name_and_brackets(formula: str, value: float) -> None:
    cells, problems = shown(workbook({"H3": formula, "A1": "=H3"}))
    assert (cells["A1"], problems) == (value, [])
