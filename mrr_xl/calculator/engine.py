"""formulon, the engine that computes a workbook's formulas: the one module that knows it.

It is a WebAssembly module that wasmtime runs, https://pypi.org/project/formulon/. Compiling it takes seconds, so
wasmtime keeps the compiled module in the user's cache directory: https://docs.wasmtime.dev/cli-cache.html.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import struct
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import formulon as package
import wasmtime as runtime
from formulon import FormulonError
from formulon import _c as binding

from mrr_xl.calculator.loops import WAT, FormulaText, packed, unpacked
from mrr_xl.errors import MrrError

Cell = tuple[str, int, int]  #: a sheet's name, and a row and a column from 1

# What they keep to themselves is used, too, to work in bulk: the next version of the engine has to be looked at.
formulon: Any = package
wasmtime: Any = runtime
_LIB: Any = binding.LIB
_SPILL, _OWN = "#SPILL!", 0
_FAR = 16_000  #: a column where nothing stands in the way of an array
_GONE = 512 * 2**20  #: memory of the engine above which it is started anew; it never gives any back


class Engine:
    """A workbook that computes. Errors are texts such as '#N/A', dates are numbers, a blank is None.

    profile: Excel's language and region. now: what NOW and TODAY give; left out, the time.
    """

    def __init__(self, content: bytes, profile: str | None = None, now: dt.datetime | None = None) -> None:
        self._functions = _loops()
        try:
            self._book = formulon.Workbook.load(content)
            if profile in PROFILES:
                self._book.set_excel_profile_id(profile)
            if now is not None:
                self._book.set_pinned_now(now.year, now.month, now.day, now.hour, now.minute, now.second)
        except FormulonError as error:
            raise _refused(error) from None
        self.sheets = {self._book.sheet_name(number): number for number in range(self._book.sheet_count())}

    def close(self) -> None:
        self._book.close()
        if _LIB.memory.data_len(_LIB.store) > _GONE:
            _start_anew()

    def recalculate(self) -> None:
        self._try(self._book.recalc)

    def define(self, name: str, formula: str) -> None:
        """Give a defined name another formula, written without its =."""
        self._book.set_defined_name(name, formula)

    def formula(self, cell: Cell) -> str:
        """A cell's formula without its =; "" if it has none."""
        return (self._book.get_formula(*self._place(cell)) or "").removeprefix("=")

    def values(self, cells: Sequence[Cell]) -> list[Any]:
        """The values of cells, all in one call."""
        if not cells:
            return []
        places = self._places(cells)
        address = _LIB.alloc(len(places))
        _LIB.write_bytes(address, places)
        try:
            return self._read(address, len(cells))
        finally:
            _LIB.free(address)

    def put(self, values: Mapping[Cell, Any]) -> None:
        """Set cells to values and formulas, all in one call; an array formula's answer takes its cells by itself."""
        rest = dict(values)
        while rest and (done := self._put(rest)) < len(rest):
            refused = list(rest)[done]
            if not isinstance(rest[refused], FormulaText):
                raise MrrError("the workbook can't be computed here (a value was refused)")
            rest = {refused: "#NAME?"} | {cell: rest[cell] for cell in list(rest)[done + 1 :]}

    def _put(self, values: Mapping[Cell, Any]) -> int:
        """Set cells up to one that the engine refuses; gives how many."""
        places, (held, texts) = self._places(values), packed(values.values(), _codes())
        address = _LIB.alloc(len(places) + len(held) + len(texts) + 1)
        _LIB.write_bytes(address, places + held + texts)
        values_at = address + len(places)
        try:
            return self._call("write", self._book._handle, address, values_at, values_at + len(held), len(values))
        finally:
            _LIB.free(address)

    def evaluated(self, cell: Cell, formula: str) -> list[list[Any]]:
        """The whole answer of a formula, given with its =, as if it stood in a cell, in whose way nothing stands."""
        grid = self._grid(cell, formula)
        return self._grid((cell[0], cell[1], _FAR), formula) if grid == [[_SPILL]] else grid

    def extent(self, cell: Cell) -> tuple[int, int]:
        """The rows and columns that the answer of a cell's formula takes."""
        info = self._book.spill_info(*self._place(cell))
        return (info.rows, info.cols) if info.engaged else (1, 1)

    def dependents(self, cell: Cell) -> list[Cell]:
        """The cells whose formulas need a cell, through others, too."""
        names = list(self.sheets)
        nodes = self._book.dependents(*self._place(cell), 1_000_000)
        return [(names[node.sheet], node.row + 1, node.col + 1) for node in nodes]

    def add_sheet(self, name: str) -> None:
        self._book.add_sheet(name)
        self.sheets[name] = len(self.sheets)

    def _place(self, cell: Cell) -> tuple[int, int, int]:
        return self.sheets[cell[0]], cell[1] - 1, cell[2] - 1

    def _places(self, cells: Collection[Cell]) -> bytes:
        return struct.pack(f"<{3 * len(cells)}I", *(number for cell in cells for number in self._place(cell)))

    def _grid(self, cell: Cell, formula: str) -> list[list[Any]]:
        try:
            rows, columns = self._book._stash_formula_array(*self._place(cell), formula)
        except FormulonError as error:
            if _LIB._poison_message is not None:
                raise _refused(error) from None
            return [["#NAME?"]]
        values = self._read(0, rows * columns)
        return [values[start : start + columns] for start in range(0, len(values), columns)]

    def _read(self, cells: int, count: int) -> list[Any]:
        room, done, values = 32 * count + 70_000, 0, list[Any]()
        out = _LIB.alloc(16 * count + room)
        try:
            while done < count:
                texts, end = out + 16 * count, out + 16 * count + room
                now = self._call("read", self._book._handle, cells, done, count, out, texts, end)
                if now == done:
                    raise MrrError("the workbook can't be computed here (a cell can't be read)")
                memory = ctypes.addressof(_LIB.memory.data_ptr(_LIB.store).contents)
                content = ctypes.string_at(memory + (out & 0xFFFFFFFF), 16 * (now - done))
                values += unpacked(content, memory, _error)
                done = now
        finally:
            _LIB.free(out)
        return values

    def _call(self, name: str, *arguments: int) -> int:
        return int(self._try(lambda: self._functions[name](_LIB.store, *arguments)))

    def _try(self, work: Any) -> Any:
        try:
            return work()
        except (FormulonError, runtime.Trap) as error:
            raise _refused(error) from None


