"""The functions as xlwings registers and calls them, through its own wrapper generator and call_udf."""

from __future__ import annotations

import datetime as dt
import io
import types
from typing import Any

import pytest
from com import MISSING, udf_module, xlwings_udfs

from mrr_xl import MrrError
from mrr_xl.metrics import REGISTRY

SUBSCRIPTIONS = (
    ("Customer", "Start", "End", "Amount", "Interval", "Product"),
    ("A", dt.datetime(2024, 1, 1, tzinfo=dt.UTC), None, 100.0, "month", "CRM"),
    ("B", dt.datetime(2024, 1, 15, tzinfo=dt.UTC), dt.datetime(2024, 3, 1, tzinfo=dt.UTC), 1200.0, "year", "CRM"),
    ("C", dt.datetime(2024, 2, 1, tzinfo=dt.UTC), None, 50.0, "month", "CRM"),
    ("C", dt.datetime(2024, 3, 5, tzinfo=dt.UTC), None, 10.0, "month", "Mail"),
    (None, None, None, None, None, None),
)


@pytest.fixture
def udfs(monkeypatch: Any) -> Any:
    return xlwings_udfs(monkeypatch)


@pytest.fixture
def module(monkeypatch: Any, udfs: Any) -> Any:
    return udf_module(monkeypatch, udfs)


def call(udfs: Any, name: str, *args: Any) -> Any:
    metric = REGISTRY[name]
    given = [*args, *[MISSING] * (len(metric.arguments) - len(args))]
    return udfs.call_udf("mrr_xl.udfs", name, tuple(given))


def wrapper(udfs: Any, module: Any) -> str:
    text = io.StringIO()
    vba = udfs.VBAWriter(text)
    udfs.generate_vba_wrapper("mrr_xl.udfs", module, vba.f, types.SimpleNamespace(Name="report.xlsm"))
    return text.getvalue()


@pytest.mark.parametrize("name", REGISTRY)
def test_every_function_gets_a_vba_wrapper(udfs: Any, module: Any, name: str) -> None:
    vba = wrapper(udfs, module)
    arguments = REGISTRY[name].arguments
    signature = ", ".join(f"Optional {item}" if optional else item for item, optional in arguments.items())
    assert f"Function {name}({signature})\n" in vba
    assert f'{name} = XLPy.CallUDF("mrr_xl.udfs", "{name}", Array({", ".join(arguments)}), ThisWorkbook' in vba


@pytest.mark.parametrize("name", REGISTRY)
def test_the_function_wizard_gets_a_category_and_help_within_excels_limits(module: Any, name: str) -> None:
    registered = getattr(module, name).__xlfunc__
    assert registered["category"] == "MRR"
    assert registered["call_in_wizard"] is False
    assert registered["ret"]["doc"] == REGISTRY[name].summary
    assert len(REGISTRY[name].summary) <= 255
    for argument in registered["args"]:
        assert 0 < len(argument["doc"]) <= 255
        assert argument["options"]["convert"] == "raw"
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


def test_the_expected_figures_cover_every_monthly_function() -> None:
    assert set(EXPECTED) == {name for name, metric in REGISTRY.items() if metric.kind == "series"}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_cell_gets_the_figure_of_its_month(udfs: Any, module: Any, name: str) -> None:
    assert call(udfs, name, SUBSCRIPTIONS, dt.datetime(2024, 3, 1)) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_left_out_the_month_is_the_last_one_reported(udfs: Any, module: Any, name: str) -> None:
    assert call(udfs, name, SUBSCRIPTIONS) == EXPECTED[name]


def test_a_row_of_months_gives_a_row_and_a_column_a_column(udfs: Any, module: Any) -> None:
    january, march = dt.datetime(2024, 1, 1), dt.datetime(2024, 3, 1)
    # A one-row range arrives flat, a column as rows of one.
    assert call(udfs, "MRR", SUBSCRIPTIONS, (january, march)) == [[200.0, 160.0]]
    assert call(udfs, "MRR", SUBSCRIPTIONS, ((january,), (march,))) == [[200.0], [160.0]]


