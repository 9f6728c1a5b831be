"""fill(values=True): wherever else a workbook can name a customer, the name goes, or the part is named."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from mrr_xl import MrrError
from mrr_xl.filling.fill import Filled, fill
from mrr_xl.filling.names_in_bytes import named_in_bytes, spelled
from mrr_xl.filling.pseudonyms import People
from mrr_xl.xlsx.package import read_package

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/main"
CUSTOMERS = ["Zephyrine", "Quillon & Söhne", "株式会社アルファ", "Москва Софт"]
DATA = pd.DataFrame(
    {
        "customer": CUSTOMERS,
        "start": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-01", "2024-02-01"]),
        "end": pd.to_datetime([None, None, None, None]),
        "amount": [100.0, 200.0, 50.0, 5.0],
        "subscription": ["sub_a1", "sub_b2", "sub_c3", "sub_d4"],
        "email": ["z@zeph.example", "q@quillon.example", None, None],
    }
)


def template(path: Path, change: Callable[[openpyxl.Workbook], None] = lambda book: None) -> Path:
    """A workbook with a table of a former customer, and a figure."""
    book = openpyxl.Workbook()
    data = book.active
    data.title = "Data"
    data.append(["customer", "start", "end", "amount", "subscription", "email"])
    data.append(["Former Client", "2020-01-01", None, 1, "old_1", "x@former.example"])
    data.add_table(Table(displayName="Subscriptions", ref="A1:F2"))
    report = book.create_sheet("Report")
    report["A1"] = '=MRR(Subscriptions[#All],"2024-02")'
    change(book)
    book.save(path)
    return path


def with_parts(path: Path, parts: dict[str, bytes | str], relations: dict[str, list[tuple[str, str]]]) -> Path:
    """The same with more parts, and relationships of parts to them: part → (kind, target)."""
    package = read_package(path)
    for part, content in parts.items():
        if part not in package.parts:
            package.entries.append(zipfile.ZipInfo(part))
        package.parts[part] = content.encode() if isinstance(content, str) else content
        package.roots.pop(part, None)
    for of, related in relations.items():
        folder, _, name = of.rpartition("/")
        rels = f"{folder}/_rels/{name}.rels" if of else "_rels/.rels"
        if rels not in package.parts:
            package.entries.append(zipfile.ZipInfo(rels))
            package.parts[rels] = f'<Relationships xmlns="{PACKAGE}"/>'.encode()
        more = "".join(
            f'<Relationship Id="rIdMore{number}" Type="{kind}" Target="/{target}"/>'
            for number, (kind, target) in enumerate(related)
        )
        text = package.parts[rels].decode()
        package.parts[rels] = (
            text.replace("</Relationships>", f"{more}</Relationships>")
            if "</Relationships>" in text
            else re.sub(r"/>\s*$", f">{more}</Relationships>", text)
        ).encode()
        package.roots.pop(rels, None)
    path.write_bytes(package.content())
    return path


def edited(path: Path, part: str, change: Callable[[str], str]) -> Path:
    with zipfile.ZipFile(path) as package:
        text = package.read(part).decode()
    assert change(text) != text
    return with_parts(path, {part: change(text)}, {})


def sent(own: Path) -> tuple[Filled, dict[str, bytes]]:
    out = own.with_name("sent.xlsx")
    filled = fill(own, DATA, out, values=True)
    assert filled.problems == []
    openpyxl.load_workbook(out)
    with zipfile.ZipFile(out) as package:
        return filled, {name: package.read(name) for name in package.namelist()}


def texts(parts: dict[str, bytes]) -> str:
    return "\n".join(content.decode("utf-8", "replace") for content in parts.values())


def names_left(parts: dict[str, bytes]) -> list[str]:
    """What of the data is in the file: in UTF-8, with & as XML has it, or UTF-16."""
    secrets = [*CUSTOMERS, "Former Client", "old_1", "former.example", *DATA["subscription"]]
    whole = b"\n".join(parts.values())
    spelled = {secret: (secret.replace("&", "&amp;"), secret.replace("&", "&amp;&amp;"), secret) for secret in secrets}
    return [
        secret
        for secret, ways in spelled.items()
        if any(way.encode() in whole for way in ways) or secret.encode("utf-16-le") in whole
    ]


def test_page_headers_of_every_page_keep_their_codes(tmp_path: Path) -> None:
    def headers(book: openpyxl.Workbook) -> None:
        page = book["Report"].HeaderFooter
        page.differentFirst = page.differentOddEven = True

    own = template(tmp_path / "own.xlsx", headers)
    own = edited(
        own,
        "xl/worksheets/sheet2.xml",
        lambda text: re.sub(
            "<headerFooter.*?/>|<headerFooter.*</headerFooter>",
            '<headerFooter differentFirst="1" differentOddEven="1">'
            '<oddHeader>&amp;LZephyrine&amp;C&amp;14&amp;"Arial,Bold"Quillon &amp;&amp; Söhne&amp;R&amp;P of &amp;N'
            "</oddHeader>"
            "<oddFooter>&amp;L&amp;KFF0000Zeph&amp;Byrine, R&amp;&amp;D</oddFooter>"
            "<evenHeader>&amp;C株式会社アルファの数字</evenHeader><firstFooter>&amp;RFormer Client</firstFooter>"
            "</headerFooter>",
            text,
            flags=re.DOTALL,
        ),
    )
    filled, parts = sent(own)
    sheet = parts["xl/worksheets/sheet2.xml"].decode()
    found = re.findall(r"<(\w+(?:Header|Footer))>(.*?)</", sheet)
    assert found == [
        ("oddHeader", '&amp;LCustomer 1&amp;C&amp;14&amp;"Arial,Bold"Customer 2&amp;R&amp;P of &amp;N'),
        ("oddFooter", "&amp;L&amp;KFF0000Customer 1&amp;B, R&amp;&amp;D"),
        ("evenHeader", "&amp;CCustomer 3の数字"),
        ("firstFooter", "&amp;RCustomer 4"),
    ]
    assert (names_left(parts), filled.notes) == ([], [])


def test_document_properties_of_all_three_kinds(tmp_path: Path) -> None:
    def titled(book: openpyxl.Workbook) -> None:
        book.properties.title = "MRR of Zephyrine"
        book.properties.subject = "Former Client"
        book.properties.keywords = "mrr; Москва Софт"
        book.properties.description = "for Quillon & Söhne"
        book.properties.category = "株式会社アルファ"
        book.properties.creator = "Ann"

    own = template(tmp_path / "own.xlsx", titled)
    own = edited(
        own,
        "docProps/app.xml",
        lambda text: text.replace(
            "</Properties>", "<Manager>Zephyrine</Manager><Company>Zephyrine GmbH</Company></Properties>"
        ),
    )
    custom = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="For">'
        "<vt:lpwstr>Zephyrine AG</vt:lpwstr></property></Properties>"
    )
    own = with_parts(
        own, {"docProps/custom.xml": custom}, {"": [(f"{OFFICE}/custom-properties", "docProps/custom.xml")]}
    )
    filled, parts = sent(own)
    properties = openpyxl.load_workbook(tmp_path / "sent.xlsx").properties
    assert (properties.title, properties.description) == ("MRR of Customer 1", "for Customer 2")
    assert properties.creator == "Ann"
    assert (names_left(parts), filled.notes) == ([], [])


def test_chart_titles_axes_labels_and_names_that_are_split_into_runs(tmp_path: Path) -> None:
    def charted(book: openpyxl.Workbook) -> None:
        report = book["Report"]
        report["B2"], report["B3"] = 5, 6
        chart = BarChart()
        chart.add_data(Reference(report, min_col=2, min_row=2, max_row=3))
        chart.title, chart.x_axis.title, chart.y_axis.title = (
            "Figures of Zephyrine",
            "Former Client",
            "Москва Софт, EUR",
        )
        report.add_chart(chart, "D2")

    own = template(tmp_path / "own.xlsx", charted)
    own = edited(
        own,
        "xl/charts/chart1.xml",
        lambda text: text.replace(
            "Figures of Zephyrine</a:t></a:r>", "Figures of Zeph</a:t></a:r><a:r><a:t>yrine</a:t></a:r>"
        ),
    )
    filled, parts = sent(own)
    chart = parts["xl/charts/chart1.xml"].decode()
    assert "Figures of Customer 1<" in chart and "yrine" not in chart
    assert (names_left(parts), filled.notes) == ([], [])


def test_text_boxes_diagrams_form_controls_and_alternative_texts(tmp_path: Path) -> None:
    own = template(tmp_path / "own.xlsx")
    drawing = (
        f'<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="{DRAWN}">'
        "<xdr:absoluteAnchor><xdr:pos x='0' y='0'/><xdr:ext cx='9' cy='9'/><xdr:sp><xdr:nvSpPr>"
        '<xdr:cNvPr id="2" name="Logo of Zephyrine" descr="Zephyrine, drawn" title="Former Client"/><xdr:cNvSpPr/>'
        "</xdr:nvSpPr><xdr:spPr/><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>Quillon </a:t></a:r><a:r><a:t>&amp;</a:t></a:r>"
        "<a:r><a:t> </a:t></a:r><a:r><a:t>Söhne</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/>"
        "</xdr:absoluteAnchor></xdr:wsDr>"
    )
    diagram = (
        f'<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:a="{DRAWN}">'
        "<dgm:ptLst><dgm:pt modelId='1'><dgm:t><a:p><a:r><a:t>Москва Софт</a:t></a:r></a:p></dgm:t></dgm:pt>"
        "</dgm:ptLst></dgm:dataModel>"
    )
    vml = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:o"><v:shape id="s1" alt="Zephyrine"><v:textpath '
        'string="Former Client"/><v:textbox><div><font face="A">Ask <b>Zephy</b>rine</font></div>'
        "</v:textbox></v:shape></xml>"
    )
    parts = {
        "xl/drawings/drawing9.xml": drawing,
        "xl/diagrams/data1.xml": diagram,
        "xl/drawings/vmlDrawing9.vml": vml,
    }
    relations = [
        (f"{OFFICE}/drawing", "xl/drawings/drawing9.xml"),
        (f"{OFFICE}/vmlDrawing", "xl/drawings/vmlDrawing9.vml"),
    ]
    own = with_parts(
        own,
        parts,
        {
            "xl/worksheets/sheet2.xml": relations,
            "xl/drawings/drawing9.xml": [(f"{OFFICE}/diagramData", "xl/diagrams/data1.xml")],
        },
    )
    filled, after = sent_without_reading(own)
    assert (names_left(after), filled.notes) == ([], [])
    assert "<a:t>Customer " in after["xl/drawings/drawing9.xml"].decode()


def sent_without_reading(own: Path) -> tuple[Filled, dict[str, bytes]]:
    """For parts of kinds that openpyxl can't read."""
    out = own.with_name("sent.xlsx")
    filled = fill(own, DATA, out, values=True)
    with zipfile.ZipFile(out) as package:
        return filled, {name: package.read(name) for name in package.namelist()}


