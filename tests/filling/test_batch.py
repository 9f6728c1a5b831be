"""Many reports in one run: their names, their data, what fails and what is left as it is."""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pytest
from click.testing import CliRunner, Result
from openpyxl.worksheet.table import Table

from mrr_xl import MrrError, MrrWarning, fill
from mrr_xl.cell_errors import TEXTS
from mrr_xl.cli import main
from mrr_xl.filling import batch, stamp
from mrr_xl.filling.batch import Done, fill_each
from mrr_xl.filling.file_names import file_names, safe_name
from mrr_xl.report import write_template

ROWS = """\
customer,start,end,amount,interval,company
Ada,2024-01-01,,100,month,North
Bob,2024-01-15,2024-03-01,1200,year,South
Cyd,2024-02-01,,50,month,North
Dan,2024-02-01,,7,month,East/West
"""


def template_at(path: Path) -> Path:
    """A small workbook: a table of one line and the MRR of February."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in (["Customer", "Start", "End", "Amount", "Interval", "Company"],
                ["Old", dt.datetime(2020, 1, 1), None, 1, "month", "Old"]):  # fmt: skip
        sheet.append(row)
    sheet.add_table(Table(displayName="Subscriptions", ref="A1:F2"))
    report = book.create_sheet("Report")
    report["A1"] = '=MRR(Subscriptions[#All],"2024-02")'
    book.save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    template_at(tmp_path / "t.xlsx")
    (tmp_path / "all.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "out").mkdir()
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["fill", *words])


def february(path: Path) -> Any:
    return openpyxl.load_workbook(path, data_only=True)["Report"]["A1"].value


def written(folder: Path) -> dict[str, Any]:
    return {path.name: february(path) for path in sorted((folder / "out").iterdir())}


def test_by_makes_one_report_for_each_value_of_a_column(folder: Path) -> None:
    result = run("t.xlsx", "all.csv", "--by", "company", "-o", "out/MRR {company}.xlsx")
    assert result.output.splitlines() == [
        f"1/3 wrote {Path('out/MRR North.xlsx')}: 2 subscription lines",
        f"2/3 wrote {Path('out/MRR South.xlsx')}: 1 subscription lines",
        f"3/3 wrote {Path('out/MRR East_West.xlsx')}: 1 subscription lines",
        "3 written, 0 unchanged, 0 failed",
    ]
    assert result.exit_code == 0
    assert written(folder) == {"MRR East_West.xlsx": 7, "MRR North.xlsx": 150, "MRR South.xlsx": 100}


@pytest.mark.parametrize(
    ("by", "out"),
    [("company", "out"), ("COMPANY", "out/"), ("Company", "out/{COMPANY}.xlsx"), (" company ", "out/{Company}.xlsx")],
)
def test_the_column_is_meant_in_any_case_and_a_folder_takes_one_file_a_value(folder: Path, by: str, out: str) -> None:
    assert run("t.xlsx", "all.csv", "--by", by, "-o", out).exit_code == 0
    assert written(folder) == {"East_West.xlsx": 7, "North.xlsx": 150, "South.xlsx": 100}


def test_a_column_may_be_named_by_what_it_is(folder: Path) -> None:
    (folder / "all.csv").write_text(ROWS.replace("customer,", "Client,"), encoding="utf-8")
    assert run("t.xlsx", "all.csv", "--by", "customer", "-o", "out/{customer}.xlsx").exit_code == 0
    assert list(written(folder)) == ["Ada.xlsx", "Bob.xlsx", "Cyd.xlsx", "Dan.xlsx"]


def test_the_rows_of_several_files_are_taken_together_by_header(folder: Path) -> None:
    (folder / "more.csv").write_text(
        "company,interval,amount,end,start,customer\nNorth,month,30,,2024-01-01,Eve\n", encoding="utf-8"
    )
    assert run("t.xlsx", "all.csv", "more.csv", "--by", "company", "-o", "out").exit_code == 0
    assert written(folder) == {"East_West.xlsx": 7, "North.xlsx": 180, "South.xlsx": 100}


def test_workbooks_and_text_files_are_taken_together(folder: Path) -> None:
    pd.DataFrame(
        {"customer": [7.0], "start": [pd.Timestamp("2024-01-01")], "end": [pd.NaT], "amount": [30.5],
         "interval": ["month"], "company": ["North"]}
    ).to_excel(folder / "more.xlsx", index=False)  # fmt: skip
    assert run("t.xlsx", "all.csv", "more.xlsx", "--by", "company", "-o", "out").exit_code == 0
    assert february(folder / "out/North.xlsx") == 180.5


def test_several_files_give_a_report_each_named_after_them(folder: Path) -> None:
    for name, amount in (("b", 20), ("a", 10)):
        (folder / f"{name}.csv").write_text(f"customer,start,amount\nAda,2024-02-01,{amount}\n", encoding="utf-8")
    assert run("t.xlsx", "b.csv", "a.csv", "-o", "out/{name} 2024.xlsx").exit_code == 0
    assert written(folder) == {"a 2024.xlsx": 10, "b 2024.xlsx": 20}


def test_a_folder_gives_its_readable_files_by_name_and_no_open_workbook_s_mark(folder: Path) -> None:
    data = folder / "data"
    data.mkdir()
    lines = {"customer": ["Ada"], "start": ["2024-02-01"], "amount": [5.0], "company": ["B"]}
    pl.DataFrame(lines).write_parquet(data / "b.parquet")
    (data / "a.csv").write_text("customer,start,amount,company\nAda,2024-02-01,6,A\n", encoding="utf-8")
    for other in ("~$open.xlsx", ".hidden.csv", "notes.pdf"):
        (data / other).write_text("nothing", encoding="utf-8")
    (folder / "t.xlsx").rename(data / "t.xlsx")
    result = run("data/t.xlsx", "data", "-o", "out")
    assert [line.split(":")[0] for line in result.output.splitlines()] == [
        f"1/2 wrote {Path('out/a.xlsx')}", f"2/2 wrote {Path('out/b.xlsx')}", "2 written, 0 unchanged, 0 failed",
    ]  # fmt: skip
    assert written(folder) == {"a.xlsx": 6, "b.xlsx": 5}


def test_one_file_is_one_report_as_ever(folder: Path) -> None:
    result = run("t.xlsx", "all.csv", "-o", "out/all.xlsx")
    assert result.output == f"wrote {Path('out/all.xlsx')}: 4 subscription lines, 1 formula cells computed\n"
    assert written(folder) == {"all.xlsx": 257}


REFUSED = [
    (["all.csv", "--by", "firm", "-o", "out"],
     "there is no column 'firm'; the columns are customer, start, end, amount, interval, company"),
    (["all.csv", "--by", "company", "-o", "out/r.xlsx"],
     "r.xlsx would be one file for several reports; put {company} into its name"),
    (["all.csv", "--by", "company", "-o", "out/{plant}.xlsx"],
     "{plant}.xlsx: {plant} is not a known placeholder; write {company}"),
    (["all.csv", "all.csv", "-o", "out/{company}.xlsx"],
     "{company}.xlsx: {company} is not a known placeholder; write {name}"),
    (["all.csv", "all.csv", "-o", "out/r.xlsx"],
     "r.xlsx would be one file for several reports; put {name} into its name"),
    (["all.csv", "--by", "company", "-o", "out/{company}.xlsm"],
     "{company}.xlsm must end in .xlsx as the template does, or be an existing folder"),
    (["all.csv", "--by", "company", "-o", "away/{company}.xlsx"], "there is no folder away"),
    (["all.csv", "--by", "company", "-o", "{company}/r.xlsx"],
     f"{Path('{company}/r.xlsx')}: a folder can't be named after the data; put {{company}} into the file's name"),
    (["all.csv", "gone.csv", "-o", "out"], "there is no file gone.csv"),
    (["empty", "-o", "out"], "there is no data file in the folder empty; it can be .csv, .tsv, .txt, .xlsx, .xlsm, "
                             ".xlsb, .xls, .ods, .json, .jsonl, .ndjson, .parquet, .pq, .feather, .arrow, "
                             "also as .gz, .zst, .zstd, .zip"),
    (["all.csv", "other.csv", "--by", "company", "-o", "out"],
     "all.csv has a column company that other.csv does not have; give all files the same columns"),
    (["North.xlsx", "--by", "company", "-o", "{company}.xlsx"],
     "North.xlsx would overwrite a file that is read; name another file"),
    (["data", "-o", "data"], "the reports would be written to the folder data, which the data is read from, and "
                             "would be read as data next time; name another folder"),
    (["all.csv", "--by", "company", "-o", "out", "--table", "Sales"],
     "the workbook has no table named Sales (its tables: Subscriptions)"),
    (["all.csv", "--by", "company", "-o", "out", "--against", "last.xlsx"],
     "--against last.xlsx would be one file for several reports; put {company} into its name"),
    (["all.csv", "--by", "company", "-o", "out", "--against", "lst/{company}.xlsx"],
     f"none of the 3 reports has a file to be compared with, such as {Path('lst/North.xlsx')}; mend --against, or "
     "leave it out"),
    (["all.csv", "blank.csv", "-o", "out", "--against", "empty", "--resume"],
     f"none of the 2 reports has a file to be compared with, such as {Path('empty/all.xlsx')}; mend --against, or "
     "leave it out"),
    (["all.csv", "-o", "out/{name}.xlsx", "--against", "lst/{name}.xlsx"], f"there is no file {Path('lst/all.xlsx')}"),
    (["blank.csv", "--by", "company", "-o", "out"], "column company is blank in every row; name another column"),
    (["all.csv", "-o", "out/a.xlsx", "--resume"], "--resume is for many reports; leave it out"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "message"), REFUSED)
def test_what_cannot_be_is_refused_before_anything_is_written(folder: Path, words: list[str], message: str) -> None:
    (folder / "empty").mkdir()
    (folder / "data").mkdir()
    (folder / "data/all.csv").write_text(ROWS, encoding="utf-8")
    (folder / "other.csv").write_text("customer,start,end,amount,interval\nA,2024-01-01,,1,month\n", encoding="utf-8")
    (folder / "blank.csv").write_text("customer,start,amount,company\nA,2024-01-01,1,\n", encoding="utf-8")
    pd.read_csv(folder / "all.csv").to_excel(folder / "North.xlsx", index=False)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    result = run("t.xlsx", *words)
    assert (result.output, result.exit_code) == (f"mrr-xl: {message}\n", 2)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before


def test_one_that_fails_does_not_stop_the_others_and_is_told_at_the_end(folder: Path) -> None:
    (folder / "all.csv").write_text(ROWS.replace("2024-02-01,,50", "soon,,50").replace("7,month", "-7,month"))
    result = run("t.xlsx", "all.csv", "--by", "company", "-o", "out")
    assert result.stdout.splitlines()[-1] == "1 written, 0 unchanged, 2 failed"
    assert result.stderr.splitlines() == [
        "report     why it failed",
        "North      row 4, column start: 'soon' is not a date; write it as 2024-03-15",
        "East/West  row 5, column amount: '-7' is negative; enter reductions in a column discount",
    ]
    assert result.exit_code == 1
    assert written(folder) == {"South.xlsx": 100}


def test_the_row_of_a_mistake_is_that_of_the_user_s_own_file(folder: Path) -> None:
    (folder / "more.csv").write_text(
        "customer,start,end,amount,interval,company\nEve,2024-01-01,,1,month,South\nFay,soon,,1,month,North\n"
    )
    result = run("t.xlsx", "all.csv", "more.csv", "--by", "company", "-o", "out")
    assert result.stderr.splitlines()[1:] == [
        "North   row 3 of more.csv, column start: 'soon' is not a date; write it as 2024-03-15"
    ]


def test_rows_without_a_value_are_no_report_and_are_named(folder: Path) -> None:
    extra = "Eve,2024-01-01,,1,month,\n,,,,,\nFay,2024-01-01,,1,month, \n"
    (folder / "all.csv").write_text(ROWS + extra)
    result = run("t.xlsx", "all.csv", "--by", "company", "-o", "out")
    assert result.stderr.splitlines()[1:] == ["(blank)  row 6, row 8: column company is blank; fill it in"]
    assert result.stdout.splitlines()[-1] == "3 written, 0 unchanged, 1 failed"
    assert result.exit_code == 1


@pytest.mark.parametrize("error", TEXTS)
def test_rows_whose_value_is_an_error_are_no_report_and_are_named(folder: Path, error: str) -> None:
    """It was a report called #N_A.xlsx."""
    (folder / "all.csv").write_text(ROWS + f"Eve,2024-01-01,,1,month,{error}\nFay,2024-01-01,,1,month, {error} \n")
    result = run("t.xlsx", "all.csv", "--by", "company", "-o", "out")
    said = f"row 6, column company: the cell holds the error {error}; fix that cell first"
    assert result.stderr.splitlines()[1:] == [f"{error:6}  {said}"]
    assert result.stdout.splitlines()[-1] == "3 written, 0 unchanged, 1 failed"
    assert sorted(written(folder)) == ["East_West.xlsx", "North.xlsx", "South.xlsx"]


