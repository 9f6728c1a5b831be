"""Excel's side of a formula on Windows, without Excel: xlwings' own DLL starts Python, and real COM carries the calls.

As a workbook's VBA does it (XLPyCommand, XLPy and KillPy of the module xlwings, version 0.37.8): the DLL runs the
command line, asks the new process for its COM object, and CallUDF gets ranges as objects whose Value Python asks for.
Nothing of pywin32 is on this side, so every argument is of the exact kind that Excel sends.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from support.variants import DISPATCH, UNKNOWN, Variant, library, value, variant

#: The workbook whose formulas call; its name has what a command line has to be careful with.
BOOK = r"C:\Reports\Bücher & Co's\mrr.xlsm"
_RANGE = UUID("00020846-0000-0000-C000-000000000046")  # by it xlwings knows a range
_UNKNOWN, _IDISPATCH = (UUID(f"000{n}-0000-0000-C000-000000000046".rjust(36, "0")) for n in ("00000", "20400"))
_TYPE_INFO = UUID("00020401-0000-0000-C000-000000000046")
_NO_INTERFACE, _NO_MEMBER, _EXCEPTION, _NOT_THERE = 0x80004002, 0x80020003, 0x80020009, 0x80004001
_METHOD, _ENUMERATOR = 1, -4
#: Objects are never let go: another process may still hold them.
_ALIVE: list[Any] = []
_NUMBERS = itertools.count(1)


class Raised(Exception):
    """What VBA has as Err.Description."""


class _Arguments(ctypes.Structure):
    _fields_ = [
        ("values", ctypes.POINTER(Variant)),
        ("names", ctypes.c_void_p),
        ("count", ctypes.c_uint),
        ("named", ctypes.c_uint),
    ]


class _Exception(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_ushort),
        ("reserved", ctypes.c_ushort),
        ("source", ctypes.c_void_p),
        ("description", ctypes.c_wchar_p),
        ("help_file", ctypes.c_void_p),
        ("help_context", ctypes.c_ulong),
        ("pointer", ctypes.c_void_p),
        ("deferred", ctypes.c_void_p),
        ("scode", ctypes.c_long),
    ]


def method(pointer: int, place: int, *arguments: Any) -> int:
    """Call a COM object's method by its place in the table of its functions; gives the HRESULT."""
    table = ctypes.cast(pointer, ctypes.POINTER(ctypes.c_void_p))[0]
    function = ctypes.cast(table, ctypes.POINTER(ctypes.c_void_p))[place]
    kinds = [ctypes.c_void_p if isinstance(item, int) else type(item) for item in arguments]
    prototype = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p, *kinds)
    return int(prototype(function)(pointer, *arguments))  # type: ignore[arg-type, unused-ignore]


def _id(of: UUID) -> Any:
    return ctypes.create_string_buffer(of.bytes_le, 16)


class _Served:
    """An object whose methods other processes call: its table of functions, in the order of its interface."""

    kind = DISPATCH
    interface = _IDISPATCH

    def __init__(self, *methods: Any) -> None:
        p, u = ctypes.c_void_p, ctypes.c_ulong
        own = [(self._query, p, ctypes.POINTER(p)), (lambda _: 1,), (lambda _: 1,)]
        self._functions = [ctypes.CFUNCTYPE(u, p, *kinds)(function) for function, *kinds in [*own, *methods]]
        self._table = (p * len(self._functions))(*[ctypes.cast(function, p) for function in self._functions])
        self._memory = p(ctypes.addressof(self._table))
        self.pointer = ctypes.addressof(self._memory)
        _ALIVE.append(self)

    def add_reference(self) -> None:
        """Objects live as long as the tests."""

    def _query(self, this: int, wanted: int, found: Any) -> int:
        known = UUID(bytes_le=ctypes.string_at(wanted, 16)) in (_UNKNOWN, self.interface)
        found[0] = this if known else None
        return 0 if known else _NO_INTERFACE


