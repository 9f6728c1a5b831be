"""Rates and counts of the movements: worked figures of public documents, and a recomputation month by month."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import pandas as pd
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mrr_xl import MrrError, Settings, metric
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.metrics import REGISTRY, values_at
from mrr_xl.rollforward.book import Book
from support.ledgers import ledger

# Worked figures


def test_chartmogul_loses_a_fifth_gross_and_a_tenth_net():
    """ChartMogul, MRR churn rate: opening 100, churn 10, contraction 10, expansion 10: gross 20 %, net 10 %."""
    table = ledger("""
        customer  month    mrr
        A         2024-01  10
        B         2024-01  40
        B         2024-02  30
        C         2024-01  50
        C         2024-02  60
    """)
    assert metric("MRR_GROSS_CHURN_RATE", table, "2024-02") == pytest.approx(0.2)
    assert metric("MRR_NET_CHURN_RATE", table, "2024-02") == pytest.approx(0.1)


def test_reactivation_lowers_the_net_churn_and_not_the_gross():
    """ChartMogul, net MRR churn rate: (churn and contraction − expansion and reactivation) ÷ MRR at the start."""
    table = ledger("""
        customer  month    mrr
        A         2024-01  100
        A         2024-02  100
        A         2024-03  80
        B         2024-01  50
        B         2024-03  50
    """)
    assert metric("MRR_GROSS_CHURN_RATE", table, "2024-03") == pytest.approx(0.2)
    assert metric("MRR_NET_CHURN_RATE", table, "2024-03") == pytest.approx(-0.3)


def test_the_quick_ratio_counts_who_returned_as_gained():
    """March: 60 returned, 30 expanded and 5 new, of 20 and 30 lost."""
    table = ledger("""
        customer  month    mrr
        A         2024-01  100
        A         2024-03  60
        B         2024-01  100
        B         2024-02  100
        B         2024-03  80
        C         2024-02  30
        D         2024-02  10
        D         2024-03  40
        E         2024-03  5
    """)
    assert metric("MRR_QUICK_RATIO", table, "2024-03") == 95 / 50


def test_odoo_loses_customers_and_raises_its_price():
    """Odoo: 20 customers at 30; 3 leave, and the others pay 2 more: 56 of 600 is a revenue churn of 9.33 %."""
    rows = [(f"customer {place}", "2024-01", 30) for place in range(20)]
    rows += [(f"customer {place}", "2024-02", 32) for place in range(17)]
    table = pl.DataFrame(rows, schema=["customer", "month", "mrr"], orient="row")
    assert metric("MRR_OPENING", table, "2024-02") == 600
    assert metric("MRR_NET_CHURN_RATE", table, "2024-02") == pytest.approx(56 / 600)
    assert metric("MRR_GROSS_CHURN_RATE", table, "2024-02") == pytest.approx(90 / 600)


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


def test_saas_metrics_worked_example():
    """saas-metrics (MIT): month 6 has a gross churn of 20 %; month 13 goes from 400 to 500, as month 1 was."""
    table = ledger(SAAS_METRICS)
    assert metric("MRR_GROSS_CHURN_RATE", table, "2023-06") == pytest.approx(0.2)
    assert metric("MRR_GROSS_CHURN_RATE", table, "2024-01") == pytest.approx(80 / 400)
    assert metric("MRR_NET_CHURN_RATE", table, "2024-01") == pytest.approx((80 - 50 - 80) / 400)
    assert metric("MRR_GROWTH_YOY", table, "2024-01") == 0
    counts = [f"MRR_{name}_CUSTOMERS" for name in ("OPENING", "NEW", "REACTIVATED", "EXPANDED", "CONTRACTED")]
    assert [metric(name, table, "2024-01") for name in counts] == [3, 1, 1, 1, 1]


def test_chartmogul_sells_at_65_on_average():
    """ChartMogul, average sale price: three new customers at 100 and seven at 50."""
    prices = [100] * 3 + [50] * 7
    table = pl.DataFrame({"customer": [f"c{n}" for n in range(10)], "start": "2024-05-01", "mrr": prices})
    assert metric("MRR_ASP", table, "2024-05") == 65


DOUBLED = """
    customer  start       end         mrr
    A         2023-01-01  2023-07-01  10000
    A         2023-07-01  2024-01-01  16000
    A         2024-01-01  2024-02-01  20000
