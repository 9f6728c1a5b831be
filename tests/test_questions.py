"""What docs/questions.md answers, tried."""

from __future__ import annotations

from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

import mrr_xl
from mrr_xl.cli import main
from mrr_xl.errors import MrrError
from support.ledgers import ledger

ADA = """
customer  start       end  mrr  plan
Ada       2024-01-01  -    100  Team
Bob       2024-02-01  -    30   Solo
"""
MONTHS = ["Jan", "Feb", "Mar"]


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, words)
    return result.exit_code, result.stdout + result.stderr


@pytest.fixture
def ada(tmp_path: Path) -> str:
    ledger(ADA).write_csv(tmp_path / "ada.csv")
    return str(tmp_path / "ada.csv")


def test_a_figure_of_a_later_month_is_undefined_and_a_range_or_a_table_of_it_a_mistake(ada: str) -> None:
    assert run("metric", "last month", ada) == (0, "2024-02\n")
    assert run("metric", "mrr", ada, "--month", "2024-03") == (0, "#N/A\n")
    for words in (
        ("metric", "mrr", ada, "--month", "2024-01..2024-03"),
        ("segments", ada, "--by", "plan", "--month", "2024-03"),
        ("detail", ada, "--month", "2024-03"),
    ):
        code, said = run(*words)
        assert code == 2 and "2024-03 is after 2024-02, the last month reported" in said


def test_the_last_month_is_that_of_the_last_start_or_end_if_through_names_no_other(ada: str) -> None:
    assert run("metric", "mrr", ada, "--month", "2024-03", "--set", "through=2024-03") == (0, "130.0\n")
    assert mrr_xl.last_month(ledger("customer start end mrr\n Ada 2024-01-01 2024-05-17 1\n Bob 2024-01-01 - 1")) == (
        pd.Period("2024-05", "M")
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ada ltd", "Ada Ltd and ada ltd differ in case only and are counted apart"),
        ("Ada  Ltd", "Ada  Ltd and Ada Ltd look alike and are counted apart"),
        ("Ada Ltd.", "none alike"),
    ],
)
def test_names_count_as_they_are_written_and_an_id_is_the_better_customer(name: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text(f"customer,Ref,start,mrr\nAda Ltd,7,2024-01-01,1\n{name},7,2024-01-01,2\n", encoding="utf-8")
    assert says in run("check", str(path))[1]
    assert mrr_xl.customers(path, "2024-01") == 2
    assert mrr_xl.customers(path, "2024-01", columns={"customer": "Ref"}) == 1


def test_which_of_two_columns_means_customer_is_said_and_the_other_is_any_column(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("customer,client,start,mrr\nAda,North,2024-01-01,1\nBob,North,2024-01-01,2\n", encoding="utf-8")
    assert "both mean customer" in run("metric", "mrr", str(path))[1]
    picked = ("--map", "customer=client", "--where", "customer=Bob")
    assert run("metric", "mrr", str(path), *picked) == (0, "2.0\n")


@pytest.mark.parametrize("with_year", [True, False])
def test_a_sheet_for_each_year_is_read_if_its_headers_have_the_year(with_year: bool, tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for year in (2023, 2024):
        sheet = workbook.create_sheet(str(year))
        sheet.append(["Customer", *(f"{month} {year}" if with_year else month for month in MONTHS)])
        sheet.append(["Ada", 5, 5, 5])
    workbook.save(tmp_path / "years.xlsx")
    read = run("metric", "mrr", str(tmp_path / "years.xlsx"), "--sheet", "*")
    assert read == (0, "5.0\n") if with_year else read[0] == 2


@pytest.mark.parametrize("word", ["ongoing", "open", "-", "9999-12-31"])
def test_words_for_no_end(word: str) -> None:
    assert mrr_xl.mrr(ledger(ADA).to_pandas().assign(end=[word, None]), "2024-02") == 130


@pytest.mark.parametrize("word", ["infinity", "2999-12-31"])
def test_what_is_no_end_is_a_mistake_at_its_row(word: str) -> None:
    with pytest.raises(MrrError, match=f"^row 2, column end: '{word}' is "):
        mrr_xl.mrr(ledger(ADA).to_pandas().assign(end=[word, None]), "2024-02")


def test_a_query_that_gives_no_end_for_infinity_and_a_text_for_an_interval() -> None:
    made = duckdb.connect().sql(
        """select 'Ada' customer, date '2024-01-01' "start", 'infinity'::date "end", 300 amount, interval 3 month term
        """
    )
    with pytest.raises(MrrError, match=r"^column end: 'infinity' is outside the years"):
        mrr_xl.mrr(made.project("* exclude term"), "2024-01")
    with pytest.raises(MrrError, match=r"^column interval holds spans of time"):
        mrr_xl.mrr(made.project('customer, "start", amount, term "interval"'), "2024-01")
    mended = made.project('customer, "start", nullif("end", \'infinity\') "end", amount, term::varchar "interval"')
    assert mrr_xl.mrr(mended, "2024-01") == 100


def test_a_mask_is_no_condition_but_picks_the_rows_before() -> None:
    frame = ledger(ADA).to_pandas()
    with pytest.raises(MrrError, match=r"^condition .* can't be read; write it as plan=Pro or region<>US$"):
        mrr_xl.mrr(frame, "2024-02", where=frame["plan"] == "Team")
    team = frame[frame["plan"] == "Team"]
    assert mrr_xl.mrr(team, "2024-02", through="2024-02") == mrr_xl.mrr(frame, "2024-02", where="plan=Team") == 100


@pytest.mark.parametrize(
    "months", [pd.period_range("2024-01", periods=2, freq="M"), pd.date_range("2024", periods=2, freq="MS")]
)
def test_months_as_names_of_columns_become_texts(months: pd.Index) -> None:
    frame = pd.DataFrame([[1.0, 2.0]], index=pd.Index(["Ada"], name="customer"), columns=months)
    with pytest.raises(MrrError, match=r"^the frame's column names must be different texts; rename them$"):
        mrr_xl.mrr(frame, "2024-01")
    frame.columns = frame.columns.astype(str)
    assert mrr_xl.mrr(frame, "2024-01") == 1


def test_a_frame_without_rows_has_an_mrr_of_0_and_a_file_is_a_mistake(ada: str) -> None:
    assert mrr_xl.mrr(ledger(ADA).clear(), "2024-01") == 0
    Path(ada).write_text("customer,start,mrr\n", encoding="utf-8")
    assert run("metric", "mrr", ada) == (2, "mrr-xl: ada.csv has a header but no rows\n")


def test_the_rules_of_a_tool_as_a_keyword_and_as_settings() -> None:
    frame = ledger("customer start end amount interval\n Ada 2024-01-01 - 12 year")
    by_keyword = mrr_xl.mrr(frame, "2024-01", preset="stripe")
    assert by_keyword == mrr_xl.mrr(frame, "2024-01", settings=mrr_xl.Settings.of({"preset": "stripe"})) == 1
