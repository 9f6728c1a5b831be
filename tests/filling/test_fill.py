"""fill: data into a workbook's table, every formula computed, all else untouched."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

import mrr_xl
from mrr_xl import MrrError
from mrr_xl.filling.fill import fill
from mrr_xl.report import write_template

DATA = pd.DataFrame(
    {
        "customer": ["Ada", "Bob", '=HYPERLINK("http://x","y")', "@SUM(A1)", "+1+1"],
        "start": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-01", "2024-02-01", "2024-03-05"]),
        "end": pd.to_datetime([None, "2024-03-01", None, None, None]),
        "amount": [100.0, 1200.0, 50.0, 5.0, 5.0],
        "interval": ["month", "year", "month", "month", "month"],
        "country": ["DE", "FR", "DE", None, "FR"],
    }
)


def own_workbook(path: Path, rows: int = 2) -> Path:
    """A user's own workbook: a table with a formula column, formulas of every kind, things to keep."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "My data"
    sheet["A1"] = "Acme Ltd"
    for column, header in enumerate(["Client", "Start", "End", "Price", "Billing period", "Yearly"], 2):
        sheet.cell(3, column).value = header
    for row in range(4, 4 + rows):
        values: list[Any] = ["Old", dt.datetime(2020, 1, 1), None, 1.0, "month", f"=E{row}*12"]
        for column, value in enumerate(values, 2):
            sheet.cell(row, column).value = value
        sheet.cell(row, 3).number_format = "dd.mm.yyyy"
    sheet.add_table(Table(displayName="Subscriptions", ref=f"B3:G{3 + rows}"))
    sheet["K4"] = "note beside the table"
    sheet["K4"].comment = Comment("keep me", "Ada")
    report = book.create_sheet("Report")
    report["A1"], report["B1"] = "as_of", "month_end"
    book.defined_names["Rules"] = DefinedName("Rules", attr_text="Report!$A$1:$B$1")
    for column, month in enumerate(["2024-01", "2024-02", "2024-03"], 2):
        report.cell(2, column).value = month
    report["B3"] = ArrayFormula("B3:D3", "=MRR(Subscriptions[#All],B2:D2,,Rules)")
    report["B4"] = "=MRR_NET_NEW( Subscriptions[#All] , D2, , Rules )+0"
    report["B5"] = "=SUM(Subscriptions[Price])"
    report["B6"] = "=MRR_GROWTH(Subscriptions[#All],B2)"
    report["B7"] = '=IFERROR(B6,"none")'
    report["B8"] = "=SUM(B3:D3)"
    report["B9"] = "=MY_ADDIN(1)"
    report["B10"] = '=MRR(Subscriptions[#All],"soon")'
    report["B11"] = "=MRR(Subscriptions,B2)"
    book.save(path)
    return path


def values(path: Path, sheet: str) -> Any:
    return openpyxl.load_workbook(path, data_only=True)[sheet]


