"""What fill says and to whom: --quiet, --dry-run, --log, --format json, and equal failures of many reports once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from openpyxl.worksheet.table import Table

from mrr_xl.cli import main

ROWS = """\
customer,start,end,amount,interval,company
Ada,2024-01-01,,100,month,North
Bob,2024-01-15,2024-03-01,1200,year,South
"""
BAD = "Cyd,soon,,50,month,{}\n"
WHY = "column start: 'soon' is not a date; write it as 2024-03-15"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["Customer", "Start", "End", "Amount", "Interval", "Company"], ["Old", "2020-01-01", None, 1, "month"]):
        sheet.append(row)
    sheet.add_table(Table(displayName="Subscriptions", ref="A1:F2"))
    book.create_sheet("Report")["A1"] = '=MRR(Subscriptions[#All],"2024-02")'
    book.save(tmp_path / "t.xlsx")
    (tmp_path / "all.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "out").mkdir()
    return tmp_path


def fill(*words: str) -> Result:
    return CliRunner().invoke(main, ["fill", "t.xlsx", *words])


ONE = ["all.csv", "-o", "out/filled.xlsx"]
MANY = ["all.csv", "--by", "company", "-o", "out"]
WROTE = f"{Path('out/filled.xlsx')}: 2 subscription lines, 1 formula cells computed"


def files() -> list[str]:
    return sorted(path.name for path in Path("out").iterdir())


def test_quiet_prints_nothing_of_what_went_well() -> None:
    assert (fill(*ONE, "--quiet").output, files()) == ("", ["filled.xlsx"])
    assert (fill(*MANY, "--quiet").output, files()) == ("", ["North.xlsx", "South.xlsx", "filled.xlsx"])


def test_quiet_prints_what_failed(folder: Path) -> None:
    (folder / "all.csv").write_text(ROWS + BAD.format("North"), encoding="utf-8")
    one, many = fill(*ONE, "--quiet"), fill(*MANY, "--quiet")
    assert (one.exit_code, one.stdout, one.stderr) == (2, "", f"mrr-xl: row 4, {WHY}\n")
    assert (many.exit_code, many.stdout) == (1, "")
    assert many.stderr.splitlines() == ["report  why it failed", f"North   row 4, {WHY}"]


def test_a_dry_run_writes_nothing_and_says_what_it_would() -> None:
    shown = fill(*ONE, "--dry-run")
    assert (shown.exit_code, shown.output, files()) == (0, f"would write {WROTE}\n", [])
    shown = fill(*MANY, "--dry-run")
    assert (shown.exit_code, files()) == (0, [])
    assert shown.output.splitlines() == [
        f"1/2 would write {Path('out/North.xlsx')}: 1 subscription lines",
        f"2/2 would write {Path('out/South.xlsx')}: 1 subscription lines",
        "2 would be written, 0 unchanged, 0 failed",
    ]


def test_a_dry_run_says_what_would_fail(folder: Path) -> None:
    (folder / "all.csv").write_text(ROWS + BAD.format("North"), encoding="utf-8")
    assert fill(*ONE, "--dry-run").stderr == f"mrr-xl: row 4, {WHY}\n"
    (folder / "all.csv").write_text(ROWS, encoding="utf-8")
    nowhere = fill("all.csv", "-o", "none/filled.xlsx", "--dry-run")
    assert (nowhere.exit_code, nowhere.stderr) == (2, "mrr-xl: there is no folder none\n")
    many = fill(*MANY, "--dry-run")
    assert many.exit_code == 0


def test_a_dry_run_leaves_a_report_as_it_is_and_knows_those_that_are_up_to_date(folder: Path) -> None:
    fill(*MANY)
    before = {name: (folder / "out" / name).read_bytes() for name in files()}
    (folder / "all.csv").write_text(ROWS.replace("100", "200"), encoding="utf-8")
    assert fill(*MANY, "--dry-run", "--resume").output.splitlines() == [
        f"1/2 would write {Path('out/North.xlsx')}: 1 subscription lines",
        f"2/2 unchanged {Path('out/South.xlsx')}",
        "1 would be written, 1 unchanged, 0 failed",
    ]
    assert {name: (folder / "out" / name).read_bytes() for name in files()} == before


def logged() -> list[str]:
    lines = Path("fill.log").read_text(encoding="utf-8").splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", line) for line in lines)
    return [line[21:] for line in lines]


def test_a_log_keeps_every_line_of_every_run(folder: Path) -> None:
    fill(*ONE, "--log", "fill.log", "--quiet")
    (folder / "all.csv").write_text(ROWS + BAD.format("North"), encoding="utf-8")
    fill(*ONE, "--log", "fill.log")
    fill(*MANY, "--log", "fill.log", "--format", "json")
    assert logged() == [
        f"wrote {WROTE}",
        f"mrr-xl: row 4, {WHY}",
        f"1/2 failed North: row 4, {WHY}",
        f"2/2 wrote {Path('out/South.xlsx')}: 1 subscription lines",
        "1 written, 0 unchanged, 1 failed",
    ]


@pytest.mark.parametrize("name", ["t.xlsx", "all.csv", "out/filled.xlsx", "rates.csv", "last.xlsx"])
def test_a_log_is_a_file_of_its_own(folder: Path, name: str) -> None:
    before = (folder / "t.xlsx").read_bytes()
    refused = fill(*ONE, "--rates", "rates.csv", "--against", "last.xlsx", "--log", name)
    sentence = f"mrr-xl: {Path(name)} would be written over its own input; name another file\n"
    assert (refused.exit_code, refused.output) == (2, sentence)
    assert ((folder / "t.xlsx").read_bytes(), (folder / "all.csv").read_text(), files()) == (before, ROWS, [])


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("data", "data/all.csv"), ("data/*.csv", "data/all.csv"), ("data", "data/mrr-xl.toml"),
        ("all.csv", "mrr-xl.toml"), ("b.duckdb#t", "b.duckdb"), ("b.duckdb", "b.duckdb"),
    ],
)  # fmt: skip
def test_a_log_is_none_of_the_files_that_data_means(folder: Path, data: str, name: str) -> None:
    (folder / "data").mkdir()
    for path in ("data/all.csv", "data/mrr-xl.toml", "mrr-xl.toml", "b.duckdb"):
        (folder / path).write_text("as it was", encoding="utf-8")
    refused = fill(data, "-o", "out/{name}.xlsx", "--log", name)
    sentence = f"mrr-xl: {Path(name)} would be written over its own input; name another file\n"
    assert (refused.exit_code, refused.output) == (2, sentence)
    assert (folder / name).read_text(encoding="utf-8") == "as it was"


def test_a_log_that_can_t_be_written_is_refused_first() -> None:
    refused = fill(*ONE, "--log", "none/fill.log")
    sentence = f"mrr-xl: the log {Path('none/fill.log')} can't be written (No such file or directory)\n"
    assert (refused.exit_code, refused.output, files()) == (2, sentence, [])


TOML = "mrr-xl.toml, section all.csv: 'date' is no way to read a file; known are columns, dates, decimal, encoding, "
OF_THE_COMMAND = [
    (ONE[:1], "Missing option '-o' / '--out'."),
    (ONE[1:], "Missing argument 'DATA...'."),
    ([*ONE, "--nonsense"], "No such option '--nonsense'."),
    ([*ONE, "--jobs", "none"], "Invalid value for '--jobs': 'none' is not a valid integer range."),
    ([*ONE, "--table", "A", "--table", "B"], "--table is given twice; give it once"),
    ([*ONE, "--set", "x"], "--set x can't be read; write it as --set as_of=month_start"),
    ([*ONE, "--map", "x"], "--map x can't be read; write it as --map start=\"Start (UTC)\""),
    (["all.csv", "-o", "out", "--by", "firm"],
     "there is no column 'firm'; the columns are customer, start, end, amount, interval, company"),
    (["all.csv", "all.csv", "-o", "out/a.xlsx"],
     "a.xlsx would be one file for several reports; put {name} into its name"),
]  # fmt: skip
OF_THE_REPORT = [
    ([*ONE, "--resume"], "--resume is for many reports; leave it out"),
    (["none.csv", "-o", "out/filled.xlsx"], "there is no file none.csv"),
    (["alls.csv", "-o", "out/filled.xlsx"], "there is no file alls.csv; did you mean all.csv?"),
    ([*ONE, "--table", "Sales"], "the workbook has no table named Sales (its tables: Subscriptions)"),
    ([*ONE, "--set", "no_rule=1"], None),
]


@pytest.mark.parametrize(
    ("words", "why", "failed"), [(*each, 0) for each in OF_THE_COMMAND] + [(*each, 1) for each in OF_THE_REPORT]
)
def test_every_mistake_is_in_json_and_in_the_log(words: list[str], why: str | None, failed: int) -> None:
    """Some left standard output empty, and those in options or in mrr-xl.toml the log."""
    ended = fill(*words, "--format", "json", "--log", "fill.log")
    told = json.loads(ended.stdout)
    why = why or told["error"]
    assert (ended.exit_code, ended.stderr, logged()) == (2, f"mrr-xl: {why}\n", [f"mrr-xl: {why}"])
    assert (told["error"], told["failed"], told["written"]) == (why, failed, 0)
    assert [report["error"] for report in told["reports"]] == [why] * failed
    assert files() == []


@pytest.mark.parametrize(("words", "failed"), [(ONE, 1), (MANY, 0)])
def test_what_is_said_of_saved_options_is_in_json_and_in_the_log(folder: Path, words: list[str], failed: int) -> None:
    (folder / "mrr-xl.toml").write_text('["all.csv"]\ndate = "ymd"\n', encoding="utf-8")
    ended = fill(*words, "--format", "json", "--log", "fill.log")
    told = json.loads(ended.stdout)
    assert (ended.exit_code, logged()) == (2, [ended.stderr.rstrip("\n")])
    assert told["error"].startswith(TOML) and told["failed"] == failed
    (folder / "mrr-xl.toml").write_text('["all.csv"]\ndates = "ymd"\n', encoding="utf-8")
    ended = fill(*words, "--format", "json", "--log", "fill.log")
    assert (ended.exit_code, ended.stderr) == (0, "mrr-xl: all.csv is read as mrr-xl.toml beside it says\n")
    assert logged()[1] == ended.stderr.rstrip("\n")
    assert "error" not in json.loads(ended.stdout)


def test_a_fault_of_ours_is_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("mrr_xl.filling.fill.fill_with", broken)
    ended = fill(*ONE, "--format", "json")
    (report,) = json.loads(ended.stdout)["reports"]
    assert (ended.exit_code, ended.stderr) == (2, f"mrr-xl: {report['error']}\n")
    assert report["error"].startswith("ZeroDivisionError: by nothing; this is a fault of mrr_xl")


def test_help_begins_no_log(folder: Path) -> None:
    assert fill("--help", "--log", "fill.log", "--format", "json").stdout.startswith("Usage:")
    assert not (folder / "fill.log").exists()


def test_json_is_one_object_with_what_became_of_a_report() -> None:
    shown = fill(*ONE, "--format", "json")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert json.loads(shown.stdout) == {
        "written": 1,
        "unchanged": 0,
        "failed": 0,
        "left": 0,
        "dry_run": False,
        "reports": [
            {
                "name": "all",
                "file": str(Path("out/filled.xlsx")),
                "result": "written",
                "error": None,
                "lines": 2,
                "formulas": 1,
                "notes": [],
                "warnings": [],
                "problems": [],
            }
        ],
    }


def test_json_counts_what_is_restated_since_the_last_report(folder: Path) -> None:
    assert fill(*ONE).exit_code == 0
    restated = []
    for rows in (ROWS, ROWS.replace("100", "90")):
        (folder / "all.csv").write_text(rows, encoding="utf-8")
        shown = fill("all.csv", "-o", "out/next.xlsx", "--against", "out/filled.xlsx", "--format", "json")
        (report,) = json.loads(shown.stdout)["reports"]
        restated.append((report["restated"], len(report["notes"])))
    assert restated == [(0, 1), (2, 2)]  # the MRR of the last month, and January's new MRR
    (folder / "all.csv").write_text(ROWS + BAD.format("North"), encoding="utf-8")
    shown = fill("all.csv", "-o", "out/next.xlsx", "--against", "out/filled.xlsx", "--format", "json")
    (report,) = json.loads(shown.stdout)["reports"]
    assert (report["result"], report["restated"]) == ("failed", None)


def test_many_changes_are_all_in_the_log_and_in_json(folder: Path) -> None:
    then = """\
