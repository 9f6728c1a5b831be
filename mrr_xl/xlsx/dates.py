"""Whether a cell's style shows a date, and a style of the same looks that does."""

from __future__ import annotations

import copy
import re
from typing import Any

from mrr_xl.xlsx.package import MAIN, Package

_BUILT_IN = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


def date_style(package: Package, style: str | None) -> str:
    """The number of a cell style that shows dates: `style` if it does, else one like it."""
    root = package.root("xl/styles.xml")
    formats: Any = root.find(f"{MAIN}cellXfs")
    own = formats[int(style or 0)]
    if _shows_dates(root, int(own.get("numFmtId") or 0)):
        return style or "0"
    root = package.root("xl/styles.xml", touch=True)
    new = copy.deepcopy(own)
    new.set("numFmtId", "14")
    new.set("applyNumberFormat", "1")
    formats.append(new)
    formats.set("count", str(len(formats)))
    return str(len(formats) - 1)


def _shows_dates(root: Any, number: int) -> bool:
    for custom in root.iter(f"{MAIN}numFmt"):
        if int(custom.get("numFmtId")) == number:
            code = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", custom.get("formatCode"))
            return bool(re.search("[dmy]", code, re.IGNORECASE))
    return number in _BUILT_IN
