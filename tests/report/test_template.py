"""The report workbook before it is computed: its sheets, names, inputs, looks, print set-up and charts."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.formula import Tokenizer
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.formula import ArrayFormula

import mrr_xl
from mrr_xl import MrrError, Settings
from mrr_xl.filling.fill import fill
from mrr_xl.ledger.rates import read_rates
from mrr_xl.metrics import REGISTRY
from mrr_xl.presets import PRESETS
from mrr_xl.report import write_template
from mrr_xl.report.sample import sample_subscriptions
from mrr_xl.report.sheets import movements, retention, subscriptions
from mrr_xl.report.sheets.subscriptions import headers_of
from mrr_xl.report.template import build_template, saved, workbook_bytes
from mrr_xl.settings import LENGTHS, RULES

SHEETS = [
    "Summary", "Movements", "Detail", "Segments", "Cohorts MRR", "Cohorts customers", "Retention", "Customers",
    "Forecast", "Unit economics", "Budget", "Subscriptions", "Settings", "Checks", "Definitions",
]  # fmt: skip
FACTOR = "a number above 0, with up to 3 decimals or as a fraction such as 365/12"
LAST_RULE = 9 + len(RULES)  #: its row on Settings; the first one's is 10
NAMES = {
    "Report_month": "'Summary'!$C$4",
    "Report_filter": "'Summary'!$F$4",
    "Report_currency": "'Settings'!$B$5",
    "Months_shown": "'Settings'!$B$6",
    "First_month": "'Settings'!$B$7",
    "Rules": f"'Settings'!$A$10:$B${LAST_RULE}",
    "Period_word": f"'Settings'!$B${LAST_RULE + 3}",
    "Period_months": f"'Settings'!$B${LAST_RULE + 4}",
    "Period_last": f"'Settings'!$B${LAST_RULE + 5}",
    "Period_begins": f"'Settings'!$B${LAST_RULE + 6}",
    "Compared": "'Checks'!$A$67:$E$126",
    "Report_computed": f"'Definitions'!$B${7 + len(REGISTRY)}",
    "Report_source": f"'Definitions'!$B${8 + len(REGISTRY)}",
}
#: Every cell that the reader may fill in or change, beside the table Subscriptions.
INPUTS = {
    "Summary": ["C4", "F4"],
    "Segments": ["B4"],
    "Cohorts MRR": ["B4"],
    "Customers": ["B4"],
    "Forecast": [*(f"{letter}{row}" for row in range(6, 11) for letter in "BCD"), "B14"],
    "Unit economics": [f"{get_column_letter(column)}{row}" for row in (9, 10, 11) for column in range(3, 27)],
    "Budget": [f"{letter}{row}" for row in range(8, 46) for letter in "HIJ"],
    "Settings": ["B5", "B6", "B7", *(f"B{row}" for row in range(10, LAST_RULE + 1)),
                 *(f"{letter}{row}" for row in range(LAST_RULE + 11, LAST_RULE + 14) for letter in "ABC")],
}  # fmt: skip
BLUE, PALE_YELLOW, BLACK, GREEN = "000000FF", "00FFFBEA", "00000000", "001B7A3D"
#: How a figure is written: above zero, below zero, zero.
FORMATS = {
    "money": '#,##0_);(#,##0);"–"_)',
    "count": '#,##0_);(#,##0);"–"_)',
    "rate": '0.0 %_);(0.0 %);"–"_)',
    "ratio": '0.0"×"_);(0.0"×");"–"_)',
}
VOLATILE = re.compile(r"\b(NOW|TODAY|OFFSET|INDIRECT|RAND|RANDBETWEEN|RANDARRAY|CELL|INFO)\(", re.IGNORECASE)
OTHER_SHEET = re.compile(r"=('[^']+'|\w+)!\$?[A-Z]+\$?\d+")
FORMULA_LIKE = [
    '=HYPERLINK("http://example.com","here")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "#N/A",
    "#REF! Ltd",
    "=",
    "'quoted",
]


@pytest.fixture(scope="module")
def workbook() -> Any:
    return build_template()


@pytest.fixture(scope="module")
def reopened(workbook: Any) -> Workbook:
    return load_workbook(io.BytesIO(workbook_bytes(workbook)))


def small(**columns: Any) -> pd.DataFrame:
    given = {"Customer": ["A", "B"], "Start": pd.to_datetime(["2024-01-05", "2024-02-10"]), "MRR": [10.0, 20.0]}
    return pd.DataFrame(given | columns)


def formula(cell: Any) -> str:
    """A cell's formula, or nothing."""
    if isinstance(cell.value, ArrayFormula):
        return str(cell.value.text)
    return str(cell.value) if cell.data_type == "f" else ""


def formulas(book: Any) -> list[tuple[str, Any, str]]:
    """Sheet, cell and text of every formula."""
    cells = ((sheet.title, cell) for sheet in book for row in sheet.iter_rows() for cell in row)
    return [(sheet, cell, formula(cell)) for sheet, cell in cells if formula(cell)]


def calls(text: str) -> list[tuple[str, int]]:
    """The functions that a formula calls, each with the number of its arguments.

    >>> calls("=IF(A1,SUM(B1:B2,C1),PI())")
    [('SUM', 2), ('PI', 0), ('IF', 3)]
    """
    found, open_calls = [], []
    for token in Tokenizer(text).items:
        if token.subtype == "OPEN":
            open_calls.append([token.value.rstrip("(").upper(), 0, False])
        elif token.subtype == "CLOSE":
            name, commas, filled = open_calls.pop()
            found.append((name, commas + 1 if commas or filled else 0))
            if open_calls:
                open_calls[-1][2] = True
        elif open_calls:
            open_calls[-1][1] += token.type == "SEP"
            open_calls[-1][2] = True
    return found


def colour(cell: Any) -> str:
    return str(cell.font.color.rgb)


