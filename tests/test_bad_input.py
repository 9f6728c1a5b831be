"""A user's mistake is one sentence: which row and column, what stands there, and how to mend it."""

import copy
import datetime as dt
import pickle
from collections.abc import Callable

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pytest

from mrr_xl import MrrError, MrrWarning, metric, movements
from mrr_xl.ledger.amounts import STATUSES
from mrr_xl.sources import table_from_rows
from support.ledgers import ledger
from support.oracle import ENGINES

JANUARY = dt.date(2024, 1, 1)
INTERVALS = "write day, week, month, quarter or year, or a count of them such as '3 months'"


def message_of(ask, *arguments, **keywords) -> str:
    with pytest.raises(MrrError) as error:
        ask(*arguments, **keywords)
    return str(error.value)


# Columns


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ("", "there is no header row; name the columns customer, start, end and amount"),
        (
            "A 2024-01-15 100",
            "no column says whose subscription it is, such as 'customer'; the header row has A, 2024-01-15, 100"
            "; if one of them does, say which with --map customer=..., elsewhere with columns",
        ),
        (
            "start end amount",
            "no column says whose subscription it is, such as 'customer'; the header row has start, end, amount"
            "; if one of them does, say which with --map customer=..., elsewhere with columns",
        ),
        (
            "customer end amount",
            "no column says when it starts, such as 'start'; the header row has customer, end, amount"
            "; if one of them does, say which with --map start=..., elsewhere with columns",
        ),
        (
            "customer start end",
            "no column says what is paid, such as 'amount' or 'mrr'; the header row has customer, start, end"
            "; if one of them does, say which with --map amount=..., elsewhere with columns",
        ),
        (
            "customer a b c d e f g h i j k l",
            "no column says when it starts, such as 'start'; "
            "the header row has customer, a, b, c, d, e, f, g, h, i, j, k, ..."
            "; if one of them does, say which with --map start=..., elsewhere with columns",
        ),
        (
            "customer Account_ID start mrr",
            "columns 'customer' and 'Account_ID' both mean customer; rename or remove one of them",
        ),
        (
            "customer start valid_from started_at mrr",
            "columns 'start' and 'valid_from' and 'started_at' both mean start; rename or remove one of them",
        ),
        (
            "customer start price fee",
            "columns 'price' and 'fee' both mean amount; rename or remove one of them",
        ),
        (
            "customer start MRR Price",
            "columns 'MRR' (already per month) and 'Price' (per interval) both say what is paid; remove one of them",
        ),
        (
            "customer 2024-01 Feb-2024 Jan-2024",
            "columns '2024-01' and 'Jan-2024' are the same month; remove one of them",
        ),
    ],
)
def test_a_header_row_that_lacks_something_or_says_it_twice(headers, message):
    assert message_of(movements, pl.DataFrame({header: ["1"] for header in headers.split()})) == message


def test_a_header_that_stands_there_twice(tmp_path):
    message = "columns 'mrr' and 'mrr (4)' both mean mrr; rename or remove one of them"
    cells = [["customer", "start", "mrr", "mrr"], ["A", JANUARY, 1.0, 2.0]]
    assert message_of(lambda: movements(table_from_rows(cells))) == message
    (tmp_path / "ledger.csv").write_text("customer,start,mrr,mrr\nA,2024-01-01,1,2\n")
    assert message_of(movements, tmp_path / "ledger.csv") == message


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame([["A", JANUARY, 1, 2]], columns=["customer", "start", "mrr", "mrr"]),
        pd.DataFrame([["A", 1, 2]], columns=["customer", pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-01")]),
    ],
)
def test_a_frame_whose_columns_have_no_names_of_their_own(table):
    assert message_of(movements, table) == "the frame's column names must be different texts; rename them"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"2024-01": [5], "(mrr)": ["x"]}, "(mrr)"),
        ({"2024-01": [5], "(month)": ["x"]}, "(month)"),
        ({"start": [JANUARY], "ARR": [1200], "(interval)": ["x"]}, "(interval)"),
    ],
)
def test_a_column_with_the_name_of_one_that_is_made_of_others(engine, columns, name):
    table = ENGINES[engine](pl.DataFrame({"customer": ["Ada"], **columns}))
    assert message_of(movements, table) == (
        f"column {name} has a name that is given to a column which is made of others here; rename it"
    )
    plain = {"customer": ["Ada"], "start": ["2024-01-01"], "amount": [5], "interval": ["month"], name: ["x"]}
    if name == "(month)":  # where nothing is made, it is any column
        assert movements(pl.DataFrame(plain))["closing"].tolist() == [5]


