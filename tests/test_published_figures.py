"""The worked figures of other people's pages: what they give, and what they get."""

from __future__ import annotations

import polars as pl
import pytest

import mrr_xl
from mrr_xl import metric, movements
from support.ledgers import ledger

MOVED = ["new", "reactivation", "expansion", "contraction", "churn"]


def moved(table, month, **rules) -> dict[str, float]:
    """The movements of a month that are not 0, in cents."""
    row = movements(table, start=month, to=month, **{"through": month, **rules}).iloc[0]
    return {name: float(round(row[name], 2)) for name in MOVED if row[name]}


def rounded(name, table, month, digits=4, **keywords):
    return round(metric(name, table, month, **keywords), digits)


# Quick ratios: (new + expansion) over (churn + contraction)


@pytest.mark.parametrize(
    ("new", "expansion", "churn", "contraction", "ratio", "net"),
    [
        # PitchKit, https://pitchkit.net/resources/glossary/quick-ratio
        pytest.param(20_000, 8_000, 5_000, 3_000, 3.5, 20_000, id="PitchKit"),
        # PrimeCalculator, https://www.theprimecalculator.com/business/saas-quick-ratio-calculator/formula
        pytest.param(25_000, 10_000, 8_000, 4_000, 2.92, 23_000, id="PrimeCalculator"),
        # Olune, https://getolune.com/startup-glossary/saas-quick-ratio
        pytest.param(4_000, 1_000, 900, 350, 4.0, 3_750, id="Olune"),
        pytest.param(4_000, 1_000, 1_800, 350, 2.33, 2_850, id="Olune, twice the churn"),
        pytest.param(12_000, 8_000, 5_000, 3_000, 2.5, 12_000, id="MetricKit"),
        pytest.param(50_000, 15_000, 10_000, 3_000, 5.0, 52_000, id="50k and 15k over 10k and 3k"),
    ],
)
def test_a_quick_ratio(new, expansion, churn, contraction, ratio, net):
    table = ledger(f"""
        customer  2024-01            2024-02
        joins     -                  {new}
        grows     100                {100 + expansion}
        shrinks   {100 + contraction}  100
        leaves    {churn}            -
    """)
    assert rounded("MRR_QUICK_RATIO", table, "2024-02", 2) == ratio
    assert metric("MRR_NET_NEW", table, "2024-02") == net


# Churn


TREEHOUSE = """
    customer  2024-01  2024-02
    1         500      500
    2         3000     {medium}
    3         3000     {medium}
    4         3000     3000
    5         3000     3000
    6         3000     3000
    7         3000     3000
    8         3000     3000
    9         3000     3000
    10        10000    {large}
"""


def test_treehouse_loses_two_medium_customers_or_the_large_one():
    """Treehouse: two of 3,000 leave, or the one of 10,000.

    https://teamtreehouse.com/library/introduction-to-churn-and-lifetime-value-ltv-analysis/mrr-churn-example-pt-2
    """
    table = ledger(TREEHOUSE.format(medium="-", large=10000))
    assert metric("MRR_OPENING", table, "2024-02") == 34_500
    assert rounded("MRR_GROSS_CHURN_RATE", table, "2024-02") == 0.1739
    assert metric("MRR_LOGO_CHURN", table, "2024-02") == 0.2
    table = ledger(TREEHOUSE.format(medium=3000, large="-"))
    assert rounded("MRR_GROSS_CHURN_RATE", table, "2024-02") == 0.2899
    assert metric("MRR_LOGO_CHURN", table, "2024-02") == 0.1


def test_forty_of_a_thousand_customers_are_4_percent():
    table = pl.DataFrame({"customer": range(1000), "2024-01": [50] * 1000, "2024-02": [0] * 40 + [50] * 960})
    assert metric("MRR_LOGO_CHURN", table, "2024-02") == 0.04


def test_chartmoguls_daily_rates_are_the_months_if_one_day_has_all_changes():
    """ChartMogul, MRR churn rate by the Shopify formula: a day from 100 to 95, gross; one from 100 to 120, net.

    https://help.chartmogul.com/hc/en-us/articles/203359341-Metric-MRR-Churn-Rate
    """
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-02-10  100
        A         2024-02-10  -           95
    """)
    assert metric("MRR_GROSS_CHURN_RATE", table, "2024-02") == 0.05
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-02-10  100
        A         2024-02-10  -           110
        B         2024-02-10  -           10
    """)
    assert metric("MRR", table, "2024-02") == 120
    assert metric("MRR_NET_CHURN_RATE", table, "2024-02") == -0.1


