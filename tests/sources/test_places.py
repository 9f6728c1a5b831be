"""One ledger, wherever it lives: the movements are the same to the last millionth."""

from __future__ import annotations

import gzip
import io
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
import sqlalchemy

from mrr_xl import MrrError, movements
from support.ledgers import ledger

pytestmark = pytest.mark.xdist_group("databases")

TEXTS = ledger("""
customer  subscription  start       end         amount    interval  quantity
Müller    1             2024-01-10  2024-04-01  1200.10   year      1
Müller    2             2024-04-01  -           99.99     month     3
Bolt      3             2024-01-31  -           1000      quarter   1
Bolt      4             2024-02-01  2024-03-15  0.333333  month     2
Cyd       5             2024-03-01  2024-03-20  25        month     1
Cyd       6             2024-04-05  -           25        month     1
""")
FRAME = TEXTS.with_columns(
    pl.col("start", "end").str.to_date(),
    pl.col("amount").cast(pl.Float64),
    pl.col("subscription", "quantity").cast(pl.Int64),
)
#: By hand: 1200.10/12 + 1000/3; in February two of 0.333333 more; in April 3 * 99.99 + 25 instead of 1200.10/12.
CLOSING = [433.341666, 434.008332, 433.341666, 658.303333]
CSV = TEXTS.write_csv().encode()


def created(quote: str) -> str:
    """The statement that makes the table, as each database quotes a name that is a word of SQL."""
    names = [f"{quote}{name}{quote}" for name in FRAME.columns]
    kinds = ["varchar(40)", "int", "date", "date", "decimal(12, 6)", "varchar(20)", "int"]
    return f"create table subscriptions ({', '.join(map(' '.join, zip(names, kinds)))})"


def packed_zstd(content: bytes) -> bytes:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.compress(content)


def packed_zip(content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("exports/subscriptions.csv", content)
        file.writestr("__MACOSX/exports/._subscriptions.csv", b"\0\5")
    return archive.getvalue()


def parquet() -> bytes:
    content = io.BytesIO()
    FRAME.write_parquet(content)
    return content.getvalue()


def arrow() -> bytes:
    content = io.BytesIO()
    FRAME.write_ipc(content)
    return content.getvalue()


def xlsx() -> bytes:
    content = io.BytesIO()
    FRAME.to_pandas().to_excel(content, index=False)
    return content.getvalue()


def ods() -> bytes:
    """A sheet as LibreOffice saves it: dates and numbers with their types."""
    rows = []
    for row in [FRAME.columns, *FRAME.rows()]:
        cells = "".join(_ods_cell(value) for value in row)
        rows.append(f"<table:table-row>{cells}</table:table-row>")
    names = 'xmlns:{0}="urn:oasis:names:tc:opendocument:xmlns:{0}:1.0"'
    spaces = " ".join(names.format(name) for name in ("office", "table", "text"))
    body = f'<table:table table:name="Sheet1">{"".join(rows)}</table:table>'
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.3"><office:body>'
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("mimetype", kind)
        file.writestr("META-INF/manifest.xml", manifest)
        file.writestr("content.xml", text)
    return content.getvalue()


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'


#: A file's name and what is in it; each is read as a file, and without its name from standard input.
FILES: dict[str, Callable[[], bytes]] = {
    "ledger.csv": lambda: CSV,
    "ledger.tsv": lambda: TEXTS.write_csv(separator="\t").encode(),
    "ledger.csv.gz": lambda: gzip.compress(CSV),
    "ledger.tsv.gz": lambda: gzip.compress(TEXTS.write_csv(separator="\t").encode()),
    "ledger.csv.zst": lambda: packed_zstd(CSV),
    "ledger.zip": lambda: packed_zip(CSV),
    "ledger.xlsx": xlsx,
    "ledger.ods": ods,
    "ledger.parquet": parquet,
    "ledger.parquet.gz": lambda: gzip.compress(parquet()),
    "ledger.feather": arrow,
    "ledger.jsonl": lambda: TEXTS.write_ndjson().encode(),
    "ledger.jsonl.gz": lambda: gzip.compress(TEXTS.write_ndjson().encode()),
    "LEDGER.CSV.GZ": lambda: gzip.compress(CSV),
}


@pytest.fixture(scope="module")
def expected() -> pd.DataFrame:
    return movements(FRAME)


def test_the_figures_are_those_computed_by_hand(expected: pd.DataFrame) -> None:
    assert expected["closing"].tolist() == CLOSING


@pytest.mark.parametrize("name", FILES)
def test_a_file(tmp_path: Path, expected: pd.DataFrame, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name]())
    pd.testing.assert_frame_equal(movements(tmp_path / name), expected)


@pytest.mark.parametrize("name", FILES)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, expected: pd.DataFrame, name: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FILES[name]())))
    pd.testing.assert_frame_equal(movements("-"), expected)


def test_an_open_file(tmp_path: Path, expected: pd.DataFrame) -> None:
    (tmp_path / "ledger.csv").write_bytes(CSV)
    pd.testing.assert_frame_equal(movements(io.BytesIO(CSV)), expected)
    pd.testing.assert_frame_equal(movements(io.StringIO(CSV.decode())), expected)
    with (tmp_path / "ledger.csv").open(encoding="utf-8") as file:
        pd.testing.assert_frame_equal(movements(file), expected)


