"""A Python function for each metric: the same figure, with its own arguments, documentation and types."""

from __future__ import annotations

import inspect
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import mrr_xl
from mrr_xl.metrics import REGISTRY
from mrr_xl.metrics.named import ELSEWHERE, NAMED, documentation

NAMES = sorted(NAMED)


def test_each_metric_has_a_function_or_stands_elsewhere() -> None:
    assert sorted([*(metric.name for metric in NAMED.values()), *ELSEWHERE]) == sorted(REGISTRY)
    assert sorted({*NAMES, *mrr_xl.__all__}) == dir(mrr_xl)


@pytest.mark.parametrize("name", NAMES)
def test_its_documentation_is_complete(name: str) -> None:
    """pytest runs its example, as a doctest of mrr_xl."""
    function: Any = getattr(mrr_xl, name)
    text = inspect.getdoc(function) or ""
    assert f"mrr_xl.{name}(" in text
    for parameter in inspect.signature(function).parameters:
        assert f"\n{parameter} : " in text or (parameter == "reading" and "\n**reading\n" in text)


ASKED = """
where : str, optional
    which lines to count, such as "plan=Pro; region<>US"; if left out, all of them
settings : dict or Settings, optional
    the rules that are not to be the default; or each as a keyword
rates : frame, path or dict, optional
    what one unit of each currency is worth: currency, [month] and rate
**reading
    settings, and how the data is to be read: dates, decimal, sheet ... (docs/sources.md)
"""
WARNS = """
Warns
-----
MrrWarning
    What may make the figures wrong.
"""


def test_its_documentation_in_full() -> None:
    text = f"""\
The average MRR of a customer (average revenue per account).

Formula: MRR ÷ customers. Undefined (#N/A) where there are no customers.

Parameters
----------
data : frame, path or URL
    a pandas, Polars, PyArrow, DuckDB, Ibis, Spark or SQLFrame table, or a file
month : date, str or list of them, optional
    a month, such as "2024-03"; if left out, the last one reported{ASKED}
Returns
-------
float or Series
    Money; a Series by month for a list of months. What is undefined is NaN.

Raises
------
MrrError
    What is wrong in the data or the arguments, where, and how to mend it.
{WARNS}
Examples
--------
>>> mrr_xl.arpa(northstar, "2024-02")
500.0
"""
    assert documentation(NAMED["arpa"]) == text


def test_only_what_may_be_left_out_is_documented_as_optional() -> None:
    assert "\nltv : float\n" in documentation(NAMED["ltv_cac"])
    assert "\nn : int, optional\n" in documentation(NAMED["top"])
    assert "\nagainst : frame or path, optional\n" in documentation(NAMED["checks"])


def test_warnings_are_documented_where_there_are_any() -> None:
    assert WARNS not in documentation(NAMED["ltv_cac"])
    assert WARNS not in documentation(NAMED["checks"])
    assert WARNS in documentation(NAMED["last_month"])


def test_it_gives_what_metric_gives(northstar: pd.DataFrame) -> None:
    months = ["2024-01", "2024-02"]
    assert mrr_xl.net_new(northstar, months).equals(mrr_xl.metric("MRR_NET_NEW", northstar, months))
    assert mrr_xl.nrr(northstar, "2024-02", months=1) == pytest.approx(1200 / 1800)
    assert mrr_xl.mrr(northstar, where="customer=A") == 800
    assert mrr_xl.top(northstar, n=1)["customer"].tolist() == ["A"]
    assert mrr_xl.segments(northstar, "2024-02", by="customer").equals(
        mrr_xl.metric("segments", northstar, "2024-02", by="customer")
    )
    assert mrr_xl.ltv_cac(9000, 3000) == 3
    assert mrr_xl.last_month(northstar) == pd.Period("2024-02", "M")


@pytest.mark.parametrize(
    "months",
    [
        ("2024-01", "2024-02"),
        np.array(["2024-01", "2024-02"]),
        np.array(["2024-01-31", "2024-02-01"], dtype="datetime64[D]"),
        pl.Series(["2024-01", "2024-02"]),
        pd.period_range("2024-01", "2024-02", freq="M"),
        pd.date_range("2024-01-01", periods=2, freq="MS"),
    ],
    ids=repr,
)
def test_months_may_be_an_array_of_any_kind(northstar: pd.DataFrame, months: Any) -> None:
    assert mrr_xl.mrr(northstar, months).to_dict() == {pd.Period("2024-01"): 1800, pd.Period("2024-02"): 1500}


def test_settings_are_keywords_a_dict_or_settings(northstar: pd.DataFrame) -> None:
    for given in ({"grain": "customer", "through": "2024-01"}, mrr_xl.Settings.of({"through": "2024-01"})):
        assert mrr_xl.mrr(northstar, settings=given) == 1800
    assert mrr_xl.mrr(northstar, through="2024-01") == 1800
    for settings in ({"through": "2024-01"}, mrr_xl.Settings.of({"through": "2024-01"})):
        assert mrr_xl.movements(northstar, settings=settings)["closing"].tolist() == [1800]
    for wrong in (pd.DataFrame({"rule": ["as_of"], "value": ["any_day"]}), np.array(1), [("as_of", "any_day")]):
        with pytest.raises(mrr_xl.MrrError, match=r"^settings can't be read from .*; give a dict such as "):
            mrr_xl.mrr(northstar, "2024-01", settings=wrong)
    with pytest.raises(mrr_xl.MrrError, match=r"^settings are given twice, as settings and as through; "):
        mrr_xl.movements(northstar, settings={"as_of": "month_start"}, through="2024-01")


