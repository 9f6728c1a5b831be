"""Lines that a careful reader would ask about: what is a problem, what a note, and what is neither."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import polars as pl
import pytest

from mrr_xl import MrrError
from mrr_xl.metrics import metric
from mrr_xl.metrics.checks import problems
from mrr_xl.rollforward.book import open_book
from mrr_xl.settings import Settings
from support.csv_text import frame_of_csv
from support.ledgers import typed
from support.oracle import ENGINES

RULES = Settings.of({"through": "2024-06"})


def said(text: str) -> list[str]:
    return problems(open_book(frame_of_csv(text), None, RULES))


BESIDE = "{}, and all count: remove what is repeated, or tell subscriptions apart in a column subscription"

PROBLEMS = [
    (
        """
        customer | month   | mrr
        Ada      | 2024-01 | 100
        Ada      | 2024-01 | 100
        """,
        BESIDE.format("1 line runs beside another of the same customer, product and price (row 3)"),
    ),
    (
        """
        customer | start      | end        | mrr | status
        Ada      | 2024-01-01 |            | 100 | cancelled
        Bob      | 2024-01-01 | 2024-03-10 | 100 | cancelled
        """,
        "they are over by their status, and nothing says since when: fill in a column end",
    ),
    (
        """
        customer | start      | Monthly fee | Seats
        Ada      | 2024-01-01 | 10          | 5
        """,
        "column Monthly fee is taken as it is, without quantity: if it is the price of one unit, before discounts, "
        "name it amount and add interval: month; else mrr",
    ),
    (
        """
        customer | start      | end        | mrr
        Ada      | 2024-01-01 | 2024-03-10 | 100
        Ada      | 2024-02-01 | 2024-04-10 | 100
        """,
        BESIDE.format("1 line runs beside another of the same customer, product and price (row 3)"),
    ),
    (
        """
        customer | start      | end        | mrr
        Ada      | 2024-01-01 |            | 100
        Ada      | 2024-02-01 | 2024-04-10 | 100
        Bob      | 2024-02-01 |            | 100
        Ada      | 2024-05-01 | 2024-06-10 | 100
        """,
        BESIDE.format("2 lines run beside another of the same customer, product and price (rows 3, 5)"),
    ),
    (
        "customer | start | mrr" + "\n Ada | 2024-01-01 | 5" * 9,
        BESIDE.format(
            "8 lines run beside another of the same customer, product and price (rows 3, 4, 5, 6, 7 and 3 more)"
        ),
    ),
    (
        """
        customer  | start      | mrr
        Ada       | 2024-01-01 | 100
        Total MRR | 2024-01-01 | 100
        """,
        "Total MRR is counted as a customer; remove the totals from the table",
    ),
    (
        """
        customer    | 2024-01 | 2024-02
        Ada         | 100     | 100
        Grand Total | 100     | 100
        """,
        "Grand Total is counted as a customer; remove the totals from the table",
    ),
    (
        """
        customer | month   | mrr
        Ada      | 2024-01 | 100
        Subtotal | 2024-01 | 100
        """,
        "Subtotal is counted as a customer; remove the totals from the table",
    ),
    (
        """
        customer | start      | mrr | status
        Ada      | 2024-01-01 | 100 | Churned
        Bob      | 2024-01-01 | 100 | active
        """,
        "they are over by their status, and nothing says since when: fill in a column end",
    ),
    (
        """
        customer | start      | mrr | Cancelled at (UTC)
        Ada      | 2024-01-01 | 100 | 2024-03-02
        Bob      | 2024-01-01 | 100 |
        """,
        "no line has an end, so nothing churns: fill in a column end, or set churn_on to cancelled",
    ),
]


@pytest.mark.parametrize(("text", "sentence"), PROBLEMS)
def test_a_problem_is_one_sentence(text: str, sentence: str) -> None:
    assert said(text) == [sentence]


QUIET = {
    "one line after another": """
        customer | start      | end        | mrr
        Ada      | 2024-01-01 | 2024-03-10 | 100
        Ada      | 2024-03-10 |            | 100
        """,
    "another price": """
        customer | start      | mrr
        Ada      | 2024-01-01 | 100
        Ada      | 2024-01-01 | 101
        """,
    "another product": """
        customer | start      | mrr | product
        Ada      | 2024-01-01 | 100 | CRM
        Ada      | 2024-01-01 | 100 | Mail
        """,
    "another plan": """
        customer | start      | mrr | Plan name
        Ada      | 2024-01-01 | 100 | Team
        Ada      | 2024-01-01 | 100 | Support
        """,
    "another subscription": """
        customer | start      | mrr | subscription_id
        Ada      | 2024-01-01 | 100 | 1
        Ada      | 2024-01-01 | 100 | 2
        """,
    "lines that do not count": """
        customer | start      | mrr | kind
        Ada      | 2024-01-01 | 100 | recurring
        Ada      | 2024-01-01 | 100 | setup
        Bob      | 2024-01-01 | 0   | recurring
        Bob      | 2024-01-01 | 0   | recurring
        """,
    "a schedule of two products": """
        customer | month   | mrr | product
        Ada      | 2024-01 | 100 | Base
        Ada      | 2024-01 | 100 | Support
        """,
    "customers with such names": """
        customer      | start      | mrr
        TotalEnergies | 2024-01-01 | 100
        Summit        | 2024-01-01 | 100
        Summa         | 2024-01-01 | 100
        Sumo Logic    | 2024-01-01 | 100
        """,
    "a name that only begins as a total's does": """
        customer   | start      | mrr
        Total Wine | 2024-01-01 | 100
        """,
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_what_may_well_be_right_is_no_problem(text: str) -> None:
    assert said(text) == []


def test_a_line_that_is_there_twice_is_a_note_of_its_own_beside_the_problem_of_the_overlap() -> None:
    text = """
        customer | start      | end        | mrr
        Ada      | 2024-01-01 | 2024-03-10 | 100
        Ada      | 2024-01-01 | 2024-03-10 | 100
        """
    table = metric("MRR_CHECKS", frame_of_csv(text), settings=RULES).set_index("check")
    assert tuple(table.loc["same line twice", ["result", "lines", "first_row"]]) == ("note", 1, 3)
    assert tuple(table.loc["overlapping lines", ["result", "lines", "first_row"]]) == ("problem", 1, 3)


THREE_TIMES = """
    customer  start       end         mrr
    Ada       2024-01-01  -           100
    Bob       2024-02-10  -           50
    Cyd       2024-05-01  -           70
    Cyd       2024-05-01  -           70
    Cyd       2024-05-01  -           70
    Cyd       2024-05-02  -           70
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_of_lines_that_are_equal_all_but_one_are_counted(engine: str) -> None:
    """Cyd's second and third; a database's lines have rows where an option says in which order."""

    def twice(text: str, **how: str) -> tuple[str, int, int | None]:
        table = metric("MRR_CHECKS", ENGINES[engine](typed(text)), through="2024-06", **how).set_index("check")
        result, lines, first = table.loc["same line twice", ["result", "lines", "first_row"]]
        return result, lines, None if first is pd.NA else first

    once = "\n".join(dict.fromkeys(THREE_TIMES.splitlines()))
    assert twice(THREE_TIMES, order="start") == ("note", 2, 5)
    assert twice(THREE_TIMES) == ("note", 2, None if engine == "duckdb" else 5)
    assert twice(once) == twice(once, order="start") == ("OK", 0, None)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_blank_plan_is_a_plan_of_its_own(library: str) -> None:
    lines = {
        "customer": ["Ada", "Ada", "Bob", "Bob", "Ada"], "plan": [None, None, None, "Pro", "Pro"], "mrr": [10.0] * 5,
        "start": ["2024-01-01", "2024-02-01", "2024-01-01", "2024-02-01", "2024-03-01"],
    }  # fmt: skip
    frame = pl.DataFrame(lines, schema_overrides={"plan": pl.Categorical})
    table = metric("MRR_CHECKS", frame.to_pandas() if library == "pandas" else frame).set_index("check")
    assert tuple(table.loc["overlapping lines", ["result", "lines", "first_row"]]) == ("problem", 1, 3)


