"""Windows' VARIANT: values as VBA holds them and hands them to COM, built and read with ctypes.

pywin32 can't send an error such as #N/A inside an array, and turns every other kind into what it takes for best; Excel
sends exact kinds. Source: the [MS-OAUT] structures VARIANT, SAFEARRAY and their VARTYPE numbers. Only Windows has the
library, so nothing here asks for it before it is used.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import struct
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

NOTHING, NULL, SHORT, LONG, SINGLE, DOUBLE, CURRENCY, DATE, TEXT, DISPATCH, ERROR, TRUTH = range(12)
VARIANT, UNKNOWN, ARRAY = 12, 13, 0x2000
_EPOCH = dt.datetime(1899, 12, 30)


@dataclass(frozen=True)
class Error:
    """A cell that holds an error: the number that COM has for it, such as -2146826246 for #N/A."""

    number: int


#: What VBA sends for an optional argument that a formula leaves out: DISP_E_PARAMNOTFOUND.
MISSING = Error(-2147352572)


class Variant(ctypes.Structure):
    _fields_ = [
        ("kind", ctypes.c_ushort),
        ("reserved", ctypes.c_ushort * 3),
        ("bits", ctypes.c_uint64),
        ("more", ctypes.c_uint64),
    ]


class _Bound(ctypes.Structure):
    _fields_ = [("count", ctypes.c_ulong), ("first", ctypes.c_long)]


def library() -> Any:
    found: Any = ctypes.WinDLL("oleaut32")  # type: ignore[attr-defined, unused-ignore]
    for name in ("SysAllocStringLen", "SafeArrayCreate"):
        getattr(found, name).restype = ctypes.c_void_p
    return found


def variant(value: Any, first: int = 1) -> Variant:
    """A value as VBA has it: a list of rows is an array of two dimensions, a tuple of values one of one dimension.

    first: the number of an array's first row and column: 1 in a range's Value, 0 in VBA's own Array().
    """
    made = Variant()
    if isinstance(value, Variant):
        return value
    if value is None:
        made.kind = NOTHING
    elif isinstance(value, Error):
        made.kind, made.bits = ERROR, value.number & 0xFFFFFFFF
    elif isinstance(value, bool):
        made.kind, made.bits = TRUTH, 0xFFFF if value else 0
    elif isinstance(value, (int, float)):
        made.kind, made.bits = DOUBLE, _double(float(value))
    elif isinstance(value, Decimal):
        made.kind, made.bits = CURRENCY, int(value * 10_000) & 0xFFFFFFFFFFFFFFFF
    elif isinstance(value, dt.datetime):
        made.kind, made.bits = DATE, _double((value.replace(tzinfo=None) - _EPOCH) / dt.timedelta(days=1))
    elif isinstance(value, str):
        units = value.encode("utf-16-le")
        made.kind, made.bits = TEXT, library().SysAllocStringLen(units, len(units) // 2)
    elif hasattr(value, "pointer"):
        value.add_reference()
        made.kind, made.bits = value.kind, value.pointer
    else:
        made.kind, made.bits = ARRAY | VARIANT, _array(value, first)
    return made


def _double(number: float) -> int:
    return int(struct.unpack("<Q", struct.pack("<d", number))[0])


def _array(values: Any, first: int) -> int:
    flat = isinstance(values, tuple)
    sizes = (len(values),) if flat else (len(values), len(values[0]))
    # The first index runs fastest.
    cells = values if flat else [row[column] for column in range(sizes[1]) for row in values]
    bounds = (_Bound * len(sizes))(*[_Bound(size, first) for size in sizes])
    array = library().SafeArrayCreate(VARIANT, len(sizes), bounds)
    held = ctypes.POINTER(Variant)()
    library().SafeArrayAccessData(ctypes.c_void_p(array), ctypes.byref(held))
    for place, cell in enumerate(cells):
        held[place] = variant(cell)
    library().SafeArrayUnaccessData(ctypes.c_void_p(array))
    return int(array)


def value(of: Variant) -> Any:
    """What a variant holds: rows as lists of lists, errors as Error."""
    bits = struct.pack("<Q", of.bits)
    if of.kind in (NOTHING, NULL):
        return None
    if of.kind in (SHORT, LONG, ERROR):
        number = int(struct.unpack("<i", bits[:4])[0])
        return Error(number) if of.kind == ERROR else number
    if of.kind == DOUBLE:
        return float(struct.unpack("<d", bits)[0])
    if of.kind == CURRENCY:
        return Decimal(struct.unpack("<q", bits)[0]) / 10_000
    if of.kind == DATE:
        return _EPOCH + dt.timedelta(days=struct.unpack("<d", bits)[0])
    if of.kind == TRUTH:
        return bits[0] != 0
    if of.kind == TEXT:
        return ctypes.wstring_at(of.bits, library().SysStringLen(ctypes.c_void_p(of.bits))) if of.bits else ""
    if of.kind == ARRAY | VARIANT:
        return _rows(ctypes.c_void_p(of.bits))
    raise TypeError(f"a variant of the kind {of.kind}")


def _rows(array: Any) -> list[Any]:
    oleaut = library()
    sizes = []
    for dimension in range(1, oleaut.SafeArrayGetDim(array) + 1):
        low, high = ctypes.c_long(), ctypes.c_long()
        oleaut.SafeArrayGetLBound(array, dimension, ctypes.byref(low))
        oleaut.SafeArrayGetUBound(array, dimension, ctypes.byref(high))
        sizes.append(high.value - low.value + 1)
    held = ctypes.POINTER(Variant)()
    oleaut.SafeArrayAccessData(array, ctypes.byref(held))
    if len(sizes) == 1:
        found: list[Any] = [value(held[place]) for place in range(sizes[0])]
    else:
        rows, columns = sizes
        found = [[value(held[row + column * rows]) for column in range(columns)] for row in range(rows)]
    oleaut.SafeArrayUnaccessData(array)
    return found
