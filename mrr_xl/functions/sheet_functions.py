"""The metrics → sheet functions: one callable each, for whatever spreadsheet calls it."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Any

from mrr_xl import cell_errors
from mrr_xl.clock import one_day
from mrr_xl.errors import MrrError
from mrr_xl.functions import cells
from mrr_xl.functions.books import Books
from mrr_xl.later import pd
from mrr_xl.metrics import ARGUMENTS, REGISTRY, Metric, values_at
from mrr_xl.metrics.checks import checks, unreadable
from mrr_xl.months import Month

#: What an undefined figure is in a cell. A host with real error values replaces it.
NOT_AVAILABLE = cell_errors.NA.text


def sheet_functions(undefined: Any = NOT_AVAILABLE) -> dict[str, Callable[..., Any]]:
    """The metrics as a spreadsheet calls them, by name: raw cells in, a cell or rows of cells out.

    undefined: what this host takes for #N/A. They raise MrrError on a user's mistake, for the host to show. Together
    they remember the ranges that they have read.
    """
    books = Books()
    return {name: _sheet_function(metric, undefined, books) for name, metric in REGISTRY.items()}


def _sheet_function(metric: Metric, undefined: Any, books: Books) -> Callable[..., Any]:
    arguments = metric.arguments
    compute = _KINDS[metric.kind]

    def function(*given: Any) -> Any:
        with one_day():
            return compute(metric, dict(zip(arguments, given)), undefined, books)

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


def argument_help(metric: Metric) -> dict[str, str]:
    """What to say of each argument in a function wizard."""
    return {name: ARGUMENTS[name].doc for name in metric.arguments}


def help_address(name: str) -> str | None:
    """The address of a function's entry in docs/functions.md, if the installed package says where its docs are."""
    folder = _documentation()
    return f"{folder}/functions.md#{name.lower()}" if folder else None


@cache
def _documentation() -> str | None:
    """The address of the folder docs: what pyproject.toml has as the URL Documentation."""
    from importlib import metadata

    try:
        urls = metadata.metadata("mrr-xl").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:  # a copy of the code that was never installed
        urls = []
    labelled = (text.partition(", ") for text in urls)
    return next((url.rstrip("/") for label, _, url in labelled if label == "Documentation"), None)


def syntax(metric: Metric) -> str:
    """How a formula is written.

    >>> syntax(REGISTRY["MRR_NET_NEW"])
    'MRR_NET_NEW(data, [month], [where], [settings], [rates])'
    """
    return f"{metric.name}({', '.join(f'[{n}]' if optional else n for n, optional in metric.arguments.items())})"


def _series(metric: Metric, given: dict[str, Any], undefined: Any, books: Books) -> Any:
    book = books.of(*(given.get(name) for name in ("data", "where", "settings", "rates")))
    month, own = given.get("month"), _own(metric, given)

    def compute(wanted: Sequence[Month]) -> list[Any]:
        return [undefined if value is None else value for value in values_at(metric, book, wanted, **own)]

    if not isinstance(month, (list, tuple)) and cells.value_of(month) is None:
        return compute([book.through])[0]
    return cells.over_cells(lambda wanted: compute(cells.months_of(wanted, book.settings)), month)


def _value(metric: Metric, given: dict[str, Any], undefined: Any, books: Books) -> Any:
    book = books.of(*(given.get(name) for name in ("data", "where", "settings", "rates")))
    return cells.cell_of(metric.compute(book), undefined)


def _table(metric: Metric, given: dict[str, Any], undefined: Any, books: Books) -> Any:
    try:
        return cells.cells_of(_computed(metric, given, books), undefined)
    except MrrError as mistake:
        # A cell that holds #VALUE! has no place for a sentence; the checks of the same data have.
        if metric.compute is not checks:
            raise
        return cells.cells_of(unreadable(mistake), undefined)


def _computed(metric: Metric, given: dict[str, Any], books: Books) -> pd.DataFrame:
    where, settings, rates = (given.get(name) for name in ("where", "settings", "rates"))
    ledgers = {name for name in metric.own_arguments if ARGUMENTS[name].kind == "ledger"}
    own = _own(metric, {name: raw for name, raw in given.items() if name not in ledgers})
    book = books.of(given.get("data"), where, settings, rates)
    for name in ledgers:
        if isinstance(given.get(name), (list, tuple)) or cells.value_of(given.get(name)) is not None:
            own[name] = books.of(given[name], where, settings, rates, beside=given.get("data"))
    table: pd.DataFrame = metric.compute(book, **own)
    return table


def _handle(metric: Metric, given: dict[str, Any], undefined: Any, books: Books) -> str:
    return books.handle(metric.compute, *(given.get(name) for name in ("data", "settings", "rates")))


def _own(metric: Metric, given: dict[str, Any]) -> dict[str, Any]:
    return metric.taken({name: cells.value_of(given.get(name)) for name in metric.own_arguments})


def _arithmetic(metric: Metric, given: dict[str, Any], undefined: Any, _: Books) -> Any:
    own = {
        name: raw for name, raw in given.items() if isinstance(raw, (list, tuple)) or cells.value_of(raw) is not None
    }
    _refuse_missing(metric, own)
    _refuse_blanks(own)

    def compute(*values: Any) -> Any:
        if NOT_AVAILABLE in values:
            return undefined
        taken = {name: value for name, value in zip(own, values) if value is not None}
        _refuse_missing(metric, taken)  # a range of one blank cell
        result: float = metric.compute(**taken)
        return undefined if result != result else result

    return cells.broadcast(compute, list(own.values()))


def _refuse_missing(metric: Metric, given: Collection[str]) -> None:
    missing = next((name for name, optional in metric.arguments.items() if not optional and name not in given), None)
    if missing:
        raise MrrError(f"{metric.name} needs {missing}: {ARGUMENTS[missing].doc}")


#: The arguments of which a blank cell is what the argument is when it is left out, as in a ledger.
_MAY_BE_BLANK = ("quantity", "discount")


def _refuse_blanks(given: dict[str, Any]) -> None:
    """Raises MrrError if a range has a blank where the first argument has a value."""
    grids = {name: cells.grid_of(raw) for name, raw in given.items()}
    first, *others = grids
    for name in others:
        grid = grids[name]
        if name in _MAY_BE_BLANK or len(grid) * len(grid[0] if grid else ()) <= 1:
            continue
        for number, (row, beside) in enumerate(zip(grid, itertools.cycle(grids[first])), 1):
            wide = beside if len(beside) == len(row) else beside[:1] * len(row)
            if any(value is None and other is not None for value, other in zip(row, wide)):
                raise MrrError(f"row {number} of the range {name} has a blank cell; fill it in")


_KINDS = {"series": _series, "value": _value, "table": _table, "handle": _handle, "arithmetic": _arithmetic}
