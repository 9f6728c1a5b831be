"""Opening, movements, closing: the worked figures of public documents, and the rules one by one."""

import datetime as dt

import pandas as pd
import polars as pl
import pytest

from mrr_xl import metric, movements
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.metrics import REGISTRY
from mrr_xl.months import latest_complete, month_label
from mrr_xl.rollforward.book import Book, data_edge
from mrr_xl.settings import Settings
from support.ledgers import ledger, typed
from support.oracle import ENGINES

MONEY = ["opening", "new", "reactivation", "expansion", "contraction", "churn", "closing"]
COUNTS = ["new_customers", "reactivated_customers", "expanded_customers", "contracted_customers", "churned_customers"]


def by_month(data, **keywords) -> dict[str, dict[str, float]]:
    """What moved: for each month, the movements that are not 0, and the closing."""
    table = movements(data, **keywords)
    return {
        str(row.pop("month")): {name: row[name] for name in MONEY[1:] if row[name] or name == "closing"}
        for row in table.to_dict("records")
    }


# Worked figures of public documents


def test_stripe_normalises_yearly_prices_to_months():
    """Stripe, billing analytics glossary: 100 customers at 100 a month and 50 at 600 a year are an MRR of 12,500."""
    table = pl.DataFrame(
        {
            "customer": [f"C{number}" for number in range(150)],
            "start": ["2024-01-01"] * 150,
            "amount": [100] * 100 + [600] * 50,
            "interval": ["month"] * 100 + ["year"] * 50,
        }
    )
    assert metric("MRR", table, "2024-01") == 12_500.0
    assert metric("ARR", table, "2024-01") == 150_000.0
    assert metric("MRR_CUSTOMERS", table, "2024-01") == 150


def test_chartmogul_follows_one_customer_through_all_five_movements():
    """ChartMogul, MRR movements: 4 seats × 500 a year; + 2 × 30 a month; that one cancelled; then the last one;
    later 3 × 50 a month."""
    table = ledger("""
        customer  start       end         amount  interval  quantity
        A         2024-01-10  2024-04-20  500     year      4
        A         2024-02-10  2024-03-10  30      month     2
        A         2024-06-05  -           50      month     3
    """)
    assert by_month(table) == {
        "2024-01": {"new": 166.666667, "closing": 166.666667},
        "2024-02": {"expansion": 60.0, "closing": 226.666667},
        "2024-03": {"contraction": -60.0, "closing": 166.666667},
        "2024-04": {"churn": -166.666667, "closing": 0.0},
        "2024-05": {"closing": 0.0},
        "2024-06": {"reactivation": 150.0, "closing": 150.0},
    }


def test_chartmogul_counts_lost_customers_over_those_of_the_opening():
    """ChartMogul, customer churn rate: 100 customers, 11 cancel, one of whom joined in the month: 10 %."""
    lines = [(f"C{number}", "2024-01-01", "2024-02-15" if number < 10 else None) for number in range(100)]
    table = pl.DataFrame([*lines, ("late", "2024-02-05", "2024-02-25")], ["customer", "start", "end"], orient="row")
    table = table.with_columns(mrr=pl.lit(10))
    assert metric("MRR_LOGO_CHURN", table, "2024-02", through="2024-02") == 0.1
    assert metric("MRR_CHURNED_CUSTOMERS", table, "2024-02", through="2024-02") == 10
    assert metric("MRR_NEW_CUSTOMERS", table, "2024-02", through="2024-02") == 0


def test_chartmoguls_month_of_churn_contraction_and_expansion():
    """ChartMogul, MRR churn rate: opening 100, churn 10, contraction 10, expansion 10."""
    table = ledger("""
        customer  2024-01  2024-02
        A         10       -
        B         30       20
        C         30       40
        D         30       30
    """)
    assert by_month(table, start="2024-02") == {
        "2024-02": {"expansion": 10.0, "contraction": -10.0, "churn": -10.0, "closing": 90.0}
    }
    assert metric("MRR_OPENING", table, "2024-02") == 100.0
    assert metric("MRR_GROWTH", table, "2024-02") == -0.1
    assert metric("MRR_QUICK_RATIO", table, "2024-02") == 0.5


def test_chartmogul_divides_the_mrr_among_the_customers():
    """ChartMogul, ARPA: customers of 1, 1, 3, 5 and 5 pay 3 on average."""
    table = ledger("""
        customer  2024-01
        A         1
        B         1
        C         3
        D         5
        E         5
    """)
    assert metric("MRR_ARPA", table, "2024-01") == 3.0


def test_lago_counts_a_new_price_from_its_month_and_an_end_in_its_month():
    """Lago, MRR: 100 a month, 200 a month from 15 March, ended on 10 April."""
    table = ledger("""
        customer  start       end         amount  interval
        A         2024-01-01  2024-03-15  100     month
        A         2024-03-15  2024-04-10  200     month
    """)
    assert by_month(table, start="2024-02") == {
        "2024-02": {"closing": 100.0},
        "2024-03": {"expansion": 100.0, "closing": 200.0},
        "2024-04": {"churn": -200.0, "closing": 0.0},
    }


