"""Everything that is computed of a ledger, so that what may not change a figure can be seen to change none."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import strategies as st

from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.metrics import REGISTRY, Metric, values_at
from mrr_xl.months import read_month
from mrr_xl.rollforward.book import Book
from mrr_xl.settings import Settings
from support.oracle import Line, Month, frame_of, months_between

#: The months that figures are shown for: from before the first to after the last of oracle.DAYS.
FIRST, LAST = Month(2023, 11), Month(2024, 7)
SERIES = [metric for metric in REGISTRY.values() if metric.kind == "series"]

some_settings = st.fixed_dictionaries(
    {
        "as_of": st.sampled_from(["month_end", "month_start", "any_day"]),
        "end_date": st.sampled_from(["exclusive", "inclusive"]),
        "grace_days": st.sampled_from([0, 0, 10, 31]),
        "reactivation_days": st.sampled_from(["unlimited", 10, 31]),
        "netting": st.sampled_from(["net", "gross"]),
        "grain": st.sampled_from(["customer", "subscription"]),
        "retention_months": st.sampled_from([1, 3]),
    }
)


def table_of(lines: list[Line], subscriptions: list[int] | None = None) -> pl.DataFrame:
    """Lines with what every metric needs: a product, a status, and each a subscription of its own unless given."""
    numbers = list(range(len(lines))) if subscriptions is None else subscriptions
    named = pl.Series("subscription", [f"s{number}" for number in numbers])
    return frame_of(lines).with_columns(named, pl.col("plan").alias("product"), pl.lit("active").alias("status"))


def book(data: Any, rules: dict[str, Any], through: Month = LAST, **given: Any) -> Book:
    return Book(read_ledger(data, **given), Settings.of(rules | {"through": str(through)}))


def figures(of: Book, first: Month = FIRST, last: Month = LAST) -> dict[str, list[Any]]:
    """Every series from month to month: money and counts as they are, rates as near as their arithmetic is."""
    months = [read_month(str(month)) for month in months_between(first, last)]
    return {metric.name: [_near(metric, value) for value in values_at(metric, of, months)] for metric in SERIES}


def _near(metric: Metric, value: Any) -> Any:
    return value if value is None or metric.unit in ("money", "count") else pytest.approx(value, rel=1e-9, abs=1e-12)


def plain(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The same without what compares them: one side of a comparison."""
    return {name: [getattr(value, "expected", value) for value in values] for name, values in found.items()}
