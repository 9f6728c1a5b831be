"""Data that another program writes while it is read: never half of the old and half of the new in silence."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import python_calamine

from mrr_xl import MrrError, metric
from mrr_xl.sources import cursor, read_table

ROWS = "customer,start,mrr\nAda,2024-01-01,100\nBen,2024-01-01,10\n"
MORE = ROWS + "Cem,2024-01-01,1\n"


def appended(path: Path) -> None:
    with path.open("a") as file:
        file.write("Cem,2024-01-01,1\n")


def truncated(path: Path) -> None:
    path.write_text(ROWS[:40])


def replaced(path: Path) -> None:
    """By a file of the same size, as a program that writes whole files does."""
    other = path.with_name("other")
    other.write_text(ROWS.replace("Ben", "Bea"))
    other.replace(path)


@pytest.mark.parametrize("change", [appended, truncated, replaced])
@pytest.mark.parametrize("name", ["all.csv", "all.jsonl"])
def test_a_text_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], name: str
) -> None:
    path = tmp_path / name
    path.write_text(ROWS)
    read_bytes = Path.read_bytes

    def read(self: Path) -> bytes:
        content = read_bytes(self)
        change(self)
        return content

    monkeypatch.setattr(Path, "read_bytes", read)
    with pytest.raises(MrrError, match=rf"^{name} changed while it was read; run it again when nothing writes to it$"):
        read_table(path)


@pytest.mark.parametrize("ending", ["saved again", "cut off"])
def test_so_is_a_workbook_whatever_is_read_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    """It is opened three times, and a half of it is no workbook: that is not what is wrong with it."""
    path = tmp_path / "all.xlsx"
    book = openpyxl.Workbook()
    for row in ROWS.splitlines():
        book.active.append(row.split(","))
    book.save(path)
    load = python_calamine.load_workbook

    def saved(source: Any, **how: Any) -> Any:
        if ending == "cut off":
            path.write_bytes(path.read_bytes()[:900])
        else:
            book.active.append(["Cem", "2024-01-01", "1"])
            book.save(path)
        return load(source, **how)

    monkeypatch.setattr(python_calamine, "load_workbook", saved)
    with pytest.raises(
        MrrError, match=r"^all\.xlsx changed while it was read; run it again when nothing writes to it$"
    ):
        read_table(path)


@pytest.mark.parametrize("name", ["all.arrow", "all.parquet"])
def test_what_was_read_stays_what_it_was(tmp_path: Path, name: str) -> None:
    """Polars before version 2 maps Arrow files: what is written there later showed in a frame that had been read."""
    path = tmp_path / name
    old = pl.DataFrame({"customer": ["Ada"] * 1000, "start": ["2024-01-01"] * 1000, "mrr": [100] * 1000})
    write = pl.DataFrame.write_parquet if path.suffix == ".parquet" else pl.DataFrame.write_ipc
    write(old, path)
    frame: Any = read_table(path).frame
    new = tmp_path / "new"
    write(old.with_columns(mrr=pl.lit(7, pl.Int64)), new)
    content = new.read_bytes()
    with path.open("r+b") as file:
        file.write(content)
        file.truncate(len(content))
    assert frame["mrr"].unique().to_list() == [100]


def test_a_query_of_sqlite_is_of_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are fetched one at a time here, and after the first one another program changes the others."""
    path = tmp_path / "all.sqlite"
    database = sqlite3.connect(path)
    database.execute("pragma journal_mode = wal")
    database.execute("create table subscriptions (customer, start, mrr)")
    database.executemany("insert into subscriptions values (?, ?, ?)", [row.split(",") for row in MORE.split()[1:]])
    database.commit()
    monkeypatch.setattr(cursor, "AT_ONCE", 1)
    series = cursor._series

    def changed(*given: Any) -> Any:
        database.execute("update subscriptions set mrr = 1000, customer = 'Other'")
        database.commit()
        return series(*given)

    monkeypatch.setattr(cursor, "_series", changed)
    assert metric("MRR", f"{path}#select customer, start, cast(mrr as real) as mrr from subscriptions") == 111
    assert database.execute("select sum(mrr) from subscriptions").fetchone() == (3000,)
    database.close()
