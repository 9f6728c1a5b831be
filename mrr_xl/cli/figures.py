"""The commands that print a figure or a table by its name."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from mrr_xl.cli.group import data_options, main
from mrr_xl.cli.help import Once, completed, examples
from mrr_xl.cli.movements import first_month, from_option, to_option
from mrr_xl.cli.terminal import JSON, TABLE, plain, print_table, say, say_figure
from mrr_xl.errors import MrrError
from mrr_xl.settings import TRAILING_YEAR, Settings

if TYPE_CHECKING:
    import pandas as pd

    from mrr_xl.metrics.registry import Metric


def names_of_metrics() -> list[str]:
    """As a user types them: nrr, net_new ..."""
    from mrr_xl.metrics.registry import REGISTRY

    return [name.removeprefix("MRR_").lower() for name in REGISTRY]


class _OfAnyMetric(Once):
    """The command metric, which has no options of its own for what only some metrics take."""

    def mend(self, option: str, context: click.Context) -> str:
        from mrr_xl.metrics.arguments import ARGUMENTS

        name = option.removeprefix("--").replace("-", "_")
        if name in ARGUMENTS:
            return f"An argument of the metric is given as --arg {name}=VALUE"
        return super().mend(option, context)


def _arguments(context: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    split = [pair.partition("=") for pair in pairs]
    for pair, (_, equals, _) in zip(pairs, split):
        if not equals:
            raise MrrError(f"--arg {pair} can't be read; write it as --arg months=6")
    return {name.strip().lower(): value for name, _, value in split}


_month_option = click.option(
    "--month",
    metavar="MONTH",
    help="The month, or several, such as 2024-01..2024-06; if left out, the last month reported.",
)


@main.command(
    cls=_OfAnyMetric,
    **examples(
        "mrr-xl metric nrr subscriptions.csv",
        'mrr-xl metric "net new" subscriptions.csv --month 2025-03',
        "mrr-xl metric arpa subscriptions.csv --from 2025-01 --to 2025-06",
        "mrr-xl metric cmgr subscriptions.csv --arg months=6 --format json",
    ),
)
@click.argument("name", shell_complete=completed(names_of_metrics))
@_month_option
@from_option
@to_option
@click.option(
    "--arg", "own", metavar="NAME=VALUE", multiple=True, callback=_arguments, help="An argument that this metric takes."
)
@partial(data_options, system=False)
def metric(
    name: str,
    data: str,
    month: str | None,
    start: tuple[str, ...],
    to: str | None,
    own: dict[str, str],
    style: str,
    **lines: Any,
) -> None:
    """One figure or table by NAME, such as MRR_NET_NEW or "net new"; of several months, a row each.

    For people a rate is a percentage; csv and json have it as a fraction.
    """
    from mrr_xl.metrics import find
    from mrr_xl.metrics import metric as compute

    wanted = find(name)
    if wanted.kind == "arithmetic":
        raise MrrError(f"{wanted.name} needs no file; in Python: mrr_xl.metric({wanted.name!r}, ...)")
    known = [argument for argument in wanted.own_arguments if argument != "month"]
    for key in own:
        if key not in known:
            raise MrrError(f"{wanted.name} has no argument {key}; it has {', '.join(known) or 'none of its own'}")
    first, lines["system"] = first_month(start)
    if several := _several(wanted, month, first, to):
        if wanted.kind == "series":
            table = _of_each_month(wanted, data, several, own, **lines)
            table = table.drop(columns="month") if style == TABLE and "period" in table else table
            print_table(table, style, lambda _: wanted.unit == "rate")
            return
        month, own = None, own | {key: value for key, value in zip(_ENDS, several) if value is not None}
    value = compute(wanted.name, data, month, **lines, **own)
    if hasattr(value, "columns"):
        print_table(value, style, wanted.is_rate)
    elif style == JSON:
        say(json.dumps({wanted.name: plain(value)}))
    else:
        say_figure(value, wanted.unit, style)


def _of_each_month(
    wanted: Metric,
    data: str,
    several: tuple[str | None, ...],
    own: dict[str, str],
    where: str | None,
    settings: Settings,
    rates: str | None,
    **reading: Any,
) -> pd.DataFrame:
    """A row for each month, or for each quarter, year ...: its name and the figure."""
    import pandas as pd

    from mrr_xl.metrics.evaluate import values_at, warn
    from mrr_xl.months import read_month
    from mrr_xl.rollforward.book import open_book, presented
    from mrr_xl.sources.how import How

    taken = wanted.taken(own)
    book = open_book(data, where, settings, rates, How.of(reading))
    table = presented(book, *several)
    warn(book)
    figures = values_at(wanted, book, [read_month(month) for month in table["month"]], **taken)
    shown = table[["period", "month"] if "period" in table else ["month"]]
    return shown.assign(**{wanted.name: pd.Series(figures, dtype="Int64" if wanted.unit == "count" else "float64")})


_ENDS = ("first_month", "last_month")  #: the arguments of a table that has several months


def _several(wanted: Metric, month: str | None, first: str | None, to: str | None) -> tuple[str | None, ...]:
    """The first and the last of several months that are asked for; nothing where one is. Raises MrrError."""
    is_range = month is not None and ".." in month
    if not is_range and first is None and to is None:
        return ()
    if month is not None and (first is not None or to is not None):
        raise MrrError("--month says which month; leave out --month, or --from and --to")
    if wanted.kind != "series" and not set(_ENDS) <= set(wanted.own_arguments):
        raise MrrError(f"{wanted.name} is not a figure of each month; leave out --from and --to, and .. in --month")
    return (first, to) if month is None else _limits(month)


def _limits(month: str) -> tuple[str | None, str | None]:
    """The first and the last of a range of months."""
    begin, _, end = month.partition("..")
    return begin.strip() or None, end.strip() or None


@main.command(**examples("mrr-xl detail subscriptions.csv --month 2025-03 --movement churn"))
@_month_option
@click.option(
    "--movement", metavar="MOVEMENT", help="new, reactivation, expansion, contraction or churn; by default all."
)
@data_options
def detail(movement: str | None, **lines: Any) -> None:
    """The customers behind a month's movements, the largest first."""
    _print_of_months("MRR_DETAIL", "", {"movement": movement}, **lines)


