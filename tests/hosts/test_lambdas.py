"""The functions as LAMBDAs, computed by formulon: the engine's figures, or an error."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pytest

from mrr_xl import MrrError, Settings
from mrr_xl.calculator.engine import computes
from mrr_xl.hosts.lambdas import NAMES
from mrr_xl.hosts.lambdas.figures import OVER_MONTHS, SERIES
from mrr_xl.hosts.lambdas.file_form import file_form, on_one_line
from mrr_xl.hosts.lambdas.headers import refuse_other_headers
from mrr_xl.hosts.lambdas.rules import KNOWN
from mrr_xl.hosts.lambdas.words import refuse_other_words
from mrr_xl.ledger.ledger import Ledger, read_ledger
from mrr_xl.ledger.pricing import share_of_month
from mrr_xl.ledger.rates import read_rates
from mrr_xl.metrics import REGISTRY, find, values_at
from mrr_xl.report.sample import sample_subscriptions
from mrr_xl.rollforward.book import open_book
from mrr_xl.settings import RULES
from mrr_xl.sources.how import How
from support import ROOT
from support.lambdas import Sheets, at_random, day, northstar, rules_at_random

pytestmark = pytest.mark.filterwarnings("ignore::mrr_xl.errors.MrrWarning")

FIRST, MONTHS = 2022 * 12 + 10, 40
LINE = {"status": "line"}
ALL = [*SERIES, *OVER_MONTHS, "MRR_TOP_SHARE", "MRR_HHI"]


def bound(text: str) -> set[str]:
    texts = re.sub(r'"(?:[^"]|"")*"', '""', text)
    return set(re.findall(r"(?<![A-Za-z_.])[a-z][a-z_]*(?![A-Za-z_.])", texts))


def compare(
    data: pd.DataFrame, settings: dict[str, Any], where: str = "", names: Any = None, stricter: bool = False
) -> tuple[int, int]:
    """How many figures are the engine's, and how many are errors where the engine has a number.

    stricter: the LAMBDAs may refuse what the engine computes.
    """
    sheets, months = Sheets(data, settings), range(FIRST, FIRST + MONTHS)
    try:
        book: Any = open_book(data, where or None, Settings.of(settings))
        expected = {name: values_at(find(name), book, months) for name in names or ALL}
    except MrrError:
        expected = {name: ["#VALUE!"] * MONTHS for name in names or ALL}
    same = refused = 0
    for name, wanted in expected.items():
        for month, value, engines in zip(
            months, sheets.figures(name, months, where, "," if name in (*OVER_MONTHS, "MRR_TOP_SHARE") else ""), wanted
        ):
            engines = "#N/A" if engines is None else engines
            if value == "#VALUE!" and engines != value and stricter:
                refused += 1
                continue
            if isinstance(engines, str) or isinstance(value, str):
                assert value == engines, (name, month, value, engines)
            assert isinstance(value, str) or value == pytest.approx(engines, abs=1e-6), (name, month)
            same += 1
    return same, refused


def test_the_sample_has_the_engines_figures() -> None:
    assert compare(sample_subscriptions(), LINE) == (len(ALL) * MONTHS, 0)


@pytest.mark.parametrize(
    "settings",
    [
        {"as_of": "month_start"}, {"as_of": "any_day", "end_date": "inclusive"}, {"reactivation_days": 60},
        {"discounts": "ignore"}, {"through": dt.date(2024, 6, 1)},
    ],
)  # fmt: skip
def test_the_settings_are_followed(settings: dict[str, Any]) -> None:
    names = ["MRR", "MRR_NEW", "MRR_REACTIVATION", "MRR_CHURN", "MRR_EXPANDED_CUSTOMERS", "MRR_QUICK_RATIO"]
    same, refused = compare(sample_subscriptions(120), LINE | settings, names=names)
    assert (same, refused) == (len(names) * MONTHS, 0)


@pytest.mark.parametrize("where", ["plan=Team", " Plan = team ; region<>Europe", "plan!=Starter", "Status<>trialing;"])
def test_a_condition_picks_lines(where: str) -> None:
    assert compare(sample_subscriptions(120), LINE, where, names=["MRR", "MRR_NEW", "MRR_CUSTOMERS"])[1] == 0


@pytest.mark.parametrize("seed", range(24))
def test_random_ledgers_have_the_engines_figures(seed: int) -> None:
    rules, where = rules_at_random(seed), random.Random(seed).choice(["", "", "plan=Pro", "Plan<>team"])
    # Statuses of today are an error.
    same, refused = compare(at_random(seed), rules, where, stricter=seed % 3 == 0)
    assert same + refused == len(ALL) * MONTHS


def test_a_month_is_a_cell_or_a_range_and_the_last_one_reported_if_left_out() -> None:
    sheets = Sheets(northstar())
    assert sheets.value("=MRR_NET_NEW(DATA,DATE(2024,2,29))") == [[-300.0]]
    assert sheets.value("=MRR_NET_NEW(DATA)") == [[-300.0]]
    assert sheets.value("=MRR_CHURN(DATA,DATE(2024,{1;2;3},1))") == [[0.0], [-500.0], ["#N/A"]]
    assert sheets.value('=MRR(DATA,{45292,"",45323})') == [[1800.0, "", 1500.0]]
    assert sheets.value('=MRR(DATA,"2024-01")') == [["#VALUE!"]]


def test_a_number_that_is_a_year_is_no_month() -> None:
    """As a date, 2024 is a day of July 1905, before any customer: that MRR would be 0."""
    sheets = Sheets(northstar())
    assert sheets.value("=MRR(DATA,{2024,45292,9999,10000})") == [["#VALUE!", 1800.0, "#VALUE!", 0.0]]
    for formula in ("MRR_TOP(DATA,3,2024)", "MRR_SCHEDULE(DATA,2024)", "MRR_SCHEDULE(DATA,,2024)"):
        assert sheets.value(f"={formula}") == [["#VALUE!"]]


def test_a_month_that_is_not_over_is_not_reported() -> None:
    sheets = Sheets(northstar(), over="45292")  # January 2024
    assert sheets.value("=MRR(DATA,DATE(2024,{1,2},1))") == [[1800.0, "#N/A"]]
    assert sheets.value("=MRR(DATA)") == [[1800.0]]


@pytest.mark.parametrize(
    "settings",
    [
        {"grace_days": 7}, {"netting": "gross"}, {"day": 30}, {"week": "4.33"}, {"past_due_days": 30},
        {"paused": "counted"}, {"discounts": "forever"}, {"preset": "paddle"}, {"as_of": "noon"},
        {"end_dates": "inclusive"}, {"through": "2024-01"}, {"through": 2024},
        {"churn_on": "cancelled"}, {"grain": "subscription"}, {"grain": "parent"}, {"reactivation_days": "some"},
        {"status": "today"},
    ],
)  # fmt: skip
def test_a_setting_that_is_not_computed_is_an_error(settings: dict[str, Any]) -> None:
    assert Sheets(northstar(), settings).figures("MRR", [2024 * 12]) == ["#VALUE!"]


@pytest.mark.parametrize(
    "columns",
    [
        {"Customer": ["Acme", "Globex", "Initech", "ACME", "Initech", "Hooli"]},
        {"Customer": ["Acme", None, "Initech", "Acme", "Initech", "Hooli"]},
        {"Amount": [500.0, 500.0, 800.0, 700.0, 500.0, None]},
        {"Amount": [500.0, 500.0, 800.0, 700.0, 500.0, -1.0]},
        {"Amount": [500.0, 500.0, 800.0, 700.0, 500.0, "€300"]},
        {"Amount": [500.0, 500.0, 800.0, 700.0, 500.0, 1e12]},
        {"Start": ["2024-01-01"] * 6},
        {"End": [day("2023-01-01")] * 6},
        {"Interval": ["month", "month", "month", "month", "month", "often"]},
        {"Interval": ["month", "month", "month", "month", "month", None]},
        {"Interval": ["month", "month", "month", "month", "month", "1/2 year"]},
        {"Discount": [0, 0, 0, 0, 0, 20]},
        {"Status": ["active", "active", "active", "active", "active", "odd"]},
        {"Type of charge": ["recurring"] * 6},
        {"Seats billed": [2] * 6},
        {"contractEnd": [day("2024-03-01")] * 6},
        {"planCount": [2] * 6},
        {"Paused since": [None] * 6},
        {"MRR": [2.0] * 6},
        {"Quantity": [1] * 6, "Qty": [1] * 6},
        {"Currency": ["EUR", "EUR", "EUR", "EUR", "EUR", "USD"]},
    ],
)
def test_what_can_not_be_known_is_an_error(columns: dict[str, Any]) -> None:
    data = northstar(**columns)
    assert Sheets(data).figures("MRR", [2024 * 12, 2024 * 12 + 1]) == ["#VALUE!"] * 2


def test_statuses_of_today_end_on_the_latest_date_if_that_is_over() -> None:
    data = northstar(Status=["active", "active", "active", "active", "paused", "expired"])
    names = ["MRR", "MRR_NEW", "MRR_CHURN", "MRR_CUSTOMERS"]
    for settings in ({}, {"status": "snapshot"}, {"end_date": "inclusive"}):
        assert compare(data, settings, names=names) == (len(names) * MONTHS, 0)
    # Whether a later date is past, only a calendar knows.
    today = {"status": "snapshot"}
    assert Sheets(data, today, over="45292").figures("MRR", [2024 * 12]) == ["#VALUE!"]
    assert Sheets(data, today, over="45323").figures("MRR", [2024 * 12]) == [1800.0]


def test_headers_may_be_german_french_or_spanish() -> None:
    names = {"Customer": "Kunde", "Start": "Fecha de inicio", "End": "Date de fin", "Amount": "Betrag"}
    data = northstar(Stückzahl=[2.0] * 6).rename(columns=names)
    assert compare(data[data.columns[::-1]], {}, names=["MRR", "MRR_CHURN"]) == (2 * MONTHS, 0)


def test_a_column_of_parents_changes_no_figure() -> None:
    data = northstar(**{"Parent account": ["Acme", None, "Acme", None, "Acme", None]})
    assert compare(data, {}, names=["MRR", "MRR_CHURN"]) == (2 * MONTHS, 0)


def test_a_condition_may_name_a_column_once() -> None:
    data = northstar(Plan=["Pro", "Pro", "Team", "Pro", "Team", "Pro"])
    assert Sheets(data).figures("MRR", [2024 * 12], "plan=Pro;plan=Team") == ["#VALUE!"]
    assert Sheets(data).figures("MRR", [2024 * 12], "plan=Pro;plan<>Team") == [1000.0]


def test_ids_with_more_digits_than_a_number_keeps_are_an_error() -> None:
    assert Sheets(northstar(**{"Subscription id": [1e16] * 6})).value("=MRR(DATA)") == [["#VALUE!"]]


def test_a_column_that_is_not_used_has_to_be_right_as_well() -> None:
    assert Sheets(northstar(**{"Cancelled at": ["soon"] * 6})).value("=MRR(DATA)") == [["#VALUE!"]]


def test_rates_convert_each_currency() -> None:
    data = northstar(Currency=["EUR", "usd", "EUR", "EUR", "EUR", "EUR"])
    months = [2024 * 12, 2024 * 12 + 1]
    rates = [["EUR", None, 1], ["USD", None, 0.9], [None, None, None]]
    assert Sheets(data, rates=rates).figures("MRR", months) == [1750.0, 1500.0]
    assert Sheets(data, rates=[["EUR", None, 1]]).figures("MRR", months) == ["#VALUE!"] * 2
    assert Sheets(data, rates=[["EUR", None, 1], ["USD", day("2024-01-01"), 1]]).figures("MRR", months)[0] == "#VALUE!"


@pytest.mark.parametrize("where", ["plan=Pro", "amount", "customer=Nobody", "customer<>Nobody", "a=b=c"])
def test_a_condition_that_no_row_meets_is_an_error(where: str) -> None:
    assert Sheets(northstar()).figures("MRR", [2024 * 12], where) == ["#VALUE!"]


def test_every_name_can_stand_in_a_file() -> None:
    for name, (comment, text) in NAMES.items():
        form = file_form(text)
        assert len(form) < 8192, name
        assert len(comment) < 255, name
        assert form.count("(") == form.count(")"), name
        assert not re.search(r"\b(TODAY|NOW|RAND\w*|OFFSET|INDIRECT|CELL|INFO)\(", form), name
        # A bound name is no function that its formula calls, and can't be read as a cell.
        called = set(re.findall(r"(?<![A-Za-z_.])([A-Z]+)\(", on_one_line(text)))
        assert not {word.upper() for word in bound(text)} & called, name
        assert all(computes(function) for function in called if function not in NAMES), name
        assert not bound(text) & {"r", "c"}, name


def test_each_piece_calls_those_above_it_only() -> None:
    seen: set[str] = set()
    for name, (_, text) in NAMES.items():
        used = {word for word in re.findall(r"\b[A-Z][A-Z_]+\b", re.sub(r'"[^"]*"', "", text)) if word in NAMES}
        assert used <= seen, name
        seen.add(name)


def test_a_span_of_months_may_be_given() -> None:
    sheets = Sheets(northstar(), {"retention_months": 1})
    assert sheets.value("=MRR_NRR(DATA,DATE(2024,2,1),1)")[0][0] == pytest.approx(1200 / 1800)
    assert sheets.value('=MRR_GRR(DATA,DATE(2024,2,1),,"",SETTINGS)')[0][0] == pytest.approx(1000 / 1800)
    assert sheets.value("=MRR_LOGO_RETENTION(DATA,DATE(2024,{1,2},1),1)") == [["#N/A", pytest.approx(2 / 3)]]
    assert sheets.value("=MRR_CMGR(DATA,DATE(2024,2,1),1)")[0][0] == pytest.approx(-300 / 1800)
    assert sheets.value("=MRR_NRR(DATA,DATE(2024,2,1),0.5)") == [["#VALUE!"]]


def test_retention_brought_to_a_year() -> None:
    sheets = Sheets(northstar())
    month = "DATE(2024,2,1)"
    assert sheets.value(f"=MRR_ANNUAL_RETENTION(DATA,{month},,1)")[0][0] == pytest.approx((2 / 3) ** 12)
    assert sheets.value(f'=MRR_ANNUAL_RETENTION(DATA,{month}," Gross ",1)')[0][0] == pytest.approx((5 / 9) ** 12)
    assert sheets.value(f'=MRR_ANNUAL_RETENTION(DATA,{month},"logos",1)')[0][0] == pytest.approx((2 / 3) ** 12)
    assert sheets.value(f"=MRR_ANNUAL_RETENTION(DATA,{month})") == [["#N/A"]]
    assert sheets.value(f'=MRR_ANNUAL_RETENTION(DATA,{month},"customers",1)') == [["#VALUE!"]]
    assert sheets.value(f'=MRR_ANNUAL_RETENTION(DATA,{month},"net",0)') == [["#VALUE!"]]


@pytest.mark.parametrize("measure", ["net", "gross", "logos"])
def test_retention_of_the_sample_brought_to_a_year(measure: str) -> None:
    data = sample_subscriptions(120)
    book = open_book(data, None, Settings.of(LINE))
    for months in (3, 6, 24):
        own = {"measure": measure, "months": months}
        expected = values_at(find("MRR_ANNUAL_RETENTION"), book, [2024 * 12 + 2, 2025 * 12 + 5], **own)
        found = Sheets(data, LINE).value(
            f'=MRR_ANNUAL_RETENTION(DATA,DATE({{2024,2025}},{{3,6}},1),"{measure}",{months},"",SETTINGS)'
        )
        assert found == [["#N/A" if value is None else pytest.approx(value) for value in expected]]


def test_the_last_month_is_the_datas_or_the_last_one_that_is_over() -> None:
    assert Sheets(northstar()).value("=MRR_LAST_MONTH(DATA)") == [[45323.0]]
    assert Sheets(northstar(), over="45292").value('=MRR_LAST_MONTH(DATA,"",SETTINGS,RATES)') == [[45292.0]]
    assert Sheets(northstar(), {"through": dt.date(2024, 5, 20)}).value('=MRR_LAST_MONTH(DATA,"",SETTINGS)') == [
        [45413.0]
    ]


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ('=MRR_MONTHLY(1200,"year")', 100.0), ("=MRR_MONTHLY(50)", 50.0), ('=MRR_MONTHLY(500,"year",4,0.5)', 83.333333),
        ('=MRR_MONTHLY(50,"2 weeks")', 108.333333), ('=MRR_MONTHLY(50,"often")', "#VALUE!"),
        ('=MRR_MONTHLY(-1,"year")', "#VALUE!"), ('=MRR_MONTHLY("")', ""), ("=MRR_FROM_ARPA(50,600,12)", 2500.0),
        ("=MRR_FROM_ARPA(50,600,0)", "#VALUE!"), ("=MRR_LTV_CAC(2000,500)", 4.0), ("=MRR_LTV_CAC(2000,0)", "#N/A"),
        ("=MRR_LTV_CAC(NA(),500)", "#N/A"), ("=MRR_CAC_PAYBACK(12000,1250,0.8)", 12.0),
        ("=MRR_CAC_PAYBACK(12000,1250,80)", "#VALUE!"), ("=MRR_MAGIC_NUMBER(5000,40000)", 1.5),
        ("=MRR_MAGIC_NUMBER(-5000,40000)", -1.5), ("=MRR_BURN_MULTIPLE(120000,5000)", 2.0),
        ("=MRR_BURN_MULTIPLE(-60000,5000)", -1.0), ("=MRR_BURN_MULTIPLE(0,5000)", 0.0),
        ("=MRR_BURN_MULTIPLE(120000,0)", "#N/A"), ("=MRR_BURN_MULTIPLE(120000,-5000)", "#N/A"),
        ("=MRR_BURN_MULTIPLE(NA(),5000)", "#N/A"), ("=MRR_BURN_MULTIPLE(1,NA())", "#N/A"),
        ('=MRR_BURN_MULTIPLE("x",5000)', "#VALUE!"), ('=MRR_BURN_MULTIPLE(1,"")', "#VALUE!"),
        ('=MRR_BURN_MULTIPLE("",5000)', ""), ("=MRR_RULE_OF_40(0.3,0.125)", 0.425),
        ("=MRR_RULE_OF_40(0.3,NA())", "#N/A"), ('=MRR_RULE_OF_40("x",1)', "#VALUE!"),
    ],
)  # fmt: skip
def test_plain_arithmetic(formula: str, wanted: object) -> None:
    assert Sheets(northstar()).value(formula) == [[wanted]]


def test_the_docs_list_the_functions_that_are_no_lambdas() -> None:
    docs = (ROOT / "docs" / "hosts.md").read_text(encoding="utf-8")
    section = docs.partition("## LAMBDAs")[2].partition("\n## ")[0]
    listed = re.findall(r"`(MRR_[A-Z0-9_]+|ARR)`", section.partition("| Missing |")[2])
    assert listed == [name for name in REGISTRY if name not in NAMES]


def test_the_lambdas_know_every_rule_or_it_is_an_error_in_them() -> None:
    """A new rule had no effect in them, and the figure of its default, without a word."""
    assert {*KNOWN} == {*RULES}
    for name in RULES:
        assert f'"{name}"' in NAMES["LEDGER_SETTINGS"][1].partition("a setting is not known")[0]


def refusal(text: str, look: Callable[[Ledger], None], **reading: Any) -> str:
    """Why the LAMBDAs can't have a ledger; '' if they can."""
    try:
        look(read_ledger(pl.read_csv(io.StringIO(text), infer_schema=False), **reading))
    except MrrError as error:
        return str(error)
    return ""