def cells_of(sheet: Any, reference: str) -> list[Any]:
    left, top, right, bottom = range_boundaries(reference.replace("$", ""))
    return [sheet.cell(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]


# Structure


def test_the_sheets_stand_in_the_order_of_reading_and_summary_opens(reopened: Workbook) -> None:
    assert reopened.sheetnames == SHEETS
    assert reopened.active.title == "Summary"
    assert {sheet.sheet_state for sheet in reopened} == {"visible"}


def test_opening_the_file_computes_nothing_so_that_stored_values_stay(reopened: Workbook) -> None:
    assert reopened.calculation.calcId == 191029
    assert not reopened.calculation.fullCalcOnLoad
    assert (reopened.properties.creator, reopened.properties.title) == ("mrr_xl", "MRR report")


def test_the_names_are_defined_legal_and_used(reopened: Workbook) -> None:
    assert {name: defined.attr_text for name, defined in reopened.defined_names.items()} == NAMES
    texts = [text for _, _, text in formulas(reopened)]
    for name, defined in reopened.defined_names.items():
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,254}", name) and defined.comment
        assert any(re.search(rf"\b{name}\b", text) for text in texts), name
    assert {name: sheet.title for sheet in reopened for name in sheet.tables} == {
        "Subscriptions": "Subscriptions", "Rates": "Settings", "Budget": "Budget",
    }  # fmt: skip


def test_every_function_of_ours_is_in_the_registry_and_gets_its_arguments(reopened: Workbook) -> None:
    used = set()
    for sheet, cell, text in formulas(reopened):
        for name, given in calls(text):
            if not re.fullmatch(r"MRR(_\w+)?|ARR", name):
                continue
            arguments = REGISTRY[name].arguments
            needed = sum(not optional for optional in arguments.values())
            assert needed <= given <= len(arguments), f"{sheet}!{cell.coordinate}: {text}"
            used.add(name)
    rows = {row.key for row in (*movements.ROWS, *retention.ROWS) if not row.formula}
    tables = {
        "MRR_MOVEMENTS", "MRR_DETAIL", "MRR_SEGMENTS", "MRR_COHORTS", "MRR_TOP", "MRR_FORECAST", "MRR_BACKTEST",
        "MRR_CHECKS",
    }  # fmt: skip
    economics = {
        "MRR_ASP", "MRR_LTV", "MRR_LTV_CAC", "MRR_CAC_PAYBACK", "MRR_MAGIC_NUMBER", "MRR_BURN_MULTIPLE",
        "MRR_RULE_OF_40",
    }  # fmt: skip
    assert used == rows | tables | economics | {
        "MRR_ANNUAL_RETENTION",
        "MRR_GROSS_MOVEMENT",
        "MRR_LAST_MONTH",
        "MRR_TOP_SHARE",
        "MRR_HHI",
    }


def test_every_figure_is_of_the_whole_table_under_the_reports_filter_rules_and_rates(reopened: Workbook) -> None:
    ours = [text for _, _, text in formulas(reopened) if "Subscriptions[" in text]
    assert len(ours) > 100
    for text in ours:
        found = len(re.findall(r"\bA?M?RR\w*\(Subscriptions\[#All\],", text))
        assert found == text.count("Subscriptions[") == text.count("Report_filter,Rules,Rates[#All])") > 0, text


def test_no_formula_is_volatile_or_names_a_fixed_part_of_the_table(reopened: Workbook) -> None:
    for sheet, cell, text in formulas(reopened):
        assert not VOLATILE.search(text), f"{sheet}!{cell.coordinate}"
        assert "Subscriptions!" not in text and "#REF" not in text, f"{sheet}!{cell.coordinate}"
        assert set(re.findall(r"\w+\[[^]]*\]", text)) <= {
            "Subscriptions[#All]", "Rates[#All]", "Rates[Month]", "Budget[Month]", "Budget[Figure]", "Budget[Value]",
        }  # fmt: skip


def test_a_formula_names_only_sheets_that_there_are(reopened: Workbook) -> None:
    named = {quoted or plain for _, _, text in formulas(reopened)
             for quoted, plain in re.findall(r"(?:'([^']+)'|\b(\w+))!", text)}  # fmt: skip
    assert named == {"Movements", "Cohorts MRR", "Settings", "Checks"}


@pytest.mark.parametrize("months", [1, 12, 60])
def test_an_array_formula_fills_exactly_the_month_columns(months: int) -> None:
    book = build_template(small(), months=months)
    last = get_column_letter(2 + months)
    for sheet, rows in (("Movements", movements.ROWS), ("Retention", retention.ROWS)):
        metrics = [row.key for row in rows if not row.formula]
        found = [cell.value for cell in book[sheet]["C"] if isinstance(cell.value, ArrayFormula)]
        # What the months of longer periods add up to comes last, and is blank where a column is a month.
        more = {"Movements": ["IF"] * len(movements.GROSS), "Retention": ["MRR_ANNUAL_RETENTION"] * 4}[sheet]
        assert [array.text[1:].split("(")[0] for array in found] == [*metrics, *more]
        for array in found:
            row = range_boundaries(array.ref)[1]
            assert array.ref == f"C{row}:{last}{row}"
            assert f",C$7:{last}$7," in array.text
        assert formula(book[sheet].cell(7, 2 + months)) and book[sheet].cell(7, 3 + months).value is None


@pytest.mark.parametrize("months", [1, 120])
def test_a_report_shows_from_1_to_120_months(months: int) -> None:
    sheet = build_template(small(), months=months)["Settings"]
    assert sheet["B6"].value == months
    assert sheet["D6"].value == f"1 to {months}"


@pytest.mark.parametrize("months", [-1, 0, 121])
def test_other_numbers_of_months_are_refused(months: int) -> None:
    with pytest.raises(MrrError) as caught:
        build_template(small(), months=months)
    assert str(caught.value) == f"a report shows 1 to 120 months, not {months}"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"months": "3"}, "a report shows 1 to 120 months, not '3'"),
        ({"months": 1.5}, "a report shows 1 to 120 months, not 1.5"),
        ({"months": True}, "a report shows 1 to 120 months, not 'True'"),
        ({"currency": 5}, "currency is 5; it must be the name of a currency"),
        ({"carries": ["macros"]}, "a workbook can't carry ['macros']; it can carry macros or lite"),
        ({"out": 5}, "out is 5; it must be a file's path"),
    ],
)
def test_arguments_of_another_type_are_told(tmp_path, wrong, said):
    with pytest.raises(MrrError) as caught:
        write_template(**{"out": tmp_path / "template.xlsx"} | wrong)
    assert str(caught.value) == said


