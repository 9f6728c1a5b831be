"""Settings and ways to read, from Python and from cells: what is accepted means the same again as a user writes it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np
import pandas as pd

from fuzz.drawn import Drawn
from fuzz.target import Target
from mrr_xl.date_texts import ORDERS
from mrr_xl.functions.books import settings_of
from mrr_xl.metrics import movements
from mrr_xl.settings import RULES, Settings
from mrr_xl.sources.how import OPTIONS, How, split_given

_LEDGER = pd.DataFrame(
    {
        "customer": ["Ada", "Ada", "Bob"],
        "start": ["2024-01-31", "2024-05-01", "2024-02-29T23:30:00Z"],
        "end": ["2024-03-31", None, "2024-04-15"],
        "mrr": [100.0, 120.0, 50.0],
        "cancelled": ["2024-03-01", None, None],
        "status": ["cancelled", "active", "active"],
        "subscription": ["a", "b", "c"],
    }
)
_NAMES = (*RULES, *OPTIONS, "As of", "GRACE-DAYS", "map start", "from", "start", "end", "customer", "mrr", "", " ")
_WORDS = (
    *(word for rule in RULES.values() for word in rule.choices), *ORDERS, *(rule.default for rule in RULES.values()),
    "80%", "0.8", "Europe/Berlin", "utf-8", "tab", ";", ",", "2024-12", "2199-12", "1900-01", "rot13", "idna", "start",
)  # fmt: skip
_OF_KIND: dict[str, tuple[Any, ...]] = {
    "days": ("31", 0, 7.0, "1e3", 10**9), "days or unlimited": ("unlimited", 90, 0, 1e300), "months": (1, "3.0", 1e9),
    "month": ("2024-03", "Mar 24", 45352, "2199-12", "1900-01"), "zone": ("Europe/Berlin", "UTC", "Asia/Kathmandu"),
    "fraction": (0.8, "80%", 1, 5e-324), "columns": ("end, status", "x", ""),
}  # fmt: skip
_OTHERS: tuple[Any, ...] = (
    pd.NaT, pd.NA, pd.Timestamp("2024-03-01"), pd.Period("2024-03"), np.int64(7), np.float64("nan"), b"x", [], {},
    {"start": "Start"}, {"start": None, "x": 1}, ("a", "b"), (("start", "mdy"),), [["x"]], complex(1), Ellipsis,
)  # fmt: skip


def _value(name: str, drawn: Drawn) -> Any:
    kind = drawn.below(16)
    if kind > 3 and name in RULES:
        rule = RULES[name]
        return drawn.one_of(rule.choices or (rule.default, *_OF_KIND.get(rule.kind, ("x",))))
    return drawn.one_of(_OTHERS) if kind == 0 else drawn.one_of(_WORDS) if kind < 3 else drawn.value()


def _read(data: bytes) -> tuple[int, dict[str, Any]]:
    drawn = Drawn(data)
    kind, given = drawn.below(4), dict[str, Any]()
    for _ in range(1 + drawn.below(4)):
        name = drawn.one_of(_NAMES) if drawn.below(16) else drawn.text()
        given[name] = _value(name, drawn)
    return kind, given


def _check(given: tuple[int, dict[str, Any]]) -> None:
    kind, said = given
    if kind == 0:
        settings_of([[name, value] for name, value in said.items() if value is not pd.NA])  # which no host gives
        settings_of("; ".join(f"{name}={value}" for name, value in said.items()))
        return
    if kind == 1:
        rules, how = split_given(said)
        Settings.of(rules)
        said = {**how}
    if kind < 3:
        read = How.of({name: value for name, value in said.items() if name in OPTIONS})
        assert read.over(How()) == read == How().over(read)
        said = {name: value for name, value in said.items() if name in RULES}
    settings = Settings.of(said)
    again = Settings.of({name: settings.text(name) for name in RULES})
    assert again == settings, f"{again} from {settings}"
    if kind == 3:  # it takes a hundred times as long as all above
        movements(
            _LEDGER, **{name: getattr(settings, name) for name in RULES} | {"timezone": settings.timezone or "UTC"}
        )


def _seeds() -> Iterator[bytes]:
    dice = Random(16)
    yield from (bytes([kind]) + dice.randbytes(14) for kind in range(4) for _ in range(8))


TARGETS = {"settings": Target(_read, _check, _seeds, (), 120)}
