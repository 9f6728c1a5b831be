"""Statuses of a snapshot and of a ledger with a line for each state, figure by figure and day by day."""

from __future__ import annotations

import datetime as dt
import itertools
import warnings

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrr_xl import MrrWarning, clock, movements
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.metrics import metric
from mrr_xl.rollforward.book import Book
from mrr_xl.settings import Settings
from support.ledgers import ledger, typed
from support.oracle import ENGINES, Month, months_between, repeatably

EXPORT = """
    customer  start       end         mrr  status
    Ada       2024-01-10  2024-04-01  100  expired
    Bob       2024-02-01  -           30   paused
    Cyd       2024-01-01  2024-03-01  7    canceled
    Dan       2024-05-20  -           50   active
    Eve       2024-01-01  -           900  trialing
    """
STATES = """
    customer  start       end         mrr  status
    Ada       2024-01-01  2024-03-01  100  active
    Ada       2024-03-01  2024-05-01  100  paused
    Ada       2024-05-01  -           120  active
    """


def closings(text: str, **settings: object) -> list[float]:
    table = Book(read_ledger(ledger(text)), Settings.of({"through": "2024-06"} | settings)).movements
    return [closing / 1e6 for closing in table["closing"]]


def test_an_export_of_todays_statuses_counts_what_was_paid_before() -> None:
    # Ada to her end, Bob until the last date in the file, Cyd to his end, Eve never.
    assert closings(EXPORT) == closings(EXPORT, status="snapshot") == [107, 137, 130, 30, 50, 50]


def test_with_status_line_a_line_that_has_stopped_or_expired_never_counts() -> None:
    assert closings(EXPORT, status="line") == [7, 7, 0, 0, 50, 50]


def test_a_ledger_with_a_line_for_each_state_is_not_an_export() -> None:
    assert closings(STATES) == closings(STATES, status="line") == [100, 100, 0, 0, 120, 120]
    assert closings(STATES, status="snapshot") == [100, 100, 100, 100, 120, 120]


def test_ends_that_are_last_paid_days_also_show_a_line_for_each_state() -> None:
    text = STATES.replace("2024-03-01  100  active", "2024-02-29  100  active").replace(
        "2024-05-01  100", "2024-04-30  100"
    )
    assert closings(text, end_date="inclusive") == [100, 100, 0, 0, 120, 120]


def test_a_month_of_a_schedule_has_a_status_of_its_own() -> None:
    """Ada's January was paused and is not MRR, unless the setting status says that it is a status of today."""
    text = """
        customer  month    mrr  status
        Ada       2024-01  100  paused
        Bob       2024-03  50   active
        """
    assert closings(text) == closings(text, status="line") == [50, 0, 0, 0]
    assert closings(text, status="snapshot") == [100, 0, 50, 0, 0, 0]


def test_a_column_says_when_a_line_stopped() -> None:
    text = """
        customer  start       mrr  status  paused_at
        Ada       2024-01-01  100  paused  2024-03-05
        Bob       2024-01-01  30   paused  -
        Cyd       2024-04-15  50   active  2024-02-01
        """
    assert closings(text) == [130, 130, 30, 50, 50, 50]  # Cyd is active again


def test_a_condition_does_not_move_the_day_of_the_export() -> None:
    book = Book(read_ledger(ledger(EXPORT)), Settings.of({"through": "2024-06"}), "customer=Bob")
    assert [closing / 1e6 for closing in book.movements["closing"]] == [30, 30, 30, 0, 0]


PAST_DUE = """
    customer  start       end         mrr   status    past_due_since
    Ada       2024-01-01  -           100   past_due  2024-01-20
    Bob       2024-01-02  -           10    overdue   -
    Cyd       2024-03-15  -           1     active    2024-01-01
    Dan       2024-01-01  2024-02-10  1000  past_due  2024-02-05
    """


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("days", "closing"),
    [
        ("unlimited", [1110, 110, 111, 111]),
        (0, [1010, 10, 1, 1]),
        (11, [1010, 10, 1, 1]),
        (12, [1110, 10, 1, 1]),
        (16, [1110, 10, 1, 1]),
        (17, [1110, 10, 11, 1]),
    ],
)
def test_a_line_that_is_past_due_counts_for_so_many_days(engine: str, days: object, closing: list[int]) -> None:
    """Ada since 20 January: the 12th day after that is 1 February. Bob since 15 March, the latest date of the data."""
    frame = typed(PAST_DUE).with_columns(pl.col("past_due_since").str.to_date())
    shown = movements(ENGINES[engine](frame), past_due_days=days, through="2024-04")
    assert shown["closing"].tolist() == closing


def test_with_status_line_a_line_without_a_date_is_past_due_from_its_start() -> None:
    text = PAST_DUE.replace("2024-01-20", "-")
    for days, closing in ((29, [1000, 0, 1, 1]), (30, [1010, 0, 1, 1]), (31, [1110, 0, 1, 1])):
        shown = movements(ledger(text), status="line", past_due_days=days, through="2024-04")
        assert shown["closing"].tolist() == closing


