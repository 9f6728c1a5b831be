"""Schedules of different months, in files of a folder or on sheets of a workbook, are one; so are lists of lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

import mrr_xl
from mrr_xl import MrrError, metric, movements
from mrr_xl.cli import main
from mrr_xl.filling.datasets import by_column
from mrr_xl.report import write_template
from mrr_xl.sources.how import How

FIRST = "Kunde;Nov 2023;Dez 2023\nAda;10;10\nBob;20;20\n"
SECOND = "Kunde;2024-02;2024-01\nAda;12,5;10\nCyd;7;7\n"
#: Ada 10, 10, 10, 12.50; Bob 20, 20; Cyd 7, 7.
CLOSING = [30.0, 30.0, 17.0, 19.5]


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


def workbook(path: Path, *, header: int = 1, **sheets: str) -> Path:
    """A workbook with a sheet for each text, numbers as numbers, with so many rows above its rows."""
    book = openpyxl.Workbook()
    del book["Sheet"]
    for title, text in sheets.items():
        sheet: Any = book.create_sheet(title)
        for number, line in enumerate(text.splitlines(), header):
            for column, cell in enumerate(line.split(";"), 1):
                plain = cell.replace(",", ".")
                sheet.cell(number, column, float(plain) if plain.replace(".", "").isdigit() else cell)
    book.save(path)
    return path


def message_of(data: object, **how: Any) -> str:
    with pytest.raises(MrrError) as caught:
        movements(data, **how)
    return str(caught.value)


def test_files_of_other_months_are_one_schedule(tmp_path: Path) -> None:
    years = folder(tmp_path, a2023=FIRST, b2024=SECOND)
    table = movements(years)
    assert table["closing"].tolist() == CLOSING
    assert table["churn"].tolist() == [0.0, 0.0, -20.0, 0.0]
    checks = metric("MRR_CHECKS", years).set_index("check")
    assert checks.loc["columns read", "says"] == "Kunde as customer, 4 months"
    assert checks.loc["lines read", "says"] == "recognised as wide; the first is row 2 of a2023.csv"
    assert checks.loc["lines read", "lines"] == 8


def test_a_month_may_be_spelled_in_two_ways(tmp_path: Path) -> None:
    years = folder(tmp_path, north=FIRST, south="Kunde;12/2023;01/2024\nDee;1;1\n")
    assert movements(years)["closing"].tolist() == [30.0, 31.0, 1.0]


def test_each_year_may_have_a_total_of_its_own(tmp_path: Path) -> None:
    first = "Kunde;Nov 2023;Dez 2023;Total 2023;Summe\nAda;10;10;20;1\nBob;20;20;40;1\n"
    second = "Summe;2024-02;Kunde;2024-01;2024 total\n1;12,5;Ada;10;22,5\n1;7;Cyd;7;14\n"
    years = folder(tmp_path, a2023=first, b2024=second)
    assert movements(years)["closing"].tolist() == CLOSING
    says = metric("MRR_CHECKS", years).set_index("check").loc["columns not read", "says"]
    assert says == "Summe, 2024 total, Total 2023: available for conditions and segments"


def test_a_mistake_names_the_file(tmp_path: Path) -> None:
    years = folder(tmp_path, a2023=FIRST, b2024=SECOND.replace("7;7", "7;seven"))
    said = "row 3 of b2024.csv, column 2024-01: 'seven' is not an amount; write a plain number such as 1200,50"
    assert message_of(years) == said


@pytest.mark.parametrize(
    ("second", "message"),
    [
        # The last state of one year is the first of the other one.
        (SECOND.replace("2024-02", "2023-12"),
         "'Ada' pays in Dez 2023 in a2023.csv and in b2024.csv; leave that month out of one of them, or give both the "
         "same months if both amounts count"),
        (SECOND.replace("Kunde", "Client"),
         "a2023.csv has a column Kunde that b2024.csv does not have; give all files the same columns"),
        (SECOND.replace("Kunde", "Kunde;Land").replace("Ada", "Ada;DE").replace("Cyd", "Cyd;DE"),
         "b2024.csv has a column Land that a2023.csv does not have; give all files the same columns"),
        ("Kunde;start;mrr\nAda;2024-01-01;10\n",
         "a2023.csv has a column Nov 2023 that b2024.csv does not have; give all files the same columns"),
    ],
)  # fmt: skip
def test_what_can_not_be_put_together(tmp_path: Path, second: str, message: str) -> None:
    assert message_of(folder(tmp_path, a2023=FIRST, b2024=second)) == message


def test_a_month_of_both_files_may_be_blank_or_0_in_one_of_them(tmp_path: Path) -> None:
    second = "Kunde;Dez 2023;Jan 2024\nAda;0;10\nBob;;5\nCyd;3;7\n"
    assert movements(folder(tmp_path, a2023=FIRST, b2024=second))["closing"].tolist() == [30.0, 33.0, 22.0]


def test_files_of_the_same_months_add_up(tmp_path: Path) -> None:
    """A customer may pay in two regions."""
    years = folder(tmp_path, north=FIRST, south="Kunde;Nov 2023;Dez 2023\nAda;4;4\nBob;5;5\n")
    assert movements(years)["closing"].tolist() == [39.0, 39.0]


def test_every_sheet_that_holds_a_ledger_is_read(tmp_path: Path) -> None:
    book = workbook(tmp_path / "years.xlsx", **{"2023": FIRST, "Notes": "hello;you", "2024": SECOND})
    assert movements(book, sheet="*")["closing"].tolist() == CLOSING
    checks = metric("MRR_CHECKS", book, sheet="*").set_index("check")
    assert checks.loc["sheets", "says"] == "2 read: 2023, 2024; not read: Notes"
    assert checks.loc["lines read", "says"] == "recognised as wide; the first is row 2 of sheet 2023"
    printed = CliRunner().invoke(main, ["metric", "mrr", str(book), "--sheet", "*", "--month", "2024-02"])
    assert (printed.exit_code, printed.stdout) == (0, "19.5\n")
    with book.open("rb") as stream:
        assert mrr_xl.mrr(stream, "2024-01", sheet="*") == 17


def test_sheets_of_lines_have_their_rows_put_together(tmp_path: Path) -> None:
    """Each may have its header in another row."""
    north = "Kunde;Beginn;MRR\nAda;2023-01-01;10\n"
    book = workbook(tmp_path / "regions.xlsx", North=north, South=north.replace("Ada", "Bob").replace("10", "x"))
    said = "row 2 of sheet South, column MRR: 'x' is not an amount; write a plain number such as 1200.50"
    assert message_of(book, sheet="*") == said
    book = workbook(tmp_path / "regions.xlsx", header=4, North=north, South=north.replace("Ada", "Bob"))
    assert mrr_xl.mrr(book, "2023-01", sheet="*") == 20
    copied = workbook(tmp_path / "regions.xlsx", North=north, South=north)
    assert message_of(copied, sheet="*") == (
        "sheet South has the same rows as sheet North; remove one of the two sheets"
    )
    other = workbook(tmp_path / "regions.xlsx", North=north, South="Kunde;Beginn;MRR;Tarif\nBob;2023-01-01;10;Pro\n")
    assert message_of(other, sheet="*") == (
        "sheet South has a column Tarif that sheet North does not have; give all sheets the same columns"
    )


def test_every_sheet_of_every_file(tmp_path: Path) -> None:
    workbook(tmp_path / "years.xlsx", **{"2023": FIRST, "2024": SECOND})
    later = "Kunde;Mrz 2024\nAda;12,5\nCyd;zero\n"
    folder(tmp_path, later=later)
    assert message_of(tmp_path, sheet="*") == (
        "row 3 of later.csv, column Mrz 2024: 'zero' is not an amount; write a plain number such as 1200,50"
    )
    folder(tmp_path, later=later.replace("zero", "7"))
    assert movements(tmp_path, sheet="*")["closing"].tolist() == [*CLOSING, 19.5]
    workbook(tmp_path / "years.xlsx", **{"2023": FIRST, "2024": SECOND.replace("7;7", "7;?")})
    assert message_of(tmp_path, sheet="*") == (
        "row 3 of sheet 2024, years.xlsx, column 2024-01: '?' is not an amount; write a plain number such as 1200,50"
    )


def test_it_may_be_kept_beside_the_file(tmp_path: Path) -> None:
    book = workbook(tmp_path / "years.xlsx", **{"2023": FIRST, "2024": SECOND})
    (tmp_path / "mrr-xl.toml").write_text('["years.xlsx"]\nsheet = "*"\ncolumns = {customer = "Kunde"}\n')
    assert movements(book)["closing"].tolist() == CLOSING
    checks = metric("MRR_CHECKS", book).set_index("check")
    assert checks.loc["how it is read", "says"] == "as mrr-xl.toml beside the file says"


def test_a_file_without_sheets_and_one_with_a_single_ledger_are_read_as_ever(tmp_path: Path) -> None:
    assert movements(folder(tmp_path, one=FIRST) / "one.csv", sheet="*")["closing"].tolist() == [30.0, 30.0]
    book = workbook(tmp_path / "one.xlsx", Notes="hello;you", One=FIRST)
    assert movements(book, sheet="*")["closing"].tolist() == [30.0, 30.0]
    none = workbook(tmp_path / "none.xlsx", Notes="hello;you\n1;2\n", More="a;b\n1;2\n")
    assert message_of(none, sheet="*") == (
        "none.xlsx has no sheet whose header says whose subscription it is, since when and how much is paid; it has "
        "Notes, More: --sheet More, elsewhere sheet, tells what that one lacks"
    )


def test_the_template_takes_them_too(tmp_path: Path) -> None:
    book = workbook(tmp_path / "years.xlsx", **{"2023": FIRST, "2024": SECOND})
    write_template(tmp_path / "report.xlsx", data=book, sheet="*")
    assert movements(tmp_path / "report.xlsx")["closing"].tolist() == CLOSING


def test_reports_by_a_column_of_several_workbooks_with_several_sheets_name_their_rows(tmp_path: Path) -> None:
    line = "Kunde;Beginn;MRR;Region\nAda;2023-01-01;10;North\n"
    books = [
        workbook(tmp_path / f"{name}.xlsx", One=line.replace("Ada", f"{name}1"), Two=line.replace("Ada", f"{name}2"))
        for name in ("a", "b", "c")
    ]
    header, [part] = by_column([*map(str, books)], "region", How.of({"sheet": "*"}))
    assert (header, part.name) == ("Region", "North")
    assert mrr_xl.mrr(part.read(), "2023-01") == 60
    workbook(books[1], One=line.replace("Ada", "b1"), Two=line.replace("North", ""))
    _, [_, blank] = by_column([*map(str, books)], "region", How.of({"sheet": "*"}))
    assert blank.mistake == "row 2 of sheet Two, b.xlsx: column Region is blank; fill it in"
