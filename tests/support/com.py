"""Excel's COM on a machine without it: stand-ins for pywin32, so that xlwings' own server and functions run."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import sys
import types
from collections.abc import Iterator
from typing import Any

MISSING = -2147352572  # what COM hands over for an argument that was left out
NOT_AVAILABLE = -2146826246  # the number of #N/A
_STAND_INS = (
    "pythoncom",
    "pywintypes",
    "win32api",
    "win32event",
    "win32com",
    "win32com.client",
    "win32com.server",
    "win32com.server.dispatcher",
    "win32com.server.policy",
    "win32com.server.util",
    "xlwings._xlwindows",
)
_IMPORTED_ANEW = ("xlwings.udfs", "xlwings.com_server", "mrr_xl.udfs")


class Range:
    """A cell or cells that a formula names, as COM hands them over: what .Value gives."""

    def __init__(self, value: Any) -> None:
        self.value = value


class ComTime(dt.datetime):
    """As pywintypes' time: a datetime that says UTC whatever the computer's zone."""


def com_time(day: dt.datetime) -> ComTime:
    return ComTime(day.year, day.month, day.day, day.hour, day.minute, tzinfo=dt.UTC)


@contextlib.contextmanager
def excel() -> Iterator[types.SimpleNamespace]:
    """xlwings as on Windows: `udfs` is xlwings.udfs, `functions` is mrr_xl.udfs, `call` its server's CallUDF.

    Afterwards every module is as it was.
    """
    import xlwings as xw

    names = {*_STAND_INS, *_IMPORTED_ANEW}
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    attributes = {name: vars(xw).get(name) for name in ("_xlwindows", "udfs", "com_server", "func", "arg", "ret")}
    engine = xw.engines.engines_by_name.get("excel")
    server = None
    try:
        _stand_in(xw)
        udfs = importlib.import_module("xlwings.udfs")
        server = importlib.import_module("xlwings.com_server")
        xw.func, xw.arg, xw.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
        functions = importlib.import_module("mrr_xl.udfs")
        yield types.SimpleNamespace(udfs=udfs, functions=functions, call=server.XLPython().CallUDF)
    finally:
        if server is not None:
            server.loop.close()
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)
        for name, value in attributes.items():
            if value is None:
                vars(xw).pop(name, None)
            else:
                setattr(xw, name, value)
        if engine is None:
            xw.engines.engines_by_name.pop("excel", None)
        else:
            xw.engines.engines_by_name["excel"] = engine


def _stand_in(xw: Any) -> None:
    modules = {name: types.ModuleType(name) for name in _STAND_INS}
    sys.modules.update(modules)
    for name, module in modules.items():
        parent, _, child = name.rpartition(".")
        if parent in modules:
            setattr(modules[parent], child, module)
    pythoncom = modules["pythoncom"]
    pythoncom.CoInitialize = lambda: None
    pythoncom.IID_IDispatch = "IDispatch"
    pythoncom.TypeIIDs = {"IDispatch": type("PyIDispatch", (), {})}
    modules["win32com.client"].Dispatch = lambda item, **_: item
    modules["win32com.server.util"].unwrap = _unwrap
    windows = modules["xlwings._xlwindows"]
    windows.is_range_instance = lambda item: isinstance(item, Range)
    engine = types.SimpleNamespace(name="excel", type="desktop", prepare_xl_data_element=_for_excel)
    app = types.SimpleNamespace(engine=engine, pid=1)
    sheet = types.SimpleNamespace(book=types.SimpleNamespace(app=app))
    windows.Range = lambda xl=None: types.SimpleNamespace(
        xl=xl, raw_value=getattr(xl, "value", None), sheet=sheet, max_cells_per_read=None
    )
    xw._xlwindows = windows
    xw.engines.engines_by_name["excel"] = xw.main.Engine(engine)


def _unwrap(item: Any) -> Any:
    raise ValueError("no Python object")


def _for_excel(value: Any, _: Any) -> Any:
    """What xlwings writes for one value: a blank for nothing, a date as COM's time."""
    if value is None or value != value:
        return ""
    return com_time(value) if isinstance(value, dt.datetime) else value
