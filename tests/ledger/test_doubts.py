"""Columns that are not used although they look as if they mattered: which are flagged, which are not, and how."""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
import pytest

import mrr_xl
from mrr_xl.errors import MrrWarning
from mrr_xl.ledger.doubts import doubts
from mrr_xl.ledger.ledger import read_ledger
from support.csv_text import frame_of_csv

_TRIAL = (
    "looks like a trial and is not used: fill in a column trial end, or give the trial a line of its own with the "
    "status trialing"
)
_CHANGE = "looks like a change of plan and is not used: give each price a line of its own, with its start and its end"
_COUNT = (
    "looks like a count of intervals and is not used: name it interval count, beside a column interval that says of "
    "what"
)
_DISCOUNT = (
    "looks like a discount and is not used: name it discount if it is a fraction, or discount percent if it is a "
    "percentage"
)
_QUANTITY = "looks like a quantity and is not used: name it quantity if the amounts are for one of them"
_AMOUNT_OFF = "looks like a discount and is not used: take it off the amounts"
_YES = "looks like an end and is not used: give the lines that it ends their last day in a column end"
_CURRENCY = "looks like a currency and is not used: name it currency"
_STATUS = "looks like a status and is not used: name it status, with words such as active and paused"
_END = "looks like an end and is not used: name it end, or cancelled if it is the day of the cancellation"

_CHANGE = "looks like a change of plan and is not used: give each price a line of its own, with its start and its end"
_MONTH = "looks like a month and is not used: if it is one, name it as in 2024-03"
_FEE = "looks like an amount and is not used: give what is charged again and again a line of its own"

