"""The tables as LAMBDAs: the rows of the engine's functions, or an error."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pandas as pd
import pytest

from mrr_xl import MrrError
from mrr_xl.functions.sheet_functions import sheet_functions
from support.lambdas import Sheets, at_random, northstar, rules_at_random

pytestmark = pytest.mark.filterwarnings("ignore::mrr_xl.errors.MrrWarning")

FUNCTIONS = sheet_functions()
BLANK = ("", None)


def month(text: str) -> tuple[str, Any]:
    """A month as an argument of a formula, and of a function."""
    day = dt.datetime.fromisoformat(f"{text}-01")
    return f"DATE({day.year},{day.month},1)", day


def cells(data: pd.DataFrame) -> list[list[Any]]:
    rows = data.astype(object).where(data.notna(), None).values.tolist()
    plain = [[value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for value in row] for row in rows]
    return [list(data.columns), *plain]


def as_number(value: Any) -> Any:
    return (value - dt.datetime(1899, 12, 30)).days if isinstance(value, dt.datetime) else value


def order(row: list[Any]) -> str:
    return str([round(float(value), 5) if isinstance(value, (int, float)) else value for value in row])


def same(
    name: str, data: pd.DataFrame, rules: dict[str, Any], where: str, own: list[tuple[str, Any]], in_order: bool = True
) -> bool:
    """Whether a table is the engine's; False if the LAMBDA refuses it. in_order: else names may be in another order."""
    texts = "".join(f",{text}" for text, _ in own)
    shown = Sheets(data, rules).value(f'={name}(DATA{texts},"{where}",SETTINGS,RATES)')
    settings = [list(pair) for pair in rules.items()]
    try:
        table = FUNCTIONS[name](cells(data), *[value for _, value in own], where or None, settings, None)
    except MrrError:
        assert shown == [["#VALUE!"]]
        return True
    if shown == [["#VALUE!"]]:
        return False
    wanted = [[as_number(value) for value in row] for row in table]
    assert shown[0] == wanted[0]
    ours, engines = (
        (shown[1:], wanted[1:]) if in_order else (sorted(shown[1:], key=order), sorted(wanted[1:], key=order))
    )
    assert ours == [
        [pytest.approx(value, abs=1e-6) if isinstance(value, (int, float)) else value for value in row]
        for row in engines
    ]
    return True


@pytest.mark.parametrize("seed", range(12))
def test_random_ledgers_have_the_engines_tables(seed: int) -> None:
    dice = random.Random(seed)
    data, rules, where = at_random(seed), rules_at_random(seed), dice.choice(["", "", "plan=Pro", "Plan<>team"])
    one = dice.choice([BLANK, month("2023-08"), month("2024-02"), month("2022-02")])
    tables: list[tuple[str, list[Any], bool]] = [
        ("MRR_MOVEMENTS", [one, BLANK], True),
        ("MRR_MOVEMENTS", [BLANK, one], True),
        ("MRR_SCHEDULE", [one, BLANK], False),
        ("MRR_DETAIL", [one, dice.choice([BLANK, ('"churn"', "churn"), ('" New"', " New")])], False),
        ("MRR_TOP", [("3", 3), one], False),
        ("MRR_COHORTS", [dice.choice([BLANK, ('"gross"', "gross"), ('"logos"', "logos")]),
                         dice.choice([BLANK, ('"quarter"', "quarter"), ('"Year"', "Year")])], True),
    ]  # fmt: skip
    computed = [same(name, data, rules, where, own, in_order) for name, own, in_order in tables]
    assert all(computed) or (seed % 3 == 0 and not any(computed))


def test_the_figures_of_a_ledger_that_was_read_once_are_the_same() -> None:
    sheets = Sheets(northstar(), {"retention_months": 1, "gross_margin": 0.8})
    read = "MRR_LEDGER(DATA,SETTINGS,RATES)"
    for own in ("", ",DATE(2024,{1,2},1)"):
        for name in ("MRR", "MRR_CHURN", "MRR_CUSTOMERS", "MRR_NRR", "MRR_LTV", "MRR_HHI"):
            months = own + (",,,SETTINGS" if name == "MRR_NRR" else ",,SETTINGS") if own else own
            if own:
                assert sheets.value(f"={name}({read}{own})") == sheets.value(f"={name}(DATA{months})"), name
    assert sheets.value(f"=MRR_LAST_MONTH({read})") == [[45323.0]]
    assert sheets.value(f"=MRR_SCHEDULE({read})") == sheets.value("=MRR_SCHEDULE(DATA)")


def test_a_ledger_that_was_read_once_takes_no_other_condition_or_settings() -> None:
    sheets = Sheets(northstar(), {"retention_months": 1})
    assert sheets.value('=MRR(MRR_LEDGER(DATA),,"customer=Acme")') == [["#VALUE!"]]
    assert sheets.value("=MRR(MRR_LEDGER(DATA),,,SETTINGS)") == [["#VALUE!"]]
    assert sheets.value('=MRR(MRR_LEDGER(DATA),,"")') == [[1500.0]]


