"""fill --against: what has changed in months that were reported before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from mrr_xl import MrrError, Settings
from mrr_xl.filling.fill import fill
from mrr_xl.report import write_template

THEN = pd.DataFrame(
    {
        "customer": ["Ada", "Bob", "Cyd", "Dan"],
        "start": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-01", "2024-03-02"]),
        "end": pd.to_datetime([None, "2024-03-01", None, None]),
        "amount": [100.0, 1200.0, 50.0, 30.0],
        "interval": ["month", "year", "month", "month"],
    }
)
#: Bob's line is gone, Ada pays 20 less from the start, and Eve came in a month that is not reported yet.
NOW = pd.concat(
    [
        THEN[THEN["customer"] != "Bob"].assign(amount=[80.0, 50.0, 30.0]),
        THEN.head(1).assign(customer="Eve", start=pd.Timestamp("2024-04-03"), amount=7.0),
    ]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template, and last.xlsx with the state of THEN, which reported through 2024-03."""
    found = tmp_path_factory.mktemp("compare")
    write_template(found / "template.xlsx", months=3, data=THEN)
    fill(found / "template.xlsx", THEN, found / "last.xlsx")
    return found


def shown(path: Path) -> list[tuple[Any, ...]]:
    """The rows of the sheet Checks that say what changed."""
    rows = openpyxl.load_workbook(path, data_only=True)["Checks"].iter_rows(67, 126, 1, 5, values_only=True)
    return [row for row in rows if any(value is not None for value in row)]


def test_restated_months_and_vanished_customers_are_told(folder: Path, tmp_path: Path) -> None:
    filled = fill(folder / "template.xlsx", NOW, tmp_path / "now.xlsx", against=folder / "last.xlsx")
    start = "Compared with last.xlsx, through 2024-03: "
    assert filled.notes == [
        f"{start}Bob is no longer in the data; its MRR was 0.00",  # it had churned in March
        f"{start}2024-03 MRR was 180.00 and is now 160.00",
        f"{start}2024-01 new was 200.00 and is now 80.00 (Bob, Ada)",
        f"{start}2024-03 churn was -100.00 and is now 0.00 (Bob)",
    ]
    assert filled.restated == 4


def test_the_sheet_checks_shows_it(folder: Path, tmp_path: Path) -> None:
    fill(folder / "template.xlsx", NOW, tmp_path / "now.xlsx", against=folder / "last.xlsx")
    assert shown(tmp_path / "now.xlsx") == [
        ("Compared with last.xlsx, through 2024-03", None, None, None, None),
        ("Changed", "Reported", "Now", "Difference", "Customers"),
        ("Bob is no longer in the data", 0, 0, 0, "Bob"),
        ("2024-03 MRR", 180, 160, -20, None),
        ("2024-01 new", 200, 80, -120, "Bob, Ada"),
        ("2024-03 churn", -100, 0, 100, "Bob"),
    ]
    above = openpyxl.load_workbook(tmp_path / "now.xlsx", data_only=True)["Checks"]["A3"]
    assert above.value == "Compared with last.xlsx, through 2024-03: see row 67"


def test_the_next_fill_without_it_shows_nothing(folder: Path, tmp_path: Path) -> None:
    fill(folder / "template.xlsx", NOW, tmp_path / "now.xlsx", against=folder / "last.xlsx")
    filled = fill(tmp_path / "now.xlsx", NOW, tmp_path / "next.xlsx")
    assert filled.notes == []
    assert shown(tmp_path / "next.xlsx") == []
    assert not openpyxl.load_workbook(tmp_path / "next.xlsx", data_only=True)["Checks"]["A3"].value


