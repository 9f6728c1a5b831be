"""The settings beyond the month rules: grain, netting, churn date, discounts, kinds of charges, time zones."""

from __future__ import annotations

import datetime as dt

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrr_xl import MrrError, metric, movements
from support.ledgers import ledger, typed
from support.oracle import lines_at_random

KINDS = ("new", "reactivation", "expansion", "contraction", "churn")


def moved(frame: object, month: str, **rules: object) -> dict[str, float]:
    """The movements of a month that are not 0."""
    table = movements(frame, through=rules.pop("through", month), **rules).set_index("month").loc[month]
    return {name: float(table[name]) for name in KINDS if table[name]}


TWO_SUBSCRIPTIONS = """
customer  subscription  start       end         mrr
A         s1            2024-01-01  2024-03-10  100
A         s2            2024-02-05  -           50
"""


def test_a_customers_second_subscription_is_expansion_and_losing_one_of_two_contraction():
    """ChartMogul, Stripe, Lago: the customer is the grain."""
    assert moved(ledger(TWO_SUBSCRIPTIONS), "2024-02") == {"expansion": 50.0}
    assert moved(ledger(TWO_SUBSCRIPTIONS), "2024-03") == {"contraction": -100.0}


def test_with_the_grain_subscription_they_are_new_and_churn():
    """PostHog, Chargebee: each subscription by itself."""
    assert moved(ledger(TWO_SUBSCRIPTIONS), "2024-02", grain="subscription") == {"new": 50.0}
    assert moved(ledger(TWO_SUBSCRIPTIONS), "2024-03", grain="subscription") == {"churn": -100.0}
    detail = metric("MRR_DETAIL", ledger(TWO_SUBSCRIPTIONS), "2024-03", grain="subscription")
    assert detail["customer"].tolist() == ["A / s1"]


def test_the_grain_subscription_needs_the_column():
    with pytest.raises(MrrError) as caught:
        movements(ledger(TWO_SUBSCRIPTIONS).drop("subscription"), grain="subscription")
    assert str(caught.value) == (
        "the grain subscription needs a column that says which subscription; name it subscription"
    )


WITHIN_A_MONTH = """
customer  start       end         mrr
A         2024-01-01  2024-03-05  100
A         2024-03-05  2024-03-20  150
A         2024-03-20  -           120
B         2024-03-02  2024-03-28  30
C         2024-01-10  2024-03-04  40
C         2024-03-24  -           40
"""


def test_net_netting_is_one_movement_between_two_month_ends():
    """ChartMogul, "Net MRR movements"."""
    assert moved(ledger(WITHIN_A_MONTH), "2024-03") == {"expansion": 20.0}


def test_gross_netting_counts_every_days_change():
    assert moved(ledger(WITHIN_A_MONTH), "2024-03", netting="gross") == {
        "new": 30.0,
        "reactivation": 40.0,
        "expansion": 50.0,
        "contraction": -30.0,
        "churn": -70.0,
    }


def test_gross_netting_counts_customers_and_not_their_changes():
    """ChartMogul since January 2025: A's two upgrades are one customer who expanded. B left and returned twice."""
    text = """
    customer  start       end         mrr
    A         2024-01-01  2024-03-05  100
    A         2024-03-05  2024-03-20  150
    A         2024-03-20  -           170
    B         2024-01-01  2024-03-04  40
    B         2024-03-10  2024-03-14  40
    B         2024-03-20  -           40
    """
    for engine in (typed(text), typed(text).to_pandas(), duckdb.from_arrow(typed(text).to_arrow())):
        march = movements(engine, netting="gross", through="2024-03").set_index("month").loc["2024-03"]
        assert (march["expansion"], march["reactivation"], march["churn"]) == (70, 80, -80)
        counted = ["opening", "new", "reactivated", "expanded", "contracted", "churned", "closing"]
        assert [march[f"{name}_customers"] for name in counted] == [2, 0, 2, 1, 0, 2, 2]


def test_gross_and_net_give_the_same_closing_and_the_checks_reconcile_them():
    for rules in ({"as_of": "month_start"}, {"as_of": "any_day"}, {}):
        net, gross = (
            movements(ledger(WITHIN_A_MONTH), through="2024-05", netting=netting, **rules)
            for netting in ("net", "gross")
        )
        for column in ("opening", "net_new", "closing", "opening_customers", "closing_customers"):
            assert net[column].tolist() == gross[column].tolist()
    checks = metric("MRR_CHECKS", ledger(WITHIN_A_MONTH), netting="gross", through="2024-03").set_index("check")
    found = checks.loc["gross reconciles to net"]
    assert (found["result"], found["says"]) == (
        "note",
        "movements of 360.00 in all, of which 200.00 nets out within months",
    )


