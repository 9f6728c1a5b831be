"""Tables as a terminal shows them, and as csv and json."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mrr_xl.errors import MrrError, in_figures

if TYPE_CHECKING:
    import pandas as pd

    from mrr_xl.filling.fill import Filled

TABLE, CSV, JSON = "table", "csv", "json"
QUIET, LOG = "mrr_xl.quiet", "mrr_xl.log"  #: where a run keeps what say does
_LOST_LOG, _LAST_WORD = "mrr_xl.lost_log", "mrr_xl.last_word"
RAW = "csv --raw"  #: texts as they are, for programs
_ESCAPED = "mrr_xl.escaped"
#: Control characters, line ends of Unicode, halves of pairs, and what turns the direction of a text.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PLACES = ("row",)  #: columns of whole numbers that count nothing
_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


def write_any_character(*streams: Any) -> None:
    r"""From now on, a character that a stream's encoding lacks is written as json has it, such as \u0141 for Ł.

    So two names never become one, as with question marks, and json stays json. A console of Windows has every
    character; its code page is the encoding of what is piped or redirected.
    """
    codecs.register_error(_ESCAPED, _escape)
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ESCAPED)


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def visible(text: str) -> str:
    r"""A text in which no character gives the terminal an order, breaks the line or turns it round: they are escaped.

    A name from outside may hold any character; a sentence that looks like another line would be believed.

    >>> visible("Ada\x1b[2J\nwrote \u202elmth")
    'Ada\\u001b[2J\\nwrote \\u202elmth'
    """
    return _UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], text)


def say(text: str, err: bool = False) -> None:
    """Print one line; --quiet leaves out those on standard output, and --log keeps every one."""
    log(text)
    if err or not _of_run().get(QUIET):
        click.echo(visible(text), err=err)


def say_notes(filled: Filled, report: str = "") -> None:
    """Print what there is to tell of a report; of many changes --log keeps those, too, that are only counted."""
    name = f"{report}: " if report else ""
    for note in filled.notes:
        say(name + note)
    for note in filled.others:
        log(name + note)
    if filled.others:
        say(f"{name}--log FILE and --format json have each change")


def log(text: str) -> None:
    """Keep one line in the file that --log names, with the time; nothing without that option."""
    file = _of_run().get(LOG)
    if file is None:
        return
    try:
        file.write(f"{dt.datetime.now():%Y-%m-%d %H:%M:%S}  {visible(text)}\n")
        file.flush()
    except OSError as error:
        _end_log(error)


def log_to(path: Path) -> None:
    """From now on, every line of this run is kept at the end of a file. Raises MrrError."""
    try:
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise MrrError(f"the log {path} can't be written ({error.strerror})") from None
    context = click.get_current_context()
    context.find_root().call_on_close(_close_log)  # a mistake is logged, too, after the command's own end
    context.meta[LOG] = file


def _end_log(error: OSError) -> None:
    """Say that the rest of the log is lost: the run goes on, as its reports do not hang on it, and fails at its end."""
    run = _of_run()
    file = run.pop(LOG)
    run[_LOST_LOG] = True
    with suppress(OSError):  # what it could not write is tried once more
        file.close()
    click.echo(f"mrr-xl: the log {file.name} can't be written ({error.strerror})", err=True)


def _close_log() -> None:
    run = _of_run()
    if LOG in run:
        try:
            run[LOG].close()
        except OSError as error:
            _end_log(error)
    if _LOST_LOG in run:
        sys.exit(2)


def be_quiet() -> None:
    """From now on, only problems and mistakes are printed as lines."""
    click.get_current_context().meta[QUIET] = True


def at_a_mistake(tell: Callable[[str], None] | None) -> None:
    """From now on, what a program is told on standard output if a mistake ends the command; None: it has been told."""
    _of_run()[_LAST_WORD] = tell


def say_at_a_mistake(text: str) -> None:
    """Print a mistake that ends the command: a line, and what a program is told of it."""
    say(f"mrr-xl: {text}", err=True)
    if tell := _of_run().get(_LAST_WORD):
        tell(text)


def _of_run() -> dict[str, Any]:
    context = click.get_current_context(silent=True)
    return {} if context is None else context.meta


def say_figure(value: Any, unit: str, style: str) -> None:
    """Print one figure: for people with thousands, and a rate as a percentage; in csv as it is."""
    shown = plain(value)
    if shown is None:
        text = "#N/A"
    elif style != TABLE or unit not in ("money", "count", "rate"):
        text = visible(str(shown))
    else:
        text = _percentage(shown) if unit == "rate" else f"{shown:,}"
    click.echo(_coloured(text) if style == TABLE else text)


def print_table(
    table: pd.DataFrame | Mapping[str, Sequence[Any]],
    style: str,
    is_rate: Callable[[str], bool] = lambda column: False,
    err: bool = False,
) -> None:
    """A frame, or columns by name, in one of the styles; is_rate: which columns the style table has as percentages."""
    columns = {str(name): list(table[name]) for name in table}  # months and ages are column names, too
    kinds = {str(name): getattr(getattr(table[name], "dtype", None), "kind", "O") for name in table}
    if style in (CSV, RAW):
        click.echo(_csv(columns, raw=style == RAW), nl=False)
    elif style == JSON:
        rows = [dict(zip(columns, map(plain, row))) for row in zip(*columns.values())]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        cells = {
            name: [_cell(value, name, kinds[name], is_rate(name)) for value in values]
            for name, values in columns.items()
        }
        click.echo(_aligned(cells, {name for name in cells if kinds[name] not in "iuf"}), err=err)


def _csv(columns: Mapping[str, Sequence[Any]], raw: bool) -> str:
    lines = io.StringIO()
    # With a line end of two characters, cells that hold either of them are quoted: a reader takes each for a line end.
    writer = csv.writer(lines, lineterminator="\r\n")
    told = []
    for row in (columns, *zip(*columns.values())):
        writer.writerow([plain(value) if raw else _no_formula(plain(value)) for value in row])
        told.append(lines.getvalue().removesuffix("\r\n") + "\n")
        lines.seek(0)
        lines.truncate()
    return "".join(told)


def _no_formula(value: Any) -> Any:
    """A text that a spreadsheet would compute as a formula with a ' before it, by which it stays one.

    Source: OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_BEGINS) else value