@pytest.mark.parametrize("pattern", ["", "*.csv", "*"])
def test_a_folder_of_two_halves_with_the_columns_in_another_order(
    tmp_path: Path, expected: pd.DataFrame, pattern: str
) -> None:
    TEXTS.head(3).write_csv(tmp_path / "a.csv")
    TEXTS.tail(3).select(reversed(TEXTS.columns)).write_csv(tmp_path / "b.csv")
    pd.testing.assert_frame_equal(movements(str(tmp_path / pattern)), expected)


def test_a_folder_of_a_text_file_and_a_parquet_file(tmp_path: Path, expected: pd.DataFrame) -> None:
    TEXTS.head(3).write_csv(tmp_path / "a.csv")
    FRAME.tail(3).write_parquet(tmp_path / "b.parquet")
    pd.testing.assert_frame_equal(movements(tmp_path), expected)


WANTED = ("#subscriptions", "", "#{schema}.subscriptions", "#select * from subscriptions order by start")


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize("scheme", ["", "sqlite:///"])
def test_sqlite(tmp_path: Path, expected: pd.DataFrame, scheme: str, wanted: str) -> None:
    with closing(sqlite3.connect(tmp_path / "billing.db")) as database, database:
        database.execute(created('"'))
        database.executemany("insert into subscriptions values (?, ?, ?, ?, ?, ?, ?)", TEXTS.rows())
        database.execute("create table plans (id, price)")
    place = f"{scheme}{tmp_path / 'billing.db'}{wanted.format(schema='main')}"
    pd.testing.assert_frame_equal(movements(place), expected)


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize("scheme", ["", "duckdb:///"])
def test_duckdb(tmp_path: Path, expected: pd.DataFrame, scheme: str, wanted: str) -> None:
    with duckdb.connect(str(tmp_path / "billing.duckdb")) as database:
        database.execute(created('"'))
        database.executemany("insert into subscriptions values (?, ?, ?, ?, ?, ?, ?)", FRAME.rows())
        database.execute("create table plans (id int, price int)")
    place = f"{scheme}{tmp_path / 'billing.duckdb'}{wanted.format(schema='main')}"
    pd.testing.assert_frame_equal(movements(place), expected)


def loaded(url: str, driver: str, quote: str) -> None:
    """The ledger's table and another one in a server's database."""
    address = sqlalchemy.make_url(url).set(drivername=driver)
    engine = sqlalchemy.create_engine(
        address,
        connect_args={"password": address.password.encode()} if "pymysql" in driver else {},
    )
    with engine.begin() as connection:
        for statement in (
            "drop table if exists subscriptions",
            "drop table if exists plans, typed, zoned, leads",
            created(quote),
            "create table plans (id int, price int)",
        ):
            connection.exec_driver_sql(statement)
        marks = ", ".join(["%s"] * len(FRAME.columns))
        connection.exec_driver_sql(f"insert into subscriptions values ({marks})", FRAME.rows())
    engine.dispose()


@pytest.mark.parametrize("wanted", WANTED)
def test_postgresql(postgresql: str, expected: pd.DataFrame, wanted: str) -> None:
    loaded(postgresql, "postgresql+psycopg", '"')
    pd.testing.assert_frame_equal(movements(postgresql + wanted.format(schema="public")), expected)
    short = postgresql.replace("postgresql", "postgres", 1)
    pd.testing.assert_frame_equal(movements(short + wanted.format(schema="public")), expected)


@pytest.mark.parametrize("wanted", WANTED)
def test_mariadb(mariadb: str, expected: pd.DataFrame, wanted: str) -> None:
    loaded(mariadb, "mariadb+pymysql", "`")
    pd.testing.assert_frame_equal(movements(mariadb + wanted.format(schema="billing")), expected)
    as_mysql = mariadb.replace("mariadb", "mysql", 1)
    pd.testing.assert_frame_equal(movements(as_mysql + wanted.format(schema="billing")), expected)


@pytest.mark.parametrize("scheme", ["", "sqlite:///"])
@pytest.mark.parametrize("column", ["customer", "start", "end", "mrr"])
def test_bytes_of_sqlite_are_refused_as_those_of_frames_are(tmp_path: Path, column: str, scheme: str) -> None:
    """x'416461' is Ada, and was the customer 416461."""
    with closing(sqlite3.connect(tmp_path / "billing.db")) as database, database:
        database.execute("create table subscriptions (customer, start, mrr, end, plan)")
        database.execute("insert into subscriptions values ('Ada', '2024-01-01', 5, null, 'Pro')")
        database.execute("insert into subscriptions values ('Ada', '2024-02-01', 7, null, x'50726f')")
        data = f"{scheme}{tmp_path / 'billing.db'}#subscriptions"
    assert movements(data)["closing"].tolist() == [5, 12]
    assert movements(data, where="plan=Pro")["closing"].tolist() == [5, 5]
    with closing(sqlite3.connect(tmp_path / "billing.db")) as database, database:
        database.execute(f"update subscriptions set {column} = x'416461' where mrr = 7")
    with pytest.raises(MrrError, match=rf"^column {column} holds bytes; give it texts, numbers or dates$"):
        movements(data)
