"""Rules, rates and a currency that a fill is given: they stand in the workbook, and every figure is of them."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

import mrr_xl
from mrr_xl.cli import main
from mrr_xl.report import write_template

#: Ada pauses for two weeks in February; Bob has two upgrades in March and pays in dollars.
LEDGER = """\
customer,start,end,mrr,currency
Ada,2024-01-01,2024-02-20,100,EUR
Ada,2024-03-05,,100,EUR
Bob,2024-01-01,2024-03-10,50,USD
Bob,2024-03-10,2024-03-20,80,USD
Bob,2024-03-20,,60,USD
"""
RATES = "currency,month,rate\nEUR,,1\nUSD,2024-01,0.9\nUSD,2024-02,0.8\nUSD,2024-03,0.7\n"
FIXED = "currency,rate\nUSD,1\nEUR,1.25\nGBP,1.3\nCHF,1.1\nSEK,0.1\nNOK,0.09\n"  # more lines than the table has


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "report.xlsx"
    write_template(path, months=3)
    return path


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (("ledger.csv", LEDGER), ("rates.csv", RATES), ("fixed.csv", FIXED)):
        (tmp_path / name).write_text(text)
    return tmp_path


def movements_in(path: Path) -> dict[str, list[float]]:
    """The sheet Movements: a row's label → its figures."""
    rows = openpyxl.load_workbook(path, data_only=True)["Movements"].iter_rows(values_only=True)
    return {row[0]: [*row[2:5]] for row in rows if isinstance(row[0], str) and isinstance(row[2], (int, float))}


def rules_in(path: Path) -> dict[str, Any]:
    book = openpyxl.load_workbook(path)
    sheet, area = book["Settings"], book.defined_names["Rules"].attr_text.split("!")[1]
    return {name.value: value.value for name, value in sheet[area.replace("$", "")]}


@pytest.mark.parametrize(
    ("rules", "rates"),
    [
        ({"as_of": "month_start"}, "rates.csv"),
        ({"Grace days": 14}, "rates.csv"),
        ({"reactivation_days": 10}, "fixed.csv"),
        ({"netting": "gross", "through": "2024-03"}, "fixed.csv"),
        ({"preset": "chartmogul"}, "fixed.csv"),
        ({"preset": "baremetrics", "as_of": "any_day"}, "fixed.csv"),
    ],
)
def test_the_report_is_of_the_rules_and_rates_given(template: Path, files: Path, rules: Any, rates: str) -> None:
    out = files / "out.xlsx"
    mrr_xl.fill(template, files / "ledger.csv", out, settings=rules, rates=files / rates)
    expected = mrr_xl.movements(files / "ledger.csv", settings=rules, rates=files / rates).tail(3)
    found = movements_in(out)
    for label, column in (("New", "new"), ("Churn", "churn"), ("Closing MRR", "closing")):
        assert found[label] == pytest.approx(expected[column].tolist(), abs=1e-9), label


def test_each_rule_stands_in_its_cell_and_the_others_follow_the_preset_still(template: Path, files: Path) -> None:
    out = files / "out.xlsx"
    given = {"preset": "chartmogul", "through": "2024-02", "day": "30.4"}
    mrr_xl.fill(template, files / "ledger.csv", out, rates={"EUR": 1, "USD": 0.5}, **given)
    found = rules_in(out)
    assert (found["preset"], found["through"], found["day"]) == ("chartmogul", dt.datetime(2024, 2, 1), "30.4")
    assert str(found["netting"]).startswith("=IFERROR(INDEX(")
    assert openpyxl.load_workbook(out, data_only=True)["Settings"]["B14"].value is not None
    again = files / "again.xlsx"
    mrr_xl.fill(out, files / "ledger.csv", again)
    assert movements_in(again) == movements_in(out)


def test_a_month_that_stands_there_as_a_text_stays_one(tmp_path: Path, files: Path) -> None:
    for was, found in (("2023-12", "2024-01"), ("Dec 2023", "2024-01"), (None, dt.datetime(2024, 1, 1))):
        own = own_workbook(tmp_path / "own.xlsx", through=was)
        mrr_xl.fill(own, files / "ledger.csv", tmp_path / "out.xlsx", through="2024-01", rates={"EUR": 1, "USD": 2})
        report = openpyxl.load_workbook(tmp_path / "out.xlsx")["Report"]
        assert report["B2"].value == found


