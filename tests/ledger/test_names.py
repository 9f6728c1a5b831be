"""Customers and subscriptions are told apart by whatever their columns call them."""

import datetime as dt
import json
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pytest

import mrr_xl
from mrr_xl import MrrError, metric
from mrr_xl.filling.batch import fill_each
from mrr_xl.filling.fill import fill
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.ledger.frames import to_memory
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.ledger.names import numbered
from mrr_xl.report.template import build_template
from mrr_xl.sources import table_from_rows
from support.ledgers import typed
from support.oracle import ENGINES
from support.small_workbook import small_workbook

#: Three customers whose ids are one and the same float.
LONG = [1234567890123456789, 1234567890123456790, 1234567890123456791]
HEADERS = ["customer", "start", "amount"]
LINES = [[number, "2024-01-01", 10.0] for number in LONG]


def customers(data: object) -> list[str]:
    return sorted(to_memory(read_ledger(data).frame)["customer"].to_list())


# Ids of more digits than a float keeps


def _csv(folder: Path) -> object:
    pl.DataFrame(LINES, schema=HEADERS, orient="row").write_csv(folder / "l.csv")
    return folder / "l.csv"


def _parquet(folder: Path) -> object:
    pl.DataFrame(LINES, schema=HEADERS, orient="row").write_parquet(folder / "l.parquet")
    return folder / "l.parquet"


def _json(folder: Path) -> object:
    (folder / "l.json").write_text(json.dumps([dict(zip(HEADERS, line)) for line in LINES]), encoding="utf-8")
    return folder / "l.json"


def _json_with_a_float(folder: Path) -> object:
    lines = [*LINES, [7.0, "2024-01-01", 10.0]]
    (folder / "l.json").write_text(json.dumps([dict(zip(HEADERS, line)) for line in lines]), encoding="utf-8")
    return folder / "l.json"


def _sqlite(folder: Path, also: object = None) -> object:
    with sqlite3.connect(folder / "l.sqlite") as database:
        database.execute("create table lines (customer, start text, amount real)")
        lines = LINES if also is None else [*LINES, [also, "2024-01-01", 10.0]]
        database.executemany("insert into lines values (?, ?, ?)", lines)
    database.close()
    return f"{folder}/l.sqlite#lines"


def _sqlite_with_a_float(folder: Path) -> object:
    return _sqlite(folder, 7.0)


def _duckdb(folder: Path, kind: str = "bigint") -> object:
    with duckdb.connect(folder / "l.duckdb") as database:
        database.execute(f"create table lines (customer {kind}, start date, amount double)")
        database.executemany("insert into lines values (?, ?, ?)", LINES)
    return f"{folder}/l.duckdb#lines"


def _duckdb_hugeint(folder: Path) -> object:
    return _duckdb(folder, "hugeint")


def _duckdb_decimal(folder: Path) -> object:
    return _duckdb(folder, "decimal(38, 0)")


def _duckdb_in_its_place(folder: Path) -> object:
    return duckdb.sql(
        f"select {LONG[0]} + n as customer, date '2024-01-01' as start, 10.0 as amount from range(3) t(n)"
    )


def _pandas(folder: Path) -> object:
    return pd.DataFrame(LINES, columns=HEADERS)


def _pandas_with_blanks(folder: Path) -> object:
    return pd.DataFrame({"customer": pd.array([*LONG], dtype="Int64"), "start": ["2024-01-01"] * 3, "amount": [10] * 3})


def _polars(folder: Path) -> object:
    return pl.DataFrame(LINES, schema=HEADERS, orient="row")


def _rows(folder: Path) -> object:
    return table_from_rows([HEADERS, *LINES])


WHOLE = [_csv, _parquet, _json, _sqlite, _duckdb, _duckdb_hugeint, _duckdb_decimal, _duckdb_in_its_place]
WHOLE += [_pandas, _pandas_with_blanks, _polars, _rows]


