"""The command line: it parses, calls and prints."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
import pandas as pd

from mrr_xl import __version__
from mrr_xl.errors import MrrError
from mrr_xl.settings import Settings
from mrr_xl.terminal import CSV, JSON, TABLE, plain, print_table


class _Commands(click.Group):
    """A mistake is one line on stderr and exit code 2, never a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (MrrError, click.UsageError) as error:
            text = error.format_message() if isinstance(error, click.UsageError) else str(error)
            click.echo(f"mrr-xl: {' '.join(text.split())}", err=True)
            sys.exit(2)


def _rules(context: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> Settings:
    given: dict[str, object] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise MrrError(f"--set {pair} can't be read; write it as --set as_of=month_start")
        given[key] = value
    return Settings.of(given)


def _arguments(context: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    split = [pair.partition("=") for pair in pairs]
    for pair, (_, equals, _) in zip(pairs, split):
        if not equals:
            raise MrrError(f"--arg {pair} can't be read; write it as --arg months=6")
    return {name.strip().lower(): value for name, _, value in split}


def _all_of(context: click.Context, option: click.Parameter, conditions: tuple[str, ...]) -> str | None:
    return "; ".join(conditions) or None


_where = click.option(
    "--where",
    metavar="CONDITION",
    multiple=True,
    callback=_all_of,
    help='Which lines to look at, such as "plan=Team; region<>Europe".',
)
_set = click.option(
    "--set", "rules", metavar="KEY=VALUE", multiple=True, callback=_rules, help="A rule; see docs/definitions.md."
)
_rates = click.option("--rates", metavar="FILE", help="A table of currency, [month] and rate.")
_format = click.option("--format", "style", type=click.Choice([TABLE, CSV, JSON]), default=TABLE, show_default=True)
_data = click.argument("data", metavar="DATA")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mrr-xl")
def main() -> None:
    """MRR (monthly recurring revenue) from a file of subscriptions.

    DATA is a .csv, .xlsx or .parquet file with the columns customer, start, end, amount and interval;
    other layouts and header names are recognised, see docs/definitions.md.
    """


@main.command()
@_data
@click.option("--from", "start", metavar="MONTH", help="The first month to show, such as 2024-01.")
@click.option("--to", metavar="MONTH", help="The last month to show.")
@_where
@_set
@_rates
@_format
def movements(
    data: str, start: str | None, to: str | None, where: str | None, rules: Settings, rates: str | None, style: str
) -> None:
    """Opening, new, expansion, contraction, churn and closing, month by month; csv and json have every count."""
    from mrr_xl.movements import open_book, presented

    table = presented(open_book(data, where, rules, rates), start, to)
    if style == TABLE:  # as wide as a terminal; csv and json have every count
        counts = [name for name in table.columns if name.endswith("_customers")]
        table = table.drop(columns=[*counts, "net_new"]).assign(customers=table["closing_customers"])
    print_table(table, style)


@main.command()
@click.argument("name")
@_data
@click.option("--month", metavar="MONTH", help="The month; left out, the last month reported.")
@click.option(
    "--arg", "own", metavar="NAME=VALUE", multiple=True, callback=_arguments, help="An argument of the metric's own."
)
@_where
@_set
@_rates
@_format
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
@_data
@click.option("--month", metavar="MONTH", help="The month; left out, the last month reported.")
@click.option(
    "--movement", metavar="MOVEMENT", help="new, reactivation, expansion, contraction or churn; left out, all."
)
@_where
@_set
@_rates
@_format
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
@_data
@click.option("--by", metavar="COLUMN", required=True, help="The column that says the segment, such as plan.")
@click.option("--month", metavar="MONTH", help="The month; left out, the last month reported.")
@_where
@_set
@_rates
@_format
def segments(
    data: str, by: str, month: str | None, where: str | None, rules: Settings, rates: str | None, style: str
) -> None:
    """A month's movements in each segment, such as each plan, and between them."""
    from mrr_xl.metrics import metric as compute

    print_table(compute("MRR_SEGMENTS", data, month, by=by, where=where, settings=rules, rates=rates), style)


@main.command()
@_data
@click.option("--measure", metavar="MEASURE", help="net, gross or logos; left out, net.")
@click.option("--period", metavar="PERIOD", help="month, quarter or year of joining; left out, month.")
@_where
@_set
@_rates
@_format
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
@_data
@click.option("--months", type=click.IntRange(1, 120), help="How many months to look ahead; left out, 12.")
@click.option("--method", metavar="METHOD", help="naive, growth or drivers; left out, drivers.")
@click.option("--scenario", metavar="FACTORS", help='Multipliers of the drivers, such as "new=120%; churn=90%".')
@click.option("--backtest", is_flag=True, help="How far past forecasts would have been off; of all methods, or of one.")
@_where
@_set
@_rates
@_format
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
@_data
@click.option("--against", metavar="OLD", help="An earlier state of DATA, to see what has been restated.")
@_where
@_set
@_rates
@_format
def check(data: str, against: str | None, where: str | None, rules: Settings, rates: str | None, style: str) -> None:
    """What was left out and why, and whether the figures add up. Exit code 1 if there is a problem."""
    from mrr_xl.metrics import metric as compute

    answers = compute("MRR_CHECKS", data, against=against, where=where, settings=rules, rates=rates)
    print_table(answers, style)
    sys.exit(int("problem" in set(answers["result"])))


@main.command()
@_format
def functions(style: str) -> None:
    """The functions that a spreadsheet gets."""
    from mrr_xl.hosts.functions import syntax
    from mrr_xl.metrics import REGISTRY

    print_table(
        pd.DataFrame([(syntax(item), item.summary) for item in REGISTRY.values()], columns=["function", "what"]), style
    )


@main.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--months", type=click.IntRange(1, 120), default=24, show_default=True, help="How many months the report shows."
)
@click.option("--data", metavar="FILE", help="Your subscriptions; left out, invented ones.")
@click.option("--currency", default="EUR", show_default=True, help="The currency's name beside the amounts.")
@_set
def template(out: Path, months: int, data: str | None, currency: str, rules: Settings) -> None:
    """Write a workbook with a monthly movement report to OUT.xlsx."""
    from mrr_xl.report import write_template

    _workbook_name(out, data)
    _workbook_name(out, data)
    _tell(write_template(out, months=months, data=data, rules=rules, currency=currency))


@main.command()
@click.argument("template_", metavar="TEMPLATE", type=click.Path(path_type=Path))
@_data
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="The workbook to write.")
def fill(template_: Path, data: str, out: Path) -> None:
    """Put DATA into the table Subscriptions of a copy of TEMPLATE, and compute its formulas."""
    from mrr_xl.report import fill as fill_workbook

    _not_an_input(out, template_, data)
    _tell(fill_workbook(template_, data, out))


