"""A database's file that somebody else sent: nothing but the file is read, and reading it ends."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import mrr_xl
from mrr_xl import MrrError

SECRET = "the password is swordfish"
ENDLESS = (
    "create view subscriptions as with recursive n(i) as (select 1 union all select i + 1 from n) "
    "select 'Ada' as customer, '2024-01-01' as start, sum(i) as mrr from n"
)


def duckdb_file(folder: Path, *statements: str) -> Path:
    with duckdb.connect(str(folder / "received.duckdb")) as database:
        for statement in statements:
            database.execute(statement)
    return folder / "received.duckdb"


def sqlite_file(folder: Path, *statements: str) -> Path:
    database = sqlite3.connect(folder / "received.sqlite")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return folder / "received.sqlite"


def viewed(body: str) -> str:
    return f"create view subscriptions as select customer, date '2024-01-01' as start, 10 as mrr from ({body})"


@pytest.mark.parametrize(
    "body",
    [
        "select content as customer from read_text('{secret}')",
        "select content as customer from read_text('{folder}/*.txt')",
        "select column0 as customer from read_csv('{secret}', header=false)",
        "select filename as customer from read_blob('{secret}')",
        "select file as customer from glob('{folder}/*')",
        "select column0 as customer from '{csv}'",
    ],
)
def test_a_view_reads_no_other_file(tmp_path: Path, body: str) -> None:
    secret, csv = tmp_path / "secret.txt", tmp_path / "secret.csv"
    secret.write_text(SECRET)
    csv.write_text("customer\nswordfish\n")
    view = body.format(secret=secret, folder=tmp_path, csv=csv).replace("column0 as customer from '", "customer from '")
    file = duckdb_file(tmp_path, viewed(view))
    with pytest.raises(MrrError, match=r"^received\.duckdb can't be read \(Permission Error: .*disabled") as refused:
        mrr_xl.movements(f"{file}#subscriptions")
    assert "swordfish" not in str(refused.value)


def test_a_query_of_ones_own_reads_no_other_file_either(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("customer,start,mrr\nAda,2024-01-01,10\n")
    file = duckdb_file(tmp_path, "create table t as select 1 as a")
    with pytest.raises(MrrError, match="file system operations are disabled"):
        mrr_xl.movements(f"{file}#select * from read_csv('{tmp_path}/other.csv')")


def test_no_extension_is_installed_or_loaded(tmp_path: Path) -> None:
    file = duckdb_file(tmp_path, "create table t as select 1 as a")
    with pytest.raises(MrrError, match=r"^received\.duckdb can't be read"):
        mrr_xl.movements(f"{file}#select * from read_csv('https://example.com/a.csv')")


def test_a_table_and_a_view_over_it_are_read_as_ever(tmp_path: Path) -> None:
    file = duckdb_file(
        tmp_path,
        "create table lines as select 'Ada' as customer, date '2024-01-01' as start, 10 as mrr",
        "create view subscriptions as select * from lines",
    )
    assert mrr_xl.metric("MRR", f"{file}#subscriptions", "2024-01") == 10


@pytest.mark.parametrize("made", [duckdb_file, sqlite_file])
def test_a_view_that_never_ends_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Callable[..., Path]
) -> None:
    monkeypatch.setenv("MRR_XL_QUERY_SECONDS", "0.5")
    file = made(tmp_path, ENDLESS)
    with pytest.raises(MrrError) as refused:
        mrr_xl.movements(f"{file}#subscriptions")
    assert str(refused.value) == (
        f"{file.name} can't be read in 0.5 seconds; if it needs more, set the environment variable MRR_XL_QUERY_SECONDS"
    )


@pytest.mark.parametrize("given", ["soon", "0", "-1", "nan", "inf"])
def test_a_limit_that_is_no_number_of_seconds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("MRR_XL_QUERY_SECONDS", given)
    with pytest.raises(MrrError) as refused:
        mrr_xl.movements(str(sqlite_file(tmp_path, "create table t (a)")) + "#t")
    assert str(refused.value) == f"MRR_XL_QUERY_SECONDS is '{given}'; it must be a number of seconds, such as 600"


def test_a_mistake_in_a_database_ends_the_command_with_2_each_time(tmp_path: Path) -> None:
    """The thread that waits for the time limit was left behind, and aborted about every other process at its end."""
    file = duckdb_file(
        tmp_path, "create table lines as select 'Ada' as acc, date '2025-01-01' as start_date, 10 as price"
    )
    command = [sys.executable, "-m", "mrr_xl", "movements", f"{file}#lines"]
    runs = [subprocess.run(command, capture_output=True, text=True, timeout=120, check=False) for _ in range(6)]
    assert [run.returncode for run in runs] == [2] * 6
    assert all(run.stderr.startswith("mrr-xl: no column says whose subscription it is") for run in runs)
    assert all(run.stderr.count("\n") == 1 for run in runs)