def test_the_months_end_with_the_last_one_reported_unless_the_first_is_given(workbook: Any) -> None:
    last_month = "MRR_LAST_MONTH(Subscriptions[#All],Report_filter,Rules,Rates[#All])"
    assert workbook["Summary"]["C4"].value == f"={last_month}"
    assert workbook["Settings"][f"B{LAST_RULE + 5}"].value == f"={last_month}"
    step = 'IF(Period_word="last twelve months",1,Period_months)'
    ending = f"EDATE(Period_last,(1-Months_shown)*{step})"
    first = "IFERROR(INDEX(MRR_MOVEMENTS(Subscriptions[#All],,,Report_filter,Rules,Rates[#All]),2,2),0)"
    assert workbook["Settings"]["B7"].value == f"=IF(Period_months=1,{ending},MAX({ending},{first}))"
    header = [workbook["Movements"].cell(7, column).value for column in (3, 4)]
    over = f"AND(Period_months>1,EDATE(C7,{step})>Period_last)"
    assert header == [
        f"=EDATE(First_month,MOD(Period_begins-1-MONTH(First_month),{step}))",
        f'=IF(COLUMNS($C7:C7)>=Months_shown,"",IF(C7="","",IF({over},"",EDATE(C7,{step}))))',
    ]
    given = build_template(small(), first_month=2024 * 12, months=3)
    assert given["Settings"]["B7"].value == dt.date(2024, 1, 1)


# Inputs and colours


def test_the_inputs_are_blue_on_pale_yellow_and_nothing_else_is(reopened: Workbook) -> None:
    for sheet in reopened:
        cells = [cell for row in sheet.iter_rows() for cell in row]
        blue = {cell.coordinate for cell in cells if cell.font.color is not None and colour(cell) == BLUE}
        yellow = {cell.coordinate for cell in cells if cell.fill.start_color.rgb == PALE_YELLOW}
        assert blue == yellow == set(INPUTS.get(sheet.title, [])), sheet.title


def test_an_input_is_a_value_but_for_two_months_that_follow_the_data_and_rules_that_follow_a_tool(
    reopened: Workbook,
) -> None:
    computed = [(sheet, cell) for sheet, cells in INPUTS.items() for cell in cells if formula(reopened[sheet][cell])]
    of_tools = {rule for rules in PRESETS.values() for rule in rules}
    follow = [("Settings", f"B{row}") for row, rule in enumerate(RULES, 10) if rule in of_tools]
    assert computed == [("Summary", "C4"), ("Settings", "B7"), *follow]


def test_figures_are_black(reopened: Workbook) -> None:
    figures = {*FORMATS.values(), '0.0_);(0.0);"–"_)'}
    other = {
        (sheet, cell.coordinate): colour(cell)
        for sheet, cell, text in formulas(reopened)
        if cell.number_format in figures and colour(cell) != BLACK and not OTHER_SHEET.fullmatch(text)
    }
    assert other == {}


def test_links_to_other_sheets_are_green_and_nothing_else_is(reopened: Workbook) -> None:
    green = {(sheet, cell.coordinate) for sheet, cell, _ in formulas(reopened) if colour(cell) == GREEN}
    links = {(sheet, cell.coordinate) for sheet, cell, text in formulas(reopened) if OTHER_SHEET.fullmatch(text)}
    by_name = {("Detail", "A3"), ("Segments", "A3"), ("Customers", "A3"), ("Budget", "A3"), ("Movements", "C7")}
    words = {("Definitions", cell.coordinate) for sheet, cell, _ in formulas(reopened) if sheet == "Definitions"}
    # The months of two sheets, two rows of Unit economics, the cohorts' period.
    assert {sheet for sheet, _ in links} == {"Retention", "Unit economics", "Cohorts customers"}
    assert green == links | by_name | words


# Settings


def test_every_rule_is_on_settings_with_its_meaning_and_what_it_may_be(reopened: Workbook) -> None:
    rows = [[cell.value for cell in row] for row in reopened["Settings"][f"A10:D{LAST_RULE}"]]
    assert [(name, says) for name, _, says, _ in rows] == [(rule.name, rule.doc) for rule in RULES.values()]
    assert {name: may_be for name, _, _, may_be in rows} == {
        "as_of": "month_end, month_start, any_day",
        "end_date": "exclusive, inclusive",
        "reactivation_days": "unlimited or a number of days",
        "grace_days": "a number of days",
        "through": "a month such as 2024-12, or blank",
        "grain": "customer, subscription, parent",
        "netting": "net, gross",
        "churn_on": "end, cancelled, cancelled_or_end",
        "discounts": "net, ignore, forever",
        "usage": "exclude, include",
        "status": "auto, line, snapshot",
        "ignore": "the names of columns, with commas between them",
        "retention_months": "a whole number of months, 1 or more",
        "timezone": "a time zone such as Europe/Berlin",
        "gross_margin": "a fraction above 0 and up to 1",
        "day": FACTOR,
        "week": FACTOR,
        "past_due_days": "unlimited or a number of days",
        "paused": "0, counted",
        "preset": ", ".join(PRESETS),
        "period": ", ".join(LENGTHS),
        "fiscal_year_begins": "a month of the year, 1 to 12",
    }


def test_a_rule_is_shown_by_a_plain_label_and_its_name_stands_in_grey(reopened: Workbook) -> None:
    """The cell keeps the name, by which formulas and fills find the rule."""
    sheet = reopened["Settings"]
    labels = {row[0].value: row[0].number_format for row in sheet[f"A10:A{LAST_RULE}"]}
    assert labels["grace_days"] == ';;;"Grace days"' and labels["as_of"] == ';;;"As of"'
    assert not any("_" in label for label in labels.values())
    assert [(row[0].value, colour(row[0])) for row in sheet[f"E10:E{LAST_RULE}"]] == [
        (name, "005B6774") for name in RULES
    ]