"""


def test_compound_growth_by_hand():
    """10,000 → 16,000 in 6 months is 8.15 % a month, 10,000 → 20,000 in 12 months 5.95 %; 1.0595 ^ 12 is 2 again."""
    table = ledger(DOUBLED)
    assert metric("MRR_CMGR", table, "2023-07", months=6) == pytest.approx(1.6 ** (1 / 6) - 1)
    assert round(metric("MRR_CMGR", table, "2023-07", months=6), 4) == 0.0815
    assert round(metric("MRR_CMGR", table, "2024-01"), 4) == 0.0595
    assert (1 + metric("MRR_CMGR", table, "2024-01")) ** 12 == pytest.approx(2)
    assert metric("MRR_GROWTH_YOY", table, "2024-01") == 1
    assert metric("MRR_CMGR", table, "2024-01", months=1) == pytest.approx(metric("MRR_GROWTH", table, "2024-01"))


def test_growth_from_nothing_is_undefined_and_to_nothing_is_minus_one():
    table = ledger(DOUBLED)
    assert math.isnan(metric("MRR_GROWTH_YOY", table, "2023-12"))
    assert math.isnan(metric("MRR_CMGR", table, "2022-06"))
    rules = {"through": "2024-07"}
    assert metric("MRR_GROWTH_YOY", table, "2024-07", settings=rules) == -1
    assert metric("MRR_CMGR", table, "2024-07", settings=rules, months=6) == -1
    assert math.isnan(metric("MRR_ASP", table, "2023-02"))


# The argument months, wherever it is given


CELLS = [["customer", "start", "end", "mrr"], *map(list, ledger(DOUBLED).rows())]


def test_a_cell_gives_its_own_arguments_after_the_month():
    cmgr = sheet_functions()["MRR_CMGR"]
    six = 1.6 ** (1 / 6) - 1
    none = [None] * 3
    assert cmgr(CELLS, "2023-07", 6.0, *none) == pytest.approx(six)
    assert cmgr(CELLS, [["2023-07", "2023-01"]], 6.0, *none) == [[pytest.approx(six), "#N/A"]]
    assert cmgr(CELLS, "2024-01", None, *none) == cmgr(CELLS, "2024-01", 12.0, *none)
    assert cmgr(CELLS, "2024-01", "", *none) == pytest.approx(2 ** (1 / 12) - 1)


@pytest.mark.parametrize("months", [0, -1, 1.5, "soon", 121, True])
def test_a_number_of_months_is_a_whole_number(months):
    with pytest.raises(MrrError) as error:
        metric("MRR_CMGR", ledger(DOUBLED), "2024-01", months=months)
    assert str(error.value).endswith(" is not a number of months; write a whole number from 1 to 120")


# Recomputed month by month from every customer's MRR

FIRST, LENGTH = 2021 * 12, 16
Paid = dict[str, list[int]]


def name_of(place: int) -> str:
    return f"{(FIRST + place) // 12}-{(FIRST + place) % 12 + 1:02d}"


def book_of(paid: Paid) -> Book:
    rows = [(who, name_of(place), mrr) for who, row in paid.items() for place, mrr in enumerate(row) if mrr]
    table = pd.DataFrame(rows, columns=["customer", "month", "mrr"])
    return Book(read_ledger(table), Settings(through=FIRST + LENGTH - 1))


class Dense:
    """One month, recomputed from what each customer pays in all months up to it."""

    def __init__(self, paid: Paid, place: int) -> None:
        self.paid, self.place = paid, place
        self.pairs = [(row[place - 1] if place else 0, row[place], any(row[:place])) for row in paid.values()]

    def total(self, back: int = 0) -> int:
        return sum(row[self.place - back] for row in self.paid.values()) if back <= self.place else 0

    def changed(self, movement: str) -> list[int]:
        """The changes of the customers who make this movement."""
        test: dict[str, Callable[[int, int, bool], bool]] = {
            "new": lambda old, now, ever: now > 0 and not ever,
            "reactivation": lambda old, now, ever: old == 0 and now > 0 and ever,
            "expansion": lambda old, now, ever: 0 < old < now,
            "contraction": lambda old, now, ever: 0 < now < old,
            "churn": lambda old, now, ever: now == 0 and old > 0,
        }
        return [now - old for old, now, ever in self.pairs if test[movement](old, now, ever)]


def share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def compound(month: Dense, span: int) -> float | None:
    then = month.total(span)
    return float(Fraction(month.total(), then)) ** (1 / span) - 1 if then else None


def gone(month: Dense, *movements: str) -> Fraction | None:
    return share(-sum(sum(month.changed(name)) for name in movements), month.total(1))


RECOMPUTED: dict[str, Callable[[Dense], Fraction | float | None]] = {
    "MRR_GROWTH_YOY": lambda month: share(month.total() - month.total(12), month.total(12)),
    "MRR_CMGR": lambda month: compound(month, 12),
    "MRR_GROSS_CHURN_RATE": lambda month: gone(month, "contraction", "churn"),
    "MRR_NET_CHURN_RATE": lambda month: gone(month, "contraction", "churn", "expansion", "reactivation"),
    "MRR_ASP": lambda month: share(sum(month.changed("new")), len(month.changed("new"))),
    "MRR_OPENING_CUSTOMERS": lambda month: sum(old > 0 for old, _, _ in month.pairs),
    "MRR_REACTIVATED_CUSTOMERS": lambda month: len(month.changed("reactivation")),
    "MRR_EXPANDED_CUSTOMERS": lambda month: len(month.changed("expansion")),
    "MRR_CONTRACTED_CUSTOMERS": lambda month: len(month.changed("contraction")),
}

paid_amounts = st.dictionaries(
    st.sampled_from("ABCDE"),
    st.lists(st.sampled_from([0, 0, 10, 20, 30]), min_size=LENGTH, max_size=LENGTH),
    min_size=1,
).filter(lambda paid: any(map(any, paid.values())))


@settings(max_examples=30, deadline=None)
@given(paid_amounts)
@example({"A": [0] * 3 + [10] * 13, "B": [20, 0] * 8})
def test_every_rate_is_as_recomputed_month_by_month(paid):
    book, months = book_of(paid), range(FIRST, FIRST + LENGTH)
    for name, recompute in RECOMPUTED.items():
        found = [math.nan if value is None else value for value in values_at(REGISTRY[name], book, months)]
        wanted = [recompute(Dense(paid, place)) for place in range(LENGTH)]
        expected = [math.nan if value is None else float(value) for value in wanted]
        assert found == pytest.approx(expected, nan_ok=True, abs=1e-12), name


@settings(max_examples=20, deadline=None)
@given(paid_amounts)
def test_a_year_of_growth_compounds_from_its_months(paid):
    """Where every month of the year has MRR, (1 + growth) of the twelve months multiply to 1 + a year's growth."""
    book, months = book_of(paid), range(FIRST, FIRST + LENGTH)
    monthly, yearly = (values_at(REGISTRY[name], book, months) for name in ("MRR_GROWTH", "MRR_GROWTH_YOY"))
    for place in range(12, LENGTH):
        year = monthly[place - 11 : place + 1]
        if None not in year:
            assert math.prod(1 + rate for rate in year) == pytest.approx(1 + yearly[place], abs=1e-9)
