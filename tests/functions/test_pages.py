"""What a function's page says of arguments, columns, errors and related functions, held against the functions."""

from __future__ import annotations

from typing import Any

import pytest

from mrr_xl.errors import MrrError
from mrr_xl.functions.examples import Table, example_of
from mrr_xl.functions.pages import grouped, page_of, related
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.functions.worked import result_of
from mrr_xl.metrics import ARGUMENTS, REGISTRY
from mrr_xl.metrics.registry import GROUPS

FUNCTIONS = sheet_functions()


def call(name: str, **given: Any) -> Any:
    """A function's example with some arguments changed."""
    example = example_of(REGISTRY[name])
    arguments = {"data": Table(example.table).rows if example.table else None, **example.given, **given}
    return FUNCTIONS[name](*(cells(arguments.get(argument)) for argument in REGISTRY[name].arguments))


def cells(given: Any) -> Any:
    return given.rows if isinstance(given, Table) else given


def test_each_function_answers_one_question() -> None:
    names = [metric.name for metrics in grouped().values() for metric in metrics]
    assert sorted(names) == sorted(REGISTRY)
    assert list(grouped()) == list(GROUPS.values())
    assert all(grouped().values())


@pytest.mark.parametrize("name", REGISTRY)
def test_it_has_up_to_five_other_functions_to_see(name: str) -> None:
    found = related(REGISTRY[name])
    assert 1 <= len(found) <= 5
    assert set(found) <= set(REGISTRY) - {name}


def test_who_is_named_is_seen_first() -> None:
    assert related(REGISTRY["MRR_GRR"])[0] == "MRR_NRR"
    assert related(REGISTRY["MRR_RENEWALS"])[0] == "MRR_AT_RISK"
    assert related(REGISTRY["MRR_FORECAST"])[0] == "MRR_BACKTEST"


def headers(name: str) -> list[str]:
    return [head for column in REGISTRY[name].columns for head in column.heads.split(", ")]


@pytest.mark.parametrize("name", [name for name, metric in REGISTRY.items() if metric.kind == "table"])
def test_the_columns_of_a_table_are_those_that_it_has(name: str) -> None:
    shown = result_of(REGISTRY[name])[0]
    if name == "MRR_SCHEDULE":
        assert shown[0] == headers(name)[0] and headers(name)[1:] == ["each month"]
    elif name == "MRR_COHORTS":
        assert shown[:2] == headers(name)[:2] and shown[2:] == ["0", "1", "2"] and headers(name)[-1] == "2 …"
    else:
        assert shown == [head for head in headers(name) if head in shown]
        assert name == "MRR_MOVEMENTS" or shown == headers(name)


def test_the_columns_of_movements_that_only_some_settings_give() -> None:
    quarters = call("MRR_MOVEMENTS", settings="period=quarter")[0]
    rates = FUNCTIONS["MRR_MOVEMENTS"](Table("currencies").rows, None, None, None, None, Table("rates").rows)[0]
    assert quarters == [head for head in headers("MRR_MOVEMENTS") if head != "FX"]
    assert [head for head in rates if head not in quarters] == ["FX"]
    assert rates == [head for head in headers("MRR_MOVEMENTS") if head in rates]


def test_every_table_has_its_columns_told() -> None:
    assert sorted(name for name, metric in REGISTRY.items() if metric.columns) == sorted(
        name for name, metric in REGISTRY.items() if metric.kind == "table"
    )


TAKERS = [
    (name, argument) for name, metric in REGISTRY.items() for argument in metric.own_arguments if name != "MRR_CHECKS"
]


@pytest.mark.parametrize(("name", "argument"), TAKERS)
def test_what_is_not_of_its_form_is_refused(name: str, argument: str) -> None:
    kind = ARGUMENTS[argument].kind
    wrong: list[Any] = ["nonsense"]
    if kind == "count":
        wrong += [0, 1.5, 121] if argument == "months" and REGISTRY[name].kind != "arithmetic" else [0]
    for value in wrong:
        with pytest.raises(MrrError):
            call(name, **{argument: value})


@pytest.mark.parametrize("name", [name for name, metric in REGISTRY.items() if metric.kind == "arithmetic"])
def test_arithmetic_over_what_is_not_available_is_not_available(name: str) -> None:
    for argument in example_of(REGISTRY[name]).given:
        assert call(name, **{argument: "#N/A"}) == "#N/A"
    assert "an argument is #N/A" in " ".join(page_of(REGISTRY[name]).remarks)


MONTHLY = [name for name, metric in REGISTRY.items() if "month" in metric.arguments]


@pytest.mark.parametrize("name", MONTHLY)
def test_a_month_after_the_last_one_is_the_error_that_the_page_names(name: str) -> None:
    (error,) = (
        remark.split()[0] for remark in page_of(REGISTRY[name]).remarks if "month after the last one reported" in remark
    )
    if error == "#N/A":
        assert call(name, month="2030-01") == "#N/A"
    else:
        with pytest.raises(MrrError, match="is after"):
            call(name, month="2030-01")


def test_checks_are_never_an_error() -> None:
    for given in ({"against": "nonsense"}, {"where": "plan=Pro"}, {"data": "nonsense"}):
        assert call("MRR_CHECKS", **given)[1][1] == "problem"


NEEDING = [name for name, metric in REGISTRY.items() if "#VALUE! without " in str(page_of(metric).remarks)]


@pytest.mark.parametrize("name", NEEDING)
def test_what_a_function_needs_is_missed(name: str) -> None:
    plain = [["customer", "month", "mrr"], ["A", "2024-01", 100], ["A", "2024-02", 100]]
    with pytest.raises(MrrError, match="need"):
        call(name, data=plain, month="2024-02", settings=None)


def test_the_page_of_a_function_word_for_word() -> None:
    page = page_of(REGISTRY["MRR_CMGR"])
    assert page.syntax == "=MRR_CMGR(data, [month], [months], [where], [settings], [rates])"
    assert [(told.name, told.form, told.default) for told in page.arguments][:3] == [
        ("data", "a range, or a cell with MRR_LEDGER", "required"),
        ("month", "a date, or a text such as 2024-03; or a range of them", "the last month reported"),
        ("months", "a whole number from 1 to 120", "12"),
    ]
    assert page.returns == "a fraction (format it as %); for a range as `month`, a range of its shape"
    assert page.remarks == [
        "Formula: (MRR ÷ MRR n months ago) ^ (1 ÷ n) − 1; months is n, 12 if left out.",
        "#N/A where there was no MRR n months ago, or for a month after the last one reported.",
        "#VALUE! where an argument is not of its form or the data can't be read (MRR_CHECKS says why).",
        "Source: SaaSGrid's metrics library, https://www.saasgrid.com/metrics-library/cmgr, which shows it for 6 and "
        "12 months.",
    ]
    assert (page.formula, page.result) == ('=MRR_CMGR(A1:D9, "2024-03")', [["-0.0034"]])
    assert page.by_hand == "By hand: (480 ÷ 500) ^ (1 ÷ 12) − 1."
    assert {"MRR_GROWTH_YOY", "MRR_QUICK_RATIO", "MRR_GROWTH"} <= {*page.related}
