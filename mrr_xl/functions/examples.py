"""An example of each function: the table that it is over, its arguments, and the figure worked out by hand."""

from __future__ import annotations

import ast
import csv
import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from mrr_xl.metrics import Metric

#: The tables of the examples.
TABLES = {
    # In February 2024 E is away, and in March each movement happens once: A expands, B contracts, C leaves, D is new
    # and E comes back.
    "subscriptions": """\
customer,start,end,mrr
A,2023-03-01,2024-03-01,100
A,2024-03-01,,150
B,2023-03-01,2024-03-01,200
B,2024-03-01,,140
C,2023-03-01,2024-03-01,100
D,2024-03-01,,90
E,2023-03-01,2024-02-01,100
E,2024-03-01,,100
""",
    # In March A pays 20 more for the CRM and takes Mail; B pays 50 less for the CRM and gives Mail up.
    "products": """\
customer,product,start,end,mrr
A,CRM,2024-01-01,2024-03-01,100
A,CRM,2024-03-01,,120
A,Mail,2024-03-01,,30
B,CRM,2024-01-01,2024-03-01,250
B,CRM,2024-03-01,,200
B,Mail,2024-01-01,2024-03-01,50
C,CRM,2024-02-01,,100
""",
    "contracts": """\
customer,start,end,cancelled,mrr
A,2024-01-01,,,100
B,2024-01-01,2024-06-01,2024-03-15,50
C,2024-05-01,,,80
""",
    "trials": """\
customer,start,trial end,end,mrr
A,2024-02-15,2024-03-01,,100
B,2024-02-15,2024-03-15,2024-03-15,50
C,2024-03-20,2024-04-20,,80
""",
    "statuses": """\
customer,start,status,mrr
A,2024-01-01,active,100
B,2024-01-01,past due,50
C,2024-03-01,active,80
""",
    "currencies": """\
customer,start,currency,mrr
A,2024-02-01,USD,100
B,2024-03-01,USD,60
""",
    "growing": """\
customer,start,mrr
A,2023-01-01,1000
B,2024-02-01,600
""",
    "rates": """\
currency,month,rate
USD,2024-02,0.9
USD,2024-03,0.95
""",
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """An argument that is a table, which stands beside the first one."""

    name: str

    @property
    def rows(self) -> list[list[Any]]:
        return [[_value(cell) for cell in row] for row in csv.reader(TABLES[self.name].splitlines())]


@dataclass(frozen=True)
class Example:
    """A call of a function.

    table: what is data; nothing for plain arithmetic. given: the other arguments. by_hand: the sum that gives the
    result, or the customers that it counts; a test works it out.
    """

    table: str
    by_hand: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


def _over(table: str, by_hand: str = "", **given: Any) -> Example:
    return Example(table, by_hand, given)


def _march(by_hand: str = "", **given: Any) -> Example:
    return Example("subscriptions", by_hand, {"month": "2024-03"} | given)


def _products(by_hand: str) -> Example:
    return Example("products", by_hand, {"month": "2024-03"})


EXAMPLES = {
    "MRR": _march("150 + 140 + 90 + 100"),
    "ARR": _march("12 × 480"),
    "MRR_OPENING": _march("100 + 200 + 100"),
    "MRR_NEW": _march("90"),
    "MRR_REACTIVATION": _march("100"),
    "MRR_EXPANSION": _march("150 − 100"),
    "MRR_CONTRACTION": _march("140 − 200"),
    "MRR_CHURN": _march("0 − 100"),
    "MRR_NET_NEW": _march("90 + 100 + 50 − 60 − 100"),
    "MRR_GROSS_MOVEMENT": _march("−100 − 100", movement="churn", settings="period=quarter"),
    "MRR_OPENING_CUSTOMERS": _march("A, B, C"),
    "MRR_CUSTOMERS": _march("A, B, D, E"),
    "MRR_NEW_CUSTOMERS": _march("D"),
    "MRR_REACTIVATED_CUSTOMERS": _march("E"),
    "MRR_EXPANDED_CUSTOMERS": _march("A"),
    "MRR_CONTRACTED_CUSTOMERS": _march("B"),
    "MRR_CHURNED_CUSTOMERS": _march("C"),
    "MRR_FX": _over("currencies", "100 × (0.95 − 0.9)", month="2024-03", rates=Table("rates")),
    "MRR_COMMITTED": _over("contracts", "100 + 50 − 50 + 80", month="2024-03", settings="through=2024-03"),
    "MRR_PAST_DUE": _over("statuses", "50", month="2024-03"),
    "MRR_AT_RISK": _march("(200 − 140) + 100", month="2024-02", months=1),
    "MRR_RENEWALS": _march(month="2024-02", months=1),
    "MRR_GROWTH": _march("80 ÷ 400"),
    "MRR_LOGO_CHURN": _march("1 ÷ 3"),
    "MRR_ARPA": _march("480 ÷ 4"),
    "MRR_QUICK_RATIO": _march("(90 + 100 + 50) ÷ (60 + 100)"),
    "MRR_GROWTH_YOY": _march("480 ÷ 500 − 1"),
    "MRR_CMGR": _march("(480 ÷ 500) ^ (1 ÷ 12) − 1"),
    "MRR_GROSS_CHURN_RATE": _march("(60 + 100) ÷ 400"),
    "MRR_NET_CHURN_RATE": _march("(60 + 100 − 50 − 100) ÷ 400"),
    "MRR_ASP": _march("90 ÷ 1"),
    "MRR_TRIAL": _over("trials", "80", month="2024-03"),
    "MRR_TRIAL_CONVERSION": _over("trials", "1 ÷ 2", month="2024-03"),
    "MRR_NRR": _march("(150 + 140 + 0 + 100) ÷ 500"),
    "MRR_GRR": _march("(100 + 140 + 0 + 100) ÷ 500"),
    "MRR_LOGO_RETENTION": _march("3 ÷ 4"),
    "MRR_ANNUAL_RETENTION": _march("((150 + 140 + 0 + 100) ÷ 500) ^ (12 ÷ 3)"),
    "MRR_TOP_SHARE": _march("150 ÷ 480", n=1),
    "MRR_HHI": _march("(150 ^ 2 + 140 ^ 2 + 90 ^ 2 + 100 ^ 2) ÷ 480 ^ 2"),
    "MRR_TOP": _march(n=2),
    "MRR_SCHEDULE": _over("subscriptions", first_month="2024-01"),
    "MRR_SEGMENTS": _over("products", by="product", month="2024-03"),
    "MRR_UPSELL": _products("120 − 100"),
    "MRR_CROSS_SELL": _products("30"),
    "MRR_DOWNSELL": _products("200 − 250"),
    "MRR_PRODUCT_CHURN": _products("0 − 50"),
    "MRR_LTV": _march("120 ÷ ((1 ÷ 4 + 1 ÷ 3) ÷ 6)"),
    "MRR_CAC_PAYBACK": _over("", "12000 ÷ (1250 × 0.8)", spend=12000, new_mrr=1250, gross_margin=0.8),
    "MRR_LTV_CAC": _over("", "2000 ÷ 500", ltv=2000, cac=500),
    "MRR_MAGIC_NUMBER": _over("", "5000 × 12 ÷ 40000", net_new_mrr=5000, spend=40000),
    "MRR_BURN_MULTIPLE": _over("", "120000 ÷ (5000 × 12)", net_burn=120000, net_new_mrr=5000),
    "MRR_RULE_OF_40": _over("", "0.3 + 0.125", growth=0.3, margin=0.125),
    "MRR_LAST_MONTH": _over("subscriptions"),
    "MRR_MOVEMENTS": _over("subscriptions", first_month="2024-02"),
    "MRR_DETAIL": _march(),
    "MRR_COHORTS": _over("products"),
    "MRR_CHECKS": _over("subscriptions"),
    "MRR_FORECAST": _over("growing", months=3),
    "MRR_BACKTEST": _over("growing", method="naive"),
    "MRR_LEDGER": _over("subscriptions"),
    "MRR_MONTHLY": _over(
        "", "500 × 4 × (1 − 0.5) ÷ 12", amount=500, interval="year", quantity=4, discount=0.5
    ),
    "MRR_FROM_ARPA": _over("", "50 × 600 ÷ 12", customers=50, average_revenue=600, months=12),
}  # fmt: skip


def example_of(metric: Metric) -> Example:
    """The metric's example above, or else the first table in March with the metric's own arguments from its doctest.

    >>> from mrr_xl.metrics import REGISTRY
    >>> example_of(REGISTRY["MRR_NEW"])
    Example(table='subscriptions', by_hand='90', given={'month': '2024-03'})
    """
    if metric.name in EXAMPLES:
        return EXAMPLES[metric.name]
    own = _in_doctest(metric)
    if metric.kind == "arithmetic":
        return _over("", **own)
    return _march(**own) if "month" in metric.arguments else _over("subscriptions", **own)


def _in_doctest(metric: Metric) -> dict[str, Any]:
    """The metric's own arguments as its doctest gives them by name; those that are not written out are left out."""
    from doctest import DocTestParser

    found: dict[str, Any] = {}
    for shown in DocTestParser().get_examples(metric.example):
        for call in ast.walk(ast.parse(shown.source)):
            if isinstance(call, ast.Call) and [*map(ast.unparse, call.args[:1])] == [repr(metric.name)]:
                for item in call.keywords:
                    if item.arg in metric.own_arguments:
                        with suppress(ValueError):
                            found[item.arg] = ast.literal_eval(item.value)
    return found


def _value(cell: str) -> Any:
    """A cell of a table: a day, a number, a text, or nothing."""
    if len(cell) == len("2024-03-01") and cell[:2] == "20":
        return dt.datetime.fromisoformat(cell)
    try:
        number = float(cell)
    except ValueError:
        return cell or None
    return int(number) if number.is_integer() else number
