"""Running totals: the sort on which they run in memory, and what it gives."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest

from mrr_xl.rollforward.running import codes, in_order, one_of_each, totals

#: What came and went by whom and in which month, in no order; Ada's two of month 7 are nothing together.
DELTAS = [
    ("Cyd", "B", 9, 5), ("Ada", "A", 3, 10), ("Bob", "B", 4, 1), ("Ada", "B", 3, 20), ("Cyd", "B", 2, 40),
    ("Ada", "A", 7, 6), ("Ada", "A", 5, -10), ("Bob", "B", 8, -1), ("Ada", "A", 7, -6), ("Cyd", "B", 9, -45),
]  # fmt: skip


def deltas(kind: str) -> Any:
    columns: dict[str, Any] = dict(zip(("customer", "plan", "slot", "delta"), map(list, zip(*DELTAS))))
    if kind == "polars":
        frame: Any = pl.DataFrame(columns).with_columns(pl.col("customer", "plan").cast(pl.Categorical))
    else:
        frame = pd.DataFrame(columns).astype({"customer": "category", "plan": "category"})
    return nw.from_native(frame, eager_only=True)


@pytest.mark.parametrize("kind", ["polars", "pandas"])
@pytest.mark.parametrize("who", [["customer"], ["customer", "plan"]])
def test_a_total_is_what_has_come_and_gone_so_far_of_each(kind: str, who: list[str]) -> None:
    log = totals(deltas(kind), who, ["delta"])
    found = {}
    for *names, slot, change, total, first in log.select(*who, "slot", "delta", "total_delta", "first").rows():
        found[(*map(str, names), slot)] = (change, total, first)
    expected: dict[tuple[Any, ...], tuple[int, int, bool]] = {}
    before: dict[tuple[str, ...], int] = {}
    for key in sorted({(*row[: len(who)], row[2]) for row in DELTAS}):
        change = sum(row[3] for row in DELTAS if (*row[: len(who)], row[2]) == key)
        if change:
            expected[key] = (change, before.get(key[:-1], 0) + change, key[:-1] not in before)
            before[key[:-1]] = before.get(key[:-1], 0) + change
    assert found == expected
    assert len(log) == len(expected)


@pytest.mark.parametrize("kind", ["polars", "pandas"])
def test_each_name_is_given_once(kind: str) -> None:
    frame = deltas(kind)
    assert sorted(map(str, one_of_each(frame, "customer")["customer"].to_list())) == ["Ada", "Bob", "Cyd"]
    assert list(map(str, one_of_each(frame.head(1), "customer")["customer"].to_list())) == ["Cyd"]
    assert one_of_each(frame.head(0), "customer")["customer"].to_list() == []


@pytest.mark.parametrize("keys", [[5, 3, 4], [1 << 61, 3, (1 << 61) + 1], []], ids=["small", "of 62 bits", "none"])
def test_keys_are_put_in_order_also_where_key_and_place_are_too_long_for_one_number(keys: list[int]) -> None:
    given = np.array(keys, dtype=np.int64)
    ordered, places = in_order(given)
    assert ordered.tolist() == sorted(keys)
    assert given[places].tolist() == sorted(keys)


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
