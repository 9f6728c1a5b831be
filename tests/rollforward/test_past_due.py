"""What is past due or paused: for how long it counts, by the column that says since when."""

from __future__ import annotations

import polars as pl
import pytest

from mrr_xl import metric, movements
from support.ledgers import ledger, typed
from support.oracle import ENGINES


def closings(frame: object, **rules: object) -> list[float]:
    return movements(frame, through="2024-06", **rules)["closing"].tolist()


TODAY = """
customer  start       end         mrr  status    past_due_since
A         2024-01-01  -           100  past_due  2024-02-10
B         2024-01-01  -           10   overdue   -
C         2024-01-01  2024-03-15  7    past_due  2024-03-01
D         2024-04-20  -           1    active    -
"""


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("unlimited", [117, 117, 110, 111, 111, 111]),
        (0, [117, 17, 10, 1, 1, 1]),  # B at the latest on 20 April, the latest date of the data
        (20, [117, 117, 10, 11, 1, 1]),  # A until 1 March, B until 10 May
        (50, [117, 117, 10, 11, 11, 1]),  # A until 31 March: not on it
        (51, [117, 117, 110, 11, 11, 1]),  # A until 1 April
        (81, [117, 117, 110, 111, 11, 11]),  # A until 1 May, B until 10 July
    ],
)
def test_it_counts_for_so_many_days_after_it_became_past_due(days: object, expected: list[float]):
    assert closings(ledger(TODAY), past_due_days=days) == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_on_every_engine(engine: str):
    frame = ENGINES[engine](typed(TODAY).with_columns(pl.col("past_due_since").str.to_date()))
    assert closings(frame, past_due_days=20) == [117, 117, 10, 11, 1, 1]


def test_with_a_line_for_each_state_the_days_begin_with_the_line():
    frame = ledger("""
        customer  start       end         mrr  status
        A         2024-01-01  2024-03-01  100  active
        A         2024-03-01  -           100  past_due
        """)
    assert closings(frame) == [100] * 6
    assert closings(frame, past_due_days=40) == [100, 100, 100, 0, 0, 0]
    assert closings(frame, past_due_days=40, status="snapshot") == [100, 100, 100, 0, 0, 0]
    check = metric("MRR_CHECKS", frame, past_due_days=40, through="2024-06").set_index("check").loc["past due"]
    assert (check["result"], check["lines"], check["says"]) == (
        "note", 1, "they count for 40 days from the start of the line",
    )  # fmt: skip


def test_the_rule_status_says_whether_a_status_is_todays():
    frame = ledger("""
        customer  start       end         mrr  status
        A         2024-01-01  -           100  past_due
        B         2024-05-10  -           1    active
        """)
    assert closings(frame, past_due_days=30) == [100, 100, 100, 100, 101, 1]  # from 10 May, the latest date
    assert closings(frame, past_due_days=30, status="line") == [0, 0, 0, 0, 1, 1][4:]


PAUSES = """
customer  start       end         mrr  status  paused_at
A         2024-01-01  -           100  paused  2024-02-10
B         2024-01-01  -           10   unpaid  2024-03-10
C         2024-01-01  2024-05-01  1    expired -
"""


def test_a_pause_is_0_or_counts_and_what_is_unpaid_never_does():
    assert closings(ledger(PAUSES)) == [111, 11, 1, 1, 0, 0]
    assert closings(ledger(PAUSES), paused="counted") == [111, 111, 101, 101, 100, 100]


def test_a_pause_with_a_line_of_its_own():
    frame = ledger("""
        customer  start       end         mrr  status
        A         2024-01-01  2024-03-01  100  active
        A         2024-03-01  2024-05-01  100  paused
        A         2024-05-01  -           100  active
        """)
    assert closings(frame) == [100, 100, 0, 0, 100, 100]
    assert closings(frame, paused="counted") == [100] * 6
    checks = {rule: metric("MRR_CHECKS", frame, paused=rule, through="2024-06") for rule in ("0", "counted")}
    left_out = {rule: table.set_index("check").loc["left out: status", "lines"] for rule, table in checks.items()}
    assert left_out == {"0": 1, "counted": 0}


def test_a_day_of_a_pause_that_is_over_ends_nothing():
    """A went on after the pause: the day in paused_at is no edge of the data."""
    frame = ledger("""
        customer  start       end         mrr  status  paused_at
        A         2024-01-01  -           100  active  2024-02-10
        B         2024-01-01  2024-05-01  10   paused  2024-03-10
        """)
    assert movements(frame)["month"].astype(str).tolist()[-1] == "2024-03"
    assert closings(frame) == [110, 110, 100, 100, 100, 100]


def test_a_schedule_has_the_day_in_each_row():
    frame = ledger("""
        customer  month    mrr  status    past_due_since
        A         2024-01  100  past_due  2024-01-10
        A         2024-02  100  past_due  2024-01-10
        A         2024-03  100  active    -
        """)
    assert closings(frame) == [100, 100, 100, 0, 0, 0]
    assert closings(frame, past_due_days=30) == [100, 0, 100, 0, 0, 0]  # until 9 February


def test_a_pause_and_what_is_past_due_have_a_column_each():
    frame = ledger("""
        customer  start       end         mrr  status    paused_at   past_due_since
        A         2024-01-01  -           100  past_due  -           2024-02-10
        B         2024-01-01  -           10   paused    2024-03-10  -
        C         2024-05-01  -           1    active    -           -
        """)
    assert closings(frame, past_due_days=30) == [110, 110, 0, 0, 1, 1]
    assert closings(frame) == [110, 110, 100, 100, 101, 101]


def test_such_a_column_without_a_status_changes_nothing_and_the_checks_say_so():
    frame = ledger("""
        customer  start       mrr  past_due_since
        A         2024-01-01  100  2024-02-10
        """)
    check = metric("MRR_CHECKS", frame, past_due_days=30, through="2024-06").set_index("check").loc["statuses"]
    assert (check["result"], check["says"]) == (
        "note", "there is no column status, so that nothing is read from past_due_since",
    )  # fmt: skip
    assert closings(frame, past_due_days=30) == [100] * 6
