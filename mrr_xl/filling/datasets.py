"""The data of many reports: a file for each, or the rows that have the same value in a column."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError, listed, shown
from mrr_xl.ledger.frames import to_memory
from mrr_xl.sources import read_table
from mrr_xl.sources.columns import plain, recognise
from mrr_xl.sources.files import TEXT, WORKBOOK

READABLE = (*TEXT, *WORKBOOK, ".parquet", ".pq")


@dataclass(frozen=True)
class Part:
    """The data of one report."""

    name: str  #: what it is called: a file's name without its ending, or a value of the column
    key: str  #: what tells it from another of the same name
    read: Callable[[], Any]  #: its data as fill takes it, read when it is its turn
    row: Callable[[int], str] | None = None  #: what a row of that data is in the user's own file
    mistake: str | None = None  #: why there can be no report


def is_folder(data: object) -> bool:
    return isinstance(data, (str, os.PathLike)) and Path(data).is_dir()


def files_of(data: Sequence[object], template: str | os.PathLike[str]) -> list[object]:
    """The data with folders as the files in them that can be read, sorted by name, but the template."""
    found: list[object] = []
    for one in data:
        if not isinstance(one, (str, os.PathLike)):
            found.append(one)
        elif Path(one).is_dir():
            files = [path for path in sorted(Path(one).iterdir()) if _is_data(path, Path(template))]
            if not files:
                raise MrrError(f"there is no data in the folder {Path(one)}; it can be {', '.join(READABLE)}")
            found += files
        elif Path(one).suffix.lower() in READABLE and not Path(one).is_file():
            raise MrrError(f"there is no file {one!s}")
        else:
            found.append(one)
    return found


def _is_data(path: Path, template: Path) -> bool:
    hidden = path.name.startswith((".", "~$"))  # Excel's mark of an open workbook
    return path.is_file() and path.suffix.lower() in READABLE and not hidden and path.resolve() != template.resolve()


def by_file(data: Sequence[object]) -> list[Part]:
    """One part for each file; frames are called by their place."""
    return [
        Part(_name(one, place), f"{place} {_name(one, place)}", partial(_same, one))
        for place, one in enumerate(data, 1)
    ]


def by_column(data: Sequence[object], by: str) -> tuple[str, list[Part]]:
    """The column that a user means by `by`, and one part for each of its values, in their order in the data.

    Rows whose value is blank are a part that can't be a report, unless they are blank altogether.
    """
    names = [
        _name(one, place) if not isinstance(one, (str, os.PathLike)) else Path(one).name
        for place, one in enumerate(data, 1)
    ]
    tables = [to_memory(read_table(one)) for one in data]
    header = _column(tables[0].columns, by)
    table = _together(tables, names)
    ends = list(accumulate(len(one) for one in tables))
    del tables
    rows: dict[str, list[int]] = {}
    for index, value in enumerate(table[header].to_list()):
        rows.setdefault(_text(value), []).append(index)
    row = partial(_row, ends, names)
    blank = [index for index in rows.pop("", []) if any(_text(value) for value in table.row(index))]
    parts = [
        Part(value, value, partial(_rows, table, found), partial(_of, row, found)) for value, found in rows.items()
    ]
    if blank:
        where = listed([row(index) for index in blank], 3)
        parts.append(
            Part("(blank)", "", partial(_rows, table, blank), mistake=f"{where}: column {header} is blank; fill it in")
        )
    if not rows:
        raise MrrError(f"column {header} is blank in every row; name another column")
    return header, parts


def _column(headers: Sequence[str], by: str) -> str:
    for alike in (lambda text: text.strip().lower(), plain):
        for header in headers:
            if alike(by) and alike(header) == alike(by):
                return header
    role = recognise(list(headers)).roles.get(plain(by))
    if role is None:
        raise MrrError(f"there is no column {shown(by)}; the columns are {', '.join(headers)}")
    return role


def _together(tables: list[Any], names: list[str]) -> Any:
    """The rows of all tables, which have the same columns in whatever order."""
    if len(tables) == 1:
        return tables[0]
    import polars as pl

    first = tables[0].columns
    for table, name in zip(tables[1:], names[1:]):
        for here, there, lacking in ((first, table.columns, name), (table.columns, first, names[0])):
            if missing := [header for header in here if header not in there]:
                other = names[0] if lacking == name else name
                raise MrrError(
                    f"{other} has the column {missing[0]} that {lacking} lacks; give all files the same columns"
                )
    frames = [table.to_polars().select(first) for table in tables]
    for header in first:
        kinds = {frame.schema[header] for frame in frames} - {pl.Null()}
        if len(kinds) > 1 and not all(kind.is_numeric() for kind in kinds):
            # A workbook has dates and numbers where a text file has texts.
            frames = [
                frame.with_columns(pl.Series(header, [_text(value) for value in frame[header]])) for frame in frames
            ]
    return nw.from_native(pl.concat(frames, how="vertical_relaxed"), eager_only=True)


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value).strip()


def _name(data: object, place: int) -> str:
    return Path(data).stem if isinstance(data, (str, os.PathLike)) else str(place)


def _row(ends: list[int], names: list[str], index: int) -> str:
    """A row of all data as the user finds it, the header being row 1."""
    file = bisect_right(ends, index)
    row = f"row {index - (ends[file - 1] if file else 0) + 2}"
    return row if len(names) == 1 else f"{row} of {names[file]}"


def _of(row: Callable[[int], str], found: list[int], number: int) -> str:
    return row(found[number - 2])


def _rows(table: Any, found: list[int]) -> Any:
    return table[found].to_native()


def _same(data: object) -> object:
    return data
