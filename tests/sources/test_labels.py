"""A mistake in a pandas frame is named by the frame's own index, beside the row that a sheet would have."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import polars as pl
import pytest

import mrr_xl
from mrr_xl import MrrError

LINES = pd.DataFrame(
    {
        "customer": ["Ada", "Bob", "Cyd"],
        "start": ["2024-01-01", "soon", "2024-01-01"],
        "end": [None, None, None],
        "mrr": [1, 2, 3],
    }
)
MEND = "'soon' is not a date; write it as 2024-03-15"


@pytest.mark.parametrize(
    ("frame", "place"),
    [
        (LINES, "row 3"),  # a RangeIndex from 0 says no more
        (LINES.set_index(pd.Index([10, 20, 30])), "row 3 (index 20)"),
        (LINES.set_index(pd.Index(["a", "b", "c"])), "row 3 (index 'b')"),
        (LINES.iloc[1:], "row 2 (index 1)"),
        (pd.concat([LINES, LINES]).iloc[[0, 1, 3]], "row 3 (index 1)"),
        (LINES.iloc[[0, 2, 1]].query("mrr > 1"), "row 3 (index 1)"),
        (LINES.sort_values("mrr", ascending=False), "row 3 (index 1)"),
        (LINES.sort_values("mrr", ascending=False, ignore_index=True), "row 3"),
        (LINES.set_index(pd.MultiIndex.from_tuples([("x", 1), ("x", 2), ("y", 1)])), "row 3 (index ('x', 2))"),
        (LINES.iloc[1:].convert_dtypes(dtype_backend="pyarrow"), "row 2 (index 1)"),
        (pl.from_pandas(LINES.astype({"end": "string"})), "row 3"),
    ],
)
def test_the_place_of_a_mistake(frame: Any, place: str) -> None:
    with pytest.raises(MrrError, match=f"^{re.escape(f'{place}, column start: {MEND}')}$"):
        mrr_xl.movements(frame)


def test_several_mistakes() -> None:
    frame = LINES.assign(start=["soon", "later", "2024-01-01"]).set_index(pd.Index(["a", "b", "c"]))
    with pytest.raises(MrrError) as caught:
        mrr_xl.mrr(frame, "2024-01")
    assert str(caught.value) == (
        "2 rows of column start are no dates: row 2 (index 'a') 'soon', row 3 (index 'b') 'later'; "
        "write them as 2024-03-15"
    )


def test_a_check_names_the_first_row() -> None:
    frame = LINES.assign(start="2024-01-01", customer=["Ada", "Bob", "Bob"], mrr=1).set_index(pd.Index(["a", "b", "c"]))
    repeated = mrr_xl.checks(frame).set_index("check").loc["same line twice"]
    assert [*repeated[["lines", "first_row"]]] == [1, 4]
    assert repeated["says"] == "equal in every column, and counted each time; the first is row 4 (index 'c')"


@pytest.mark.parametrize("names", ["customer", ["customer"], ["start", "customer"], ["mrr", "end"]])
def test_what_the_index_has_under_a_name_is_read_as_a_column(names: str | list[str]) -> None:
    frame = LINES.assign(start="2024-01-01", end=[None, "2024-02-10", None])
    assert mrr_xl.mrr(frame.set_index(names), ["2024-01", "2024-02"]).tolist() == [6, 4]
    assert frame.set_index(names).index.names == ([names] if isinstance(names, str) else names)


def test_an_index_without_a_name_is_no_column_and_one_named_as_a_column_is_not_asked() -> None:
    frame = LINES.assign(start="2024-01-01")
    for index in (pd.Index(["Eve", "Eve", "Eve"]), pd.Index(["Eve", "Eve", "Eve"], name="customer")):
        assert mrr_xl.customers(frame.set_index(index), "2024-01") == 3


def test_a_mistake_in_a_named_index() -> None:
    sentence = f"row 3 (index 'soon'), column start: {MEND}"
    with pytest.raises(MrrError, match=f"^{re.escape(sentence)}$"):
        mrr_xl.movements(LINES.set_index("start"))
