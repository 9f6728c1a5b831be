"""What the checks say of a ledger's lines: what was read as what, what is left out, what lies outside the report."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from mrr_xl import metric
from support.csv_text import frame_of_csv

Said = tuple[str, int, "int | None", str]  # the result, the number of lines, the row of the first one, the sentence


def said(text: str, *checks: str, **rules: Any) -> list[Said]:
    table = metric("MRR_CHECKS", frame_of_csv(text), **{"through": "2024-06"} | rules).set_index("check")
    rows = table.loc[list(checks)].itertuples(index=False)
    return [(result, lines, None if first is pd.NA else first, says) for result, lines, first, says in rows]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            """
            customer | start      | seats | mrr
            Ada      | 2024-01-01 | 1     | 5
            Bob      | 2024-01-01 | 1     | 5
            """,
            [
                ("OK", 2, 2, "recognised as subscriptions"),
                ("OK", 0, None, "customer as customer, start as start, mrr as mrr, seats as quantity"),
            ],
        ),
        (
            """
            customer | 2024-01 | 2024-02
            Ada      | 5       | 5
            """,
            [("OK", 2, 2, "recognised as wide"), ("OK", 0, None, "customer as customer, 2 months")],
        ),
    ],
)
def test_what_is_read(text: str, read: list[Said]) -> None:
    assert said(text, "lines read", "columns read") == read


def test_columns_that_are_not_read_and_names_that_are_no_columns() -> None:
    def of(header: str, ignore: str | None = None) -> Said:
        text = f"customer | start | mrr{header}\nAda | 2024-01-01 | 5{' | x' * header.count('|')}"
        return said(text, "columns not read", ignore=ignore)[0]

    assert of("") == of("", " , ") == ("OK", 0, None, "none")
    free = "region, city: available for conditions and segments"
    assert of(" | region | city") == of(" | region | city", "City") == ("OK", 0, None, free)
    assert of("", "foo") == ("note", 0, None, "none; ignore names foo, which is not a column")
    assert of(" | region | city", "foo, Region, bar,") == (
        "note", 0, None, f"{free}; ignore names foo, bar, which are not columns",
    )  # fmt: skip


def test_a_column_that_looks_as_if_it_mattered_is_a_problem_of_no_line() -> None:
    """What looks like an interval is a matter of the amounts instead."""
    text = """
        customer | start      | amount | Deal    | is_trial
        Ada      | 2024-01-01 | 5      | 2 years | true
        Bob      | 2024-01-01 | 5      | 2 years | false
        """
    checks = metric("MRR_CHECKS", frame_of_csv(text), through="2024-06")["check"]
    assert [check for check in checks if check.startswith("column ")] == ["column is_trial"]
    ((result, lines, first, says),) = said(text, "column is_trial")
    assert (result, lines, first) == ("problem", 0, None)
    assert says.startswith("column is_trial looks like a trial and is not used: ")


#: The header of a line of prices, a line of it, and what the check of amounts answers.
AMOUNTS = [
    ("mrr", "5", ("OK", "already per month")),
    ("mrr | seats", "5 | 2", ("note", "already per month; quantity does not change them")),
    ("mrr | seats | discount", "5 | 2 | 10%", ("note", "already per month; quantity and discount do not change them")),
    ("ARR", "5", ("OK", "for a whole year")),
    ("ARR | seats", "5 | 2", ("note", "for a whole year; seats does not change them")),
    (
        "ARR | seats | interval",
        "5 | 2 | month",
        ("note", "for a whole year; interval and seats do not change them"),
    ),
    ("amount | interval", "5 | month", ("OK", "per interval")),
    ("amount", "5", ("note", "taken as per month, since there is no column interval")),
    (
        "Monthly fee | seats",
        "5 | 2",
        (
            "problem",
            "column Monthly fee is taken as it is, without quantity: if it is the price of one unit, before "
            "discounts, name it amount and add interval: month; else mrr",
        ),
    ),
    (
        "Monthly fee | interval",
        "5 | year",
        (
            "problem",
            "column Monthly fee is taken as it is, without interval: if it is the price for what column interval says, "
            "name it amount; else mrr",
        ),
    ),
    (
        "Monthly fee £ | Pass",
        "5 | annual",
        (
            "problem",
            "column Monthly fee £ is taken as it is, though column Pass says annual; if that is the interval, name it "
            "interval, and Monthly fee £ amount; if the amounts are per month, name them mrr",
        ),
    ),
    ("Monthly fee | Pass", "5 | monthly", ("OK", "already per month")),
    ("Monthly fee | Plan", "5 | Pro Annual", ("OK", "already per month")),
    ("mrr | Pass", "5 | annual", ("OK", "already per month")),
    ("Monthly fee | Notice period", "5 | 3 months", ("OK", "already per month")),
    ("Monthly fee | Contract", "5 | annual", ("OK", "already per month")),
    ("Monatsbeitrag | Laufzeit", "5 | 12 Monate", ("OK", "already per month")),
    ("Monthly revenue | Pass", "5 | annual", ("OK", "already per month")),
    (
        "amount | Deal",
        "5 | 2 years",
        (
            "problem",
            "taken as per month, though column Deal says 2 years; if that is the interval, name it interval or add "
            "such a column; if the amounts are per month, name them mrr",
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("header", "line", "answer"), AMOUNTS)
def test_what_an_amount_is_for_is_of_no_line(header: str, line: str, answer: tuple[str, str]) -> None:
    text = f"customer | start | {header}\nAda | 2024-01-01 | {line}"
    assert said(text, "amounts") == [(answer[0], 0, None, answer[1])]


@pytest.mark.parametrize(
    "header", ["Monthly price", "Monatsbeitrag", "Monatspreis", "Prix mensuel", "Precio mensual", "Cuota mensual"]
)
def test_a_price_for_a_month_is_asked_about_until_somebody_says_what_it_is(header: str) -> None:
    text = f"customer | start | {header} | Zahlung\nAda | 2024-01-01 | 120 | jährlich"
    ((result, *_),) = said(text, "amounts")
    assert result == "problem"
    for name in (header, header.upper(), header.replace(" ", "_")):
        assert said(text, "amounts", columns={"mrr": name}) == [("OK", 0, None, "already per month")]
    both = {"amount": header, "interval": "Zahlung"}
    assert said(text, "amounts", columns=both) == [("OK", 0, None, "per interval")]


@pytest.mark.parametrize(
    "header", ["mrr_cents", "MRR (cents)", "Price in pence", "unitAmountMinor", "Montant (centimes)"]
)
@pytest.mark.parametrize("role", ["mrr", "amount"])
def test_an_amount_whose_name_speaks_of_cents(header: str, role: str) -> None:
    text = f"customer | start | {header}\nAda | 2024-01-01 | 500"
    sentence = f"column {header} is read in whole units, though its name speaks of cents: divide it by 100"
    answer = ("problem", 0, None, f"{sentence}, and name it {role}")
    assert said(text, "amounts", columns={role: header}) == [answer]


@pytest.mark.parametrize("header", ["unit_amount", "Unit amount", "unitAmount"])
def test_an_amount_that_has_the_name_of_stripe_s_cents(header: str) -> None:
    sentence = (
        f"per interval; column {header} is read in whole units: if it is Stripe's, which are cents, divide it by 100"
    )
    text = f"customer | start | {header} | interval\nAda | 2024-01-01 | 500 | month"
    assert said(text, "amounts") == [("note", 0, None, sentence)]


def test_a_schedule_s_amounts_are_per_month() -> None:
    assert said("customer | month | amount\nAda | 2024-01 | 5", "amounts") == [("OK", 0, None, "per month")]
    assert said("customer | 2024-01\nAda | 5", "amounts") == [("OK", 0, None, "already per month")]


STATUS = "customer | start | mrr"


@pytest.mark.parametrize(
    ("text", "rules", "statuses", "past_due"),
    [
        (
            f"{STATUS}\nAda | 2024-01-01 | 5",
            {},
            ("OK", 0, None, "there is no column status"),
            ("OK", 0, None, "there is no column status"),
        ),
        (
            f"{STATUS} | paused at\nAda | 2024-01-01 | 5 | 2024-03-01",
            {},
            ("note", 0, None, "there is no column status, so that nothing is read from paused at"),
            ("OK", 0, None, "there is no column status"),
        ),
        (
            f"{STATUS} | paused at | past due since\nAda | 2024-01-01 | 5 | 2024-03-01 | 2024-03-01",
            {},
            ("note", 0, None, "there is no column status, so that nothing is read from paused at and past due since"),
            ("OK", 0, None, "there is no column status"),
        ),
        (
            f"{STATUS} | status\nAda | 2024-01-01 | 5 | active\nBob | 2024-02-01 | 5 | past_due",
            {},
            ("OK", 0, None, "each is that of the whole line"),
            ("note", 1, 3, "they count for 10 days from the latest date of the data"),
        ),
        (
            f"{STATUS} | status | past due since\nAda | 2024-01-01 | 5 | past_due | 2024-02-01",
            {"status": "line"},
            ("OK", 0, None, "each is that of the whole line"),
            (
                "note", 1, 2,
                "they count for 10 days from the day in column past due since, or where that is blank the start of "
                "the line",
            ),
        ),
    ],
)  # fmt: skip
def test_what_a_status_is_taken_as(text: str, rules: dict[str, str], statuses: Said, past_due: Said) -> None:
    assert said(text, "statuses", "past due", **rules, past_due_days=10) == [statuses, past_due]
    assert "past due" not in metric("MRR_CHECKS", frame_of_csv(text), through="2024-06")["check"].tolist()


def test_what_has_stopped_before_any_date_of_the_data_does_not_count() -> None:
    text = """
        customer | start      | mrr | status
        Ada      | 2190-01-01 | 5   | paused
        Bob      | 2190-02-01 | 5   | active
        """
    says = (
        "they have stopped or are over today, and do not count, as all dates of the data are in the future; a column "
        "such as paused at says when, and status=line leaves them out altogether"
    )
    assert said(text, "statuses") == [("note", 1, 2, says)]
    assert metric("MRR", frame_of_csv(text), "2190-02", through="2190-02") == 5  # Bob's


DISCOUNTED = """
    customer | start      | end        | amount | interval | discount | discount until
    Ada      | 2024-01-01 |            | 100    | month    | 50%      | 2024-03-01
    Bob      | 2024-01-01 |            | 100    | month    | 50%      |
    Cyd      | 2024-01-01 | 2024-03-01 | 100    | month    | 50%      | 2024-03-01
    Dan      | 2024-01-01 |            | 100    | month    |          | 2024-03-01
