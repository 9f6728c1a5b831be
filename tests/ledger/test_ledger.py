"""Any table → the Ledger: layouts, headers, cells and files."""

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import openpyxl
import pandas as pd
import polars as pl
import pytest
from openpyxl.worksheet.table import Table

from mrr_xl import MrrError, metric, months
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.sources import table_from_rows
from mrr_xl.sources.how import How
from mrr_xl.sources.table import Table as Source
from support.ledgers import ledger, typed
from support.oracle import ENGINES

JANUARY, MARCH = dt.date(2024, 1, 1), dt.date(2024, 3, 1)


def periods(data: object) -> list[tuple[str, str, str, float]]:
    """A ledger's periods as texts and numbers: customer, start, end or 'open', MRR."""
    frame = read_ledger(data).frame
    columns = (frame if isinstance(frame, nw.DataFrame) else frame.collect()).to_dict(as_series=False)

    def day(key: int) -> str:
        return "open" if key == months.OPEN else str(months.day_of(key))

    lines = zip(columns["customer"], columns["start"], columns["end"], columns["mrr"])
    return [(customer, day(start), day(end), mrr / 1_000_000) for customer, start, end, mrr in lines]


def rows(data: object) -> list[int]:
    return read_ledger(data).frame["row"].to_list()


# Layouts


def test_a_subscription_runs_from_its_start_to_its_end_or_on():
    table = ledger("""
        customer  start       end         amount  interval
        A         2024-01-01  2024-03-01  100     month
        B         2024-02-15  -           1200    year
    """)
    assert periods(table) == [("A", "2024-01-01", "2024-03-01", 100.0), ("B", "2024-02-15", "open", 100.0)]
    assert read_ledger(table).layout.kind == "subscriptions"


def test_a_column_mrr_is_already_per_month():
    table = ledger("""
        customer  start       mrr  interval
        A         2024-01-01  100  year
    """)
    assert periods(table) == [("A", "2024-01-01", "open", 100.0)]


def test_a_long_schedule_has_a_row_for_each_customer_and_month():
    table = ledger("""
        customer  month    mrr
        A         2024-01  100
        A         2024-02  120
        B         2024-02  0
    """)
    assert periods(table) == [
        ("A", "2024-01-01", "2024-02-01", 100.0),
        ("A", "2024-02-01", "2024-03-01", 120.0),
        ("B", "2024-02-01", "2024-03-01", 0.0),
    ]
    assert read_ledger(table).layout.kind == "long"


def test_a_long_schedule_runs_over_the_turn_of_the_year():
    table = ledger("""
        customer  period      amount
        A         2023-12-31  100
    """)
    assert periods(table) == [("A", "2023-12-01", "2024-01-01", 100.0)]


def test_a_wide_schedule_has_a_column_for_each_month_and_blank_is_0():
    table = pl.DataFrame(
        {"customer": ["A", "B"], "Jan 2024": [100, None], "2024-02": [120, 50], "plan": ["Pro", "Basic"]}
    )
    assert sorted(periods(table)) == [
        ("A", "2024-01-01", "2024-02-01", 100.0),
        ("A", "2024-02-01", "2024-03-01", 120.0),
        ("B", "2024-02-01", "2024-03-01", 50.0),
    ]
    assert read_ledger(table).layout.kind == "wide"


def test_a_wide_schedule_may_hold_texts_beside_numbers():
    table = ledger("""
        customer  2024-01  2024-02
        A         100      -
        B         20.50    0
    """)
    assert sorted(periods(table)) == [("A", "2024-01-01", "2024-02-01", 100.0), ("B", "2024-01-01", "2024-02-01", 20.5)]


@pytest.mark.parametrize("header", ["mrr", "month", "MRR", "amount"])
def test_a_wide_schedule_may_have_a_column_that_is_named_like_one_of_a_long_one(header):
    table = pl.DataFrame({"customer": ["A"], header: [7], "2024-01": [100]})
    assert periods(table) == [("A", "2024-01-01", "2024-02-01", 100.0)]


def test_month_columns_may_be_dates_or_serials_in_the_header_row():
    table = table_from_rows([["customer", dt.datetime(2024, 1, 1), 45323.0, 45352], ["A", 1, 2, 3]])
    assert [start for _, start, _, _ in periods(table)] == ["2024-01-01", "2024-02-01", "2024-03-01"]