def test_the_lists_on_settings_hold_exactly_the_words_that_are_understood(reopened: Workbook) -> None:
    lists = {
        str(check.sqref): check.formula1.strip('"').split(",")
        for check in reopened["Settings"].data_validations.dataValidation
        if check.type == "list"
    }
    rules = {row[0].value: row[1].coordinate for row in reopened["Settings"][f"A10:B{LAST_RULE}"]}
    expected = {rules[rule.name]: list(rule.choices) for rule in RULES.values() if rule.kind == "choice"}
    assert lists == expected
    for rule, cell in rules.items():
        for word in lists.get(cell, []):
            assert Settings.of({rule: word}).text(rule) == word


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"as_of": "any_day", "grace_days": 14, "reactivation_days": 90, "through": "2024-06"},
        {"retention_months": 6, "timezone": "Europe/Berlin", "gross_margin": 0.8, "grain": "subscription"},
        {"day": "30.437", "week": "30/7", "past_due_days": 30, "paused": "counted", "discounts": "forever"},
        {"preset": "paddle"},
        {"preset": "maxio", "netting": "net", "reactivation_days": "unlimited"},
    ],
)
def test_the_settings_read_back_as_they_were_written(rules: dict[str, object], tmp_path: Path) -> None:
    write_template(tmp_path / "report.xlsx", months=3, rules=Settings.of(rules))
    book = load_workbook(tmp_path / "report.xlsx", data_only=True)
    sheet, area = next(iter(book.defined_names["Rules"].destinations))
    cells = {row[0].value: row[1].value for row in book[sheet][area]}
    assert Settings.of(cells) == Settings.of(rules)
    assert cells["preset"] == Settings.of(rules).preset


def test_a_rule_follows_the_tool_that_settings_names_until_it_is_typed(tmp_path: Path) -> None:
    path, changed = tmp_path / "report.xlsx", tmp_path / "changed.xlsx"
    write_template(path, months=3, rules=Settings.of({"preset": "maxio", "churn_on": "end"}))
    book = load_workbook(path)
    sheet = book["Settings"]
    cells = {row[0].value: row[1] for row in sheet[f"A10:B{LAST_RULE}"]}
    typed = {name for name, cell in cells.items() if not str(cell.value).startswith("=")}
    assert "churn_on" in typed and not typed & {"grain", "netting", "reactivation_days", "paused", "day", "week"}
    cells["preset"].value, cells["grain"].value = "paddle", "customer"
    book.save(changed)
    fill(changed, sample_subscriptions(), tmp_path / "filled.xlsx")
    sheet = load_workbook(tmp_path / "filled.xlsx", data_only=True)["Settings"]
    values = {row[0].value: row[1].value for row in sheet[f"A10:B{LAST_RULE}"]}
    assert Settings.of(values) == Settings.of({"preset": "paddle", "churn_on": "end"})
    assert (values["day"], values["week"], values["discounts"], values["churn_on"]) == ("30", "4.33", "ignore", "end")


def test_the_exchange_rates_read_back_as_they_were_written() -> None:
    given = read_rates({"EUR": 1, "USD": 0.9})
    sheet = build_template(small(), months=3, rates=given)["Settings"]
    rows = [[cell.value for cell in row] for row in sheet[sheet.tables["Rates"].ref]]
    assert rows == [["Currency", "Month", "Rate"], ["EUR", None, 1], ["USD", None, 0.9], *[[None] * 3] * 3]
    assert read_rates(rows) == given


def test_validations_are_as_short_as_excel_wants_them(reopened: Workbook) -> None:
    checks = [check for sheet in reopened for check in sheet.data_validations.dataValidation]
    assert len(checks) > 20
    for check in checks:
        assert len(str(check.formula1 or "")) <= 255
        assert len(check.error or "") <= 255 and len(check.errorTitle or "") <= 32
        assert len(check.prompt or "") <= 255 and len(check.promptTitle or "") <= 32


def test_the_pickers_offer_the_months_columns_periods_and_scenarios(reopened: Workbook) -> None:
    lists = {
        (sheet.title, str(check.sqref)): check.formula1
        for sheet in reopened
        for check in sheet.data_validations.dataValidation
        if check.type == "list" and sheet.title != "Settings"
    }
    assert lists == {
        ("Summary", "C4"): "Movements!$C$7:$Z$7",
        ("Segments", "B4"): "Subscriptions!$A$1:$AZ$1",
        ("Cohorts MRR", "B4"): '"month,quarter,year"',
        ("Budget", "I8:I2007"): "$A$8:$A$26",
        ("Forecast", "B14"): '"Base,Upside,Downside"',
        ("Subscriptions", "G2:G1048576"): '"day,week,month,quarter,year"',
        ("Subscriptions", "J2:J1048576"):
            '"active,past_due,trialing,paused,cancelled,incomplete,unpaid,expired"',
    }  # fmt: skip


def test_the_words_on_the_lists_are_understood() -> None:
    words = [(interval, status) for interval in subscriptions.INTERVALS for status in subscriptions.STATUSES]
    data = small().iloc[[0] * len(words)].assign(Customer=[f"C{place}" for place in range(len(words))])
    data = data.rename(columns={"MRR": "Amount"})
    data["Interval"], data["Status"] = zip(*words)
    data["End"] = [pd.Timestamp("2024-03-01") if status == "cancelled" else None for _, status in words]
    assert mrr_xl.metric("MRR", data, "2024-01", through="2024-01") > 0


# Looks


def test_a_figure_is_written_by_its_unit_with_losses_in_parentheses(reopened: Workbook) -> None:
    shown: dict[str, set[str]] = {}
    for sheet in ("Movements", "Retention", "Unit economics"):
        for row in reopened[sheet].iter_rows(min_row=8, min_col=3, max_col=26):
            metric = REGISTRY.get(formula(row[0])[1:].split("(")[0])
            if metric is not None:
                shown.setdefault(metric.unit, set()).update(cell.number_format for cell in row)
    assert shown == {unit: {written} for unit, written in FORMATS.items()}
    summary = [(REGISTRY[cell.value.text[1:].split("(")[0]].unit, cell.number_format)
               for cell in reopened["Summary"]["D"] if isinstance(cell.value, ArrayFormula)]  # fmt: skip
    assert summary and [written for _, written in summary] == [FORMATS[unit] for unit, _ in summary]
    for written in FORMATS.values():
        above, below, _ = written.split(";")
        assert below == f"({above.removesuffix('_)')})"


