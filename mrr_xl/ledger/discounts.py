"""What is taken off an amount, and for how long."""

from __future__ import annotations

import re

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.date_texts import folded
from mrr_xl.errors import MrrError, shown
from mrr_xl.ledger import days
from mrr_xl.ledger.pricing import charged, share_of_month
from mrr_xl.ledger.reading import Reading

#: How long a discount runs, but for a number of months: for ever, for one invoice, or for some time.
_FOREVER = ("", "forever", "for ever", "unlimited", "permanent", "always")
_ONCE = ("once", "one time", "onetime", "single", "one off")
_LIMITED = ("repeating", "limited", "temporary", "multiple")
_SOME_TIME = -1
_MEND = "write forever, once, repeating or how many months, such as 3 months"


def charged_lines(reading: Reading, line: nw.Expr) -> dict[str, nw.Expr]:
    """What a line costs per interval while its discount runs, and under list_ without it.

    The fraction is taken off first, then the amount; no price falls below 0.
    """
    roles = reading.layout.roles
    quantity, discount = nw.lit(1), nw.lit(0)
    if "quantity" in roles:
        quantity = reading.number("quantity", "a quantity", blank=1.0)
        reading.problems.append((quantity < 0, "quantity", "{value} is negative; a quantity is 0 or more"))
    if "discount" not in roles and "discount_amount" not in roles:
        return {"": charged(line, quantity, 0) if "quantity" in roles else line}
    if "discount" in roles:
        discount = reading.discount()
        wrong = "{value} is not a discount; write a fraction from 0 to 1, such as 0.2 for 20 %"
        reading.problems.append(((discount < 0) | (discount > 1), "discount", wrong))
    reduced = charged(line, quantity, discount)
    if "discount_amount" in roles:
        off = reading.number("discount_amount", "an amount", blank=0.0)
        reading.problems.append(
            (off < 0, "discount_amount", "{value} is negative; write what is taken off as a number above 0")
        )
        reduced = nw.when(reduced > off).then(reduced - off).otherwise(nw.lit(0.0))
    return {"": reduced, "list_": charged(line, quantity, 0)}


def read_duration(reading: Reading) -> None:
    """Read how long each discount runs from the line's start, where a column says so.

    Gives the columns discount_over, the first day without it, and discount_limited, 1 where it will end at some time.
    """
    if "discount_duration" not in reading.layout.roles:
        return
    column, words = reading.words("discount_duration", _months)
    start, over = nw.col("start"), nw.lit(months.OPEN)
    by_length: dict[int | None, list[str]] = {}
    for word in words:
        by_length.setdefault(_months(word), []).append(word)
    for length, same in by_length.items():
        if length is not None and length >= 0:
            over = nw.when(column.is_in(same)).then(days.months_later_expr(start, length)).otherwise(over)
    if reading.layout.kind == "long":
        counted = [word for length, same in by_length.items() if length is not None and length > 0 for word in same]
        says = "{value} has no start to count from in a schedule; fill in a column discount until instead"
        reading.problems.append((column.is_in(counted), "discount_duration", says))
    limited = nw.when(column.is_in(by_length.get(_SOME_TIME, []))).then(nw.lit(1)).otherwise(nw.lit(0))
    made = {"discount_over": over, "discount_limited": limited}
    reading.table = reading.table.with_columns(
        *((start * 0 + value).cast(nw.Int64).alias(name) for name, value in made.items())
    )


def _months(word: str) -> int | None:
    """How many months a discount runs; None for ever, -1 for some time. Raises MrrError.

    >>> [_months(word) for word in ("forever", "Once", "repeating", "3 months", "1 year", "6")]
    [None, 0, -1, 3, 12, 6]
    """
    text = " ".join(re.sub(r"(?<=\w)[_-]", " ", folded(word)).split())
    if text in _FOREVER:
        return None
    if text in _ONCE or text in _LIMITED:
        return _SOME_TIME if text in _LIMITED else 0
    try:
        share = share_of_month(f"{text} months" if text.isdecimal() else text)
    except MrrError:
        share = None
    if not share or share.numerator > 1:
        raise MrrError(f"{shown(word)} does not say how long a discount runs; {_MEND}")
    return share.denominator