def test_a_line_that_goes_on_from_one_that_ended_is_past_due_from_its_start() -> None:
    text = """
        customer  start       end         mrr  status
        Ada       2024-01-01  2024-02-01  100  active
        Ada       2024-02-01  -           100  past_due
        Cyd       2024-05-15  -           1    active
        """
    assert closings(text, past_due_days=30) == [100, 100, 0, 0, 1, 1]
    assert closings(text, past_due_days=30, status="snapshot") == [100, 100, 100, 100, 101, 1]
    assert closings(text.replace("2024-02-01  -", "2024-02-02  -"), past_due_days=30) == [100, 100, 0, 0, 1, 1]
    assert closings(text.replace("2024-02-01  -", "2024-02-03  -"), past_due_days=30) == [100, 100, 100, 100, 101, 1]


def test_a_line_that_is_paused_may_count() -> None:
    assert closings(EXPORT, paused="counted") == [107, 137, 130, 30, 80, 80]
    assert closings(EXPORT, paused="counted", status="line") == [7, 37, 30, 30, 80, 80]


@pytest.mark.parametrize(
    ("status", "counted"),
    [
        ("active", True), ("Live", True), ("current", True), ("past-due", True), ("Past Due", True), ("overdue", True),
        ("non-renewing", True), ("non renewing", True), ("churned", True), ("inactive", True), ("cancelled", True),
        ("pending", False), ("draft", False), ("scheduled", False), ("In Trial", False), ("incomplete", False),
        ("suspended", False), ("on_hold", False), ("On hold", False), ("paused", False), ("unpaid", False),
        ("expired", False),
    ],
)  # fmt: skip
def test_the_words_of_the_field_are_read(status: str, counted: bool) -> None:
    table = pl.DataFrame({"customer": ["A"], "start": ["2024-01-01"], "mrr": ["5"], "status": [status]})
    book = Book(read_ledger(table), Settings.of({"status": "line", "through": "2024-01"}))
    assert book.movements["closing"].tolist() == ([5_000_000] if counted else [])


def checked(text: str, **settings: object) -> tuple[str, int, str]:
    table = metric("MRR_CHECKS", ledger(text), settings={"through": "2024-06"} | settings).set_index("check")
    return tuple(table.loc["statuses", ["result", "lines", "says"]])


def test_the_checks_say_what_a_status_is_taken_as() -> None:
    until = (
        "they have stopped or are over today, and count until their end or else until 2024-05-20, the latest date of "
        "the data; a column such as paused at says when, and status=line leaves them out altogether"
    )
    assert checked(EXPORT) == checked(EXPORT, status="snapshot") == ("note", 2, until)
    assert checked(EXPORT, status="line") == checked(STATES) == ("OK", 0, "each is that of the whole line")
    assert checked("customer start mrr \n A 2024-01-01 5") == ("OK", 0, "there is no column status")
    assert checked("customer start mrr status", status="snapshot") == ("OK", 0, "none")


# Day by day

STOPPED, OVER, NEVER = ("paused", "unpaid", "On Hold"), ("expired", "lapsed"), ("trialing", "pending")
DAYS = [dt.date(2024, month, day) for month in range(1, 6) for day in (1, 2, 15, 29)]
Line = tuple[str, dt.date, "dt.date | None", int, str, "dt.date | None"]


@st.composite
def some_lines(draw) -> list[Line]:
    def line() -> Line:
        start, end = draw(st.sampled_from(DAYS)), draw(st.none() | st.sampled_from(DAYS))
        if end and end < start:
            start, end = end, start
        status = draw(st.sampled_from(["active", "cancelled", *STOPPED, *OVER, *NEVER]))
        stopped = draw(st.none() | st.sampled_from(DAYS)) if status in STOPPED else None
        return draw(st.sampled_from("ABC")), start, end, draw(st.sampled_from([10, 20, 33])), status, stopped

    return [line() for _ in range(draw(st.integers(1, 7)))]


