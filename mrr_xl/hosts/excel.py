"""xlwings: the sheet functions as it registers them, for Excel on Windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mrr_xl.hosts.functions import argument_help, sheet_functions
from mrr_xl.metrics import REGISTRY

HELP_URL = "https://pypi.org/project/mrr-xl/"


def registered(
    func: Callable[..., Any], arg: Callable[..., Any], ret: Callable[..., Any]
) -> dict[str, Callable[..., Any]]:
    """The sheet functions under xlwings' decorators `func`, `arg` and `ret`, by name.

    Every argument is "raw": a range of 100,000 rows takes a quarter of a second that way and ten as a
    DataFrame. On systems without COM the decorators do nothing, and the functions stay plain callables.
    """
    functions = {}
    for name, function in sheet_functions().items():
        for argument, doc in argument_help(REGISTRY[name]).items():
            function = arg(argument, "raw", doc=doc)(function)
        function = ret("raw")(function)
        functions[name] = func(name=name, category="MRR", call_in_wizard=False, help_url=HELP_URL)(function)
    return functions
