"""Rates: one per currency, so that movements are free of exchange noise; or one a month, with fx in its own row."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrr_xl import MrrError, metric, movements
from support.ledgers import ledger
from support.oracle import lines_at_random

TWO = """
customer  start       end         mrr   currency
A         2024-01-01  -           100   EUR
B         2024-01-01  2024-03-01  100   usd
C         2024-02-01  -           50    USD
"""
MONTHLY = """
currency  month    rate
EUR       2024-01  1
USD       2024-01  0.9
EUR       2024-02  1
USD       2024-02  0.8
EUR       2024-03  1
USD       2024-03  1.1
"""


def test_a_constant_rate_converts_every_line():
    table = movements(ledger(TWO), rates={"EUR": 1, "USD": 0.9}, through="2024-03")
    assert table["closing"].tolist() == [190.0, 235.0, 145.0]
    assert "fx" not in table


def test_rates_by_month_give_a_row_of_their_own():
    """January 100 + 90; February: new 50 at 0.8, fx −10 on B; March: churn of B at February's rate, fx on C."""
    table = movements(ledger(TWO), rates=ledger(MONTHLY), through="2024-03")
    assert table["new"].tolist() == [190.0, 40.0, 0.0]
    assert table["churn"].tolist() == [0.0, 0.0, -80.0]
    assert table["fx"].tolist() == [0.0, -10.0, 15.0]
    assert table["closing"].tolist() == [190.0, 220.0, 155.0]
    assert metric("MRR_FX", ledger(TWO), "2024-03", rates=ledger(MONTHLY), through="2024-03") == 15.0


def test_fx_stands_between_the_movements_and_the_closing():
    moved = ["month", "opening", "new", "reactivation", "expansion", "contraction", "churn"]
    counted = [f"{name}_customers" for name in ("opening", "new", "reactivated", "expanded", "contracted", "churned")]
    counted = [*counted, "closing_customers"]
    table = movements(ledger(TWO), rates={"EUR": 1, "USD": 0.9}, through="2024-03")
    assert list(table.columns) == [*moved, "closing", "net_new", *counted]
    table = movements(ledger(TWO), rates=ledger(MONTHLY), through="2024-03")
    assert list(table.columns) == [*moved, "fx", "closing", "net_new", *counted]


def test_a_ledger_without_mrr_has_no_months_at_monthly_rates_either():
    text = """
    customer  start       end  mrr  currency
    A         2024-01-01  -    0    EUR
    """
    table = movements(ledger(text), rates=ledger(MONTHLY), through="2024-03")
    assert table.to_dict("list") == {name: [] for name in table.columns}


def test_a_customer_that_only_changes_the_currency_moves_by_the_difference_at_the_opening_rate():
    text = """
    customer  start       end         mrr  currency
    A         2024-01-01  2024-02-10  100  USD
    A         2024-02-10  -           100  EUR
    """
    february = movements(ledger(text), rates=ledger(MONTHLY), through="2024-02").iloc[1]
    assert (february["expansion"], february["fx"], february["closing"]) == (10.0, 0.0, 100.0)


@pytest.mark.parametrize(("january", "movement", "amount"), [("0.9", "expansion", 10.0), ("1.1", "contraction", -10.0)])
def test_a_swap_that_is_equal_at_the_latest_rates_still_moves_at_those_of_the_opening(january, movement, amount):
    """100 USD become 100 EUR. At March's rate of 1 nothing changes; at January's 100 EUR replace 90 or 110."""
    text = """
    customer  start       end         mrr  currency
    A         2024-01-01  2024-02-10  100  USD
    A         2024-02-10  -           100  EUR
    """
    rates = [("EUR", month, 1) for month in ("2024-01", "2024-02", "2024-03")]
    rates += [("USD", "2024-01", january), ("USD", "2024-02", 0.7), ("USD", "2024-03", 1)]
    february = movements(ledger(text), rates=rates, through="2024-03").iloc[1]
    moved = {name: february[name] for name in ("new", "expansion", "contraction", "churn", "fx") if february[name]}
    assert moved == {movement: amount}
    assert (february["opening"], february["closing"]) == (100 - amount, 100.0)
    assert february[["expanded_customers", "contracted_customers"]].tolist() == [amount > 0, amount < 0]


