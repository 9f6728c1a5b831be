"""The commands that write workbooks."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mrr_xl.cli.group import (
    given_rules,
    main,
    named,
    not_an_input,
    rates_option,
    reading_options,
    say_how_read,
    set_option,
)
from mrr_xl.cli.help import Once, examples
from mrr_xl.cli.terminal import JSON, TABLE, at_a_mistake, be_quiet, log_to, print_table, say, say_notes
from mrr_xl.errors import MrrError
from mrr_xl.settings import Settings

if TYPE_CHECKING:
    from mrr_xl.filling.fill import Filled

_months_option = click.option(
    "--months",
    type=click.IntRange(1, 120),
    help="How many months, quarters or years it shows; if left out, 24 months, 12 quarters or 6 years.",
)


@main.command(
    **examples(
        "mrr-xl template report.xlsx --data subscriptions.csv",
        "mrr-xl template report.xlsx --functions plain --set as_of=month_start",
    )
)
@click.argument("out", type=click.Path(path_type=Path))
@_months_option
@click.option("--data", metavar="FILE", callback=named, help="Your subscriptions; if left out, sample data.")
@rates_option
@click.option("--currency", help="The currency shown beside the amounts; if left out, the data's, else EUR.")
@click.option(
    "--functions",
    type=click.Choice(["xlwings", "lite", "lambda", "plain"]),
    default="xlwings",
    show_default=True,
    help="How formulas name the functions. xlwings: by their plain names, which LibreOffice reads too. lite: as the "
    "add-in xlwings Lite names them; the workbook then carries its code (experimental). lambda: by their plain names, "
    "and the workbook has them as LAMBDAs; without the sheets Segments and Forecast. plain: not at all, but ordinary "
    "formulas over a sheet Schedule with what each customer pays in each month, and a sheet Proof; without six sheets.",
)
@click.option(
    "--macros",
    is_flag=True,
    help="Put the functions into the workbook as macros, for Excel on Windows; OUT ends in .xlsm.",
)
@set_option
@reading_options
def template(
    out: Path,
    months: int | None,
    data: str | None,
    rates: str | None,
    currency: str | None,
    functions: str,
    macros: bool,
    settings: Settings,
    **reading: Any,
) -> None:
    """Write a workbook with a monthly movement report to OUT.xlsx, or to OUT.xlsm with macros.

    \b
    What computes its figures anew:
      --functions xlwings  Excel or LibreOffice with the add-in (mrr-xl addin)
      --macros             Excel on Windows with the macros in it, and Python
      --functions lite     Excel with xlwings Lite (experimental)
      --functions lambda   Excel 365, 2024 and on the web: nothing to install
      --functions plain    any spreadsheet program, by ordinary formulas
    Reports of values only: mrr-xl fill --values.
    """
    from mrr_xl.report import write_template

    if macros and functions != "xlwings":
        needs = {"lite": "xlwings Lite needs", "lambda": "LAMBDAs need", "plain": "ordinary formulas need"}[functions]
        raise MrrError(f"--macros is for --functions xlwings; {needs} none")
    carries = "macros" if macros else "lite" if functions == "lite" else None
    if out.suffix.lower() == ".xlsm" and not macros:
        raise MrrError(f"{out.name} must end in .xlsx, or add --macros")
    _workbook_name(out, data, rates, suffix=".xlsm" if macros else ".xlsx")
    how = {name: value for name, value in reading.items() if value is not None}
    if how and data is None:
        raise MrrError(f"--{next(iter(how))} says how to read your data; give it with --data")
    made: dict[str, Any] = {
        "months": months,
        "rates": rates,
        "rules": settings,
        "currency": currency,
        "carries": carries,
        "functions": functions if functions in ("lambda", "plain") else None,
    }
    _tell(write_template(out, data=data, **made, **how))


class _Fill(Once):
    """The command fill, whose log has every mistake, also one in its options, and of which json tells every one."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        parser = self.make_parser(context)
        parser.ignore_unknown_options = True  # they are told below, as every mistake
        given: dict[str, Any] = {}
        with suppress(click.UsageError):
            given, _, _ = parser.parse_args([*args])
        asks = {*context.help_option_names} & {*args}
        if not asks and not context.resilient_parsing:
            _begin(given)
        return super().parse_args(context, args)


