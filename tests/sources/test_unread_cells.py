"""Cells of workbooks that have no value: an error or a formula that is not computed is never a blank."""

from __future__ import annotations

import base64
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from mrr_xl import MrrError, metric, months
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.sources.how import How
from support.binary_workbook import xlsb

HEADERS = ["customer", "start", "end", "amount", "status"]
#: A workbook of Excel 97, as LibreOffice writes it: on the second sheet HEADERS, a line with the end =NA(), one with
#: the status =1/0, and one with the end ="" and the amount =5+5.
XLS = zlib.decompress(base64.b64decode(
    "eNrtWFtsVEUY/uec3e3ZtrTbAgIF64pce8EWjNYo9gYICQajiMY0gWV7Wla2u812ayARXUReFBIND5pIYkh4MDHxEhN90ET6RqJGX3jQaFJ4UQ"
    "MPq9EYEtv1+/+Zsz3U1nS3xKh0dr+5/HOf/zZzvv6qbvzcBw2XaVp4gGyaLIQp5KMpoNIrRIgsQ5ssFAoeubAQ/lNhwqTMwwD4FwSY5xWAA4QN"
    "f6tMuhD+X+ExSuOXpShtpxTSDB2lUsJtkBj/eHPpMznHdnMNC/OXPz/bb7bjNjCb/rPNZ/2vBhYBNUCtdgFUB9QDi4ElwFKRCaJlwHJgBdAArA"
    "RWAbcDjcAdQBS4E1gN3AWsAdYC64D1Zp0bTcpoQb4V2GRobUjbF+zSvELYARdDQfpk0RfMcuH9ZUjE+4ExkYsrQB8Ns2z0xpLx6D8VemQNMcVr"
    "uAAh3aoCkFWLzgI19J7QP5V4q8gfQhdFO4xMP2V1yepPS7xa4hrEij6WPt8KpR2S+J3I+auiBooqVC/FKEkJOghLmECLBrrIGvaCtGD9UN1Sw6"
    "3mU9sYqKbzrGUPuyk3E0uOi/acp98KUZ+mXogynbsL/de50a0S6XTL0c/j7GY652bdPj+dvnEWesss9KZZ6OG/0M9Y0KwcFTiN5GxJ63IhSetz"
    "AUkX5yokXZILFg6I/J6EHf4hIDJFOxKZkexJiPebIa3Au93+QTdzilhhFI0pByDae1rRVYg1DHf+aZk8lJcjcLTxt2jqQq98+S1UlWcF+wwNHT"
    "qu4BCcC6oLcRc1/hzRLsGBa3Bg8p3f4RX+IFdcRJV2I6l09lAiNYhp4qMj2fSQm4GPGcnGMllM66b6serYUHo0lQ0JOTs6Anp3fwxeZ3Pb5nta"
    "29rx50bxbOJZF3U96YOIe4/2F+CZqmh/QHumuLMUmOLpUpNa7L60mYvcYOaqscd+nAebhTrZbwQ7bO1ddfXKvQ2d+4Weo6kR1zKrqEUdR81YoE"
    "l6NEv8orT13N8Job0k8bpi/x871/vyG4r5fOdGX/4cjFUYqyLhnYXZWtTy6tCJsQPjnV6q6AnUOHRMtk3qZafW7LSm6NJ17FgRk28xxFqaME84"
    "3ecaPconkN+pd593vP4BbmHn26RlIL9B6OF8ZIbrhEWV0o/78PXhIauePgppi0z0oOyGHX+tyFlxgUSDEJlBxz+Q8q4wtxrPAtpB+HgW9PGMaW"
    "oGmjUDzZ5Gm+I3k3RJyQl6JctwRpds5nexFEApaEpKRgkVSzxKhfBlheybx2yS66jemk3dlfS8xU150KZiRx7UMSVLBg0XS96g3M8q9gtBfCzp"
    "Z0mtN0UFNSq+Toa4sy1DVZqh7BvWZxd36V/fMj2yLfPosKarOHKQ/7Yey1uyX1+ifn1xytAXx6cvNH99KSso3J7tSv2GiDiW9kq6agff2R9JxD"
    "PpkfRANrr9SNxNRu+/r3Vv7KCbTLoiCT2JgYGO+bxdlPY0ZYfJAonwzTAujZ9865frew5F3nnNoeb1H37DzHnDvG2UOW4W9Z3mndNnDvKQcV5Z"
    "8+bJmXfPKeMWf5rQbxjukx52U8NHjyTJvGu4vs2M7YXp+dxz+669cux75c/f7P2LO7/05aWzm1ZGzryO/bdcf3cbm4ZptD7zTvPcfsS3x93mXU"
    "jmrcb1Haa+y3dN4LPqHh7e52ZGEunUjWfE57tlUzsthH9nuJnff0R+ptmQmfqwTOWqdf5JzJ6hw7iY8joOl7z+ekibZeSsUMJ3lc/Dnp3oxbxD"
    "eOHuwRqeKWt+2/cNZi592DnsKtqpPXgNumXzj71kqd9/msy3Gn3NeJxGsf8hvEqZ97sgBQPCE6Zk8VpNg/J3e9HzB0s4/2bgYnH+bZghLmtwRQ"
    "JLW09HGfu/G3h74fufhD8BnTItdQ=="
))  # fmt: skip