def test_a_swap_that_is_equal_at_the_opening_rate_is_nobodys_movement():
    """A's 100 USD at 0.9 become 90 EUR: nothing has moved. B's 20 EUR become 15: the one customer who contracted."""
    text = """
    customer  start       end         mrr  currency
    A         2024-01-01  2024-02-10  100  USD
    A         2024-02-10  -           90   EUR
    B         2024-01-01  2024-02-10  20   EUR
    B         2024-02-10  -           15   EUR
    """
    february = movements(ledger(text), rates=ledger(MONTHLY), through="2024-02").iloc[1]
    assert (february["contraction"], february["contracted_customers"]) == (-5.0, 1)
    assert (february["expansion"], february["expanded_customers"]) == (0.0, 0)
    assert (february["opening"], february["fx"], february["closing"]) == (110.0, 0.0, 105.0)


def test_with_rates_by_month_a_millionth_is_a_movement_and_half_of_one_is_rounded_up():
    """A: 3 millionths of a dollar at 0.5 are 1.5, so 2; 2 more are 1; 5 are 2.5, so 3. B: 5 of a euro, 6, and 5."""
    text = """
    customer  start       end         mrr       currency
    A         2024-01-01  2024-02-01  0.000003  USD
    A         2024-02-01  2024-03-01  0.000005  USD
    A         2024-03-01  -           0.000003  USD
    B         2024-01-01  2024-02-01  0.000005  EUR
    B         2024-02-01  2024-03-01  0.000006  EUR
    B         2024-03-01  -           0.000005  EUR
    """
    rates = [(name, f"2024-{month:02}", rate) for name, rate in [("USD", 0.5), ("EUR", 1)] for month in (1, 2, 3)]
    table = movements(ledger(text), rates=rates, through="2024-03")
    assert table["new"].tolist() == [0.000007, 0, 0]
    assert table["expansion"].tolist() == [0, 0.000002, 0]
    assert table["contraction"].tolist() == [0, 0, -0.000002]
    assert table["closing"].tolist() == [0.000007, 0.000009, 0.000007]
    assert table["fx"].tolist() == [0, 0, 0]
    assert table[["expanded_customers", "contracted_customers"]].to_numpy().tolist() == [[0, 0], [2, 0], [0, 2]]


def test_with_rates_by_month_large_amounts_leave_nothing_behind():
    """A's dollars are above 2^53 millionths, which no float holds to the last one."""
    table = ledger("""
        customer  start       end         mrr                    currency
        A         2024-02-01  2024-03-01  30303030303.030288     USD
        B         2024-01-01  -           0.037879               EUR
    """)
    euro, dollar = {1: 1, 2: 1, 3: 0.5}, {1: 1.1, 2: 1.1, 3: 1.1}
    rates = [[name, f"2024-0{month}", own[month]] for name, own in (("EUR", euro), ("USD", dollar)) for month in own]
    shown = movements(table, rates=rates, through="2024-03")
    assert shown["closing"].tolist()[::2] == [0.037879, 0.01894]
    assert shown["fx"].tolist()[2] == -0.018939


def test_with_rates_by_month_a_customer_below_a_millionth_is_a_customer():
    table = ledger("""
        customer  start       end         mrr  currency
        A         2024-01-01  2024-03-01  1    EUR
    """)
    rates = [["EUR", "2024-01", 1e-7], ["EUR", "2024-02", 1], ["EUR", "2024-03", 1]]
    shown = movements(table, rates=rates, through="2024-03")
    assert shown["new_customers"].tolist() == [1, 0, 0]
    assert shown["closing_customers"].tolist() == [1, 1, 0]
    assert (shown["new"].tolist(), shown["fx"].tolist()) == ([0, 0, 0], [0, 1, 0])


def test_rates_by_month_and_gross_netting_exclude_each_other():
    with pytest.raises(MrrError) as caught:
        movements(ledger(TWO), rates=ledger(MONTHLY), netting="gross", through="2024-03")
    assert str(caught.value) == (
        "rates that change by month need netting=net; give one rate per currency, or no month column"
    )
    assert movements(ledger(TWO), rates={"EUR": 1, "USD": 0.9}, netting="gross", through="2024-03").shape[0] == 3


