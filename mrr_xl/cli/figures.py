"""The commands that print figures."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mrr_xl.cli.group import data_options, format_option, main
from mrr_xl.cli.help import examples
from mrr_xl.cli.sparkline import draw_closing
from mrr_xl.cli.terminal import JSON, TABLE, plain, print_table, say, say_figure
from mrr_xl.errors import MrrError
from mrr_xl.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from mrr_xl.metrics.registry import Metric


def _arguments(context: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    split = [pair.partition("=") for pair in pairs]
    for pair, (_, equals, _) in zip(pairs, split):
        if not equals:
            raise MrrError(f"--arg {pair} can't be read; write it as --arg months=6")
    return {name.strip().lower(): value for name, _, value in split}


_from_option = click.option(
    "--from",
    "start",
    metavar="MONTH|SYSTEM",
    multiple=True,
    help="The first month to show, such as 2024-01; or the billing system that DATA comes from, such as stripe.",
)
_to_option = click.option("--to", metavar="MONTH", help="The last month to show.")


def _first_month(start: tuple[str, ...]) -> tuple[str | None, str | None]:
    """What --from says: the first month, and the billing system."""
    from mrr_xl.sources.billing import SYSTEMS

    systems = [name for name in start if name.strip().lower() in SYSTEMS]
    first = [month for month in start if month not in systems]
    if len(systems) > 1 or len(first) > 1:
        raise MrrError("--from is given twice; give one month, and one billing system")
    return first[0] if first else None, systems[0] if systems else None


@main.command(
    **examples(
        "mrr-xl movements subscriptions.csv --from 2025-01 --to 2025-06",
        'mrr-xl movements subscriptions.csv --where "plan=Team" --period quarter --format csv',
        "mrr-xl movements subscriptions.csv --plot movements.png",
    )
)
@_from_option
@_to_option
@click.option(
    "--plot",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Draw them, too: a picture that ends in .png or .svg.",
)
@partial(data_options, system=False)
def movements(
    data: str,
    start: tuple[str, ...],
    to: str | None,
    plot: Path | None,
    where: str | None,
    settings: Settings,
    rates: str | None,
    style: str,
    **reading: Any,
) -> None:
    """Opening, new, expansion, contraction, churn and closing, month by month; csv and json have every count.

    With --period quarter or another one, a row is the difference between the period's ends, customer by customer; csv
    and json have the sums of its months beside it, as gross_new and so on.
    """
    from mrr_xl.metrics.checks import problems
    from mrr_xl.metrics.evaluate import warn
    from mrr_xl.rollforward.book import open_book, presented
    from mrr_xl.rollforward.bridge import step
    from mrr_xl.sources.how import How

    first, system = _first_month(start)
    if plot is not None:
        _refuse_as_picture(plot, data, rates)
    book = open_book(data, where, settings, rates, How.of(reading | {"system": system}))
    book.once(problems)  # first, as a database gives the movements along with them
    table = presented(book, first, to)
    warn(book)
    if table.empty:
        of = "month reported" if step(book.settings) == 1 else f"{book.settings.period.replace('_', ' ')} that is over"
        say(f"mrr-xl: no line counts in any {of}; mrr-xl check says why", err=True)
    if plot is not None:
        from mrr_xl.report.picture import kind_of, picture
        from mrr_xl.xlsx.writing import write_whole

        write_whole(picture(table, kind_of(plot)), plot)
        say(f"wrote {plot}", err=True)
    if style == TABLE:  # as wide as a terminal
        counts = [name for name in table.columns if name.endswith("_customers")]
        more = [name for name in table.columns if name.startswith("gross_")]
        table = table.drop(columns=[*counts, *more, "net_new"]).assign(customers=table["closing_customers"])
        table = table.drop(columns="month") if "period" in table else table
    print_table(table, style)
    if style == TABLE:
        draw_closing(list(table["closing"]))


def _refuse_as_picture(plot: Path, *inputs: str | None) -> None:
    """Raise MrrError before anything is computed where a picture can't have this name."""
    from mrr_xl.report.picture import kind_of
    from mrr_xl.xlsx.writing import target_of

    kind_of(plot)
    target_of(plot)
    for path in inputs:
        if path is not None and Path(path).resolve() == plot.resolve():
            raise MrrError(f"{plot} would be written over its own input; name another file")


@main.command(
    **examples(
        "mrr-xl metric nrr subscriptions.csv",
        'mrr-xl metric "net new" subscriptions.csv --month 2025-03',
        "mrr-xl metric arpa subscriptions.csv --from 2025-01 --to 2025-06",
        "mrr-xl metric cmgr subscriptions.csv --arg months=6 --format json",
    )
)
@click.argument("name")
@click.option(
    "--month",
    metavar="MONTH",
    help="The month, or several, such as 2024-01..2024-06; if left out, the last month reported.",
)
@_from_option
@_to_option
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
    first, lines["system"] = _first_month(start)
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
    if month is None:
        return first, to
    begin, _, end = month.partition("..")
    return begin.strip() or None, end.strip() or None