def workbook(path: Path, *lines: list[object], errors: str = "") -> Path:
    """A workbook of HEADERS and these lines; errors: the cells whose text is an error's."""
    book = openpyxl.Workbook()
    for cells in [HEADERS, *lines]:
        book.active.append(cells)
    for address in errors.split():
        book.active[address].data_type = "e"
    book.save(path)
    return path


def rewritten(path: Path, change: Callable[[str, str], tuple[str, str]]) -> Path:
    """The same file with its parts' names and texts changed."""
    with zipfile.ZipFile(path) as package:
        parts = [change(name, package.read(name).decode()) for name in package.namelist()]
    with zipfile.ZipFile(path, "w") as package:
        for name, text in parts:
            package.writestr(name, text)
    return path


def replaced(path: Path, old: str, new: str) -> Path:
    return rewritten(path, lambda name, text: (name, text.replace(old, new)))


def mistake(path: Path) -> str:
    with pytest.raises(MrrError) as error:
        read_ledger(path)
    return str(error.value)


ERROR = "row 3, column end: the cell holds the error #N/A; fix that cell first"
LINES = (["Ada", "2024-01-01", None, 10, "active"], ["Bob", "2024-01-01", "#N/A", 10, "active"])


def _quotes(path: Path) -> Path:
    return replaced(path, ' t="e"', " t = 'e'")


def _part_name(path: Path) -> Path:
    def named(text: str) -> str:
        return text.replace("worksheets/sheet1.xml", "Blätter/Tabelle eins.xml")

    return rewritten(path, lambda name, text: (named(name), named(text)))


def _prefix(path: Path) -> Path:
    def prefixed(name: str, text: str) -> tuple[str, str]:
        if name.endswith("sheet1.xml"):
            text = (
                text.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("xmlns=", "xmlns:x=")
            )
        return name, text

    return rewritten(path, prefixed)


def _no_addresses(path: Path) -> Path:
    return replaced(path, ' r="C3"', "")


def _as_is(path: Path) -> Path:
    return path


@pytest.mark.parametrize("written", [_as_is, _quotes, _part_name, _prefix, _no_addresses])
def test_an_error_cell_is_found_however_its_file_is_written(tmp_path, written):
    assert mistake(written(workbook(tmp_path / "l.xlsx", *LINES, errors="C3"))) == ERROR


@pytest.mark.parametrize(
    ("line", "cell", "column"),
    [
        (["#N/A", "2024-01-01", None, 10, "active"], "A2", "customer"),
        (["Ada", "#N/A", None, 10, "active"], "B2", "start"),
        (["Ada", "2024-01-01", "#N/A", 10, "active"], "C2", "end"),
        (["Ada", "2024-01-01", None, "#N/A", "active"], "D2", "amount"),
        (["Ada", "2024-01-01", None, 10, "#N/A"], "E2", "status"),
    ],
)
def test_an_error_is_refused_in_every_column_that_figures_hang_on(tmp_path, line, cell, column):
    path = workbook(tmp_path / "l.xlsx", line, errors=cell)
    shown = "'#N/A'" if column == "customer" else "#N/A"
    assert mistake(path) == f"row 2, column {column}: the cell holds the error {shown}; fix that cell first"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (['="Ada"', "2024-01-01", None, 10, "active"], "customer"),
        (["Ada", "=DATE(2024,1,1)", None, 10, "active"], "start"),
        (["Ada", "2024-01-01", "=DATE(2024,3,1)", 10, "active"], "end"),
        (["Ada", "2024-01-01", None, "=5+5", "active"], "amount"),
        (["Ada", "2024-01-01", None, 10, '="paused"'], "status"),
    ],
)
@pytest.mark.parametrize("value", ["<v></v>", "<v />", "<v/>", ""])
def test_a_formula_whose_value_is_not_in_the_file_is_refused(tmp_path, line, column, value):
    path = workbook(tmp_path / "l.xlsx", line)
    for old in ("<v></v>", "<v />", "<v/>"):
        replaced(path, old, value)
    assert mistake(path) == (
        f"row 2, column {column}: the cell holds a formula whose value is not in the file; open the file in a "
        "spreadsheet program and save it, which computes it"
    )


