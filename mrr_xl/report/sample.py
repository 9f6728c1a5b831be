"""Made-up subscriptions of a small software company; the same seed gives the same data everywhere."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from mrr_xl.later import pd
from mrr_xl.months import Month, first_day, read_month

COLUMNS = ["Customer", "Plan", "Region", "Start", "End", "Amount", "Interval", "Quantity", "Discount", "Status"]

_STEMS = [
    "Abrelund", "Brindavel", "Calmorrow", "Dunwicken", "Elsterby", "Farrowmere", "Gildanholt", "Hartelow",
    "Ivenmoor", "Jorvendal", "Kestrelow", "Lindenbarr", "Marrowick", "Nethersall", "Ostravane", "Pellworth",
    "Quillamere", "Rostenvik", "Sallowby", "Tamberlyn", "Ulverdahl", "Varnholden", "Wexilby", "Yarrowfen",
    "Zelmarsh", "Ambertoll", "Birkenvale", "Corrandine", "Dellifax", "Estermund", "Fennimarch", "Grenvolde",
    "Hollinbeck", "Iskerton", "Kaldermoss", "Lorrimund", "Mistelow", "Norvendale", "Orlanwick", "Prestolund",
]  # fmt: skip
_TRADES = [
    "Logistics", "Foods", "Robotics", "Dental Group", "Freight", "Architects", "Publishing", "Instruments",
    "Textiles", "Advisory", "Farms", "Insurance", "Marine", "Studios", "Materials", "Clinics", "Engineering",
    "Travel", "Furniture", "Optics",
]  # fmt: skip
#: Plan: share of new customers, price of a seat per month, fewest and most seats at the start.
_PLANS = {
    "Starter": (38, 15, 1, 5),
    "Team": (34, 29, 4, 18),
    "Business": (21, 45, 12, 45),
    "Enterprise": (7, 49, 40, 80),
}
_REGIONS = {"Europe": 46, "North America": 36, "Asia Pacific": 18}
#: Interval: share, months it lasts, months it is charged for.
_INTERVALS = {"month": (62, 1, 1.0), "quarter": (10, 3, 2.85), "year": (28, 12, 10.0)}
#: New customers by calendar month, January first: slow summers and Decembers, busy autumns.
_SEASON = (1.1, 1.05, 1.15, 1.0, 1.0, 0.95, 0.75, 0.7, 1.25, 1.2, 1.1, 0.75)
#: The chance at each renewal that a customer leaves, and its multiplier for each plan.
_LEAVES = {"month": 0.035, "quarter": 0.065, "year": 0.17}
_LEAVES_BY_PLAN = {"Starter": 1.1, "Team": 1.0, "Business": 0.7, "Enterprise": 0.4}

_T = TypeVar("_T")


class _Dice:
    """Random choices from `random()` alone, the only method whose results are the same in every Python version."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random

    def under(self, chance: float) -> bool:
        return self.random() < chance

    def between(self, low: int, high: int) -> int:
        return low + int(self.random() * (high - low + 1))

    def one_of(self, things: Sequence[_T]) -> _T:
        return things[int(self.random() * len(things))]

    def weighted(self, things: dict[str, Any]) -> str:
        shares = [share[0] if isinstance(share, tuple) else share for share in things.values()]
        left = self.random() * sum(shares)
        for thing, share in zip(things, shares):
            left -= share
            if left < 0:
                return thing
        return next(iter(things))

    def shuffled(self, things: Sequence[_T]) -> list[_T]:
        rest, mixed = list(things), []
        while rest:
            mixed.append(rest.pop(int(self.random() * len(rest))))
        return mixed


@dataclass(frozen=True)
class _Terms:
    plan: str
    interval: str
    seats: int
    discount: float
    year: int  #: of the price list

    @property
    def amount(self) -> float:
        """The price of a seat per interval; list prices rise by 4 % a year."""
        return round(_PLANS[self.plan][1] * (1 + 0.04 * self.year) * _INTERVALS[self.interval][2], 0)


def sample_subscriptions(
    customers: int = 400, months: int = 36, first_month: str = "2023-01", seed: int = 7
) -> pd.DataFrame:
    """Subscription periods of made-up customers, one row each; all dates are in the window, or the end is blank.

    An upgrade ends one row and starts the next on the same day. Some customers begin with a trial or a
    discount, pause, leave, and come back. The end is the first day without service.

    >>> table = sample_subscriptions()
    >>> table.shape
    (910, 10)
    >>> table.loc[0, ["Customer", "Plan", "Start", "Amount", "Interval", "Quantity"]].astype(str).tolist()
    ['Brindavel Travel', 'Team', '2023-01-01 00:00:00', '83.0', 'quarter', '8']
    """
    dice, first = _Dice(seed), read_month(first_month)
    starts = _start_months(customers, months, first)
    rows = []
    for name, month in zip(_names(customers, dice), starts):
        rows += _life(name, month, first, first + months, dice)
    table = pd.DataFrame(sorted(rows, key=lambda row: (row[3], row[0])), columns=COLUMNS)
    dates, numbers = dict.fromkeys(["Start", "End"], "datetime64[us]"), dict.fromkeys(["Amount", "Discount"], "float64")
    return table.astype(dates | numbers)


