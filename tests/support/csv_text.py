"""Ledgers as the text of a CSV file, for headers and cells with blanks in them."""

from __future__ import annotations

import csv
import io

import polars as pl


def frame_of_csv(text: str) -> pl.DataFrame:
    """A frame of texts; blanks around a cell do not count, and a cell with nothing in it is blank.

    >>> frame_of_csv("Customer | Churn Date \\n Ada |").rows()
    [('Ada', None)]
    """
    header, *rows = rows_of_csv(text)
    return pl.DataFrame(
        {name: [row[index] or None for row in rows] for index, name in enumerate(header)},
        schema=dict.fromkeys(header, pl.String),
    )


def rows_of_csv(text: str) -> list[list[str]]:
    lines = csv.reader(io.StringIO(text.strip()), delimiter="|")
    return [[cell.strip() for cell in line] for line in lines]