def test_all_three_layouts_of_the_same_facts_give_the_same_months():
    subscriptions = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-03-01  100
        B         2024-02-01  2024-03-01  50
    """)
    long = ledger("""
        customer  month    mrr
        A         2024-01  100
        A         2024-02  100
        B         2024-02  50
    """)
    wide = ledger("""
        customer  2024-01  2024-02
        A         100      100
        B         -        50
    """)
    by_month = [{month: 0.0 for month in ("2024-01", "2024-02")} for _ in range(3)]
    for found, table in zip(by_month, (subscriptions, long, wide)):
        for _, start, end, mrr in periods(table):
            for month in found:
                found[month] += mrr * (start <= f"{month}-31" < end)
    assert by_month == [{"2024-01": 100.0, "2024-02": 150.0}] * 3


# Headers


@pytest.mark.parametrize(
    "headers",
    [
        "customer,start,end,amount,interval,quantity,discount",
        "Customer ID,Start Date,End Date,Unit Price,Billing Interval,Seats,Discount Rate",
        "ACCOUNT,STARTED AT,ENDED AT,PRICE,BILLING PERIOD,QTY,DISCOUNT",
        "client_id,starts_on,ends_on,plan_amount,billing_cycle,licences,discount_rate",
        "Customer No.,valid from,valid to,Fee,Frequency,units,discount",
        "Company,Subscription start,Subscription end,Plan price,Billing frequency,Licenses,discount",
        "e-mail,Period start,Period end,Amount,interval,quantity,discount",
    ],
)
def test_columns_are_found_by_their_names_in_any_case_and_spelling(headers):
    cells = ["A", "2024-01-01", "2024-03-01", "120", "year", "5", "0.5"]
    assert periods(pl.DataFrame([cells], schema=headers.split(","), orient="row")) == [
        ("A", "2024-01-01", "2024-03-01", 25.0)
    ]


def test_columns_may_stand_in_any_order():
    table = ledger("""
        mrr  plan  end         customer  start
        100  Pro   2024-03-01  A         2024-01-01
    """)
    assert periods(table) == [("A", "2024-01-01", "2024-03-01", 100.0)]


def test_a_name_or_an_address_stands_in_only_where_there_is_no_id():
    table = ledger("""
        email  customer_id  start       mrr
        a@b.c  7            2024-01-01  100
    """)
    assert periods(table) == [("7", "2024-01-01", "open", 100.0)]


def test_every_column_is_kept_and_found_by_its_name_or_its_meaning():
    table = pl.DataFrame({"Account": ["A"], "start": [JANUARY], "mrr": [1], "Sales Region": ["EU"], "регион": ["ЕС"]})
    read = read_ledger(table)
    found = [read.frame[read.column(name)].to_list() for name in ("sales_region", "Регион", "account", "customer")]
    assert found == [["EU"], ["ЕС"], ["A"], ["A"]]


@pytest.mark.parametrize("header", ["row", "delta", "key", "total", "day", "first", "problem"])
def test_a_column_may_be_named_like_one_of_the_engines_own(header):
    table = pl.DataFrame({"customer": ["A"], "start": [JANUARY], "mrr": [1], header: ["EU"]})
    assert periods(table) == [("A", "2024-01-01", "open", 1.0)]
    assert periods(table.to_pandas()) == [("A", "2024-01-01", "open", 1.0)]


# Cells


@pytest.mark.parametrize(
    "start",
    [
        JANUARY,
        dt.datetime(2024, 1, 1, 17, 30),
        pd.Timestamp("2024-01-01"),
        "2024-01-01",
        "2024-01-01 17:30:00",
        45292,
        45292.5,
    ],
)
@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_a_start_may_be_a_date_a_timestamp_a_serial_or_a_text(frame, start):
    assert periods(frame({"customer": ["A"], "start": [start], "mrr": [100]})) == [("A", "2024-01-01", "open", 100.0)]


def test_one_column_may_mix_dates_serials_and_texts():
    table = table_from_rows(
        [
            ["customer", "start", "end", "mrr"],
            ["A", dt.datetime(2024, 1, 1), None, 1],
            ["B", 45292.0, dt.date(2024, 3, 1), "2"],
            ["C", "2024-01-01", 45352.0, 3.0],
            ["D", dt.datetime(2024, 1, 1, 12), "", " 4.50 "],
            ["E", dt.date(2024, 1, 1), "2024-03-01", 5],
        ]
    )
    assert periods(table) == [
        ("A", "2024-01-01", "open", 1.0),
        ("B", "2024-01-01", "2024-03-01", 2.0),
        ("C", "2024-01-01", "2024-03-01", 3.0),
        ("D", "2024-01-01", "open", 4.5),
        ("E", "2024-01-01", "2024-03-01", 5.0),
    ]


def test_a_month_column_may_mix_dates_serials_and_texts():
    table = table_from_rows(
        [
            ["customer", "month", "mrr"],
            ["A", dt.datetime(2024, 1, 31), 1],
            ["A", 45323.0, 2],
            ["A", "2024-03", 3],
            ["A", "April 2024", 4],
        ]
    )
    assert [start for _, start, _, _ in periods(table)] == ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]


@pytest.mark.parametrize(
    "end", [None, "", "  ", "9999-12-31", dt.date(9999, 12, 31), dt.datetime(9999, 12, 31), float("nan"), pd.NaT, pd.NA]
)
def test_a_blank_end_and_the_end_of_the_year_9999_are_no_end(end):
    table = pd.DataFrame({"customer": ["A", "B"], "start": [JANUARY, JANUARY], "mrr": [1, 2]})
    table["end"] = pd.Series([end, MARCH], dtype="object")
    assert periods(table) == [("A", "2024-01-01", "open", 1.0), ("B", "2024-01-01", "2024-03-01", 2.0)]


@pytest.mark.parametrize("dtype", ["string", "str", "object"])
def test_pandas_texts_may_have_any_of_its_types(dtype):
    table = pd.DataFrame(
        {"customer": ["A", "B"], "start": ["2024-01-01"] * 2, "end": ["2024-03-01", None]}, dtype=dtype
    )
    assert periods(table.assign(mrr=1)) == [("A", "2024-01-01", "2024-03-01", 1.0), ("B", "2024-01-01", "open", 1.0)]


@pytest.mark.parametrize("engine", ENGINES)
def test_days_are_those_of_the_years_1900_to_2199(engine: str) -> None:
    def line(start: str, end: str) -> object:
        return ENGINES[engine](typed(f"customer start end mrr \n A {start} {end} 1"))

    assert periods(line("1900-01-01", "2199-12-31")) == [("A", "1900-01-01", "2199-12-31", 1.0)]
    for start, end, wrong in (
        ("1899-12-31", "2199-12-31", "column start: '1899-12-31'"),
        ("1900-01-01", "2200-01-01", "column end: '2200-01-01'"),
    ):
        with pytest.raises(MrrError) as error:
            read_ledger(line(start, end))
        assert str(error.value).removeprefix("row 2, ") == f"{wrong} is outside the years 1900 to 2199"


def test_an_ended_period_may_have_no_length():
    table = ledger("""
        customer  start       end         mrr
        A         2024-01-01  2024-01-01  100
    """)
    assert periods(table) == [("A", "2024-01-01", "2024-01-01", 100.0)]


@pytest.mark.parametrize(
    ("ids", "customers"),
    [
        (["007", "7"], ["007", "7"]),
        ([" A ", "A"], ["A", "A"]),
        ([7, 8], ["7", "8"]),
        ([7.0, 8.0], ["7", "8"]),
        ([7.0, 7.5], ["7", "7.5"]),
        (["Ä", "a"], ["Ä", "a"]),
    ],
)
@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_a_customer_is_named_by_its_id_without_blanks_around_it(frame, ids, customers):
    table = frame({"customer": ids, "start": [JANUARY, JANUARY], "mrr": [1, 2]})
    assert [customer for customer, _, _, _ in periods(table)] == customers


def test_ids_that_a_sheet_gives_as_numbers_and_as_texts_are_the_same_customers():
    table = table_from_rows([["customer", "start", "mrr"], [7.0, JANUARY, 1], ["7", MARCH, 2], ["x", MARCH, 3]])
    assert [customer for customer, _, _, _ in periods(table)] == ["7", "7", "x"]


@pytest.mark.parametrize(
    ("status", "mrr"),
    [
        ("active", 100.0),
        ("Past_Due", 100.0),
        (None, 100.0),
        ("trialing", 0.0),
        (" Paused ", 0.0),
        ("incomplete", 0.0),
        ("unpaid", 0.0),
        ("EXPIRED", 0.0),
    ],
)
def test_a_status_says_whether_a_line_counts(status, mrr):
    table = pl.DataFrame(
        {"customer": ["A"], "start": [JANUARY], "mrr": [100], "status": pl.Series([status], dtype=pl.String)}
    )
    assert metric("MRR", table, "2024-01", through="2024-01") == mrr


def test_a_ledger_keeps_what_was_looked_for_in_its_lines_and_is_in_none():
    """For a query that reads them again when there are others."""
    kept = read_ledger(
        ledger("""
            customer  start       end         amount  interval  status
            A         2024-01-01  2024-03-01  100     month     active
            B         2024-02-15  -           1200    year      paused
        """)
    )
    assert [sentence for wrong, _, sentence in kept.refused if kept.frame.select(wrong.any()).item()] == []
    others = kept.frame.with_columns(nw.lit("decade").alias("col:interval"))
    assert [(role, sentence) for wrong, role, sentence in kept.refused if others.select(wrong.any()).item()] == [
        ("interval", "{value} is not a word that this column had")
    ]


# Blank rows


@pytest.mark.parametrize("blank", [None, ""])
def test_whole_columns_end_with_their_last_row_of_content(blank):
    table = table_from_rows([["customer", "start", "mrr"], ["A", JANUARY, 1], ["B", MARCH, 2], *[[blank] * 3] * 1000])
    assert table.frame.shape == (2, 3)
    assert rows(table) == [2, 3]


def test_blank_rows_may_stand_anywhere_and_do_not_shift_the_row_numbers():
    cells = [[None] * 3, ["customer", "start", "mrr"], ["A", JANUARY, 1], ["", None, ""], ["B", MARCH, 2], [None] * 3]
    assert rows(table_from_rows(cells)) == [3, 5]


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_rows_without_any_content_are_left_out_of_a_frame(frame):
    table = frame({"customer": ["A", None, "B", ""], "start": [JANUARY, None, MARCH, None], "mrr": [1, None, 2, None]})
    assert rows(table) == [2, 4]


def test_a_column_without_header_and_content_is_no_column():
    cells = [["", "customer", "start", "mrr", None], [None, "A", JANUARY, 1, ""], ["note", "B", MARCH, 2, None]]
    assert table_from_rows(cells).frame.columns == ["column 1", "customer", "start", "mrr"]
    assert periods(table_from_rows(cells)) == [("A", "2024-01-01", "open", 1.0), ("B", "2024-03-01", "open", 2.0)]


# Frames


TWO = {"customer": ["A", "B"], "start": [JANUARY, JANUARY], "end": [MARCH, None], "mrr": [1.5, 2.0]}


@pytest.mark.parametrize(
    "convert",
    [
        pl.DataFrame,
        pl.LazyFrame,
        pd.DataFrame,
        lambda columns: pl.DataFrame(columns).to_arrow(),
        lambda columns: nw.from_native(pl.DataFrame(columns)),
        lambda columns: duckdb.from_arrow(pl.DataFrame(columns).to_arrow()),
    ],
    ids=["polars", "lazy polars", "pandas", "arrow", "narwhals", "duckdb"],
)
def test_frames_of_every_kind_give_the_same_ledger(convert):
    assert sorted(periods(convert(TWO))) == [("A", "2024-01-01", "2024-03-01", 1.5), ("B", "2024-01-01", "open", 2.0)]


def test_a_pandas_frames_index_plays_no_part():
    table = pd.DataFrame(
        {
            "customer": ["A", "B", "C"],
            "start": ["2024-01-01"] * 3,
            "end": [None, "2024-03-01", None],
            "mrr": ["1", "2", "3"],
        },
        index=[5, 5, 1],
    )
    assert rows(table) == [2, 3, 4]
    assert periods(table) == [
        ("A", "2024-01-01", "open", 1.0),
        ("B", "2024-01-01", "2024-03-01", 2.0),
        ("C", "2024-01-01", "open", 3.0),
    ]


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
@pytest.mark.parametrize(
    "headers", [["customer", "start", "mrr"], ["customer", "month", "mrr"], ["customer", "2024-01"]]
)
def test_a_frame_without_rows_is_a_ledger_without_periods(frame, headers):
    assert periods(frame({header: [] for header in headers})) == []


# Files


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


EXPECTED = [("007", "2024-01-01", "2024-03-01", 100.0), ("7", "2024-02-01", "open", 50.5)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_csv_file_is_read_with_its_delimiter_and_mark_and_its_ids_stay_as_they_are(
    tmp_path, delimiter, encoding, line_end
):
    lines = ["customer,start,end,amount", "007,2024-01-01,2024-03-01,100", "7,2024-02-01,,50.50", ""]
    file = write(tmp_path / "ledger.csv", line_end.join(lines).replace(",", delimiter), encoding)
    assert periods(file) == EXPECTED
    assert periods(str(file)) == EXPECTED


@pytest.mark.parametrize("name", ["ledger.CSV", "ledger.txt", "ledger.tsv"])
def test_a_text_file_is_known_by_its_ending(tmp_path, name):
    assert periods(write(tmp_path / name, "customer\tstart\tmrr\nA\t2024-01-01\t1\n")) == [
        ("A", "2024-01-01", "open", 1.0)
    ]


def test_blank_lines_of_a_csv_file_are_left_out_and_counted(tmp_path):
    file = write(tmp_path / "ledger.csv", "\n \ncustomer,start,mrr\n\nA,2024-01-01,1\n,,\n\nB,2024-03-01,2\n\n\n")
    assert rows(file) == [5, 8]  # as a spreadsheet program counts them


def test_rows_of_a_csv_file_may_lack_their_last_cells(tmp_path):
    file = write(
        tmp_path / "ledger.csv", "customer,start,mrr,end,plan\nA,2024-01-01,1\nB,2024-03-01,2,2024-05-01,Pro\n"
    )
    assert periods(file) == [("A", "2024-01-01", "open", 1.0), ("B", "2024-03-01", "2024-05-01", 2.0)]


def test_cells_of_a_csv_file_may_hold_delimiters_quotes_and_line_breaks(tmp_path):
    file = write(
        tmp_path / "ledger.csv", 'customer,"start\ndate",mrr\n"A, ""the\nfirst""",2024-01-01,1\nB,2024-01-01,2\n'
    )
    assert periods(file) == [('A, "the\nfirst"', "2024-01-01", "open", 1.0), ("B", "2024-01-01", "open", 2.0)]
    assert rows(file) == [2, 3]