Ada,2024-01-01,,100,month,
Bob,2024-02-01,2024-06-01,50,month,
Cyd,2024-03-01,2024-09-15,30,month,
Dan,2024-10-05,,12,month,
"""
    now = """\
Ada,2024-01-01,,100,month,
Bob,2024-02-01,2024-05-01,50,month,
Dan,2024-10-05,,12,month,
Eve,2024-09-10,,7,month,
"""
    head = ROWS.splitlines()[0]
    (folder / "a.csv").write_text(f"{head}\n{then}", encoding="utf-8")
    (folder / "b.csv").write_text(f"{head}\n{now}", encoding="utf-8")
    assert fill("a.csv", "-o", "out/last.xlsx").exit_code == 0
    words = ["b.csv", "--against", "out/last.xlsx", "--log", "fill.log"]
    text = fill(*words, "-o", "out/next.xlsx").stdout.splitlines()[1:]
    (report,) = json.loads(fill(*words, "-o", "out/next.xlsx", "--format", "json").stdout)["reports"]
    start = "Compared with last.xlsx, through 2024-10: "
    told = [
        "Cyd is no longer in the data; its MRR was 0.00",
        "2024-10 MRR was 112.00 and is now 119.00",
        "2024-03 new was 30.00 and is now 0.00 (Cyd)",
        "2024-05 churn was 0.00 and is now -50.00 (Bob)",
        "2024-06 churn was -50.00 and is now 0.00 (Bob)",
        "2024-09 new was 0.00 and is now 7.00 (Eve)",
        "2024-09 churn was -30.00 and is now 0.00 (Cyd)",
    ]
    assert report["restated"] == 7
    assert report["notes"] == [start + line for line in [*told[:6], "1 more change", told[6]]]
    assert [line for line in logged() if line.startswith("Compared")] == report["notes"] * 2
    assert text == [*report["notes"][:7], "--log FILE and --format json have each change"]
    (folder / "out" / "b.xlsx").write_bytes((folder / "out" / "last.xlsx").read_bytes())
    many = fill("b.csv", "-o", "{name}.xlsx", "--against", "out/{name}.xlsx").stdout.splitlines()
    assert many[1:-1] == [f"b: {line.replace('last.xlsx', 'b.xlsx')}" for line in text]


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_json_says_why_the_only_report_failed(folder: Path, dry: list[str]) -> None:
    (folder / "all.csv").write_text(ROWS + BAD.format("North"), encoding="utf-8")
    shown = fill(*ONE, "--format", "json", *dry)
    (report,) = json.loads(shown.stdout)["reports"]
    assert (report["name"], report["file"]) == ("all", str(Path("out/filled.xlsx")))
    assert (report["result"], report["error"], report["lines"]) == ("failed", f"row 4, {WHY}", None)
    assert (shown.exit_code, shown.stderr, files()) == (2, f"mrr-xl: row 4, {WHY}\n", [])


def test_json_of_many_reports_has_each_and_why_one_failed(folder: Path) -> None:
    (folder / "all.csv").write_text(ROWS + BAD.format("North"), encoding="utf-8")
    shown = fill(*MANY, "--format", "json", "--dry-run")
    summary = json.loads(shown.stdout)
    assert shown.exit_code == 1
    assert {key: value for key, value in summary.items() if key != "reports"} == {
        "written": 0, "would_be_written": 1, "unchanged": 0, "failed": 1, "left": 0, "dry_run": True,
    }  # fmt: skip
    assert [(report["name"], report["result"], report["error"], report["lines"]) for report in summary["reports"]] == [
        ("North", "failed", f"row 4, {WHY}", None),
        ("South", "would be written", None, 1),
    ]
    assert shown.stderr.splitlines() == ["report  why it failed", f"North   row 4, {WHY}"]


def test_equal_failures_are_said_once(folder: Path) -> None:
    for name in ("a", "b", "c"):
        (folder / f"{name}.csv").write_text(ROWS + BAD.format("North"), encoding="utf-8")
    (folder / "d.csv").write_text(ROWS.replace("100", "x"), encoding="utf-8")
    shown = fill("a.csv", "b.csv", "c.csv", "d.csv", "-o", "out")
    other = "row 2, column amount: 'x' is not an amount; write a plain number such as 1200.50"
    assert shown.stdout.splitlines() == [
        f"1/4 failed a: row 4, {WHY}",
        "2/4 failed b, as a",
        "3/4 failed c, as a",
        f"4/4 failed d: {other}",
        "0 written, 0 unchanged, 4 failed",
    ]
    assert shown.stderr.splitlines() == [
        "report              why it failed",
        f"3 reports: a, b, c  row 4, {WHY}",
        f"d                   {other}",
    ]