@pytest.mark.parametrize("made", WHOLE)
def test_whole_numbers_stay_exact_wherever_they_come_from(tmp_path, made):
    assert customers(made(tmp_path)) == [str(number) for number in LONG]


@pytest.mark.parametrize("made", [_sqlite_with_a_float, _json_with_a_float])
def test_whole_numbers_stay_exact_beside_numbers_with_a_point(tmp_path, made):
    assert customers(made(tmp_path)) == [*map(str, LONG), "7"]


def test_whole_numbers_stay_exact_many_rows_above_a_number_with_a_point(tmp_path):
    with sqlite3.connect(tmp_path / "l.sqlite") as database:
        database.execute("create table lines (customer, start text, amount real)")
        lines = [*LINES, *([[5, "2024-01-01", 1.0]] * 20_000), [7.0, "2024-01-01", 1.0]]
        database.executemany("insert into lines values (?, ?, ?)", lines)
    database.close()
    assert set(customers(f"{tmp_path}/l.sqlite#lines")) == {*map(str, LONG), "5", "7"}


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
@pytest.mark.parametrize("header", ["customer", "subscription"])
def test_a_float_that_may_be_several_whole_numbers_is_refused(frame, header):
    table = {"customer": ["Ada", "Bob"], "start": ["2024-01-01"] * 2, "amount": [1, 2], header: [2.0**53 - 1, 2.0**53]}
    with pytest.raises(MrrError) as error:
        read_ledger(frame(table))
    assert str(error.value) == (
        f"row 3, column {header}: 9007199254740992.0 has more digits than a number can keep, so different ids may look "
        "the same; store the ids as text"
    )


def test_such_floats_of_a_query_that_stays_in_duckdb_are_refused():
    table = duckdb.sql("select 1234567890123456789::double as customer, date '2024-01-01' as start, 1.0 as amount")
    with pytest.raises(MrrError) as error:
        read_ledger(table)
    assert str(error.value) == (
        "column customer: 1.2345678901234568e+18 has more digits than a number can keep, so different ids may look the "
        "same; store the ids as text"
    )


def test_pandas_whole_numbers_with_a_missing_one_are_floats_and_refused():
    table = pd.DataFrame({"customer": ["A", "B", "C"], "start": ["2024-01-01"] * 3, "amount": [1, 2, 3]})
    table["subscription"] = [1234567890123456789, 1234567890123456790, None]
    with pytest.raises(MrrError) as error:
        read_ledger(table)
    assert str(error.value) == (
        "2 rows of column subscription have more digits than a number can keep, so different ids may look the same: "
        "row 2 1.2345678901234568e+18, row 3 1.2345678901234568e+18; store the ids as text"
    )


@pytest.mark.parametrize("also", [[], [["x", "2024-01-01", 1]]])
def test_the_cells_of_a_workbook_are_floats_whatever_its_file_says(tmp_path, also):
    book = openpyxl.Workbook()
    for row in [HEADERS, *LINES[:1], *also]:
        book.active.append(row)
    book.save(tmp_path / "l.xlsx")
    with pytest.raises(MrrError, match=r"^row 2, column customer: '?1\.234567890123457.*e\+18'? has more digits than"):
        read_ledger(tmp_path / "l.xlsx")


@pytest.mark.parametrize("number", [1234567890123456789.0, 1234567890123456800])
@pytest.mark.parametrize("also", [[], [["x", 45292.0, 1.0]]])
def test_a_range_with_such_a_number_is_refused_also_where_a_host_writes_it_without_a_point(number, also):
    with pytest.raises(MrrError, match=r"^row 2, column customer: '?1\.2345678901234568e\+18'? has more digits than"):
        sheet_functions()["MRR"]([HEADERS, [number, 45292.0, 10.0], *also])


