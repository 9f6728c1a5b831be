"""Arguments that take one of a few words: they are listed once, and each is taken."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from mrr_xl import metric
from mrr_xl.metrics import ARGUMENTS, REGISTRY
from mrr_xl.metrics.cohorts import PERIODS
from mrr_xl.metrics.projection import METHODS
from mrr_xl.rollforward.changes import MOVEMENTS

LISTED = {name: argument.words for name, argument in ARGUMENTS.items() if argument.words}
TAKEN = [
    (function.name, argument, word)
    for function in REGISTRY.values()
    for argument in function.own_arguments
    for word in LISTED.get(argument, ())
]


def test_which_arguments_take_one_of_a_few_words() -> None:
    assert {name: tuple(words) for name, words in LISTED.items()} == {
        "movement": MOVEMENTS,
        "measure": ("net", "gross", "logos"),
        "period": tuple(PERIODS),
        "method": METHODS,
    }


@pytest.mark.parametrize("argument", LISTED)
def test_the_help_names_each_word(argument: str) -> None:
    assert set(LISTED[argument]) <= set(re.findall(r"\w+", ARGUMENTS[argument].doc))


@pytest.mark.parametrize(("function", "argument", "word"), TAKEN)
def test_each_word_is_taken_in_any_case(function: str, argument: str, word: str) -> None:
    months = pd.period_range("2023-01", "2024-06", freq="M").astype(str)
    data = pd.DataFrame({"customer": "A", "month": months, "mrr": range(100, 118)})
    typed, plain = (metric(function, data, **{argument: said}) for said in (f" {word.upper()} ", word))
    if isinstance(plain, float):
        assert typed == plain
    else:
        pd.testing.assert_frame_equal(typed, plain)
