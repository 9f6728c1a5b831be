"""Random ledgers, and their customers' MRR month by month, recomputed day by day without the engine's code."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from fractions import Fraction
from typing import NamedTuple

import duckdb
import polars as pl
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.rollforward.book import Book
from mrr_xl.settings import Settings

DAY = dt.timedelta(days=1)
PRICES = ["0", "0.01", "10", "10", "20", "30", "33.33", "100"]
MONTHS_OF = {"month": Fraction(1), "quarter": Fraction(3), "year": Fraction(12), "2 weeks": Fraction(24, 52)}
ENGINES = {
    "polars": pl.DataFrame.clone,
    "pandas": pl.DataFrame.to_pandas,
    "duckdb": lambda table: duckdb.from_arrow(table.to_arrow()),
}


#: For what warns: lines at random overlap, and end on the last days of months.
lines_at_random = pytest.mark.filterwarnings("ignore::mrr_xl.errors.MrrWarning")


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


def mrr_by_month(lines: list[Line], rules: Rules, through: Month) -> dict[str, list[int]]:
    """Each customer's MRR in millionths in every month from the first with MRR on; nobody's before, nothing after."""
    months = months_between(Month(2023, 1), through)
    found = {
        customer: [sum(period.mrr for period in periods if period.counts(month, rules.as_of)) for month in months]
        for customer, periods in paid_periods(lines, rules).items()
    }
    first = next((place for place, mrrs in enumerate(zip(*found.values())) if any(mrrs)), len(months))
    return {customer: mrrs[first:] for customer, mrrs in found.items() if any(mrrs)}


# What the engine takes


def frame_of(lines: list[Line]) -> pl.DataFrame:
    columns = [
        ("customer", pl.String), ("start", pl.Date), ("end", pl.Date), ("amount", pl.Float64),
        ("interval", pl.String), ("plan", pl.String),
    ]  # fmt: skip
    return pl.DataFrame([line._replace(amount=float(line.amount)) for line in lines], schema=columns, orient="row")


def book_of(data: object, rules: Rules, through: Month, where: str | None = None) -> Book:
    return Book(read_ledger(data), Settings.of(rules._asdict() | {"through": str(through)}), where)


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


def repeatably(examples: int):
    return settings(max_examples=examples, deadline=None, derandomize=True)