def test_comments_threads_prompts_tips_and_titles_of_tables(tmp_path: Path) -> None:
    def spoken(book: openpyxl.Workbook) -> None:
        report = book["Report"]
        report["A3"] = "note"
        report["A3"].comment = Comment("Zephyrine called", "Zephyrine")
        rule = DataValidation(type="whole", formula1="1", prompt="as Zephyrine does", promptTitle="Zephyrine")
        rule.error, rule.errorTitle = "ask Former Client", "Former Client"
        report.add_data_validation(rule)
        rule.add("A4")
        report["A5"].hyperlink = "https://example.com"
        report["A5"].hyperlink.tooltip = "the site of Zephyrine"

    own = template(tmp_path / "own.xlsx", spoken)
    thread = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="A3" id="{1}"><text>Zephyrine: cancelled?</text></threadedComment></ThreadedComments>'
    )
    persons = (
        '<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<person displayName="Zephyrine" id="{2}"/></personList>'
    )
    own = with_parts(own, {"xl/threadedComments/t1.xml": thread, "xl/persons/person.xml": persons}, {})
    filled, parts = sent(own)
    assert (names_left(parts), filled.notes) == ([], [])
    assert re.search(r"as Customer \d does", texts(parts))


@pytest.mark.parametrize("blanks", ["\n", "  ", "\u00a0", " \t"])
def test_a_name_whose_words_have_other_blanks_between_them(blanks: str) -> None:
    people = People({"Cyd Corp", "Ada"}, set())
    assert people.anonymous(f"Ask Cyd{blanks}CORP today, or  Ada") == "Ask Customer 1 today, or  Customer 2"
    assert people.renamed([f"Cyd{blanks}", "Corp"]) == ["Customer 1", ""]
    assert people.includes(f"cyd{blanks}corp")
    assert not people.includes(f"cyd{blanks}")


