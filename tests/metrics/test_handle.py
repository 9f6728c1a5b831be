"""The text that stands for a ledger in a cell: how many lines it has, and of which months they tell."""

from __future__ import annotations

import pytest

from mrr_xl import metric
from support.ledgers import ledger

ADA, BOB = "Ada 2024-01-05 2024-03-01 10", "Bob 2024-02-01 2024-03-01 5"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"customer start end mrr \n {ADA}", "1 line, 2024-01 to 2024-02"),
        (f"customer start end mrr \n {ADA} \n {BOB}", "2 lines, 2024-01 to 2024-02"),
        ("customer 2024-01 2024-02 2024-03 \n Ada 10 20 30 \n Bob 5 5 5", "2 lines, 2024-01 to 2024-03"),
    ],
    ids=["one line", "several", "a column for each month"],
)
def test_it_says_how_many_lines_and_which_months(text: str, said: str) -> None:
    assert metric("MRR_LEDGER", ledger(text)) == said
