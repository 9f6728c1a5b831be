"""A name that is nearly right: the command says what is wrong as ever, and asks whether another name was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from mrr_xl import MrrError, metric
from mrr_xl.cli import main

LEDGER = """\
Customer,Plan,Start,End,Amount
Ada,Pro,2024-01-01,,100
Bob,Basic,2024-01-15,2024-03-01,50
"""
COLUMNS = "the columns are Customer, Plan, Start, End, Amount"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sales.csv", "sales.xlsx", "budget.csv", "report.xlsx", "~$report.xlsx"):
        (tmp_path / name).write_text(LEDGER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def refused(*words: str) -> str:
    result = CliRunner().invoke(main, list(words))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    return result.stderr.removeprefix("mrr-xl: ").removesuffix("\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("segments sales.csv --by plam", f"there is no column 'plam'; {COLUMNS}; did you mean Plan?"),
        ("movements sales.csv --where plans=Pro", f"there is no column 'plans'; {COLUMNS}; did you mean Plan?"),
        (
            "movements sales.csv --map end=Ende",
            "end is said to be column 'Ende', which is not there; the header row has Customer, Plan, Start, End, "
            "Amount; did you mean End?",
        ),
        (
            "movements sales.csv --set as_of=monthstart",
            "setting as_of cannot be 'monthstart'; it must be one of month_end, month_start, any_day; did you mean "
            "month_start?",
        ),
        ("movements sale.csv", "there is no file sale.csv; did you mean sales.csv?"),
        ("movements sales.parquet", "there is no file sales.parquet; did you mean sales.csv?"),
        ("movements salse.parquet", "there is no file salse.parquet"),  # another kind under another name
        ("movements sale.xlsx", "there is no file sale.xlsx; did you mean sales.xlsx?"),
        ("fill reprot.xlsx sales.csv -o out.xlsx", "there is no file reprot.xlsx; did you mean report.xlsx?"),
    ],
)
def test_a_name_that_is_nearly_right(words: str, sentence: str) -> None:
    assert refused(*words.split()) == sentence


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("metric nrrr sales.csv", "MRR_NRR"),
        ("metric MRR_EXPANSIONS sales.csv", "MRR_EXPANSION"),
        ("metric retention sales.csv", "MRR_LOGO_RETENTION or MRR_ANNUAL_RETENTION"),
        ("movements sales.csv --set asof=month_start", "as_of"),
        ("movements sales.csv --map strt=Start", "start"),
        ("movements sales.csv --preset chartmogull", "chartmogul"),
        ("movements sales.csv --period quater", "quarter"),
    ],
)
def test_after_a_long_list_the_likely_names_are_said_again(words: str, meant: str) -> None:
    assert refused(*words.split()).endswith(f"; did you mean {meant}?")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("segments sales.csv --by region", f"there is no column 'region'; {COLUMNS}"),
        ("movements none.csv", "there is no file none.csv"),
        ("movements none/sales.csv", f"there is no file {Path('none/sales.csv')}"),
    ],
)
def test_where_no_name_is_near_nothing_is_asked(words: str, sentence: str) -> None:
    assert refused(*words.split()) == sentence


def test_in_python_and_in_cells_the_sentence_is_as_it_was() -> None:
    with pytest.raises(MrrError) as caught:
        metric("MRR", "sales.csv", where="plam=Pro")
    assert str(caught.value) == f"there is no column 'plam'; {COLUMNS}"
    assert caught.value.meant == ("Plan",)


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        ("movements sales.csv --by plan", "--by is an option of mrr-xl segments and fill"),
        ("cohorts sales.csv --month 2024-01", "--month is an option of mrr-xl metric and detail and segments"),
        ("metric nrr sales.csv --months 3", "An argument of the metric is given as --arg months=VALUE"),
        ("metric top sales.csv --n 3", "An argument of the metric is given as --arg n=VALUE"),
        ("metric mrr sales.csv --by plan", "An argument of the metric is given as --arg by=VALUE"),
        ("metric mrr sales.csv --jobs 2", "--jobs is an option of mrr-xl fill"),
    ],
)
def test_an_option_that_a_command_does_not_have_is_one_of_others(words: str, mend: str) -> None:
    assert refused(*words.split()) == f"No such option '{words.split()[-2]}'. {mend}"


def test_what_is_left_out_is_said_with_what_there_is() -> None:
    assert refused("segments", "sales.csv") == f"nothing says which column holds the segment; {COLUMNS}"
    assert refused("sql", "sales.csv") == (
        "say with --dialect whose SQL it is to be: bigquery, databricks, duckdb, postgres, snowflake, spark, trino"
    )