def test_the_rows_are_the_data_and_the_formulas_are_computed(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    filled = fill(own_workbook(tmp_path / "own.xlsx"), DATA, out)
    report = values(out, "Report")
    assert [report.cell(3, column).value for column in (2, 3, 4)] == [200, 255, 160]
    assert [report[f"B{row}"].value for row in (4, 5, 6, 7, 8)] == [-95, 1360, "#N/A", "none", 615]
    assert filled.lines == 5
    assert filled.problems == [
        "Report!B10: MRR: 'soon' is not a month; write it as 2024-03",
        "Report!B9 can't be computed here and keeps its old value: MY_ADDIN(1)",
        "Report!B11 can't be computed here and keeps its old value: "
        "MRR(Subscriptions,B2); write Subscriptions[#All] for the whole table",
    ]
    sheet = values(out, "My data")
    assert [cell.value for cell in sheet[3][1:8]] == [
        "Client",
        "Start",
        "End",
        "Price",
        "Billing period",
        "Yearly",
        "country",
    ]
    assert [cell.value for cell in sheet[5][1:8]] == [
        "Bob", dt.datetime(2024, 1, 15), dt.datetime(2024, 3, 1), 1200, "year", 14400, "FR",
    ]  # fmt: skip
    assert sheet.tables["Subscriptions"].ref == "B3:H8"


def test_a_formula_column_of_the_table_is_carried_down(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    fill(own_workbook(tmp_path / "own.xlsx"), DATA.drop(columns="country"), out)
    sheet = openpyxl.load_workbook(out)["My data"]
    assert [sheet.cell(row, 7).value for row in range(4, 9)] == [f"=E{row}*12" for row in range(4, 9)]


@pytest.mark.parametrize(
    ("formula", "yearly"),
    [
        ("IF(E4>0,E4*12,0)", 14400),
        ("IFERROR(E4*12,0)", 14400),
        ("CHOOSE(1,E4*12,0)", 14400),
        ("IF(E4>0,MRR_MONTHLY(E4)*12,0)", 14400),
    ],
)
def test_a_choice_in_the_table_s_own_column_changes_no_figure(tmp_path: Path, formula: str, yearly: object) -> None:
    path, out = own_workbook(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    book = openpyxl.load_workbook(path)
    book["My data"]["G4"] = f"={formula}"
    book.save(path)
    fill(path, DATA, out)
    report = values(out, "Report")
    assert [report.cell(3, column).value for column in (2, 3, 4)] == [200, 255, 160]
    assert values(out, "My data")["G5"].value == yearly


def test_what_goes_to_the_table_s_end_by_address_is_named(tmp_path: Path) -> None:
    path, out = own_workbook(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    book = openpyxl.load_workbook(path)
    end = book["My data"].tables["Subscriptions"].ref.rpartition("G")[2]
    report = book["Report"]
    report["F1"], report["F2"] = f"=SUM('My data'!E4:E{end})", "=SUM('My data'!E:E)"
    report["F3"], report["F4"] = "='My data'!B3", f"=Report!E{end}"
    book.defined_names["Prices"] = DefinedName("Prices", attr_text=f"'My data'!$E$4:$E${end}")
    book.save(path)
    assert fill(path, DATA, out).notes == [
        f"Report!F1 refers by address to the old end of table Subscriptions, row {end}; the table now ends in row 8: "
        "write Subscriptions[...] instead"
    ]
    assert openpyxl.load_workbook(out).defined_names["Prices"].attr_text == "'My data'!$E$4:$E$8"
    assert fill(out, DATA, tmp_path / "again.xlsx").notes == []


def test_fewer_lines_shrink_the_table_and_leave_no_old_line(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    fill(own_workbook(tmp_path / "own.xlsx", rows=9), DATA.head(2), out)
    sheet = values(out, "My data")
    assert sheet.tables["Subscriptions"].ref == "B3:H5"
    assert all(cell.value is None for row in sheet["B6:H12"] for cell in row)
    assert sheet["K4"].value == "note beside the table"


def test_formulas_stay_and_what_cannot_be_computed_keeps_its_old_value(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    fill(own_workbook(tmp_path / "own.xlsx"), DATA, out)
    report = openpyxl.load_workbook(out)["Report"]
    assert report["B3"].value.text == "=MRR(Subscriptions[#All],B2:D2,,Rules)"
    assert report["B4"].value == "=MRR_NET_NEW( Subscriptions[#All] , D2, , Rules )+0"
    assert report["B9"].value == "=MY_ADDIN(1)"
    assert values(out, "Report")["B9"].value is None


def test_names_that_look_like_formulas_stay_text(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    fill(own_workbook(tmp_path / "own.xlsx"), DATA, out)
    sheet = openpyxl.load_workbook(out)["My data"]
    names = [sheet.cell(row, 2) for row in range(4, 9)]
    assert [cell.value for cell in names] == list(DATA["customer"])
    assert {cell.data_type for cell in names} == {"s"}


def test_all_other_parts_come_through_byte_for_byte(tmp_path: Path) -> None:
    own, out = own_workbook(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    fill(own, DATA, out)
    with zipfile.ZipFile(own) as before, zipfile.ZipFile(out) as after:
        assert [*before.namelist(), "docProps/custom.xml"] == after.namelist()
        changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    sheets = {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
    stamped = {"[Content_Types].xml", "_rels/.rels"}
    assert changed == sheets | stamped | {"xl/tables/table1.xml", "xl/styles.xml", "xl/workbook.xml"}


def test_filling_twice_gives_the_same_file(tmp_path: Path) -> None:
    once, twice = tmp_path / "once.xlsx", tmp_path / "twice.xlsx"
    write_template(once, months=6)
    fill(once, DATA, twice)
    fill(twice, DATA, once)
    sheets = [[[cell.value for cell in row] for row in values(path, "Movements").iter_rows()] for path in (once, twice)]
    assert sheets[0] == sheets[1]


def test_amounts_per_month_fill_a_table_of_amounts_per_interval(tmp_path: Path) -> None:
    data = DATA.assign(mrr=[100.0, 100.0, 50.0, 5.0, 5.0]).drop(columns=["amount", "interval"])
    out = tmp_path / "out.xlsx"
    fill(own_workbook(tmp_path / "own.xlsx"), data, out)
    assert [values(out, "Report").cell(3, column).value for column in (2, 3, 4)] == [200, 255, 160]
    assert {values(out, "My data").cell(row, 6).value for row in range(4, 9)} == {"month"}


def test_a_schedule_fills_the_table_month_by_month(tmp_path: Path) -> None:
    wide = pd.DataFrame({"customer": ["Ada", "Bob"], "2024-01": [100.0, None], "2024-02": [120.0, 30.0]})
    out = tmp_path / "out.xlsx"
    assert fill(own_workbook(tmp_path / "own.xlsx"), wide, out).lines == 3
    assert [values(out, "Report").cell(3, column).value for column in (2, 3, 4)] == [100, 150, "#N/A"]


def test_the_cells_are_the_figures_of_python(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    write_template(out, data=DATA, months=3)
    report = values(out, "Movements")
    figures = mrr_xl.movements(DATA)
    rows = {row[0].value: [cell.value for cell in row[2:5]] for row in report.iter_rows(max_col=5) if row[0].value}
    for label, column in [("New", "new"), ("Churn", "churn"), ("Expansion", "expansion"), ("Closing MRR", "closing")]:
        assert rows[label] == figures[column].tolist()


REFUSED = [
    ("below", "table Subscriptions would grow over B7 of sheet My data; move what is below it"),
    ("beside", "the data has a column country that table Subscriptions does not have, and its place beside the table "
               "is taken by H3 of sheet My data; add the column to the table, or move what is beside it"),
    ("no table", "the workbook has no table named Subscriptions (its tables: none); give the table that name, or "
                 "say which one to fill"),
    ("no ledger", "the workbook has no table named Subscriptions (its tables: Tbl), and Tbl is not a ledger: no column "
                  "says when it starts, such as 'start'; the header row has Client, When, End, Price, Billing period, "
                  "Yearly; if one of them does, say which with --map start=..., elsewhere with columns"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "message"), REFUSED)
def test_what_cannot_be_filled_is_refused_and_nothing_is_written(tmp_path: Path, case: str, message: str) -> None:
    own = own_workbook(tmp_path / "own.xlsx")
    book = openpyxl.load_workbook(own)
    sheet = book["My data"]
    if case == "below":
        sheet["B7"] = "a note"
    elif case == "beside":
        sheet["H3"] = "taken"
    elif case == "no ledger":
        del sheet.tables["Subscriptions"]
        sheet["C3"] = "When"
        sheet.add_table(Table(displayName="Tbl", ref="B3:G5"))
    else:
        del sheet.tables["Subscriptions"]
    book.save(own)
    before = own.read_bytes()
    with pytest.raises(MrrError) as caught:
        fill(own, DATA, tmp_path / "out.xlsx")
    assert str(caught.value) == message
    assert own.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["own.xlsx"]


@pytest.mark.parametrize(
    ("header", "other", "message"),
    [
        ("B3", "Klantnummer", "no column says whose subscription it is, such as 'customer'; the header row has "
         "Klantnummer, Start, End, Price, Billing period, Yearly; rename the header of the one that does, in the "
         "workbook (--map is for the data)"),
        ("E3", "Vertragswert", "no column says what is paid, such as 'amount' or 'mrr'; the header row has Client, "
         "Start, End, Vertragswert, Billing period, Yearly; rename the header of the one that does, in the workbook "
         "(--map is for the data)"),
        ("F3", "End date", "columns 'End' and 'End date' both mean end; rename or remove one of them"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", [None, "subscriptions"])
def test_a_table_whose_headers_are_not_known_is_named_as_they_are_not_those_of_the_data(
    tmp_path: Path, header: str, other: str, message: str, name: str | None
) -> None:
    own = own_workbook(tmp_path / "own.xlsx")
    book = openpyxl.load_workbook(own)
    book["My data"][header] = other
    table = book["My data"].tables["Subscriptions"]
    table.tableColumns["BCDEF".index(header[0])].name = other
    book.save(own)
    with pytest.raises(MrrError) as caught:
        fill(own, DATA, tmp_path / "out.xlsx", table=name)
    assert str(caught.value) == f"table Subscriptions: {message}"


def test_a_failed_fill_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    out.write_bytes(b"last month's report")
    with pytest.raises(MrrError, match="row 3, column amount: -5"):
        fill(own_workbook(tmp_path / "own.xlsx"), DATA.assign(amount=[1, -5, 1, 1, 1]), out)
    assert out.read_bytes() == b"last month's report"


def test_no_workbook_is_no_template(tmp_path: Path) -> None:
    text = tmp_path / "text.xlsx"
    text.write_text("hello")
    with pytest.raises(MrrError, match=r"^text\.xlsx is not an Excel workbook \(\.xlsx or \.xlsm\)"):
        fill(text, DATA, tmp_path / "out.xlsx")


def renamed(path: Path, name: str) -> Path:
    own = own_workbook(path)
    book = openpyxl.load_workbook(own)
    table = book["My data"].tables.pop("Subscriptions")
    table.displayName = table.name = name
    book["My data"].add_table(table)
    book.save(own)
    return own


def test_the_only_table_that_looks_like_a_ledger_is_filled(tmp_path: Path) -> None:
    own = renamed(tmp_path / "own.xlsx", "Contracts")
    fill(own, DATA, tmp_path / "out.xlsx")
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["My data"].tables["Contracts"].ref == "B3:H8"


def test_a_table_can_be_named(tmp_path: Path) -> None:
    own = renamed(tmp_path / "own.xlsx", "Contracts")
    fill(own, DATA, tmp_path / "out.xlsx", table="contracts")
    with pytest.raises(MrrError, match=r"^the workbook has no table named Leads \(its tables: Contracts\)$"):
        fill(own, DATA, tmp_path / "out.xlsx", table="Leads")


def test_strict_refuses_columns_that_the_table_lacks(tmp_path: Path) -> None:
    missing = "the data has a column country that table Subscriptions does not have"
    with pytest.raises(MrrError, match=f"^{missing}; add it to the table, or fill without strict$"):
        fill(own_workbook(tmp_path / "own.xlsx"), DATA, tmp_path / "out.xlsx", strict=True)
    assert not (tmp_path / "out.xlsx").exists()


def test_a_part_is_compressed_as_it_was(tmp_path: Path) -> None:
    own = own_workbook(tmp_path / "own.xlsx")
    fill(own, DATA, tmp_path / "out.xlsx")
    with zipfile.ZipFile(own) as before, zipfile.ZipFile(tmp_path / "out.xlsx") as after:
        kept = {entry.filename: entry.compress_type for entry in before.infolist()}
        assert {entry.filename: entry.compress_type for entry in after.infolist()} == kept | {
            "docProps/custom.xml": zipfile.ZIP_DEFLATED
        }


def test_a_handle_of_the_table_is_of_the_lines_that_it_gets(tmp_path: Path) -> None:
    path = own_workbook(tmp_path / "own.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("By handle")
    sheet["A1"] = "=MRR_LEDGER(Subscriptions[#All])"
    sheet["A2"] = "=MRR(A1,DATE(2024,3,1))"
    book.save(path)
    fill(path, DATA, tmp_path / "filled.xlsx")
    filled = openpyxl.load_workbook(tmp_path / "filled.xlsx", data_only=True)["By handle"]
    # Ada 100, the three of February and March 50 + 5 + 5; Bob has left on 1 March.
    assert (str(filled["A1"].value)[:29], filled["A2"].value) == ("5 lines, 2024-01 to 2024-03 #", 160)
