"""Files: CSV and other delimited text, Parquet and Arrow, and the workbooks of Excel and LibreOffice."""

from __future__ import annotations

import csv
import io
import itertools
import os
import zipfile
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError, cell
from mrr_xl.sources.opened import ARROW, PARQUET, TEXT, WORKBOOK, Opened, open_file
from mrr_xl.sources.rows import Row, is_total, table_from_rows


def read_file(data: str | os.PathLike[str] | Opened) -> nw.DataFrame[Any]:
    """A file's table; a workbook gives its table named Subscriptions, else its first sheet."""
    readers = dict.fromkeys(TEXT, _delimited) | dict.fromkeys(WORKBOOK, _workbook)
    readers |= dict.fromkeys(PARQUET, _parquet) | dict.fromkeys(ARROW, _arrow)
    try:
        file = data if isinstance(data, Opened) else open_file(_there(Path(data)))
        if file.suffix in readers:
            return readers[file.suffix](file)
    except OSError as error:
        raise MrrError(f"{data} can't be read ({error.strerror or error})") from None
    known = f"{', '.join(TEXT + WORKBOOK)} or .parquet"
    raise MrrError(f"{file.name}: a {file.suffix or 'nameless'} file can't be read; give {known}")


def _there(file: Path) -> Path:
    if file.is_dir():
        raise MrrError(f"{file} is a folder; name a file in it")
    if not file.is_file():
        raise MrrError(f"there is no file {file}")
    return file


def _delimited(file: Opened) -> nw.DataFrame[Any]:
    import polars as pl

    content = file.read_bytes()
    try:
        head = content[:65_536].decode("utf-8-sig", "strict" if len(content) <= 65_536 else "ignore")
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise MrrError(f"{file.name} is not UTF-8 text; in Excel, save it as CSV UTF-8") from None
    if "\0" in head:
        raise MrrError(f"{file.name} is not a text file; give a CSV file")
    lines = head.splitlines()
    blank_lines = next((row for row, line in enumerate(lines) if line.strip()), None)
    if blank_lines is None:
        raise MrrError(f"{file.name} is empty")
    delimiter = max(",;\t|", key=lines[blank_lines].count)
    try:
        # All of it as text: an id such as 007 stays itself, and a bad cell keeps its words for the error.
        frame = pl.read_csv(content, separator=delimiter, infer_schema=False, has_header=False, skip_rows=blank_lines)
    except pl.exceptions.PolarsError:
        raise MrrError(f"{file.name} is not a table: {_broken_row(content, delimiter, blank_lines)}") from None
    body, headers = frame.slice(1), _distinct([header or "" for header in frame.row(0)])
    if body.height > 1 and is_total(headers, body.row(-1)):
        body = body.head(-1)  # as in a sheet
    if all(column.null_count() == body.height for column in body):
        raise MrrError(f"{file.name} has a header but no rows")
    if delimiter == ";":
        _refuse_grouped_thousands(body.rename(dict(zip(body.columns, headers))), file.name)
    return nw.from_native(body.rename(dict(zip(body.columns, headers))), eager_only=True)


def _refuse_grouped_thousands(frame: Any, name: str) -> None:
    """In a file with semicolons 1.200 may be 1200 or 1.2: too far apart to guess."""
    for column in frame:
        grouped = column.str.strip_chars().str.contains(r"^\d{1,3}(\.\d{3})+$").fill_null(False)
        if grouped.any():
            row = int(grouped.arg_true()[0])
            where = cell(row + 2, column.name)
            raise MrrError(f"{name}: {where}: {column[row]!r} may be thousands or decimals; write 1200 or 1.2")


def _broken_row(content: bytes, delimiter: str, blank_lines: int) -> str:
    """The first row with more cells than the header row has, which is row 1."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    header, *body = itertools.islice(rows, blank_lines, None)
    for row, cells in enumerate(body, 2):
        if len(cells) > len(header):
            wide = f"row {row} has {len(cells)} cells and the header {len(header)}"
            return (
                f"{wide}; put quotes around a cell that contains a {delimiter!r}, and remove any title above the header"
            )
    return "look for a quotation mark that is not closed, or one inside a cell that is not doubled"


def _distinct(headers: list[str]) -> list[str]:
    """Headers as they are; a blank one is named by its place, a repeated one is told apart."""
    names: list[str] = []
    for number, header in enumerate(headers, 1):
        name = header.strip() or f"column {number}"
        names.append(name if name not in names else f"{name} ({number})")
    return names


def _parquet(file: Opened) -> nw.DataFrame[Any]:
    import polars as pl

    try:
        return nw.from_native(pl.read_parquet(file.source), eager_only=True)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise MrrError(f"{file.name} is not a Parquet file: {str(error).splitlines()[0]}") from None


def _arrow(file: Opened) -> nw.DataFrame[Any]:
    import polars as pl

    try:
        return nw.from_native(pl.read_ipc(file.source), eager_only=True)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise MrrError(f"{file.name} is not an Arrow (Feather 2) file: {str(error).splitlines()[0]}") from None


def _workbook(file: Opened) -> nw.DataFrame[Any]:
    import python_calamine as calamine

    modern = file.suffix in (".xlsx", ".xlsm")
    try:
        book = calamine.load_workbook(file.source, load_tables=modern)
        if modern and _holds_an_error(file):
            return table_from_rows(_rows_with_errors(file))
        for name in (book.table_names or []) if modern else []:
            if name.lower() == "subscriptions":
                table = book.get_table_by_name(name)
                return table_from_rows([table.columns, *table.to_python()])
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except MrrError:
        raise
    except (calamine.CalamineError, ValueError, zipfile.BadZipFile) as error:
        raise MrrError(f"{file.name} is not a workbook that can be read; open it in Excel and save it again") from error
    return table_from_rows(rows)


def _holds_an_error(file: Opened) -> bool:
    with zipfile.ZipFile(file.source) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
        return any(b' t="e"' in package.read(name) for name in sheets)


def _rows_with_errors(file: Opened) -> list[Row]:
    """The same rows as openpyxl reads them, more slowly: calamine makes error cells blank."""
    import openpyxl

    book = openpyxl.load_workbook(file.source, data_only=True)
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            if table.displayName.lower() == "subscriptions":
                rows: list[Row] = [[cell.value for cell in row] for row in sheet[table.ref]]
                return rows[: len(rows) - (table.totalsRowCount or 0)]
    return [list(row) for row in book.worksheets[0].values]
