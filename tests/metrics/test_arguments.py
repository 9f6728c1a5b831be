"""Arguments that take one of a few words: they are listed once, and each is taken."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from mrr_xl import MrrError, metric
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


def test_what_an_argument_is_stands_apart_from_what_holds_if_it_is_left_out() -> None:
    months = ARGUMENTS["months"]
    assert (months.what, months.default("MRR_NRR")) == ("a number of months", "12")
    assert ARGUMENTS["by"].what == "the column that holds the segment, such as plan"


def test_which_arguments_a_function_takes_and_which_may_be_left_out() -> None:
    lines = {"where": True, "settings": True, "rates": True}
    assert REGISTRY["MRR_NRR"].arguments == {"data": False, "month": True, "months": True} | lines
    assert REGISTRY["MRR_SEGMENTS"].arguments == {"data": False, "by": False, "month": True} | lines
    assert REGISTRY["MRR_LAST_MONTH"].arguments == {"data": False} | lines
    assert REGISTRY["MRR_LTV_CAC"].arguments == {"ltv": False, "cac": False}
    assert REGISTRY["MRR_LEDGER"].arguments == {"data": False, "settings": True, "rates": True}


@pytest.mark.parametrize("value", [[1, 2], (1, 2), pd.Series([1, 2])], ids=["a list", "a tuple", "a series"])
def test_an_argument_is_one_value(value: object) -> None:
    data = pd.DataFrame({"customer": ["A"], "start": ["2024-01-01"], "mrr": [100]})
    with pytest.raises(MrrError, match=r"^n can't be '(?s:.*)'; give one value or one cell$"):
        metric("MRR_TOP", data, n=value)


def test_a_function_s_line_in_lists_is_the_first_of_its_documentation() -> None:
    assert REGISTRY["MRR_GROWTH"].summary == "How much the MRR grew in the month, as a fraction of its opening."


@pytest.mark.parametrize(("function", "argument", "word"), TAKEN)
def test_each_word_is_taken_in_any_case(function: str, argument: str, word: str) -> None:
    months = pd.period_range("2023-01", "2024-06", freq="M").astype(str)
    data = pd.DataFrame({"customer": "A", "month": months, "mrr": range(100, 118)})
    typed, plain = (metric(function, data, **{argument: said}) for said in (f" {word.upper()} ", word))
    if isinstance(plain, float):
        assert typed == plain
    else:
        pd.testing.assert_frame_equal(typed, plain)
