"""Every error that a cell may hold, in every form in which a host hands it over, is an error that names it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from mrr_xl import MrrError, cell_errors, metric
from mrr_xl.functions.sheet_functions import sheet_functions
from support.ledgers import typed
from support.oracle import ENGINES

FUNCTIONS = sheet_functions()
JANUARY = dt.datetime(2024, 1, 1)
HEADERS = ["Customer", "Start", "End", "Amount", "Interval", "Plan"]

#: Excel's errors as COM hands them over. Microsoft, XlCVError and the numbers of CVErr: 0x800A0000 + the number.
COM = {
    "#NULL!": -2146826288, "#DIV/0!": -2146826281, "#VALUE!": -2146826273, "#REF!": -2146826265,
    "#NAME?": -2146826259, "#NUM!": -2146826252, "#N/A": -2146826246, "#GETTING_DATA": -2146826245,
    "#SPILL!": -2146826243, "#CONNECT!": -2146826242, "#BLOCKED!": -2146826241, "#UNKNOWN!": -2146826240,
    "#FIELD!": -2146826239, "#CALC!": -2146826238,
}  # fmt: skip
#: Office.js's ErrorCellValueType, and what its basicValue holds.
OFFICE = {
    "Blocked": "#BLOCKED!", "Busy": "#BUSY!", "Calc": "#CALC!", "Connect": "#CONNECT!", "Div0": "#DIV/0!",
    "External": "#EXTERNAL!", "Field": "#FIELD!", "GettingData": "#GETTING_DATA", "Name": "#NAME?",
    "NotAvailable": "#N/A", "Null": "#NULL!", "Num": "#NUM!", "Python": "#PYTHON!", "Ref": "#REF!",
    "Spill": "#SPILL!", "Timeout": "#TIMEOUT!", "Value": "#VALUE!",
}  # fmt: skip


def forms() -> list[tuple[str, Any, str]]:
    """How it comes, the raw cell, the error's text."""
    found: list[tuple[str, Any, str]] = [("text", text, text) for text in cell_errors.TEXTS]
    found += [("COM", number, text) for text, number in COM.items()]
    found += [("COM, unknown", number, "#UNKNOWN!") for number in (-2146826284, -2146826237, -2146826000)]
    found += [("Office.js", {"type": "Error", "errorType": name}, text) for name, text in OFFICE.items()]
    return [*found, ("Office.js, unknown", {"type": "Error", "errorType": "NewKind"}, "#UNKNOWN!")]


def longer_forms() -> list[tuple[str, Any, str]]:
    """Office.js with what Microsoft's documentation of Excel.ErrorCellValue allows beside and instead of errorType."""
    found: list[tuple[str, Any, str]] = []
    for name, text in OFFICE.items():
        basic = {"type": "Error", "basicType": "Error", "basicValue": text}
        found += [("basicValue", basic | {"errorType": name}, text), ("basicValue alone", basic, text)]
    why = {"type": "Error", "basicType": "Error", "errorType": "Field", "errorSubType": "DataProviderError"}
    return [*found, ("errorSubType", why, "#FIELD!")]


FORMS = forms()
IDS = [f"{text} as {form}" for form, _, text in FORMS]


def subscriptions(**cells: Any) -> list[list[Any]]:
    """A range of two customers; `cells` stand in the second one's row."""
    sound = {"Customer": "B", "Start": JANUARY, "End": None, "Amount": 50.0, "Interval": "month", "Plan": "Pro"}
    first = ["A", JANUARY, None, 100.0, "month", "Basic"]
    return [HEADERS, first, [(sound | cells)[header] for header in HEADERS]]


def test_the_tables_here_have_every_error_of_the_package() -> None:
    assert {error.text for error in cell_errors.ALL if error.vba is not None} == set(COM)
    assert {error.text for error in cell_errors.ALL} - {"#UNKNOWN!"} == set(OFFICE.values())


@pytest.mark.parametrize("column", ["Customer", "Start", "Amount"])
@pytest.mark.parametrize(("form", "raw", "text"), FORMS, ids=IDS)
def test_an_error_in_a_column_that_counts_is_named(column: str, form: str, raw: Any, text: str) -> None:
    with pytest.raises(MrrError) as caught:
        FUNCTIONS["MRR_CUSTOMERS"](subscriptions(**{column: raw}))
    message = str(caught.value)
    assert message.startswith(f"row 3, column {column}: the cell holds the error ") and text in message, message


