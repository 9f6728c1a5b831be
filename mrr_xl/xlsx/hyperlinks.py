"""The hyperlinks of a sheet's cells."""

from __future__ import annotations

from lxml import etree
from openpyxl.utils.cell import range_boundaries

from mrr_xl.xlsx.package import MAIN, Package, remove_relation


def remove_hyperlinks(package: Package, part: str, area: tuple[int, int, int, int]) -> None:
    """Remove the links, such as e-mail addresses, of a sheet's cells in an area: left, top, right, bottom."""
    left, top, right, bottom = area
    for link in list(package.root(part).iter(f"{MAIN}hyperlink")):
        first_column, first_row, last_column, last_row = range_boundaries(link.get("ref"))
        if first_column > right or last_column < left or first_row > bottom or last_row < top:
            continue
        key = next((value for name, value in link.attrib.items() if etree.QName(name).localname == "id"), None)
        if key:
            remove_relation(package, part, key)
        links = link.getparent()
        package.touched.add(part)
        links.remove(link)
        if not len(links):
            links.getparent().remove(links)