def test_lago_sees_no_movement_in_a_move_to_the_same_price_per_year():
    """Lago, MRR: from 100 a month to 1,200 a year on the same day."""
    table = ledger("""
        customer  start       end         amount  interval
        A         2024-01-01  2024-03-15  100     month
        A         2024-03-15  -           1200    year
    """)
    assert by_month(table, start="2024-03") == {"2024-03": {"closing": 100.0}}


def test_northstars_month(northstar):
    """Northstar: A 600→800, B 500→0, C 0→300, D 700→400."""
    assert by_month(northstar, start="2024-02") == {
        "2024-02": {"new": 300.0, "expansion": 200.0, "contraction": -300.0, "churn": -500.0, "closing": 1500.0}
    }
    assert metric("MRR_OPENING", northstar, "2024-02") == 1800.0
    assert metric("MRR_NET_NEW", northstar, "2024-02") == -300.0


def test_rebillys_five_customers_are_five_movements():
    """Rebilly: new 40; back with 25; 80→0; 100→80; 40→100."""
    table = ledger("""
        customer  2024-01  2024-02  2024-03
        new       -        -        40
        back      25       -        25
        gone      80       80       -
        down      100      100      80
        up        40       40       100
    """)
    assert by_month(table, start="2024-03") == {
        "2024-03": {
            "new": 40.0,
            "reactivation": 25.0,
            "expansion": 60.0,
            "contraction": -20.0,
            "churn": -80.0,
            "closing": 245.0,
        }
    }


def test_odoo_loses_customers_and_raises_its_price():
    """Odoo: 20 customers at 30; 3 leave, and the others pay 2 more: logo churn 15 %, revenue churn 9.33 %."""
    table = pl.DataFrame(
        {
            "customer": [f"C{number}" for number in range(20)],
            "2024-01": [30] * 20,
            "2024-02": [0] * 3 + [32] * 17,
        }
    )
    assert metric("MRR_LOGO_CHURN", table, "2024-02") == 0.15
    assert round(-metric("MRR_GROWTH", table, "2024-02"), 4) == 0.0933
    assert by_month(table, start="2024-02") == {"2024-02": {"expansion": 34.0, "churn": -90.0, "closing": 544.0}}


def test_polar_adds_up_monthly_and_yearly_subscriptions():
    """Polar (Apache-2.0): 100 a month and 1,000 a year from January 2024, another 100 a month from June."""
    table = ledger("""
        customer  start       amount  interval
        A         2024-01-01  100     month
        B         2024-01-01  1000    year
        C         2024-06-01  100     month
    """)
    assert metric("MRR", table, ["2024-01", "2024-05", "2024-06"]).tolist() == [183.333333, 183.333333, 283.333333]


def test_polar_counts_a_cancelled_subscription_until_it_ends():
    """Polar (Apache-2.0), committed: 100 a month from January; another from February that ends on 1 March."""
    table = ledger("""
        customer  start       end         amount
        A         2024-01-01  -           100
        B         2024-02-01  2024-03-01  100
    """)
    assert metric("MRR", table, ["2024-01", "2024-02", "2024-03"]).tolist() == [100.0, 200.0, 100.0]


SAAS_METRICS = """
    customer  start       end         mrr
    A         2023-01-01  2024-03-01  100
    B         2023-01-01  2024-01-01  100
    B         2024-01-01  2024-03-01  150
    C         2023-01-01  2023-06-01  100
    C         2024-01-01  2024-03-01  80
    D         2024-01-01  2024-03-01  50
    E         2023-01-01  2024-01-01  200
    E         2024-01-01  2024-03-01  120
"""


def test_saas_metrics_month_6_loses_one_of_four_customers():
    """saas-metrics (MIT), worked example, month 6: churn −100, logo churn 25 %."""
    table = ledger(SAAS_METRICS)
    assert by_month(table, start="2023-06", to="2023-06") == {"2023-06": {"churn": -100.0, "closing": 400.0}}
    assert metric("MRR_OPENING", table, "2023-06") == 500.0
    assert metric("MRR_LOGO_CHURN", table, "2023-06") == 0.25


def test_saas_metrics_month_13_has_every_movement_but_churn():
    """saas-metrics (MIT), worked example, month 13: 400 + 50 + 80 + 50 − 80 = 500, quick ratio 2.25."""
    table = ledger(SAAS_METRICS)
    assert by_month(table, start="2024-01", to="2024-01") == {
        "2024-01": {"new": 50.0, "reactivation": 80.0, "expansion": 50.0, "contraction": -80.0, "closing": 500.0}
    }
    assert metric("MRR_OPENING", table, "2024-01") == 400.0
    assert metric("MRR_QUICK_RATIO", table, "2024-01") == 2.25
    assert metric("MRR_LOGO_CHURN", table, "2024-01") == 0.0


# The table


