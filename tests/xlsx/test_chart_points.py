"""Charts: their points are those of the cells, and all that is right already stays as Excel wrote it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from openpyxl.chart import BarChart, Reference, Series

from mrr_xl.filling.fill import fill
from mrr_xl.xlsx.styles import date_as_shown
from mrr_xl.xlsx.workbook import read_workbook, text_of
from support.ledger_table import MAIN, data, edited, ledger_workbook, xml

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
CHART, FIGURES = "xl/charts/chart1.xml", "Figures!$B$2:$B$4"
FIVE = ("Ada", "Bob", "Cyd", "Dan", "Eve")


def charted(path: Path, change: Any = None, cells: Any = None) -> Path:
    """Figures of three months on a sheet of their own, in B2:B4 under a month, and a chart of them."""

    def build(book: Any, sheet: Any) -> None:
        figures = book.create_sheet("Figures")
        figures["B1"], figures["B1"].number_format = dt.datetime(2024, 1, 1), "mmm yy"
        for row, (name, value) in enumerate([("One", 0.1), ("Two", "=SUM(Subscriptions[Amount])"), ("Three", 3)], 2):
            figures[f"A{row}"], figures[f"B{row}"] = name, value
        for address, value in (cells or {}).items():
            figures[address] = value
        chart = BarChart()
        series = Series(Reference(figures, range_string=FIGURES), title_from_data=False)
        series.tx = openpyxl.chart.series.SeriesLabel(strRef=openpyxl.chart.data_source.StrRef("Figures!$B$1"))
        chart.append(series)
        chart.set_categories(Reference(figures, range_string="Figures!$A$2:$A$4"))
        figures.add_chart(chart, "F3")
        if change is not None:
            change(book, sheet, figures)

    ledger_workbook(path, change=build)
    edited(path, CHART, "<numRef><f>'Figures'!$A$2:$A$4</f></numRef>", "<strRef><f>Figures!$A$2:$A$4</f></strRef>")
    return edited(path, CHART, "'Figures'!$B$2", "Figures!$B$2")


def cached(path: Path, reference: str, copy: str) -> Path:
    """The workbook with the copy that a chart has of the cells of a reference."""
    return edited(path, CHART, f"<f>{reference}</f>", f"<f>{reference}</f>{copy}")


def copy_of(path: Path, reference: str, part: str = CHART) -> str:
    """The copy of a reference's cells, as XML without namespaces."""
    element = next(one for one in xml(path, part).iter("{*}f") if one.text == reference)
    text = etree.tostring(element.getnext(), encoding="unicode") if element.getnext() is not None else ""
    return text.replace(f' xmlns="{C[1:-1]}"', "").replace(
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"', ""
    )


def numbers(*values: str, code: str = "0.0") -> str:
    points = "".join(f'<pt idx="{index}"><v>{value}</v></pt>' for index, value in enumerate(values) if value)
    return f'<numCache><formatCode>{code}</formatCode><ptCount val="{len(values)}"/>{points}</numCache>'


def texts(*values: str) -> str:
    return numbers(*values).replace("numCache", "strCache").replace("<formatCode>0.0</formatCode>", "")


def test_only_points_whose_cells_changed_are_written(tmp_path: Path) -> None:
    own, out = charted(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    was = numbers("1.0000000000000001E-1", "7", "3.0").replace('idx="0"', 'idx="0" formatCode="0%"')
    cached(own, FIGURES, was)
    cached(cached(own, "Figures!$A$2:$A$4", texts("One", "Two", "Three")), "Figures!$B$1", texts("Jan 24"))
    fill(own, data("Ada", "Bob"), out)
    assert copy_of(out, FIGURES) == was.replace(">7<", ">300<")
    assert copy_of(out, "Figures!$A$2:$A$4") == texts("One", "Two", "Three")
    assert copy_of(out, "Figures!$B$1") == texts("Jan 24")


def test_a_chart_whose_points_are_right_keeps_its_bytes(tmp_path: Path) -> None:
    own, out = charted(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    cached(cached(own, FIGURES, numbers("0.1", "300", "3")), "Figures!$A$2:$A$4", texts("One", "Two", "Three"))
    cached(own, "Figures!$B$1", texts("whatever Excel shows of it"))
    before = etree.tostring(xml(own, CHART))
    fill(own, data("Ada", "Bob"), out)
    assert etree.tostring(xml(out, CHART)) == before


def test_a_month_that_changed_is_shown_as_its_cell_shows_it(tmp_path: Path) -> None:
    own, out = charted(tmp_path / "own.xlsx", cells={"B1": "=MAX(Subscriptions[Start])"}), tmp_path / "out.xlsx"
    cached(own, "Figures!$B$1", texts("Jan 24"))
    fill(own, data(*FIVE), out)
    assert copy_of(out, "Figures!$B$1") == texts("Mar 24")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("mmm yy", "Mar 24"),
        ('[$-409]d" of "mmmm\\-yyyy;@', "1 of March-2024"),
        ("mm/dd/yy", "03/01/24"),
        ("ddd d.m.", "Fri 1.3."),
        ("hh:mm", None),
        ("0.00", None),
    ],
)
def test_days_are_shown_in_their_cells_format(tmp_path: Path, code: str, shown: str | None) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A1"].number_format = 45352, code
    book.save(tmp_path / "own.xlsx")
    workbook = read_workbook(tmp_path / "own.xlsx")
    style = workbook.sheet("Sheet").cells(1)[1].get("s")
    assert date_as_shown(workbook.package, style, 45352.0) == shown


