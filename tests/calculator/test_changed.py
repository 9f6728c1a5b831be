"""Only what the new rows change is written; all else keeps what Excel saved; what it computed otherwise is named.

A workbook as Excel saves it is built here: its formulas have values, and its properties name Excel and its build.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from mrr_xl.calculator.saved import is_as_written
from mrr_xl.filling import stamp
from mrr_xl.filling.fill import Filled, fill
from mrr_xl.report import write_template
from mrr_xl.xlsx.spills import let_grow
from mrr_xl.xlsx.workbook import read_workbook
from support.ledger_table import data, ledger_workbook

EXCEL = "<Properties><Application>Microsoft Excel</Application><AppVersion>16.0300</AppVersion></Properties>"
DATA = "customer,start,amount\nAda,2024-01-01,100\nBob,2024-02-01,7\nCleo,2024-02-01,1\n"
#: The sums before and after: of 100 and 5, and of 100, 7 and 1.
BEFORE, AFTER = 105, 108


def saved(path: Path, cells: dict[str, tuple[Any, str]], app: str | None = EXCEL, asks: bool = False) -> Path:
    """A sheet R with the table in H1:J3 and formulas with the XML that follows them, as Excel saved it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "R"
    for line in (["customer", "start", "amount"], ["Ada", "2024-01-01", 100], ["Bob", "2024-02-01", 5]):
        sheet.append([None] * 7 + line)
    sheet.add_table(Table(displayName="Subscriptions", ref="H1:J3"))
    for cell, (formula, _) in cells.items():
        sheet[cell] = formula
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    xml = parts["xl/worksheets/sheet1.xml"].decode()
    for cell, (_, value) in cells.items():
        kind = ' t="e"' if value.startswith("#") else "" if re.fullmatch(r"[-\d.E+]*", value) else ' t="str"'
        had = f"<v>{value}</v>" if value else ""
        xml = re.sub(rf'<c r="{cell}"[^>]*>(<f.*?(?:/>|</f>)).*?</c>', rf'<c r="{cell}"{kind}>\1{had}</c>', xml)
    parts["xl/worksheets/sheet1.xml"] = xml.encode()
    if app is not None:
        parts["docProps/app.xml"] = app.encode()
    if not asks:
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def filled(path: Path, cells: dict[str, tuple[Any, str]], **how: Any) -> tuple[dict[str, str | None], Filled]:
    """What the file has for each cell after it was filled, as it is written there."""
    data = path / "data.csv"
    data.write_text(DATA)
    done = fill(saved(path / "saved.xlsx", cells, **how), data, path / "out.xlsx")
    with zipfile.ZipFile(path / "out.xlsx") as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    return {cell: _value(xml, cell) for cell in cells}, done


def _value(xml: str, cell: str) -> str | None:
    found = re.search(rf'<c r="{cell}"[^>]*?(?:/>|>(.*?)</c>)', xml)
    value = re.search("<v>(.*?)</v>", found[1] or "") if found else None
    return None if value is None else value[1]


def test_a_value_that_the_rows_do_not_change_stays_as_excel_spelled_it(tmp_path: Path) -> None:
    kept = {
        "A1": ("=1/3", "0.33333333333333331"),
        "A2": ("=0.1+0.2", "0.30000000000000004"),
        "A3": ("=SUM(B1:B2)*0", "0"),
        "A4": ('=TEXT(45306,"d mmm yyyy")', "15 Jan 2024"),
        "A5": ("=1/0", "#DIV/0!"),
        "A6": ("=J2", "100.00"),
        "A7": ("=OFFSET(A1,1,0)", "3.0000000000000004E-1"),
        "A8": ("=NA()", "#N/A"),
    }  # fmt: skip
    values, done = filled(tmp_path, kept)
    assert (values, done.problems) == ({cell: value for cell, (_, value) in kept.items()}, [])


