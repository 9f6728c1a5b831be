"""The metrics → sheet functions: one callable each, for whatever spreadsheet calls it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from mrr_xl import cell_errors
from mrr_xl.errors import MrrError
from mrr_xl.functions import cells
from mrr_xl.functions.books import book_of
from mrr_xl.later import pd
from mrr_xl.metrics import ARGUMENTS, REGISTRY, Metric, table_of, values_at
from mrr_xl.metrics.checks import checks, unreadable

#: What an undefined figure is in a cell. A host with real error values replaces it.
NOT_AVAILABLE = cell_errors.NA.text


def sheet_function(metric: Metric, undefined: Any = NOT_AVAILABLE) -> Callable[..., Any]:
    """A metric as a spreadsheet calls it: raw cells in, a cell or rows of cells out.

    Raises MrrError on a user's mistake, for the host to show. `undefined` is what this host takes for #N/A.
    """
    arguments = metric.arguments

    def function(*given: Any) -> Any:
        values = dict(zip(arguments, given))
        compute = {"series": _series, "value": _one, "table": _table, "arithmetic": _arithmetic}[metric.kind]
        return compute(metric, values, undefined)

    function.__name__ = function.__qualname__ = metric.name
    function.__doc__ = metric.summary[:255]
    function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=None if optional else inspect.Parameter.empty,
            )
            for name, optional in arguments.items()
        ]
    )
    return function


def sheet_functions(undefined: Any = NOT_AVAILABLE) -> dict[str, Callable[..., Any]]:
    """All of them, by name."""
    return {name: sheet_function(metric, undefined) for name, metric in REGISTRY.items()}


def argument_help(metric: Metric) -> dict[str, str]:
    """What to say of each argument in a function wizard."""
    return {name: ARGUMENTS[name] for name in metric.arguments}


def syntax(metric: Metric) -> str:
    """How a formula is written.

    >>> syntax(REGISTRY["MRR_NET_NEW"])
    'MRR_NET_NEW(data, [month], [where], [settings], [rates])'
    """
    return f"{metric.name}({', '.join(f'[{n}]' if optional else n for n, optional in metric.arguments.items())})"


def _series(metric: Metric, given: dict[str, Any], undefined: Any) -> Any:
    book = book_of(*(given.get(name) for name in ("data", "where", "settings", "rates")))
    month, own = given.get("month"), _own(metric, given)

    def compute(wanted: list[int]) -> list[Any]:
        return [undefined if value is None else value for value in values_at(metric, book, wanted, **own)]

    if not isinstance(month, (list, tuple)) and cells.value_of(month) is None:
        return compute([book.through])[0]
    return cells.over_cells(lambda found: compute(cells.months_of(found)), month)


def _one(metric: Metric, given: dict[str, Any], undefined: Any) -> Any:
    book = book_of(*(given.get(name) for name in ("data", "where", "settings", "rates")))
    return cells.cell_of(metric.compute(book), undefined)


def _table(metric: Metric, given: dict[str, Any], undefined: Any) -> Any:
    try:
        return cells.cells_of(_computed(metric, given), undefined)
    except MrrError as mistake:
        # A cell that holds #VALUE! has no place for a sentence; the checks of the same data have.
        if metric.compute is not checks:
            raise
        return cells.cells_of(unreadable(mistake), undefined)


def _computed(metric: Metric, given: dict[str, Any]) -> pd.DataFrame:
    rules = [given.get(name) for name in ("where", "settings", "rates")]
    own = _own(metric, {name: raw for name, raw in given.items() if name != "against"})
    if isinstance(given.get("against"), (list, tuple)):
        own["against"] = book_of(given["against"], *rules)
    return table_of(metric, book_of(given["data"], *rules), **own)


def _own(metric: Metric, given: dict[str, Any]) -> dict[str, Any]:
    return metric.taken({item.name: cells.value_of(given.get(item.name)) for item in metric.own_arguments})


def _arithmetic(metric: Metric, given: dict[str, Any], undefined: Any) -> Any:
    own = {
        name: raw for name, raw in given.items() if isinstance(raw, (list, tuple)) or cells.value_of(raw) is not None
    }
    missing = next((name for name, optional in metric.arguments.items() if not optional and name not in own), None)
    if missing:
        raise MrrError(f"{metric.name} needs {missing}: {ARGUMENTS[missing]}")

    def compute(*values: Any) -> Any:
        if NOT_AVAILABLE in values:
            return undefined
        result: float = metric.compute(**{name: value for name, value in zip(own, values) if value is not None})
        return undefined if result != result else result

    return cells.broadcast(compute, list(own.values()))
