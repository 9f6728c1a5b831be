"""A ledger's lines as one short text: the same lines give the same text, whatever their order."""

from __future__ import annotations

import datetime as dt
import hashlib
import numbers
from collections.abc import Iterator
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.later import np, pd
from mrr_xl.ledger.frames import as_text, to_memory
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.sources.spelling import spelled

#: Roles that the ledger has read; the other columns are compared as they are in the user's table.
_READ = ("customer", "subscription", "start", "end", "cancelled")
LENGTH = 32  #: of a fingerprint, in hexadecimal digits
_BLANK = np.uint64(2**64 - 1)
_NUMBERS = ("amount", "mrr", "quantity", "discount", "discount_amount")


def of_ledger(ledger: Ledger) -> str:
    """The fingerprint of a ledger's lines, whatever their order, and whether pandas, Polars or DuckDB holds them."""
    columns = _columns(ledger)
    texts = [_values(ledger, name, key).alias(name) for name, key in columns.items()]
    count, sums = 0, [0, 0]
    for chunk in _chunks(ledger.frame.select(*texts)):
        lines = np.zeros(len(chunk), dtype=np.uint64)
        for name, key in columns.items():
            lines += _hashes(chunk[name].to_numpy(), key)
        # Two sums over the lines, each mixed differently: 128 bits, and the order of the lines does not matter.
        mixed = (_mixed(lines ^ np.uint64(salt)) for salt in (0, 0x9E3779B97F4A7C15))
        sums = [(before + int(more.sum(dtype=np.uint64))) % 2**64 for before, more in zip(sums, mixed)]
        count += len(chunk)
    text = f"{count} {sums[0]:016x} {sums[1]:016x} {' '.join(sorted(columns.values()))}"
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def _values(ledger: Ledger, name: str, key: str) -> nw.Expr:
    """A column as it is compared: a number as it was read, not as it is written."""
    if key in _NUMBERS and key in ledger.values:
        return ledger.values[key]
    return as_text(nw.col(name)) if name in ("customer", "subscription") else nw.col(name)


def _chunks(frame: Any) -> Iterator[Any]:
    """The frame itself, or a database's lines some at a time: there may be more than memory holds."""
    native = frame.to_native()
    if not hasattr(native, "fetch_df_chunk"):
        yield to_memory(frame)
        return
    while len(chunk := native.fetch_df_chunk(100)):
        yield chunk


def _columns(ledger: Ledger) -> dict[str, str]:
    """The frame's columns that count, and for each a name that does not depend on how its header is spelled."""
    roles = {SOURCE + header: role for role, header in ledger.layout.roles.items()}
    read = {name: name for name in _READ if ledger.has(name)}
    sources = [name for name in ledger.frame.columns if name.startswith(SOURCE)]
    kept = [name for name in sources if roles.get(name) not in (*_READ, "month")]
    return read | {name: roles.get(name) or SOURCE + (spelled(name[len(SOURCE) :]) or name) for name in kept}


def _hashes(values: Any, key: str) -> Any:
    """One number for each value of a column; a blank's is the same in a column of any type."""
    seed = pd.util.hash_array(np.array([key], dtype=object), categorize=False)[0]
    if values.dtype.kind in "iuf":
        return _mixed(_bits(values) ^ seed)
    codes, different = pd.factorize(values)  # each different value is looked at once; a blank's code is -1
    hashes = _text_hashes(different)
    return _mixed(np.append(hashes, _BLANK) ^ seed)[codes]


def _bits(values: Any) -> Any:
    """Numbers as 64 bits each."""
    floats = values.astype(np.float64) + 0.0  # which makes -0.0 a plain 0.0
    return np.where(np.isnan(floats), _BLANK, floats.view(np.uint64))


def _text_hashes(different: Any) -> Any:
    texts = [value.strip() if isinstance(value, str) else _text(value) for value in different]
    hashes = pd.util.hash_array(np.array(texts, dtype=object), categorize=False)
    return np.where(np.array(texts, dtype=object) == "", _BLANK, hashes)


def _text(value: Any) -> str:
    if isinstance(value, (dt.date, np.datetime64)):
        serial = months.serial_of(pd.Timestamp(value))
        return str(value) if serial is None else str(serial)
    return repr(float(value)) if isinstance(value, numbers.Real) else str(value)


def _mixed(numbers_: Any) -> Any:
    """Bits spread evenly, so that sums of the results tell lines apart (the finaliser of splitmix64)."""
    mixed = (numbers_ ^ (numbers_ >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