@main.command(**examples("mrr-xl segments subscriptions.csv --by plan --month 2025-03"))
@click.option("--by", metavar="COLUMN", help="The column that holds the segment, such as plan.")
@_month_option
@data_options
def segments(by: str | None, **lines: Any) -> None:
    """A month's movements in each segment, such as each plan, and between them."""
    _print_of_months("MRR_SEGMENTS", f" by {by}", {"by": by or ""}, **lines)


@main.command(**examples("mrr-xl cohorts subscriptions.csv --measure logos --period quarter"))
@click.option("--measure", metavar="MEASURE", help="net, gross or logos (customers); by default net.")
@click.option("--period", metavar="PERIOD", help="month, quarter or year of joining; by default month.")
@partial(data_options, period=False)
def cohorts(data: str, style: str, **arguments: Any) -> None:
    """What share of their first MRR the customers who joined together still pay, by months since then."""
    _print("MRR_COHORTS", data, style, **arguments)


@main.command(
    **examples(
        'mrr-xl forecast subscriptions.csv --months 6 --scenario "new=120%; churn=90%"',
        "mrr-xl forecast subscriptions.csv --backtest",
    )
)
@click.option("--months", type=click.IntRange(1, 120), help="How many months to look ahead; by default 12.")
@click.option("--method", metavar="METHOD", help="naive, growth or drivers; by default drivers.")
@click.option("--scenario", metavar="FACTORS", help='Multipliers of the drivers, such as "new=120%; churn=90%".')
@click.option("--backtest", is_flag=True, help="How far off past forecasts would have been, by one method or by all.")
@data_options
def forecast(data: str, style: str, backtest: bool, months: int | None, scenario: str | None, **arguments: Any) -> None:
    """The months to come: opening, movements and closing as they may be."""
    if backtest and (months is not None or scenario is not None):
        raise MrrError("--backtest has its own horizons and no scenario; leave out --months and --scenario")
    if backtest:
        _print("MRR_BACKTEST", data, style, **arguments)
    else:
        _print("MRR_FORECAST", data, style, months=months, scenario=scenario, **arguments)


def _print_of_months(
    name: str,
    by: str,
    own: dict[str, Any],
    data: str,
    style: str,
    month: str | None,
    where: str | None,
    settings: Settings,
    rates: str | None,
    **reading: Any,
) -> None:
    """A table of a month's movements under a line that says which month's; of several, each row with its month."""
    from mrr_xl.metrics import find
    from mrr_xl.metrics.evaluate import tables_at, warn
    from mrr_xl.months import Month
    from mrr_xl.rollforward.book import open_book
    from mrr_xl.rollforward.bridge import label, step
    from mrr_xl.sources.how import How

    wanted = find(name)
    own = wanted.taken(own)
    book = open_book(data, where, settings, rates, How.of(reading))
    warn(book)
    if month is None or ".." not in month:
        each, of = "", label(book.reported(month), settings)
        table = wanted.compute(book, month=month, **own)
    else:
        first, last = book.span(*_limits(month))
        each, of = "each month from ", f"{label(first, settings)} to {label(last, settings)}"
        table = tables_at(wanted, book, [Month(end) for end in range(first, last + 1, step(settings))], **own)
    if style == TABLE:
        table = table.drop(columns="month") if "period" in table else table
        trailing = f"the 12 months to {each}" if settings.period == TRAILING_YEAR else ""
        rates_ = ", each currency at its latest rate" if book.ledger.rates.by_month else ""
        say(f"Movements of {trailing}{of}{by}{rates_}")
    print_table(table, style)


def _print(name: str, data: str, style: str, **arguments: Any) -> None:
    from mrr_xl.metrics import find
    from mrr_xl.metrics import metric as compute

    print_table(compute(name, data, **arguments), style, find(name).is_rate)