CANCELLED = """
customer  start       end         cancelled   mrr
A         2024-01-01  2024-06-01  2024-03-15  100
B         2024-01-01  -           2024-04-02  50
C         2024-01-01  -           -           10
"""


def test_churn_is_at_the_end_of_service_or_on_the_day_of_the_cancellation():
    assert moved(ledger(CANCELLED), "2024-06") == {"churn": -100.0}
    assert moved(ledger(CANCELLED), "2024-03", churn_on="cancelled") == {"churn": -100.0}
    assert moved(ledger(CANCELLED), "2024-04", churn_on="cancelled") == {"churn": -50.0}


def test_a_cancellation_after_the_end_of_service_does_not_extend_it():
    """Cancelled in May, when nothing ran any more: churn is at the end of service in March under either rule."""
    text = """
    customer  start       end         cancelled   mrr
    A         2024-01-01  2024-03-01  2024-05-10  100
    B         2024-01-01  -           -           10
    """
    for churn_on in ("end", "cancelled"):
        table = movements(ledger(text), churn_on=churn_on, through="2024-06")
        assert table["closing"].tolist() == [110, 110, 10, 10, 10, 10]
        assert table["churn"].tolist() == [0, 0, -100, 0, 0, 0]


def test_a_line_that_was_cancelled_before_it_began_counts_nowhere():
    table = ledger("""
        customer  start       end         mrr  cancelled
        A         2024-01-01  -           50   -
        B         2024-03-05  2024-06-01  100  2024-02-10
    """)
    assert movements(table, through="2024-04", churn_on="cancelled")["closing"].tolist() == [50, 50, 50, 50]
    assert movements(table, through="2024-04")["closing"].tolist() == [50, 50, 150, 150]


def test_churn_on_cancelled_needs_the_column():
    with pytest.raises(MrrError) as caught:
        movements(ledger(CANCELLED).drop("cancelled"), churn_on="cancelled")
    assert str(caught.value) == "churn_on=cancelled needs a column that says when; name it cancelled"


DISCOUNTED = """
customer  start       end         amount  interval  discount
A         2024-01-01  2024-04-01  100     month     0.25
A         2024-04-01  -           100     month     0
"""


def test_mrr_is_net_of_recurring_discounts_and_their_end_is_expansion():
    assert moved(ledger(DISCOUNTED), "2024-01") == {"new": 75.0}
    assert moved(ledger(DISCOUNTED), "2024-04") == {"expansion": 25.0}


def test_discounts_can_be_ignored():
    """Lago, Zuora: MRR before discounts."""
    assert moved(ledger(DISCOUNTED), "2024-01", discounts="ignore") == {"new": 100.0}
    assert moved(ledger(DISCOUNTED), "2024-04", discounts="ignore") == {}


def test_a_discount_in_percent_is_a_hundredth():
    assert moved(ledger(DISCOUNTED.replace("discount", "discount_percent").replace("0.25", "25")), "2024-01") == {
        "new": 75.0
    }


def test_a_line_that_is_over_by_its_status_and_has_no_end_is_a_problem():
    text = """
    customer  start       end         mrr  status
    A         2024-01-01  -           100  cancelled
    B         2024-01-01  2024-03-01  100  canceled
    """
    checks = metric("MRR_CHECKS", ledger(text), through="2024-03").set_index("check")
    found = checks.loc["cancelled without an end"]
    assert (found["result"], found["lines"], found["first_row"], found["says"]) == (
        "problem", 1, 2, "they are over by their status, and nothing says since when: fill in a column end",
    )  # fmt: skip


CHARGES = """
customer  start       amount  interval  kind
A         2024-01-01  100     month     recurring
A         2024-01-01  40      month     usage
A         2024-01-01  500     once      one_time
A         2024-01-01  19      month     tax
A         2024-01-01  3       month     fee
A         2024-01-01  70      once      -
"""


def test_one_time_usage_tax_and_fees_are_not_mrr_and_the_checks_count_them():
    assert moved(ledger(CHARGES), "2024-01") == {"new": 100.0}
    checks = metric("MRR_CHECKS", ledger(CHARGES), through="2024-01").set_index("check")
    left_out = {name: int(lines) for name, lines in checks["lines"].items() if name.startswith("left out")}
    assert left_out == {
        "left out: status": 0,
        "left out: usage": 1,
        "left out: one time": 2,
        "left out: tax": 1,
        "left out: fee": 1,
    }