def test_a_formula_with_its_value_is_that_value_also_an_empty_text(tmp_path):
    path = workbook(tmp_path / "l.xlsx", ["Ada", "2024-01-01", '=""', "=5+5", "active"])
    replaced(path, '<c r="C2"', '<c r="C2" t="str"')
    for empty in ("<v></v>", "<v />", "<v/>"):
        replaced(path, f"<f>5+5</f>{empty}", "<f>5+5</f><v>10</v>")
    assert metric("MRR", path, "2024-01") == 10.0
    assert read_ledger(path).frame["end"].to_list() == [months.OPEN]


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NOT_COMPUTED = (
    "row 2, column end: the cell holds a formula whose value is not in the file; open the file in a spreadsheet "
    "program and save it, which computes it"
)


def with_end(path: Path, cell: str) -> Path:
    """A workbook of one line whose cell of the column end is this XML."""
    workbook(path, ["Ada", "2024-01-01", "END", 10, "active"])
    replaced(path, '<c r="C2" t="inlineStr"><is><t>END</t></is></c>', cell)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = f'<Relationship Id="texts" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    with zipfile.ZipFile(replaced(path, "</Relationships>", relation), "a") as package:
        package.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"><si><t>2024-03-01</t></si></sst>')
    return path


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="C2"><f>DATE(2024,2,1)</f><v xml:space="preserve"></v></c>',
        '<c r="C2"><f>DATE(2024,2,1)</f><v> </v></c>',
        '<c r="C2"><f>DATE(2024,2,1)</f><!-- x --></c>',
        '<c r="C2"><f>DATE(2024,2,1)</f><v><!-- --></v></c>',
        '<c r="C2"><f>DATE(2024,2,1)</f><?x y?><v/></c>',
        '<c r="C2"><f t="shared" si="0"/></c>',
        '<c r="C2"><v></v><f>DATE(2024,2,1)</f></c>',
        '<c r="C2" t="str"><f>DATE(2024,2,1)</f></c>',
        '<c r="C2" t="b"><f>A1</f><v></v></c>',
        '<c r="C2" t="s"><f>A1</f><v></v></c>',
        '<c r="C2" t="inlineStr"><f>A1</f><is/></c>',
    ],
)
def test_a_formula_without_a_value_is_no_blank_however_it_is_written(tmp_path, cell):
    """It was: an end became none, and the customer paid on."""
    assert mistake(with_end(tmp_path / "l.xlsx", cell)) == NOT_COMPUTED


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="C2" t="str"><f>TRIM("")</f><v></v></c>',
        '<c r="C2" t="str"><f aca="false">TRIM("")</f><v xml:space="preserve"></v></c>',
        '<c r="C2" t="str"><f t="shared" si="0"/><v/></c>',
        '<c r="C2" t="inlineStr"><f>TRIM("")</f><is><t></t></is></c>',
        '<c r="C2" t="s"/>',
        '<c r="C2"><v></v></c>',
        '<c r="C2" s="0"/>',
    ],
)
def test_an_empty_text_of_a_formula_and_a_cell_without_one_are_blank(tmp_path, cell):
    assert read_ledger(with_end(tmp_path / "l.xlsx", cell)).frame["end"].to_list() == [months.OPEN]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ('<c r="C2" t="s"><v></v></c>', "does not say which text it holds"),
        ('<c r="C2" t="s"><v>-1</v></c>', "does not say which text it holds"),
        ('<c r="C2" t="s"><v>1.5</v></c>', "does not say which text it holds"),
        ('<c r="C2"><v>45323</v><v>45352</v></c>', "has two values"),
        ('<c r="C2"><v>45323</v><v/></c>', "has two values"),
        ('<c r="C2" t="inlineStr"><is><t>2024-02-01</t></is><is><t></t></is></c>', "has two values"),
        ('<c r="C2" t="inlineStr"><is><t>2024-02-01</t></is><v></v></c>', "has two values"),
        ('<c r="C2"><v><!-- -->45323</v></c>', "has a value that can't be read"),
        ('<c r="C2"><v>45323<!-- -->45352</v></c>', "has a value that can't be read"),
        ('<c r="C2"><v>45323</v><f>DATE(2024,2,1)</f></c>', "has a value that can't be read"),
        ('<c r="C2" t="inlineStr"><v>2024-02-01</v></c>', "has a value that can't be read"),
        ('<c r="C2"><v>45323</v></c><c r="C2"><v>45352</v></c>', "is there twice"),
    ],
)
def test_a_damaged_cell_is_named_and_no_blank_or_another_text(tmp_path, cell, says):
    assert mistake(with_end(tmp_path / "l.xlsx", cell)) == (
        f"l.xlsx: sheet Sheet: cell C2 {says}; open the file in Excel, correct the cell and save it"
    )


