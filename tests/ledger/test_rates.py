"""What a table of rates may look like, and which rate holds in which month."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pytest
from openpyxl.worksheet.table import Table

from mrr_xl import MrrError, metric
from mrr_xl.ledger.rates import NO_RATES, Rates, read_rates
from mrr_xl.months import read_month

JANUARY, FEBRUARY, MARCH = (read_month(f"2024-0{number}") for number in (1, 2, 3))
DATED = [("USD", "2024-02", 0.8), ("USD", "2024-01", 0.5), ("EUR", 1)]


def test_the_latest_rate_is_that_of_the_last_month_in_any_order_of_the_rows() -> None:
    for rows in (DATED, DATED[::-1]):
        rates = read_rates(rows)
        assert rates.latest == {"USD": 0.8, "EUR": 1.0}
        assert rates.by_month == {("USD", JANUARY): 0.5, ("USD", FEBRUARY): 0.8}


def test_a_rate_holds_for_its_month_and_one_without_a_month_for_every_month() -> None:
    rates = read_rates(DATED)
    assert [rates.at("USD", month) for month in (JANUARY, FEBRUARY)] == [0.5, 0.8]
    assert [rates.at("EUR", month) for month in (JANUARY, FEBRUARY, MARCH)] == [1.0, 1.0, 1.0]
    with pytest.raises(MrrError) as error:
        rates.at("USD", MARCH)
    assert str(error.value) == (
        "currency USD has no rate for 2024-03; add it to the rates, or set through to an earlier month"
    )


def test_rates_are_read_once_and_the_same_ones_are_the_same_key() -> None:
    rates = read_rates(DATED)
    assert read_rates(rates) is rates
    assert read_rates(None) is NO_RATES
    assert {read_rates(DATED): 1}[rates] == 1
    assert rates != read_rates([*DATED[:2], ("EUR", 2)])
    assert rates == Rates(rates.pairs)


SAME = {"EUR": 1.0, "USD": 0.9}


@pytest.mark.parametrize(
    "rows",
    [
        [("EUR", 1), ("USD", 0.9)],
        [["eur ", "1"], [" Usd", "0.9"]],
        [("currency", "rate"), ("EUR", 1), ("USD", 0.9)],
        [("Rate", "Currency"), (1, "EUR"), (0.9, "USD")],
        [("rate", "month", "currency"), (1, None, "EUR"), (0.9, "", "USD")],
        [("note", "rate", "currency"), ("own", 1, "EUR"), ("the bank's", 0.9, "USD")],
        [("Währung", "Kurs"), ("EUR", 1), ("USD", 0.9)],
        [("Currency", "Kurs"), ("EUR", 1), ("USD", 0.9)],
        [("EUR", None, 1), ("USD", "", 0.9)],
        [("EUR", pd.NA, 1), ("USD", pd.NA, 0.9), (pd.NA, pd.NA)],
        [("", None, ""), ("EUR", 1), (None, None), ("USD", 0.9), []],
    ],
)
def test_rows_of_rates_may_have_a_header_columns_in_any_order_and_blanks(rows: object) -> None:
    assert read_rates(rows).latest == SAME
    assert read_rates(rows).by_month == {}


@pytest.mark.parametrize(
    "rows",
    [
        [("USD", "2024-01", 0.5), ("USD", "2024-02", 0.8)],
        [("USD", "2024-01", "0.5"), ("USD", "2024-02", "0.8")],
        [("USD", dt.date(2024, 1, 31), 0.5), ("USD", dt.date(2024, 2, 29), 0.8)],
        [("currency", "month", "rate"), ("USD", "2024-01", 0.5), ("USD", "2024-02", 0.8)],
        [("month", "rate", "currency"), ("2024-01", 0.5, "USD"), ("2024-02", 0.8, "USD")],
        [("ccy", "at", "per unit"), ("USD", "2024-01", 0.5), ("USD", "2024-02", 0.8)],
    ],
)
def test_rows_of_rates_may_have_months(rows: object) -> None:
    assert read_rates(rows).by_month == {("USD", JANUARY): 0.5, ("USD", FEBRUARY): 0.8}


def test_a_table_of_rates_may_be_a_file_a_frame_or_a_query(tmp_path: Path) -> None:
    path, frame = tmp_path / "rates.csv", pl.DataFrame({"rate": [1.0, 0.9], "currency": ["EUR", "USD"]})
    path.write_text("currency,rate\nEUR,1\nUSD,0.9\n")
    for table in (path, str(path), frame, frame.lazy(), frame.to_pandas(), duckdb.sql("select * from frame")):
        assert read_rates(table).latest == SAME


def test_a_header_row_is_known_by_its_last_cell(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("EUR,2024-01,1\nUSD,2024-01,0.9\n")
    with pytest.raises(MrrError) as error:
        read_rates(path)
    assert str(error.value) == "the rates have no header row (it reads EUR, 2024-01, 1); add one: currency, month, rate"


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        (5, "the rates can't be read from a int; give a table: currency, month, rate"),
        ([5, ("EUR", 1)], "row 1 of the rates is 5; give currency, [month] and rate"),
        ([("EUR", 1), "USD 0.9"], "row 2 of the rates is 'USD 0.9'; give currency, [month] and rate"),
        ([("EUR", 1), b"USD 0.9"], "row 2 of the rates is \"b'USD 0.9'\"; give currency, [month] and rate"),
        ([("EUR", 1), ("USD",)], "row 2 of the rates has 1 cells; give currency, [month] and rate"),
        ([("EUR", 1), (None, 0.9)], "row 2 of the rates has 1 cells; give currency, [month] and rate"),
        ([("EUR", 1), ("", 0.9)], "row 2 of the rates has 1 cells; give currency, [month] and rate"),
        ([("EUR", 1), (pd.NA, 0.9)], "row 2 of the rates has 1 cells; give currency, [month] and rate"),
        ([("EUR", "soon", 1)], "'soon' is not a month; write it as 2024-03"),
        ([("EUR", 1), ("USD", 1, 2, 3)], "row 2 of the rates has 4 cells; give currency, [month] and rate"),
        ([("USD", "2024-01", float("nan"))], "nan is not a rate for USD; write a plain number such as 1200.50"),
        ([("EUR", 1), ("USD", "x")], "'x' is not a rate for USD; write a plain number such as 1200.50"),
        ([("EUR", 1), ("USD", -0.5)], "the rate -0.5 for USD is not above 0"),
        ([("EUR", 1), ("USD", 0)], "the rate 0 for USD is not above 0"),
        ([("EUR", 1), ("eur", 2)], "currency EUR has two rates"),
        ([("USD", "2024-01", 1), ("USD", dt.date(2024, 1, 31), 1)], "currency USD has two rates for 2024-01"),
        (
            [("USD", "2024-01", 1), ("USD", 1), ("GBP", 1), ("GBP", "2024-01", 2)],
            "currency GBP has rates with and without a month; give one kind",
        ),
    ],
)
def test_what_is_no_rate_is_named(rates: object, message: str) -> None:
    with pytest.raises(MrrError) as error:
        read_rates(rates)
    assert str(error.value) == message


@pytest.mark.parametrize("month", ["2024-02", 202402, dt.date(2024, 2, 1)])
@pytest.mark.parametrize("header", [("currency", "month", "rate"), ("ccy", "at", "per unit"), ("", None, "")])
def test_a_month_without_a_rate_is_not_taken_for_one(header: tuple[object, ...], month: object) -> None:
    for blank in (None, "", pd.NA):
        with pytest.raises(MrrError) as error:
            read_rates([header, ("USD", "2024-01", 0.5), ("USD", month, blank)])
        assert str(error.value) == "row 3 of the rates has no rate; give currency, [month] and rate"


def test_a_first_row_without_a_rate_is_no_header() -> None:
    with pytest.raises(MrrError) as error:
        read_rates([("USD", "2024-01", None), ("EUR", "2024-01", 0.9)])
    assert str(error.value) == "row 1 of the rates has no rate; give currency, [month] and rate"
    with pytest.raises(MrrError) as error:
        read_rates([("USD", "Jan 24")])
    assert str(error.value) == "'Jan 24' is not a rate for USD; write a plain number such as 1200.50"


def test_a_rate_without_a_currency_is_not_that_of_a_month() -> None:
    with pytest.raises(MrrError) as error:
        read_rates([("month", "rate", "currency"), ("2024-01", 0.5, "USD"), ("2024-02", 0.8, float("nan"))])
    assert str(error.value) == "row 3 of the rates has no currency; give currency, [month] and rate"


def test_months_of_a_frame_may_be_blank() -> None:
    frame = pd.DataFrame({"currency": ["USD", "EUR"], "month": pd.to_datetime(["2024-01-31", None]), "rate": [0.5, 1]})
    rows = [tuple(frame.columns), *frame.itertuples(index=False)]
    for table in (frame, rows):
        assert read_rates(table).pairs == (("USD", JANUARY, 0.5), ("EUR", None, 1.0))


def test_a_rate_may_be_as_small_as_it_is() -> None:
    assert read_rates([("IDR", 0.00006)]).latest == {"IDR": 0.00006}


@pytest.mark.parametrize(
    ("rows", "rates"),
    [
        ([("EUR", "1"), ("USD", "0,92")], {"EUR": 1.0, "USD": 0.92}),
        ([("USD", "0,925"), ("JPY", "0,006123"), ("GBP", "1,185")], {"USD": 0.925, "JPY": 0.006123, "GBP": 1.185}),
        ([("currency", "rate"), ("XAU", "1.900,5"), ("USD", 0.92)], {"XAU": 1900.5, "USD": 0.92}),
    ],
)
def test_rates_with_a_decimal_comma(rows: list[tuple[object, ...]], rates: dict[str, float]) -> None:
    assert read_rates(rows).latest == rates


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([("EUR", "1"), ("GBP", "1,185")], "'1,185' is not a rate for GBP"),  # a thousand, or little more than one
        ([("GBP", "1,185"), ("EUR", "1")], "'1,185' is not a rate for GBP"),
        ([("USD", "0,92"), ("GBP", "1.18")], "'0,92' is not a rate for USD"),
    ],
)
def test_a_rate_that_may_be_two_numbers(rows: list[tuple[object, ...]], wrong: str) -> None:
    with pytest.raises(MrrError) as error:
        read_rates(rows)
    assert str(error.value) == f"{wrong}; write a plain number such as 1200.50"


def test_a_file_of_rates_from_a_german_spreadsheet(tmp_path: Path) -> None:
    file = tmp_path / "kurse.csv"
    file.write_text("currency;month;rate\nEUR;;1\nUSD;01.2024;0,91\nUSD;02.2024;0,925\n", encoding="utf-8")
    assert read_rates(file).by_month == {("USD", JANUARY): 0.91, ("USD", FEBRUARY): 0.925}


def test_the_rates_of_a_workbook_are_those_of_its_sheet_or_table_rates(tmp_path: Path) -> None:
    """The contracts in its first sheet, or in a table Subscriptions, were taken for rates."""
    book = openpyxl.Workbook()
    contracts = book.active
    contracts.title = "Contracts"
    for row in (["customer", "start", "mrr", "currency"], ["Ada", "2024-01-01", 10, "USD"]):
        contracts.append(row)
    sheet = book.create_sheet("rates ")
    for row in (["Currency", "Rate"], ["USD", 0.5], ["EUR", 1]):
        sheet.append(row)
    book.save(tmp_path / "sheet.xlsx")
    assert read_rates(tmp_path / "sheet.xlsx").latest == {"USD": 0.5, "EUR": 1.0}
    assert metric("MRR", tmp_path / "sheet.xlsx", "2024-01", rates=tmp_path / "sheet.xlsx") == 5.0
    sheet.title = "FX rates"
    book.save(tmp_path / "word.xlsx")
    assert read_rates(tmp_path / "word.xlsx").latest == {"USD": 0.5, "EUR": 1.0}
    book.create_sheet("old rates")
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(MrrError, match=r"^row 2 of the rates has 4 cells; give currency, \[month\] and rate$"):
        read_rates(tmp_path / "other.xlsx")
    del book["old rates"]
    sheet.title = "FX"
    contracts.add_table(Table(displayName="Subscriptions", ref="A1:D2"))
    sheet.add_table(Table(displayName="Rates", ref="A1:B3"))
    book.save(tmp_path / "table.xlsx")
    assert read_rates(tmp_path / "table.xlsx").latest == {"USD": 0.5, "EUR": 1.0}


def test_a_file_that_is_no_workbook_is_none_in_the_words_of_its_reader(tmp_path: Path) -> None:
    (tmp_path / "rates.xlsx").write_bytes(b"no workbook")
    with pytest.raises(MrrError, match=r"^rates\.xlsx is not a workbook that can be read"):
        read_rates(tmp_path / "rates.xlsx")
    with pytest.raises(MrrError, match=r"^there is no file "):
        read_rates(tmp_path / "none.xlsx")


@pytest.mark.parametrize("of_index", [True, False])
def test_rates_with_a_column_for_each_currency_are_told_what_they_are_to_be(of_index: bool) -> None:
    rows = pd.DataFrame({"month": ["2024-01"] * 2, "currency": ["EUR", "USD"], "rate": [1, 0.9]})
    pivot = rows.pivot(index="month", columns="currency", values="rate")
    with pytest.raises(MrrError) as error:
        read_rates(pivot if of_index else pivot.reset_index())
    assert str(error.value) == (
        "the rates have a column for each currency (EUR, USD); give them a row for each rate: currency, month, rate"
    )
