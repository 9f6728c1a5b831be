"""Whether Excel opens a changed workbook without repairing it: only what was changed is looked at.

What Excel repairs is written down nowhere in full; these are the rules of ECMA-376 (parts 1 and 2) whose violation is
known to do so. A fault that the file had before is not ours: Excel repaired or accepted it already.
"""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Collection, Iterator
from typing import Any

from openpyxl.utils.escape import unescape

from mrr_xl.errors import MrrError
from mrr_xl.xlsx.package import CONTENT_TYPES, MAIN, Package, relation_ids, targets
from mrr_xl.xlsx.places import corners, meet, written
from mrr_xl.xlsx.sound_sheets import merges, sheet_faults
from mrr_xl.xlsx.workbook import Workbook


def refuse_unsound(workbook: Workbook) -> None:
    """Raise MrrError if the changes to a workbook's parts would make it one that Excel repairs."""
    package = workbook.package
    found = faults(workbook, package.touched)
    if found:
        had = Package(package.entries, dict(package.parts))  # a part's bytes change only when it is written
        before = set(faults(Workbook(had), package.touched))
        found = [fault for fault in found if fault not in before]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise MrrError(f"nothing was written: the workbook would be one that Excel repairs ({found[0]}{more})")


def faults(workbook: Workbook, parts: Collection[str] | None = None) -> list[str]:
    """What Excel would repair in a workbook, or in these parts of it."""
    package = workbook.package
    looked_at = package.parts.keys() if parts is None else parts
    found = list[str]()
    for part in sorted(looked_at):
        if part.endswith(".rels"):
            found += _relationship_faults(package, part)
        elif part == package.actual(CONTENT_TYPES):
            found += _type_faults(package, part)
        elif part == package.workbook:
            found += _name_faults(workbook)
    for sheet, part in workbook.parts.items():
        if part in looked_at:
            found += sheet_faults(workbook, sheet)
    on_sheets = {sheet for sheet, part in workbook.parts.items() if part in looked_at}
    return [*found, *_table_faults(workbook, on_sheets, looked_at)]


def _type_faults(package: Package, part: str) -> Iterator[str]:
    """Parts are in the file once, and each has a content type."""
    names = [entry.filename.lower() for entry in package.entries]
    yield from (f"the part {name} is there twice" for name in sorted({n for n in names if names.count(n) > 1}))
    types = [entry for entry in package.root(part).iter("{*}Default", "{*}Override")]
    endings = {(entry.get("Extension") or "").lower() for entry in types}
    overridden = [(entry.get("PartName") or "")[1:] for entry in types if entry.get("PartName")]
    named = {name.lower() for name in overridden}
    for name in package.parts:
        is_typed = name.lower() in named or name.rpartition(".")[2].lower() in endings
        if name != part and not name.endswith("/") and not is_typed:
            yield f"the part {name} has no content type"
    there = {name.lower() for name in package.parts}
    yield from (
        f"there is a content type for {name}, which is no part" for name in overridden if name.lower() not in there
    )


def _relationship_faults(package: Package, part: str) -> Iterator[str]:
    """Relationships lead to parts, and each has its own id."""
    folder, file = posixpath.split(part)
    of = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
    for target in targets(package, of).values():
        if target not in package.parts:
            yield f"{part} leads to {target}, which is no part"
    ids = relation_ids(package, of)
    yield from (f"{part} has the id {key} twice" for key in sorted({key for key in ids if ids.count(key) > 1}))


def _name_faults(workbook: Workbook) -> Iterator[str]:
    """Names are there once, of the workbook and of each sheet, and no table has the name of the workbook's."""
    defined = workbook.root.iter(f"{MAIN}definedName")
    names = [((name.get("name") or "").lower(), name.get("localSheetId")) for name in defined]
    names += [(table.name.lower(), None) for table in workbook.tables]
    taken = set[tuple[str, str | None]]()
    for name, sheet in names:
        if (name, sheet) in taken:
            yield f"the name {name} is there twice"
        taken.add((name, sheet))


def _table_faults(workbook: Workbook, sheets: Collection[str], parts: Collection[str]) -> Iterator[str]:
    """Tables agree with the cells of their headers, and lie beside each other and beside merged cells."""
    tables = [table for table in workbook.tables if table.sheet in sheets or table.part in parts]
    for table in tables:
        root = workbook.package.root(table.part)
        area = corners(root.get("ref"))
        columns = [unescape(column.get("name") or "") for column in root.iter(f"{MAIN}tableColumn")]
        if area is None or area[2] - area[0] + 1 != len(columns):
            yield f"table {table.name} stands at {root.get('ref')} and has {len(columns)} columns"
            continue
        left, top, right, bottom = area
        if table.has_header:
            cells = workbook.sheet(table.sheet).cells(top)
            heads = [_shown(workbook, cells.get(column)) for column in range(left, right + 1)]
            if columns != heads:
                yield f"table {table.name} has the columns {columns} and the header cells {heads}"
        if len({column.lower() for column in columns}) < len(columns):
            yield f"table {table.name} has two columns of one name: {columns}"
        ids = [column.get("id") for column in root.iter(f"{MAIN}tableColumn")]
        if len(set(ids)) < len(ids):
            yield f"table {table.name} has two columns of one id"
        if bottom - top < table.has_header + table.has_totals:
            yield f"table {table.name} has no row below its header"
        for filter_ in root.findall(f"{MAIN}autoFilter"):
            if corners(filter_.get("ref")) != (left, top, right, bottom - table.has_totals):
                yield f"table {table.name}: its filter is over {filter_.get('ref')}, itself over {root.get('ref')}"
        for merge in merges(workbook, table.sheet):
            if meet(merge, area):
                yield f"table {table.name} has merged cells in it: {written(merge)}"
    yield from _pair_faults(workbook, {table.part for table in tables})


def _pair_faults(workbook: Workbook, parts: Collection[str]) -> Iterator[str]:
    roots = {table.part: workbook.package.root(table.part) for table in workbook.tables}
    for one, other in itertools.combinations(workbook.tables, 2):
        if one.part not in parts and other.part not in parts:
            continue
        here, there = corners(roots[one.part].get("ref")), corners(roots[other.part].get("ref"))
        if one.sheet == other.sheet and here and there and meet(here, there):
            yield f"the tables {one.name} and {other.name} overlap"
        if one.name.lower() == other.name.lower():
            yield f"two tables are named {one.name}"
        if roots[one.part].get("id") == roots[other.part].get("id"):
            yield f"the tables {one.name} and {other.name} have the same id"


def _shown(workbook: Workbook, cell: Any) -> str | None:
    """The text of a header's cell, which is no formula; None for anything else."""
    is_text = cell is not None and cell.get("t") in ("s", "inlineStr", "str")
    return str(workbook.value(cell) or "") if is_text and cell.find(f"{MAIN}f") is None else None
