"""Every workbook that is written is sound for Excel, and LibreOffice computes the same figures from its formulas."""

from __future__ import annotations

import atexit
import functools
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from mrr_xl.filling.fill import fill
from mrr_xl.report import write_addin, write_template
from mrr_xl.report.sample import sample_subscriptions
from mrr_xl.settings import Settings
from support import ROOT
from support.soundness import assert_same_figures, assert_sound, computed_in_calc, faults

#: Data at random has lines side by side; what this module is about is the workbook.
pytestmark = pytest.mark.filterwarnings("ignore::mrr_xl.errors.MrrWarning")

COMMITTED = sorted((ROOT / "workbook").glob("*.xlsx"))
NAMES = [
    "Müller & Söhne <GmbH>", "\"Quoted\" 'n' such", "=1+1", "+1", "@x", "-5", "#1 Club", "#REF! Ltd", "  spaced  ",
    "two\nlines", "naïve 🚀 café", "TRUE", "007", "2024-01-01", "1e5", "]]>", "&amp;", "''", "a,b;c", "{1}", "~*?",
    "x" * 300,
]  # fmt: skip


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


@functools.cache
def sample() -> pd.DataFrame:
    return sample_subscriptions()


def few() -> pd.DataFrame:
    return pd.DataFrame({"customer": ["Ada", "Bob"], "start": [day("2023-01-05"), day("2024-02-10")], "mrr": [10, 20]})


def one_month() -> pd.DataFrame:
    starts, ends = [day("2024-01-05"), day("2024-01-10")], [day("2024-02-01"), day("2024-02-01")]
    return pd.DataFrame({"customer": ["Ada", "Bob"], "start": starts, "end": ends, "mrr": [10.0, 20.0]})


def named() -> pd.DataFrame:
    starts = [day("2023-01-01") + pd.DateOffset(months=place % 15) for place in range(len(NAMES))]
    amounts = [100.0 + place for place in range(len(NAMES))]
    return pd.DataFrame({"customer": NAMES, "start": starts, "mrr": amounts, "plan": NAMES[::-1], '<"&> ü': NAMES})


def two_currencies() -> pd.DataFrame:
    return few().rename(columns={"mrr": "amount"}).assign(currency=["EUR", "USD"])


RATES = pd.DataFrame({"currency": ["EUR", "USD"], "rate": [1.0, 0.9]})
RULES = {"through": "2024-06", "as_of": "any_day", "grace_days": 14}


def without_a_rate(path: Path) -> None:
    """The dollar has a rate for one month only: every figure is a mistake, and the light of Summary tells so."""
    write_template(
        path, months=12, data=two_currencies(), rates=RATES.assign(month="2024-02")[["currency", "month", "rate"]]
    )


def filled(data: pd.DataFrame) -> Callable[[Path], object]:
    return lambda path: fill(written("12 months"), data, path)


def earlier(data: pd.DataFrame) -> pd.DataFrame:
    """The same five years before as well: many more months, cohorts and lines."""
    return pd.concat([data.assign(Start=data["Start"] - pd.DateOffset(years=5), End=day("2020-06-01")), data])


#: Each workbook, and how it is written.
WORKBOOKS: dict[str, Callable[[Path], object]] = {
    "default": write_template,
    "1 month": lambda path: write_template(path, months=1),
    "12 months": lambda path: write_template(path, months=12),
    "60 months": lambda path: write_template(path, months=60),
    "few columns": lambda path: write_template(path, data=few()),
    "one month of history": lambda path: write_template(path, data=one_month()),
    "no line": lambda path: write_template(path, data=sample().iloc[:0]),
    "two currencies": lambda path: write_template(path, data=two_currencies(), rates=RATES),
    "a rate is missing": without_a_rate,
    "names": lambda path: write_template(path, data=named()),
    "rules": lambda path: write_template(path, rules=Settings.of(RULES)),
    "fewer rows": filled(sample().head(40)),
    "more rows": filled(pd.concat([sample(), sample().assign(Customer=sample()["Customer"] + " II")])),
    "longer history": filled(earlier(sample().head(200))),
    "shorter history": filled(sample()[sample()["Start"] >= day("2025-09-01")]),
    "macros": lambda path: write_template(path, carries="macros"),
    "lite": lambda path: write_template(path, carries="lite"),
    "lambdas": lambda path: write_template(path, functions="lambda"),
    "plain": lambda path: write_template(path, functions="plain"),
    "plain, filled": lambda path: fill(written("plain"), sample().head(300), path),
    "functions": write_addin,
    "add-in": write_addin,
}
MISTAKEN = {"a rate is missing", "no line"}
MACROS = {"macros": "xlsm", "functions": "xlsm", "add-in": "xlam"}  #: and the ending of the file
#: What LibreOffice can compute: the others carry no functions for it, or differ in nothing that it computes.
COMPUTED = [name for name in WORKBOOKS if name not in {*MACROS, "lite", "12 months", "fewer rows", "1 month", "rules"}]


