"""Sheets whose cells lie too far apart: python-calamine makes a cell of memory for every place between them."""

from __future__ import annotations

import io
import re
import zipfile

from mrr_xl.errors import MrrError
from mrr_xl.sources.opened import Opened
from mrr_xl.sources.unread_cells import SAFELY
from mrr_xl.sources.unread_xlsb import BEGIN, extent

#: A sheet may have so many places, or a hundred for each cell in it.
_PLACES, _TIMES = 50_000_000, 100
_COLUMNS = 16_384  #: of a sheet; what stands beyond is no cell, and reading so many columns takes minutes
_DIGITS, _LETTERS = 9, 9  #: of a row's number, and of a column's name, that are read: more are past all limits
_HEAD = 100_000  #: bytes in which a sheet shows that it is one
_SHEET = re.compile(rb"<(?:\w+:)?sheetData\b")
#: An address wherever it stands: where an element has two, lxml refuses it and python-calamine takes the last.
_ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+)(\d+)["']""")
_ROW, _NUMBER = re.compile(rb"<(?:\w+:)?row\b"), re.compile(rb"""[^>]*?\br\s*=\s*["'](\d+)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
#: Without columns beyond ZZ, rows beyond 9,999 or, in columns up to Z, beyond 999,999, there are few places, if every
#: cell has an address.
_FAR = re.compile(
    rb"""["'](?:[A-Za-z]{3,}\d|[A-Za-z]{2}\d{5}|[A-Za-z]\d{7})|<(?:\w+:)?c(?:\s+(?!r\s*=)[^\s=>]+\s*=\s*"[^"]*")*\s*/?>"""
)
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def refuse_far_cells(file: Opened) -> None:
    """Raises MrrError where a sheet would fill the memory though it holds little, or where an .ods is cut off."""
    if file.suffix not in (".xlsx", ".xlsm", ".xlsb", ".ods"):
        return
    with zipfile.ZipFile(file.source) as package:
        if file.suffix == ".ods":
            _check_ods(file.name, package.read("content.xml"))
            return
        for name in package.namelist():
            if file.suffix == ".xlsb":
                content = package.read(name)
                if content.startswith(BEGIN):
                    _refuse(file.name, *extent(content))
            elif name.lower().endswith(".xml"):
                with package.open(name) as part:
                    head = part.read(_HEAD)
                    content = head + part.read() if _SHEET.search(head) else b""
                if _FAR.search(content):
                    _check(file.name, content)


def _check(name: str, content: bytes) -> None:
    rows = columns = cells = 0
    for letters, digits in _ADDRESS.findall(content):
        rows, columns = max(rows, _number(digits)), max(columns, _column(letters))
    for number, row in enumerate(_ROW.split(content)):
        within = len(_CELL.findall(row))
        said = _NUMBER.match(row)
        rows, columns = max(rows, number, _number(said[1]) if said else 0), max(columns, within)
        cells += within
    _refuse(name, rows, columns, cells)


def _number(digits: bytes) -> int:
    return int(digits.lstrip(b"0")[:_DIGITS] or 0)


def _column(letters: bytes) -> int:
    """The number of a column; of very many letters, a number past all."""
    number = 0
    for letter in letters[:_LETTERS].upper():
        number = number * 26 + letter - 64
    return number


def _check_ods(name: str, content: bytes) -> None:
    from lxml import etree

    row = rows = columns = cells = 0
    tags = (f"{_TABLE}table", f"{_TABLE}table-row")
    for event, element in etree.iterparse(io.BytesIO(content), ("start", "end"), tag=tags, **SAFELY):
        if element.tag == tags[0]:
            if event == "end":
                _refuse(name, rows, columns, cells)
            row = rows = columns = cells = 0
        elif event == "end":
            times = int(element.get(f"{_TABLE}number-rows-repeated") or 1)
            column = last = 0
            for cell in element:
                repeated = int(cell.get(f"{_TABLE}number-columns-repeated") or 1)
                column += repeated
                if len(cell):
                    last = column
                    cells += 1
            row += times
            if last:
                rows, columns = row, max(columns, last)
            element.clear()


def _refuse(name: str, rows: int, columns: int, cells: int) -> None:
    if columns <= _COLUMNS and rows * columns <= max(_PLACES, cells * _TIMES):
        return
    from openpyxl.utils import get_column_letter

    rows = min(rows, 1_048_576)
    last = f"{get_column_letter(columns)}{rows}" if columns <= 18_278 else f"row {rows} and past the last column"
    raise MrrError(
        f"{name} has a sheet of {cells:,} cells that reaches to {last}; delete the rows below the data and the columns "
        "beside it, and save the workbook again"
    )