def _cell(value: Any, column: str, kind: str, is_rate: bool) -> str:
    if _is_missing(value):
        return ""
    if kind == "f":
        return "#N/A" if value != value else _percentage(value) if is_rate else in_figures(value)
    return f"{value:,}" if kind in "iu" and column not in _PLACES else _text(value)


def _percentage(value: float) -> str:
    text = in_figures(value * 100, places=1)
    return f"{'0.0' if text == '-0.0' else text} %"


def on_terminal() -> bool:
    """Whether a person sees standard output as it is printed."""
    return sys.stdout.isatty()


def _coloured(figure: str) -> str:
    """A figure, red on a terminal if it is below 0, unless NO_COLOR (https://no-color.org) asks for none."""
    below = figure.lstrip().startswith("-") and any(digit in figure for digit in "123456789")
    return click.style(figure, fg="red") if below and on_terminal() and not os.environ.get("NO_COLOR") else figure


def _text(value: Any) -> str:
    shown = plain(value)
    return "" if shown is None else visible(str(shown))


def _aligned(cells: Mapping[str, Sequence[str]], texts: set[str]) -> str:
    """Aligned columns: texts to the left, numbers to the right."""
    heads = [visible(name).replace("_customers", " customers").replace("_", " ") for name in cells]
    widths = [max([len(head), *map(len, column)]) for head, column in zip(heads, cells.values())]

    def line(row: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if name in texts else _coloured(cell.rjust(width))
            for cell, width, name in zip(row, widths, cells)
        ]
        return "  ".join(padded).rstrip()

    return "\n".join([line(heads), *map(line, zip(*cells.values()))])


def plain(value: Any) -> Any:
    """A value as csv and json have it: None where it is missing or undefined, a month or a date as a text."""
    if _is_missing(value) or (isinstance(value, float) and value != value):
        return None
    if hasattr(value, "strftime"):
        return str(value)
    return value.item() if hasattr(value, "item") else value


def _is_missing(value: Any) -> bool:
    return value is None or type(value).__name__ in ("NAType", "NaTType")
