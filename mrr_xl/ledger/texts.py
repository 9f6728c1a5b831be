"""What the text of a cell says: nothing, an error, a number as people write it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import cell_errors
from mrr_xl.date_texts import NO_DATE
from mrr_xl.errors import MrrError, shown
from mrr_xl.ledger.pricing import number
from mrr_xl.sources.number_texts import NO_NUMBER, is_nothing, number_of, plain_number


def is_missing(text: str, dtype: Any = None) -> bool:
    """Whether a text says that there is nothing in its cell; a lone hyphen is 0 among numbers."""
    plain = text.strip().lower()
    return not plain or plain in NO_NUMBER or (dtype != nw.Float64 and (plain in NO_DATE or plain[:10] in NO_DATE))


def is_blank(value: Any, dtype: Any = None) -> bool:
    """Whether a cell has no value, or a text that says so."""
    return is_nothing(value) or (isinstance(value, str) and is_missing(value, dtype))


def not_an_error_cell(value: Any) -> Any:
    if value in cell_errors.UNREAD:
        raise MrrError(cell_errors.mend(value))
    return value


def number_in(value: Any, sign: str | None, meaning: str, numbers: Collection[str] = ()) -> float:
    """A cell's number; a discount may be a percentage. numbers: texts that stand for a sheet's numbers."""
    if not isinstance(value, str) or value in numbers:
        return number(value, meaning)
    if meaning == "a discount" and value.strip().endswith("%"):
        return plain_number(value.strip()[:-1], sign, meaning) / 100
    if meaning == "a discount" and number_of(value, sign) is None:
        raise MrrError(
            f"{shown(value)} is not a discount; write a fraction such as 0.1 or 10%, how long it runs in a column "
            "Discount duration, and an amount in a column Discount amount"
        )
    return plain_number(value, sign, meaning)


def percentage_in(value: Any, sign: str | None, meaning: str, numbers: Collection[str] = ()) -> float:
    """A cell of a column of percentages as a fraction: '20%' or 20 is 0.2. Raises MrrError for 0.2, which is either.

    >>> percentage_in("20 %", None, "a discount"), percentage_in("20", None, "a discount")
    (0.2, 0.2)
    """
    amount = number_in(value, sign, meaning, numbers)
    if isinstance(value, str) and value.strip().endswith("%"):
        return amount
    if 0 < amount <= 1:
        raise MrrError(
            f"{shown(value)} may be a fraction or a percentage; write it with its sign, such as 20%, or rename the "
            "column discount"
        )
    return amount / 100
