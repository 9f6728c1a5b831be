"""Handles: the text in a cell that stands for a range that has been read, with the rules that go with it."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from mrr_xl import cell_errors
from mrr_xl.errors import MrrError, shown
from mrr_xl.functions.cells import Rows, value_of
from mrr_xl.ledger.rates import Rates
from mrr_xl.settings import Settings
from mrr_xl.sources.how import How

#: How the sentence about a handle that nothing stands behind begins.
UNKNOWN = "Python does not know"
_HANDLE = re.compile(r"[\d,]+ lines?\b.* #[0-9a-f]{12}")
_EPOCH = dt.datetime(1899, 12, 30)
_CELLS = 10_000_000  #: of all ranges together that stay known


@dataclass(frozen=True)
class Read:
    """A range that MRR_LEDGER has read, and the rules that it was given."""

    content: Any
    cells: int
    settings: Settings
    rates: Rates
    how: How


class Handles:
    """The ranges behind the handles: those asked for last, up to ten million cells, and always the newest."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, Read] = OrderedDict()
        self._dropped: set[str] = set()
        self._lock = Lock()  # a server computes in several threads

    def keep(self, handle: str, read: Read) -> None:
        with self._lock:
            self._read[handle] = read
            self._read.move_to_end(handle)
            while len(self._read) > 1 and sum(one.cells for one in self._read.values()) > _CELLS:
                self._dropped.add(self._read.popitem(last=False)[0])

    def of(self, raw: Any) -> Read | None:
        """What a single cell with a handle stands for; None for any other argument. Raises MrrError."""
        text = _only_text(raw)
        if text is None:
            return None
        if text in cell_errors.TEXTS:
            raise MrrError(f"the cell that data names holds the error {text}; fix that cell first")
        if not _HANDLE.fullmatch(text):
            return None
        with self._lock:
            if text not in self._read:
                raise self._unknown(text)
            self._read.move_to_end(text)
            return self._read[text]

    def _unknown(self, text: str) -> MrrError:
        again = "recalculate all formulas with Ctrl+Alt+F9 (in LibreOffice Ctrl+Shift+F9)"
        if text not in self._dropped:
            return MrrError(f"{UNKNOWN} {shown(text)}: it has been started anew since MRR_LEDGER gave it; {again}")
        return MrrError(
            f"{UNKNOWN} {shown(text)} any more: MRR_LEDGER has read more than {_CELLS:,} cells since; {again}, or give "
            "the range itself as data"
        )


def _only_text(raw: Any) -> str | None:
    while isinstance(raw, (list, tuple)) and len(raw) == 1:
        raw = raw[0]
    value = None if isinstance(raw, (list, tuple)) else value_of(raw)
    return value.strip() if isinstance(value, str) else None


def sign(rows: Iterable[Rows | tuple[Any, ...]], settings: Settings, rates: Rates, how: How) -> str:
    """Twelve hexadecimal digits of a range's content and its rules, the same ones in every program.

    >>> plain = (Settings(), Rates(), How())
    >>> sign([("A", 5, dt.datetime(2024, 3, 1))], *plain) == sign([("A", 5.0, 45352)], *plain)
    True
    """
    found = hashlib.blake2b(repr((settings, rates.pairs, how)).encode(), digest_size=6)
    for row in rows:
        found.update(",".join(map(_spelled, row)).encode("utf-8", "surrogatepass"))
        found.update(b"\n")
    return found.hexdigest()


def _spelled(value: Any) -> str:
    """A value as each program hands it over: a number has 15 digits, a date is one."""
    if isinstance(value, str):
        return repr(value)
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, dt.date):
        at = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
        value = (at.replace(tzinfo=None) - _EPOCH) / dt.timedelta(days=1)
    try:
        return f"{float(value):.15g}"
    except (TypeError, ValueError):
        return repr(value)
