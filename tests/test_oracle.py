"""The engine against a recomputation by month, customer and day that shares no code with it."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from fractions import Fraction
from typing import NamedTuple

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrr_xl.ledger import read_ledger
from mrr_xl.metrics import metric
from mrr_xl.movements import Book
from mrr_xl.settings import Settings

DAY = dt.timedelta(days=1)
PRICES = ["0", "0.01", "10", "10", "20", "30", "33.33", "100"]
MONTHS_OF = {"month": Fraction(1), "quarter": Fraction(3), "year": Fraction(12), "2 weeks": Fraction(24, 52)}
NAMES = ["new", "reactivation", "expansion", "contraction", "churn"]
COUNTS = ["new_customers", "reactivated_customers", "expanded_customers", "contracted_customers", "churned_customers"]


class Line(NamedTuple):
    customer: str
    start: dt.date
    end: dt.date | None
    amount: str
    interval: str
    plan: str


class Rules(NamedTuple):
    as_of: str = "month_end"
    end_date: str = "exclusive"
    grace_days: int = 0
    reactivation_days: int | None = None


class Month(NamedTuple):
    year: int
    number: int

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, self.number, 1)

    @property
    def next(self) -> Month:
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def last_day(self) -> dt.date:
        return self.next.first_day - DAY

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"


def months_between(first: Month, last: Month) -> list[Month]:
    return list(itertools.takewhile(lambda month: month <= last, _from(first)))


def _from(month: Month):
    while True:
        yield month
        month = month.next


# The recomputation


class Period(NamedTuple):
    start: dt.date
    end: dt.date  # the first day without service; dt.date.max for none
    mrr: int  # millionths

    def serves(self, day: dt.date) -> bool:
        return self.start <= day < self.end

    def counts(self, month: Month, as_of: str) -> bool:
        if as_of == "month_end":
            return self.serves(month.last_day)
        if as_of == "month_start":
            return self.serves(month.first_day)
        return self.start <= month.last_day and self.end > month.first_day


def paid_periods(lines: list[Line], rules: Rules) -> dict[str, list[Period]]:
    """Each customer's periods: priced, half up to the millionth, ends exclusive, empty and free ones left out."""
    found: dict[str, list[Period]] = {}
    for line in lines:
        end = line.end or dt.date.max
        if rules.end_date == "inclusive" and line.end:
            end += DAY
        exact = Fraction(line.amount) / MONTHS_OF[line.interval] * 1_000_000
        mrr = int(exact + Fraction(1, 2))
        if mrr > 0 and end > line.start:
            found.setdefault(line.customer, []).append(Period(line.start, end, mrr))
    return {customer: without_short_gaps(periods, rules.grace_days) for customer, periods in found.items()}


def without_short_gaps(periods: list[Period], grace_days: int) -> list[Period]:
    """Day by day: where nothing runs for at most `grace_days`, what ended on the gap's first day runs on through it."""
    day, last = min(period.start for period in periods), max(period.start for period in periods)
    gap: list[dt.date] = []
    while day <= last:
        if not any(period.serves(day) for period in periods):
            gap.append(day)
        elif gap:
            if len(gap) <= grace_days:
                periods = [period._replace(end=day) if period.end == gap[0] else period for period in periods]
            gap = []
        day += DAY
    return periods


def first_month_after(day: dt.date, months: list[Month], at_its_end: bool) -> Month | None:
    """The first month whose first, or last, day is not before this day."""
    return next((month for month in months if (month.last_day if at_its_end else month.first_day) >= day), None)


def days_away(periods: list[Period], months: list[Month], left: Month, back: Month, as_of: str) -> int:
    """From the last end of service in the month that a customer left to the first start in the month they came back."""
    ends = [period.end for period in periods if first_month_after(period.end, months, as_of == "month_end") == left]
    starts = [
        period.start for period in periods if first_month_after(period.start, months, as_of != "month_start") == back
    ]
    return (min(starts) - max(ends)).days


