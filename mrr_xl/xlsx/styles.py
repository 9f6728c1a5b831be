"""Cell styles: whether one shows dates, and one of the same looks that does."""

from __future__ import annotations

import copy
import datetime as dt
import re
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from mrr_xl.errors import MrrError
from mrr_xl.xlsx.package import MAIN, MEND, Package, add_part

_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
_LEAST = (
    f'<styleSheet xmlns="{MAIN.strip("{}")}"><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill '
    'patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/>'
    '</borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="1"><xf/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
#: Built-in date formats of East Asian versions of Excel, which openpyxl does not list.
_EAST_ASIAN_DATES = {*range(27, 37), *range(50, 59)}


def date_style(package: Package, style: str | None) -> str:
    """The number of a cell style that shows dates: `style` if it does, else one like it.

    A style that is not there is the usual one.
    """
    part = package.related("styles") or _add_styles(package)
    root = package.root(part)
    formats: Any = root.find(f"{MAIN}cellXfs")
    cells = [] if formats is None else formats.findall(f"{MAIN}xf")  # comments may stand between them
    if not cells:
        raise MrrError(f"{part} has no formats of cells (cellXfs); {MEND}")
    number = int(style) if style and style.isdecimal() and int(style) < len(cells) else 0
    current = cells[number]
    if _shows_dates(root, current.get("numFmtId") or "0"):
        return str(number)
    package.touched.add(part)
    new = copy.deepcopy(current)
    new.set("numFmtId", "14")
    new.set("applyNumberFormat", "1")
    formats.append(new)
    formats.set("count", str(len(cells) + 1))
    return str(len(cells))


def date_as_shown(package: Package, style: str | None, serial: float) -> str | None:
    """A day as a cell of this style shows it, months in English; None for a style of anything else than days."""
    part = package.related("styles")
    formats = None if part is None else package.root(part).find(f"{MAIN}cellXfs")
    place = int(style) if style and style.isdecimal() else 0
    if part is None or formats is None or place >= len(formats):
        return None
    number = formats[place].get("numFmtId") or "0"
    custom = {one.get("numFmtId"): one.get("formatCode") for one in package.root(part).iter(f"{MAIN}numFmt")}
    built_in = BUILTIN_FORMATS.get(int(number)) if number.isdecimal() else None
    code = custom.get(number, "m/d/yyyy" if number == "14" else built_in)
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


def _add_styles(package: Package) -> str:
    """The least that a part of styles has to hold."""
    names = ("xl/styles.xml", *(f"xl/styles{number}.xml" for number in range(len(package.parts))))
    part = next(name for name in names if package.actual(name) not in package.parts)
    add_part(package, part, _LEAST.encode(), _CONTENT_TYPE, _KIND)
    return part


def _shows_dates(styles: Any, number: str) -> bool:
    """Whether a number format, by its id, shows a date or a time."""
    codes = {custom.get("numFmtId"): custom.get("formatCode") for custom in styles.iter(f"{MAIN}numFmt")}
    if number in codes:
        return is_date_format(codes[number])
    built_in = int(number) if number.isdecimal() else 0
    return built_in in _EAST_ASIAN_DATES or is_date_format(BUILTIN_FORMATS.get(built_in))
