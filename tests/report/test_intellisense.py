"""The sheet _IntelliSense_, as Excel-DNA's add-in reads it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mrr_xl.functions.sheet_functions import argument_help
from mrr_xl.metrics import REGISTRY
from mrr_xl.report import write_addin, write_template
from mrr_xl.report.sheets import intellisense
from mrr_xl.xlsx.package import read_package
from support.soundness import faults


def opened(path: Path) -> Any:
    """A workbook or an add-in, which openpyxl doesn't take for a workbook."""
    package = read_package(path.read_bytes())
    types = package.parts["[Content_Types].xml"]
    package.parts["[Content_Types].xml"] = types.replace(b"ms-excel.addin.macro", b"ms-excel.sheet.macro")
    return openpyxl.load_workbook(io.BytesIO(package.content()))


def read(path: Path) -> list[tuple[str, str | None, str | None, list[tuple[str, str]]]]:
    """The functions as WorkbookIntelliSenseProvider.GetFunctionInfos finds them: columns in pairs from the fourth."""
    sheet = opened(path)[intellisense.NAME]
    first, *rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert first[:2] == ["FunctionInfo", 1] and not any(first[2:])
    pairs = [[(row[j], row[j + 1]) for j in range(3, len(row) - 1, 2) if row[j]] for row in rows]
    return [(row[0], row[1], row[2], found) for row, found in zip(rows, pairs)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("intellisense")
    files = {name: folder / name for name in ("mrr.xlam", "mrr.xlsm", "report.xlsm")}
    write_addin(files["mrr.xlam"])
    write_addin(files["mrr.xlsm"])
    write_template(files["report.xlsm"], months=3, carries="macros")
    return files


def test_a_row_names_the_function_its_help_and_each_argument() -> None:
    found = {row[0]: row for row in intellisense.rows()}
    assert found["MRR_NET_NEW"] == [
        "MRR_NET_NEW",
        "How much the MRR changed in the month: the sum of all its movements.",
        "",
        "data",
        "the subscriptions with their header row, such as Subscriptions[#All]",
        "[month]",
        "a month, or a range of months; if left out, the last month reported",
        "[where]",
        'which lines to count, such as "plan=Pro; region<>US"; if left out, all of them',
        "[settings]",
        "a range of two columns, the rule and its value; or a text such as as_of=month_start",
        "[rates]",
        "a range of currency, [month] and rate: what one unit is worth in the reporting currency",
    ]
    assert found["MRR_MONTHLY"][3:] == [
        "amount",
        "the price for one interval",
        "[interval]",
        "day, week, month, quarter, year, or a count such as 3 months; if left out, month",
        "[quantity]",
        "how many units are paid for; if left out, 1",
        "[discount]",
        "the recurring discount as a fraction, 0.2 for 20 %; if left out, 0",
    ]


@pytest.mark.parametrize("name", ["mrr.xlam", "mrr.xlsm", "report.xlsm"])
def test_where_the_functions_are_macros_the_last_sheet_describes_all_of_them(
    written: dict[str, Path], name: str
) -> None:
    assert read(written[name]) == [
        (
            metric.name,
            metric.summary,
            None,
            [(f"[{a}]" if metric.arguments[a] else a, doc) for a, doc in argument_help(metric).items()],
        )
        for metric in REGISTRY.values()
    ]
    book = opened(written[name])
    assert book.sheetnames[-1] == intellisense.NAME
    assert book[intellisense.NAME].sheet_state == "veryHidden"
    assert faults(written[name]) == []


def test_a_report_without_macros_has_no_such_sheet(tmp_path: Path) -> None:
    write_template(tmp_path / "report.xlsx", months=3)
    assert intellisense.NAME not in openpyxl.load_workbook(tmp_path / "report.xlsx").sheetnames


def test_the_help_topic_is_the_functions_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intellisense, "help_address", lambda name: f"https://example.com/functions.md#{name.lower()}")
    assert intellisense.rows()[1][2] == "https://example.com/functions.md#mrr"
