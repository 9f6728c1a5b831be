"""What the command says about itself: what to do first, and of each command a whole sentence and examples."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from mrr_xl.cli import main
from support import ROOT

HELP = click.Context(main, info_name="mrr-xl")
GROUPS: list[tuple[str, click.Group]] = [("mrr-xl", main)]
GROUPS += [(f"mrr-xl {name}", group) for name, group in main.commands.items() if isinstance(group, click.Group)]
COMMANDS = {
    f"{called} {name}": command
    for called, group in GROUPS
    for name, command in group.commands.items()
    if not isinstance(command, click.Group)
}


def run(*args: str, width: int = 80) -> Result:
    return CliRunner().invoke(main, list(args), terminal_width=width)


def examples(command: click.Command) -> list[str]:
    return [line.strip() for line in (command.epilog or "").splitlines() if line.startswith("  mrr-xl ")]


def test_the_command_alone_says_what_to_do_first() -> None:
    shown = run()
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert shown.stdout.splitlines()[:5] == [
        "MRR (monthly recurring revenue) from a file of subscriptions. What to do first:",
        "",
        "  mrr-xl demo",
        "      writes a report of made-up subscriptions, to look around in",
        "  mrr-xl check yours.csv",
    ]
    assert max(map(len, shown.stdout.splitlines())) < 80
    for line in shown.stdout.splitlines():
        if line.startswith("  mrr-xl "):
            assert shlex.split(line)[1] in main.commands


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize(("called", "group"), GROUPS, ids=[called for called, _ in GROUPS])
def test_no_sentence_of_a_list_of_commands_is_cut_off(called: str, group: click.Group, width: int) -> None:
    words = run(*called.split()[1:], "--help", width=width).stdout.split()
    assert not any(word.endswith("...") and word != "[ARGS]..." for word in words)
    for command in group.commands.values():
        sentence = (command.help or "").split("\n\n")[0].partition(". ")[0].split()
        assert "".join(sentence) in "".join(words)  # a line may end after a hyphen


@pytest.mark.parametrize("called", COMMANDS)
def test_the_help_of_a_command_ends_with_examples(called: str) -> None:
    command = COMMANDS[called]
    assert examples(command)
    heading = "Example:" if len(examples(command)) == 1 else "Examples:"
    end = run(*called.split()[1:], "--help", width=30).stdout.splitlines()[-len(examples(command)) - 1 :]
    assert [line.strip() for line in end] == [heading, *examples(command)]
    for example in examples(command):
        assert example == called or example.startswith(f"{called} ")
        command.make_context(called, shlex.split(example)[len(called.split()) :], parent=HELP).close()


@pytest.mark.parametrize("name", ["movements", "metric", "detail", "segments", "cohorts", "forecast", "check"])
def test_the_examples_of_figures_print_some(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(ROOT / "workbook" / "subscriptions.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    for example in examples(COMMANDS[f"mrr-xl {name}"]):
        shown = run(*shlex.split(example)[1:])
        assert shown.exit_code == 0 and shown.stdout, shown.stderr


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("mrr-xl ", set(main.commands)),
        ("mrr-xl seg", {"segments"}),
        ("mrr-xl movements --fo", {"--format"}),
        ("mrr-xl movements --format ", {"table", "csv", "json"}),
        ("mrr-xl metric net_n", {"net_new"}),
        ("mrr-xl functions quick", {"quick_ratio"}),
        ("mrr-xl movements --set grace", {"grace_days="}),
        ("mrr-xl check --preset chart", {"chartmogul"}),
        ("mrr-xl metric nrr data.csv --period last", {"last_twelve_months"}),
    ],
)
def test_a_shell_completes_commands_options_and_words(typed: str, offered: set[str]) -> None:
    asked = {"_MRR_XL_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split(" ")) - 1)}
    shown = CliRunner().invoke(main, [], prog_name="mrr-xl", env=asked).stdout
    assert {line.removeprefix("plain,") for line in shown.splitlines()} == offered
