"""Databases by URL: what their types mean, what is refused, and that no password is ever shown."""

from __future__ import annotations

import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import psycopg
import pymysql
import pytest
from click.testing import CliRunner

from mrr_xl import MrrError, movements
from mrr_xl.cli import main
from mrr_xl.sources import read_table
from mrr_xl.sources.url import url_of
from support.servers import PASSWORD, USER
from support.small_workbook import small_workbook

pytestmark = pytest.mark.xdist_group("databases")

LEDGER = """
drop view if exists paying;
drop schema if exists old cascade;
drop table if exists subscriptions, typed, zoned, plans, leads;
create table subscriptions (customer text, start date, "end" date, mrr numeric(12, 2));
insert into subscriptions values ('Ada', '2024-01-01', null, 100.10), ('Bob', '2024-01-15', '2024-03-01', 49.95);
create table plans (id int, price numeric);
"""


def in_postgresql(url: str, statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements)


def in_mariadb(url: str, *statements: str) -> None:
    port = url_of(url).place.rpartition(":")[2]
    target: dict[str, Any] = {"host": "127.0.0.1", "port": int(port), "user": USER, "password": PASSWORD.encode()}
    with closing(pymysql.connect(**target, database="billing", autocommit=True)) as connection:
        for statement in statements:
            connection.cursor().execute(statement)


def message_of(data: str, **settings: Any) -> str:
    with pytest.raises(MrrError) as caught:
        movements(data, **settings)
    error: BaseException | None = caught.value
    while error is not None:  # nor in what a report of an error would show beside it
        assert_no_password(repr(error).encode())
        error = error.__cause__ or error.__context__
    return str(caught.value)


def assert_no_password(content: bytes) -> None:
    for form in (PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD), repr(PASSWORD)[1:-1], "s3cret"):
        assert form.encode() not in content


# What values mean.


def test_the_types_of_postgresql(postgresql: str) -> None:
    in_postgresql(postgresql, LEDGER + """
        create table typed (customer uuid, account numeric(30), start timestamp, "end" date, amount numeric(12, 4),
                            "interval" interval, paused boolean, tags text[], extra jsonb, seats smallint, raw bytea);
        insert into typed values
          ('7d444840-9dc0-11d1-b245-5ffdce74fad2', 12345678901234567890123, '2024-01-01 09:30', 'infinity', 1200.0001,
           '1 year', false, '{a,b}', '{"a": 1}', 3, '\\x0102'),
          ('7d444840-9dc0-11d1-b245-5ffdce74fad3', null, '2024-02-01', null, 10, '1 month', null, null, null, 1, null);
    """)  # fmt: skip
    frame = read_table(f"{postgresql}#typed").frame.to_native()
    assert frame.row(0)[1] == "12345678901234567890123"
    assert frame.row(0)[5:] == ("P1Y", False, '["a", "b"]', '{"a": 1}', 3, "0102")
    table = movements(f'{postgresql}#select customer, start, "end", amount, "interval" from typed')
    assert table["closing"].tolist() == [100.000008, 110.000008]  # 1200.0001 / 12, then 10 more


def test_a_timestamp_with_a_zone_asks_for_the_zone_of_the_books(postgresql: str) -> None:
    in_postgresql(
        postgresql,
        LEDGER
        + """
        create table zoned (customer text, start timestamptz, mrr numeric);
        insert into zoned values ('Ada', '2024-01-31 23:30+00', 5), ('Bob', '2024-01-01 12:00+05', 7);
    """,
    )
    place = f"{postgresql}#zoned"
    assert message_of(place) == "column start carries a time zone; set timezone to that of your books"
    assert movements(place, timezone="UTC")["closing"].tolist() == [12.0]
    assert movements(place, timezone="Europe/Berlin", through="2024-02")["closing"].tolist() == [7.0, 12.0]


def test_a_timestamp_of_mariadb_has_a_zone_and_a_datetime_has_none(mariadb: str) -> None:
    in_mariadb(
        mariadb,
        "drop table if exists subscriptions, zoned",
        "set session time_zone = '+02:00'",
        "create table zoned (customer text, start timestamp, ended datetime, mrr decimal(10, 2))",
        "insert into zoned values ('Ada', '2024-02-01 01:30', '2024-04-01', 5), ('Bob', '2024-01-05', null, 7)",
    )
    place = f"{mariadb}#zoned"
    assert message_of(place) == "column start carries a time zone; set timezone to that of your books"
    assert movements(place, timezone="UTC")["closing"].tolist()[:2] == [12.0, 12.0]
    assert movements(place, timezone="Europe/Berlin")["closing"].tolist()[:2] == [7.0, 12.0]


# Which table.