@pytest.mark.parametrize(("data", "kind"), [([1, 2], "list"), (None, "NoneType"), (5, "int"), ({}, "dict")])
def test_data_that_is_no_table(data, kind):
    assert (
        message_of(movements, data)
        == f"a {kind} is not a table; give a pandas, Polars, PyArrow, DuckDB, Ibis, Spark or SQLFrame frame, or a path"
    )


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([], "the range is empty; give a table with its header row"),
        ([[None, ""], ["", None]], "the range is empty; give a table with its header row"),
        (
            [["customer", "start", "mrr"]],
            "there are no rows below the header row; give a table with its header row",
        ),
        (
            [["customer", "start", "mrr"], [None, None, ""]],
            "there are no rows below the header row; give a table with its header row",
        ),
    ],
)
def test_a_range_without_content(cells, message):
    assert message_of(table_from_rows, cells) == message


# Cells


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # Dates
        (
            """
            customer  start       mrr
            A         2024-01-01  1
            B         soon        1
            """,
            "row 3, column start: 'soon' is not a date; write it as 2024-03-15",
        ),
        (
            """
            customer  start       mrr
            A         03/15/2024  1
            B         15/03/2024  1
            """,
            "row 3, column start: '15/03/2024' can only be day first, and row 2, column start: '03/15/2024' only month "
            "first; write the dates of the column in one way",
        ),
        (
            """
            customer  start     mrr
            A         20241315  1
            """,
            "row 2, column start: '20241315' is not a day of the calendar",
        ),
        (
            """
            customer  start       mrr
            A         2024-02-30  1
            """,
            "row 2, column start: '2024-02-30' is not a day of the calendar",
        ),
        (
            """
            customer  start       mrr
            A         1899-12-31  1
            """,
            "row 2, column start: '1899-12-31' is outside the years 1900 to 2199",
        ),
        (
            """
            customer  start       Ended_at    mrr
            A         2024-01-01  2200-01-01  1
            """,
            "row 2, column Ended_at: '2200-01-01' is outside the years 1900 to 2199",
        ),
        (
            """
            customer  start       mrr
            A         -           1
            """,
            "row 2, column start: the start is blank; fill in the first day of service",
        ),
        (
            """
            customer  start       end         mrr
            A         2024-01-01  -           1
            B         2024-03-02  2024-03-01  1
            """,
            "row 3, column end: the end '2024-03-01' is before the start",
        ),
        (
            """
            customer  start       end      mrr
            A         2024-01-01  #VALUE!  1
            """,
            "row 2, column end: the cell holds the error #VALUE!; fix that cell first",
        ),
        # Customers
        (
            """
            customer  start       mrr
            A         2024-01-01  1
            -         2024-01-01  1
            """,
            "row 3, column customer: the customer is blank; fill it in or remove the row",
        ),
        (
            """
            customer  start       mrr
            #N/A      2024-01-01  1
            """,
            "row 2, column customer: the cell holds the error '#N/A'; fix that cell first",
        ),
        # Amounts
        (
            """
            customer  start       Price
            A         2024-01-01  much
            """,
            "row 2, column Price: 'much' is not an amount; write a plain number such as 1200.50",
        ),
        (
            """
            customer  start       amount
            A         2024-01-01  1,200
            """,
            "row 2, column amount: '1,200' may be 1200 (--decimal .) or 1.2 (--decimal ,), and no other number of the "
            "column tells; say which with --decimal, elsewhere with decimal=. or decimal=,",
        ),
        (
            """
            customer  start       amount
            A         2024-01-01  $1.2k
            """,
            "row 2, column amount: '$1.2k' is not an amount; write a plain number such as 1200.50",
        ),
        (
            """
            customer  start       amount
            A         2024-01-01  NaN
            """,
            "row 2, column amount: 'NaN' is not an amount; write a plain number such as 1200.50",
        ),
        (
            """
            customer  start       amount
            A         2024-01-01  infinity
            """,
            "row 2, column amount: 'infinity' is not an amount; write a plain number such as 1200.50",
        ),
        (
            """
            customer  start       amount
            A         2024-01-01  -5.50
            """,
            "row 2, column amount: '-5.50' is negative; enter reductions in a column discount",
        ),
        (
            """
            customer  start       amount
            A         2024-01-01  -
            """,
            "row 2, column amount: an amount is missing; write 0 for none",
        ),
        (
            """
            customer  start       amount
            A         2024-01-01  #DIV/0!
            """,
            "row 2, column amount: the cell holds the error #DIV/0!; fix that cell first",
        ),
        (
            """
            customer  start       mrr
            A         2024-01-01  1000000000001
            """,
            "row 2, column mrr: '1000000000001' is too large; an MRR above 1,000,000,000,000 cannot be summed exactly",
        ),
        (
            """
            customer  start       amount          interval
            A         2024-01-01  10000000000000  year
            """,
            "row 2, column amount: '10000000000000' is too large; "
            "an MRR above 1,000,000,000,000 cannot be summed exactly",
        ),
        # Quantities and discounts
        (
            """
            customer  start       amount  seats
            A         2024-01-01  1       two
            """,
            "row 2, column seats: 'two' is not a quantity; write a plain number such as 1200.50",
        ),
        (
            """
            customer  start       amount  seats
            A         2024-01-01  1       -2
            """,
            "row 2, column seats: '-2' is negative; a quantity is 0 or more",
        ),
        (
            """
            customer  start       amount  discount
            A         2024-01-01  1       20
            """,
            "row 2, column discount: '20' is not a discount; write a fraction from 0 to 1, such as 0.2 for 20 %",
        ),
        (
            """
            customer  start       amount  discount
            A         2024-01-01  1       -0.2
            """,
            "row 2, column discount: '-0.2' is not a discount; write a fraction from 0 to 1, such as 0.2 for 20 %",
        ),
        # Intervals and statuses
        (
            """
            customer  start       amount  interval
            A         2024-01-01  1       month
            B         2024-01-01  1       fortnite
            """,
            f"row 3, column interval: 'fortnite' is not a known interval; {INTERVALS}",
        ),
        (
            """
            customer  start       amount  billing_cycle
            A         2024-01-01  1       -
            B         2024-01-01  1       month
            """,
            f"row 2, column billing_cycle: the interval is blank; {INTERVALS}",
        ),
        (
            """
            customer  start       amount  interval
            A         2024-01-01  1       #REF!
            """,
            "row 2, column interval: the cell holds the error #REF!; fix that cell first",
        ),
        (
            """
            customer  start       amount  status
            A         2024-01-01  1       active
            B         2024-01-01  1       asleep
            """,
            "row 3, column status: 'asleep' is not a known status; the known ones are "
            + ", ".join(word for words in STATUSES.values() for word in words),
        ),
        # Schedules
        (
            """
            customer  month     mrr
            A         2024-13   1
            """,
            "row 2, column month: '2024-13' is not a month; write it as 2024-03",
        ),
        (
            """
            customer  month     mrr
            A         -         1
            """,
            "row 2, column month: the month is blank; write it as 2024-03",
        ),
        (
            """
            customer  month     mrr
            A         2024-01   -1
            """,
            "row 2, column mrr: '-1' is negative; enter reductions in a column discount",
        ),
        (
            """
            customer  2024-01  Feb-2024
            A         1        1
            B         1        x
            """,
            "row 3, column Feb-2024: 'x' is not an amount; write a plain number such as 1200.50",
        ),
        (
            """
            customer  2024-01  Feb-2024
            A         1        1
            B         1        -2
            """,
            "row 3, column Feb-2024: -2.0 is negative; enter reductions in a column discount",
        ),
        (
            """
            customer  2024-01
            -         1
            """,
            "row 2, column customer: the customer is blank; fill it in or remove the row",
        ),
        # More than one mistake: the first row's
        (
            """
            customer  start       end         mrr
            A         2024-01-01  -           1
            -         2024-01-01  -           1
            C         2024-03-02  2024-03-01  -1
            """,
            "row 3, column customer: the customer is blank; fill it in or remove the row",
        ),
    ],
)
@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_a_cell_is_named_with_its_row_its_column_and_what_stands_in_it(frame, text, message):
    assert message_of(movements, frame(ledger(text).to_dict(as_series=False))) == message


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"start": [JANUARY, dt.date(1899, 12, 31)]},
            "row 3, column start: '1899-12-31' is outside the years 1900 to 2199",
        ),
        (
            {"start": [dt.datetime(2200, 1, 1)] * 2},
            "2 rows of column start are outside the years 1900 to 2199: row 2 '2200-01-01', row 3 '2200-01-01'",
        ),
        ({"end": [None, dt.date(2023, 12, 31)]}, "row 3, column end: the end '2023-12-31' is before the start"),
        ({"end": [None, 45291.0]}, "row 3, column end: the end '2023-12-31' is before the start"),
        ({"end": [None, dt.date(2200, 1, 1)]}, "row 3, column end: '2200-01-01' is outside the years 1900 to 2199"),
        ({"start": [45292.0, 0.0]}, "row 3, column start: 0.0 is not a date; write it as 2024-03-15"),
        (
            {"start": [dt.time(1), dt.time(2)]},
            "2 rows of column start are no dates: row 2 '01:00:00', row 3 '02:00:00'; write them as 2024-03-15",
        ),
        (
            {"start": [dt.datetime(2024, 1, 1, tzinfo=dt.UTC)] * 2},
            "column start carries a time zone; set timezone to that of your books",
        ),
        ({"customer": ["A", None]}, "row 3, column customer: the customer is blank; fill it in or remove the row"),
        ({"customer": ["A", "  "]}, "row 3, column customer: the customer is blank; fill it in or remove the row"),
        ({"customer": [7.0, None]}, "row 3, column customer: the customer is blank; fill it in or remove the row"),
        (
            {"customer": [7.0, float("nan")]},
            "row 3, column customer: the customer is blank; fill it in or remove the row",
        ),
        ({"mrr": [1, -5]}, "row 3, column mrr: -5 is negative; enter reductions in a column discount"),
        ({"mrr": [1.0, float("inf")]}, "row 3, column mrr: inf is not an amount; write a plain number"),
        ({"mrr": [1, None]}, "row 3, column mrr: an amount is missing; write 0 for none"),
        (
            {"mrr": [True, False]},
            "2 rows of column mrr are no amounts: row 2 'True', row 3 'False'; write plain numbers such as 1200.50",
        ),
        (
            {"mrr": [JANUARY, JANUARY]},
            "2 rows of column mrr are no amounts: row 2 '2024-01-01', row 3 '2024-01-01'; "
            "write plain numbers such as 1200.50",
        ),
        (
            {"mrr": [dt.datetime(2024, 1, 1)] * 2},
            "2 rows of column mrr are no amounts: row 2 '2024-01-01 00:00:00', row 3 '2024-01-01 00:00:00'; "
            "write plain numbers such as 1200.50",
        ),
    ],
)
@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_a_typed_cell_is_named_with_its_row_its_column_and_what_stands_in_it(frame, columns, message):
    table = {"customer": ["A", "B"], "start": [JANUARY, JANUARY], "mrr": [1.0, 2.0], **columns}
    assert message_of(movements, frame(table)) == message


