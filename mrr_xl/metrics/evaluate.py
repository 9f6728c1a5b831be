"""A metric's value for a ledger: one month, all months, or a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mrr_xl import months
from mrr_xl.errors import MrrError
from mrr_xl.later import pd
from mrr_xl.ledger.pricing import money
from mrr_xl.metrics.arguments import ARGUMENTS
from mrr_xl.metrics.registry import Metric, find
from mrr_xl.rollforward.book import Book, open_book
from mrr_xl.rollforward.movements import at_months
from mrr_xl.settings import Settings


def values_at(metric: Metric, book: Book, wanted: Sequence[int], **own: object) -> list[float | int | None]:
    """A series metric at these months; None where it is undefined, as it is after the last month reported.

    own: the metric's own arguments. A metric computed from the book gives what months it can; it is undefined
    at the others.
    """
    first = min([*wanted, book.through, *book.movements.index[:1]])
    values = book.once(_values, metric, first, tuple(own.items()))
    return [_out(values.get(month), metric.unit) for month in wanted]


def _values(book: Book, metric: Metric, first: int, own: tuple[tuple[str, Any], ...]) -> dict[int, Any]:
    """A series metric at all months from the first on."""
    if metric.computed_from == "book":
        series = metric.compute(book, **dict(own))
    else:
        series = metric.compute(at_months(book.movements, range(first, book.through + 1)), **dict(own))
    return dict(zip(series.index, series))


def _out(value: Any, unit: str) -> float | int | None:
    if value is None or pd.isna(value):
        return None
    if unit == "count":
        return int(value)
    return float(money(value)) if unit == "money" else float(value)


def metric(
    name: str,
    data: object = None,
    month: object = None,
    *,
    where: str | None = None,
    settings: object = None,
    rates: object = None,
    **arguments: object,
) -> Any:
    """Any metric by its name: a number for a month, a series for a list of months, or a table.

    name: MRR_NET_NEW, net_new, "net new" ... data: a frame or a path. month: a date, "2024-03" or a list of
    them; left out, the last month reported. Keywords: the metric's own arguments and the settings.
    An undefined figure is NaN. Raises MrrError.

    >>> metric("net new", northstar, ["2024-01", "2024-02"]).tolist()
    [1800.0, -300.0]
    >>> metric("MRR_MONTHLY", amount=1200, interval="year")
    100.0
    """
    wanted = find(name)
    own = wanted.taken({key: arguments.pop(key) for key in list(arguments) if key in wanted.own_arguments})
    if wanted.kind == "arithmetic":
        if arguments:
            known = ", ".join(wanted.own_arguments)
            raise MrrError(f"{wanted.name} has no argument {', '.join(arguments)}; it has {known}")
        return wanted.compute(**own)
    if settings and arguments:
        raise MrrError(f"settings are given twice, as settings and as {', '.join(arguments)}; give them in one place")
    rules = Settings.of(settings or arguments)  # type: ignore[arg-type]
    book = open_book(data, where, rules, rates)
    if wanted.kind == "series":
        return _series(wanted, book, month, own)
    if "month" in wanted.own_arguments:
        own["month"] = month
    for key in own:
        if ARGUMENTS[key].kind == "ledger":
            own[key] = open_book(own[key], where, rules, rates)
    return wanted.compute(book, **own)


def _series(wanted: Metric, book: Book, month: object, own: dict[str, Any]) -> Any:
    """A number for one month, a series for a list of them."""
    if isinstance(month, (list, tuple, pd.Index, pd.Series)):
        months_ = [months.read_month(item) for item in month]
        values = values_at(wanted, book, months_, **own)
        return pd.Series(values, index=months.periods(months_), name=wanted.name, dtype="float64")
    value = values_at(wanted, book, [book.through if month is None else months.read_month(month)], **own)[0]
    return float("nan") if value is None else value
