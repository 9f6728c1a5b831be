"""Tables as a terminal shows them, and as csv and json."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import click

from mrr_xl.later import pd

TABLE, CSV, JSON = "table", "csv", "json"


def print_table(table: pd.DataFrame, style: str, digits: int = 2, err: bool = False) -> None:
    table = table.rename(columns=str)  # months and ages head columns, too
    if style == CSV:
        click.echo(table.to_csv(index=False, lineterminator="\n"), nl=False)
    elif style == JSON:
        rows = [{name: plain(value) for name, value in row.items()} for row in table.to_dict("records")]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        shown = table.copy()
        for name in shown.columns:
            if pd.api.types.is_float_dtype(shown[name]):
                shown[name] = [_figure(value, digits) for value in shown[name]]
            else:
                shown[name] = ["" if pd.isna(value) else str(value) for value in shown[name]]
        texts = [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
        click.echo(_columns(shown, set(texts)), err=err)


def _figure(value: Any, digits: int) -> str:
    if value is pd.NA:
        return ""
    return "#N/A" if pd.isna(value) else f"{value:,.{digits}f}"


def _columns(shown: pd.DataFrame, texts: set[str]) -> str:
    """Aligned columns: texts to the left, numbers to the right."""
    heads = [name.replace("_customers", " customers").replace("_", " ") for name in shown.columns]
    widths = [max([len(head), *map(len, shown[name])]) for head, name in zip(heads, shown.columns)]

    def line(cells: list[str]) -> str:
        placed = [
            cell.ljust(width) if name in texts else cell.rjust(width)
            for cell, width, name in zip(cells, widths, shown.columns)
        ]
        return "  ".join(placed).rstrip()

    return "\n".join([line(heads), *(line(list(row)) for row in shown.itertuples(index=False))])


def plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, (pd.Period, dt.date)):
        return str(value)
    return value.item() if hasattr(value, "item") else value