def test_what_is_undefined_or_not_reported_yet_is_not_available(udfs: Any, module: Any) -> None:
    assert call(udfs, "MRR_GROWTH", SUBSCRIPTIONS, "2024-01") == "#N/A"
    assert call(udfs, "MRR", SUBSCRIPTIONS, "2024-04") == "#N/A"


def test_conditions_and_rules_reach_the_engine(udfs: Any, module: Any) -> None:
    assert call(udfs, "MRR", SUBSCRIPTIONS, "2024-03", "customer=c") == 60.0
    rules = (("as_of", "month_start"), ("through", "2024-03"))
    assert call(udfs, "MRR_NEW", SUBSCRIPTIONS, "2024-02", MISSING, rules) == 150.0


def test_a_mistake_is_a_sentence(udfs: Any, module: Any) -> None:
    with pytest.raises(MrrError, match=r"^'soon' is not a month; write it as 2024-03$"):
        call(udfs, "MRR", SUBSCRIPTIONS, "soon")
    broken = (*SUBSCRIPTIONS[:2], ("B", -2146826246, None, 5.0, "month", "CRM"))
    with pytest.raises(MrrError, match=r"^row 3, column Start: the cell holds the error #N/A; mend that cell first$"):
        call(udfs, "MRR", broken)


def test_the_tables_spill(udfs: Any, module: Any) -> None:
    movements = call(udfs, "MRR_MOVEMENTS", SUBSCRIPTIONS, "2024-02", "2024-03")
    assert movements[0][:3] == ["month", "opening", "new"]
    assert movements[1][:3] == [dt.datetime(2024, 2, 1), 200.0, 50.0]
    assert [len(row) for row in movements] == [16, 16, 16]
    assert call(udfs, "MRR_DETAIL", SUBSCRIPTIONS, "2024-03", "churn") == [
        ["customer", "movement", "before", "after", "change"],
        ["B", "churn", 100.0, 0.0, -100.0],
    ]
    assert call(udfs, "MRR_SEGMENTS", SUBSCRIPTIONS, "product", "2024-03")[2] == [
        "Mail", 0.0, 0.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 10.0,
    ]  # fmt: skip
    assert call(udfs, "MRR_COHORTS", SUBSCRIPTIONS, "logos")[1:] == [
        ["2024-01", 2, 1.0, 1.0, 0.5],
        ["2024-02", 1, 1.0, 1.0, ""],
    ]
    assert call(udfs, "MRR_TOP", SUBSCRIPTIONS, 1.0)[1] == [1, "A", 100.0, 0.625, 0.625]
    assert call(udfs, "MRR_SCHEDULE", SUBSCRIPTIONS, "2024-03")[0] == ["customer", "2024-03"]
    checks = call(udfs, "MRR_CHECKS", SUBSCRIPTIONS)
    assert checks[1] == ["lines read", "OK", 4, 2, "recognised as subscriptions"]
    assert call(udfs, "MRR_LAST_MONTH", SUBSCRIPTIONS) == dt.datetime(2024, 3, 1)


def test_the_arithmetic_takes_cells_and_ranges(udfs: Any, module: Any) -> None:
    assert call(udfs, "MRR_MONTHLY", 1200.0, "year") == 100.0
    assert call(udfs, "MRR_MONTHLY", ((100.0,), (None,), (300.0,)), (("month",), ("month",), ("quarter",))) == [
        [100.0],
        [""],
        [100.0],
    ]
    assert call(udfs, "MRR_FROM_ARPA", 50.0, 600.0, 12.0) == 2500.0
    with pytest.raises(MrrError, match=r"^MRR_MONTHLY needs amount: the price of one interval$"):
        call(udfs, "MRR_MONTHLY", MISSING)
