"""Files: CSV and other delimited text, Parquet, and the workbooks of Excel and LibreOffice."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import narwhals as nw

from mrr_xl.errors import MrrError
from mrr_xl.sources.rows import table_from_rows

TEXT, WORKBOOK = (".csv", ".tsv", ".txt"), (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def read_file(path: str | os.PathLike[str]) -> nw.DataFrame[Any]:
    """A file's table; a workbook gives its table named Subscriptions, else its first sheet."""
    file = Path(path)
    if not file.is_file():
        raise MrrError(f"there is no file {file}")
    ending = file.suffix.lower()
    if ending in (".parquet", ".pq"):
        return _parquet(file)
    if ending in WORKBOOK:
        return _workbook(file)
    if ending in TEXT:
        return _delimited(file)
    raise MrrError(
        f"{file.name}: a {ending or 'nameless'} file can't be read; give {', '.join(TEXT + WORKBOOK)} or .parquet"
    )


def _delimited(file: Path) -> nw.DataFrame[Any]:
    import polars as pl

    content = file.read_bytes()
    if not content.strip():
        raise MrrError(f"{file.name} is empty")
    try:
        head = content[:65_536].decode("utf-8-sig", "strict" if len(content) <= 65_536 else "ignore")
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise MrrError(f"{file.name} is no UTF-8 text; in Excel, save it as CSV UTF-8") from None
    if "\0" in head:
        raise MrrError(f"{file.name} is no text; give a CSV file")
    first = next(line for line in head.splitlines() if line.strip())
    delimiter = max(",;\t|", key=first.count)
    headers = next(csv.reader([first], delimiter=delimiter))
    skipped = len(head[: head.index(first)].splitlines())
    try:
        # All of it as text: an id such as 007 stays itself, and a bad cell keeps its words for the error.
        frame = pl.read_csv(
            content, separator=delimiter, infer_schema=False, has_header=False, skip_rows=skipped + 1,
            new_columns=[f"column_{index}" for index in range(1, len(headers) + 1)],
            raise_if_empty=False,
        )  # fmt: skip
    except pl.exceptions.PolarsError as error:
        raise MrrError(f"{file.name} is no table of {len(headers)} columns: {str(error).splitlines()[0]}") from None
    if frame.height == 0:
        raise MrrError(f"{file.name} has a header and no rows")
    if frame.width > len(headers):
        raise MrrError(f"{file.name} has {frame.width} columns and {len(headers)} headers; name every column")
    names = _distinct(headers[: frame.width])
    return nw.from_native(frame.rename(dict(zip(frame.columns, names))), eager_only=True)


def _distinct(headers: list[str]) -> list[str]:
    """Headers as they are; a blank one is named by its place, a repeated one is told apart."""
    names: list[str] = []
    for place, header in enumerate(headers, 1):
        name = header.strip() or f"column {place}"
        names.append(name if name not in names else f"{name} ({place})")
    return names


def _parquet(file: Path) -> nw.DataFrame[Any]:
    import polars as pl

    try:
        return nw.from_native(pl.read_parquet(file), eager_only=True)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise MrrError(f"{file.name} is no Parquet file: {str(error).splitlines()[0]}") from None


def _workbook(file: Path) -> nw.DataFrame[Any]:
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(str(file), load_tables=file.suffix.lower() in (".xlsx", ".xlsm"))
        tables = book.table_names or [] if file.suffix.lower() in (".xlsx", ".xlsm") else []
        for name in tables:
            if name.lower() == "subscriptions":
                table = book.get_table_by_name(name)
                return table_from_rows([table.columns, *table.to_python()])
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise MrrError(f"{file.name} is no workbook that can be read: {error}") from None
    return table_from_rows(rows)
