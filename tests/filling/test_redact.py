"""fill(values=True): figures for people outside, in a file that holds nothing of the data."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from mrr_xl import MrrError
from mrr_xl.filling.fill import fill
from mrr_xl.report import write_template
from mrr_xl.xlsx.package import read_package

CUSTOMERS = ["Wolfram Ltd", "Quillon & Söhne", "Zephyrine", "Ostrava Works", "Ödön Kft"]
DATA = pd.DataFrame(
    {
        "customer": CUSTOMERS,
        "start": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-01", "2024-02-01", "2024-03-05"]),
        "end": pd.to_datetime([None, "2024-03-01", None, None, None]),
        "amount": [100.0, 200.0, 50.0, 5.0, 5.0],
        "subscription": ["sub_a1", "sub_b2", "sub_c3", "sub_d4", "sub_e5"],
        "plan": ["Pro", "Pro", "Basic", "Basic", "Basic"],
        "email": ["w@wolfram.example", "q@quillon.example", "z@zeph.example", "o@ostrava.example", "k@odon.example"],
    }
)


def own_workbook(path: Path) -> Path:
    """A user's own workbook that shows customers wherever one can."""
    book = openpyxl.Workbook()
    data = book.active
    data.title = "Data"
    data.append(["customer", "start", "end", "amount", "subscription", "plan", "email", "yearly"])
    for row in range(2, 5):
        data.append(
            [f"Former Client {row}", "2020-01-01", None, 1, f"old_{row}", "Pro", "x@former.example", f"=D{row}*12"]
        )
    data["G2"].hyperlink = "mailto:x@former.example"
    data.add_table(Table(displayName="Subscriptions", ref="A1:H4"))
    data.auto_filter.ref = None
    data["K2"] = "beside the table"
    report = book.create_sheet("Report")
    report["A1"] = ArrayFormula("A1:D6", '=MRR_TOP(Subscriptions[#All],10,"2024-02")')
    report["A8"] = '=MRR(Subscriptions[#All],"2024-02")'
    report["A9"] = "=SUM(Subscriptions[amount])"
    report["A10"] = '="Our largest is "&Data!A2&", well done"'
    report["A11"] = "Zephyrine"
    report["A12"] = "=1/0"
    report["A13"] = "Figures of our house"
    report["A13"].comment = Comment("Ask Ostrava Works about this", "Ann")
    chart = BarChart()
    chart.add_data(Reference(report, min_col=3, min_row=2, max_row=5))
    chart.set_categories(Reference(report, min_col=2, min_row=2, max_row=5))
    report.add_chart(chart, "F2")
    lines = BarChart()
    lines.add_data(Reference(data, min_col=4, min_row=2, max_row=6))
    lines.set_categories(Reference(data, min_col=1, min_row=2, max_row=6))
    report.add_chart(lines, "F22")
    book.save(path)
    return path


@pytest.fixture(scope="module")
def sent(tmp_path_factory: Any) -> Path:
    folder = tmp_path_factory.mktemp("outside")
    filled = fill(own_workbook(folder / "own.xlsx"), DATA, folder / "sent.xlsx", values=True)
    assert (filled.lines, filled.problems) == (5, [])
    return folder / "sent.xlsx"


def whole_text(path: Path) -> str:
    with zipfile.ZipFile(path) as package:
        return "\n".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


def secrets(data: pd.DataFrame) -> list[str]:
    return [text.replace("&", "&amp;") for name in ("customer", "subscription", "email") for text in data[name]]


def test_nothing_of_the_data_is_left_in_any_part(sent: Path) -> None:
    text = whole_text(sent)
    assert [secret for secret in secrets(DATA) if secret in text] == []
    assert [old for old in ("Former Client", "old_2", "former.example") if old in text] == []


def test_the_same_search_finds_them_in_a_file_that_was_not_sent_outside(tmp_path: Path) -> None:
    out = tmp_path / "inside.xlsx"
    fill(own_workbook(tmp_path / "own.xlsx"), DATA, out)
    assert all(secret in whole_text(out) for secret in secrets(DATA))


