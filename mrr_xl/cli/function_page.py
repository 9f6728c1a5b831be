"""The command functions: their list, and of one its page as a terminal shows it, wrapped to its width."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from mrr_xl.cli.figures import names_of_metrics
from mrr_xl.cli.group import format_option, main
from mrr_xl.cli.help import completed, examples
from mrr_xl.cli.terminal import TABLE, print_table
from mrr_xl.errors import MrrError, shown

if TYPE_CHECKING:
    from mrr_xl.functions.pages import Page, Told
    from mrr_xl.metrics import Metric

_WIDEST, _NARROWEST = 100, 40
_INDENT, _GAP = "  ", "  "
_ROOM = 20  #: the least that a column of wrapped text takes
_NUMBER = re.compile(r"-?[\d.]+|#N/A")


@main.command(**examples("mrr-xl functions nrr", "mrr-xl functions --format csv"))
@click.argument("name", required=False, shell_complete=completed(names_of_metrics))
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
    wanted = function_of(name)
    if style != TABLE:
        raise MrrError(f"--format is for the list of all functions; leave it out, or leave {name} out")
    from mrr_xl.functions.pages import page_of

    click.echo(as_text(page_of(wanted)))


def function_of(name: str) -> Metric:
    """The function that is called so: MRR_NRR, nrr, "net new", or a formula's beginning. Raises MrrError."""
    from mrr_xl.metrics import find

    plain = name.strip().removeprefix("=").partition("(")[0]
    try:
        return find(plain)
    except MrrError as error:
        meant = f"did you mean {error.meant[0]}? " if error.meant else ""
        raise MrrError(f"{shown(name)} is not a function; {meant}mrr-xl functions lists them all") from None


def as_text(page: Page) -> str:
    """The page without marks, as wide as the terminal."""
    terminal = max(shutil.get_terminal_size().columns, _NARROWEST)
    width = min(terminal, _WIDEST)
    parts = [page.name, _wrapped(page.summary, width)]
    parts.append(_section("Syntax", _wrapped(page.syntax, width, _INDENT, _INDENT * 3)))
    parts.append(_section("Arguments", *_arguments(page.arguments, width)))
    columns = [f"{column.heads}: {column.what} ({column.unit})" for column in page.columns]
    parts.append(_section("Returns", _wrapped(page.returns, width, _INDENT), *_listed(columns, width)))
    parts.append(_section("Remarks", *_listed(page.remarks, width)))
    parts.append(_section("Example", *_example(page, width, terminal)))
    parts.append(_section("See also", _wrapped(", ".join(page.related), width, _INDENT)))
    return "\n\n".join(parts).replace("`", "")


def _section(heading: str, *lines: str) -> str:
    return "\n".join([heading, *lines])


def _wrapped(text: str, width: int, first: str = "", rest: str | None = None) -> str:
    return textwrap.fill(
        text.replace("`", ""),
        width,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _arguments(arguments: Sequence[Told], width: int) -> list[str]:
    longest = max(len(told.name) for told in arguments)
    lines = []
    for told in arguments:
        left_out = told.default if told.default == "required" else f"if left out, {told.default}"
        text = f"{told.what} ({told.form}; {left_out})"
        name = f"{_INDENT}{told.name.ljust(longest)}{_GAP}"
        lines.append(_wrapped(text, width, name, " " * len(name)))
    return lines


def _listed(texts: Sequence[str], width: int) -> list[str]:
    return [_wrapped(text, width, f"{_INDENT}- ", _INDENT * 2) for text in texts]


def _example(page: Page, width: int, terminal: int) -> list[str]:
    lines = [*_table(page.sheet, terminal), ""]
    if len(page.result) == 1:
        lines.append(_wrapped(f"{page.formula} gives {page.result[0][0]}", width, _INDENT, _INDENT * 3))
    else:
        turned = " (on its side here)" if _turns(page.result, terminal) else ""
        lines += [_wrapped(f"{page.formula} gives{turned}", width, _INDENT, _INDENT * 3), ""]
        lines += _table(page.result, terminal)
        lines += [f"{_INDENT}… and {page.more} rows more"] if page.more else []
    python = f"In Python: {page.python}" if page.python else ""
    more = [_wrapped(text, width, _INDENT, _INDENT * 3) for text in (page.by_hand, python) if text]
    return [*lines, "", *more] if more else lines


def _table(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Aligned columns; of a table that is too wide the last column is wrapped, or rows and columns change places."""
    if _turns(rows, width):
        rows = list(zip(*rows))
    sizes, last = _sizes(rows), max(width - _before_last(rows), _ROOM)
    numbers = [all(_NUMBER.fullmatch(cell) or not cell for cell in column[1:]) for column in zip(*rows)]
    lines = []
    for *cells, text in rows:
        for part in textwrap.wrap(text, last) or [""]:
            padded = [
                cell.rjust(size) if number else cell.ljust(size)
                for cell, size, number in zip([*cells, part], sizes, numbers)
            ]
            lines.append(f"{_INDENT}{_GAP.join(padded)}".rstrip())
            cells = [""] * len(cells)
    return lines


def _turns(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether wrapping its last column is not enough, and changing rows and columns is."""
    wrapped = _before_last(rows) + min(_sizes(rows)[-1], _ROOM)
    turned = list(zip(*rows))
    return wrapped > width >= _before_last(turned) + _sizes(turned)[-1]


def _before_last(rows: Sequence[Sequence[str]]) -> int:
    sizes = _sizes(rows)
    return len(_INDENT) + sum(sizes[:-1]) + len(_GAP) * (len(sizes) - 1)


def _sizes(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows)]
