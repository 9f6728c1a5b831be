"""Tables as a terminal shows them, and as csv and json."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

TABLE, CSV, JSON = "table", "csv", "json"
RAW = "csv --raw"  #: texts as they are, for programs
_ESCAPED = "mrr_xl.escaped"
#: Control characters, line ends of Unicode, halves of pairs, and what turns the direction of a text.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
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
    """Print one line."""
    click.echo(visible(text), err=err)


def print_table(
    table: pd.DataFrame | Mapping[str, Sequence[Any]], style: str, digits: int = 2, err: bool = False
) -> None:
    """A frame, or columns by name, in one of the styles; digits: of a fraction in the style table."""
    columns = {str(name): list(table[name]) for name in table}  # months and ages are column names, too
    kinds = {str(name): getattr(getattr(table[name], "dtype", None), "kind", "O") for name in table}
    if style in (CSV, RAW):
        click.echo(_csv(columns, raw=style == RAW), nl=False)
    elif style == JSON:
        rows = [dict(zip(columns, map(plain, row))) for row in zip(*columns.values())]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        cells = {
            name: [_figure(value, digits) if kinds[name] == "f" else _text(value) for value in values]
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


def _figure(value: Any, digits: int) -> str:
    if _is_missing(value):
        return ""
    return "#N/A" if value != value else f"{value:,.{digits}f}"


def _text(value: Any) -> str:
    shown = plain(value)
    return "" if shown is None else visible(str(shown))


def _aligned(cells: Mapping[str, Sequence[str]], texts: set[str]) -> str:
    """Aligned columns: texts to the left, numbers to the right."""
    heads = [visible(name).replace("_customers", " customers").replace("_", " ") for name in cells]
    widths = [max([len(head), *map(len, column)]) for head, column in zip(heads, cells.values())]

    def line(row: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if name in texts else cell.rjust(width) for cell, width, name in zip(row, widths, cells)
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
