"""Sheets and ranges as rows of cells: titles, totals, blank rows and cells of every kind."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import openpyxl
import pytest

from mrr_xl import MrrError, MrrWarning, metric, movements
from mrr_xl.sources import read_table, table_from_rows
from mrr_xl.sources.how import How
from mrr_xl.sources.rows import distinct
from support.readings import closing, found_out, refused

HEADER = ["customer", "start", "mrr"]
JANUARY = dt.datetime(2024, 1, 15)
PLAIN = "write a plain number such as 1200.50"


def test_a_title_and_a_total_around_a_table() -> None:
    table = table_from_rows(
        [["Report 2024", None, None], [None] * 3, HEADER, ["A", JANUARY, 100.0], ["B", JANUARY, 50.0],
         ["Total", None, 150.0], [None] * 3]
    )  # fmt: skip
    assert closing(table) == {"2024-01": 150.0}
    assert found_out(table) == [
        "row of totals: row 6 is left out",
        "header: in row 3; above it stands 'Report 2024'",
    ]


@pytest.mark.parametrize("first", ["Report", 0, 0.0, 2024, True, JANUARY, float("nan"), float("inf"), "Customer"])
def test_whatever_stands_above_the_header_rows_are_named_as_in_the_sheet(first):
    table = table_from_rows([[first, None, None], [None] * 3, HEADER, ["A", JANUARY, 1.0], ["B", JANUARY, "x"]])
    assert refused(table) == f"row 5, column mrr: 'x' is not an amount; {PLAIN}"


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        ([HEADER, ["A", JANUARY, 1], ["Total", None, 1]], 3),
        ([HEADER, ["A", JANUARY, 1], [None] * 3, [None, "Summe:", 1], ["", "", ""]], 4),
        ([["customer", "month", "mrr"], ["A", "2024-01", 1], ["GRAND TOTAL", "", 1]], 3),
        ([["customer", JANUARY], ["A", 0.4], ["B", 0.6], ["Total", 1.0]], 4),
        ([HEADER, ["A", JANUARY, 1], ["Total"]], 3),
        ([["customer", JANUARY], ["A", 0.4], ["B", 0.6], ["Totaux", 1.0]], 4),
        ([HEADER, ["A", JANUARY, 1], ["Suma total", None, 1]], 3),
        ([HEADER, ["A", JANUARY, 1], ["Total", None, "#REF!"]], 3),
        ([["customer", "month", "mrr"], ["A", "2024-01", 1], ["#NAME?", None, "Sum"]], 3),
    ],
)
def test_a_row_of_totals_is_left_out_in_each_layout(rows, row):
    table = table_from_rows(rows)
    assert closing(table) == {"2024-01": 1.0}
    assert f"row of totals: row {row} is left out" in found_out(table)


def test_a_sum_that_nobody_has_computed_is_still_one(tmp_path: Path) -> None:
    """As a library writes it: the formula, and no value."""
    book = openpyxl.Workbook()
    rows = [["customer", "start", "mrr", "interval"], ["A", JANUARY, 1, "month"], ["Summe", None, "=SUM(C2:C2)", None]]
    for row in rows:
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert (closing(table), "row of totals: row 3 is left out" in found_out(table)) == ({"2024-01": 1.0}, True)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (["Total", "#REF!", 1], "row 3, column start: the cell holds the error #REF!; fix that cell first"),
        (["A", None, "#REF!"], "row 3, column mrr: the cell holds the error #REF!; fix that cell first"),
    ],
)
def test_a_last_row_that_may_be_a_line_is_refused_with_its_error(row: list[object], sentence: str) -> None:
    assert refused(table_from_rows([HEADER, ["A", JANUARY, 1], row])) == sentence


def test_a_row_named_total_that_is_a_line_is_kept() -> None:
    with pytest.warns(UserWarning, match="Total is counted as a customer"):
        assert closing(table_from_rows([HEADER, ["A", JANUARY, 1], ["Total", JANUARY, 1]])) == {"2024-01": 2.0}


def test_rows_that_are_shorter_than_others_lack_nothing_but_their_last_cells() -> None:
    rows = [["Report"], [*HEADER, "plan"], ["A", JANUARY, 1, "Pro"], ["B", JANUARY, 2]]
    assert closing(table_from_rows(rows)) == {"2024-01": 3.0}
    assert refused(table_from_rows([HEADER, ["A", JANUARY]])) == (
        "row 2, column mrr: an amount is missing; write 0 for none"
    )


def test_cells_of_several_kinds_in_a_column() -> None:
    rows = [HEADER, ["A", "2024-01-15", "1,200.50"], ["B", dt.date(2024, 1, 20), 100], [7, JANUARY, 0.5]]
    assert closing(table_from_rows(rows), where="customer=7") == {"2024-01": 0.5}
    assert closing(table_from_rows(rows)) == {"2024-01": 1301.0}


def test_the_header_that_a_user_names() -> None:
    rows = [["customer", "start", "mrr"], ["Kunde", "Beginn", "MRR"], ["A", JANUARY, 1.0]]
    assert closing(table_from_rows(rows, How(header=2))) == {"2024-01": 1.0}
    assert refused(table_from_rows(rows)) == ("row 2, column start: 'Beginn' is not a date; write it as 2024-03-15")
    with pytest.raises(ValueError, match="row 9, said to be the header, is blank; give a table with its header row"):
        table_from_rows(rows, How(header=9))


def test_the_sheet_that_a_user_names(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active.append(["Subscriptions of 2024"])
    sheet = book.create_sheet("Data")
    for cells in (["Exported by Ada"], [], HEADER, ["A", JANUARY, 100], ["Total", None, 100]):
        sheet.append(cells)
    book.save(tmp_path / "book.xlsx")
    assert closing(tmp_path / "book.xlsx", sheet="data") == {"2024-01": 100.0}
    assert found_out(tmp_path / "book.xlsx", sheet="Data") == [
        "sheet: Data; not Cover",
        "row of totals: row 5 is left out",
        "header: in row 3; above it stands 'Exported by Ada'",
    ]
    assert refused(tmp_path / "book.xlsx", sheet="Daten") == "book.xlsx has no sheet Daten; it has Cover, Data"
    assert closing(tmp_path / "book.xlsx") == {"2024-01": 100.0}  # the cover holds no ledger


def test_a_number_of_a_sheet_says_nothing_of_the_signs_in_texts_beside_it() -> None:
    """The number 99.9 is shown as 99,90 by a German Excel, and is the same whatever the texts beside it have."""
    head = ["customer", "start", "mrr"]
    mixed = [head, ["Ada", "2024-01-01", "1.200,00 €"], ["Bob", "2024-01-01", 99.9], ["Cyd", "2024-01-01", 50.0]]
    assert movements(table_from_rows(mixed))["closing"].tolist() == [1349.9]
    asked = [head, ["Ada", "2024-01-01", "1.200 €"], ["Bob", "2024-01-01", 99.9]]
    with pytest.raises(MrrError, match=r"^row 2, column mrr: '1\.200 €' may be 1\.2 \(--decimal \.\) or 1200 "):
        movements(table_from_rows(asked))
    assert movements(table_from_rows(asked), decimal=",")["closing"].tolist() == [1299.9]


def test_a_sheet_of_all_columns_is_read_at_once() -> None:
    """Each header was compared with all before it: 24,000 of them took a quarter of a minute."""
    headers = ["customer", "start", "mrr", *(f"note {number}" for number in range(60_000))]
    begun = time.process_time()
    assert distinct(headers) == headers
    assert time.process_time() - begun < 5


def test_of_headers_that_are_told_apart_none_is_lost() -> None:
    """The sixth was called as the fourth, and took its place."""
    table = table_from_rows([[*HEADER, "x (6)", "x", "x"], ["Ada", "2024-01-01", 5.0, "a", "b", "c"]]).frame
    assert table.columns[3:] == ["x (6)", "x", "x (6) (6)"]
    assert [table[name].to_list()[-1] for name in table.columns[3:]] == ["a", "b", "c"]


@pytest.mark.parametrize("notes", [[], ["Checked by JM 14/01"], ["", "Checked by JM 14/01", "", "all but cash"]])
@pytest.mark.parametrize(
    "lines",
    [
        "Member,2024-01,2024-02\nAda,10,10\nBob,5,7\nTotal,15,17\n",
        "Member,Club,2024-01,2024-02\nAda,York,10,10\nBob,York,5,7\n,Total,15,17\n",
    ],
)
def test_a_row_of_totals_is_one_also_above_notes(tmp_path: Path, lines: str, notes: list[str]) -> None:
    width = lines.split("\n", 1)[0].count(",")
    text = lines + "".join(f"{note}{',' * width}\n" for note in notes)
    (tmp_path / "l.csv").write_text(text, encoding="utf-8")
    cells = [[float(cell) if cell.isdigit() else cell for cell in line.split(",")] for line in text.splitlines()]
    for data in (tmp_path / "l.csv", table_from_rows(cells)):
        assert metric("MRR", data, "2024-02") == 17
        checks = metric("MRR_CHECKS", data).set_index("check")
        assert checks.loc["row of totals", "says"] == "row 4 is left out"


def test_a_note_of_two_cells_is_a_line_below_which_nothing_is_left_out(tmp_path: Path) -> None:
    text = "Member,2024-01,2024-02\nAda,10,10\nTotal,10,10\nBob,5,\n"
    (tmp_path / "l.csv").write_text(text, encoding="utf-8")
    with pytest.warns(MrrWarning, match="Total"):
        assert metric("MRR", tmp_path / "l.csv", "2024-01") == 25
