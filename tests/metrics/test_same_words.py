"""Values that differ in case alone: one to a condition, and several segments."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from mrr_xl import metric
from support.csv_text import frame_of_csv
from support.oracle import ENGINES

TEXT = """
customer | start      | end        | mrr | plan  | Product | Region | Note
Ada      | 2024-01-01 | 2024-02-01 | 10  | Pro   | CRM     | EU     | a
Ada      | 2024-02-01 |            | 10  | pro   | CRM     | eu     | A
Bob      | 2024-01-01 |            | 5   | PRO   | Crm     | US     |
Cyd      | 2024-01-01 |            | 5   | Lite  | Crm     | us     |
"""


def said(text: str, engine: str = "polars") -> dict[str, str]:
    return said_of(ENGINES[engine](frame_of_csv(text)))


def said_of(data: Any) -> dict[str, str]:
    checks = metric("MRR_CHECKS", data)
    found = checks[checks["check"].str.startswith("spellings in ")]
    assert set(found["result"]) <= {"note"} and not found["lines"].any()
    return dict(zip(found["check"].str.removeprefix("spellings in "), found["says"]))


@pytest.mark.parametrize("engine", ["polars", "pandas"])
def test_each_column_with_such_values_has_a_note(engine: str) -> None:
    ends = "are segments of their own, and one to a condition: write them alike"
    assert said(TEXT, engine) == {
        "Product": f"CRM and Crm {ends}",
        "plan": f"PRO and Pro and pro {ends}",
        "Region": f"EU and eu, US and us {ends}",
        "Note": f"A and a {ends}",
    }


def test_it_is_so() -> None:
    """Bob and Ada are one plan to a condition, and three segments."""
    frame = frame_of_csv(TEXT)
    assert metric("MRR", frame, "2024-02", where="plan=PRO") == 15
    segments = metric("MRR_SEGMENTS", frame, "2024-02", by="plan").set_index("segment")["closing"]
    assert segments.drop("total").to_dict() == {"pro": 10, "PRO": 5, "Lite": 5, "Pro": 0}


def test_words_whose_case_does_not_matter_and_remarks_have_none() -> None:
    assert said("customer | start | mrr | status\nAda | 2024-01-01 | 5 | Active\nBob | 2024-01-01 | 5 | active") == {}
    rows = [f"C{number} | 2024-01-01 | 5 | call {number}" for number in range(200)]
    header = "customer | start | mrr | Remark"
    assert said("\n".join([header, *rows[:199], "Z | 2024-01-01 | 5 | CALL 1"])).keys() == {"Remark"}
    assert said("\n".join([header, *rows, "Z | 2024-01-01 | 5 | CALL 1"])) == {}


def test_three_words_are_named_and_the_others_counted() -> None:
    rows = [f"C | 2024-01-01 | 5 | {word}" for word in "AaBbCcDdEe"]
    says = "A and a, B and b, C and c and 2 more are segments of their own, and one to a condition: write them alike"
    assert said("\n".join(["customer | start | mrr | Team", *rows])) == {"Team": says}


def test_categories_are_texts() -> None:
    dated = frame_of_csv(TEXT)
    kinds = [dated.with_columns(pl.col("plan").cast(pl.Categorical)), dated.to_pandas().astype({"plan": "category"})]
    for data in [*kinds, dated.with_columns(pl.col("plan").cast(pl.Enum(["Lite", "PRO", "Pro", "pro"])))]:
        assert [*said_of(data)] == ["Product", "plan", "Region", "Note"]


def test_only_texts_in_memory_are_looked_at() -> None:
    dated = frame_of_csv(TEXT).with_columns(
        pl.col("start", "end").str.to_date(), pl.col("mrr").cast(pl.Float64), pl.lit(7).alias("Team")
    )
    assert [*said_of(dated)] == ["Product", "plan", "Region", "Note"]
    assert said_of(ENGINES["duckdb"](dated)) == {}
