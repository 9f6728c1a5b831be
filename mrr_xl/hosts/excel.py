"""xlwings: the sheet functions as its decorators take them, and what Excel's COM needs of them on Windows."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from mrr_xl import cell_errors
from mrr_xl.errors import MrrError
from mrr_xl.functions.sheet_functions import argument_help, help_address, sheet_functions
from mrr_xl.metrics import ARGUMENTS, REGISTRY

#: How the text begins that stands for a mistake, with the sentence after it.
MISTAKE = f"{cell_errors.VALUE.text} "
#: What only classic xlwings takes of a function: another host may refuse it.
CLASSIC: Mapping[str, Any] = {"category": "MRR", "call_in_wizard": False}
_NONE: Mapping[str, Any] = {}


def registered(
    functions: Mapping[str, Callable[..., Any]],
    func: Callable[..., Any],
    arg: Callable[..., Any],
    ret: Callable[..., Any],
    *,
    options: Mapping[str, Any] = _NONE,
    answer: Mapping[str, Any] = _NONE,
) -> dict[str, Callable[..., Any]]:
    """The sheet functions under xlwings' decorators `func`, `arg` and `ret`, by name.

    Every argument is "raw": a range of 100,000 rows takes a quarter of a second that way and ten as a
    DataFrame. The answer is not: xlwings' converter makes real errors of texts such as #N/A, dates of dates and
    rows of a single figure, as each kind of Excel wants them. options: what this host takes of a function; answer:
    what its converter takes. Each function is called as the sheet calls it. On systems without COM the classic
    decorators do nothing, and the functions stay plain callables.
    """
    decorated = {}
    for name, function in functions.items():
        for argument, doc in argument_help(REGISTRY[name]).items():
            function = arg(argument, "raw", doc=doc)(function)
        decorated[name] = func(**options)(ret(**answer)(function))
    return decorated


def office_functions(
    functions: Mapping[str, Callable[..., Any]],
    func: Callable[..., Any],
    arg: Callable[..., Any],
    ret: Callable[..., Any],
) -> dict[str, Callable[..., Any]]:
    """The same for hosts in Office.js, xlwings Lite and Server, which take more of a function.

    An argument of a few words has a list of them in the formula bar: xlwings makes one of typing.Literal, since 0.35.3.
    Excel hands over such an argument as a single text. Dates of an answer are months, and shown as such.
    """
    decorated: dict[str, Callable[..., Any]] = {}
    for name, function in functions.items():
        function.__annotations__ = {
            argument: _listed(words) for argument in REGISTRY[name].arguments if (words := ARGUMENTS[argument].words)
        }
        options = {"help_url": page} if (page := help_address(name)) else _NONE
        decorated |= registered({name: function}, func, arg, ret, options=options, answer={"date_format": "yyyy-mm"})
    return decorated


def _listed(words: Mapping[str, str]) -> Any:
    return Annotated[Literal[tuple(words)], {"tooltips": words}]


def cell_functions() -> dict[str, Callable[..., Any]]:
    """The sheet functions as Excel's COM calls them: a mistake is a text in the cell, not Python's traceback.

    >>> cell_functions()["MRR_FROM_ARPA"](50.0)
    '#VALUE! MRR_FROM_ARPA needs average_revenue: the average revenue per customer over the period'
    """
    return {name: answered(function) for name, function in sheet_functions().items()}


def answered(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose mistakes are texts, as VBA knows them from its other answers."""

    @functools.wraps(function)
    def told(*given: Any) -> Any:
        try:
            return function(*given)
        except MrrError as mistake:
            return MISTAKE + " ".join(str(mistake).split())

    told.__annotations__ = {}  # xlwings would take them for converters
    told.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return told