BESIDE_EACH_OTHER = """
    customer  plan   start       end         mrr
    Ada       Team   2024-01-01  -           100
    Ada       Team   2024-02-01  2024-04-10  100
    Bob       Team   2024-02-01  -           100
    Ada       Team   2024-05-01  2024-06-10  100
    Cyd       Team   2024-01-01  2024-03-10  100
    Cyd       Team   2024-03-10  -           100
    Cyd       Basic  2024-01-01  -           100
    Cyd       Basic  2024-01-01  -           50
    Dan       Basic  2024-01-01  2024-12-31  100
    Dan       Basic  2024-02-01  2024-02-10  100
    Dan       Basic  2024-03-01  2024-03-10  100
    Ada       Basic  2024-06-01  -           100
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_lines_run_beside_any_earlier_one_that_has_not_ended(engine: str) -> None:
    """Ada's second and third of plan Team, Dan's second and third; Cyd's follow each other, or are of other prices."""
    table = metric("MRR_CHECKS", ENGINES[engine](typed(BESIDE_EACH_OTHER)), through="2024-06").set_index("check")
    assert tuple(table.loc["overlapping lines", ["result", "lines"]]) == ("problem", 4)


@pytest.mark.parametrize("engine", ["polars", "pandas"])
def test_lines_of_other_customers_plans_and_prices_are_not_beside_each_other(engine: str) -> None:
    names = [(customer, plan, price) for customer in "ABC" for plan in ("Basic", None, "Pro") for price in (5, 6, 7)]
    lines = [[customer, plan, "2024-01-01", price] for customer, plan, price in names]
    frame = pl.DataFrame(lines, schema=["customer", "plan", "start", "mrr"], orient="row")
    table = metric("MRR_CHECKS", ENGINES[engine](frame), through="2024-06").set_index("check")
    assert table.loc["overlapping lines", "says"] == "none"


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_of_very_many_kinds_only_the_same_are_beside_each_other(library: str) -> None:
    """2,000 customers, plans and prices may be 8,000,000,000 kinds of lines, of which one is there twice."""
    lines = [(f"C{number}", f"Plan {number}", "2024-01-01", number + 1.0) for number in range(2_000)]
    frame = pl.DataFrame([*lines, lines[700]], schema=["customer", "plan", "start", "mrr"], orient="row")
    checks = metric("MRR_CHECKS", frame.to_pandas() if library == "pandas" else frame).set_index("check")
    assert tuple(checks.loc["overlapping lines", ["result", "lines", "first_row"]]) == ("problem", 1, 2002)


