"""Formulas that finance people write give what Excel gives, or keep what they had and are named."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mrr_xl.calculator.calculate import calculate
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.workbook import read_workbook
from support.battery import same, sheets
from support.battery.arrays import IN_ROWS, INTERSECTING, SPILLED
from support.battery.otherwise import OTHERWISE
from support.battery.rows import ROWS


def test_there_are_many_and_each_is_there_once() -> None:
    formulas = [row[0] for row in [*ROWS, *SPILLED, *INTERSECTING, *IN_ROWS, *OTHERWISE]]
    assert len(formulas) >= 600
    assert len(set(formulas)) == len(formulas)


@pytest.fixture(scope="module")
def computed() -> dict[str, Any]:
    """What every formula gives, all in one workbook: by formula a value, rows of values, or a column."""
    single = [formula for formula, _, _ in ROWS]
    workbook = read_workbook(sheets.workbook(single))
    for cell in workbook.package.root(workbook.parts["Spilled"], touch=True).iter(f"{MAIN}c"):
        cell.set("cm", "1")
    computed = calculate(workbook)
    assert computed.sentences == []
    values: dict[str, dict[tuple[int, int], Any]] = {name: {} for name in workbook.sheets}
    for (name, _), cells in computed.values.items():
        values[name] |= cells

    def value(sheet: str, row: int, column: int) -> Any:
        return values[sheet][row, column]

    return {
        **sheets.single_values(single, value),
        **sheets.spilled_values(values["Spilled"]),
        **{f"in its row: {formula}": column for formula, column in sheets.column_values(value).items()},
    }


@pytest.mark.parametrize(("formula", "value", "source"), ROWS, ids=[formula for formula, _, _ in ROWS])
def test_a_formula_gives_what_excel_gives(formula: str, value: Any, source: str, computed: dict[str, Any]) -> None:
    assert same(computed[formula], value), f"{computed[formula]!r}, not {value!r}: {source}"


@pytest.mark.parametrize(("formula", "rows"), SPILLED, ids=[formula for formula, _ in SPILLED])
def test_an_answer_takes_as_many_cells_as_it_needs(
    formula: str, rows: list[list[Any]], computed: dict[str, Any]
) -> None:
    assert computed[formula] == rows


@pytest.mark.parametrize(("formula", "column"), [*INTERSECTING, *IN_ROWS])
def test_a_plain_formula_over_a_range_takes_the_cell_of_its_row(
    formula: str, column: list[Any], computed: dict[str, Any]
) -> None:
    assert computed[f"in its row: {formula}"] == column


def test_what_the_engine_computes_otherwise_keeps_its_value_and_is_named() -> None:
    computed = calculate(read_workbook(sheets.workbook([formula for formula, _, _ in OTHERWISE])))
    assert [at for sheet, at in computed.values if sheet == "One"] == []
    for row, (formula, _, why) in enumerate(OTHERWISE, 1):
        said = [line for line in computed.sentences if re.search(rf"\bOne!A{row}\b", line)]
        assert len(said) == 1 and why in said[0], formula
