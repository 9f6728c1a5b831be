"""The command check: how a file was read, and what may be wrong with its figures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mrr_xl.cli.group import data_options, main, mistake
from mrr_xl.cli.help import examples
from mrr_xl.cli.terminal import TABLE, print_table, say
from mrr_xl.errors import MrrError


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

    try:
        answers = compute("MRR_CHECKS", data, **arguments)
    except MrrError as error:
        for other in (error, *error.others):
            say(f"mrr-xl: {mistake(other)}", err=True)
        sys.exit(2)
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
    if lost := _not_kept(click.get_current_context()):
        are, them = ("are", "them") if len(lost) > 1 else ("is", "it")
        say(f"{', '.join(lost)} {are} not kept; give {them} with each command", err=True)


def _not_kept(context: click.Context) -> list[str]:
    """The options that were given and that figures depend on, but not how the file is read."""
    of_figures = ("preset", "settings", "period", "rates", "where")
    given = {
        str(option.name): option.opts[0]
        for option in context.command.params
        if context.get_parameter_source(str(option.name)) is ParameterSource.COMMANDLINE
    }
    return [given[name] for name in of_figures if name in given]


def _what_to_do(problems: int, notes: int) -> str:
    noted = f"{notes} note{'s' * (notes != 1)}"
    if not problems:
        return f"No problems, {noted}."
    counted = "1 problem" if problems == 1 else f"{problems} problems"
    return (
        f"{counted}, {noted}: the figures may be wrong. Do what each problem says, in the file or with --set, and "
        "check again."
    )
