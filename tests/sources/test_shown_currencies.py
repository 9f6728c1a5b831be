"""Currencies that only a sheet's number formats show, or signs beside the amounts; sheets that may be meant, too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import mrr_xl
from mrr_xl import MrrError, MrrWarning
from mrr_xl.filling.currency import currency_of
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.report import write_template
from support.readings import found_out, written

POUNDS, DOLLARS, EUROS = "[$£-809]#,##0.00", "[$$-409]#,##0.00", "#,##0.00 [$€-1]"


def workbook(folder: Path, formats: list[str], header: str = "Price", currency: str | None = None) -> Path:
    """A list of one line for each number format, with its title above."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["Accounts of all countries"])
    sheet.append(["Account", "Start", header, *(["Currency"] if currency else [])])
    for number, shown_as in enumerate(formats, 3):
        sheet.append([f"A{number}", dt.datetime(2025, 3, 4), 100, *([currency] if currency else [])])
        sheet.cell(number, 3).number_format = shown_as
    book.save(folder / "accounts.xlsx")
    return folder / "accounts.xlsx"


@pytest.mark.parametrize(
    ("formats", "currencies"),
    [
        ([DOLLARS, POUNDS, EUROS], "$, EUR, GBP"),
        (['"£"#,##0.00', "€#,##0", "General"], "EUR, GBP"),
        (["[$USD] #,##0", "#,##0 [$CAD]"], "CAD, USD"),
        ([POUNDS, "_-* #,##0.00 [$kr-414]_-"], "GBP, kr"),
    ],
)
def test_amounts_shown_in_several_currencies_are_no_sum(tmp_path: Path, formats: list[str], currencies: str) -> None:
    for header in ("Price", "MRR", "2025-03"):
        with pytest.raises(MrrError) as error:
            mrr_xl.mrr(workbook(tmp_path, formats, header), "2025-03")
        assert str(error.value) == (
            f"column {header} is shown in {currencies}; write the currency of each row into a column currency, and "
            "give rates"
        )
    with pytest.raises(MrrError, match=r"^column Deal is shown in "):
        mrr_xl.mrr(workbook(tmp_path, formats, "Deal"), "2025-03", columns={"amount": "Deal"})


@pytest.mark.parametrize(
    "formats",
    [[POUNDS, POUNDS], [POUNDS, "General"], ["0.00", "#,##0"], ['"$"#,##0.00', '"US$"#,##0.00'], ["[$-409]0.0", EUROS]],
)
def test_amounts_shown_in_one_currency_are_one(tmp_path: Path, formats: list[str]) -> None:
    assert mrr_xl.mrr(workbook(tmp_path, formats), "2025-03") == 100 * len(formats)


def test_a_column_currency_says_more_than_formats(tmp_path: Path) -> None:
    assert mrr_xl.mrr(workbook(tmp_path, [POUNDS, DOLLARS], currency="USD"), "2025-03") == 200


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("customer,start,price\nAda,2025-01-02,$10.00\nBob,2025-02-02,$20.00\n", "$"),
        ("customer,start,price\nAda,2025-01-02,£10.00\n", "GBP"),
        ("customer,2025-01,2025-02\nAda,£10,£10\n", "GBP"),
        ("customer,2025-01,2025-02\nAda,10 kr,10 kr\n", "kr"),
    ],
)
def test_a_report_shows_the_currency_that_stands_beside_all_amounts(tmp_path: Path, text: str, currency: str) -> None:
    write_template(tmp_path / "template.xlsx", months=3)
    filled = mrr_xl.fill(tmp_path / "template.xlsx", written(tmp_path, text), tmp_path / "out.xlsx")
    assert f"the currency shown beside the amounts is now {currency}, as in the data; it was EUR" in filled.notes
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["Settings"]["B5"].value == currency


def test_a_sign_is_its_currency_in_the_rates_and_in_a_column(tmp_path: Path) -> None:
    beside = written(tmp_path, "customer,start,price\nAda,2025-01-02,£10.00\nBob,2025-01-02,$20.00\n")
    for rates in ({"$": 1, "£": 1.25}, {"$": 1, "GBP": 1.25}, {"USD": 1, "£": 1.25}):
        assert mrr_xl.mrr(beside, "2025-01", rates=rates) == 32.5
    text = "customer,start,price,currency\nAda,2025-01-02,10,£\nBob,2025-01-02,20,€\nCyd,2025-01-02,30,gbp\n"
    column = written(tmp_path, text)
    for rates in ({"EUR": 1, "GBP": 1.25}, {"€": 1, "£": 1.25}):
        assert mrr_xl.mrr(column, "2025-01", rates=rates) == 70
    with pytest.raises(MrrError, match=r"^column currency has EUR, GBP; give rates"):
        mrr_xl.mrr(column, "2025-01")
    both = written(tmp_path, "customer,start,price,currency\nAda,2025-01-02,£10,£\nBob,2025-01-02,20 GBP,£\n")
    assert mrr_xl.mrr(both, "2025-01") == 30


