"""Figures as people read them: percentages, thousands, several months, losses in red; programs get them as they are."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mrr_xl.cli import main
from mrr_xl.metrics import REGISTRY

#: Ada pays 1,500 and less from March on; Bob leaves in March; Cyd joins in February of the year after.
LEDGER = """\
customer,start,end,mrr
Ada,2023-01-01,2024-03-01,1500
Ada,2024-03-01,,1250.5
Bob,2023-01-01,2024-03-01,500
Cyd,2024-02-01,,400
"""


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    path = tmp_path / "ledger.csv"
    path.write_text(LEDGER, encoding="utf-8")
    return str(path)


def run(*words: str) -> str:
    result = CliRunner().invoke(main, list(words))
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def refused(*words: str) -> str:
    result = CliRunner().invoke(main, list(words))
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


@pytest.mark.parametrize(
    ("name", "month", "shown", "in_csv"),
    [
        ("nrr", "2024-03", "62.5 %", "0.62525"),  # 1,250.50 of the 2,000 of March 2023
        ("growth", "2024-03", "-31.2 %", "-0.3122916666666667"),
        ("growth", "2024-01", "0.0 %", "0.0"),
        ("growth", "2023-01", "#N/A", "#N/A"),
        ("mrr", "2024-03", "1,650.5", "1650.5"),
        ("mrr", "2024-02", "2,400.0", "2400.0"),
        ("net new", "2024-03", "-749.5", "-749.5"),
        ("customers", "2024-03", "2", "2"),
        ("quick ratio", "2024-03", "0.0", "0.0"),
        ("last month", "2024-03", "2024-03", "2024-03"),
    ],
)
def test_one_figure(ledger: str, name: str, month: str, shown: str, in_csv: str) -> None:
    words = ["metric", name, ledger, "--month", month, "--set", "through=2024-03"]
    assert run(*words) == f"{shown}\n"
    assert run(*words, "--format", "csv") == f"{in_csv}\n"
    value = json.loads(run(*words, "--format", "json"))
    assert value == {next(iter(value)): None if in_csv == "#N/A" else in_csv if name == "last month" else float(in_csv)}


NRR = ["metric", "nrr", "--set", "through=2024-03"]


@pytest.mark.parametrize("months", ["--month 2024-01..2024-03", "--from 2024-01 --to 2024-03", "--month 2024-01.."])
def test_several_months_are_a_row_each(ledger: str, months: str) -> None:
    assert run(*NRR, ledger, *months.split()).splitlines() == [
        "month    MRR NRR",
        "2024-01  100.0 %",
        "2024-02  100.0 %",
        "2024-03   62.5 %",
    ]


def test_of_several_months_csv_and_json_have_the_fractions(ledger: str) -> None:
    months = ["--from", "2024-02", "--to", "2024-03"]
    assert run(*NRR, ledger, *months, "--format", "csv").splitlines() == [
        "month,MRR_NRR", "2024-02,1.0", "2024-03,0.62525",
    ]  # fmt: skip
    assert json.loads(run(*NRR, ledger, *months, "--format", "json")) == [
        {"month": "2024-02", "MRR_NRR": 1.0},
        {"month": "2024-03", "MRR_NRR": 0.62525},
    ]


def test_without_the_first_or_the_last_month_all_are_shown(ledger: str) -> None:
    through = ["--set", "through=2024-03"]
    assert run("metric", "customers", ledger, "--to", "2023-02", *through).split() == [
        "month", "MRR", "CUSTOMERS", "2023-01", "2", "2023-02", "2",
    ]  # fmt: skip
    assert run("metric", "mrr", ledger, "--from", "2024-03", *through).split()[2:] == ["2024-03", "1,650.50"]


def test_a_half_is_rounded_as_a_spreadsheet_rounds_it(tmp_path: Path) -> None:
    """250.50 × 1.17 = 293.085, which as a binary number is a little less; Excel and LibreOffice show 293.09."""
    path = tmp_path / "ledger.csv"
    path.write_text("customer,start,end,mrr\nAda,2024-01-01,,1000\nBob,2024-02-01,2024-03-01,293.085\n")
    shown = run("movements", str(path), "--set", "through=2024-03")
    assert [line.split()[1:3] + line.split()[6:8] for line in shown.splitlines()[1:4]] == [
        ["0.00", "1,000.00", "0.00", "1,000.00"],
        ["1,000.00", "293.09", "0.00", "1,293.09"],
        ["1,293.09", "0.00", "-293.09", "1,000.00"],
    ]
    assert "293.085," in run("movements", str(path), "--set", "through=2024-03", "--format", "csv")


def test_several_quarters(ledger: str) -> None:
    words = ["metric", "churn", ledger, "--from", "2023-12", "--period", "quarter", "--set", "through=2024-03"]
    assert [line.split() for line in run(*words).splitlines()] == [
        ["period", "MRR", "CHURN"],
        ["2023-Q4", "0.00"],
        ["2024-Q1", "-500.00"],
    ]


def test_a_table_of_months_has_those_that_are_asked_for(ledger: str) -> None:
    rows = csv.DictReader(
        io.StringIO(run("metric", "movements", ledger, "--month", "2024-02..2024-03", "--format", "csv"))
    )
    assert [(row["month"], row["closing"]) for row in rows] == [("2024-02", "2400.0"), ("2024-03", "1650.5")]


def test_what_is_no_figure_of_each_month_says_so(ledger: str) -> None:
    assert refused("metric", "top", ledger, "--to", "2024-03") == (
        "mrr-xl: MRR_TOP is not a figure of each month; leave out --from and --to, and .. in --month\n"
    )
    assert refused("metric", "mrr", ledger, "--month", "2024-03", "--from", "2024-01") == (
        "mrr-xl: --month says which month; leave out --month, or --from and --to\n"
    )
    assert refused("metric", "mrr", ledger, "--month", "2024-03..2024-01") == (
        "mrr-xl: the first month 2024-03 is after the last one 2024-01\n"
    )


def test_from_is_a_billing_system_as_before(ledger: str) -> None:
    assert refused("metric", "mrr", ledger, "--from", "stripe").startswith("mrr-xl: this is no export of stripe")


def test_tables_have_their_shares_as_percentages(ledger: str) -> None:
    top = ["metric", "top", ledger, "--month", "2024-02"]
    assert [line.split() for line in run(*top).splitlines()] == [
        ["rank", "customer", "mrr", "share", "cumulative", "share"],
        ["1", "Ada", "1,500.00", "62.5", "%", "62.5", "%"],
        ["2", "Bob", "500.00", "20.8", "%", "83.3", "%"],
        ["3", "Cyd", "400.00", "16.7", "%", "100.0", "%"],
    ]
    assert run(*top, "--format", "csv").splitlines()[1] == "1,Ada,1500.0,0.625,0.625"
    cohorts = ["cohorts", ledger, "--period", "year", "--set", "through=2024-03"]
    assert run(*cohorts).splitlines()[1].split()[:4] == ["2023", "2,000.00", "100.0", "%"]
    assert run(*cohorts, "--format", "csv").splitlines()[1].startswith("2023,2000.0,1.0,1.0,")


def test_a_backtest_has_its_errors_as_percentages(ledger: str) -> None:
    words = ["forecast", ledger, "--backtest", "--method", "naive", "--set", "through=2024-03"]
    assert run(*words).splitlines()[1] == "naive         1        3          20.7 %   9.6 %       20.7 %  no"
    assert run(*words, "--format", "csv").splitlines()[1].split(",")[3].startswith("0.2069")


def test_only_fractions_are_percentages() -> None:
    """A table says which of its columns are; no other unit has any."""
    rates = {name for name, metric in REGISTRY.items() if any(map(metric.is_rate, ("share", "bias", "0")))}
    assert rates == {"MRR_TOP", "MRR_BACKTEST", "MRR_COHORTS"}
    assert not any(metric.is_rate("mrr") or metric.is_rate("size") for metric in REGISTRY.values())


#: The command on a terminal of its own, which shows what it prints.
ON_TERMINAL = """
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn([sys.executable, "-m", "mrr_xl", *sys.argv[1:]])))
"""


def on_terminal(*words: str, **surroundings: str) -> list[str]:
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"} | surroundings
    asked = [sys.executable, "-c", ON_TERMINAL, *words]
    done = subprocess.run(asked, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=True)
    return done.stdout.decode().splitlines()


RED = "\x1b[31m{}\x1b[0m"


@pytest.mark.posix  # pty
def test_a_loss_is_red_on_a_terminal(ledger: str) -> None:
    march = ["movements", ledger, "--from", "2024-03", "--to", "2024-03"]
    shown = on_terminal(*march)[1]
    contraction, churn = RED.format("    -249.50"), RED.format("-500.00")
    assert shown == f"2024-03  2,400.00  0.00          0.00       0.00  {contraction}  {churn}  1,650.50          2"
    assert on_terminal("metric", "growth", ledger, "--month", "2024-03") == [RED.format("-31.2 %")]


@pytest.mark.posix
def test_the_closing_mrr_is_drawn_under_the_movements_on_a_terminal(ledger: str) -> None:
    last = ["movements", ledger, "--from", "2023-12", "--to", "2024-03"]
    assert on_terminal(*last)[-1] == "closing  ▄▄█▁"  # 2,000, 2,000, 2,400, 1,650.50


@pytest.mark.posix
@pytest.mark.parametrize(
    ("words", "surroundings"),
    [
        (["--format", "csv"], {}),
        (["--from", "2024-03"], {}),  # one month is no line
        ([], {"PYTHONIOENCODING": "ascii"}),
    ],
)
def test_where_there_is_nothing_to_draw_or_to_draw_with_there_is_no_line(
    ledger: str, words: list[str], surroundings: dict[str, str]
) -> None:
    assert not any("closing  " in line for line in on_terminal("movements", ledger, *words, **surroundings)[1:])


def test_nothing_is_drawn_into_a_pipe(ledger: str) -> None:
    assert run("movements", ledger, "--from", "2024-01", "--to", "2024-03").splitlines()[-1].startswith("2024-03  ")


@pytest.mark.posix
def test_no_color_and_pipes_get_no_colours(ledger: str) -> None:
    growth = ["metric", "growth", ledger, "--month", "2024-03"]
    assert on_terminal(*growth, NO_COLOR="1") == ["-31.2 %"]
    assert on_terminal(*growth, "--format", "csv") == ["-0.3122916666666667"]
    piped = subprocess.run([sys.executable, "-m", "mrr_xl", *growth], capture_output=True, text=True, check=True)
    assert piped.stdout == "-31.2 %\n"