def test_the_next_fill_against_another_file_shows_only_that(folder: Path, tmp_path: Path) -> None:
    fill(folder / "template.xlsx", NOW, tmp_path / "now.xlsx", against=folder / "last.xlsx")
    filled = fill(tmp_path / "now.xlsx", NOW, tmp_path / "next.xlsx", against=tmp_path / "now.xlsx")
    assert filled.notes == ["Compared with now.xlsx, through 2024-04: no month that it reported has changed"]
    assert shown(tmp_path / "next.xlsx") == [
        ("Compared with now.xlsx, through 2024-04", None, None, None, None),
        ("no month that it reported has changed", None, None, None, None),
    ]


def test_a_month_that_was_not_reported_yet_is_no_change(folder: Path, tmp_path: Path) -> None:
    data = pd.concat([THEN, NOW.tail(1)])
    filled = fill(folder / "template.xlsx", data, tmp_path / "now.xlsx", against=folder / "last.xlsx")
    assert filled.notes == ["Compared with last.xlsx, through 2024-03: no month that it reported has changed"]


def test_what_was_reported_is_under_the_rules_of_then(folder: Path, tmp_path: Path) -> None:
    rules = Settings.of({"as_of": "month_start"})
    write_template(tmp_path / "template.xlsx", months=3, data=THEN, rules=rules)
    filled = fill(tmp_path / "template.xlsx", THEN, tmp_path / "now.xlsx", against=folder / "last.xlsx")
    start = "Compared with last.xlsx, through 2024-03: "
    assert filled.notes == [
        f"{start}2024-03 MRR was 180.00 and is now 150.00",  # Dan starts on the 2nd
        f"{start}2024-01 new was 200.00 and is now 100.00 (Bob)",
        f"{start}2024-02 new was 50.00 and is now 150.00 (Bob)",
        f"{start}2024-03 new was 30.00 and is now 0.00 (Dan)",
        "last.xlsx was filled under other rules (default rules) than now (as_of=month_start)",
    ]


def test_a_last_month_that_is_earlier_than_before_is_told(folder: Path, tmp_path: Path) -> None:
    filled = fill(folder / "template.xlsx", THEN.head(3), tmp_path / "now.xlsx", against=folder / "last.xlsx")
    assert filled.notes == [
        "Compared with last.xlsx, through 2024-03: Dan is no longer in the data; its MRR was 30.00",
        "Compared with last.xlsx, through 2024-03: 2024-03 MRR was 180.00 and is now 150.00",
        "Compared with last.xlsx, through 2024-03: 2024-03 new was 30.00 and is now 0.00 (Dan)",
    ]
    filled = fill(folder / "template.xlsx", THEN.iloc[[0, 2]], tmp_path / "now.xlsx", against=folder / "last.xlsx")
    assert filled.notes[-1] == "last.xlsx reported up to 2024-03; the last month is now 2024-02"


def test_many_changes_are_counted(folder: Path, tmp_path: Path) -> None:
    many = pd.concat([THEN.head(1), *(THEN.head(1).assign(customer=f"C{number}") for number in range(100))])
    fill(folder / "template.xlsx", many, tmp_path / "last.xlsx")
    filled = fill(folder / "template.xlsx", THEN, tmp_path / "now.xlsx", against=tmp_path / "last.xlsx")
    assert filled.notes[4].endswith("C12 is no longer in the data; its MRR was 100.00")
    assert filled.notes[-1] == "Compared with last.xlsx, through 2024-01: 95 more changes"  # 100 customers are gone
    assert (len(filled.notes), len(filled.others)) == (8, 95)
    assert (
        filled.others[0] == "Compared with last.xlsx, through 2024-01: C13 is no longer in the data; its MRR was 100.00"
    )
    rows = shown(tmp_path / "now.xlsx")
    assert (len(rows), rows[-1][0]) == (60, "45 more changes")


