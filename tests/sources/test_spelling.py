"""Which header a name means, in every script: no two headers are taken for one."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from mrr_xl import MrrError, metric
from mrr_xl.filling.fill import fill
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.sources.spelling import header_named, paired
from support.exports import write_csv
from support.small_workbook import small_workbook

LEDGER = {"customer": ["Ada"], "start": ["2024-01-01"], "amount": [10.0]}


@pytest.mark.parametrize(
    ("name", "headers", "meant"),
    [
        ("Plan", ["plan", "Plan"], "Plan"),
        ("plan_name", ["Plan", "Plan-Name"], "Plan-Name"),
        ("Регион", ["План", "Регион"], "Регион"),
        ("регион 1", ["План 1", "Регион 1"], "Регион 1"),
        ("Регион 1", ["План 1"], None),
        ("地域", ["計画", "地域"], "地域"),
        ("カス", ["ガス", "カス"], "カス"),
        ("カス", ["ガス"], None),
        ("Zone -", ["Zone +", "Zone -"], "Zone -"),
        ("zone_+", ["Zone -", "Zone +"], "Zone +"),
        ("Zone +", ["Zone -"], None),
        ("Zone", ["Zone -", "Zone +"], None),
        ("Zone", ["Zone -"], "Zone -"),
        ("Amount (€)", ["Amount ($)"], None),
        ("Währung", ["wahrung"], "wahrung"),
        ("Cafe\u0301", ["Café"], "Café"),
        ("+", ["-", "+"], "+"),
        ("", ["", "a"], None),
    ],
)
def test_a_name_means_a_header_as_it_stands_and_else_by_all_that_it_spells(name, headers, meant):
    assert header_named(name, headers) == meant


@pytest.mark.parametrize(
    ("table", "data", "pairs"),
    [
        (["План", "Регион"], ["Регион", "План"], {"Регион": "Регион", "План": "План"}),
        (["План 1"], ["Регион 1"], {}),
        (["Zone -"], ["Zone +", "Zone -"], {"Zone -": "Zone -"}),
        (["Zone -"], ["Zone +"], {}),
        (["Zone"], ["Zone +", "Zone -"], {}),
        (["Zone"], ["Zone +"], {"Zone +": "Zone"}),
        (["Plan"], ["plan", "Plan"], {"Plan": "Plan"}),
        (["計画A", "地域A"], ["地域a", "計画A"], {"地域a": "地域A", "計画A": "計画A"}),
    ],
)
def test_the_headers_of_two_tables_are_paired_in_the_way_that_says_most(table, data, pairs):
    assert paired(table, data) == pairs


def filled(folder: Path, headers: list[str], data: dict[str, list[str]]) -> list[list[object]]:
    """The table of a workbook with these headers after the data, from its fourth column on."""
    template = small_workbook(folder / "t.xlsx", ["Customer", "Start", "Amount", *headers])
    fill(template, pl.DataFrame(LEDGER | data), folder / "r.xlsx")
    sheet = openpyxl.load_workbook(folder / "r.xlsx")["Data"]
    return [[sheet.cell(row, column).value for column in range(4, sheet.max_column + 1)] for row in (1, 2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [("Регион", "План"), ("План 1", "Регион 1"), ("地域", "計画"), ("Zone +", "Zone -"), ("ガス", "カス"), ("+", "-")],
)
@pytest.mark.parametrize("has", [[], [0], [1], [0, 1], [1, 0]])
def test_a_filled_table_has_each_column_under_its_own_header(tmp_path, first, second, has):
    both = [first, second]
    headers, values = filled(tmp_path, [both[one] for one in has], {first: ["one"], second: ["two"]})
    assert dict(zip(headers, values)) == {first: "one", second: "two"}
    assert headers[: len(has)] == [both[one] for one in has]


def test_a_column_that_differs_in_its_sign_is_added_beside_that_of_the_table(tmp_path):
    assert filled(tmp_path, ["Zone -"], {"Zone +": ["plus"]}) == [["Zone -", "Zone +"], [None, "plus"]]


def test_conditions_and_segments_look_at_the_column_that_is_named():
    data = pl.DataFrame(LEDGER | {"План 1": ["Pro"], "Регион 1": ["EU"], "Zone +": ["a"], "Zone -": ["b"]})
    assert metric("MRR", data, where="регион 1=EU; Zone -=b", month="2024-01") == 10.0
    assert list(metric("MRR_SEGMENTS", data, by="Zone -", month="2024-01")["segment"]) == ["b", "total"]
    with pytest.raises(MrrError, match=r"^there is no column 'zone'; the columns are customer, start, amount, План 1"):
        metric("MRR", data, where="zone=a")


def test_a_column_that_the_user_names_for_a_role_is_that_one():
    data = pl.DataFrame({"customer": ["Ada"], "Дата 1": ["2024-01-01"], "День 1": ["2024-02-01"], "amount": [10.0]})
    assert read_ledger(data, how=_how(start="День 1")).layout.roles["start"] == "День 1"
    with pytest.raises(MrrError, match=r"^start is said to be column 'Срок 1', which is not there"):
        read_ledger(data, how=_how(start="Срок 1"))


def _how(**columns):
    from mrr_xl.sources.how import How

    return How(columns=tuple(columns.items()))


def test_the_columns_of_a_billing_systems_export_keep_their_own_values(tmp_path):
    path = write_csv(
        tmp_path,
        """
        subscriptions.id | subscriptions.plan_id | План | Регион | subscriptions.plan_quantity | subscriptions.plan_unit_price | subscriptions.status | subscriptions.created_at | subscriptions.started_at | subscriptions.current_term_start | subscriptions.current_term_end | customers.id | Клиент customers.id
        s1 | p | Pro | EU | 3 | 30.00 | Active | 10-Jan-2024 10:22 | 10-Jan-2024 10:22 | 10-Jun-2024 10:22 | 10-Jul-2024 10:22 | A | x
        """,  # noqa: E501
    )
    lines = read_ledger(path)
    assert lines.frame["customer"].to_list() == ["A"]
    assert {name: lines.frame[f"col:{name}"].to_list() for name in ("План", "Регион", "Клиент customers.id")} == {
        "План": ["Pro"],
        "Регион": ["EU"],
        "Клиент customers.id": ["x"],
    }
