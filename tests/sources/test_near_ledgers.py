"""A sheet whose header is nearly a ledger's, beside the one that is read, is a problem that names it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import mrr_xl
from mrr_xl import MrrError, metric
from mrr_xl.report import write_template

ARCHIVE = "Client,Start,End,Amount,Interval\nAda,2024-01-01,,120,year"
CONTRACTS = "Client,Start,End,Rent,Interval\nBob,2025-01-01,,50,month"
WHICH = ": say which with --sheet, elsewhere with sheet"


def workbook(path: Path, **sheets: str) -> Path:
    """A workbook with a sheet for each text, whose numbers are numbers."""
    book = openpyxl.Workbook()
    del book["Sheet"]
    for title, text in sheets.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for line in text.splitlines():
            sheet.append([float(cell) if cell.isdigit() else cell or None for cell in line.split(",")])
    book.save(path / "book.xlsx")
    return path / "book.xlsx"


def told(path: Path, **how: str) -> list[tuple[str, str]]:
    """How bad what check says of the sheets is, and its sentence."""
    checks = metric("MRR_CHECKS", path, **how)
    of_sheets = checks[checks["check"] == "sheet"]
    return list(zip(of_sheets["result"], of_sheets["says"]))


def test_a_sheet_whose_amount_is_not_understood_is_a_problem(tmp_path: Path) -> None:
    said = f"sheet Archive 2024 is read, and not Contracts, whose header says no amount{WHICH}"
    for sheets in (
        {"Archive_2024": ARCHIVE, "Contracts": CONTRACTS},
        {"Contracts": CONTRACTS, "Archive_2024": ARCHIVE},
    ):
        assert told(workbook(tmp_path, **sheets)) == [("problem", said)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Client,Start,End,Rent\nBob,2025-01-01,,50", "says no amount"),
        ("Client,Start,End,Rent\nBob,2025-01-01,,€ 50", "says no amount"),
        ("Tenant,Start,End,Amount,Interval\nBob,2025-01-01,,50,month", "says no customer"),
        ("Client,Signed,End,Amount,Interval\nBob,2025-01-01,,50,month", "says no start"),
        ("Tenant,Start,End,Rent,Interval\nBob,2025-01-01,,50,month", "says no customer and no amount"),
        ("Vertrag\n\nKunde,Beginn,Ende,Miete,Intervall\nBob,2025-01-01,,50,Monat", "says no amount"),
        (
            "Client,Start date,Begin date,Amount\nBob,2025-01-01,2025-01-01,50",
            "is not clear (columns 'Start date' and 'Begin date' both mean start)",
        ),
        (
            "Client,Start,End,MRR,Amount\nBob,2025-01-01,,50,50",
            "is not clear (columns 'MRR' (already per month) and 'Amount' (per interval) both say what is paid)",
        ),
    ],
)
def test_what_such_a_header_lacks_is_named(tmp_path: Path, text: str, says: str) -> None:
    said = ("problem", f"sheet Archive is read, and not Other, whose header {says}{WHICH}")
    assert told(workbook(tmp_path, Archive=ARCHIVE, Other=text)) == [said]


@pytest.mark.parametrize(
    "text",
    [
        "Invoice no,Client,Invoice date,Period from,Period to,Net\n7,Bob,2025-01-01,2025-01-01,2025-02-01,50",
        "Rechnungsnummer,Kunde,Beginn,Ende,Netto\n7,Bob,2025-01-01,2025-02-01,50",
        "Client,Payment date,Amount,Interval\nBob,2025-01-01,50,month",
        "Payment ID,Customer,Amount,Currency\n7,Bob,50,EUR",
        "Customer,Start,Phone\nBob,2025-01-01,55512",
        "Customer,Start,End,Region\nBob,2025-01-01,,EMEA",
        "Currency,Month,Rate\nUSD,2025-01-01,2",
        "Plan,Price,Interval,Valid from,Valid to\nPro,50,month,2025-01-01,",
        "ID,Product,Price,Interval,Valid from,Valid to\n7,Pro,50,month,2025-01-01,",
        "Customer,Contracts,Total\nBob,3,50",
        "Month,MRR,New,Churn\n2025-01-01,50,5,2",
        "hello",
        "",
    ],
)
def test_sheets_of_something_else_are_none(tmp_path: Path, text: str) -> None:
    assert told(workbook(tmp_path, Archive=ARCHIVE, Other=text)) == [("OK", "Archive; not Other")]


def test_both_kinds_of_sheets_are_told_and_many_are_counted(tmp_path: Path) -> None:
    others = {f"Site_{number}": CONTRACTS for number in range(1, 6)}
    lacks = ", ".join(f"Site {number}, whose header says no amount" for number in (1, 2, 3))
    assert told(workbook(tmp_path, Old=ARCHIVE, Older=ARCHIVE, **others)) == [
        (
            "problem",
            f"sheet Old is read, and not Older, which has a ledger's header, too{WHICH}, or put their rows into one",
        ),
        ("problem", f"sheet Old is read, and not {lacks} and 2 more{WHICH}"),
    ]


def test_who_says_which_sheet_hears_nothing_new(tmp_path: Path) -> None:
    both = workbook(tmp_path, Archive=ARCHIVE, Contracts=CONTRACTS)
    assert told(both, sheet="Archive") == [("OK", "Archive; not Contracts")]
    assert told(both, sheet="*") == [("OK", "Archive; not Contracts")]
    with pytest.raises(MrrError, match=r"^no column says what is paid"):
        mrr_xl.mrr(both, "2025-01", sheet="Contracts")
    with pytest.warns(mrr_xl.MrrWarning, match="whose header says no amount"):
        mrr_xl.mrr(both, "2025-01")
    assert told(workbook(tmp_path, Archive=ARCHIVE)) == []


@pytest.mark.parametrize("functions", [None, "lambda", "plain"])
def test_the_sheets_of_our_own_workbook_are_none(tmp_path: Path, functions: str | None) -> None:
    path = tmp_path / "report.xlsx"
    write_template(path, months=3, functions=functions)  # type: ignore[arg-type]
    assert [says for result, says in told(path, header="1") if result == "problem"] == []
