"""Amounts up to the limits of whole millionths: the exact sum on every engine, or a sentence."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple

import duckdb
import polars as pl

from fuzz.drawn import Drawn
from fuzz.target import Target
from mrr_xl.ledger.frames import to_memory
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.ledger.pricing import share_of_month
from mrr_xl.ledger.rates import read_rates
from mrr_xl.metrics import REGISTRY, values_at
from mrr_xl.months import read_month
from mrr_xl.rollforward.book import Book
from mrr_xl.settings import Settings

_MONTHS = ("2024-01", "2024-02", "2024-03")
_DAYS = [dt.date(2024, month, day) for month in (1, 2, 3) for day in (1, 15)]
_AMOUNTS = (
    0.0, 1e-6, 4e-7, 0.01, 1.0, 33.33, 1e9, 9.007199254740993e9, 1e11, 2.25e11, 9e11, 999_999_999_999.999, 1e12,
    1.0000001e12, 4.5e12, 9e12, 9.2e12, 9.3e12, 1e13, 1.2e13, 1e15, 1e18, 1e300,
)  # fmt: skip
_INTERVALS = ("month", "year", "quarter", "week", "day", "2 weeks", "9999999 years", "100 years")
#: Of the most that a line may have.
_SHARES = (0.99, 0.5, 0.9, 0.999999, 0.75, 0.125, 1e-3, 1e-6, 1e-12, 0.1)
_QUANTITIES, _DISCOUNTS = (1.0, 2.0, 9.0, 0.5, 1e6, 1e-6, 1e12), (0.0, 0.5, 0.9, 0.99, 1.0, 0.333, 1e-9)
_RATES = (1.0, 1.0, 1.0, 0.5, 2.0, 9.0, 1e-6, 0.9173, 1.1, 1e6, 1e12)
_EACH = 6  #: so many series more are looked at only now and then
_SERIES = [metric for metric in REGISTRY.values() if metric.kind == "series" and not metric.own_arguments]


class Case(NamedTuple):
    lines: list[tuple[Any, ...]]
    rates: Any
    settings: dict[str, str]
    engine: str


def _read(data: bytes) -> Case:
    drawn = Drawn(data)
    engine = drawn.one_of(["polars", "polars", "polars", "pandas", "pandas", "duckdb"])
    kind, settings = drawn.below(3), {"through": _MONTHS[-1]}
    for name, value in (("discounts", "ignore"), ("netting", "gross"), ("grain", "subscription")):
        if not drawn.below(2):
            settings[name] = value
    rates: Any = None
    if kind == 1:
        rates = [("EUR", 1.0), ("USD", drawn.one_of(_RATES))]
    elif kind == 2:
        rates = [(name, month, drawn.one_of(_RATES)) for name in ("EUR", "USD") for month in _MONTHS]
        settings.pop("netting", None)
    intervals = [drawn.one_of(_INTERVALS) for _ in range(2)]
    most = 1e12 / max(1.0, *(float(share_of_month(each)) for each in intervals), *(rate[-1] for rate in rates or ()))
    lines = []
    for number in range(1 + drawn.below(14)):
        first, last = sorted([drawn.one_of(_DAYS), drawn.one_of(_DAYS)])
        quantity = 1.0 if drawn.below(4) else drawn.one_of(_QUANTITIES)
        amount = most * drawn.one_of(_SHARES) / quantity if drawn.below(32) else drawn.one_of(_AMOUNTS)
        amount *= 1 + (drawn.below(5) - 2) * 2.0**-52
        discount = 0.0 if drawn.below(3) else drawn.one_of(_DISCOUNTS)
        end = None if drawn.below(2) else last
        customer = drawn.one_of("ABC") if drawn.below(2) else f"C{number}"
        currency = "USD" if rates and drawn.below(2) else "EUR"
        lines.append((customer, first, end, amount, drawn.one_of(intervals), quantity, discount, currency))
    return Case(lines, rates, settings, engine)


def _frame(case: Case) -> Any:
    names = ["customer", "start", "end", "amount", "interval", "quantity", "discount", "currency"]
    table = pl.DataFrame(case.lines, schema=names, orient="row", schema_overrides={"end": pl.Date})
    table = table.with_columns(subscription=pl.int_range(pl.len()).cast(pl.String))
    if case.engine == "duckdb":
        return duckdb.from_arrow(table.to_arrow())
    return table.to_pandas() if case.engine == "pandas" else table


def _check(case: Case) -> None:
    ledger = read_ledger(_frame(case), rates=read_rates(case.rates))
    column = "list_mrr" if case.settings.get("discounts") == "ignore" else "mrr"
    column = column.replace("mrr", "local") if ledger.rates.by_month else column
    lines = to_memory(ledger.frame.select("subscription", column))
    priced = {int(name): int(price) for name, price in zip(lines["subscription"].to_list(), lines[column].to_list())}
    for number, line in enumerate(case.lines):
        _check_price(priced[number], _exact(line, case, column))
    book = Book(ledger, Settings.of(case.settings))
    found = book.movements.to_dict("index")
    for month in map(read_month, _MONTHS):
        sums = {"EUR": 0, "USD": 0}
        for number, (_, start, end, *_rest, currency) in enumerate(case.lines):
            last = dt.date(month // 12 + (month % 12 == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)
            if start <= last and (end is None or end > last):
                sums[currency] += priced[number]
        closing = sum(sums.values())
        if ledger.rates.by_month:
            exact = sum(total * Fraction(ledger.rates.at(name, month)) for name, total in sums.items() if total)
            _near(found.get(month, {}).get("closing", 0), exact)
        else:
            assert found.get(month, {}).get("closing", 0) == closing
    for metric in [*_SERIES[sum(priced.values()) % _EACH :: _EACH], REGISTRY["MRR"], REGISTRY["ARR"]]:
        _check_series(metric, book, found)


def _exact(line: tuple[Any, ...], case: Case, column: str) -> Fraction:
    _, _, _, amount, interval, quantity, discount, currency = line
    price = Fraction(amount) * Fraction(quantity) * (1 if column.startswith("list") else 1 - Fraction(repr(discount)))
    if "local" not in column and case.rates is not None:
        price *= Fraction(dict(case.rates)[currency])
    return price * share_of_month(interval) * 1_000_000


def _check_price(found: int, exact: Fraction) -> None:
    """Half up to the millionth, where a float holds it so exactly."""
    assert abs(found - exact) <= Fraction(1, 2) + exact * Fraction(8, 2**52) + Fraction(1, 10_000), (found, exact)


def _near(found: int, exact: Fraction | int) -> None:
    assert abs(found - exact) <= 2 + abs(exact) * Fraction(8, 2**52), (found, exact)


def _check_series(metric: Any, book: Book, found: dict[int, dict[str, int]]) -> None:
    values = values_at(metric, book, [read_month(month) for month in _MONTHS])
    for value in values:
        assert value is None or math.isfinite(value), metric.name
    if metric.name in ("ARR", "MRR"):
        times = 12 if metric.name == "ARR" else 1
        for month, value in zip(map(read_month, _MONTHS), values):
            exact = times * found.get(month, {}).get("closing", 0) / 1_000_000
            assert value is None or math.isclose(value, exact, rel_tol=1e-12, abs_tol=1e-6), (metric.name, value, exact)


def _seeds() -> Iterator[bytes]:
    dice = Random(16)
    yield from (dice.randbytes(120) for _ in range(24))


TARGETS = {"limits": Target(_read, _check, _seeds, (), 250)}
