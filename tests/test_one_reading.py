"""One file, one answer: whatever way a ledger comes in, its movements are the same, or it is refused everywhere."""

from __future__ import annotations

import datetime as dt
import functools
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import polars as pl
import pytest

import mrr_xl
from mrr_xl.errors import MrrError, MrrWarning
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.metrics import REGISTRY, values_at
from mrr_xl.months import read_day, read_month
from mrr_xl.rollforward.book import open_book
from mrr_xl.settings import Settings
from support.csv_text import rows_of_csv

THROUGH = "2024-06"
WORKBOOK = Path(__file__).parents[1] / "workbook" / "mrr-report.xlsx"
MONTHS = [f"2024-{number:02d}" for number in range(1, 7)]

#: Odd ledgers, and what they are worth in each month of the first half of 2024; None: they are refused.
LEDGERS: dict[str, tuple[str, list[float] | None]] = {
    "long with a quantity and a discount": (
        """
        customer | month   | unit_price | quantity | discount
        Ada      | 2024-01 | 10         | 5        | 50 %
        Ada      | 2024-02 | 10         | 8        | 50 %
        """,
        [25, 40, 0, 0, 0, 0],
    ),
    "long with an interval": (
        """
        customer | month   | amount | interval
        Ada      | 2024-01 | 1200   | year
        Ada      | 2024-02 | 1200   | year
        Bob      | 2024-02 | 500    | once
        """,
        [100, 100, 0, 0, 0, 0],
    ),
    "long with a kind": (
        """
        Account | Billing Month | Amount | Charge Type
        Ada     | 2024-01       | 100    | recurring
        Ada     | 2024-01       | 500    | setup
        Ada     | 2024-02       | 100    | Subscription
        """,
        [100, 100, 0, 0, 0, 0],
    ),
    "long with a status": (
        """
        customer | month   | mrr | status
        Ada      | 2024-01 | 100 | active
        Bob      | 2024-01 | 70  | trialing
        """,
        [100, 0, 0, 0, 0, 0],
    ),
    "percentages with their sign": (
        """
        customer | start      | amount | interval | discount_percent
        Ada      | 2024-01-01 | 100    | month    | 20 %
        """,
        [80] * 6,
    ),
    "percentages without their sign": (
        """
        customer | start      | amount | interval | discount_percent
        Ada      | 2024-01-01 | 100    | month    | 20
        Bob      | 2024-03-01 | 100    | month    | 0
        """,
        [80, 80, 180, 180, 180, 180],
    ),
    "percentages that may be fractions": (
        """
        customer | start      | amount | interval | discount_percent
        Ada      | 2024-01-01 | 100    | month    | 0.2
        """,
        None,
    ),
    "a column billing": (
        """
        customer | start      | amount | billing
        Ada      | 2024-01-01 | 1200   | Annual
        Bob      | 2024-01-01 | 100    | Monthly
        """,
        [200] * 6,
    ),
    "an interval and its count": (
        """
        Customer ID | Start Date (UTC) | Ended At (UTC) | Plan Amount | Plan Interval | Plan Interval Count
        7           | 2024-01-01       |                | 300         | month         | 3
        8           | 2024-01-01       | 2024-03-01     | 2400        | year          | 2
        9           | 2024-02-01       |                | 10          | month         |
        """,
        [200, 210, 110, 110, 110, 110],
    ),
    "a blank quantity and a blank discount": (
        """
        customer | start      | amount | interval | seats | discount
        Ada      | 2024-01-01 | 100    | month    |       |
        Bob      | 2024-01-01 | 100    | month    | 3     | 0.5
        """,
        [250] * 6,
    ),
    "headers of other words": (
        """
        Client | Contract Start Date | Churn Date | Monthly Recurring Revenue
        Ada    | 2024-01-10          | 2024-03-10 | 100
        Bob    | 2024-02-10          |            | 30.5
        """,
        [100, 130.5, 30.5, 30.5, 30.5, 30.5],
    ),
    "a status that is today's": (
        """
        customer | start      | end        | mrr | status
        Ada      | 2024-01-10 | 2024-04-10 | 100 | expired
        Bob      | 2024-02-01 | 2024-05-10 | 30  | active
        Cyd      | 2024-02-01 |            | 4   | Past-Due
        """,
        [100, 134, 134, 34, 4, 4],
    ),
    "a line that stopped on a day": (
        """
        customer | start      | mrr | status | Paused At
        Ada      | 2024-01-10 | 100 | paused | 2024-03-05
        Bob      | 2024-04-15 | 50  | active |
        """,
        [100, 100, 0, 50, 50, 50],
    ),
    "one currency that is not the euro": (
        """
        customer | start      | mrr | billing_currency
        Ada      | 2024-01-10 | 100 | USD
        Bob      | 2024-02-10 | 50  | usd
        """,
        [100, 150, 150, 150, 150, 150],
    ),
    "two currencies without rates": (
        """
        customer | start      | mrr | billing_currency
        Ada      | 2024-01-10 | 100 | USD
        Bob      | 2024-02-10 | 50  | JPY
        """,
        None,
    ),
    "a wide schedule": (
        """
        Customer | Region | Jan-24 | Feb-24 | Mar 24 | Apr '24
        Ada      | EU     | 100    | 100    | 120    |
        Bob      | US     |        | 0      | 33.33  | 33.33
        """,
        [100, 100, 153.33, 33.33, 0, 0],
    ),
    "a wide schedule of dates": (
        """
        Customer | 2024-01-01 | 2024-02-01 | 2024-03-01
        Ada      | 100        | 100        | 0.01
        """,
        [100, 100, 0.01, 0, 0, 0],
    ),
    "numbers as customers": (
        """
        account_id | started_at | amount | frequency
        007        | 2024-01-15 | 120    | quarterly
        7          | 2024-01-15 | 50     | 2 weeks
        """,
        [148.333333] * 6,
    ),
    "a day in the name of a month": (
        """
        customer | start       | end         | mrr
        Ada      | 15 Jan 2024 | 10 Mar 2024 | 100
        Bob      | 2024/02/10  |             | 1
        """,
        [100, 101, 1, 1, 1, 1],
    ),
    "a day that does not exist": (
        """
        customer | start      | mrr
        Ada      | 2024-02-30 | 100
        """,
        None,
    ),
    "an end before its start": (
        """
        customer | start      | end        | mrr
        Ada      | 2024-03-01 | 2024-02-01 | 100
        """,
        None,
    ),
    "a blank interval": (
        """
        customer | start      | amount | interval
        Ada      | 2024-01-01 | 100    | month
        Bob      | 2024-01-01 | 1200   |
        """,
        None,
    ),
    "an unknown interval": (
        """
        customer | start      | amount | interval
        Ada      | 2024-01-01 | 100    | now and then
        """,
        None,
    ),
    "an unknown status": (
        """
        customer | start      | mrr | status
        Ada      | 2024-01-01 | 100 | dormant?
        """,
        None,
    ),
    "a blank amount": (
        """
        customer | start      | mrr
        Ada      | 2024-01-01 | 100
        Bob      | 2024-01-01 |
        """,
        None,
    ),
    "a negative amount": (
        """
        customer | start      | mrr
        Ada      | 2024-01-01 | -100
        """,
        None,
    ),
    "an amount with thousands": (
        """
        customer | start      | mrr
        Ada      | 2024-01-01 | 1,200
        """,
        None,
    ),
    "half a seat": (
        """
        customer | start      | unit_price | seats | billing period
        Ada      | 2024-01-01 | 10         | 2.5   | month
        """,
        [25] * 6,
    ),
    "a column that is not used and matters": (
        """
        customer | start      | mrr | Trial over | Offboarding date
        Ada      | 2024-01-01 | 100 | 2024-02-01 |
        Bob      | 2024-01-01 | 1   |            | 2024-03-01
        """,
        [101] * 6,
    ),
    "customers of other scripts": (
        """
        客户 customer | start      | mrr
        株式会社       | 2024-01-01 | 100
        """,
        [100] * 6,
    ),
    "names with quotes and commas": (
        """
        customer         | start      | mrr
        Söhne, Ada & Co. | 2024-01-01 | 100
        '=Bob            | 2024-02-01 | 7
        """,
        [100, 107, 107, 107, 107, 107],
    ),
    "a blank start": (
        """
        customer | start      | end        | mrr
        Ada      | 2024-01-01 |            | 100
        Bob      |            | 2024-03-01 | 20
        """,
        None,
    ),
}  # fmt: skip

