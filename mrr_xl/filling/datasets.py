"""The data of many reports: a file for each, or the rows with the same value in a column."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

from mrr_xl import cell_errors
from mrr_xl.errors import MrrError, cell, listed, nearest, row_name, shown
from mrr_xl.ledger.ledger import laid_out
from mrr_xl.sources import read_table
from mrr_xl.sources.columns import recognise
from mrr_xl.sources.folder import files_in, is_several
from mrr_xl.sources.how import AS_FOUND, How
from mrr_xl.sources.missing import no_file
from mrr_xl.sources.named import file_name, name_of
from mrr_xl.sources.number_texts import LOST, LOST_DIGITS
from mrr_xl.sources.opened import STANDARD_INPUT, is_readable, standard_input
from mrr_xl.sources.place import database_file, is_url
from mrr_xl.sources.spelling import header_named, letters
from mrr_xl.sources.table import Table
from mrr_xl.sources.together import in_memory, numbered, text, together


@dataclass(frozen=True)
class Part:
    """The data of one report."""

    name: str  #: a file's name without its ending, or a value of the column
    key: str  #: differs from that of another part of the same name, and is the same next month
    read: Callable[[], Any]  #: gives the data as fill takes it; called when the report is made
    mistake: str | None = None  #: why there can be no report
    of: str = ""  #: what messages call its data where another part has the same name


def files_of(data: Sequence[object], template: str | os.PathLike[str]) -> list[object]:
    """The data, each folder or pattern replaced by the readable files that it means, without the template.

    Standard input is read, as no other process can.
    """
    files: list[object] = []
    for item in data:
        if is_several(item):
            files += files_in(item, without=Path(template))
        elif isinstance(item, str) and item == STANDARD_INPUT:
            files.append(standard_input())
        elif isinstance(item, (str, os.PathLike)) and _is_missing(os.fspath(item)):
            raise no_file(item)
        else:
            files.append(item)
    return files


def _is_missing(path: str) -> bool:
    in_database = is_url(path) or database_file(path) is not None
    return not in_database and is_readable(Path(path).name) and not Path(path).is_file()


def by_file(data: Sequence[object]) -> list[Part]:
    """A part for each file or frame; frames are named by their number."""
    names = [name_of(item, number) for number, item in enumerate(data, 1)]
    keys = _keys(data, names)
    return [
        Part(name, key, partial(_same, item), of=key.removeprefix(f"{name} "))
        for name, key, item in zip(names, keys, data)
    ]


def _keys(data: Sequence[object], names: Sequence[str]) -> list[str]:
    """What tells data of the same name apart: where their paths differ, as the order and a month's folder may change.

    >>> _keys(["10/A/export.csv", "10/B/export.csv", "b.sqlite#acme"], ["export", "export", "b"])
    ['export A/export.csv', 'export B/export.csv', 'b ']
    """
    parts = [
        re.split(r"[/\\#]", os.fspath(item)) if isinstance(item, (str, os.PathLike)) else [str(number)]
        for number, item in enumerate(data, 1)
    ]
    alike: dict[str, list[list[str]]] = {}
    for name, own in zip(names, parts):
        alike.setdefault(name, []).append(own)
    shared = {name: sum(1 for _ in takewhile(_is_one, zip(*paths))) for name, paths in alike.items()}
    keys: dict[str, None] = {}
    for number, (name, own) in enumerate(zip(names, parts), 1):
        key = f"{name} {'/'.join(own[shared[name] :])}"
        keys[key if key not in keys else f"{key} {number}"] = None  # the same file twice
    return [*keys]


def _is_one(parts: Sequence[str]) -> bool:
    return len(set(parts)) == 1


def by_column(data: Sequence[object], by: str, how: How = AS_FOUND) -> tuple[str, list[Part]]:
    """The column that a user means by `by`, and a part for each of its values, in their order in the data.

    Rows where that column is blank are a part that can't be a report, unless the whole row is blank; so are those
    where it holds an error.
    """
    tables = [read_table(item, how) for item in data]
    tables = [replace(table, frame=in_memory(table)) for table in tables]
    header = _column([name for name in tables[0].frame.columns if name != tables[0].row], by, how)
    table = together(tables, [file_name(item, number) for number, item in enumerate(data, 1)], how)
    table, places = numbered(replace(table, how=_how(table, how)))
    lines = table.frame.drop(table.row)
    rows: dict[str, list[int]] = {}
    for index, value in enumerate(lines[header].to_list()):
        rows.setdefault(text(value), []).append(index)
    blank = [index for index in rows.pop("", []) if any(text(value) for value in lines.row(index))]
    parts = [
        Part(_shown(value), value, partial(_rows, table, indexes), _lost(header, value, places[indexes[0]], table))
        for value, indexes in rows.items()
    ]
    if blank:
        named = listed([row_name(places[index], table.files) for index in blank], 3)
        mistake = f"{named}: column {header} is blank; fill it in"
        parts.append(Part("(blank)", "", partial(_rows, table, blank), mistake=mistake))
    if not rows:
        raise MrrError(f"column {header} is blank in every row; name another column")
    return header, parts


def _shown(value: str) -> str:
    return "(not computed)" if value == cell_errors.NOT_COMPUTED else value


def _lost(header: str, value: str, row: int, table: Table) -> str | None:
    """Why the value of a row is none, or its rows may be those of several."""
    if value in cell_errors.UNREAD:
        return f"{cell(row, header, table.files)}: {cell_errors.mend(value)}"
    if not re.fullmatch(LOST_DIGITS, value):
        return None
    return f"{cell(row, header, table.files)}: {LOST.replace('{value}', value)}"


def _how(table: Table, how: How) -> How:
    """How all the lines are read, which those of one report may not tell."""
    try:
        return laid_out(table, how)[2]
    except MrrError:
        return table.how  # each report says what is wrong


def _column(headers: Sequence[str], by: str, how: How) -> str:
    header = header_named(by, headers)
    if header is not None:
        return header
    try:
        role = recognise(headers, given=dict(how.columns)).roles.get(letters(by))
    except MrrError:
        role = None  # which by is wrong can be said all the same
    if role is None:
        raise MrrError(f"there is no column {shown(by)}; the columns are {', '.join(headers)}", nearest(by, headers))
    return role


def _rows(table: Table, indexes: list[int]) -> Table:
    return replace(table, frame=table.frame[indexes])


def _same(data: object) -> object:
    return data
