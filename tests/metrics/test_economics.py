"""What a customer is worth and costs: worked figures, recomputation, and what is undefined."""

from __future__ import annotations

import math
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrr_xl import MrrError, metric
from mrr_xl.functions.sheet_functions import sheet_functions
from support.ledgers import ledger

MONTHS = [f"2024-{number:02d}" for number in range(1, 11)]


def revolving(customers: int, joining: int, price: float, months: int = 8) -> pd.DataFrame:
    """So many customers at all times; every month the oldest leave, and as many join."""
    rows = [
        (f"customer {place + joining * month}", MONTHS[month], price)
        for month in range(months)
        for place in range(customers)
    ]
    return pd.DataFrame(rows, columns=["customer", "month", "mrr"])


def test_chartmogul_lifetime_value():
    """ChartMogul, customer lifetime value: ARPA 100 and a churn of 5 % give 2,000."""
    table = revolving(customers=20, joining=1, price=100)
    assert metric("MRR_LOGO_CHURN", table, "2024-08") == 0.05
    assert metric("MRR_LTV", table, "2024-08") == pytest.approx(2000)
    assert metric("MRR_LTV", table, "2024-08", gross_margin=0.8) == pytest.approx(1600)
    assert metric("MRR_LTV", table, "2024-08", gross_margin="75%") == pytest.approx(1500)


def test_lifetime_value_needs_six_months_of_churn_rates():
    """The first month has no opening customers, hence no rate: the seventh is the first with six rates."""
    table = revolving(customers=20, joining=1, price=100)
    found = metric("MRR_LTV", table, ["2023-06", *MONTHS[:8]]).tolist()
    assert [math.isnan(value) for value in found] == [True] * 7 + [False] * 2


def test_lifetime_value_is_undefined_where_nobody_left():
    table = ledger("""
        customer  start       end         mrr
        A         2023-01-01  -           100
        B         2023-01-01  2023-03-01  100
    """)
    rules = {"through": "2023-12"}
    assert metric("MRR_LTV", table, "2023-08", settings=rules) == pytest.approx(100 / (0.5 / 6))
    assert math.isnan(metric("MRR_LTV", table, "2023-09", settings=rules))
    function = sheet_functions()["MRR_LTV"]
    cells = [table.columns, *table.rows()]
    given = {"month": [["2023-08", "2023-09"]], "settings": [["through", "2023-12"], ["gross_margin", 0.5]]}
    assert function(cells, *(given.get(name) for name in list(function.__signature__.parameters)[1:])) == [
        [pytest.approx(600), "#N/A"]
    ]


LENGTH = 10


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("ABCDEF"), st.lists(st.sampled_from([0, 10, 20]), min_size=LENGTH, max_size=LENGTH), min_size=1
    ).filter(lambda paid: any(map(any, paid.values())))
)
def test_lifetime_value_is_as_recomputed_month_by_month(paid):
    rows = [(who, MONTHS[place], mrr) for who, row in paid.items() for place, mrr in enumerate(row) if mrr]
    table = pd.DataFrame(rows, columns=["customer", "month", "mrr"])

    def rate(place: int) -> Fraction | None:
        opening = [who for who, row in paid.items() if place and row[place - 1]]
        return Fraction(sum(not paid[who][place] for who in opening), len(opening)) if opening else None

    expected = []
    for place in range(LENGTH):
        rates = [rate(month) for month in range(place - 5, place + 1)] if place >= 5 else [None]
        now = [row[place] for row in paid.values() if row[place]]
        known = None not in rates and any(rates) and now
        expected.append(float(Fraction(sum(now), len(now)) * 4 / 5 / (sum(rates) / 6)) if known else math.nan)
    found = metric("MRR_LTV", table, MONTHS, through=MONTHS[-1], gross_margin=0.8).tolist()
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("margin", [0, -0.2, 1.5, 80, "much", True])
def test_a_gross_margin_is_a_fraction(margin, northstar):
    with pytest.raises(MrrError) as error:
        metric("MRR_LTV", northstar, gross_margin=margin)
    assert str(error.value).startswith("setting gross_margin cannot be ")
    assert str(error.value).endswith("; it must be a fraction above 0 and up to 1")
    with pytest.raises(MrrError, match=r"is not a gross margin; write a fraction above 0 and up to 1$"):
        metric("MRR_CAC_PAYBACK", spend=1, new_mrr=1, gross_margin=margin)


# Plain arithmetic