def test_every_row_adds_up_and_begins_where_the_one_before_ended():
    table = movements(ledger(SAAS_METRICS))
    assert (table[MONEY[:-1]].sum(axis=1) == table["closing"]).all()
    assert (table["opening"] + table["net_new"] == table["closing"]).all()
    assert table["opening"].tolist() == [0.0, *table["closing"].tolist()[:-1]]
    counted = table["new_customers"] + table["reactivated_customers"] - table["churned_customers"]
    assert (table["opening_customers"] + counted == table["closing_customers"]).all()
    assert table["opening_customers"].tolist() == [0, *table["closing_customers"].tolist()[:-1]]


def test_the_customers_behind_the_movements_are_counted():
    table = movements(ledger(SAAS_METRICS), start="2024-01", to="2024-01")
    assert table[COUNTS].values.tolist() == [[1, 1, 1, 1, 0]]
    assert table[["opening_customers", "closing_customers"]].values.tolist() == [[3, 5]]


def test_there_is_a_row_for_every_month_from_the_first_on_also_where_nothing_moves():
    table = movements(ledger(SAAS_METRICS))
    assert [str(month) for month in table["month"]] == [
        *(f"2023-{number:02d}" for number in range(1, 13)),
        "2024-01",
        "2024-02",
    ]
    assert isinstance(table["month"].dtype, pd.PeriodDtype)
    assert {str(dtype) for dtype in table.dtypes[1:]} == {"float64", "int64"}


def test_start_and_to_choose_the_months_and_not_what_they_say():
    table = ledger(SAAS_METRICS)
    whole = movements(table)
    part = movements(table, start="2023-12", to=dt.date(2024, 1, 15))
    pd.testing.assert_frame_equal(part, whole.iloc[11:13].reset_index(drop=True))


def test_months_before_the_first_are_0():
    table = movements(ledger(SAAS_METRICS), start="2022-11", to="2023-01")
    assert table["closing"].tolist() == [0.0, 0.0, 500.0]
    assert table["opening_customers"].tolist() == [0, 0, 0]
    assert metric("MRR", ledger(SAAS_METRICS), "2022-11") == 0.0


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_a_ledger_without_mrr_has_no_months(frame):
    table = frame({"customer": ["A"], "start": ["2024-01-01"], "mrr": [0]})
    assert movements(table, through="2024-03").shape == (0, 16)
    assert movements(table, start="2024-02", through="2024-03")["closing"].tolist() == [0.0, 0.0]
    assert metric("MRR", table, "2024-03", through="2024-03") == 0.0
    assert pd.isna(metric("MRR_GROWTH", table, "2024-03", through="2024-03"))


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
@pytest.mark.parametrize(
    "headers", [["customer", "start", "mrr"], ["customer", "month", "mrr"], ["customer", "2024-01"]]
)
def test_a_frame_without_rows_has_no_months(frame, headers):
    assert movements(frame({header: [] for header in headers})).empty


# When a subscription counts


@pytest.mark.parametrize(
    ("as_of", "counted"),
    [
        ("month_end", {"2024-01": 1, "2024-02": 1, "2024-03": 0}),
        ("month_start", {"2024-01": 0, "2024-02": 1, "2024-03": 1}),
        ("any_day", {"2024-01": 1, "2024-02": 1, "2024-03": 1}),
    ],
)
def test_as_of_says_in_which_months_a_subscription_counts(as_of, counted):
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-10  2024-03-20  1
    """)
    assert metric("MRR", table, list(counted), through="2024-04", as_of=as_of).tolist() == list(counted.values())


@pytest.mark.parametrize(
    ("as_of", "end", "last_counted"),
    [
        ("month_end", "2024-03-01", "2024-02"),
        ("month_end", "2024-03-31", "2024-02"),
        ("month_end", "2024-04-01", "2024-03"),
        ("month_start", "2024-03-01", "2024-02"),
        ("month_start", "2024-03-02", "2024-03"),
        ("any_day", "2024-03-01", "2024-02"),
        ("any_day", "2024-03-02", "2024-03"),
    ],
)
def test_an_end_is_the_first_day_without_service(as_of, end, last_counted):
    table = ledger(f"""
        customer  start       end    mrr
        A         2024-01-01  {end}  1
    """)
    shown = movements(table, through="2024-06", as_of=as_of, ignore="end")
    assert str(shown.loc[shown["closing"] > 0, "month"].max()) == last_counted


@pytest.mark.parametrize(
    ("end", "last_counted"),
    [
        ("2024-02-28", "2024-01"),
        ("2024-02-29", "2024-02"),
        ("2023-02-28", "2023-02"),
        ("2024-04-30", "2024-04"),
        ("2024-12-31", "2024-12"),
        ("2024-12-30", "2024-11"),
    ],
)
def test_an_inclusive_end_is_the_last_paid_day(end, last_counted):
    table = ledger(f"""
        customer  start       end    mrr
        A         2023-01-01  {end}  1
    """)
    shown = movements(table, through="2025-06", end_date="inclusive")
    assert str(shown.loc[shown["closing"] > 0, "month"].max()) == last_counted


def test_a_month_of_a_schedule_counts_whole_whatever_an_end_date_means(northstar):
    pd.testing.assert_frame_equal(movements(northstar, end_date="inclusive"), movements(northstar))


@pytest.mark.parametrize("as_of", ["month_end", "month_start", "any_day"])
def test_a_period_without_length_counts_nowhere(as_of):
    table = ledger("""
        customer  start       end         mrr
        A         2024-02-10  2024-02-10  100
        B         2024-01-01  -           1
    """)
    assert by_month(table, as_of=as_of, start="2024-02", through="2024-02") == {"2024-02": {"closing": 1.0}}


def test_who_joins_and_leaves_inside_a_month_moves_nothing_and_is_no_former_customer():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-05  2024-01-25  100
        A         2024-03-01  -           100
    """)
    assert by_month(table) == {"2024-03": {"new": 100.0, "closing": 100.0}}


