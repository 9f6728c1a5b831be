"""How a command ends when it can't go on: one sentence, and the exit code that says why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from mrr_xl.cli import main

LEDGER = "customer,start,mrr\nAda,2024-01-01,100\n"
COMMAND = [sys.executable, "-m", "mrr_xl"]


class Panic(BaseException):
    """As a panic in Polars, which is no Exception."""


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    path = tmp_path / "ledger.csv"
    path.write_text(LEDGER)
    return str(path)


@pytest.mark.parametrize(
    "fault", [ZeroDivisionError("by\nnothing"), Panic("at row 5"), OSError(5, "Input/output error")]
)
def test_a_fault_of_ours_is_a_sentence(ledger: str, monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    def broken(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("mrr_xl.rollforward.book.open_book", broken)
    ended = CliRunner().invoke(main, ["movements", ledger])
    told = " ".join(f"{type(fault).__name__}: {fault}".split())
    assert ended.stderr == (
        f"mrr-xl: {told}; this is a fault of mrr_xl, not of your data: please report it, with the command\n"
    )
    assert ended.exit_code == 2


def test_ctrl_c_ends_a_command_with_130(ledger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mrr_xl.rollforward.book.open_book", stopped)
    ended = CliRunner().invoke(main, ["movements", ledger])
    assert (ended.exit_code, ended.stderr) == (130, "mrr-xl: stopped\n")


if sys.platform != "win32":

    @pytest.mark.parametrize("after", [0.15, 0.3, 0.6, 1.0])
    def test_ctrl_c_in_the_first_second_is_no_traceback(tmp_path: Path, after: float) -> None:
        """A program that Python has not begun yet is ended by the signal itself; a shell calls that 130, too."""
        process = subprocess.Popen(
            [*COMMAND, "movements", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
        assert process.returncode in (130, -signal.SIGINT)
        assert stderr in ("mrr-xl: stopped\n", "") or after < 0.3

    def test_ctrl_c_within_an_import_is_no_failure_of_a_library(tmp_path: Path) -> None:
        stopped = "import os, signal\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\nfinally:\n    raise ImportError\n"
        (tmp_path / "click.py").write_text(stopped)
        ended = subprocess.run(
            [*COMMAND, "movements"], env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True
        )
        assert (ended.returncode, ended.stderr) == (130, "mrr-xl: stopped\n")

    @pytest.mark.parametrize("words", [["movements"], ["check"], ["metric", "MRR"], ["movements", "--format", "csv"]])
    def test_an_output_that_is_full_is_a_sentence(ledger: str, words: list[str]) -> None:
        with open("/dev/full", "w") as full:
            ended = subprocess.run(
                [*COMMAND, words[0], *words[1:], ledger], stdout=full, stderr=subprocess.PIPE, text=True
            )
        assert ended.stderr == "mrr-xl: the output can't be written (No space left on device)\n"
        assert ended.returncode == 2

    CLOSED = "mrr-xl: the output can't be written (Bad file descriptor)\n"
    FULL = "mrr-xl: the output can't be written (No space left on device)\n"

    def in_shell(words: str, *data: str) -> tuple[int, str, str]:
        """Exit code, standard output and stderr of a command in a shell, in which $1 is the first of data."""
        command = ["bash", "-c", f"exec {sys.executable} -m mrr_xl {words}", "bash", *data]
        ended = subprocess.run(command, capture_output=True, text=True)
        return ended.returncode, ended.stdout, ended.stderr

    @pytest.mark.parametrize("words", ["movements $1", "check $1", "metric MRR $1", "--help", "--version", ""])
    def test_an_output_that_is_closed_is_one_that_can_not_be_written(ledger: str, words: str) -> None:
        """It ended with 0, though nobody got the figures."""
        assert in_shell(f"{words} >&-", ledger) == (2, "", CLOSED)

    @pytest.mark.parametrize("words", ["--help", "--version", ""])
    def test_help_for_an_output_that_is_full_is_a_sentence(words: str) -> None:
        assert in_shell(f"{words} >/dev/full") == (2, "", FULL)

    @pytest.mark.parametrize(
        "words", ["movements nosuch.csv", "movements --nosuch", "nosuch", "movements $1 >/dev/full"]
    )
    @pytest.mark.parametrize("stderr", ["2>/dev/full", "2>&-", "2>/dev/null"])
    def test_a_mistake_that_can_not_be_told_ends_with_2_all_the_same(ledger: str, words: str, stderr: str) -> None:
        assert in_shell(f"{words} {stderr}", ledger) == (2, "", "")

    def test_what_is_printed_is_printed_also_without_input_and_stderr(ledger: str) -> None:
        figure = in_shell("metric MRR $1 --month 2024-01", ledger)
        assert figure == (0, "100.0\n", "")
        assert in_shell("metric MRR $1 --month 2024-01 <&- 2>&-", ledger) == figure
        assert in_shell("metric MRR $1 --month 2024-01 2>/dev/full", ledger) == figure

    def test_a_reader_that_has_enough_ends_it_quietly(ledger: str) -> None:
        shell = f"{sys.executable} -m mrr_xl functions | head -1"
        ended = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)
        assert (ended.stdout.split()[0], ended.stderr) == ("function", "")