def test_a_cell_of_objects_that_are_no_values_is_told_with_its_column():
    table = pd.DataFrame({"customer": ["A", "B"], "start": [JANUARY, bytearray(b"2024-01-01")], "mrr": [1.0, 2.0]})
    assert message_of(movements, table) == "column start holds several values in a cell; give it one"


@pytest.mark.parametrize(
    ("on", "where", "shown"),
    [
        (pl.DataFrame.clone, "row 3, column start", "-0030-07-28"),
        (pl.DataFrame.to_pandas, "row 3, column start", "-030-07-28"),
        (lambda table: duckdb.from_arrow(table.to_arrow()), "column start", "0031-07-28 (BC)"),
    ],
)
def test_a_date_before_the_calendar_of_python_is_shown_as_the_engine_has_it(on, where, shown):
    days = pl.Series("start", [dt.date(2024, 1, 1)] * 2) - pl.Series([dt.timedelta(0), dt.timedelta(750_000)])
    lines = pl.DataFrame({"customer": ["A", "B"], "mrr": [1.0, 2.0]}).with_columns(days)
    assert message_of(movements, on(lines)) == f"{where}: '{shown}' is outside the years 1900 to 2199"


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pl.DataFrame, "row 2, column mrr: nan is not an amount; write a plain number"),
        (pd.DataFrame, "row 2, column mrr: an amount is missing; write 0 for none"),  # pandas has NaN for missing
    ],
)
def test_an_amount_that_is_no_number(frame, message):
    assert message_of(movements, frame({"customer": ["A"], "start": [JANUARY], "mrr": [float("nan")]})) == message


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_amounts_that_are_too_large_to_sum_exactly(frame):
    def of(lines: int):
        return frame(
            {"customer": ["A"] * lines, "start": [JANUARY] * lines, "mrr": [1e12] * lines, "plan": range(lines)}
        )

    assert movements(of(9), to="2024-01")["closing"].tolist() == [9e12]
    assert message_of(movements, of(10)) == (
        "the amounts add up to more than 9,000,000,000,000; split the ledger by currency or entity"
    )


