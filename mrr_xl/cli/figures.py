"""The commands that print figures."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from mrr_xl.cli.group import data_argument, format_option, main, rates_option, set_option, where_option
from mrr_xl.cli.terminal import JSON, TABLE, plain, print_table
from mrr_xl.errors import MrrError
from mrr_xl.later import pd
from mrr_xl.settings import Settings


def _arguments(context: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    split = [pair.partition("=") for pair in pairs]
    for pair, (_, equals, _) in zip(pairs, split):
        if not equals:
            raise MrrError(f"--arg {pair} can't be read; write it as --arg months=6")
    return {name.strip().lower(): value for name, _, value in split}


@main.command()
@data_argument
@click.option("--from", "start", metavar="MONTH", help="The first month to show, such as 2024-01.")
@click.option("--to", metavar="MONTH", help="The last month to show.")
@where_option
@set_option
@rates_option
@format_option
def movements(
    data: str, start: str | None, to: str | None, where: str | None, rules: Settings, rates: str | None, style: str
) -> None:
    """Opening, new, expansion, contraction, churn and closing, month by month; csv and json have every count."""
    from mrr_xl.rollforward.book import open_book, presented

    table = presented(open_book(data, where, rules, rates), start, to)
    if style == TABLE:  # as wide as a terminal; csv and json have every count
        counts = [name for name in table.columns if name.endswith("_customers")]
        table = table.drop(columns=[*counts, "net_new"]).assign(customers=table["closing_customers"])
    print_table(table, style)


@main.command()
@click.argument("name")
@data_argument
@click.option("--month", metavar="MONTH", help="The month; left out, the last month reported.")
@click.option(
    "--arg", "own", metavar="NAME=VALUE", multiple=True, callback=_arguments, help="An argument of the metric's own."
)
@where_option
@set_option
@rates_option
@format_option
def metric(
    name: str,
    data: str,
    month: str | None,
    own: dict[str, str],
    where: str | None,
    rules: Settings,
    rates: str | None,
    style: str,
) -> None:
    """One figure or table by NAME, such as MRR_NET_NEW or "net new"."""
    from mrr_xl.metrics import find
    from mrr_xl.metrics import metric as compute

    found = find(name)
    if found.kind == "arithmetic":
        raise MrrError(f"{found.name} needs no file; in Python: mrr_xl.metric({found.name!r}, ...)")
    known = [item.name for item in found.own_arguments if item.name != "month"]
    for key in own:
        if key not in known:
            raise MrrError(f"{found.name} has no argument {key}; it has {', '.join(known) or 'none of its own'}")
    value = compute(found.name, data, month, where=where, settings=rules, rates=rates, **own)
    if isinstance(value, pd.DataFrame):
        print_table(value, style)
    elif style == JSON:
        click.echo(json.dumps({found.name: plain(value)}))
    else:
        click.echo("#N/A" if pd.isna(value) else str(plain(value)))


@main.command()
@data_argument
@click.option("--month", metavar="MONTH", help="The month; left out, the last month reported.")
@click.option(
    "--movement", metavar="MOVEMENT", help="new, reactivation, expansion, contraction or churn; left out, all."
)
@where_option
@set_option
@rates_option
@format_option
def detail(
    data: str,
    month: str | None,
    movement: str | None,
    where: str | None,
    rules: Settings,
    rates: str | None,
    style: str,
) -> None:
    """The customers behind a month's movements, the largest first."""
    from mrr_xl.metrics import metric as compute

    print_table(compute("MRR_DETAIL", data, month, movement=movement, where=where, settings=rules, rates=rates), style)


@main.command()
@data_argument
@click.option("--by", metavar="COLUMN", required=True, help="The column that says the segment, such as plan.")
@click.option("--month", metavar="MONTH", help="The month; left out, the last month reported.")
@where_option
@set_option
@rates_option
@format_option
def segments(
    data: str, by: str, month: str | None, where: str | None, rules: Settings, rates: str | None, style: str
) -> None:
    """A month's movements in each segment, such as each plan, and between them."""
    from mrr_xl.metrics import metric as compute

    print_table(compute("MRR_SEGMENTS", data, month, by=by, where=where, settings=rules, rates=rates), style)


@main.command()
@data_argument
@click.option("--measure", metavar="MEASURE", help="net, gross or logos; left out, net.")
@click.option("--period", metavar="PERIOD", help="month, quarter or year of joining; left out, month.")
@where_option
@set_option
@rates_option
@format_option
def cohorts(
    data: str,
    measure: str | None,
    period: str | None,
    where: str | None,
    rules: Settings,
    rates: str | None,
    style: str,
) -> None:
    """What share of their start the customers who joined together still have, by months since then."""
    from mrr_xl.metrics import metric as compute

    print_table(
        compute("MRR_COHORTS", data, measure=measure, period=period, where=where, settings=rules, rates=rates), style
    )


@main.command()
@data_argument
@click.option("--months", type=click.IntRange(1, 120), help="How many months to look ahead; left out, 12.")
@click.option("--method", metavar="METHOD", help="naive, growth or drivers; left out, drivers.")
@click.option("--scenario", metavar="FACTORS", help='Multipliers of the drivers, such as "new=120%; churn=90%".')
@click.option("--backtest", is_flag=True, help="How far past forecasts would have been off; of all methods, or of one.")
@where_option
@set_option
@rates_option
@format_option
def forecast(
    data: str,
    months: int | None,
    method: str | None,
    scenario: str | None,
    backtest: bool,
    where: str | None,
    rules: Settings,
    rates: str | None,
    style: str,
) -> None:
    """The months to come: opening, movements and closing as they may be."""
    from mrr_xl.metrics import metric as compute

    if backtest and (months is not None or scenario is not None):
        raise MrrError("--backtest has its own horizons and no scenario; leave out --months and --scenario")
    own: dict[str, Any] = {} if backtest else {"months": months, "scenario": scenario}
    name = "MRR_BACKTEST" if backtest else "MRR_FORECAST"
    answer = compute(name, data, where=where, settings=rules, rates=rates, method=method, **own)
    print_table(answer, style, digits=4 if backtest else 2)


@main.command()
@data_argument
@click.option("--against", metavar="OLD", help="An earlier state of DATA, to see what has been restated.")
@where_option
@set_option
@rates_option
@format_option
def check(data: str, against: str | None, where: str | None, rules: Settings, rates: str | None, style: str) -> None:
    """What was left out and why, and whether the figures add up. Exit code 1 if there is a problem."""
    from mrr_xl.metrics import metric as compute

    answers = compute("MRR_CHECKS", data, against=against, where=where, settings=rules, rates=rates)
    print_table(answers, style)
    sys.exit(int("problem" in set(answers["result"])))


@main.command()
@format_option
def functions(style: str) -> None:
    """The functions that a spreadsheet gets."""
    from mrr_xl.functions.sheet_functions import syntax
    from mrr_xl.metrics import REGISTRY

    print_table(
        pd.DataFrame([(syntax(item), item.summary) for item in REGISTRY.values()], columns=["function", "what"]), style
    )
