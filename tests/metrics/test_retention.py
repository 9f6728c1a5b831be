"""Net and gross revenue retention and logo retention: worked figures, and every customer looked at month by month."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrr_xl import MrrError, metric
from mrr_xl.metrics.retention import retained
from support.ledgers import ledger, typed
from support.oracle import (
    ENGINES,
    Month,
    Rules,
    book_of,
    frame_of,
    lines_at_random,
    many_lines,
    mrr_by_month,
    repeatably,
    some_lines,
    throughs,
)

NAMES = ["MRR_NRR", "MRR_GRR", "MRR_LOGO_RETENTION"]

SAAS_METRICS = """
    customer  start       end         mrr
    A         2023-01-01  -           100
    B         2023-01-01  2024-01-01  100
    B         2024-01-01  -           150
    C         2023-01-01  2023-06-01  100
    C         2024-01-01  -           80
    D         2024-01-01  -           50
    E         2023-01-01  2024-01-01  200
    E         2024-01-01  -           120
"""


def test_saas_metrics_worked_example_after_twelve_months():
    """saas-metrics, worked example, month 13: 12-month NRR 90 %, GRR 80 %, logo retention 100 %."""
    found = {name: metric(name, ledger(SAAS_METRICS), "2024-01") for name in NAMES}
    assert found == {"MRR_NRR": 0.9, "MRR_GRR": 0.8, "MRR_LOGO_RETENTION": 1.0}


def test_chargebee_counts_growth_as_no_gross_retention():
    """Chargebee, gross revenue retention: opening 5,000, closing 6,000, the same customers: GRR 100 %."""
    table = ledger("""
        customer  2024-01  2024-02
        A         2000     2500
        B         3000     3500
    """)
    assert metric("MRR_GRR", table, "2024-02", months=1) == 1.0
    assert metric("MRR_NRR", table, "2024-02", months=1) == 1.2


@pytest.mark.parametrize("engine", ENGINES)
def test_a_customer_of_a_millionth_is_a_customer(engine):
    table = typed("""
        customer  start       end         mrr
        A         2024-01-01  2024-03-01  0.000001
        A         2024-03-01  2024-04-01  0.000003
        A         2024-04-01  -           0.000001
    """)
    months, given = ["2024-02", "2024-03", "2024-04"], {"months": 1, "through": "2024-04"}
    assert metric("MRR_NRR", ENGINES[engine](table), months, **given).tolist() == [1, 3, 1 / 3]
    assert metric("MRR_GRR", ENGINES[engine](table), months, **given).tolist() == [1, 1, 1 / 3]
    assert metric("MRR_LOGO_RETENTION", ENGINES[engine](table), months, **given).tolist() == [1, 1, 1]


def test_who_was_away_then_is_not_in_it_however_little_they_pay():
    """A is there in January and March, so that of January's two March has both; of February's, B alone."""
    table = ledger("""
        customer  2024-01   2024-02  2024-03   2024-04
        A         0.000001  -        0.000001  0.000001
        B         5         5        5         5
    """)
    assert metric("MRR_LOGO_RETENTION", table, ["2024-03", "2024-04"], months=2).tolist() == [1.0, 1.0]
    assert metric("MRR_NRR", table, ["2024-03", "2024-04"], months=2).tolist() == [1.0, 1.0]


def test_who_joined_later_is_never_in_it():
    table = ledger("""
        customer  2024-01  2024-02  2024-03
        A         100      50       50
        B         -        900      900
    """)
    assert metric("MRR_NRR", table, ["2024-02", "2024-03"], months=1).tolist() == [0.5, 1.0]
    assert metric("MRR_NRR", table, "2024-03", months=2) == 0.5


def test_it_is_undefined_where_nobody_was_there_then():
    table = ledger(SAAS_METRICS)
    for name in NAMES:
        shown = metric(name, table, ["2022-06", "2023-01", "2023-12", "2024-01", "2024-09"])
        assert [math.isnan(value) for value in shown] == [True, True, True, False, True]


def test_how_long_ago_is_a_setting_which_the_argument_overrides():
    table = ledger(SAAS_METRICS)
    assert metric("MRR_LOGO_RETENTION", table, "2023-06", months=1) == 0.75
    assert metric("MRR_LOGO_RETENTION", table, "2023-06", retention_months=5) == 0.75
    rules = {"retention_months": 5}
    assert metric("MRR_LOGO_RETENTION", table, "2024-01", months="8", settings=rules) == 1.0
    with pytest.raises(MrrError, match=r"^'soon' is not a number of months; write a whole number from 1 to 120$"):
        metric("MRR_NRR", table, months="soon")
    with pytest.raises(
        MrrError, match=r"^setting retention_months cannot be 0; it must be a whole number of months, 1 or more$"
    ):
        metric("MRR_NRR", table, retention_months=0)


def looked_at(customers: dict[str, list[int]], ago: int) -> list[tuple[int, ...]]:
    """For every month: what the customers of then pay now, at most what they paid, how many are left; then."""
    months = len(next(iter(customers.values()), []))
    found = []
    for month in range(months):
        pairs = [(mrr[month], mrr[month - ago] if month >= ago else 0) for mrr in customers.values()]
        pairs = [(now, then) for now, then in pairs if then]
        sums = [sum(now for now, _ in pairs), sum(map(min, pairs)), sum(now > 0 for now, _ in pairs)]
        found.append((*sums, sum(then for _, then in pairs), len(pairs)))
    return found


def computed(book, ago: int) -> list[tuple[int, ...]]:
    table = retained(book, ago)[["now", "least", "still", "then", "customers_then"]]
    return list(table.itertuples(index=False, name=None))


@lines_at_random
@repeatably(25)
@given(lines=some_lines(), through=throughs, ago=st.integers(1, 4), grace_days=st.sampled_from([0, 31]))
def test_every_customer_looked_at_month_by_month_gives_the_same(lines, through, ago, grace_days):
    rules = Rules(grace_days=grace_days)
    expected = looked_at(mrr_by_month(lines, rules, through), ago)
    assert computed(book_of(frame_of(lines), rules, through), ago) == expected


@lines_at_random
@pytest.mark.parametrize("ago", [1, 3])
@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_same(engine, ago):
    lines, through = many_lines(100), Month(2024, 8)
    book = book_of(ENGINES[engine](frame_of(lines)), Rules(), through)
    assert computed(book, ago) == looked_at(mrr_by_month(lines, Rules(), through), ago)


@lines_at_random
@repeatably(12)
@given(lines=some_lines(), through=throughs)
def test_gross_netting_changes_no_retention(lines, through):
    table, rules = frame_of(lines), {"through": str(through)}
    shown = ["2024-02", "2024-03", "2024-05"]
    for name in NAMES:
        net = metric(name, table, shown, months=2, settings=rules)
        gross = metric(name, table, shown, months=2, settings=rules | {"netting": "gross"})
        assert net.equals(gross)


# Brought to a year

FADING = """
    customer  2024-01  2024-02  2024-03  2024-04
    A         1000     1000     1000     1100
    B         500      500      400      400
    C         250      250      -        -
    D         250      250      250      250
    E         -        900      900      900
