"""What a figure is made of makes it, to the millionth: under every rule, with and without rates that change."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrr_xl
from support.figures import FIRST, LAST, figures, plain, some_settings, table_of
from support.figures import book as book_of
from support.oracle import lines_at_random, months_between, repeatably, some_lines

MONTHS = months_between(FIRST, LAST)
RATES = [(name, str(month), rate / 100) for name, rates in {
    "EUR": [100, 100, 101, 99, 100, 137, 100, 100, 100], "USD": [91, 92, 88, 91, 110, 93, 90, 91, 100],
}.items() for month, rate in zip(MONTHS, rates)]  # fmt: skip


def millionths(value: Any) -> int:
    return round(float(value) * 1_000_000)


@lines_at_random
@pytest.mark.parametrize("rates", [None, RATES], ids=["one currency", "rates by month"])
@repeatably(8)
@given(data=st.data(), lines=some_lines(), rules=some_settings)
def test_the_movements_make_the_closing_and_a_closing_is_the_next_opening(rates, data, lines, rules):
    table = table_of(lines)
    if rates:
        rules = rules | {"netting": "net"}
        table = table.with_columns(pl.Series("currency", [data.draw(st.sampled_from(["EUR", "USD"])) for _ in lines]))
    shown = mrr_xl.movements(table, rates=rates, **rules, through=str(LAST))
    opening, customers = 0, 0
    for row in shown.to_dict("records"):
        assert millionths(row["opening"]) == opening and row["opening_customers"] == customers
        moved = sum(millionths(row[name]) for name in ("new", "reactivation", "expansion", "contraction", "churn"))
        assert millionths(row["net_new"]) == moved
        opening += moved + millionths(row.get("fx", 0))
        customers += row["new_customers"] + row["reactivated_customers"] - row["churned_customers"]
        assert millionths(row["closing"]) == opening and row["closing_customers"] == customers


@repeatably(10)
@given(lines=some_lines(), rules=some_settings)
def test_rates_are_made_of_the_amounts_that_they_are_defined_by(lines, rules):
    """docs/functions.md: the formula of each."""
    found = {name: values for name, values in plain(figures(book_of(table_of(lines), rules))).items()}
    for place, month in enumerate(MONTHS):
        at = {name: values[place] for name, values in found.items()}
        if at["MRR"] is None:
            continue
        assert at["ARR"] == pytest.approx(12 * at["MRR"])
        _is(at["MRR_ARPA"], at["MRR"], at["MRR_CUSTOMERS"], month)
        _is(at["MRR_ASP"], at["MRR_NEW"], at["MRR_NEW_CUSTOMERS"], month)
        _is(at["MRR_GROWTH"], at["MRR_NET_NEW"], at["MRR_OPENING"], month)
        lost = -(at["MRR_CONTRACTION"] + at["MRR_CHURN"])
        gained = at["MRR_EXPANSION"] + at["MRR_REACTIVATION"]
        _is(at["MRR_GROSS_CHURN_RATE"], lost, at["MRR_OPENING"], month)
        _is(at["MRR_NET_CHURN_RATE"], lost - gained, at["MRR_OPENING"], month)
        _is(at["MRR_QUICK_RATIO"], gained + at["MRR_NEW"], lost, month)
        _is(at["MRR_LOGO_CHURN"], at["MRR_CHURNED_CUSTOMERS"], at["MRR_OPENING_CUSTOMERS"], month)
        if at["MRR_GRR"] is not None:
            assert 0 <= at["MRR_GRR"] <= 1 and at["MRR_GRR"] <= at["MRR_NRR"] + 1e-9
            assert 0 <= at["MRR_LOGO_RETENTION"] <= 1


def _is(rate: float | None, part: float, whole: float, month: Any) -> None:
    """A rate is undefined where the whole is 0."""
    assert rate == (None if not whole else pytest.approx(part / whole, rel=1e-7, abs=1e-9)), month