@main.command(**examples("mrr-xl detail subscriptions.csv --month 2025-03 --movement churn"))
@click.option("--month", metavar="MONTH", help="The month; if left out, the last month reported.")
@click.option(
    "--movement", metavar="MOVEMENT", help="new, reactivation, expansion, contraction or churn; by default all."
)
@data_options
def detail(data: str, style: str, **arguments: Any) -> None:
    """The customers behind a month's movements, the largest first."""
    _print("MRR_DETAIL", data, style, **arguments)


@main.command(**examples("mrr-xl segments subscriptions.csv --by plan --month 2025-03"))
@click.option("--by", metavar="COLUMN", required=True, help="The column that holds the segment, such as plan.")
@click.option("--month", metavar="MONTH", help="The month; if left out, the last month reported.")
@data_options
def segments(data: str, style: str, **arguments: Any) -> None:
    """A month's movements in each segment, such as each plan, and between them."""
    _print("MRR_SEGMENTS", data, style, **arguments)


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


@main.command(
    **examples(
        "mrr-xl check subscriptions.csv",
        "mrr-xl check subscriptions.csv --map start=Start --dates ymd --save",
    )
)
@click.option("--against", metavar="OLD", help="An earlier state of DATA, to see what has been restated.")
@click.option("--save", is_flag=True, help="Keep how DATA was read in mrr-xl.toml beside it, for every later command.")
@data_options
def check(data: str, style: str, save: bool, **arguments: Any) -> None:
    """How DATA was read, what was left out and why, and whether the figures add up: problems first, then notes.

    Exit code 1 if there is a problem.
    """
    from mrr_xl.metrics import metric as compute

    answers = compute("MRR_CHECKS", data, **arguments)
    if save:
        _save(data, arguments)
    order = {"problem": 0, "note": 1, "OK": 2}
    answers = answers.sort_values("result", key=lambda results: results.map(order), kind="stable")
    print_table(answers, style)
    counts = answers["result"].value_counts()
    problems, notes = int(counts.get("problem", 0)), int(counts.get("note", 0))
    say(_what_to_do(problems, notes), err=style != TABLE)
    sys.exit(int(problems > 0))


def _save(data: str, arguments: dict[str, Any]) -> None:
    from mrr_xl.ledger.ledger import read_ledger
    from mrr_xl.ledger.rates import read_rates
    from mrr_xl.sources.how import OPTIONS, How
    from mrr_xl.sources.saved import to_keep
    from mrr_xl.xlsx.writing import write_whole

    if not Path(data).is_file():
        raise MrrError(f"--save is for a file, and {data} is none; give its path")
    rules, how = arguments["settings"], How.of({name: arguments[name] for name in OPTIONS if name in arguments})
    ledger = read_ledger(
        data, timezone=rules.timezone, factors=rules.factors, rates=read_rates(arguments["rates"]), how=how
    )
    kept, text = to_keep(data, ledger.understood)
    write_whole(text.encode(), kept)
    say(f"kept in {kept} how {Path(data).name} was read", err=True)


def _what_to_do(problems: int, notes: int) -> str:
    noted = f"{notes} note{'s' * (notes != 1)}"
    if not problems:
        return f"No problems, {noted}."
    counted = "1 problem" if problems == 1 else f"{problems} problems"
    return (
        f"{counted}, {noted}: the figures may be wrong. Do what each problem says, in the file or with --set, and "
        "check again."
    )


def _print(name: str, data: str, style: str, **arguments: Any) -> None:
    from mrr_xl.metrics import find
    from mrr_xl.metrics import metric as compute

    print_table(compute(name, data, **arguments), style, find(name).is_rate)


@main.command(**examples("mrr-xl functions nrr", "mrr-xl functions --format csv"))
@click.argument("name", required=False)
@format_option
def functions(name: str | None, style: str) -> None:
    """The functions that a spreadsheet gets; with NAME, such as nrr or "net new", all about one of them."""
    from mrr_xl.functions.sheet_functions import syntax
    from mrr_xl.metrics import REGISTRY

    if name is not None:
        _say_all_about(name, style)
        return
    print_table({"function": [*map(syntax, REGISTRY.values())], "what": [m.summary for m in REGISTRY.values()]}, style)


def _say_all_about(name: str, style: str) -> None:
    from mrr_xl.cli.function_page import as_text, function_of

    wanted = function_of(name)
    if style != TABLE:
        raise MrrError(f"--format is for the list of all functions; leave it out, or leave {name} out")
    from mrr_xl.functions.pages import page_of

    click.echo(as_text(page_of(wanted)))