@pytest.mark.parametrize(
    ("select", "message"),
    [
        (
            "'A' AS customer, '2024-01-01' AS start, 1 AS mrr",
            "column start is not a date in the database; cast it to DATE",
        ),
        (
            "'A' AS customer, DATE '2024-01-01' AS start, '1' AS mrr",
            "column mrr is not a number in the database; cast it to DOUBLE",
        ),
        (
            "'A' AS customer, DATE '2024-01-01' AS start, DATE '2024-01-01' AS mrr",
            "column mrr is not a number in the database; cast it to DOUBLE",
        ),
        (
            "'A' AS customer, TIMESTAMPTZ '2024-01-01 00:00:00+00' AS start, 1 AS mrr",
            "column start carries a time zone; set timezone to that of your books",
        ),
        (
            "'A' AS customer, '1' AS \"2024-01\"",
            "column 2024-01 of the wide schedule is not a number; cast it first",
        ),
        (
            "NULL::VARCHAR AS customer, DATE '2024-01-01' AS start, 1 AS mrr",
            "column customer: the customer is blank; fill it in or remove the row",
        ),
        (
            "'A' AS customer, DATE '2024-01-01' AS start, -1 AS mrr",
            "column mrr: -1 is negative; enter reductions in a column discount",
        ),
        (
            "'A' AS customer, DATE '2024-01-02' AS start, DATE '2024-01-01' AS \"end\", 1 AS mrr",
            "column end: the end '2024-01-01' is before the start",
        ),
        (
            "'A' AS customer, DATE '2024-01-01' AS start, 1 AS amount, 'fortnite' AS interval",
            f"column interval: 'fortnite' is not a known interval; {INTERVALS}",
        ),
    ],
)
def test_a_database_has_no_row_numbers_so_the_column_and_the_value_are_named(select, message):
    assert message_of(movements, duckdb.sql(f"SELECT {select}")) == message