def test_a_value_in_cdata_is_a_sentence(tmp_path):
    assert mistake(with_end(tmp_path / "l.xlsx", '<c r="C2"><v><![CDATA[45323]]></v></c>')) == (
        "l.xlsx is not a workbook that can be read; open it in Excel and save it again"
    )


@pytest.mark.parametrize("addresses", [True, False])
def test_a_row_that_is_there_twice_is_refused(tmp_path, addresses):
    """Of two rows 2, Ada's was gone."""
    path = workbook(tmp_path / "l.xlsx", *LINES[:1], ["Bob", "2024-01-01", None, 20, "active"])

    def twice(name: str, text: str) -> tuple[str, str]:
        if not name.endswith("sheet1.xml"):
            return name, text
        text = text.replace('<row r="3"', '<row r="2"')
        return name, re.sub(r'<c r="[A-Z]3"', "<c", text) if addresses else re.sub(r'<c r="[A-Z]\d"', "<c", text)

    assert mistake(rewritten(path, twice)) == (
        "l.xlsx: sheet Sheet: cell A2 is there twice; open the file in Excel, correct the cell and save it"
    )


def test_rows_and_cells_without_addresses_stand_below_and_beside_each_other(tmp_path):
    path = workbook(tmp_path / "l.xlsx", ["Ada", "2024-01-01", "2024-02-01", 10, "active"])
    rewritten(path, lambda name, text: (name, re.sub(r'(<(?:c|row)) r="\w+"', r"\1", text)))
    assert metric("MRR", path, "2024-01") == 10.0


def test_what_is_beside_the_columns_that_count_is_no_matter(tmp_path):
    path = workbook(tmp_path / "l.xlsx", ["Ada", "2024-01-01", None, 10, "active", "=1+1", "#N/A"], errors="G2")
    book = openpyxl.load_workbook(path)
    book.active["F1"], book.active["G1"] = "seen", "note"
    book.save(path)
    assert metric("MRR", path, "2024-01") == 10.0
    with pytest.raises(MrrError, match=r"^row 2, column note: the cell holds the error #N/A; fix that cell first$"):
        metric("MRR", path, "2024-01", where="note=x")
    with pytest.raises(MrrError, match=r"^row 2, column seen: the cell holds a formula whose value is not in"):
        metric("MRR", path, "2024-01", where="seen=2")


