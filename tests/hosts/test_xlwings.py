"""The functions as xlwings registers and calls them, through its own wrapper generator and COM server."""

from __future__ import annotations

import datetime as dt
import io
import sys
import types
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from mrr_xl.metrics import REGISTRY
from support.com import MISSING, NOT_AVAILABLE, ComTime, Range, com_time, excel

SUBSCRIPTIONS = (
    ("Customer", "Start", "End", "Amount", "Interval", "Product"),
    ("A", com_time(dt.datetime(2024, 1, 1)), None, 100.0, "month", "CRM"),
    ("B", com_time(dt.datetime(2024, 1, 15)), com_time(dt.datetime(2024, 3, 1)), 1200.0, "year", "CRM"),
    ("C", com_time(dt.datetime(2024, 2, 1)), None, 50.0, "month", "CRM"),
    ("C", com_time(dt.datetime(2024, 3, 5)), None, 10.0, "month", "Mail"),
    (None, None, None, None, None, None),
)


@pytest.fixture(scope="module")
def host() -> Iterator[Any]:
    with excel() as found:
        yield found


def call(host: Any, name: str, *args: Any) -> Any:
    given = [*args, *[MISSING] * (len(REGISTRY[name].arguments) - len(args))]
    return host.call("mrr_xl.udfs", name, given)


def wrapper(host: Any) -> str:
    text = io.StringIO()
    vba = host.udfs.VBAWriter(text)
    host.udfs.generate_vba_wrapper("mrr_xl.udfs", host.functions, vba.f, types.SimpleNamespace(Name="report.xlsm"))
    return text.getvalue()


@pytest.mark.parametrize("name", REGISTRY)
def test_every_function_gets_a_vba_wrapper(host: Any, name: str) -> None:
    vba = wrapper(host)
    arguments = REGISTRY[name].arguments
    signature = ", ".join(f"Optional {item}" if optional else item for item, optional in arguments.items())
    assert f"Function {name}({signature})\n" in vba
    assert f'{name} = XLPy.CallUDF("mrr_xl.udfs", "{name}", Array({", ".join(arguments)}), ThisWorkbook' in vba


@pytest.mark.parametrize("name", REGISTRY)
def test_the_function_wizard_gets_a_category_and_help_within_excels_limits(host: Any, name: str) -> None:
    registered = getattr(host.functions, name).__xlfunc__
    assert registered["category"] == "MRR"
    assert registered["call_in_wizard"] is False
    assert registered["ret"]["doc"] == REGISTRY[name].summary
    assert len(REGISTRY[name].summary) <= 255
    for argument in registered["args"]:
        assert 0 < len(argument["doc"]) <= 255
        assert argument["options"]["convert"] == "raw"
    # One figure must come back as rows for the COM server, which asks for its length.
    assert registered["ret"]["options"].get("convert") is None
    # VBA's limit for the texts of MacroOptions.
    assert len(registered["args"]) + sum(len(argument["name"]) for argument in registered["args"]) <= 254


