"""xlwings Lite: the code that a workbook carries, for Excel on Windows, on the Mac and on the web."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.hosts.excel import office_functions
from mrr_xl.metrics import REGISTRY

#: What stands in the tab main.py, or in a personal module. Workbooks keep it, so what it imports stays.
MAIN = '''\
"""Monthly recurring revenue: type =MRR into a cell and Excel lists the functions."""

from xlwings import arg, func, ret

from mrr_xl.hosts.lite import custom_functions

# xlwings Lite looks for functions among this file's names.
globals().update(custom_functions(func, arg, ret))
'''

#: The same as a personal module: Lite has those of its folder "personal" in every workbook
#: (https://lite.xlwings.org/personal_modules).
PERSONAL = "personal/mrr.py"

#: What Excel writes in a file before the name of a function that an add-in of this kind brings.
PREFIX = "_xldudf_"
_NAMES = "|".join(sorted(REGISTRY, key=len, reverse=True))
# Texts and quoted sheet names are found first, so that no name inside them is.
_TOKEN = re.compile(rf"""("(?:[^"]|"")*"|'(?:[^']|'')*'!)|(?<![\w.])(?:{PREFIX})?({_NAMES})(?=\s*\()""", re.IGNORECASE)


def requirements(wheel: str | None = None) -> str:
    """What stands in the tab requirements.txt.

    wheel: where mrr_xl's own wheel can be fetched, instead of the package index.

    >>> print(requirements().splitlines()[-1])
    mrr-xl<1
    """
    # Bounds and no exact versions: Lite writes down those that it installed, in requirements-pinned.txt.
    # pandas comes with Lite's Python, which knows no time zones without tzdata.
    return "\n".join(["xlwings>=0.37.8,<1", "pandas", "tzdata", wheel or "mrr-xl<1", ""])


def custom_functions(
    func: Callable[..., Any], arg: Callable[..., Any], ret: Callable[..., Any]
) -> dict[str, Callable[..., Any]]:
    """The sheet functions under xlwings Lite's decorators `func`, `arg` and `ret`, by name.

    What is undefined becomes a real #N/A, a user's mistake a #VALUE! that says why.
    """
    return office_functions(sheet_functions(), func, arg, ret)


def with_prefix(formula: str) -> str:
    """A formula that names our functions as Lite's.

    >>> with_prefix('=EDATE(MRR_LAST_MONTH(Subscriptions[#All]),-1)&"MRR("')
    '=EDATE(_xldudf_MRR_LAST_MONTH(Subscriptions[#All]),-1)&"MRR("'
    """
    return _TOKEN.sub(lambda match: match[1] or PREFIX + match[2].upper(), formula)


def without_prefix(formula: str) -> str:
    """The same formula with our functions' own names.

    >>> without_prefix("=_xldudf_MRR_NEW(A1:B9)+_xldudf_OTHER(1)")
    '=MRR_NEW(A1:B9)+_xldudf_OTHER(1)'
    """
    if PREFIX not in formula.lower():
        return formula
    return _TOKEN.sub(lambda match: match[1] or match[2].upper(), formula)