def test_months_of_a_table_are_named_as_in_movements(northstar: pd.DataFrame) -> None:
    assert mrr_xl.schedule(northstar, start="2024-02", to="2024-02").shape[1] == 2
    assert list(inspect.signature(mrr_xl.schedule).parameters)[:3] == ["data", "start", "to"]


def test_movements_takes_the_data_by_place_or_by_name_and_all_else_by_name(northstar: pd.DataFrame) -> None:
    assert mrr_xl.movements(data=northstar, start="2024-02").equals(mrr_xl.movements(northstar, start="2024-02"))
    with pytest.raises(TypeError, match=r"^movements\(\) takes 1 positional argument but 2 were given$"):
        mrr_xl.movements(northstar, "2024-02")  # type: ignore[misc]


def test_a_wrong_call_is_a_sentence(northstar: pd.DataFrame) -> None:
    with pytest.raises(TypeError, match=r"^nrr\(\) too many positional arguments$"):
        mrr_xl.nrr(northstar, "2024-02", 1)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match=r"^segments\(\) missing a required.* argument: 'by'$"):
        mrr_xl.segments(northstar)  # type: ignore[call-arg]
    with pytest.raises(mrr_xl.MrrError, match="month"):
        mrr_xl.nrr(northstar, month="2024-13")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda data: mrr_xl.nrr(data, monthz=12),
            "mrr_xl.nrr has no argument 'monthz'; did you mean months or month?",
        ),
        (
            lambda data: mrr_xl.nrr(data, "2024-02", monthz=12),
            "mrr_xl.nrr has no argument 'monthz'; did you mean months?",
        ),
        (
            lambda data: mrr_xl.metric("NRR", data, "2024-02", monthz=12),
            "MRR_NRR has no argument 'monthz'; did you mean months?",
        ),
        (lambda data: mrr_xl.metric("segments", data, byy="x"), "MRR_SEGMENTS has no argument 'byy'; did you mean by?"),
        (lambda data: mrr_xl.mrr(data, rate="r.csv"), "mrr_xl.mrr has no argument 'rate'; did you mean rates?"),
        (
            lambda data: mrr_xl.movements(data, sheets="A"),
            "mrr_xl.movements has no argument 'sheets'; did you mean sheet?",
        ),
        (
            lambda data: mrr_xl.movements(data, strat="2024-01"),
            "mrr_xl.movements has no argument 'strat'; did you mean start or status?",
        ),
        (
            lambda data: mrr_xl.nrr(data, start="2024-01", to="2024-02"),
            "mrr_xl.nrr has no argument 'start'; give month one month, or a figure a list of them",
        ),
    ],
)
def test_an_argument_that_is_nearly_right_is_asked_for(call: Any, sentence: str, northstar: pd.DataFrame) -> None:
    with pytest.raises(mrr_xl.MrrError) as error:
        call(northstar)
    assert str(error.value) == sentence


def test_how_the_data_is_to_be_read_is_no_mistyped_argument() -> None:
    """Dates are not meant to be rates."""
    data = pd.DataFrame({"customer": ["Ada"], "start": ["01.02.2024"], "mrr": [100]})
    assert mrr_xl.mrr(data, "2024-02", dates="dmy") == 100
    assert mrr_xl.mrr(data, "2024-01", dates="mdy") == 100


def test_what_is_nearer_to_a_setting_is_no_setting(northstar: pd.DataFrame) -> None:
    for wrong in ({"as_off": "month_end"}, {"nothing": 1}):
        with pytest.raises(mrr_xl.MrrError, match=r"^'\w+' is not a setting; the settings are as_of, "):
            mrr_xl.nrr(northstar, **wrong)  # type: ignore[call-overload]


def test_a_warning_names_the_line_of_the_call() -> None:
    prices = pd.DataFrame({"customer": ["Ada"], "start": ["2024-01-01"], "amount": [1200], "term": ["1-Year"]})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mrr_xl.mrr(prices, "2024-01")
        mrr_xl.metric("MRR", prices, "2024-01")
    assert [Path(warning.filename).name for warning in caught] == ["test_named.py"] * 2


def test_type_checkers_know_the_functions(tmp_path: Path) -> None:
    script = tmp_path / "report.py"
    script.write_text(
        "import mrr_xl\n"
        'reveal_type(mrr_xl.nrr("contracts.csv", months=6))\n'
        'mrr_xl.cohorts("contracts.csv", measure="nett")\n'
        'mrr_xl.segments("contracts.csv")\n'
    )
    command = [sys.executable, "-m", "mypy", "--no-incremental", "--ignore-missing-imports", str(script)]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path).stdout
    assert 'Revealed type is "builtins.float"' in said or 'Revealed type is "float"' in said
    assert 'Argument "measure" to "cohorts" has incompatible type "Literal[\'nett\']"' in said
    assert 'Missing named argument "by" for "segments"' in said


def test_without_docstrings_there_are_functions_all_the_same() -> None:
    code = "import mrr_xl; print(mrr_xl.ltv_cac(9000, 3000), mrr_xl.nrr.__name__)"
    done = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["3.0", "nrr"]
    assert "Parameters\n" in documentation(NAMED["nrr"])


def test_a_name_that_is_nearly_right_is_asked_for() -> None:
    """As Python does it for a module's own names."""
    done = subprocess.run([sys.executable, "-c", "import mrr_xl; mrr_xl.nrrr"], capture_output=True, text=True)
    assert done.stderr.endswith("module 'mrr_xl' has no attribute 'nrrr'. Did you mean: 'nrr'?\n")
