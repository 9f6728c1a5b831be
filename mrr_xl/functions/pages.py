"""What there is to say of each function, in the order of Microsoft's own pages; derived from the registry.

The texts have `code` and addresses as docstrings have them; docs/functions.md and the terminal show them each in
their own way.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mrr_xl.functions.examples import example_of
from mrr_xl.functions.help_page import RETURNS
from mrr_xl.functions.sheet_functions import syntax
from mrr_xl.functions.worked import formula_of, python_of, result_of, sheet_of
from mrr_xl.metrics import ARGUMENTS, REGISTRY, Metric
from mrr_xl.metrics.columns import Column
from mrr_xl.metrics.decided_by import settings_of
from mrr_xl.metrics.registry import GROUPS

#: What the functions over a ledger have in common.
SHARED = ("data", "month", "where", "settings", "rates")
_SHOWN = 8  #: rows of a result that is a table
_RELATED = 5
_FORMULA = re.compile(r"Formula: (.*?)\.(?= [A-Z`]|$)")
_UNDEFINED = re.compile(r"Undefined \(#N/A\) where (.*?)\.(?= [A-Z`]|$)")
_SOURCE = re.compile(r"Source: (.*)\.$")
_NEEDS = re.compile(r"\bNeeds ([^.;]+)")
_FORMS = {
    "ledger": "a range",
    "month": "a date, or a text such as 2024-03",
    "text": "a text",
    "number": "a number",
    "count": "a whole number from 1 to 120",
    "settings": "a range, or a text",
    "rates": "a range",
}


@dataclass(frozen=True)
class Told:
    """An argument: its name, what it is, its form, and what holds if it is left out, or "required"."""

    name: str
    what: str
    form: str
    default: str


@dataclass(frozen=True)
class Page:
    """The page of a function; cells are texts, and rows of them begin with the headers."""

    name: str
    summary: str
    syntax: str
    arguments: Sequence[Told]
    returns: str
    columns: Sequence[Column]
    remarks: Sequence[str]
    sheet: Sequence[Sequence[str]]
    formula: str
    result: Sequence[Sequence[str]]  #: of one cell, or with headers
    more: int  #: rows of the result that are not in it
    by_hand: str
    python: str
    related: Sequence[str]


def page_of(metric: Metric) -> Page:
    """All that a function's page says; its example is computed."""
    given = result_of(metric)
    rows = given if isinstance(given, list) else [[given]]
    return Page(
        metric.name,
        metric.summary,
        f"={syntax(metric)}",
        [_told(metric, name, optional) for name, optional in metric.arguments.items()],
        _returns(metric),
        metric.columns,
        _remarks(metric),
        _texts(sheet_of(metric)),
        formula_of(metric),
        _texts(rows[: _SHOWN + 1]),
        max(len(rows) - _SHOWN - 1, 0),
        _by_hand(example_of(metric).by_hand),
        python_of(metric),
        related(metric),
    )


def formula_in(metric: Metric) -> str:
    """The formula that a metric's documentation gives; nothing if it gives none."""
    return _found(_FORMULA, " ".join(metric.prose.split()))


def undefined_in(metric: Metric) -> str:
    """Where a metric's documentation says it is undefined."""
    return _found(_UNDEFINED, " ".join(metric.prose.split()))


def related(metric: Metric) -> list[str]:
    """The functions that a reader may look for next: those named beside it, then the nearest of its group."""
    names = list(REGISTRY)
    named = [*_named(metric), *(name for name in names if metric.name in _named(REGISTRY[name]))]
    beside = [name for name in names if REGISTRY[name].group == metric.group]
    beside.sort(key=lambda name: abs(names.index(name) - names.index(metric.name)))
    found = [name for name in dict.fromkeys([*named, *beside]) if name != metric.name]
    return found[:_RELATED]


def grouped() -> dict[str, list[Metric]]:
    """The functions by the question that they answer."""
    return {
        question: [metric for metric in REGISTRY.values() if metric.group == group]
        for group, question in GROUPS.items()
    }


