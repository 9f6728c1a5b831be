"""The extension file (.oxt) for LibreOffice, written from the registry of metrics."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from mrr_xl.functions.sheet_functions import argument_help
from mrr_xl.hosts.calc import component
from mrr_xl.metrics import REGISTRY, Metric
from mrr_xl.version import __version__

MODULE = "mrrxl"  #: the functions' module in LibreOffice's types; the name of a Python package would hide that package
LEAST_LIBREOFFICE = "24.8"
_CATEGORY = "Add-In"
_MADE = (2025, 1, 1, 0, 0, 0)  # a fixed date, so that the same extension is the same file

_ROWS = "sequence< sequence< any > >"
_OOR = "http://openoffice.org/2001/registry"
_MANIFEST = "http://openoffice.org/2001/manifest"
_DESCRIPTION = "http://openoffice.org/extensions/description/2006"
_LIBREOFFICE = "http://libreoffice.org/extensions/description/2011"
_COMPONENTS = "http://openoffice.org/2010/uno-components"
_TYPES = {
    "mrr_xl.idl": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    "mrr_xl.components": "application/vnd.sun.star.uno-components",
    "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
}


def extension(
    metrics: Mapping[str, Metric] = REGISTRY,
    *,
    python: str = sys.executable,
    module: str = MODULE,
    source: str | None = None,
) -> bytes:
    """The .oxt file's bytes.

    python: the Python that computes, by default this one. module: what the functions' module is called.
    source: the code that runs inside LibreOffice, by default component.py.
    """
    service = f"{module}.Functions"
    code = Path(component.__file__).read_text(encoding="utf-8") if source is None else source
    parts = {
        "description.xml": _description(module),
        "META-INF/manifest.xml": _manifest(),
        "mrr_xl.idl": interface(metrics, module).encode(),
        "mrr_xl.components": _components(service),
        "CalcAddIns.xcu": _function_texts(metrics, service),
        "component.py": code.encode(),
        component.CONFIGURATION: json.dumps({"python": python, "service": service}, indent=1).encode(),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _MADE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return content.getvalue()


def interface(metrics: Mapping[str, Metric], module: str = MODULE) -> str:
    """The functions as LibreOffice's interface language declares them.

    To LibreOffice an argument of type any may be left out, and no other. It adds the document itself where
    a function asks for one.
    """
    methods = []
    for name, metric in metrics.items():
        given = [] if metric.kind == "arithmetic" else ["[in] com::sun::star::beans::XPropertySet document"]
        for argument, optional in metric.arguments.items():
            given.append(f"[in] {'any' if optional else _ROWS} {_identifier(argument)}")
        methods.append(f"        {_ROWS} {name}({', '.join(given)});\n")
    return f"module {module} {{\n    interface XFunctions {{\n{''.join(methods)}    }};\n}};\n"


def _identifier(argument: str) -> str:
    """first_month as the interface language takes it: firstMonth."""
    first, *others = argument.split("_")
    return first + "".join(map(str.title, others))


def _function_texts(metrics: Mapping[str, Metric], service: str) -> bytes:
    root = etree.Element(
        f"{{{_OOR}}}component-data",
        {f"{{{_OOR}}}name": "CalcAddIns", f"{{{_OOR}}}package": "org.openoffice.Office"},
        nsmap={"oor": _OOR},
    )
    functions = _node(_node(_node(root, "AddInInfo"), service, new=True), "AddInFunctions")
    for name, metric in metrics.items():
        function = _node(functions, name, new=True)
        _text(function, "DisplayName", name)
        _text(function, "Description", metric.summary)
        _text(function, "Category", _CATEGORY, translated=False)
        # What a formula in an Excel file is called.
        _text(function, "CompatibilityName", name)
        parameters = _node(function, "Parameters")
        for argument, doc in argument_help(metric).items():
            parameter = _node(parameters, _identifier(argument), new=True)
            _text(parameter, "DisplayName", argument)
            _text(parameter, "Description", doc)
    return _xml(root)


def _node(parent: Any, name: str, new: bool = False) -> Any:
    node = etree.SubElement(parent, "node", {f"{{{_OOR}}}name": name})
    if new:
        node.set(f"{{{_OOR}}}op", "replace")
    return node


def _text(parent: Any, name: str, text: str, translated: bool = True) -> None:
    value = etree.SubElement(etree.SubElement(parent, "prop", {f"{{{_OOR}}}name": name}), "value")
    value.text = text
    if translated:
        value.set("{http://www.w3.org/XML/1998/namespace}lang", "en-US")


def _components(service: str) -> bytes:
    root = etree.Element(f"{{{_COMPONENTS}}}components", nsmap={None: _COMPONENTS})
    loaded = etree.SubElement(
        root, f"{{{_COMPONENTS}}}component", loader="com.sun.star.loader.Python", uri="component.py"
    )
    implementation = etree.SubElement(loaded, f"{{{_COMPONENTS}}}implementation", name=service)
    # Not com.sun.star.sheet.AddIn: Calc would start Python for every document, and if its Python doesn't start, open
    # none. It knows the names from CalcAddIns.xcu, and starts Python where a formula has one of them.
    etree.SubElement(implementation, f"{{{_COMPONENTS}}}service", name=service)
    return _xml(root)


def _manifest() -> bytes:
    root = etree.Element(f"{{{_MANIFEST}}}manifest", nsmap={"manifest": _MANIFEST})
    for path, kind in _TYPES.items():
        entry = {f"{{{_MANIFEST}}}full-path": path, f"{{{_MANIFEST}}}media-type": kind}
        etree.SubElement(root, f"{{{_MANIFEST}}}file-entry", entry)
    return _xml(root)


def _description(module: str) -> bytes:
    spaces = {None: _DESCRIPTION, "d": _DESCRIPTION, "l": _LIBREOFFICE}
    root = etree.Element(f"{{{_DESCRIPTION}}}description", nsmap=spaces)

    def add(parent: Any, tag: str, **given: str) -> Any:
        return etree.SubElement(parent, f"{{{_DESCRIPTION}}}{tag}", given)

    add(root, "identifier", value=f"{module}.functions")
    add(root, "version", value=__version__)
    name = add(add(root, "display-name"), "name", lang="en")
    name.text = "mrr_xl: monthly recurring revenue in cells"
    least = {"value": LEAST_LIBREOFFICE, f"{{{_DESCRIPTION}}}name": f"LibreOffice {LEAST_LIBREOFFICE}"}
    etree.SubElement(add(root, "dependencies"), f"{{{_LIBREOFFICE}}}LibreOffice-minimal-version", least)
    return _xml(root)


def _xml(root: Any) -> bytes:
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written