def test_every_row_says_its_unit(reopened: Workbook) -> None:
    units = {}
    for sheet in ("Movements", "Retention", "Unit economics"):
        for row in reopened[sheet].iter_rows(min_row=8, max_col=3):
            metric = REGISTRY.get(formula(row[2])[1:].split("(")[0])
            if metric is not None and metric.kind == "series":
                units.setdefault(metric.unit, set()).add(row[1].value)
    assert units == {"money": {"=Report_currency"}, "count": {"customers"}, "rate": {"%"}, "ratio": {"×"}}
    checks = [line[1].value for line in reopened["Movements"].iter_rows(max_col=2)
              if str(line[0].value).startswith("Check: ")]  # fmt: skip
    assert checks == ["=Report_currency", "customers"]


def test_months_before_the_last_twelve_fold_away(reopened: Workbook) -> None:
    for sheet in ("Movements", "Retention", "Unit economics"):
        columns = reopened[sheet].column_dimensions
        folding = [letter for letter, width in columns.items() if width.outlineLevel == 1]
        assert folding == list("CDEFGHIJKLMN")  # of C to Z
        assert reopened[sheet].sheet_format.outlineLevelCol == 1


#: Orientation, pages tall (0: as many as needed, None: pages of so many months),
#: rows and columns repeated on every page, first cell that scrolls.
PAGES = {
    "Summary": ("landscape", 1, None, None, None),
    "Movements": ("landscape", None, "$6:$7", "$A:$B", "C8"),
    "Detail": ("portrait", 0, "$6:$6", None, "A7"),
    "Segments": ("landscape", 0, "$6:$6", None, "B7"),
    "Cohorts MRR": ("landscape", None, "$7:$7", "$A:$B", "C8"),
    "Cohorts customers": ("landscape", None, "$7:$7", "$A:$B", "C8"),
    "Retention": ("landscape", None, "$6:$7", "$A:$B", "C8"),
    "Customers": ("portrait", 0, "$13:$13", None, "A14"),
    "Forecast": ("portrait", 1, None, None, None),
    "Unit economics": ("landscape", None, "$6:$7", "$A:$B", "C8"),
    "Budget": ("landscape", 0, "$7:$7", None, "A8"),
    "Subscriptions": ("portrait", 0, "$1:$1", None, "B2"),
    "Settings": ("landscape", 0, None, None, "A4"),
    "Checks": ("landscape", 0, "$4:$4", None, "A5"),
    "Definitions": ("landscape", 0, "$5:$5", None, "B6"),
}


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_prints_on_a4_with_its_titles_and_scrolls_below_its_header(reopened: Workbook, name: str) -> None:
    sheet = reopened[name]
    page = sheet.page_setup
    found = (page.orientation, page.fitToHeight, sheet.print_title_rows, sheet.print_title_cols, sheet.freeze_panes)
    assert found == PAGES[name]
    fits = (sheet.sheet_properties.pageSetUpPr.fitToPage, page.fitToWidth, page.scale)
    scale = 75 if name.startswith("Cohorts") else 67  # per cent; texts of 10 pt are then 7.5 and 6.7
    assert fits == ((False, None, scale) if page.fitToHeight is None else (True, 1, None))
    assert int(page.paperSize) == 9  # A4
    assert sheet.oddHeader.right.text == name and sheet.oddFooter.right.text == "Page &P of &N"
    assert sheet.sheet_view.showGridLines is False


@pytest.mark.parametrize(
    ("months", "after"), [(12, []), (18, [8]), (24, [14]), (30, [8, 20])], ids=lambda given: str(given)
)
def test_a_page_has_twelve_months_and_the_last_one_the_latest(months: int, after: list[int]) -> None:
    book = build_template(months=months)
    for name in ("Movements", "Retention", "Unit economics"):
        assert [stop.id for stop in book[name].col_breaks.brk] == after


@pytest.mark.parametrize("name", ["Cohorts MRR", "Cohorts customers"])
def test_a_page_of_cohorts_has_a_year_and_a_half_and_the_first_one_the_chart(reopened: Workbook, name: str) -> None:
    sheet = reopened[name]
    assert sheet.print_area == f"'{name}'!$A$1:$AM$67"  # up to 36 months after they joined
    assert [stop.id for stop in sheet.col_breaks.brk] == [20]  # T: 17 months after
    (chart,) = sheet._charts
    assert (chart.anchor._from.col + 1, chart.anchor.to.col) == (3, 20)
    assert sheet["A2"].value is None and sheet["C2"].value.startswith("A cohort is the customers who joined")


@pytest.mark.parametrize(("months", "merged", "height"), [(12, [], 18), (24, ["A2:B2"], 31)])
def test_what_runs_over_the_labels_is_wrapped_where_a_later_page_repeats_them(
    months: int, merged: list[str], height: int
) -> None:
    sheet = build_template(small(), months=months)["Retention"]
    assert sheet["A2"].value.startswith("What earlier customers pay now")
    assert [str(area) for area in sheet.merged_cells.ranges] == merged
    assert (sheet["A2"].alignment.wrap_text or False, sheet.row_dimensions[2].height) == (bool(merged), height)


def test_a_page_of_settings_begins_with_what_a_period_is(reopened: Workbook) -> None:
    sheet = reopened["Settings"]
    assert [stop.id for stop in sheet.row_breaks.brk] == [LAST_RULE + 1]
    assert sheet.cell(LAST_RULE + 2, 1).value == "Period"


def test_charts_stay_on_one_page_and_off_the_labels_that_every_page_repeats(workbook: Any) -> None:
    for name in ("Movements", "Retention"):
        places = [(chart.anchor._from.col + 1, chart.anchor.to.col) for chart in workbook[name]._charts]
        assert places == [(3, 14), (15, 26)]


