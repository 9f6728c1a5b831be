"""Ends that look like the last paid day: when the check says so, with which figures, and when it does not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

import mrr_xl
from mrr_xl.errors import MrrError
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.metrics import metric
from mrr_xl.metrics.checks import problems
from mrr_xl.rollforward import last_paid_day, parts, running
from mrr_xl.rollforward.book import open_book
from mrr_xl.rollforward.last_paid_day import last_paid_days
from mrr_xl.settings import Settings
from support.csv_text import frame_of_csv
from support.oracle import ENGINES

SUSPECT = [
    (
        """
        customer | start      | end        | mrr
        Ada      | 2024-01-01 | 2024-03-31 | 100
        Bob      | 2024-02-01 | 2024-04-30 | 50
        Cyd      | 2024-01-01 |            | 7
        """,
        "2 of 2 ends are the last day of a month: if an end is the last paid day, set end_date to inclusive, else set "
        "ignore to end; MRR of 2024-04 is 7.00 now and would be 57.00",
    ),
    (
        """
        customer | start      | end        | mrr
        Ada      | 2024-01-01 | 2024-03-31 | 100
        Bob      | 2024-02-01 | 2024-04-30 | 50
        Cyd      | 2024-01-01 | 2024-05-12 | 7
        Dan      | 2024-01-01 |            | 7
        """,
        "2 of 3 ends are the last day of a month: if an end is the last paid day, set end_date to inclusive, else set "
        "ignore to end; MRR of 2024-04 is 14.00 now and would be 64.00",
    ),
    (
        """
        customer | start      | end                 | mrr
        Ada      | 2024-01-01 | 2024-03-31 23:59:59 | 100
        Bob      | 2024-01-01 | 2024-05-12 23:59:59 | 100
        Cyd      | 2024-01-01 | 2024-05-14 23:59:59 | 7
        Dan      | 2024-01-01 |                     | 7
        """,
        "3 of 3 ends are a moment before midnight: if an end is the last paid day, set end_date to inclusive, else set "
        "ignore to end; MRR of 2024-03 is 114.00 now and would be 214.00",
    ),
    (
        """
        customer | start      | end        | mrr
        Ada      | 2024-01-15 | 2024-02-14 | 100
        Ada      | 2024-02-15 | 2024-03-31 | 120
        Ada      | 2024-04-01 | 2024-05-14 | 130
        Bob      | 2024-01-01 |            | 7
        """,
        "2 of 3 ends are the day before the same customer's next start: if an end is the last paid day, set end_date "
        "to inclusive, else set ignore to end; MRR of 2024-03 is 7.00 now and would be 127.00",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), SUSPECT, ids=[sentence.split(":")[0] for _, sentence in SUSPECT])
def test_ends_that_look_like_last_paid_days_are_a_problem_with_the_figures_of_both(text: str, sentence: str) -> None:
    rules = Settings.of({"through": "2024-06"})
    assert problems(open_book(frame_of_csv(text), None, rules)) == [sentence]
    rules = Settings.of({"through": "2024-06", "end_date": "inclusive"})
    assert problems(open_book(frame_of_csv(text), None, rules)) == []


def test_a_user_says_that_an_end_is_the_first_day_without_service() -> None:
    rules = Settings.of({"through": "2024-06", "ignore": "End"})
    assert problems(open_book(frame_of_csv(SUSPECT[0][0]), None, rules)) == []
    table = metric("MRR_CHECKS", frame_of_csv(SUSPECT[0][0]), settings=rules).set_index("check")
    assert table.loc["what an end is", "says"] == "the first day without service, as ignore=end says"


def test_the_figures_that_the_sentence_gives_are_those_of_the_two_rules() -> None:
    frame = frame_of_csv(SUSPECT[0][0])
    with pytest.warns(mrr_xl.MrrWarning, match="MRR of 2024-04 is 7.00 now and would be 57.00$"):
        exclusive = mrr_xl.movements(frame, through="2024-06")
    inclusive = mrr_xl.movements(frame, through="2024-06", end_date="inclusive")
    assert exclusive["closing"].tolist() == [107, 157, 57, 7, 7, 7]
    assert inclusive["closing"].tolist() == [107, 157, 157, 57, 7, 7]


@pytest.mark.parametrize(("text", "sentence"), SUSPECT, ids=[sentence.split(":")[0] for _, sentence in SUSPECT])
def test_in_a_database_ends_are_counted_in_the_same_way(text: str, sentence: str) -> None:
    end = pl.col("end").str.to_datetime("%Y-%m-%d %H:%M:%S") if "23:59" in text else pl.col("end").str.to_date()
    table = frame_of_csv(text).with_columns(pl.col("start").str.to_date(), end, pl.col("mrr").cast(pl.Float64))
    relation = duckdb.from_arrow(table.to_arrow())
    assert problems(open_book(relation, None, Settings.of({"through": "2024-06"}))) == [sentence]


def said(lines: list[str], *, in_database: bool) -> list[str]:
    frame: Any = frame_of_csv("\n".join(["customer | start | end | mrr", *lines]))
    if in_database:
        late = pl.col("end").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
        end = late.fill_null(pl.col("end").str.to_date("%Y-%m-%d", strict=False))
        frame = frame.with_columns(pl.col("start").str.to_date(), end, pl.col("mrr").cast(pl.Float64))
        frame = duckdb.from_arrow(frame.to_arrow())
    book = open_book(frame, None, Settings.of({"through": "2024-06"}))
    return [sentence.split(":")[0] for sentence in problems(book)]


ADA = "Ada | 2024-01-10 | 2024-02-29 | 5", "Ada | 2024-03-01 | | 5"
BOB = "Bob | 2024-01-10 | 2024-03-12 | 5", "Bob | 2024-03-{} | | 5"
OTHERS = [f"{name} | 2024-01-10 | 2024-04-12 | 5" for name in ("Cyd", "Dan", "Eve")]
NEXT = "{} of {} ends are the day before the same customer's next start"


@pytest.mark.parametrize(
    ("lines", "sentences"),
    [
        # Of two ends, the other one goes on within a week or later, on the 8th day.
        ([*ADA, BOB[0], BOB[1].format(19)], []),
        ([*ADA, BOB[0], BOB[1].format(20)], [NEXT.format(1, 2)]),
        ([*ADA, BOB[0], BOB[1].format(12)], []),
        # One that goes on before the end, at another price, is none of them.
        ([*ADA, BOB[0], BOB[1].format(11).replace("5", "7")], [NEXT.format(1, 2)]),
        ([*ADA, BOB[0], BOB[1].format(13)], [NEXT.format(2, 2)]),
        # An end with several starts after it is one end, also where one of them is on the day itself.
        ([*ADA, BOB[0], *(f"Bob | 2024-03-{day} | | {day}" for day in (13, 14, 15))], [NEXT.format(2, 2)]),
        ([*ADA, BOB[0], *(f"Bob | 2024-03-{day} | | {day}" for day in (12, 13))], [NEXT.format(2, 2)]),
        # Nobody goes on with another customer's start.
        ([*ADA, BOB[0], "Cyd | 2024-03-13 | | 5"], [NEXT.format(1, 2)]),
        # One of three is chance, two of five are not.
        ([*ADA, BOB[0], "Cyd | 2024-01-10 | 2024-04-12 | 5"], []),
        (
            [*ADA, BOB[0], BOB[1].format(13), *OTHERS],
            [NEXT.format(2, 5)],
        ),
        # Half of them are no majority, and one end shows nothing.
        (["Cyd | 2024-01-10 | 2024-03-12 23:59:59 | 5", "Dan | 2024-01-10 | 2024-03-12 | 5"], []),
        (["Cyd | 2024-01-10 | 2024-03-31 | 5", "Dan | 2024-01-10 | | 5"], []),
        (
            ["Cyd | 2024-01-10 | 2024-03-31 23:59:59 | 5", "Dan | 2024-01-10 | 2024-03-12 23:59:59 | 5"],
            ["2 of 2 ends are a moment before midnight"],
        ),
        (
            [
                "Cyd | 2024-01-10 | 2024-03-31 23:59:59 | 5",
                "Dan | 2024-01-10 | 2024-03-12 23:59:59 | 5",
                "Fay | 2024-01-10 | 2024-04-12 | 5",
                OTHERS[2],
            ],
            [],
        ),
        # The last minute of a day is neither any in its last hour nor the last of another hour.
        (["Cyd | 2024-01-10 | 2024-03-31 23:15:00 | 5", "Dan | 2024-01-10 | 2024-03-12 11:59:00 | 5"], []),
        # A line without MRR is not looked at, one of a millionth is.
        (
            ["Cyd | 2024-01-10 | 2024-03-31 | 0", "Dan | 2024-01-10 | 2024-03-31 | 5", OTHERS[2]],
            [],
        ),
        (
            ["Cyd | 2024-01-10 | 2024-03-31 | 0.000001", "Dan | 2024-01-10 | 2024-03-31 | 5"],
            ["2 of 2 ends are the last day of a month"],
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("in_database", [False, True])
def test_how_many_ends_it_takes(lines: list[str], sentences: list[str], in_database: bool) -> None:
    assert said(lines, in_database=in_database) == sentences


@pytest.mark.parametrize(("text", "sentence"), SUSPECT, ids=[sentence.split(":")[0] for _, sentence in SUSPECT])
@pytest.mark.parametrize("rows", [1, 2])
def test_ends_that_are_counted_some_at_a_time_add_up(monkeypatch, text: str, sentence: str, rows: int) -> None:
    monkeypatch.setattr(last_paid_day, "PART", rows)
    monkeypatch.setattr(parts, "PART", rows)
    assert problems(open_book(frame_of_csv(text), None, Settings.of({"through": "2024-06"}))) == [sentence]


def test_a_start_after_an_end_is_never_that_of_another_customer() -> None:
    text = "customer | start | end | mrr\nAda | 2024-01-10 | 2024-03-15 | 5\nBob | {} | | 5"
    for later in range(80):
        start = dt.date(2024, 1, 9) + dt.timedelta(later)
        assert last_paid_days(read_ledger(frame_of_csv(text.format(start))), least=1) is None


def test_a_start_after_an_end_is_that_of_the_same_of_very_many_customers() -> None:
    """With one of these last starts, days of the last customer are 2 to the 31st after those of the first one."""
    many, first = 2**15, dt.date(1950, 1, 1)
    frame = pl.DataFrame({"customer": [f"C{number}" for number in range(many + 1)], "start": first, "mrr": 5.0})
    number = running.numbers(read_ledger(frame).frame, ["customer"])
    for days in range(2**16 - 20, 2**16):
        start = np.where(number == 1, first + dt.timedelta(days), first)
        start = np.where(number == many, dt.date(2000, 5, 13), start)
        end = np.where(number == 0, dt.date(2000, 5, 12), None)
        lines = read_ledger(frame.with_columns(start=pl.Series(list(start)), end=pl.Series(list(end))))
        assert list(running.numbers(lines.frame, ["customer"])) == list(number)
        assert last_paid_days(lines, least=1) is None


@pytest.mark.parametrize("rows", [2, 100])
def test_the_only_end_of_a_large_ledger_in_the_middle_of_a_month_says_nothing(monkeypatch, rows: int) -> None:
    monkeypatch.setattr(parts, "PART", rows)
    lines = [f"C{number} | 2024-01-01 | {'2024-02-12' if number == 3 else ''} | 5" for number in range(8)]
    ledger = read_ledger(frame_of_csv("\n".join(["customer | start | end | mrr", *lines])))
    assert last_paid_days(ledger, least=1) is None


@pytest.mark.parametrize("engine", ENGINES)
def test_one_end_that_leaves_nothing_is_told(engine: str) -> None:
    def last_day(end: dt.date) -> Any:
        return ENGINES[engine](
            pl.DataFrame({"customer": ["Ada"], "start": [dt.date(2024, 1, 1)], "end": [end], "mrr": [5.0]})
        )

    with pytest.raises(MrrError) as error:
        metric("MRR", last_day(dt.date(2024, 1, 31)))
    assert str(error.value) == (
        "no line runs past the end of a month, and the only end is the last day of a month; set end_date to inclusive, "
        "or ignore to end"
    )
    metric("MRR", last_day(dt.date(2024, 1, 30)), "2024-01")


def test_ends_that_leave_nothing_under_either_rule_or_are_meant_so_are_no_error() -> None:
    nothing = "customer | start | end | mrr\nAda | 2024-01-05 | 2024-01-20 23:59:59 | 5"
    for end_date in ("exclusive", "inclusive"):
        assert mrr_xl.movements(frame_of_csv(nothing), end_date=end_date, through="2024-02")["closing"].tolist() == []
    last = "customer | start | end | mrr\nAda | 2024-01-05 | 2024-01-31 | 5"
    assert mrr_xl.movements(frame_of_csv(last), ignore="end", through="2024-02")["closing"].tolist() == []
    assert mrr_xl.movements(frame_of_csv(last), end_date="inclusive", through="2024-02")["closing"].tolist() == [5, 0]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_first_day_of_a_month_is_no_reason_to_ask(engine: str) -> None:
    """Only if it is the last paid day is Ada paid for on the first day of February."""
    frame = pl.DataFrame(
        {"customer": ["Ada"], "start": [dt.date(2024, 1, 5)], "end": [dt.date(2024, 2, 1)], "mrr": 5.0}
    )
    for end_date, closing in (("exclusive", []), ("inclusive", [5, 0])):
        rules = {"as_of": "month_start", "end_date": end_date, "through": "2024-03"}
        assert mrr_xl.movements(ENGINES[engine](frame), **rules)["closing"].tolist() == closing


FIRST_DAYS = {
    "first days of months": "2024-03-01 2024-05-01",
    "days in the middle of months": "2024-03-12 2024-04-17",
    "one of two at the end of a month": "2024-03-31 2024-04-15",
    "no end": "",
}


@pytest.mark.parametrize("ends", FIRST_DAYS.values(), ids=FIRST_DAYS)
@pytest.mark.parametrize("in_database", [False, True])
def test_ends_that_are_first_days_without_service_are_no_problem(ends: str, in_database: bool) -> None:
    lines = [f"C{number} | 2024-01-01 | {end} | 10" for number, end in enumerate([*ends.split(), ""])]
    assert said(lines, in_database=in_database) == []


def test_renewals_on_the_day_of_the_end_are_no_problem() -> None:
    text = """
        customer | start      | end        | mrr
        Ada      | 2024-01-15 | 2024-02-15 | 100
        Ada      | 2024-02-15 | 2024-04-01 | 120
        Ada      | 2024-04-01 |            | 130
        """
    assert problems(open_book(frame_of_csv(text), None, Settings.of({"through": "2024-06"}))) == []


def test_where_no_month_depends_on_it_the_check_is_ok_and_says_why() -> None:
    text = """
        customer | start      | end        | mrr
        Ada      | 2024-01-15 | 2024-02-14 | 100
        Ada      | 2024-02-15 | 2024-03-14 | 120
        """
    table = metric("MRR_CHECKS", frame_of_csv(text), settings={"through": "2024-06"}).set_index("check")
    assert tuple(table.loc["what an end is", ["result", "says"]]) == (
        "OK",
        "1 of 2 ends are the day before the same customer's next start, and no month's MRR depends on it",
    )


def test_dates_with_a_time_are_looked_at_as_texts_are() -> None:
    ends = [
        dt.datetime(2024, 3, 31, 23, 59, 59),
        dt.datetime(2024, 5, 12, 23, 59, 59),
        dt.datetime(2024, 5, 14, 23, 59),
    ]
    starts = [dt.datetime(2024, 1, 1)] * 3
    frame = pl.DataFrame({"customer": ["A", "B", "C"], "start": starts, "end": ends, "mrr": [100.0, 100.0, 7.0]})
    for table in (frame, frame.to_pandas(), frame.to_arrow()):
        assert problems(open_book(table, None, Settings.of({"through": "2024-06"}))) == [
            "3 of 3 ends are a moment before midnight: if an end is the last paid day, set end_date to inclusive, else "
            "set ignore to end; MRR of 2024-03 is 107.00 now and would be 207.00"
        ]


MONTHLY = """
    customer | start      | end        | mrr
    Ada      | 2024-01-01 | 2024-01-31 | 100
    Ada      | 2024-02-01 | 2024-02-29 | 100
    Ada      | 2024-03-01 | 2024-03-31 | 100
    """


@pytest.mark.parametrize("name", ["MRR", "MRR_NEW", "MRR_MOVEMENTS", "MRR_COHORTS"])
def test_a_ledger_of_which_nothing_is_left_is_an_error_that_says_so(name: str) -> None:
    with pytest.raises(MrrError) as error:
        metric(name, frame_of_csv(MONTHLY))
    assert str(error.value) == (
        "no line runs past the end of a month, and 3 of 3 ends are the last day of a month; set end_date to inclusive, "
        "or ignore to end"
    )
    assert mrr_xl.movements(frame_of_csv(MONTHLY), end_date="inclusive")["closing"].tolist() == [100, 100, 100]


def test_ends_on_any_days_may_leave_nothing():
    """One end of three is the last day of a month, which says nothing of what an end is."""
    table = frame_of_csv("""
        customer | start      | end        | mrr
        A        | 2024-01-05 | 2024-01-31 | 5
        B        | 2024-01-05 | 2024-01-10 | 5
        C        | 2024-01-05 | 2024-01-12 | 5
    """)
    assert mrr_xl.movements(table, through="2024-02").empty
    assert mrr_xl.movements(table, through="2024-02", end_date="inclusive")["closing"].tolist() == [5, 0]


def test_days_of_many_customers_over_centuries_are_told_apart() -> None:
    """Each customer's days have numbers of their own, for which 32 bits are not enough here.

    If the numbers began anew at 2**31, the later customers' ends would be on the day before the earlier ones begin.
    """
    first, last, customers = dt.date(1900, 1, 1), dt.date(2199, 12, 30), 24_000
    span = (last - first).days + 14
    assert 2**31 < customers * span < 2**32
    end = dt.date(2100, 5, 10)
    start = first + dt.timedelta(days=((end - first).days + 1 - 2**31) % span)
    assert start < end
    names = ["first and last", *(f"{number}" for number in range(customers))]
    starts, ends = [first, *[start] * customers], [last, *[end] * customers]
    lines = read_ledger(pl.DataFrame({"customer": names, "start": starts, "end": ends, "mrr": [1] * len(names)}))
    assert last_paid_days(lines) is None