#: A ledger, and of each column that is flagged what is said of it, without how to ignore it.
FLAGGED = [
    (
        """
        customer | start      | Unit price | Seats | New seats | Changed on
        Ada      | 2024-01-01 | 10         | 5     | 8         | 2024-03-01
        Bob      | 2024-01-01 | 10         | 5     |           |
        """,
        {"New seats": _CHANGE, "Changed on": _CHANGE},
    ),
    (
        """
        customer | start      | mrr | Price increase | Price increase date | Previous users | Old qty
        Ada      | 2024-01-01 | 10  | 0.05           | 2024-03-01          | 7              | 4
        Bob      | 2024-01-01 | 10  |                |                     | 8              |
        """,
        {"Price increase": _CHANGE, "Price increase date": _CHANGE, "Previous users": _CHANGE, "Old qty": _CHANGE},
    ),
    (
        """
        customer | start      | mrr | Converted at
        Ada      | 2024-01-01 | 10  | 2024-02-01
        Bob      | 2024-01-01 | 10  |
        """,
        {"Converted at": _TRIAL},
    ),
    (
        """
        customer | start      | Seat price | Seats | Platform fee | Monthly base fee | Setup fee | Fee note
        Ada      | 2024-01-01 | 10         | 5     | 99           | 9                | 500       | none of them
        """,
        {"Platform fee": _FEE, "Monthly base fee": _FEE},
    ),
    (
        """
        customer | Februar 2024 | März 2024 | April 204 | Okotber 2024 | Total 2024 | Summe | Umsatz 2024
        Ada      | 100          | 100       | 100       | 100          | 200        | 200   | 7
        """,
        {"Okotber 2024": _MONTH, "Umsatz 2024": _MONTH},
    ),
    (
        """
        customer | 2024-01 | 2024-02 | 2024-13 | 2024-3
        Ada      | 100     | 100     | 100     | 5
        """,
        {"2024-13": _MONTH},
    ),
    (
        """
        customer | month   | mrr | Site    | Area
        Ada      | 2024-01 | 100 | North   | Total Wine
        Ada      | 2024-01 | 100 | Summe   | Totals
        Bob      | 2024-01 | 50  | Summe:  | West
        Bob      | 2024-01 | 50  | Gesamt  | West
        Bob      | 2024-01 | 50  | Total   | West
        """,
        {
            "Site": "looks like a mark of totals and is not used: remove the rows where it says Gesamt, Summe, Summe: "
            "and 1 more",
            "Area": "looks like a mark of totals and is not used: remove the rows where it says Totals",
        },
    ),
    (
        """
        customer | start      | mrr | trial_over
        Ada      | 2024-01-01 | 100 | 2024-02-01
        """,
        {"trial_over": _TRIAL},
    ),
    (
        """
        customer | start      | mrr | is_trial
        Ada      | 2024-01-01 | 100 | true
        Bob      | 2024-01-01 | 100 | false
        """,
        {"is_trial": _TRIAL},
    ),
    (
        """
        customer | start      | mrr | Trial end  | Trial start | Next trial
        Ada      | 2024-01-01 | 100 |            | 2024-01-01  |
        Bob      | 2024-01-01 | 100 | 2024-03-01 | 2024-02-01  | 2024-06-01
        """,
        {"Trial start": _TRIAL, "Next trial": _TRIAL},
    ),
    (
        """
        customer | start      | mrr | plan_change_date | plan_change_mrr
        Ada      | 2024-01-01 | 100 | 2024-03-01       | 200
        """,
        {"plan_change_date": _CHANGE, "plan_change_mrr": _CHANGE},
    ),
    (
        """
        customer | start      | mrr | Upgrade date | New MRR | Previous price
        Ada      | 2024-01-01 | 100 | 2024-03-01   | 200     | 80
        """,
        {"Upgrade date": _CHANGE, "New MRR": _CHANGE, "Previous price": _CHANGE},
    ),
    (
        """
        customer | start      | amount | recurring_interval_count
        Ada      | 2024-01-01 | 300    | 3
        """,
        {"recurring_interval_count": _COUNT},
    ),
    (
        """
        customer | start      | amount | billing_term
        Ada      | 2024-01-01 | 3600   | 3-Year
        """,
        {
            "billing_term": "looks like an interval and is not used: says 3-Year; if that is the interval, name it "
            "interval or add such a column; if the amounts are per month, name them mrr"
        },
    ),
    (
        """
        customer | start      | amount | Plan
        Ada      | 2024-01-01 | 100    | Monthly
        Bob      | 2024-01-01 | 1200   | Annual
        """,
        {
            "Plan": "looks like an interval and is not used: says Annual, Monthly; if that is the interval, name it "
            "interval or add such a column; if the amounts are per month, name them mrr"
        },
    ),
    (
        """
        customer | start      | amount | Plan
        Ada      | 2024-01-01 | 100    | Monthly
        Bob      | 2024-01-01 | 1200   | Yearly
        Cyd      | 2024-01-01 | 1200   | Annual
        Dot      | 2024-01-01 | 300    | Quarterly
        """,
        {
            "Plan": "looks like an interval and is not used: says Annual, Monthly, Quarterly and 1 more; if that is "
            "the interval, name it interval or add such a column; if the amounts are per month, name them mrr"
        },
    ),
    (
        """
        customer | start      | amount | Discount Value | Coupon %
        Ada      | 2024-01-01 | 100    | 20             | 20%
        Bob      | 2024-01-01 | 100    |                |
        """,
        {"Discount Value": _AMOUNT_OFF, "Coupon %": _DISCOUNT},
    ),
    (
        """
        customer | start      | amount | Rabattstufe | Staffelrabatt | Treuerabatt Betrag
        Ada      | 2024-01-01 | 100    | 20          | 0,1           | 5
        """,
        {"Rabattstufe": _DISCOUNT, "Staffelrabatt": _DISCOUNT, "Treuerabatt Betrag": _AMOUNT_OFF},
    ),
    (
        """
        customer | start      | amount | interval | Users | Number of devices | Nutzer
        Ada      | 2024-01-01 | 100    | month    | 5     | 1                 |
        Bob      | 2024-01-01 | 100    | month    | 1     | 3                 | 4
        """,
        {"Users": _QUANTITY, "Number of devices": _QUANTITY, "Nutzer": _QUANTITY},
    ),
    (
        """
        customer | start      | mrr | Market
        Ada      | 2024-01-01 | 100 | USD
        Bob      | 2024-01-01 | 100 | JPY
        """,
        {"Market": _CURRENCY},
    ),
    (
        """
        customer | start      | mrr | Local currency
        Ada      | 2024-01-01 | 100 | Dollars
        """,
        {"Local currency": _CURRENCY},
    ),
    (
        """
        customer | start      | mrr | type
        Ada      | 2024-01-01 | 100 | subscription
        Ada      | 2024-01-01 | 20  | tax
        Ada      | 2024-01-01 | 500 | setup
        """,
        {"type": "looks like a kind of charge and is not used: it says setup, tax; name it kind"},
    ),
    (
        """
        customer | start      | mrr | Category
        Ada      | 2024-01-01 | 100 | Software
        Ada      | 2024-01-01 | 500 | Fee
        """,
        {"Category": "looks like a kind of charge and is not used: it says Fee; name it kind"},
    ),
    (
        """
        customer | month   | amount | Description
        Ada      | 2024-01 | 100    | plan
        Ada      | 2024-01 | 500    | one-time
        """,
        {"Description": "looks like a kind of charge and is not used: it says one-time; name it kind"},
    ),
    (
        """
        customer | start      | mrr | Type
        Ada      | 2024-01-01 | 100 | usage
        Ada      | 2024-01-01 | 20  | VAT
        Ada      | 2024-01-01 | 500 | setup
        Ada      | 2024-01-01 | 5   | fee
        """,
        {"Type": "looks like a kind of charge and is not used: it says VAT, fee, setup and 1 more; name it kind"},
    ),
    (
        """
        customer | start      | mrr | End of Contract
        Ada      | 2024-01-01 | 100 | 2024-03-01
        Bob      | 2024-01-01 | 100 | 2024-04-01
        """,
        {"End of Contract": _END},
    ),
    (
        """
        customer | start      | end        | mrr | Churned
        Ada      | 2024-01-01 | 2024-03-01 | 100 | yes
        Bob      | 2024-01-01 |            | 100 | yes
        Cyd      | 2024-01-01 |            | 100 | no
        """,
        {"Churned": _YES},
    ),
    (
        """
        customer | start      | mrr | Offboarding date
        Ada      | 2024-01-01 | 100 | 2024-03-01
        Bob      | 2024-01-01 | 100 |
        """,
        {"Offboarding date": _END},
    ),
    (
        """
        customer | start      | mrr | Offboarding date | Handed over
        Ada      | 2024-01-01 | 100 |                  | no
        Bob      | 2024-01-01 | 100 | 2024-01-01       | 2024-03-01
        """,
        {"Offboarding date": _END, "Handed over": _END},
    ),
    (
        """
        customer | start      | end        | mrr | Contract End Date
        Ada      | 2024-01-01 | 2024-03-01 | 100 | 2024-03-01
        Bob      | 2024-01-01 |            | 100 | 2024-12-31
        """,
        {"Contract End Date": _END},
    ),
    (
        """
        customer | start      | mrr | Contract end due | State     | Stage  | Phase
        Ada      | 2024-01-01 | 100 | 2024-03-01       | active    | active | past due
        Bob      | 2024-01-01 | 100 |                  | cancelled | paused | expired
        """,
        {"Contract end due": _END, "State": _STATUS, "Stage": _STATUS, "Phase": _STATUS},
    ),
    (
        """
        customer | start      | mrr | Paused | is_on_hold | Active | is_active
        Ada      | 2024-01-01 | 100 | yes    | yes        | yes    | yes
        Bob      | 2024-01-01 | 100 | no     | no         | no     | false
        """,
        {"Paused": _STATUS, "is_on_hold": _STATUS, "Active": _STATUS, "is_active": _STATUS},
    ),
    (
        """
        customer | 2023-12 | Jan | 2024-02
        Ada      | 100     | 100 | 100
        """,
        {"Jan": "looks like a month and is not used: 2024-01 is missing; if it is that month, name it 2024-01"},
    ),
    (
        """
        customer | 2024-06 | March | 2024-01 | 2024-04 | Employees
        Ada      | 100     | 100   | 100     | 100     | 20
        """,
        {
            header: "looks like a month and is not used: 2024-02 is missing; if it is that month, name it 2024-02"
            for header in ("March", "Employees")
        },
    ),
]