def test_a_cohort_that_pays_what_it_began_with_is_white_and_the_further_off_the_darker(workbook: Any) -> None:
    for name in ("Cohorts MRR", "Cohorts customers"):
        rules = [rule for area in workbook[name].conditional_formatting for rule in area.rules]
        scale = next(rule.colorScale for rule in rules if rule.type == "colorScale")
        stops = [(stop.val, colour.rgb) for stop, colour in zip(scale.cfvo, scale.color)]
        assert stops == [(0.5, "00E8A598"), (1, "00FFFFFF"), (1.5, "009CC3E0")]


def test_an_undefined_month_is_blank_to_the_eye_alone(workbook: Any) -> None:
    for name in ("Movements", "Retention", "Unit economics"):
        rules = [one for area in workbook[name].conditional_formatting for one in area.rules]
        blank = [one for one in rules if one.formula == ["ISNA(C6)"]]
        assert [one.dxf.font.color.rgb for one in blank] == ["00FFFFFF"]
        assert workbook[name]["A4"].value == "Blank or light grey: the figure is not defined, such as a growth from 0."


def test_movements_are_shown_with_a_capital_and_keep_their_words(workbook: Any) -> None:
    """The first of the cells' conditional formats, which is the only one that LibreOffice follows."""
    rules = [rule for area in workbook["Detail"].conditional_formatting if str(area.sqref) == "B7:B206"
             for rule in area.rules]  # fmt: skip
    assert [(rule.formula[0], rule.dxf.numFmt.formatCode, rule.priority) for rule in rules] == [
        ('B7&""="new"', ';;;"New"', 1),
        ('B7&""="reactivation"', ';;;"Reactivation"', 2),
        ('B7&""="expansion"', ';;;"Expansion"', 3),
        ('B7&""="contraction"', ';;;"Contraction"', 4),
        ('B7&""="churn"', ';;;"Churn"', 5),
    ]
    formats = dict(enumerate(workbook._number_formats, 164))
    assert all(formats[rule.dxf.numFmt.numFmtId] == rule.dxf.numFmt.formatCode for rule in rules)
    assert len({rule.dxf.border.bottom.style for rule in rules}) == 1  # with the line below each row


def test_the_colours_of_the_checks_go_before_the_line_below_each_row(workbook: Any) -> None:
    """LibreOffice follows only the first of a cell's conditional formats."""
    rules = sorted(
        ((rule.priority, str(area.sqref), rule.formula[0]) for area in workbook["Checks"].conditional_formatting
         for rule in area.rules),
    )  # fmt: skip
    assert rules[:3] == [
        (1, "B5:B64", '$B5&""="OK"'),
        (2, "A5:E64", '$B5&""="problem"'),
        (3, "A5:E64", '$B5&""="note"'),
    ]


def test_the_row_of_exchange_rates_is_grey_while_no_month_has_any(workbook: Any) -> None:
    sheet = workbook["Movements"]
    assert sheet["A15"].value == "Exchange rates (FX)"
    (rule,) = (rule for area in sheet.conditional_formatting if str(area.sqref) == "A15:AB15" for rule in area.rules)
    assert rule.formula == ['COUNTIF($C$15:$Z$15,">0")+COUNTIF($C$15:$Z$15,"<0")=0']
    assert rule.dxf.font.color.rgb == "005B6774"


def test_the_months_before_anybody_paid_are_grey_and_their_undefined_figures_blank(workbook: Any) -> None:
    rules = [rule for area in workbook["Movements"].conditional_formatting for rule in area.rules]
    undefined, beginning = (
        next(rule for rule in rules if rule.formula == [condition])
        for condition in ("ISNA(C6)", "AND($C$9=0,COUNTIF($C$16:C$16,0)=COLUMNS($C$16:C$16))")
    )
    assert undefined.priority < beginning.priority
    assert beginning.dxf.font.color.rgb == "00CBD2D9"


def test_the_first_page_ends_above_the_figures_behind_it(reopened: Workbook) -> None:
    sheet = reopened["Summary"]
    assert sheet.print_area == "'Summary'!$A$1:$K$44"
    assert sheet["B47"].value == "The figures behind this page"


# Charts

#: Sheet → each chart's title and its series: the label that names it, and the function of its first value.
CHARTS = {
    "Summary": [
        ("What moved MRR",
         [("Base", "MAX"), ("Gain", "IF"), ("Gain below 0", "IF"), ("Loss", "IF"), ("Loss below 0", "IF"),
          ("Net", "")]),
        ("MRR gained and lost",
         [("New", "MRR_NEW"), ("Reactivation", "MRR_REACTIVATION"), ("Expansion", "MRR_EXPANSION"),
          ("Contraction", "MRR_CONTRACTION"), ("Churn", "MRR_CHURN"), ("Exchange rates (FX)", "MRR_FX"),
          ("Net new MRR", "MRR_NET_NEW")]),
        ("MRR at month end", [("Closing MRR", "MRR")]),
        ("Revenue kept from earlier customers",
         [("Net revenue retention (NRR)", "MRR_NRR"), ("Gross revenue retention (GRR)", "MRR_GRR")]),
    ],
    "Segments": [("MRR by segment", [("Closing MRR", "IF")])],
    "Cohorts MRR": [("Share of MRR kept, by months since they joined", [("Average", "IF")])],
    "Cohorts customers": [("Share of customers kept, by months since they joined", [("Average", "IF")])],
    "Retention": [
        ("Revenue kept from earlier customers",
         [("Net revenue retention (NRR)", "MRR_NRR"), ("Gross revenue retention (GRR)", "MRR_GRR")]),
        ("MRR and customers lost",
         [("Gross churn: contraction and churn ÷ opening", "MRR_GROSS_CHURN_RATE"),
          ("Customer churn", "MRR_LOGO_CHURN")]),
    ],
    "Forecast": [
        ("MRR: actual and forecast", [("Actual", "MRR"), ("Base", ""), ("Upside", ""), ("Downside", "")]),
    ],
}  # fmt: skip
CHARTS["Budget"] = [("MRR gained and lost", [("Budget", "IF"), ("Actual", "INDEX")])]
CHARTS["Movements"] = CHARTS["Summary"][1:3]


