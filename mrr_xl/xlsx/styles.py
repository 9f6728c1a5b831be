"""Cell styles: whether one shows dates, and one of the same looks that does."""

from __future__ import annotations

import copy
import datetime as dt
import re
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


def date_as_shown(package: Package, style: str | None, serial: float) -> str | None:
    """A day as a cell of this style shows it, months in English; None for a style of anything else than days."""
    root = package.root(_STYLES)
    number = int(root.find(f"{MAIN}cellXfs")[int(style or 0)].get("numFmtId") or 0)
    custom = {int(one.get("numFmtId")): one.get("formatCode") for one in root.iter(f"{MAIN}numFmt")}
    code = custom.get(number, "m/d/yyyy" if number == 14 else BUILTIN_FORMATS.get(number))
    if not code or not is_date_format(code) or not 61 <= serial < 2_958_466:
        return None
    code = re.sub(r"\[[^\]]*\]", "", code.partition(";")[0])
    if re.search("[hs]", re.sub(r'"[^"]*"', "", code), re.IGNORECASE):
        return None
    day = dt.date(1899, 12, 30) + dt.timedelta(int(serial))
    texts = {"yyyy": f"{day.year:04}", "yy": f"{day.year % 100:02}", "mmmm": f"{day:%B}", "mmm": f"{day:%b}"}
    texts |= {"mm": f"{day.month:02}", "m": str(day.month), "dddd": f"{day:%A}", "ddd": f"{day:%a}"}
    texts |= {"dd": f"{day.day:02}", "d": str(day.day)}
    parts = re.findall(r'"[^"]*"|\\.|y+|m+|d+|.', code, re.IGNORECASE)
    return "".join(texts.get(part.lower(), part.strip('"').removeprefix("\\")) for part in parts)


def _shows_dates(styles: Any, number: int) -> bool:
    """Whether a number format, by its id, shows a date or a time."""
    codes = {int(custom.get("numFmtId")): custom.get("formatCode") for custom in styles.iter(f"{MAIN}numFmt")}
    if number not in codes and number in _EAST_ASIAN_DATES:
        return True
    return is_date_format(codes.get(number, BUILTIN_FORMATS.get(number)))
