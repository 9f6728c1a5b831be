"""The rows of several tables as one table, which can still say whose row a row is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.answers import Answer
from mrr_xl.errors import PER_FILE, MrrError
from mrr_xl.sources.how import AS_FOUND
from mrr_xl.sources.number_texts import is_nothing, text_of
from mrr_xl.sources.spelling import BLANKS
from mrr_xl.sources.table import Table

_ROW = "\0row"  #: no header holds this character


def together(tables: Sequence[Table], names: Sequence[str]) -> Table:
    """The rows of all tables, which must have the same columns in any order; names: what messages call each.

    Raises MrrError where the columns differ, or where two tables are the same one.
    """
    if len(tables) == 1:
        return tables[0]
    import polars as pl

    headers = [[header for header in table.frame.columns if header != table.row] for table in tables]
    for number, others in enumerate(headers[1:], 1):
        _same(headers[0], others, names[0], names[number])
        _same(others, headers[0], names[number], names[0])
        if tables[number].roles != tables[0].roles:
            raise MrrError(f"{names[number]} is another kind of export than {names[0]}; read them apart")
    frames = [_frame(table, headers[0], number) for number, table in enumerate(tables)]
    _refuse_copies(frames, names)
    for header in headers[0]:
        kinds = {frame.schema[header] for frame in frames} - {pl.Null()}
        if len(kinds) > 1 and not all(kind.is_numeric() for kind in kinds):
            # A workbook has dates and numbers where a text file has texts.
            frames = [
                frame.with_columns(pl.Series(header, [text(value) for value in frame[header]], pl.String))
                for frame in frames
            ]
    frame = nw.from_native(pl.concat(frames, how="vertical_relaxed"), eager_only=True)
    answers = [_of(answer, number, name) for number, name in enumerate(names) for answer in tables[number].answers]
    dots = all(table.dots for table in tables)
    same_how = all(table.how == tables[0].how for table in tables)
    how = tables[0].how if same_how else AS_FOUND
    today = tables[0].today if len({table.today for table in tables}) == 1 else None
    return Table(frame, tuple(answers), tables[0].roles, _ROW, dots, how, tuple(names), today)


def numbered(table: Table) -> tuple[Table, list[int]]:
    """A table in memory whose rows' numbers are a column of their own, and these numbers."""
    if table.row is None:
        frame = table.frame.with_row_index(_ROW).with_columns(nw.col(_ROW).cast(nw.Int64) + 2)
        table = replace(table, frame=frame, row=_ROW)
    return table, table.frame[table.row].to_list()


def _same(here: Sequence[str], there: Sequence[str], name: str, other: str) -> None:
    if missing := [header for header in here if header not in there]:
        raise MrrError(f"{name} has a column {missing[0]} that {other} does not have; give all files the same columns")


def _frame(table: Table, headers: list[str], number: int) -> Any:
    """A table's columns in this order, and its rows numbered as those of its file."""
    import polars as pl

    frame = table.frame if isinstance(table.frame, nw.DataFrame) else table.frame.collect()
    frame = frame.to_polars()
    row = pl.int_range(2, pl.len() + 2, dtype=pl.Int64) if table.row is None else pl.col(table.row).cast(pl.Int64)
    return frame.select(*headers, (row + number * PER_FILE).alias(_ROW))


def _refuse_copies(frames: Sequence[Any], names: Sequence[str]) -> None:
    """A file that is there twice would count twice."""
    known: dict[Any, list[int]] = {}
    for number, frame in enumerate(frames):
        lines = frame.drop(_ROW)
        key = lines.height, str(lines.row(0)) if lines.height else ""
        for other in known.setdefault(key, []):
            if lines.height and lines.equals(frames[other].drop(_ROW)):
                raise MrrError(f"{names[number]} has the same rows as {names[other]}; remove one of the two files")
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
