"""A metric's value for a ledger: one month, all months, or a table."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any, TypeGuard

from mrr_xl import months
from mrr_xl.clock import one_day
from mrr_xl.errors import MrrError, MrrWarning
from mrr_xl.later import pd
from mrr_xl.ledger.pricing import money
from mrr_xl.metrics.arguments import ARGUMENTS, refuse_unknown
from mrr_xl.metrics.checks import problems
from mrr_xl.metrics.registry import Metric, find
from mrr_xl.months import Month
from mrr_xl.rollforward.asked_months import one_month
from mrr_xl.rollforward.book import Book, open_book, presented
from mrr_xl.rollforward.bridge import label, last_of, step
from mrr_xl.rollforward.movements import at_months
from mrr_xl.settings import Settings, given_once
from mrr_xl.sources.how import split

#: What a function takes beside the data, the month and its own arguments.
LINES = ("where", "settings", "rates")


def values_at(metric: Metric, book: Book, wanted: Sequence[int], **own: object) -> list[float | int | None]:
    """A series metric at these months; None where it is undefined, as it is after the last month reported.

    With the setting period, a month stands for the quarter, the year ... that it is in, which is under its last month.
    own: the metric's own arguments. A metric computed from the book gives what months it can; it is undefined
    at the others.
    """
    ends = [last_of(month, book.settings) for month in wanted]
    first = min([*ends, book.through, *book.by_period.index[:1]])
    values = book.once(_values, metric, first, tuple(own.items()))
    return [_out(values.get(month), metric.unit) for month in ends]


def tables_at(metric: Metric, book: Book, ends: Sequence[Month], **own: object) -> pd.DataFrame:
    """The tables of a month at several, one below the other: in front of each row its month, and its period's name.

    The month is called as_of where the table has months of its own. Raises MrrError.
    """
    if not ends:
        raise MrrError("month holds no month; give one or several")
    tables = []
    for end in ends:
        tables.append(metric.compute(book, month=months.month_label(end), **own))
        name = "as_of" if "month" in tables[-1] else "month"
        tables[-1].insert(0, name, [months.period(end)] * len(tables[-1]))
        if book.settings.period != "month":
            tables[-1].insert(0, "period", label(end, book.settings))
    return pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)


def warn(book: Book, level: int = 3) -> None:
    """Warn of what may make the figures of a book wrong; level: how far up the caller is that has to know."""
    if sentences := book.once(problems):
        warnings.warn(MrrWarning(sentences), stacklevel=level)


def _values(book: Book, metric: Metric, first: int, own: tuple[tuple[str, Any], ...]) -> dict[int, Any]:
    """A series metric at all months from the first on."""
    if metric.computed_from == "book":
        series = metric.compute(book, **dict(own))
    else:
        ends = range(first, book.through + 1, step(book.settings))
        series = metric.compute(at_months(book.by_period, ends), **dict(own))
    return dict(zip(series.index, series))


def _out(value: Any, unit: str) -> float | int | None:
    if value is None or pd.isna(value):
        return None
    if unit == "count":
        return int(value)
    return float(money(value)) if unit == "money" else float(value)


def movements(
    data: object,
    *,
    start: object = None,
    to: object = None,
    where: str | None = None,
    rates: object = None,
    settings: object = None,
    **rules: object,
) -> pd.DataFrame:
    """MRR month by month: opening, the movements, closing, and the customers behind them.

    Parameters
    ----------
    data : frame, path or URL
        a pandas, Polars, PyArrow, DuckDB, Ibis, Spark or SQLFrame table, or a file
    start, to : date or str, optional
        the first and the last month to show; if left out, all that are reported
    where : str, optional
        which lines to count, such as "plan=Pro; region<>US"; if left out, all of them
    rates : frame, path or dict, optional
        what one unit of each currency is worth: currency, [month] and rate; rates by month give a column fx
    settings : dict or Settings, optional
        the rules that are not to be the default; or each as a keyword
    **rules
        each rule as a keyword, and how the data is to be read: columns, dates, decimal, encoding, delimiter, sheet,
        header or skip, and system (docs/sources.md)

    Returns
    -------
    DataFrame
        One row a month: month (Period); opening, new, reactivation, expansion, contraction, churn, net_new and closing,
        money in the ledger's unit, of which contraction and churn are negative; and customers as whole numbers. With
        the rule period, a row is a quarter, a year ..., and has its name in the column period.

    Raises
    ------
    MrrError
        What is wrong in the data or the arguments, where, and how to mend it.

    Warns
    -----
    MrrWarning
        What may make the figures wrong.

    Notes
    -----
    Source: docs/definitions.md.

    Examples
    --------
    >>> movements(northstar)[["month", "opening", "new", "expansion", "contraction", "churn", "closing"]]
         month  opening     new  expansion  contraction  churn  closing
    0  2024-01      0.0  1800.0        0.0          0.0    0.0   1800.0
    1  2024-02   1800.0   300.0      200.0       -300.0 -500.0   1500.0
    """
    refuse_unknown("mrr_xl.movements", rules, ("data", "start", "to", *LINES))
    how, rules = split(rules)
    with one_day():
        book = open_book(data, where, _settings(settings, rules), rates, how)
        book.once(problems)  # first, as a database gives the movements along with them
        table = presented(book, start, to)
        warn(book)
    return table


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

    Parameters
    ----------
    name : str
        MRR_NET_NEW, net_new, "net new" ... (docs/functions.md)
    data : frame, path or URL
        as for movements
    month : date, str or list of them, optional
        a month, such as "2024-03"; if left out, the last one reported
    where, settings, rates : optional
        as for movements
    **arguments
        the metric's own arguments, each rule, and how the data is to be read

    Returns
    -------
    float, Series or DataFrame
        What the metric is; for a list of months a Series by month, or a month's tables one below the other, their month
        in front. What is undefined is NaN.

    Raises
    ------
    MrrError
        What is wrong in the data or the arguments, where, and how to mend it.

    Warns
    -----
    MrrWarning
        What may make the figures wrong.

    Examples
    --------
    >>> metric("net new", northstar, ["2024-01", "2024-02"]).tolist()
    [1800.0, -300.0]
    >>> metric("MRR_MONTHLY", amount=1200, interval="year")
    100.0
    """
    wanted, lines = find(name), {"where": where, "settings": settings, "rates": rates}
    given = [key for key, value in (lines | {"month": month}).items() if value is not None]
    if wanted.kind != "arithmetic":  # which names all that it has
        refuse_unknown(wanted.name, [*arguments, *given], [*wanted.arguments, *lines])
    return evaluate(wanted, data=data, month=month, where=where, settings=settings, rates=rates, arguments=arguments)