#: What the Open XML SDK, which takes seconds, would see nothing new in.
SAME_PARTS = {"default", "1 month", "12 months", "one month of history", "rules", "fewer rows", "more rows"}


@functools.cache
def written(name: str) -> Path:
    if name.endswith(".xlsx"):
        return next(path for path in COMMITTED if path.name == name)
    path = Path(tempfile.mkdtemp(dir=_folder())) / f"{name}.{MACROS.get(name, 'xlsx')}"
    WORKBOOKS[name](path)
    return path


@functools.cache
def _folder() -> str:
    folder = tempfile.mkdtemp(prefix="mrr-sound-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


ALL = [*WORKBOOKS, *(path.name for path in COMMITTED)]
in_one_process = pytest.mark.xdist_group("calc")


@pytest.mark.xdist_group("sound")  # while LibreOffice computes in another process
@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_a_workbook_is_sound(name: str) -> None:
    assert faults(written(name)) == []
    if name not in SAME_PARTS:
        assert_sound(written(name))


@functools.cache
def computed() -> dict[Path, Path]:
    """All of them in one LibreOffice; kept, as a fixture would not be where another module's test comes between."""
    return computed_in_calc([written(name) for name in [*COMPUTED, *(path.name for path in COMMITTED)]])


@in_one_process
@pytest.mark.slow
@pytest.mark.parametrize("name", [*COMPUTED, *(path.name for path in COMMITTED)])
def test_libreoffice_computes_the_same_figures(name: str) -> None:
    errors = {"#N/A", "#VALUE!"} if name in MISTAKEN else {"#N/A"}
    assert_same_figures(written(name), computed()[written(name)], frozenset(errors))


# That each rule can fail: a small sound workbook, broken in one place.


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "small.xlsx"
    book = Workbook()
    sheet = book.active
    for place, row in enumerate([("Customer", "Price"), ("Ada", 10), ("Bob", 20)], 1):
        for column, value in enumerate(row, 1):
            sheet.cell(place, column).value = value
    for place, row in enumerate([("Currency", "Rate"), ("EUR", 1)], 1):
        for column, value in enumerate(row, 1):
            sheet.cell(place, 4 + column).value = value
    sheet.add_table(Table(displayName="Prices", ref="A1:B3"))
    sheet.add_table(Table(displayName="Rates", ref="E1:F2"))
    sheet.merge_cells("A8:B8")
    sheet.merge_cells("A9:B9")
    sheet["D10"] = ArrayFormula("D10:D11", "=B2:B3")
    sheet["E11"] = "=SUM(B2:B3)"
    book.save(path)
    broken(path, path, SHEET, r"<v ?/>|<v></v>", "<v>1</v>", count=0)  # openpyxl writes no values of formulas
    assert faults(path) == []
    return path


def broken(whole: Path, path: Path, part: str, old: str, new: str, count: int = 1) -> None:
    """A copy of a workbook with something replaced in one part: the pattern `old`, the first time or each."""
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text, found = re.subn(old, new, parts[part].decode(), count=count)
    assert found, f"{old} is not in {text[:3000]}"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (parts | {part: text.encode()}).items():
            archive.writestr(name, content)


SHEET, PRICES, RATES_TABLE = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/tables/table2.xml"
LINKS, TYPES, BOOK = "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/workbook.xml"
VALIDATION = (
    '<dataValidations count="1"><dataValidation type="list" sqref="C1"{}><formula1>{}</formula1></dataValidation>'
    "</dataValidations>"
)
AFTER_MERGES = "</mergeCells>"
#: The rule, the part, what is replaced there by what, and what is then found.
BROKEN = [
    ("a header that differs", PRICES, 'name="Price"', 'name="Cost"', "table Prices has the column"),
    ("two columns of one name", PRICES, 'name="Price"', 'name="customer"', "two columns of one name"),
    ("overlapping tables", RATES_TABLE, "E1:F2", "B1:C2", "the tables Prices and Rates overlap"),
    ("two tables of one name", RATES_TABLE, 'displayName="Rates"', 'displayName="PRICES"', "two tables are named"),
    ("a table without rows", RATES_TABLE, "E1:F2", "E1:F1", "table Rates has no row below its header"),
    ("a table named like a cell", RATES_TABLE, 'displayName="Rates"', 'displayName="TAX2024"', "be named TAX2024"),
    ("a table named like a column", RATES_TABLE, 'displayName="Rates"', 'displayName="R1C1"', "be named R1C1"),
    ("a filter that is too small", PRICES, '<autoFilter ref="A1:B3"', '<autoFilter ref="A1:B2"', "its filter is over"),
    ("a table with merged cells", SHEET, 'ref="A8:B8"', 'ref="A3:B3"', "table Prices has merged cells in it: A3:B3"),
    ("overlapping merges", SHEET, 'ref="A9:B9"', 'ref="B8:C9"', "the merged cells A8:B8 and B8:C9 overlap"),
    ("a row that is there twice", SHEET, '<row r="3"', '<row r="2"', "row 2 comes after row 2"),
    ("a cell in another row", SHEET, '<c r="A3"', '<c r="A2"', "cell A2 stands in row 3"),
    ("a cell out of order", SHEET, '<c r="A3"', '<c r="C3"', "cell B3 comes after C3"),
    ("a shared string too many", SHEET, '<c r="B3" t="n"', '<c r="B3" t="s"', "Sheet!B3 is the shared string 20 of"),
    ("a style that is not there", SHEET, '<c r="B2"', '<c s="7" r="B2"', "Sheet!B2 has a style that is not there"),
    ("no number", SHEET, "<v>20</v>", "<v>nan</v>", "Sheet!B3 is no number: nan"),
    ("an unknown error", SHEET, '<c r="B3" t="n"', '<c r="B3" t="e"', "Sheet!B3 is an error that Excel doesn't know"),
    ("a long text", SHEET, "Ada", "A" * 32_768, "has 32768 characters"),
    ("a formula without value", SHEET, "</f><v>1</v></c></row></sheetData>", "</f></c></row></sheetData>",
     "Sheet!E11 is a formula without a value: SUM(B2:B3)"),
    ("an open parenthesis", SHEET, "SUM(B2:B3)", "SUM((B2:B3)", "Sheet!E11 has an open parenthesis: SUM((B2:B3)"),
    ("an open quote", SHEET, "SUM(B2:B3)", 'SUM(B2:B3)&amp;"x', "Sheet!E11 has an open quote"),
    ("two =", SHEET, "SUM(B2:B3)", "=SUM(B2:B3)", "Sheet!E11 begins with =: =SUM(B2:B3)"),
    ("a new function", SHEET, "SUM(B2:B3)", "XLOOKUP(1,B2:B3,B2:B3)", "calls XLOOKUP, which Excel 2007 lacks, without"),
    ("an unknown function", SHEET, "SUM(B2:B3)", "MRR_NONSENSE(B2:B3)", "calls MRR_NONSENSE"),
    ("overlapping answers", SHEET, 'ref="D10:D11"', 'ref="D10:E11"', "the cell E11 stands in the answer D10:E11"),
    ("an answer over a table", SHEET, 'ref="D10:D11"', 'ref="A2:D11"', "the table Prices stands in the answer A2:D11"),
    ("growth without metadata", SHEET, '<c r="D10"', '<c cm="1" r="D10"', "Sheet!D10 has cell metadata that is not"),
    ("a long list", SHEET, AFTER_MERGES, AFTER_MERGES + VALIDATION.format("", '"' + "a," * 128 + '"'),
     "Sheet!C1 has a list of 256 characters"),
    ("a long message", SHEET, AFTER_MERGES, AFTER_MERGES + VALIDATION.format(f' errorTitle="{"a" * 33}"', "A1:A2"),
     "Sheet!C1 has an errorTitle of 33 characters"),
    ("a relationship to nothing", LINKS, "</Relationships>", '<Relationship Id="x" Type="y" Target="gone.xml"/>'
     "</Relationships>", "leads to xl/gone.xml, which is no part"),
    ("a link out of the file", LINKS, "</Relationships>", '<Relationship Id="x" Type="y" Target="other.xlsx" '
     'TargetMode="External"/></Relationships>', "leads out of the file, to other.xlsx"),
    ("a part without type", TYPES, 'PartName="/xl/tables/table1.xml"', 'PartName="/xl/tables/gone.xml"',
     "there is a content type for xl/tables/gone.xml, which is no part"),
    ("a name like a cell", BOOK, "<calcPr", '<definedNames><definedName name="MRR1">Sheet!$A$1</definedName>'
     "</definedNames><calcPr", "a range can't be named MRR1"),
    ("a name with a space", BOOK, "<calcPr", '<definedNames><definedName name="my rules">Sheet!$A$1</definedName>'
     "</definedNames><calcPr", "a range can't be named my rules"),
    ("a name like a table", BOOK, "<calcPr", '<definedNames><definedName name="rates">Sheet!$A$1</definedName>'
     "</definedNames><calcPr", "the name rates is there twice"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "old", "new", "message"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_workbook_is_found(small: Path, tmp_path: Path, part: str, old: str, new: str, message: str) -> None:
    broken(small, tmp_path / "broken.xlsx", part, re.escape(old), new.replace("\\", r"\\"))
    with pytest.raises(AssertionError, match=r"^broken\.xlsx: ") as caught:
        assert_sound(tmp_path / "broken.xlsx")
    assert message in str(caught.value)


CHARTS_BROKEN = [
    ("xl/drawings/drawing1.xml", r' descr="[^"]*"', "", "Chart 1 has no alternative text"),
    ("xl/charts/chart1.xml", r"<c:ptCount[^>]*/>|<ptCount[^>]*/>", "", "has not the 1 points of Summary!$G$63"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("part", "old", "new", "message"), CHARTS_BROKEN, ids=["text", "points"])
def test_a_chart_without_text_or_points_is_found(tmp_path: Path, part: str, old: str, new: str, message: str) -> None:
    broken(written("1 month"), tmp_path / "broken.xlsx", part, old, new)
    with pytest.raises(AssertionError) as caught:
        assert_sound(tmp_path / "broken.xlsx")
    assert message in str(caught.value)


FIGURES_BROKEN = [
    ("another number", r'(<c r="C10"[^>]*><f.*?</f><v>)[^<]*', r"\g<1>12345.6", "Movements!C10 is 12345.6 here and"),
    ("a text", r'(<c r="C10"[^>]*)(><f.*?</f><v>)[^<]*', r'\1 t="str"\2some', "Movements!C10 is 'some' here and"),
    ("no value", r'(<c r="C10"[^>]*><f.*?</f>)<v>[^<]*</v>', r"\1", "Movements!C10 is '' here and"),
]


@in_one_process
@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "message"), [row[1:] for row in FIGURES_BROKEN], ids=[row[0] for row in FIGURES_BROKEN]
)
def test_a_figure_that_libreoffice_computes_otherwise_is_found(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    whole = written("few columns")
    broken(whole, tmp_path / "broken.xlsx", "xl/worksheets/sheet2.xml", old, new)
    with pytest.raises(AssertionError) as caught:
        assert_same_figures(tmp_path / "broken.xlsx", computed()[whole])
    assert message in str(caught.value)
