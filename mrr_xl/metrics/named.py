"""A Python function for each metric, called as it is: mrr_xl.nrr(data, months=12) is what MRR_NRR gives."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from mrr_xl.metrics.arguments import ARGUMENTS, refuse_unknown
from mrr_xl.metrics.evaluate import evaluate
from mrr_xl.metrics.registry import REGISTRY, Metric

#: MRR_LEDGER stands for data in a cell, and movements() does what MRR_MOVEMENTS does.
ELSEWHERE = ("MRR_LEDGER", "MRR_MOVEMENTS", "MRR_MONTHLY", "MRR_FROM_ARPA")
#: Arguments of sheet functions as movements() calls them.
RENAMED = {"first_month": "start", "last_month": "to"}
IN_CELLS = {python: cell for cell, python in RENAMED.items()}

#: What an argument is in Python, where that is not what it is in a cell.
_IN_PYTHON = {
    "data": ("frame, path or URL", "a pandas, Polars, PyArrow, DuckDB, Ibis, Spark or SQLFrame table, or a file"),
    "month": ("date, str or list of them, optional", 'a month, such as "2024-03"; if left out, the last one reported'),
    "where": ("str, optional", 'which lines to count, such as "plan=Pro; region<>US"; if left out, all of them'),
    "settings": ("dict or Settings, optional", "the rules that are not to be the default; or each as a keyword"),
    "rates": ("frame, path or dict, optional", "what one unit of each currency is worth: currency, [month] and rate"),
    "against": ("frame or path, optional", "the same data as it was earlier, to see what has been restated"),
}
_TYPES = {"ledger": "frame", "month": "date or str", "text": "str", "number": "float", "count": "int"}
_READING = ("**reading", "", "settings, and how the data is to be read: dates, decimal, sheet ... (docs/sources.md)")
_RETURNS = {
    "series": ("float or Series", "{unit}; a Series by month for a list of months. What is undefined is NaN."),
    "value": ("Period", "{unit}."),
    "table": ("DataFrame", "A pandas frame, with the columns named above."),
    "arithmetic": ("float", "{unit}. What is undefined is NaN."),
}
_UNITS = {"money": "Money", "count": "A count", "rate": "A fraction", "ratio": "A number", "month": "A month"}


def python_name(metric: Metric) -> str:
    """What a metric's function is called.

    >>> python_name(REGISTRY["MRR_NET_NEW"]), python_name(REGISTRY["MRR"])
    ('net_new', 'mrr')
    """
    return metric.name.removeprefix("MRR_").lower()


#: The metric of each function.
NAMED = {python_name(metric): metric for metric in REGISTRY.values() if metric.name not in ELSEWHERE}


def signature(metric: Metric) -> inspect.Signature:
    """What a metric's function takes: the data and the month by place, all else by name."""
    defaults = inspect.signature(metric.compute).parameters
    own = [
        inspect.Parameter(RENAMED.get(name, name), inspect.Parameter.KEYWORD_ONLY, default=defaults[name].default)
        for name in metric.own_arguments
        if name != "month"
    ]
    if metric.kind == "arithmetic":
        return inspect.Signature([item.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD) for item in own])
    first = [inspect.Parameter("data", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    if "month" in metric.arguments:
        first.append(inspect.Parameter("month", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None))
    lines = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in ("where", "settings", "rates")
    ]
    return inspect.Signature([*first, *own, *lines, inspect.Parameter("reading", inspect.Parameter.VAR_KEYWORD)])


def documentation(metric: Metric) -> str:
    """A metric's docstring in the form of numpydoc."""
    parts = [metric.prose, "\nParameters\n----------"]
    for parameter in signature(metric).parameters.values():
        name = IN_CELLS.get(parameter.name, parameter.name)
        if name == "reading":
            name, of, doc = _READING
        else:
            of, doc = _IN_PYTHON.get(name) or (_TYPES[ARGUMENTS[name].kind], ARGUMENTS[name].doc)
            if parameter.default is not inspect.Parameter.empty and not of.endswith("optional"):
                of += ", optional"
            name = parameter.name
        parts += [f"{name} : {of}" if of else name, f"    {doc}"]
    of, doc = _RETURNS[metric.kind]
    parts += ["\nReturns\n-------", of, f"    {doc.format(unit=_UNITS.get(metric.unit, ''))}"]
    raised = "What is wrong in the data or the arguments, where, and how to mend it."
    parts += ["\nRaises\n------", "MrrError", f"    {raised}"]
    if metric.kind != "arithmetic" and metric.name != "MRR_CHECKS":  # which says it itself
        parts += ["\nWarns\n-----", "MrrWarning", "    What may make the figures wrong."]
    parts += ["\nExamples\n--------", _example(metric)]
    return "\n".join(parts) + "\n"


def _example(metric: Metric) -> str:
    """A metric's example, in which its own function is called."""
    call = re.compile(rf'\bmetric\("{metric.name}"(?:, )?')
    return call.sub(f"mrr_xl.{python_name(metric)}(", metric.example)


def function_of(name: str) -> Callable[..., Any]:
    """The function of this name."""
    metric = NAMED[name]
    taken = signature(metric)

    def figure(*args: Any, **kwargs: Any) -> Any:
        try:
            given = taken.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise TypeError(f"{name}() {error}") from None
        others = given.pop("reading", {})
        refuse_unknown(f"mrr_xl.{name}", [*given, *others], [known for known in taken.parameters if known != "reading"])
        own = {cell: given.pop(python) for cell, python in RENAMED.items() if python in given}
        lines = {key: given.pop(key, None) for key in ("data", "month", "where", "settings", "rates")}
        return evaluate(metric, **lines, arguments=given | own | others)

    figure.__name__ = figure.__qualname__ = name
    figure.__module__ = "mrr_xl"
    figure.__doc__ = documentation(metric)
    figure.__signature__ = taken  # type: ignore[attr-defined]
    return figure