def test_rows_whose_value_is_a_formula_that_is_not_computed_are_no_report(folder: Path) -> None:
    book = openpyxl.Workbook()
    for line in ROWS.splitlines():
        book.active.append([None if cell == "" else cell for cell in line.split(",")])
    book.active["F3"] = "=A3"
    book.save("all.xlsx")
    result = run("t.xlsx", "all.xlsx", "--by", "company", "-o", "out")
    assert result.stderr.splitlines()[1:] == [
        "(not computed)  row 3, column company: the cell holds a formula whose value is not in the file; open the file "
        "in a spreadsheet program and save it, which computes it"
    ]
    assert sorted(written(folder)) == ["East_West.xlsx", "North.xlsx"]


def test_values_that_differ_only_in_capitals_are_two_files_and_that_is_said(folder: Path) -> None:
    (folder / "all.csv").write_text(ROWS + "Eve,2024-01-01,,1,month,NORTH\n")
    result = run("t.xlsx", "all.csv", "--by", "company", "-o", "out")
    names = sorted(path.name for path in (folder / "out").iterdir())
    marked = [name for name in names if name.lower().startswith("north")]
    assert [name[:7] for name in marked] == ["NORTH ~", "North ~"]
    assert len({name.lower() for name in names}) == 4
    told = "the report is called {}, because some systems can't tell its name from another report's"
    assert f"North: {told.format(marked[1])}" in result.output.splitlines()
    assert f"NORTH: {told.format(marked[0])}" in result.output.splitlines()


