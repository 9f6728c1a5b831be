"""Excel's COM on a machine without it: enough stand-ins for xlwings' own import_udfs and call_udf to run."""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

MISSING = -2147352572  # what COM hands over for an argument that was left out


def xlwings_udfs(monkeypatch: Any) -> Any:
    """xlwings.udfs, imported as on Windows."""
    for name in ("pythoncom", "pywintypes", "win32com", "win32com.client", "xlwings._xlwindows", "xlwings.com_server"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    sys.modules["pythoncom"].CoInitialize = lambda: None
    sys.modules["win32com.client"].Dispatch = lambda item, **_: item
    windows = sys.modules["xlwings._xlwindows"]
    windows.is_range_instance = lambda _: False
    windows.Range = lambda xl=None: types.SimpleNamespace(xl=xl)
    sys.modules["xlwings.com_server"].loop = None
    import xlwings

    monkeypatch.setattr(xlwings, "_xlwindows", windows, raising=False)
    excel = xlwings.main.Engine(
        types.SimpleNamespace(name="excel", type="desktop", prepare_xl_data_element=lambda x, _: x)
    )
    monkeypatch.setitem(xlwings.engines.engines_by_name, "excel", excel)
    monkeypatch.delitem(sys.modules, "xlwings.udfs", raising=False)
    return importlib.import_module("xlwings.udfs")


def udf_module(monkeypatch: Any, udfs: Any) -> Any:
    """mrr_xl.udfs, registered with xlwings' real decorators."""
    import xlwings as xw

    for name, real in (("func", udfs.xlfunc), ("arg", udfs.xlarg), ("ret", udfs.xlret)):
        monkeypatch.setattr(xw, name, real)
    monkeypatch.delitem(sys.modules, "mrr_xl.udfs", raising=False)
    return importlib.import_module("mrr_xl.udfs")
