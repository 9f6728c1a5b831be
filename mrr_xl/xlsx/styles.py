"""Cell styles: whether one shows dates, and one of the same looks that does."""

from __future__ import annotations

import copy
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from mrr_xl.xlsx.package import MAIN, Package

_STYLES = "xl/styles.xml"
#: Built-in date formats of East Asian versions of Excel, which openpyxl does not list.
_EAST_ASIAN_DATES = {*range(27, 37), *range(50, 59)}


def date_style(package: Package, style: str | None) -> str:
    """The number of a cell style that shows dates: `style` if it does, else one like it."""
    root = package.root(_STYLES)
    formats: Any = root.find(f"{MAIN}cellXfs")
    current = formats[int(style or 0)]
    if _shows_dates(root, int(current.get("numFmtId") or 0)):
        return style or "0"
    package.touched.add(_STYLES)
    new = copy.deepcopy(current)
    new.set("numFmtId", "14")
    new.set("applyNumberFormat", "1")
    formats.append(new)
    formats.set("count", str(len(formats)))
    return str(len(formats) - 1)


def _shows_dates(styles: Any, number: int) -> bool:
    """Whether a number format, by its id, shows a date or a time."""
    codes = {int(custom.get("numFmtId")): custom.get("formatCode") for custom in styles.iter(f"{MAIN}numFmt")}
    if number not in codes and number in _EAST_ASIAN_DATES:
        return True
    return is_date_format(codes.get(number, BUILTIN_FORMATS.get(number)))
