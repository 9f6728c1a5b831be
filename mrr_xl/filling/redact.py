"""A filled workbook for external readers: values in place of formulas, and none of the data left in it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from mrr_xl.calculator.references import reads_rows
from mrr_xl.errors import MrrError, listed
from mrr_xl.filling.grown_ranges import grow_ranges
from mrr_xl.filling.leftovers import leftovers
from mrr_xl.filling.pseudonyms import People
from mrr_xl.filling.words import rename_words
from mrr_xl.xlsx.chart_points import refresh
from mrr_xl.xlsx.extent import measure
from mrr_xl.xlsx.hyperlinks import remove_hyperlinks
from mrr_xl.xlsx.package import MAIN, Package, read_package, remove_part, targets
from mrr_xl.xlsx.ranges import Growth
from mrr_xl.xlsx.shared_formulas import give_own_texts, masters
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.side_parts import remove_kind
from mrr_xl.xlsx.soundness import refuse_unsound
from mrr_xl.xlsx.tables import Table, resize
from mrr_xl.xlsx.workbook import Workbook, text_of

_CHARTS = re.compile(r"xl/charts/chart(Ex)?\d+\.xml|xl/charts/chartEx/.*\.xml")
_MOST = 5  #: so many charts are listed
#: Parts that only formulas need.
_FOR_FORMULAS = ("calcChain", "volatileDependencies")
#: Parts that say something of who made the template, or show it as it was.
_SIDE_PARTS = ("/printerSettings", "/thumbnail")


def redact(workbook: Workbook, table: Table, old_bottom: int, people: People) -> tuple[bytes, list[str]]:
    """The bytes of a computed workbook for external readers, and what the sender should look at in it.

    Raises MrrError if they would name a customer. old_bottom: the last row that the table had in the template.
    """
    package, lines = workbook.package, replace(table, bottom=max(old_bottom, table.bottom))
    remove_lines(workbook, table, lines.bottom)
    keep_values(workbook, people)
    refresh(workbook)
    emptied = remove_points(package, lines)
    for kind in _SIDE_PARTS:
        remove_kind(package, kind)
    for entry in package.entries:
        entry.comment = entry.extra = b""
    rename_words(package, people)
    refuse_unsound(workbook)
    content = package.content()
    return content, [*emptied, *leftovers(read_package(content), people)]


def refuse_copies(workbook: Workbook, table: Table) -> None:
    """Raise MrrError if something in the workbook keeps its own copy of the table's lines."""
    package = workbook.package
    if any(part.startswith("xl/model/") for part in package.parts):
        raise MrrError(
            "the workbook has a data model, which keeps a copy of the data; remove it, or fill without values"
        )
    for sheet, sheet_part in workbook.parts.items():
        for pivot in targets(package, sheet_part, "/pivotTable").values():
            for cache in targets(package, pivot, "/pivotCacheDefinition").values():
                if _is_over(package, cache, table):
                    name = package.root(pivot).get("name")
                    raise MrrError(
                        f"pivot table {name} of sheet {sheet} keeps a copy of table {table.name}; "
                        "remove it from the template, or fill without values"
                    )


def _is_over(package: Package, cache: str, table: Table) -> bool:
    for source in package.root(cache).iter("{*}worksheetSource"):
        name, sheet, area = source.get("name"), source.get("sheet"), source.get("ref")
        if name and name.lower() == table.name.lower():
            return True
        if name and "!" not in name and not sheet:
            return True  # a defined name, which may stand for the table
        if area and reads_rows(f"={area}", sheet or "", table, {}):
            return True
    return False


def clear(workbook: Workbook, table: Table) -> None:
    """Blank the table's rows and keep their number, so that addresses in formulas still fit."""
    sheet = workbook.sheet(table.sheet)
    give_own_texts(sheet, (table.left, table.top + 1, table.right, table.last_line), masters(sheet))
    for row in sheet.there(table.top + 1, table.last_line):
        sheet.clear(row, table.left, table.right)


def remove_lines(workbook: Workbook, table: Table, bottom: int) -> None:
    """Leave the table with one blank row; `bottom`: the last row that ever held a line of it."""
    package, sheet = workbook.package, workbook.sheet(table.sheet)
    first_line = table.top + 1
    if table.has_totals and table.bottom != first_line + 1:
        sheet.move(table.bottom, table.left, table.right, first_line + 1)
    bottom = max(bottom, table.bottom)
    _remove_cells(sheet, table, bottom)
    remove_hyperlinks(package, sheet.part, (table.left, first_line, table.right, bottom))
    measure(sheet)
    lines = replace(table)
    resize(package, table, first_line)
    grow_ranges(workbook, Growth.of(lines, table))  # which would tell how many lines there were
    _forget_lines(package.root(table.part, touch=True))


