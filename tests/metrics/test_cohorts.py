"""What is left of the customers who joined together: a worked ledger, and every customer followed by age."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrr_xl import MrrError, metric
from mrr_xl.functions.cells import cells_of
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

FOUR = """
    customer  2024-01  2024-02  2024-03  2024-04
    A         100      150      150      80
    B         100      -        -        100
    C         -        50       25       25
    D         -        -        -        10
"""


def cells(**arguments):
    return cells_of(metric("MRR_COHORTS", ledger(FOUR), **arguments), "#N/A")


def test_net_is_the_share_of_the_first_mrr_that_is_left():
    assert cells() == [
        ["Cohort", "Size", "0", "1", "2", "3"],
        ["2024-01", 200.0, 1.0, 0.75, 0.75, 0.9],
        ["2024-02", 50.0, 1.0, 0.5, 0.5, ""],
        ["2024-04", 10.0, 1.0, "", "", ""],
    ]


def test_gross_counts_nobody_above_their_first_mrr():
    assert cells(measure="gross")[1] == ["2024-01", 200.0, 1.0, 0.5, 0.5, 0.9]


def test_with_gross_netting_the_first_mrr_is_that_of_the_first_months_end():
    """109 for two weeks, then 100, from February 120: size 100, and gross is 100 ÷ 100, not 109 ÷ 100."""
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-05  2024-01-20  109
        A         2024-01-20  2024-02-10  100
        A         2024-02-10  -           120
    """)
    rules = {"netting": "gross", "through": "2024-03"}
    shares = {measure: metric("MRR_COHORTS", table, measure=measure, **rules) for measure in ("gross", "net")}
    assert cells_of(shares["gross"], "#N/A")[1:] == [["2024-01", 100.0, 1.0, 1.0, 1.0]]
    assert cells_of(shares["net"], "#N/A")[1:] == [["2024-01", 100.0, 1.0, 1.2, 1.2]]


def test_logos_count_customers():
    assert cells(measure="Logos")[1:3] == [["2024-01", 2, 1.0, 0.5, 0.5, 1.0], ["2024-02", 1, 1.0, 1.0, 1.0, ""]]


def test_in_a_longer_period_each_ages_by_their_own_months():
    # A and B are 1 in February, C in March; nobody knows yet what C has left at age 3.
    assert cells(period="quarter") == [
        ["Cohort", "Size", "0", "1", "2", "3"],
        ["2024-Q1", 250.0, 1.0, 0.7, 0.7, ""],
        ["2024-Q2", 10.0, 1.0, "", "", ""],
    ]
    assert cells(period="year")[1] == ["2024", 260.0, 1.0, "", "", ""]


def test_a_quarter_begins_in_january_april_july_and_october():
    table = ledger("""
        customer  start       mrr
        A         2024-01-01  1
        B         2024-03-31  2
        C         2024-04-01  4
        D         2024-10-01  8
        E         2024-12-31  16
    """)
    shown = cells_of(metric("MRR_COHORTS", table, period="quarter", through="2024-12"), "#N/A")
    assert [row[:2] for row in shown[1:]] == [["2024-Q1", 3.0], ["2024-Q2", 4.0], ["2024-Q4", 24.0]]


def test_a_customer_of_a_millionth_is_a_customer():
    table = ledger("""
        customer  2024-01   2024-02
        A         0.000001  -
        B         5         5
    """)
    assert cells_of(metric("MRR_COHORTS", table, measure="logos"), "#N/A")[1:] == [["2024-01", 2, 1.0, 0.5]]


def test_another_word_is_an_error_that_lists_the_known_ones():
    with pytest.raises(MrrError, match=r"^'arr' is not a measure; it must be one of net, gross, logos$"):
        cells(measure="arr")
    with pytest.raises(MrrError, match=r"^'week' is not a period; it must be one of month, quarter, year$"):
        cells(period="week")


def test_without_customers_there_are_no_cohorts():
    shown = metric("MRR_COHORTS", ledger("customer start mrr\nA 2024-01-01 0"), through="2024-03")
    assert cells_of(shown, "#N/A") == [["Cohort", "Size"]]


def followed(customers: dict[str, list[int]], through: Month, measure: str, period: str) -> list[list[object]]:
    """The table's rows, from each customer's MRR month by month."""
    cohorts: dict[str, list[list[int]]] = {}
    for mrrs in customers.values():
        joined = next(place for place, mrr in enumerate(mrrs) if mrr)
        last = through.year * 12 + through.number - 1
        month = last - (len(mrrs) - 1 - joined)
        year, number = divmod(month, 12)
        label = {"month": f"{year}-{number + 1:02d}", "quarter": f"{year}-Q{number // 3 + 1}", "year": f"{year}"}
        life = mrrs[joined:]
        if measure == "gross":
            life = [min(mrr, life[0]) for mrr in life]
        elif measure == "logos":
            life = [int(mrr > 0) for mrr in life]
        cohorts.setdefault(label[period], []).append(life)
    ages = max((len(life) for lives in cohorts.values() for life in lives), default=0)
    rows = []
    for label, lives in sorted(cohorts.items()):
        known = min(map(len, lives))
        start = sum(life[0] for life in lives)
        shares = [sum(life[age] for life in lives) / start if age < known else "" for age in range(ages)]
        rows.append([label, start if measure == "logos" else start / 1e6, *shares])
    return rows


@lines_at_random
@repeatably(25)
@given(
    lines=some_lines(),
    through=throughs,
    measure=st.sampled_from(["net", "gross", "logos"]),
    period=st.sampled_from(["month", "quarter", "year"]),
    netting=st.sampled_from(["net", "gross"]),
)
def test_every_customer_followed_by_age_gives_the_same(lines, through, measure, period, netting):
    rules = {"through": str(through), "netting": netting}
    shown = metric("MRR_COHORTS", frame_of(lines), measure=measure, period=period, settings=rules)
    expected = followed(mrr_by_month(lines, Rules(), through), through, measure, period)
    assert cells_of(shown, "#N/A")[1:] == expected


@lines_at_random
@pytest.mark.parametrize("measure", ["net", "gross", "logos"])
@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_same(engine, measure):
    lines, through = many_lines(100), Month(2024, 8)
    rules = {"through": str(through), "reactivation_days": 10}  # a customer joins once, however they come back
    shown = metric("MRR_COHORTS", ENGINES[engine](frame_of(lines)), measure=measure, settings=rules)
    assert isinstance(shown, pd.DataFrame)
    assert cells_of(shown, "#N/A")[1:] == followed(mrr_by_month(lines, Rules(), through), through, measure, "month")