def recomputed(lines: list[Line], rules: Rules, through: Month) -> dict[str, dict[str, int]]:
    """Every month's movements in millionths and the customers behind them, from the first month with MRR on."""
    months = months_between(Month(2023, 1), through)
    table = {str(month): dict.fromkeys([*NAMES, *COUNTS], 0) for month in months}
    for periods in paid_periods(lines, rules).values():
        before, known, left = 0, False, None
        for month in months:
            after = sum(period.mrr for period in periods if period.counts(month, rules.as_of))
            if after != before:
                if before == 0 and not known:
                    name = "new"
                elif before == 0:
                    away = days_away(periods, months, left, month, rules.as_of)
                    limit = rules.reactivation_days
                    name = "new" if limit is not None and away > limit else "reactivation"
                elif after == 0:
                    name, left = "churn", month
                else:
                    name = "expansion" if after > before else "contraction"
                table[str(month)][name] += after - before
                table[str(month)][COUNTS[NAMES.index(name)]] += 1
                before, known = after, True
    while table and not any(next(iter(table.values())).values()):
        del table[next(iter(table))]
    return table


# What the engine gives


def frame_of(lines: list[Line]) -> pl.DataFrame:
    columns = [
        ("customer", pl.String), ("start", pl.Date), ("end", pl.Date), ("amount", pl.Float64),
        ("interval", pl.String), ("plan", pl.String),
    ]  # fmt: skip
    return pl.DataFrame([line._replace(amount=float(line.amount)) for line in lines], schema=columns, orient="row")


def book_of(data: object, rules: Rules, through: Month, where: str | None = None) -> Book:
    return Book(read_ledger(data), Settings.of(rules._asdict() | {"through": str(through)}), where)


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


# Random ledgers: few customers, few prices and many days at the edges of months, so that things meet

DAYS = [
    dt.date(year, month, 1) + dt.timedelta(days=offset)
    for year, month in [(2023, 12), (2024, 1), (2024, 2), (2024, 3), (2024, 4), (2024, 5)]
    for offset in (0, 0, 1, 9, 14, 27, 28, 29, 30)
]
days = st.sampled_from(DAYS)
throughs = st.sampled_from([Month(2023, 12), Month(2024, 3), Month(2024, 5), Month(2024, 8)])


@st.composite
def some_lines(draw) -> list[Line]:
    def line() -> Line:
        start, end = draw(days), draw(st.none() | days)
        if end and end < start:
            start, end = end, start
        interval = draw(st.sampled_from([*MONTHS_OF, "month", "month"]))
        return Line(draw(st.sampled_from("ABC")), start, end, draw(st.sampled_from(PRICES)), interval, draw(plans))

    plans = st.sampled_from(["Pro", "Basic"])
    return [line() for _ in range(draw(st.integers(1, 9)))]


def many_lines(customers: int) -> list[Line]:
    """A ledger of many customers with one to five lines each, the same every time."""
    dice = random.Random(20240315)
    lines = []
    for customer in range(customers):
        for _ in range(dice.randint(1, 5)):
            start, end = sorted([dice.choice(DAYS), dice.choice(DAYS)])
            open_ended = dice.random() < 0.2
            price, interval = dice.choice(PRICES), dice.choice([*MONTHS_OF, "month", "month"])
            lines.append(Line(f"C{customer}", start, None if open_ended else end, price, interval, "Pro"))
    return lines


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


def repeatably(examples: int):
    return settings(max_examples=examples, deadline=None, derandomize=True)


@under_every_rule
@repeatably(8)
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
    rules = Rules(as_of, end_date, grace_days[-2:][0], reactivation_days[-2:][0])
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
@repeatably(15)
@given(data=st.data(), rules=some_rules)
def test_the_order_of_the_rows_plays_no_part(engine, data, rules):
    lines = data.draw(some_lines())
    mixed = data.draw(st.permutations(lines))
    convert = pl.DataFrame.to_pandas if engine == "pandas" else pl.DataFrame.clone
    tables = [book_of(convert(frame_of(order)), rules, Month(2024, 8)).movements for order in (lines, mixed)]
    pd.testing.assert_frame_equal(*tables)


@repeatably(30)
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


@repeatably(30)
@given(lines=some_lines(), rules=some_rules, through=throughs)
def test_the_closing_is_the_sum_of_the_periods_that_run(lines, rules, through):
    checks = metric("MRR_CHECKS", frame_of(lines), settings=rules._asdict() | {"through": str(through)})
    assert checks.set_index("check").loc["closing adds up", "result"] == "OK"


@repeatably(30)
@given(lines=some_lines(), rules=some_rules, through=throughs)
def test_a_later_end_of_the_report_changes_nothing_before_it(lines, rules, through):
    table = frame_of(lines)
    early, late = (computed(book_of(table, rules, end)) for end in (through, Month(2024, 12)))
    assert early == {month: late[month] for month in late if month <= str(through)}
