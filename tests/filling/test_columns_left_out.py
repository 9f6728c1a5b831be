"""A column that the data had the last time and has no longer: what stands in it is not the user's, and goes."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from mrr_xl import fill, metric
from mrr_xl.filling import stamp
from mrr_xl.report import write_template
from mrr_xl.xlsx.package import read_package

WITH = "customer,start,amount,interval,plan,Team\nAda,2025-01-01,100,month,Basic,A\nBob,2025-01-01,50,month,Pro,B\n"
WITHOUT = "customer,start,amount,interval\nAda,2025-01-01,100,month\nBob,2025-01-01,50,month\n"
NOTE = (
    "column {} of table Subscriptions is not in the data: 2 cells were cleared, although their lines are still there: "
    "figures are those of the data ({} of the template)"
)


def column(report: Path, header: str) -> list[object]:
    sheet = openpyxl.load_workbook(report)["Subscriptions"]
    headers = [cell.value for cell in sheet[1]]
    return [row[headers.index(header)].value for row in sheet.iter_rows(min_row=2, max_row=3)]


def data(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_last_time_s_data_said_is_cleared_and_told(tmp_path: Path) -> None:
    first, second = data(tmp_path, "may.csv", WITH), data(tmp_path, "june.csv", WITHOUT)
    report, filled = tmp_path / "report.xlsx", tmp_path / "filled.xlsx"
    write_template(report, data=first)
    assert (column(report, "Plan"), column(report, "Team")) == (["Basic", "Pro"], ["A", "B"])
    told = fill(report, second, filled)
    assert told.notes == [NOTE.format("Plan", "B2, B3"), NOTE.format("Team", "K2, K3")]
    assert (column(filled, "Plan"), column(filled, "Team")) == ([None, None], [None, None])
    segments = openpyxl.load_workbook(filled, data_only=True)["Segments"]
    assert "Basic" not in [cell.value for row in segments for cell in row]
    assert metric("MRR", filled, "2025-01") == 150
    # The data has it again, and what was cleared is told no more than once.
    assert fill(filled, second, tmp_path / "again.xlsx").notes == []
    assert fill(filled, first, tmp_path / "back.xlsx").notes == []
    assert column(tmp_path / "back.xlsx", "Plan") == ["Basic", "Pro"]


def test_what_somebody_typed_into_a_column_of_their_own_stays(tmp_path: Path) -> None:
    second = data(tmp_path, "june.csv", WITHOUT)
    report = tmp_path / "report.xlsx"
    write_template(report, data=second)
    book = openpyxl.load_workbook(report)
    for row, plan in enumerate(("Basic", "Pro"), 2):
        book["Subscriptions"].cell(row, 2, plan)
    book.save(report)
    assert fill(report, second, tmp_path / "filled.xlsx").notes == []
    assert column(tmp_path / "filled.xlsx", "Plan") == ["Basic", "Pro"]


def test_a_report_knows_which_columns_were_the_data_s(tmp_path: Path) -> None:
    report = tmp_path / "report.xlsx"
    write_template(report, data=data(tmp_path, "may.csv", WITH))
    columns = stamp.columns_of(read_package(report))
    assert columns == {"Plan", "Team"}
