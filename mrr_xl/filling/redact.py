"""A filled workbook for people outside: values in place of formulas, and nothing of the data left in it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import Any

from lxml import etree
from openpyxl.utils.cell import get_column_letter, range_boundaries

from mrr_xl.calculator.references import reads_rows
from mrr_xl.errors import MrrError
from mrr_xl.filling.pseudonyms import People, refuse_people
from mrr_xl.xlsx.drawings import refresh
from mrr_xl.xlsx.package import MAIN, Package, read_package, sheet_parts, targets
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.tables import Table

_CHARTS = re.compile(r"xl/charts/chart(Ex)?\d+\.xml|xl/charts/chartEx/.*\.xml")
#: Parts where the user's own words stand: text boxes, and comments of both kinds.
_WORDS = re.compile(r"xl/(comments|threadedComments|persons|drawings|charts)/?[^/]*\.xml")
#: What only formulas need.
_OF_FORMULAS = ("xl/calcChain.xml", "xl/volatileDependencies.xml")


def leave(package: Package, table: Table, held: int, people: People) -> bytes:
    """The bytes of a computed workbook that may go outside; raises MrrError if it would name someone.

    held: the last row that the table had in the template.
    """
    lines = replace(table, bottom=max(held, table.bottom))
    empty(package, table, lines.bottom)
    keep_values(package, people)
    refresh(package)
    rename_words(package, lines, people)
    content = package.content()
    refuse_people(read_package(content), people)
    return content


def refuse_copies(package: Package, table: Table) -> None:
    """Raise MrrError if something in the workbook keeps its own copy of the table's lines."""
    if any(part.startswith("xl/model/") for part in package.parts):
        raise MrrError(
            "the workbook has a data model, which keeps a copy of the data; remove it, or fill without values"
        )
    for sheet, sheet_part in sheet_parts(package).items():
        for pivot in targets(package, sheet_part).values():
            if not pivot.startswith("xl/pivotTables/"):
                continue
            for cache in targets(package, pivot).values():
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


def clear(package: Package, table: Table) -> None:
    """The table's rows blank, and still as many: what a formula refers to is still theirs."""
    sheet = Sheet(package, sheet_parts(package)[table.sheet])
    for row in range(table.top + 1, table.bottom + (0 if table.has_totals else 1)):
        for column in range(table.left, table.right + 1):
            sheet.put(row, column, None)


def empty(package: Package, table: Table, bottom: int) -> None:
    """The table with one blank row; `bottom`: the last row that ever held a line of it."""
    sheet = Sheet(package, sheet_parts(package)[table.sheet])
    package.touched.add(sheet.part)
    totals = dict(sheet.cells(table.bottom)) if table.has_totals else {}
    for row in range(table.top + 1, max(bottom, table.bottom) + 1):
        if row in sheet.rows:
            sheet.rows[row].attrib.pop("hidden", None)  # a filter may have hidden it
        for column in range(table.left, table.right + 1):
            if row == table.top + 1:
                sheet.put(row, column, None)
            elif (cell := sheet.cells(row).get(column)) is not None:
                sheet.rows[row].remove(cell)
        if row in sheet.rows and row > table.top + 1 and not len(sheet.rows[row]):
            sheet.data.remove(sheet.rows[row])
    _unlink(package, sheet.part, (table.left, table.top + 1, table.right, max(bottom, table.bottom)))
    table.bottom = table.top + 1
    if table.has_totals:
        table.bottom += 1
        sheet = Sheet(package, sheet.part)
        for column in range(table.left, table.right + 1):
            if column in totals:
                new = sheet.cell(table.bottom, column)
                new.attrib.update({name: value for name, value in totals[column].attrib.items() if name != "r"})
                new.extend(list(totals[column]))
    _measure(package, sheet.part)
    root = package.root(table.part, touch=True)
    lines = f"{get_column_letter(table.left)}{table.top}:{get_column_letter(table.right)}{table.top + 1}"
    root.set("ref", lines if not table.has_totals else re.sub(r"\d+$", str(table.bottom), lines))
    for element in root.findall(f"{MAIN}autoFilter"):
        element.set("ref", lines)
        element[:] = []
    for element in [*root.iter(f"{MAIN}sortState"), *root.iter(f"{MAIN}calculatedColumnFormula")]:
        element.getparent().remove(element)


def _unlink(package: Package, part: str, area: tuple[int, int, int, int]) -> None:
    """Without the links, such as e-mail addresses, of cells in an area."""
    relations = f"{posixpath.dirname(part)}/_rels/{posixpath.basename(part)}.rels"
    for link in list(package.root(part).iter(f"{MAIN}hyperlink")):
        left, top, right, bottom = range_boundaries(link.get("ref"))
        if left > area[2] or right < area[0] or top > area[3] or bottom < area[1]:
            continue
        key = next((value for name, value in link.attrib.items() if etree.QName(name).localname == "id"), None)
        for relation in list(package.root(relations, touch=True)) if key else ():
            if relation.get("Id") == key:
                relation.getparent().remove(relation)
        parent = link.getparent()
        parent.remove(link)
        if not len(parent):
            parent.getparent().remove(parent)