def test_a_second_subscription_is_expansion_and_its_end_contraction():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  -           100
        A         2024-02-10  2024-04-10  40
    """)
    assert by_month(table, through="2024-04", start="2024-02") == {
        "2024-02": {"expansion": 40.0, "closing": 140.0},
        "2024-03": {"closing": 140.0},
        "2024-04": {"contraction": -40.0, "closing": 100.0},
    }


def test_changes_of_one_customer_inside_a_month_are_one_net_movement():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-02-05  100
        A         2024-02-05  2024-02-20  300
        A         2024-02-20  -           120
    """)
    assert by_month(table, through="2024-02", start="2024-02") == {"2024-02": {"expansion": 20.0, "closing": 120.0}}


def test_from_paid_to_free_is_churn():
    table = ledger("""
        customer  start       end         mrr  status
        A         2024-01-01  2024-02-10  100  active
        A         2024-02-10  -           0    active
        B         2024-01-01  2024-02-10  100  active
        B         2024-02-10  2024-03-10  100  paused
        B         2024-03-10  -           100  past_due
    """)
    assert by_month(table, through="2024-03", start="2024-02") == {
        "2024-02": {"churn": -200.0, "closing": 0.0},
        "2024-03": {"reactivation": 100.0, "closing": 100.0},
    }


def test_no_float_dust_makes_a_movement():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-02-01  0.1
        A         2024-01-01  2024-02-01  0.2
        A         2024-02-01  -           0.3
    """)
    assert by_month(table, start="2024-02") == {"2024-02": {"closing": 0.3}}


def test_a_millionth_is_a_movement():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-02-01  1
        A         2024-02-01  2024-03-01  1.000001
        A         2024-03-01  2024-04-01  1
        A         2024-04-01  -           0
        B         2024-01-01  2024-02-01  0.000001
    """)
    assert by_month(table, through="2024-04") == {
        "2024-01": {"new": 1.000001, "closing": 1.000001},
        "2024-02": {"expansion": 0.000001, "churn": -0.000001, "closing": 1.000001},
        "2024-03": {"contraction": -0.000001, "closing": 1.0},
        "2024-04": {"churn": -1.0, "closing": 0.0},
    }


# Gaps and returns

GAP = """
    customer  start       end         mrr
    A         2024-01-01  2024-02-25  100
    A         2024-03-06  -           120
"""  # ten days without service: 25 to 29 February and 1 to 5 March


@pytest.mark.parametrize("grace_days", [0, 9])
def test_a_gap_longer_than_the_grace_is_churn_and_reactivation(grace_days):
    assert by_month(ledger(GAP), start="2024-02", grace_days=grace_days) == {
        "2024-02": {"churn": -100.0, "closing": 0.0},
        "2024-03": {"reactivation": 120.0, "closing": 120.0},
    }


@pytest.mark.parametrize("grace_days", [10, 11])
def test_a_gap_within_the_grace_is_none_and_the_mrr_before_it_runs_on(grace_days):
    assert by_month(ledger(GAP), start="2024-02", grace_days=grace_days) == {
        "2024-02": {"closing": 100.0},
        "2024-03": {"expansion": 20.0, "closing": 120.0},
    }


def test_days_that_cost_nothing_are_a_gap_too():
    """What is bridged is what is not paid for."""
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-02-25  100
        A         2024-02-25  2024-03-06  0
        A         2024-03-06  -           120
    """)
    assert by_month(table, through="2024-03", grace_days=10) == {
        "2024-01": {"new": 100.0, "closing": 100.0},
        "2024-02": {"closing": 100.0},
        "2024-03": {"expansion": 20.0, "closing": 120.0},
    }


def test_a_period_without_length_parts_no_gap_in_two():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-02-25  100
        A         2024-03-01  2024-03-01  7
        A         2024-03-06  -           120
    """)
    assert by_month(table, through="2024-03", grace_days=9) == {
        "2024-01": {"new": 100.0, "closing": 100.0},
        "2024-02": {"churn": -100.0, "closing": 0.0},
        "2024-03": {"reactivation": 120.0, "closing": 120.0},
    }


def test_an_inclusive_end_makes_a_gap_one_day_shorter():
    assert list(by_month(ledger(GAP), start="2024-02", grace_days=9, end_date="inclusive")["2024-02"]) == ["closing"]
    assert "churn" in by_month(ledger(GAP), start="2024-02", grace_days=8, end_date="inclusive")["2024-02"]