def test_a_table_of_a_sheet_names_its_own_row(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "First"
    sheet = book.create_sheet("Second")
    for row, cells in enumerate([HEADERS, *LINES], 4):
        for column, value in enumerate(cells, 3):
            sheet.cell(row, column, value)
    sheet["E6"].data_type = "e"
    sheet.add_table(Table(displayName="Subscriptions", ref="C4:G6"))
    book.save(tmp_path / "l.xlsx")
    assert mistake(tmp_path / "l.xlsx") == ERROR


def test_errors_of_a_workbook_of_excel_97(tmp_path):
    (tmp_path / "l.xls").write_bytes(XLS)
    assert mistake(tmp_path / "l.xls") == ERROR.replace("row 3", "row 2")
    with pytest.raises(
        MrrError, match=r"^row 3, column status: the cell holds the error #DIV/0!; fix that cell first$"
    ):
        read_ledger(tmp_path / "l.xls", how=How(columns=(("end", ""),)))


def test_an_error_in_the_header_is_refused_as_it_may_be_any_column(tmp_path):
    """It was a column that nothing knew: without its quantities the MRR was 15 instead of 35."""
    book = openpyxl.Workbook()
    for cells in (
        ["customer", "start", "amount", "quantity"],
        ["Ada", "2024-01-01", 5, 3],
        ["Bob", "2024-01-01", 10, 2],
    ):
        book.active.append(cells)
    book.save(tmp_path / "right.xlsx")
    assert metric("MRR", tmp_path / "right.xlsx", "2024-01") == 35
    book.active["D1"] = "#REF!"
    book.active["D1"].data_type = "e"
    book.save(tmp_path / "wrong.xlsx")
    assert mistake(tmp_path / "wrong.xlsx") == "row 1: the header of column 4 is the error #REF!; fix that cell first"


def test_errors_of_a_binary_workbook(tmp_path):
    """[MS-XLSB] 2.5.97.2: 0x2A is #N/A, 0x07 #DIV/0!."""
    ada, bob = ["Ada", 45292.0, None, 10.0, "active"], ["Bob", 45292.0, 45323.0, 20.0, "active"]
    assert metric("MRR", xlsb(tmp_path / "l.xlsb", HEADERS, ada, bob), "2024-02") == 10
    assert mistake(xlsb(tmp_path / "typed.xlsb", HEADERS, ada, [*bob[:2], b"\x2a", *bob[3:]])) == ERROR
    assert mistake(xlsb(tmp_path / "formula.xlsb", HEADERS, ada, [*bob[:2], b"\x2a=", *bob[3:]])) == ERROR
    said = "row 2, column status: the cell holds the error #DIV/0!; fix that cell first"
    assert mistake(xlsb(tmp_path / "status.xlsb", HEADERS, [*ada[:4], b"\x07"], bob)) == said


ODS = """<?xml version="1.0"?><office:document-content office:version="1.3"
xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:body><office:spreadsheet><table:table table:name="Other"/><table:table table:name="Ledger">{rows}</table:table>
</office:spreadsheet></office:body></office:document-content>"""  # noqa: E501
MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'


def ods(path: Path, *rows: str) -> Path:
    """A file of OpenDocument: cells parted by blanks; one in brackets is XML."""

    def cell(text: str) -> str:
        if text.startswith("<"):
            return text.replace("_", " ")
        value = f'office:value-type="float" office:value="{text}"' if text.isdecimal() else 'office:value-type="string"'
        return (
            f"<table:table-cell {value}><text:p>{text}</text:p></table:table-cell>"
            if text != "."
            else "<table:table-cell/>"
        )

    lines = "".join(f"<table:table-row>{''.join(map(cell, row.split()))}</table:table-row>" for row in rows)
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", MANIFEST)
        package.writestr("content.xml", ODS.format(rows=lines))
    return path


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (
            '<table:table-cell_table:formula="of:=NA()"_office:value-type="string"_office:string-value=""_'
            'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>',
            "row 3, column end: the cell holds the error #N/A; fix that cell first",
        ),
        (
            '<table:table-cell_office:value-type="string"_calcext:value-type="error"><text:p>#NV</text:p></table:table-cell>',
            "row 3, column end: the cell holds the error #UNKNOWN!; fix that cell first",
        ),
        (
            '<table:table-cell_table:formula="of:=TODAY()"/>',
            "row 3, column end: the cell holds a formula whose value is not in the file; open the file in a "
            "spreadsheet program and save it, which computes it",
        ),
    ],
)
def test_errors_of_a_file_of_libreoffice(tmp_path, cell, says):
    rows = ["customer start end amount", "Ada 2024-01-01 . 10", f"Bob 2024-01-01 {cell} 10"]
    assert mistake(ods(tmp_path / "l.ods", *rows)) == says


def test_a_formula_of_libreoffice_that_gives_an_empty_text_is_blank(tmp_path):
    cell = '<table:table-cell_table:formula="of:=TRIM(A1)"><text:p/></table:table-cell>'
    path = ods(tmp_path / "l.ods", "customer start end amount", f"Ada 2024-01-01 {cell} 10")
    assert metric("MRR", path, "2024-01") == 10.0
    assert read_ledger(path).frame["end"].to_list() == [months.OPEN]


@pytest.mark.parametrize("beginning", ["<c ", '<c t="s" ', "<f ", "<v ", "<v>x", "<row "])
def test_beginnings_of_cells_behind_the_sheet_take_no_longer_than_they_are(tmp_path: Path, beginning: str) -> None:
    """python-calamine reads no further than the sheet's end; a look from each of them to the end would take an hour."""
    path = workbook(tmp_path / "l.xlsx", ["Ada", "2024-01-01", None, 5, None])

    def change(name: str, text: str) -> tuple[str, str]:
        end = "</sheetData>"
        return name, text.replace(end, end + beginning * 300_000) if name.endswith("sheet1.xml") else text

    try:
        assert metric("MRR", str(rewritten(path, change)), "2024-01") == 5
    except MrrError as error:
        assert str(error).endswith("l.xlsx is not a workbook that can be read; open it in Excel and save it again")