def test_a_value_that_the_rows_change_is_written(tmp_path: Path) -> None:
    values, done = filled(
        tmp_path,
        {
            "A1": ("=SUM(Subscriptions[amount])", "105"),
            "A2": ("=A1*2", "210"),
            "A3": ("=MRR(Subscriptions[#All],DATE(2024,2,1))", "105"),
            "A4": ('=INDIRECT("J"&amp;3)'.replace("&amp;", "&"), "5"),
        },
    )
    assert values == {"A1": "108", "A2": "216", "A3": "108", "A4": "7"}
    assert done.problems == []


#: What Excel had where the engine gives 105, or 210: it computes otherwise.
OTHERWISE = {"A1": ("=SUM(Subscriptions[amount])", "104"), "A2": ('=LEN("Zoë")', "4"), "A3": ("=A1*2", "208")}


def test_a_value_that_excel_computed_otherwise_is_named_if_it_changes_and_kept_if_it_does_not(tmp_path: Path) -> None:
    values, done = filled(tmp_path, OTHERWISE)
    assert values == {"A1": "108", "A2": "4", "A3": "216"}
    assert done.problems == ["computed otherwise than Excel did before: R!A1, R!A3; compare them with what Excel shows"]


def test_a_value_that_needs_the_rows_and_that_the_engine_cannot_follow_is_named(tmp_path: Path) -> None:
    # A sum over cells that OFFSET gives one by one, which Excel sums and the engine takes for an error both times.
    idiom = "=SUMPRODUCT(N(OFFSET(Subscriptions[[#Headers],[amount]],LARGE(J2:J3,{1,2}),0)))"
    values, done = filled(tmp_path, {"A1": (idiom, "105"), "A2": ("=A1*2", "210"), "A3": ('=LEN("Zoë")', "4")})
    assert values == {"A1": "105", "A2": "210", "A3": "4"}
    assert done.problems == [
        "R!A1, R!A2 can't be computed here as Excel did before and keep their old values; let Excel compute them"
    ]


@pytest.mark.parametrize(
    "app",
    [
        None,  # as openpyxl writes it: Microsoft Excel, and a version of its own
        EXCEL.replace("Microsoft Excel", "LibreOffice/24.2$Linux"),
        "<Properties/>",
        EXCEL.replace("16.0300", "3.1"),
    ],
)
def test_another_program_than_excel_does_not_judge(app: str | None, tmp_path: Path) -> None:
    values, done = filled(tmp_path, OTHERWISE, app=app)
    assert values == {"A1": "108", "A2": "4", "A3": "216"} and done.problems == []


def test_a_workbook_that_asks_excel_to_compute_it_has_no_values_to_keep(tmp_path: Path) -> None:
    values, done = filled(tmp_path, OTHERWISE, asks=True)
    assert values == {"A1": "108", "A2": "3", "A3": "216"} and done.problems == []


def test_a_formula_without_a_value_gets_one(tmp_path: Path) -> None:
    assert filled(tmp_path, {"A1": ("=1+1", ""), "A2": ('=""', "")})[0] == {"A1": "2", "A2": ""}


def test_an_empty_text_is_an_empty_text_however_it_was_saved(tmp_path: Path) -> None:
    values, done = filled(tmp_path, {"A1": ('=IF(SUM(Subscriptions[amount])=105,"","new")', "")})
    assert values == {"A1": "new"} and done.problems == []


def test_today_moves_only_with_figures_that_change_and_are_of_today(tmp_path: Path) -> None:
    old = "36526"  # 1 January 2000
    values, _ = filled(tmp_path, {"A1": ("=TODAY()", old), "A2": ("=A1+1", "36527"), "A3": ("=SUM(J2:J9)", "105")})
    assert values == {"A1": old, "A2": "36527", "A3": "108"}
    cells = {"A1": ("=TODAY()", old), "A2": ("=YEAR(A1)", "2000"),
             "A3": ("=MRR(Subscriptions[#All],45323+0*A1)", "105"),
             "A4": ("=1/3", "0.33")}  # fmt: skip
    values, done = filled(tmp_path, cells)
    assert values["A3"] == "108" and values["A4"] == "0.33" and done.problems == []
    assert values["A1"] != old and int(float(values["A2"] or 0)) >= 2026


