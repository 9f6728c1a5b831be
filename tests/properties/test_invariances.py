"""What may not change a figure changes none: of every metric, under every rule, for ledgers at random."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrr_xl.metrics import REGISTRY
from support.figures import FIRST, LAST, book, figures, plain, some_settings, table_of
from support.oracle import DAY, Line, Month, repeatably, some_lines

#: Tables of which each row is somebody's, with the columns that name whose.
TABLES: dict[str, dict[str, Any]] = {
    "MRR_TOP": {},
    "MRR_DETAIL": {},
    "MRR_SCHEDULE": {},
    "MRR_SEGMENTS": {"by": "plan"},
}


def rows(of: Any, name: str, renamed: Mapping[str, str] = MappingProxyType({})) -> list[dict[str, Any]]:
    """The rows of a table with customers called otherwise, in an order of their own: that of equals is by name."""
    table = REGISTRY[name].compute(of, **TABLES[name])
    table = table.drop(columns=[column for column in table.columns if str(column) in ("rank", "cumulative_share")])

    def called(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 9)
        customer, *subscription = str(value).split(" / ")
        return " / ".join([renamed.get(customer, customer), *subscription])

    found = ({str(key): called(value) for key, value in row.items()} for row in table.to_dict("records"))
    return sorted(found, key=repr)


@repeatably(8)
@given(data=st.data(), lines=some_lines(), rules=some_settings)
def test_the_order_of_rows_and_columns_plays_no_part(data, lines, rules):
    table = table_of(lines)
    mixed = table[data.draw(st.permutations(range(table.height)))].select(data.draw(st.permutations(table.columns)))
    one, other = book(table, rules), book(mixed, rules)
    assert plain(figures(other)) == figures(one)
    for name in TABLES:
        assert rows(other, name) == rows(one, name)


@repeatably(8)
@given(lines=some_lines(), rules=some_settings)
def test_how_customers_are_called_plays_no_part(lines, rules):
    names = {"A": "Zoë & Söhne", "B": " 007", "C": "#A; B=1"}
    called = [line._replace(customer=names[line.customer]) for line in lines]
    one, other = book(table_of(lines), rules), book(table_of(called), rules)
    assert plain(figures(other)) == figures(one)
    for name in TABLES:
        assert rows(other, name) == rows(one, name, {key: text.strip() for key, text in names.items()})


@repeatably(10)
@given(data=st.data(), lines=some_lines(), rules=some_settings)
def test_a_period_in_two_pieces_of_one_price_is_one_period(data, lines, rules):
    """The first piece ends where the second one begins: on its first day, or the day before where ends are paid.

    With any_day both count in a month in which one ends and the other begins (docs/definitions.md, as_of): there the
    second begins with a month.
    """
    pieces, numbers = [], []
    gap = DAY if rules["end_date"] == "inclusive" else dt.timedelta()
    for number, line in enumerate(lines):
        last = line.end or dt.date(2024, 8, 31)
        days = [line.start + place * DAY for place in range(1, (last - line.start).days)]
        if rules["as_of"] == "any_day":
            days = [day for day in days if day.day == 1]
        cut = data.draw(st.sampled_from(days)) if days else None
        parts = [line] if cut is None else [line._replace(end=cut - gap), line._replace(start=cut)]
        pieces += parts
        numbers += [number] * len(parts)
    # With a blank column cancelled no end is scheduled before it comes, which is what committed MRR asks.
    never = pl.lit(None, pl.Date).alias("cancelled")
    whole = book(table_of(lines).with_columns(never), rules)
    cut_up = book(table_of(pieces, numbers).with_columns(never), rules)
    assert plain(figures(cut_up)) == figures(whole)


def shifted(day: dt.date | None, years: int, latest: int) -> dt.date | None:
    return day if day is None else day.replace(year=day.year + years, day=min(day.day, latest))


@pytest.mark.parametrize("years", [4, 28, -4, 1, 2, -3])
@repeatably(3)
@given(lines=some_lines(), rules=some_settings)
def test_whole_years_later_every_figure_is_whole_years_later(years, lines, rules):
    """Where 29 February is not moved to a leap year, days after the 27th and days between periods are left out."""
    latest = 31
    if years % 4:
        latest, rules = 27, rules | {"grace_days": 0, "reactivation_days": "unlimited"}
    before = [line._replace(start=shifted(line.start, 0, latest), end=shifted(line.end, 0, latest)) for line in lines]
    after = [
        line._replace(start=shifted(line.start, years, latest), end=shifted(line.end, years, latest)) for line in lines
    ]
    first, last = Month(FIRST.year + years, FIRST.number), Month(LAST.year + years, LAST.number)
    then = figures(book(table_of(after), rules, last), first, last)
    assert plain(then) == figures(book(table_of(before), rules))


@repeatably(8)
@given(lines=some_lines(), rules=some_settings, factor=st.sampled_from([2, 3, 7, 100, 12_345]))
def test_amounts_times_a_whole_number_are_every_amount_of_money_times_it_and_no_rate(lines, rules, factor):
    """Of lines a month, whose millionths are not rounded."""
    monthly = [line._replace(interval="month") for line in lines]
    one = book(table_of(monthly), rules)
    other = book(table_of(monthly).with_columns((pl.col("amount") * factor).round(2)), rules)
    money = [name for name in one.movements.columns if not name.endswith("_customers")]
    assert (one.movements[money] * factor).equals(other.movements[money])
    counts = one.movements.columns.difference(money)
    assert one.movements[counts].equals(other.movements[counts])
    found, times = figures(one), figures(other)
    for name, values in found.items():
        by = factor if REGISTRY[name].unit == "money" else 1
        wanted = [None if value is None else pytest.approx(_value(value) * by, rel=1e-12) for value in values]
        assert [None if value is None else _value(value) for value in times[name]] == wanted, name


def _value(value: Any) -> Any:
    return getattr(value, "expected", value)


def test_the_lines_here_are_such_that_figures_move():
    """Nothing above is true only because all of it is 0."""
    line = Line("A", dt.date(2024, 1, 1), dt.date(2024, 3, 1), "100", "month", "Pro")
    found = figures(book(table_of([line]), {}))
    assert found["MRR"][:6] == [0.0, 0.0, 100.0, 100.0, 0.0, 0.0]
    assert found["MRR_CHURN"][4] == -100.0
