"""What is past due, and what ends in the next months."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrr_xl import MrrError, metric
from support.ledgers import ledger, typed
from support.oracle import DAY, DAYS, ENGINES, Month, lines_at_random, months_between, repeatably

MONTHS = ["2024-01", "2024-02", "2024-03", "2024-04"]
THROUGH = {"through": "2024-04"}


def past_due(table: object, **rules: object) -> list[float | None]:
    return [None if math.isnan(value) else value for value in metric("MRR_PAST_DUE", table, MONTHS, **THROUGH | rules)]


LATE = """
customer  start       end         mrr  status    past_due_since
A         2024-01-01  -           100  past_due  2024-02-10
B         2024-01-01  2024-04-01  50   overdue   2024-03-05
C         2024-01-01  -           7    active    2024-01-05
D         2024-04-01  -           1    active    -
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_line_is_past_due_from_the_day_that_the_column_says(engine: str):
    table = ENGINES[engine](typed(LATE).with_columns(pl.col("past_due_since").str.to_date()))
    assert past_due(table) == [0, 100, 150, 100]


def test_only_what_counts_is_past_due():
    assert past_due(ledger(LATE), past_due_days=30) == [0, 100, 50, 0]
    assert past_due(ledger(LATE), where="customer=B") == [0, 0, 50, 0]


def test_without_such_a_day_a_status_of_today_is_known_of_the_last_month_only():
    """What was past due in the months before, nothing says; of the month before A began, it does."""
    table = ledger("""
        customer  start       end  mrr  status
        A         2024-02-01  -    100  past_due
        D         2024-01-01  -    1    active
        E         2024-04-01  -    1    active
        """)
    assert past_due(table) == [0, None, None, 100]
    assert past_due(table, through="2024-03") == [0, None, None, None]
    assert past_due(table, where="customer=D") == [0, 0, 0, 0]


def test_with_a_line_for_each_state_it_is_past_due_while_that_line_runs():
    table = ledger("""
        customer  start       end         mrr  status
        A         2024-01-01  2024-02-10  100  active
        A         2024-02-10  2024-04-05  100  past_due
        A         2024-04-05  -           100  active
        """)
    assert past_due(table) == [0, 100, 100, 0]
    schedule = ledger("""
        customer  month    mrr  status
        A         2024-01  100  active
        A         2024-02  100  past_due
        A         2024-03  100  active
        """)
    assert past_due(schedule) == [0, 100, 0, 0]


def test_past_due_needs_a_status():
    with pytest.raises(MrrError) as mistake:
        metric("MRR_PAST_DUE", ledger("customer start mrr \n A 2024-01-01 1"))
    assert str(mistake.value) == "MRR_PAST_DUE needs a column status that says what is past due; there is none"


# At risk

CONTRACTS = """
customer  start       end         mrr
A         2024-01-01  2024-06-01  100
A         2024-06-01  -           80
B         2024-01-01  2024-04-15  50
C         2024-01-01  2025-03-01  7
D         2024-01-01  -           1000
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_what_ends_within_the_months_is_at_risk_less_what_goes_on(engine: str):
    """A goes on at 80, so 20 are at risk; C's end is twelve months away in March."""
    table = ENGINES[engine](typed(CONTRACTS))
    assert metric("MRR_AT_RISK", table, MONTHS, **THROUGH).tolist() == [70, 70, 77, 27]
    assert metric("MRR_AT_RISK", table, MONTHS, months=2, **THROUGH).tolist() == [0, 50, 50, 20]
    table = metric("MRR_RENEWALS", table, "2024-02", months=13, **THROUGH)
    assert [tuple(map(str, row)) for row in table.itertuples(index=False)] == [
        ("2024-04", "B", "50.0", "2024-04-15"),
        ("2024-06", "A", "20.0", "2024-06-01"),
        ("2025-03", "C", "7.0", "2025-03-01"),
    ]


def test_the_list_is_by_month_and_then_the_largest_first():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-05-31  10
        B         2024-01-01  2024-05-31  30
        C         2024-01-01  2024-04-30  5
        """)
    found = metric("MRR_RENEWALS", table, "2024-03", end_date="inclusive", **THROUGH)
    assert [tuple(map(str, row)) for row in found.itertuples(index=False)] == [
        ("2024-05", "C", "5.0", "2024-04-30"),  # April's last day is paid
        ("2024-06", "B", "30.0", "2024-05-31"),
        ("2024-06", "A", "10.0", "2024-05-31"),
    ]
    rules = THROUGH | {"ignore": "end"}
    assert metric("MRR_RENEWALS", table, "2024-03", months=1, **rules)["customer"].tolist() == ["C"]


def test_who_goes_on_at_the_same_price_or_more_is_not_listed_and_a_millionth_less_is():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-06-01  100
        A         2024-06-01  -           100
        B         2024-01-01  2024-06-01  100
        B         2024-06-01  -           120
        C         2024-01-01  2024-06-01  100
        C         2024-06-01  -           99.999999
        """)
    found = metric("MRR_RENEWALS", table, "2024-03", **THROUGH)
    assert [tuple(map(str, row)) for row in found.itertuples(index=False)] == [
        ("2024-06", "C", "1e-06", "2024-06-01"),
    ]  # fmt: skip
    assert metric("MRR_AT_RISK", table, "2024-03", **THROUGH) == 0.000001