@main.command()
@click.argument("out", type=click.Path(path_type=Path), default="mrr-demo.xlsx")
@click.option(
    "--months", type=click.IntRange(1, 120), default=24, show_default=True, help="How many months the report shows."
)
def demo(out: Path, months: int) -> None:
    """Write a workbook of invented subscriptions (mrr-demo.xlsx) and print its last months."""
    from mrr_xl.movements import movements as compute
    from mrr_xl.report import write_template
    from mrr_xl.sources.sample import sample_subscriptions

    _workbook_name(out)
    _workbook_name(out)
    _tell(write_template(out, months=months))
    table = compute(sample_subscriptions()).tail(6)
    print_table(
        table[["month", "opening", "new", "reactivation", "expansion", "contraction", "churn", "closing"]], TABLE
    )


def _workbook_name(out: Path, *inputs: str | Path | None) -> None:
    """Refuse to write over what is read, or under a name that Excel would not open."""
    if out.suffix.lower() != ".xlsx":
        raise MrrError(f"{out.name} must end in .xlsx")
    _not_an_input(out, *inputs)


def _not_an_input(out: Path, *inputs: str | Path | None) -> None:
    for path in inputs:
        if path is not None and Path(path).resolve() == out.resolve():
            raise MrrError(f"{out} would be written over what is read; name another file")


def _tell(filled: Any) -> None:
    """What was written; exit code 1 if some of its cells hold no figure because of a mistake."""
    for problem in filled.problems:
        click.echo(f"mrr-xl: {problem}", err=True)
    click.echo(f"wrote {filled.path}: {filled.lines:,} subscription lines, {filled.formulas:,} formula cells computed")
    if filled.problems:
        sys.exit(1)
