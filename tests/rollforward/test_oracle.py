"""The engine against a recomputation by month, customer and day that shares no code with it."""

from __future__ import annotations

import datetime as dt
import itertools

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrr_xl.metrics import metric
from mrr_xl.rollforward.book import Book
from support.oracle import (
    PRICES,
    Line,
    Month,
    Period,
    Rules,
    book_of,
    frame_of,
    many_lines,
    months_between,
    paid_periods,
    repeatably,
    some_lines,
    throughs,
)

NAMES = ["new", "reactivation", "expansion", "contraction", "churn"]
COUNTS = ["new_customers", "reactivated_customers", "expanded_customers", "contracted_customers", "churned_customers"]


def first_month_after(day: dt.date, months: list[Month], at_its_end: bool) -> Month | None:
    """The first month whose first, or last, day is not before this day."""
    return next((month for month in months if (month.last_day if at_its_end else month.first_day) >= day), None)


def days_away(periods: list[Period], months: list[Month], back: Month, as_of: str) -> int:
    """From the last end of service before the month that a customer came back to the first start in that month."""
    left = [(first_month_after(period.end, months, as_of == "month_end"), period.end) for period in periods]
    starts = [
        period.start for period in periods if first_month_after(period.start, months, as_of != "month_start") == back
    ]
    return (min(starts) - max(end for month, end in left if month and month < back)).days


def recomputed(lines: list[Line], rules: Rules, through: Month) -> dict[str, dict[str, int]]:
    """Every month's movements in millionths and the customers behind them, from the first month with MRR on."""
    months = months_between(Month(2023, 1), through)
    table = {str(month): dict.fromkeys([*NAMES, *COUNTS], 0) for month in months}
    for periods in paid_periods(lines, rules).values():
        before, known = 0, False
        for month in months:
            after = sum(period.mrr for period in periods if period.counts(month, rules.as_of))
            if after != before:
                if before == 0 and not known:
                    name = "new"
                elif before == 0:
                    away = days_away(periods, months, month, rules.as_of)
                    limit = rules.reactivation_days
                    name = "new" if limit is not None and away > limit else "reactivation"
                elif after == 0:
                    name = "churn"
                else:
                    name = "expansion" if after > before else "contraction"
                table[str(month)][name] += after - before
                table[str(month)][COUNTS[NAMES.index(name)]] += 1
                before, known = after, True
    while table and not any(next(iter(table.values())).values()):
        del table[next(iter(table))]
    return table


# What the engine gives


def computed(book: Book) -> dict[str, dict[str, int]]:
    """The engine's movements in the same form; that they add up is looked at on the way."""
    table, opening, customers = {}, 0, 0
    for month, row in book.movements.to_dict("index").items():
        assert row["opening"] == opening and row["opening_customers"] == customers
        opening += sum(row[name] for name in NAMES)
        customers += row["new_customers"] + row["reactivated_customers"] - row["churned_customers"]
        assert row["closing"] == opening and row["closing_customers"] == customers
        assert row["net_new"] == row["closing"] - row["opening"]
        table[f"{month // 12}-{month % 12 + 1:02d}"] = {name: row[name] for name in [*NAMES, *COUNTS]}
    return table


# The rules

AS_OF, END_DATE = ["month_end", "month_start", "any_day"], ["exclusive", "inclusive"]
GRACE, REACTIVATION = [[0], [1, 3, 10, 31, 60]], [[None], [0, 1, 10, 31, 90]]
for_every_rule = [
    pytest.mark.parametrize("as_of", AS_OF),
    pytest.mark.parametrize("end_date", END_DATE),
    pytest.mark.parametrize("grace_days", GRACE, ids=["no grace", "grace"]),
    pytest.mark.parametrize("reactivation_days", REACTIVATION, ids=["unlimited", "limited"]),
]


def under_every_rule(test):
    for mark in for_every_rule:
        test = mark(test)
    return test


@under_every_rule
@repeatably(6)
@given(data=st.data())
def test_a_ledger_gives_what_a_recomputation_by_month_customer_and_day_gives(
    as_of, end_date, grace_days, reactivation_days, data
):
    lines, through = data.draw(some_lines()), data.draw(throughs)
    rules = Rules(
        as_of, end_date, data.draw(st.sampled_from(grace_days)), data.draw(st.sampled_from(reactivation_days))
    )
    assert computed(book_of(frame_of(lines), rules, through)) == recomputed(lines, rules, through)