# MRR, its growth and its movements


def test_customers_times_prices():
    """Aidxn: 100 × 100 and 50 × 50. Others: 50 + 75 + 110; 200 × 50, then 206 × 50."""
    table = ledger("""
        customer  start       amount  quantity
        A         2024-01-01  100     100
        B         2024-01-01  50      50
    """)
    assert metric("MRR", table, "2024-01") == 12_500
    table = ledger("""
        customer  start       mrr
        A         2024-01-01  50
        B         2024-01-01  75
        C         2024-01-01  110
    """)
    assert metric("MRR", table, "2024-01") == 235
    table = ledger("""
        customer  month    amount  quantity
        A         2024-01  50      200
        A         2024-02  50      206
    """)
    assert metric("MRR", table, ["2024-01", "2024-02"]).tolist() == [10_000, 10_300]
    assert metric("MRR_GROWTH", table, "2024-02") == 0.03


def test_aidxn_grows_by_7_2_percent():
    """Aidxn: 12,500, then 1,000 new, 250 of expansion, 150 of contraction and 200 of churn."""
    table = ledger("""
        customer  2024-01  2024-02
        joins     -        1000
        grows     100      350
        shrinks   250      100
        leaves    200      -
        stays     11950    11950
    """)
    assert metric("MRR_OPENING", table, "2024-02") == 12_500
    assert metric("MRR_NET_NEW", table, "2024-02") == 900
    assert metric("MRR_GROWTH", table, "2024-02") == 0.072


def test_chartmogul_adds_two_seats():
    """ChartMogul: from 4 to 6 seats at 500 a year."""
    table = ledger("""
        customer  start       end         amount  interval  quantity
        A         2024-01-10  2024-02-10  500     year      4
        A         2024-02-10  -           500     year      6
    """)
    assert moved(table, "2024-02") == {"expansion": 83.33}
    assert metric("MRR", table, "2024-02") == 250


def test_chartmogul_lets_the_whole_mrr_leave_a_segment():
    """ChartMogul, chart data: from plan A at 50 to plan B at 30, 50 leave the segment A.

    https://help.chartmogul.com/hc/en-us/articles/203299912-Chart-Data
    """
    table = ledger("""
        customer  start       end         mrr  plan
        X         2024-01-01  2024-02-10  50   A
        X         2024-02-10  -           30   B
    """)
    assert moved(table, "2024-02", where="plan=A") == {"churn": -50}
    (left,) = metric("MRR_SEGMENTS", table, "2024-02", by="plan").query("segment == 'A'").to_dict("records")
    assert (left["transfer_out"], left["contraction"]) == (-30, -20)


def test_chargebee_loses_no_customer_by_a_lower_price():
    """Chargebee: from 100 to 70 is a contraction of 30, and no customer churns.

    https://support.chargebee.com/support/solutions/articles/264186-how-churn-is-calculated-in-the-chargebee-revenue-story
    """
    table = ledger("""
        customer  2024-01  2024-02
        A         100      70
    """)
    assert moved(table, "2024-02") == {"contraction": -30}
    assert metric("MRR_CHURNED_CUSTOMERS", table, "2024-02") == 0


def test_chargebee_expands_by_half():
    """Chargebee, expansion MRR: from 2,000 to 3,000 is 50 %.

    https://www.chargebee.com/docs/billing/2.0/reports-and-analytics/expansion-and-contraction-metrics
    """
    table = ledger("""
        customer  2024-01  2024-02
        A         2000     3000
    """)
    assert metric("MRR_EXPANSION", table, "2024-02") / metric("MRR_OPENING", table, "2024-02") == 0.5
    assert metric("MRR_NET_CHURN_RATE", table, "2024-02") == -0.5


def test_chargebee_loses_fifteen_customers():
    """Chargebee, voluntary cancellation MRR: 15 customers at 10. https://www.chargebee.com/docs/2.0/charts.html"""
    table = pl.DataFrame({"customer": range(15), "2024-01": [10] * 15, "2024-02": [0] * 15})
    assert moved(table, "2024-02") == {"churn": -150}
    assert metric("MRR_CHURNED_CUSTOMERS", table, "2024-02", through="2024-02") == 15