def evaluate(
    wanted: Metric,
    *,
    data: object,
    month: object,
    where: str | None,
    settings: object,
    rates: object,
    arguments: dict[str, Any],
) -> Any:
    """What `metric` gives, for a function that a user has called; a warning names the line of that call."""
    own = wanted.taken({key: arguments.pop(key) for key in list(arguments) if key in wanted.own_arguments})
    if wanted.kind == "arithmetic":
        if arguments:
            known = ", ".join(wanted.own_arguments)
            raise MrrError(f"{wanted.name} has no argument {', '.join(arguments)}; it has {known}")
        return wanted.compute(**own)
    how, arguments = split(arguments)
    rules = _settings(settings, arguments)
    with one_day():
        book = open_book(data, where, rules, rates, how)
        if wanted.name != "MRR_CHECKS":  # which says it itself
            warn(book, level=4)
        if wanted.kind == "series":
            return _series(wanted, book, month, own)
        for key in own:
            if ARGUMENTS[key].kind == "ledger":
                own[key] = open_book(own[key], where, rules, rates, how)
        if "month" not in wanted.own_arguments:
            return wanted.compute(book, **own)
        if _are_several(month):
            return tables_at(wanted, book, [book.reported(each) for each in month], **own)
        return wanted.compute(book, month=month, **own)


def _settings(given: object, rules: dict[str, Any]) -> Settings:
    """The settings that a caller gives as a dict or Settings, or each rule as a keyword."""
    return Settings.of(given_once(given, rules))


def _are_several(month: object) -> TypeGuard[Iterable[Any]]:
    return isinstance(month, Iterable) and not isinstance(month, (str, bytes)) and getattr(month, "shape", None) != ()


def _series(wanted: Metric, book: Book, month: object, own: dict[str, Any]) -> Any:
    """A number for one month, a series for a list or an array of them."""
    if _are_several(month):
        months_ = [one_month(each, book.settings) for each in month]
        values = values_at(wanted, book, months_, **own)
        return pd.Series(values, index=months.periods(months_), name=wanted.name, dtype="float64")
    asked = book.through if month is None else one_month(month, book.settings)
    (value,) = values_at(wanted, book, [asked], **own)
    return float("nan") if value is None else value
