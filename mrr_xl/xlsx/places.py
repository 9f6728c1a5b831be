"""Places on a sheet: areas as references name them, and the addresses of rows and cells that a file leaves out."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from openpyxl.utils.cell import column_index_from_string as column_number
from openpyxl.utils.cell import get_column_letter

from mrr_xl.xlsx.package import MAIN

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  #: of a sheet
Area = tuple[int, int, int, int]  #: left, top, right, bottom
_ROW, _CELL = f"{MAIN}row", f"{MAIN}c"
_NO_ADDRESS = etree.XPath("boolean(m:row[not(@r)] or m:row/m:c[not(@r)])", namespaces={"m": MAIN.strip("{}")})
_CORNERS = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?", re.IGNORECASE)


def corners(reference: str | None) -> Area | None:
    """Left, top, right and bottom of an area; None where a text such as #REF! or A:A names none.

    >>> corners("$B$2:A9"), corners("#REF!")
    ((1, 2, 2, 9), None)
    """
    match = _CORNERS.fullmatch(reference or "")
    if match is None:
        return None
    columns = sorted(column_number(letters) for letters in (match[1], match[3] or match[1]))
    rows = sorted((int(match[2]), int(match[4] or match[2])))
    if not rows[0] or rows[1] > LAST_ROW or columns[1] > LAST_COLUMN:
        return None
    return columns[0], rows[0], columns[1], rows[1]


def meet(one: Area, other: Area) -> bool:
    """Whether two areas have a cell in common."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def written(area: Area) -> str:
    """An area as A1:B2."""
    return f"{get_column_letter(area[0])}{area[1]}:{get_column_letter(area[2])}{area[3]}"


def put_addresses(data: Any) -> None:
    """Say of each row and cell where it stands: one without an address comes after the one before it."""
    if not _NO_ADDRESS(data):
        return
    number = 0
    for row in data.iterchildren(_ROW):
        given = row.get("r") or str(number + 1)
        number = int(given) if given.isdecimal() else number + 1
        row.set("r", given)
        column = 0
        for cell in row.iterchildren(_CELL):
            place = corners(cell.get("r"))
            column = place[0] if place else column + 1
            if cell.get("r") is None and column <= LAST_COLUMN:
                cell.set("r", f"{get_column_letter(column)}{number}")
