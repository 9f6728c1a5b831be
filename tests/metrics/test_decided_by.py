"""The settings that a function's page names change its figure."""

from __future__ import annotations

import pytest

from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.metrics import REGISTRY
from mrr_xl.metrics.decided_by import settings_of
from mrr_xl.settings import RULES

FUNCTIONS = sheet_functions()
LEDGER = """
customer,subscription,start,end,cancelled,mrr
A,1,2023-01-10,2023-03-20,2023-02-15,100
A,1,2023-05-05,,,150
B,2,2023-01-01,2023-06-30,2023-05-10,200
B,3,2023-02-01,2023-04-15,,50
B,3,2023-05-10,2023-06-30,2023-05-12,50
C,4,2023-02-03,2023-02-20,,30
C,4,2023-02-20,2023-04-10,,80
C,4,2023-04-10,2023-04-20,,60
C,4,2023-04-20,2023-09-10,,70
C,4,2023-09-10,,,90
D,5,2023-12-05,,,40
E,6,2023-01-01,2023-11-01,,10
E,7,2023-01-01,,,10
F,8,2024-05-01,,,10
"""
OTHERWISE = {
    "as_of": "month_start",
    "end_date": "inclusive",
    "churn_on": "cancelled",
    "grace_days": "60",
    "reactivation_days": "10",
    "grain": "subscription",
    "netting": "gross",
    "period": "quarter",
    "retention_months": "3",
    "gross_margin": "0.5",
    "through": "2023-11",
}
NAMED = [(name, setting) for name, metric in REGISTRY.items() for setting in settings_of(metric)]


@pytest.mark.parametrize(("name", "setting"), NAMED)
def test_another_value_gives_another_figure(name: str, setting: str) -> None:
    ledger = [line.split(",") for line in LEDGER.strip().splitlines()]
    months = [[f"{month // 12}-{month % 12 + 1:02}" for month in range(2023 * 12, 2024 * 12 + 4)]]
    given = {"data": ledger}
    if REGISTRY[name].kind == "series":
        given["month"] = months
    elif "month" in REGISTRY[name].arguments:
        given["month"] = "2023-05"

    def figures(settings: str | None) -> object:
        arguments = given | {"settings": settings}
        return FUNCTIONS[name](*(arguments.get(argument) for argument in REGISTRY[name].arguments))

    assert figures(f"{setting}={OTHERWISE[setting]}") != figures(None)


def test_each_is_a_setting() -> None:
    assert {setting for _, setting in NAMED} == set(OTHERWISE) <= set(RULES)