def test_a_gap_is_one_only_where_the_customer_has_no_service_at_all():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-02-25  100
        A         2024-01-01  2024-03-20  1
        A         2024-03-06  -           120
    """)
    assert by_month(table, start="2024-02", grace_days=30) == {
        "2024-02": {"contraction": -100.0, "closing": 1.0},
        "2024-03": {"expansion": 119.0, "closing": 120.0},
    }


def test_what_ended_before_a_gap_began_does_not_run_on():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-02-10  100
        A         2024-01-01  2024-02-25  30
        A         2024-01-01  2024-02-25  4
        A         2024-03-06  -           34
    """)
    assert by_month(table, start="2024-02", grace_days=10) == {
        "2024-02": {"contraction": -100.0, "closing": 34.0},
        "2024-03": {"closing": 34.0},
    }


@pytest.mark.parametrize(
    ("reactivation_days", "movement"), [("unlimited", "reactivation"), (10, "reactivation"), (9, "new"), (0, "new")]
)
def test_a_customer_away_for_longer_comes_back_as_new(reactivation_days, movement):
    found = by_month(ledger(GAP), start="2024-03", reactivation_days=reactivation_days)
    assert found == {"2024-03": {movement: 120.0, "closing": 120.0}}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("reactivation_days", "movement"), [(10, "reactivation"), (9, "new")])
def test_a_customer_is_away_from_the_last_end_in_a_month_to_the_first_start_in_another(
    reactivation_days, movement, engine
):
    """From 25 February to 6 March are 10 days; from the other end or to the other start they would be more."""
    table = typed("""
        customer  start       end         mrr  plan
        A         2024-01-01  2024-02-05  100  Pro
        A         2024-01-01  2024-02-25  100  Mail
        A         2024-03-20  -           60   Pro
        A         2024-03-06  -           60   Mail
    """)
    found = by_month(ENGINES[engine](table), start="2024-03", reactivation_days=reactivation_days)
    assert found == {"2024-03": {movement: 120.0, "closing": 120.0}}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("reactivation_days", "movement"), [(66, "reactivation"), (65, "new")])
def test_service_that_began_and_ended_within_a_month_is_service_that_ended(reactivation_days, movement, engine):
    """From 15 March, which no month's end saw, to 20 May are 66 days; B's own end is not taken for A's."""
    table = typed("""
        customer  start       end         mrr
        A         2024-01-10  2024-02-20  100
        A         2024-03-10  2024-03-15  100
        A         2024-05-20  -           100
        B         2024-01-10  2024-05-19  100
    """)
    found = by_month(ENGINES[engine](table), start="2024-05", reactivation_days=reactivation_days)
    assert found == {"2024-05": {movement: 100.0, "churn": -100.0, "closing": 100.0}}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("reactivation_days", "movement"), [(30, "reactivation"), (29, "new")])
def test_an_end_in_the_month_of_the_return_is_none_before_it(reactivation_days, movement, engine):
    """From 10 February to 11 March are 30 days; the end on the 14th is after the return."""
    table = typed("""
        customer  start       end         mrr
        A         2024-01-10  2024-02-10  100
        A         2024-03-11  2024-03-14  70
        A         2024-03-20  -           100
    """)
    found = by_month(ENGINES[engine](table), start="2024-03", reactivation_days=reactivation_days)
    assert found == {"2024-03": {movement: 100.0, "closing": 100.0}}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_customer_may_be_away_from_a_millionth_to_a_millionth(engine):
    """24 days, and not since a time before all days."""
    table = ENGINES[engine](
        typed("""
        customer  start       end         mrr
        A         2024-01-01  2024-02-10  0.000001
        A         2024-03-05  -           0.000001
        """)
    )
    found = by_month(table, through="2024-03", reactivation_days=24)
    assert found["2024-03"] == {"reactivation": 0.000001, "closing": 0.000001}
    assert by_month(table, through="2024-03", reactivation_days=23)["2024-03"] == {"new": 0.000001, "closing": 0.000001}


def test_a_customer_who_comes_back_as_new_is_counted_as_new():
    table = movements(ledger(GAP), start="2024-03", reactivation_days=9)
    assert table[COUNTS].values.tolist() == [[1, 0, 0, 0, 0]]


# The last month reported


def edge_of(text: str, **settings) -> str:
    return month_label(data_edge(read_ledger(ledger(text)), Settings.of(settings)))


def test_the_data_tells_of_the_month_of_the_last_start():
    text = """
        customer  start       end         mrr
        A         2024-01-01  -           100
        B         2024-03-20  -           100
        C         2024-01-01  2024-02-10  100
    """
    assert edge_of(text) == "2024-03"


def test_where_some_subscriptions_run_on_the_data_tells_of_the_month_of_the_last_end():
    text = """
        customer  start       end         mrr
        A         2024-01-01  -           100
        B         2024-01-01  2024-04-01  100
    """
    assert edge_of(text) == "2024-04"