def by_hand(lines: list[Line], status: str) -> dict[str, int]:
    """Each month's closing in whole units, where a line is asked for the last day of every month."""
    days = itertools.chain.from_iterable((start, end, stopped) for _, start, end, _, _, stopped in lines)
    export = max(day for day in days if day)
    if status == "auto":
        ends = {(who, end + dt.timedelta(days=more)) for who, _, end, *_ in lines if end for more in (0, 1)}
        halted = [(who, start) for who, start, _, _, word, _ in lines if word in STOPPED + OVER]
        status = "snapshot" if halted and not any(line in ends for line in halted) else "line"
    closing = {}
    for month in months_between(Month(2024, 1), Month(2024, 6)):
        total = 0
        for _, start, end, mrr, word, stopped in lines:
            until = end or dt.date.max
            if word in NEVER or (word in STOPPED + OVER and status == "line"):
                continue
            if word in STOPPED + OVER:
                until = min(until, stopped or export)
            total += mrr * (start <= month.last_day < until)
        closing[str(month)] = total
    return closing


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("status", ["auto", "line", "snapshot"])
@repeatably(8)
@given(lines=some_lines())
def test_every_line_of_a_ledger_with_statuses_counts_as_it_does_day_by_day(status, engine, lines) -> None:
    names = [("customer", pl.String), ("start", pl.Date), ("end", pl.Date), ("mrr", pl.Float64), ("status", pl.String)]
    frame = pl.DataFrame(lines, schema=[*names, ("paused_at", pl.Date)], orient="row")
    settings = Settings.of({"status": status, "through": "2024-06", "ignore": "end"})  # ends are as they are
    table = Book(read_ledger(ENGINES[engine](frame)), settings).movements
    closing = {f"{month // 12}-{month % 12 + 1:02d}": int(mrr) / 1e6 for month, mrr in table["closing"].items()}
    wanted = by_hand(lines, status)
    assert {month: closing.get(month, 0) for month in wanted} == wanted


def test_where_all_dates_are_in_the_future_there_is_no_latest_one() -> None:
    """An export whose only start is to come, and whose line is over today by its status."""
    frame = pl.DataFrame({"customer": ["Ada"], "start": ["2078-01-01"], "mrr": [100], "status": ["canceled"]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        checks = metric("MRR_CHECKS", frame, through="2030-12", status="snapshot").set_index("check")
    assert "statuses" in checks.index


@pytest.mark.parametrize(("paused", "wanted"), [("0", [130, 130, 30, 0, 7]), ("counted", [130, 130, 130, 100, 107])])
def test_a_pause_may_count_where_a_column_says_since_when_it_is_one(paused: str, wanted: list[float]) -> None:
    text = """
    customer  start       mrr  status  paused_at
    Ada       2024-01-01  100  paused  2024-03-05
    Bob       2024-01-01  30   unpaid  2024-04-02
    Cyd       2024-05-01  7    active  -
    """
    dated = typed(text).with_columns(pl.col("paused_at").str.to_date())
    for data in (ledger(text), duckdb.from_arrow(dated.to_arrow())):
        assert movements(data, paused=paused)["closing"].tolist()[:5] == wanted


@pytest.mark.parametrize(("day", "before"), [(9, []), (10, [100] * 4), (11, [100] * 4)])
def test_the_day_of_the_export_is_the_latest_date_up_to_today(day: int, before: list[float]) -> None:
    """Ada's line stopped on it: on 10 May, or on 1 January as long as 10 May is in the future."""
    text = """
    customer  start       mrr  status
    Ada       2024-01-01  100  paused
    Bob       2024-05-10  30   active
    """
    with clock.one_day(dt.date(2024, 5, day)):
        assert closings(text) == [*before, 30, 30]


KINDS_AND_STATUSES = """
customer  start       end         mrr  kind       status
A         2024-01-01  -           1    recurring  active
B         2024-01-01  2024-03-01  2    recurring  paused
C         2024-01-01  2024-03-01  4    one-time   paused
D         2024-01-01  2024-03-01  8    tax        expired
E         2024-01-01  2024-03-01  16   usage      paused
F         2024-01-01  -           32   usage      active
G         2024-01-01  -           64   usage      trialing
"""


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
@pytest.mark.parametrize(
    ("status", "usage", "closing"),
    [
        ("snapshot", "exclude", [3, 3, 1]),
        ("snapshot", "include", [51, 51, 33]),
        ("line", "exclude", [1, 1, 1]),
        ("line", "include", [33, 33, 33]),
    ],
)
def test_what_has_stopped_was_paid_for_only_if_its_kind_is_mrr(engine, status, usage, closing):
    """C, a setup fee that is paused, was counted: any kind that has stopped was."""
    table = typed(KINDS_AND_STATUSES)
    given = {"polars": table, "pandas": table.to_pandas(), "duckdb": duckdb.from_arrow(table.to_arrow())}[engine]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MrrWarning)
        shown = movements(given, status=status, usage=usage, through="2024-03")
    assert shown["closing"].tolist() == closing


@pytest.mark.parametrize(
    ("status", "usage", "counted", "counts"),
    [
        ("snapshot", "exclude", 2, {"status": 1, "one time": 1, "usage": 2, "tax": 1}),
        ("snapshot", "include", 4, {"status": 1, "one time": 1, "usage": 0, "tax": 1}),
        ("line", "exclude", 1, {"status": 2, "one time": 1, "usage": 2, "tax": 1}),
        ("line", "include", 2, {"status": 3, "one time": 1, "usage": 0, "tax": 1}),
    ],
)
def test_every_line_that_is_left_out_is_told_once(status, usage, counted, counts):
    table = metric("MRR_CHECKS", ledger(KINDS_AND_STATUSES), settings={"status": status, "usage": usage})
    table = table.set_index("check")["lines"]
    assert {reason: table[f"left out: {reason}"] for reason in counts} == counts
    assert sum(counts.values()) + counted == 7
