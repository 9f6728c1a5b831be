"""A plain report filled with other data: its Schedule, its months and its Proof follow, and all else stays."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from mrr_xl import MrrError
from mrr_xl.filling.batch import fill_each
from mrr_xl.filling.fill import fill
from mrr_xl.filling.typed_months import MOVED
from mrr_xl.report import write_template
from mrr_xl.xlsx.soundness import faults
from mrr_xl.xlsx.workbook import read_workbook
from support import plain
from support.ledgers import typed
from support.plain import assert_same, cells, proof

pytestmark = pytest.mark.filterwarnings("ignore::mrr_xl.errors.MrrWarning")

TWO = typed(
    """
    customer  start       end         mrr
    Ada       2024-01-10  -           100
    Bob       2024-02-01  2024-03-20  40
    """
)
FIVE = typed(
    """
    customer  start       end         mrr
    Eve       2023-02-01  2024-05-15  30
    Ada       2024-01-10  -           100
    Bob       2024-02-01  2024-03-20  40
    Cyd       2024-03-01  -           7.25
    Bob       2024-06-02  -           44
    Dan       2024-06-30  -           1
    """
)
#: The customers' rows of the Schedule and the closing one.
END = "End of the schedule; mrr-xl fill writes the rows above anew"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plain") / "template.xlsx"
    write_template(path, data=TWO, months=6, functions="plain")
    return path


def changed(template: Path, path: Path, *changes: tuple[str, str, Any]) -> Path:
    return plain.changed(template, path, *changes)


def rows(path: Path) -> list[list[Any]]:
    """The Schedule: each customer, the first month, and the last four months."""
    shown = cells(path)
    letters = ("A", "B", "AC", "AD", "AE", "AF")
    return [[shown.get(("Schedule", f"{letter}{row}")) for letter in letters] for row in range(7, 16)]


def test_customers_and_months_follow_the_data(template: Path, tmp_path: Path) -> None:
    fill(template, FIVE, tmp_path / "filled.xlsx")
    day = dt.datetime
    months = [day(2024, month, 1) for month in (3, 4, 5, 6)]
    assert rows(tmp_path / "filled.xlsx") == [
        ["Customer", "First month", *months],
        ["Ada", 202401, 100, 100, 100, 100],
        ["Bob", 202402, 0, 0, 0, 44],
        ["Cyd", 202403, 7.25, 7.25, 7.25, 7.25],
        ["Dan", 202406, 0, 0, 0, 1],
        ["Eve", 202302, 30, 30, 0, 0],
        [END, *[None] * 5],
        [None] * 6,
        [None] * 6,
    ]
    result, sentence, lines = proof(tmp_path / "filled.xlsx")
    assert (result, sentence) == ("PASS", f"{len(lines)} of {len(lines)} figures agree")
    assert lines["Movements", "Reactivation", "2024-06", 1] == (44, 44, "PASS")
    assert lines["Movements", "New", "2024-06", 1] == (1, 1, "PASS")
    book = openpyxl.load_workbook(tmp_path / "filled.xlsx")
    assert book["Totals"]["AF16"].value == "=SUM(Schedule!AF$8:AF$13)"
    assert book["Schedule"].auto_filter.ref == "A7:AF12"
    assert book.defined_names["Schedule_levels"].attr_text == "'Schedule'!$C$8:$AF$13"
    assert faults(read_workbook(tmp_path / "filled.xlsx")) == []


@pytest.mark.slow
@pytest.mark.parametrize("program", plain.PROGRAMS)
def test_other_programs_compute_a_filled_one_the_same(program: str, template: Path, tmp_path: Path) -> None:
    out = tmp_path / "filled.xlsx"
    fill(template, FIVE, out)
    assert_same(cells(out), cells(plain.PROGRAMS[program]([out])[out]))


def test_fewer_customers_leave_nothing_behind(template: Path, tmp_path: Path) -> None:
    fill(template, FIVE, tmp_path / "five.xlsx")
    fill(tmp_path / "five.xlsx", TWO, tmp_path / "two.xlsx")
    assert cells(tmp_path / "two.xlsx") == cells(template)
    assert [row[0] for row in rows(tmp_path / "two.xlsx")] == ["Customer", "Ada", "Bob", END, *[None] * 5]
    fill(template, TWO.filter(TWO["mrr"] > 1000), tmp_path / "none.xlsx")
    assert [row[0] for row in rows(tmp_path / "none.xlsx")] == ["Customer", None, END, *[None] * 6]
    assert faults(read_workbook(tmp_path / "none.xlsx")) == []


def test_a_second_fill_changes_nothing(template: Path, tmp_path: Path) -> None:
    fill(template, FIVE, tmp_path / "one.xlsx")
    fill(tmp_path / "one.xlsx", FIVE, tmp_path / "two.xlsx")
    with zipfile.ZipFile(tmp_path / "one.xlsx") as one, zipfile.ZipFile(tmp_path / "two.xlsx") as two:
        differing = [name for name in one.namelist() if one.read(name) != two.read(name)]
    assert differing == ["docProps/custom.xml"]  # the stamp: of another template


def test_what_others_have_added_stays_and_grows(template: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template)
    book.create_sheet("Mine")["A1"] = "=SUM(Schedule!AF8:AF10)+MAX(Schedule!$A$1:$A$3)"
    book["Mine"]["A2"] = "a note"
    book["Schedule"]["AH8"] = "beside Ada"
    book["Schedule"].auto_filter.add_filter_column(0, ["Ada"])
    book["Schedule"].row_dimensions[9].hidden = True
    book["Unit economics"]["C9"] = 500
    book["Movements"]["A9"].fill = openpyxl.styles.PatternFill("solid", start_color="FF0000")
    book.save(tmp_path / "mine.xlsx")
    filled = fill(tmp_path / "mine.xlsx", FIVE, tmp_path / "filled.xlsx")
    assert filled.notes == [
        "what stands beside the customers on sheet Schedule stays in its row; check that it still fits",
        MOVED,
    ]
    now = openpyxl.load_workbook(tmp_path / "filled.xlsx")
    assert now["Mine"]["A1"].value == "=SUM(Schedule!AF8:AF13)+MAX(Schedule!$A$1:$A$3)"
    assert now["Mine"]["A2"].value == "a note"
    assert now["Schedule"]["AH8"].value == "beside Ada"
    assert now["Schedule"].auto_filter.filterColumn == []
    assert not now["Schedule"].row_dimensions[9].hidden
    assert now["Unit economics"]["C9"].value == 500
    assert now["Movements"]["A9"].fill.start_color.rgb == "00FF0000"
    assert cells(tmp_path / "filled.xlsx")["Mine", "A1"] == 152.25


def test_the_rules_of_the_workbook_hold(template: Path, tmp_path: Path) -> None:
    settings = openpyxl.load_workbook(template)["Settings"]
    row = {settings.cell(row, 1).value: row for row in range(1, 40)}
    margin = changed(
        template, tmp_path / "rules.xlsx",
        ("Settings", f"B{row['as_of']}", "month_start"), ("Settings", f"B{row['gross_margin']}", 0.5),
    )  # fmt: skip
    fill(margin, FIVE, tmp_path / "filled.xlsx")
    assert proof(tmp_path / "filled.xlsx")[0] == "PASS"
    assert rows(tmp_path / "filled.xlsx")[2][2:] == [40, 0, 0, 0]  # on 1 March; not yet on 1 June
    for name, value, message in (
        ("retention_months", 6,
         "the rule retention_months is 6, and the formulas of this workbook look back 12 months; set the rule to 12, "
         "or write a new template with --set retention_months=6"),
        ("netting", "gross",
         "a plain report has the MRR of each customer at the end of each month, and netting is gross, which counts "
         "changes within a month; change that, or write a report with --functions xlwings"),
    ):  # fmt: skip
        other = changed(template, tmp_path / f"{name}.xlsx", ("Settings", f"B{row[name]}", value))
        with pytest.raises(MrrError) as caught:
            fill(other, FIVE, tmp_path / "refused.xlsx")
        assert str(caught.value) == message
    assert not (tmp_path / "refused.xlsx").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("Schedule", "B7", "Joined"),
         "the columns of sheet Schedule have been changed: Customer, First month and the months stand side by side in "
         "it; undo that, or fill a new template"),
        (("Schedule", "AF7", "June"),
         "cell AF7 of sheet Schedule does not hold a month ('June' is not a month; write it as 2024-03); fill a new "
         "template"),
        (("Proof", "C9", "MRR_NONSENSE"),
         "row 9 of sheet Proof: 'MRR_NONSENSE' is not a figure; fill a new template"),
    ],
)  # fmt: skip
def test_a_schedule_that_was_changed_is_not_guessed_at(
    change: tuple[str, str, str], message: str, template: Path, tmp_path: Path
) -> None:
    other = changed(template, tmp_path / "changed.xlsx", change)
    with pytest.raises(MrrError) as caught:
        fill(other, FIVE, tmp_path / "filled.xlsx")
    assert str(caught.value) == message


def test_for_external_readers_no_customer_is_left(template: Path, tmp_path: Path) -> None:
    fill(template, FIVE, tmp_path / "filled.xlsx", values=True)
    shown = cells(tmp_path / "filled.xlsx")
    assert shown["Movements", "H16"] == 152.25
    assert shown["Proof", "A3"] == "PASS"
    assert [row[0] for row in rows(tmp_path / "filled.xlsx")] == ["Customer", *[None] * 5, END, None, None]
    book = openpyxl.load_workbook(tmp_path / "filled.xlsx")
    assert not [cell.value for sheet in book for row in sheet for cell in row if cell.data_type == "f"]
    with zipfile.ZipFile(tmp_path / "filled.xlsx") as archive:
        parts = b"".join(archive.read(name) for name in archive.namelist())
    assert not [name for name in (b"Ada", b"Bob", b"Cyd", b"Eve<", b"Dan<") if name in parts]


def test_many_plain_reports_in_one_run(template: Path, tmp_path: Path) -> None:
    data = FIVE.to_pandas().assign(Region=["North", "South", "South", "North", "South", "North"])
    data.to_csv(tmp_path / "data.csv", index=False)
    done = fill_each(template, tmp_path / "data.csv", str(tmp_path / "{Region}.xlsx"), by="Region")
    assert [(one.name, one.error) for one in done] == [("North", None), ("South", None)]
    for name, last in (("North", 8.25), ("South", 144)):
        assert proof(tmp_path / f"{name}.xlsx")[0] == "PASS"
        assert cells(tmp_path / f"{name}.xlsx")["Movements", "H16"] == last


def test_a_sheet_of_ones_own_that_is_named_schedule_stays_as_it_is(tmp_path: Path) -> None:
    write_template(tmp_path / "ordinary.xlsx", data=TWO, months=2)
    book = openpyxl.load_workbook(tmp_path / "ordinary.xlsx")
    for row in (["Customer", "First month", 1], ["Ada", 2, 3]):
        (book["Schedule"] if "Schedule" in book.sheetnames else book.create_sheet("Schedule")).append(row)
    book.save(tmp_path / "own.xlsx")
    fill(tmp_path / "own.xlsx", FIVE, tmp_path / "filled.xlsx")
    now = openpyxl.load_workbook(tmp_path / "filled.xlsx")["Schedule"]
    assert [[cell.value for cell in row] for row in now] == [["Customer", "First month", 1], ["Ada", 2, 3]]


def test_data_of_pandas_and_a_currency(template: Path, tmp_path: Path) -> None:
    data = pd.DataFrame({"customer": ["Ada"], "start": ["2024-01-01"], "amount": [1200], "interval": ["year"],
                         "currency": ["CHF"]})  # fmt: skip
    fill(template, data, tmp_path / "filled.xlsx")
    assert cells(tmp_path / "filled.xlsx")["Movements", "B9"] == "CHF"
    assert proof(tmp_path / "filled.xlsx")[0] == "PASS"


def test_a_closing_row_that_was_deleted_is_there_again(template: Path, tmp_path: Path) -> None:
    """As Excel leaves the names and formulas when somebody deletes that row."""
    book = openpyxl.load_workbook(template)
    book["Schedule"].delete_rows(10)
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            if "Schedule" in cell.value or sheet.title == "Schedule":
                cell.value = cell.value.replace("$10", "$9")
    book.defined_names["Schedule_levels"].attr_text = "'Schedule'!$C$8:$AF$9"
    book.save(tmp_path / "deleted.xlsx")
    fill(tmp_path / "deleted.xlsx", FIVE, tmp_path / "filled.xlsx")
    fill(template, FIVE, tmp_path / "whole.xlsx")
    assert rows(tmp_path / "filled.xlsx") == rows(tmp_path / "whole.xlsx")
    assert proof(tmp_path / "filled.xlsx") == proof(tmp_path / "whole.xlsx")


def edited(template: Path, path: Path, edit: Callable[[Any], None]) -> Path:
    book = openpyxl.load_workbook(template)
    edit(book)
    book.save(path)
    return path


def _without(*names: str) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        for name in names:
            del book.defined_names[name]

    return edit


def _inserted(book: Any) -> None:
    sheet = book["Schedule"]
    for row in range(7, 11):  # as a program that inserts a column does: the last months move to the right
        for column in range(33, 30, -1):
            sheet.cell(row, column).value = sheet.cell(row, column - 1).value
    sheet.cell(7, 30).value = "my budget"
    for name in ("Schedule_levels", "Schedule_months"):
        book.defined_names[name].attr_text = book.defined_names[name].attr_text.replace("$AF$", "$AG$")


def _put(sheet: str, cell: str, value: object) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        book[sheet][cell] = value

    return edit


NO_SCHEDULE = "the names Schedule_levels and Schedule_months do not lead to a Schedule; fill a new template"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (_without("Schedule_months"), NO_SCHEDULE),
        (_without("Schedule_levels", "Schedule_months"), NO_SCHEDULE),
        (_without("Schedule_levels", "Schedule_months", "Retention_looks_back"), NO_SCHEDULE),
        (_inserted,
         "the columns of sheet Schedule have been changed: 2021-10 is not 30 months before 2024-03; undo that, or fill "
         "a new template"),
        (_put("Schedule", "AD7", dt.datetime(2020, 1, 1)),
         "the columns of sheet Schedule have been changed: 2020-01 is not 2 months before 2024-03; undo that, or fill "
         "a new template"),
        (_put("Schedule", "C11", "my note"),
         "cell C11 of sheet Schedule holds 'my note', and the customers need the rows to 13; move what stands below "
         "them"),
        (_put("Totals", "B5", "12 months"),
         "the cell Retention_looks_back holds '12 months' and not a number of months; fill a new template"),
        (_put("Proof", "E9", "one"), "row 9 of sheet Proof: 'one' is no number of months; fill a new template"),
        (_put("Proof", "D9", "x"),
         "cell D9 of sheet Proof does not hold a month ('x' is not a month; write it as 2024-03); fill a new template"),
    ],
)  # fmt: skip
def test_a_report_that_was_taken_apart_is_refused(
    edit: Callable[[Any], None], message: str, template: Path, tmp_path: Path
) -> None:
    with pytest.raises(MrrError) as error:
        fill(edited(template, tmp_path / "edited.xlsx", edit), FIVE, tmp_path / "out.xlsx")
    assert str(error.value) == message
    assert not (tmp_path / "out.xlsx").exists()


def test_a_file_of_values_can_not_be_filled(template: Path, tmp_path: Path) -> None:
    """Its figures would be those of the data before, and its Proof would say PASS."""
    fill(template, TWO, tmp_path / "values.xlsx", values=True)
    with pytest.raises(
        MrrError, match=r"^no formula reads the sheet Schedule, so that the figures can't follow; fill its"
    ):
        fill(tmp_path / "values.xlsx", FIVE, tmp_path / "out.xlsx")


def test_figures_that_are_not_the_engines_are_told_at_the_end_of_a_fill(template: Path, tmp_path: Path) -> None:
    own = edited(template, tmp_path / "own.xlsx", _put("Totals", "AF16", 5))
    (problem,) = fill(own, FIVE, tmp_path / "out.xlsx").problems
    assert problem.endswith("not that of mrr-xl; see where the sheet Proof says FAIL, and mend the formulas")
    assert fill(template, FIVE, tmp_path / "fine.xlsx").problems == []


def test_a_blank_gross_margin_is_all_of_it_as_in_the_engine(template: Path, tmp_path: Path) -> None:
    def blank(book: Any) -> None:
        next(row[1] for row in book["Settings"].iter_rows() if row[0].value == "gross_margin").value = None

    fill(edited(template, tmp_path / "blank.xlsx", blank), FIVE, tmp_path / "out.xlsx")
    assert proof(tmp_path / "out.xlsx")[0] == "PASS"


def test_formulas_over_the_customers_alone_follow_too(template: Path, tmp_path: Path) -> None:
    own = edited(template, tmp_path / "own.xlsx", _put("Summary", "P60", "=SUM(Schedule!AF8:AF9)"))
    fill(own, FIVE, tmp_path / "out.xlsx")
    assert cells(tmp_path / "out.xlsx")["Summary", "P60"] == 152.25


def test_a_note_beside_other_customers_is_told(template: Path, tmp_path: Path) -> None:
    own = edited(template, tmp_path / "own.xlsx", _put("Schedule", "AH8", "about Ada"))
    others = TWO.with_columns(customer=TWO["customer"].str.replace("Ada", "Abe"))
    told = "what stands beside the customers on sheet Schedule stays in its row; check that it still fits"
    assert told in fill(own, others, tmp_path / "out.xlsx").notes
    assert told not in fill(own, TWO, tmp_path / "same.xlsx").notes


def test_what_is_wrong_with_the_data_stands_on_checks_and_turns_the_light_red(template: Path, tmp_path: Path) -> None:
    twice = typed("customer start mrr \n Ada 2024-01-10 5 \n Ada 2024-01-10 5")
    fill(template, twice, tmp_path / "out.xlsx")
    shown = cells(tmp_path / "out.xlsx")
    checks = {shown["Checks", f"A{row}"]: shown["Checks", f"B{row}"] for row in range(5, 20)}
    assert checks["overlapping lines"] == "problem"
    assert shown["Summary", "J4"] == "● 1 to look at"