@pytest.mark.parametrize(
    ("end", "settings", "edge"),
    [
        ("2024-04-01", {}, "2024-03"),
        ("2024-04-02", {}, "2024-04"),
        ("2024-03-31", {"end_date": "inclusive"}, "2024-03"),
        ("2024-04-01", {"end_date": "inclusive"}, "2024-04"),
    ],
)
def test_where_all_lines_end_the_data_tells_of_the_month_of_the_last_day_of_service(end, settings, edge):
    text = f"""
        customer  start       end         mrr
        A         2024-01-01  2024-02-10  100
        B         2024-01-01  {end}       100
    """
    assert edge_of(text, **settings) == edge


def test_a_cancellation_is_an_end_only_where_churn_is_on_its_day():
    text = """
        customer  start       end         cancelled   mrr
        A         2024-01-01  2024-06-01  2024-03-15  100
        B         2024-01-01  -           -           50
    """
    assert (edge_of(text), edge_of(text, churn_on="cancelled")) == ("2024-06", "2024-03")


def test_a_day_on_which_a_line_stopped_is_its_end_only_where_statuses_are_todays():
    text = """
        customer  start       end         status  paused_at   mrr
        A         2024-01-01  2024-06-01  paused  2024-03-15  100
        B         2024-01-01  -           active  2024-05-01  50
    """
    assert (edge_of(text), edge_of(text, status="line")) == ("2024-03", "2024-06")
    assert edge_of(text, paused="counted") == "2024-06"
    assert edge_of(text.replace("2024-03-15", "2024-07-15")) == "2024-06"


def test_months_that_are_asked_for_are_shown_also_where_nothing_was_paid():
    text = """
        customer  start       end         mrr
        A         2024-01-05  2024-01-20  100
        B         2024-02-01  -           0
    """
    for table in (ledger(text), ledger(text)[:0]):
        shown = movements(table, start="2024-01", to="2024-03", through="2024-04")
        assert shown["closing"].tolist() == [0, 0, 0]
        assert movements(table, to="2024-03", through="2024-04")["closing"].tolist() == []
    paid = ledger(text.replace("-           0", "-           7"))
    shown = movements(paid, to="2024-03", through="2024-05")
    assert (shown["month"].astype(str).tolist(), shown["closing"].tolist()) == (["2024-02", "2024-03"], [7, 7])


def test_the_export_of_a_ledger_whose_lines_all_end_makes_no_churn_at_its_edge():
    table = ledger(SAAS_METRICS)
    assert by_month(table, start="2024-02") == {"2024-02": {"closing": 500.0}}
    assert by_month(table, start="2024-03", through="2024-03") == {"2024-03": {"churn": -500.0, "closing": 0.0}}


def test_a_schedule_tells_of_its_last_month():
    table = pl.DataFrame({"customer": ["A"], "2024-01": [1], "2024-02": [1]})
    assert month_label(data_edge(read_ledger(table), Settings(end_date="inclusive"))) == "2024-02"
    assert month_label(data_edge(read_ledger(table), Settings())) == "2024-02"


def test_the_open_month_and_the_future_are_not_reported():
    today = dt.date.today()
    table = pl.DataFrame(
        {"customer": ["A", "B"], "start": [dt.date(2024, 1, 1), today + dt.timedelta(days=400)], "mrr": [1, 2]}
    )
    book = Book(read_ledger(table))
    assert book.through == latest_complete(today)
    assert movements(table)["closing"].iloc[-1] == 1.0


def test_nothing_after_the_last_month_reported_is_a_movement():
    text = """
        customer  start       end         mrr
        A         2024-01-01  2024-04-10  100
        B         2024-03-05  -           50
    """
    assert by_month(ledger(text), through="2024-02") == {
        "2024-01": {"new": 100.0, "closing": 100.0},
        "2024-02": {"closing": 100.0},
    }
    assert list(by_month(ledger(text), through="2024-06"))[-1] == "2024-06"


def test_a_month_after_the_last_one_reported_is_undefined():
    table = ledger(SAAS_METRICS)
    assert metric("MRR", table, through="2023-12") == 400.0
    assert pd.isna(metric("MRR", table, "2024-01", through="2023-12"))
    values = metric("MRR_CUSTOMERS", table, ["2023-12", "2024-01", "2023-01"], through="2023-12")
    assert values.fillna(-1).tolist() == [3.0, -1.0, 4.0]
    assert [str(month) for month in values.index] == ["2023-12", "2024-01", "2023-01"]


@pytest.mark.parametrize("name", ["MRR_HHI", "MRR_TOP_SHARE", "MRR_COMMITTED", "MRR_GROWTH_YOY", "MRR_NRR"])
def test_so_is_what_is_computed_from_the_customers(name):
    both = metric(name, ledger(SAAS_METRICS), ["2024-01", "2024-02"], through="2024-01")
    assert both.notna().tolist() == [True, False]


def test_a_report_may_end_before_the_first_start():
    assert movements(ledger(SAAS_METRICS), through="2022-12").empty
    assert metric("MRR", ledger(SAAS_METRICS), through="2022-12") == 0.0


# Parts of a ledger

PLANS = """
    customer  start       end         mrr  plan   Region  seats
    A         2024-01-01  -           100  Pro    EU      5
    A         2024-02-01  -           10   Basic  EU      1
    B         2024-01-01  2024-03-10  50   Basic  US      10
    C         2024-02-01  -           70   Pro    -       10
"""