@pytest.mark.parametrize("first", ["x", "xx"])
def test_a_csv_file_may_be_longer_than_the_part_that_its_form_is_told_from(tmp_path, first):
    # With one letter or two before them, one of the é of two bytes each stands across any border.
    file = write(tmp_path / "ledger.csv", f"customer,start,mrr\n{first}{'é' * 40_000},2024-01-01,1\nB,2024-01-01,2\n")
    assert [mrr for _, _, _, mrr in periods(file)] == [1.0, 2.0]


@pytest.mark.parametrize("ending", ["parquet", "pq"])
@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_a_parquet_file_is_read(tmp_path, frame, ending):
    file = tmp_path / f"ledger.{ending}"
    table = frame(TWO)
    table.write_parquet(file) if isinstance(table, pl.DataFrame) else table.to_parquet(file)
    assert periods(file) == [("A", "2024-01-01", "2024-03-01", 1.5), ("B", "2024-01-01", "open", 2.0)]


SHEET = [
    ["Customer", "Start", "End", "Amount", "Interval"],
    ["A", dt.date(2024, 1, 1), dt.datetime(2024, 3, 1), 100, "month"],
    [None] * 5,
    [7, 45292, None, 1200.0, "year"],
]


def sheet_file(path: Path) -> tuple[openpyxl.Workbook, Path]:
    book = openpyxl.Workbook()
    for cells in SHEET:
        book.active.append(cells)
    book.save(path)
    return book, path


