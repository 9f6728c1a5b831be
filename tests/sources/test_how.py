"""What a user says about a table: it holds where it says something, and a mistake in it is named."""

from __future__ import annotations

import sqlite3
from contextlib import closing as closing_database
from pathlib import Path

import polars as pl
import pytest

from mrr_xl.errors import MrrError
from mrr_xl.sources.how import How
from support.readings import closing, found_out, refused, written

STRANGE = "Wer,Ab wann,Bis wann,Was\nA,2024-01-15,2024-02-20,100\nB,2024-01-20,,50\n"
ROLES = (
    "not what a column can be; it can be customer, subscription, parent, start, end, cancelled, month, mrr, amount, "
    "arr, tcv, term, interval, interval_count, stopped, past_due, trial_end, quantity, discount, discount_amount, "
    "discount_until, discount_duration, currency, status, kind, product"
)
COLUMNS = {"customer": "wer", "start": "AB WANN", "end": "Bis-wann", "mrr": "Was"}


def test_columns_are_named_by_what_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, STRANGE)
    assert refused(path) == (
        "no column says whose subscription it is, such as 'customer'; the header row has Wer, Ab wann, Bis wann, Was"
        "; if one of them does, say which with --map customer=..., elsewhere with columns"
    )
    assert closing(path, columns=COLUMNS) == {"2024-01": 150.0, "2024-02": 50.0}
    assert found_out(path, columns=COLUMNS) == []


def test_a_header_that_a_user_names_marks_the_header_row(tmp_path: Path) -> None:
    path = written(tmp_path, "Wer hat was gekauft\n\n" + STRANGE)
    assert closing(path, columns=COLUMNS) == {"2024-01": 150.0, "2024-02": 50.0}
    assert found_out(path, columns=COLUMNS) == ["header: in row 3; above it stands 'Wer hat was gekauft'"]


def test_a_header_that_is_not_there(tmp_path: Path) -> None:
    path = written(tmp_path, STRANGE)
    assert refused(path, columns={"customer": "Wen"}) == (
        "customer is said to be column 'Wen', which is not there; the header row has Wer, Ab wann, Bis wann, Was"
    )


