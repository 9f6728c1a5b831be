"""Discounts in money, with an end and by their duration: exact figures, and a recomputation month by month."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrr_xl import MrrError, metric, movements
from mrr_xl.rollforward.book import open_book
from mrr_xl.settings import Settings
from support.ledgers import ledger
from support.oracle import DAY, DAYS, ENGINES, Month, lines_at_random, months_between, repeatably


def closings(frame: object, **rules: object) -> list[float]:
    return movements(frame, through="2024-05", **rules)["closing"].tolist()


UNTIL = """
customer  start       end         amount  interval  discount  discount_until
A         2024-01-01  -           100     month     20%       2024-03-01
B         2024-01-01  2024-05-01  1200    year      0.5       -
"""


def test_a_discounts_end_is_expansion():
    assert closings(ledger(UNTIL)) == [130, 130, 150, 150, 100]
    moved = movements(ledger(UNTIL), start="2024-03", to="2024-03", through="2024-05").iloc[0]
    assert (moved["expansion"], moved["expanded_customers"]) == (20, 1)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("net", [130, 130, 150, 150, 100]),
        ("ignore", [200, 200, 200, 200, 100]),
        ("forever", [150, 150, 150, 150, 100]),  # Stripe: what ends is not deducted
    ],
)
def test_what_counts_as_a_discount_is_a_rule(rule: str, expected: list[float]):
    assert closings(ledger(UNTIL), discounts=rule) == expected


def test_an_inclusive_end_is_the_last_day_with_the_discount():
    text = UNTIL.replace("2024-03-01", "2024-02-29").replace("2024-05-01", "2024-04-30")
    assert closings(ledger(text), end_date="inclusive") == [130, 130, 150, 150, 100]


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("forever", [80, 80, 80, 80, 80]),
        ("-", [80, 80, 80, 80, 80]),
        ("once", [100, 100, 100, 100, 100]),  # a one-off discount is no part of the MRR
        ("One-Time", [100, 100, 100, 100, 100]),
        ("1", [100, 100, 100, 100, 100]),  # from 31 January for a month, until 29 February
        ("2months", [80, 80, 100, 100, 100]),
        ("quarter", [80, 80, 80, 100, 100]),
        ("1year", [80, 80, 80, 80, 80]),
        ("repeating", [80, 80, 80, 80, 80]),  # nothing says for how long: as long as its line
    ],
)
def test_a_duration_runs_from_the_start_of_the_line(duration: str, expected: list[float]):
    start = "2024-01-31" if duration == "1" else "2024-01-10"
    frame = ledger(f"""
        customer  start  amount  discount  discount_duration
        A  {start}  100  20%  {duration}
        """)
    expected = [80, *expected[1:]] if duration == "1" else expected
    assert closings(frame) == expected


def test_the_earlier_of_two_ends_counts():
    frame = ledger("""
        customer  start  amount  discount  discount_until  discount_duration
        A  2024-01-01  100  10%  2024-03-01  3months
        B  2024-01-01  100  10%  2024-05-01  3months
        C  2024-01-01  100  10%  2024-03-01  repeating
        D  2024-01-01  100  10%  2024-03-01  forever
        """)
    assert closings(frame) == [360, 360, 390, 400, 400]


def test_an_amount_is_taken_off_after_the_fraction_and_no_price_is_below_0():
    frame = ledger("""
        customer  start  amount  interval  quantity  discount  discount_amount
        A  2024-01-01  600  year  2  50%  120
        B  2024-01-01  30  month  -  -  10
        C  2024-01-01  5  month  -  -  10
        """)
    # A: 600 × 2 × 0.5 − 120 = 480 a year. C costs nothing, and is no customer.
    assert closings(frame) == [60] * 5
    assert metric("MRR_CUSTOMERS", frame, "2024-05", through="2024-05") == 2
    assert closings(frame, discounts="ignore") == [135] * 5


def test_committed_mrr_has_the_price_after_the_discount():
    """A: 80 until March, then 100. B has an end scheduled. C's discount outlives the line."""
    frame = ledger("""
        customer  start  end  amount  discount  discount_until  cancelled
        A  2024-01-01  -  100  20%  2024-03-01  -
        C  2024-01-01  2024-04-01  50  20%  2024-06-01  -
        """)
    months = ["2024-01", "2024-02", "2024-03", "2024-04"]
    assert [metric("MRR", frame, month, through="2024-04") for month in months] == [120, 120, 140, 100]
    assert [metric("MRR_COMMITTED", frame, month, through="2024-04") for month in months] == [140, 140, 140, 100]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            "100 20% - sometimes",
            "row 2, column discount_duration: 'sometimes' does not say how long a discount runs; write forever, once, "
            "repeating or how many months, such as 3 months",
        ),
        (
            "100 20% - 2weeks",
            "row 2, column discount_duration: '2weeks' does not say how long a discount runs; write forever, once, "
            "repeating or how many months, such as 3 months",
        ),
        (
            "100  20%  -5  -",
            "row 2, column discount_amount: '-5' is negative; write what is taken off as a number above 0",
        ),
        ("100  120%  5  -", "row 2, column discount: '120%' is not a discount; write a fraction from 0 to 1, such as "
         "0.2 for 20 %"),
    ],
)  # fmt: skip
def test_a_discount_that_cannot_be_read_is_an_error(cells: str, message: str):
    frame = ledger(f"""
        customer  start  amount  discount  discount_amount  discount_duration
        A  2024-01-01  {cells}
        """)
    with pytest.raises(MrrError) as caught:
        movements(frame)
    assert str(caught.value) == message


