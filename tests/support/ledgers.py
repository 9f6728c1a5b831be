"""Ledgers as text, so that a test shows the table that it is about."""

from __future__ import annotations

import polars as pl


def ledger(text: str) -> pl.DataFrame:
    """A frame of texts, as a CSV file gives it: a header row, then rows; cells are parted by blanks, - is a blank cell.

    >>> ledger('''
    ... customer  start       mrr
    ... A         2024-01-01  -
    ... ''').rows()
    [('A', '2024-01-01', None)]
    """
    header, *rows = [line.split() for line in text.strip().splitlines()]
    columns = zip(*rows) if rows else [()] * len(header)
    return pl.DataFrame(
        {name: [None if cell == "-" else cell for cell in cells] for name, cells in zip(header, columns)},
        schema=dict.fromkeys(header, pl.String),
    )


def typed(text: str) -> pl.DataFrame:
    """The same with dates and numbers instead of texts, as a database needs them.

    >>> typed("customer start mrr \\n A 2024-01-01 5").rows()
    [('A', datetime.date(2024, 1, 1), 5.0)]
    """
    frame = ledger(text)
    dates = [name for name in ("start", "end", "cancelled") if name in frame.columns]
    numbers = [name for name in ("amount", "mrr", "discount") if name in frame.columns]
    return frame.with_columns(pl.col(dates).str.to_date(), pl.col(numbers).cast(pl.Float64))