def _begin(given: dict[str, Any]) -> None:
    """Begin what a run is told by: given has its options and arguments as they are written. Raises MrrError."""

    def tell(text: str) -> None:
        from mrr_xl.cli.summary import print_summary

        print_summary([], dry_run="dry_run" in given, error=text)

    if given.get("style") == JSON:
        at_a_mistake(tell)
    if (log := given.get("log")) is not None:
        data = given.get("data")  # no texts where nothing is given
        read = [given.get(name) for name in ("template_", "out", "rates", "against")]
        read += data if isinstance(data, (list, tuple)) else []
        not_an_input(Path(log), *chain.from_iterable(_files_of(path) for path in read if isinstance(path, str)))
        log_to(Path(log))


def _files_of(data: str) -> list[Path]:
    """The files that are read where a file, a folder, a pattern or a database's table is named."""
    from mrr_xl.sources.folder import files_in, is_several
    from mrr_xl.sources.place import database_file
    from mrr_xl.sources.saved import NAME

    with suppress(MrrError):  # which is told when the data is read
        database = database_file(data)
        files = files_in(data) if is_several(data) else [database[0] if database else Path(data)]
        return [*files, *(file.parent / NAME for file in files[:1])]
    return []


@main.command(
    cls=_Fill,
    **examples(
        "mrr-xl fill report.xlsx subscriptions.csv -o filled.xlsx",
        'mrr-xl fill report.xlsx subscriptions.csv -o "by-plan {Plan}.xlsx" --by Plan --jobs 4',
        "mrr-xl fill report.xlsx subscriptions.csv -o filled.xlsx --set as_of=month_start --rates rates.csv",
    ),
)
@click.argument("template_", metavar="TEMPLATE", type=click.Path(path_type=Path))
@click.argument("data", metavar="DATA...", nargs=-1, required=True)
@click.option(
    "-o",
    "--out",
    metavar="OUT",
    required=True,
    help="The workbook to write; for many reports, a name with {name} (of the data file) or {COLUMN}, or a folder.",
)
@click.option(
    "--table",
    metavar="NAME",
    help="The table to fill; if left out, Subscriptions, or the only one that looks like a ledger.",
)
@click.option("--strict", is_flag=True, help="Refuse columns of the data that the table lacks, instead of adding them.")
@click.option("--by", metavar="COLUMN", help="One report for each value of this column, from the rows of all DATA.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="How many reports to make at once."
)
@click.option(
    "--time-limit",
    metavar="SECONDS",
    type=click.IntRange(1, 1_000_000),
    help="How long one of many reports may take before it has failed and the next one is made: 600 if left out.",
)
@click.option("--resume", is_flag=True, help="Skip reports that are up to date.")
@click.option("--values", is_flag=True, help="Values only, data removed, for external readers.")
@click.option(
    "--against",
    metavar="LAST.xlsx",
    help="Say what has changed since this workbook; for many reports, named as in OUT.",
)
@partial(set_option, read=given_rules)
@rates_option
@click.option("--currency", help="The currency shown beside the amounts.")
@click.option("--dry-run", is_flag=True, help="Do everything but write: say what would be written, and every problem.")
@click.option("--quiet", is_flag=True, help="Print problems and failures only.")
@click.option(
    "--log",
    metavar="FILE",
    type=click.Path(path_type=Path),
    expose_value=False,
    help="Keep every line at its end, with the time.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", JSON]),
    default="text",
    show_default=True,
    help="How to say what was written; json: one object with every report, for programs.",
)
@reading_options
def fill(
    template_: Path,
    data: tuple[str, ...],
    out: str,
    by: str | None,
    jobs: int,
    time_limit: int | None,
    resume: bool,
    quiet: bool,
    style: str,
    **options: Any,
) -> None:
    """Put DATA into the table Subscriptions of a copy of TEMPLATE, and compute its formulas.

    DATA is a file; with several, or a folder or a pattern of them, each gives a report. Rules, rates and currency are
    written into the workbook, and hold in its formulas.
    """
    if quiet or style == JSON:
        be_quiet()
    options = {name: value for name, value in options.items() if value}
    from mrr_xl.sources.folder import is_several

    several = by is not None or len(data) > 1 or "{" in out or is_several(data[0])
    if style == JSON and not several:
        at_a_mistake(lambda text: _print_the_one(data[0], options, Path(out), error=text))
    say_how_read(*data)
    if several:
        from mrr_xl.cli.many import fill_many

        fill_many(template_, data, out, by, jobs, time_limit, resume, options, quiet, style == JSON)
        return
    if resume:
        raise MrrError("--resume is for many reports; leave it out")
    not_an_input(Path(out), template_, data[0])
    filled = _filled(template_, data[0], out, **options)
    if style == JSON:
        _print_the_one(data[0], options, filled.path, filled)
    _tell(filled, "would write" if "dry_run" in options else "wrote")