def test_without_a_name_the_only_ledger_is_read_also_in_another_schema(postgresql: str) -> None:
    in_postgresql(postgresql, LEDGER)
    assert movements(postgresql)["closing"].tolist() == [150.05, 150.05, 100.10]
    in_postgresql(postgresql, "create schema old; alter table subscriptions set schema old")
    assert movements(postgresql)["closing"].tolist() == [150.05, 150.05, 100.10]
    assert movements(f"{postgresql}#OLD.Subscriptions")["closing"].tolist() == [150.05, 150.05, 100.10]
    in_postgresql(postgresql, "create table leads as select * from old.subscriptions")
    name = "postgresql://" + url_of(postgresql).place + "/billing"
    known = "put # and a table's name behind it (its tables: leads, old.subscriptions, plans)"
    assert message_of(postgresql) == f"{name}: tables leads and old.subscriptions look like a ledger; {known}"
    assert message_of(postgresql + "#Invoices") == (
        f"{name} has no table Invoices (its tables: leads, old.subscriptions, plans)"
    )
    in_postgresql(postgresql, "drop schema old cascade; drop table leads")
    known = "put # and a table's name behind it (its tables: plans)"
    assert message_of(postgresql) == f"{name}: no table looks like a ledger; {known}"


def test_a_view_and_a_query_with_signs_that_drivers_read_as_places(postgresql: str) -> None:
    in_postgresql(postgresql, LEDGER + "create or replace view paying as select * from subscriptions where mrr > 50;")
    assert movements(f"{postgresql}#paying")["closing"].tolist() == [100.1]
    query = "with paid as (select * from subscriptions where customer like '%d%' and customer <> ':x@%s') "
    assert movements(f"{postgresql}#{query}select * from paid;")["closing"].tolist() == [100.1]
    in_postgresql(postgresql, "drop view paying")


# Only reading.


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("delete from subscriptions", "'delete from subscriptions' is not a query that only reads; write a select"),
        (" update subscriptions set mrr = 0", "'update subscriptions set mrr = 0' is not a query that only reads; "
         "write a select"),
        ("select 1; drop table subscriptions", "behind the # there are several statements; write a single select"),
        ("select ';' -- ;\n; commit", "behind the # there are several statements; write a single select"),
    ],
)  # fmt: skip
def test_what_is_not_one_select_is_refused(query: str, message: str) -> None:
    assert message_of(f"postgresql://127.0.0.1:1/billing#{query}") == message


def test_a_query_that_writes_nevertheless_is_refused_by_the_server(postgresql: str, mariadb: str) -> None:
    in_postgresql(postgresql, LEDGER)
    name = "postgresql://" + url_of(postgresql).place + "/billing"
    query = "with gone as (delete from subscriptions returning *) select * from gone"
    why = "DECLARE CURSOR must not contain data-modifying statements in WITH"
    assert message_of(f"{postgresql}#{query}") == f"{name} can't be read ({why})"
    in_postgresql(postgresql, "create sequence if not exists numbers")
    why = "cannot execute nextval() in a read-only transaction"
    assert message_of(f"{postgresql}#select nextval('numbers')") == f"{name} can't be read ({why})"
    assert movements(postgresql)["closing"].tolist() == [150.05, 150.05, 100.10]
    in_mariadb(
        mariadb,
        "drop table if exists subscriptions",
        "create table subscriptions (customer text, start date, mrr int)",
        "insert into subscriptions values ('Ada', '2024-01-01', 5)",
        "create or replace sequence numbers",
    )
    assert "READ ONLY transaction" in message_of(f"{mariadb}#select nextval(numbers) from subscriptions")


# Mistakes.


def test_a_mistake_in_a_query_is_what_the_server_says_in_one_line(postgresql: str, mariadb: str) -> None:
    name = "postgresql://" + url_of(postgresql).place + "/billing"
    assert message_of(f"{postgresql}#select x from nowhere") == (
        f'{name} can\'t be read (relation "nowhere" does not exist)'
    )
    assert message_of(f"{postgresql}#select 1 a, 2 a") == (
        f"{name}: the query gives two columns a; name them apart with as"
    )
    assert message_of(f"{postgresql}#select 1 as customer where false") == f"{name}: the query gives no rows"
    name = "mariadb://" + url_of(mariadb).place + "/billing"
    assert message_of(f"{mariadb}#select x from nowhere") == (
        f"{name} can't be read (Table 'billing.nowhere' doesn't exist)"
    )


def test_a_wrong_password_is_not_repeated(postgresql: str, mariadb: str) -> None:
    wrong = quote(PASSWORD + "!", safe="")
    for url in (postgresql, mariadb):
        place = url_of(url).place
        said = message_of(f"{url_of(url).scheme}://{USER}:{wrong}@{place}/billing#subscriptions")
        assert said.startswith(f"{url_of(url).scheme}://{place}/billing can't be read (")
    assert message_of(f"postgresql://{url_of(postgresql).place}/billing?user={USER}&password={wrong}#subscriptions")