def series_of(chart: Any) -> list[Any]:
    """The series of a chart and of those drawn over it."""
    return [series for part in chart._charts for series in part.ser]


def area_of(book: Any, reference: str) -> list[Any]:
    sheet, _, area = reference.rpartition("!")
    return cells_of(book[sheet.strip("'")], area)


def test_the_charts_draw_the_rows_that_their_labels_name(workbook: Any) -> None:
    found: dict[str, list[Any]] = {}
    for sheet in workbook:
        for chart in sheet._charts:
            title = "".join(run.t for run in chart.title.tx.rich.p[0].r)
            parts = [
                (area_of(workbook, series.tx.strRef.f)[0].value,
                 formula(area_of(workbook, series.val.numRef.f)[0])[1:].partition("(")[0])
                for series in series_of(chart)
            ]  # fmt: skip
            found.setdefault(sheet.title, []).append((title, parts))
    assert found == CHARTS


def test_a_charts_values_stand_beside_its_categories(workbook: Any) -> None:
    for sheet in workbook:
        for chart in sheet._charts:
            for series in series_of(chart):
                values = area_of(workbook, series.val.numRef.f)
                names = area_of(workbook, (series.cat.numRef or series.cat.strRef).f)
                across = len({cell.row for cell in values}) == 1
                assert [cell.column if across else cell.row for cell in values] == [
                    cell.column if across else cell.row for cell in names
                ]
                assert values[0].parent is names[0].parent
                assert all(cell.value for cell in names)


def test_every_chart_says_in_words_what_it_shows(workbook: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(saved(workbook).package.content())) as archive:
        drawings = [archive.read(name).decode() for name in sorted(archive.namelist())
                    if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name)]  # fmt: skip
    told = [text for drawing in drawings for text in re.findall(r'<(?:\w+:)?cNvPr [^>]*descr="([^"]+)"', drawing)]
    gained = "Columns: MRR gained (above zero) and lost (below zero) over time. Line: the net of both."
    closing = "Columns: the MRR at month end, over time."
    kept = "Lines: net and gross revenue retention over time."
    assert told == [
        "Floating columns: what each movement added to or took from the MRR, and the net of all.",
        gained, closing, kept,
        gained, closing,
        "Bars: the MRR at the end of the month in each of the largest segments, and in the others together.",
        "Line: the share of their first MRR that the cohorts have kept, on average, by months since they joined.",
        "Line: the share of their first customers that the cohorts have kept, on average, by months since they joined.",
        kept, "Lines: gross MRR churn and customer churn over time.",
        "Lines: the MRR of the last twelve months, and of the next twelve in each scenario.",
        "Columns: what each movement added to or took from the MRR, beside its budget.",
    ]  # fmt: skip


def test_the_charts_draw_losses_downward_and_keep_their_axes(workbook: Any) -> None:
    for sheet in workbook:
        for chart in sheet._charts:
            assert chart.x_axis.delete is False and chart.y_axis.delete is False
            if chart.tagname == "barChart":
                assert {series.invertIfNegative for series in chart.ser} == {False}
    bridge, gained = workbook["Summary"]._charts[:2]
    assert (bridge.grouping, bridge.overlap, gained.grouping, gained.overlap) == ("stacked", 100, "stacked", 100)
    assert bridge.ser[0].graphicalProperties.noFill and bridge.ser[1].graphicalProperties.solidFill


def test_the_total_of_the_segments_has_no_bar_and_makes_none_short(workbook: Any) -> None:
    """The largest segment stands first, and its bar is the longest."""
    rules = {rule.type: rule for area in workbook["Segments"].conditional_formatting if str(area.sqref) == "J7:J66"
             for rule in area.rules}  # fmt: skip
    assert [(each.type, each.val) for each in rules["dataBar"].dataBar.cfvo] == [("num", 0), ("num", "$J$7")]
    stop = rules["expression"]
    assert (stop.formula, stop.stopIfTrue) == (['$A7&""="total"'], True) and stop.priority < rules["dataBar"].priority


def test_a_movement_has_one_colour_and_its_months_level_labels(workbook: Any) -> None:
    bridge, gained = workbook["Summary"]._charts[:2]
    of_gained = [series.graphicalProperties.solidFill for series in gained.ser]
    assert [point.spPr.solidFill for point in bridge.ser[1].dPt] == of_gained
    for sheet in workbook:
        for chart in sheet._charts:
            assert chart.x_axis.txPr.bodyPr.rot == 0
    assert gained.x_axis.tickLblSkip == 3


def test_an_undefined_month_is_no_zero_on_a_line(workbook: Any) -> None:
    """LibreOffice draws an error as 0 on a line that has gaps, and leaves it out of one that spans them."""
    lines = [chart for sheet in workbook for chart in sheet._charts if chart.tagname == "lineChart"]
    assert lines and {chart.display_blanks for chart in lines} == {"span"}


# The table


def test_the_header_cells_are_the_tables_column_names(reopened: Workbook) -> None:
    sheet = reopened["Subscriptions"]
    table = sheet.tables["Subscriptions"]
    left, top, right, bottom = range_boundaries(table.ref)
    cells = [sheet.cell(top, column).value for column in range(left, right + 1)]
    assert cells == table.column_names == list(sample_subscriptions().columns)
    assert bottom - top == len(sample_subscriptions())
    assert table.autoFilter.ref == table.ref


def test_texts_that_look_like_formulas_stay_texts() -> None:
    data = small().iloc[[0] * len(FORMULA_LIKE)].assign(Customer=FORMULA_LIKE, **{"=1+1": "x"})
    book = load_workbook(io.BytesIO(workbook_bytes(build_template(data, months=1))))
    sheet = book["Subscriptions"]
    cells = [sheet.cell(row, 1) for row in range(2, 2 + len(FORMULA_LIKE))]
    assert [cell.value for cell in cells] == FORMULA_LIKE
    assert {cell.data_type for cell in [*cells, sheet["D1"]]} == {"s"}
    assert [cell.value for cell in cells if not cell.quotePrefix] == ["#REF! Ltd", "'quoted"]


