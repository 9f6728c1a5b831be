"""Months that a schedule leaves out, in which everybody seems to leave."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from mrr_xl.metrics import metric
from mrr_xl.metrics.checks import problems
from mrr_xl.rollforward.book import open_book
from mrr_xl.settings import Settings
from support.ledgers import typed
from support.oracle import ENGINES

LONG = """
customer  month       mrr  plan
Ada       2024-01-01  100  Pro
Bob       2024-01-01  50   Lite
Ada       2024-02-01  100  Pro
Bob       2024-02-01  50   Lite
Ada       2024-04-01  100  Pro
Bob       2024-04-01  60   Lite
"""
WIDE = """
customer  2024-01  2024-02  2024-04  2024-07
Ada       100      100      100      100
Bob       50       50       60       60
Cyd       0        7        7        7
"""


def left_out(data: Any, **how: Any) -> list[str]:
    """What the checks say about months left out, and with them what stands above every figure."""
    table = metric("MRR_CHECKS", data, **{"through": "2024-06", **how}).set_index("check")
    return [
        f"{row.result}: {row.says}" for row in table[table.index == "months left out"].itertuples() if not row.lines
    ]


def sentence(months: str, customers: int, mend: str) -> str:
    result = "problem" if customers > 6 else "note"
    return (
        f"{result}: the schedule has nothing for {months}, so {customers} customers who pay before and after churn and "
        f"come back: add {mend} for each month, with 0 if nobody paid"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_month_that_a_schedule_leaves_out_is_named(engine: str) -> None:
    long = typed(LONG).with_columns(pl.col("month").str.to_date())
    assert left_out(ENGINES[engine](long)) == [sentence("2024-03", 2, "lines")]
    # Cyd pays on both sides, too.
    wide = typed(WIDE).with_columns(pl.exclude("customer").cast(pl.Float64))
    assert left_out(ENGINES[engine](wide)) == [sentence("2024-03, 2024-05, 2024-06", 3, "a column")]


@pytest.mark.parametrize("engine", ["polars", "pandas"])
def test_a_wholly_blank_column_says_no_more_than_none(engine: str) -> None:
    """Where the frame is in memory; a single 0 says that nobody paid."""
    wide = pl.DataFrame({"customer": ["Ada", "Bob"], "2024-01": [5, 5], "2024-02": [None, None], "2024-03": [5, 5]})
    says = sentence("2024-02", 2, "a column").replace("add a column for", "fill in the column of")
    for dtype in (pl.Float64, pl.String, pl.Null):
        assert left_out(ENGINES[engine](wide.with_columns(pl.col("2024-02").cast(dtype)))) == [says]
    assert left_out(ENGINES[engine](wide.with_columns(pl.Series("2024-02", ["", " "])))) == [says]
    assert left_out(ENGINES[engine](wide.with_columns(pl.Series("2024-02", [None, 0])))) == []
    both = wide.rename({"2024-03": "2024-04"})
    assert left_out(ENGINES[engine](both)) == [sentence("2024-02, 2024-03", 2, "a column")]


@pytest.mark.parametrize("customers", [6, 7])
def test_of_seven_customers_or_more_it_is_a_problem_that_every_figure_shows(customers: int) -> None:
    months = ["2024-01-01", "2024-03-01"]
    frame = pl.DataFrame([(f"C{n}", month, 5.0) for n in range(customers) for month in months], orient="row")
    frame = frame.rename(dict(zip(frame.columns, ["customer", "month", "mrr"])))
    assert left_out(frame) == [sentence("2024-02", customers, "lines")]
    says = [sentence("2024-02", 7, "lines").removeprefix("problem: ")] if customers == 7 else []
    assert problems(open_book(frame, None, Settings.of({"through": "2024-06"}))) == says


def test_a_schedule_of_quarters_leaves_out_two_months_of_three() -> None:
    text = "customer month mrr\n" + "".join(
        f"{name} 2024-{month:02d}-01 5\n" for month in (1, 4, 7) for name in ("Ada", "Bob")
    )
    assert left_out(typed(text)) == [sentence("2024-02, 2024-03, 2024-05 and 1 more", 2, "lines")]


def test_each_gap_counts_whoever_leaves_for_it_and_comes_back() -> None:
    """Even a millionth; at the first gap it is Ada alone, at the third one nobody."""
    text = """
    customer  2024-01   2024-03  2024-05  2024-07
    Ada       0.000001  100      -        1
    Bob       -         50       50       -
    Cyd       -         7        7        -
    """
    assert left_out(typed(text)) == [sentence("2024-04", 2, "a column")]
    several = text.replace("Ada       0.000001  100      -        1", "Ada       0.000001  100      9        9")
    assert left_out(typed(several)) == [sentence("2024-04", 3, "a column")]
    twice = several.replace("Bob       -         50", "Bob       3         50")
    assert left_out(typed(twice)) == [sentence("2024-02, 2024-04", 3, "a column")]


def test_what_is_no_mrr_neither_counts_nor_fills_a_gap() -> None:
    text = """
    customer  month       amount  kind
    Ada       2024-01-01  5       recurring
    Bob       2024-01-01  5       recurring
    Cyd       2024-01-01  5       setup
    Cyd       2024-02-01  5       setup
    Ada       2024-03-01  5       recurring
    Bob       2024-03-01  5       recurring
    Cyd       2024-03-01  5       setup
    """
    assert left_out(typed(text)) == [sentence("2024-02", 2, "lines")]


def test_it_is_about_the_movements_that_are_reported() -> None:
    assert left_out(typed(LONG), grace_days=31) == []  # nobody leaves
    assert left_out(typed(LONG), period="quarter") == [sentence("2024-03", 2, "lines")]
    assert left_out(typed(LONG.replace("2024-04", "2024-06").replace("2024-02", "2024-03")), period="quarter") == []
    # The report ends before the gap, or in it: then it shows the churn.
    assert left_out(typed(LONG), through="2024-02") == []
    assert left_out(typed(LONG), through="2024-03") == [sentence("2024-03", 2, "lines")]


def test_with_parents_they_are_parents() -> None:
    text = """
    customer  parent  month       mrr
    a1        A       2024-01-01  1
    b1        B       2024-01-01  1
    a2        A       2024-03-01  1
    b2        B       2024-03-01  1
    """
    assert left_out(typed(text)) == []
    assert left_out(typed(text), grain="parent") == [sentence("2024-02", 2, "lines")]


@pytest.mark.parametrize(
    "text",
    [
        LONG + "Ada       2024-03-01  0    Pro\n",  # nobody paid, as the schedule says
        LONG + "Cyd       2024-03-01  9    Pro\n",  # some paid, so it is there
        WIDE.replace("2024-04", "2024-03").replace("2024-07", "2024-04"),
        # A single customer who pauses, and two who leave before two others come.
        "customer month mrr\nAda 2024-01-01 5\nAda 2024-03-01 5\n",
        "customer month mrr\nAda 2024-01-01 5\nBob 2024-01-01 5\nCyd 2024-03-01 5\nDee 2024-03-01 5\n",
        # Two lines of one customer are one customer.
        "customer month mrr\nAda 2024-01-01 5\nAda 2024-01-01 6\nAda 2024-03-01 5\nAda 2024-03-01 6\n",
        # Bob does not pay before, though he has a line.
        "customer month mrr\nAda 2024-01-01 5\nBob 2024-01-01 0\nAda 2024-03-01 5\nBob 2024-03-01 5\n",
        # Subscriptions are no schedule.
        "customer start end mrr\nAda 2024-01-01 2024-02-01 5\nBob 2024-01-01 2024-02-01 5\n"
        "Ada 2024-03-01 - 5\nBob 2024-03-01 - 5\n",
    ],
)
def test_what_is_no_month_left_out(text: str) -> None:
    assert left_out(typed(text)) == []


def test_a_condition_leaves_no_month_out() -> None:
    with_march = LONG + "Cyd       2024-03-01  9    Free\n"
    assert left_out(typed(with_march), where="plan=Pro") == []