EXPECTED = {
    "MRR_COMMITTED": 160.0,
    "MRR_FX": 0.0,
    "MRR": 160.0,
    "ARR": 1920.0,
    "MRR_OPENING": 250.0,
    "MRR_NEW": 0.0,
    "MRR_REACTIVATION": 0.0,
    "MRR_EXPANSION": 10.0,
    "MRR_CONTRACTION": 0.0,
    "MRR_CHURN": -100.0,
    "MRR_NET_NEW": -90.0,
    "MRR_OPENING_CUSTOMERS": 3,
    "MRR_CUSTOMERS": 2,
    "MRR_NEW_CUSTOMERS": 0,
    "MRR_REACTIVATED_CUSTOMERS": 0,
    "MRR_EXPANDED_CUSTOMERS": 1,
    "MRR_CONTRACTED_CUSTOMERS": 0,
    "MRR_CHURNED_CUSTOMERS": 1,
    "MRR_GROWTH": -90 / 250,
    "MRR_LOGO_CHURN": 1 / 3,
    "MRR_ARPA": 80.0,
    "MRR_QUICK_RATIO": 0.1,
    "MRR_NRR": "#N/A",
    "MRR_GRR": "#N/A",
    "MRR_LOGO_RETENTION": "#N/A",
    "MRR_TOP_SHARE": 1.0,
    "MRR_HHI": (100**2 + 60**2) / 160**2,
    "MRR_UPSELL": 0.0,
    "MRR_CROSS_SELL": 10.0,
    "MRR_GROWTH_YOY": "#N/A",
    "MRR_CMGR": "#N/A",
    "MRR_GROSS_CHURN_RATE": 100 / 250,
    "MRR_NET_CHURN_RATE": 90 / 250,
    "MRR_ASP": "#N/A",
    "MRR_LTV": "#N/A",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_cell_gets_the_figure_of_its_month(host: Any, name: str) -> None:
    assert call(host, name, SUBSCRIPTIONS, dt.datetime(2024, 3, 1)) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_left_out_the_month_is_the_last_one_reported(host: Any, name: str) -> None:
    assert call(host, name, SUBSCRIPTIONS) == EXPECTED[name]


def test_a_row_of_months_gives_a_row_and_a_column_a_column(host: Any) -> None:
    january, march = dt.datetime(2024, 1, 1), dt.datetime(2024, 3, 1)
    # A row comes back flat, as the server gives it to VBA.
    assert call(host, "MRR", SUBSCRIPTIONS, (january, march)) == [200.0, 160.0]
    assert call(host, "MRR", SUBSCRIPTIONS, ((january, march),)) == [200.0, 160.0]
    assert call(host, "MRR", SUBSCRIPTIONS, ((january,), (march,))) == [[200.0], [160.0]]


def test_what_is_undefined_or_not_reported_yet_is_not_available(host: Any) -> None:
    assert call(host, "MRR_GROWTH", SUBSCRIPTIONS, "2024-01") == "#N/A"
    assert call(host, "MRR", SUBSCRIPTIONS, "2024-04") == "#N/A"


def test_conditions_and_rules_reach_the_engine(host: Any) -> None:
    assert call(host, "MRR", SUBSCRIPTIONS, "2024-03", "customer=c") == 60.0
    rules = (("as_of", "month_start"), ("through", "2024-03"))
    assert call(host, "MRR_NEW", SUBSCRIPTIONS, "2024-02", MISSING, rules) == 150.0


def test_a_mistake_is_a_sentence(host: Any) -> None:
    assert call(host, "MRR", SUBSCRIPTIONS, "soon") == "#VALUE! 'soon' is not a month; write it as 2024-03"
    broken = (*SUBSCRIPTIONS[:2], ("B", NOT_AVAILABLE, None, 5.0, "month", "CRM"))
    sentence = "row 3, column Start: the cell holds the error #N/A; fix that cell first"
    assert call(host, "MRR", Range(broken)) == f"#VALUE! {sentence}"


def test_the_tables_spill(host: Any) -> None:
    movements = call(host, "MRR_MOVEMENTS", SUBSCRIPTIONS, "2024-02", "2024-03")
    assert movements[0][:3] == ["Month", "Opening", "New"]
    assert movements[1][:3] == [com_time(dt.datetime(2024, 2, 1)), 200.0, 50.0]
    assert [len(row) for row in movements] == [16, 16, 16]
    assert call(host, "MRR_DETAIL", SUBSCRIPTIONS, "2024-03", "churn") == [
        ["Customer", "Movement", "Before", "After", "Change"],
        ["B", "churn", 100.0, 0.0, -100.0],
    ]
    assert call(host, "MRR_SEGMENTS", SUBSCRIPTIONS, "product", "2024-03")[2] == [
        "Mail", 0.0, 0.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 10.0,
    ]  # fmt: skip
    assert call(host, "MRR_COHORTS", SUBSCRIPTIONS, "logos")[1:] == [
        ["2024-01", 2, 1.0, 1.0, 0.5],
        ["2024-02", 1, 1.0, 1.0, ""],
    ]
    assert call(host, "MRR_TOP", SUBSCRIPTIONS, 1.0)[1] == [1, "A", 100.0, 0.625, 0.625]
    assert call(host, "MRR_SCHEDULE", SUBSCRIPTIONS, "2024-03")[0] == ["Customer", "2024-03"]
    checks = call(host, "MRR_CHECKS", SUBSCRIPTIONS)
    assert checks[1] == ["lines read", "OK", 4, 2, "recognised as subscriptions"]
    assert call(host, "MRR_LAST_MONTH", SUBSCRIPTIONS) == com_time(dt.datetime(2024, 3, 1))


def test_the_arithmetic_takes_cells_and_ranges(host: Any) -> None:
    assert call(host, "MRR_MONTHLY", 1200.0, "year") == 100.0
    assert call(host, "MRR_MONTHLY", ((100.0,), (None,), (300.0,)), (("month",), ("month",), ("quarter",))) == [
        [100.0],
        [""],
        [100.0],
    ]
    assert call(host, "MRR_FROM_ARPA", 50.0, 600.0, 12.0) == 2500.0
    assert call(host, "MRR_MONTHLY", MISSING) == "#VALUE! MRR_MONTHLY needs amount: the price for one interval"


def _serial(value: Any) -> Any:
    days = dt.timedelta(days=1)
    return (value.replace(tzinfo=None) - dt.datetime(1899, 12, 30)) / days if isinstance(value, ComTime) else value


CELLS = {
    "a range": Range(SUBSCRIPTIONS),
    "currency cells": tuple(
        tuple(Decimal(str(value)) if isinstance(value, float) else value for value in row) for row in SUBSCRIPTIONS
    ),
    "empty texts for blanks": tuple(tuple("" if value is None else value for value in row) for row in SUBSCRIPTIONS),
    "serial numbers for dates": tuple(tuple(map(_serial, row)) for row in SUBSCRIPTIONS),
}


@pytest.mark.parametrize("form", CELLS)
def test_the_cells_of_every_form_give_the_same(host: Any, form: str) -> None:
    assert call(host, "MRR", CELLS[form], Range(com_time(dt.datetime(2024, 3, 1)))) == 160.0
    assert call(host, "MRR_MOVEMENTS", CELLS[form]) == call(host, "MRR_MOVEMENTS", SUBSCRIPTIONS)


def test_a_truth_value_is_no_amount_and_no_month(host: Any) -> None:
    broken = (*SUBSCRIPTIONS[:2], ("B", com_time(dt.datetime(2024, 1, 1)), None, True, "month", "CRM"))
    assert call(host, "MRR", broken).startswith("#VALUE! row 3, column Amount: ")
    assert call(host, "MRR", SUBSCRIPTIONS, True).startswith("#VALUE! ")


def test_a_date_that_goes_to_a_cell_says_utc_so_that_no_zone_shifts_it(host: Any) -> None:
    assert call(host, "MRR_LAST_MONTH", SUBSCRIPTIONS).tzinfo is dt.UTC
    assert call(host, "MRR_MOVEMENTS", SUBSCRIPTIONS)[1][0].tzinfo is dt.UTC


def test_blank_cells_stay_blank(host: Any) -> None:
    month = com_time(dt.datetime(2024, 3, 1))
    assert call(host, "MRR", Range(SUBSCRIPTIONS), Range(((month,), (None,)))) == [[160.0], [""]]
    assert call(host, "MRR", Range(SUBSCRIPTIONS), Range(None)) == 160.0


def test_afterwards_nothing_of_it_is_left() -> None:
    known = {name: sys.modules.get(name) for name in ("xlwings.udfs", "mrr_xl.udfs", "pythoncom")}
    with excel():
        assert "pythoncom" in sys.modules
    assert {name: sys.modules.get(name) for name in known} == known