def test_beside_a_price_per_month_no_discount_counts():
    frame = ledger("""
        customer  start  mrr  discount  discount_until
        A  2024-01-01  100  20%  2024-03-01
        """)
    assert closings(frame) == [100] * 5


# Month by month


class Line(NamedTuple):
    customer: str
    start: dt.date
    end: dt.date | None
    amount: float
    discount: float
    discount_amount: float
    discount_until: dt.date | None
    discount_duration: str


def a_month_later(day: dt.date, months: int) -> dt.date:
    month = Month(day.year, day.month)
    for _ in range(months):
        month = month.next
    return min(month.last_day, month.first_day + (day.day - 1) * DAY)


def worth(line: Line, day: dt.date, rule: str) -> int:
    """Millionths on a day, if the line runs then."""
    months = {"once": 0, "2 months": 2}.get(line.discount_duration)
    over = min(line.discount_until or dt.date.max, dt.date.max if months is None else a_month_later(line.start, months))
    endless = over == dt.date.max and line.discount_duration != "repeating"
    deducted = rule != "ignore" and (endless if rule == "forever" else day < over)
    price = line.amount * (1 - line.discount) - line.discount_amount if deducted else line.amount
    return round(max(price, 0) * 1_000_000)


lines = st.builds(
    Line,
    st.sampled_from("AB"),
    st.sampled_from(DAYS),
    st.none() | st.sampled_from(DAYS),
    st.sampled_from([10.0, 30.0, 100.0]),
    st.sampled_from([0.0, 0.25, 1.0]),
    st.sampled_from([0.0, 0.0, 5.0, 40.0]),
    st.none() | st.sampled_from(DAYS),
    st.sampled_from(["", "forever", "once", "repeating", "2 months"]),
).map(lambda line: line._replace(end=line.end and max(line.start, line.end)))


@lines_at_random
@pytest.mark.parametrize("engine", ENGINES)
@repeatably(40)
@given(some=st.lists(lines, min_size=1, max_size=5), rule=st.sampled_from(["net", "ignore", "forever"]))
def test_the_closings_are_those_of_each_day(engine: str, some: list[Line], rule: str):
    table = pl.DataFrame(some, orient="row", schema={
        "customer": pl.String, "start": pl.Date, "end": pl.Date, "amount": pl.Float64, "discount": pl.Float64,
        "discount_amount": pl.Float64, "discount_until": pl.Date, "discount_duration": pl.String,
    })  # fmt: skip
    book = open_book(ENGINES[engine](table), None, Settings.of({"through": "2024-08", "discounts": rule}))
    found = {int(month): int(value) for month, value in book.at_one_rate["closing"].items()}
    expected = {
        month.year * 12 + month.number - 1: sum(
            worth(line, month.last_day, rule)
            for line in some
            if line.start <= month.last_day < (line.end or dt.date.max)
        )
        for month in months_between(Month(2023, 12), Month(2024, 8))
    }
    assert {month: found.get(month, 0) for month in expected} == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("net", ("note", 1, 2, "they end before their line")),
        ("ignore", ("OK", 0, None, "not deducted")),
        ("forever", ("note", 1, 2, "they have an end and are not deducted")),
    ],
)
def test_the_checks_say_what_was_done_with_discounts_that_end(rule: str, expected: tuple[object, ...]):
    found = metric("MRR_CHECKS", ledger(UNTIL), discounts=rule, through="2024-05").set_index("check").loc["discounts"]
    first = found["first_row"]
    assert (found["result"], found["lines"], None if pd.isna(first) else int(first), found["says"]) == expected


def test_the_checks_say_that_an_end_of_no_discount_changes_nothing():
    frame = ledger("""
        customer  start       amount  discount_until
        A         2024-01-01  100     2024-03-01
        """)
    found = metric("MRR_CHECKS", frame, through="2024-05").set_index("check").loc["discounts"]
    assert (found["result"], found["says"]) == (
        "note",
        "nothing is read from discount_until, as no column discount or discount amount says what is taken off",
    )
    assert closings(frame) == [100] * 5


@pytest.mark.parametrize("length", ["1month", "2months"])
def test_a_schedule_has_no_start_to_count_months_from(length):
    frame = ledger(f"""
        customer  month    amount  discount  discount_duration
        A         2024-01  100     20%       forever
        A         2024-02  100     20%       {length}
        """)
    with pytest.raises(MrrError) as caught:
        movements(frame)
    assert str(caught.value) == (
        f"row 3, column discount_duration: '{length}' has no start to count from in a schedule; fill in a column "
        "discount until instead"
    )


def test_a_discount_of_one_invoice_takes_nothing_off_the_mrr_of_a_schedule():
    frame = ledger("""
        customer  month    amount  discount  discount_duration
        A         2024-01  100     20%       once
        A         2024-02  100     20%       forever
        """)
    assert closings(frame) == [100, 80, 0, 0, 0]
