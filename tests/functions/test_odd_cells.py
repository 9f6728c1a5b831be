"""Cells that no spreadsheet program should hand over: a sentence, not an error of a library."""

from __future__ import annotations

import pytest

from mrr_xl import MrrError
from mrr_xl.functions.sheet_functions import sheet_functions

MRR = sheet_functions()["MRR"]
HEADER = ["customer", "start", "mrr"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            ["Ada", "2024-01-01", 10**400],
            f"{'1' + '0' * 55}... is larger than any number of a cell; fix that cell first",
        ),
        ([["Ada", "Bob"], "2024-01-01", 5.0], "column customer holds several values in a cell; give it one"),
        (
            ["Ada\ud83d", "2024-01-01", 5.0],
            r"row 2, column customer: 'Ada\ud83d' holds half of a character; write it again",
        ),
    ],
    ids=["a number of 401 digits", "a list", "half of a character"],
)
def test_a_cell_that_can_not_be_is_a_sentence(line, sentence):
    with pytest.raises(MrrError) as error:
        MRR([HEADER, line])
    assert str(error.value) == sentence


@pytest.mark.parametrize("blank", [None, [None], [[None]], ""])
def test_a_range_of_one_blank_cell_is_a_blank(blank):
    ratio = sheet_functions()["MRR_LTV_CAC"]
    with pytest.raises(MrrError) as error:
        ratio(2000, blank)
    assert str(error.value) == "MRR_LTV_CAC needs cac: what it costs to win a customer"
    assert ratio([[None]], [[None]]) == [[None]] or ratio([[None]], [[None]]) == [[""]]
