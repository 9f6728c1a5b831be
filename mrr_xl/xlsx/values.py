"""How a value is spelled in a cell's XML: its type and its text. ECMA-376 part 1, 18.18.11 and 22.4.2.4."""

from __future__ import annotations

import math
import re
from typing import Any

from mrr_xl import cell_errors

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def type_and_text(value: Any, beside_formula: bool) -> tuple[str | None, str]:
    """A value's type and text in the file; an overflow is #NUM!, and what is not a number is missing."""
    if value is None:
        return None, ""
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, (int, float)):
        return (None, _written_number(value)) if _is_finite(value) else ("e", cell_errors.NUM.text)
    if not beside_formula:
        return "inlineStr", as_written(value)
    return ("e", cell_errors.stored(value)) if value in cell_errors.TEXTS else ("str", as_written(value))


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond all numbers of a cell
        return False


def _written_number(value: float) -> str:
    return float.__repr__(value).removesuffix(".0") if isinstance(value, float) else str(int(value))


def as_written(value: str) -> str:
    """A text as the file spells it: a plain _x0041_ would be read as the character A.

    openpyxl's escape() is for control characters only, and leaves such a text as it is.
    """
    return _CODE.sub("_x005F_", _ILLEGAL.sub("", value))
