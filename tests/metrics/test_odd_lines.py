"""Lines that a careful reader would ask about: what is a problem, what a note, and what is neither."""

from __future__ import annotations

import polars as pl
import pytest

from mrr_xl.metrics import metric
from mrr_xl.metrics.checks import problems
from mrr_xl.rollforward.book import open_book
from mrr_xl.settings import Settings
from support.csv_text import frame_of_csv

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


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_blank_plan_is_a_plan_of_its_own(library: str) -> None:
    lines = {
        "customer": ["Ada", "Ada", "Bob", "Bob"], "plan": [None, None, None, "Pro"], "mrr": [10.0, 10.0, 10.0, 10.0],
        "start": ["2024-01-01", "2024-02-01", "2024-01-01", "2024-02-01"],
    }  # fmt: skip
    frame = pl.DataFrame(lines, schema_overrides={"plan": pl.Categorical})
    table = metric("MRR_CHECKS", frame.to_pandas() if library == "pandas" else frame).set_index("check")
    assert tuple(table.loc["overlapping lines", ["result", "lines", "first_row"]]) == ("problem", 1, 3)


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
