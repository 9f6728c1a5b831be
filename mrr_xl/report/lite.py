"""A workbook for xlwings Lite: it carries the Python code, and its formulas have Lite's prefix."""

from __future__ import annotations

import json
import re
import uuid
from xml.sax.saxutils import quoteattr

from mrr_xl.hosts.lite import MAIN, requirements, with_prefix
from mrr_xl.xlsx.package import Package, add_part, read_package

#: The id of xlwings Lite in Office's store.
ADD_IN = "wa200008175"

_HOLDS_FORMULAS = re.compile(r"xl/(worksheets|tables)/[^/]+\.xml$|xl/workbook\.xml$")
_FORMULAS = [
    f"{{*}}{name}" for name in ("f", "formula", "formula1", "formula2", "calculatedColumnFormula", "definedName")
]

_WEB = "http://schemas.microsoft.com/office/webextensions"
_RELATION = "http://schemas.microsoft.com/office/2011/relationships"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def with_lite(content: bytes) -> bytes:
    """A workbook's file for xlwings Lite: its formulas with Lite's prefix, the code where Lite keeps it.

    Whether Excel opens such a file straight into Lite is untested; the same code can always be pasted in.
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
    panes = "xl/webextensions/taskpanes.xml"
    _add(
        package,
        panes,
        f'<wetp:taskpanes xmlns:wetp="{_WEB}/taskpanes/2010/11"><wetp:taskpane dockstate="right" visibility="1" '
        f'width="350" row="0"><wetp:webextensionref xmlns:r="{_R}" r:id="rId1"/></wetp:taskpane></wetp:taskpanes>',
        of="",
    )
    _add(
        package,
        "xl/webextensions/webextension1.xml",
        f'<we:webextension xmlns:we="{_WEB}/webextension/2010/11" id="{{{identity}}}">'
        f'<we:reference id="{ADD_IN}" version="1.0.0.0" store="en-US" storeType="OMEX"/><we:alternateReferences/>'
        f'<we:properties>{properties}</we:properties><we:bindings/><we:snapshot xmlns:r="{_R}"/></we:webextension>',
        of=panes,
    )


def _add(package: Package, part: str, xml: str, of: str) -> None:
    content = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'.encode()
    kind = "webextension" if of else "webextensiontaskpanes"
    add_part(package, part, content, f"application/vnd.ms-office.{kind}+xml", f"{_RELATION}/{kind}", of=of)