@pytest.mark.parametrize(
    "formula",
    [
        "=MRR_TOP(DATA,0)", '=MRR_TOP(DATA,"many")', "=MRR_TOP(DATA,1.5)", '=MRR_DETAIL(DATA,,"fx")',
        "=MRR_DETAIL(DATA,DATE(2024,3,1))", "=MRR_DETAIL(DATA,DATE(2024,{1,2},1))", '=MRR_COHORTS(DATA,"mean")',
        '=MRR_COHORTS(DATA,,"week")', "=MRR_MOVEMENTS(DATA,DATE(2024,2,1),DATE(2024,1,1))",
        "=MRR_MOVEMENTS(DATA,,DATE(2024,3,1))", '=MRR_SCHEDULE(DATA,"2024-01")', "=MRR_TOP_SHARE(DATA,,0)",
    ],
)  # fmt: skip
def test_what_the_engine_refuses_is_an_error(formula: str) -> None:
    assert Sheets(northstar()).value(formula) == [["#VALUE!"]]


@pytest.mark.parametrize(
    ("columns", "problems"),
    [
        ({}, [["lines read", "OK", 6, 2, "recognised as subscriptions"]]),
        ({"Customer": ["Acme", None, "Initech", "ACME", "Initech", "a  b"]}, [
            ["customers", "problem", 1, 3, "blank: give each line a customer"],
            ["customers", "problem", 1, 7, "a  b has blanks that can't be told, or too many digits: write it with "
             "single blanks, or as a text"],
            ["customers", "problem", 1, 5, "ACME is written otherwise elsewhere: LAMBDAs can't tell capital letters "
             "from small ones"],
        ]),
        ({"Amount": [500.0, None, 800.0, 700.0, -1, "€300"], "Start": ["2024-01-01"] * 6}, [
            ["starts", "problem", 6, 2, "2024-01-01 is not a date: enter a real date"],
            ["amounts", "problem", 1, 3, "blank: give each line an amount, 0 if it is free"],
            ["amounts", "problem", 2, 6, "-1 is not a number of 0 or more: enter reductions as discount"],
        ]),
        ({"End": [pd.Timestamp("2023-01-01")] * 6},
         [["ends", "problem", 6, 2, "an end is before the start of its line"]]),
        ({"Interval": ["month", "often"] * 3, "Status": ["active"] * 5 + ["odd"]}, [
            ["intervals", "problem", 3, 3, "often is not an interval: write month, quarter, year, 2 weeks"],
            ["statuses", "problem", 1, 7, "odd is not a known status"],
        ]),
        ({"Seats billed": [2] * 6, "Quantity": [1] * 6, "Qty": [1] * 6}, [
            ["columns", "problem", 1, "", "Seats billed may matter, but is not understood: rename it"],
            ["columns", "problem", 2, "", "Quantity means the same as another column: rename it"],
        ]),
        ({"Currency": ["EUR", "USD"] * 3},
         [["exchange rates", "problem", 6, 2, "EUR needs a rate: give one for each currency"]]),
        ({"Amount": [1e12] * 6}, [["data can be read", "problem", 0, "", "amounts that are too large, or statuses of "
                                   "today beside later dates"]]),
    ],
)  # fmt: skip
def test_the_checks_say_what_can_not_be_computed(columns: dict[str, Any], problems: list[list[Any]]) -> None:
    sheets = Sheets(northstar(**columns))
    assert sheets.value('=MRR_CHECKS(DATA,,"",SETTINGS,RATES)') == [
        ["Check", "Result", "Lines", "First row", "Says"],
        *problems,
        ["other checks", "note", 0, "",
         "LAMBDAs tell only why data can't be computed; mrr-xl check tells what looks odd"],
    ]  # fmt: skip
    assert (sheets.value("=MRR(DATA)") == [["#VALUE!"]]) == (problems[0][1] == "problem")


def test_the_checks_say_what_is_wrong_with_a_condition_or_a_setting() -> None:
    sheets = Sheets(northstar(), {"grace_days": 7})
    assert sheets.value('=MRR_CHECKS(DATA,,"Customer=Nobody",SETTINGS)')[1:3] == [
        ["settings", "problem", 1, "", "a setting can't be computed by LAMBDAs"],
        ["condition", "problem", 1, "", "Customer=Nobody can't be read, or no line has the value"],
    ]
    assert sheets.value("=MRR_CHECKS(DATA,DATA)") == [["#VALUE!"]]


def test_concentration() -> None:
    sheets = Sheets(northstar())
    assert sheets.value("=MRR_TOP_SHARE(DATA,DATE(2024,{1,2,3},1),1)") == [
        [pytest.approx(800 / 1800), pytest.approx(700 / 1500), "#N/A"]
    ]
    assert sheets.value("=MRR_HHI(DATA)") == [[pytest.approx((700**2 + 500**2 + 300**2) / 1500**2)]]
    assert sheets.value("=MRR_HHI(DATA,DATE(2023,12,1))") == [["#N/A"]]