@pytest.mark.parametrize(
    ("where", "mrr"),
    [
        (None, 230.0),
        ("", 230.0),
        ("plan=Pro", 170.0),
        (" PLAN = pro ", 170.0),
        ("plan<>Pro", 60.0),
        ("plan=Pro; region=EU", 100.0),
        ("plan=Pro; region=US", 0.0),
        ("plan<>Pro; region<>US;", 10.0),
        ("region=", 70.0),
        ("region<>", 160.0),
        ("account=A", 110.0),
        ("seats=10", 120.0),
    ],
)
@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_where_picks_lines_by_what_stands_in_a_column(frame, where, mrr):
    table = frame(ledger(PLANS).rename({"customer": "account"}).to_dict(as_series=False))
    assert metric("MRR", table, "2024-02", where=where, through="2024-03") == mrr


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_where_compares_numbers_as_numbers(frame):
    table = frame(
        {"customer": ["A", "B", "C"], "start": ["2024-01-01"] * 3, "mrr": [1, 2, 4], "seats": [5.0, 10.0, None]}
    )
    assert metric("MRR", table, "2024-01", where="seats=10") == 2.0
    assert metric("MRR", table, "2024-01", where="seats=5.0") == 1.0
    assert metric("MRR", table, "2024-01", where="seats<>5") == 6.0


def test_the_movements_of_a_part_are_those_of_its_lines_alone():
    assert by_month(ledger(PLANS), where="plan=Basic", through="2024-03") == {
        "2024-01": {"new": 50.0, "closing": 50.0},
        "2024-02": {"new": 10.0, "closing": 60.0},
        "2024-03": {"churn": -50.0, "closing": 10.0},
    }


def test_a_part_ends_with_the_month_that_the_whole_ledger_ends_with():
    table = ledger("""
        customer  start       end         mrr  plan
        A         2024-01-01  2024-05-01  100  Pro
        B         2024-01-01  2024-02-01  50   Basic
    """)
    assert by_month(table, where="plan=Basic") == {
        "2024-01": {"new": 50.0, "closing": 50.0},
        "2024-02": {"churn": -50.0, "closing": 0.0},
        "2024-03": {"closing": 0.0},
        "2024-04": {"closing": 0.0},
    }


# Metrics over months


def test_a_metric_gives_one_number_for_a_month_and_a_series_for_several():
    table = ledger(SAAS_METRICS)
    assert metric("net new", table, "2024-01") == metric("MRR_NET_NEW", table, dt.date(2024, 1, 31)) == 100.0
    series = metric("MRR_NET_NEW", table, pd.period_range("2023-05", "2023-07", freq="M"))
    assert series.tolist() == [0.0, -100.0, 0.0]
    assert metric("MRR", table) == 500.0  # the last month reported


@pytest.mark.parametrize("name", ["MRR_GROWTH", "MRR_LOGO_CHURN"])
def test_a_rate_over_an_opening_of_0_is_undefined(name):
    assert pd.isna(metric(name, ledger(SAAS_METRICS), "2023-01"))


def test_a_quick_ratio_where_nothing_is_lost_and_an_average_of_nobody_are_undefined():
    assert pd.isna(metric("MRR_QUICK_RATIO", ledger(SAAS_METRICS), "2023-02"))
    assert pd.isna(metric("MRR_ARPA", ledger(SAAS_METRICS), "2024-03", through="2024-03"))


def test_the_metrics_of_the_movements_are_the_columns_of_the_table():
    table = movements(ledger(SAAS_METRICS))
    months = table["month"].tolist()
    columns = {
        "MRR": "closing",
        "MRR_OPENING": "opening",
        "MRR_NEW": "new",
        "MRR_REACTIVATION": "reactivation",
        "MRR_EXPANSION": "expansion",
        "MRR_CONTRACTION": "contraction",
        "MRR_CHURN": "churn",
        "MRR_NET_NEW": "net_new",
        "MRR_CUSTOMERS": "closing_customers",
        "MRR_NEW_CUSTOMERS": "new_customers",
        "MRR_CHURNED_CUSTOMERS": "churned_customers",
    }
    for name, column in columns.items():
        assert metric(name, ledger(SAAS_METRICS), months).tolist() == table[column].tolist(), name
    assert metric("ARR", ledger(SAAS_METRICS), months).tolist() == (12 * table["closing"]).tolist()
    assert set(columns) <= set(REGISTRY)


def test_the_detail_lists_the_customers_behind_the_movements_the_largest_first():
    found = metric("MRR_DETAIL", ledger(SAAS_METRICS), "2024-01")
    assert found.values.tolist() == [
        ["D", "new", 0.0, 50.0, 50.0],
        ["C", "reactivation", 0.0, 80.0, 80.0],
        ["B", "expansion", 100.0, 150.0, 50.0],
        ["E", "contraction", 200.0, 120.0, -80.0],
    ]
    new = metric("MRR_DETAIL", ledger(SAAS_METRICS), "2023-01", movement=" New ")
    assert new["customer"].tolist() == ["E", "A", "B", "C"]
    assert metric("MRR_DETAIL", ledger(SAAS_METRICS), "2023-02").empty


