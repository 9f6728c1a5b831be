"""fill: what a table has beside the data: shared formulas, links, comments, filters, formats and a total row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.filters import FilterColumn, Filters, SortCondition, SortState
from openpyxl.worksheet.formula import ArrayFormula

from mrr_xl.filling.fill import fill
from support.ledger_table import MAIN, SHEET, TABLE, cell, data, edited, formulas, ledger_workbook, shown, xml
from support.soundness import faults

FIVE = ("Ada", "Bob", "Cyd", "Dan", "Eve")


# Shared formulas


def shared(path: Path, cells: dict[str, str]) -> Path:
    """The workbook with formulas as Excel shares them: the first one has the text."""
    first = next(iter(cells))
    for address, text in cells.items():
        ref = f' ref="{first}:{list(cells)[-1]}"' if address == first else ""
        edited(path, SHEET, f"<f>{text}</f>", f'<f t="shared"{ref} si="0">{text if address == first else ""}</f>')
    return path


def test_formulas_that_share_the_text_of_one_in_the_table_keep_it(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for row in (2, 3, 4, 7, 8):
            sheet[f"F{row}"] = f"=B{row}*2+$A$1"

    own, out = ledger_workbook(tmp_path / "own.xlsx", ["x", "y", "z"], change=change), tmp_path / "out.xlsx"
    shared(own, {f"F{row}": f"B{row}*2+$A$1" for row in (2, 3, 4, 7, 8)})
    fill(own, data("Ada", z=["typed"]), out)
    assert formulas(out, "F2:F8") == ["typed", None, None, None, None, "=B7*2+$A$1", "=B8*2+$A$1"]
    assert cell(out, "F7").find(f"{MAIN}f").attrib == {}


def test_a_master_outside_the_table_keeps_its_formula(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for row in (1, 2, 3):
            sheet[f"F{row}"] = f"=B{row}*2"

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    shared(own, {f"F{row}": f"B{row}*2" for row in (1, 2, 3)})
    fill(own, data(*FIVE), out)
    assert cell(out, "F1").find(f"{MAIN}f").get("ref") == "F1:F3"
    assert [cell(out, f"F{row}").findtext(f"{MAIN}f") for row in (1, 2, 3)] == ["B1*2", "", ""]


def test_a_column_of_shared_formulas_is_carried_down(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for row in (2, 3, 4):
            sheet[f"D{row}"] = f"=C{row}*12"

    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Yearly"], change=change), tmp_path / "out.xlsx"
    shared(own, {f"D{row}": f"C{row}*12" for row in (2, 3, 4)})
    assert fill(own, data(*FIVE), out).notes == []
    assert formulas(out, "D2:D6") == [f"=C{row}*12" for row in range(2, 7)]
    assert shown(out, "D2:D6") == [[1200], [2400], [600], [120], [120]]


# Links and comments


def linked(book: Any, sheet: Any) -> None:
    for row, name in enumerate(("ada", "bob", "cyd"), 2):
        sheet[f"A{row}"].hyperlink = f"https://{name}.example"
    sheet["F9"].hyperlink = "https://elsewhere.example"


def links(path: Path) -> dict[str, str]:
    book = openpyxl.load_workbook(path)
    return {one.coordinate: one.hyperlink.target for row in book["Data"].iter_rows() for one in row if one.hyperlink}


def test_a_link_stays_with_its_line_and_goes_with_it(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", change=linked), tmp_path / "out.xlsx"
    fill(own, data("Dan", "Cyd", "Ada"), out)
    elsewhere = {"F9": "https://elsewhere.example"}
    assert links(out) == {"A3": "https://cyd.example", "A4": "https://ada.example"} | elsewhere
    fill(own, data("Eve"), out)
    assert links(out) == elsewhere
    assert len(xml(out, "xl/worksheets/_rels/sheet1.xml.rels")) == 2  # with that of the table


def test_a_relationship_that_another_link_needs_stays(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", change=linked), tmp_path / "out.xlsx"
    first, last = (one.get(next(name for name in one.attrib if name.endswith("}id")))
                   for one in list(xml(own, SHEET).iter(f"{MAIN}hyperlink"))[::3])  # fmt: skip
    edited(own, SHEET, f'"{last}"', f'"{first}"')
    fill(own, data("Eve"), out)
    assert links(out) == {"F9": "https://ada.example"}


def test_comments_stay_on_their_cells_and_are_named_where_the_line_is_another(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for address in ("A2", "C4", "E9"):
            sheet[address].comment = Comment("mine", "Ada")

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    assert fill(own, data("Ada", "Dan", "Cyd"), out).notes == []
    assert fill(own, data("Ada", "Dan", "Eve"), out).notes == [
        "the comment on C4 of sheet Data stays there, and the line is no longer the same"
    ]
    assert fill(own, data("Eve"), out).notes == [
        "the comments on A2, C4 of sheet Data stay there, and the lines are no longer the same"
    ]
    assert openpyxl.load_workbook(out)["Data"]["C4"].comment.text == "mine"


# Filters, sorting, a table without lines


def test_a_filter_is_cleared_and_its_rows_are_shown(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        column = FilterColumn(colId=0, filters=Filters(filter=["Ada"]))
        sheet.tables["Subscriptions"].autoFilter.filterColumn = [column, FilterColumn(colId=2, hiddenButton=True)]
        for row in (3, 4, 9):
            sheet.row_dimensions[row].hidden = True

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    assert fill(own, data(*FIVE), out).notes == [
        "the filter of table Subscriptions was cleared, so that it shows every line"
    ]
    hidden = [row.get("r") for row in xml(out, SHEET).iter(f"{MAIN}row") if row.get("hidden")]
    assert hidden == ["9"]
    filter_ = xml(out, TABLE).find(f"{MAIN}autoFilter")
    assert (filter_.get("ref"), [one.get("colId") for one in filter_]) == ("A1:C6", ["2"])
    assert faults(out) == []


def test_rows_that_are_hidden_by_hand_stay_hidden(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    assert fill(own, data(*FIVE), out).notes == []
    assert [row.get("r") for row in xml(out, SHEET).iter(f"{MAIN}row") if row.get("hidden")] == ["3"]


def test_a_sorting_is_over_the_new_lines(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        condition = SortCondition(ref="B2:B4")
        sheet.tables["Subscriptions"].sortState = SortState(ref="A2:C4", sortCondition=[condition])

    own, out = ledger_workbook(tmp_path / "own.xlsx", totals=True, change=change), tmp_path / "out.xlsx"
    fill(own, data(*FIVE), out)
    state = xml(out, TABLE).find(f"{MAIN}sortState")
    assert (state.get("ref"), state[0].get("ref")) == ("A2:C6", "B2:B6")


def test_the_row_for_the_first_line_of_an_empty_table_is_a_line(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", lines=[(None, None)][:0]), tmp_path / "out.xlsx"
    edited(own, TABLE, 'ref="A1:C1"', 'ref="A1:C2" insertRow="1"')
    edited(own, TABLE, 'ref="A1:C1"', 'ref="A1:C2"')
    fill(own, data("Ada"), out)
    table = xml(out, TABLE)
    assert (table.get("ref"), table.get("insertRow")) == ("A1:C2", None)
    assert shown(out, "A2:C2")[0][::2] == ["Ada", 100]


# Looks


def test_new_lines_look_like_the_last_one(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for row in (2, 3, 4):
            sheet.cell(row, 3).number_format = "#,##0.00"
            sheet.cell(row, 4).font = Font(italic=True)
        sheet["A3"].font = Font(bold=True)
        sheet.row_dimensions[4].height = 30

    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Note"], change=change), tmp_path / "out.xlsx"
    fill(own, data(*FIVE), out)
    sheet = openpyxl.load_workbook(out)["Data"]
    assert [sheet.cell(row, 3).number_format for row in range(2, 7)] == ["#,##0.00"] * 5
    assert [sheet.cell(row, 1).font.bold for row in range(2, 7)] == [False, True, False, False, False]
    assert [sheet.cell(row, 4).font.italic for row in range(2, 7)] == [True] * 5
    assert [sheet.row_dimensions[row].height for row in range(3, 8)] == [None, 30, 30, 30, None]


def test_dates_in_an_added_column_look_like_dates(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    lines = data("Ada", "Bob")
    lines["Renewal"] = lines["Start"]
    lines["Signed"] = [one.date() for one in lines["Start"]]  # of mixed types
    fill(own, lines, out)
    sheet = openpyxl.load_workbook(out)["Data"]
    assert [sheet.cell(2, column).is_date for column in (4, 5)] == [True, True]
    assert [sheet.cell(3, column).value for column in (4, 5)] == [lines["Start"][1]] * 2


# A total row


def test_a_total_row_s_own_formulas_go_on_to_be_over_all_lines(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet["B5"], sheet["D5"] = "=SUM(C2:C4)", "=C5/B5"

    own = ledger_workbook(tmp_path / "own.xlsx", ["Share"], totals=True, change=change)
    fill(own, data(*FIVE), tmp_path / "more.xlsx")
    assert formulas(tmp_path / "more.xlsx", "A7:D7") == [
        "Total", "=SUM(C2:C6)", "=SUBTOTAL(109,Subscriptions[Amount])", "=C7/B7",
    ]  # fmt: skip
    assert shown(tmp_path / "more.xlsx", "A7:D7") == [["Total", 370, 370, 1]]
    fill(own, data("Ada"), tmp_path / "fewer.xlsx")
    assert formulas(tmp_path / "fewer.xlsx", "A3:D3")[1:] == [
        "=SUM(C2:C2)", "=SUBTOTAL(109,Subscriptions[Amount])", "=C3/B3",
    ]  # fmt: skip
    assert shown(tmp_path / "fewer.xlsx", "A3:D5") == [["Total", 100, 100, 1], [None] * 4, [None] * 4]


def test_a_table_right_above_another_one_may_shrink(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet["A5"], sheet["A6"] = "Cost", 7

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    fill(own, data("Ada", "Bob"), out)
    assert shown(out, "A4:A6") == [[None], ["Cost"], [7]]


# Formulas of the table


@pytest.mark.parametrize(
    ("formula", "carried"),
    [
        ("Subscriptions[[#This Row],[Amount]]*12", ["Subscriptions[[#This Row],[Amount]]*12"] * 5),
        ("C{row}/$F$1", [f"C{row}/$F$1" for row in range(2, 7)]),
        ("C{row}/SUM($C$2:$C$4)", [f"C{row}/SUM($C$2:$C$6)" for row in range(2, 7)]),
        ("SUM(C$2:C{row})", [f"SUM(C$2:C{row})" for row in range(2, 7)]),
        ('LOG10(C{row})&"C2"', [f'LOG10(C{row})&"C2"' for row in range(2, 7)]),
    ],
)
def test_a_formula_is_carried_down_as_excel_does(tmp_path: Path, formula: str, carried: list[str]) -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet["F1"] = 2
        for row in (2, 3, 4):
            sheet[f"D{row}"] = "=" + formula.format(row=row)

    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Own"], change=change), tmp_path / "out.xlsx"
    assert fill(own, data(*FIVE), out).notes == []
    assert formulas(out, "D2:D6") == [f"={one}" for one in carried]


def test_an_array_formula_of_a_column_stays_one(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for row in (2, 3, 4):
            sheet[f"D{row}"] = ArrayFormula(f"D{row}", f"=SUM((C$2:C{row}>60)*C$2:C{row})")

    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Own"], change=change), tmp_path / "out.xlsx"
    fill(own, data(*FIVE), out)
    formula = cell(out, "D6").find(f"{MAIN}f")
    assert (dict(formula.attrib), formula.text) == ({"t": "array", "ref": "D6"}, "SUM((C$2:C6>60)*C$2:C6)")
    assert shown(out, "D2:D6") == [[100], [300], [300], [300], [300]]