def test_such_numbers_of_a_workbook_and_texts_of_a_text_file_do_not_become_one(tmp_path):
    (tmp_path / "a.csv").write_text("customer,start,amount\n1234567890123456768,2024-01-01,1\n", encoding="utf-8")
    book = openpyxl.Workbook()
    for row in [HEADERS, LINES[0]]:
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(
        MrrError, match=r"^row 2 of b\.xlsx, column customer: '1\.23456789012345.*e\+18' has more digits"
    ):
        read_ledger(str(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "1.23457E+18", "1.2345678901234568e+18", "1E+20", "9007199254740994.0",
        # As a spreadsheet with a decimal comma, Java and a text of a spreadsheet have them.
        "9,00720E+15", "1,23457E+17", "1.2345678901234567E17", "6.02E23", "9007199254740992,0", "12345678901234567.00",
    ],
)  # fmt: skip
def test_a_text_that_a_program_has_made_of_such_a_number_is_refused(tmp_path, text):
    (tmp_path / "l.csv").write_text(f'customer,start,amount\n"{text}",2024-01-01,1\n', encoding="utf-8")
    with pytest.raises(MrrError) as error:
        read_ledger(tmp_path / "l.csv")
    assert str(error.value) == (
        f"row 2, column customer: '{text}' has more digits than a number can keep, so different ids may look the same; "
        "store the ids as text"
    )


@pytest.mark.parametrize("text", ["12E5", "1e5", "4.5", "9007199254740993", "3E-12", "1.2E+3x", "12345678.0"])
def test_other_ids_of_digits_are_names(tmp_path, text):
    (tmp_path / "l.csv").write_text(f"customer,start,amount\n{text},2024-01-01,1\n", encoding="utf-8")
    assert customers(tmp_path / "l.csv") == [text]


@pytest.mark.parametrize("made", [_duckdb, _duckdb_in_its_place, _pandas, _polars, _csv])
def test_a_condition_picks_one_of_them(tmp_path, made):
    data = made(tmp_path)
    assert metric("MRR", data, where="customer=1234567890123456790", month="2024-01") == 10.0
    assert metric("MRR", data, where="customer<>1234567890123456790", month="2024-01") == 20.0


def test_a_condition_or_a_segment_by_such_floats_is_refused():
    table = pl.DataFrame(
        {"customer": ["A", "B"], "start": ["2024-01-01"] * 2, "amount": [1, 2], "owner": [1.0, 1234567890123456789.0]}
    )
    sentence = (
        r"^row 3, column owner: 1\.2345678901234568e\+18 has more digits than a number can keep, so different ids may "
        "look the same; store the ids as text$"
    )
    assert metric("MRR", table, where="owner=1", month="2024-01") == 1.0
    with pytest.raises(MrrError, match=sentence):
        metric("MRR", table, where="owner=1234567890123456789")
    with pytest.raises(MrrError, match=sentence):
        metric("MRR_SEGMENTS", table, by="owner", month="2024-01")


