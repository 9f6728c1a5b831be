"""Problems beside figures: on standard error, a line each, five at most; what standard output carries is unharmed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mrr_xl.cli import main

TWO = """\
customer,start,mrr,trial_over,Market
Ada,2024-01-01,100,2024-02-01,USD
Bob,2024-01-01,50,,JPY
"""
TRIAL = (
    "mrr-xl: problem: column trial_over looks like a trial and is not used: fill in a column trial end, or "
    "give the trial a line of its own with the status trialing; if it does not matter, set ignore to trial_over"
)
MARKET = (
    "mrr-xl: problem: column Market looks like a currency and is not used: name it currency; if it does not matter, "
    "set ignore to Market"
)


def run(folder: Path, text: str, command: str, *args: str) -> Result:
    (folder / "ledger.csv").write_text(text, encoding="utf-8")
    words = command.split()
    return CliRunner().invoke(main, [*words, str(folder / "ledger.csv"), *args])


@pytest.mark.parametrize(
    "command",
    ["movements", "metric MRR", "detail", "cohorts", "forecast --months 2 --method naive", "segments --by Market"],
)
def test_every_command_prints_the_problems_and_its_figures(tmp_path: Path, command: str) -> None:
    result = run(tmp_path, TWO, command)
    assert result.stderr.splitlines() == [TRIAL, MARKET]
    assert result.stdout
    assert result.exit_code == 0


@pytest.mark.parametrize("style", ["csv", "json", "table"])
def test_standard_output_is_what_it_is_without_the_problems(tmp_path: Path, style: str) -> None:
    with_problems = run(tmp_path, TWO, "movements", "--format", style)
    without = run(tmp_path, TWO, "movements", "--format", style, "--set", "ignore=trial_over, Market")
    assert with_problems.stdout == without.stdout
    assert (without.stderr, without.exit_code) == ("", 0)
    if style == "json":
        assert [row["closing"] for row in json.loads(with_problems.stdout)] == [150.0]


def test_of_many_problems_five_are_printed_and_how_many_more_there_are(tmp_path: Path) -> None:
    trials = [f"trial {number}" for number in range(7)]
    text = ",".join(["customer", "start", "mrr", *trials]) + "\nAda,2024-01-01,100" + ",yes" * 7 + "\n"
    lines = run(tmp_path, text, "movements").stderr.splitlines()
    assert [line.split(" looks")[0] for line in lines[:5]] == [f"mrr-xl: problem: column {name}" for name in trials[:5]]
    assert lines[5:] == ["mrr-xl: and 2 more; mrr-xl check shows them all"]


def test_five_problems_are_all_printed(tmp_path: Path) -> None:
    text = "customer,start,mrr,trial 1,trial 2,trial 3,trial 4,trial 5\nAda,2024-01-01,100,y,y,y,y,y\n"
    assert len(run(tmp_path, text, "metric MRR").stderr.splitlines()) == 5


def test_check_shows_the_problems_first_and_ends_with_what_to_do(tmp_path: Path) -> None:
    result = run(tmp_path, TWO, "check")
    lines = result.stdout.splitlines()
    assert [line.split("  ")[0] for line in lines[1:3]] == ["column trial_over", "column Market"]
    assert lines[-1].startswith("2 problems, ")
    assert lines[-1].endswith(
        "the figures may be wrong. Do what each problem says, in the file or with --set, and check again."
    )
    assert (result.exit_code, result.stderr) == (1, "")


def test_check_of_a_file_without_problems_says_so(tmp_path: Path) -> None:
    result = run(tmp_path, "customer,start,mrr\nAda,2024-01-01,100\n", "check")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("No problems, ")


@pytest.mark.parametrize("style", ["csv", "json"])
def test_check_keeps_what_to_do_out_of_csv_and_json(tmp_path: Path, style: str) -> None:
    result = run(tmp_path, TWO, "check", "--format", style)
    assert "Do what each problem says" not in result.stdout
    assert result.stderr.startswith("2 problems, ")
    assert result.exit_code == 1
    if style == "json":
        assert [row["result"] for row in json.loads(result.stdout)[:2]] == ["problem", "problem"]


def test_notes_stay_quiet(tmp_path: Path) -> None:
    text = "customer,start,end,amount\nAda,2024-01-01,2024-01-20,100\nAda,2024-02-01,,100\n"
    result = run(tmp_path, text, "movements")
    assert result.stderr == ""


def test_a_refusal_is_one_line_and_no_problem_beside_it(tmp_path: Path) -> None:
    result = run(tmp_path, TWO, "movements", "--from", "2030-01")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1


def test_a_wrong_discount_in_a_column_of_percentages_is_asked_about(tmp_path: Path) -> None:
    result = run(tmp_path, "customer,start,amount,discount_percent\nAda,2024-01-01,99.8,0.2\n", "movements")
    assert result.stderr == (
        "mrr-xl: row 2, column discount_percent: '0.2' may be a fraction or a percentage; write it with its sign, such "
        "as 20%, or rename the column discount\n"
    )
    assert (result.exit_code, result.stdout) == (2, "")


def test_check_tells_all_mistakes_of_a_file_and_other_commands_the_first(tmp_path: Path) -> None:
    text = "customer,start,mrr,status\nAda,soon,100,active\nBob,2024-01-01,-5,active\nCyd,2024-01-01,5,odd\n"
    mistakes = [
        "mrr-xl: row 2, column start: 'soon' is not a date; write it as 2024-03-15",
        "mrr-xl: row 3, column mrr: '-5' is negative; enter reductions in a column discount",
        "mrr-xl: row 4, column status: 'odd' is not a known status",
    ]
    told, first = run(tmp_path, text, "check"), run(tmp_path, text, "movements")
    assert [line.partition("; the known ones")[0] for line in told.stderr.splitlines()] == mistakes
    assert first.stderr.splitlines() == mistakes[:1]
    assert (told.stdout, told.exit_code, first.exit_code) == ("", 2, 2)