def test_the_list_is_of_twelve_months_and_equal_amounts_are_by_day_and_name():
    """A is gone in March already; G ends in the twelfth month after it, H in the thirteenth."""
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-03-15  5
        C         2024-01-01  2024-06-20  5
        F         2024-01-01  2024-06-10  5
        E         2024-01-01  2024-06-20  5
        D         2024-01-01  2024-06-20  5
        G         2024-01-01  2025-03-31  5
        H         2024-01-01  2025-04-01  5
        """)
    found = metric("MRR_RENEWALS", table, "2024-03", **THROUGH)
    assert [(row.customer, str(row.end)) for row in found.itertuples(index=False)] == [
        ("F", "2024-06-10"),
        ("C", "2024-06-20"),
        ("D", "2024-06-20"),
        ("E", "2024-06-20"),
        ("G", "2025-03-31"),
    ]
    assert metric("MRR_AT_RISK", table, "2024-03", **THROUGH) == 25


def test_an_end_is_scheduled_from_the_day_of_the_cancellation_on():
    """A's end is known in March; where the day of the cancellation is blank, an end is not scheduled."""
    table = ledger("""
        customer  start       end         cancelled   mrr
        A         2024-01-01  2024-06-01  2024-03-10  100
        B         2024-01-01  2024-06-01  -           50
        C         2024-01-01  -           2024-03-10  7
        """)
    assert metric("MRR_AT_RISK", table, MONTHS, **THROUGH).tolist() == [0, 0, 100, 100]
    assert metric("MRR_RENEWALS", table, "2024-02", **THROUGH).empty


def test_a_discount_that_ends_is_no_end():
    """The MRR at risk is that of the month: 50, and 100 once the discount is over."""
    table = ledger("""
        customer  start       end         amount  discount  discount_until
        A         2024-01-01  2024-06-01  100     0.5       2024-03-01
        """)
    assert metric("MRR_AT_RISK", table, MONTHS, **THROUGH).tolist() == [50, 50, 100, 100]
    assert metric("MRR_AT_RISK", table, MONTHS, months=3, **THROUGH).tolist() == [0, 0, 100, 100]


def test_a_renewal_within_the_grace_is_one():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-06-01  100
        A         2024-06-08  -           100
        """)
    assert metric("MRR_AT_RISK", table, "2024-04", **THROUGH) == 100
    assert metric("MRR_AT_RISK", table, "2024-04", **THROUGH, grace_days=7) == 0


def test_a_schedule_has_no_ends():
    table = ledger("""
        customer  2024-01  2024-02
        A         100      100
        """)
    assert math.isnan(metric("MRR_AT_RISK", table, "2024-02"))
    with pytest.raises(MrrError) as mistake:
        metric("MRR_RENEWALS", table, "2024-02")
    assert str(mistake.value) == "MRR_RENEWALS needs lines with a start and an end; a schedule has none"


_lines = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.sampled_from(DAYS),
        st.one_of(st.none(), st.sampled_from([31, 60, 90, 120])),  # how long it runs
        st.one_of(st.none(), st.integers(0, 90)),  # when it is cancelled
        st.sampled_from([10, 33, 100]),
    ),
    min_size=1,
    max_size=8,
)


@lines_at_random
@repeatably(8)
@given(lines=_lines, has_cancelled=st.booleans(), ahead=st.sampled_from([1, 3, 12]))
def test_day_by_day_what_ends_and_does_not_go_on(lines, has_cancelled, ahead):
    rows = []
    for customer, start, length, cancelled, mrr in lines:
        end = None if length is None else start + length * DAY
        rows.append((customer, start, end, None if cancelled is None else start + cancelled * DAY, mrr))
    types = {"start": pl.Date, "end": pl.Date, "cancelled": pl.Date}
    names = ["customer", "start", "end", "cancelled", "mrr"]
    table = pl.DataFrame(rows, schema=names, schema_overrides=types, orient="row")
    table = table if has_cancelled else table.drop("cancelled")
    months = months_between(Month(DAYS[0].year, DAYS[0].month), Month(2024, 6))
    first = Month(min(row[1] for row in rows).year, min(row[1] for row in rows).month)
    expected = []
    for month in months:
        last = month
        for _ in range(ahead):
            last = last.next
        total = 0
        for customer in "AB":
            own = [row for row in rows if row[0] == customer]
            for end in {row[2] for row in own if row[2]}:
                ending = sum(mrr for _, start, over, _, mrr in own if over == end and over > start)
                fall = ending - sum(mrr for _, start, over, _, mrr in own if start == end and over != start)
                at_risk = sum(
                    mrr
                    for _, start, over, cancelled, mrr in own
                    if over == end and start <= month.last_day < over <= last.last_day
                    and (not has_cancelled or (cancelled is not None and cancelled <= month.last_day))
                )  # fmt: skip
                total += min(at_risk, max(fall, 0))
        expected.append(total if month >= first else None)
    for engine in ("polars", "duckdb", "pandas"):
        frame, rules = ENGINES[engine](table), {"through": str(months[-1])}
        found = metric("MRR_AT_RISK", frame, [str(month) for month in months], months=ahead, **rules)
        assert [None if value != value else value for value in found] == expected
    for month in (months[2], months[-1]):
        listed = metric("MRR_RENEWALS", table, str(month), months=ahead, **rules)
        assert listed["mrr"].sum() == (expected[months.index(month)] or 0)