def test_with_churn_on_cancelled_a_cancellation_is_the_end() -> None:
    text = """
        customer | start      | mrr | cancelled
        Ada      | 2024-01-01 | 100 | 2024-05-02
        Bob      | 2024-01-01 | 100 |
        """
    book = open_book(frame_of_csv(text), None, Settings.of({"churn_on": "cancelled"}))
    assert problems(book) == []
    # The last month is that of the last cancellation.
    assert [closing / 1e6 for closing in book.movements["closing"]] == [200, 200, 200, 200, 100]


#: What the check of amounts answers.
AMOUNTS = [
    ("customer | start | mrr \n A | 2024-01-01 | 5", ("OK", "already per month")),
    (
        "customer | start | mrr | seats | discount \n A | 2024-01-01 | 5 | 2 | 10%",
        ("note", "already per month; quantity and discount do not change them"),
    ),
    ("customer | start | amount | interval \n A | 2024-01-01 | 5 | year", ("OK", "per interval")),
    ("customer | month | amount \n A | 2024-01 | 5", ("OK", "per month")),
    (
        "customer | start | amount \n A | 2024-01-01 | 5",
        ("note", "taken as per month, since there is no column interval"),
    ),
    (
        "customer | start | amount | Deal \n A | 2024-01-01 | 5 | 2 years",
        (
            "problem",
            "taken as per month, though column Deal says 2 years; if that is the interval, name it interval or add "
            "such a column; if the amounts are per month, name them mrr",
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "answer"), AMOUNTS)
def test_the_checks_say_what_an_amount_is_for(text: str, answer: tuple[str, str]) -> None:
    table = metric("MRR_CHECKS", frame_of_csv(text), settings=RULES).set_index("check")
    assert tuple(table.loc["amounts", ["result", "says"]]) == answer


def answered(text: str, check: str, **rules: str) -> tuple[str, int, int | None, str]:
    """What a check says: the result, the number of lines, the row of the first one, the sentence."""
    table = metric("MRR_CHECKS", frame_of_csv(text), settings={"through": "2024-06"} | rules).set_index("check")
    result, lines, first, says = table.loc[check, ["result", "lines", "first_row", "says"]]
    return result, lines, None if first is pd.NA else first, says


def test_a_gap_of_less_than_60_days_may_be_a_late_renewal() -> None:
    """Ada is away for 59 days, Bob for 60, Cyd not at all, Dan for 19 after the later end of two lines."""
    text = """
        customer | start      | end        | mrr
        Ada      | 2024-01-01 | 2024-02-01 | 5
        Ada      | 2024-03-31 | 2024-05-01 | 5
        Bob      | 2024-01-01 | 2024-02-01 | 5
        Bob      | 2024-04-01 |            | 5
        Cyd      | 2024-01-01 | 2024-02-01 | 5
        Cyd      | 2024-02-01 |            | 5
        Dan      | 2024-01-01 | 2024-05-01 | 5
        Dan      | 2024-01-10 | 2024-02-01 | 5
        Dan      | 2024-05-20 |            | 5
        """
    says = "churn and reactivation; if they are late renewals, set grace_days"
    assert answered(text, "gaps under 60 days") == ("note", 2, 3, says)
    assert answered(text, "overlapping lines")[:3] == ("problem", 1, 9)


def test_lines_of_a_millionth_overlap_and_lines_without_a_day_do_not() -> None:
    text = """
        customer | start      | end        | mrr
        Ada      | 2024-01-01 | 2024-03-10 | 0.000001
        Ada      | 2024-02-01 |            | 0.000001
        Bob      | 2024-02-01 |            | 5
        Bob      | 2024-02-10 | 2024-02-10 | 5
        Bob      | 2024-02-10 | 2024-02-10 | 5
        """
    assert answered(text, "overlapping lines")[:3] == ("problem", 1, 3)
    assert answered(text, "same line twice") == ("note", 1, 6, "equal in every column, and counted each time")


CANCELLED = "customer | start | end | mrr | cancelled | status"
MEND = "fill in a column end, or set churn_on to cancelled"


@pytest.mark.parametrize(
    ("lines", "rules", "answer"),
    [
        (["Ada | 2024-01-01 |            | 5 |            | active"], {}, ("OK", 0, None, "none")),
        (
            ["Ada | 2024-01-01 |            | 5 |            | active",
             "Bob | 2024-01-01 |            | 5 | 2024-03-01 | active"],
            {},
            ("problem", 1, 3, f"no line has an end, so nothing churns: {MEND}"),
        ),
        (
            ["Ada | 2024-01-01 | 2024-02-10 | 5 | 2024-01-20 | churned",
             "Bob | 2024-01-01 |            | 5 | 2024-03-01 | active"],
            {},
            ("note", 1, 3, f"they count for ever: {MEND}"),
        ),
        (
            ["Ada | 2024-01-01 |            | 5 | 2024-03-01 | churned",
             "Bob | 2024-01-01 |            | 5 |            | churned"],
            {"churn_on": "cancelled"},
            ("problem", 1, 3, "they are over by their status, and nothing says since when: fill in a column end"),
        ),
        (
            ["Ada | 2024-01-01 |            | 5 | 2024-03-01 | active"],
            {"churn_on": "cancelled"},
            ("OK", 0, None, "none"),
        ),
    ],
)  # fmt: skip
def test_what_is_cancelled_and_has_no_end(
    lines: list[str], rules: dict[str, str], answer: tuple[str, int, int | None, str]
) -> None:
    assert answered("\n".join([CANCELLED, *lines]), "cancelled without an end", **rules) == answer


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_sees_that_no_line_has_an_end(engine: str) -> None:
    text = """
        customer  start       end         mrr  cancelled
        Ada       2024-01-01  -           5    -
        Bob       2024-01-01  -           5    2024-03-01
        Cyd       2024-01-01  2024-04-10  5    -
    """

    def cancelled(lines: str) -> tuple[str, int, str]:
        table = metric("MRR_CHECKS", ENGINES[engine](typed(lines)), through="2024-06").set_index("check")
        result, lines, says = table.loc["cancelled without an end", ["result", "lines", "says"]]
        return result, lines, says

    assert cancelled(text) == ("note", 1, f"they count for ever: {MEND}")
    none = text.replace("2024-04-10", "-")
    assert cancelled(none) == ("problem", 1, f"no line has an end, so nothing churns: {MEND}")
    assert cancelled(none.replace("2024-03-01", "-")) == ("OK", 0, "none")


def test_without_a_column_that_says_so_nothing_is_cancelled() -> None:
    text = "customer | start | mrr\nAda | 2024-01-01 | 5"
    assert answered(text, "cancelled without an end") == ("OK", 0, None, "no column says so")


def test_lines_without_mrr_are_those_that_would_count() -> None:
    text = """
        customer | start      | mrr      | kind
        Ada      | 2024-01-01 | 0.000001 | recurring
        Bob      | 2024-01-01 | 0        | setup
        Cyd      | 2024-01-01 | 0        | recurring
        """
    assert answered(text, "lines without MRR") == (
        "note", 1, 4, "their MRR is 0, so they do not count as customers",
    )  # fmt: skip


def test_a_line_within_a_month_is_in_no_month() -> None:
    text = """
        customer | start      | end        | mrr
        Ada      | 2024-01-01 | 2024-02-01 | 5
        Bob      | 2024-01-02 | 2024-01-31 | 5
        Cyd      | 2024-01-31 | 2024-02-01 | 5
        """
    says = "they are not in any month's MRR"
    assert answered(text, "began and ended within a month") == ("note", 1, 3, says)


def test_of_several_rows_of_totals_the_first_by_name_is_named() -> None:
    text = """
        customer      | start      | mrr
        Total         | 2024-01-01 | 5
        Subtotal EMEA | 2024-01-01 | 5
        Ada           | 2024-01-01 | 5
        """
    says = "Subtotal EMEA is counted as a customer; remove the totals from the table"
    assert answered(text, "rows of totals") == ("problem", 2, None, says)


ENDS = """
    customer | start      | end        | mrr
    Ada      | 2024-01-01 | 2024-01-31 | 5
    Bob      | 2024-01-01 | 2024-02-29 | 5
    Cyd      | 2024-01-01 | 2024-03-31 | 5
    Dan      | 2024-01-01 |            | 5
"""


@pytest.mark.parametrize(
    ("rules", "answer"),
    [
        (
            {},
            (
                "problem",
                "3 of 3 ends are the last day of a month: if an end is the last paid day, set end_date to inclusive, "
                "else set ignore to end; MRR of 2024-03 is 5.00 now and would be 10.00",
            ),
        ),
        ({"ignore": "end"}, ("OK", "the first day without service, as ignore=end says")),
        ({"end_date": "inclusive"}, ("OK", "the last paid day")),
        (
            {"as_of": "month_start"},
            ("OK", "3 of 3 ends are the last day of a month, and no month's MRR depends on it"),
        ),
    ],
)
def test_what_an_end_is_taken_as(rules: dict[str, str], answer: tuple[str, str]) -> None:
    assert answered(ENDS, "what an end is", **rules) == (answer[0], 0, None, answer[1])


def test_ends_on_any_day_are_the_first_without_service() -> None:
    text = ENDS.replace("01-31", "01-20").replace("02-29", "02-10").replace("03-31", "03-05")
    assert answered(text, "what an end is") == ("OK", 0, None, "the first day without service")
    schedule = "customer | month | mrr\nAda | 2024-01 | 5"
    assert answered(schedule, "what an end is") == ("OK", 0, None, "there is no column end")


def test_a_month_that_has_mrr_before_a_later_end_of_the_trials_takes_it_away_counts_too() -> None:
    """Read as last days, the trials' ends make Ada and Bob pay from 2 February on, which at month_start is March."""
    text = """
        customer | start      | end        | mrr | trial end
        Ada      | 2024-01-05 | 2024-04-30 | 5   | 2024-02-01
        Bob      | 2024-01-05 | 2024-04-30 | 7   | 2024-02-01
        """
    says = (
        "2 of 2 ends are the last day of a month: if an end is the last paid day, set end_date to inclusive, else set "
        "ignore to end; MRR of 2024-02 is 12.00 now and would be 0.00"
    )
    assert answered(text, "what an end is", as_of="month_start") == ("problem", 0, None, says)


def test_a_month_that_only_one_reading_of_the_ends_reports_counts_as_nothing_in_the_other() -> None:
    """Cyd's end, read as a last paid day, is in March, the last month reported then: no MRR is left at its end."""
    text = """
        customer | start      | end        | mrr
        Ada      | 2024-01-01 | 2024-01-31 | 5
        Bob      | 2024-01-01 | 2024-01-31 | 5
        Cyd      | 2024-01-01 | 2024-03-01 | 5
        """
    assert metric("MRR_CHECKS", frame_of_csv(text)).set_index("check").loc["what an end is", "says"] == (
        "2 of 3 ends are the last day of a month: if an end is the last paid day, set end_date to inclusive, else set "
        "ignore to end; MRR of 2024-01 is 5.00 now and would be 15.00"
    )


def test_a_month_that_has_mrr_only_if_ends_are_last_paid_days_depends_on_it() -> None:
    text = """
        customer | start      | end        | mrr
        Ada      | 2024-01-05 | 2024-01-31 | 5
        Bob      | 2024-01-10 | 2024-01-31 | 7
        Cyd      | 2024-02-01 |            | 9
        """
    says = (
        "2 of 2 ends are the last day of a month: if an end is the last paid day, set end_date to inclusive, else set "
        "ignore to end; MRR of 2024-01 is 0.00 now and would be 12.00"
    )
    assert answered(text, "what an end is") == ("problem", 0, None, says)


LAST_DAYS = """
    customer  start       end         mrr
    Ada       2024-01-01  2024-01-31  5
    Bob       2024-01-01  2024-02-29  5
    Cyd       2024-01-01  -           5
"""
DAYS_BEFORE = """
    customer  start       end         mrr
    Ada       2024-01-01  2024-02-09  5
    Ada       2024-02-10  2024-03-09  5
    Ada       2024-03-10  2024-04-09  5
    Ada       2024-04-10  -           5
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_sees_what_makes_ends_look_like_last_paid_days(engine: str) -> None:
    """One end alone shows nothing; of no month does the MRR depend on the days before the next start."""

    def end(text: str) -> tuple[str, str]:
        table = metric("MRR_CHECKS", ENGINES[engine](typed(text)), through="2024-06").set_index("check")
        result, lines, first, says = table.loc["what an end is", ["result", "lines", "first_row", "says"]]
        assert lines == 0 and first is pd.NA
        return result, says

    assert end(LAST_DAYS) == (
        "problem",
        "2 of 2 ends are the last day of a month: if an end is the last paid day, set end_date to inclusive, else set "
        "ignore to end; MRR of 2024-02 is 5.00 now and would be 10.00",
    )
    assert end(LAST_DAYS.replace("2024-01-31", "-")) == ("OK", "the first day without service")
    assert end(DAYS_BEFORE) == (
        "OK",
        "3 of 3 ends are the day before the same customer's next start, and no month's MRR depends on it",
    )
    assert end(DAYS_BEFORE.replace("03-10", "03-20")) == (
        "OK",
        "2 of 3 ends are the day before the same customer's next start, and no month's MRR depends on it",
    )


@pytest.mark.parametrize(
    "name",
    ["Total général", "TOTAL GÉNÉRAL", "Total generale", "Totaux", "Totali", "Suma total", "Sous-total Sud",
     "Subtotales", "Grand Total", "Zwischensumme:", "Summe Jänner", "Monatssumme", "Summe Kärnten", "Total January",
     "TOTAL MÄRZ 2026", "Total 2024", "total Q1", "Total for May", "EMEA Total", "Österreich Gesamt", "Gesamtergebnis",
     "Suma de enero", "somme Février", "Totale", "Teilsumme 3", "Total par client"],
)  # fmt: skip
@pytest.mark.parametrize("engine", ["polars", "pandas", "duckdb"])
def test_what_spreadsheets_call_a_row_of_totals(name: str, engine: str) -> None:
    frame = pl.DataFrame({"customer": ["Ada", name], "start": ["2024-01-01"] * 2, "mrr": [5.0, 5.0]})
    dated = frame.with_columns(pl.col("start").str.to_date())
    checks = metric("MRR_CHECKS", ENGINES[engine](dated)).set_index("check")
    says = f"{name} is counted as a customer; remove the totals from the table"
    assert checks.loc["rows of totals", ["result", "says"]].tolist() == ["problem", says]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_what_customers_are_called_that_are_no_totals(engine: str) -> None:
    names = ["Total Wine", "TotalEnergies", "Total Marketing", "Summit", "SumUp", "Sum Up", "Suma Capital", "Totally",
             "Somme Tourisme", "Insgesamtheit", "Total Augsburg", "Mayo Clinic"]  # fmt: skip
    frame = pl.DataFrame({"customer": names, "start": [dt.date(2024, 1, 1)] * len(names), "mrr": [5.0] * len(names)})
    checks = metric("MRR_CHECKS", ENGINES[engine](frame)).set_index("check")
    assert checks.loc["rows of totals", ["result", "says"]].tolist() == ["OK", "none"]


@pytest.mark.parametrize("engine", ["polars", "pandas"])
def test_a_total_of_a_part_is_known_by_its_sum(engine: str) -> None:
    """The lines above are those since the total before; a customer called so is none."""
    text = """
    customer     | start      | mrr
    Ada          | 2024-01-01 | 40
    Bob          | 2024-01-01 | 30.5
    Total Leith  | 2024-01-01 | 70.5
    Cyd          | 2024-01-01 | 20
    Leith total  | 2024-01-01 | 20
    Dan          | 2024-01-01 | 5
    Total Wine   | 2024-01-01 | 5
    TOTAL Aix    | 2024-01-01 | 10
    Suma Norte   | 2024-01-01 | 11
    """
    frame = ENGINES[engine](frame_of_csv(text).with_columns(pl.col("mrr").cast(pl.Float64)))
    checks = metric("MRR_CHECKS", frame).set_index("check")
    says = "Leith total is counted as a customer; remove the totals from the table"
    assert checks.loc["rows of totals", ["result", "lines", "says"]].tolist() == ["problem", 3, says]
    for lines in ("Ada|2024-01|5\nTotal Wine|2024-01|5", "Total Wine|2024-01|5\nAda|2024-01|5\nTotal Mix|2024-01|9"):
        checks = metric("MRR_CHECKS", frame_of_csv(f"customer|month|mrr\n{lines}")).set_index("check")
        assert checks.loc["rows of totals", ["result", "says"]].tolist() == ["OK", "none"]
    lines = "Ada|2024-01|5\nBob|2024-01|5\nTotal Leith|2024-01|10\nCyd|2024-01|3\nTotal Wine|2024-01|3"
    checks = metric("MRR_CHECKS", frame_of_csv(f"customer|month|mrr\n{lines}")).set_index("check")
    assert checks.loc["rows of totals", "lines"] == 1
    none = [
        "customer|start|mrr\nFree|2024-01-01|0\nFree too|2024-01-01|0\nTotal Wine|2024-01-01|0\nAda|2024-01-01|9",
        "customer|start|mrr|status\nA|2024-01-01|5|trial\nB|2024-01-01|5|trial\nTotal Wine|2024-01-01|10|active",
    ]
    for text in none:
        checks = metric("MRR_CHECKS", frame_of_csv(text)).set_index("check")
        assert checks.loc["rows of totals", ["result", "says"]].tolist() == ["OK", "none"]
    says = "Total Leith is counted as a customer; remove the totals from the table"
    by_customer = [f"{name}|2024-0{month}|5" for name in "AB" for month in (1, 2)] + ["Total Leith|2024-02|10"]
    rounded = [f"{name}|2024-01-01|100|year" for name in "ABC"] + ["Total Leith|2024-01-01|300|year"]
    for header, rows in {"customer|month|mrr": by_customer, "customer|start|amount|interval": rounded}.items():
        checks = metric("MRR_CHECKS", frame_of_csv("\n".join([header, *rows]))).set_index("check")
        assert checks.loc["rows of totals", ["result", "lines", "says"]].tolist() == ["problem", 1, says]
    wide = frame_of_csv("customer|2024-01|2024-02\nAda|5|6\nBob|7|7\nTotal Leith|12|13\nCyd|9|9")
    checks = metric("MRR_CHECKS", ENGINES[engine](wide)).set_index("check")
    says = "Total Leith is counted as a customer; remove the totals from the table"
    assert checks.loc["rows of totals", ["result", "lines", "says"]].tolist() == ["problem", 1, says]


@pytest.mark.parametrize(
    ("parts", "total", "result"),
    [
        (5, 10, "problem"), (5, 10.000002, "problem"), (5, 9.999998, "problem"), (5, 10.000003, "OK"),
        (5, 9.999997, "OK"), (0.000001, 0.000002, "problem"),
    ],
)  # fmt: skip
def test_a_total_of_a_part_may_differ_by_a_millionth_a_line(parts: float, total: float, result: str) -> None:
    rows = [("Ada", "2024-01-01", parts), ("Bob", "2024-01-01", parts), ("Total Leith", "2024-01-01", total)]
    for before in ([], [("Eve", "2024-01-01", 1.0), ("Total", "2024-01-01", 1.0)]):
        frame = pl.DataFrame([*before, *rows], schema=["customer", "start", "mrr"], orient="row")
        checks = metric("MRR_CHECKS", frame).set_index("check")
        assert checks.loc["rows of totals", "lines"] == bool(before) + (result == "problem")


def test_totals_in_the_column_of_months_are_to_be_removed() -> None:
    text = """
    customer | month        | mrr
    Ada      | 2024-01      | 100
             | Summe Jänner | 100
    Ada      | 2024-02      | 100
             | Summe:       | 100
    Bob      | soon         | 100
    """
    with pytest.raises(MrrError) as error:
        metric("MRR", frame_of_csv(text))
    says = [str(error.value), *map(str, error.value.others)]
    assert "2 rows of column month look like a total: row 3 'Summe Jänner', row 5 'Summe:'; remove those rows" in says