class Object(_Served):
    """A COM object with properties, such as a range with its Value."""

    def __init__(self, **properties: Any) -> None:
        self.properties = properties
        p, u, number = ctypes.c_void_p, ctypes.c_ulong, ctypes.c_long
        super().__init__(
            (self._count_types, ctypes.POINTER(u)),
            (self._type, u, u, ctypes.POINTER(p)),
            (self._number, p, ctypes.POINTER(ctypes.c_wchar_p), u, u, ctypes.POINTER(number)),
            (self._invoke, number, p, u, ctypes.c_ushort, p, ctypes.POINTER(Variant), p, p),
        )

    def _count_types(self, _: int, count: Any) -> int:
        count[0] = 1
        return 0

    def _type(self, _: int, place: int, language: int, found: Any) -> int:
        method(_range_type(), 1)
        found[0] = _range_type()
        return 0

    def _number(self, _: int, reserved: int, names: Any, count: int, language: int, numbers: Any) -> int:
        known = [name.lower() for name in self.properties]
        if names[0].lower() not in known:
            return _NO_MEMBER
        numbers[0] = known.index(names[0].lower()) + 1
        return 0

    def _invoke(self, _: int, number: int, *rest: Any) -> int:
        values = list(self.properties.values())
        if not 0 < number <= len(values):
            return _NO_MEMBER
        rest[4][0] = variant(values[number - 1])
        return 0


class Collection(Object):
    """Objects that are gone through one after the other, such as a workbook's sheets."""

    def __init__(self, *items: Object) -> None:
        self.items = items
        super().__init__(Count=len(items))

    def _invoke(self, this: int, number: int, *rest: Any) -> int:
        if number != _ENUMERATOR:
            return super()._invoke(this, number, *rest)
        rest[4][0] = variant(_Enumerator(self.items))
        return 0


class _Enumerator(_Served):
    kind = UNKNOWN
    interface = UUID("00020404-0000-0000-C000-000000000046")

    def __init__(self, items: Sequence[Object]) -> None:
        self._left = list(items)
        u = ctypes.c_ulong
        super().__init__(
            (self._next, u, ctypes.POINTER(Variant), ctypes.c_void_p),
            (lambda *_: _NOT_THERE, u),
            (lambda *_: _NOT_THERE,),
            (lambda *_: _NOT_THERE, ctypes.c_void_p),
        )

    def _next(self, _: int, wanted: int, found: Any, count: int | None) -> int:
        given, self._left = self._left[:wanted], self._left[wanted:]
        for place, item in enumerate(given):
            found[place] = variant(item)
        if count:
            ctypes.c_ulong.from_address(count).value = len(given)
        return 0 if len(given) == wanted else 1


_TYPES: list[int] = []


def _range_type() -> int:
    """A type's description that says no more than that it is Excel's Range."""
    if not _TYPES:
        made, info, found = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
        library().CreateTypeLib2(3, ctypes.c_wchar_p(r"C:\range.tlb"), ctypes.byref(made))
        assert made.value
        method(made.value, 3, ctypes.c_wchar_p("Range"), ctypes.c_int(4), ctypes.pointer(info))
        assert info.value
        method(info.value, 3, _id(_RANGE))
        method(info.value, 25)
        method(info.value, 0, _id(_TYPE_INFO), ctypes.pointer(found))
        assert found.value
        _TYPES.append(found.value)
    return _TYPES[0]


APPLICATION = Object(Hwnd=1, Version="16.0", Name="Microsoft Excel")
WORKBOOK = Object(Name="mrr.xlsm", FullName=BOOK, Path=BOOK.rsplit("\\", 1)[0], Application=APPLICATION)
SHEET = Object(Name="Report", Parent=WORKBOOK, Application=APPLICATION)
WORKBOOK.properties["Worksheets"] = Collection(SHEET)


