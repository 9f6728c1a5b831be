"""Workbooks whose dates count from 1904: the same figures, and the cells show the same days."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.styles.numbers import FORMAT_DATE_YYYYMMDD2
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from mrr_xl.filling.fill import fill

DATA = pd.DataFrame(
    {
        "customer": ["Ada", "Bob", "Cyd"],
        "start": pd.to_datetime(["2024-01-01", "2024-02-15", "2024-03-01"]),
        "end": pd.to_datetime(["2024-03-01", None, None]),
        "amount": [100.0, 50.0, 30.0],
        "signed": [dt.date(2023, 12, 24), None, dt.date(2024, 2, 29)],
        "currency": ["EUR", "USD", "EUR"],
    }
)
#: The sheet Report. In March Ada has left, Cyd has come, and Bob's 50 USD are 45 EUR.
FORMULAS = {
    "A1": dt.datetime(2024, 3, 1),
    "A2": "=MRR(Subscriptions[#All],A1,,Rules,Rates[#All])",
    "A3": "=MRR(Subscriptions[#All],EDATE(A1,-1),,Rules,Rates[#All])",
    "A4": "=INDEX(MRR_MOVEMENTS(Subscriptions[#All],,,,Rules,Rates[#All]),2,1)",
    "A5": '=TEXT(A4,"yyyy-mm-dd")',
    "A6": '=TEXT(Subscriptions[[#Totals],[start]],"yyyy-mm-dd")',
    "A7": "=MRR(Subscriptions[#All],,,Rules,Rates[#All])",
}


def own_workbook(path: Path, epoch: dt.datetime, precise: bool = True) -> Path:
    book = openpyxl.Workbook()
    book.epoch = epoch
    data: Any = book.active
    data.title = "Data"
    data.append(["customer", "start", "end", "amount", "signed", "currency"])
    data.append(["Old", dt.datetime(2020, 1, 1), None, 7, None, "EUR"])
    data.append([None, "=MAX(Subscriptions[start])"])
    table = Table(displayName="Subscriptions", ref="A1:F3", totalsRowCount=1)
    data.add_table(table)
    rates = book.create_sheet("Rates")
    for row in (["currency", "month", "rate"], ["EUR", None, 1], ["USD", dt.datetime(2024, 2, 1), 0.8]):
        rates.append(row)
    rates.append(["USD", dt.datetime(2024, 3, 1), 0.9])
    rates.add_table(Table(displayName="Rates", ref="A1:C4"))
    rates["E1"], rates["F1"] = "through", dt.datetime(2024, 3, 1)
    book.defined_names["Rules"] = DefinedName("Rules", attr_text="Rates!$E$1:$F$1")
    report = book.create_sheet("Report")
    for place, value in FORMULAS.items():
        report[place] = value
    report["A4"].number_format = FORMAT_DATE_YYYYMMDD2
    book.calculation.fullPrecision = precise
    book.save(path)
    return path


SYSTEMS = [openpyxl.utils.datetime.WINDOWS_EPOCH, openpyxl.utils.datetime.MAC_EPOCH]


@pytest.mark.parametrize("epoch", SYSTEMS, ids=["1900", "1904"])
def test_figures_and_days_are_the_same_in_both_systems(tmp_path: Path, epoch: dt.datetime) -> None:
    out = tmp_path / "out.xlsx"
    filled = fill(own_workbook(tmp_path / "own.xlsx", epoch), DATA, out)
    assert filled.problems == []
    book = openpyxl.load_workbook(out, data_only=True)
    assert book.epoch == epoch
    report, data = book["Report"], book["Data"]
    assert [report[f"A{row}"].value for row in (2, 3, 7)] == [75, 140, 75]
    assert [report[f"A{row}"].value for row in (1, 4)] == [dt.datetime(2024, 3, 1), dt.datetime(2024, 1, 1)]
    assert [report[f"A{row}"].value for row in (5, 6)] == ["2024-01-01", "2024-03-01"]
    starts = [dt.datetime(2024, 1, 1), dt.datetime(2024, 2, 15), dt.datetime(2024, 3, 1)]
    assert [data.cell(row, 2).value for row in (2, 3, 4)] == starts
    assert [data.cell(row, 3).value for row in (2, 3, 4)] == [dt.datetime(2024, 3, 1), None, None]


def test_the_numbers_themselves_count_from_1904(tmp_path: Path) -> None:
    fill(own_workbook(tmp_path / "own.xlsx", SYSTEMS[1]), DATA, tmp_path / "out.xlsx")
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r'<c r="[BE]2"[^>]*><v>(\d+)</v>', sheet) == ["43830", "43822"]  # 45292 and 45284 in the other


@pytest.mark.parametrize("earlier", SYSTEMS, ids=["1900", "1904"])
@pytest.mark.parametrize("now", SYSTEMS, ids=["1900", "1904"])
def test_a_report_is_compared_with_one_of_either_system(tmp_path: Path, earlier: dt.datetime, now: dt.datetime) -> None:
    last = tmp_path / "last.xlsx"
    fill(own_workbook(tmp_path / "before.xlsx", earlier), DATA, last)
    again = fill(own_workbook(tmp_path / "own.xlsx", now), DATA, tmp_path / "out.xlsx", against=last)
    assert again.notes == ["Compared with last.xlsx, through 2024-03: no month that it reported has changed"]


def test_the_precision_displayed_is_named(tmp_path: Path) -> None:
    own = own_workbook(tmp_path / "own.xlsx", SYSTEMS[0], precise=False)
    assert fill(own, DATA, tmp_path / "out.xlsx").notes == [
        "the workbook computes with the precision that its cells display (an option of Excel), which is not done here: "
        "the values are those of full precision until Excel computes them"
    ]