DATES = ("start", "end", "churn date", "month", "paused", "started", "trial", "offboarding", "billing month")


def texts(text: str) -> pl.DataFrame:
    """A ledger as a CSV file gives it: all of it text."""
    header, *rows = rows_of_csv(text)
    return pl.DataFrame({name: [row[number] or None for row in rows] for number, name in enumerate(header)})


def cell(value: str, is_date: bool, dates: str) -> Any:
    """A cell's text as a spreadsheet has it: numbers as floats, dates as serials, datetimes or texts."""
    if not value:
        return None
    if is_date and dates != "texts":
        try:
            day = read_day(f"{value}-01" if len(value) == 7 else value)
        except MrrError:
            return value
        date = dt.datetime(day // 32 // 12, day // 32 % 12 + 1, day % 32)
        return date if dates == "datetimes" else float((date - dt.datetime(1899, 12, 30)).days)
    if not is_date and value.replace(".", "", 1).removeprefix("-").isdecimal() and not value.startswith("00"):
        return float(value)
    return value


def sheet(text: str, dates: str) -> list[list[Any]]:
    header, *rows = rows_of_csv(text)
    dated = [any(word in name.lower().replace("_", " ") for word in DATES) for name in header]
    return [header, *([cell(value, is_date, dates) for value, is_date in zip(row, dated)] for row in rows)]


def typed(text: str) -> pl.DataFrame:
    """A frame whose columns have the types that their cells have, where all of them have one."""
    header, *rows = sheet(text, "datetimes")
    columns = {name: [row[number] for row in rows] for number, name in enumerate(header)}
    for name, cells in columns.items():
        if len({type(value) for value in cells if value is not None}) > 1:
            columns[name] = list(texts(text)[name])
    return pl.DataFrame(columns)


def closings(data: object) -> list[float]:
    table = mrr_xl.movements(data, through=THROUGH)
    known = {str(row["month"]): row["closing"] for row in table.to_dict("records")}
    return [known.get(month, 0.0) for month in MONTHS]


def answer(compute: Callable[[], list[float]]) -> list[float] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MrrWarning)
        try:
            return [round(value, 6) for value in compute()]
        except MrrError:
            return None