@under_every_rule
@pytest.mark.parametrize("engine", ["polars", "pandas"])
def test_many_customers_give_what_the_recomputation_gives_in_memory(
    engine, as_of, end_date, grace_days, reactivation_days
):
    lines, through = many_lines(150), Month(2024, 8)
    rules = Rules(as_of, end_date, grace_days[len(grace_days) // 2], reactivation_days[len(reactivation_days) // 2])
    table = frame_of(lines)
    book = book_of(table if engine == "polars" else table.to_pandas(), rules, through)
    assert computed(book) == recomputed(lines, rules, through)


@pytest.mark.parametrize(
    "rules",
    [
        Rules(),
        Rules("month_start", "inclusive", 10, None),
        Rules("any_day", "inclusive", 0, 31),
        Rules("month_end", "exclusive", 31, 10),
    ],
    ids=lambda rules: "-".join(map(str, rules)),
)
def test_many_customers_give_what_the_recomputation_gives_in_a_database(rules):
    lines, through = many_lines(150), Month(2024, 8)
    arrow = frame_of(lines).to_arrow()
    assert computed(book_of(duckdb.from_arrow(arrow), rules, through)) == recomputed(lines, rules, through)


# Schedules


@st.composite
def some_schedule(draw) -> dict[tuple[str, Month], str]:
    """Customer and month → MRR."""
    cells = itertools.product("ABC", months_between(Month(2023, 11), Month(2024, 5)))
    return {cell: draw(st.sampled_from([*PRICES, "0", "0"])) for cell in cells}


@pytest.mark.parametrize("layout", ["long", "wide"])
@repeatably(25)
@given(
    schedule=some_schedule(),
    rules=st.builds(
        Rules,
        st.sampled_from(AS_OF),
        st.sampled_from(END_DATE),
        st.sampled_from([0, 28, 29, 31, 62]),
        st.sampled_from([None, 0, 28, 31, 62]),
    ),
    through=throughs,
)
def test_a_schedule_gives_what_the_recomputation_of_its_months_gives(layout, schedule, rules, through):
    long = pl.DataFrame(
        {
            "customer": [customer for customer, _ in schedule],
            "month": [str(month) for _, month in schedule],
            "mrr": [float(mrr) for mrr in schedule.values()],
        }
    )
    table = long if layout == "long" else long.pivot(on="month", index="customer", values="mrr")
    lines = [
        Line(customer, month.first_day, month.next.first_day, mrr, "month", "")
        for (customer, month), mrr in schedule.items()
    ]
    # A month of a schedule is a whole month, whatever the end dates of subscriptions mean.
    expected = recomputed(lines, rules._replace(end_date="exclusive"), through)
    assert computed(book_of(table, rules, through)) == expected


# Invariants

some_rules = st.builds(
    Rules,
    st.sampled_from(AS_OF),
    st.sampled_from(END_DATE),
    st.sampled_from([0, 10, 31]),
    st.sampled_from([None, 10, 31]),
)


@pytest.mark.parametrize("engine", ["polars", "pandas"])
@repeatably(8)
@given(data=st.data(), rules=some_rules)
def test_the_order_of_the_rows_plays_no_part(engine, data, rules):
    lines = data.draw(some_lines())
    mixed = data.draw(st.permutations(lines))
    convert = pl.DataFrame.to_pandas if engine == "pandas" else pl.DataFrame.clone
    tables = [book_of(convert(frame_of(order)), rules, Month(2024, 8)).movements for order in (lines, mixed)]
    pd.testing.assert_frame_equal(*tables)


@repeatably(15)
@given(lines=some_lines(), rules=some_rules, through=throughs)
def test_the_mrr_of_the_parts_sums_to_the_mrr_of_the_whole(lines, rules, through):
    # A gap is one in all of a customer's service, so that parts close other gaps than the whole does.
    rules = rules._replace(grace_days=0)
    table = frame_of(lines)
    whole = book_of(table, rules, through).movements["closing"].to_dict()
    parts = [
        book_of(table, rules, through, f"plan={plan}").movements["closing"].to_dict()
        for plan in sorted({line.plan for line in lines})
    ]
    assert {month: sum(part.get(month, 0) for part in parts) for month in whole} == whole


@repeatably(8)
@given(lines=some_lines(), rules=some_rules, through=throughs)
def test_the_closing_is_the_sum_of_the_periods_that_run(lines, rules, through):
    checks = metric("MRR_CHECKS", frame_of(lines), settings=rules._asdict() | {"through": str(through)})
    found = checks.set_index("check")["result"]
    assert found["movements make the closing"] == found["periods make the closing"] == found["customers add up"] == "OK"


@repeatably(15)
@given(lines=some_lines(), rules=some_rules, through=throughs)
def test_a_later_end_of_the_report_changes_nothing_before_it(lines, rules, through):
    table = frame_of(lines)
    early, late = (computed(book_of(table, rules, end)) for end in (through, Month(2024, 12)))
    assert early == {month: late[month] for month in late if month <= str(through)}
