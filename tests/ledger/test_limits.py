"""The limits of whole millionths: what can't be summed is refused, in every column of amounts and at every rate."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from mrr_xl import MrrError, metric, monthly

TOO_MUCH = r"^the amounts add up to more than 9,000,000,000,000; split the ledger by currency or entity$"


def lines(count: int, **columns: object) -> pl.DataFrame:
    """So many lines of different customers from January 2024 on, with the same values in the other columns."""
    same = {name: [value] * count for name, value in columns.items()}
    table = pl.DataFrame(
        {"customer": [f"c{number}" for number in range(count)], "start": ["2024-01-01"] * count} | same
    )
    return table.with_columns(pl.col("start").str.to_date())


ENGINES = [pl.DataFrame.clone, pl.DataFrame.to_pandas, lambda frame: duckdb.from_arrow(frame.to_arrow())]


@pytest.mark.parametrize("engine", ENGINES)
def test_amounts_up_to_the_limit_are_summed_exactly(engine):
    assert metric("MRR", engine(lines(9, mrr=1e12)), "2024-01") == 9e12
    with pytest.raises(MrrError, match=TOO_MUCH):
        metric("MRR", engine(lines(10, mrr=1e12)), "2024-01")


@pytest.mark.parametrize("engine", ENGINES)
def test_amounts_before_their_discounts_have_the_same_limit(engine):
    most = lines(9, amount=1e12, discount=0.75, interval="month")
    assert metric("MRR", engine(most), "2024-01", settings={"discounts": "ignore"}) == 9e12
    with pytest.raises(MrrError, match=TOO_MUCH):
        metric("MRR", engine(lines(40, amount=9e11, discount=0.99, interval="month")), "2024-01")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("january", [1.0, 0.5])
def test_amounts_in_their_own_currency_have_it_at_the_highest_rate_of_any_month(engine, january):
    rates = [("XXA", "2024-01", january), ("XXA", "2024-02", 0.5)]
    assert metric("MRR", engine(lines(9, mrr=1e12, currency="XXA")), "2024-01", rates=rates) == 9e12 * january
    with pytest.raises(MrrError, match=TOO_MUCH):
        metric("MRR", engine(lines(40, mrr=9e11, currency="XXA")), "2024-01", rates=rates)


def test_amounts_in_their_own_currency_have_it_whatever_they_are_worth():
    rates = [("XXA", "2024-01", 0.5), ("XXA", "2024-02", 0.5)]
    with pytest.raises(MrrError, match=TOO_MUCH):  # 9.6 million millions
        metric("MRR", lines(12, mrr=8e11, currency="XXA"), "2024-01", rates=rates)


def test_amounts_have_it_in_the_month_in_which_they_are_worth_most():
    rates = [("XXA", "2024-01", 4.0), ("XXA", "2024-02", 0.5)]
    assert metric("MRR", lines(9, mrr=2.5e11, currency="XXA"), "2024-01", rates=rates) == 9e12
    with pytest.raises(MrrError, match=TOO_MUCH):  # 10 million millions in January
        metric("MRR", lines(10, mrr=2.5e11, currency="XXA"), "2024-01", rates=rates)


def test_a_line_has_its_limit_at_the_highest_rate_of_any_month():
    rates = [("XXA", "2024-01", 4.0), ("XXA", "2024-02", 0.5)]
    assert metric("MRR", lines(1, mrr=2.5e11, currency="XXA"), "2024-01", rates=rates) == 1e12
    with pytest.raises(
        MrrError, match=r"^row 2, column mrr: 260000000000\.0 is too large; an MRR above 1,000,000,000,000"
    ):
        metric("MRR", lines(1, mrr=2.6e11, currency="XXA"), "2024-01", rates=rates)


def test_the_closing_is_compared_with_the_periods_at_the_months_own_rates():
    table = pl.DataFrame({"customer": ["A", "B"], "start": ["2024-01-01", "2024-02-01"], "mrr": [100.0, 10.0],
                          "currency": ["USD", "EUR"]})  # fmt: skip
    rates = [("EUR", "2024-01", 1), ("EUR", "2024-02", 1), ("USD", "2024-01", 0.9), ("USD", "2024-02", 0.8)]
    checks = metric("MRR_CHECKS", table, rates=rates).set_index("check")
    # 100 x 0.8 + 10
    assert tuple(checks.loc["periods make the closing", ["result", "says"]]) == ("OK", "MRR of 2024-02 is 90.00")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_annual_run_rate_of_the_largest_ledger_is_not_wrapped(engine):
    """12 x 9e18 millionths is beyond 64 bits; 1.02e13 a year was shown as -8.2e12."""
    assert metric("ARR", engine(lines(9, mrr=1e12)), "2024-01") == 1.08e14
    assert metric("ARR", engine(lines(1, mrr=8.5e11)), "2024-01") == 1.02e13


@pytest.mark.parametrize("engine", ENGINES)
def test_amounts_per_interval_have_it_as_the_mrr_that_they_are(engine):
    assert metric("MRR", engine(lines(40, amount=9e11, interval="year")), "2024-01") == 3e12
    assert metric("MRR", engine(lines(15, amount=1e12, interval="month", interval_count=2)), "2024-01") == 7.5e12
    with pytest.raises(MrrError, match=TOO_MUCH):  # an MRR of 9.97 million millions
        metric("MRR", engine(lines(10, amount=2.3e11, interval="week")), "2024-01")


def test_a_price_whose_millionths_are_beyond_a_float_is_too_large():
    with pytest.raises(MrrError, match=r"^1e\+305 is too large; an MRR above 1,000,000,000,000 cannot"):
        monthly(1e305)