def test_usage_can_be_included():
    """ProfitWell."""
    assert moved(ledger(CHARGES), "2024-01", usage="include") == {"new": 140.0}


def test_an_unknown_kind_is_an_error():
    with pytest.raises(MrrError) as caught:
        movements(ledger(CHARGES.replace("fee", "gift")))
    assert str(caught.value) == (
        "row 6, column kind: 'gift' is not a known kind of charge; the known ones are "
        "recurring, usage, one_time, tax, fee"
    )


def test_timestamps_with_an_offset_are_dates_of_the_timezone():
    text = ledger("""
    customer  start                      mrr
    A         2024-01-31T23:30:00+00:00  100
    """)
    assert moved(text, "2024-01", timezone="UTC") == {"new": 100.0}
    assert moved(text, "2024-02", timezone="Europe/Berlin") == {"new": 100.0}
    frame = pd.DataFrame({"customer": ["A"], "start": pd.to_datetime(["2024-01-31 23:30:00+00:00"]), "mrr": [100]})
    assert moved(frame, "2024-02", timezone="Europe/Berlin") == {"new": 100.0}
    assert moved(pl.from_pandas(frame), "2024-02", timezone="Europe/Berlin") == {"new": 100.0}
    with pytest.raises(MrrError) as caught:
        movements(frame)
    assert str(caught.value) == "column start carries a time zone; set timezone to that of your books"


def test_an_unknown_timezone_is_an_error():
    with pytest.raises(MrrError, match=r"^setting timezone cannot be 'Mars/Base'; it must be a time zone such as"):
        movements(ledger(CHARGES), timezone="Mars/Base")


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (TWO_SUBSCRIPTIONS, {"grain": "subscription"}),
        (WITHIN_A_MONTH, {"netting": "gross"}),
        (WITHIN_A_MONTH, {"netting": "gross", "reactivation_days": 10}),
        (CANCELLED, {"churn_on": "cancelled"}),
        (DISCOUNTED, {"discounts": "ignore"}),
        (CHARGES, {"usage": "include"}),
    ],
)
def test_the_rules_give_the_same_on_every_engine(text: str, rules: dict[str, object]):
    frame = typed(text)
    engines = [frame, frame.to_pandas(), duckdb.sql("select * from frame")]
    tables = [movements(engine, through="2024-07", **rules) for engine in engines]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


DAYS = [dt.date(2024, 1, 1) + dt.timedelta(days=number) for number in range(152)]
PERIODS = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(0, 120), st.integers(1, 60), st.integers(1, 300)),
    min_size=1,
    max_size=10,
)


@lines_at_random
@settings(max_examples=40, deadline=None, derandomize=True)
@given(PERIODS)
def test_gross_movements_are_those_of_a_recomputation_day_by_day(periods):
    last = DAYS[-1]
    frame = pl.DataFrame(
        {
            "customer": [period[0] for period in periods],
            "start": [DAYS[period[1]] for period in periods],
            "end": [DAYS[period[1]] + dt.timedelta(days=period[2]) for period in periods],
            "mrr": [period[3] for period in periods],
            "subscription": range(len(periods)),
        }
    )
    expected: dict[tuple[str, str], int] = {}
    for customer in "ABC":
        before, ever = 0, False
        for day in DAYS:
            now = sum(
                mrr
                for name, start, length, mrr in periods
                if name == customer and DAYS[start] <= day < DAYS[start] + dt.timedelta(days=length)
            )
            if now != before:
                if before == 0:
                    name = "reactivation" if ever else "new"
                else:
                    name = "churn" if now == 0 else "expansion" if now > before else "contraction"
                key = (f"{day:%Y-%m}", name)
                expected[key] = expected.get(key, 0) + now - before
                before, ever = now, True
    through = f"{last:%Y-%m}"
    for engine in (frame, frame.to_pandas(), duckdb.sql("select * from frame")):
        table = movements(engine, netting="gross", through=through)
        found = {
            (str(row["month"]), name): row[name] for row in table.to_dict("records") for name in KINDS if row[name]
        }
        assert found == expected


COMMITTED = """
customer  start       end         mrr
A         2024-01-01  -           100
B         2024-02-01  2024-03-01  100
"""