def test_chance_moves_alone(tmp_path: Path) -> None:
    cells = {"A1": ("=RAND()", "0.5"), "A2": ("=TODAY()", "36526"), "A3": ("=NOW()", "36526.5"), "A4": ("=A1*0", "0")}
    values, done = filled(tmp_path, cells)
    assert values["A1"] != "0.5" and [values["A2"], values["A3"], values["A4"]] == ["36526", "36526.5", "0"]
    assert done.problems == []


def test_one_that_excel_computed_otherwise_makes_a_large_workbook_no_slower(tmp_path: Path) -> None:
    from mrr_xl.calculator.engine import Engine

    asked = []
    real = Engine.dependents
    cells = {f"A{row}": (f"=SUM(Subscriptions[amount])+{row}", f"{105 + row}") for row in range(2, 60)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "dependents", lambda engine, cell: asked.append(cell) or real(engine, cell))
        _, done = filled(tmp_path, cells | {"B1": ("=1+1", "3"), "B2": ("=SUM(J2:J3)*0", "7")})
    assert done.problems == [
        "R!B2 can't be computed here as Excel did before and keeps its old value; let Excel compute it"
    ]
    assert len(asked) < 10


def test_values_of_a_program_that_did_not_know_our_functions_judge_nothing(tmp_path: Path) -> None:
    values, done = filled(
        tmp_path,
        {
            "A1": ("=MRR(Subscriptions[#All],DATE(2024,2,1))", "#NAME?"),
            "A2": ("=IFERROR(A1,0)", "0"),
            "A3": ("=SUM(Subscriptions[amount])+0*A2", "105"),
        },
    )
    assert values == {"A1": "108", "A2": "108", "A3": "108"} and done.problems == []


@pytest.mark.parametrize("app", [EXCEL, EXCEL.replace("Microsoft Excel", "LibreOffice/24.2$Linux"), None])
def test_what_a_program_without_our_functions_left_is_computed_where_the_rows_do_not_change_it(
    app: str | None, tmp_path: Path
) -> None:
    """Ada's 100 of January are in the old rows and in the new ones."""
    january = "(Subscriptions[#All],DATE(2024,1,1))"
    values, done = filled(
        tmp_path,
        {
            "A1": (f"=MRR{january}", "#NAME?"),
            "A2": ('=IFERROR(A1,"n/a")', "n/a"),
            "A3": (f"=MRR_CHURN{january}", "#NAME?"),
            "A4": ("=A1+A3*2", "#NAME?"),
            "A5": ("=SUM(J2:J3)*0+1/3", "0.33333333333333331"),
            "A6": (f'=IF(ISERROR(MRR{january}),"no functions","")', "no functions"),
        },
        app=app,
    )
    assert values == {"A1": "100", "A2": "100", "A3": "0", "A4": "100", "A5": "0.33333333333333331", "A6": ""}
    assert done.problems == []


@pytest.mark.parametrize("app", [EXCEL, EXCEL.replace("Microsoft Excel", "LibreOffice/24.2$Linux"), None])
def test_what_an_addin_that_could_not_start_left_is_computed_where_the_rows_do_not_change_it(
    app: str | None, tmp_path: Path
) -> None:
    """Ada's 100 of January are in the old rows and in the new ones; 1/3 is as the program spelled it."""
    january, said = "(Subscriptions[#All],DATE(2024,1,1))", "mrr_xl can't be started with /nowhere/python"
    values, done = filled(
        tmp_path,
        {
            "A1": (f"=MRR{january}", said),
            "A2": ("=A1", said),
            "A3": (f"=IFERROR(MRR_CHURN{january},0)", said),
            "A4": ('=IF(ISNUMBER(A1),A1+A3,"no figure")', "no figure"),
            "A5": ("=SUM(J2:J3)*0+1/3", "0.33333333333333331"),
            "A6": ('=LEN("Zoë")', "4"),
        },
        app=app,
    )
    assert values == {"A1": "100", "A2": "100", "A3": "0", "A4": "100", "A5": "0.33333333333333331", "A6": "4"}
    named = ["computed otherwise than Excel did before: R!A1, R!A2, R!A3, R!A4; compare them with what Excel shows"]
    assert done.problems == (named if app == EXCEL else [])