def _remove_cells(sheet: Sheet, table: Table, bottom: int) -> None:
    """Blank the first line, and remove the cells of the others; a total row stays below the first line."""
    first_line = table.top + 1
    for row in sheet.there(first_line, bottom):
        sheet.rows[row].attrib.pop("hidden", None)  # a filter may have hidden it
        sheet.package.touched.add(sheet.part)
        if table.has_totals and row == first_line + 1:
            continue
        if row == first_line:
            sheet.clear(row, table.left, table.right)
            continue
        for column in [column for column in sheet.cells(row) if table.left <= column <= table.right]:
            sheet.remove(row, column)


def _forget_lines(root: Any) -> None:
    """Remove what a table's XML says of its lines: filters, sorting, and formulas of columns."""
    for element in root.findall(f"{MAIN}autoFilter"):
        element[:] = []
    for element in [*root.iter(f"{MAIN}sortState"), *root.iter(f"{MAIN}calculatedColumnFormula")]:
        element.getparent().remove(element)


def keep_values(workbook: Workbook, people: People) -> None:
    """Replace every formula by its value, and every customer's name in a cell by a pseudonym."""
    package = workbook.package
    for part in workbook.parts.values():
        for cell in package.root(part, touch=True).iter(f"{MAIN}c"):
            _keep_value(cell, people)
    for part in [table.part for table in workbook.tables]:
        for column in package.root(part, touch=True).iter(f"{MAIN}tableColumn"):
            column.attrib.pop("totalsRowFunction", None)
            for element in [*column.iter(f"{MAIN}calculatedColumnFormula"), *column.iter(f"{MAIN}totalsRowFormula")]:
                column.remove(element)
    _rename_shared_strings(package, _rename_cells(workbook, people), people)
    for other in targets(package, package.workbook, "/externalLink").values():
        _forget_values(package, other)
    for kind in _FOR_FORMULAS:
        if needed := package.related(kind):
            remove_part(package, needed)


def _forget_values(package: Package, other: str) -> None:
    """Remove the copy of another workbook's values, which only formulas need."""
    for values in list(package.root(other, touch=True).iter("{*}sheetDataSet", "{*}values")):
        values.getparent().remove(values)


def _keep_value(cell: Any, people: People) -> None:
    formula = cell.find(f"{MAIN}f")
    if formula is not None:
        cell.remove(formula)
        for name in ("cm", "vm"):
            cell.attrib.pop(name, None)
    if cell.get("t") == "str":
        _put_text(cell, people.anonymous(cell.findtext(f"{MAIN}v") or ""))
    elif not len(cell):
        cell.attrib.pop("t", None)


def _put_text(cell: Any, text: str) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.set("t", "inlineStr")
    inline = etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t")
    inline.text = text
    inline.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _rename_cells(workbook: Workbook, people: People) -> set[int]:
    """Rename texts in cells that are a customer's name; gives the shared strings that some cell shows."""
    used: set[int] = set()
    for part in workbook.parts.values():
        for cell in workbook.package.root(part).iter(f"{MAIN}c"):
            if cell.get("t") == "s":
                used.add(int(cell.findtext(f"{MAIN}v") or 0))
            elif cell.get("t") == "inlineStr" and people.includes(text := text_of(cell.find(f"{MAIN}is"))):
                _put_text(cell, people.anonymous(text))
    return used


def _rename_shared_strings(package: Package, used: set[int], people: People) -> None:
    """Rename those that are a customer's name, and blank those that no cell shows."""
    strings = package.related("sharedStrings")
    for index, item in enumerate(package.root(strings, touch=True).iter(f"{MAIN}si") if strings else ()):
        text = text_of(item)
        if index not in used or people.includes(text):
            item[:] = []
            etree.SubElement(item, f"{MAIN}t").text = people.anonymous(text) if index in used else ""


def remove_points(package: Package, table: Table) -> list[str]:
    """Remove the data's points from charts; gives a note of those that had any."""
    emptied = []
    for part in list(filter(_CHARTS.fullmatch, package.parts)):
        for formula in package.root(part).iter("{*}f"):
            if reads_rows(f"={(formula.text or '').lstrip('=')}", "", table, {}):
                package.touched.add(part)
                emptied.append(_titled(package.root(part)) or PurePosixPath(part).stem)
                _remove_points(formula.getparent())
    names = [*dict.fromkeys(emptied)]
    one = f"the chart {listed(names, _MOST)} draws" if len(names) == 1 else f"the charts {listed(names, _MOST)} draw"
    return [f"{one} lines of the table, which are left out, so that nothing of them is drawn"] if names else []


def _titled(chart: Any) -> str:
    """The title that a chart says itself, on one line."""
    title = chart.find("{*}chart/{*}title")
    texts = () if title is None else title.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}t")
    return " ".join("".join(text.text or "" for text in texts).split())


def _remove_points(series: Any) -> None:
    for point in list(series.iter("{*}pt")):
        point.getparent().remove(point)
    for count in series.iter("{*}ptCount"):
        count.set("val", "0")
    for level in series.iter("{*}lvl"):
        if "ptCount" in level.attrib:
            level.set("ptCount", "0")
