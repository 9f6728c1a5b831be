"""A workbook for xlwings Lite: it carries the Python code, and its formulas name the functions as Lite's."""

from __future__ import annotations

import json
import posixpath
import re
import uuid
import zipfile
from xml.sax.saxutils import quoteattr

from lxml import etree

from mrr_xl.hosts.lite import MAIN, requirements, with_prefix
from mrr_xl.xlsx.package import Package, read_package

#: xlwings Lite in Office's store.
ADD_IN = "wa200008175"

_HOLDS_FORMULAS = re.compile(r"xl/(worksheets|tables)/[^/]+\.xml$|xl/workbook\.xml$")
_FORMULAS = [
    f"{{*}}{name}" for name in ("f", "formula", "formula1", "formula2", "calculatedColumnFormula", "definedName")
]

_WEB = "http://schemas.microsoft.com/office/webextensions"
_RELATION = "http://schemas.microsoft.com/office/2011/relationships"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FOLDER = "xl/webextensions"
_PARTS = {"webextension1.xml": "webextension", "taskpanes.xml": "webextensiontaskpanes"}


def with_lite(content: bytes) -> bytes:
    """A workbook's file for xlwings Lite: its formulas with Lite's prefix, the code in the parts where Lite keeps it.

    That Excel opens such a file straight into Lite is not proven; the same code can always be pasted.
    """
    package = read_package(content)
    for part in filter(_HOLDS_FORMULAS.match, list(package.parts)):
        for element in package.root(part).iter(_FORMULAS):
            formula = with_prefix(element.text or "")
            if formula != (element.text or ""):
                element.text = formula
                package.touched.add(part)
    _embed(package, {"main.py": MAIN, "requirements.txt": requirements()})
    return package.content()


def _embed(package: Package, files: dict[str, str]) -> None:
    # Lite stores each file as a JSON text.
    stored = {name: json.dumps(text) for name, text in files.items()}
    properties = "".join(f"<we:property name={quoteattr(n)} value={quoteattr(t)}/>" for n, t in stored.items())
    identity = str(uuid.uuid5(uuid.NAMESPACE_URL, properties)).upper()
    _add(
        package,
        f"{_FOLDER}/webextension1.xml",
        f'<we:webextension xmlns:we="{_WEB}/webextension/2010/11" id="{{{identity}}}">'
        f'<we:reference id="{ADD_IN}" version="1.0.0.0" store="en-US" storeType="OMEX"/><we:alternateReferences/>'
        f'<we:properties>{properties}</we:properties><we:bindings/><we:snapshot xmlns:r="{_R}"/></we:webextension>',
    )
    _add(
        package,
        f"{_FOLDER}/taskpanes.xml",
        f'<wetp:taskpanes xmlns:wetp="{_WEB}/taskpanes/2010/11"><wetp:taskpane dockstate="right" visibility="1" '
        f'width="350" row="0"><wetp:webextensionref xmlns:r="{_R}" r:id="rId1"/></wetp:taskpane></wetp:taskpanes>',
    )
    _add(
        package,
        f"{_FOLDER}/_rels/taskpanes.xml.rels",
        f'<Relationships xmlns="{_RELATIONSHIPS}"><Relationship Id="rId1" Type="{_RELATION}/webextension" '
        'Target="webextension1.xml"/></Relationships>',
    )
    types = package.root("[Content_Types].xml", touch=True)
    for part, kind in _PARTS.items():
        content = f"application/vnd.ms-office.{kind}+xml"
        namespace = etree.QName(types).namespace
        etree.SubElement(types, f"{{{namespace}}}Override", PartName=f"/{_FOLDER}/{part}", ContentType=content)
    relations = package.root("_rels/.rels", touch=True)
    etree.SubElement(
        relations,
        f"{{{_RELATIONSHIPS}}}Relationship",
        Id="rIdLite",
        Type=f"{_RELATION}/webextensiontaskpanes",
        Target=posixpath.join(_FOLDER, "taskpanes.xml"),
    )


def _add(package: Package, part: str, xml: str) -> None:
    entry = zipfile.ZipInfo(part, package.entries[0].date_time)
    entry.compress_type = zipfile.ZIP_DEFLATED
    package.entries.append(entry)
    package.parts[part] = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'.encode()
