"""fill: data that no sheet holds, or in a database, is computed where it is; the cells get the values."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

import mrr_xl
from mrr_xl import MrrError
from mrr_xl.errors import MrrWarning
from mrr_xl.filling.fill import fill

LEDGER = pd.DataFrame(
    {
        "customer": ["Ada", "Bob", "Cyd"],
        "start": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-01"]),
        "end": pd.to_datetime([None, "2024-03-01", None]),
        "amount": [100.0, 200.0, 50.0],
    }
)


def template(path: Path) -> Path:
    book = openpyxl.Workbook()
    data = book.active
    data.title = "Data"
    for row in [["customer", "start", "end", "amount"], ["Old One", "2020-01-01", None, 7]]:
        data.append(row)
    data.add_table(Table(displayName="Subscriptions", ref="A1:D2"))
    report = book.create_sheet("Report")
    report["A1"] = '=MRR(Subscriptions[#All],"2024-02")'
    report["A2"] = "=SUM(Subscriptions[amount])"
    report["A3"] = "=A2+1"
    report["A4"] = '=IFERROR(SUM(Data!D2:D9),"none")'
    report["A5"] = "=A1*12"
    report["A6"] = "=SUM(amounts)"
    report["A7"] = "=Data!A1"
    book.defined_names["amounts"] = DefinedName("amounts", attr_text="Data!$D:$D")
    book.save(path)
    return path


def figures(path: Path) -> list[Any]:
    book = openpyxl.load_workbook(path)
    return [cell.value for cell in book["Report"]["A"]]


@pytest.fixture
def in_duckdb(tmp_path: Path) -> Any:
    with duckdb.connect(str(tmp_path / "billing.duckdb")) as database:
        database.register("ledger", LEDGER)
        database.execute("create table subscriptions as select * from ledger")
        yield database


def test_a_query_is_computed_in_its_database_and_the_cells_get_the_values(tmp_path: Path, in_duckdb: Any) -> None:
    out = tmp_path / "out.xlsx"
    filled = fill(template(tmp_path / "own.xlsx"), in_duckdb.sql("select * from subscriptions"), out)
    assert figures(out)[0] == 350
    assert figures(out)[4:] == [4200, "#N/A", "customer"]
    assert filled.lines == 3
    assert filled.notes == [
        "the data is in a database; the figures were computed from the data and written as values, "
        "without customers' names"
    ]


def test_other_formulas_over_the_absent_rows_are_not_available_and_named(tmp_path: Path, in_duckdb: Any) -> None:
    out = tmp_path / "out.xlsx"
    filled = fill(template(tmp_path / "own.xlsx"), in_duckdb.sql("select * from subscriptions"), out)
    assert figures(out)[1:4] == ["#N/A", "#N/A", "#N/A"]
    assert filled.problems == [
        "Report!A2, Report!A4, Report!A6 read the rows of table Subscriptions, which are not in the sheet, and show "
        "#N/A; only MRR functions over Subscriptions[#All] can use them"
    ]


def test_a_small_table_of_a_duckdb_file_goes_into_the_sheet(tmp_path: Path, in_duckdb: Any) -> None:
    in_duckdb.close()
    out = tmp_path / "out.xlsx"
    filled = fill(template(tmp_path / "own.xlsx"), f"{tmp_path / 'billing.duckdb'}#Subscriptions", out)
    assert (filled.notes, filled.problems) == ([], [])
    assert openpyxl.load_workbook(out, data_only=True)["Report"]["A2"].value == 350


@pytest.mark.parametrize("ending", ["sqlite", "db"])
def test_a_table_of_an_sqlite_file_is_data(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"billing.{ending}"
    with sqlite3.connect(path) as database:
        database.execute('create table "our subs" (customer text, start text, "end" text, amount real)')
        rows = LEDGER.assign(start=LEDGER["start"].dt.strftime("%Y-%m-%d"), end=[None, "2024-03-01", None])
        database.executemany('insert into "our subs" values (?, ?, ?, ?)', rows.values.tolist())
    database.close()
    assert mrr_xl.movements(f"{path}#our subs")["closing"].tolist() == mrr_xl.movements(LEDGER)["closing"].tolist()


def test_a_table_that_is_not_in_the_database_is_said_with_those_that_are(tmp_path: Path, in_duckdb: Any) -> None:
    in_duckdb.close()
    with pytest.raises(MrrError, match=r"^billing\.duckdb has no table customers \(its tables: subscriptions\)$"):
        mrr_xl.movements(f"{tmp_path / 'billing.duckdb'}#customers")


def test_a_database_that_is_not_there_or_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(MrrError, match=r"^there is no file .*billing\.db$"):
        mrr_xl.movements(str(tmp_path / "billing.db#subscriptions"))
    (tmp_path / "text.db").write_text("hello, this is no database at all")
    with pytest.raises(MrrError, match=r"^text\.db can't be read \(file is not a database\)$"):
        mrr_xl.movements(str(tmp_path / "text.db#subscriptions"))


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_more_lines_than_a_sheet_holds_are_computed_from_the_file(tmp_path: Path, ending: str) -> None:
    lines = 1_100_000
    frame = pl.select(
        customer=pl.concat_str(pl.lit("Customer no "), pl.int_range(lines) % 50_000),
        start=pl.when(pl.int_range(lines) > 0).then(pl.date(2024, 1, 1)).otherwise(pl.date(2024, 3, 1)),
        end=pl.lit(None, dtype=pl.Date),
        amount=pl.int_range(lines) % 7,
    )
    path = tmp_path / f"large.{ending}"
    frame.write_parquet(path) if ending == "parquet" else frame.write_csv(path)
    out = tmp_path / "out.xlsx"
    with pytest.warns(MrrWarning, match="lines run beside another of the same customer, product and price"):
        filled = fill(template(tmp_path / "own.xlsx"), path, out)
    assert figures(out)[0] == frame["amount"].sum()
    assert filled.lines == lines
    assert filled.notes[0].startswith("1,100,000 lines are more than a sheet can hold; the figures were computed")
    assert openpyxl.load_workbook(out)["Data"].tables["Subscriptions"].ref == "A1:D2"