def test_zuora_adds_units():
    """Zuora, order metrics: 10 units at 5, and 13 from April.

    https://docs.zuora.com/en/zuora-billing/manage-accounts-subscriptions-and-non-subscriptions/manage-subscription-transactions/orders/order-delta-metrics-and-order-metrics/order-metrics/product-order-update-to-increase-quantity
    """
    table = ledger("""
        customer  start       end         amount  quantity
        A         2018-01-01  2018-04-01  5       10
        A         2018-04-01  -           5       13
    """)
    assert moved(table, "2018-01") == {"new": 50}
    assert moved(table, "2018-04") == {"expansion": 15}


def test_recurly_does_not_prorate():
    """Recurly: 100 from 29 March to 29 April count in full at the end of March.

    https://support.recurly.com/hc/en-us/articles/360027350412-How-Does-Recurly-s-MRR-Calculation-Handle-Prorated-Charges
    """
    table = ledger("""
        customer  start       end         amount  interval
        A         2024-03-29  2024-04-29  100     month
    """)
    assert metric("MRR", table, "2024-03") == 100


def test_fivetran_counts_a_month_only_if_its_last_day_is_paid():
    """Fivetran's dbt_stripe: 15 May to 15 June is all of May and nothing of June.

    https://github.com/fivetran/dbt_stripe/blob/main/DECISIONLOG.md
    """
    table = ledger("""
        customer  start       end         amount  interval
        A         2024-05-15  2024-06-15  100     month
    """)
    assert metric("MRR", table, ["2024-05", "2024-06"], through="2024-06").tolist() == [100, 0]


# Discounts


def test_profitwell_deducts_a_discount_until_it_ends():
    """ProfitWell: 10 a month less 10 % is 9, and 10 after the discount.

    https://learn.profitwell.com/category/WoBCXt3Wpj-calculating-metrics
    """
    table = ledger("""
        customer  start       end         amount  interval  discount
        A         2024-01-01  2025-01-01  120     year      10%
        A         2025-01-01  -           120     year      0%
    """)
    assert metric("MRR", table, ["2024-01", "2024-12", "2025-01"]).tolist() == [9, 9, 10]


def test_zuora_ends_a_discount():
    """Zuora: 50 less 10 % is 45; without the discount it is 5 more."""
    table = ledger("""
        customer  start       end         amount  discount
        A         2024-01-01  2024-02-01  50      10%
        A         2024-02-01  -           50      0%
    """)
    assert metric("MRR", table, "2024-01") == 45
    assert moved(table, "2024-02") == {"expansion": 5}


def test_zuora_has_a_gross_and_a_net_mrr():
    """Zuora, order delta MRR: from 50 to 65 with a discount of 20 % is 12 net and 15 gross.

    https://docs.zuora.com/en/zuora-billing/manage-accounts-subscriptions-and-non-subscriptions/manage-subscription-transactions/orders/order-delta-metrics-and-order-metrics/order-delta-mrr/order-delta-mrr---discounts
    """
    table = ledger("""
        customer  start       end         amount  quantity  discount
        A         2021-01-01  2021-04-01  5       10        20%
        A         2021-04-01  -           5       13        20%
    """)
    assert metric("MRR", table, ["2021-03", "2021-04"]).tolist() == [40, 52]
    assert moved(table, "2021-04") == {"expansion": 12}
    assert moved(table, "2021-04", discounts="ignore") == {"expansion": 15}


# Polar's tests (Apache-2.0), https://github.com/polarsource/polar/blob/main/server/tests/metrics/test_service.py


def test_polar_counts_a_trial_when_it_is_over():
    """One pays, one is on trial until March, one leaves its trial in February."""
    table = ledger("""
        customer  subscription  start       end         amount  status
        A         pays          2024-01-01  -           100     active
        A         stays         2024-01-01  2024-03-01  100     trialing
        A         stays         2024-03-01  -           100     active
        A         leaves        2024-01-01  2024-02-20  100     trialing
    """)
    assert metric("MRR", table, ["2024-01", "2024-02", "2024-03"]).tolist() == [100, 100, 200]
    assert metric("MRR_TRIAL", table, ["2024-01", "2024-02", "2024-03"]).tolist() == [200, 100, 0]
    table = ledger("""
        customer  subscription  start       end         amount  trial_end
        A         pays          2024-01-01  -           100     -
        A         stays         2024-01-01  -           100     2024-03-01
        A         leaves        2024-01-01  2024-02-20  100     2024-02-20
    """)
    months = ["2024-01", "2024-02", "2024-03"]
    assert metric("MRR", table, months, through="2024-03").tolist() == [100, 100, 200]
    assert metric("MRR_TRIAL", table, months, through="2024-03").tolist() == [200, 100, 0]


