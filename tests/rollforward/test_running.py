"""Running totals: the sort on which they run in memory."""

from __future__ import annotations

import numpy as np
import pytest

from mrr_xl.rollforward.running import in_order


@pytest.mark.parametrize("keys", [[5, 3, 4], [1 << 61, 3, (1 << 61) + 1], []], ids=["small", "of 62 bits", "none"])
def test_keys_are_put_in_order_also_where_key_and_place_are_too_long_for_one_number(keys: list[int]) -> None:
    given = np.array(keys, dtype=np.int64)
    ordered, places = in_order(given)
    assert ordered.tolist() == sorted(keys)
    assert given[places].tolist() == sorted(keys)