def sample_budget() -> list[tuple[dt.date, str, float]]:
    """A budget for the last quarter of the sample: month, figure as on the sheet Movements, value."""
    figures = ("New", "Expansion", "Contraction", "Churn", "Closing MRR", "Churned customers", "Customers at month end")
    values = {
        10: (5_500, 1_800, -900, -2_300, 184_500, 6, 250),
        11: (5_500, 1_800, -900, -2_300, 189_000, 6, 255),
        12: (6_500, 2_000, -900, -2_300, 194_500, 6, 261),
    }
    return [
        (dt.date(2025, month, 1), figure, value) for month, row in values.items() for figure, value in zip(figures, row)
    ]


def _names(count: int, dice: _Dice) -> list[str]:
    pairs = dice.shuffled([f"{stem} {trade}" for stem in _STEMS for trade in _TRADES])
    again = [f" {turn + 1}" if turn else "" for turn in range(count // len(pairs) + 1)]
    return [pairs[number % len(pairs)] + again[number // len(pairs)] for number in range(count)]


def _start_months(count: int, months: int, first: int) -> list[int]:
    """Start months: many in the first month, then a growing, seasonal number each month."""
    weights = [(1 + 1.1 * offset / months) * _SEASON[(first + offset) % 12] for offset in range(months)]
    weights[0] += 0.28 * sum(weights)
    starts: list[int] = []
    total, passed = sum(weights), 0.0
    for offset, weight in enumerate(weights):
        passed += weight
        starts += [first + offset] * (round(count * passed / total) - len(starts))
    return starts


def _life(name: str, start: int, first: int, last: int, dice: _Dice) -> list[tuple[Any, ...]]:
    """One customer's rows, from the first day to the end of the window (`last`, exclusive)."""
    region, billing_day = dice.weighted(_REGIONS), dice.between(1, 28)
    terms = _first_terms(dice, (start - first) // 12)
    rows: list[tuple[Any, ...]] = []
    since, month, status = _date(start, billing_day), start, "active"

    def close(end: dt.date | None, state: str) -> None:
        rows.append(
            (name, terms.plan, region, since, end, terms.amount, terms.interval, terms.seats, terms.discount, state)
        )

    if start > first and dice.under(0.22):
        # A trial of two weeks or a month; one in five does not buy.
        until = since + dt.timedelta(days=dice.one_of((14, 14, 30)))
        if until >= first_day(Month(last)):
            close(None, "trialing")
            return rows
        close(until, "trialing")
        if dice.under(0.2):
            return rows
        since, month = until, until.year * 12 + until.month - 1
    begun, discount_ends = month, month + dice.one_of((3, 6, 12))
    while (month := month + 1) < last:
        age, chance = month - begun, dice.random()
        renewal = age % _INTERVALS[terms.interval][1] == 0
        if status == "paused":
            if dice.under(0.5):
                close(_date(month, billing_day), "paused")
                since, status = _date(month, billing_day), "active"
            continue
        if renewal and dice.under(_LEAVES[terms.interval] * _LEAVES_BY_PLAN[terms.plan]):
            close(_date(month, billing_day), "cancelled")
            month += dice.between(2, 9)
            if month >= last or not dice.under(0.28):
                return rows
            since, begun = _date(month, billing_day), month
            terms = replace(_changed(terms, dice.random() * 0.1, dice), discount=0.0, year=(month - first) // 12)
            continue
        if terms.discount and month >= discount_ends:
            after = replace(terms, discount=0.0)
        elif chance < 0.004 and terms.interval == "month":
            close(_date(month, billing_day), "active")
            since, status = _date(month, billing_day), "paused"
            continue
        else:
            after = _changed(terms, chance, dice)
        if after != terms:
            day = _date(month, billing_day if after.discount != terms.discount else dice.between(1, 28))
            close(day, "active")
            since, terms = day, after
    close(None, status if status == "paused" else "past_due" if dice.under(0.03) else "active")
    return rows


def _first_terms(dice: _Dice, year: int) -> _Terms:
    plan = dice.weighted(_PLANS)
    discount = dice.one_of((0.1, 0.15, 0.2, 0.25)) if dice.under(0.12) else 0.0
    interval = dice.weighted(_INTERVALS)
    return _Terms(plan, interval, dice.between(*_PLANS[plan][2:]), discount, year)


def _changed(terms: _Terms, chance: float, dice: _Dice) -> _Terms:
    """The terms after a month; mostly they are unchanged."""
    plans = list(_PLANS)
    level = plans.index(terms.plan)
    seats = max(1, round(terms.seats * dice.between(10, 30) / 100))
    if chance < 0.045:
        return replace(terms, seats=terms.seats + seats)
    if chance < 0.056:
        return replace(terms, seats=max(1, terms.seats - seats))
    if chance < 0.066 and level < 2:
        return replace(terms, plan=plans[level + 1], seats=max(terms.seats, _PLANS[plans[level + 1]][2]))
    if chance < 0.070 and 0 < level < 3:
        return replace(terms, plan=plans[level - 1])
    if chance < 0.074 and terms.interval == "month":
        return replace(terms, interval="year")
    return terms


def _date(month: int, day: int) -> dt.date:
    return first_day(Month(month)).replace(day=day)