def test_printer_settings_and_the_picture_of_the_first_sheet_are_left_out(tmp_path: Path) -> None:
    own = template(tmp_path / "own.xlsx")
    sheet = "xl/worksheets/sheet2.xml"
    own = with_parts(
        own,
        {
            "xl/printerSettings/printerSettings1.bin": "Zephyrine, 3rd floor".encode("utf-16-le"),
            "docProps/thumbnail.emf": "Former Client".encode("utf-16-le"),
        },
        {
            sheet: [(f"{OFFICE}/printerSettings", "xl/printerSettings/printerSettings1.bin")],
            "": [
                (
                    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail",
                    "docProps/thumbnail.emf",
                )
            ],
        },
    )
    own = edited(
        own,
        sheet,
        lambda text: re.sub(
            r"(<pageMargins[^>]*/>)",
            rf'\1<pageSetup xmlns:r="{OFFICE}" orientation="landscape" r:id="rIdMore0"/>',
            text,
        ),
    )
    filled, parts = sent(own)
    assert not [part for part in parts if "printer" in part or "thumbnail" in part]
    assert "printerSettings" not in texts(parts)
    assert 'orientation="landscape"' in parts[sheet].decode() and "rIdMore0" not in parts[sheet].decode()
    assert (names_left(parts), filled.notes) == ([], [])