@pytest.mark.parametrize(("form", "raw", "text"), longer_forms())
def test_an_error_in_office_jss_longer_forms_is_named(form: str, raw: Any, text: str) -> None:
    with pytest.raises(MrrError) as caught:
        FUNCTIONS["MRR_CUSTOMERS"](subscriptions(Customer=raw))
    assert str(caught.value).startswith(f"row 3, column Customer: the cell holds the error '{text}'; ")


@pytest.mark.parametrize(("form", "raw", "text"), FORMS, ids=IDS)
def test_an_error_among_segments_is_named(form: str, raw: Any, text: str) -> None:
    with pytest.raises(MrrError) as caught:
        FUNCTIONS["MRR_SEGMENTS"](subscriptions(Plan=raw), "Plan")
    assert str(caught.value) == f"row 3, column Plan: the cell holds the error {text}; fix that cell first"


@pytest.mark.parametrize("where", ["Plan=Basic", "Plan<>Basic", "Plan=", "Plan=#N/A"])
def test_an_error_in_a_conditions_column_is_named(where: str) -> None:
    """Neither is the line Basic, nor is it not: the figure of either would be wrong without a word."""
    with pytest.raises(MrrError) as caught:
        FUNCTIONS["MRR"](subscriptions(Plan=COM["#SPILL!"]), None, where)
    assert str(caught.value) == "row 3, column Plan: the cell holds the error #SPILL!; fix that cell first"


def test_an_error_is_no_product_that_is_sold() -> None:
    table = [[*HEADERS[:5], "Product"], *([*row[:5], "CRM"] for row in subscriptions()[1:])]
    table[2][5] = COM["#REF!"]
    for name in ("MRR_UPSELL", "MRR_CROSS_SELL"):
        with pytest.raises(MrrError) as caught:
            FUNCTIONS[name](table)
        assert str(caught.value) == "row 3, column Product: the cell holds the error #REF!; fix that cell first"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_condition_names_the_error_in_a_frame_too(engine: str) -> None:
    """A database has no rows to name."""
    frame = typed("""
        customer  start       mrr  plan
        A         2024-01-01  100  Basic
        B         2024-01-01  50   #N/A
    """)
    with pytest.raises(MrrError) as caught:
        metric("MRR", ENGINES[engine](frame), where="plan=Basic")
    where = "column plan" if engine == "duckdb" else "row 3, column plan"
    assert str(caught.value) == f"{where}: the cell holds the error #N/A; fix that cell first"


@pytest.mark.parametrize(("form", "raw", "text"), FORMS, ids=IDS)
def test_an_error_beside_the_columns_that_count_changes_no_figure(form: str, raw: Any, text: str) -> None:
    assert FUNCTIONS["MRR"](subscriptions(Plan=raw)) == 150.0
    assert FUNCTIONS["MRR_CUSTOMERS"](subscriptions(Plan=raw)) == 2


@pytest.mark.parametrize("header", ["mrr", "2024-02"])
@pytest.mark.parametrize(("form", "raw", "text"), FORMS, ids=IDS)
def test_an_error_in_a_schedule_is_named(header: str, form: str, raw: Any, text: str) -> None:
    if header == "mrr":
        table = [["customer", "month", "mrr"], ["A", JANUARY, 100.0], ["B", JANUARY, raw]]
    else:
        table = [["customer", "2024-01", "2024-02"], ["A", 100.0, 100.0], ["B", 50.0, raw]]
    with pytest.raises(MrrError) as caught:
        FUNCTIONS["MRR"](table)
    message = str(caught.value)
    assert message.startswith(f"row 3, column {header}: the cell holds the error ") and text in message, message


@pytest.mark.parametrize(("form", "raw", "text"), FORMS, ids=IDS)
def test_an_error_as_the_month_is_named(form: str, raw: Any, text: str) -> None:
    for month in (raw, [[JANUARY, raw]]):
        with pytest.raises(MrrError) as caught:
            FUNCTIONS["MRR"](subscriptions(), month)
        assert str(caught.value).startswith(f"a month cell holds the error {text}; "), str(caught.value)


@pytest.mark.parametrize("number", [-2146828288, -2146826289 - 1000, -2146825288, -5, 0, 2042])
def test_a_whole_number_that_is_no_error_is_a_number(number: int) -> None:
    """A customer may be called so."""
    assert FUNCTIONS["MRR_TOP"](subscriptions(Customer=number))[2][1:3] == [str(number), 50.0]
