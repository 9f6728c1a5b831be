"""The largest customers, their share, the schedule of all of them: against every customer's MRR month by month."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrr_xl import MrrError, metric
from mrr_xl.functions.cells import cells_of
from mrr_xl.metrics import concentration
from mrr_xl.metrics.concentration import largest
from support.ledgers import ledger
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

FIVE = """
    customer  2024-01  2024-02
    E         40       40
    B         30       30
    D         10       20
    C         10       10
    A         10       -
"""


def test_the_largest_customers_and_their_share():
    table = ledger(FIVE)
    assert metric("MRR_TOP_SHARE", table, ["2024-01", "2024-02"], n=2).tolist() == [0.7, 0.7]
    assert metric("MRR_TOP_SHARE", table, "2024-01") == 1.0
    shown = metric("MRR_TOP", table, "2024-01", n="4")
    assert shown.values.tolist() == [
        [1, "E", 40.0, 0.4, 0.4],
        [2, "B", 30.0, 0.3, 0.7],
        [3, "A", 10.0, 0.1, 0.8],
        [4, "C", 10.0, 0.1, 0.9],
    ]
    assert metric("MRR_TOP", table)["customer"].tolist() == ["E", "B", "D", "C"]


def test_the_herfindahl_hirschman_index_is_the_sum_of_squared_shares():
    assert metric("MRR_HHI", ledger(FIVE), "2024-01") == pytest.approx(0.4**2 + 0.3**2 + 3 * 0.1**2)
    one = ledger("""
        customer  2024-01  2024-02
        A         7        -
        B         3        3
    """)
    assert metric("MRR_HHI", one, "2024-02") == pytest.approx(1.0)


def test_the_index_of_small_amounts_and_of_months_without_changes():
    """A 0.30 and B 0.10: 0.75² + 0.25² = 0.625. Without C, what is left is B's alone: 1, and never above."""
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  -           0.3
        B         2024-01-01  -           0.1
    """)
    assert (
        metric("MRR_HHI", table, ["2024-01", "2024-02", "2024-03"], through="2024-03").tolist()
        == [pytest.approx(0.625)] * 3
    )
    gone = ledger("""
        customer  2024-01  2024-02
        B         0.5      0.5
        C         2.8      -
    """)
    assert metric("MRR_HHI", gone, "2024-02") == 1.0


def test_a_customer_of_a_millionth_is_a_customer():
    table = ledger("""
        customer  2024-01
        A         0.000001
    """)
    assert metric("MRR_TOP_SHARE", table, "2024-01") == 1.0
    assert metric("MRR_TOP", table).values.tolist() == [[1, "A", 0.000001, 1.0, 1.0]]


def test_ten_customers_are_shown_unless_another_number_is_asked_for():
    """70 customers who pay 1: the ten largest pay a seventh; any number above 70 is all of them."""
    table = ledger("customer 2024-01\n" + "\n".join(f"C{number} 1" for number in range(70)))
    assert len(metric("MRR_TOP", table)) == 10
    assert metric("MRR_TOP_SHARE", table, "2024-01") == 1 / 7
    for number in (70, 71, 1e300):
        assert len(metric("MRR_TOP", table, n=number)) == 70
        assert metric("MRR_TOP_SHARE", table, "2024-01", n=number) == 1.0


def test_without_mrr_there_is_no_share():
    gone = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-03-01  10
        B         2024-05-01  -           10
    """)
    for name in ("MRR_TOP_SHARE", "MRR_HHI"):
        shown = metric(name, gone, ["2023-12", "2024-01", "2024-03", "2024-05"])
        assert [math.isnan(value) for value in shown] == [True, False, True, False]
    assert metric("MRR_TOP", gone, "2024-03").empty


@pytest.mark.parametrize("n", [0, 2.5, -1])
def test_a_number_of_customers_is_whole_and_above_0(n):
    with pytest.raises(MrrError, match=rf"^n cannot be {n}; it must be a whole number, 1 or more$"):
        metric("MRR_TOP_SHARE", ledger(FIVE), n=n)


def test_a_month_after_the_last_one_reported_has_no_table():
    message = "^2024-06 is after 2024-02, the last month reported; to report it, set through to 2024-06$"
    for name, arguments in [("MRR_TOP", {"month": "2024-06"}), ("MRR_SCHEDULE", {"last_month": "2024-06"})]:
        with pytest.raises(MrrError, match=message):
            metric(name, ledger(FIVE), **arguments)