def _print_the_one(
    data: str, options: dict[str, Any], path: Path, filled: Filled | None = None, error: str | None = None
) -> None:
    """What became of the only report, in json."""
    from mrr_xl.cli.summary import print_summary
    from mrr_xl.filling.batch import Done
    from mrr_xl.sources.named import name_of

    done = Done(name_of(data, 1), path, filled, error, filled.warnings if filled else [])
    print_summary([done], dry_run="dry_run" in options, compared="against" in options, error=error)


def _filled(template: Path, data: str, out: str, **options: Any) -> Filled:
    """As mrr_xl.fill does it, which has no dry run."""
    from mrr_xl.filling.fill import fill_with
    from mrr_xl.filling.inputs import Options, read_inputs
    from mrr_xl.filling.workbook_rules import cells_of_rules

    inputs = read_inputs(template, data, out, Options.of(**options))
    rules = cells_of_rules(inputs.template)
    filled = fill_with(inputs, out).warn()
    if filled.warnings:
        where = (
            f"set it on the report's sheet {rules[0].sheet}"
            if rules
            else "give the workbook a range named Rules for it"
        )
        say(f"mrr-xl: where a problem names a rule, {where}", err=True)
    return filled


@main.command(
    **examples(
        "mrr-xl demo",
        "mrr-xl demo look.xlsx --months 36",
    )
)
@click.argument("out", type=click.Path(path_type=Path), default="mrr-demo.xlsx")
@_months_option
def demo(out: Path, months: int | None) -> None:
    """Write a workbook of made-up subscriptions (mrr-demo.xlsx) and print its last months."""
    from mrr_xl.metrics import movements as compute
    from mrr_xl.report import write_template
    from mrr_xl.report.sample import sample_subscriptions

    _workbook_name(out)
    _tell(write_template(out, months=months))
    say("open it in a spreadsheet program; for its functions to recalculate there, see mrr-xl addin --help", err=True)
    table = compute(sample_subscriptions()).tail(6)
    print_table(
        table[["month", "opening", "new", "reactivation", "expansion", "contraction", "churn", "closing"]], TABLE
    )


def _workbook_name(out: Path, *inputs: str | Path | None, suffix: str = ".xlsx") -> None:
    """Refuse to write over what is read, or under a name that Excel would not open."""
    if out.suffix.lower() != suffix:
        raise MrrError(f"{out.name} must end in {suffix}")
    not_an_input(out, *inputs)


def _tell(filled: Filled, did: str = "wrote") -> None:
    """What was written, or would be; exit code 1 if some of its cells hold no figure because of a mistake."""
    for problem in filled.problems:
        say(f"mrr-xl: {problem}", err=True)
    say(f"{did} {filled.path}: {filled.lines:,} subscription lines, {filled.formulas:,} formula cells computed")
    say_notes(filled)
    if filled.problems:
        sys.exit(1)