def test_a_report_holds_long_ids_as_texts(tmp_path):
    template = small_workbook(tmp_path / "t.xlsx", ["Customer", "Start", "Amount", "Subscription", "Owner"])
    data = pl.DataFrame({"customer": LONG, "start": ["2024-01-01"] * 3, "amount": [10] * 3})
    data = data.with_columns(subscription=data["customer"], owner=data["customer"])
    fill(template, data, tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["Data"]
    assert [[sheet.cell(row, column).value for column in (1, 4, 5)] for row in (2, 3, 4)] == [
        [str(number)] * 3 for number in LONG
    ]


def test_a_template_with_data_holds_long_ids_as_texts():
    book = build_template(pd.DataFrame(LINES, columns=HEADERS), months=1)
    assert [book["Subscriptions"].cell(row, 1).value for row in (2, 3, 4)] == [str(number) for number in LONG]


def test_one_report_is_not_made_of_the_rows_of_several_such_ids(tmp_path):
    template = small_workbook(tmp_path / "t.xlsx", ["Customer", "Start", "Amount", "Entity"])
    data = pl.DataFrame(
        {"customer": ["A", "B"], "start": ["2024-01-01"] * 2, "amount": [1, 2], "entity": [7.0, 1234567890123456789.0]}
    )
    done = fill_each(template, [data], tmp_path / "{entity}.xlsx", by="entity")
    assert [(one.name, one.error and one.error[:60]) for one in done] == [
        ("7", None),
        ("1.2345678901234568e+18", "row 3, column entity: 1.2345678901234568e+18 has more digits"),
    ]


# Blanks around names


@pytest.mark.parametrize(
    "blank", [" ", "\t", "\x1f", "\u00a0", "\u3000", "\u2009", "\u200b", "\u200d", "\u2060", "\ufeff"]
)
def test_blanks_around_a_name_are_no_part_of_it_and_within_it_are(blank):
    name = f"Ada{blank}B"
    lines = {"customer": [f"{blank}{name}{blank}"], "start": ["2024-01-01"], "amount": [10.0], "plan": [f"Pro{blank}"]}
    frame = pl.DataFrame(lines).with_columns(pl.col("start").str.to_date())
    lazy = duckdb.from_arrow(frame.to_arrow())
    range_ = table_from_rows([list(lines), [values[0] for values in lines.values()]])
    for data in (frame, frame.to_pandas(), lazy, range_):
        assert customers(data) == [name]
        assert metric("MRR", data, "2024-01", where="plan=pro") == 10.0
        assert metric("MRR", data, "2024-01", where=f"customer={blank}{name}") == 10.0
        assert list(metric("MRR_SEGMENTS", data, by="plan", month="2024-01")["segment"]) == ["Pro", "total"]


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000", "\u200b", "\ufeff"])
@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_a_name_of_nothing_but_blanks_is_blank(frame, blank):
    with pytest.raises(
        MrrError, match=r"^row 3, column customer: the customer is blank; fill it in or remove the row$"
    ):
        read_ledger(frame({"customer": ["Ada", blank], "start": ["2024-01-01"] * 2, "amount": [1, 2]}))


def test_names_are_numbered_by_hashes_that_may_share_their_first_bits() -> None:
    """Of six rows three bits of a hash are cut at first: 8 and 9 have one number until they are told apart."""
    hashes = np.array([9, 1 << 63, 8, 9, 9, 0], dtype=np.uint64)
    (number, first), (again, first_again) = numbered(hashes)
    assert number.tolist() == [1, 2, 1, 1, 1, 0] and first.tolist() == [5, 0, 1]
    assert again.tolist() == [0, 1, 2, 0, 0, 3] and first_again.tolist() == [0, 1, 2, 5]
    assert [list(map(len, answer)) for answer in numbered(hashes[:0])] == [[0, 0], [0, 0]]


def test_names_whose_hashes_share_their_first_bits_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = [np.array([0, 0, 1], dtype=np.int32), np.array([0, 2])], [np.array([0, 1, 2]), np.array([0, 1, 2])]
    lines = pl.DataFrame(
        {"customer": ["Ada", "Bob", "Cyd"], "start": [dt.date(2024, 1, 1)] * 3, "mrr": [1.0, 2.0, 4.0]}
    )
    for answers, closing in ((cut, 7), (cut[:1], 7)):  # without a good one, names are read one by one
        monkeypatch.setattr("mrr_xl.ledger.names.numbered", lambda hashes, answers=answers: iter(answers))
        assert metric("MRR", lines, "2024-01") == closing
        assert metric("customers", lines, "2024-01") == 3


@pytest.mark.parametrize(
    ("frame", "names", "numberings"),
    [
        (pl.DataFrame, ["Ada", "Bob", "Ada"], 1),
        (pl.DataFrame, [7, 8, 7], 1),
        (pl.DataFrame, [7.0, 8.0, 7.0], 0),
        (pd.DataFrame, ["Ada", "Bob", "Ada"], 0),
    ],
)
def test_polars_texts_and_whole_numbers_are_numbered_so_that_each_name_is_read_once(
    monkeypatch: pytest.MonkeyPatch, frame: Any, names: list[object], numberings: int
) -> None:
    given = []

    def noted(hashes: Any) -> Any:
        for answer in numbered(hashes):
            given.append(answer)
            yield answer

    monkeypatch.setattr("mrr_xl.ledger.names.numbered", noted)
    lines = frame({"customer": names, "start": [dt.date(2024, 1, 1)] * 3, "mrr": [1.0, 2.0, 4.0]})
    assert metric("customers", lines, "2024-01") == 2
    assert len(given) == numberings


@pytest.mark.parametrize("engine", ENGINES)
def test_a_subscription_may_be_blank(engine: str) -> None:
    lines = typed("customer subscription start mrr \n Ada S 2024-01-01 1 \n Ada - 2024-01-01 2")
    assert metric("MRR", ENGINES[engine](lines), "2024-01") == 3


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("role", ["customer", "subscription"])
def test_floats_of_32_bits_keep_fewer_digits(engine: str, role: str) -> None:
    """16,777,217 is none of them."""
    lines = {"customer": ["a", "b"], "start": [dt.date(2024, 1, 1)] * 2, "mrr": [5.0, 7.0]}
    frame = pl.DataFrame({**lines, role: pl.Series([16777216, 16777217], dtype=pl.Float32)})
    with pytest.raises(MrrError, match=rf"column {role}.* more digits than a number can keep, so different ids"):
        metric("MRR", ENGINES[engine](frame), "2024-01")
    there = frame.with_columns(pl.Series(role, [16777214, 16777215], dtype=pl.Float32))
    assert metric("MRR_CUSTOMERS", ENGINES[engine](there), "2024-01") == 2
    with pytest.raises(MrrError, match="more digits than a number can keep"):
        metric("MRR", ENGINES[engine](there.with_columns(tier=frame[role])), "2024-01", where="tier=16777216")


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        ([7.0, "7"], ["7", "7"]),
        ([7.0, "7.0"], ["7", "7.0"]),
        ([7, "7"], ["7", "7"]),
        ([7.5, " 7.5"], ["7.5", "7.5"]),
        ([1.234, 7], ["1.234", "7"]),
        ([7.0, 1234567890123456789], ["7", "1234567890123456789"]),
        ([dt.datetime(2024, 1, 1), "2024-01-01"], ["2024-01-01", "2024-01-01"]),
        ([dt.date(2024, 1, 1), dt.datetime(2024, 1, 1, 10)], ["2024-01-01", "2024-01-01 10:00:00"]),
    ],
)
def test_objects_of_pandas_are_named_as_in_a_sheet(cells: list[Any], names: list[str]) -> None:
    frame = pd.DataFrame({"customer": pd.Series(cells, dtype=object), "start": "2024-01-01", "mrr": [1.0, 2.0]})
    assert customers(frame) == sorted(names)
    tiers = frame.assign(customer=["a", "b"], tier=frame["customer"])
    parts = mrr_xl.segments(tiers, by="tier", month="2024-01")
    assert sorted(parts["segment"]) == sorted({*names, "total"})
    assert metric("MRR", tiers, "2024-01", where=f"tier={names[1]}") == (3 if names[0] == names[1] else 2)


@pytest.mark.parametrize("engine", ENGINES)
def test_yes_and_no_are_true_and_false_on_every_engine(engine: str) -> None:
    frame = pl.DataFrame({"customer": list("abc"), "start": [dt.date(2024, 1, 1)] * 3, "mrr": [1, 2, 4]})
    frame = frame.with_columns(vip=pl.Series([True, None, False]))
    parts = mrr_xl.segments(ENGINES[engine](frame), by="vip", month="2024-01").set_index("segment")["closing"]
    assert parts.to_dict() == {"false": 4, "(blank)": 2, "true": 1, "total": 7}
    assert metric("MRR", ENGINES[engine](frame), "2024-01", where="vip=TRUE") == 1


def test_objects_of_pandas_may_be_yes_and_no() -> None:
    frame = pd.DataFrame(
        {"customer": pd.Series([True, "true", 5], dtype=object), "start": "2024-01-01", "mrr": [1, 2, 4]}
    )
    assert customers(frame) == ["5", "true", "true"]