def test_a_workbook_gives_its_first_sheet(tmp_path):
    _, file = sheet_file(tmp_path / "ledger.xlsx")
    assert periods(file) == [("A", "2024-01-01", "2024-03-01", 100.0), ("7", "2024-01-01", "open", 100.0)]
    assert rows(file) == [2, 4]


@pytest.mark.parametrize("with_error", [False, True])
def test_a_workbook_gives_its_table_subscriptions_without_its_total_row(tmp_path, with_error):
    book, file = sheet_file(tmp_path / "ledger.xlsx")
    second = book.create_sheet("Data")
    second["A1"] = "The customers of this year"
    cells = [["Account", "Started", "MRR", "Note"], ["X", dt.date(2024, 2, 1), 5, None], ["Total", None, 5, None]]
    for row, values in enumerate(cells, 3):
        for column, value in enumerate(values, 2):
            second.cell(row, column, value)
    second.add_table(Table(displayName="Subscriptions", ref="B3:E5", totalsRowCount=1))
    if with_error:  # an error beside the columns that matter is no matter
        second["E4"], second["E4"].data_type = "#N/A", "e"
    book.save(file)
    assert periods(file) == [("X", "2024-02-01", "open", 5.0)]


def test_the_total_row_of_a_table_is_no_line() -> None:
    header = ("Client", "Start", "MRR")
    line, total = ("Ada", dt.datetime(2024, 1, 1), 5.0), ("Total", None, 5.0)
    assert metric("MRR", table_from_rows([header, line, total]), "2024-01") == 5.0
    with pytest.raises(MrrError, match=r"^row 3, column Start: the start is blank; fill in the first day of service$"):
        read_ledger(table_from_rows([header, line, ("Total Ltd", None, 5.0)]))
    with pytest.raises(MrrError, match=r"^row 2, column Start: the start is blank; fill in the first day of service$"):
        read_ledger(table_from_rows([header, total, line]))


