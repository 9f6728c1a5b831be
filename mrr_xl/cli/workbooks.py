"""The commands that write workbooks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from mrr_xl.cli.group import data_argument, main, rates_option, set_option
from mrr_xl.cli.terminal import TABLE, print_table
from mrr_xl.errors import MrrError
from mrr_xl.settings import Settings


@main.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--months", type=click.IntRange(1, 120), default=24, show_default=True, help="How many months the report shows."
)
@click.option("--data", metavar="FILE", help="Your subscriptions; left out, invented ones.")
@rates_option
@click.option("--currency", default="EUR", show_default=True, help="The currency's name beside the amounts.")
@click.option(
    "--functions",
    type=click.Choice(["xlwings", "lite"]),
    default="xlwings",
    show_default=True,
    help="How formulas name the functions. xlwings: plainly, also for LibreOffice. lite: as the add-in xlwings Lite "
    "does, whose code the workbook then carries; experimental.",
)
@click.option("--macros", is_flag=True, help="With the functions inside, for Excel on Windows; OUT ends in .xlsm.")
@set_option
def template(
    out: Path,
    months: int,
    data: str | None,
    rates: str | None,
    currency: str,
    functions: str,
    macros: bool,
    rules: Settings,
) -> None:
    """Write a workbook with a monthly movement report to OUT.xlsx, or to OUT.xlsm with macros."""
    from mrr_xl.report import write_template

    if macros and functions == "lite":
        raise MrrError("--macros is for --functions xlwings; xlwings Lite needs none")
    carries = "macros" if macros else "lite" if functions == "lite" else None
    if out.suffix.lower() == ".xlsm" and not macros:
        raise MrrError(f"{out.name} must end in .xlsx, or add --macros")
    _workbook_name(out, data, rates, suffix=".xlsm" if macros else ".xlsx")
    _tell(write_template(out, months=months, data=data, rates=rates, rules=rules, currency=currency, carries=carries))


@main.command()
@click.argument("template_", metavar="TEMPLATE", type=click.Path(path_type=Path))
@data_argument
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
    _tell(write_template(out, months=months))
    table = compute(sample_subscriptions()).tail(6)
    print_table(
        table[["month", "opening", "new", "reactivation", "expansion", "contraction", "churn", "closing"]], TABLE
    )


def _workbook_name(out: Path, *inputs: str | Path | None, suffix: str = ".xlsx") -> None:
    """Refuse to write over what is read, or under a name that Excel would not open."""
    if out.suffix.lower() != suffix:
        raise MrrError(f"{out.name} must end in {suffix}")
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
