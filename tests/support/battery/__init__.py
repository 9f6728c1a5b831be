"""Formulas with the values that Excel gives them, and the workbook in which they stand.

Each row has a source. A name in brackets is Microsoft's page of that function, of which the row is an example:
[PMT] is https://support.microsoft.com/en-us/excel/functions/pmt-function. "rule" with a name is what that page says in
words. All other sources work the value out. Numbers are compared to the digits that stand there; {…} is an array
formula in one cell (Ctrl+Shift+Enter), any other stands as Excel 2019 wrote it.
"""

from __future__ import annotations

from typing import Any

Row = tuple[str, Any, str]  #: formula, Excel's value, source


def same(found: Any, value: Any) -> bool:
    """Whether a value is Excel's: numbers to the digits that it is written with, anything else exactly."""
    if isinstance(value, (bool, str)) or isinstance(found, (bool, str)) or found is None:
        return type(found) is type(value) and bool(found == value)
    digits = len(f"{value}".partition(".")[2]) if isinstance(value, float) else 9
    return bool(abs(found - value) <= 0.51 * 10**-digits)
