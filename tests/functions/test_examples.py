"""The examples of docs/functions.md, computed: in a workbook from A1 on, in Python, and by hand."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula

import mrr_xl
from mrr_xl.filling.fill import finish
from mrr_xl.functions.cells import cells_of
from mrr_xl.functions.examples import EXAMPLES, TABLES, example_of
from mrr_xl.functions.examples import Table as Beside
from mrr_xl.functions.worked import formula_of, python_of, result_of, sheet_of
from mrr_xl.metrics import REGISTRY
from mrr_xl.xlsx.workbook import read_workbook
from support import ROOT

PAGE = (ROOT / "docs" / "functions.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
#: Where the formula stands: to the right of every table.
LEFT = 12


def tables(name: str) -> list[list[list[str]]]:
    """The tables of a function's example as they stand on the page, without the lines below their headers."""
    example = SECTIONS[name].split("**Example**")[1]
    blocks = re.findall(r"(?:^\|.*\|\n)+", example, re.MULTILINE)
    return [
        [
            line.removeprefix("| ").removesuffix(" |").split(" | ")
            for at, line in enumerate(block.splitlines())
            if at != 1
        ]
        for block in blocks
    ]


def formula(name: str) -> str:
    (found,) = re.findall(rf"`(={name}\(.*?\))`", SECTIONS[name].split("**Example**")[1])
    return str(found)


def result(name: str) -> list[list[str]]:
    shown = tables(name)[1]
    return [[shown[1][1]]] if shown[0] == ["Formula", "Result"] else shown


def pasted(text: str) -> Any:
    """What a spreadsheet makes of a cell that is pasted: a month is its first day."""
    text = text.strip()
    if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text):
        return dt.datetime.fromisoformat(text if len(text) > 7 else f"{text}-01")
    return float(text) if re.fullmatch(r"-?[\d.]+", text) else text or None


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A workbook with a sheet for each function, the page's table from A1 on, and its formula; all computed."""
    path: Path = tmp_path_factory.mktemp("examples") / "examples.xlsx"
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in SECTIONS:
        sheet = book.create_sheet(name)
        for row in tables(name)[0]:
            sheet.append([pasted(cell) for cell in row])
        rows = result(name)
        area = f"{get_column_letter(LEFT)}1:{get_column_letter(LEFT + len(rows[0]) - 1)}{len(rows)}"
        cell = area.split(":")[0]
        sheet[cell] = formula(name) if len(rows) == 1 else ArrayFormula(area, formula(name))
    book.save(path)
    finish(read_workbook(path), path, 0)
    return openpyxl.load_workbook(path, data_only=True)


@pytest.mark.parametrize("name", REGISTRY)
def test_the_formula_over_the_table_gives_the_result_of_the_page(name: str, computed: Any) -> None:
    rows = result(name)
    found = [
        [computed[name].cell(row, LEFT + column).value for column in range(len(rows[0]))]
        for row in range(1, len(rows) + 1)
    ]
    if rows[0] == [rows[0][0]]:
        assert alike(found[0][0], rows[0][0])
    else:
        assert found[0] == rows[0]  # headers
        assert all(alike(*pair) for line, shown in zip(found[1:], rows[1:]) for pair in zip(line, shown, strict=True))


def alike(value: Any, shown: str) -> bool:
    """Whether a cell holds what the page shows, to 4 decimals."""
    meant = pasted(shown)
    if isinstance(meant, dt.datetime):
        serial = (meant - dt.datetime(1899, 12, 30)).days
        return value in (meant, serial, shown)
    return value == pytest.approx(meant, abs=0.00005) if isinstance(meant, float) else (value or None) == meant


@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if example.by_hand])
def test_the_result_is_what_it_is_by_hand(name: str) -> None:
    text = EXAMPLES[name].by_hand
    if text.replace(", ", "").isalpha():  # the customers that are counted
        assert result_of(REGISTRY[name]) == len(text.split(", "))
    else:
        assert re.fullmatch(r"[\d. +−×÷^()]+", text)
        python = text.replace("−", "-").replace("×", "*").replace("÷", "/").replace("^", "**")
        assert result_of(REGISTRY[name]) == pytest.approx(eval(python), rel=1e-6)


@pytest.mark.parametrize("name", [name for name, metric in REGISTRY.items() if python_of(metric)])
def test_python_gives_the_same(name: str) -> None:
    """data is the table as a frame; what the arguments are called is what the documentation says."""
    frames = {other: frame(other) for other in TABLES}
    given = {"mrr_xl": mrr_xl, "data": frames.get(example_of(REGISTRY[name]).table), "rates": frames["rates"]}
    value, wanted = eval(python_of(REGISTRY[name]), given), result_of(REGISTRY[name])
    if isinstance(value, pd.DataFrame):
        assert cells_of(value, "#N/A") == wanted
    elif isinstance(value, pd.Period):
        assert value.start_time == wanted
    else:
        assert value == pytest.approx(wanted)
    assert f"In Python: `{python_of(REGISTRY[name])}`" in SECTIONS[name]


def frame(name: str) -> pd.DataFrame:
    header, *rows = Beside(name).rows
    return pd.DataFrame(rows, columns=header)


def test_each_function_has_its_example_and_each_table_a_use() -> None:
    assert set(EXAMPLES) <= set(REGISTRY) == set(SECTIONS)
    used = {example.table for example in EXAMPLES.values()}
    beside = {
        given.name for example in EXAMPLES.values() for given in example.given.values() if isinstance(given, Beside)
    }
    assert (used | beside) - {""} == set(TABLES)
    assert all(
        example.by_hand for name, example in EXAMPLES.items() if REGISTRY[name].unit in ("money", "count", "rate")
    )


@pytest.mark.parametrize("name", [name for name, metric in REGISTRY.items() if metric.kind == "arithmetic"])
def test_arithmetic_agrees_with_its_documentation(name: str) -> None:
    """The docstring's doctest is over the same figures."""
    shown = f"{result_of(REGISTRY[name]):.6f}".rstrip("0")
    assert shown in [f"{float(figure):.6f}".rstrip("0") for figure in re.findall(r"[\d.]+", doctest_of(name))]


def doctest_of(name: str) -> str:
    return (inspect.getdoc(REGISTRY[name].compute) or "").partition(">>> ")[2].partition("\n")[2]


def test_a_second_table_stands_beside_the_first_with_a_blank_column_between() -> None:
    fx = REGISTRY["MRR_FX"]
    assert sheet_of(fx)[0] == ["customer", "start", "currency", "mrr", None, "currency", "month", "rate"]
    assert formula_of(fx) == '=MRR_FX(A1:D3, "2024-03", , , F1:H3)'
