"""The movements of each segment: worked ledgers, every customer looked at, and that they sum to the whole."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrr_xl import MrrError, metric
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.metrics.segments import PARTS, segment_movements, segments
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.changes import MOVEMENTS
from mrr_xl.settings import Settings
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

MOVED = """
    customer  start       end         mrr  plan
    A         2024-01-01  2024-02-10  100  Basic
    A         2024-02-10  -           150  Pro
    B         2024-01-01  2024-02-10  80   Pro
    B         2024-02-10  -           80   Basic
    C         2024-01-01  -           50   Pro
    C         2024-01-01  2024-02-05  20   Basic
    D         2024-02-03  -           10   -
    E         2024-01-01  2024-02-20  30   Basic
    E         2024-01-01  2024-02-20  5    Pro
"""


def moved(table, month, by="plan", **settings) -> dict[str, dict[str, float]]:
    """What moved in each segment, without the zeros."""
    rows = metric("MRR_SEGMENTS", table, month, by=by, **settings).to_dict("records")
    return {row.pop("segment"): {name: amount for name, amount in row.items() if amount} for row in rows}


def test_who_stays_moves_by_transfer_and_who_leaves_leaves_every_segment():
    assert moved(ledger(MOVED), "2024-02") == {
        "Pro": {
            "opening": 135.0,
            "expansion": 50.0,
            "churn": -5.0,
            "transfer_in": 100.0,
            "transfer_out": -80.0,
            "closing": 200.0,
        },
        "Basic": {
            "opening": 150.0,
            "contraction": -20.0,
            "churn": -30.0,
            "transfer_in": 80.0,
            "transfer_out": -100.0,
            "closing": 80.0,
        },
        "(blank)": {"new": 10.0, "closing": 10.0},
        "total": {
            "opening": 285.0,
            "new": 10.0,
            "expansion": 50.0,
            "contraction": -20.0,
            "churn": -35.0,
            "transfer_in": 180.0,
            "transfer_out": -180.0,
            "closing": 290.0,
        },
    }


def test_what_goes_round_fills_the_gains_in_the_order_of_the_names():
    table = ledger("""
        customer  start       end         mrr  plan
        A         2024-01-01  2024-02-01  100  Old
        A         2024-02-01  -           60   Apple
        A         2024-02-01  -           70   Berry
    """)
    assert moved(table, "2024-02") == {
        "Berry": {"expansion": 30.0, "transfer_in": 40.0, "closing": 70.0},
        "Apple": {"transfer_in": 60.0, "closing": 60.0},
        "Old": {"opening": 100.0, "transfer_out": -100.0},
        "total": {"opening": 100.0, "expansion": 30.0, "transfer_in": 100.0, "transfer_out": -100.0, "closing": 130.0},
    }


def test_a_millionth_goes_round():
    """A has one millionth of MRR and then two in another plan; B the other way round."""
    table = ledger("""
        customer  start       end         mrr       plan
        A         2024-01-01  2024-02-01  0.000001  Apple
        A         2024-02-01  -           0.000002  Berry
        B         2024-01-01  2024-02-01  0.000002  Cherry
        B         2024-02-01  -           0.000001  Date
    """)
    shown = moved(table, "2024-02")
    del shown["total"]
    assert shown == {
        "Berry": {"expansion": 1e-6, "transfer_in": 1e-6, "closing": 2e-6},
        "Date": {"transfer_in": 1e-6, "closing": 1e-6},
        "Apple": {"opening": 1e-6, "transfer_out": -1e-6},
        "Cherry": {"opening": 2e-6, "contraction": -1e-6, "transfer_out": -1e-6},
    }


def test_the_largest_comes_first_equal_ones_by_name_and_who_is_gone_is_left_out():
    table = ledger("""
        customer  start       end         mrr  plan
        A         2024-01-01  2024-02-01  50   Apple
        B         2024-01-01  -           10   Cherry
        C         2024-01-01  -           10   Berry
        D         2024-01-01  -           20   Date
    """)
    assert list(moved(table, "2024-02", through="2024-03")) == ["Date", "Berry", "Cherry", "Apple", "total"]
    assert list(moved(table, "2024-03", through="2024-03")) == ["Date", "Berry", "Cherry", "total"]


def test_whole_numbers_and_blanks_are_segments_too():
    table = ledger(MOVED).with_columns(seats=pl.Series([1.0, 1.0, 1.0, None, 2.5, 1.0, 1.0, 1.0, 1.0]))
    for each in (table, table.to_pandas()):
        assert list(moved(each, "2024-02", by="Seats")) == ["1", "(blank)", "2.5", "total"]


def test_a_column_that_is_not_there_or_holds_an_error_is_named():
    with pytest.raises(
        MrrError, match=r"^there is no column 'region'; the columns are customer, start, end, mrr, plan$"
    ):
        metric("MRR_SEGMENTS", ledger(MOVED), by="region")
    with pytest.raises(MrrError, match=r"^row 2, column plan: the cell holds the error #REF!; fix that cell first$"):
        metric("MRR_SEGMENTS", ledger(MOVED.replace("Basic", "#REF!")), by="plan")


def parted(lines, through) -> dict[tuple[int, str], dict[str, int]]:
    """The segments' movements from every customer's MRR by month and plan, without the zeros."""
    plans = sorted({line.plan for line in lines})
    whole = mrr_by_month(lines, Rules(), through)
    length = len(next(iter(whole.values()), []))
    found: dict[tuple[int, str], dict[str, int]] = {}
    for customer, mrrs in whole.items():
        own = {}
        for plan in plans:
            part = mrr_by_month(
                [line for line in lines if (line.customer, line.plan) == (customer, plan)], Rules(), through
            )
            mrr = part.get(customer, [])
            own[plan] = [0] * (length - len(mrr)) + mrr
        for month in range(length):
            before, after = (mrrs[month - 1] if month else 0), mrrs[month]
            changes = {plan: mrr[month] - (mrr[month - 1] if month else 0) for plan, mrr in own.items()}
            goes_round = min(
                sum(max(change, 0) for change in changes.values()), -sum(min(c, 0) for c in changes.values())
            )
            into = out = goes_round
            for plan, change in changes.items():
                cell = found.setdefault((month, plan), dict.fromkeys(PARTS, 0))
                if before == 0 and after:
                    cell["reactivation" if any(mrrs[:month]) else "new"] += change
                elif after == 0:
                    cell["churn"] += change
                elif change > 0:
                    taken = min(into, change)
                    into -= taken
                    cell["transfer_in"] += taken
                    cell["expansion"] += change - taken
                else:
                    taken = min(out, -change)
                    out -= taken
                    cell["transfer_out"] -= taken
                    cell["contraction"] += change + taken
    return {key: cell for key, cell in found.items() if any(cell.values())}


def computed(book) -> dict[tuple[int, str], dict[str, int]]:
    long = segment_movements(book, "plan")
    first = book.movements.index[0] if len(book.movements) else 0
    cells = {(row["month"] - first, row["segment"]): row for row in long.to_dict("records")}
    return {key: {name: row[name] for name in PARTS} for key, row in cells.items() if any(row[n] for n in PARTS)}


@lines_at_random
@repeatably(25)
@given(lines=some_lines(), through=throughs)
def test_every_customer_looked_at_by_month_and_plan_gives_the_same(lines, through):
    assert computed(book_of(frame_of(lines), Rules(), through)) == parted(lines, through)


@lines_at_random
@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_same(engine):
    lines = [
        line._replace(plan=["Pro", "Basic", "Team"][place * 7 % 11 % 3]) for place, line in enumerate(many_lines(100))
    ]
    through = Month(2024, 8)
    assert computed(book_of(ENGINES[engine](frame_of(lines)), Rules(), through)) == parted(lines, through)


some_settings = st.fixed_dictionaries(
    {
        "as_of": st.sampled_from(["month_end", "month_start", "any_day"]),
        "end_date": st.sampled_from(["exclusive", "inclusive"]),
        "grace_days": st.sampled_from([0, 10, 31]),
        "reactivation_days": st.sampled_from(["unlimited", 10, 31]),
        "netting": st.sampled_from(["net", "gross"]),
    }
)


@lines_at_random
@pytest.mark.parametrize("engine", ["polars", "pandas"])
@repeatably(15)
@given(lines=some_lines(), through=throughs, rules=some_settings)
def test_every_movement_sums_over_the_segments_to_the_whole(engine, lines, through, rules):
    table = ENGINES[engine](frame_of(lines))
    book = Book(read_ledger(table), Settings.of(rules | {"through": str(through)}))
    long = segment_movements(book, "plan")
    sums = long.groupby("month")[["opening", *PARTS, "closing"]].sum().reindex(book.movements.index, fill_value=0)
    for name in ("opening", *MOVEMENTS, "closing"):
        assert sums[name].tolist() == book.movements[name].tolist()
    assert (sums["transfer_in"] + sums["transfer_out"]).eq(0).all()
    assert (long["transfer_in"] >= 0).all() and (long["transfer_out"] <= 0).all()
    assert (long["opening"] + long[list(PARTS)].sum(axis=1)).tolist() == long["closing"].tolist()
    assert (long["closing"] >= 0).all()
    total = segments(book, "plan").iloc[-1]
    assert [total["segment"], total["closing"]] == ["total", sum(book.movements["closing"].tail(1)) / 1e6]


def test_the_checks_sum_the_segments_of_the_plan():
    text = """
    customer  start       end         mrr  Plan
    A         2024-01-01  2024-02-01  10   Team
    A         2024-02-01  -           30   Pro
    B         2024-01-01  2024-03-01  5    -
    """
    checks = metric("MRR_CHECKS", ledger(text), through="2024-03").set_index("check")
    assert checks.loc["segments add up", ["result", "says"]].tolist() == ["OK", "by Plan, to the last millionth"]


SEVERAL = """
    customer  start       end         mrr  plan
    A         2024-01-01  -           10   Team
    B         2024-01-01  2024-03-01  5    Pro
    """


def test_the_tables_of_several_months_stand_one_below_the_other():
    months = ["2024-02", "2024-03"]
    table = metric("MRR_SEGMENTS", ledger(SEVERAL), months, by="plan")
    assert list(table.columns[:3]) == ["month", "segment", "opening"]
    assert table.index.tolist() == [0, 1, 2, 3, 4, 5]
    assert [*zip(table["month"].astype(str), table["segment"], table["churn"], table["closing"])] == [
        ("2024-02", "Team", 0.0, 10.0),
        ("2024-02", "Pro", 0.0, 5.0),
        ("2024-02", "total", 0.0, 15.0),
        ("2024-03", "Team", 0.0, 10.0),
        ("2024-03", "Pro", -5.0, 0.0),
        ("2024-03", "total", -5.0, 10.0),
    ]
    for month in months:
        alone = metric("MRR_SEGMENTS", ledger(SEVERAL), month, by="plan")
        assert table[table["month"] == month].drop(columns="month").reset_index(drop=True).equals(alone)


def test_several_months_of_other_tables_and_periods():
    detail = metric("MRR_DETAIL", ledger(SEVERAL), ["2024-01", "2024-02", "2024-03"])
    assert [*zip(detail["month"].astype(str), detail["customer"])] == [
        ("2024-01", "A"),
        ("2024-01", "B"),
        ("2024-03", "B"),
    ]
    nothing_moves = metric("MRR_DETAIL", ledger(SEVERAL), ["2024-02", "2024-04"], through="2024-04")
    assert list(nothing_moves.columns[:2]) == ["month", "customer"] and nothing_moves.empty
    quarters = metric("MRR_TOP", ledger(SEVERAL), ["2024-Q1", "2024-Q2"], n=1, period="quarter", through="2024-06")
    assert list(quarters.columns[:3]) == ["period", "month", "rank"]
    assert quarters[["period", "customer"]].to_numpy().tolist() == [["2024-Q1", "A"], ["2024-Q2", "A"]]
    ends = metric("MRR_RENEWALS", ledger(SEVERAL), ["2024-01", "2024-02"])
    assert ends[["as_of", "month", "customer"]].astype(str).to_numpy().tolist() == [
        ["2024-01", "2024-03", "B"],
        ["2024-02", "2024-03", "B"],
    ]


def test_several_months_of_which_there_are_none_are_a_mistake():
    with pytest.raises(MrrError, match=r"^month holds no month; give one or several$"):
        metric("MRR_SEGMENTS", ledger(SEVERAL), [], by="plan")
