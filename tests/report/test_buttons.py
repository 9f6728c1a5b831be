"""What the buttons of the Excel add-in ask Python for."""

from __future__ import annotations

import datetime as dt
import inspect
from pathlib import Path
from urllib.parse import unquote, urlparse

import openpyxl
import pytest
from lxml import etree

import mrr_xl
from mrr_xl.metrics import REGISTRY
from mrr_xl.report import buttons

HEAD = ("customer", "start", "end", "amount", "interval")
#: As COM hands over a range: rows of tuples, dates with UTC as their zone.
LINES = (
    HEAD,
    ("Ada", dt.datetime(2024, 1, 1, tzinfo=dt.UTC), None, 1200.0, "year"),
    ("Bo", dt.datetime(2024, 2, 1, tzinfo=dt.UTC), dt.datetime(2024, 3, 1, tzinfo=dt.UTC), 50.0, "month"),
)


def test_a_new_report_has_the_figures_of_the_table(tmp_path: Path) -> None:
    """1,200 a year is 100 a month; 50 more in February only."""
    path = buttons.new_report(LINES, str(tmp_path), "Ada's list.v2.xlsx")
    assert path == str(tmp_path / "Ada's list.v2 MRR report.xlsx")
    written = mrr_xl.metric("MRR", path, "2024-02"), mrr_xl.metric("MRR_CHURN", path, "2024-03")
    assert written == (150.0, -50.0)


def test_a_report_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    names = [Path(buttons.new_report(LINES, str(tmp_path), "Book1")).name for _ in range(3)]
    assert names == ["Book1 MRR report.xlsx", "Book1 MRR report (2).xlsx", "Book1 MRR report (3).xlsx"]


def test_what_is_doubtful_in_the_table_stands_on_the_reports_sheet_checks(tmp_path: Path) -> None:
    """Nobody would see a warning of Python in Excel; a line that is there twice, with its end, is one."""
    lines = (*LINES, LINES[2])
    path = buttons.new_report(lines, str(tmp_path), "Book1")
    rows = openpyxl.load_workbook(path, data_only=True)["Checks"].iter_rows(values_only=True)
    assert next(row for row in rows if row[0] == "overlapping lines")[1] == "problem"


@pytest.mark.parametrize(
    ("data", "folder", "sentence"),
    [
        ((HEAD, ("Ada", "soon", None, 5.0, "month")), ".", "#VALUE! row 2, column start: 'soon' is not a date"),
        (None, ".", "#VALUE! "),
        (LINES, "no such folder", "#VALUE! "),
    ],
)
def test_a_mistake_is_a_sentence_and_nothing_is_written(
    tmp_path: Path, data: object, folder: str, sentence: str
) -> None:
    answer = buttons.new_report(data, str(tmp_path / folder), "Book1")
    assert answer.startswith(sentence)
    assert len(answer) > len("#VALUE! ") + 20
    assert "\n" not in answer
    assert list(tmp_path.iterdir()) == []


def shown_page(monkeypatch: pytest.MonkeyPatch, formula: object) -> etree._Element:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    path = buttons.show_help(formula)
    assert [unquote(urlparse(url).path) for url in opened] == [path]
    return etree.HTML(Path(path).read_bytes())


def test_help_is_a_page_about_the_functions_of_the_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    page = shown_page(monkeypatch, '=IF(A1="ARR(",MRR_NRR(A:D,B1,12),0)')
    assert [heading.text for heading in page.iter("h2")] == ["MRR_NRR"]
    text = " ".join("".join(page.itertext()).split())
    assert "=MRR_NRR(data, [month], [months], [where], [settings], [rates])" in text
    assert " ".join(REGISTRY["MRR_NRR"].prose.replace("`", "").split()) in text.replace("\n", " ")
    assert [cell.text for cell in page.iterfind(".//th/code")] == list(REGISTRY["MRR_NRR"].arguments)


@pytest.mark.parametrize("formula", ["", None, "=SUM(A1:A3)", 100.0])
def test_help_in_any_other_cell_is_about_all(monkeypatch: pytest.MonkeyPatch, formula: object) -> None:
    page = shown_page(monkeypatch, formula)
    assert [heading.text for heading in page.iter("h2")] == list(REGISTRY)


def test_the_page_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    page = shown_page(monkeypatch, "")
    assert not list(page.iter("script", "img", "link"))
    assert all(link.get("href").startswith("https://") for link in page.iter("a"))


def test_xlwings_sees_the_arguments_that_the_ribbon_hands_over() -> None:
    assert list(inspect.signature(buttons.new_report).parameters) == ["data", "folder", "book"]
    assert list(inspect.signature(buttons.show_help).parameters) == ["formula"]
