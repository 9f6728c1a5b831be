"""The data of many reports: a file for each, or the rows with the same value in a column."""

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
from mrr_xl.sources.columns import recognise
from mrr_xl.sources.files import TEXT, WORKBOOK
from mrr_xl.sources.headers import plain

READABLE = (*TEXT, *WORKBOOK, ".parquet", ".pq")


@dataclass(frozen=True)
class Part:
    """The data of one report."""

    name: str  #: a file's name without its ending, or a value of the column
    key: str  #: differs from that of another part of the same name
    read: Callable[[], Any]  #: gives the data as fill takes it; called when the report is made
    row: Callable[[int], str] | None = None  #: gives the user's own name for a row of that data
    mistake: str | None = None  #: why there can be no report


def is_folder(data: object) -> bool:
    return isinstance(data, (str, os.PathLike)) and Path(data).is_dir()


def files_of(data: Sequence[object], template: str | os.PathLike[str]) -> list[object]:
    """The data, each folder replaced by the readable files in it, sorted by name, without the template."""
    files: list[object] = []
    for item in data:
        if not isinstance(item, (str, os.PathLike)):
            files.append(item)
        elif Path(item).is_dir():
            inside = [path for path in sorted(Path(item).iterdir()) if _is_data(path, Path(template))]
            if not inside:
                raise MrrError(f"there is no data file in the folder {Path(item)}; it can be {', '.join(READABLE)}")
            files += inside
        elif Path(item).suffix.lower() in READABLE and not Path(item).is_file():
            raise MrrError(f"there is no file {item!s}")
        else:
            files.append(item)
    return files


def _is_data(path: Path, template: Path) -> bool:
    hidden = path.name.startswith((".", "~$"))  # Excel's mark of an open workbook
    return path.is_file() and path.suffix.lower() in READABLE and not hidden and path.resolve() != template.resolve()


def by_file(data: Sequence[object]) -> list[Part]:
    """A part for each file or frame; frames are named by their number."""
    return [
        Part(_name(item, number), f"{number} {_name(item, number)}", partial(_same, item))
        for number, item in enumerate(data, 1)
    ]


def by_column(data: Sequence[object], by: str) -> tuple[str, list[Part]]:
    """The column that a user means by `by`, and a part for each of its values, in their order in the data.

    Rows where that column is blank are a part that can't be a report, unless the whole row is blank.
    """
    names = [
        Path(item).name if isinstance(item, (str, os.PathLike)) else str(number) for number, item in enumerate(data, 1)
    ]
    tables = [to_memory(read_table(item).frame) for item in data]
    header = _column(tables[0].columns, by)
    table = _together(tables, names)
    ends = list(accumulate(map(len, tables)))
    del tables
    rows: dict[str, list[int]] = {}
    for index, value in enumerate(table[header].to_list()):
        rows.setdefault(_text(value), []).append(index)
    row = partial(_row, ends, names)
    blank = [index for index in rows.pop("", []) if any(_text(value) for value in table.row(index))]
    parts = [
        Part(value, value, partial(_rows, table, indexes), partial(_of, row, indexes))
        for value, indexes in rows.items()
    ]
    if blank:
        mistake = f"{listed([row(index) for index in blank], 3)}: column {header} is blank; fill it in"
        parts.append(Part("(blank)", "", partial(_rows, table, blank), mistake=mistake))
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
    """The rows of all tables, which must have the same columns in any order."""
    if len(tables) == 1:
        return tables[0]
    import polars as pl

    first = tables[0].columns
    for table, name in zip(tables[1:], names[1:]):
        for here, there, lacking in ((first, table.columns, name), (table.columns, first, names[0])):
            if missing := [header for header in here if header not in there]:
                other = names[0] if lacking == name else name
                raise MrrError(
                    f"{other} has a column {missing[0]} that {lacking} does not have; give all files the same columns"
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


def _name(data: object, number: int) -> str:
    return Path(data).stem if isinstance(data, (str, os.PathLike)) else str(number)


def _row(ends: list[int], names: list[str], index: int) -> str:
    """What the user calls a row of the data, the header of its file being row 1."""
    file = bisect_right(ends, index)
    row = f"row {index - (ends[file - 1] if file else 0) + 2}"
    return row if len(names) == 1 else f"{row} of {names[file]}"


def _of(row: Callable[[int], str], indexes: list[int], number: int) -> str:
    return row(indexes[number - 2])


def _rows(table: Any, indexes: list[int]) -> Any:
    return table[indexes].to_native()


def _same(data: object) -> object:
    return data