# Files


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("ledger.csv", b"", "ledger.csv is empty"),
        ("ledger.csv", b" \n\n", "ledger.csv is empty"),
        ("ledger.csv", b"\xef\xbb\xbf", "ledger.csv is empty"),
        ("ledger.csv", b"\xef\xbb\xbf\r\n", "ledger.csv is empty"),
        ("ledger.csv", b"customer,start,mrr\n", "ledger.csv has a header but no rows"),
        ("ledger.csv", b"customer,start,mrr\n\n,,\n", "ledger.csv has a header but no rows"),
        (
            "ledger.csv",
            b"A,2024-01-15,100\nB,2024-01-15,100\n",
            "no column says whose subscription it is, such as 'customer'; the header row has A, 2024-01-15, 100"
            "; if one of them does, say which with --map customer=..., elsewhere with columns",
        ),
        (
            "ledger.csv",
            b"customer,start,mrr\n\x81,2024-01-01,1\n",  # no letter of Windows-1252
            "ledger.csv is not UTF-8 text, and its encoding can't be told; in Excel, save it as CSV UTF-8, or say "
            "which with encoding",
        ),
        ("ledger.csv", b"PK\x03\x04\x00\x00", "ledger.csv is not a text file; give a CSV file"),
        (
            "ledger.csv",
            b"customer,start,mrr\n\nA,2024-01-01,1\nB,2024-01-01,1,200\n",
            "ledger.csv is not a table: row 4 has 4 cells and the header 3; "
            "put quotes around a cell that contains a ','",
        ),
        (
            "ledger.csv",
            b'customer,start,mrr\nA "the first,2024-01-01,1\n"B,2024-01-01,1\n',
            "ledger.csv is not a table: look for a quotation mark that is not closed, "
            "or one inside a cell that is not doubled",
        ),
        (
            "ledger.csv",
            b"customer,start,mrr\nA,2024-01-01,1\n\nB,2024-01-01,x\n",
            "row 4, column mrr: 'x' is not an amount; write a plain number such as 1200.50",
        ),
        (
            "ledger.xml",
            b"{}",
            "ledger.xml: a .xml file can't be read; "
            "give .csv, .tsv, .txt, .xlsx, .xlsm, .xlsb, .xls, .ods, .json, .jsonl, .ndjson or .parquet",
        ),
        (
            "ledger",
            b"customer",
            "ledger: a nameless file can't be read; give .csv, .tsv, .txt, .xlsx, .xlsm, .xlsb, .xls, .ods, .json, "
            ".jsonl, .ndjson or .parquet",
        ),
    ],
)
def test_a_file_that_is_no_ledger(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    assert message_of(movements, tmp_path / name) == message


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.parquet", "not a Parquet file: "),
        ("a.xlsx", "not a workbook that can be read; open it in Excel and save it again"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(tmp_path, name, kind):
    (tmp_path / name).write_text("customer,start,mrr\nA,2024-01-01,1\n")
    assert message_of(movements, tmp_path / name).startswith(f"{name} is {kind}")


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xlsx", "a.xls", "a.ods"])
@pytest.mark.parametrize(
    "text",
    [
        "<!doctype html><html><body>sign in</body></html>",
        "\n<HTML lang=en><table><tr><td>customer</table>",
        '\ufeff<?xml version="1.0"?>\n<!-- proxy -->\n<!DOCTYPE html>',
    ],
)
def test_a_web_page_in_place_of_a_file(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert message_of(movements, tmp_path / name) == (
        f"{name} is a web page, such as one that asks to sign in: download the file again; a table in a web page can "
        "be saved as .xlsx or .csv by a spreadsheet program"
    )


def test_a_text_that_begins_like_a_web_page_and_is_none(tmp_path):
    for header in ("<headcount>", "<head count>"):
        (tmp_path / "a.csv").write_text(f"{header},customer,start,mrr\n1,A,2024-01-01,1\n")
        assert metric("MRR", tmp_path / "a.csv", "2024-01") == 1


def test_a_file_that_is_not_there(tmp_path):
    assert message_of(movements, tmp_path / "none.csv") == f"there is no file {tmp_path / 'none.csv'}"
    assert message_of(movements, tmp_path).startswith(
        f"there is no data file in the folder {tmp_path}; it can be .csv, "
    )


@pytest.mark.parametrize(
    ("cell", "error", "message"),
    [
        ("A3", "#REF!", "row 3, column customer: the cell holds the error '#REF!'; fix that cell first"),
        ("B3", "#N/A", "row 3, column start: the cell holds the error #N/A; fix that cell first"),
        ("C3", "#VALUE!", "row 3, column end: the cell holds the error #VALUE!; fix that cell first"),
        ("D3", "#DIV/0!", "row 3, column mrr: the cell holds the error #DIV/0!; fix that cell first"),
    ],
)
def test_an_error_cell_of_a_workbook_is_no_blank(tmp_path, cell, error, message):
    book = openpyxl.Workbook()
    for cells in [["customer", "start", "end", "mrr"], ["A", JANUARY, None, 1], ["B", JANUARY, None, 2]]:
        book.active.append(cells)
    book.active[cell], book.active[cell].data_type = error, "e"
    book.save(tmp_path / "ledger.xlsx")
    assert message_of(movements, tmp_path / "ledger.xlsx") == message


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([], "the range is empty; give a table with its header row"),
        ([["customer", "start", "mrr"]], "there are no rows below the header row; give a table with its header row"),
        (
            [[None], ["customer", "start", "mrr"], ["A", "soon", 1]],
            "row 3, column start: 'soon' is not a date; write it as 2024-03-15",
        ),
    ],
)
def test_a_workbook_that_is_no_ledger(tmp_path, cells, message):
    book = openpyxl.Workbook()
    for values in cells:
        book.active.append(values)
    book.save(tmp_path / "ledger.xlsx")
    assert message_of(movements, tmp_path / "ledger.xlsx") == message


# Questions


TABLE = """
    customer  start       mrr  plan   region  seats
    A         2024-01-01  100  Pro    EU      5
    B         2024-01-01  50   Basic  US      10
"""


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("tier=Pro", "there is no column 'tier'; the columns are customer, start, mrr, plan, region, seats"),
        ("plan=Prof", "no row has plan = Prof; the column has Basic, Pro"),
        ("plan<>Prof", "no row has plan = Prof; the column has Basic, Pro"),
        ("plan=Pro; region=UK", "no row has region = UK; the column has EU, US"),
        ("plan=", "no row has plan = ; the column has Basic, Pro"),
        ("plan", "condition 'plan' can't be read; write it as plan=Pro or region<>US"),
        ("plan>Pro", "condition 'plan>Pro' can't be read; write it as plan=Pro or region<>US"),
        ("=Pro", "condition '=Pro' can't be read; write it as plan=Pro or region<>US"),
        ("plan=Pro; Basic", "condition 'Basic' can't be read; write it as plan=Pro or region<>US"),
    ],
)
def test_a_condition_that_meets_no_column_or_value(where, message):
    assert message_of(metric, "MRR", ledger(TABLE), "2024-01", where=where) == message