@pytest.mark.parametrize(
    ("name", "given", "result"),
    [
        # 12,000 to win 1,500 of MRR: 8 months, or 11.4 at a margin of 70 %.
        ("MRR_CAC_PAYBACK", {"spend": 12000, "new_mrr": 1500}, 8),
        ("MRR_CAC_PAYBACK", {"spend": 12000, "new_mrr": 1500, "gross_margin": "70%"}, 12000 / 1050),
        ("MRR_LTV_CAC", {"ltv": 1500, "cac": 500}, 3),
        # 60,000 of new ARR for a spend of 40,000 in the quarter before.
        ("MRR_MAGIC_NUMBER", {"net_new_mrr": 5000, "spend": 40000}, 1.5),
        ("MRR_MAGIC_NUMBER", {"net_new_mrr": -100, "spend": 400}, -3),
        # David Sacks: 2,000,000 burned in a quarter that adds 1,000,000 of ARR are 2 ×, 5,000,000 are 5 ×.
        ("MRR_BURN_MULTIPLE", {"net_burn": 2_000_000, "net_new_mrr": 1_000_000 / 12}, 2),
        ("MRR_BURN_MULTIPLE", {"net_burn": 5_000_000, "net_new_mrr": 1_000_000 / 12}, 5),
        # SaaSGrid: a company that is profitable has a negative multiple.
        ("MRR_BURN_MULTIPLE", {"net_burn": -60_000, "net_new_mrr": 5000}, -1),
        ("MRR_BURN_MULTIPLE", {"net_burn": 0, "net_new_mrr": 5000}, 0),
        # Figures in millions: 0.6 of new ARR.
        ("MRR_BURN_MULTIPLE", {"net_burn": 1.2, "net_new_mrr": 0.05}, 2),
        ("MRR_LTV_CAC", {"ltv": 0.003, "cac": 0.001}, 3),
        # Brad Feld: growing at 50 %, you can lose 10 %.
        ("MRR_RULE_OF_40", {"growth": "50%", "margin": "-10%"}, 0.4),
    ],
)
def test_worked_figures(name, given, result):
    assert metric(name, **given) == pytest.approx(result)


UNDEFINED = [
    ("MRR_CAC_PAYBACK", (100.0, 0.0, None)),
    ("MRR_LTV_CAC", (2000.0, 0.0)),
    ("MRR_MAGIC_NUMBER", (5000.0, 0.0)),
    # Without more ARR there is nothing that the burn has bought.
    ("MRR_BURN_MULTIPLE", (5000.0, 0.0)),
    ("MRR_BURN_MULTIPLE", (5000.0, -1.0)),
    ("MRR_BURN_MULTIPLE", (1.2, -0.05)),
    ("MRR_BURN_MULTIPLE", (-5000.0, -1.0)),
]


@pytest.mark.parametrize(("name", "given"), UNDEFINED)
def test_a_division_by_nothing_is_not_available(name, given):
    function = sheet_functions()[name]
    assert function(*given) == "#N/A"
    filled = {key: value for key, value in zip(function.__signature__.parameters, given) if value is not None}
    assert math.isnan(metric(name, **filled))


def test_what_is_computed_from_something_undefined_is_undefined():
    functions = sheet_functions()
    assert functions["MRR_LTV_CAC"]("#N/A", 500.0) == "#N/A"
    assert functions["MRR_LTV_CAC"]([[2000.0], [-2146826246], [1000.0]], 500.0) == [[4.0], ["#N/A"], [2.0]]
    assert functions["MRR_RULE_OF_40"](0.3, "#N/A") == "#N/A"
    assert functions["MRR_BURN_MULTIPLE"](100.0, "#N/A") == functions["MRR_BURN_MULTIPLE"]("#N/A", 1.0) == "#N/A"
    assert math.isnan(metric("MRR_LTV_CAC", ltv=math.nan, cac=500))
    assert sheet_functions(undefined="none")["MRR_LTV_CAC"](1.0, 0.0) == "none"


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("MRR_LTV_CAC", {"ltv": -1, "cac": 2}, "-1 is not a lifetime value; it cannot be negative"),
        ("MRR_CAC_PAYBACK", {"spend": -1, "new_mrr": 2}, "-1 is not a spend; it cannot be negative"),
        ("MRR_LTV_CAC", {"ltv": 2000}, "MRR_LTV_CAC needs cac: what it costs to win a customer"),
        ("MRR_BURN_MULTIPLE", {"net_burn": "much", "net_new_mrr": 1}, "'much' is not a net burn; write a plain number"),
        ("MRR_RULE_OF_40", {"growth": "fast", "margin": 0}, "'fast' is not a growth; write a plain number such as "),
    ],
)
def test_a_mistake_is_a_sentence(name, given, message):
    with pytest.raises(MrrError) as error:
        metric(name, **given)
    assert str(error.value).startswith(message)
