"""Cells of a column of objects that are no single values: refused where figures need them, and texts elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mrr_xl import MrrError, metric, movements, mrr
from mrr_xl.ledger.cells_of_several import without_several
from mrr_xl.ledger.ledger import read_ledger

LINES = {"customer": ["Ada", "Bob"], "start": ["2024-01-01", "2024-01-01"], "mrr": [100, 50]}


@pytest.mark.parametrize("cell", [["a"], ("a",), {"a": 1}, {"a"}, frozenset("a"), np.array([1, 2]), pa.array([1, 2])])
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
    for content in (b"x", bytearray(b"x"), memoryview(b"x")):
        assert mrr(frame.assign(plan=pd.Series(["Pro", content], dtype=object)), "2024-01") == 150


def test_days_of_numpy_among_objects_are_days() -> None:
    starts = pd.Series([np.datetime64("2024-01-01"), np.datetime64("2024-02-01", "s"), np.int64(45352)], dtype=object)
    frame = pd.DataFrame({"customer": ["Ada", "Bob", "Cyd"], "start": starts, "mrr": [1, 2, 4]})
    assert mrr(frame, ["2024-01", "2024-02", "2024-03"]).tolist() == [1, 3, 7]


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


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        ([7.0, None, 8.5], [7.0, None, 8.5]),
        ([7, None, 8.5], [7.0, None, 8.5]),
        ([7, None, 2.0**53 - 1], [7.0, None, 2.0**53 - 1]),
        ([7, 8], [7, 8]),
        ([2**53, 8.5], [2**53, 8.5]),
        ([2**53 - 1, 8.5], [2.0**53 - 1, 8.5]),
        ([2.0**53, "x"], [2.0**53, "x"]),  # whoever reads it refuses it
        ([2.0**53 - 1, "x"], ["9007199254740991", "x"]),
        ([7.0, None, "x"], ["7", None, "x"]),
        (["7", None, "x"], ["7", None, "x"]),
        ([True, None, "x"], ["true", None, "x"]),
        ([1.5, None, "x"], [1.5, None, "x"]),
        ([dt.datetime(2024, 1, 2), None, "x"], ["2024-01-02", None, "x"]),
        ([dt.datetime(2024, 1, 2, 3), None, "x"], [dt.datetime(2024, 1, 2, 3), None, "x"]),
    ],
)
def test_objects_of_pandas_are_read_as_the_cells_of_a_sheet(cells: list[Any], read: list[Any]) -> None:
    """All numbers: numbers; else texts, where a sheet has others than Python; else as they stand."""
    frame = nw.from_native(pd.DataFrame({"plan": pd.Series(cells, dtype=object)}), eager_only=True)
    column = without_several(frame, ["plan"], ["plan"], "")["plan"]
    values = [None if value is None or value != value else value for value in column.to_list()]
    assert values == read
    assert [*map(type, values)] == [*map(type, read)]


def test_moments_at_midnight_among_objects_are_their_days_where_figures_need_them() -> None:
    midnight, later = dt.datetime(2024, 1, 2), dt.datetime(2024, 1, 2, 3)
    cells = [midnight, None, pd.NaT, midnight.replace(tzinfo=dt.UTC), later, "x"]
    frame = nw.from_native(pd.DataFrame({"start": pd.Series(cells, dtype=object)}), eager_only=True)
    days = without_several(frame, ["start"], [], "")["start"].to_list()
    assert days[0] == midnight.date()
    assert days[3:] == cells[3:]