def test_the_default_takes_the_place_of_what_the_workbook_says(tmp_path: Path, files: Path) -> None:
    template = tmp_path / "other.xlsx"
    write_template(template, months=3, rules=mrr_xl.Settings.of({"as_of": "month_start"}))
    data = pd.DataFrame({"customer": ["Ada"], "start": pd.to_datetime(["2024-01-15"]), "mrr": [100], "end": [None]})
    mrr_xl.fill(template, data, files / "out.xlsx", as_of="month_end", through="2024-01")
    assert (rules_in(files / "out.xlsx")["as_of"], movements_in(files / "out.xlsx")["New"][-1]) == ("month_end", 100)
    mrr_xl.fill(template, data, files / "out.xlsx", settings=mrr_xl.Settings.of({"through": "2024-01"}))  # all of them
    assert (rules_in(files / "out.xlsx")["as_of"], movements_in(files / "out.xlsx")["New"][-1]) == ("month_end", 100)


def test_the_table_of_rates_has_those_given_and_no_others(template: Path, files: Path) -> None:
    out, after = files / "out.xlsx", files / "after.xlsx"
    filled = mrr_xl.fill(template, files / "ledger.csv", out, rates=files / "fixed.csv")
    assert filled.notes == ["the currency shown beside the amounts is now USD, as in the rates; it was EUR"]
    assert rates_in(out)[1:] == [
        ("USD", None, 1), ("EUR", None, 1.25), ("GBP", None, 1.3), ("CHF", None, 1.1), ("SEK", None, 0.1),
        ("NOK", None, 0.09),
    ]  # fmt: skip
    mrr_xl.fill(out, files / "ledger.csv", after, rates=files / "rates.csv")
    jan, feb, mar = (dt.datetime(2024, month, 1) for month in (1, 2, 3))
    expected = [("EUR", None, 1), ("USD", jan, 0.9), ("USD", feb, 0.8), ("USD", mar, 0.7)]
    assert rates_in(after)[1:] == [*expected, (None, None, None), (None, None, None)]
    assert movements_in(after)["Exchange rates (FX)"] == pytest.approx(
        [0, -5, -6]
    )  # 50 × (0.8 - 0.9), 60 × (0.7 - 0.8)


def rates_in(path: Path) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(path)["Settings"]
    return [tuple(cell.value for cell in row) for row in sheet[sheet.tables["Rates"].ref]]


def test_a_currency_is_shown_as_it_is_given(template: Path, files: Path) -> None:
    data = pd.DataFrame({"customer": ["Ada"], "start": ["2024-01-15"], "mrr": [100], "end": [None], "currency": "USD"})
    filled = mrr_xl.fill(template, data, files / "out.xlsx", currency="US$")
    assert filled.notes == ["the currency shown beside the amounts is US$, as it was given; the data has USD"]
    assert openpyxl.load_workbook(files / "out.xlsx")["Settings"]["B5"].value == "US$"
    assert mrr_xl.fill(template, data, files / "out.xlsx", currency="usd").notes == []


def own_workbook(
    path: Path, epoch: dt.datetime = CALENDAR_WINDOWS_1900, rule: Any = "month_end", through: Any = None
) -> Path:
    """A user's own: Data, Report with rules and a figure, and a table of two rates with something below it."""
    book = openpyxl.Workbook()
    book.epoch = epoch
    data: Any = book.active
    data.title = "Data"
    for row in (["customer", "start", "end", "mrr", "currency"], ["Old", dt.datetime(2020, 1, 1), None, 7, "EUR"]):
        data.append(row)
    data.add_table(Table(displayName="Subscriptions", ref="A1:E2"))
    report = book.create_sheet("Report")
    for row in (["as_of", rule], ["through", through], ["paused", 0], ["month", dt.datetime(2024, 1, 1)]):
        report.append(row)
    report["B5"] = "=MRR(Subscriptions[#All],B4,,Rules,Rates[#All])"
    book.defined_names["Rules"] = DefinedName("Rules", attr_text="Report!$A$1:$B$3")
    rates = book.create_sheet("Rates")
    for row in (["currency", "month", "rate"], ["EUR", None, 1], ["USD", None, 2], ["below the table"]):
        rates.append(row)
    rates.add_table(Table(displayName="Rates", ref="A1:C3"))
    book.save(path)
    return path


