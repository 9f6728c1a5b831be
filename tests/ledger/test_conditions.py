"""`where`: what a condition picks, and the sentence about one that picks nothing."""

from __future__ import annotations

import polars as pl
import pytest

from mrr_xl import MrrError, metric
from support.oracle import ENGINES

TABLE = pl.DataFrame(
    {
        "customer": ["A", "B", "C"],
        "start": ["2024-01-01"] * 3,
        "mrr": [1.0, 2.0, 4.0],
        "plan": ["Pro", None, "Basic"],
    }
).with_columns(pl.col("start").str.to_date())


@pytest.mark.parametrize("engine", ENGINES)
def test_a_value_that_no_row_has_is_named_beside_blanks(engine):
    """pandas' blanks are no texts, and the sentence about them failed to sort."""
    with pytest.raises(MrrError, match=r"^no row has plan = Prro; the column has Basic, Pro$"):
        metric("MRR", ENGINES[engine](TABLE), "2024-01", where="plan=Prro")
    assert metric("MRR", ENGINES[engine](TABLE), "2024-01", where="plan<>Pro") == 6.0


@pytest.mark.parametrize("engine", ENGINES)
def test_half_of_a_character_in_a_condition_is_a_sentence(engine):
    """A byte of an argument that is not UTF-8 arrives as one."""
    with pytest.raises(MrrError) as error:
        metric("MRR", ENGINES[engine](TABLE), "2024-01", where="plan=Pro\udcff")
    assert str(error.value) == r"where: 'plan=Pro\udcff' holds half of a character; write it again"