"""


def test_the_retention_of_three_months_brought_to_a_year():
    """Of 2,000 in January, 1,750 are paid in April (net), 1,650 of what was paid then (gross), by 3 of 4 customers."""
    table = ledger(FADING)
    year = {measure: metric("annual retention", table, "2024-04", measure=measure) for measure in ("net", "gross")}
    assert year == {"net": pytest.approx(0.875**4), "gross": pytest.approx(0.825**4)}
    assert metric("MRR_ANNUAL_RETENTION", table, "2024-04", measure="logos") == pytest.approx(0.75**4)
    assert metric("MRR_ANNUAL_RETENTION", table, "2024-04") == pytest.approx(0.586182, abs=1e-6)
    # Of 2,900 in February: 2,650 in April, 2,550 gross.
    assert metric("MRR_ANNUAL_RETENTION", table, "2024-04", months=2) == pytest.approx((2650 / 2900) ** 6)
    assert metric("MRR_ANNUAL_RETENTION", table, "2024-04", measure=" GROSS ", months="2") == pytest.approx(
        (2550 / 2900) ** 6
    )


def test_more_than_a_year_is_brought_to_one_as_well():
    """Of 400 two years ago, 100 are left: half of it a year."""
    table = ledger("""
        customer  start       end         mrr
        A         2022-01-01  -           100
        B         2022-01-01  2023-09-01  300
    """)
    assert metric("MRR_ANNUAL_RETENTION", table, "2024-01", months=24, through="2024-01") == pytest.approx(0.5)


def test_ten_years_are_the_longest():
    """Of 400 ten years ago, 100 are left."""
    table = ledger("""
        customer  start       end         mrr
        A         2014-01-01  -           100
        B         2014-01-01  2023-09-01  300
    """)
    found = metric("MRR_ANNUAL_RETENTION", table, "2024-01", months=120, through="2024-01")
    assert found == pytest.approx(0.25**0.1)
    with pytest.raises(MrrError, match=r"^121 is not a number of months; write a whole number from 1 to 120$"):
        metric("MRR_ANNUAL_RETENTION", table, "2024-01", months=121)


def test_a_year_of_what_is_undefined_is_undefined():
    table = ledger(FADING)
    shown = metric("MRR_ANNUAL_RETENTION", table, ["2023-06", "2024-01", "2024-03", "2024-04"])
    assert [math.isnan(value) for value in shown] == [True, True, True, False]
    # Nobody left of then is nothing, not undefined.
    left = ledger("""
        customer  2024-01  2024-02
        A         100      -
        B         -        100
    """)
    assert metric("MRR_ANNUAL_RETENTION", left, "2024-02", months=1) == 0
    with pytest.raises(MrrError, match=r"^'churn' is not a measure; it must be one of net, gross, logos$"):
        metric("MRR_ANNUAL_RETENTION", left, measure="churn")
    with pytest.raises(MrrError, match=r"^0 is not a number of months; write a whole number from 1 to 120$"):
        metric("MRR_ANNUAL_RETENTION", left, months=0)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@lines_at_random
@repeatably(12)
@given(lines=some_lines(), through=throughs, ago=st.sampled_from([1, 2, 3, 6, 12, 18]))
def test_a_year_is_the_retention_to_the_power_of_twelve_over_its_months(engine, lines, through, ago):
    table, rules = ENGINES[engine](frame_of(lines)), {"through": str(through)}
    shown, measures = ["2024-02", "2024-03", "2024-05"], ["net", "gross", "logos"]
    for name, measure in zip(NAMES, measures):
        kept = metric(name, table, shown, months=ago, settings=rules)
        year = metric("MRR_ANNUAL_RETENTION", table, shown, measure=measure, months=ago, settings=rules)
        assert year.tolist() == pytest.approx((kept ** (12 / ago)).tolist(), nan_ok=True)
        if ago == 12:
            assert year.tolist() == pytest.approx(kept.tolist(), rel=0, abs=0, nan_ok=True)
