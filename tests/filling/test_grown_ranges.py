"""fill: what is over all lines of the table grows and shrinks with it; other ranges stay, or are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from mrr_xl.filling.fill import fill
from support.ledger_table import MAIN, SHEET, data, edited, ledger_workbook, xml
from support.soundness import faults

FIVE = ("Ada", "Bob", "Cyd", "Dan", "Eve")
SIZES = [(FIVE, 6), (("Ada",), 2)]
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"


@pytest.mark.parametrize(("customers", "end"), SIZES)
def test_conditional_formats_over_all_lines_grow(tmp_path: Path, customers: tuple[str, ...], end: int) -> None:
    def change(book: Any, sheet: Any) -> None:
        rule = CellIsRule(operator="greaterThan", formula=["100"], font=Font(bold=True))
        for area in ("C2:C4", "A1:C4", "C3:C4", "A2:E4", "C2:C9"):
            sheet.conditional_formatting.add(area, rule)
        sheet.conditional_formatting.add("B2:B4", FormulaRule(["COUNTIF($A$2:$A$4,A2)>1"]))

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    fill(own, data(*customers), out)
    formats = {one.get("sqref"): one[0].findtext(f"{MAIN}formula") for one in
               xml(out, SHEET).iter(f"{MAIN}conditionalFormatting")}  # fmt: skip
    wide = "A2:E4 A5:C6" if end == 6 else "A2:E4"
    amounts, starts = ("C2:C6", "B2:B6") if end == 6 else ("C2", "B2")
    assert list(formats) == [amounts, f"A1:C{end}", "C3:C4", wide, "C2:C9", starts]
    assert formats[starts] == f"COUNTIF($A$2:$A${end},A2)>1"
    assert faults(out) == []


@pytest.mark.parametrize(("customers", "end"), SIZES)
def test_validations_and_their_lists_grow(tmp_path: Path, customers: tuple[str, ...], end: int) -> None:
    def change(book: Any, sheet: Any) -> None:
        amounts = DataValidation(type="decimal", operator="greaterThan", formula1="0")
        amounts.add("C2:C4")
        sheet.add_data_validation(amounts)
        names = DataValidation(type="list", formula1="Data!$A$2:$A$4")
        names.add("B2")
        book["Report"].add_data_validation(names)

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    fill(own, data(*customers), out)
    (amounts,), (names,) = (list(xml(out, part).iter(f"{MAIN}dataValidation"))
                            for part in (SHEET, SHEET.replace("1", "2")))  # fmt: skip
    assert amounts.get("sqref") == ("C2:C6" if end == 6 else "C2")
    assert names.findtext(f"{MAIN}formula1") == f"Data!$A$2:$A${end}"


def test_no_cell_gets_two_validations(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for area in ("C2:C4", "C5:C100"):
            validation = DataValidation(type="decimal", operator="greaterThan", formula1="0")
            validation.add(area)
            sheet.add_data_validation(validation)

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    fill(own, data(*FIVE), out)
    assert [one.get("sqref") for one in xml(out, SHEET).iter(f"{MAIN}dataValidation")] == ["C2:C4", "C5:C100"]


def test_those_of_excel_2010_grow_and_sparklines(tmp_path: Path) -> None:
    def extension(end: int) -> str:
        return f"""<extLst><ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{X14}"><x14:dataValidations\
 xmlns:xm="{XM}" count="1"><x14:dataValidation type="list"><x14:formula1><xm:f>Report!$B$1:$B$3</xm:f></x14:formula1>\
<xm:sqref>A2:A{end}</xm:sqref></x14:dataValidation></x14:dataValidations></ext><ext xmlns:x14="{X14}" \
uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}"><x14:sparklineGroups xmlns:xm="{XM}"><x14:sparklineGroup>\
<x14:sparklines><x14:sparkline><xm:f>Data!C2:C{end}</xm:f><xm:sqref>G1</xm:sqref></x14:sparkline><x14:sparkline>\
<xm:f>Data!A2:C2</xm:f><xm:sqref>G2</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>\
</x14:sparklineGroups></ext></extLst>"""

    own, out = ledger_workbook(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    edited(own, SHEET, "</worksheet>", f"{extension(4)}</worksheet>")
    fill(own, data(*FIVE), out)
    texts = [element.text for element in xml(out, SHEET).iter("{*}f", "{*}sqref") if element.text]
    assert texts == ["Report!$B$1:$B$3", "A2:A6", "Data!C2:C6", "G1", "Data!A2:C2", "G2"]


@pytest.mark.parametrize(("customers", "end"), SIZES)
def test_names_print_areas_and_charts_grow(tmp_path: Path, customers: tuple[str, ...], end: int) -> None:
    def change(book: Any, sheet: Any) -> None:
        for name, area in [("Amounts", "$C$2:$C$4"), ("Whole", "$A$1:$C$4"), ("Part", "$C$2:$C$3"), ("First", "$C$2")]:
            book.defined_names[name] = DefinedName(name, attr_text=f"Data!{area}")
        sheet.print_area = "A1:F4"
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=3, min_row=2, max_row=4))
        book["Report"].add_chart(chart, "F3")

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    assert fill(own, data(*customers), out).notes == []
    book = openpyxl.load_workbook(out)
    assert {name: one.attr_text for name, one in book.defined_names.items()} == {
        "Amounts": f"Data!$C$2:$C${end}",
        "Whole": f"Data!$A$1:$C${end}",
        "Part": "Data!$C$2:$C$3",
        "First": "Data!$C$2",
    }
    assert book["Data"].print_area == f"'Data'!$A$1:$F${end}"
    chart = xml(out, "xl/charts/chart1.xml")
    assert [one.text for one in chart.iter("{*}f")] == [f"'Data'!$C$2:$C${end}"]
    assert [one.text for one in chart.iter("{*}v")] == ["100", "200", "50", "10", "10"][: end - 1]


def test_a_range_grows_again_after_a_table_of_one_line(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        book.defined_names["Amounts"] = DefinedName("Amounts", attr_text="Data!$C$2:$C$4")
        sheet.conditional_formatting.add("C2:C4", CellIsRule(operator="greaterThan", formula=["1"]))

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    fill(own, data("Ada"), tmp_path / "one.xlsx")
    fill(tmp_path / "one.xlsx", data(*FIVE), out)
    assert openpyxl.load_workbook(out).defined_names["Amounts"].attr_text == "Data!$C$2:$C$6"
    assert [one.get("sqref") for one in xml(out, SHEET).iter(f"{MAIN}conditionalFormatting")] == ["C2:C6"]


def test_ranges_do_not_tell_how_many_lines_there_were(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        book.defined_names["Amounts"] = DefinedName("Amounts", attr_text="Data!$C$2:$C$4")
        sheet.conditional_formatting.add("C2:C4", CellIsRule(operator="greaterThan", formula=["1"]))

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    fill(own, data(*FIVE), out, values=True)
    assert openpyxl.load_workbook(out).defined_names["Amounts"].attr_text == "Data!$C$2:$C$2"
    assert [one.get("sqref") for one in xml(out, SHEET).iter(f"{MAIN}conditionalFormatting")] == ["C2"]


def test_a_table_without_lines_has_no_range_to_grow(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for one in sheet["A1:C1"][0]:
            one.font = Font(bold=True)
        sheet.conditional_formatting.add("A1:C1", CellIsRule(operator="greaterThan", formula=["1"]))

    own, out = ledger_workbook(tmp_path / "own.xlsx", lines=[], change=change), tmp_path / "out.xlsx"
    fill(own, data(*FIVE), out)
    assert [one.get("sqref") for one in xml(out, SHEET).iter(f"{MAIN}conditionalFormatting")] == ["A1:C1"]
    assert [openpyxl.load_workbook(out)["Data"][f"A{row}"].font.bold for row in (1, 2, 6)] == [True, False, False]


def test_ranges_of_other_sheets_and_names_that_are_formulas_stay(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        for name, text in [
            ("Other", "Report!$C$2:$C$4"),
            ("Relative", "Data!C2:C4"),
            ("Words", '"Data!$C$2:$C$4"'),
            ("Two", "Data!$A$2:$A$4,Report!$A$2:$A$4"),
        ]:
            book.defined_names[name] = DefinedName(name, attr_text=text)

    own, out = ledger_workbook(tmp_path / "own.xlsx", change=change), tmp_path / "out.xlsx"
    assert fill(own, data(*FIVE), out).notes == [
        "the name Relative refers by address to the old end of table Subscriptions, row 4; the table now ends in row "
        "6: write Subscriptions[...] instead"
    ]
    texts = {name: one.attr_text for name, one in openpyxl.load_workbook(out).defined_names.items()}
    assert texts == {
        "Other": "Report!$C$2:$C$4",
        "Relative": "Data!C2:C4",
        "Words": '"Data!$C$2:$C$4"',
        "Two": "Data!$A$2:$A$6,Report!$A$2:$A$4",
    }


def test_what_is_on_the_total_row_goes_with_it(tmp_path: Path) -> None:
    def change(book: Any, sheet: Any) -> None:
        rule = CellIsRule(operator="greaterThan", formula=["100"], font=Font(bold=True))
        for area in ("C5", "C2:C4", "C2:C5"):
            sheet.conditional_formatting.add(area, rule)
        book.defined_names["Total"] = DefinedName("Total", attr_text="Data!$C$5")

    own, out = ledger_workbook(tmp_path / "own.xlsx", totals=True, change=change), tmp_path / "out.xlsx"
    assert fill(own, data("Ada", "Bob", "Cyd", "Dan"), out).notes == []
    areas = [one.get("sqref") for one in xml(out, SHEET).iter(f"{MAIN}conditionalFormatting")]
    assert areas == ["C6", "C2:C5", "C2:C6"]
    assert openpyxl.load_workbook(out).defined_names["Total"].attr_text == "Data!$C$6"


def test_the_extent_of_the_sheet_takes_in_the_new_lines(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    fill(own, data(*FIVE), out)
    sheet = openpyxl.load_workbook(out, read_only=True)["Data"]
    assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["Customer", *FIVE]


def test_a_query_s_table_knows_an_added_column(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    fields = "".join(f'<queryTableField id="{n}" name="{n}" tableColumnId="{n}"/>' for n in (1, 2, 3))
    query = (
        f'<queryTable xmlns="{MAIN[1:-1]}" name="ExternalData_1" connectionId="1"><queryTableRefresh nextId="4">'
        f'<queryTableFields count="3">{fields}</queryTableFields></queryTableRefresh></queryTable>'
    )
    edited(own, "xl/queryTables/queryTable1.xml", "", query)
    edited(
        own, "xl/tables/_rels/table1.xml.rels", "",
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/queryTable" '
        'Target="../queryTables/queryTable1.xml"/></Relationships>',
    )  # fmt: skip
    fill(own, data("Ada", Plan=["S"]), out)
    refresh = xml(out, "xl/queryTables/queryTable1.xml")[0]
    assert (refresh.get("nextId"), refresh[0].get("count")) == ("5", "4")
    assert dict(refresh[0][3].attrib) == {"id": "4", "dataBound": "0", "tableColumnId": "4"}
    columns = xml(out, "xl/tables/table1.xml").iter(f"{MAIN}tableColumn")
    assert [one.get("queryTableFieldId") for one in columns] == [None, None, None, "4"]