"""


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("net", ("note", 1, 2, "they end before their line")),
        ("forever", ("note", 2, 2, "they have an end and are not deducted")),
        ("ignore", ("OK", 0, None, "not deducted")),
    ],
)
def test_what_is_done_with_discounts_that_end(rule: str, answer: Said) -> None:
    assert said(DISCOUNTED, "discounts", discounts=rule) == [answer]


def test_of_discounts_without_an_end_there_is_less_to_say() -> None:
    def of(header: str, cell: str, **rules: str) -> list[Said]:
        text = f"customer | start | amount | interval | {header}\nAda | 2024-01-01 | 100 | month | {cell}"
        return said(text, "discounts", **rules)

    assert of("discount until", "2024-03-01") == [
        (
            "note", 0, None,
            "nothing is read from discount until, as no column discount or discount amount says what is taken off",
        )
    ]  # fmt: skip
    assert of("discount amount", "20") == [("OK", 0, None, "deducted while they run")]
    assert of("discount", "20%", discounts="ignore") == [("OK", 0, None, "not deducted")]
    with pytest.raises(KeyError):
        of("discount", "20%")  # deducted, as anyone expects
    with pytest.raises(KeyError):
        said("customer | start | mrr | discount amount\nAda | 2024-01-01 | 5 | 1", "discounts")


def test_what_is_left_out() -> None:
    text = """
        customer | start      | mrr | kind
        Ada      | 2024-01-01 | 5   | recurring
        Bob      | 2024-01-01 | 5   | usage
        Cyd      | 2024-01-01 | 5   | setup
        Dan      | 2024-01-01 | 0   | setup
    """
    reasons = [f"left out: {reason}" for reason in ("status", "usage", "one time", "tax", "fee")]
    none, setups = ("OK", 0, None, "none"), ("note", 2, 4, "not counted")
    assert said(text, *reasons) == [none, ("note", 1, 3, "not counted"), setups, none, none]
    included = ("OK", 0, None, "usage is included")
    assert said(text, *reasons, usage="include") == [none, included, setups, none, none]
    unsaid = ("OK", 0, None, "no column says so")
    assert said("customer | start | mrr\nAda | 2024-01-01 | 5", *reasons) == [unsaid] * 5


def test_what_a_status_leaves_out() -> None:
    """Statuses of today leave out what was never paid for; those of whole lines what has stopped, too."""
    text = """
        customer | start      | mrr | kind      | status
        Ada      | 2024-01-01 | 5   | recurring | active
        Bob      | 2024-01-01 | 5   | recurring | paused
        Cyd      | 2024-01-01 | 5   | recurring | incomplete
        Dan      | 2024-01-01 | 5   | usage     | paused
        Eve      | 2024-01-01 | 5   | recurring | trialing
    """
    checks = "left out: status", "left out: usage"
    usage, included = ("note", 1, 5, "not counted"), ("OK", 0, None, "usage is included")
    assert said(text, *checks) == [("note", 2, 4, "not counted"), usage]
    assert said(text, *checks, usage="include") == [("note", 2, 4, "not counted"), included]
    assert said(text, *checks, status="line") == [("note", 3, 3, "not counted"), usage]
    assert said(text, *checks, status="line", usage="include") == [("note", 4, 3, "not counted"), included]


def test_exchange_rates_are_constant_or_by_month() -> None:
    def of(**rates: Any) -> list[Said]:
        text = "customer | start | mrr | currency\nAda | 2024-01-01 | 5 | USD"
        return said(text, "exchange rates", through="2024-02", **rates)

    assert of() == [("OK", 0, None, "one currency")]
    assert of(rates={"USD": 0.5}) == [("OK", 0, None, "constant, for USD")]
    by_month = [("USD", "2024-01", 0.5), ("USD", "2024-02", 0.6), ("EUR", 1)]
    assert of(rates=by_month) == [("OK", 0, None, "by month, for EUR, USD")]


def test_the_edge_of_data_whose_lines_all_end_is_asked_about() -> None:
    header, asked = "customer | start | end | mrr | cancelled", (
        "note", 0, None, "every line has an end; if the last ones are those of an export, set through to an earlier "
        "month",
    )  # fmt: skip
    assert said(f"{header}\nAda | 2024-01-01 | 2024-03-02 | 5 |", "edge of the data") == [asked]
    none = [("OK", 0, None, "none")]
    assert said(f"{header}\nAda | 2024-01-01 | | 5 | 2024-03-02", "edge of the data") == none
    assert said("customer | month | mrr\nAda | 2024-01 | 5", "edge of the data") == none


LATER = """
    customer | start      | end        | mrr
    Ada      | 2024-06-30 | 2024-06-30 | 20
    Bob      | 2024-07-01 |            | 0.000001
    Cyd      | 2024-07-31 | 2024-07-31 | 20
    Dan      | 2024-08-01 |            | 0.000001
    Eve      | 2024-08-01 |            | 0
    Fay      | 2024-07-01 |            | 0
    Gil      | 2024-10-01 | 2024-10-01 | 5
    Hal      | 2024-01-01 |            | 5
"""


def test_what_begins_and_ends_after_the_report() -> None:
    checks = "start after the report", "start in the future", "end after the report"
    assert said(LATER, *checks) == [
        ("note", 2, 3, "the report ends with 2024-06"),
        ("note", 2, 5, "not in MRR; they are in MRR_COMMITTED"),
        ("note", 2, 4, "they count to 2024-06"),
    ]
    assert said(LATER, *checks, period="quarter") == [
        ("note", 3, 3, "the report ends with 2024-06"),
        ("note", 1, 8, "not in MRR; they are in MRR_COMMITTED"),
        ("note", 2, 4, "they count to 2024-06"),
    ]
    assert said(LATER, *checks, through="2024-10") == [("OK", 0, None, "none")] * 3
