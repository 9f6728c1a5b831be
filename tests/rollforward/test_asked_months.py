"""Quarters and years where a month is asked for: as limits always, and as a month where figures are of them."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest

import mrr_xl
from mrr_xl import MrrError
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.months import month_label, read_span
from mrr_xl.rollforward.asked_months import limits, one_month
from mrr_xl.settings import Settings

LEDGER = pd.read_csv(
    io.StringIO("""\
customer,start,end,mrr
Ada,2023-11-01,,100
Ben,2024-02-01,2024-05-01,50
Cyd,2024-06-01,,30
""")
)
THROUGH = {"through": "2024-12"}


def labels(*months: int) -> list[str]:
    return [month_label(month) for month in months]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written", ["2024-Q2", "2024Q2", "2024 q2", "2024/Q2", "Q2 2024", "q2-2024", "Q2/2024", pd.Period("2024Q2")]
)
def test_a_quarter_as_people_write_it(written: object) -> None:
    assert labels(*limits(written, Settings())) == ["2024-04", "2024-06"]


@pytest.mark.parametrize("written", ["2024", 2024, 2024.0, " 2024 ", pd.Period("2024", freq="Y")])
def test_a_year_as_people_write_it(written: object) -> None:
    assert labels(*limits(written, Settings())) == ["2024-01", "2024-12"]


@pytest.mark.parametrize("written", ["2024-05", "May 2024", 202405, 45413, pd.Period("2024-05")])
def test_a_month_is_both_limits(written: object) -> None:
    assert labels(*limits(written, Settings())) == ["2024-05", "2024-05"]


@pytest.mark.parametrize("written", ["2024-Q5", "2024-Q0", "Q2", "24-Q2", "20240", "1824", "FY", "2024-H1", True, None])
def test_what_is_neither(written: object) -> None:
    assert read_span(written) is None


def test_a_fiscal_year_has_the_number_of_the_year_in_which_it_ends() -> None:
    april = Settings(fiscal_year_begins=4)
    assert labels(*limits("FY2024", april), *limits("FY2024-Q1", april)) == ["2023-04", "2024-03", "2023-04", "2023-06"]
    assert labels(*limits("FY 2024", Settings()), *limits("Q4 FY2024", april)) == [
        "2024-01", "2024-12", "2024-01", "2024-03",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("2024-Q1", "'2024-Q1' may be a calendar or a fiscal quarter; write FY2024-Q1, or a month such as 2024-03"),
        (2024, "2024 may be a calendar or a fiscal year; write FY2024, or a month such as 2024-12"),
    ],
)
def test_beside_a_fiscal_year_it_is_said_which_one_is_meant(written: object, sentence: str) -> None:
    for period in ("fiscal_quarter", "fiscal_year"):
        with pytest.raises(MrrError) as error:
            limits(written, Settings(period=period, fiscal_year_begins=4))
        assert str(error.value) == sentence
    assert labels(*limits(written, Settings(period="fiscal_year")))[0] == "2024-01"  # which begins in January


@pytest.mark.parametrize(
    ("period", "written", "month"),
    [
        ("quarter", "2024-Q1", "2024-03"),
        ("year", "2024", "2024-12"),
        ("year", 2024, "2024-12"),
        ("fiscal_quarter", "FY2024-Q1", "2023-06"),
        ("fiscal_year", "FY2024", "2024-03"),
        ("month", "2024-02", "2024-02"),
        ("quarter", "2024-02", "2024-02"),  # which stands for its quarter, as before
    ],
)
def test_where_figures_are_of_quarters_one_is_named(period: str, written: object, month: str) -> None:
    assert labels(one_month(written, Settings(period=period, fiscal_year_begins=4))) == [month]


@pytest.mark.parametrize(
    ("period", "written", "sentence"),
    [
        ("month", "2024-Q2", "'2024-Q2' is not a month; write it as 2024-06, or set period to quarter"),
        ("year", "2024-Q2", "'2024-Q2' is not a month; write it as 2024-06, or set period to quarter"),
        ("last_twelve_months", "2024", "'2024' is not a month; write it as 2024-12, or set period to year"),
        ("quarter", 2024, "2024 is not a month; write it as 2024-12, or set period to year"),
        ("month", "FY2024-Q1", "'FY2024-Q1' is not a month; write it as 2023-06, or set period to fiscal_quarter"),
        ("month", "2024-Q5", "'2024-Q5' is not a month; write it as 2024-03"),
    ],
)
def test_elsewhere_it_is_not_a_month(period: str, written: object, sentence: str) -> None:
    with pytest.raises(MrrError) as error:
        one_month(written, Settings(period=period, fiscal_year_begins=4))
    assert str(error.value) == sentence


def periods(**given: Any) -> list[str]:
    table = mrr_xl.movements(LEDGER, **THROUGH, **given)
    return [str(name) for name in table["period" if "period" in table else "month"]]


def test_movements_from_a_quarter_to_a_year() -> None:
    assert periods(start="2024-Q1", to="2024-Q2") == [f"2024-{month:02}" for month in range(1, 7)]
    assert periods(start="2024-Q2", to="2024", period="quarter") == ["2024-Q2", "2024-Q3", "2024-Q4"]
    assert periods(start="2023", to=2024, period="year") == ["2023", "2024"]
    assert periods(start=pd.Period("2024Q3"), to=pd.Period("2024Q4"))[-1] == "2024-12"
    assert list(mrr_xl.schedule(LEDGER, start="2024-Q1", to="2024-Q1", **THROUGH).columns[1:].astype(str)) == [
        "2024-01", "2024-02", "2024-03",
    ]  # fmt: skip


def test_a_fiscal_quarter_of_other_months_is_not_a_quarter_nor_a_quarter_a_fiscal_one() -> None:
    """With a year that begins in February: a fiscal quarter ends in April, July, October and January."""
    asked = [
        ("quarter", "FY2024-Q1", "is not a month; write it as 2023-04, or set period to fiscal_quarter"),
        (
            "fiscal_quarter",
            "2024-Q4",
            "may be a calendar or a fiscal quarter; write FY2024-Q4, or a month such as 2024-12",
        ),
    ]
    for period, written, sentence in asked:
        with pytest.raises(MrrError) as error:
            one_month(written, Settings(period=period, fiscal_year_begins=2))
        assert str(error.value) == f"'{written}' {sentence}"


def test_a_year_that_is_not_reported_yet_is_a_limit_that_is_too_late() -> None:
    with pytest.raises(MrrError, match=r"^2024-12 is after 2024-08, the last month reported; "):
        mrr_xl.movements(LEDGER, to="2024", through="2024-08")


def test_a_figure_and_a_table_of_a_quarter() -> None:
    quarter = {"period": "quarter", **THROUGH}
    assert mrr_xl.new(LEDGER, "2024-Q1", **quarter) == 50
    assert mrr_xl.new(LEDGER, ["2024-Q1", "Q2 2024"], **quarter).tolist() == [50, 30]
    assert mrr_xl.detail(LEDGER, "2024-Q2", **quarter)["customer"].tolist() == ["Cyd", "Ben"]
    with pytest.raises(MrrError, match=r"^'2024-Q1' is not a month; write it as 2024-03, or set period to quarter$"):
        mrr_xl.new(LEDGER, "2024-Q1", **THROUGH)


def test_cells_take_them_too() -> None:
    cells, rows = sheet_functions(), [list(LEDGER.columns), *LEDGER.astype(object).where(LEDGER.notna(), None).values]
    rows = [list(row) for row in rows]
    assert cells["MRR_NEW"](rows, [["2024-Q1", "2024-Q2"]], None, "period=quarter; through=2024-12") == [[50, 30]]
    assert cells["MRR_NEW"](rows, [[2023.0, 2024.0]], None, "period=year; through=2024-12") == [[100, 30]]
    table = cells["MRR_MOVEMENTS"](rows, "2024-Q2", "2024-Q2", None, "through=2024-12")
    assert len(table) == 4