@pytest.mark.parametrize("epoch", [CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904], ids=["1900", "1904"])
def test_months_are_days_of_the_workbooks_own_calendar(files: Path, epoch: dt.datetime) -> None:
    own, out = own_workbook(files / "own.xlsx", epoch), files / "out.xlsx"
    rates = pd.DataFrame({"currency": ["EUR", "USD"], "month": ["2024-01", "2024-01"], "rate": [1, 0.9]})
    mrr_xl.fill(own, files / "ledger.csv", out, rates=rates, through="2024-01")
    book = openpyxl.load_workbook(out, data_only=True)
    assert [cell.value for cell in book["Report"]["B"][1:]] == [
        dt.datetime(2024, 1, 1), 0, dt.datetime(2024, 1, 1), 145,
    ]  # fmt: skip
    assert book["Report"]["B2"].is_date
    assert [cell.value for cell in book["Rates"]["B"][1:3]] == [dt.datetime(2024, 1, 1)] * 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"grace": 3}, "'grace' is not a setting; the settings are as_of, end_date"),
        ({"settings": {"grace": 3}}, "'grace' is not a setting; the settings are as_of, end_date"),
        ({"grace_days": "x"}, "setting grace_days cannot be 'x'; it must be a number of days"),
        (
            {"grace_days": 3},
            "the workbook's range Rules has no row grace_days; add one, or write a new report with mrr-xl template",
        ),
        (
            {"preset": "chartmogul"},
            "the workbook's range Rules has no row netting; add one, or write a new report with mrr-xl template",
        ),
        (
            {"grace_days": 3, "churn_on": "cancelled"},
            "the workbook's range Rules has no rows grace_days, churn_on; add them, or write a new report with mrr-xl",
        ),
        (
            {"settings": {"as_of": "month_start"}, "paused": "counted"},
            "settings are given twice, as settings and as paused; give them in one place",
        ),
        ({"rates": {"EUR": 1, "USD": 2, "GBP": 3}}, "table Rates would grow over A4 of sheet Rates; move what is"),
        ({"rates": {"EUR": 1, "USD": 0}}, "the rate 0 for USD is not above 0"),
        ({"currency": "USD"}, "the workbook has no cell for the currency; give one the name Report_currency"),
    ],
)
def test_what_has_no_place_is_refused(files: Path, given: Any, message: str) -> None:
    own = own_workbook(files / "own.xlsx")
    with pytest.raises(mrr_xl.MrrError, match=f"^{re.escape(message)}"):
        mrr_xl.fill(own, files / "ledger.csv", files / "out.xlsx", **({"rates": {"EUR": 1, "USD": 2}} | given))
    assert not (files / "out.xlsx").exists()


def test_a_formula_of_ones_own_that_computes_another_rule_is_refused(files: Path) -> None:
    own = own_workbook(files / "own.xlsx", rule='="month_"&"start"')
    assert mrr_xl.fill(own, files / "ledger.csv", files / "out.xlsx", as_of="any_day").problems == []
    book = openpyxl.load_workbook(own)
    book["Report"]["A2"] = "preset"
    book.save(own)
    with pytest.raises(mrr_xl.MrrError) as caught:
        mrr_xl.fill(own, files / "ledger.csv", files / "new.xlsx", preset="stripe")
    assert str(caught.value) == (
        "the rule as_of is to be month_end, and the workbook computes month_start for it; type a value into that cell "
        "in place of its formula"
    )
    assert not (files / "new.xlsx").exists()


def test_a_workbook_without_rules_or_rates_says_what_it_needs(files: Path) -> None:
    book = openpyxl.load_workbook(own_workbook(files / "own.xlsx"))
    del book.defined_names["Rules"], book["Rates"]
    book["Report"]["B5"] = "=MRR(Subscriptions[#All],B4)"
    book.save(files / "own.xlsx")
    data = LEDGER.replace("USD", "EUR")
    (files / "euros.csv").write_text(data)
    for given, message in (
        (
            {"grace_days": 3},
            "the workbook has no rules that could be set, such as grace_days: give the name Rules to a range of two "
            "columns, the rule and its value, and that range to the formulas, as in "
            "=MRR(Subscriptions[#All],B1,,Rules)",
        ),
        (
            {"rates": {"EUR": 1}},
            "the workbook has no table named Rates for the rates; add one: Currency, Month, Rate; and give it to the "
            "formulas, as in =MRR(Subscriptions[#All],B1,,Rules,Rates[#All])",
        ),
    ):
        with pytest.raises(mrr_xl.MrrError, match=f"^{re.escape(message)}$"):
            mrr_xl.fill(files / "own.xlsx", files / "euros.csv", files / "out.xlsx", **given)  # type: ignore[arg-type]