def test_no_formula_is_left_and_the_values_stand(sent: Path) -> None:
    with zipfile.ZipFile(sent) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(re.search(rb"<f[ >/]", sheet) for sheet in sheets)
    report = openpyxl.load_workbook(sent)["Report"]
    assert [report[f"A{row}"].value for row in (8, 9, 12, 13)] == [355, 360, "#DIV/0!", "Figures of our house"]


def test_customers_are_numbered_and_the_same_one_has_the_same_number(sent: Path) -> None:
    report = openpyxl.load_workbook(sent)["Report"]
    named = [f"Customer {number}" for number in range(1, 5)]
    assert [cell.value for cell in report["B"][:5]] == ["Customer", *named]
    assert report["A10"].value == "Our largest is Customer 2, well done"
    assert report["A11"].value == "Customer 3"
    assert report["A13"].comment.text == "Ask Customer 4 about this"


def test_the_table_keeps_one_blank_row_and_what_stands_beside_it(sent: Path) -> None:
    data = openpyxl.load_workbook(sent)["Data"]
    assert data.tables["Subscriptions"].ref == "A1:H2"
    assert [cell.value for cell in data[2][:8]] == [None] * 8
    assert data["K2"].value == "beside the table"
    assert data.max_row == 2


def test_a_text_that_is_no_name_stays_as_it_is(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    fill(own_workbook(tmp_path / "own.xlsx"), DATA.assign(customer=["A", "B", "C", "D", "E"]), out, values=True)
    report = openpyxl.load_workbook(out)["Report"]
    assert report["A13"].value == "Figures of our house"
    assert [cell.value for cell in report["B"][1:3]] == ["Customer 1", "Customer 2"]


@pytest.mark.parametrize("grain", ["customer", "parent"])
def test_a_parent_is_named_as_a_customer_is(tmp_path: Path, grain: str) -> None:
    """Wolfram is a parent and a customer, Umbra Holding only a parent, and n/a nobody."""
    book = openpyxl.Workbook()
    book.active.append(["customer", "start", "amount", "parent"])
    book.active.append(["Former Client", "2020-01-01", 1, "Former Holding"])
    book.active.add_table(Table(displayName="Subscriptions", ref="A1:D2"))
    report = book.create_sheet("Report")
    report["A1"] = ArrayFormula("A1:C4", f'=MRR_TOP(Subscriptions[#All],3,"2024-02",,{{"grain","{grain}"}})')
    for row, text in enumerate(["Umbra Holding", "Wolfram Ltd", "Former Holding", "n/a"], 6):
        report[f"A{row}"] = text
    book.save(tmp_path / "own.xlsx")
    data = DATA[["customer", "start", "amount"]].assign(
        parent=[None, "Wolfram Ltd", "Umbra Holding", "Umbra Holding", "n/a"]
    )
    fill(tmp_path / "own.xlsx", data, tmp_path / "sent.xlsx", values=True)
    report = openpyxl.load_workbook(tmp_path / "sent.xlsx")["Report"]
    typed = [report[f"A{row}"].value for row in range(6, 10)]
    assert sorted(typed[:3]) == sorted({*typed[:3]}) and typed[3] == "n/a"
    assert all(re.fullmatch(r"Customer \d", name) for name in typed[:3])
    if grain == "parent":
        assert [report["B2"].value, report["B3"].value] == [typed[1], typed[0]]  # Wolfram has 300, Umbra 55
    assert not re.search("Umbra|Wolfram|Former", whole_text(tmp_path / "sent.xlsx"))


def test_the_report_of_ours_goes_outside_without_customers(tmp_path: Path) -> None:
    write_template(tmp_path / "report.xlsx", months=3)
    filled = fill(tmp_path / "report.xlsx", DATA, tmp_path / "sent.xlsx", values=True)
    text = whole_text(tmp_path / "sent.xlsx")
    assert filled.problems == []
    assert [secret for secret in secrets(DATA) if secret in text] == []
    assert "Customer 1" in text and "MRR_CHURN(" not in re.sub(r"<t[ >].*?</t>", "", text)


def test_a_sheet_named_after_a_customer_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    own = own_workbook(tmp_path / "own.xlsx")
    book = openpyxl.load_workbook(own)
    book.create_sheet("Zephyrine")
    book.save(own)
    with pytest.raises(
        MrrError, match=r"still contains 'Zephyrine', which is in the data; remove it from the template"
    ):
        fill(own, DATA, tmp_path / "out.xlsx", values=True)
    assert [path.name for path in tmp_path.iterdir()] == ["own.xlsx"]


def test_a_pivot_table_over_the_data_is_refused_by_name(tmp_path: Path) -> None:
    own, pivoted = own_workbook(tmp_path / "own.xlsx"), tmp_path / "pivoted.xlsx"
    with_pivot(own, pivoted)
    with pytest.raises(MrrError, match=r"^pivot table Sales of sheet Report keeps a copy of table Subsc"):
        fill(pivoted, DATA, tmp_path / "out.xlsx", values=True)
    fill(pivoted, DATA, tmp_path / "out.xlsx")


def with_pivot(source: Path, out: Path) -> None:
    package = read_package(source)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    rels = package.root("xl/worksheets/_rels/sheet2.xml.rels")
    more = rels.makeelement(f"{{{relations}}}Relationship")
    more.attrib.update({"Id": "rId99", "Type": f"{office}/pivotTable", "Target": "/xl/pivotTables/pivotTable1.xml"})
    rels.append(more)
    package.touched.add("xl/worksheets/_rels/sheet2.xml.rels")
    new = {
        "xl/pivotTables/pivotTable1.xml": f'<pivotTableDefinition xmlns="{main}" name="Sales"/>',
        "xl/pivotTables/_rels/pivotTable1.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" '
        f'Type="{office}/pivotCacheDefinition" Target="../pivotCache/pivotCacheDefinition1.xml"/></Relationships>',
        "xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition xmlns="{main}"><cacheSource '
        'type="worksheet"><worksheetSource name="Subscriptions"/></cacheSource></pivotCacheDefinition>',
    }
    for name, text in new.items():
        package.entries.append(zipfile.ZipInfo(name))
        package.parts[name] = text.encode()
    out.write_bytes(package.content())


def test_macros_come_through_untouched(tmp_path: Path) -> None:
    write_template(tmp_path / "report.xlsm", months=2, carries="macros")
    fill(tmp_path / "report.xlsm", DATA, tmp_path / "sent.xlsm", values=True)
    before, after = (zipfile.ZipFile(tmp_path / name) for name in ("report.xlsm", "sent.xlsm"))
    with before, after:
        assert before.read("xl/vbaProject.bin") == after.read("xl/vbaProject.bin")
    assert [secret for secret in secrets(DATA) if secret in whole_text(tmp_path / "sent.xlsm")] == []


def test_charts_over_the_lines_draw_nothing_and_are_named(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(own_workbook(tmp_path / "own.xlsx"))
    titled = BarChart()
    titled.title = "Rent by client"
    titled.add_data(Reference(book["Data"], min_col=4, min_row=2, max_row=6))
    book["Report"].add_chart(titled, "F42")
    book.save(tmp_path / "own.xlsx")
    notes = fill(tmp_path / "own.xlsx", DATA, tmp_path / "sent.xlsx", values=True).notes
    (said,) = [note for note in notes if "chart" in note]
    assert said.endswith(" draw lines of the table, which are left out, so that nothing of them is drawn")
    assert said.startswith("the charts ") and "Rent by client" in said
    assert fill(tmp_path / "own.xlsx", DATA, tmp_path / "inside.xlsx").notes != notes