def test_a_workbook_of_ones_own_has_only_the_sentences(folder: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (list(THEN.columns), ["Old", "2020-01-01", None, 1, "month"]):
        sheet.append(row)
    sheet.add_table(Table(displayName="Subscriptions", ref="A1:E2"))
    for row in range(1, 7):
        sheet.cell(row, 8).value = f"mine {row}"
    book.defined_names["Compared"] = DefinedName("Compared", attr_text="Sheet!$H$1:$L$6")
    book.save(tmp_path / "own.xlsx")
    filled = fill(tmp_path / "own.xlsx", NOW, tmp_path / "now.xlsx", against=folder / "last.xlsx")
    assert len(filled.notes) == 4
    after = openpyxl.load_workbook(tmp_path / "now.xlsx").active
    assert [after.cell(row, 8).value for row in range(1, 7)] == [f"mine {row}" for row in range(1, 7)]


def test_the_earlier_file_need_not_be_of_the_same_template_or_stamped(folder: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (list(THEN.columns), ["Ada", "2024-01-01", None, 100, "month"]):
        book.active.append(row)
    book.active.add_table(Table(displayName="Subscriptions", ref="A1:E2"))
    book.save(tmp_path / "own.xlsx")
    filled = fill(folder / "template.xlsx", THEN, tmp_path / "now.xlsx", against=tmp_path / "own.xlsx")
    assert filled.notes == ["Compared with own.xlsx: 2024-01 MRR was 100.00 and is now 200.00",
                            "Compared with own.xlsx: 2024-01 new was 100.00 and is now 200.00 (Bob)"]  # fmt: skip


def test_a_file_that_shares_no_customer_is_perhaps_another_one_s(folder: Path, tmp_path: Path) -> None:
    others = THEN.assign(customer=["Ida", "Jon", "Kim", "Lea"])
    filled = fill(folder / "template.xlsx", others, tmp_path / "now.xlsx", against=folder / "last.xlsx")
    says = "none of the customers in last.xlsx is in the data; is it the file of another report?"
    assert filled.notes[-1] == says
    assert shown(tmp_path / "now.xlsx")[1][0] == says


def test_a_file_without_its_data_can_not_be_compared_with(folder: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "figures.xlsx")
    filled = fill(folder / "template.xlsx", THEN, tmp_path / "now.xlsx", against=tmp_path / "figures.xlsx")
    says = "it has no table with data, so there is nothing to compare; keep a copy filled without --values"
    assert filled.notes == [f"Compared with figures.xlsx: {says}"]
    assert shown(tmp_path / "now.xlsx")[1][0] == says


def test_names_stay_out_of_a_file_for_others(folder: Path, tmp_path: Path) -> None:
    fill(folder / "template.xlsx", NOW, tmp_path / "now.xlsx", against=folder / "last.xlsx", values=True)
    rows = shown(tmp_path / "now.xlsx")
    assert ("customers no longer in the data: 1", 0, 0, 0, None) in rows
    assert not any("Bob" in str(value) for row in rows for value in row)


def test_an_earlier_file_that_is_none_is_refused_and_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(MrrError, match=r"there is no file .*none\.xlsx"):
        fill(folder / "template.xlsx", THEN, tmp_path / "now.xlsx", against=tmp_path / "none.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_child_that_is_gone_had_its_own_mrr(tmp_path: Path) -> None:
    then = THEN.assign(parent=["Group", None, "Group", None])
    write_template(tmp_path / "template.xlsx", months=3, data=then, rules=Settings(grain="parent"))
    fill(tmp_path / "template.xlsx", then, tmp_path / "last.xlsx")
    now = then[then["customer"] != "Cyd"]
    filled = fill(tmp_path / "template.xlsx", now, tmp_path / "now.xlsx", against=tmp_path / "last.xlsx")
    start = "Compared with last.xlsx, through 2024-03: "
    assert filled.notes == [
        f"{start}Cyd is no longer in the data; its MRR was 50.00",
        f"{start}2024-03 MRR was 180.00 and is now 130.00",
        f"{start}2024-02 expansion was 50.00 and is now 0.00 (Group)",
    ]
    with pytest.raises(MrrError, match=r"^the grain parent needs a column that says whose child a customer is"):
        fill(tmp_path / "template.xlsx", THEN, tmp_path / "now.xlsx")
