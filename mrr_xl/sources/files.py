"""Files: CSV and other delimited text, Parquet, and the workbooks of Excel and LibreOffice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.answers import PROBLEM, Answer
from mrr_xl.errors import MrrError, is_panic, listed
from mrr_xl.sources.compound_file import refuse_endless
from mrr_xl.sources.delimited import read_text
from mrr_xl.sources.far_cells import refuse_far_cells
from mrr_xl.sources.how import AS_FOUND, How
from mrr_xl.sources.json_lines import read_json
from mrr_xl.sources.missing import no_file
from mrr_xl.sources.money_cells import only_currency
from mrr_xl.sources.opened import ARROW, BROKEN, JSON, PARQUET, TEXT, WORKBOOK, Opened, open_file, refuse_web_page
from mrr_xl.sources.percent_cells import put_percent_signs
from mrr_xl.sources.rows import TITLE_ROWS, holds_a_ledger, lacks_of_a_ledger, table_from_rows
from mrr_xl.sources.table import Table, found
from mrr_xl.sources.unread_cells import unread_cells
from mrr_xl.sources.unread_xls import refuse_huge

_AGAIN = "download or copy it again"
_WITH_TABLES = (".xlsx", ".xlsm")  #: the workbooks whose tables can be read by name


def read_file(data: str | os.PathLike[str] | Opened, how: How = AS_FOUND) -> Table:
    """A file's table; a workbook gives its table named Subscriptions, else its first sheet."""
    readers: dict[str, Callable[[Opened, How], Table]] = {}
    readers |= dict.fromkeys(TEXT, _text) | dict.fromkeys(WORKBOOK, _whole_workbook)
    readers |= dict.fromkeys(JSON, _json) | dict.fromkeys(PARQUET, _parquet) | dict.fromkeys(ARROW, _arrow)
    try:
        file = data if isinstance(data, Opened) else open_file(_there(Path(data)))
        if file.suffix in readers:
            return readers[file.suffix](file, how)
    except OSError as error:
        raise MrrError(f"{data} can't be read ({error.strerror or error})") from None
    known = f"{', '.join(TEXT + WORKBOOK + JSON)} or .parquet"
    raise MrrError(f"{file.name}: a {file.suffix or 'nameless'} file can't be read; give {known}")


def _there(file: Path) -> Path:
    if file.is_dir():
        raise MrrError(f"{file} is a folder; name a file in it")
    if not file.is_file():
        raise no_file(file)
    return file


def _text(file: Opened, how: How) -> Table:
    return read_text(file.read_bytes(), file.name, how)


def _json(file: Opened, how: How) -> Table:
    return read_json(file.read_bytes(), file.name)


def _parquet(file: Opened, how: How) -> Table:
    import polars as pl

    try:
        return Table(nw.from_native(pl.read_parquet(file.read_bytes()), eager_only=True))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise MrrError(f"{file.name} is not a Parquet file: {str(error).splitlines()[0]}; {_AGAIN}") from None


def _arrow(file: Opened, how: How) -> Table:
    import polars as pl

    try:  # not the file itself: Polars before version 2 would look into it again whenever a value is asked for
        return Table(nw.from_native(pl.read_ipc(file.read_bytes()), eager_only=True))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise MrrError(
            f"{file.name} is not an Arrow (Feather 2) file: {str(error).splitlines()[0]}; {_AGAIN}"
        ) from None


def _whole_workbook(file: Opened, how: How) -> Table:
    with file.unchanged():  # which is opened more than once
        return _workbook(file, how)


def _workbook(file: Opened, how: How) -> Table:
    """The table or the sheet that `how` names; else the table Subscriptions, else the sheet that holds a ledger."""
    with _readable(file.name):
        book = _opened(file)
        tables = list(book.table_names or []) if file.suffix in _WITH_TABLES else []
        table = _alike(tables, how.sheet or "subscriptions") if how.header is None else None
        sheet = None if table else _alike(book.sheet_names, how.sheet) if how.sheet else _sheet(book, how, file.name)
        if table is None and sheet is None:
            there = [*book.sheet_names, *tables]
            raise MrrError(f"{file.name} has no sheet {how.sheet}; it has {listed(there, 20)}")
        rows: list[list[Any]]
        if table is not None:
            found_ = book.get_table_by_name(table)
            rows, corner = [list(found_.columns), *found_.to_python()], _corner(found_)
            of = found_.sheet
        else:
            # From the first row on, so that a row in an error is the sheet's row.
            rows, corner, of = book.get_sheet_by_name(str(sheet)).to_python(skip_empty_area=False), (0, 0), str(sheet)
        _put_errors(rows, corner, unread_cells(file, of, book.sheet_names.index(of)))
        put_percent_signs(file, of, rows, corner, TITLE_ROWS, how)
        mark = only_currency(file, of, rows, corner, TITLE_ROWS, how)
    read = table_from_rows(rows, how)
    others = [name for name in book.sheet_names if name != sheet]
    if table is not None:
        about = [found("table", f"{table} of {file.name}")]
    else:
        about = [] if how.sheet is not None else _may_be_meant(book, str(sheet), others, how)
        about = about or [found("sheet", f"{sheet}; not {listed(others, 5)}")][: len(others)]
    read_as = How(sheet=table) if table is not None else replace(read.how, sheet=sheet)
    return replace(read, answers=(*about, *read.answers), how=read_as, mark=mark)