def archive(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def workbook_of(text: str) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = text
    book.save(out)
    return out.getvalue()


def embedded(own: Path, part: str, content: bytes) -> Path:
    return with_parts(own, {part: content}, {"xl/worksheets/sheet2.xml": [(f"{OFFICE}/package", part)]})


def test_an_embedded_workbook_with_a_customer_is_refused(tmp_path: Path) -> None:
    part = "xl/embeddings/Microsoft_Excel_Worksheet.xlsx"
    own = embedded(template(tmp_path / "own.xlsx"), part, workbook_of("Zephyrine"))
    with pytest.raises(
        MrrError, match=rf"^{re.escape(part)}: xl/worksheets/sheet1.xml of the workbook still contains 'Zephyrine'"
    ):
        fill(own, DATA, tmp_path / "sent.xlsx", values=True)
    assert not (tmp_path / "sent.xlsx").exists()


@pytest.mark.parametrize(
    "content",
    [
        workbook_of("what Zephyrine pays"),
        archive(
            {"word/document.xml": "<w:p xmlns:w='w'><w:r><w:t>for Zeph</w:t></w:r><w:r><w:t>yrine!</w:t></w:r></w:p>"}
        ),
        archive({"inner.xlsx": workbook_of("to Zephyrine")}),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0\x01" + "Zephyrine".encode("utf-16-le") + b"\0\0",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + workbook_of("to Zephyrine") + b"\0" * 200,
        b"%PDF-1.7 (Zephyrine) Tj",
        "в Москва Софт, да".encode("utf-16-le"),
        "x株式会社アルファ".encode(),
    ],
    ids=[
        "workbook",
        "document in runs",
        "archive in an archive",
        "UTF-16",
        "workbook in OLE",
        "PDF",
        "Cyrillic",
        "UTF-8",
    ],
)
def test_an_embedded_file_that_names_a_customer_is_named(tmp_path: Path, content: bytes) -> None:
    own = embedded(template(tmp_path / "own.xlsx"), "xl/embeddings/object1.bin", content)
    filled, _ = sent(own)
    named, kept = filled.notes
    assert re.match(
        r"names from the data are left in xl/embeddings/object1\.bin.* \('(Zephyrine|Москва Софт|株式会社アルファ)'\)",
        named,
    )
    assert named.endswith("; look at them before you send the file")
    assert kept == (
        "kept as in the template: xl/embeddings/object1.bin; look at what they hold before you send the file"
    )


def test_parts_that_cannot_be_looked_through_are_named_even_without_a_name(tmp_path: Path) -> None:
    own = embedded(template(tmp_path / "own.xlsx"), "xl/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0 nothing")
    own = with_parts(own, {"xl/customProperty1.bin": b"\1\2", "xl/media/image1.png": b"\x89PNG"}, {})
    filled, _ = sent(own)
    assert filled.notes == [
        "kept as in the template: xl/customProperty1.bin, xl/embeddings/oleObject1.bin; look at what they hold before "
        "you send the file"
    ]


def test_texts_that_are_formulas_names_or_addresses_are_named_and_stay(tmp_path: Path) -> None:
    def spoken(book: openpyxl.Workbook) -> None:
        book.create_sheet("Zephyrine 2024")
        report = book["Report"]
        report["A3"] = "as Zephyrine said"
        report["A4"].hyperlink = "https://crm.example/find?name=Quillon+%26+S%C3%B6hne"
        report["A6"].number_format = '0" for Zephyrine"'
        report["A6"] = 5

    own = template(tmp_path / "own.xlsx", spoken)
    filled, _ = sent(own)
    (note,) = filled.notes
    assert note == (
        "names from the data are left in Report!A3 ('Zephyrine'), xl/worksheets/_rels/sheet2.xml.rels ('Quillon & "
        "Söhne'), xl/styles.xml ('Zephyrine'), xl/workbook.xml ('Zephyrine'); look at them before you send the file"
    )


def test_values_of_another_workbook_and_comments_of_xml_are_removed(tmp_path: Path) -> None:
    own = template(tmp_path / "own.xlsx")
    link = (
        f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{OFFICE}" r:id="rId1"><sheetNames>'
        '<sheetName val="S"/></sheetNames><sheetDataSet><sheetData sheetId="0"><row r="1">'
        '<cell r="A1" t="str"><v>Zephyrine</v></cell></row></sheetData>'
        "</sheetDataSet></externalBook></externalLink>"
    )
    outside = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{OFFICE}/externalLinkPath" '
        'Target="other.xlsx" TargetMode="External"/></Relationships>'
    )
    own = with_parts(
        own,
        {"xl/externalLinks/externalLink1.xml": link, "xl/externalLinks/_rels/externalLink1.xml.rels": outside},
        {"xl/workbook.xml": [(f"{OFFICE}/externalLink", "xl/externalLinks/externalLink1.xml")]},
    )
    own = with_parts(
        own, {"customXml/item1.xml": "<!-- Zephyrine --><a><!-- Former Client -->see Zephyrine Ltd</a>"}, {}
    )
    filled, parts = sent_without_reading(own)
    assert (names_left(parts), filled.notes) == ([], [])
    assert "other.xlsx" in texts(parts)


def test_a_power_query_is_looked_into(tmp_path: Path) -> None:
    query = archive({"Formulas/Section1.m": 'shared Query1 = Table.SelectRows(Source, each [customer] = "Zephyrine");'})
    mashup = base64.b64encode(b"\0\0\0\0" + len(query).to_bytes(4, "little") + query).decode()
    own = template(tmp_path / "own.xlsx")
    own = with_parts(own, {"customXml/item1.xml": f'<DataMashup xmlns="m">{mashup}</DataMashup>'.encode("utf-16")}, {})
    filled, _ = sent(own)
    (note,) = filled.notes
    assert note.startswith("names from the data are left in customXml/item1.xml")


def test_many_customers_and_a_large_embedded_file_take_no_time(tmp_path: Path) -> None:
    content = bytes(range(256)) * 40_000 + b"Customer of ours 4999"
    assert (
        named_in_bytes(content, spelled(f"Customer of ours {number}" for number in range(5000)))
        == "Customer of ours 4999"
    )