def test_figures_that_know_one_rate_take_each_currencys_latest():
    """USD is worth 0.5 in January and 0.8 in February. B pays 100 USD, then 200: at 0.8 80 and 160, beside A's 100.

    NRR 260 ÷ 180 (at 0.5 it would be 200 ÷ 150), first cohort 180 (150), the largest customer 160 (100).
    """
    text = """
    customer  start       end         mrr  currency  plan
    A         2024-01-01  -           100  EUR       Basic
    B         2024-01-01  2024-02-01  100  USD       Pro
    B         2024-02-01  -           200  USD       Pro
    """
    dated = [("USD", "2024-02", 0.8), ("USD", "2024-01", 0.5), ("EUR", "2024-01", 1), ("EUR", "2024-02", 1)]
    given = {"rates": dated, "through": "2024-02"}
    assert metric("MRR_NRR", ledger(text), "2024-02", **given, retention_months=1) == pytest.approx(260 / 180)
    cohort = metric("MRR_COHORTS", ledger(text), **given).iloc[0]
    assert (cohort["size"], cohort[1]) == (180.0, pytest.approx(260 / 180))
    largest = metric("MRR_TOP", ledger(text), **given).iloc[0]
    assert (largest["customer"], largest["mrr"]) == ("B", 160.0)
    segments = metric("MRR_SEGMENTS", ledger(text), by="plan", **given).set_index("segment")
    assert segments.loc["Pro", ["opening", "expansion", "closing"]].tolist() == [80.0, 80.0, 160.0]
    assert metric("MRR", ledger(text), ["2024-01", "2024-02"], **given).tolist() == [150.0, 260.0]


def test_an_mrr_that_only_its_rate_makes_too_large_is_refused():
    """600 billion at a rate of 2 are more than the 1,000 billion that are summed exactly; 500 billion are not."""
    text = """
    customer  start       mrr           currency
    A         2024-01-01  500000000000  USD
    B         2024-01-01  600000000000  USD
    """
    for rates in ({"EUR": 1, "USD": 2}, [("USD", "2024-01", 2), ("USD", "2024-02", 2)]):
        with pytest.raises(MrrError) as caught:
            movements(ledger(text), rates=rates, through="2024-01")
        assert str(caught.value) == (
            "row 3, column mrr: '600000000000' is too large; an MRR above 1,000,000,000,000 cannot be summed exactly"
        )
    assert metric("MRR", ledger(text)[:1], rates={"USD": 2}, through="2024-01") == 1e12
    assert metric("MRR", ledger(text), rates={"USD": 0.5}, through="2024-01") == 5.5e11


def test_rates_from_a_file(tmp_path: Path):
    path = tmp_path / "rates.csv"
    path.write_text("currency,rate\nEUR,1\nUSD,0.9\n")
    assert metric("MRR", ledger(TWO), "2024-01", rates=path) == 190.0


def test_a_file_of_rates_needs_a_header(tmp_path: Path):
    path = tmp_path / "rates.csv"
    path.write_text("EUR,1\nUSD,0.9\n")
    with pytest.raises(MrrError) as caught:
        movements(ledger(TWO), rates=path)
    assert str(caught.value) == "the rates have no header row (it reads EUR, 1); add one: currency, month, rate"


MISTAKES = [
    (None, "column currency has EUR, USD; give rates: what one unit of each is worth"),
    ({"EUR": 1}, "2 rows of column currency (row 3, row 4): currency USD has no rate; the rates are for EUR"),
    ({"EUR": 1, "USD": 0}, "the rate 0 for USD is not above 0"),
    ({"EUR": 1, "USD": "x"}, "'x' is not a rate for USD; write a plain number such as 1200.50"),
    ([("EUR", 1), ("EUR", 2)], "currency EUR has two rates"),
    ([("EUR", "2024-01", 1), ("EUR", "2024-01", 2)], "currency EUR has two rates for 2024-01"),
    ([("EUR", "2024-01", 1), ("EUR", None, 2)], "currency EUR has rates with and without a month; give one kind"),
    ([("EUR", 1), ("USD",)], "row 2 of the rates has 1 cells; give currency, [month] and rate"),
]


@pytest.mark.parametrize(("rates", "message"), MISTAKES)
def test_wrong_rates_are_named(rates: object, message: str):
    with pytest.raises(MrrError) as caught:
        movements(ledger(TWO), rates=rates, through="2024-03")
    assert str(caught.value) == message


def test_a_missing_rate_names_currency_and_month():
    rates = [("EUR", "2024-01", 1), ("USD", "2024-01", 0.9), ("EUR", "2024-02", 1), ("EUR", "2024-03", 1)]
    with pytest.raises(MrrError) as caught:
        movements(ledger(TWO), rates=rates, through="2024-03")
    assert (
        str(caught.value)
        == "currency USD has no rate for 2024-02; add it to the rates, or set through to an earlier month"
    )