def test_a_mask_is_no_condition():
    table = ledger(TABLE).to_pandas()
    for mask in (table["plan"] == "Pro", (table["plan"] == "Pro").to_numpy()):
        assert message_of(metric, "MRR", table, "2024-01", where=mask).endswith(
            "can't be read; write it as plan=Pro or region<>US"
        )


def test_a_condition_on_a_column_of_numbers_names_a_number():
    table = pl.DataFrame({"customer": ["A"], "start": [JANUARY], "mrr": [100], "seats": [5]})
    assert message_of(movements, table, where="seats=five") == (
        "'five' is not a number, as column seats has; write a plain number such as 1200.50"
    )
    assert message_of(movements, table, where="seats=6") == "no row has seats = 6; the column has 5"


def test_a_condition_that_meets_no_value_shows_a_few_that_are_there():
    table = pl.DataFrame({"customer": list("ABCDEFGHI"), "start": [JANUARY] * 9, "mrr": [1] * 9})
    assert message_of(movements, table, where="customer=Z") == (
        "no row has customer = Z; the column has A, B, C, D, E, F, G, H, ..."
    )


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"start": "January"}, "'January' is not a month; write it as 2024-03"),
        ({"to": "2024-00"}, "'2024-00' is not a month; write it as 2024-03"),
        (
            {"to": "2024-05"},
            "2024-05 is after 2024-03, the last month reported; to report it, set through to 2024-05",
        ),
        ({"start": "2024-03", "to": "2024-02"}, "the first month 2024-03 is after the last one 2024-02"),
        ({"start": "2024-04"}, "the first month 2024-04 is after the last one 2024-03"),
        ({"through": "March"}, "setting through cannot be 'March'; it must be a month such as 2024-12"),
        ({"as_of": "noon"}, "setting as_of cannot be 'noon'; it must be one of month_end, month_start, any_day"),
        (
            {"grace": 7},
            "'grace' is not a setting; the settings are as_of, end_date, reactivation_days, grace_days, through, "
            "grain, netting, churn_on, discounts, usage, status, ignore, retention_months, timezone, "
            "gross_margin, day, week, past_due_days, paused, preset, period, fiscal_year_begins",
        ),
    ],
)
def test_months_and_settings_that_are_none(keywords, message):
    assert message_of(movements, ledger(TABLE), **{"through": "2024-03"} | keywords) == message