def test_polar_loses_one_of_two_subscriptions():
    table = ledger("""
        customer  subscription  start       end         cancelled   amount
        A         1             2024-01-01  2024-03-01  2024-02-15  100
        A         2             2024-01-01  -           -           100
    """)
    churn = metric("MRR_LOGO_CHURN", table, ["2024-02", "2024-03"], grain="subscription")
    assert churn.tolist() == [0, 0.5]


def test_polar_loses_one_of_five_subscriptions_on_the_day_of_cancellation():
    table = ledger("""
        customer  subscription  start       end         cancelled   amount
        A         1             2024-01-01  2024-03-01  2024-02-01  100
        A         2             2024-01-01  -           -           100
        A         3             2024-01-01  -           -           100
        A         4             2024-01-01  -           -           100
        A         5             2024-01-01  -           -           100
    """)
    rules = {"grain": "subscription", "churn_on": "cancelled"}
    assert metric("MRR_LOGO_CHURN", table, ["2024-02", "2024-03"], through="2024-03", **rules).tolist() == [0.2, 0]


def test_polar_converts_at_the_rates_of_the_month():
    """100 EUR at 3 and 100 GBP at 5 in January; at 1 and at 2 in February."""
    table = ledger("""
        customer  start       amount  currency
        A         2024-01-01  100     EUR
        B         2024-01-01  100     GBP
    """)
    rates = [("USD", "2024-01", 1), ("EUR", "2024-01", 3), ("GBP", "2024-01", 5)]
    rates += [("USD", "2024-02", 1), ("EUR", "2024-02", 1), ("GBP", "2024-02", 2)]
    months = ["2024-01", "2024-02"]
    assert metric("MRR", table, months, rates=rates, through="2024-02").tolist() == [800, 300]
    assert metric("MRR_ARPA", table, months, rates=rates, through="2024-02").tolist() == [400, 150]


def test_polar_divides_the_mrr_among_two_customers():
    table = ledger("""
        customer  start       amount  interval
        A         2024-01-01  100     month
        B         2024-01-01  1000    year
    """)
    assert rounded("MRR_ARPA", table, "2024-01", 2) == 91.67


def test_polar_deducts_a_discount_forever():
    table = ledger("""
        customer  start       amount  discount
        A         2024-01-01  100     50%
    """)
    assert metric("MRR", table, "2024-01") == 50


# Retention and lifetime value


@pytest.mark.parametrize(
    ("opening", "expansion", "contraction", "churn", "retention"),
    [(5_000_000, 0.18, 0.04, 0.09, 1.05), (12_500_000, 0.10, 0.06, 0.12, 0.92)],
)
def test_calcsimpler_keeps_105_and_92_percent(opening, expansion, contraction, churn, retention):
    """CalcSimpler: NRR from an opening and what is won, reduced and lost of it."""
    quarter = opening / 4
    table = ledger(f"""
        customer  start       end         mrr
        stays     2023-01-01  -           {quarter}
        grows     2023-01-01  2024-01-01  {quarter}
        grows     2024-01-01  -           {quarter + opening * expansion}
        shrinks   2023-01-01  2024-01-01  {quarter}
        shrinks   2024-01-01  -           {quarter - opening * contraction}
        remains   2023-01-01  -           {quarter - opening * churn}
        leaves    2023-01-01  2024-01-01  {opening * churn}
    """)
    assert metric("MRR", table, "2023-01") == opening
    assert rounded("MRR_NRR", table, "2024-01") == retention


def test_a_lifetime_value_of_2000():
    """80 at a churn of 4 % are 2,000; at a gross margin of 80 %, 1,600. One of 25 customers is replaced each month."""
    rows = [(f"c{n}", f"2024-{month:02}", 80) for month in range(1, 9) for n in range(month, month + 25)]
    table = pl.DataFrame(rows, schema=["customer", "month", "mrr"], orient="row")
    assert metric("MRR_LOGO_CHURN", table, "2024-08") == 0.04
    assert rounded("MRR_LTV", table, "2024-08") == 2000
    assert rounded("MRR_LTV", table, "2024-08", gross_margin=0.8) == 1600