def test_rows_that_have_numbers_of_their_own_are_not_numbered_by_a_column():
    frame = pl.DataFrame({"number": [5, 9], "customer": ["A", "B"], "start": [JANUARY] * 2, "mrr": [1.0, -2.0]})
    source = Source(nw.from_native(frame), row="number")
    for how, sentence in (
        (How(), "row 9, column mrr: -2.0 is negative; enter reductions in a column discount"),
        (How(row_order="customer"), "the rows of this data have numbers of their own; leave out order"),
    ):
        with pytest.raises(MrrError) as caught:
            read_ledger(source, how=how)
        assert str(caught.value) == sentence


@pytest.mark.parametrize("engine", ["polars", "pandas", "duckdb"])
def test_the_months_of_a_long_schedule_may_be_dates_on_every_engine(engine):
    frame = pl.DataFrame({"customer": ["A", "A"], "month": [JANUARY, MARCH], "mrr": [1.0, 2.0]})
    assert sorted(periods(ENGINES[engine](frame))) == [
        ("A", "2024-01-01", "2024-02-01", 1.0), ("A", "2024-03-01", "2024-04-01", 2.0)
    ]  # fmt: skip


@pytest.mark.parametrize("dtype", [None, object])
@pytest.mark.parametrize("freq", ["M", "D", "2M", "Q", "Y", "W"])
def test_a_period_of_pandas_is_a_month_where_it_is_within_one(freq: str, dtype: Any):
    """A quarter would be paid in its first month alone."""
    month = pd.Series(pd.period_range("2024-01-01", periods=5, freq=freq)[-1:], dtype=dtype)
    frame = pd.DataFrame({"customer": ["A"], "month": month, "mrr": [5.0]})
    if freq in ("M", "D"):
        assert periods(frame)[0][0] == "A"
        return
    with pytest.raises(MrrError, match=f"^row 2, column month: {str(month[0])!r} is not a month; write it as 2024-03$"):
        read_ledger(frame)