@pytest.mark.parametrize("month", ["next month", ["2024-01", "next month"]])
def test_a_month_of_a_metric_that_is_none(month):
    assert message_of(metric, "MRR", ledger(TABLE), month) == "'next month' is not a month; write it as 2024-03"


def test_a_metric_or_a_movement_that_is_none():
    assert message_of(metric, "MRR_MAGIC", ledger(TABLE)).startswith(
        "'MRR_MAGIC' is not a metric; the metrics are MRR, ARR, "
    )
    assert message_of(metric, "MRR_DETAIL", ledger(TABLE), movement="upgrade") == (
        "'upgrade' is not a movement; it must be one of new, reactivation, expansion, contraction, churn"
    )


def test_a_long_value_is_shown_by_its_beginning():
    table = pl.DataFrame({"customer": ["A"], "start": ["x" * 1000], "mrr": [1]})
    assert message_of(movements, table) == (
        f"row 2, column start: '{'x' * 55}...' is not a date; write it as 2024-03-15"
    )


def test_a_value_of_a_page_leaves_room_for_what_is_wrong_and_what_there_is():
    table = pl.DataFrame({"customer": ["A"], "start": ["2024-01-01"], "mrr": [1], "plan": ["Pro"]})
    message = message_of(metric, "MRR", table, "2024-01", where="plan=" + "x" * 9000)
    assert message.startswith("no row has plan = xxx") and message.endswith("xxx; the column has Pro")
    assert " ... " in message and len(message) < 4010


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda warning: pickle.loads(pickle.dumps(warning))])
def test_a_warning_is_the_same_in_another_process(again: Callable[[MrrWarning], MrrWarning]) -> None:
    """As pools of processes hand them over; each letter was a line of its own."""
    warning = MrrWarning(["taken as per month", "twice"])
    assert str(again(warning)) == "taken as per month\ntwice" and again(warning).problems == warning.problems