FRAMES: dict[str, Callable[[str], Any]] = {
    "polars of texts": texts,
    "pandas of texts": lambda text: texts(text).to_pandas(),
    "polars": typed,
    "polars, lazy": lambda text: typed(text).lazy(),
    "pandas": lambda text: typed(text).to_pandas(),
    "pandas, nullable": lambda text: typed(text).to_pandas().convert_dtypes(),
    "pandas over pyarrow": lambda text: typed(text).to_pandas().convert_dtypes(dtype_backend="pyarrow"),
    "pandas of objects": lambda text: typed(text).to_pandas().astype(object),
    "pyarrow": lambda text: typed(text).to_arrow(),
    "pyarrow of texts": lambda text: texts(text).to_arrow(),
}


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("name", LEDGERS)
def test_frames_of_every_library_give_one_answer(name: str, frame: str) -> None:
    text, wanted = LEDGERS[name]
    assert answer(lambda: closings(FRAMES[frame](text))) == wanted


@pytest.mark.parametrize("name", LEDGERS)
def test_a_database_gives_the_answer_or_asks_for_types(name: str) -> None:
    text, wanted = LEDGERS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MrrWarning)
        try:
            closing = closings(duckdb.from_arrow(typed(text).to_arrow()))
        except MrrError as error:
            assert wanted is None or "in the database; cast it to" in str(error) or "cast it first" in str(error)
            return
    assert [round(value, 6) for value in closing] == wanted


def written_csv(text: str, folder: Path) -> Path:
    texts(text).write_csv(folder / "ledger.csv")
    return folder / "ledger.csv"


def written_workbook(text: str, folder: Path, dates: str = "datetimes") -> Path:
    book = openpyxl.Workbook()
    for row in sheet(text, dates):
        book.active.append([f"'{value}" if str(value).startswith("=") else value for value in row])
    book.save(folder / "ledger.xlsx")
    return folder / "ledger.xlsx"


@pytest.mark.parametrize("name", LEDGERS)
def test_files_give_one_answer(name: str, tmp_path: Path) -> None:
    text, wanted = LEDGERS[name]
    typed(text).write_parquet(tmp_path / "ledger.parquet")
    paths = [written_csv(text, tmp_path), written_workbook(text, tmp_path), tmp_path / "ledger.parquet"]
    assert {path.suffix: answer(lambda path=path: closings(path)) for path in paths} == {
        path.suffix: wanted for path in paths
    }