@cache
def computes(function: str) -> bool:
    """Whether the engine computes a function of Excel by itself, without a server or a model."""
    _loops()
    metadata = formulon.Workbook.function_metadata(function)
    return function == "SINGLE" or (metadata is not None and metadata.availability == _OWN)


_REGIONS = "ja_JP en_US de_DE fr_FR zh_CN ko_KR th_TH es_ES es_MX pt_BR ru_RU zh_TW it_IT nl_NL"
#: Excel's language and region, as the engine calls them.
PROFILES = frozenset(f"win-365-{region}" for region in _REGIONS.split(" "))


@cache
def _error(code: int) -> str:
    return formulon.error_display_name(code)


@cache
def _codes() -> dict[str, int]:
    return {_error(int(code)): int(code) for code in formulon.ErrorCode}


def _refused(error: Exception) -> MrrError:
    """What the user is told; an engine that stopped in the middle of a call is started anew for the next workbook."""
    reason = str(error).split("\n")[0]
    if _LIB._poison_message is not None or isinstance(error, runtime.Trap):
        _start_anew()
        reason = "its formulas stopped it"
    return MrrError(f"the workbook can't be computed here ({reason})")


def _start_anew() -> None:
    _LIB.__init__()
    _loops.cache_clear()


@cache
def _loops() -> dict[str, Any]:
    """The loops, beside an engine that was compiled before, if the user's cache directory can be used."""
    compiled = _cached_compiler()
    new = wasmtime.Engine
    if compiled is not None:
        wasmtime.Engine = lambda *_: compiled
    try:
        _LIB._ensure()
    finally:
        wasmtime.Engine = new
    store, exports = _LIB.store, _LIB._exports
    linker = wasmtime.Linker(_LIB._engine)
    names = {f"set_{name}": name for name in ("number", "bool", "text", "error", "formula", "blank")}
    for export, name in {"get_value": "get", "evaluate_formula_array_cell": "item", **names}.items():
        linker.define(store, "engine", name, exports[f"fm_workbook_{export}"])
    linker.define(store, "engine", "memory", _LIB.memory)
    instance = linker.instantiate(store, wasmtime.Module(_LIB._engine, WAT))
    return dict(instance.exports(store).items())


def _cached_compiler() -> Any:
    """A compiler that keeps what it compiled; None where there is no directory for it."""
    try:
        config = wasmtime.Config()
        config.cache = True
        return wasmtime.Engine(config)
    except runtime.WasmtimeError:
        return None
