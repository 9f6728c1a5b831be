"""Discounts that a sheet shows as percentages are read as it shows them; a number without a sign stays unclear."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from mrr_xl import MrrError, metric
from support import office

UNCLEAR = (
    "row 3, column Discount %: 0.25 may be a fraction or a percentage; write it with its sign, such as 20%, or rename "
    "the column discount"
)


def workbook(path: Path, header: str, *cells: tuple[object, str], title: str | None = None) -> Path:
    """Three customers of 100 a month, each with a discount and its number format; title: a row above the header."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in ([title],) if title else ():
        sheet.append(row)
    sheet.append(["Customer", "Start", "Amount", header])
    for number, (value, shown_as) in enumerate(cells, 1):
        sheet.append([f"C{number}", "2024-01-01", 100, value])
        sheet.cell(sheet.max_row, 4).number_format = shown_as
    book.save(path)
    return path


def mrr(path: Path, **reading: object) -> float:
    return metric("MRR", path, "2024-01", **reading)


@pytest.mark.parametrize("shown_as", ["0%", "0.00%", '0.0" "%', "[Red]-0%;0%"])
def test_a_tenth_shown_as_ten_percent_is_a_tenth(tmp_path: Path, shown_as: str) -> None:
    cells = ((0.1, shown_as), (0.075, shown_as), (1, shown_as))
    assert mrr(workbook(tmp_path / "a.xlsx", "Discount %", *cells)) == 90 + 92.5 + 0
    assert mrr(workbook(tmp_path / "a.xlsx", "Discount", *cells)) == 90 + 92.5 + 0


def test_cells_shown_as_percentages_and_plain_ones_may_stand_together(tmp_path: Path) -> None:
    cells = ((0.1, "0%"), (20, "General"), (None, "0%"), ("25%", "@"))
    assert mrr(workbook(tmp_path / "a.xlsx", "Discount %", *cells)) == 90 + 80 + 100 + 75


def test_a_number_that_is_not_shown_as_a_percentage_is_unclear(tmp_path: Path) -> None:
    with pytest.raises(MrrError) as error:
        mrr(workbook(tmp_path / "a.xlsx", "Discount %", (0.1, "0%"), (0.25, "General")))
    assert str(error.value) == UNCLEAR.replace("0.25", "'0.25'")
    with pytest.raises(MrrError) as error:
        mrr(workbook(tmp_path / "a.xlsx", "Discount %", (20, "General"), (0.25, "0.00")))
    assert str(error.value) == UNCLEAR


def test_a_title_a_table_and_a_mapped_header_make_no_difference(tmp_path: Path) -> None:
    assert mrr(workbook(tmp_path / "a.xlsx", "Discount %", (0.1, "0%"), title="Our contracts")) == 90
    path = workbook(tmp_path / "a.xlsx", "Off in percent", (0.1, "0%"))
    assert mrr(path, columns={"discount": "Off in percent"}) == 90
    book = openpyxl.load_workbook(path)
    book.active.insert_cols(1, 2)
    book.active.insert_rows(1, 3)
    book.active["F4"] = "Discount %"
    book.active.add_table(openpyxl.worksheet.table.Table(displayName="Subscriptions", ref="C4:F5"))
    book.save(path)
    assert mrr(path) == 90


def test_a_decimal_comma_that_is_said_holds_for_texts_beside_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", "Discount %", (0.075, "0.0%"), ("12,5", "@"))
    assert mrr(path, decimal=",") == 92.5 + 87.5


@pytest.mark.skipif(bool(office.missing()), reason=office.missing())
def test_the_same_holds_for_a_workbook_of_libreoffice(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", "Discount %", (0.1, "0%"), (0.075, "0.0%"), (0.1, "0%"))
    assert mrr(office.Office(tmp_path / "office").convert(path, "ods")) == 90 + 92.5 + 90