# Checks

CHECKED = """
    customer  start       end         mrr  status
    A         2024-01-01  -           100  active
    A         2024-01-01  -           100  active
    B         2024-01-01  -           50   trialing
    C         2024-02-03  2024-02-20  30   active
    D         2024-09-01  -           70   active
    E         2024-01-01  2024-08-01  20   active
"""


BESIDE = (
    "1 line runs beside another of the same customer, product and price (row 3), and all count: remove what is "
    "repeated, or tell subscriptions apart in a column subscription"
)
READ_AS = "customer as customer, start as start, end as end, mrr as mrr, status as status"


def test_the_checks_name_every_line_that_is_left_out_and_why():
    found = metric("MRR_CHECKS", ledger(CHECKED), through="2024-03")
    assert found.astype(object).where(found.notna(), None).values.tolist() == [
        ["lines read", "OK", 6, 2, "recognised as subscriptions"],
        ["columns read", "OK", 0, None, READ_AS],
        ["columns not read", "OK", 0, None, "none"],
        ["amounts", "OK", 0, None, "already per month"],
        ["same line twice", "note", 1, 3, "equal in every column, and counted each time"],
        ["overlapping lines", "problem", 1, 3, BESIDE],
        ["gaps under 60 days", "OK", 0, None, "none"],
        ["cancelled without an end", "OK", 0, None, "none"],
        ["what an end is", "OK", 0, None, "the first day without service"],
        ["lines without MRR", "OK", 0, None, "none"],
        ["began and ended within a month", "note", 1, 5, "they are not in any month's MRR"],
        ["rows of totals", "OK", 0, None, "none"],
        ["names of customers", "OK", 0, None, "none alike"],
        ["statuses", "OK", 0, None, "each is that of the whole line"],
        ["left out: status", "note", 1, 4, "not counted"],
        ["left out: usage", "OK", 0, None, "none"],
        ["left out: one time", "OK", 0, None, "none"],
        ["left out: tax", "OK", 0, None, "none"],
        ["left out: fee", "OK", 0, None, "none"],
        ["exchange rates", "OK", 0, None, "one currency"],
        ["edge of the data", "OK", 0, None, "none"],
        ["start in the future", "note", 1, 6, "not in MRR; they are in MRR_COMMITTED"],
        ["start after the report", "OK", 0, None, "none"],
        ["end after the report", "note", 1, 7, "they count to 2024-03"],
        ["movements make the closing", "OK", 0, None, "in 3 months, to the last millionth"],
        ["periods make the closing", "OK", 0, None, "MRR of 2024-03 is 220.00"],
        ["customers add up", "OK", 0, None, "2 at the end of 2024-03"],
        ["segments add up", "OK", 0, None, "there is no column plan, product, region, country"],
        ["gross reconciles to net", "OK", 0, None, "netting is net"],
    ]


def test_where_every_end_is_scheduled_nothing_is_committed():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-06-01  100
        B         2024-02-01  2024-02-01  50
    """)
    shown = metric("MRR_COMMITTED", table, ["2024-01", "2024-02", "2024-03"], through="2024-03")
    assert shown.tolist() == [0, 0, 0]
    assert metric("MRR_FX", table, "2024-02", through="2024-03") == 0


def test_annual_prices_that_no_column_says_to_be_annual_are_a_problem():
    def amounts(**renamed: str) -> list[object]:
        table = ledger("""
            customer  start       amount  billing   plan
            A         2024-01-01  1200    year      Pro
            B         2024-01-01  300     quarter   month
            C         2024-01-01  100     month     Pro
        """)
        found = metric("MRR_CHECKS", table.rename(renamed), through="2024-03")
        return found.loc[found["check"] == "amounts", ["result", "says"]].iloc[0].tolist()

    says = "taken as per month, though column deal says month, quarter, year; "
    assert amounts(billing="deal") == [
        "problem",
        f"{says}if that is the interval, name it interval or add such a column; if the amounts are per month, name "
        "them mrr",
    ]
    assert amounts() == ["OK", "per interval"]
    assert amounts(billing="interval") == ["OK", "per interval"]
    assert amounts(amount="mrr") == ["note", "already per month; interval does not change them"]


def test_a_column_with_an_interval_among_other_words_is_asked_about():
    found = metric("MRR_CHECKS", ledger("""
        customer  start       amount  offer
        A         2024-01-01  1200    annual
        B         2024-01-01  300     basic
    """), through="2024-03")  # fmt: skip
    answer = found.loc[found["check"] == "amounts", ["result", "says"]].iloc[0].tolist()
    assert answer == [
        "problem",
        "taken as per month, though column offer says annual; if that is the interval, name it interval or add such a "
        "column; if the amounts are per month, name them mrr",
    ]


def test_the_checks_of_a_ledger_without_anything_to_say():
    found = metric("MRR_CHECKS", ledger(SAAS_METRICS), through="2024-03")
    assert found.loc[found["result"] != "OK", "check"].tolist() == ["edge of the data"]
    assert found["lines"].tolist()[1:] == [0] * (len(found) - 1)