def run(*arguments: object) -> Any:
    return CliRunner().invoke(main, [*map(str, arguments)])


def test_the_command_takes_them_for_one_report_and_for_many(template: Path, files: Path) -> None:
    given = ("--set", "grace_days=14", "--set", "preset=stripe", "--rates", files / "fixed.csv", "--currency", "USD")
    one = run("fill", template, files / "ledger.csv", "-o", files / "one.xlsx", *given)
    assert (one.exit_code, one.stderr) == (0, "")
    assert rules_in(files / "one.xlsx")["grace_days"] == 14
    many = ("fill", template, files / "ledger.csv", "-o", files / "{customer}.xlsx", "--by", "customer", *given)
    assert run(*many).stdout.endswith("2 written, 0 unchanged, 0 failed\n")
    assert run(*many, "--resume").stdout.endswith("0 written, 2 unchanged, 0 failed\n")
    (files / "fixed.csv").write_text(FIXED.replace("1.25", "1.26"))
    assert run(*many, "--resume").stdout.endswith("2 written, 0 unchanged, 0 failed\n")
    ada = mrr_xl.movements(pd.read_csv(files / "ledger.csv").query("customer == 'Ada'"), grace_days=14,
                           preset="stripe", rates=files / "fixed.csv")  # fmt: skip
    assert movements_in(files / "Ada.xlsx")["Closing MRR"] == pytest.approx(ada["closing"].tail(3).tolist())


def test_the_command_writes_over_none_of_its_files(template: Path, files: Path) -> None:
    rates = files / "rates.xlsx"
    pd.DataFrame({"currency": ["EUR", "USD"], "rate": [1, 2]}).to_excel(rates, index=False)
    refused = run("fill", template, files / "ledger.csv", "-o", rates, "--rates", rates)
    assert (refused.exit_code, refused.stderr) == (
        2, f"mrr-xl: {rates} would overwrite {rates}, which is read; name another file\n",
    )  # fmt: skip


def test_a_blank_is_the_default_whatever_the_workbook_says(template: Path, files: Path) -> None:
    said = files / "said.xlsx"
    mrr_xl.fill(template, files / "ledger.csv", said, through="2024-02", grace_days=9, rates={"EUR": 1, "USD": 1})
    many = ("fill", said, files / "ledger.csv", "-o", files / "out.xlsx", "--set", "through=", "--set", "grace_days=")
    assert run(*many).exit_code == 0
    assert [rules_in(files / "out.xlsx")[name] for name in ("through", "grace_days")] == [None, 0]


def test_rates_that_leave_open_which_currency_they_are_in_are_noted(template: Path, files: Path) -> None:
    for rates in ({"EUR": 1.1, "USD": 0.9}, {"EUR": 1, "USD": 1}):
        filled = mrr_xl.fill(template, files / "ledger.csv", files / "out.xlsx", rates=rates)
        assert filled.notes == [
            "the rates don't say which currency they are in, as not just one of them is 1; say it with --currency"
        ]
    assert mrr_xl.fill(template, files / "ledger.csv", files / "out.xlsx", rates=rates, currency="EUR").notes == []


def test_a_schedule_with_states_gets_its_status_and_the_rules_given(template: Path, files: Path) -> None:
    """Each status of a schedule is that of its month, so that the rule status is line."""
    rows = "customer,month,mrr,status\nAda,2024-01,100,active\nAda,2024-02,100,expired\nBob,2024-02,50,active\n"
    (files / "schedule.csv").write_text(rows)
    filled = mrr_xl.fill(template, files / "schedule.csv", files / "out.xlsx", grace_days=5)
    assert filled.notes == ["the rule status is now line, since each status of a schedule is that of its month"]
    found = rules_in(files / "out.xlsx")
    assert (found["status"], found["grace_days"]) == ("line", 5)


def test_a_blank_beside_a_preset_is_what_the_tool_has(template: Path, files: Path) -> None:
    given = {"preset": "chartmogul", "netting": "", "through": "2024-03", "grace_days": None}
    mrr_xl.fill(template, files / "ledger.csv", files / "out.xlsx", settings=given, rates={"EUR": 1, "USD": 0.5})
    found = rules_in(files / "out.xlsx")
    assert [found[name] for name in ("netting", "through", "grace_days")] == ["gross", dt.datetime(2024, 3, 1), 0]
