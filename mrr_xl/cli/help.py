"""What the command says about itself: what to do first, and of each command its whole sentence and examples."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import click

from mrr_xl.errors import MrrError

FIRST = """\
MRR (monthly recurring revenue) from a file of subscriptions. What to do first:

  mrr-xl demo
      writes a report of made-up subscriptions, to look around in
  mrr-xl check yours.csv
      says how your own file is read, and what to change in it
  mrr-xl movements yours.csv
      prints opening, new, expansion, contraction, churn and closing by month
  mrr-xl template report.xlsx --data yours.csv
      writes a workbook with all figures

Your file is a table with a header row: customer, start, end, amount and
interval, or the usual other names of these; or it is an export of Stripe,
Chargebee or another billing system.

mrr-xl --help lists all commands; mrr-xl movements --help explains one."""
_LONGEST = 1_000  #: characters of a sentence in a list of commands, which click would cut at the terminal's width


class Once(click.Command):
    """A command whose options are given once, but for those that may be given several times: the last one would win."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        try:
            _, _, order = self.make_parser(context).parse_args([*args])
            given = [each for each in order if isinstance(each, click.Option) and not (each.multiple or each.is_flag)]
            for option in given:
                if given.count(option) > 1 and not context.resilient_parsing:
                    raise MrrError(f"{option.opts[-1]} is given twice; give it once")
            return super().parse_args(context, [*args])
        except click.NoSuchOption as error:
            if mend := self.mend(error.option_name, context):
                raise click.UsageError(f"{error.message} {mend}", context) from None
            raise
        except click.UsageError as error:
            if "unexpected extra" not in error.message or not any(map(os.path.exists, args[1:])):
                raise
            mend = "Several files are given as their folder, or as a pattern in quotes"
            raise click.UsageError(f"{error.message}. {mend}", context) from None

    def mend(self, option: str, context: click.Context) -> str:
        """What to do where an option is given that this command does not have; nothing if no command has it."""
        beside = context.parent.command if context.parent else None
        commands = beside.commands if isinstance(beside, click.Group) else {}
        have = [name for name, command in commands.items() if any(option in each.opts for each in command.params)]
        return f"{option} is an option of mrr-xl {' and '.join(have)}" if have else ""


class Listed(click.Group):
    """A group of commands whose list has the first sentence of each, whole."""

    command_class = Once

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        commands = [(name, self.get_command(context, name)) for name in self.list_commands(context)]
        rows = [
            (name, command.get_short_help_str(_LONGEST)) for name, command in commands if command and not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def completed(names: Callable[[], Iterable[str]]) -> Callable[..., list[str]]:
    """What completes a word in a shell: those of the names that begin with it."""
    return lambda context, option, begun: [name for name in names() if name.startswith(begun)]


def examples(*commands: str) -> dict[str, Any]:
    """What a command's help ends with: commands as a user types them, each on a line of its own."""
    heading = "Example:" if len(commands) == 1 else "Examples:"
    return {"epilog": "\n".join(["\b", heading, *(f"  {command}" for command in commands)])}
