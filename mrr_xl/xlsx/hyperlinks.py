"""The hyperlinks of a sheet's cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree
from openpyxl.utils.cell import get_column_letter

from mrr_xl.xlsx.package import MAIN, Package, remove_relation
from mrr_xl.xlsx.places import Area, corners, meet


def has_hyperlinks(package: Package, part: str, area: Area) -> bool:
    """Whether a sheet has links on cells of an area."""
    links = (corners(link.get("ref")) for link in package.root(part).iter(f"{MAIN}hyperlink"))
    return any(link is not None and meet(link, area) for link in links)


def remove_hyperlinks(package: Package, part: str, area: Area) -> None:
    """Remove the links, such as e-mail addresses, of a sheet's cells in an area."""
    move_hyperlinks(package, part, area, {})


def move_hyperlinks(package: Package, part: str, area: Area, rows: Mapping[int, int]) -> None:
    """Move the links of a sheet's cells in an area with their rows; those of other rows are removed.

    rows: where each row that is still there has gone. A link over several rows stays if all of them do.
    """
    for link in list(package.root(part).iter(f"{MAIN}hyperlink")):
        its = corners(link.get("ref"))
        if its is None or not meet(its, area):
            continue
        left, top, right, bottom = its
        to = rows.get(top)
        if (top == bottom and to == top) or all(rows.get(row) == row for row in range(top, bottom + 1)):
            continue
        package.touched.add(part)
        if top == bottom and to is not None:
            first, last = (f"{get_column_letter(column)}{to}" for column in (left, right))
            link.set("ref", first if left == right else f"{first}:{last}")
        else:
            _remove(package, part, link)


def _remove(package: Package, part: str, link: Any) -> None:
    key, links = _relation(link), link.getparent()
    links.remove(link)
    if key and not any(_relation(other) == key for other in links):
        remove_relation(package, part, key)
    if not len(links):
        links.getparent().remove(links)


def _relation(link: Any) -> str | None:
    return next((value for name, value in link.attrib.items() if etree.QName(name).localname == "id"), None)