def test_rates_need_a_column_that_says_the_currency():
    with pytest.raises(MrrError, match=r"^rates are given, but no column holds the currency; name it currency$"):
        movements(ledger(TWO).drop("currency"), rates={"EUR": 1})


CURRENCIES, MONTHS = ("EUR", "USD", "JPY"), 8
LINES = st.lists(
    st.tuples(
        st.sampled_from("ABCD"),
        st.integers(0, MONTHS - 1),
        st.integers(1, MONTHS),
        st.integers(1, 500),
        st.sampled_from(CURRENCIES),
    ),
    min_size=1,
    max_size=12,
)
RATES = st.lists(st.integers(1, 400), min_size=3 * (MONTHS + 1), max_size=3 * (MONTHS + 1))


@lines_at_random
@settings(max_examples=25, deadline=None, derandomize=True)
@given(LINES, RATES)
def test_movements_and_fx_are_those_of_a_recomputation_month_by_month(lines, numbers):
    """Rates of hundredths and whole amounts, so that nothing is rounded."""
    rate = {
        (currency, month): Fraction(numbers[place * (MONTHS + 1) + month], 100)
        for place, currency in enumerate(CURRENCIES)
        for month in range(MONTHS + 1)
    }
    months = [f"2024-{month + 1:02d}" for month in range(MONTHS + 1)]
    frame = pl.DataFrame(
        {
            "customer": [line[0] for line in lines],
            "start": [f"{months[line[1]]}-01" for line in lines],
            "end": [f"{months[min(line[1] + line[2], MONTHS)]}-01" for line in lines],
            "mrr": [float(line[3]) for line in lines],
            "currency": [line[4] for line in lines],
        }
    ).with_columns(pl.col("start", "end").str.to_date())
    rates = [(currency, months[month], float(value)) for (currency, month), value in rate.items()]
    expected = _recomputed(lines, rate)
    shown = list(expected)
    for engine in (frame, frame.to_pandas(), duckdb.sql("select * from frame")):
        found = movements(engine, rates=rates, through=months[MONTHS]).set_index("month")
        assert set(months) >= {str(month) for month in found.index}
        for month in range(MONTHS + 1):
            row = found.loc[months[month]] if months[month] in found.index else None
            for name in ("new", "reactivation", "expansion", "contraction", "churn", "fx", "closing"):
                value = 0 if row is None else round(float(row[name]) * 1_000_000)
                assert value == expected[shown[month]][name] * 1_000_000, (month, name)


def _recomputed(lines, rate):
    def local(customer, month):
        total = dict.fromkeys(CURRENCIES, 0)
        for name, begin, length, amount, currency in lines:
            if name == customer and begin <= month < min(begin + length, MONTHS):
                total[currency] += amount
        return total

    result, ever = {}, set()
    for month in range(MONTHS + 1):
        row = dict.fromkeys(("new", "reactivation", "expansion", "contraction", "churn", "fx", "closing"), Fraction(0))
        opening = Fraction(0)
        for customer in sorted({line[0] for line in lines}):
            before, now = local(customer, month - 1), local(customer, month)
            closing = sum(now[currency] * rate[currency, month] for currency in CURRENCIES)
            row["closing"] += closing
            if not any(before.values()):
                if any(now.values()):
                    row["reactivation" if customer in ever else "new"] += closing
                    ever.add(customer)
                continue
            opened = sum(before[currency] * rate[currency, month - 1] for currency in CURRENCIES)
            at_opening = sum((now[c] - before[c]) * rate[c, month - 1] for c in CURRENCIES)
            opening += opened
            if not any(now.values()):
                row["churn"] += at_opening
            elif at_opening:
                row["expansion" if at_opening > 0 else "contraction"] += at_opening
        moved = sum(row[name] for name in ("new", "reactivation", "expansion", "contraction", "churn"))
        row["fx"] = row["closing"] - opening - moved
        result[month] = row
    return result


def test_in_a_frame_of_pandas_rates_may_be_a_frame_too():
    rates = pd.DataFrame({"currency": ["EUR", "USD"], "rate": [1.0, 0.9]})
    assert metric("MRR", ledger(TWO).to_pandas(), "2024-01", rates=rates) == 190.0