def _may_be_meant(book: Any, sheet: str, others: Sequence[str], how: How) -> list[Answer]:
    """The problems of a sheet that is read beside others which hold a ledger, or nearly one."""
    tops = _tops(book, others)
    alike = [other for other, rows in tops.items() if holds_a_ledger(rows, how)]
    lacking = {other: lacks_of_a_ledger(rows, how) for other, rows in tops.items() if other not in alike}
    nearly = [f"{other}, whose header {lacks}" for other, lacks in lacking.items() if lacks]
    says, which = [], "say which with --sheet, elsewhere with sheet"
    if alike:
        have = "has" if len(alike) == 1 else "have"
        too = f"sheet {sheet} is read, and not {listed(alike, 5)}, which {have} a ledger's header, too"
        says.append(f"{too}: {which}, or put their rows into one")
    if nearly:
        says.append(f"sheet {sheet} is read, and not {listed(nearly, 3)}: {which}")
    return [("sheet", PROBLEM, 0, None, sentence) for sentence in says]


def ledgers_in(data: str | os.PathLike[str] | Opened, how: How) -> tuple[list[str], list[str]]:
    """The sheets of a workbook whose header is a ledger's, and the other ones; none of a file that is no workbook.

    Raises MrrError where no sheet has such a header.
    """
    file = data if isinstance(data, Opened) else open_file(_there(Path(data)))
    if file.suffix not in WORKBOOK:
        return [], []
    with file.unchanged(), _readable(file.name):
        book = _opened(file)
        ledgers = _ledgers(book, book.sheet_names, how)
    if not ledgers:
        raise MrrError(
            f"{file.name} has no sheet whose header says whose subscription it is, since when and how much is paid; it "
            f"has {listed(book.sheet_names, 5)}: --sheet {book.sheet_names[-1]}, elsewhere sheet, tells what that one "
            "lacks"
        )
    return ledgers, [name for name in book.sheet_names if name not in ledgers]


def _opened(file: Opened) -> Any:
    import python_calamine as calamine

    modern = file.suffix in _WITH_TABLES
    refuse_web_page(file.head(), file.name)
    refuse_far_cells(file)
    if not modern:
        refuse_endless(file.read_bytes())
    if file.suffix == ".xls":
        refuse_huge(file.read_bytes())
    book = calamine.load_workbook(file.source, load_tables=modern)
    if not book.sheet_names:
        raise ValueError("no sheets")
    return book


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Within it, what a damaged workbook raises is a MrrError."""
    import python_calamine as calamine

    try:
        yield
    except BaseException as error:
        if isinstance(error, MrrError) or not (isinstance(error, (calamine.CalamineError, *BROKEN)) or is_panic(error)):
            raise
        raise MrrError(f"{name} is not a workbook that can be read; open it in Excel and save it again") from error


def sheet_of(path: str | os.PathLike[str], name: str) -> str | None:
    """The sheet or table of a workbook of Excel (.xlsx or .xlsm) that has this name, or alone has it as a word."""
    import python_calamine as calamine

    if Path(path).suffix.lower() not in _WITH_TABLES or not Path(path).is_file():
        return None
    names: list[str] = []
    with suppress(MrrError), _readable(str(path)):  # what reads it says what is wrong
        book = calamine.load_workbook(path, load_tables=True)
        names = [*book.sheet_names, *(book.table_names or [])]
    with_it = [known for known in names if name.lower() in known.lower().split()]
    return _alike(names, name) or (with_it[0] if len(with_it) == 1 else None)


def _sheet(book: Any, how: How, name: str) -> str:
    """The first sheet, unless another one is the only one whose header is a ledger's. Raises MrrError."""
    first: str = book.sheet_names[0]
    if _ledgers(book, [first], how):
        return first
    ledgers = _ledgers(book, book.sheet_names[1:], how)
    if len(ledgers) > 1:
        raise MrrError(f"the sheets {' and '.join(ledgers)} of {name} may be meant; say which with sheet")
    return ledgers[0] if ledgers else first


def _ledgers(book: Any, sheets: Sequence[str], how: How) -> list[str]:
    """The sheets whose header is a ledger's."""
    return [sheet for sheet, rows in _tops(book, sheets).items() if holds_a_ledger(rows, how)]


def _tops(book: Any, sheets: Sequence[str]) -> dict[str, list[list[Any]]]:
    """The first rows of sheets."""
    return {sheet: book.get_sheet_by_name(sheet).to_python(skip_empty_area=False, nrows=TITLE_ROWS) for sheet in sheets}


def _alike(names: Sequence[str], name: str) -> str | None:
    return next((known for known in names if known.strip().lower() == name.strip().lower()), None)


def _corner(table: Any) -> tuple[int, int]:
    """Row and column, from 0, of the first header of a table of a workbook."""
    return table.start[0] - 1, table.start[1]


def _put_errors(rows: list[list[Any]], corner: tuple[int, int], cells: Mapping[tuple[int, int], str]) -> None:
    """Write the cells that python-calamine makes blank into the rows, whose first cell is the corner of the sheet."""
    for (row, column), text in cells.items():
        down, right = row - corner[0], column - corner[1]
        if 0 <= down < len(rows) and 0 <= right < len(rows[0]):
            rows[down][right] = text