DATED = """customer,start,end,mrr,signed,contract value,seats sold,share,note
Ada,2023-01-01,,100,2022-12-15,1200.5,3,0.25,a
Bob,2023-02-10,2024-03-01,200,2023-02-01,1800,4,0.5,b
"""


def test_days_and_amounts_of_columns_that_the_table_lacks_look_like_its_own(tmp_path: Path) -> None:
    """Whole numbers may be years, and small fractions shares: these stay as they are."""
    data = tmp_path / "data.csv"
    data.write_text(DATED)
    write_template(tmp_path / "report.xlsx", data=data, months=1)
    sheet = load_workbook(tmp_path / "report.xlsx")["Subscriptions"]
    formats = {cell.value: [sheet.cell(row, cell.column).number_format for row in (2, 3)] for cell in sheet[1]}
    days, amounts, plain = ["yyyy-mm-dd"] * 2, ["#,##0.00"] * 2, ["General"] * 2
    assert formats["Start"] == formats["End"] == formats["signed"] == days
    assert formats["Amount"] == formats["contract value"] == amounts
    assert formats["seats sold"] == formats["share"] == formats["note"] == plain
    widths = {cell.value: sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]}
    assert (widths["signed"], widths["contract value"]) == (widths["Start"], widths["Amount"]) == (12, 13)


def test_columns_that_excel_would_refuse_are_renamed() -> None:
    assert headers_of(["A", "a", "A (2)", " ", "x\ny", 5]) == ["A", "a (2)", "A (2) (2)", "column 4", "x y", "5"]


def test_data_of_any_type_is_stored() -> None:
    odd = small(
        n=[Decimal("1.5"), None], flag=[True, False], when=[dt.date(2024, 1, 1), pd.NaT],
        mixed=[float("inf"), ["a", 1]], text=["a\x07b", "x" * 40_000],
    )  # fmt: skip
    sheet = load_workbook(io.BytesIO(workbook_bytes(build_template(odd, months=1))))["Subscriptions"]
    first = [cell.value for cell in sheet[2]]
    assert first == ["A", dt.datetime(2024, 1, 5), 10, 1.5, True, dt.datetime(2024, 1, 1), "inf", "ab"]
    assert sheet["G3"].value == "['a', 1]" and len(sheet["H3"].value) == 32_767
    assert sheet["D3"].value is None


def test_a_table_without_lines_keeps_one_blank_row() -> None:
    empty = sample_subscriptions().iloc[:0]
    sheet = build_template(empty, months=1)["Subscriptions"]
    assert sheet.tables["Subscriptions"].ref == "A1:J2"
    assert all(cell.value is None for cell in sheet[2])


# The same file each time


def test_the_same_call_gives_the_same_bytes(tmp_path: Any) -> None:
    one, other = tmp_path / "one.xlsx", tmp_path / "other.xlsx"
    for path in (one, other):
        write_template(path, months=2, data=small(), currency="USD")
    assert one.read_bytes() == other.read_bytes()


def test_building_twice_gives_the_same_bytes() -> None:
    one, other = (saved(build_template()).package.content() for _ in range(2))
    assert one == other


# The sample


def test_the_sample_is_the_same_everywhere() -> None:
    sample = sample_subscriptions()
    assert sample.shape == (910, 10)
    assert sample["Customer"].nunique() == 400
    assert int(sample["Quantity"].sum()) == 15496
    assert float(sample["Amount"].sum()) == 121844.0
    assert sample["Status"].value_counts().to_dict() == {
        "active": 670, "cancelled": 140, "trialing": 78, "paused": 14, "past_due": 8,
    }  # fmt: skip
    pd.testing.assert_frame_equal(sample, sample_subscriptions())
    assert not sample.equals(sample_subscriptions(seed=8))


def test_the_sample_has_every_kind_of_movement_and_a_believable_course() -> None:
    table = mrr_xl.movements(sample_subscriptions(), through="2025-12")
    for name in ("new", "reactivation", "expansion", "contraction", "churn"):
        assert (table[name] != 0).sum() > 12, name
    assert len(table) == 36
    assert table["closing"].iloc[-1] == pytest.approx(199101.004166, abs=1e-6)
    later = table.iloc[1:]
    assert 0.02 < (later["churned_customers"] / later["opening_customers"]).mean() < 0.03
    assert (table["opening"].iloc[1:].to_numpy() == table["closing"].iloc[:-1].to_numpy()).all()


@pytest.mark.parametrize("customers, months, first", [(0, 12, "2024-01"), (5, 1, "2024-02"), (900, 14, "2022-11")])
def test_a_sample_of_another_size(customers: int, months: int, first: str) -> None:
    sample = sample_subscriptions(customers, months, first)
    assert sample["Customer"].nunique() == customers
    if customers:
        start, after = pd.Timestamp(first), pd.Timestamp(first) + pd.DateOffset(months=months)
        assert sample["Start"].min() >= start and sample["Start"].max() < after
        assert sample["End"].isna().any() and not (sample["End"] >= after).any()
        assert not (sample["End"] <= sample["Start"]).any()
        by_start = sample.sort_values(["Customer", "Start"])
        same = by_start["Customer"].eq(by_start["Customer"].shift(-1))
        assert (by_start["End"][same] <= by_start["Start"].shift(-1)[same]).all()


def test_settings_are_given_as_to_the_other_functions(tmp_path: Path) -> None:
    given: list[dict[str, Any]] = [
        {"rules": Settings.of({"as_of": "any_day", "grace_days": 3})},
        {"settings": {"as_of": "any_day", "grace_days": 3}},
        {"as_of": "any_day", "grace_days": 3},
    ]
    files = []
    for number, each in enumerate(given):
        write_template(tmp_path / f"{number}.xlsx", months=1, **each)
        files.append((tmp_path / f"{number}.xlsx").read_bytes())
    assert files[0] == files[1] == files[2]
    with pytest.raises(
        MrrError, match=r"^settings are given twice, as settings and as grace_days; give them in one place$"
    ):
        write_template(tmp_path / "no.xlsx", settings={"as_of": "any_day"}, grace_days=3)
