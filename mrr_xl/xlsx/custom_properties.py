"""The custom properties of a workbook's file: names and values that Excel shows under File, Info."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from mrr_xl.xlsx.package import Package, add_part, targets

_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_EMPTY = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}"/>'
)
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  #: Office files every custom property under it
_RELATIONS = "_rels/.rels"


def read_properties(package: Package) -> dict[str, str]:
    """The custom properties by name, their values as text."""
    part = _part(package)
    if part is None:
        return {}
    return {item.get("name") or "": "".join(item.itertext()).strip() for item in package.root(part)}


def write_properties(package: Package, values: Mapping[str, str | int]) -> None:
    """Set properties; those with other names stay as they are."""
    part = _part(package)
    if part is None:
        part = _free_name(package)
        add_part(package, part, _EMPTY.encode(), _CONTENT_TYPE, _KIND, of="")
    root = package.root(part, touch=True)
    items = {item.get("name"): item for item in root}
    last_id = max([1, *(int(item.get("pid") or 1) for item in root)])  # 0 and 1 are not for properties
    for name, value in values.items():
        item = items.get(name)
        if item is None:
            last_id += 1
            tag = f"{{{etree.QName(root).namespace}}}property"
            item = etree.SubElement(root, tag, fmtid=_FORMAT, pid=str(last_id), name=name)
        for old in list(item):
            item.remove(old)
        kind = "i4" if isinstance(value, int) else "lpwstr"
        etree.SubElement(item, f"{{{_VALUES}}}{kind}", nsmap={"vt": _VALUES}).text = str(value)


def _part(package: Package) -> str | None:
    return next(iter(targets(package, "", "/custom-properties").values()), None)


def _free_name(package: Package) -> str:
    names = (f"docProps/custom{number or ''}.xml" for number in range(len(package.parts) + 1))
    return next(name for name in names if name not in package.parts)
