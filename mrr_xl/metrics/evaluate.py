"""A metric's value for a ledger: one month, all months, or a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mrr_xl import months
from mrr_xl.errors import MrrError
from mrr_xl.later import pd
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
    values = book.once(_values, metric.name, first, tuple(own.items()))
    return [_out(values.get(month), metric.unit) for month in wanted]


def _values(book: Book, name: str, first: int, own: tuple[tuple[str, Any], ...]) -> dict[int, Any]:
    """A series metric at all months from the first on."""
    metric = find(name)
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
    return float(value) / 1_000_000 if unit == "money" else float(value)


def table_of(metric: Metric, book: Book, **arguments: object) -> pd.DataFrame:
    result: pd.DataFrame = metric.compute(book, **arguments)
    return result


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
    found = find(name)
    names = [item.name for item in found.own_arguments]
    own = found.taken({key: arguments.pop(key) for key in list(arguments) if key in names})
    if found.kind == "arithmetic":
        if arguments:
            raise MrrError(f"{found.name} has no argument {', '.join(arguments)}; it has {', '.join(names)}")
        return found.compute(**own)
    if "month" in names:
        own["month"], month = month, None
    if settings and arguments:
        raise MrrError(f"settings are given twice, as settings and as {', '.join(arguments)}; give them in one place")
    rules = Settings.of(settings or arguments)  # type: ignore[arg-type]
    book = open_book(data, where, rules, rates)
    if "against" in own:
        own["against"] = open_book(own["against"], where, rules, rates)
    if found.kind in ("table", "value"):
        return found.compute(book, **own)
    if month is None or not isinstance(month, (list, tuple, pd.Index, pd.Series)):
        wanted = [book.through if month is None else months.read_month(month)]
        value = values_at(found, book, wanted, **own)[0]
        return float("nan") if value is None else value
    wanted = [months.read_month(item) for item in month]
    index = pd.PeriodIndex.from_ordinals([item - 1970 * 12 for item in wanted], freq="M", name="month")
    return pd.Series(values_at(found, book, wanted, **own), index=index, name=found.name, dtype="float64")
