"""Workbooks of others, which .ci/corpus fetches and keeps outside the checkout; a table of subscriptions for each.

They are in the source archives of xlcalculator, xlsx2csv, tablib, agate-excel, csvkit (MIT), xlrd, pyexcel-xlsx and
pyexcel-xls (BSD), and in the packages that are installed.
"""

from __future__ import annotations

import os
import posixpath
import sysconfig
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

FOLDER = Path(
    os.environ.get("MRR_XL_CORPUS")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mrr-xl" / "corpus"
)
SHEET, TABLE = "xl/worksheets/subscriptions.xml", "xl/tables/subscriptions.xml"
RELATIONS = "xl/worksheets/_rels/subscriptions.xml.rels"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEADERS = ("customer", "start", "end", "amount", "interval")


def files() -> list[Path]:
    """All of them, in the order of their names."""
    installed = Path(sysconfig.get_paths()["purelib"])
    found = [path for folder in (FOLDER, installed) for path in folder.rglob("*") if path.suffix in (".xlsx", ".xlsm")]
    return sorted(path for path in found if path.is_file() and "mrr_xl" not in path.parts)


def name_of(file: Path) -> str:
    """The package that a file is from, and its name."""
    return "/".join((file.relative_to(FOLDER).parts[0] if FOLDER in file.parents else "installed", file.name))


def with_table(content: bytes) -> bytes | None:
    """A workbook with one more sheet, on which a table is called Subscriptions; None where it can't be added.

    It has one line of 100 a month; everything else keeps its bytes.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = {info: archive.read(info) for info in archive.infolist()}
        by_name = {info.filename: data for info, data in parts.items()}
        place = _workbook(by_name)
        folder, file = posixpath.split(place)
        relations = f"{folder}/_rels/{file}.rels"
        book, links = etree.fromstring(by_name[place]), etree.fromstring(by_name[relations])
        types = etree.fromstring(by_name["[Content_Types].xml"])
        sheets = book.find(f"{{{_MAIN}}}sheets")
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, NotImplementedError, RuntimeError):
        return None
    if sheets is None or not posixpath.dirname(place) or any(name in by_name for name in (SHEET, TABLE)):
        return None
    number = 1 + max((int(sheet.get("sheetId") or 0) for sheet in sheets), default=0)
    attributes = {"name": "MRR subscriptions", "sheetId": str(number), f"{{{_OFFICE}}}id": "rIdMrr"}
    etree.SubElement(sheets, f"{{{_MAIN}}}sheet", attributes)
    target = {"Id": "rIdMrr", "Type": f"{_OFFICE}/worksheet", "Target": f"/{SHEET}"}
    etree.SubElement(links, f"{{{_PACKAGE}/relationships}}Relationship", target)
    for part, kind in ((SHEET, "worksheet"), (TABLE, "table")):
        entry = {"PartName": f"/{part}", "ContentType": f"{_SPREADSHEET}.{kind}+xml"}
        etree.SubElement(types, f"{{{_PACKAGE}/content-types}}Override", entry)
    changed = {place: book, relations: links, "[Content_Types].xml": types}
    written = {
        info: etree.tostring(changed[info.filename]) if info.filename in changed else data
        for info, data in parts.items()
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, data in written.items():
            archive.writestr(info.filename, data)
        for part, text in _new_parts().items():
            archive.writestr(part, text)
    return out.getvalue()


def _workbook(parts: dict[str, bytes]) -> str:
    for link in etree.fromstring(parts["_rels/.rels"]):
        if (link.get("Type") or "").endswith("/officeDocument"):
            return str(link.get("Target")).lstrip("/")
    raise KeyError


def _new_parts() -> dict[str, str]:
    line: tuple[Any, ...] = ("Old One", 45292, None, 100, "month")
    rows = "".join(f'<row r="{row}">{_cells(row, values)}</row>' for row, values in enumerate((HEADERS, line), 1))
    columns = "".join(f'<tableColumn id="{number}" name="{name}"/>' for number, name in enumerate(HEADERS, 1))
    area = "A1:E2"
    return {
        SHEET: f'<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheetData>{rows}</sheetData>'
        '<tableParts count="1"><tablePart r:id="rId1"/></tableParts></worksheet>',
        TABLE: f'<table xmlns="{_MAIN}" id="990" name="Subscriptions" displayName="Subscriptions" ref="{area}">'
        f'<autoFilter ref="{area}"/><tableColumns count="5">{columns}</tableColumns></table>',
        RELATIONS: f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/table" '
        f'Target="/{TABLE}"/></Relationships>',
    }


def _cells(row: int, values: tuple[Any, ...]) -> str:
    cells = []
    for letter, value in zip("ABCDE", values):
        if isinstance(value, str):
            cells.append(f'<c r="{letter}{row}" t="inlineStr"><is><t>{value}</t></is></c>')
        elif value is not None:
            cells.append(f'<c r="{letter}{row}"><v>{value}</v></c>')
    return "".join(cells)
