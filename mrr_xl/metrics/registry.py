"""A metric is declared once, by decorating a pure function; everything else derives from this registry."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mrr_xl.errors import MrrError, shown

Kind = Literal["series", "value", "table", "arithmetic"]
Unit = Literal["money", "count", "rate", "ratio", "month", "table"]

#: What an argument means: the help in a function wizard, and the docs.
ARGUMENTS = {
    "data": "the subscriptions with their header row, such as Subscriptions[#All]",
    "month": "a month, or a range of months; left out, the last month reported",
    "where": 'which lines to look at, such as "plan=Pro; region<>US"',
    "settings": "a range of two columns, the rule and its value; or a text such as as_of=month_start",
    "rates": "a range of currency, [month] and rate: what one unit is worth in the reporting currency",
    "against": "the same table as it was earlier, with its header row, to see what has been restated",
    "first_month": "the first month to show; left out, the first of the data",
    "last_month": "the last month to show; left out, the last month reported",
    "movement": "new, reactivation, expansion, contraction or churn; left out, all of them",
    "amount": "the price of one interval",
    "interval": "day, week, month, quarter, year, or a count such as 3 months; left out, month",
    "quantity": "how many units are paid; left out, 1",
    "discount": "the recurring discount as a fraction, 0.2 for 20 %; left out, 0",
    "customers": "the number of paying customers",
    "average_revenue": "the average revenue of a customer over the period",
    "months": "a number of months; left out, 12 (in MRR_FROM_ARPA, 1)",
    "n": "how many customers; left out, 10",
    "measure": "net, gross or logos; left out, net",
    "period": "month, quarter or year of joining; left out, month",
    "by": "the column that says the segment, such as plan",
    "method": "naive, growth or drivers; left out, drivers (in MRR_BACKTEST, all three)",
    "scenario": 'multipliers of the drivers, such as "new=120%; churn=90%"; left out, the drivers as they are',
    "spend": "the sales and marketing spend",
    "new_mrr": "the MRR of the new customers whom the spend won",
    "gross_margin": "the gross margin as a fraction, 0.8 for 80 %; left out, 1",
    "ltv": "the lifetime value of a customer, such as MRR_LTV gives",
    "cac": "what it costs to win a customer",
    "net_new_mrr": "the net new MRR of a quarter, such as the sum of three months of MRR_NET_NEW",
    "growth": "the growth of a year as a fraction, such as MRR_GROWTH_YOY gives",
    "margin": "the profit margin of the same year as a fraction",
}


@dataclass(frozen=True)
class Metric:
    """One declared metric."""

    name: str  #: the sheet function's name, which never changes
    kind: Kind
    unit: Unit
    compute: Callable[..., Any]

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.compute) or "").splitlines()[0]

    @property
    def own_arguments(self) -> list[inspect.Parameter]:
        """The arguments that are the metric's own; a table's and a series' first one is what it is computed from."""
        parameters = list(inspect.signature(self.compute).parameters.values())
        return parameters if self.kind == "arithmetic" else parameters[1:]

    def taken(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The own arguments that are given; a blank one keeps its default, and one without a default is needed."""
        own = {item.name: given[item.name] for item in self.own_arguments if given.get(item.name) is not None}
        for item in self.own_arguments:
            if item.default is inspect.Parameter.empty and item.name not in own:
                raise MrrError(f"{self.name} needs {item.name}: {ARGUMENTS[item.name]}")
        return own

    @property
    def computed_from(self) -> str:
        return next(iter(inspect.signature(self.compute).parameters))

    @property
    def arguments(self) -> dict[str, bool]:
        """The sheet function's arguments in order, and whether one may be left out."""
        own = {item.name: item.default is not inspect.Parameter.empty for item in self.own_arguments}
        if self.kind == "arithmetic":
            return own
        if self.kind == "series":
            own = {"month": True} | own
        return {"data": False} | own | {"where": True, "settings": True, "rates": True}


REGISTRY: dict[str, Metric] = {}


def _declare(name: str, kind: Kind, unit: Unit) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def declared(compute: Callable[..., Any]) -> Callable[..., Any]:
        REGISTRY[name] = Metric(name, kind, unit, compute)
        return compute

    return declared


def series(name: str, unit: Unit) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A figure for every month: a function of the movements, or of the book, that gives a series over months.

    What it is computed from is its first argument, named movements or book; the others are the metric's own.
    """
    return _declare(name, "series", unit)


def value(name: str, unit: Unit) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """One figure of the whole book."""
    return _declare(name, "value", unit)


def table(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A small table: a function of the ledger, the changes, the movements or the whole book."""
    return _declare(name, "table", "table")


def arithmetic(name: str, unit: Unit = "money") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Plain arithmetic on its arguments."""
    return _declare(name, "arithmetic", unit)


def find(name: str) -> Metric:
    """The metric of this name: MRR_NET_NEW, mrr_net_new, net_new or "net new"."""
    plain = name.strip().upper().replace(" ", "_").replace("-", "_")
    for candidate in (plain, f"MRR_{plain}"):
        if candidate in REGISTRY:
            return REGISTRY[candidate]
    raise MrrError(f"{shown(name)} is no metric; the metrics are {', '.join(REGISTRY)}")