def _measure(package: Package, part: str) -> None:
    """The sheet's dimension, which tells how many lines there were."""
    for dimension in package.root(part).iter(f"{MAIN}dimension"):
        places = [range_boundaries(cell.get("r")) for cell in package.root(part).iter(f"{MAIN}c") if cell.get("r")]
        if places:
            left, top = min(place[0] for place in places), min(place[1] for place in places)
            right, bottom = max(place[0] for place in places), max(place[1] for place in places)
            dimension.set("ref", f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")


def keep_values(package: Package, people: People) -> None:
    """Every formula becomes its value, and every customer's name in a cell another name."""
    for part in sheet_parts(package).values():
        package.touched.add(part)
        for cell in package.root(part).iter(f"{MAIN}c"):
            formula = cell.find(f"{MAIN}f")
            computed = formula is not None
            if computed:
                cell.remove(formula)
                for name in ("cm", "vm"):
                    cell.attrib.pop(name, None)
            if cell.get("t") == "str":
                _put_text(cell, people.hidden(cell.findtext(f"{MAIN}v") or ""))
            elif not len(cell):
                cell.attrib.pop("t", None)
    for part in [name for name in package.parts if re.fullmatch(r"xl/tables/[^/]+\.xml", name)]:
        root = package.root(part, touch=True)
        for column in root.iter(f"{MAIN}tableColumn"):
            column.attrib.pop("totalsRowFunction", None)
            for element in [*column.iter(f"{MAIN}calculatedColumnFormula"), *column.iter(f"{MAIN}totalsRowFormula")]:
                column.remove(element)
    _rename_texts(package, people)
    for part in _OF_FORMULAS:
        _remove_part(package, part)


def _put_text(cell: Any, text: str) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.set("t", "inlineStr")
    inline = etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t")
    inline.text = text
    inline.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _rename_texts(package: Package, people: People) -> None:
    """Texts that are no formula's: only a cell that is a name is changed; texts that no cell shows are blanked."""
    used: set[int] = set()
    for part in sheet_parts(package).values():
        for cell in package.root(part).iter(f"{MAIN}c"):
            if cell.get("t") == "s":
                used.add(int(cell.findtext(f"{MAIN}v") or 0))
            elif cell.get("t") == "inlineStr" and people.tells(text := "".join(cell.itertext())):
                _put_text(cell, people.hidden(text))
    if "xl/sharedStrings.xml" not in package.parts:
        return
    for place, item in enumerate(package.root("xl/sharedStrings.xml", touch=True).iter(f"{MAIN}si")):
        text = "".join(part.text or "" for part in item.iter(f"{MAIN}t"))
        if place not in used or people.tells(text):
            item[:] = []
            etree.SubElement(item, f"{MAIN}t").text = people.hidden(text) if place in used else ""


def rename_words(package: Package, table: Table, people: People) -> None:
    """Charts, text boxes and comments: without the data's points, and with the customers' other names."""
    for part in list(filter(_CHARTS.fullmatch, package.parts)):
        for formula in package.root(part).iter("{*}f"):
            if reads_rows(f"={(formula.text or '').lstrip('=')}", "", table, {}):
                package.touched.add(part)
                _forget_points(formula.getparent())
    for part in list(filter(_WORDS.fullmatch, package.parts)):
        for element in package.root(part).iter("{*}t", "{*}v", "{*}pt", "{*}text", "{*}author"):
            text = element.text or ""
            hidden = people.hidden(text) if re.search(r"[^\W\d_]", text) else text
            if hidden != text:
                package.touched.add(part)
                element.text = hidden


def _forget_points(series: Any) -> None:
    for point in list(series.iter("{*}pt")):
        point.getparent().remove(point)
    for count in series.iter("{*}ptCount"):
        count.set("val", "0")
    for level in series.iter("{*}lvl"):
        if "ptCount" in level.attrib:
            level.set("ptCount", "0")


def _remove_part(package: Package, part: str) -> None:
    if part not in package.parts:
        return
    package.entries[:] = [entry for entry in package.entries if entry.filename != part]
    del package.parts[part]
    package.roots.pop(part, None)
    package.touched.discard(part)
    for kind in list(package.root("[Content_Types].xml", touch=True)):
        if kind.get("PartName") == f"/{part}":
            kind.getparent().remove(kind)
    for relation in list(package.root("xl/_rels/workbook.xml.rels", touch=True)):
        if posixpath.normpath(posixpath.join("xl", relation.get("Target") or "")).lstrip("/") == part:
            relation.getparent().remove(relation)
