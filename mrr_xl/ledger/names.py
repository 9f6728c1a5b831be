"""Who pays: the customers and subscriptions of a table, by whatever their columns call them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import cell_errors
from mrr_xl.later import np, pd
from mrr_xl.ledger.frames import as_text, trimmed
from mrr_xl.ledger.reading import SOURCE, Reading
from mrr_xl.sources.number_texts import EXACT, LOST, LOST_DIGITS

NAMES = ("parent", "customer", "subscription")


def read_names(reading: Reading) -> None:
    """Read the columns customer and subscription as texts; what is wrong with a parent matters to who asks for it."""
    for role in NAMES:
        if role in reading.layout.roles:
            reading.values[role] = nw.col(role)
            column, dtype = nw.col(SOURCE + reading.layout.roles[role]), reading.type_of(role)
            name, problems = name_of(column, dtype).alias(role), _problems(role, column, dtype)
            once = _each_once(reading, role, name, problems)
            reading.derived.append(name if once is None else once)
            reading.problems += problems if once is None else []


def _problems(role: str, column: nw.Expr, dtype: Any) -> list[tuple[nw.Expr, str, str]]:
    """What may be wrong with the names of a column."""
    if role == "parent":
        return []
    name = nw.col(role)
    blank = "the customer is blank; fill it in or remove the row"
    problems = [(name.is_null() | (name == ""), role, blank)] if role == "customer" else []
    problems.append((name == cell_errors.NOT_COMPUTED, role, cell_errors.mend(cell_errors.NOT_COMPUTED)))
    problems.append((name.is_in(cell_errors.TEXTS), role, cell_errors.mend("{value}")))
    if dtype.is_float():
        problems.append((_number(column).abs() >= exact(dtype), role, LOST))
    elif not dtype.is_numeric():
        problems.append((name.str.contains(LOST_DIGITS).fill_null(False), role, LOST))
    return problems


def exact(dtype: Any) -> int:
    """The number below which whole numbers of a type are themselves: floats of 32 bits are exact to 2**24."""
    return 2**24 if dtype == nw.Float32 else EXACT


def _each_once(
    reading: Reading, role: str, name: nw.Expr, problems: list[tuple[nw.Expr, str, str]]
) -> nw.Series[Any] | None:
    """A column of names, each of which was read once; None where that can't be, or where one of them is wrong."""
    table, dtype = reading.table, reading.type_of(role)
    in_polars = isinstance(table, nw.DataFrame) and table.implementation.is_polars()
    if not in_polars or not (dtype == nw.String or dtype.is_integer()):
        return None
    cells = nw.from_native(table[SOURCE + reading.layout.roles[role]].to_native().rechunk(), series_only=True)
    # By their hashes, which takes a fourth of the time of comparing texts; that no two cells share one is looked at.
    for number, first in numbered(cells.to_native().hash().to_numpy()):
        once = cells[first]
        if once[number].to_native().eq_missing(cells.to_native()).all():
            break
    else:
        return None
    names = once.to_frame().with_columns(name)
    found = names.select(wrong.any().alias(f"{place}") for place, (wrong, _, _) in enumerate(problems))
    if any(map(any, found.rows())):
        return None
    return names[role].cast(nw.Categorical)[number]


def numbered(hashes: np.ndarray[Any, Any]) -> Iterator[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
    """A whole number for each hash, and the first row of each number: in half the time, then without a mistake.

    The first answer sorts each row's number along with the hash, whose last bits it takes the place of, so that two
    hashes may have one number.
    """
    places = np.uint64((1 << len(hashes).bit_length()) - 1)
    packed = hashes.astype(np.uint64)
    packed &= ~places
    packed |= np.arange(len(hashes), dtype=np.uint64)
    packed.sort()
    begins = np.append(True, packed[1:] ^ packed[:-1] > places)[: len(packed)]
    packed &= places
    row = packed.view(np.int64)
    nth = np.cumsum(begins, dtype=np.int32)
    nth -= 1
    number = np.empty_like(nth)
    number[row] = nth
    yield number, row[begins]
    number, different = pd.factorize(hashes)
    first = np.empty(len(different), dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    yield number, first


def name_of(column: nw.Expr, dtype: Any) -> nw.Expr:
    """A column of ids or names as texts without blanks around them.

    Cells and pandas make whole ids floats: 7.0 is the customer 7, and 7.5 is another one.
    """
    if dtype == nw.String:
        return trimmed(column)
    if dtype == nw.Boolean:
        return as_text(column).str.to_lowercase()
    if not dtype.is_float():
        return trimmed(as_text(column))
    value = _number(column)
    whole = (value == value.floor()) & (value.abs() < EXACT)
    digits = nw.when(whole).then(value).otherwise(nw.lit(0.0)).cast(nw.Int64).cast(nw.String)
    named = nw.when(whole).then(digits).otherwise(as_text(column))
    return nw.when(~column.is_null() & ~column.cast(nw.Float64).is_nan()).then(named)


def _number(column: nw.Expr) -> nw.Expr:
    """A column of floats without what is missing."""
    value = column.cast(nw.Float64).fill_null(0)
    return nw.when(value.is_nan()).then(nw.lit(0.0)).otherwise(value)
