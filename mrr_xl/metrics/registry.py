"""A metric is declared once, by decorating a pure function; everything else derives from this registry."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from mrr_xl.errors import MrrError, nearest, shown
from mrr_xl.metrics.arguments import ARGUMENTS
from mrr_xl.metrics.columns import FRACTION, Column

Kind = Literal["series", "value", "table", "handle", "arithmetic"]
Unit = Literal["money", "count", "rate", "ratio", "month", "table", "text"]
Group = Literal[
    "level", "movements", "customers", "behind", "growth", "retention", "concentration", "next", "economics", "trust",
    "start",
]  # fmt: skip
#: The question that the functions of a group answer, in the order of docs/functions.md.
GROUPS: dict[Group, str] = {
    "level": "How much do we have?",
    "movements": "What moved?",
    "customers": "How many customers moved?",
    "behind": "Who and what is behind it?",
    "growth": "How fast do we grow?",
    "retention": "Who stays?",
    "concentration": "Who pays the most?",
    "next": "What is next?",
    "economics": "Does it pay off?",
    "trust": "Can we trust the figures?",
    "start": "What do we start from?",
}


@dataclass(frozen=True)
class Metric:
    """One declared metric."""

    name: str  #: the sheet function's name, which never changes
    kind: Kind
    unit: Unit
    compute: Callable[..., Any]
    group: Group  #: the question that it answers, a key of GROUPS
    columns: tuple[Column, ...] = ()  #: of a table

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.compute) or "").partition("\n")[0]  # python -OO leaves no docs

    def is_rate(self, column: str) -> bool:
        """Whether a table's column of this name is a fraction, which people read as a percentage."""
        return any(of.unit == FRACTION and of.holds(column) for of in self.columns)

    @property
    def prose(self) -> str:
        """What its documentation says, without the example."""
        return (inspect.getdoc(self.compute) or "").partition("\n>>> ")[0].strip()

    @property
    def example(self) -> str:
        """The doctest of its documentation; nothing if it has none."""
        _, prompt, rest = (inspect.getdoc(self.compute) or "").partition("\n>>> ")
        return (prompt + rest).strip()

    @cached_property
    def own_arguments(self) -> dict[str, bool]:
        """The metric's own arguments in order, and whether each may be left out.

        The first parameter of a series, a value or a table is what it is computed from.
        """
        parameters = list(inspect.signature(self.compute).parameters.values())
        own = parameters if self.kind == "arithmetic" else parameters[1:]
        return {item.name: item.default is not inspect.Parameter.empty for item in own}

    def taken(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The metric's own arguments that are given; a blank one keeps its default. Raises MrrError."""
        for name, optional in self.own_arguments.items():
            if not optional and given.get(name) is None:
                raise MrrError(f"{self.name} needs {name}: {ARGUMENTS[name].doc}")
        taken = {name: given[name] for name in self.own_arguments if given.get(name) is not None}
        for name, value in taken.items():
            if ARGUMENTS[name].kind != "ledger" and not _is_one_value(value):
                raise MrrError(f"{name} can't be {shown(value)}; give one value or one cell")
        return taken

    @property
    def computed_from(self) -> str:
        return next(iter(inspect.signature(self.compute).parameters))

    @property
    def arguments(self) -> dict[str, bool]:
        """The sheet function's arguments in order, and whether one may be left out."""
        own = self.own_arguments
        if self.kind == "arithmetic":
            return own
        if self.kind == "handle":
            return {"data": False, "settings": True, "rates": True}
        if self.kind == "series":
            own = {"month": True} | own
        return {"data": False} | own | {"where": True, "settings": True, "rates": True}


def _is_one_value(value: object) -> bool:
    """Whether a value is not several; those that are can't be a key."""
    try:
        hash(value)
    except TypeError:
        return False
    return not isinstance(value, tuple)


REGISTRY: dict[str, Metric] = {}


def _declare(
    name: str, kind: Kind, unit: Unit, group: Group, **more: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def declared(compute: Callable[..., Any]) -> Callable[..., Any]:
        REGISTRY[name] = Metric(name, kind, unit, compute, group, **more)
        return compute

    return declared


def series(name: str, unit: Unit, group: Group) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A figure for every month: a function of the movements, or of the book, that gives a series over months.

    What it is computed from is its first argument, named movements or book; the others are the metric's own.
    """
    return _declare(name, "series", unit, group)


def value(name: str, unit: Unit, group: Group) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """One figure of the whole book."""
    return _declare(name, "value", unit, group)


def table(name: str, group: Group, columns: tuple[Column, ...]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A small table: a function of the whole book, and of arguments of its own.

    columns: what they are, in their order; a test computes them.
    """
    return _declare(name, "table", "table", group, columns=columns)


def handle(name: str, group: Group) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A text that says what a book holds, and stands for it in a cell."""
    return _declare(name, "handle", "text", group)


def arithmetic(name: str, group: Group, unit: Unit = "money") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Plain arithmetic on its arguments."""
    return _declare(name, "arithmetic", unit, group)


def find(name: str) -> Metric:
    """The metric of this name: MRR_NET_NEW, mrr_net_new, net_new or "net new"."""
    plain = str(name).strip().upper().replace(" ", "_").replace("-", "_")
    for candidate in (plain, f"MRR_{plain}"):
        if candidate in REGISTRY:
            return REGISTRY[candidate]
    short = {known.removeprefix("MRR_"): known for known in REGISTRY}
    meant = [short[known] for known in nearest(plain.removeprefix("MRR_"), short)]
    raise MrrError(f"{shown(name)} is not a metric; the metrics are {', '.join(REGISTRY)}", meant)
