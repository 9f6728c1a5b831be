"""Discounts that a sheet shows as percentages: 0.1 shown as 10 %, in a column whose header speaks of percent."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence, Set
from contextlib import closing
from decimal import Decimal
from typing import Any

from mrr_xl.sources.headers import is_percent, roles_of
from mrr_xl.sources.how import How
from mrr_xl.sources.opened import BROKEN, Opened
from mrr_xl.sources.unread_cells import cells_of_ods


def put_percent_signs(
    file: Opened, sheet: str, rows: Sequence[list[Any]], corner: tuple[int, int], titles: int, how: How
) -> None:
    """Write the discounts that the sheet shows as percentages into the rows as it shows them: '10%' for 0.1.

    Without the sign, 0.1 in such a column could be a tenth of a percent. corner: the first cell's row and column, from
    0. titles: in how many rows the header may stand.
    """
    columns = {
        column
        for row in rows[:titles]
        for column, text in enumerate(row)
        if isinstance(text, str) and is_percent(text) and _is_discount(text, how)
    }
    columns = {column for column in columns if any(_may_be_either(row[column]) for row in rows)}
    if not columns:
        return
    sign = how.sign("discount") or "."
    for row, column in _shown_as_percentages(file, sheet, {corner[1] + column for column in columns}):
        down, right = row - corner[0], column - corner[1]
        if 0 <= down < len(rows) and _may_be_either(value := rows[down][right]):
            rows[down][right] = f"{(Decimal(repr(value)) * 100).normalize():f}%".replace(".", sign)


def _is_discount(header: str, how: How) -> bool:
    said = dict(how.columns).get("discount")
    return "discount" in roles_of(header) if said is None else said.strip().lower() == header.strip().lower()


def _may_be_either(value: Any) -> bool:
    return isinstance(value, float) and 0 < value <= 1


def _shown_as_percentages(file: Opened, sheet: str, columns: Set[int]) -> Iterator[tuple[int, int]]:
    """Row and column, from 0, of the cells in some columns whose number format is one of percentages.

    Of an .xls or .xlsb nothing is known.
    """
    if file.suffix in (".xlsx", ".xlsm"):
        # What can't be read stays a number, which the reader of discounts refuses.
        cells = cells_of_xlsx(file, sheet, columns)
        yield from ((row, column) for row, column, _, number_format in cells if "%" in number_format)
    elif file.suffix == ".ods":
        with zipfile.ZipFile(file.source) as package:
            content = package.read("content.xml")
        for row, places, cell in cells_of_ods(content, sheet):
            if "percentage" in cell.attrib.values():
                yield from ((row, column) for column in columns & set(places))


def cells_of_xlsx(file: Opened, sheet: str, columns: Set[int]) -> Iterator[tuple[int, int, Any, str]]:
    """Row and column, from 0, value and number format of the cells in some columns, as far as they can be read."""
    import openpyxl

    try:
        with closing(openpyxl.load_workbook(file.source, read_only=True)) as pages:
            for row in pages[sheet].iter_rows(min_col=min(columns) + 1, max_col=max(columns) + 1):
                for column, cell in enumerate(row, min(columns)):
                    if column in columns and cell.number_format:
                        yield cell.row - 1, column, cell.value, cell.number_format
    except BROKEN:
        return
