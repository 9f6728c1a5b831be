"""Sheets that are too large for the engine: the ledger's rows stay out of it where no formula of the user's reads them.

The real limits are 16 MB, from which on rows are left out, and 95 MB of a sheet's XML, some 300,000 rows of 8 columns.
"""

from __future__ import annotations

from typing import Any

import pytest

from calculator.test_kept import shown, workbook
from mrr_xl.calculator import calculate, slim_copy

FORMULAS = {"A1": "=MRR(Subscriptions[#All],DATE(2024,2,1))", "A2": "=A1*2", "A3": "=ROW()"}


@pytest.fixture(autouse=True)
def small(monkeypatch: Any) -> None:
    monkeypatch.setattr(slim_copy, "_BIG", 10)
    monkeypatch.setattr(calculate, "MOST", 20)


def test_our_functions_read_the_rows_themselves(monkeypatch: Any) -> None:
    copies = []
    real = calculate.Engine
    monkeypatch.setattr(calculate, "Engine", lambda content, *how: copies.append(content) or real(content, *how))
    cells, problems = shown(workbook(FORMULAS))
    assert ([cells["A1"], cells["A2"], cells["A3"]], problems) == ([105, 210, 3], [])
    assert b'r="J3"' not in copies[0] and b'r="J1"' in copies[0]  # the header stays


@pytest.mark.parametrize(
    "formula",
    ["=SUM(Subscriptions[amount])", "=SUM(J2:J3)", "=SUM(J:J)", "=COUNTA(R!H1:H9)", "=J3", "=SUM(OFFSET(H1,1,2))"],
)
def test_a_formula_that_reads_them_keeps_its_value_and_is_named(formula: str) -> None:
    cells, problems = shown(workbook(FORMULAS | {"A4": formula, "A5": "=A4+1"}, {"A4": 41}))
    assert [cells["A1"], cells["A2"], cells["A4"], cells["A5"]] == [105, 210, 41, 42]
    assert problems == [
        f"R!A4 can't be computed here and keeps its old value: {formula[1:]} (the rows of Subscriptions are too many)"
    ]


def test_below_the_limit_the_engine_gets_the_rows_that_are_read(monkeypatch: Any) -> None:
    monkeypatch.setattr(calculate, "MOST", 10**9)
    cells, problems = shown(workbook(FORMULAS | {"A4": "=SUM(Subscriptions[amount])"}))
    assert ([cells["A1"], cells["A4"]], problems) == ([105, 105], [])