def test_a_blank_header_says_that_no_column_is_it(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,month,mrr\nA,2023-01-01,2024-01,100\nA,2023-01-01,2024-02,120\n")
    assert closing(path, columns={"start": ""}) == {"2024-01": 100.0, "2024-02": 120.0}
    path = written(tmp_path, "customer,start,mrr,price\nA,2024-01-15,100,5\n")
    assert refused(path) == (
        "columns 'mrr' (already per month) and 'price' (per interval) both say what is paid; remove one of them"
    )
    assert closing(path, columns={"mrr": ""}) == {"2024-01": 5.0}
    assert closing(path, columns={"amount": None}) == {"2024-01": 100.0}


def test_of_two_columns_of_a_kind_the_one_that_a_user_names_counts(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,account,start,mrr\nA,X,2024-01-15,100\nA,Y,2024-01-15,50\n")
    assert refused(path) == "columns 'customer' and 'account' both mean customer; rename or remove one of them"
    assert closing(path, columns={"customer": "Account"}, where="account=X") == {"2024-01": 100.0}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"colums": {}}, "'colums' is no way to read a file; known are columns, dates, decimal, encoding, delimiter, "
                         "sheet, header, skip, system, order"),
        ({"columns": {"strat": "x"}}, f"'strat' is {ROLES}"),
        ({"columns": "start=x"}, "columns cannot be 'start=x'; give pairs of what a column is and its header"),
        ({"delimiter": ";;"}, "delimiter cannot be ';;'; it is one character, such as ; or tab"),
        ({"skip": "-1"}, "skip cannot be '-1'; it is a number of rows, 0 or more"),
        ({"skip": 1.5}, "skip cannot be 1.5; it is a number of rows, 0 or more"),
        ({"header": True}, "header cannot be 'True'; it is a number of rows, 1 or more"),
        ({"dates": {"begin": "dmy"}}, f"'begin' is {ROLES}"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_a_user_says(given, message):
    with pytest.raises(MrrError) as error:
        How.of(given)
    assert str(error.value) == message


def test_what_is_said_first_goes_over_what_is_said_for_all_files():
    saved = How.of({"columns": {"start": "Ab", "end": "Bis"}, "dates": "mdy", "decimal": ",", "sheet": "May"})
    asked = How.of({"columns": {"start": "Von"}, "dates": {"start": "dmy"}, "delimiter": "tab"})
    both = asked.over(saved)
    assert dict(both.columns) == {"start": "Von", "end": "Bis"}
    assert (both.order("start"), both.order("end"), both.sign("mrr")) == ("dmy", "mdy", ",")
    assert (both.sheet, both.delimiter) == ("May", "\t")
    assert How.of({"dates": "dmy"}).over(How.of({"dates": {"start": "mdy"}})).order("start") == "dmy"


def test_a_tuple_that_is_no_pairs_is_named():
    with pytest.raises(MrrError, match=r"^columns cannot be \"\('start', 'Start'\)\"; give pairs of what a column is"):
        How.of({"columns": ("start", "Start")})
    assert How.of({"columns": (("start", "Start"),)}).columns == (("start", "Start"),)


def test_a_text_of_spaces_says_nothing():
    assert How.of({"sheet": " ", "system": "\u00a0", "dates": ""}) == How()
    assert How.of({"delimiter": " "}).delimiter == " "


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("a.csv", {"sheet": "May"}, "a text file has no sheets; leave sheet out"),
        ("a.xlsx", {"delimiter": ";"}, "a workbook has no delimiter; leave delimiter out"),
        ("a.xlsx", {"encoding": "utf-8"}, "a workbook has no encoding; leave encoding out"),
        *[
            (name, given, f"data that is neither a text file nor a workbook has no {thing}; leave {option} out")
            for name in ("frame", "a.jsonl", "a.parquet", "a.sqlite#t")
            for given, thing, option in [
                ({"sheet": "May"}, "sheets", "sheet"),
                ({"delimiter": "tab"}, "delimiter", "delimiter"),
                ({"encoding": "latin-1"}, "encoding", "encoding"),
                ({"skip": 2}, "rows above its header", "header and skip"),
                ({"header": 1}, "rows above its header", "header and skip"),
            ]
        ],
    ],
)
def test_an_option_that_the_data_has_no_use_for_is_not_passed_over(
    name: str, given: dict[str, object], sentence: str, tmp_path: Path
) -> None:
    lines = pl.DataFrame({"customer": ["Ada"], "start": ["2024-01-01"], "mrr": [5.0]})
    path = tmp_path / name.partition("#")[0]
    lines.write_csv(tmp_path / "a.csv")
    lines.write_ndjson(tmp_path / "a.jsonl")
    lines.write_parquet(tmp_path / "a.parquet")
    lines.to_pandas().to_excel(tmp_path / "a.xlsx", index=False)
    with closing_database(sqlite3.connect(tmp_path / "a.sqlite")) as database:
        lines.to_pandas().to_sql("t", database, index=False)
    data = lines if name == "frame" else f"{path}{name[len(path.name) :]}"
    assert refused(data, **given) == sentence
    assert closing(data, columns={"customer": "Customer"}, dates="ymd", decimal=".") == {"2024-01": 5.0}


def test_a_sheet_and_every_sheet_are_said_of_those_files_that_have_some(tmp_path: Path) -> None:
    """As a folder may have text files beside workbooks."""
    lines = pl.DataFrame({"customer": ["Ada"], "start": ["2024-01-01"], "mrr": [5.0]})
    lines.write_csv(tmp_path / "a.csv")
    lines.with_columns(customer=pl.lit("Bob")).to_pandas().to_excel(tmp_path / "b.xlsx", index=False, sheet_name="May")
    assert closing(tmp_path, sheet="May") == {"2024-01": 10.0}
    assert closing(tmp_path / "a.csv", sheet="*") == {"2024-01": 5.0}