@pytest.mark.parametrize("dates", ["serials", "datetimes", "texts"])
@pytest.mark.parametrize("name", LEDGERS)
def test_every_function_of_a_sheet_gives_the_answer_or_refuses(name: str, dates: str) -> None:
    text, wanted = LEDGERS[name]
    functions, rules = sheet_functions(), [["through", THROUGH]]
    months = [dt.datetime.fromisoformat(f"{month}-01") for month in MONTHS]
    cells = sheet(text, dates)
    with warnings.catch_warnings():
        warnings.simplefilter("error", MrrWarning)  # a cell has no place for a warning
        if wanted is None:
            for metric in REGISTRY.values():
                if metric.kind == "series":
                    with pytest.raises(MrrError):
                        functions[metric.name](*(_argument(name, cells, months, rules) for name in metric.arguments))
            return
        for metric in REGISTRY.values():
            if metric.kind == "series":
                given = [_argument(name, cells, months, rules) for name in metric.arguments]
                answered = outcome(lambda: list(functions[metric.name](*given)[0]))  # noqa: B023
                assert answered == python_answers(name)[metric.name]
        row = functions["MRR"](cells, [months], None, rules)[0]
        assert [value if isinstance(value, float) else 0.0 for value in row] == wanted


@functools.cache
def python_answers(name: str) -> dict[str, list[Any] | str]:
    """Each metric of a ledger as Python computes it from texts, by month."""
    book = open_book(texts(LEDGERS[name][0]), None, Settings.of({"through": THROUGH}))
    months = [read_month(month) for month in MONTHS]
    answers = {}
    for metric in REGISTRY.values():
        if metric.kind == "series":
            own = {name: _OWN[name] for name in metric.own_arguments if name in _OWN}
            answers[metric.name] = outcome(lambda: _cells(values_at(metric, book, months, **own)))  # noqa: B023
    return answers


def outcome(compute: Callable[[], list[Any]]) -> list[Any] | str:
    """An answer, or why there is none, such as that there is no column product."""
    try:
        return compute()
    except MrrError as error:
        return str(error)


def _cells(values: list[Any]) -> list[Any]:
    return ["#N/A" if value is None else value for value in values]


_OWN = {"spend": 100.0, "by": "customer"}


def _argument(name: str, cells: Any, months: Any, rules: Any) -> Any:
    return {"data": cells, "month": [months], "settings": rules}.get(name, _OWN.get(name))


#: The ledgers that workbooks are made of: each takes a second or two.
IN_WORKBOOKS = [
    "long with a quantity and a discount", "long with an interval", "long with a kind", "percentages with their sign",
    "percentages without their sign", "a column billing", "an interval and its count", "a wide schedule",
    "a status that is today's", "a line that stopped on a day", "one currency that is not the euro", "a blank interval",
    "percentages that may be fractions", "headers of other words", "a blank quantity and a blank discount",
]  # fmt: skip


def in_report(path: Path) -> list[float]:
    """The row of the closing MRR in a filled report, at the months that are asked for."""
    book = openpyxl.load_workbook(path, data_only=True)
    for report in book.worksheets:
        rows = [list(row) for row in report.values]
        for head in rows:
            dates = {f"{value:%Y-%m}": place for place, value in enumerate(head) if isinstance(value, dt.datetime)}
            if len(dates) < 6:
                continue
            for row in rows:
                if any(isinstance(value, str) and value.strip().lower().startswith("closing") for value in row[:3]):
                    return [_figure(row[dates[month]]) if month in dates else 0.0 for month in MONTHS]
    raise AssertionError("there is no row of the closing MRR")


def _figure(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _made(make: Callable[[], Any]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MrrWarning)
        try:
            make()
        except MrrError:
            return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("how", ["template", "fill"])
@pytest.mark.parametrize("name", IN_WORKBOOKS)
def test_a_workbook_gives_the_answer_and_its_table_read_back_gives_it_again(
    name: str, how: str, tmp_path: Path
) -> None:
    text, wanted = LEDGERS[name]
    data, out = written_csv(text, tmp_path), tmp_path / "report.xlsx"
    if how == "template":
        made = _made(lambda: mrr_xl.write_template(out, data=data, rules=Settings.of({"through": THROUGH})))
    else:
        made = _made(lambda: mrr_xl.fill(WORKBOOK, data, out))
    if wanted is None:
        assert not made
        return
    assert made
    assert answer(lambda: closings(out)) == wanted
    shown, last = in_report(out), max((place for place, value in enumerate(wanted) if value), default=-1)
    if how == "template":
        assert [round(value, 6) for value in shown] == wanted
    else:  # the report ends with the data
        assert [round(value, 6) for value in shown][: last + 1][-1:] in ([wanted[last]], [0.0])