def test_a_schedule_has_a_row_per_customer_and_a_column_per_month():
    table = ledger("""
        customer  start       end         mrr
        B         2024-01-01  2024-02-10  10
        A         2024-02-05  -           20
        C         2024-01-03  2024-01-20  99
        A         2024-03-05  -           5
    """)
    assert cells_of(metric("MRR_SCHEDULE", table), "#N/A") == [
        ["Customer", "2024-01", "2024-02", "2024-03"],
        ["A", 0.0, 20.0, 25.0],
        ["B", 10.0, 0.0, 0.0],
    ]
    shown = metric("MRR_SCHEDULE", table, first_month="2024-03")
    assert cells_of(shown, "#N/A") == [["Customer", "2024-03"], ["A", 25.0]]
    shown = metric("MRR_SCHEDULE", table, first_month="2024-02", last_month="2024-03")
    assert cells_of(shown, "#N/A") == [["Customer", "2024-02", "2024-03"], ["A", 20.0, 25.0]]
    longer = metric("MRR_SCHEDULE", table, first_month="2024-03", through="2024-05")
    assert cells_of(longer, "#N/A") == [["Customer", "2024-03", "2024-04", "2024-05"], ["A", 25.0, 25.0, 25.0]]
    with pytest.raises(MrrError, match=r"^the first month 2024-03 is after the last one 2024-02$"):
        metric("MRR_SCHEDULE", table, first_month="2024-03", last_month="2024-02")


def test_a_schedule_of_too_many_cells_is_refused(monkeypatch):
    monkeypatch.setattr(concentration, "CELLS", 10)
    assert metric("MRR_SCHEDULE", ledger(FIVE)).shape == (5, 3)
    monkeypatch.setattr(concentration, "CELLS", 9)
    with pytest.raises(MrrError, match=r"^5 customers × 2 months are too many cells; show fewer months$"):
        metric("MRR_SCHEDULE", ledger(FIVE))
    assert metric("MRR_SCHEDULE", ledger(FIVE), first_month="2024-02").shape == (4, 2)


@lines_at_random
@repeatably(25)
@given(lines=some_lines(), through=throughs, n=st.integers(1, 3), netting=st.sampled_from(["net", "gross"]))
def test_every_customer_looked_at_month_by_month_gives_the_same(lines, through, n, netting):
    customers = mrr_by_month(lines, Rules(), through)
    rules = {"through": str(through), "netting": netting}
    table = frame_of(lines)
    shown = metric("MRR_SCHEDULE", table, settings=rules)
    # With gross netting, there may be months before the first one that ends with MRR.
    early = len(shown.columns) - 1 - len(next(iter(customers.values()), []))
    got = dict(zip(shown["customer"], shown.iloc[:, 1 + early :].to_numpy().tolist()))
    assert got == {customer: [mrr / 1e6 for mrr in mrrs] for customer, mrrs in customers.items()}
    assert list(got) == sorted(got)
    months = [str(month) for month in shown.columns[1 + early :]]
    shares = metric("MRR_TOP_SHARE", table, months, settings=rules)
    shares_of_n = metric("MRR_TOP_SHARE", table, months, n=n, settings=rules)
    indices = metric("MRR_HHI", table, months, settings=rules)
    for place, (share, of_n, hhi) in enumerate(zip(shares, shares_of_n, indices)):
        mrrs = sorted((mrrs[place] for mrrs in customers.values()), reverse=True)
        total = sum(mrrs)
        if total:
            assert (share, of_n) == (1.0, sum(mrrs[:n]) / total)
            assert hhi == pytest.approx(sum((mrr / total) ** 2 for mrr in mrrs))
        else:
            assert math.isnan(share) and math.isnan(hhi) and math.isnan(of_n)


@lines_at_random
@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_same(engine):
    lines, through = many_lines(100), Month(2024, 8)
    table, rules = ENGINES[engine](frame_of(lines)), {"through": str(through)}
    by_month = list(zip(*mrr_by_month(lines, Rules(), through).values()))
    tops = [sum(sorted(mrrs)[-5:]) for mrrs in by_month]
    assert largest(book_of(table, Rules(), through), 5).tolist() == tops
    squares = [sum((mrr / sum(mrrs)) ** 2 for mrr in mrrs) for mrrs in by_month]
    shown = [str(month) for month in metric("MRR_MOVEMENTS", table, settings=rules)["month"]]
    assert metric("MRR_HHI", table, shown, settings=rules).tolist() == pytest.approx(squares)
    assert metric("MRR_TOP", table, settings=rules)["mrr"].tolist() == [
        mrr / 1e6 for mrr in sorted(by_month[-1], reverse=True)[:10]
    ]
    assert len(metric("MRR_SCHEDULE", table, settings=rules)) == len(mrr_by_month(lines, Rules(), through))


def test_a_schedule_up_to_a_month_before_the_data_has_nobody_and_no_month():
    for last in ("2023-12", "2023-10"):
        assert list(metric("MRR_SCHEDULE", ledger(FIVE), last_month=last).columns) == ["customer"]
        assert metric("MRR_SCHEDULE", ledger(FIVE), last_month=last).empty
