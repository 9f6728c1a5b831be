"""The rows of several tables as one table, which can still say whose row a row is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, chain, combinations
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.answers import Answer
from mrr_xl.errors import PER_FILE, MrrError, shown
from mrr_xl.months import Month
from mrr_xl.sources.columns import Layout, recognise
from mrr_xl.sources.how import AS_FOUND, How
from mrr_xl.sources.number_texts import is_nothing, text_of
from mrr_xl.sources.spelling import BLANKS
from mrr_xl.sources.table import Table
from mrr_xl.sources.totals import is_total

_ROW = "\0row"  #: no header holds this character


def together(tables: Sequence[Table], names: Sequence[str], how: How, are: str = "files") -> Table:
    """The rows of all tables, which must have the same columns in any order; names, are: what messages call them.

    Wide schedules may be of different months. Raises MrrError where the columns differ, or where something is in two
    tables.
    """
    if len(tables) == 1:
        return tables[0]
    import polars as pl

    headers = [_headers(table) for table in tables]
    months: list[str] = []
    if len({frozenset(here) for here in headers}) > 1 and (layouts := _wide(tables, how)):
        tables, months = _of_all_months(tables, names, layouts)
        headers = [[header for header in _headers(table) if header not in months] for table in tables]
    for number, others in enumerate(headers[1:], 1):
        _same(headers[0], others, names[0], names[number], are)
        _same(others, headers[0], names[number], names[0], are)
        if tables[number].roles != tables[0].roles:
            raise MrrError(f"{names[number]} is another kind of export than {names[0]}; read them apart")
    headers[0] += months
    files = [
        [f"{file}, {name}" for file in table.files] if table.row == _ROW else [name]
        for table, name in zip(tables, names)
    ]  # fmt: skip
    before = list(accumulate(map(len, files), initial=0))
    frames = [_frame(table, headers[0], number) for table, number in zip(tables, before)]
    _refuse_copies(frames, names, are)
    for header in headers[0]:
        kinds = {frame.schema[header] for frame in frames} - {pl.Null()}
        if len(kinds) > 1 and not all(kind.is_numeric() for kind in kinds):
            # A workbook has dates and numbers where a text file has texts.
            frames = [
                frame.with_columns(pl.Series(header, [text(value) for value in frame[header]], pl.String))
                for frame in frames
            ]
    frame = nw.from_native(pl.concat(frames, how="vertical_relaxed"), eager_only=True)
    answers = [
        _of(answer, number, name)
        for table, number, name in zip(tables, before, names)
        for answer in table.answers
    ]  # fmt: skip
    dots = all(table.dots for table in tables)
    hows = [replace(table.how, sheet=None, header=None) for table in tables]
    how = hows[0] if all(other == hows[0] for other in hows) else AS_FOUND
    today = tables[0].today if len({table.today for table in tables}) == 1 else None
    mark = tables[0].mark if len({table.mark for table in tables}) == 1 else None
    names_ = tuple(chain(*files))
    return Table(frame, tuple(answers), tables[0].roles, _ROW, dots, how, names_, today, mark=mark)


def numbered(table: Table) -> tuple[Table, list[int]]:
    """A table in memory whose rows' numbers are a column of their own, and these numbers."""
    if table.row is None:
        frame = table.frame.with_row_index(_ROW).with_columns(nw.col(_ROW).cast(nw.Int64) + 2)
        table = replace(table, frame=frame, row=_ROW)
    return table, table.frame[table.row].to_list()


def _same(here: Sequence[str], there: Sequence[str], name: str, other: str, are: str) -> None:
    if missing := [header for header in here if header not in there]:
        raise MrrError(f"{name} has a column {missing[0]} that {other} does not have; give all {are} the same columns")


def _headers(table: Table) -> list[str]:
    return [header for header in table.frame.columns if header != table.row]


