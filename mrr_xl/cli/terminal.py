"""Tables as a terminal shows them, and as csv and json."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

TABLE, CSV, JSON = "table", "csv", "json"
_ESCAPED = "mrr_xl.escaped"


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


def print_table(
    table: pd.DataFrame | Mapping[str, Sequence[Any]], style: str, digits: int = 2, err: bool = False
) -> None:
    """A frame, or columns by name, in one of the styles; digits: of a fraction in the style table."""
    columns = {str(name): list(table[name]) for name in table}  # months and ages are column names, too
    kinds = {str(name): getattr(getattr(table[name], "dtype", None), "kind", "O") for name in table}
    if style == CSV:
        click.echo(_csv(columns), nl=False)
    elif style == JSON:
        rows = [dict(zip(columns, map(plain, row))) for row in zip(*columns.values())]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        cells = {
            name: [_figure(value, digits) if kinds[name] == "f" else _text(value) for value in values]
            for name, values in columns.items()
        }
        click.echo(_aligned(cells, {name for name in cells if kinds[name] not in "iuf"}), err=err)


def _csv(columns: Mapping[str, Sequence[Any]]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([plain(value) for value in row] for row in zip(*columns.values()))
    return lines.getvalue()


def _figure(value: Any, digits: int) -> str:
    if _is_missing(value):
        return ""
    return "#N/A" if value != value else f"{value:,.{digits}f}"


def _text(value: Any) -> str:
    shown = plain(value)
    return "" if shown is None else str(shown)


def _aligned(cells: Mapping[str, Sequence[str]], texts: set[str]) -> str:
    """Aligned columns: texts to the left, numbers to the right."""
    heads = [name.replace("_customers", " customers").replace("_", " ") for name in cells]
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
