"""The command `mrr-xl` and the options that its commands share."""

from __future__ import annotations

import errno
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from mrr_xl.cli.help import FIRST, Listed, completed
from mrr_xl.cli.terminal import CSV, JSON, RAW, TABLE, say, say_at_a_mistake, write_any_character
from mrr_xl.clock import one_day
from mrr_xl.errors import MrrError, MrrWarning, listed, shown, unexpected
from mrr_xl.presets import PRESETS
from mrr_xl.settings import LENGTHS, RULES, Settings, rule_name
from mrr_xl.version import __version__

#: The rules that have an option of their own, and where a command keeps what it says.
_OPTIONS = {"preset": "mrr_xl.tool", "period": "mrr_xl.period"}
_SHOWN = 5  #: how many problems a command prints beside its figures


class _Commands(Listed):
    """A mistake is one line on stderr and exit code 2, never a traceback; a character is never a mistake.

    Without a command it says what to do first. Ctrl+C ends it with 130, as it ends other programs.
    """

    group_class = Listed

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        if not args and not context.resilient_parsing:  # as completion in a shell parses
            click.echo(FIRST)
            context.exit()
        return super().parse_args(context, args)

    def main(self, *args: Any, **extra: Any) -> Any:
        write_any_character(sys.stdout, sys.stderr)
        try:
            return super().main(*args, **extra)
        except OSError as fault:  # of --help and --version, which are printed before there is a command
            _end_with(fault)

    def invoke(self, context: click.Context) -> Any:
        try:
            with one_day(), warnings.catch_warnings():
                warnings.simplefilter("always", MrrWarning)
                warnings.showwarning = partial(_show, warnings.showwarning)
                return super().invoke(context)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help() if error.ctx else "", err=True)
            sys.exit(2)
        except (MrrError, click.UsageError) as error:
            text = error.format_message() if isinstance(error, click.UsageError) else mistake(error)
            _say_at_the_end(" ".join(text.split()))
            sys.exit(2)
        except KeyboardInterrupt:
            _say_at_the_end("stopped")
            sys.exit(130)
        except (SystemExit, GeneratorExit, click.exceptions.Exit, click.Abort):
            raise
        except BaseException as fault:  # a panic of a library in Rust is no Exception
            if isinstance(fault, OSError) and fault.errno == errno.EPIPE:
                raise  # the reader of the output has enough: click ends quietly
            _end_with(fault)


def mistake(error: MrrError) -> str:
    """A mistake, and which names may have been meant."""
    return f"{error}; did you mean {' or '.join(error.meant)}?" if error.meant else str(error)


def _fault(fault: BaseException) -> str:
    if isinstance(fault, OSError) and fault.filename is not None and fault.errno in (errno.ENAMETOOLONG, errno.ELOOP):
        return f"{shown(fault.filename)} can't be a file's name ({fault.strerror})"
    if isinstance(fault, OSError) and fault.filename is None and fault.errno in (errno.ENOSPC, errno.EBADF):
        return f"the output can't be written ({fault.strerror})"
    return f"{unexpected(fault)}; this is a fault of mrr_xl, not of your data: please report it, with the command"


def _end_with(fault: BaseException) -> NoReturn:
    _end_output(sys.stdout)
    _say_at_the_end(_fault(fault))
    sys.exit(2)


def _say_at_the_end(text: str) -> None:
    """Say why a command ends; where the output can't be written its exit code alone says so."""
    try:
        say_at_a_mistake(text)
    except OSError:
        _end_output(sys.stderr)
        _end_output(sys.stdout)