NAMES = [
    ("CON", "CON_"), ("aux.2024", "aux_.2024"), ("LPT1", "LPT1_"), ("COM²", "COM²_"), ("Console", "Console"),
    ("Acme.", "Acme"), ("Acme ", "Acme"), (" . ", "_"), ("", "_"), (".hidden", "_hidden"), ("a\tb\x7f", "a_b_"),
    ('<>:"/\\|?*', "_________"), ("Cafe\u0301", "Caf\u00e9"), ("A\u202eB\u200b", "AB"), ("\ud800", "_"),
    ("../../etc/passwd", "_._.._etc_passwd"), ("東京", "東京"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "safe"), NAMES)
def test_names_are_safe_on_every_file_system(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_over_long_names_are_cut_between_letters_and_stay_apart() -> None:
    long = {"1": "東" * 300 + "1", "2": "東" * 300 + "2"}
    names = file_names(long, 200)
    assert len(set(names.values())) == 2
    assert all(len(name.encode()) <= 200 and name.startswith("東東") for name in names.values())


def test_a_name_is_the_same_whatever_other_values_there_are() -> None:
    few = file_names({"a/b": "a/b", "a?b": "a?b"})
    more = file_names({"a?b": "a?b", "z": "z", "a/b": "a/b", "A_B": "A_B"})
    assert few["a/b"] == more["a/b"] != few["a?b"] == more["a?b"]


@pytest.mark.parametrize("pair", [("Straße", "STRASSE"), ("Cafe\u0301", "Caf\u00e9"), ("ı", "I"), ("x.", "x")])
def test_names_that_some_system_takes_for_the_same_are_kept_apart(pair: tuple[str, str]) -> None:
    first, second = file_names({key: key for key in pair}).values()
    assert first.casefold() != second.casefold()


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are filled from now on."""
    made: list[str] = []
    fill_with = batch.fill_with

    def noted(inputs: Any, out: Path) -> Any:
        made.append(out.name)
        return fill_with(inputs, out)

    monkeypatch.setattr(batch, "fill_with", noted)
    return made


def with_another_row(folder: Path) -> None:
    (folder / "all.csv").write_text(ROWS.replace("1200", "2400"))


def without_one(folder: Path) -> None:
    (folder / "out/South.xlsx").unlink()


def with_another_template(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "t.xlsx")
    book["Report"]["A2"] = "a new title"
    book.save(folder / "t.xlsx")


def with_one_broken(folder: Path) -> None:
    (folder / "out/South.xlsx").write_bytes(b"half")


def in_another_order(folder: Path) -> None:
    head, *rows = ROWS.splitlines()
    (folder / "all.csv").write_text("\n".join([head, *reversed(rows)]) + "\n")


@pytest.mark.parametrize(
    ("change", "options", "again"),
    [
        (with_another_row, [], {"South.xlsx"}),
        (without_one, [], {"South.xlsx"}),
        (with_one_broken, [], {"South.xlsx"}),
        (in_another_order, [], set()),
        (lambda folder: None, [], set()),
        (lambda folder: None, ["--strict"], {"East_West.xlsx", "North.xlsx", "South.xlsx"}),
        (with_another_template, [], {"East_West.xlsx", "North.xlsx", "South.xlsx"}),
    ],
)  # fmt: skip
def test_resume_makes_only_what_is_missing_or_changed(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
    options: list[str],
    again: set[str],
) -> None:
    words = ["t.xlsx", "all.csv", "--by", "company", "-o", "out", "--resume"]
    assert run(*words).output.splitlines()[-1] == "3 written, 0 unchanged, 0 failed"
    change(folder)
    made = counted(monkeypatch)
    result = run(*words, *options)
    assert set(made) == again
    assert result.output.splitlines()[-1] == f"{len(again)} written, {3 - len(again)} unchanged, 0 failed"
    assert result.exit_code == 0


def test_resume_after_another_version_makes_all_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_each("t.xlsx", ["all.csv"], "out", by="company")
    monkeypatch.setattr(stamp, "__version__", "99")
    done = fill_each("t.xlsx", ["all.csv"], "out", by="company", resume=True)
    assert all(one.filled for one in done)


def test_where_a_rule_can_be_set_is_said_of_the_workbook_that_is_filled(folder: Path) -> None:
    (folder / "odd.csv").write_text("customer,start,mrr,trial_over\nAda,2024-01-01,100,2024-02-01\n", encoding="utf-8")
    said = run("t.xlsx", "odd.csv", "-o", "odd.xlsx").stderr.splitlines()
    assert said[0].startswith("mrr-xl: problem: column trial_over looks like a trial and is not used")
    assert said[1:] == ["mrr-xl: where a problem names a rule, give the workbook a range named Rules for it"]


def test_resume_makes_a_report_anew_that_has_problems(folder: Path) -> None:
    """It would be called unchanged, with nothing wrong, and whoever looks at the exit code alone would take it."""
    book = openpyxl.load_workbook("t.xlsx")
    book["Report"]["A1"] = '=MRR(Subscriptions[#All],"2024-02","company=North")'
    book.save("t.xlsx")
    for _ in range(2):
        result = run("t.xlsx", "all.csv", "--by", "company", "-o", "out", "--resume")
        assert (result.exit_code, result.stderr.count("no row has company = North")) == (1, 2)
    assert result.output.splitlines()[-1] == "2 written, 1 unchanged, 0 failed"


def test_resume_says_the_problems_of_the_data_again(folder: Path) -> None:
    (folder / "north.csv").write_text(
        "customer,start,mrr,trial_over\nAda,2024-01-01,100,2024-02-01\n", encoding="utf-8"
    )
    (folder / "south.csv").write_text("customer,start,mrr\nBob,2024-01-01,100\n", encoding="utf-8")
    words = ["t.xlsx", "north.csv", "south.csv", "-o", "out", "--resume"]
    problem = "column trial_over looks like a trial and is not used"
    made, unchanged = run(*words), run(*words, "--format", "json")
    assert made.stderr == unchanged.stderr and f"mrr-xl: north: problem: {problem}" in made.stderr
    reports = json.loads(unchanged.stdout)["reports"]
    said = [(report["result"], [warning[: len(problem)] for warning in report["warnings"]]) for report in reports]
    assert said == [("unchanged", [problem]), ("unchanged", [])]
    with pytest.warns(MrrWarning, match=f"^north: {problem}"):
        done = fill_each("t.xlsx", ["north.csv"], "out", resume=True)
    assert (done[0].filled, done[0].warnings) == (None, json.loads(unchanged.stdout)["reports"][0]["warnings"])


def test_a_report_made_from_one_with_problems_has_none_of_them(folder: Path) -> None:
    book = openpyxl.load_workbook("t.xlsx")
    book["Report"]["A1"] = '=MRR(Subscriptions[#All],"2024-02","company=North")'
    book.save("t.xlsx")
    (folder / "south.csv").write_text(ROWS.replace("North", "South"), encoding="utf-8")
    assert run("t.xlsx", "south.csv", "-o", "last.xlsx").exit_code == 1
    words = ["last.xlsx", "all.csv", "-o", "out/{name}.xlsx", "--resume"]
    assert run(*words).output.splitlines()[-1] == "1 written, 0 unchanged, 0 failed"
    assert run(*words).output.splitlines()[-1] == "0 written, 1 unchanged, 0 failed"


def test_against_compares_each_report_with_its_own_file_of_last_time(folder: Path) -> None:
    (folder / "last").mkdir()
    fill_each("t.xlsx", ["all.csv"], "last", by="company")
    (folder / "last/South.xlsx").unlink()
    (folder / "all.csv").write_text(ROWS.replace("Ada,2024-01-01,,100", "Ada,2024-01-01,,90"))
    result = run("t.xlsx", "all.csv", "--by", "company", "-o", "out", "--against", "last/{company}.xlsx")
    told = result.output.splitlines()
    assert f"South: there is no {Path('last/South.xlsx')} to compare it with" in told
    assert any(line.startswith("North: ") and "2024-01" in line for line in told)
    assert result.exit_code == 0
    words = ["t.xlsx", "all.csv", "--by", "company", "-o", "out", "--against", "last/{company}.xlsx", "--resume"]
    reports = json.loads(run(*words, "--format", "json").stdout)["reports"]
    restated = [(report["name"], report["result"], report["restated"]) for report in reports]
    assert restated == [("North", "unchanged", None), ("South", "unchanged", None), ("East/West", "unchanged", None)]
    (folder / "out/North.xlsx").unlink()
    (folder / "out/South.xlsx").unlink()
    reports = json.loads(run(*words, "--format", "json").stdout)["reports"]
    assert [report["restated"] for report in reports] == [2, None, None]


def test_in_python_one_file_or_folder_needs_no_list(folder: Path) -> None:
    assert [one.path.name for one in fill_each("t.xlsx", "all.csv", "out/{name}.xlsx")] == ["all.xlsx"]


def test_against_takes_the_folder_of_last_time(folder: Path) -> None:
    (folder / "last").mkdir()
    fill_each("t.xlsx", ["all.csv"], "last", by="company")
    done = fill_each("t.xlsx", ["all.csv"], "out", by="company", against="last")
    assert [one.filled.notes[0].partition(",")[0] for one in done if one.filled] == [
        "Compared with North.xlsx", "Compared with South.xlsx", "Compared with East_West.xlsx",
    ]  # fmt: skip


def test_in_python_frames_go_in_and_each_report_is_told_of_as_it_is_done(folder: Path) -> None:
    told: list[Done] = []
    frame = pd.read_csv(folder / "all.csv")
    done = fill_each(folder / "t.xlsx", [frame], folder / "out/{company}.xlsx", by="company", on_done=told.append)
    assert done == told
    assert [(one.name, one.path.name, one.error) for one in done] == [
        ("North", "North.xlsx", None), ("South", "South.xlsx", None), ("East/West", "East_West.xlsx", None),
    ]  # fmt: skip


def test_a_fault_of_the_program_in_one_report_does_not_stop_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_with = batch.fill_with

    def faulty(inputs: Any, out: Path) -> Any:
        if out.name == "North.xlsx":
            raise ZeroDivisionError("by nothing")
        return fill_with(inputs, out)

    monkeypatch.setattr(batch, "fill_with", faulty)
    done = fill_each("t.xlsx", ["all.csv"], "out", by="company")
    assert [one.error for one in done] == ["ZeroDivisionError: by nothing", None, None]


class Panic(BaseException):
    """As a panic of a library in Rust, which is no Exception."""


def test_a_panic_costs_its_own_report_and_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_with = batch.fill_with

    def faulty(inputs: Any, out: Path) -> Any:
        if out.name == "North.xlsx":
            raise Panic("index out of bounds")
        return fill_with(inputs, out)

    monkeypatch.setattr(batch, "fill_with", faulty)
    result = run("t.xlsx", "all.csv", "--by", "company", "-o", "out")
    assert result.stdout.splitlines()[-1] == "2 written, 0 unchanged, 1 failed"
    assert result.stderr.splitlines()[1:] == ["North   Panic: index out of bounds"]
    assert result.exit_code == 1


class Unsendable:
    """Data that no process can be sent, and that is no table."""

    def __reduce__(self) -> Any:
        raise TypeError("cannot be sent")


def test_data_that_cannot_be_sent_to_a_process_is_filled_by_this_one(folder: Path) -> None:
    frame = pd.read_csv("all.csv").drop(columns="company")
    done = fill_each("t.xlsx", [frame, Unsendable(), frame], "out/{name}.xlsx", jobs=2)
    assert [one.error is None for one in done] == [True, False, True]
    assert "is not a table" in str(done[1].error)


def test_a_damaged_file_costs_its_own_report_and_no_other(folder: Path) -> None:
    frame = pd.read_csv("all.csv").drop(columns="company")
    frame.to_csv("a.csv", index=False)
    frame.to_csv("c.csv", index=False)
    (folder / "b.parquet").write_bytes(b"PAR1" + bytes(range(256)) * 4 + b"PAR1")
    for jobs in (1, 2):
        done = fill_each("t.xlsx", ["a.csv", "b.parquet", "c.csv"], f"out/{{name}} {jobs}.xlsx", jobs=jobs)
        assert [one.error is None for one in done] == [True, False, True]
        assert str(done[1].error).startswith("b.parquet is not a Parquet file")


@pytest.mark.parametrize("damage", ["cut", "a byte", "empty"])
def test_resume_makes_a_damaged_report_anew(folder: Path, damage: str) -> None:
    fill_each("t.xlsx", ["all.csv"], "out", by="company")
    report = folder / "out" / "North.xlsx"
    whole = report.read_bytes()
    with zipfile.ZipFile(report) as archive:
        middle = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 200
    flipped = bytes([whole[middle] ^ 255])
    damaged = {"cut": whole[:-40], "a byte": whole[:middle] + flipped + whole[middle + 1 :], "empty": b""}
    report.write_bytes(damaged[damage])
    done = fill_each("t.xlsx", ["all.csv"], "out", by="company", resume=True)
    assert [one.path.name for one in done if one.filled] == ["North.xlsx"]
    assert report.read_bytes() == whole


def test_processes_give_the_same_reports_in_the_same_order(folder: Path) -> None:
    (folder / "all.csv").write_text(ROWS + "Eve,soon,,1,month,Bad\n")
    command = [sys.executable, "-c", "from mrr_xl.cli import main; main()", "fill", "t.xlsx", "all.csv"]
    asked = [*command, "--by", "company", "-o", "out", "--jobs", "2"]
    ended = subprocess.run(asked, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert [line.split(":")[0] for line in ended.stdout.splitlines()] == [
        f"1/4 wrote {Path('out/North.xlsx')}",
        f"2/4 wrote {Path('out/South.xlsx')}",
        f"3/4 wrote {Path('out/East_West.xlsx')}",
        "4/4 failed Bad",
        "3 written, 0 unchanged, 1 failed",
    ]
    assert ended.stderr.splitlines() == [
        "report  why it failed",
        "Bad     row 6, column start: 'soon' is not a date; write it as 2024-03-15",
    ]
    assert ended.returncode == 1
    assert written(folder) == {"East_West.xlsx": 7, "North.xlsx": 150, "South.xlsx": 100}


class Deadly:
    """Data that ends the process that it is sent to, as a lack of memory would."""

    def __reduce__(self) -> Any:
        return os._exit, (9,)


def test_a_process_that_ends_costs_the_report_that_ended_it_and_no_other(folder: Path) -> None:
    frame = pd.read_csv("all.csv").drop(columns="company")
    done = fill_each("t.xlsx", [frame, Deadly(), *[frame] * 5], "out/{name}.xlsx", jobs=2)
    ended = "the process that was making it ended, perhaps because memory ran out"
    assert [one.error for one in done] == [None, ended, None, None, None, None, None]
    assert len(list((folder / "out").iterdir())) == 6


def endless(path: Path) -> Path:
    """A received database whose rows never end."""
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            "CREATE VIEW subscriptions AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT 'Ada' AS customer, '2024-01-01' AS start, i AS amount FROM n"
        )
        database.commit()
    return path


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_report_that_never_ends_costs_its_time_and_no_other(folder: Path, jobs: int) -> None:
    frame = pd.read_csv("all.csv").drop(columns="company")
    data = [frame, endless(folder / "endless.sqlite"), frame]
    done = fill_each("t.xlsx", data, "out/{name}.xlsx", jobs=jobs, time_limit=8)
    late = "it took longer than 8 seconds; if it needs more, give it with --time-limit, elsewhere with time_limit"
    assert [one.error for one in done] == [None, late, None]
    assert len(list((folder / "out").iterdir())) == 2


def test_the_command_has_a_time_limit_and_its_summary_comes(folder: Path) -> None:
    endless(folder / "endless.sqlite")
    asked = [sys.executable, "-m", "mrr_xl", "fill", "t.xlsx", "all.csv", "endless.sqlite", "-o", "out"]
    ended = subprocess.run([*asked, "--time-limit", "8"], capture_output=True, text=True, timeout=300, check=False)
    assert ended.stdout.splitlines() == [
        f"1/2 wrote {Path('out/all.xlsx')}: 4 subscription lines",
        "2/2 failed endless: it took longer than 8 seconds; "
        "if it needs more, give it with --time-limit, elsewhere with time_limit",
        "1 written, 0 unchanged, 1 failed",
    ]
    assert ended.returncode == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"jobs": 0}, "jobs is 0; it must be a number of processes, such as 4"),
        ({"time_limit": 0}, "time_limit is 0; it must be a number of seconds, such as 600"),
        ({"time_limit": float("nan")}, "time_limit is nan; it must be a number of seconds, such as 600"),
        ({"jobs": "2"}, "jobs is '2'; it must be a number of processes, such as 4"),
        ({"jobs": 1.5}, "jobs is 1.5; it must be a number of processes, such as 4"),
        ({"jobs": True}, "jobs is 'True'; it must be a number of processes, such as 4"),
        ({"jobs": None}, "jobs is 'None'; it must be a number of processes, such as 4"),
        ({"time_limit": "3"}, "time_limit is '3'; it must be a number of seconds, such as 600"),
        ({"time_limit": True}, "time_limit is 'True'; it must be a number of seconds, such as 600"),
        ({"by": 5}, "by is 5; it must be the name of a column"),
        ({"by": ["By"]}, "by is \"['By']\"; it must be the name of a column"),
        ({"resume": "no"}, "resume is 'no'; it must be True or False"),
        ({"dry_run": "no"}, "dry_run is 'no'; it must be True or False"),
        ({"on_done": 5}, "on_done is 5; it must be a function"),
    ],
)
def test_jobs_and_seconds_are_more_than_none(folder: Path, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(MrrError) as raised:
        fill_each("t.xlsx", "all.csv", "out/{name}.xlsx", **wrong)
    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"strict": "no"}, "strict is 'no'; it must be True or False"),
        ({"values": 1}, "values is 1; it must be True or False"),
        ({"table": 5}, "table is 5; it must be the name of a table"),
        ({"currency": True}, "currency is 'True'; it must be the name of a currency"),
        ({"against": 5}, "against is 5; it must be a file's path"),
        ({"template": None}, "template is 'None'; it must be a file's path"),
        ({"out": 5}, "out is 5; it must be a file's path"),
    ],
)
@pytest.mark.parametrize("made", [fill, fill_each])
def test_arguments_of_another_type_are_told_before_anything_is_written(
    folder: Path, made: Callable[..., object], wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(MrrError) as raised:
        made(**{"template": "t.xlsx", "data": "all.csv", "out": "out/{name}.xlsx"} | wrong)
    assert str(raised.value) == said
    assert not [*(folder / "out").iterdir()]


@pytest.mark.parametrize(("data", "shown"), [(5, "5"), ({"a": 5}, "\"{'a': 5}\"")])
def test_many_data_that_are_none_are_told(folder: Path, data: Any, shown: str) -> None:
    with pytest.raises(MrrError) as raised:
        fill_each("t.xlsx", data, "out")
    assert str(raised.value) == f"data is {shown}; it must be a path, or a list of paths and frames"


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "duckdb"])
def test_a_single_frame_may_go_in_as_it_is(folder: Path, kind: str) -> None:
    """Its columns' names are no files."""
    frame = pl.read_csv(folder / "all.csv", try_parse_dates=True)
    data: Any = {
        "pandas": frame.to_pandas, "polars": frame.clone, "pyarrow": frame.to_arrow,
        "duckdb": lambda: duckdb.connect().from_arrow(frame.to_arrow()),
    }[kind]()  # fmt: skip
    done = fill_each(folder / "t.xlsx", data, folder / "out/{company}.xlsx", by="company")
    assert [(one.name, one.error) for one in done] == [("North", None), ("South", None), ("East/West", None)]


KILLED = """
from mrr_xl.filling.batch import fill_each
if __name__ == "__main__":
    fill_each("t.xlsx", ["all.csv"] * 200, "out/{name}.xlsx", jobs=2, on_done=lambda done: print(done.name, flush=True))
"""


def test_no_process_outlives_the_one_that_began_it(folder: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "all\n"
    process.kill()
    process.communicate(timeout=60)  # ends when the last process that can write to it has ended
    assert all(zipfile.is_zipfile(path) for path in (folder / "out").glob("*.xlsx"))


def test_ctrl_c_says_what_is_left_and_leaves_nothing_half_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mrr_xl.xlsx import writing

    replace, made = writing.os.replace, []

    def stopping(source: str, target: Path) -> None:
        if made:
            raise KeyboardInterrupt
        made.append(target)
        replace(source, target)

    monkeypatch.setattr(writing.os, "replace", stopping)
    result = run("t.xlsx", "all.csv", "--by", "company", "-o", "out")
    assert result.stdout.splitlines()[-1] == "1 written, 0 unchanged, 0 failed, 2 left"
    assert result.stderr == "mrr-xl: stopped; run again with --resume for the rest\n"
    assert result.exit_code == 130
    assert [path.name for path in (folder / "out").iterdir()] == ["North.xlsx"]


def test_a_script_needs_no_guard_for_several_processes(folder: Path) -> None:
    script = (
        "import mrr_xl\nprint('begun')\nprint(len(mrr_xl.fill_each('t.xlsx', 'all.csv', 'out', by='company', jobs=2)))"
    )
    (folder / "close.py").write_text(script)
    ended = subprocess.run([sys.executable, "close.py"], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("begun\n3\n", "", 0)
    assert len(list((folder / "out").glob("*.xlsx"))) == 3


@pytest.mark.posix
@pytest.mark.parametrize("to_all", [True, False])
def test_after_sigterm_there_is_a_summary_too(folder: Path, to_all: bool) -> None:
    """`timeout` and systemd send it, to the first process or to all of them."""
    (folder / "many").mkdir()
    for number in range(30):
        (folder / "many" / f"{number:02d}.csv").write_text(ROWS)
    asked = [sys.executable, "-m", "mrr_xl", "fill", "t.xlsx", "many", "-o", "out", "--jobs", "2", "--log", "run.log"]
    with subprocess.Popen(
        [*asked, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        while not (folder / "run.log").exists() or "1/30" not in (folder / "run.log").read_text():
            time.sleep(0.05)
        (os.killpg if to_all else os.kill)(running.pid, signal.SIGTERM)
        stdout, stderr = running.communicate()
    summary = json.loads(stdout)
    made = len(list((folder / "out").glob("*.xlsx")))
    assert (summary["written"], summary["failed"], summary["left"]) == (made, 0, 30 - made)
    assert stderr.splitlines()[-1] == "mrr-xl: stopped; run again with --resume for the rest"
    assert "leaked" not in stderr
    assert running.returncode == 130


@pytest.mark.posix
def test_after_ctrl_c_the_summary_counts_what_other_processes_finished(folder: Path) -> None:
    (folder / "many").mkdir()
    for number in range(30):
        (folder / "many" / f"{number:02d}.csv").write_text(ROWS)
    asked = [sys.executable, "-m", "mrr_xl", "fill", "t.xlsx", "many", "-o", "out", "--jobs", "2"]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True, start_new_session=True) as running:
        assert running.stdout is not None and running.stdout.readline().startswith("1/30 wrote")
        os.killpg(running.pid, signal.SIGINT)
        *lines, summary = running.stdout.read().splitlines()
    made = len(list((folder / "out").glob("*.xlsx")))
    assert summary == f"{made} written, 0 unchanged, 0 failed, {30 - made} left"
    assert len(lines) == made - 1
    assert running.returncode == 130


def test_ctrl_c_within_a_formula_is_no_error_of_its_cell(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mrr_xl.calculator import calls

    def stopped(*given: Any) -> Any:
        raise KeyboardInterrupt

    stopped.__name__ = "MRR"
    monkeypatch.setattr(calls, "sheet_functions", lambda: {"MRR": stopped})
    with pytest.raises(KeyboardInterrupt):
        fill_each("t.xlsx", ["all.csv"], "out", by="company")
    assert list((folder / "out").iterdir()) == []


def test_a_missing_placeholder_is_a_mistake_in_python_too(folder: Path) -> None:
    with pytest.raises(
        MrrError, match=r"^r\.xlsx would be one file for several reports; put \{company\} into its name$"
    ):
        fill_each("t.xlsx", ["all.csv"], "out/r.xlsx", by="company")


def test_reports_that_are_done_take_no_memory(folder: Path) -> None:
    from mrr_xl.calculator import calls, engine

    def held() -> int:
        gc.collect()
        return sum(type(kept) in (calls.Calls, engine.Engine) for kept in gc.get_objects())

    before = held()
    fill_each("t.xlsx", ["all.csv"], "out", by="company")
    assert held() == before


# What a run says of itself


def exports(folder: Path, **amounts: int) -> None:
    """A folder for each client, each with a file of the same name."""
    for client, amount in amounts.items():
        (folder / "in" / client).mkdir(parents=True, exist_ok=True)
        (folder / "in" / client / "export.csv").write_text(f"customer,start,mrr\nAda,2024-01-01,{amount}\n")


def test_files_of_the_same_name_are_told_apart_by_their_folders_whichever_others_there_are(folder: Path) -> None:
    """By their order, next month's report of one client was compared with the last one of another."""
    exports(folder, acme=100, beta=50, cyd=10)
    october = run("t.xlsx", "in/*/export.csv", "-o", "10 {name}.xlsx")
    of = {part.split("/")[-2]: part for part in october.output.split() if part.endswith("/export.csv")}
    assert of == {"acme": "acme/export.csv", "beta": "beta/export.csv", "cyd": "cyd/export.csv"}
    names = {path.name for path in folder.glob("10 export ~*.xlsx")}
    assert len(names) == 3
    (folder / "in/acme/export.csv").unlink()
    words = ("-o", "11 {name}.xlsx", "--against", "10 {name}.xlsx")
    assert "last time" not in run("t.xlsx", "in/cyd/export.csv", "in/beta/export.csv", *words).output  # as was asked
    november = run("t.xlsx", "in/*/export.csv", *words)
    assert november.output.count("no month that it reported has changed") == 2
    left = {name.replace("10", "11", 1) for name in names} - {path.name for path in folder.glob("11 *.xlsx")}
    (gone,) = {name.replace("11", "10", 1) for name in left}
    assert f"there were reports last time for which there is no data now: {gone}" in november.output.splitlines()


def test_the_tables_of_a_database_are_told_apart_in_any_order(folder: Path) -> None:
    with closing(sqlite3.connect("billing.sqlite")) as database:
        for table, amount in (("acme", 100), ("beta", 50)):
            database.execute(f"create table {table} as select 'Ada' customer, '2024-02-01' start, {amount} mrr")
        database.commit()
    tables = ["billing.sqlite#acme", "billing.sqlite#beta"]
    for name, order in (("1", tables), ("2", tables[::-1])):
        (folder / name).mkdir()
        told = run("t.xlsx", *order, "-o", name).output
        assert "as another one has the same name; this one is of beta" in told
    one, two = ({path.name: february(path) for path in (folder / name).iterdir()} for name in "12")
    assert one == two and sorted(one.values()) == [50, 100]


def test_what_a_folder_holds_that_is_no_data_is_told(folder: Path) -> None:
    (folder / "in").mkdir()
    (folder / "in/a.csv").write_text(ROWS)
    assert "not read" not in run("t.xlsx", "in", "-o", "out").output
    for name in ("client.sqlite", "download", ".hidden", "mrr-xl.toml", "notes.pdf"):
        (folder / "in" / name).write_text("")
    told = run("t.xlsx", "in", "-o", "out", "--log", "run.log", "--format", "json")
    assert json.loads(told.stdout)["notes"] == ["not read in in: client.sqlite, download"]
    assert "not read in in: client.sqlite, download" in (folder / "run.log").read_text()
    assert "not read in in/*: client.sqlite, download" in run("t.xlsx", "in/*", "-o", "out").output.splitlines()


def test_values_that_last_time_had_a_report_and_now_have_no_rows_are_told(folder: Path) -> None:
    run("t.xlsx", "all.csv", "--by", "company", "-o", "last {company}.xlsx")
    (folder / "last other.xlsx").write_bytes((folder / "t.xlsx").read_bytes())  # which no fill has made
    lines = [line for line in ROWS.splitlines() if "South" not in line]
    (folder / "all.csv").write_text("\n".join(lines))
    words = ("t.xlsx", "all.csv", "--by", "company", "-o", "now {company}.xlsx", "--against", "last {company}.xlsx")
    assert json.loads(run(*words, "--format", "json").stdout)["notes"] == [
        "there were reports last time for which there is no data now: last South.xlsx"
    ]


def test_last_months_file_is_told_from_this_months(folder: Path) -> None:
    write_template("report.xlsx", months=1)
    fill("report.xlsx", "all.csv", "last.xlsx", through="2024-03")
    same = "the data is the same as in last.xlsx, though the report now goes on to {}; is it this month's file?"
    for through, told in (("2024-03", False), ("2024-04", True)):
        after = fill("report.xlsx", "all.csv", "now.xlsx", against="last.xlsx", through=through).notes
        assert (same.format(through) in after) == told


def test_files_of_a_pattern_that_are_read_as_kept_are_named(folder: Path) -> None:
    for month in ("10", "11"):
        (folder / f"jobs-{month}.csv").write_text("Who,start,mrr\nAda,2024-01-01,5\n")
    (folder / "mrr-xl.toml").write_text('["jobs-*.csv".columns]\ncustomer = "Who"\n')
    told = run("t.xlsx", "jobs-*.csv", "-o", "out", "--log", "run.log")
    says = "mrr-xl: jobs-10.csv, jobs-11.csv are read as mrr-xl.toml beside them says"
    assert says in told.stderr.splitlines() and says.removeprefix("mrr-xl: ") in (folder / "run.log").read_text()
