"""A large ledger in parts: when it is taken in parts, and what a part has."""

from __future__ import annotations

from typing import Any

import pytest

import mrr_xl
from mrr_xl.ledger.ledger import Ledger, read_ledger
from mrr_xl.rollforward import parts
from mrr_xl.settings import Settings
from support.csv_text import frame_of_csv

LINES = """
    customer | start      | end        | mrr
    Ada      | 2024-01-01 | 2024-03-15 | 100
    Bob      | 2024-01-01 |            | 10
    Ada      | 2024-03-15 |            | 80
    Cyd      | 2024-02-01 |            | 1
    Bob      | 2024-03-01 |            | 5
    Dan      | 2024-02-01 | 2024-03-15 | 3
    """


def first_lines(count: int) -> Ledger:
    return read_ledger(frame_of_csv(LINES).head(count))


@pytest.fixture(autouse=True)
def parts_of_three_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", 3)


@pytest.mark.parametrize(
    ("count", "rules", "large"),
    [
        (6, {}, True),
        (5, {}, False),
        (6, {"grain": "subscription"}, True),
        # One parent may have customers in several parts.
        (6, {"grain": "parent"}, False),
    ],
)
def test_a_ledger_is_large_from_two_parts_on(count: int, rules: dict[str, Any], large: bool) -> None:
    lines, settings = first_lines(count), Settings.of(rules)
    assert parts.is_large(lines, settings) is large
    assert len(list(parts.by_customers(lines, settings))) == (2 if large else 1)


def test_a_part_has_all_lines_of_its_customers() -> None:
    rows = [set(part.frame["row"].to_list()) for part in parts.by_customers(first_lines(6), Settings())]
    assert {2, 4} in [part & {2, 4} for part in rows]
    assert {3, 6} in [part & {3, 6} for part in rows]
    assert sorted(row for part in rows for row in part) == [2, 3, 4, 5, 6, 7]


@pytest.mark.filterwarnings("ignore::mrr_xl.errors.MrrWarning")
def test_lines_in_pandas_are_taken_as_a_whole() -> None:
    assert not parts.is_large(read_ledger(frame_of_csv(LINES).to_pandas()), Settings())
    table = mrr_xl.movements(frame_of_csv(LINES).to_pandas(), through="2024-03")
    assert table["closing"].tolist() == [110, 114, 96]


@pytest.mark.parametrize("count", [8, 9])
def test_lines_beside_each_other_are_found_in_every_part(count: int) -> None:
    """Eight lines are two parts, nine are three; Ada's third, Bob's second and Cyd's third run beside others."""
    text = """
        customer | start      | end        | mrr
        Ada      | 2024-01-01 | 2024-02-01 | 5
        Bob      | 2024-01-01 |            | 5
        Cyd      | 2024-01-01 | 2024-02-01 | 5
        Ada      | 2024-02-01 |            | 5
        Bob      | 2024-02-01 | 2024-03-10 | 5
        Cyd      | 2024-02-01 |            | 5
        Ada      | 2024-03-01 | 2024-03-10 | 5
        Cyd      | 2024-03-01 | 2024-03-10 | 5
        Bob      | 2023-12-01 | 2024-01-01 | 5
        """
    found = mrr_xl.metric("MRR_CHECKS", frame_of_csv(text).head(count), through="2024-03").set_index("check")
    result, lines, first, says = found.loc["overlapping lines", ["result", "lines", "first_row", "says"]]
    assert (result, lines, first) == ("problem", 3, 6)
    assert says.startswith(
        "3 lines run beside another of the same customer, product and price (rows 6, 8, 9), and all count"
    )