def test_a_figure_of_ours_that_was_saved_of_other_rows_is_computed_anew_and_todays_with_it(tmp_path: Path) -> None:
    cells = {
        "A1": ("=MRR(Subscriptions[#All],DATE(2024,1,1))", "90"),
        "A2": ("=A1*2", "180"),
        "A3": ("=MRR(Subscriptions[#All],DATE(2024,1,1)+0*TODAY())", "100.0"),
        "A4": ("=MRR(Subscriptions[#All],DATE(2024,1,1)+0*TODAY())", "99"),
        "A5": ("=YEAR(TODAY())", "2000"),
    }
    values, done = filled(tmp_path, cells, app=EXCEL.replace("Microsoft Excel", "LibreOffice/24.2$Linux"))
    year = str(values.pop("A5"))
    assert values == {"A1": "100", "A2": "200", "A3": "100.0", "A4": "100"} and int(year) >= 2026
    assert done.problems == []


def test_what_cannot_be_computed_keeps_its_cells_in_an_array_too(tmp_path: Path) -> None:
    cells = {
        "A1": (ArrayFormula("A1:A2", "=MY_ADDIN(J2:J3)"), "7"),
        "B1": ("=SUM(A1:A2)+SUM(Subscriptions[amount])", "112"),
    }
    values, done = filled(tmp_path, cells)
    assert values == {"A1": "7", "B1": "115"}
    assert done.problems == ["R!A1 can't be computed here and keeps its old value: MY_ADDIN(J2:J3)"]


def test_an_answer_that_has_no_room_any_more_is_named(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        sheet["E1"] = ArrayFormula("E1", "=Subscriptions[Customer]")
        sheet["E4"] = "in the way"

    own = ledger_workbook(tmp_path / "own.xlsx", change=build, lines=[("Ada", 100.0), ("Bob", 200.0)])
    grown = read_workbook(own)
    let_grow(grown)
    own.write_bytes(grown.package.content())
    assert fill(own, data("Ada", "Bob", "Cyd"), tmp_path / "first.xlsx").problems == []
    done = fill(own, data("Ada", "Bob", "Cyd", "Dan"), tmp_path / "out.xlsx")
    assert done.problems == [
        "Data!E1 has no room for its answer (#SPILL!); clear the cells below and beside, and fill again"
    ]


def test_many_reports_of_one_template_compute_its_old_rows_once(tmp_path: Path, monkeypatch: Any) -> None:
    from mrr_xl.filling import fill as module

    calls = []
    real = module.calculate
    monkeypatch.setattr(module, "calculate", lambda *given, **how: calls.append(given) or real(*given, **how))
    template = saved(tmp_path / "saved.xlsx", {"A1": ("=SUM(Subscriptions[amount])", "105")})
    (tmp_path / "data.csv").write_text(DATA)
    for number in range(3):
        fill(template, tmp_path / "data.csv", tmp_path / f"out{number}.xlsx")
    assert len(calls) == 4


def test_in_a_report_of_ours_that_no_program_has_saved_since_all_values_are_ours(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text(DATA)
    write_template(tmp_path / "report.xlsx", data=data, months=2)
    assert stamp.read(tmp_path / "report.xlsx") is not None
    assert is_as_written(read_workbook(tmp_path / "report.xlsx"))
    assert not is_as_written(read_workbook(saved(tmp_path / "saved.xlsx", OTHERWISE)))
