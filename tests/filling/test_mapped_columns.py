"""fill: columns of the data of which the user has said what they are, and customers that are numbers."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import mrr_xl
from mrr_xl import MrrError, fill
from mrr_xl.filling.ledger_table import find_table
from mrr_xl.sources.columns import recognise
from mrr_xl.sources.headers import ROLES, header_of
from mrr_xl.xlsx.workbook import read_workbook
from support.ledger_table import data, ledger_workbook, shown

#: Role → a column that only the user knows, its cells, and the MRR of Ada, Bob and Cyd in February 2024.
MEANT: dict[str, tuple[str, list[Any], float]] = {
    "discount": ("Rabatt %", [10, 50, 0], 240),
    "quantity": ("Kopfzahl", [2, 1, 3], 550),
    "interval": ("Takt", ["monthly", "yearly", "quarterly"], 100 + 200 / 12 + 50 / 3),
    "end": ("Schluss", ["2024-02-01", None, None], 250),
    "trial_end": ("Probe bis zum", [None, "2024-05-01", None], 150),
    "kind": ("Posten", ["recurring", "setup", "recurring"], 150),
}


@pytest.mark.parametrize("role", MEANT)
@pytest.mark.parametrize("has", [True, False])
def test_the_formulas_of_the_report_read_a_column_as_the_user_has_said(tmp_path: Path, role: str, has: bool) -> None:
    header, cells, mrr = MEANT[role]
    own, columns = ledger_workbook(tmp_path / "own.xlsx", [header] if has else []), {role: header}
    lines = data("Ada", "Bob", "Cyd", **{header: cells})
    assert mrr_xl.mrr(lines, "2024-02", columns=columns) == pytest.approx(mrr, abs=1e-6)
    for template, out in ((own, tmp_path / "out.xlsx"), (tmp_path / "out.xlsx", tmp_path / "next.xlsx")):
        assert fill(template, lines, out, columns=columns).notes == []
        assert shown(out, "A1:A1", "Report") == [[pytest.approx(mrr, abs=1e-6)]]
        headers = find_table(read_workbook(out)).columns
        assert headers == ["Customer", "Start", "Amount", *([header] if has else []), header_of(role)]
    with pytest.raises(MrrError) as caught:
        fill(own, lines, tmp_path / "strict.xlsx", columns=columns, strict=True)
    lacks = f"the data has a column {header} that table Subscriptions does not have"
    if has:
        lacks = f"table Subscriptions has no column {header_of(role)}, as which column {header} of the data is read"
    assert str(caught.value) == f"{lacks}; add it to the table, or fill without strict"


def test_the_template_takes_a_column_as_the_user_has_said(tmp_path: Path) -> None:
    lines = data("Ada", "Bob", "Cyd", **{"Testlauf": [None, "2024-05-01", None]})
    mrr_xl.write_template(tmp_path / "t.xlsx", data=lines, columns={"trial_end": "Testlauf"})
    assert "Trial end" in find_table(read_workbook(tmp_path / "t.xlsx")).columns


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_header_of_a_role_is_read_as_that_role(role: str) -> None:
    others = [header for header in ("customer", "start", "amount", "interval") if header != role]
    headers = [header for header in others if role not in ("mrr", "arr", "tcv", "term") or header != "amount"]
    headers += ["TCV"] if role == "term" else []
    layout = recognise([*headers, header_of(role)])
    assert header_of(role) in layout.roles.values() or role == "month"


def test_what_does_not_change_an_mrr_stays_as_the_data_has_it(tmp_path: Path) -> None:
    def per_month(book: Any, sheet: Any) -> None:
        sheet["C1"] = "MRR"
        sheet.tables["Subscriptions"].tableColumns[2].name = "MRR"

    headers = ["Interval", "Seats", "Discount %"]
    own, out = ledger_workbook(tmp_path / "own.xlsx", headers, change=per_month), tmp_path / "out.xlsx"
    lines = data("Ada", "Cyd", **{"Interval": ["year", "month"], "Seats": [3, None], "Discount %": [10, 0]})
    assert fill(own, lines.rename(columns={"Amount": "MRR"}), out).notes == []
    assert [row[2:] for row in shown(out, "A2:F3")] == [[100, "year", 3, 10], [50, "month", None, 0]]
    assert shown(out, "A1:A1", "Report") == [[150]]


def test_what_was_typed_beside_an_mrr_stays_with_its_line(tmp_path: Path) -> None:
    def per_month(book: Any, sheet: Any) -> None:
        sheet["C1"], sheet["D2"], sheet["D4"] = "MRR", 7, 3
        sheet.tables["Subscriptions"].tableColumns[2].name = "MRR"

    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Seats"], change=per_month), tmp_path / "out.xlsx"
    assert fill(own, data("Cyd", "Bob", "Ada").rename(columns={"Amount": "MRR"}), out).notes == []
    assert shown(out, "D2:D4") == [[3], [None], [7]]


def numbered(book: Any, sheet: Any) -> None:
    for row in (2, 3, 4):
        sheet[f"A{row}"], sheet[f"D{row}"] = 1000 + row, f"note {row}"
    book["Report"]["A2"] = "=INDEX(Subscriptions[Amount],MATCH(1003,Subscriptions[Customer],0))"


def test_a_customer_that_is_a_number_stays_one_and_keeps_what_was_typed(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Note"], change=numbered), tmp_path / "out.xlsx"
    lines = data("Bob", "Ada").assign(Customer=[1003, 1002])
    text = io.BytesIO(lines.to_csv(index=False).encode())
    for source in (lines, lines.assign(Customer=[1003.0, 1002.0]), text):
        assert fill(own, source, out).notes == [
            "column Note of table Subscriptions is not in the data: 1 cell was cleared, since its line is no longer "
            "there (D4 of the template)"
        ]
        assert [row[::3] for row in shown(out, "A2:D3")] == [[1003, "note 3"], [1002, "note 2"]]
        assert shown(out, "A2:A2", "Report") == [[200]]


@pytest.mark.parametrize("names", [["0017", "18"], ["1e5", "7,5"], ["1234567890123456789", "12"]])
def test_texts_that_would_be_another_customer_as_a_number_stay_texts(tmp_path: Path, names: list[str]) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx", ["Note"], change=numbered), tmp_path / "out.xlsx"
    fill(own, data("Bob", "Ada").assign(Customer=names), out)
    first, second = shown(out, "A2:A3")
    assert first == [names[0]]
    assert second == [int(names[1]) if names[1].isdecimal() else names[1]]
    assert mrr_xl.metric("MRR", out, "2024-01", where=f"customer={names[0]}", sheet="Data") == 200


def test_digits_are_texts_where_the_table_has_none_but_names(tmp_path: Path) -> None:
    own, out = ledger_workbook(tmp_path / "own.xlsx"), tmp_path / "out.xlsx"
    fill(own, data("Bob", "Ada").assign(Customer=["1003", "1002"]), out)
    assert shown(out, "A2:A3") == [["1003"], ["1002"]]
    fill(own, data("Bob", "Ada").assign(Customer=pd.array([1003, 1002], dtype="Int64")), out)
    assert shown(out, "A2:A3") == [[1003], [1002]]