# Intervals


@pytest.mark.parametrize(
    ("amount", "interval"), [(297, "3 months"), (594, "6 months"), (1188, "year"), (2376, "2 years")]
)
def test_profitable_has_99_a_month_of_each(amount, interval):
    """profitable, https://github.com/rameerez/profitable/blob/main/test/processors/base_test.rb"""
    assert mrr_xl.monthly(amount, interval) == 99


@pytest.mark.parametrize(("amount", "interval", "mrr"), [(60, "2 months", 30), (120, "year", 10)])
def test_kaching_divides_by_the_months(amount, interval, mrr):
    """Kaching."""
    assert mrr_xl.monthly(amount, interval) == mrr


# With settings of their own


def of_one_price(amount, interval):
    return ledger(f"""
        customer  start       amount    interval
        A         2024-01-01  {amount}  {interval}
    """)


@pytest.mark.parametrize(
    ("amount", "interval", "rules", "mrr"),
    [
        pytest.param(10, "day", {"day": "30.437"}, 304.37, id="Kaching, a day"),
        pytest.param(20, "week", {"week": "4.345"}, 86.9, id="Kaching, a week"),
        # https://github.com/rameerez/profitable/blob/main/test/processors/base_test.rb
        pytest.param(25, "week", {"week": "4"}, 100, id="profitable, a week"),
        pytest.param(50, "2-weeks", {"week": "4"}, 100, id="profitable, two weeks"),
        pytest.param(10, "day", {"day": "30"}, 300, id="profitable, a day"),
        pytest.param(20, "2-days", {"day": "30"}, 300, id="profitable, two days"),
        # https://knowledgecenter.zuora.com/BC_Subscription_Management/Customer_Accounts/A_How_to_Manage_Customer_Accounts/E_Key_Metrics/B_Monthly_Recurring_Revenue
        pytest.param(140, "week", {"week": "30/7"}, 600, id="Zuora, a week"),
        pytest.param(140, "2-weeks", {"week": "30/7"}, 300, id="Zuora, two weeks"),
    ],
)
def test_a_month_has_as_many_days_and_weeks_as_the_tool_says(amount, interval, rules, mrr):
    assert metric("MRR", of_one_price(amount, interval), "2024-01", **rules) == mrr


def test_stripe_deducts_a_discount_only_if_it_is_forever():
    """Stripe, discounts and MRR: a coupon of 50 % halves the MRR if it is forever; once and repeating ones do not.

    https://support.stripe.com/questions/impact-of-discounts-and-coupons-on-monthly-recurring-revenue-mrr-in-billing
    """
    table = ledger("""
        customer  start       amount  discount  discount_duration  discount_until
        forever   2024-01-01  100     50%       forever            -
        some      2024-01-01  100     50%       repeating          2024-04-01
        once      2024-01-01  100     50%       once               -
    """)
    assert [
        metric("MRR", table, "2024-01", discounts="forever", where=f"customer={customer}")
        for customer in ("forever", "some", "once")
    ] == [50, 100, 100]


def test_chartmogul_counts_a_customer_once_for_each_movement():
    """ChartMogul, chart data: since January 2025 the count is of customers, 14 with 15 activities in its example.

    https://help.chartmogul.com/hc/en-us/articles/203299912-Chart-Data
    """
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-05-06  100
        A         2024-05-06  2024-05-20  150
        A         2024-05-20  -           170
    """)
    assert moved(table, "2024-05", netting="gross") == {"expansion": 70}
    assert metric("MRR_EXPANDED_CUSTOMERS", table, "2024-05", netting="gross") == 1


@pytest.mark.parametrize(("days", "last"), [("unlimited", 100), ("30", 0), ("90", 100)])
def test_chartmogul_cancels_what_is_past_due_for_so_many_days(days, last):
    """ChartMogul, past-due subscriptions: they count until cancelled, or for 1 to 90 days.

    https://help.chartmogul.com/article/303-handling-past-due-subscriptions
    """
    table = ledger("""
        customer  start       mrr  status    past_due_since
        A         2024-01-01  100  past_due  2024-01-20
    """)
    months = ["2024-01", "2024-02"]
    assert metric("MRR", table, months, past_due_days=days, through="2024-02").tolist() == [100, last]
