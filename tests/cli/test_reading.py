"""How a user steers the reading of a file: options, mrr-xl.toml beside it, a workbook's Mapping, a cell's settings."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from click.testing import CliRunner, Result

import mrr_xl
from mrr_xl import MrrError
from mrr_xl.cli import main
from mrr_xl.functions.sheet_functions import sheet_functions

#: Two readings of each date, no role's header for the start, and a price with a comma.
EXPORT = """\
Who;Went live;Quit;Fee
Ada;03/01/2024;;1.200
Bob;04/02/2024;05/04/2024;99
"""
OPTIONS = ["--map", "customer=Who", "--map", "start=Went live", "--map", "end=Quit", "--dates", "dmy", "--decimal", ","]
HOW = {
    "columns": {"customer": "Who", "start": "Went live", "end": "Quit"},
    "dates": "dmy",
    "decimal": ",",
}
#: Ada from January at 1,200; Bob at 99 in February and March, gone from 5 April on.
CLOSINGS = [1200.0, 1299.0, 1299.0, 1200.0]


def run(*args: object) -> Result:
    return CliRunner().invoke(main, list(map(str, args)))


@pytest.fixture
def export(tmp_path: Path) -> Path:
    file = tmp_path / "export.csv"
    file.write_text(EXPORT, encoding="utf-8")
    return file


def closings(output: str) -> list[float]:
    header, *rows = [line.split(",") for line in output.splitlines()]
    return [float(row[header.index("closing")]) for row in rows]


def test_options_say_how_a_file_is_read(export: Path) -> None:
    assert closings(run("movements", export, *OPTIONS, "--format", "csv").stdout) == CLOSINGS


def test_keywords_say_it_in_python(export: Path) -> None:
    assert mrr_xl.movements(export, **HOW)["closing"].tolist() == CLOSINGS
    assert mrr_xl.metric("MRR", export, "2024-03", **HOW) == 1299.0


def test_what_is_not_said_and_not_certain_is_one_question(export: Path) -> None:
    result = run("movements", export, *OPTIONS[:6])
    assert result.exit_code == 2
    assert result.stderr == (
        "mrr-xl: row 2, column Went live: '03/01/2024' may be 3 January 2024 (--dates dmy) or 1 March 2024 "
        "(--dates mdy), and no other date of the column tells; say which with --dates, elsewhere with dates=dmy or "
        "dates=mdy\n"
    )
    result = run("movements", export, *OPTIONS[:8])
    assert result.stderr == (
        "mrr-xl: row 2, column Fee: '1.200' may be 1.2 (--decimal .) or 1200 (--decimal ,), and no other number of the "
        "column tells; say which with --decimal, elsewhere with decimal=. or decimal=,\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--map", "start"], '--map start can\'t be read; write it as --map start="Start (UTC)"'),
        (["--dates", "ydm"], "dates cannot be 'ydm'; the order of their numbers is one of dmy, mdy, ymd"),
        (["--decimal", ";"], "decimal cannot be ';'; the decimal sign is , or ."),
        (["--encoding", "morse"], "'morse' is not a known encoding; write one such as utf-8 or windows-1252"),
        (["--delimiter", "::"], "delimiter cannot be '::'; it is one character, such as ; or tab"),
        (["--skip", "-1"], "skip cannot be '-1'; it is a number of rows, 0 or more"),
        (["--header", "0"], "header cannot be '0'; it is a number of rows, 1 or more"),
        (["--header", "1", "--skip", "0"], "header and skip say the same twice; give one of them"),
        (
            ["--map", "start=Begin"],
            "start is said to be column 'Begin', which is not there; the header row has Who, Went live, Quit, Fee",
        ),
    ],
)
def test_an_option_that_means_nothing_is_refused(export: Path, options: list[str], message: str) -> None:
    result = run("movements", export, *options)
    assert (result.exit_code, result.stderr) == (2, f"mrr-xl: {message}\n")


def test_an_unknown_role_is_refused_with_the_known_ones(export: Path) -> None:
    result = run("movements", export, "--map", "beginning=Went live")
    assert result.exit_code == 2
    assert result.stderr.startswith("mrr-xl: 'beginning' is not what a column can be; it can be customer, subscription")


@pytest.mark.parametrize(
    ("name", "meant"), [("discount percent", "discount"), ("Vertragsbeginn", "start"), ("strt", "start")]
)
def test_a_header_in_place_of_a_role_is_answered_with_that(export: Path, name: str, meant: str) -> None:
    result = run("movements", export, "--map", f"{name}=Went live")
    assert result.stderr.endswith(f"; did you mean {meant}?\n")


def test_a_wrong_column_to_fill_by_is_told_although_the_customer_is_mapped(export: Path, tmp_path: Path) -> None:
    template = tmp_path / "template.xlsx"
    assert run("template", template).exit_code == 0
    said = [*OPTIONS[:2], "-o", tmp_path / "{Who}.xlsx"]
    result = run("fill", template, export, *said, "--by", "Whom")
    known = "the columns are Who, Went live, Quit, Fee; did you mean Who?"
    assert (result.exit_code, result.stderr) == (2, f"mrr-xl: there is no column 'Whom'; {known}\n")
    result = run("fill", template, export, *OPTIONS, "-o", tmp_path / "{customer}.xlsx", "--by", "customer")
    assert (result.exit_code, (tmp_path / "Ada.xlsx").exists()) == (0, True)


@pytest.mark.parametrize("made", ["sqlite", "duckdb"])
def test_the_only_table_with_the_columns_that_are_said_is_read(tmp_path: Path, made: str) -> None:
    file = tmp_path / f"nightly.{made}"
    database: Any = sqlite3.connect(file) if made == "sqlite" else duckdb.connect(str(file))
    database.execute("create table audit (id int, note varchar)")
    database.execute("create table subs (merchant_id varchar, start date, mrr int)")
    database.execute("insert into subs values ('A', '2024-01-01', 5)")
    database.commit() if made == "sqlite" else None
    database.close()
    assert run("metric", "mrr", file, "--month", "2024-01", "--map", "customer=merchant_id").stdout == "5.0\n"
    assert "no table looks like a ledger" in run("metric", "mrr", file).stderr


def test_a_column_can_be_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("customer,start,mrr,interval\nAda,2024-01-01,100,year\n", encoding="utf-8")
    result = run("check", file, "--map", "interval=")
    assert "interval as interval" not in result.stdout


def test_check_keeps_how_a_file_was_read_and_every_later_command_says_so(export: Path, tmp_path: Path) -> None:
    result = run("check", export, *OPTIONS, "--save")
    assert f"kept in {tmp_path / 'mrr-xl.toml'} how export.csv was read\n" in result.stderr
    assert (tmp_path / "mrr-xl.toml").read_text(encoding="utf-8") == (
        '["export.csv"]\ndelimiter = ";"\nheader = 1\ndates = "dmy"\ndecimal = ","\n\n'
        '["export.csv".columns]\ncustomer = "Who"\nstart = "Went live"\nend = "Quit"\namount = "Fee"\n'
    )
    later = run("movements", export, "--format", "csv")
    assert closings(later.stdout) == CLOSINGS
    assert later.stderr == f"mrr-xl: {export} is read as mrr-xl.toml beside it says\n"
    assert mrr_xl.movements(export)["closing"].tolist() == CLOSINGS
    assert "as mrr-xl.toml beside the file says" in run("check", export).stdout
    # What is given goes before what was kept.
    assert closings(run("movements", export, "--decimal", ".", "--format", "csv").stdout)[0] == 1.2


def test_check_says_which_of_the_options_it_does_not_keep(export: Path, tmp_path: Path) -> None:
    kept = f"kept in {tmp_path / 'mrr-xl.toml'} how export.csv was read\n"
    given = {
        ("--set", "end_date=inclusive"): "--set is not kept; give it with each command\n",
        ("--where", "Who<>Bob", "--period", "quarter", "--preset", "chartmogul"):
            "--preset, --period, --where are not kept; give them with each command\n",
        (): "",
    }  # fmt: skip
    for options, said in given.items():
        told = run("check", export, *OPTIONS, *options, "--save").stderr
        assert kept + said in told and ("not kept" in told) == bool(said)
    rates, euros = tmp_path / "rates.csv", tmp_path / "euros.csv"
    rates.write_text("currency,rate\nUSD,0.9\n", encoding="utf-8")
    euros.write_text("customer,start,mrr,currency\nAda,2024-01-01,100,USD\n", encoding="utf-8")
    told = run("check", euros, "--rates", rates, "--save").stderr
    assert "\n--rates is not kept; give it with each command\n" in told
    assert "not kept" not in run("check", export, *OPTIONS, "--set", "end_date=inclusive").stderr


def test_saving_leaves_other_sections_and_comments_alone(export: Path, tmp_path: Path) -> None:
    kept = tmp_path / "mrr-xl.toml"
    kept.write_text('# ours\n["other.csv"]\ndates = "mdy"\n', encoding="utf-8")
    run("check", export, *OPTIONS, "--save")
    assert kept.read_text(encoding="utf-8").startswith('# ours\n["other.csv"]\ndates = "mdy"\n')
    assert mrr_xl.movements(export)["closing"].tolist() == CLOSINGS


def test_a_kept_reading_may_be_for_a_pattern_of_names(export: Path, tmp_path: Path) -> None:
    run("check", export, *OPTIONS, "--save")
    kept = tmp_path / "mrr-xl.toml"
    kept.write_text(kept.read_text(encoding="utf-8").replace("export.csv", "export-*[EU].csv"), encoding="utf-8")
    for name in ("export-2024-01[EU].csv", "export-E.csv"):
        (tmp_path / name).write_text(export.read_text(encoding="utf-8"), encoding="utf-8")
    result = run("metric", "mrr", tmp_path / "export-2024-01[EU].csv")
    assert result.stderr.endswith("export-2024-01[EU].csv is read as mrr-xl.toml beside it says\n")
    assert mrr_xl.movements(tmp_path / "export-2024-01[EU].csv")["closing"].tolist() == CLOSINGS
    assert run("metric", "mrr", tmp_path / "export-E.csv").exit_code == 2
    with kept.open("a", encoding="utf-8") as more:
        more.write('["*.csv"]\ndates = "mdy"\n')
    with pytest.raises(MrrError) as refused:
        mrr_xl.movements(tmp_path / "export-2024-01[EU].csv")
    assert str(refused.value) == (
        f"{kept}: export-2024-01[EU].csv fits the sections export-*[EU].csv and *.csv; give it one of its own, "
        '["export-2024-01[EU].csv"]'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[export", "can't be read ("),
        ('["export.csv"]\ndate = "dmy"\n', "section export.csv: 'date' is no way to read a file; known are columns"),
        (
            '["export.csv"]\ndates = "never"\n',
            "section export.csv: dates cannot be 'never'; the order",
        ),
        ('"export.csv" = 5\n', 'export.csv is not a section; write it as ["export.csv"]'),
        ("[export.csv]\ndates = 5\n", '[export.csv] is not the name of a file; write it in quotes, ["export.csv"]'),
        (
            '[a.2026.csv.columns]\nstart = "x"\n["export.csv"]\n',
            '[a.2026.csv] is not the name of a file; write it in quotes, ["a.2026.csv"]',
        ),
        (
            'columns = {amount = "Net fee"}\n',
            'columns is in no section; write the name of its file above it, as in ["export.csv"]',
        ),
        (
            'dates = "mdy"\n["export.csv"]\n',
            'dates is in no section; write the name of its file above it, as in ["export.csv"]',
        ),
        ('["*".colums]\nmrr = "x"\n', "section *: 'colums' is no way to read a file; known are columns"),
        (
            'delimeter = ";"\n["export.csv"]\n',
            'delimeter is in no section; write the name of its file above it, as in ["export.csv"]',
        ),
        ('["Export.csv"]\n', 'section Export.csv is not called as the file export.csv; write it as ["export.csv"]'),
        ("[export]\n", 'section export is not called as the file export.csv; write it as ["export.csv"]'),
    ],
)
def test_a_kept_reading_that_is_wrong_is_a_sentence(export: Path, text: str, message: str) -> None:
    (export.parent / "mrr-xl.toml").write_text(text, encoding="utf-8")
    result = run("movements", export)
    assert result.exit_code == 2 and message in result.stderr


def test_template_and_fill_read_alike(export: Path, tmp_path: Path) -> None:
    assert run("template", tmp_path / "report.xlsx", "--data", export, *OPTIONS).exit_code == 0
    assert run("fill", tmp_path / "report.xlsx", export, "-o", tmp_path / "filled.xlsx", *OPTIONS).exit_code == 0
    for report in ("report.xlsx", "filled.xlsx"):
        assert mrr_xl.movements(tmp_path / report)["closing"].tolist() == CLOSINGS


def test_each_report_of_many_is_read_as_the_whole_data_is(tmp_path: Path) -> None:
    """Ada's own dates may be two days each; Bob's say that the day stands first."""
    file = tmp_path / "all.csv"
    file.write_text("customer,start,mrr\nAda,03/01/2024,5\nBob,23/02/2024,7\n", encoding="utf-8")
    run("template", tmp_path / "report.xlsx", "--data", file)
    result = run("fill", tmp_path / "report.xlsx", file, "--by", "customer", "-o", f"{tmp_path}/of {{customer}}.xlsx")
    assert result.exit_code == 0, result.output
    assert mrr_xl.movements(tmp_path / "of Ada.xlsx")["closing"].tolist() == [5.0]


@pytest.mark.parametrize("place", ["sheet", "name"])
def test_a_workbook_says_how_its_data_is_read(export: Path, tmp_path: Path, place: str) -> None:
    run("template", tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    sheet = book.create_sheet("Mapping" if place == "sheet" else "How")
    rows = [("Role", "Column"), ("customer", "Who"), ("start", "Went live"), ("End", "Quit"), ("Dates", "dmy")]
    for row in [*rows, ("decimal", ",")]:
        sheet.append(row)
    if place == "name":
        book.defined_names["Mapping"] = openpyxl.workbook.defined_name.DefinedName("Mapping", attr_text="How!$A$1:$B$6")
    book.save(tmp_path / "mapped.xlsx")
    result = run("fill", tmp_path / "mapped.xlsx", export, "-o", tmp_path / "filled.xlsx")
    assert result.exit_code == 0, result.output
    assert mrr_xl.movements(tmp_path / "filled.xlsx")["closing"].tolist() == CLOSINGS


def test_a_mapping_that_says_something_else_is_refused(export: Path, tmp_path: Path) -> None:
    run("template", tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    book.create_sheet("Mapping").append(("beginning", "Went live"))
    book.save(tmp_path / "mapped.xlsx")
    with pytest.raises(MrrError, match=r"^Mapping says beginning, which is not what a column can be"):
        mrr_xl.fill(tmp_path / "mapped.xlsx", export, tmp_path / "filled.xlsx")


def test_a_cell_says_it_in_its_settings() -> None:
    movements = sheet_functions()["MRR"]
    cells = [
        ["Who", "Went live", "Quit", "Fee"],
        ["Ada", "03/01/2024", None, "1.200"],
        ["Bob", "04/02/2024", None, 99.0],
    ]
    text = "customer=Who; start=Went live; dates=dmy; decimal=,"
    assert movements(cells, "2024-02", None, text) == 1299.0
    pairs = [
        ["customer", "Who"],
        ["Map start", "Went live"],
        ["dates", "dmy"],
        ["decimal", ","],
        ["as_of", "month_start"],
    ]
    assert movements(cells, "2024-02", None, pairs) == 1200.0  # on its first day


@pytest.mark.parametrize("month", ["2024-03", "Mar 2024", "2024-Q1", "FY2024", "2024"])
@pytest.mark.parametrize(
    ("command", "mend"),
    [
        ("segments --by plan", "give the month with --month"),
        ("detail", "give the month with --month"),
        ("cohorts", "leave it out"),
        ("check", "leave it out"),
    ],
)
def test_a_month_where_from_is_for_the_system_only(tmp_path: Path, command: str, mend: str, month: str) -> None:
    file = tmp_path / "plain.csv"
    file.write_text("customer,start,mrr,plan\nAda,2024-01-01,5,Pro\n", encoding="utf-8")
    result = run(*command.split(), file, "--from", month)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"mrr-xl: --from is for the billing system that DATA comes from, and {month} is none; {mend}\n"
    )


def test_the_first_month_and_the_system_are_both_from(tmp_path: Path) -> None:
    file = tmp_path / "plain.csv"
    file.write_text("customer,start,mrr\nAda,2024-01-01,5\nAda,2024-03-01,7\n", encoding="utf-8")
    assert closings(run("movements", file, "--from", "2024-03", "--format", "csv").stdout) == [12.0]
    result = run("movements", file, "--from", "stripe")
    assert result.exit_code == 2 and "this is no export of stripe that is known" in result.stderr
    result = run("movements", file, "--from", "2024-01", "--from", "2024-02")
    assert result.stderr == "mrr-xl: --from is given twice; give one month, and one billing system\n"
    result = run("check", file, "--from", "sap")
    assert result.stderr.startswith("mrr-xl: sap is not a billing system that is known; the known ones are ")


@pytest.mark.parametrize(
    ("text", "closing"),
    [
        ("customer,start,ARR\nAda,2024-01-01,1200\n", [100.0]),
        ("customer,start,Annual fee,Billing,Seats\nAda,2024-01-01,1200,monthly,5\n", [100.0]),
        ("customer,start,end,TCV,Term (months)\nAda,2024-01-01,,2400,24\n", [100.0]),
        ("customer,start,end,TCV\nAda,2024-01-01,2024-04-01,300\n", [100.0, 100.0, 100.0]),
        ("customer,start,mrr,changed on,new mrr\nAda,2024-01-01,100,2024-03-01,150\n", [100.0, 100.0, 150.0]),
        ("customer,Jan 24,Feb 24\nAda,100,150\n", [100.0, 150.0]),
        ("customer,month,mrr\nAda,Jan 24,100\nAda,Feb 24,150\n", [100.0, 150.0]),
        ("customer,start,mrr\nAda,2024-01-01,€100\nBob,2024-01-01,€5\n", [105.0]),
        ("customer,start,amount,discount %\nAda,2024-01-01,100,20\n", [80.0]),
    ],
)
def test_what_was_kept_reads_the_same_figures(tmp_path: Path, text: str, closing: list[float]) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text, encoding="utf-8")
    assert mrr_xl.movements(file)["closing"].tolist() == closing
    assert "kept in" in run("check", file, "--save").stderr
    assert mrr_xl.movements(file)["closing"].tolist() == closing