def _wide(tables: Sequence[Table], how: How) -> list[Layout]:
    """What the columns of wide schedules are; empty if one of the tables is none."""
    layouts = []
    for table in tables:
        over = how.over(table.how)
        try:
            layouts.append(recognise(_headers(table), table.roles, dict(over.columns), over.order("month")))
        except MrrError:
            return []
    return layouts if all(layout.kind == "wide" for layout in layouts) else []


def _of_all_months(
    tables: Sequence[Table], names: Sequence[str], layouts: Sequence[Layout]
) -> tuple[list[Table], list[str]]:
    """Wide schedules with one header for each month, and these in their order, then totals of some. Raises MrrError."""
    spelled: dict[Month, str] = {}
    for layout in layouts:
        for header, month in layout.months.items():
            spelled.setdefault(month, header)
    for one, other in combinations(range(len(tables)), 2):
        _refuse_twice([tables[one], tables[other]], [names[one], names[other]], [layouts[one], layouts[other]])
    renamed = [
        replace(table, frame=table.frame.rename({header: spelled[month] for header, month in layout.months.items()}))
        for table, layout in zip(tables, layouts)
    ]
    others = chain(*({*_headers(table)} - {*spelled.values()} for table in renamed))
    totals = {header for header in others if is_total(header) and any(header not in _headers(one) for one in renamed)}
    return renamed, [*(spelled[month] for month in sorted(spelled)), *sorted(totals)]


def _refuse_twice(tables: Sequence[Table], names: Sequence[str], layouts: Sequence[Layout]) -> None:
    """A month that two schedules of different months have is likely the same money of the same customers."""
    of_month = [{month: header for header, month in layout.months.items()} for layout in layouts]
    if of_month[0].keys() == of_month[1].keys():
        return
    for month in sorted(of_month[0].keys() & of_month[1].keys()):
        paying = [
            {text(who) for who, paid in _pairs(table, layout.roles["customer"], headers[month])
             if text(paid) not in ("", "0")}
            for table, layout, headers in zip(tables, layouts, of_month)
        ]  # fmt: skip
        if both := sorted(paying[0] & paying[1]):
            raise MrrError(
                f"{shown(both[0])} pays in {of_month[0][month]} in {names[0]} and in {names[1]}; leave that month out "
                "of one of them, or give both the same months if both amounts count"
            )


def _pairs(table: Table, *headers: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = in_memory(table).select(*headers).rows()
    return rows


def in_memory(table: Table) -> Any:
    """A table's frame in memory, of a kind that ledgers are read from; by itself DuckDB would give one of PyArrow."""
    return table.frame if isinstance(table.frame, nw.DataFrame) else table.frame.collect("polars")


def _frame(table: Table, headers: list[str], number: int) -> Any:
    """A table's columns in this order, those it lacks blank, and its rows numbered as those of its file."""
    import polars as pl

    frame = in_memory(table).to_polars()
    row = pl.int_range(2, pl.len() + 2, dtype=pl.Int64) if table.row is None else pl.col(table.row).cast(pl.Int64)
    columns = [pl.col(header) if header in frame.columns else pl.lit(None).alias(header) for header in headers]
    return frame.select(*columns, (row + number * PER_FILE).alias(_ROW))


def _refuse_copies(frames: Sequence[Any], names: Sequence[str], are: str) -> None:
    """A file that is there twice would count twice."""
    known: dict[Any, list[int]] = {}
    for number, frame in enumerate(frames):
        lines = frame.drop(_ROW)
        key = lines.height, str(lines.row(0)) if lines.height else ""
        for other in known.setdefault(key, []):
            if lines.height and lines.equals(frames[other].drop(_ROW)):
                raise MrrError(f"{names[number]} has the same rows as {names[other]}; remove one of the two {are}")
        known[key].append(number)


def _of(answer: Answer, number: int, name: str) -> Answer:
    check, result, lines, row, sentence = answer
    return check, result, lines, None if row is None else number * PER_FILE + row, f"{name}: {sentence}"


def text(value: Any) -> str:
    """A cell as a text file has it; a blank one is ''."""
    if is_nothing(value):
        return ""
    if isinstance(value, float):
        return text_of(value)
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value).strip(BLANKS)