def test_what_was_understood_of_a_table_can_be_said_the_next_time():
    frame = pl.DataFrame({"Kunde": ["A"], "Beginn": ["2024-01-01"], "ARR": [1200.0], "Region": ["EU"]})
    understood = read_ledger(frame).understood
    assert understood.columns == (("customer", "Kunde"), ("start", "Beginn"), ("arr", "ARR"))
    again = read_ledger(frame.rename({"Beginn": "Von hier"}), how=How(columns=(("start", "Von hier"),)))
    assert dict(again.understood.columns) == {"customer": "Kunde", "start": "Von hier", "arr": "ARR"}
    wide = read_ledger(pl.DataFrame({"Kunde": ["A"], "Jan 24": [5.0], "Feb 24": [6.0]}))
    assert wide.understood.columns == (("customer", "Kunde"),)


def test_each_cell_of_a_wide_schedule_that_is_no_amount_is_named():
    frame = pl.DataFrame({"customer": ["A", "B"], "Jan 24": ["5", "soon"], "Feb 24": ["x", "6"]})
    with pytest.raises(MrrError) as caught:
        read_ledger(frame)
    assert [str(caught.value), *map(str, caught.value.others)] == [
        "row 3, column Jan 24: 'soon' is not an amount; write a plain number such as 1200.50",
        "row 2, column Feb 24: 'x' is not an amount; write a plain number such as 1200.50",
    ]


@pytest.mark.parametrize("name", ["Total", "Grand total", "Summe"])
def test_a_month_of_a_long_schedule_that_is_a_total_is_refused(name: str):
    frame = pl.DataFrame({"customer": ["A", "A", "B"], "month": ["2024-01", name, "2024-02"], "mrr": [5.0, 7.0, 2.0]})
    with pytest.raises(MrrError) as caught:
        read_ledger(frame)
    assert str(caught.value) == f"row 3, column month: '{name}' looks like a total; remove that row"
