"""The metrics' own arguments, as a cell or a keyword gives them → numbers."""

from __future__ import annotations

from mrr_xl.errors import MrrError, shown


def whole_months(value: object, most: int = 120) -> int:
    """A number of months, from 1 to `most`; a cell gives 12.0, the command line '12'.

    >>> whole_months(12.0), whole_months("6")
    (12, 6)
    """
    try:
        months = float(str(value).strip())
    except ValueError:
        months = 0.0
    if isinstance(value, bool) or not 1 <= months <= most or not months.is_integer():
        raise MrrError(f"{shown(value)} is not a number of months; write a whole number from 1 to {most}")
    return int(months)


def choice(value: object, allowed: tuple[str, ...], meaning: str) -> str:
    """One of some words, in any case."""
    word = str(value).strip().lower()
    if word not in allowed:
        raise MrrError(f"{shown(value)} is no {meaning}; it is one of {', '.join(allowed)}")
    return word