def test_committed_mrr_is_without_lines_that_have_an_end_scheduled():
    """Polar, tests of its metrics (Apache-2.0): MRR 100, 200, 100; committed 100, 100, 100."""
    months = ["2024-01", "2024-02", "2024-03"]
    assert metric("MRR", ledger(COMMITTED), months).tolist() == [100, 200, 100]
    assert metric("MRR_COMMITTED", ledger(COMMITTED), months).tolist() == [100, 100, 100]


def test_committed_mrr_adds_what_is_signed_and_takes_off_what_is_scheduled_to_end():
    """ChartMogul, CMRR: 120 customers × 60, 1,200 signed, 500 scheduled to end: 7,900."""
    lines = [f"c{number} 2024-01-01 - 60" for number in range(111)]
    lines += ["x 2024-01-01 2024-05-01 500", "y 2024-01-01 - 40", "z 2024-06-01 - 1200"]
    text = "customer start end mrr\n" + "\n".join(lines)
    assert metric("MRR", ledger(text), "2024-03", through="2024-03") == 7200
    assert metric("MRR_COMMITTED", ledger(text), "2024-03", through="2024-03") == 7900
    assert metric("MRR_COMMITTED", ledger(text), "2024-02", through="2024-03") == 6700


@pytest.mark.parametrize("engine", ["polars", "pandas", "duckdb"])
def test_committed_mrr_is_at_the_price_after_the_discount(engine):
    """B's discount outlives the line, D's ends with it in June; C's runs for ever."""
    text = """
    customer  start       end         cancelled   amount  discount  discount_until
    A         2024-01-01  -           -           100     0.5       2024-03-01
    B         2024-01-01  2024-06-01  2024-04-10  10      0.5       2024-09-01
    C         2024-01-01  -           -           1       0.5       -
    D         2024-01-01  2024-06-01  2024-04-10  1000    0.5       2024-06-01
    """
    table = typed(text).with_columns(pl.col("discount_until").str.to_date())
    table = {"polars": table, "pandas": table.to_pandas(), "duckdb": duckdb.from_arrow(table.to_arrow())}[engine]
    months, through = ["2024-01", "2024-02", "2024-03", "2024-04"], {"through": "2024-05"}
    assert metric("MRR", table, months, **through).tolist() == [555.5, 555.5, 605.5, 605.5]
    assert metric("MRR_COMMITTED", table, months, **through).tolist() == [605.5, 605.5, 605.5, 100.5]
    ignored = metric("MRR_COMMITTED", table, months, **through, discounts="ignore")
    assert ignored.tolist() == [1111, 1111, 1111, 101]


def test_a_cancelled_day_without_an_end_is_noted():
    checks = metric("MRR_CHECKS", ledger(CANCELLED), through="2024-06").set_index("check")
    assert checks.loc["cancelled without an end", ["result", "lines", "first_row"]].tolist() == ["note", 1, 3]


def test_numbers_of_subscriptions_that_start_anew_with_each_customer_do_not_overlap():
    text = TWO_SUBSCRIPTIONS.replace("s2", "s1").replace(
        "A         s1            2024-02", "B         s1            2024-02"
    )
    checks = metric("MRR_CHECKS", ledger(text), through="2024-06").set_index("check")
    assert checks.loc["overlapping lines", "result"] == "OK"


def test_where_the_cancellation_is_blank_an_end_is_not_scheduled_before_it_comes():
    """An upgrade ends one line and begins the next: committed MRR rises with it, and not before."""
    text = """
    customer  start       end         cancelled   mrr
    A         2024-01-01  2024-03-01  -           100
    A         2024-03-01  -           -           180
    B         2024-01-01  -           2024-09-09  5
    """
    months = ["2024-01", "2024-02", "2024-03"]
    assert metric("MRR_COMMITTED", ledger(text), months, through="2024-04").tolist() == [105, 105, 185]


def test_an_end_is_scheduled_from_the_day_of_the_cancellation_on():
    months = ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"]
    rules = {"through": "2024-05"}
    assert metric("MRR_COMMITTED", ledger(CANCELLED), months, **rules).tolist() == [160, 160, 60, 10, 10]


def test_where_no_line_has_an_end_cancelled_ones_are_a_problem():
    text = """
    customer  start       cancelled   mrr
    A         2024-01-01  2024-02-10  100
    B         2024-01-01  -           100
    """
    found = metric("MRR_CHECKS", ledger(text), through="2024-03").set_index("check").loc["cancelled without an end"]
    assert (found["result"], found["lines"], found["first_row"], found["says"]) == (
        "problem", 1, 2,
        "no line has an end, so nothing churns: fill in a column end, or set churn_on to cancelled",
    )  # fmt: skip