def _named(metric: Metric) -> list[str]:
    """The functions that its documentation names in its text, not in a formula."""
    names = re.findall(r"\b(?:MRR_\w+|ARR)\b", re.sub("`[^`]*`", "", metric.prose))
    return [name for name in names if name in REGISTRY]


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _told(metric: Metric, name: str, optional: bool) -> Told:
    argument = ARGUMENTS[name]
    what, form = argument.what, _FORMS[argument.kind]
    if argument.words:
        what = "; ".join(f"`{word}`: {meaning}" for word, meaning in argument.words.items())
        form = "one of these words"
    elif name == "n":
        form = "a whole number, 1 or more"
    elif name == "months" and metric.kind == "arithmetic":
        form = "a number above 0"
    elif name == "data":
        form += ", or a cell with MRR_LEDGER"
    elif name == "month" and metric.kind == "series":
        form += "; or a range of them"
    elif name == "month":
        what = "the month"
    left_out = _found(re.compile(rf"`{name}` left out: (.*?)\.(?= [A-Z]|$)"), " ".join(metric.prose.split()))
    default = left_out or argument.default(metric.name)
    if name == "settings":
        default = "the default rules"
    return Told(name, what, form, default if optional else "required")


def _returns(metric: Metric) -> str:
    if metric.kind == "table":
        return "a table that spills from the cell, its first row being headers"
    many = ["month"] if metric.kind == "series" else list(metric.arguments)[:1] if metric.kind == "arithmetic" else []
    shape = "".join(f"; for a range as `{name}`, a range of its shape" for name in many)
    return RETURNS[metric.unit] + shape


def _remarks(metric: Metric) -> list[str]:
    """The formula first, then what else there is to say, when it is an error, and where it comes from."""
    said, sources = [], []
    for paragraph in metric.prose.split("\n\n")[1:]:
        text = " ".join(paragraph.split())
        sources += _SOURCE.findall(text)
        text = _SOURCE.sub("", _UNDEFINED.sub("", _FORMULA.sub("", text)))
        said.append(" ".join(text.split()))
    formula = formula_in(metric)
    settings = ", ".join(f"`{setting}`" for setting in settings_of(metric))
    return [
        *([f"Formula: {formula}."] if formula else []),
        *filter(None, said),
        *([f"Settings that decide it: {settings}; docs/definitions.md has all of them."] if settings else []),
        *_errors(metric),
        *(f"Source: {source}." for source in sources),
    ]


def _errors(metric: Metric) -> list[str]:
    undefined, needs = undefined_in(metric), _NEEDS.findall(metric.prose.replace("\n", " "))
    not_available = [f"where {undefined}"] if undefined else []
    if metric.kind == "series":
        not_available.append("for a month after the last one reported")
    if metric.kind == "arithmetic":
        not_available.append("where an argument is #N/A")
    wrong = [f"without {what}" for what in needs]
    if metric.kind == "table" and "month" in metric.arguments:
        wrong.append("for a month after the last one reported")
    if metric.kind == "arithmetic":
        wrong.append("where an argument is missing or is not of its form")
    elif metric.name == "MRR_CHECKS":
        return ["Never #VALUE!: an argument or data that can't be read is a problem in the table."]
    else:
        wrong.append("where an argument is not of its form or the data can't be read (MRR_CHECKS says why)")
    return [f"{error} {', or '.join(why)}." for error, why in (("#N/A", not_available), ("#VALUE!", wrong)) if why]


def _by_hand(text: str) -> str:
    """How the result comes about, as a sentence."""
    names = text.split(", ")
    if not all(name.isalpha() for name in names):
        return f"By hand: {text}." if text else ""
    return f"By hand: the customer{'s' * (len(names) > 1)} {text}."


def _texts(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: Any) -> str:
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):
        return f"{round(cell, 4) + 0.0:.4f}".rstrip("0").rstrip(".")  # 0 for -0
    return "" if cell is None else str(cell)
