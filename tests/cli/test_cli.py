"""The command line as a user types it: what it prints, and how it refuses."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mrr_xl.cli import main
from mrr_xl.filling.datasets import by_column

LEDGER = """\
customer,start,end,amount,interval,plan
Ada,2024-01-01,,100,month,Pro
Bob,2024-01-15,2024-03-01,1200,year,Basic
Cyd,2024-02-01,,50,month,Basic
Cyd,2024-03-05,,10,month,Basic
"""


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    path = tmp_path / "subscriptions.csv"
    path.write_text(LEDGER, encoding="utf-8")
    return str(path)


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args))


def test_movements_are_a_table_of_months(ledger: str) -> None:
    lines = run("movements", ledger).output.splitlines()
    assert lines[0].split()[:8] == [
        "month",
        "opening",
        "new",
        "reactivation",
        "expansion",
        "contraction",
        "churn",
        "closing",
    ]
    assert lines[-1].split() == ["2024-03", "250.00", "0.00", "0.00", "10.00", "0.00", "-100.00", "160.00", "2"]


def test_csv_has_plain_numbers_and_months(ledger: str) -> None:
    output = run("movements", ledger, "--from", "2024-03", "--format", "csv").output
    assert output.splitlines() == [
        "month,opening,new,reactivation,expansion,contraction,churn,closing,net_new,opening_customers,new_customers,"
        "reactivated_customers,expanded_customers,contracted_customers,churned_customers,closing_customers",
        "2024-03,250.0,0.0,0.0,10.0,0.0,-100.0,160.0,-90.0,3,0,0,1,0,1,2",
    ]


def test_json_is_a_list_of_rows(ledger: str) -> None:
    rows = json.loads(run("movements", ledger, "--to", "2024-01", "--format", "json").output)
    assert [(row["month"], row["closing"], row["closing_customers"]) for row in rows] == [("2024-01", 200.0, 2)]


def test_conditions_and_rules(ledger: str) -> None:
    rows = json.loads(run("movements", ledger, "--where", "plan=basic", "--format", "json").output)
    assert [row["closing"] for row in rows] == [100.0, 150.0, 60.0]
    rows = json.loads(run("movements", ledger, "--set", "as_of=month_start", "--format", "json").output)
    assert [row["closing"] for row in rows] == [100.0, 250.0, 150.0]


@pytest.mark.parametrize(
    ("name", "month", "printed"),
    [
        ("MRR_NET_NEW", "2024-03", "-90.0"),
        ("net new", "2024-03", "-90.0"),
        ("mrr", "2024-02", "250.0"),
        ("customers", "March 2024", "2"),
        ("growth", "2024-01", "#N/A"),
        ("mrr", "2024-04", "#N/A"),
    ],
)
def test_a_metric_is_one_figure(ledger: str, name: str, month: str, printed: str) -> None:
    assert run("metric", name, ledger, "--month", month).output == f"{printed}\n"


def test_a_metric_as_json_has_null_for_what_is_undefined(ledger: str) -> None:
    assert json.loads(run("metric", "growth", ledger, "--month", "2024-01", "--format", "json").output) == {
        "MRR_GROWTH": None
    }


def test_a_table_metric_prints_its_rows(ledger: str) -> None:
    assert run("metric", "detail", ledger, "--month", "2024-03", "--format", "csv").output.splitlines() == [
        "customer,movement,before,after,change",
        "Cyd,expansion,50.0,60.0,10.0",
        "Bob,churn,100.0,0.0,-100.0",
    ]


def test_check_says_what_it_looked_at(ledger: str) -> None:
    result = run("check", ledger)
    assert result.exit_code == 0
    assert result.output.splitlines()[1].split() == [
        "lines",
        "read",
        "OK",
        "4",
        "2",
        "recognised",
        "as",
        "subscriptions",
    ]


def test_functions_lists_every_function() -> None:
    from mrr_xl.metrics import REGISTRY

    rows = json.loads(run("functions", "--format", "json").output)
    assert [row["function"].split("(")[0] for row in rows] == list(REGISTRY)


def test_conditions_given_twice_both_hold(ledger: str) -> None:
    args = ["metric", "mrr", ledger, "--where", "plan=Basic", "--where", "customer<>Bob", "--month", "2024-03"]
    assert run(*args).output == "60.0\n"
    assert run(*args[:3], "--where", "plan!=Basic", "--month", "2024-03").output == "100.0\n"


MISTAKES = [
    (
        ["movements", "{ledger}", "--where", "plan=Basic; plan=Pro"],
        "no row can have plan = Basic and Pro at once",
    ),
    (["movements", "{ledger}", "--nope"], "No such option '--nope'."),
    (["movements"], "Missing argument 'DATA'."),
    (["template", "{ledger}", "--data", "{ledger}"], "subscriptions.csv must end in .xlsx"),
    (["demo", "{folder}/demo.csv"], "demo.csv must end in .xlsx"),
    (
        ["fill", "{ledger}", "{ledger}", "-o", "{ledger}"],
        "{ledger} would be written over its own input; name another file",
    ),
    (["movements", "{none}.csv"], "there is no file {none}.csv"),
    (["movements", "{ledger}", "--set", "as_of"], "--set as_of can't be read; write it as --set as_of=month_start"),
    (
        ["movements", "{ledger}", "--set", "grace days=3", "--set", "Grace_Days=5"],
        "--set gives grace_days twice; give it once",
    ),
    (
        ["movements", "{ledger}", "--period", "quarter", "--set", "Period=year"],
        "--period and --set give period twice; give it once",
    ),
    (
        ["metric", "new", "{ledger}", "--month", "2024-Q1"],
        "'2024-Q1' is not a month; write it as 2024-03, or set period to quarter",
    ),
    (["movements", "{ledger}", "--set", "asof=x"], "'asof' is not a setting; the settings are "),
    (["movements", "{ledger}", "--from", "yesterday"], "'yesterday' is not a month; write it as 2024-03"),
    (["movements", "{ledger}", "--to", "2024-09"], "2024-09 is after 2024-03, the last month reported; "),
    (["movements", "{ledger}", "--where", "plan=Gold"], "no row has plan = Gold; the column has Basic, Pro"),
    (["metric", "magic", "{ledger}"], "'magic' is not a metric; the metrics are MRR, "),
    (["metric", "MRR_MONTHLY", "{ledger}"], "MRR_MONTHLY needs no file; in Python: mrr_xl.metric('MRR_MONTHLY', ...)"),
    (
        ["fill", "{ledger}", "{ledger}", "-o", "{folder}/out.xlsx"],
        "the template subscriptions.csv is not a workbook (.xlsx or .xlsm)",
    ),
    (["fill", "{none}.xlsx", "{ledger}", "-o", "{folder}/out.xlsx"], "there is no file {none}.xlsx"),
    (["template", "{none}/out.xlsx"], "there is no folder {none}"),
]


@pytest.mark.parametrize(("args", "message"), MISTAKES)
def test_a_mistake_is_one_line_on_stderr_and_exit_code_2(
    ledger: str, tmp_path: Path, args: list[str], message: str
) -> None:
    names = {"ledger": ledger, "folder": str(tmp_path), "none": str(tmp_path / "none")}
    result = run(*(arg.format(**names) for arg in args))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("mrr-xl: " + message.format(**names))
    assert result.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["subscriptions.csv"]


def test_the_installed_command_refuses_without_a_traceback(tmp_path: Path) -> None:
    command = shutil.which("mrr-xl", path=Path(sys.executable).parent)  # on Windows it is mrr-xl.exe
    assert command
    result = subprocess.run(
        [command, "movements", "none.csv"], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (2, "", "mrr-xl: there is no file none.csv\n")


def test_demo_writes_the_workbook_and_prints_its_last_months(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("demo")
    assert result.exit_code == 0
    assert result.output.startswith("wrote mrr-demo.xlsx: ")
    shown = [line.split()[0] for line in result.stdout.splitlines()[1:]]
    assert shown[0] == "month" and shown[-2:] == ["2025-11", "2025-12"]
    assert (tmp_path / "mrr-demo.xlsx").stat().st_size > 20_000


def test_detail_lists_the_customers_behind_a_movement(ledger: str) -> None:
    output = run("detail", ledger, "--month", "2024-03", "--movement", "churn", "--format", "csv").output
    assert output.splitlines() == ["customer,movement,before,after,change", "Bob,churn,100.0,0.0,-100.0"]


def test_segments_have_a_row_each_and_a_total(ledger: str) -> None:
    lines = run("segments", ledger, "--by", "plan").output.splitlines()
    assert lines[0] == "Movements of 2024-03 by plan"
    assert lines[1].split()[:3] == ["segment", "opening", "new"]
    assert [(line.split()[0], line.split()[-1]) for line in lines[2:]] == [
        ("Pro", "100.00"),
        ("Basic", "60.00"),
        ("total", "160.00"),
    ]
    refused = run("segments", ledger, "--by", "region")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert refused.stderr.startswith("mrr-xl: there is no column 'region'; the columns are customer, start")


@pytest.mark.parametrize(
    "twice",
    [
        "segments {} --by plan --by region",
        "detail {} --month 2024-01 --movement new --month 2024-02",
        "movements {} --rates a.csv --rates b.csv",
        "fill t.xlsx {} -o a.xlsx --out b.xlsx",
        "check {} --format csv --format json",
    ],
)
def test_an_option_that_can_hold_one_value_is_given_once(ledger: str, twice: str) -> None:
    result = run(*twice.replace("{}", ledger).split())
    option = next(word for word in ("--by", "--month", "--rates", "--out", "--format") if word in twice)
    assert (result.exit_code, result.stdout, result.stderr) == (
        2,
        "",
        f"mrr-xl: {option} is given twice; give it once\n",
    )


def test_several_files_are_one_folder_or_a_pattern(ledger: str) -> None:
    said = run("movements", ledger, ledger)
    mend = "Several files are given as their folder, or as a pattern in quotes"
    assert (said.exit_code, said.stderr) == (2, f"mrr-xl: Got unexpected extra argument ({ledger}). {mend}\n")
    assert run("movements", ledger, "nonsense").stderr == "mrr-xl: Got unexpected extra argument (nonsense)\n"


def test_an_option_that_holds_several_is_given_several_times(ledger: str) -> None:
    shown = run("movements", ledger, "--where", "plan=Pro", "--where", "customer=Ada", "--set", "as_of=any_day",
                "--set", "netting=net", "--format", "csv", "--raw", "--raw")  # fmt: skip
    assert (shown.exit_code, shown.stderr) == (0, "")


def test_detail_says_whose_month_it_is_and_only_to_people(ledger: str) -> None:
    assert run("detail", ledger).output.splitlines()[0] == "Movements of 2024-03"
    quarter = run("detail", ledger, "--month", "2024-Q1", "--period", "quarter", "--movement", "expansion")
    assert quarter.output.splitlines() == ["Movements of 2024-Q1", "customer  movement  before  after  change"]
    assert json.loads(run("detail", ledger, "--movement", "churn", "--format", "json").output)[0]["customer"] == "Bob"


def test_the_movements_of_one_month_say_where_they_are_not_at_that_months_rates(tmp_path: Path) -> None:
    file, rates = tmp_path / "two.csv", tmp_path / "rates.csv"
    file.write_text("customer,plan,start,mrr,currency\nAda,Pro,2024-01-01,5,EUR\nBob,Pro,2024-02-01,50,USD\n")
    rates.write_text("currency,month,rate\nEUR,,1\nUSD,2024-02,0.9\nUSD,2024-03,0.8\n")
    shown = run("segments", str(file), "--by", "plan", "--rates", str(rates), "--month", "2024-02").output.splitlines()
    assert shown[0] == "Movements of 2024-02 by plan, each currency at its latest rate"
    assert shown[-1].split() == ["total", "5.00", "40.00", *["0.00"] * 6, "45.00"]
    assert run("detail", str(file), "--rates", str(rates), "--month", "2024-02").output.splitlines()[0] == (
        "Movements of 2024-02, each currency at its latest rate"
    )


def test_segments_of_several_months_have_their_month_beside_them(ledger: str) -> None:
    lines = run("segments", ledger, "--by", "plan", "--month", "2024-02..2024-03").output.splitlines()
    assert lines[0] == "Movements of 2024-02 to 2024-03 by plan"
    assert [line.split()[:3] + line.split()[-1:] for line in lines[2:]] == [
        ["2024-02", "Basic", "100.00", "150.00"],
        ["2024-02", "Pro", "100.00", "100.00"],
        ["2024-02", "total", "200.00", "250.00"],
        ["2024-03", "Pro", "100.00", "100.00"],
        ["2024-03", "Basic", "150.00", "60.00"],
        ["2024-03", "total", "250.00", "160.00"],
    ]
    rows = json.loads(run("segments", ledger, "--by", "plan", "--month", "2024-01..", "--format", "json").output)
    alone = json.loads(run("segments", ledger, "--by", "plan", "--month", "2024-02", "--format", "json").output)
    assert [row for row in rows if row["month"] == "2024-02"] == [{"month": "2024-02", **row} for row in alone]


def test_detail_of_several_months_leaves_out_those_without_a_movement(ledger: str) -> None:
    table = run("detail", ledger, "--month", "2024-01..2024-03", "--movement", "churn", "--format", "csv").output
    assert table.splitlines() == ["month,customer,movement,before,after,change", "2024-03,Bob,churn,100.0,0.0,-100.0"]
    nothing = run("detail", ledger, "--month", "2024-01..2024-02", "--movement", "churn", "--format", "csv").output
    assert nothing.splitlines() == ["month,customer,movement,before,after,change"]


def test_detail_of_several_quarters_names_them(ledger: str) -> None:
    words = ["detail", ledger, "--period", "quarter", "--set", "through=2024-06", "--month", "2024-Q1..2024-Q2"]
    lines = run(*words).output.splitlines()
    assert lines[0] == "Movements of 2024-Q1 to 2024-Q2"
    assert [line.split()[:3] for line in lines[1:]] == [
        ["period", "customer", "movement"],
        ["2024-Q1", "Ada", "new"],
        ["2024-Q1", "Cyd", "new"],
    ]
    year = run("detail", ledger, "--period", "last_twelve_months", "--month", "2024-02..2024-03").output
    assert year.startswith("Movements of the 12 months to each month from 2024-02 to 2024-03\nperiod ")


@pytest.mark.parametrize(
    ("month", "sentence"),
    [
        ("2024-03..2024-01", "the first month 2024-03 is after the last one 2024-01"),
        ("2024-01..2024-07", "2024-07 is after 2024-03, the last month reported; to report it, set through to 2024-07"),
    ],
)
def test_months_that_cannot_be_are_refused_for_tables_of_a_month(ledger: str, month: str, sentence: str) -> None:
    result = run("segments", ledger, "--by", "plan", "--month", month)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"mrr-xl: {sentence}\n")


def test_segments_name_the_quarter_and_only_to_people(ledger: str) -> None:
    shown = run("segments", ledger, "--by", "plan", "--month", "2024-Q1", "--period", "quarter")
    assert shown.output.splitlines()[0] == "Movements of 2024-Q1 by plan"
    twelve = run("segments", ledger, "--by", "plan", "--period", "last_twelve_months")
    assert twelve.output.splitlines()[0] == "Movements of the 12 months to 2024-03 by plan"
    assert run("segments", ledger, "--by", "plan", "--format", "csv").output.startswith("segment,opening,new,")
    assert json.loads(run("segments", ledger, "--by", "plan", "--format", "json").output)[-1]["segment"] == "total"


def test_quarters_are_limits(ledger: str) -> None:
    def months(*words: str) -> list[str]:
        return [line.split(",")[0] for line in run(*words, "--format", "csv").output.splitlines()[1:]]

    assert months("movements", ledger, "--from", "2024-Q1", "--to", "Q1 2024") == ["2024-01", "2024-02", "2024-03"]
    assert months("metric", "new", ledger, "--month", "2024-Q1..2024-Q1") == ["2024-01", "2024-02", "2024-03"]
    assert months("movements", ledger, "--from", "2024-Q1", "--period", "quarter") == ["2024-Q1"]


def test_movements_of_a_year_that_is_not_over_say_so(ledger: str) -> None:
    shown = run("movements", ledger, "--period", "year", "--set", "through=2024-03")
    assert shown.exit_code == 0 and len(shown.output.splitlines()) == 2
    assert shown.stderr == (
        "mrr-xl: there is no year to show yet: the last complete one ends in 2023-12, and no line counts up to then; "
        "leave out --period to see the months since, and use mrr-xl check to see what was left out\n"
    )


def test_cohorts_leave_the_future_blank(ledger: str) -> None:
    lines = run("cohorts", ledger).output.splitlines()
    assert [line.split() for line in lines] == [
        ["cohort", "size", "0", "1", "2"],
        ["2024-01", "200.00", *["100.0", "%", "100.0", "%", "50.0", "%"]],
        ["2024-02", "50.00", *["100.0", "%", "120.0", "%"]],
    ]
    assert json.loads(run("cohorts", ledger, "--measure", "logos", "--period", "year", "--format", "json").output) == [
        {"cohort": "2024", "size": 3, "0": 1.0, "1": 1.0, "2": None}
    ]


BY = """\
customer,start,mrr,Plan,plan,Product name,product,sku
Ada,2024-01-01,10,P1,p1,n1,q1,s1
Bob,2024-01-01,20,P2,p2,n2,q2,s2
"""


@pytest.mark.parametrize(
    ("by", "values"),
    [
        ("plan", ["p2", "p1"]),
        ("Plan", ["P2", "P1"]),
        ("Product name", ["n2", "n1"]),
        ("product_name", ["n2", "n1"]),
        ("sku", ["s2", "s1"]),
        ("product", ["q2", "q1"]),
    ],
)
def test_the_header_that_is_typed_exactly_wins(tmp_path: Path, by: str, values: list[str]) -> None:
    (tmp_path / "by.csv").write_text(BY, encoding="utf-8")
    rows = json.loads(run("segments", str(tmp_path / "by.csv"), "--by", by, "--format", "json").output)
    assert [row["segment"] for row in rows] == [*values, "total"]
    _, parts = by_column([tmp_path / "by.csv"], by)  # as fill takes --by
    assert [part.name for part in parts] == values[::-1]