def test_errors_and_texts_among_numbers_stay_as_excel_has_them(tmp_path: Path) -> None:
    own, out = charted(tmp_path / "own.xlsx", cells={"B2": "=NA()", "B4": "n/a"}), tmp_path / "out.xlsx"
    cached(own, FIGURES, numbers("#N/A", "7", "0"))
    fill(own, data("Ada", "Bob"), out)
    assert copy_of(out, FIGURES) == numbers("#N/A", "300", "0")


def test_a_value_that_is_gone_leaves_no_point(tmp_path: Path) -> None:
    own, out = charted(tmp_path / "own.xlsx", cells={"B4": None}), tmp_path / "out.xlsx"
    cached(own, FIGURES, numbers("0.1", "", "3"))
    fill(own, data("Ada", "Bob"), out)
    assert copy_of(out, FIGURES) == numbers("0.1", "300", "").replace("\n", "")


def test_hidden_rows_and_columns_have_no_points(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any, figures: Any) -> None:
        figures.row_dimensions[2].hidden = True

    own, out = charted(tmp_path / "own.xlsx", change), tmp_path / "out.xlsx"
    cached(own, FIGURES, numbers("7", "3"))
    fill(own, data("Ada", "Bob"), out)
    assert copy_of(out, FIGURES) == numbers("300", "3")
    edited(own, CHART, 'plotVisOnly val="1"', 'plotVisOnly val="0"')
    fill(own, data("Ada", "Bob"), out)
    assert copy_of(out, FIGURES) == numbers("0.1", "300", "3")


def test_the_chart_of_a_pivot_table_stays(tmp_path: Path) -> None:
    own, out = charted(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    cached(own, FIGURES, numbers("1", "2", "3"))
    edited(own, CHART, "<chart>", '<pivotSource><name>[own.xlsx]P!P</name><fmtId val="0"/></pivotSource><chart>')
    fill(own, data("Ada", "Bob"), out)
    assert copy_of(out, FIGURES) == numbers("1", "2", "3")


def test_the_cells_of_a_name_are_drawn(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any, figures: Any) -> None:
        for name, text in (("Values", FIGURES), ("Moving", "OFFSET(Figures!$B$2,0,0,3)")):
            book.defined_names[name] = openpyxl.workbook.defined_name.DefinedName(name, attr_text=text)

    own = charted(tmp_path / "own.xlsx", change)
    for name, then in (("Values", numbers("0.1", "300", "3")), ("Moving", numbers("1", "2", "3"))):
        named = edited(charted(tmp_path / f"{name}.xlsx", change), CHART, FIGURES, f"[0]!{name}")
        cached(named, f"[0]!{name}", numbers("1", "2", "3"))
        fill(named, data("Ada", "Bob"), tmp_path / "out.xlsx")
        assert copy_of(tmp_path / "out.xlsx", f"[0]!{name}") == then
    assert own.exists()


LEVELS = """<multiLvlStrRef><f>Figures!$A$2:$B$4</f><multiLvlStrCache><ptCount val="3"/><lvl>\
<pt idx="0"><v>0.1</v></pt>\
<pt idx="1"><v>7</v></pt><pt idx="2"><v>3</v></pt></lvl><lvl><pt idx="0"><v>One</v></pt><pt idx="1"><v>Two</v></pt>\
<pt idx="2"><v>Three</v></pt></lvl></multiLvlStrCache></multiLvlStrRef>"""


def test_categories_of_several_levels_are_drawn(tmp_path: Path) -> None:
    own, out = charted(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    edited(own, CHART, "<strRef><f>Figures!$A$2:$A$4</f></strRef>", LEVELS)
    fill(own, data("Ada", "Bob"), out)
    assert copy_of(out, "Figures!$A$2:$B$4") in LEVELS.replace("<v>7<", "<v>300<")


def test_reading_aids_of_japanese_are_not_part_of_a_name(tmp_path: Path) -> None:
    own, out = charted(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    parts = '<r><t>東</t></r><r><t>京</t></r><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>'
    edited(own, "xl/worksheets/sheet3.xml", "<t>Three</t>", parts)
    fill(own, data("Ada", "Bob"), out)
    assert copy_of(out, "Figures!$A$2:$A$4") == texts("One", "Two", "東京")
    assert read_workbook(out).values("Figures!A4") == ["東京"]
    assert text_of(etree.fromstring(f'<si xmlns="{MAIN[1:-1]}">{parts}</si>')) == "東京"


def test_where_no_cell_has_changed_nothing_does(tmp_path: Path) -> None:
    own, out = charted(tmp_path / "own.xlsx", cells={"B3": 2}), tmp_path / "out.xlsx"
    odd = numbers("17", "4", "0.30")  # as a program drew them for reasons of its own
    cached(own, FIGURES, odd)
    fill(own, data("Ada", "Bob"), out)
    assert copy_of(out, FIGURES) == odd


def test_a_chart_that_counts_its_hidden_points_goes_on_to_do_so(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any, figures: Any) -> None:
        figures.row_dimensions[2].hidden = True

    own, out = charted(tmp_path / "own.xlsx", change), tmp_path / "out.xlsx"
    cached(own, FIGURES, numbers("0.1", "7", "3"))
    fill(own, data("Ada", "Bob"), out)
    assert copy_of(out, FIGURES) == numbers("0.1", "300", "3")
