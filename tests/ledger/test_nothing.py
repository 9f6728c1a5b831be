"""Cells of a frame with nothing in them, in whichever way pandas says so, and frames that it makes differently."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import mrr_xl
from mrr_xl import MrrError
from mrr_xl.report import write_template

LINES = pd.DataFrame({"customer": ["A", "B"], "start": ["2024-01-01"] * 2, "amount": [100, 50]})
CONTRACTS = pd.DataFrame({"customer": ["A", "B"], "start": ["2024-01-01"] * 2, "TCV": [3600, 1200]})
CHANGED = pd.DataFrame(
    {
        "customer": ["Ada", "Bob"],
        "start": ["2024-01-01"] * 2,
        "mrr": [100, 50],
        "new mrr": [150, None],
        "changed on": ["2024-03-01", None],
    }
)
WAYS = {
    "None": lambda frame: frame,
    "nullable": pd.DataFrame.convert_dtypes,
    "objects": lambda frame: frame.astype(object).where(frame.notna(), pd.NA),
}


def figures(frame: Any, month: str = "2024-03", **how: Any) -> Any:
    """The MRR of a month, or why there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mrr_xl.MrrWarning)
        try:
            return mrr_xl.mrr(frame, month, through="2024-06", **how)
        except MrrError as mistake:
            return str(mistake)


@pytest.mark.parametrize("way", WAYS)
def test_pandas_ways_of_saying_nothing_are_alike(way: str) -> None:
    as_said = WAYS[way]
    assert figures(as_said(LINES.assign(left=["2024-05-01", None]))) == 150
    assert figures(as_said(CHANGED)) == 200
    assert figures(as_said(CONTRACTS.assign(Term=[36, 12]))) == 200
    mend = "write a number of months or a text such as 3 years"
    assert figures(as_said(CONTRACTS.assign(Term=[12, None]))) == f"row 3, column Term: the term is blank; {mend}"
    assert figures(as_said(CONTRACTS.assign(end=["2027-01-01", None]))) == (
        "row 3, column end: the contract has no end, so that the term of column TCV is not known; add a column term, "
        "such as 12 months"
    )
    assert (
        figures(as_said(LINES.assign(amount=[100, None])))
        == "row 3, column amount: an amount is missing; write 0 for none"
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_report_is_filled_from_each(way: str, tmp_path: Path) -> None:
    template = tmp_path / "template.xlsx"
    write_template(template, months=3)
    frame = WAYS[way](LINES.assign(region=["x", None], seen=[pd.Timestamp("2024-05-01"), None]))
    assert mrr_xl.fill(template, frame, tmp_path / "out.xlsx").lines == 2


@pytest.mark.parametrize("names", ["customer", "start", ["customer", "plan"], ["plan"]])
def test_an_index_may_be_a_column_as_well(names: Any) -> None:
    frame = LINES.assign(plan=["x", "y"], end=["2024-05-01", None])
    both = frame.set_index(names, drop=False)
    for name in ("MRR_CHECKS", "MRR_COHORTS", "MRR_MOVEMENTS"):
        found, expected = (mrr_xl.metric(name, data, through="2024-06") for data in (both, frame))
        if name == "MRR_CHECKS":  # whose sentences name the index of a row
            found, expected = found[["check", "result", "lines"]], expected[["check", "result", "lines"]]
        pd.testing.assert_frame_equal(found, expected)
    by = mrr_xl.metric("MRR_SEGMENTS", both, by="plan", month="2024-05", through="2024-06")
    pd.testing.assert_frame_equal(
        by, mrr_xl.metric("MRR_SEGMENTS", frame, by="plan", month="2024-05", through="2024-06")
    )


def test_numbers_that_numpy_does_not_have() -> None:
    long = pl.Series([2**70, 2**70 + 1], dtype=pl.Int128)
    frame = pl.DataFrame({"customer": long, "start": ["2024-01-01"] * 2, "mrr": pl.Series([2, 3], dtype=pl.Int128)})
    assert figures(frame) == 5
    assert mrr_xl.movements(frame)["closing_customers"].to_list() == [2]
    assert figures(LINES, np.array("2024-01")) == 150
    assert figures(LINES, np.timedelta64(45366, "ns")) == "'45366 nanoseconds' is not a month; write it as 2024-03"
    assert figures(LINES, np.array(None)) == "'None' is not a month; write it as 2024-03"
    for unit in ("ns", "s", "D", "M"):
        months = np.array(["2024-01", "2024-02"], dtype=f"datetime64[{unit}]")
        assert figures(LINES, months).tolist() == [150, 150]


def test_half_a_character_is_a_mistake() -> None:
    frame = LINES.assign(customer=pd.Series(["\ud800", "B"], dtype=object))
    assert figures(frame).startswith("a cell of the table can't be read (UnicodeEncodeError: ")
