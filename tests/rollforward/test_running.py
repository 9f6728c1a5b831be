"""Running totals by who: names as whole numbers, and blank ones among them."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pytest

from mrr_xl.rollforward.running import codes, one_of_each

NAMES = ["Team", "Pro", None, "Basic", "Pro", None, "Solo"]  # of which the last row is left out
FRAMES = {
    "Polars": pl.DataFrame({"plan": pl.Series(NAMES, dtype=pl.Categorical), "row": range(2, 9)}).head(6),
    "pandas": pd.DataFrame({"plan": pd.Categorical(NAMES), "row": range(2, 9)}).head(6),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_each_name_has_its_number_and_a_blank_has_one_less_than_the_lowest(frame: Any) -> None:
    team, pro, blank, basic, *again = codes(nw.from_native(frame, eager_only=True)["plan"]).tolist()
    assert (len({team, pro, basic}), min(team, pro, basic) >= 0, blank, again) == (3, True, -1, [pro, blank])


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_each_name_once_and_a_blank_is_one_of_them(frame: Any) -> None:
    once = one_of_each(nw.from_native(frame, eager_only=True), "plan")["plan"].to_list()
    assert sorted("" if name != name or name is None else name for name in once) == ["", "Basic", "Pro", "Team"]


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_of_no_rows_there_is_no_name(frame: Any) -> None:
    assert len(one_of_each(nw.from_native(frame, eager_only=True).head(0), "plan")) == 0
