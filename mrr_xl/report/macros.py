"""The macros of a workbook or an add-in, added last: xlwings' own VBA and our functions."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

from mrr_xl.errors import MrrError
from mrr_xl.hosts import vba
from mrr_xl.hosts.vba import ribbon
from mrr_xl.xlsx.package import CONTENT_TYPES, add_part, read_package
from mrr_xl.xlsx.writing import temporary_files

#: The xlwings modules that call Python without its ribbon add-in.
_XLWINGS, _DICTIONARY = "xlwings", "Dictionary"
_SHIPPED = "quickstart_standalone.xlsm"
_PLAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_WITH_MACROS = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ADDIN = b"application/vnd.ms-excel.addin.macroEnabled.main+xml"


def with_macros(content: bytes) -> bytes:
    """A workbook's file as an .xlsm whose functions call this library through xlwings; Excel on Windows only.

    Raises MrrError if xlwings or pyOpenVBA is missing, or xlwings is of a version whose VBA is not known.
    """
    return _with_modules(content, vba.modules())


def as_addin(content: bytes) -> bytes:
    """A workbook's file as an .xlam, whose functions every workbook has, with its ribbon; raises as with_macros does.

    Excel takes a file for an add-in (IsAddin) by its content type.
    """
    package = read_package(_with_modules(content, vba.modules(addin=True)))
    package.parts[CONTENT_TYPES] = package.parts[CONTENT_TYPES].replace(_WITH_MACROS, _ADDIN)
    package.roots.pop(CONTENT_TYPES, None)
    add_part(package, ribbon.PART, ribbon.custom_ui().encode(), ribbon.CONTENT_TYPE, ribbon.RELATIONSHIP, of="")
    return package.content()


def _with_modules(content: bytes, modules: Mapping[str, str]) -> bytes:
    openvba, xlwings_modules = _pyopenvba(), shipped_modules()
    with temporary_files(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.xlsm"
        path.write_bytes(_named_macro_enabled(content))
        with openvba.ExcelFile(path) as file:
            project = file.add_vba_project()
            project.add_module(_XLWINGS, xlwings_modules[_XLWINGS])
            project.add_module(_DICTIONARY, xlwings_modules[_DICTIONARY], kind=openvba.VBAModuleKind.other)
            for name, text in modules.items():
                kind = openvba.VBAModuleKind.other if name in vba.CLASSES else openvba.VBAModuleKind.standard
                project.add_module(name, text, kind=kind)
            file.save()
        return _dated_as(content, path.read_bytes())


def shipped_modules() -> dict[str, str]:
    """The VBA that the installed xlwings ships, by module name; raises MrrError if the VBA is of another version."""
    xlwings = _xlwings()
    path = Path(str(xlwings.__file__)).parent / _SHIPPED
    if not path.exists():
        raise MrrError(f"xlwings {xlwings.__version__} has no {_SHIPPED}; {_install()}")
    with _pyopenvba().ExcelFile(path) as file:
        modules: dict[str, str] = file.vba_modules()
    version = re.search(r'XLWINGS_VERSION As String = "([^"]*)"', modules.get(_XLWINGS, ""))
    if version is None or _DICTIONARY not in modules:
        raise MrrError(f"xlwings {xlwings.__version__} ships VBA that mrr_xl does not know; {_install()}")
    if version[1] != xlwings.__version__:
        raise MrrError(f"xlwings is {xlwings.__version__} and its VBA {version[1]}; {_install()}")
    return {name: "\r\n".join(modules[name].splitlines()) + "\r\n" for name in (_XLWINGS, _DICTIONARY)}


def _xlwings() -> ModuleType:
    try:
        import xlwings
    except ImportError:
        raise MrrError(f"a workbook with macros needs xlwings; {_install()}") from None
    return xlwings


def _pyopenvba() -> Any:
    try:
        import pyopenvba
    except ImportError:
        raise MrrError(f"a workbook with macros needs pyOpenVBA; {_install()}") from None
    return pyopenvba


def _install() -> str:
    return 'install matching versions with pip install --upgrade "mrr-xl[excel]"'


def _named_macro_enabled(content: bytes) -> bytes:
    package = read_package(content)
    package.parts[CONTENT_TYPES] = package.parts[CONTENT_TYPES].replace(_PLAIN, _WITH_MACROS)
    return package.content()


def _dated_as(original: bytes, content: bytes) -> bytes:
    """The same parts with the original's fixed date, so that the same workbook is the same file."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(original)) as before, zipfile.ZipFile(BytesIO(content)) as now:
        date = before.infolist()[0].date_time
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in now.namelist():
                part = zipfile.ZipInfo(name, date)
                part.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(part, now.read(name))
    return out.getvalue()