@pytest.mark.parametrize(("text", "said"), FLAGGED, ids=["+".join(said) for _, said in FLAGGED])
def test_a_column_that_looks_as_if_it_mattered_is_flagged(text: str, said: dict[str, str]) -> None:
    ledger = read_ledger(frame_of_csv(text))
    assert [str(doubt) for doubt in doubts(ledger)] == [
        f"column {header} {sentence}; if it does not matter, set ignore to {header}"
        for header, sentence in said.items()
    ]


@pytest.mark.parametrize(("text", "said"), FLAGGED, ids=["+".join(said) for _, said in FLAGGED])
def test_a_column_that_is_ignored_is_not_flagged_however_its_name_is_spelled(text: str, said: dict[str, str]) -> None:
    ledger = read_ledger(frame_of_csv(text))
    assert doubts(ledger, ", ".join(said)) == []
    assert doubts(ledger, ",".join(header.upper().replace("_", " ") for header in said)) == []
    assert len(doubts(ledger, "region")) == len(said)


#: Ledgers of which nothing is flagged.
QUIET = {
    "trials before their lines, in the order that the other days show": """
        customer | start      | mrr | Trial end  | Trial from
        Ada      | 2025-03-10 | 100 | 2025-03-10 | 02/14/2025
        Bob      | 2025-03-10 | 100 | 2025-03-10 | 03/04/2025
        Cyd      | 2025-03-10 | 100 |            | none
        """,
    "a percentage that takes nothing off, and what is off without one": """
        customer | start      | mrr | Margin % | Off
        Ada      | 2024-01-01 | 100 | 40       | 2
        """,
    "text that is nothing of the kind": """
        customer | start      | mrr | Region | Account manager | Churn reason | State | Plan | Notes
        Ada      | 2024-01-01 | 100 | EU     | Eve             | price        | CA    | Pro  | end of term talk
        """,
    "one currency in a column of another name": """
        customer | start      | mrr | Market
        Ada      | 2024-01-01 | 100 | USD
        Bob      | 2024-01-01 | 100 | USD
        """,
    "nobody is on trial": """
        customer | start      | mrr | is_trial | Trial end
        Ada      | 2024-01-01 | 100 | false    |
        Bob      | 2024-01-01 | 100 | no       | -
        """,
    "when a trial began, beside when it ends": """
        customer | start      | mrr | Trial end  | Trial start | Trial over until | Trial notes
        Ada      | 2024-01-01 | 100 | 2024-02-01 | 2024-01-01  | 9999-12-31       | extended
        Bob      | 2024-01-01 | 100 | 2024-02-01 |             |                  |
        """,
    "what is old or new, and is no price": """
        customer | start      | mrr | New or returning | Previous vendor
        Ada      | 2024-01-01 | 100 | new              | Acme
        """,
    "counts that are not of intervals": """
        customer | start      | amount | interval | Login count | No.
        Ada      | 2024-01-01 | 100    | month    | 12          | 1
        Bob      | 2024-01-01 | 100    | month    | 30          | 2
        """,
    "a type that is not of charges": """
        customer | start      | mrr | type       | Customer type
        Ada      | 2024-01-01 | 100 | Enterprise | Partner
        """,
    "codes of discounts": """
        customer | start      | mrr | Discount code | Coupon
        Ada      | 2024-01-01 | 100 | SAVE          | SAVE20
        """,
    "how many a line is for, where the amount says it or a quantity does": """
        customer | start      | mrr | Users
        Ada      | 2024-01-01 | 100 | 5
        """,
    "users beside a quantity": """
        customer | start      | amount | seats | Users | Active users
        Ada      | 2024-01-01 | 100    | 5     | 4     | 3
        """,
    "one of each, none, or names": """
        customer | start      | amount | Users | Devices | Licences sold to | User | User id
        Ada      | 2024-01-01 | 100    | 1     |         | 7                | 8    | 9
        Bob      | 2024-01-01 | 100    | 1     | 0       | 7                | 8    | 9
        """,
    "users by name": """
        customer | start      | amount | Users
        Ada      | 2024-01-01 | 100    | Ada, Bob
        """,
    "ends that the column end has too": """
        customer | start      | end        | mrr | Churned | End of term
        Ada      | 2024-01-01 | 2024-03-01 | 100 | yes     | 2024-03-01
        Bob      | 2024-01-01 |            | 100 | no      |
        """,
    "an end with nothing in it": """
        customer | start      | mrr | Stop date
        Ada      | 2024-01-01 | 100 |
        """,
    "when a period renews, beside an end": """
        customer | start      | end        | mrr | Current Period End | Next Billing Date | Renewal Date
        Ada      | 2024-01-01 |            | 100 | 2024-07-01         | 2024-07-01        | 2025-01-01
        Bob      | 2024-01-01 | 2024-04-01 | 100 |                    |                   |
        """,
    "dates that every line has": """
        customer | start      | mrr | Updated At | Renewal Date | Approved
        Ada      | 2024-01-01 | 100 | 2024-05-01 | 2025-01-01   | 2024-05-01
        Bob      | 2024-02-01 | 100 | 2024-05-02 | 2025-02-01   | 2024-05-02
        """,
    "days that end nothing, and the day that stands for no end": """
        customer | start      | mrr | Last login | Valid for
        Ada      | 2024-01-01 | 100 | 2024-05-01 | 9999-12-31
        Bob      | 2024-02-01 | 100 |            |
        """,
    "dates before the start": """
        customer | start      | mrr | Founded
        Ada      | 2024-01-01 | 100 | 1990-05-01
        Bob      | 2024-02-01 | 100 |
        """,
    "a plan's name beside an MRR": """
        customer | start      | mrr | Plan
        Ada      | 2024-01-01 | 100 | Monthly
        Bob      | 2024-01-01 | 100 | Annual
        """,
    "a plan's name beside an interval": """
        customer | start      | amount | interval | Plan
        Ada      | 2024-01-01 | 100    | month    | Monthly
        Bob      | 2024-01-01 | 1200   | year     | Annual
        """,
    "kinds of charges beside a column of them": """
        customer | start      | mrr | kind      | Type
        Ada      | 2024-01-01 | 100 | recurring | subscription
        Ada      | 2024-01-01 | 500 | one-time  | setup
        """,
    "texts of which one is a kind of charge": """
        customer | start      | mrr | Notes
        Ada      | 2024-01-01 | 100 | setup
        Bob      | 2024-01-01 | 100 | call back
        """,
    "states that all count": """
        customer | start      | mrr | State  | Stage    | Active | On  | VIP
        Ada      | 2024-01-01 | 100 | active | live     | yes    | yes | yes
        Bob      | 2024-01-01 | 100 | live   | past due | yes    | no  | no
        """,
    "states beside a status": """
        customer | start      | mrr | status | State  | Paused
        Ada      | 2024-01-01 | 100 | active | paused | yes
        """,
    "who paused it, and how many are active": """
        customer | start      | mrr | Paused by | Active users
        Ada      | 2024-01-01 | 100 | Eve       | 0
        Bob      | 2024-01-01 | 100 |           | 3
        """,
    "intervals that are all months": """
        customer | start      | amount | Plan
        Ada      | 2024-01-01 | 100    | monthly
        """,
    "a cancellation at the end of the period, yes or no": """
        customer | start      | end        | mrr | Cancel At Period End
        Ada      | 2024-01-01 |            | 100 | true
        Bob      | 2024-01-01 | 2024-04-01 | 100 | false
        """,
    "columns of a schedule": """
        customer | Region | Plan   | Type  | State  | Employees | 2024-01 | 2024-02
        Ada      | EU     | Annual | setup | paused | 20        | 100     | 100
        """,
    "texts beside months of which one is missing": """
        customer | Region | 2024-01 | 2024-03
        Ada      | EU     | 100     | 100
        """,
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_what_does_not_matter_is_not_flagged(text: str) -> None:
    assert doubts(read_ledger(frame_of_csv(text))) == []


def test_a_column_of_intervals_and_of_numbers_is_not_flagged() -> None:
    mixed = pd.DataFrame({"customer": ["Ada", "Bob"], "start": "2024-01-01", "amount": 100, "Tier": ["Annual", 7]})
    assert doubts(read_ledger(mixed)) == []
    texts = mixed.assign(Tier=["Annual", "Monthly"])
    assert [doubt.header for doubt in doubts(read_ledger(texts))] == ["Tier"]


#: Columns of a database beside customer, start and mrr, and those that are flagged: by their names alone.
IN_DATABASES = [
    (["churned", "churn_reason", "paused", "active", "type", "plan"], ["churned", "paused"]),
    (["end", "churned"], []),
    (["trial_end", "trial_start", "trial_plan"], ["trial_start"]),
]


@pytest.mark.parametrize(("columns", "flagged"), IN_DATABASES, ids=["+".join(columns) for columns, _ in IN_DATABASES])
def test_a_column_of_a_database_is_flagged_by_its_name(columns: list[str], flagged: list[str]) -> None:
    days = {"end": "DATE '2024-02-01'", "trial_end": "DATE '2024-02-01'"}
    cells = ", ".join(f'{days.get(name, "true")} AS "{name}"' for name in columns)
    table = duckdb.sql(f"SELECT 'Ada' AS customer, DATE '2024-01-01' AS start, 100 AS mrr, {cells}")
    assert [doubt.header for doubt in doubts(read_ledger(table))] == flagged


def test_a_column_of_a_database_is_one_of_numbers_by_its_type() -> None:
    fees = duckdb.sql(
        "SELECT 'Ada' AS customer, DATE '2024-01-01' AS start, 100 AS mrr, 9 AS platform_fee, 'none' AS support_fee"
    )
    assert [str(doubt) for doubt in doubts(read_ledger(fees))] == [
        f"column platform_fee {_FEE}; if it does not matter, set ignore to platform_fee"
    ]
    wide = duckdb.sql(
        """SELECT 'Ada' AS customer, 5 AS "Jan 2024", 5 AS "Fbr 2024", 'x' AS "Note 2024", 5 AS "Region" """
    )
    assert [doubt.header for doubt in doubts(read_ledger(wide))] == ["Fbr 2024"]


LEDGER = """
    customer | start      | mrr | trial_over | Market
    Ada      | 2024-01-01 | 100 | 2024-02-01 | USD
    Bob      | 2024-01-01 | 100 |            | JPY
    """


def test_python_warns_once_with_every_problem_a_line() -> None:
    sentences = [str(doubt) for doubt in doubts(read_ledger(frame_of_csv(LEDGER)))]
    with pytest.warns(MrrWarning) as caught:
        mrr_xl.movements(frame_of_csv(LEDGER))
    assert [str(warning.message) for warning in caught] == ["\n".join(sentences)]
    assert caught[0].message.problems == tuple(sentences)
    assert caught[0].filename == __file__


def test_a_setting_says_that_the_columns_do_not_matter() -> None:
    table = mrr_xl.movements(frame_of_csv(LEDGER), ignore="Trial Over, market", through="2024-02")
    assert table["closing"].tolist() == [200.0, 200.0]
    assert mrr_xl.metric("MRR", frame_of_csv(LEDGER), "2024-01", settings={"ignore": "trial_over,Market"}) == 200.0


def test_a_problem_is_said_of_the_whole_ledger_also_where_a_condition_leaves_its_lines_out() -> None:
    with pytest.warns(MrrWarning, match="^column trial_over looks like a trial"):
        mrr_xl.metric("MRR", frame_of_csv(LEDGER), where="customer=Bob", settings={"ignore": "market"})


@pytest.mark.parametrize(
    ("header", "cell", "like"),
    [
        ("end trial", "2024-05-01", "a trial"),
        ("trial currency", "USD", "a trial"),
    ],
)
def test_a_column_that_looks_like_several_things_is_told_of_once(header: str, cell: str, like: str) -> None:
    text = f"customer | start | mrr | {header}\nAda | 2024-01-01 | 100 | {cell}"
    (doubt,) = doubts(read_ledger(frame_of_csv(text)))
    assert doubt.like == like


@pytest.mark.parametrize("header", ["coupon_percent_off", "% off coupon", "Off %", "Percent Off (recurring)"])
def test_a_percentage_that_is_off_is_a_discount_also_where_some_lines_have_none(header: str) -> None:
    """pandas has a number that is none for a blank."""
    frame = pl.DataFrame(
        {"customer": ["Ada", "Bob"], "start": ["2024-01-01"] * 2, "amount": [100, 50], header: [20, None]}
    )
    for table in (frame, frame.to_pandas()):
        (found,) = doubts(read_ledger(table))
        assert (found.header, found.like) == (header, "a discount")


def test_percent_off_is_one() -> None:
    """The name that Stripe's coupons have, beside amount_off."""
    frame = pl.DataFrame({"customer": ["Ada", "Bob"], "start": ["2024-01-01"] * 2, "amount": [100, 50]})
    for header in ("percent_off", "Percent off", "% off"):
        assert mrr_xl.mrr(frame.with_columns(pl.Series(header, [20, None])), "2024-01") == 130


@pytest.mark.parametrize("left", ["2025-04-14", "14.04.2025", "14 Apr 2025", "14/04/2025", "04/03/2025", "4/14/2025"])
@pytest.mark.parametrize("joined", [["2025-01-03", "2025-01-15"], ["03/01/2025", "15/01/2025"]])
def test_dates_after_the_start_look_like_an_end_however_they_are_written(left: str, joined: list[str]) -> None:
    frame = pl.DataFrame({"Member": ["Ada", "Bob"], "Joined": joined, "Left": [None, left], "mrr": [35, 25]})
    assert [(doubt.header, doubt.like) for doubt in doubts(read_ledger(frame))] == [("Left", "an end")]


def test_days_of_a_pause_are_asked_about_beside_an_end_too() -> None:
    lines = {
        "Member": ["Ada", "Bob"],
        "Joined": ["2025-01-03", "2025-01-15"],
        "mrr": [35, 25],
        "end": [None, "2025-09-01"],
    }
    for header in ("Frozen from", "Freeze until", "Paused until", "Resumes", "Suspended from"):
        frame = pl.DataFrame(lines | {header: [None, "01/06/2025"]})
        (found,) = doubts(read_ledger(frame))
        assert str(found) == (
            f"column {header} looks like a pause and is not used: end the line where it begins, and give what comes "
            f"after it a line of its own; if it does not matter, set ignore to {header}"
        )
    for header, cells in {"Paused by": ["Ann", None], "Hold code": [1, 2], "Freeze reason": ["ill", None]}.items():
        assert doubts(read_ledger(pl.DataFrame(lines | {header: cells}))) == []


def test_a_column_of_many_different_texts_is_read_once() -> None:
    """Not once for each of them, which took minutes."""
    notes = [f"note {number}" for number in range(30_000)]
    frame = pl.DataFrame({"customer": notes, "start": ["2024-01-01"] * 30_000, "mrr": [1] * 30_000, "Note": notes})
    assert doubts(read_ledger(frame)) == []
