"""Parts that a workbook does without, such as a printer's settings or a picture of the first sheet."""

from __future__ import annotations

import posixpath

from lxml import etree

from mrr_xl.errors import MrrError
from mrr_xl.xlsx.package import Package, drop_part, relations_part_of, remove_relation, targets

_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def remove_kind(package: Package, kind: str) -> None:
    """Take all parts of a kind out of the file, with whatever refers to them.

    kind: how the type of the relationships to them ends, such as /printerSettings.
    """
    for owner in _owners(package):
        for key, part in _targets(package, owner, kind).items():
            remove_relation(package, owner, key)
            if owner:
                _forget_id(package, owner, key)
            drop_part(package, part)
            drop_part(package, relations_part_of(part))


def _owners(package: Package) -> list[str]:
    """The parts that have relationships; "" is the file itself."""
    owners = []
    for name in package.parts:
        folder, file = posixpath.split(name)
        if file.endswith(".rels"):
            owners.append(package.actual(posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))))
    return owners


def _targets(package: Package, owner: str, kind: str) -> dict[str, str]:
    try:
        return targets(package, owner, kind)
    except MrrError:
        return {}  # relationships that can't be read lead nowhere


def _forget_id(package: Package, owner: str, key: str) -> None:
    for element in package.root(owner).iter(etree.Element):
        if element.get(f"{{{_REL}}}id") == key:
            del element.attrib[f"{{{_REL}}}id"]
            package.touched.add(owner)
