"""The stamp: what a filled workbook says of its own making."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pytest
from openpyxl.packaging.custom import StringProperty
from openpyxl.worksheet.table import Table

import mrr_xl
from mrr_xl.filling import stamp
from mrr_xl.filling.fill import fill
from mrr_xl.filling.fingerprint import of_ledger
from mrr_xl.filling.inputs import Options, read_inputs
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.report import write_template
from support.soundness import faults

DATA = pd.DataFrame(
    {
        "customer": ["Ada", "Bob", "Cyd"],
        "start": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-01"]),
        "end": pd.to_datetime([None, "2024-03-01", None]),
        "amount": [100.0, 1200.5, 50.0],
        "interval": ["month", "year", "month"],
        "seats": [2, 4, 3],
        "score": [1.5, None, 0.0],
        "plan": ["Pro", None, "Basic"],
    }
)


def expected(template: Path, data: object, **options: Any) -> stamp.Stamp:
    """The stamp that a fill would write."""
    return read_inputs(template, data, template.with_name("none.xlsx"), Options(**options)).stamp


def fingerprint(data: object) -> str:
    return of_ledger(read_ledger(data))


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.xlsx"
    write_template(path, months=3, data=DATA)
    return path


# What it says


def test_a_filled_file_says_of_what_it_was_made(template: Path, tmp_path: Path) -> None:
    fill(template, DATA, tmp_path / "out.xlsx")
    found = stamp.read(tmp_path / "out.xlsx")
    assert found is not None
    assert (found.version, found.rows, found.through) == (mrr_xl.__version__, 3, "2024-03")
    assert found.settings == "default rules"
    assert found.data == fingerprint(DATA)
    assert found == stamp.read((tmp_path / "out.xlsx").read_bytes())
    assert faults(tmp_path / "out.xlsx") == []


def test_the_report_is_stamped_too(template: Path) -> None:
    found = stamp.read(template)
    assert found is not None
    assert (found.template, found.data, found.rows) == ("the report of mrr_xl", fingerprint(DATA), 3)


def test_it_says_the_rules_that_the_workbook_computes_by(tmp_path: Path) -> None:
    rules = mrr_xl.Settings.of({"as_of": "month_start", "through": "2024-02"})
    write_template(tmp_path / "template.xlsx", months=3, data=DATA, rules=rules)
    fill(tmp_path / "template.xlsx", DATA, tmp_path / "out.xlsx", strict=True)
    found = stamp.read(tmp_path / "out.xlsx")
    assert found is not None
    assert found.settings == "as_of=month_start; through=2024-02; strict"
    assert found.through == "2024-02"


def test_excel_shows_it_beside_the_users_own_properties(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (list(DATA.columns), ["Old", "2020-01-01", None, 1, "month", 1, None, None]):
        book.active.append(row)
    book.active.add_table(Table(displayName="Subscriptions", ref="A1:H2"))
    book.custom_doc_props.append(StringProperty(name="Client", value="Acme & Sons"))
    book.save(tmp_path / "own.xlsx")
    for number in (1, 2):  # the second time the stamp is already there
        fill(tmp_path / "own.xlsx", DATA.head(number), tmp_path / "out.xlsx")
        (tmp_path / "own.xlsx").write_bytes((tmp_path / "out.xlsx").read_bytes())
        shown = {one.name: one.value for one in openpyxl.load_workbook(tmp_path / "out.xlsx").custom_doc_props.props}
        named = [f"mrr_xl {name}" for name in ("data", "rows", "settings", "template", "through", "version")]
        assert sorted(shown) == ["Client", *named]
        assert (shown["Client"], shown["mrr_xl rows"]) == ("Acme & Sons", number)
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert archive.namelist().count("docProps/custom.xml") == 1
    assert faults(tmp_path / "out.xlsx") == []


def test_what_is_not_stamped_has_no_stamp(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "plain.xlsx")
    (tmp_path / "text.xlsx").write_text("hello")
    assert [stamp.read(tmp_path / name) for name in ("plain.xlsx", "text.xlsx", "none.xlsx")] == [None, None, None]


# What is expected of a fill


def test_the_same_template_and_data_expect_the_stamp_that_is_there(template: Path, tmp_path: Path) -> None:
    fill(template, DATA, tmp_path / "out.xlsx")
    assert expected(template, DATA.iloc[::-1]) == stamp.read(tmp_path / "out.xlsx")


def other_template(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    book["Summary"]["A1"] = "Ours"
    book.save(template)


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (DATA.head(2), {}),
        (DATA.assign(amount=[100, 1200.5, 51]), {}),
        (DATA, {"strict": True}),
        (DATA, {"values": True}),
    ],
)
def test_anything_else_expects_another(template: Path, tmp_path: Path, data: Any, options: Any) -> None:
    fill(template, DATA, tmp_path / "out.xlsx")
    assert expected(template, data, **options) != stamp.read(tmp_path / "out.xlsx")


def test_another_template_expects_another(template: Path, tmp_path: Path) -> None:
    fill(template, DATA, tmp_path / "out.xlsx")
    other_template(template)
    assert expected(template, DATA) != stamp.read(tmp_path / "out.xlsx")


def test_the_same_fill_gives_the_same_bytes(template: Path, tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        fill(template, DATA, tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


# The fingerprint of the data


def test_order_and_library_do_not_matter(tmp_path: Path) -> None:
    DATA.to_csv(tmp_path / "data.csv", index=False)
    pl.read_csv(tmp_path / "data.csv", try_parse_dates=True).write_parquet(tmp_path / "data.parquet")
    same = [
        DATA,
        DATA.sample(frac=1, random_state=1),
        DATA[DATA.columns[::-1]],
        DATA.rename(columns={"customer": "Customer ID", "start": "Started at", "Plan": "PLAN"}),
        pl.read_parquet(tmp_path / "data.parquet"),
        duckdb.from_df(DATA),
        tmp_path / "data.parquet",
    ]
    assert {fingerprint(data) for data in same} == {fingerprint(DATA)}


def test_a_text_file_gives_what_its_numbers_give(tmp_path: Path) -> None:
    data = DATA.drop(columns=["plan", "score"])
    data.to_csv(tmp_path / "data.csv", index=False)
    assert fingerprint(tmp_path / "data.csv") == fingerprint(data)


def test_it_is_the_same_on_every_machine() -> None:
    assert fingerprint(DATA) == "b0c99d7f1e7c61ea2d0a6f34b7b4c3db"


CHANGES = {
    "a customer": {"customer": ["Ada", "Bob", "Cy"]},
    "a start": {"start": pd.to_datetime(["2024-01-01", "2024-01-16", "2024-02-01"])},
    "an end": {"end": pd.to_datetime([None, "2024-03-01", "2024-04-01"])},
    "an amount": {"amount": [100.0, 1200.5, 50.01]},
    "amounts that add up to the same": {"amount": [99.0, 1200.5, 51.0]},
    "an interval": {"interval": ["month", "year", "year"]},
    "seats": {"seats": [2, 4, 5]},
    "a zero for a blank": {"score": [1.5, 0.0, 0.0]},
    "a plan": {"plan": ["Pro", "Basic", None]},
    "a column": {"region": [None, None, None]},
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_a_line_shows(change: str) -> None:
    assert fingerprint(DATA.assign(**CHANGES[change])) != fingerprint(DATA)


def test_lines_that_are_there_twice_show() -> None:
    once, twice = DATA, pd.concat([DATA, DATA.head(1)])
    thrice = pd.concat([DATA, DATA.head(1), DATA.head(1)])
    assert len({fingerprint(data) for data in (once, twice, thrice)}) == 3