INTERVALS = [
    "month", "Quarterly", " year ", "3 months", "12 mo", "3  Months", "2 weeks", "once", "annual", "Monat", "annuel",
    "half-yearly", "semi-annual", "fortnightly", "jährlich", "P1Y", "every 3 months", "03 months", "1/4 jährlich",
    "monthly in advance", "per month", "month(s)", "einmalig", "biennial", "2x jährlich", "p.a.",
]  # fmt: skip


def test_the_intervals_that_are_let_through_are_those_that_they_know() -> None:
    sheets = Sheets(northstar())
    for text in INTERVALS:
        refused = refusal(f"customer,start,amount,interval\nAda,2024-01-01,1,{text}\n", refuse_other_words)
        (value,) = sheets.value(f'=LEDGER_SHARE("{text}",2)')[0]
        assert bool(refused) == isinstance(value, str), (text, refused, value)
        if instead := re.search("write '(.+)', or", refused):
            assert share_of_month(instead[1]) == share_of_month(text)
            assert not isinstance(sheets.value(f'=LEDGER_SHARE("{instead[1]}",2)')[0][0], str)


STATUSES = ["active", "Past-Due", " on hold ", "En pause", "gekündigt", "GEKUENDIGT", "-", "n/a", "résilie"]


def test_the_statuses_that_are_let_through_are_those_that_they_know() -> None:
    sheets = Sheets(northstar())
    for text in STATUSES:
        refused = refusal(f"customer,start,mrr,status\nAda,2024-01-01,1,{text}\n", refuse_other_words)
        (value,) = sheets.value(f'=LEDGER_STATE("{text}")')[0]
        assert bool(refused) == isinstance(value, str), (text, refused, value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "customer,start,end,amount,interval,quantity\nAda,2025-01-03,,120,month,1\nAstor,2025-04-01,,1500,half-yearly,5",
            "row 3, column interval: the LAMBDAs don't know the interval 'half-yearly'; write '6 months'",
        ),
        (
            "customer,start,amount,interval,interval_count\nAda,2025-01-03,1,half-yearly,2\nBob,2025-01-03,1,jährlich,1",
            "row 3, column interval: the LAMBDAs don't know the interval 'jährlich'; write 'year'",
        ),
        (
            "customer,start,mrr,status\nAda,2025-01-03,1,-\nBob,2025-01-03,1,n/a\nCyd,2025-01-03,1,résilie",
            "row 3, column status: the LAMBDAs don't know the status 'n/a'; leave it blank",
        ),
        (
            "customer,start,mrr,status\nAda,2025-01-03,1,résilie",
            "row 2, column status: the LAMBDAs don't know the status 'résilie'; write 'cancelled'",
        ),
        (
            "customer,start,mrr,kind\nAda,2025-01-03,1,\nBob,2025-01-03,1,n/a",
            "row 3, column kind: the LAMBDAs don't know the kind of charge 'n/a'; leave it blank",
        ),
    ],
)
def test_the_first_word_that_they_do_not_know_is_named(text: str, says: str) -> None:
    assert refusal(text, refuse_other_words) == f"{says}, or use --functions xlwings"


