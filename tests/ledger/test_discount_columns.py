"""What a discount takes off, and for how long: fractions, amounts, days and durations."""

from __future__ import annotations

import polars as pl
import pytest

from mrr_xl import MrrError, movements
from mrr_xl.ledger.frames import to_memory
from mrr_xl.ledger.ledger import Ledger, read_ledger
from support.ledgers import ledger, typed
from support.oracle import ENGINES


def of(text: str) -> Ledger:
    return read_ledger(ledger(text))


def refused(text: str) -> str:
    with pytest.raises(MrrError) as error:
        of(text)
    return str(error.value)


def prices(text: str) -> list[tuple[float, float]]:
    """The MRR of each line with its discount and without it."""
    frame = of(text).frame
    return [(mrr / 1e6, full / 1e6) for mrr, full in zip(frame["mrr"].to_list(), frame["list_mrr"].to_list())]


def test_the_fraction_is_taken_off_first_and_then_the_amount_and_no_price_falls_below_nothing() -> None:
    text = """
        customer  start       amount  quantity  discount  discount_amount
        A         2024-01-01  100     2         0.25      30
        B         2024-01-01  100     2         -         30
        C         2024-01-01  100     2         0.25      -
        D         2024-01-01  100     -         0.25      75
        E         2024-01-01  100     1         0.25      74.999999
        F         2024-01-01  100     1         0.25      80
        G         2024-01-01  100     1         1         0
    """
    assert prices(text) == [(120, 200), (170, 200), (150, 200), (0, 100), (0.000001, 100), (0, 100), (0, 100)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_number_in_a_column_of_percentages_is_in_hundredths_and_up_to_1_it_may_be_a_fraction(engine: str) -> None:
    def at(*discounts: float | None) -> list[float]:
        lines = "".join(f" \n {name} 2024-01-01 100" for name, _ in zip("ABCDE", discounts))
        frame = typed(f"customer start amount{lines}").with_columns(pl.Series("Discount %", discounts, pl.Float64))
        frame = to_memory(read_ledger(ENGINES[engine](frame)).frame).sort("customer")
        return [mrr / 1e6 for mrr in frame["mrr"].to_list()]

    assert at(25, None, 0, 1.5, 100) == [75, 100, 100, 98.5, 0]
    for discount in (0.01, 1.0):
        with pytest.raises(MrrError) as error:
            at(25, discount)
        assert str(error.value).removeprefix("row 3, ") == (
            f"column Discount %: {discount} may be a fraction or a percentage; write it with its sign, such as 20%, or "
            "rename the column discount"
        )


def test_an_amount_is_taken_off_each_interval() -> None:
    text = """
        customer  start       amount  interval  amount_off
        A         2024-01-01  120     year      60
        B         2024-01-01  30      quarter   -
    """
    assert prices(text) == [(5, 10), (10, 10)]


def test_without_a_discount_there_is_one_price() -> None:
    assert not of("customer start amount quantity \n A 2024-01-01 5 2").has("list_mrr")
    assert of("customer start amount quantity \n A 2024-01-01 5 2").frame["mrr"].to_list() == [10_000_000]
    assert of("customer start amount \n A 2024-01-01 5").frame["mrr"].to_list() == [5_000_000]


def test_what_is_taken_off_is_not_negative() -> None:
    for value in ("-0.000001", "-5"):
        assert refused(f"customer start amount discount_amount \n A 2024-01-01 5 {value}") == (
            f"row 2, column discount_amount: '{value}' is negative; write what is taken off as a number above 0"
        )


UNTIL = """
    customer  start       end         amount  discount  discount_until
    A         2024-01-01  -           100     0.5       2024-03-01
    B         2024-01-01  2024-04-01  10      0.5       2024-02-10
    C         2024-02-01  -           1       0.5       -
    D         2024-01-01  2024-03-01  1000    0.5       2024-03-01
    E         2024-03-01  -           10000   0.5       2024-02-01
"""
#: A at 50 for two months, B at 5 in January; C's discount runs for ever, D's as long as D, E's is over before E begins.
JANUARY_TO_MAY = [555, 560.5, 10110.5, 10100.5, 10100.5]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("rules", "closing"),
    [
        ({}, JANUARY_TO_MAY),
        ({"discounts": "ignore"}, [1110, 1111, 10111, 10101, 10101]),
        ({"discounts": "forever"}, [1110, 1110.5, 10110.5, 10100.5, 10100.5]),
    ],
)
def test_a_discount_ends_on_a_day(engine: str, rules: dict[str, str], closing: list[float]) -> None:
    frame = typed(UNTIL).with_columns(pl.col("discount_until").str.to_date())
    shown = movements(ENGINES[engine](frame), through="2024-05", ignore="end", **rules)
    assert shown["closing"].tolist() == closing


