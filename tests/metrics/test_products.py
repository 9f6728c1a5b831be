"""Upsell, cross-sell, downsell and product churn: worked ledgers, and every customer looked at by month and product."""

import pytest
from hypothesis import given

from mrr_xl import MrrError, metric
from mrr_xl.sources.columns import recognise
from support.ledgers import ledger
from support.oracle import (
    ENGINES,
    Month,
    Rules,
    frame_of,
    lines_at_random,
    many_lines,
    mrr_by_month,
    repeatably,
    some_lines,
    throughs,
)

SOLD = """
    customer  start       end         mrr  product
    A         2024-01-01  2024-02-01  100  CRM
    A         2024-02-01  -           150  CRM
    A         2024-02-10  -           20   Mail
    B         2024-01-01  2024-02-15  100  CRM
    B         2024-02-15  -           130  Mail
    B         2024-03-05  -           40   CRM
    C         2024-02-01  -           70   Mail
"""


def test_a_product_that_the_customer_never_had_is_cross_sell():
    table, months = ledger(SOLD), ["2024-01", "2024-02", "2024-03"]
    # February: A gains 50 in CRM and 20 in Mail; B changes from CRM to Mail for 30 more; C is new.
    assert metric("MRR_CROSS_SELL", table, months).tolist() == [0.0, 50.0, 0.0]
    # March: B takes CRM again, which it had before.
    assert metric("MRR_UPSELL", table, months).tolist() == [0.0, 50.0, 40.0]


GIVEN_UP = """
    customer  start       end         mrr  product
    A         2024-01-01  2024-02-10  100  CRM
    A         2024-02-10  -           60   CRM
    A         2024-01-01  2024-02-20  30   Mail
    B         2024-01-01  2024-02-15  100  CRM
    B         2024-02-15  -           90   Mail
    C         2024-01-01  2024-02-01  70   Mail
    D         2024-01-01  -           50   CRM
    D         2024-01-01  2024-02-01  20   Mail
    D         2024-02-03  -           30   CRM
"""


def test_a_product_that_the_customer_has_no_longer_is_product_churn():
    """A pays 40 less for CRM and gave up Mail; B changes from CRM to Mail for 10 less; C left, and D pays 10 more."""
    table, months = ledger(GIVEN_UP), ["2024-01", "2024-02"]
    assert metric("MRR_CONTRACTION", table, months).tolist() == [0.0, -80.0]
    assert metric("MRR_PRODUCT_CHURN", table, months).tolist() == [0.0, -40.0]
    assert metric("MRR_DOWNSELL", table, months).tolist() == [0.0, -40.0]
    assert metric("MRR_UPSELL", table, months).tolist() == [0.0, 10.0]


def test_with_gross_netting_each_day_is_looked_at_by_itself():
    """D gave up Mail on the 1st and pays 30 more for CRM on the 3rd; B changes on one day."""
    table, months = ledger(GIVEN_UP), ["2024-01", "2024-02"]
    assert metric("MRR_CONTRACTION", table, months, netting="gross").tolist() == [0.0, -100.0]
    assert metric("MRR_PRODUCT_CHURN", table, months, netting="gross").tolist() == [0.0, -60.0]
    assert metric("MRR_DOWNSELL", table, months, netting="gross").tolist() == [0.0, -40.0]
    assert metric("MRR_UPSELL", table, months, netting="gross").tolist() == [0.0, 30.0]
    assert metric("MRR_UPSELL", table, "2024-02", netting="gross", period="quarter", through="2024-03") == 30.0
    assert metric("MRR_PRODUCT_CHURN", table, "2024-02", netting="gross", period="quarter", through="2024-03") == -60.0


@pytest.mark.parametrize("name", ["MRR_UPSELL", "MRR_CROSS_SELL", "MRR_DOWNSELL", "MRR_PRODUCT_CHURN"])
def test_without_a_column_product_nobody_can_say(name):
    with pytest.raises(MrrError, match=rf"^{name} needs a column product that says what is sold; there is none$"):
        metric(name, ledger("customer start mrr\nA 2024-01-01 5"))


def test_a_product_may_have_an_id_and_a_name():
    assert recognise(["customer", "start", "mrr", "Product name", "Product ID"]).roles["product"] == "Product ID"


def looked_at(lines, through) -> dict[str, list[int]]:
    """Upsell and cross-sell of every month, from every customer's MRR by month and product (the lines' plan)."""
    whole = mrr_by_month(lines, Rules(), through)
    length = len(next(iter(whole.values()), []))
    sums = {"MRR_UPSELL": [0] * length, "MRR_CROSS_SELL": [0] * length}
    for customer, mrrs in whole.items():
        own = []
        for plan in {line.plan for line in lines}:
            part = [line for line in lines if (line.customer, line.plan) == (customer, plan)]
            mrr = mrr_by_month(part, Rules(), through).get(customer, [])
            own.append([0] * (length - len(mrr)) + mrr)
        for month in range(1, length):
            expansion = mrrs[month] - mrrs[month - 1]
            if mrrs[month - 1] and expansion > 0:
                new = min(expansion, sum(mrr[month] for mrr in own if not any(mrr[:month])))
                sums["MRR_CROSS_SELL"][month] += new
                sums["MRR_UPSELL"][month] += expansion - new
    return sums


def computed(table, through, length) -> dict[str, list[int]]:
    months = metric("MRR_MOVEMENTS", table, through=str(through))["month"].astype(str).tolist()[-length or None :]
    return {
        name: [round(value * 1e6) for value in metric(name, table, months, through=str(through))] if length else []
        for name in ("MRR_UPSELL", "MRR_CROSS_SELL")
    }


@lines_at_random
@repeatably(25)
@given(lines=some_lines(), through=throughs)
def test_every_customer_looked_at_by_month_and_product_gives_the_same(lines, through):
    expected = looked_at(lines, through)
    table = frame_of(lines).rename({"plan": "product"})
    assert computed(table, through, len(expected["MRR_UPSELL"])) == expected


@lines_at_random
@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_same(engine):
    lines = [
        line._replace(plan=["Pro", "Basic", "Team"][place * 7 % 11 % 3]) for place, line in enumerate(many_lines(100))
    ]
    through = Month(2024, 8)
    expected = looked_at(lines, through)
    table = ENGINES[engine](frame_of(lines).rename({"plan": "product"}))
    assert computed(table, through, len(expected["MRR_UPSELL"])) == expected