def test_all_headers_that_they_cannot_tell_are_named_at_once() -> None:
    text = "Client,Contract No.,Commencement,Rent,Interval\nAda,7,2025-01-01,100,month"
    rent = How(columns=(("amount", "Rent"),))
    assert refusal(text, refuse_other_headers, how=rent) == (
        "the LAMBDAs can't tell 3 columns from their headers: Contract No. is subscription, Commencement is start, "
        "Rent is amount; name them so"
    )
    one = text.replace("Contract No.", "Subscription").replace("Commencement", "Start")
    assert refusal(one, refuse_other_headers, how=rent) == (
        "column Rent is amount, which the LAMBDAs can't tell from its header; name it amount"
    )
    assert refusal(one.replace("Rent", "Fee"), refuse_other_headers) == ""


def test_headers_that_may_matter_are_named_at_once_beside_the_others() -> None:
    text = "Client,Commencement,Finish on,Fee,Interval,Number of seats\nAda,2025-01-01,,100,month,1"
    assert refusal(text, refuse_other_headers) == (
        "columns Finish on, Number of seats may matter to the MRR, and the LAMBDAs can't tell; rename or remove them; "
        "column Commencement is start, which the LAMBDAs can't tell from its header; name it start"
    )


def test_a_column_that_only_the_lambdas_would_use_is_no_name_to_give() -> None:
    text = "Client,Start,Fee,Interval\nAda,2025-01-01,100,month"
    assert refusal(text, refuse_other_headers, how=How(columns=(("interval", ""),))) == (
        "column Interval is not used, and the LAMBDAs would take it for interval; rename or remove it"
    )


def test_one_currency_beside_all_amounts_is_let_through_and_rates_for_it_are_not() -> None:
    text = "customer,start,amount,interval\nAda,2025-01-01,£100,month\nBob,2025-02-01,£1200,year"
    assert refusal(text, refuse_other_headers) == ""
    assert refusal(text, refuse_other_headers, rates=read_rates({"EUR": 1, "GBP": 1.2})) == (
        "the currencies stand beside the amounts of column amount, and with rates the LAMBDAs need them in a column of "
        "their own; put them into a column currency, and leave plain numbers"
    )
