"""Workbooks and packed files through the readers: their parts as they are, and the bytes of the whole."""

from __future__ import annotations

import gzip
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.table import Table

from fuzz.target import Target
from fuzz.targets.files import CSV, figures, opened
from mrr_xl.sources.opened import Opened, by_content

_HEADERS = ["customer", "start", "end", "amount", "interval", "plan"]
_LINES = [["Ada", "2024-01-10", None, 1200, "year", "Pro"], ["Bob", 45323, "2024-04-01", 50.5, "month", "x"]]
#: As LibreOffice saves it for Excel 97: two sheets, on the second a ledger with errors among its cells.
_EXCEL_97 = Path(__file__).parents[1] / "seeds" / "excel97.xls"
#: In an input the parts of a package lie one after another as they are, so that a mutation is one of their XML.
_PART = re.compile(rb"\n?--part ([^\n]{0,200})\n")


def zipped(data: bytes) -> bytes:
    """A ZIP archive of the parts of an input."""
    out = io.BytesIO()
    first, *rest = _PART.split(data)
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two parts of one name
        for name, content in zip(rest[::2], rest[1::2]):
            archive.writestr(zipfile.ZipInfo(name.decode("utf-8", "replace").replace("\0", "") or "x"), content)
        if first:
            archive.writestr("more", first)
    return out.getvalue()


def unzipped(content: bytes) -> bytes:
    """The input whose parts are those of a workbook, without those that hold no data."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if not name.startswith(("docProps", "xl/theme"))]
        return b"".join(b"\n--part %s\n%s" % (name.encode(), archive.read(name)) for name in names)


def workbook(*lines: list[Any], table: bool = True) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in lines:
        sheet.append(cells)
    if table:
        sheet.add_table(Table(displayName="Subscriptions", ref=f"A1:{chr(64 + len(lines[0]))}{len(lines)}"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods() -> bytes:
    def cell(value: Any) -> str:
        if value is None:
            return "<table:table-cell/>"
        said = 'office:value-type="string"'
        if not isinstance(value, str):
            said = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {said}><text:p>{value}</text:p></table:table-cell>"

    rows = "".join(f"<table:table-row>{''.join(map(cell, cells))}</table:table-row>" for cells in [_HEADERS, *_LINES])
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{spaces} office:version="1.3"><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1">{rows}<table:table-row table:number-rows-repeated="1000"><table:table-cell '
        'table:number-columns-repeated="1000"/></table:table-row></table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return out.getvalue()


def _xlsx_parts(data: bytes) -> Opened:
    return opened(".xlsx", zipped(data))


def _ods_parts(data: bytes) -> Opened:
    return opened(".ods", zipped(data))


def _by_content(data: bytes) -> Opened:
    return by_content(data, "the file")


def _books() -> Iterator[bytes]:
    for table in (True, False):
        yield unzipped(workbook(_HEADERS, *_LINES, table=table))


def _bytes() -> Iterator[bytes]:
    yield workbook(_HEADERS, *_LINES)
    yield ods()
    yield gzip.compress(CSV[0].encode(), mtime=0)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("may.csv", CSV[0])
    yield out.getvalue()


_XML = (
    ' t="s"', ' t="e"', ' t="inlineStr"', ' t="b"', ' t="d"', ' r="XFD1048576"', ' r="A0"', ' s="99999"', "<f>1+1</f>",
    "<v/>", "<v>1e400</v>", "<is><t>x</t></is>", "&#0;", "&amp;", "<![CDATA[", ' ref="A1:XFD1048576"', "</sheetData>",
    "</row>", "<!DOCTYPE x>", 'encoding="UTF-16"', "-1", "4294967296", "xml:space", "<row/>", "<c/>",
)  # fmt: skip
_ODF = (
    'table:number-columns-repeated="1000000"', 'table:number-rows-repeated="-1"', 'office:value-type="error"',
    'office:value-type="date"', 'office:date-value="9999-99-99"', "<table:table>", "</table:table-row>",
    'table:formula="of:=1/0"', "<text:s/>", "<table:covered-table-cell/>", *_XML[11:],
)  # fmt: skip
TARGETS = {
    "xlsx": Target(_xlsx_parts, figures, _books, _XML, 8_000),
    "ods": Target(_ods_parts, figures, lambda: [unzipped(ods())], _ODF, 4_000),
    "xls": Target(lambda data: opened(".xls", data), figures, lambda: [_EXCEL_97.read_bytes()], (), 10_000),
    "bytes": Target(_by_content, figures, _bytes, ("PK\x03\x04", "PK\x05\x06", "\x1f", "content.xml"), 8_000),
}
