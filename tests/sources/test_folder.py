"""A folder or a pattern: the rows of all its files, each named with its file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from mrr_xl import MrrError, MrrWarning, metric, movements
from mrr_xl.cli import main
from support.small_workbook import small_workbook

MARCH = "customer,start,end,mrr,plan\nAda,2024-01-01,,100,Pro\nBob,2024-02-01,2024-03-01,50,Basic\n"
APRIL = "plan,customer,start,end,mrr\nPro,Cyd,2024-03-01,,10\nPro,Dan,2024-04-01,,1\n"


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports/march.csv").write_text(MARCH, encoding="utf-8")
    (tmp_path / "exports/april.csv").write_text(APRIL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "exports"


def message_of(data: object, **settings: Any) -> str:
    with pytest.raises(MrrError) as caught:
        movements(data, **settings)
    return str(caught.value)


def run(*words: str) -> Any:
    result = CliRunner().invoke(main, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.mark.parametrize("data", ["exports", "exports/", "exports/*.csv", "exports/[am]*", "*/*.csv", "**/*.csv", "."])
def test_the_rows_of_all_files_together(exports: Path, data: str) -> None:
    if data == ".":
        os.chdir(exports)
    assert movements(data)["closing"].tolist() == [100.0, 150.0, 110.0, 111.0]


def test_other_files_are_left_out_and_said(exports: Path) -> None:
    for name in (".hidden.csv", "~$march.xlsx", ".~lock.march.csv#", "notes.docx"):
        (exports / name).write_text("x", encoding="utf-8")
    (exports / "old").mkdir()
    checks = metric("MRR_CHECKS", exports).set_index("check")
    assert checks.loc["files", ["result", "says"]].tolist() == [
        "note",
        "2 read: april.csv, march.csv; not read: notes.docx, old",
    ]


def test_a_row_is_named_with_its_file(exports: Path) -> None:
    (exports / "march.csv").write_text(MARCH.replace("2024-02-01", "soon"), encoding="utf-8")
    assert message_of(exports) == "row 3 of march.csv, column start: 'soon' is not a date; write it as 2024-03-15"
    (exports / "april.csv").write_text(APRIL.replace("2024", "x"), encoding="utf-8")
    said = message_of(exports)
    assert "row 2 of april.csv" in said and "row 3 of april.csv" in said and "row 3 of march.csv" in said
    (exports / "april.csv").write_text(APRIL.replace("Dan", "#N/A"), encoding="utf-8")
    (exports / "march.csv").write_text(MARCH, encoding="utf-8")
    assert (
        message_of(exports)
        == "row 3 of april.csv, column customer: the cell holds the error '#N/A'; fix that cell first"
    )


def test_a_number_that_looks_like_a_row_of_a_file_stays_itself(exports: Path) -> None:
    (exports / "march.csv").write_text(MARCH.replace("2024-02-01", "4294967301"), encoding="utf-8")
    assert "'4294967301'" in message_of(exports)


def test_the_checks_name_the_file_of_their_first_row(exports: Path) -> None:
    (exports / "march.csv").write_text(MARCH + "Eve,2024-01-01,,0,Pro\n", encoding="utf-8")
    checks = metric("MRR_CHECKS", exports).set_index("check")
    assert checks.loc["lines without MRR"].tolist() == [
        "note",
        1,
        4,
        "their MRR is 0, so they do not count as customers; the first is row 4 of march.csv",
    ]
    assert checks.loc["lines read", "first_row"] == 2


def test_files_with_other_columns_are_refused(exports: Path) -> None:
    (exports / "may.csv").write_text("customer,start,mrr\nEve,2024-05-01,1\n", encoding="utf-8")
    assert message_of(exports) == (
        "april.csv has a column plan that may.csv does not have; give all files the same columns"
    )


def test_a_file_that_is_there_twice_is_refused_whatever_its_format(exports: Path) -> None:
    (exports / "march (1).csv").write_text(MARCH, encoding="utf-8")
    assert message_of(exports) == "march.csv has the same rows as march (1).csv; remove one of the two files"
    (exports / "march (1).csv").unlink()
    pl.read_csv(MARCH.encode(), infer_schema=False).write_parquet(exports / "march.parquet")
    assert message_of(exports) == "march.parquet has the same rows as march.csv; remove one of the two files"


def test_exports_that_overlap_are_a_problem_that_names_the_rows(exports: Path) -> None:
    (exports / "march.csv").write_text(MARCH + "Cyd,2024-03-01,,10,Pro\n", encoding="utf-8")
    with pytest.warns(MrrWarning) as caught:
        movements(exports)
    assert str(caught[0].message) == (
        "1 line runs beside another of the same customer, product and price (row 4 of march.csv), and all count: "
        "remove what is repeated, or tell subscriptions apart in a column subscription"
    )


def test_files_of_the_same_name_are_told_apart_by_their_folder(exports: Path) -> None:
    (exports / "old").mkdir()
    (exports / "old/march.csv").write_text(MARCH.replace("2024-02-01", "soon"), encoding="utf-8")
    assert message_of("exports/**/march.csv").startswith(f"row 3 of {Path('exports/old/march.csv')}, column start: ")


def test_a_file_whose_own_name_looks_like_a_pattern_is_that_file(exports: Path) -> None:
    (exports / "march [EU].csv").write_text(MARCH.replace("100", "7"), encoding="utf-8")
    assert movements("exports/march [EU].csv")["closing"].tolist() == [7.0, 57.0, 7.0]
    folder = exports.rename(exports.with_name("exports [2024]"))
    (folder / "march.csv").unlink()
    assert movements("exports [2024]/*.csv")["closing"].tolist() == [7.0, 57.0, 17.0, 18.0]


def test_no_files_is_a_sentence(tmp_path: Path, exports: Path) -> None:
    known = ".csv, .tsv, .txt, "
    assert message_of("exports/*.xlsx").startswith(f"there is no data file that fits exports/*.xlsx; it can be {known}")
    assert message_of("none/*.csv").startswith(f"there is no data file that fits none/*.csv; it can be {known}")
    (tmp_path / "empty").mkdir()
    assert message_of("empty").startswith(f"there is no data file in the folder empty; it can be {known}")


def test_the_commands_take_a_folder_and_a_pattern(exports: Path) -> None:
    for data in ("exports", "exports/*.csv"):
        assert run("metric", "MRR", data).output == "111.0\n"
        assert run("check", data).exit_code == 0
    template = run("template", "t.xlsx", "--months", "1", "--data", "exports")
    assert "4 subscription lines" in template.output


@pytest.mark.parametrize("data", ["exports", "exports/*.csv"])
def test_fill_makes_a_report_of_each_file(exports: Path, data: str) -> None:
    small_workbook(Path("t.xlsx"), ["customer", "start", "end", "mrr", "plan"])
    Path("out").mkdir()
    run("fill", "t.xlsx", data, "-o", "out")
    assert sorted(path.name for path in Path("out").iterdir()) == ["april.xlsx", "march.xlsx"]
    by_plan = run("fill", "t.xlsx", data, "-o", "out", "--by", "plan")
    assert "2 written, 0 unchanged, 0 failed" in by_plan.output
    (exports / "march.csv").write_text(MARCH.replace("2024-02-01", "soon"), encoding="utf-8")
    failed = run("fill", "t.xlsx", data, "-o", "out", "--by", "plan")
    assert "failed Basic: row 3 of march.csv, column start: 'soon' is not a date" in failed.output


def test_check_tells_every_file_that_can_t_be_read(exports: Path) -> None:
    (exports / "damaged.xlsx").write_bytes(b"no workbook")
    (exports / "empty.csv").write_bytes(b"")
    damaged = "damaged.xlsx is not a workbook that can be read; open it in Excel and save it again"
    checked = run("check", str(exports))
    assert (checked.exit_code, checked.stdout) == (2, "")
    assert checked.stderr.splitlines() == [f"mrr-xl: {damaged}", "mrr-xl: empty.csv is empty"]
    with pytest.raises(MrrError) as refused:
        movements(exports)
    assert (str(refused.value), [*map(str, refused.value.others)]) == (damaged, ["empty.csv is empty"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders, and links for few users only")
@pytest.mark.parametrize("data", ["exports", "exports/*.csv", "exports/*", "**/*.csv"])
def test_what_is_called_as_data_and_is_none_is_named_and_not_passed_over(exports: Path, data: str) -> None:
    (exports / "june.csv").symlink_to("moved.csv")
    (exports / "loop.csv").symlink_to("loop.csv")
    os.mkfifo(exports / "may.csv")
    (exports / "old.csv").mkdir()
    (exports / "notes.docx").symlink_to("moved.docx")
    said = [
        "exports/june.csv is a link to moved.csv, which is not there; mend the link or remove it",
        "exports/loop.csv is a link to loop.csv, which is not there; mend the link or remove it",
        "exports/may.csv is no file, but a pipe or a device; save what it gives as a file, or remove it",
    ]
    with pytest.raises(MrrError) as refused:
        movements(data)
    assert [str(refused.value), *map(str, refused.value.others)] == said
    small_workbook(Path("t.xlsx"), ["customer", "start", "end", "mrr", "plan"])
    Path("out").mkdir()
    filled = run("fill", "t.xlsx", data, "-o", "out")
    assert filled.exit_code == 1
    assert "2 written, 0 unchanged, 3 failed" in filled.output
    assert all(sentence in filled.output for sentence in said)
    assert run("fill", "t.xlsx", data, "-o", "out", "--by", "plan").stderr == f"mrr-xl: {said[0]}\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has links for few users only")
def test_a_link_to_a_file_is_that_file_and_other_links_to_nothing_are_said(exports: Path) -> None:
    (exports / "march.csv").rename(exports.parent / "moved.csv")
    (exports / "march.csv").symlink_to(exports.parent / "moved.csv")
    (exports / "notes.docx").symlink_to("nowhere.docx")
    assert movements("exports")["closing"].tolist() == [100.0, 150.0, 110.0, 111.0]
    checks = metric("MRR_CHECKS", exports).set_index("check")
    assert checks.loc["files", "says"] == "2 read: april.csv, march.csv; not read: notes.docx"
