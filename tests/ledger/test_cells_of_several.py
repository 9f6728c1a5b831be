"""Cells of a column of objects that are no single values: refused where figures need them, and texts elsewhere."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from mrr_xl import MrrError, metric, movements
from mrr_xl.ledger.ledger import read_ledger

LINES = {"customer": ["Ada", "Bob"], "start": ["2024-01-01", "2024-01-01"], "mrr": [100, 50]}


@pytest.mark.parametrize("cell", [["a"], ("a",), {"a": 1}, {"a"}, frozenset("a"), np.array([1, 2])])
def test_each_kind_of_several_in_a_column_of_objects(cell: Any) -> None:
    frame = pd.DataFrame({**LINES, "plan": pd.Series([None, cell], dtype=object)})
    ledger = read_ledger(frame)
    missing, text = ledger.frame[ledger.column("plan")].to_list()
    assert missing is None or missing != missing
    assert text == str(cell)
    with pytest.raises(MrrError, match=r"^column customer holds several values in a cell; give it one$"):
        movements(frame.assign(customer=frame["plan"]))
    with pytest.raises(MrrError, match=r"^column start holds bytes; give it texts, numbers or dates$"):
        movements(frame.assign(start=pd.Series(["2024-01-01", b"x"], dtype=object)))


@pytest.mark.parametrize("in_database", [False, True])
def test_columns_of_lists_and_bytes_beside_others(in_database: bool) -> None:
    """As test_edges has it for each kind and engine."""
    frame = pl.DataFrame(
        {
            "customer": ["Ada", "Bob"], "tags": [["a"], ["b"]], "start": ["2024-01-01"] * 2, "mrr": [100, 50],
            "plan": ["Pro", "Max"], "key": [b"x", b"y"],
        }
    ).with_columns(pl.col("start").str.to_date())  # fmt: skip
    data = duckdb.connect().from_arrow(frame.to_arrow()) if in_database else frame
    assert metric("MRR", data, "2024-01", where="plan=Pro") == 100
    segments = metric("MRR_SEGMENTS", data, "2024-01", by="tags")
    assert sorted(segments["closing"]) == [50, 100, 150]
    data = frame.rename({"customer": "name", "key": "customer"})
    with pytest.raises(MrrError, match=r"^column customer holds bytes; give it texts, numbers or dates$"):
        movements(duckdb.connect().from_arrow(data.to_arrow()) if in_database else data)


def test_objects_of_polars_that_hold_no_several_values_are_texts() -> None:
    """As some rows of a column of SQLite are, in which others hold bytes."""
    frame = pl.DataFrame({**LINES, "plan": pl.Series(["Pro", "Max"], dtype=pl.Object)})
    assert metric("MRR", frame, "2024-01", where="plan=Pro") == 100
    assert sorted(metric("MRR_SEGMENTS", frame, "2024-01", by="plan")["closing"]) == [50, 100, 150]