def test_amounts_with_different_signs_need_rates(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,MRR\nAda,2025-01-02,£10\nBob,2025-01-02,€20\n")
    with pytest.raises(MrrError, match=r"^column MRR has EUR, GBP; give rates: what one unit of each is worth$"):
        mrr_xl.mrr(path, "2025-01")


def two_years(path: Path) -> Path:
    book = openpyxl.Workbook()
    for title, row in (("2023", ["Ada", "2023-01-01", 10]), ("2024", ["Cyd", "2024-01-01", 40]), ("Notes", ["hello"])):
        sheet = book.create_sheet(title)
        if title != "Notes":
            sheet.append(["Cliente", "Fecha de alta", "Cuota mensual"])
        sheet.append(row)
    del book["Sheet"]
    book.save(path)
    return path


def test_another_sheet_that_may_be_meant_is_a_problem(tmp_path: Path) -> None:
    years = two_years(tmp_path / "altas.xlsx")
    says = (
        "sheet 2023 is read, and not 2024, which has a ledger's header, too: say which with --sheet, elsewhere with "
        "sheet, or put their rows into one"
    )
    with pytest.warns(MrrWarning) as warned:
        assert mrr_xl.mrr(years, "2023-01") == 10
    assert [str(warning.message) for warning in warned] == [says]
    assert mrr_xl.mrr(years, "2024-01", sheet="2024") == 40
    assert mrr_xl.mrr(years, "2023-01", sheet="2023") == 10


def test_the_total_row_of_a_schedule_may_have_sums_that_nobody_computed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (["Socio", "Ene-23", "Feb-23"], ["Ada", 10, 10], ["Bob", 5, 7], ["Total", "=SUM(B2:B3)", "=SUM(C2:C3)"]):
        sheet.append(row)
    book.save(tmp_path / "socios.xlsx")
    assert mrr_xl.mrr(tmp_path / "socios.xlsx", ["2023-01", "2023-02"]).tolist() == [15, 17]
    sheet["A4"] = "Cyd"
    book.save(tmp_path / "socios.xlsx")
    with pytest.raises(
        MrrError, match=r"^row 4, column Ene-23: the cell holds a formula whose value is not in the file"
    ):
        mrr_xl.mrr(tmp_path / "socios.xlsx", "2023-01")


@pytest.mark.parametrize("header", ["Socio", "Núm. soci", "Member ID", "Mitglied Nr.", "Membre", "Adhérent", "Abonado"])
def test_members_are_customers(tmp_path: Path, header: str) -> None:
    path = written(tmp_path, f"{header},Fecha de alta,Fecha de baja,Cuota mensual,Estado\nA,2024-01-01,,10,activo\n"
                   "B,2024-01-01,2024-03-01,10,baja\n")  # fmt: skip
    assert mrr_xl.mrr(path, ["2024-01", "2024-03"]).tolist() == [20, 10]


def test_what_is_no_discount_says_where_its_parts_belong(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,price,discount\nA,2024-01-01,10,10% for 3 months\n")
    with pytest.raises(MrrError) as error:
        mrr_xl.mrr(path)
    assert str(error.value) == (
        "row 2, column discount: '10% for 3 months' is not a discount; write a fraction such as 0.1 or 10%, how long "
        "it runs in a column Discount duration, and an amount in a column Discount amount"
    )


@pytest.mark.parametrize(
    ("shown_as", "header", "currency"),
    [
        ('"£"#,##0.00', "Fee", "GBP"), ("[$$-409]#,##0", "Fee", "$"), ("#,##0.00 [$€-1]", "MRR", "EUR"),
        ("General", "Monthly fee £", "GBP"), ("0.00", "Price ($)", "$"),
        ("General", "Fee", None),
    ],
)  # fmt: skip
def test_the_only_currency_that_a_sheet_shows_is_that_of_the_report(
    tmp_path: Path, shown_as: str, header: str, currency: str | None
) -> None:
    assert currency_of(read_ledger(workbook(tmp_path, [shown_as, "General"], header))) == currency


def test_a_column_of_currencies_comes_before_what_a_sheet_shows(tmp_path: Path) -> None:
    assert currency_of(read_ledger(workbook(tmp_path, [POUNDS, POUNDS], currency="USD"))) == "USD"


def test_a_schedule_is_in_the_currency_that_its_sheet_shows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (["Customer", "Jan 2024", "Feb 2024", "Mar 2024"], ["Ada", 5, 5, 5], ["Bob", 7, 7, 7]):
        sheet.append(row)
    for row in sheet["B2:D3"]:
        for cell in row:
            cell.number_format = POUNDS
    book.save(tmp_path / "schedule.xlsx")
    assert found_out(tmp_path / "schedule.xlsx") == ["currency of Jan 2024: GBP, as the sheet shows its numbers"]
    assert currency_of(read_ledger(tmp_path / "schedule.xlsx")) == "GBP"