def cells(rows: Any) -> Object:
    """A range: rows of cells, or the value of a single one."""
    size = (len(rows), len(rows[0])) if isinstance(rows, (list, tuple)) else (1, 1)
    counts = {"Rows": Object(Count=size[0]), "Columns": Object(Count=size[1])}
    return Object(Value=rows, Worksheet=SHEET, Row=1, Column=1, Address="$A$1", Application=APPLICATION, **counts)


def command(book: str = BOOK) -> str:
    """What XLPyCommand of xlwings' VBA gives for our settings."""
    path = f"False;{book};{book};;;;".replace("\\", "\\\\").replace("'", "\\'").replace("&", "^&")
    code = f'import sys, os;import xlwings.utils;xlwings.utils.prepare_sys_path(\\"{path}\\");import xlwings; '
    return f'cmd.exe  /K ""{sys.executable}" -B -c "{code}xlwings.serve(\'$(CLSID)\')""'


class Excel:
    """A Python that the DLL has started for a workbook."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._server = self._activated(1).bits

    def kill(self) -> None:
        self._activated(-1)

    def _activated(self, mode: int) -> Variant:
        found = Variant()
        line = ctypes.c_char_p(self._command.encode("mbcs"))
        failed = ctypes.WinDLL(str(_dll())).XLPyDLLActivateAuto(ctypes.byref(found), line, ctypes.c_long(mode))  # type: ignore[attr-defined, unused-ignore]
        if failed:
            raise Raised(value(found))
        assert mode != 1 or found.kind == DISPATCH
        return found

    def call(self, function: str, *arguments: Any, module: str = "mrr_xl.udfs") -> Any:
        """CallUDF as the wrapper of a function calls it."""
        given = variant(arguments, first=0)
        return self._invoked("CallUDF", [variant(module), variant(function), given, variant(WORKBOOK), variant(None)])

    def _invoked(self, name: str, arguments: Sequence[Variant]) -> Any:
        number, names = ctypes.c_long(), (ctypes.c_wchar_p * 1)(name)
        unknown = _id(UUID(int=0))
        failed = method(self._server, 5, unknown, names, ctypes.c_uint(1), ctypes.c_ulong(0), ctypes.pointer(number))
        if failed:
            raise Raised(hex(failed))
        backwards = (Variant * len(arguments))(*reversed(arguments))
        given = _Arguments(backwards, None, len(arguments), 0)
        answer, told, wrong = Variant(), _Exception(), ctypes.c_uint()
        failed = method(
            self._server, 6, number, unknown, ctypes.c_ulong(0), ctypes.c_ushort(_METHOD),
            ctypes.pointer(given), ctypes.pointer(answer), ctypes.pointer(told), ctypes.pointer(wrong),
        )  # fmt: skip
        for item in backwards:
            library().VariantClear(ctypes.byref(item))
        if failed == _EXCEPTION:
            raise Raised(told.description or "")
        if failed:
            raise Raised(hex(failed))
        try:
            return value(answer)
        finally:
            library().VariantClear(ctypes.byref(answer))


def _dll() -> Path:
    import xlwings

    name = f"xlwings64-{xlwings.__version__}.dll"
    places = [Path(sys.prefix), Path(xlwings.__file__).parents[1]]  # where pip puts it, and with --target
    return next(place / name for place in places if (place / name).exists())


@contextlib.contextmanager
def excel() -> Iterator[Excel]:
    """Python started by the DLL, for a workbook of its own; it ends with the block.

    The DLL gives each command line one number for all times, and Wine, unlike Windows, starts no second Python under
    the number of one that has ended. So each is of another workbook.
    """
    ctypes.OleDLL("ole32").CoInitialize(None)  # type: ignore[attr-defined, unused-ignore]
    started = Excel(command(BOOK.replace("mrr.xlsm", f"mrr {next(_NUMBERS)}.xlsm")))
    try:
        yield started
    finally:
        started.kill()
