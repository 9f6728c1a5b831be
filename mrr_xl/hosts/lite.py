"""xlwings Lite: the code that a workbook carries, for Excel on Windows, on the Mac and on the web."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mrr_xl.hosts.excel import OFFICE, registered
from mrr_xl.hosts.functions import sheet_functions

#: What stands in the tab main.py. Workbooks keep it, so what it imports stays.
MAIN = '''\
"""Monthly recurring revenue: type =MRR into a cell and Excel lists the functions."""

from xlwings import arg, func, ret

from mrr_xl.hosts.lite import custom_functions

# xlwings Lite looks for functions among this file's names.
globals().update(custom_functions(func, arg, ret))
'''


def requirements(wheel: str | None = None) -> str:
    """What stands in the tab requirements.txt.

    wheel: where mrr_xl's own wheel can be fetched, instead of the package index.

    >>> print(requirements().splitlines()[-1])
    mrr-xl
    """
    # pandas comes with Lite's Python, which knows no time zones without tzdata.
    return "\n".join(["xlwings>=0.37.8", "pandas", "tzdata", wheel or "mrr-xl", ""])


def custom_functions(
    func: Callable[..., Any], arg: Callable[..., Any], ret: Callable[..., Any]
) -> dict[str, Callable[..., Any]]:
    """The sheet functions under xlwings Lite's decorators `func`, `arg` and `ret`, by name.

    What is undefined becomes a real #N/A, a user's mistake a #VALUE! that says why.
    """
    return registered(sheet_functions(), func, arg, ret, **OFFICE)
