"""Nothing goes out: every command, `import mrr_xl` and every function of a cell run where no network can be reached.

Only what a user names by its URL is connected to.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import duckdb
import polars as pl
import pytest

from mrr_xl.cli import main
from support.no_network import ENDED, KERNEL, run_without_network
from support.small_workbook import small_workbook

ROWS = """\
customer,start,end,amount,interval,company,currency
Ada,2024-01-01,,100,month,North,EUR
Ben,2024-02-01,2024-05-01,600,year,North,EUR
Cem,2024-03-01,,70,month,South,EUR
"""
MRR_XL = [sys.executable, "-m", "mrr_xl"]

#: Each command as a user gives it; a new command without a line here fails the test below.
COMMANDS = [
    "--version",
    "addin calc",
    "addin excel --install",
    "addin lite",
    "addin lite -o lite --wheel https://example.com/mrr_xl-1.0-py3-none-any.whl",
    "addin server",
    "check all.csv --save",
    "cohorts all.csv",
    "demo --months 2",
    "detail all.csv --movement new",
    "fill t.xlsx all.csv -o out.xlsx --values",
    "fill t.xlsx all.csv --by company -o {company}.xlsx --jobs 2",
    "forecast all.csv --method naive",
    "functions",
    "metric MRR all.csv",
    "movements all.csv",
    "movements all.csv --rates rates.csv --format json",
    "movements all.xlsx",
    "movements all.jsonl",
    "movements all.parquet",
    "movements all.duckdb",
    "movements all.sqlite",
    "movements -",
    "movements several",
    "segments all.csv --by company",
    "sql all.csv --dialect duckdb",
    "template report.xlsx --months 2 --data all.csv",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    (folder / "all.csv").write_text(ROWS)
    (folder / "rates.csv").write_text("currency,rate\nUSD,1\nEUR,1.1\n")
    (folder / "several").mkdir()
    for number in ("1", "2"):
        (folder / "several" / f"{number}.csv").write_text(ROWS.replace(",100,", f",{number}00,"))
    frame = pl.read_csv(folder / "all.csv", try_parse_dates=True)
    frame.write_parquet(folder / "all.parquet")
    frame.write_ndjson(folder / "all.jsonl")
    with duckdb.connect(folder / "all.duckdb") as database:
        database.execute(f"create table subscriptions as from read_csv('{folder / 'all.csv'}')")
    database = sqlite3.connect(folder / "all.sqlite")
    frame.with_columns(pl.col("start", "end").cast(pl.String)).to_pandas(use_pyarrow_extension_array=False).to_sql(
        "subscriptions", database
    )
    database.close()
    small_workbook(folder / "all.xlsx", ["Customer", "Start", "MRR"])
    small_workbook(folder / "t.xlsx", ["Customer", "Start", "End", "Amount", "Interval"])
    (folder / "Microsoft" / "Excel").mkdir(parents=True)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "folder")


def leaves(command: click.Command, name: str = "") -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield name
        return
    for part, below in command.commands.items():
        yield from leaves(below, f"{name} {part}".strip())


def test_every_command_is_among_them() -> None:
    asked = [" ".join(command.split()[:2]) for command in COMMANDS]
    absent = [leaf for leaf in leaves(main) if not any(f"{words} ".startswith(f"{leaf} ") for words in asked)]
    assert absent == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_asks_nothing_of_the_network(folder: Path, command: str) -> None:
    ended = run_without_network([*MRR_XL, *command.split()], folder, given=ROWS.encode(), APPDATA=str(folder))
    assert (ended.code, ended.asked) == (0, []), ended.stderr


def test_the_import_and_every_function_of_a_cell_ask_nothing_either(folder: Path) -> None:
    """Every module, then every function with each kind of argument, as `mrr-xl fill` computes it in a workbook."""
    code = """
import importlib, pkgutil
import mrr_xl
for module in pkgutil.walk_packages(mrr_xl.__path__, "mrr_xl."):
    if module.name not in ("mrr_xl.hosts.calc.component", "mrr_xl.hosts.server"):
        importlib.import_module(module.name)
from mrr_xl.metrics import REGISTRY
from support.calls import CALLS
from support.host_headless import answers
assert {call.function for call in CALLS} == set(REGISTRY)
assert len(answers(CALLS)) == len(CALLS) > 50
"""
    ended = run_without_network([sys.executable, "-W", "ignore", "-c", code], folder)
    assert (ended.code, ended.asked) == (0, []), ended.stderr


def test_the_process_that_computes_for_calc_asks_nothing(folder: Path) -> None:
    """LibreOffice talks to it through a pipe; it takes no PYTHONPATH, so that the kernel alone watches it."""
    code = """
import sys
from mrr_xl.hosts.calc.component import Server
server = Server(lambda: sys.executable)
print(server.answer("MRR", [(("customer", "start", "mrr"), ("Ada", 45292.0, 100.0)), 45292.0]))
server.stop()
"""
    ended = run_without_network([sys.executable, "-c", code], folder)
    assert (ended.code, ended.stdout, ended.asked) == (0, "100.0\n", []), ended.stderr


# The guards see what they are there for


def test_a_url_is_connected_to_and_nothing_else(folder: Path) -> None:
    ended = run_without_network([*MRR_XL, "movements", "mysql://127.0.0.1:1/billing#subscriptions"], folder)
    assert ended.asked == ["getaddrinfo 127.0.0.1 1"] or ended.asked == ["connect ('127.0.0.1', 1)"]
    assert ended.code != 0


def test_python_s_own_attempts_are_seen_in_the_processes_of_a_command_too(folder: Path) -> None:
    (folder / "spawns.py").write_text(
        """
import multiprocessing, socket, urllib.request
def ask():
    try:
        socket.create_connection(("127.0.0.1", 1))
    except OSError:
        pass
if __name__ == "__main__":
    child = multiprocessing.get_context("spawn").Process(target=ask)
    child.start()
    child.join()
    try:
        urllib.request.urlopen("http://localhost:1")
    except OSError:
        pass
"""
    )
    ended = run_without_network([sys.executable, "spawns.py"], folder, kernel=False)
    assert (ended.code, ended.asked) == (0, ["getaddrinfo 127.0.0.1 1", "getaddrinfo localhost 1"])


if KERNEL:

    @pytest.mark.parametrize(
        "command",
        [
            [shutil.which("bash") or "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/1"],
            [sys.executable, "-c", "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)"],
            [*MRR_XL, "movements", "postgresql://127.0.0.1:1/billing#subscriptions"],  # in C: Python does not see it
        ],
        ids=["bash", "Python", "a library in C"],
    )
    def test_the_kernel_ends_whatever_opens_a_socket(folder: Path, command: list[str]) -> None:
        assert run_without_network(command, folder).code == ENDED

    def test_sockets_within_the_machine_are_left_alone(folder: Path) -> None:
        code = "import socket; socket.socketpair(); print('fine')"
        ended = run_without_network([sys.executable, "-c", code], folder)
        assert (ended.code, ended.stdout, ended.asked) == (0, "fine\n", [])
