"""One call of every function, for every host: what is handed over, and what must come back.

A host is a function that takes a list of calls and gives their answers in one common form, so that the answers
of a spreadsheet program, a server and plain Python can be compared.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.metrics import REGISTRY


def day(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


#: The ranges of a workbook: what stands in them. A host writes dates, blanks and errors in its own way.
AREAS: dict[str, list[list[Any]]] = {
    "Subscriptions": [
        ["Customer", "Start", "End", "Amount", "Interval", "Product", "Currency", "Status"],
        ["A", day("2023-01-01"), None, 100.0, "month", "CRM", "EUR", "active"],
        ["B", day("2024-01-15"), day("2024-03-01"), 1200.0, "year", "CRM", "USD", "active"],
        ["Ç & <Söhne>", day("2024-02-01"), None, 50.0, "month", "CRM", "EUR", "past due"],
        ["Ç & <Söhne>", day("2024-03-05"), None, 10.0, "month", "Mail", "EUR", "active"],
        ["D", day("2024-02-10"), None, 120.0, "quarter", "Mail", "EUR", "active"],
    ],
    "Before": [
        ["Customer", "Start", "End", "Amount", "Interval", "Product", "Currency"],
        ["A", day("2023-01-01"), None, 90.0, "month", "CRM", "EUR"],
        ["B", day("2024-01-15"), day("2024-03-01"), 1200.0, "year", "CRM", "USD"],
        ["D", day("2024-02-10"), None, 120.0, "quarter", "Mail", "EUR"],
    ],
    "Months": [[day("2024-01-01"), day("2024-02-01"), day("2024-03-01")]],
    "Rules": [["as_of", "month_end"], ["through", day("2024-03-01")]],
    "Rates": [["EUR", 1.0], ["USD", 0.5]],
    "Prices": [[100.0], [None], [300.0]],
    "Intervals": [["month"], ["month"], ["quarter"]],
}


@dataclass(frozen=True)
class Area:
    """An argument that is a range."""

    name: str


@dataclass(frozen=True)
class Call:
    """A function with its arguments: areas, numbers, texts, dates, or None for one left out."""

    function: str
    arguments: tuple[Any, ...]

    def __str__(self) -> str:
        said = self.function if Area("Months") not in self.arguments else f"{self.function} of a row of months"
        return f"{said} by handle" if Area("Handle") in self.arguments else said


_OWN: dict[str, Any] = {
    "by": "Product",
    "spend": 5000.0,
    "amount": Area("Prices"),
    "interval": Area("Intervals"),
    "quantity": 2.0,
    "discount": 0.25,
    "against": Area("Before"),
    "customers": 50.0,
    "average_revenue": 600.0,
    "new_mrr": 100.0,
    "ltv": 900.0,
    "cac": 300.0,
    "net_burn": 960.0,
    "net_new_mrr": 40.0,
    "growth": 0.3,
    "margin": 0.2,
    "n": 2.0,
    "months": 2.0,
    "horizon": 2.0,
}
_SHARED = {
    "data": Area("Subscriptions"),
    "where": "customer<>D",
    "settings": Area("Rules"),
    "rates": Area("Rates"),
}


LEDGER = Call("MRR_LEDGER", (_SHARED["data"], _SHARED["settings"], _SHARED["rates"]))
#: Calls of each kind with the handle in place of a range.
_BY_HANDLE = [
    Call("MRR_NET_NEW", (Area("Handle"), Area("Months"), "customer<>D")),
    Call("MRR_LAST_MONTH", (Area("Handle"), "customer<>D")),
    Call("MRR_MOVEMENTS", (Area("Handle"),)),
    Call("MRR_CHECKS", (Area("Handle"), Area("Before"))),
    Call("MRR_CHECKS", (Area("Before"), Area("Handle"), None, Area("Rules"), Area("Rates"))),
]


def _calls() -> list[Call]:
    found = [LEDGER]  # first: hosts that compute one call after the other have to know the handle
    for name, metric in REGISTRY.items():
        if name == LEDGER.function:
            continue
        given = _OWN | _SHARED | {"month": day("2024-03-01")}
        found.append(Call(name, tuple(given.get(item) for item in metric.arguments)))
        if metric.kind == "series":
            given["month"] = Area("Months")
            found.append(Call(name, tuple(given.get(item) for item in metric.arguments)))
    return found + _BY_HANDLE


CALLS = _calls()


def python_answers(calls: list[Call]) -> list[Any]:
    """The sheet functions called as they are: the answers that every host must give, too."""
    functions = sheet_functions()
    functions[LEDGER.function](*(AREAS[item.name] for item in LEDGER.arguments))
    return [
        plain(
            functions[call.function](*(AREAS[item.name] if isinstance(item, Area) else item for item in call.arguments))
        )
        for call in calls
    ]


def plain(answer: Any) -> list[list[Any]]:
    """An answer as rows of cells in the common form: a blank is None, a date its serial, a number a float."""
    rows = answer if isinstance(answer, (list, tuple)) else [[answer]]
    rows = rows if isinstance(rows[0], (list, tuple)) else [rows]
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return float((value.replace(tzinfo=None) - dt.datetime(1899, 12, 30)).days)
    if isinstance(value, (bool, str)):
        return value
    return float(value)


AREAS["Handle"] = python_answers([LEDGER])[0]


def extent(call: Call) -> tuple[int, int]:
    """Rows and columns of the answer, for a program whose array formulas need their extent."""
    answer = python_answers([call])[0]
    return len(answer), len(answer[0])