@pytest.mark.parametrize("engine", ENGINES)
def test_where_an_end_is_the_last_paid_day_that_of_a_discount_is_its_last_day(engine: str) -> None:
    text = """
        customer  start       end         amount  discount  discount_until
        A         2024-01-01  2024-04-30  100     0.5       2024-02-29
    """
    frame = ENGINES[engine](typed(text).with_columns(pl.col("discount_until").str.to_date()))
    for rules, closing in (({"end_date": "inclusive"}, [50, 50, 100, 100]), ({"ignore": "end"}, [50, 100, 100, 0])):
        assert movements(frame, through="2024-04", **rules)["closing"].tolist() == closing


def test_the_end_of_a_discount_is_expansion() -> None:
    shown = movements(ledger(UNTIL), through="2024-05", ignore="end").set_index("month")
    assert shown["expansion"].tolist() == [0, 5, 50, 0, 0]
    assert shown["expanded_customers"].tolist() == [0, 1, 1, 0, 0]


DURATIONS = """
    customer  start       amount  discount  discount_duration
    A         2024-01-01  1       0.5       forever
    B         2024-01-01  10      0.5       -
    C         2024-01-01  100     0.5       once
    D         2024-01-31  1000    0.5       1_month
    E         2024-01-01  10000   0.5       3
    F         2024-01-15  100000  0.5       1_year
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_discount_runs_for_so_many_months_from_the_start(engine: str) -> None:
    """D's until 29 February, the last day of the month after; E's until 1 April; F's until 15 January 2025."""
    frame = typed(DURATIONS)
    shown = movements(ENGINES[engine](frame), through="2025-02").set_index("month")["closing"]
    closing = [shown[month] for month in ("2024-01", "2024-02", "2024-03", "2024-04", "2024-12", "2025-01")]
    half = 50_000 + 100 + 5.5
    assert closing == [half + 5500, half + 6000, half + 6000, half + 11000, half + 11000, half + 61000]
    forever = movements(ENGINES[engine](frame), through="2024-02", discounts="forever")["closing"]
    assert forever.tolist() == [111_105.5, 111_105.5]


def test_where_a_day_and_a_duration_are_given_the_earlier_one_ends_the_discount() -> None:
    text = """
        customer  start       amount  discount  discount_duration  discount_until
        A         2024-01-01  1       0.5       3                  2024-03-01
        B         2024-01-01  10      0.5       2                  2024-04-01
        C         2024-01-01  100     0.5       repeating          2024-04-01
        D         2024-01-01  1000    0.5       forever            2024-04-01
    """
    shown = movements(ledger(text), through="2024-04")["closing"]
    assert shown.tolist() == [555.5, 555.5, 561, 1111]


@pytest.mark.parametrize("duration", ["soon", "0", "2_weeks", "1.5", "-3", "10 days", "13.5 months"])
def test_a_duration_that_says_nothing_is_asked_about(duration: str) -> None:
    table = ledger("customer start amount discount discount_duration \n A 2024-01-01 5 0.5 x").with_columns(
        discount_duration=pl.lit(duration)
    )
    with pytest.raises(MrrError) as error:
        read_ledger(table)
    assert str(error.value) == (
        f"row 2, column discount_duration: '{duration}' does not say how long a discount runs; write forever, once, "
        "repeating or how many months, such as 3 months"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_discount_that_ends_at_some_time_is_not_for_ever(engine: str) -> None:
    text = """
        customer  start       amount  discount  discount_duration
        A         2024-01-01  100     0.5       repeating
        B         2024-01-01  10      0.5       forever
    """
    frame = ENGINES[engine](typed(text))
    assert movements(frame, through="2024-02")["closing"].tolist() == [55, 55]
    assert movements(frame, through="2024-02", discounts="forever")["closing"].tolist() == [105, 105]