@pytest.mark.parametrize(
    "userinfo",
    [
        f"{USER}:{quote(PASSWORD, safe='')}",
        f"{USER}:{quote(PASSWORD)}",
        f"{USER}:{PASSWORD}",
        f":{PASSWORD}",
        f"{USER}:{PASSWORD.replace('#', '')}",
    ],
)
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "mysql", "mariadb", "oracle", "nosuch", "mysql+nosuch"])
def test_whatever_is_wrong_with_a_url_its_password_is_not_in_the_message(scheme: str, userinfo: str) -> None:
    for rest in ("@127.0.0.1:1/billing#subscriptions", "@127.0.0.1:1", "@127.0.0.1:x/billing", "@/", "@no host/b#t"):
        message_of(f"{scheme}://{userinfo}{rest}")
        if scheme in ("postgresql", "mysql"):
            assert "can't be read; write" in message_of(f"{scheme}:{userinfo}{rest}")


def test_a_missing_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    place = f"postgresql://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:1/billing#subscriptions"
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    assert message_of(place) == (
        "postgresql://127.0.0.1:1/billing needs a driver; install it with pip install 'mrr-xl[database]'"
    )
    monkeypatch.setitem(__import__("sys").modules, "sqlalchemy", None)
    assert message_of(place) == (
        "postgresql://127.0.0.1:1/billing needs SQLAlchemy; install it with pip install 'mrr-xl[database]'"
    )


def test_a_raw_password_is_understood(postgresql: str) -> None:
    in_postgresql(postgresql, LEDGER)
    raw = PASSWORD.replace("%", "%25").replace("#", "%23").replace("?", "%3F")
    url = f"postgresql://{USER}:{raw}@{url_of(postgresql).place}/billing"
    assert movements(url)["closing"].tolist() == [150.05, 150.05, 100.10]


def test_a_password_may_stay_out_of_the_url(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    in_postgresql(postgresql, LEDGER)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    url = f"postgresql://{USER}@{url_of(postgresql).place}/billing"
    assert movements(url)["closing"].tolist() == [150.05, 150.05, 100.10]


# Nowhere a password.


def run(*words: str) -> Any:
    result = CliRunner().invoke(main, list(words))
    assert_no_password(result.output.encode())
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_no_password_in_what_is_printed_or_written(postgresql: str, tmp_path: Path) -> None:
    in_postgresql(postgresql, LEDGER)
    place = f"{postgresql}#subscriptions"
    for words in (["movements", place], ["check", place], ["metric", "MRR", place], ["check", f"{postgresql}#none"]):
        run(*words)
    own, one = tmp_path / "own.xlsx", tmp_path / "one.xlsx"
    assert run("template", str(own), "--months", "1", "--data", place).exit_code == 0
    template = small_workbook(tmp_path / "template.xlsx", ["customer", "start", "end", "mrr"])
    assert run("fill", str(template), place, "-o", str(one)).exit_code == 0
    many = tmp_path / "reports"
    many.mkdir()
    words = ["fill", str(template), place, f"{postgresql}#select * from subscriptions", "-o", str(many)]
    assert run(*words).exit_code == 0
    assert "2 unchanged" in run(*words, "--resume").output
    failed = run("fill", str(template), place, f"{postgresql}#none", "-o", str(many), "--jobs", "2")
    assert failed.exit_code == 1
    written = [own, one, *many.iterdir()]
    assert [path.name[:8] for path in many.iterdir()] == ["billing ", "billing "]
    for path in written:
        assert_no_password(path.name.encode())
        assert_no_password(path.read_bytes())
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                assert_no_password(package.read(name))
    assert openpyxl.load_workbook(one, data_only=True)["Data"]["A2"].value == "Ada"


def test_the_path_of_a_file_is_no_password(tmp_path: Path) -> None:
    place = tmp_path / "ada@example.com" / "b?lling.sqlite"
    assert message_of(f"sqlite:///{place}#subscriptions") == f"there is no file {place}"
    assert url_of("sqlite:///C:/Users/ada/billing.sqlite").database == "C:/Users/ada/billing.sqlite"


def test_a_url_as_python_shows_it_has_no_password() -> None:
    url = url_of(f"postgresql://{USER}:{quote(PASSWORD, safe='')}@localhost/billing?sslpassword=s3cret-too#a.b")
    assert_no_password(repr(url).encode())
    assert (url.user, url.password, url.wanted) == (USER, PASSWORD, "a.b")