def _end_output(stream: Any) -> None:
    """What is left in a stream can't be written either, and Python would say so once more at its end."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _show(other: Callable[..., None], message: Warning | str, *given: Any, **more: Any) -> None:
    """Print what may make the figures wrong, a line each; warnings of others as they are."""
    if not isinstance(message, MrrWarning):
        other(message, *given, **more)
        return
    show_problems(message.problems)


def show_problems(problems: Sequence[str], report: str = "") -> None:
    """Print the first problems of the data, a line each, and how many more there are; report: whose data it is."""
    name = f"{report}: " if report else ""
    for problem in problems[:_SHOWN]:
        say(f"mrr-xl: {name}problem: {problem}", err=True)
    if len(problems) > _SHOWN:
        say(f"mrr-xl: {name}and {len(problems) - _SHOWN:,} more; mrr-xl check shows them all", err=True)


def given_rules(context: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, object]:
    """The rules that --preset, --period and --set give, as they are written."""
    given: dict[str, object] = {name: context.meta[key] for name, key in _OPTIONS.items() if key in context.meta}
    by_option, written = {*given}, {*given}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise MrrError(f"--set {pair} can't be read; write it as --set as_of=month_start")
        name, rule = key.strip().lower(), rule_name(key)
        if rule in written and rule != "ignore":
            said = f"--{rule} and --set give" if rule in by_option else "--set gives"
            raise MrrError(f"{said} {rule} twice; give it once")
        given[name] = f"{given[name]}, {value}" if name in given else value
        written.add(rule)
    return given


def _settings(context: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> Settings:
    return Settings.of(given_rules(context, option, pairs))


def _all_of(context: click.Context, option: click.Parameter, conditions: tuple[str, ...]) -> str | None:
    return "; ".join(conditions) or None


def named(context: click.Context, option: click.Parameter, data: Any) -> Any:
    """Say whether DATA is read as mrr-xl.toml beside it says."""
    say_how_read(data)
    return data


def say_how_read(*data: str | None) -> None:
    """Say which files are read as mrr-xl.toml beside them says, also those of a folder or a pattern."""
    from mrr_xl.sources.folder import files_in, is_several
    from mrr_xl.sources.saved import NAME, saved_how

    for given in data:
        read = files_in(given) if is_several(given) else [given]
        files = [each for each in read if saved_how(each) is not None]
        if len(files) > 1:
            names = listed([str(file) for file in files], _NAMED)
            say(f"mrr-xl: {names} are read as {NAME} beside them says", err=True)
        elif files:
            say(f"mrr-xl: {files[0]} is read as {NAME} beside it says", err=True)


def not_an_input(out: Path, *inputs: str | Path | None) -> None:
    """Raise MrrError where a file would be written over one that is read."""
    for path in inputs:
        if path is not None and Path(path).resolve() == out.resolve():
            raise MrrError(f"{out} would be written over its own input; name another file")


_NAMED = 5  #: how many files are named
rates_option = click.option("--rates", metavar="FILE", help="A table of currency, [month] and rate.")


def _rule(context: click.Context, option: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[_OPTIONS[str(option.name)]] = value


def set_option(command: Callable[..., Any], read: Callable[..., Any] = _settings) -> Callable[..., Any]:
    """Give a command the rules: --preset, those of a tool, and --set, one at a time. The command gets settings.

    read: what makes them of the options; given_rules leaves them as they are written.
    """
    tool = click.option(
        "--preset",
        metavar="TOOL",
        expose_value=False,
        is_eager=True,
        callback=_rule,
        shell_complete=completed(lambda: PRESETS),
        help=f"All rules of a tool; --set wins: {', '.join(PRESETS)}.",
    )
    rule = "A rule; see docs/definitions.md."
    return tool(
        click.option(
            "--set",
            "settings",
            metavar="KEY=VALUE",
            multiple=True,
            callback=read,
            shell_complete=completed(lambda: [f"{name}=" for name in RULES]),
            help=rule,
        )(command)
    )


def _style(context: click.Context, option: click.Parameter, style: str) -> str:
    if not context.meta.get(RAW):
        return style
    if style != CSV:
        raise MrrError("--raw is for --format csv")
    return RAW


def _raw(context: click.Context, option: click.Parameter, raw: bool) -> None:
    context.meta[RAW] = raw


def format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """How a command prints its table: --format, and for csv --raw. The command gets style."""
    style = click.option(
        "--format",
        "style",
        type=click.Choice([TABLE, CSV, JSON]),
        default=TABLE,
        show_default=True,
        callback=_style,
        help="How to print it. In csv, a text that a spreadsheet would take for a formula begins with a '.",
    )
    raw = click.option(
        "--raw", is_flag=True, is_eager=True, expose_value=False, callback=_raw, help="Texts in csv as they are."
    )
    return style(raw(command))


_where_option = click.option(
    "--where",
    metavar="CONDITION",
    multiple=True,
    callback=_all_of,
    help='Which lines to count, such as "plan=Team; region<>Europe".',
)


def _pairs(context: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str] | None:
    from mrr_xl.sources.how import role_of

    split_ = [pair.partition("=") for pair in pairs]
    for pair, (_, equals, _) in zip(pairs, split_):
        if not equals:
            raise MrrError(f'--map {pair} can\'t be read; write it as --map start="Start (UTC)"')
    return {role_of(role.strip()): header.strip() for role, _, header in split_} or None


#: How DATA is to be read, as mrr_xl.movements takes it.
_READING = (
    click.option("--map", "columns", metavar="ROLE=HEADER", multiple=True, callback=_pairs,
                 help='Which column is what, such as start="Start (UTC)"; start= says that none is.'),
    click.option("--dates", metavar="ORDER", help="The order of a date's numbers: dmy, mdy or ymd."),
    click.option("--decimal", metavar="SIGN", help="The decimal sign: a comma or a point."),
    click.option("--encoding", metavar="NAME", help="A text file's encoding, such as windows-1252."),
    click.option("--delimiter", metavar="SIGN", help="What parts a text file's cells, such as ; or tab."),
    click.option("--sheet", metavar="NAME", help="A workbook's sheet or table; * for all that hold a ledger."),
    click.option("--skip", metavar="N", help="How many rows stand above the header."),
    click.option("--header", metavar="ROW", help="The header's row, in place of --skip."),
    click.option("--order", metavar="HEADER", help="The column by which a database's rows are numbered, such as id."),
)  # fmt: skip


def _system(context: click.Context, option: click.Parameter, system: str | None) -> str | None:
    from mrr_xl.months import read_month, read_span

    month = None
    with suppress(MrrError):  # of what is no month
        month = system and (read_span(system) or read_month(system))
    if not month:
        return system
    a_month = any(each.name == "month" for each in context.command.params)
    mend = "give the month with --month" if a_month else "leave it out"
    raise MrrError(f"--from is for the billing system that DATA comes from, and {system} is none; {mend}")


_SYSTEM = click.option(
    "--from",
    "system",
    metavar="SYSTEM",
    callback=_system,
    help="The billing system that DATA comes from, such as stripe; see docs/sources.md.",
)


def reading_options(command: Callable[..., Any], system: bool = True) -> Callable[..., Any]:
    """How DATA is to be read: each option is a keyword of mrr_xl.movements; system: whether --from is one of them."""
    for option in reversed([*_READING, *([_SYSTEM] if system else [])]):
        command = option(command)
    return command


_period_option = click.option(
    "--period",
    metavar="PERIOD",
    expose_value=False,
    is_eager=True,
    callback=_rule,
    shell_complete=completed(lambda: LENGTHS),
    help=f"What a figure is of: {', '.join(LENGTHS)}; by default month.",
)


def data_options(
    command: Callable[..., Any], system: bool = True, period: bool = True, style: bool = True
) -> Callable[..., Any]:
    """What every command that computes figures takes: DATA, its lines, the rules and rates, and how to print them.

    The command gets data and style; where, settings and rates as mrr_xl.metric takes them; and how to read DATA.
    period: whether --period is one of the rules. style: whether a table is printed.
    """
    command = format_option(reading_options(command, system)) if style else reading_options(command, system)
    command = _where_option(set_option(rates_option(command)))
    command = _period_option(command) if period else command
    return click.argument("data", metavar="DATA", callback=named)(command)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mrr-xl")
def main() -> None:
    """MRR (monthly recurring revenue) from a file of subscriptions.

    DATA is a .csv, .xlsx, .json or .parquet file, a folder or a pattern of such files, - for standard input, or a
    database's table such as billing.duckdb#subscriptions or postgresql://localhost/billing#subscriptions. It has the
    columns customer, start, end, amount and interval, under these names or their usual ones, or it is a schedule of
    months, a list of invoices, or an export of Stripe, Chargebee, Recurly and others; see docs/sources.md. If a column
    has another name, say it with --map; mrr-xl check shows how DATA was read.
    """
