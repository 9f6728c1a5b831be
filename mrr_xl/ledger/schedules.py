"""Schedules: a row or a column for each month → lines, each a period of one month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.errors import MrrError, shown
from mrr_xl.ledger import days
from mrr_xl.ledger.frames import looked_up
from mrr_xl.ledger.mistakes import Wrong
from mrr_xl.ledger.reading import SOURCE, WIDE, Reading, each, made_column
from mrr_xl.ledger.texts import is_blank, number_in
from mrr_xl.sources.columns import Layout
from mrr_xl.sources.table import Table
from mrr_xl.sources.totals import is_total


def unpivoted(
    table: Any, layout: Layout, sign: str | None, source: Table
) -> tuple[Any, Layout, list[tuple[str, Wrong]]]:
    """A wide schedule as a long one, and the cells of each month that can't be read."""
    wide = [SOURCE + header for header in layout.months]
    kept = [column for column in table.columns if column not in wide]
    texts = [column for column, dtype in table.collect_schema().items() if column in wide and not dtype.is_numeric()]
    blank = _blank(table, layout)
    unread = []
    for column in texts:
        if not isinstance(table, nw.DataFrame):
            raise MrrError(f"column {column.removeprefix(SOURCE)} of the wide schedule is not a number; cast it first")
        numbers = source.numbers.get(column.removeprefix(SOURCE), frozenset())
        read = partial(number_in, sign=sign, meaning="an amount", numbers=numbers)
        amounts, wrong = each(table, column, read, 0.0, nw.Float64)
        unread.append((column.removeprefix(SOURCE), wrong))
        table = table.with_columns(amounts)
    table = table.with_columns(nw.col(*wide).cast(nw.Float64))
    month, mrr = (made_column(table, name) for name in (WIDE["month"], WIDE["mrr"]))
    long = table.unpivot(on=wide, index=kept, variable_name=month, value_name=mrr)
    # A blank month is 0, and 0 is no customer.
    long = long.filter(~nw.col(mrr).is_null()).filter(nw.col(mrr) != 0)
    return long, replace(layout, roles=layout.roles | WIDE, blank=blank), unread


def _blank(table: Any, layout: Layout) -> frozenset[months.Month]:
    """The months whose columns, in memory, have no cell filled in."""
    if not isinstance(table, nw.DataFrame):
        return frozenset()
    cells = ((month, table[SOURCE + header].unique()) for header, month in layout.months.items())
    return frozenset(month for month, values in cells if all(is_blank(value, nw.Float64) for value in values))


def _month_in(order: str | None) -> Callable[[Any], int]:
    def month(value: Any) -> int:
        if isinstance(value, str) and is_total(value):
            raise MrrError(f"{shown(value)} looks like a total; remove that row")
        return months.read_month(value, order)

    return month


def of_months(reading: Reading) -> None:
    header = reading.layout.roles["month"]
    dtype, column = reading.type_of("month"), SOURCE + header
    in_memory = isinstance(reading.table, nw.DataFrame)
    month: Any
    if isinstance(dtype, (nw.Date, nw.Datetime)):
        day: Any = days.days_of(reading.table[column]) if in_memory else days.day_expr(nw.col(column))
        month = day // 32
    elif reading.layout.kind == "wide":
        months_ = {SOURCE + name: index for name, index in reading.layout.months.items()}
        month = looked_up(nw.col(column), months_, 0, nw.Int64)
    elif in_memory:
        month = reading.each("month", _month_in(reading.how.order("month")), months.OPEN // 32, nw.Int64)
    else:
        raise MrrError(f"column {header} is not a date in the database; cast it to DATE")
    # A month of a schedule is a period from its first day to the next month's.
    first = (month * 32 + 1).cast(nw.Int64)
    reading.derived += [first.alias("start"), (first + 32).alias("end")]
    reading.bounds("month", "start", "the month is blank; write it as 2024-03")
