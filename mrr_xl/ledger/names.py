"""Who pays: the customers and subscriptions of a table, by whatever their columns call them."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import cell_errors
from mrr_xl.later import np, pd
from mrr_xl.ledger.frames import as_text, trimmed
from mrr_xl.ledger.reading import SOURCE, Reading
from mrr_xl.sources.number_texts import EXACT, LOST, LOST_DIGITS


def read_names(reading: Reading) -> None:
    """Read the columns customer and subscription as texts; what is wrong with a parent matters to who asks for it."""
    if "parent" in reading.layout.roles:
        column = nw.col(SOURCE + reading.layout.roles["parent"])
        reading.derived.append(name_of(column, reading.type_of("parent")).alias("parent"))
        reading.values["parent"] = nw.col("parent")
    for role in ("customer", "subscription"):
        if role not in reading.layout.roles:
            continue
        column, dtype = nw.col(SOURCE + reading.layout.roles[role]), reading.type_of(role)
        reading.derived.append(name_of(column, dtype).alias(role))
        name = nw.col(role)
        reading.values[role] = name
        if role == "customer":
            blank = "the customer is blank; fill it in or remove the row"
            reading.problems.append((name.is_null() | (name == ""), role, blank))
        reading.problems.append((name == cell_errors.NOT_COMPUTED, role, cell_errors.mend(cell_errors.NOT_COMPUTED)))
        reading.problems.append((name.is_in(cell_errors.TEXTS), role, cell_errors.mend("{value}")))
        if dtype.is_float():
            reading.problems.append((_number(column).abs() >= EXACT, role, LOST))
        elif not dtype.is_numeric():
            reading.problems.append((name.str.contains(LOST_DIGITS).fill_null(False), role, LOST))


def name_of(column: nw.Expr, dtype: Any) -> nw.Expr:
    """A column of ids or names as texts without blanks around them.

    Cells and pandas make whole ids floats: 7.0 is the customer 7, and 7.5 is another one.
    """
    if dtype == nw.String:
        return trimmed(column)
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


def each_once(names: nw.Series[Any]) -> nw.Series[Any]:
    """A column of names as a categorical one, which holds each name once."""
    if names.implementation.is_polars():
        # By their hashes, which takes half the time of comparing texts; that no two names share one is looked at.
        number, different = pd.factorize(names.to_native().hash().to_numpy())
        first = np.empty(len(different), dtype=np.int64)
        first[number[::-1]] = np.arange(len(number))[::-1]
        once = names[first]
        if once[number].to_native().eq_missing(names.to_native()).all():
            return once.cast(nw.Categorical)[number]
    return names.cast(nw.Categorical)
