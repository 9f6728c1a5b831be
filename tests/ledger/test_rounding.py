"""The MRR of a line is rounded once, half up, to a millionth: the exact share of the exact amount."""

from __future__ import annotations

import math
from fractions import Fraction

import duckdb
import polars as pl
import pytest

from mrr_xl import MrrError, monthly
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.ledger.frames import to_memory
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.ledger.pricing import share_of_month

#: Amount, interval, quantity, discount.
LINES = [
    (0.0000004, "day", 1.0, 0.0),
    (0.1234567, "day", 1.0, 0.0),
    (9.99, "day", 3.0, 0.333),
    (33.3333333, "week", 7.0, 0.15),
    (0.000006, "year", 1.0, 0.0),
    (602.214223, "quarter", 3.0, 0.5),
    (1200.0, "year", 1.0, 0.0),
    (123456.789012, "3 years", 1.0, 0.125),
    (12345678901.0, "year", 1.0, 0.0),
    (2067.4213164, "day", 1.0, 0.0),  # 62,884,065,040.5 millionths: a half, which floats miss by a little
    (16.7749365, "week", 1.0, 0.0),  # 72,691,391.5
    (0.10003, "2 years", 6.0, 0.0),  # 25,007.5, of which the product of the floats is a little less
    (0.0000056, "year", 1.0, 0.0),  # 0.47 of a millionth, and a half if the amount were rounded first
    (10001.005, "10001 months", 1.0, 0.0),  # 1,000,000.49995: so near to a half, and below it
]


def exact(amount: float, interval: str, quantity: float, discount: float) -> int:
    """A month's millionths by fractions of the numbers as they are written."""
    price = Fraction(repr(amount)) * Fraction(repr(quantity)) * (1 - Fraction(repr(discount)))
    return math.floor(price * share_of_month(interval) * 1_000_000 + Fraction(1, 2))


ENGINES = [pl.DataFrame.clone, pl.DataFrame.to_pandas, lambda frame: duckdb.from_arrow(frame.to_arrow())]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_share_is_rounded_once_on_every_engine(engine):
    table = pl.DataFrame(LINES, schema=["amount", "interval", "quantity", "discount"], orient="row")
    names = pl.Series("customer", [f"{number:02}" for number in range(len(LINES))])
    table = table.with_columns(names, start=pl.lit("2024-01-01").str.to_date())
    lines = to_memory(read_ledger(engine(table)).frame)
    found = dict(zip(lines["customer"].to_list(), lines["mrr"].to_list()))
    assert [found[name] for name in names] == [exact(*line) for line in LINES]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_share_of_more_millionths_than_a_float_counts_is_exact(engine):
    table = pl.DataFrame({"customer": ["A"], "amount": [987_654_321_988.0], "interval": ["7 months"]})
    lines = to_memory(read_ledger(engine(table.with_columns(start=pl.lit("2024-01-01").str.to_date()))).frame)
    assert lines["mrr"].to_list() == [141_093_474_569_714_286]  # a seventh of 987,654,321,988,000,000


@pytest.mark.parametrize("line", LINES)
def test_a_cell_rounds_as_a_ledger_does(line):
    assert round(monthly(*line) * 1_000_000) == exact(*line)


def test_fifteen_millionths_were_lost_where_an_amount_a_day_was_rounded_first():
    # 0.0000004 x 365 / 12 = 0.00001216...
    assert monthly(0.0000004, "day") == 0.000012


MONTHLY, ARPA = (sheet_functions()[name] for name in ("MRR_MONTHLY", "MRR_FROM_ARPA"))


def test_a_blank_interval_within_a_range_is_refused_and_not_a_month():
    with pytest.raises(MrrError, match=r"^row 2 of the range interval has a blank cell; fill it in$"):
        MONTHLY([[1200.0], [1200.0], [600.0]], [["year"], [None], ["year"]])
    with pytest.raises(MrrError, match=r"^row 1 of the range interval has a blank cell; fill it in$"):
        MONTHLY(1200.0, [["", "year"]])
    with pytest.raises(MrrError, match=r"^row 2 of the range average_revenue has a blank cell; fill it in$"):
        ARPA([[50.0], [60.0]], [[600.0], [None]], 12.0)


def test_a_blank_beside_a_blank_amount_is_a_blank_and_a_blank_quantity_is_one():
    assert MONTHLY([[1200.0], [None], [600.0]], [["year"], [None], ["year"]]) == [[100.0], [""], [50.0]]
    assert MONTHLY([[1200.0], [600.0]], "year", [[None], [2.0]]) == [[100.0], [100.0]]
    assert MONTHLY([[1200.0], [600.0]]) == [[1200.0], [600.0]]
