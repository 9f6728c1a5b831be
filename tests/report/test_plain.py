"""The report of ordinary formulas: other programs compute the engine's figures from its Schedule."""

from __future__ import annotations

import datetime as dt
import functools
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

import mrr_xl
from mrr_xl import MrrError, Settings
from mrr_xl.cli import main
from mrr_xl.report import write_template
from mrr_xl.report.sample import sample_subscriptions
from support import plain
from support.ledgers import typed
from support.plain import PROGRAMS, assert_same, cells, changed, formulon_values, proof

#: Data at random has lines side by side.
pytestmark = pytest.mark.filterwarnings("ignore::mrr_xl.errors.MrrWarning")

SHEETS = ["Summary", "Movements", "Retention", "Unit economics", "Budget", "Totals", "Schedule", "Proof",
          "Subscriptions", "Settings", "Checks", "Definitions"]  # fmt: skip
#: Ada grows and shrinks, Bob leaves and comes back, Cyd was there long ago, Dan is new; Eve ended before all this.
STORY = """
customer  start       end         mrr
Ada       2024-01-10  2024-03-15  100
Ada       2024-03-15  2024-05-20  150
Ada       2024-05-20  -           120
Bob       2024-01-01  2024-02-10  40
Bob       2024-05-05  -           50
Cyd       2020-02-01  2020-08-01  70
Cyd       2024-04-04  -           80
Dan       2024-05-31  -           10.5
Eve       2019-01-01  2019-03-01  999
"""
RATES = pd.DataFrame({"currency": ["EUR", "USD"], "rate": [1.0, 0.9173]})


def at_random(seed: int, customers: int = 40) -> pd.DataFrame:
    """Lines of few customers over five years that begin and end at the edges of months, side by side or with gaps."""
    dice, rows = random.Random(seed), []
    for _ in range(customers * 4):
        start = dt.datetime(2020, 1, 1) + dt.timedelta(days=dice.randrange(1900))
        start = start.replace(day=dice.choice([1, 1, 15, 28]))
        end = start + dt.timedelta(days=dice.choice([3, 31, 92, 365, 800]))
        end = end.replace(day=dice.choice([1, 2, 28]))
        rows.append(
            {
                "Customer": f"Customer {dice.randrange(customers)}",
                "Subscription": f"S{dice.randrange(customers)}",
                "Start": start,
                "End": end if end > start and dice.random() < 0.7 else None,
                "Amount": dice.choice([0, 0.01, 33.33, 100, 1e6, 12345.678901]),
                "Interval": dice.choice(["month", "quarter", "year", "week", "2 weeks"]),
                "Quantity": dice.choice([1, 2, 3]),
                "Discount": dice.choice([0, 0, 0.15, 1]),
                "Status": dice.choice(["active", "active", "active", "past_due", "trialing"]),
                "Currency": dice.choice(["EUR", "USD"]),
            }
        )
    return pd.DataFrame(rows)


def one_currency(seed: int) -> pd.DataFrame:
    return at_random(seed).assign(Currency="EUR")


#: Each report: the arguments of write_template.
REPORTS: dict[str, Callable[[], dict[str, Any]]] = {
    "sample": lambda: {"months": 24},
    "story": lambda: {"data": typed(STORY), "months": 5, "rules": Settings.of({"through": "2024-05"})},
    "random, month_start": lambda: {
        "data": one_currency(1), "months": 13, "rules": Settings.of({"as_of": "month_start", "grace_days": 20}),
    },
    "random, any_day": lambda: {
        "data": one_currency(2), "months": 12, "rules": Settings.of({"as_of": "any_day", "end_date": "inclusive"}),
    },
    "random, by subscription": lambda: {
        "data": one_currency(3), "months": 9,
        "rules": Settings.of({"grain": "subscription", "discounts": "ignore", "gross_margin": 0.8}),
    },
    "random, half a year back": lambda: {
        "data": one_currency(4), "months": 40, "rules": Settings.of({"retention_months": 6, "through": "2023-09"}),
    },
    "two currencies": lambda: {"data": at_random(5), "months": 24, "rates": RATES, "currency": "EUR"},
    "one month": lambda: {"data": one_currency(6), "months": 1},
    "one customer": lambda: {"data": typed("customer start mrr \n Ada 2025-03-01 10"), "months": 12},
    "a schedule": lambda: {
        "data": pd.DataFrame({"customer": ["Ada", "Bob"], "2025-01": [10, 0], "2025-02": [0, 5], "2025-03": [12, 5.5]}),
        "months": 6,
    },
    "names": lambda: {
        "data": pd.DataFrame({
            "customer": ["=1+1", "+1", "#1 Club", "007", "2024-01-01", "a,b", "~*?", "TRUE", "'q", "Müller & <Co>"],
            "start": pd.to_datetime(["2025-01-01"] * 10), "mrr": range(1, 11),
        }),
        "months": 3,
    },
}  # fmt: skip


@functools.cache
def written(name: str) -> Path:
    path = Path(tempfile.mkdtemp(prefix="mrr-plain-")) / "report.xlsx"
    write_template(path, functions="plain", **REPORTS[name]())
    return path


@functools.cache
def computed(program: str) -> dict[str, Path]:
    found = PROGRAMS[program]([written(name) for name in REPORTS])
    return {name: found[written(name)] for name in REPORTS}


in_one_process = pytest.mark.xdist_group("plain")


@in_one_process
@pytest.mark.parametrize("name", REPORTS)
def test_every_figure_is_the_engines(name: str) -> None:
    result, sentence, lines = proof(written(name))
    assert (result, sentence) == ("PASS", f"{len(lines)} of {len(lines)} figures agree")
    shown = REPORTS[name]().get("months", 24)
    # 10 figures × 3 months and 6 movements on Summary, 19 rows of Movements, 10 of Retention, 6 of Unit economics and
    # 14 sums of a year.
    assert len(lines) == 36 + 35 * shown + 14
    assert {result for _, _, result in lines.values()} == {"PASS"}


@in_one_process
@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("name", REPORTS)
def test_other_programs_compute_the_same(name: str, program: str) -> None:
    assert_same(cells(written(name)), cells(computed(program)[name]))


@in_one_process
@pytest.mark.parametrize("name", ["sample", "story", "two currencies"])
def test_formulon_computes_the_same(name: str) -> None:
    ours = cells(written(name))
    theirs = {place: value for place, value in formulon_values(written(name)).items() if value not in (None, "")}
    numbers = {
        place: (value - dt.datetime(1899, 12, 30)).days if isinstance(value, dt.datetime) else value
        for place, value in ours.items()
    }
    assert len(theirs) > 1000
    assert_same({place: numbers.get(place) for place in theirs if place[0] != "Settings"},
                {place: value for place, value in theirs.items() if place[0] != "Settings"})  # fmt: skip


@in_one_process
def test_the_engines_figures_are_those_of_the_library() -> None:
    _, _, lines = proof(written("story"))
    data, rules = typed(STORY), {"through": "2024-05"}
    functions = {row[1].value: row[2].value for row in load_workbook(written("story"))["Proof"].iter_rows(min_row=8)}
    for (sheet, figure, month, months), (_, engine, _) in lines.items():
        if months == 1:
            name, *pairs = functions[figure].split(", ")
            own = dict(pair.split("=") for pair in pairs)
            wanted = mrr_xl.metric(name, data, month, **own, **rules)
            assert engine == ("undefined" if wanted != wanted else pytest.approx(wanted, abs=1e-9)), (sheet, figure)


@in_one_process
def test_the_story_is_told_by_the_schedule() -> None:
    shown = cells(written("story"))
    months = [shown["Schedule", f"{letter}7"].strftime("%Y-%m") for letter in ("C", "Z", "AE")]
    assert months == ["2022-01", "2023-12", "2024-05"]
    schedule = [[shown.get(("Schedule", f"{letter}{row}")) for letter in
                 ("A", "B", "Z", "AA", "AB", "AC", "AD", "AE")] for row in range(8, 13)]  # fmt: skip
    assert schedule == [
        ["Ada", 202401, 0, 100, 100, 150, 150, 120],
        ["Bob", 202401, 0, 40, 0, 0, 0, 50],
        ["Cyd", 202002, 0, 0, 0, 0, 80, 80],
        ["Dan", 202405, 0, 0, 0, 0, 0, 10.5],
        ["End of the schedule; mrr-xl fill writes the rows above anew", *[None] * 7],
    ]
    movements = {
        key: [shown.get(("Movements", f"{letter}{row}")) for letter in "CDEFG"]
        for key, row in {"opening": 9, "new": 10, "reactivation": 11, "expansion": 12, "contraction": 13, "churn": 14,
                         "closing": 16}.items()
    }  # fmt: skip
    assert movements == {
        "opening": [0, 140, 100, 150, 230],
        "new": [140, 0, 0, 0, 10.5],
        "reactivation": [0, 0, 0, 80, 50],
        "expansion": [0, 0, 50, 0, 0],
        "contraction": [0, 0, 0, 0, -30],
        "churn": [0, -40, 0, 0, 0],
        "closing": [140, 100, 150, 230, 260.5],
    }


@in_one_process
@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_changed_cell_of_the_schedule_changes_the_report_and_fails_the_proof(program: str, tmp_path: Path) -> None:
    other = changed(written("story"), tmp_path / "changed.xlsx", ("Schedule", "AD8", 175))
    shown = cells(PROGRAMS[program]([other])[other])
    places = {"closing in April": "F16", "expansion in April": "F12", "contraction in May": "G13", "in May": "G16"}
    assert {name: shown["Movements", place] for name, place in places.items()} == {
        "closing in April": 255, "expansion in April": 25, "contraction in May": -55, "in May": 260.5,
    }  # fmt: skip
    assert shown["Proof", "A3"] == "FAIL"
    assert shown["Summary", "J4"] == "● difference"
    assert shown["Movements", "B5"] == "OK"  # it still adds up
    failed = {shown["Proof", f"B{row}"] for row in range(8, 215) if shown.get(("Proof", f"I{row}")) == "FAIL"}
    assert {"Closing MRR", "Expansion", "Contraction", "Opening MRR", "Average MRR per customer (ARPA)"} <= failed
    assert not {"Churn", "New", "Reactivation", "Customers at month end"} & failed


@in_one_process
@pytest.mark.parametrize("program", [*PROGRAMS, "formulon"])
def test_the_dash_of_a_card_is_for_what_is_not_defined_and_other_errors_are_seen(program: str, tmp_path: Path) -> None:
    """Nobody was a customer a year before May 2024: retention is not defined. Customer churn is made an error."""
    totals = load_workbook(written("story"))["Totals"]
    (churn,) = (row for row in range(8, 60) if totals.cell(row, 1).value == "Customer churn")
    last = totals.cell(7, totals.max_column).column_letter
    path = changed(written("story"), tmp_path / "changed.xlsx", ("Totals", f"{last}{churn}", "=1/0"))
    shown = formulon_values(path) if program == "formulon" else cells(PROGRAMS[program]([path])[path])
    cards = [(shown["Summary", f"{letter}11"], shown.get(("Summary", f"{letter}12")) or "") for letter in "DFH"]
    assert cards == [("–", "not defined"), ("–", "not defined"), ("#DIV/0!", "")]


@in_one_process
def test_the_cards_of_a_month_that_there_is_not_have_a_dash(tmp_path: Path) -> None:
    path = changed(written("story"), tmp_path / "changed.xlsx", ("Summary", "C4", dt.datetime(2031, 1, 1)))
    shown = formulon_values(path)
    assert {shown["Summary", f"{letter}{row}"] for letter in "BDFHJ" for row in (7, 11)} == {"–"}


@in_one_process
@pytest.mark.slow
def test_other_months_can_be_picked_and_are_not_compared(tmp_path: Path) -> None:
    april = changed(written("story"), tmp_path / "april.xlsx", ("Summary", "C4", dt.datetime(2024, 4, 1)))
    three = changed(written("story"), tmp_path / "three.xlsx", ("Settings", "B6", 3))
    found = plain.in_libreoffice([april, three])
    result, sentence, _ = proof(found[april])
    assert (result, sentence) == (
        "PASS", "189 of 189 figures agree; 36 are not compared: the report shows another month, or fewer",
    )  # fmt: skip
    shown = cells(found[april])
    assert [shown["Summary", f"{letter}49"] for letter in "DEF"] == [230, 150, 0]
    result, sentence, _ = proof(found[three])
    assert (result, sentence) == (
        "PASS", "36 of 36 figures agree; 189 are not compared: the report shows another month, or fewer",
    )  # fmt: skip
    shown = cells(found[three])
    assert [shown.get(("Movements", f"{letter}16")) for letter in "CDEF"] == [150, 230, 260.5, "#N/A"]


def test_the_sheets_and_who_can_be_told_of_what() -> None:
    book = load_workbook(written("sample"))
    assert book.sheetnames == SHEETS
    assert "Filter" not in {cell.value for row in book["Summary"]["A1:K6"] for cell in row}
    schedule = book["Schedule"]
    pane = schedule.sheet_view.pane
    assert (pane.xSplit, pane.ySplit, pane.topLeftCell) == (2, 7, "AA8")  # frozen, and at the first month shown
    assert schedule.auto_filter.ref == f"A7:AX{schedule.max_row - 1}"
    assert [cell.value for cell in schedule["A"][7:-1]] == sorted(cell.value for cell in schedule["A"][7:-1])
    assert book["Proof"]["A5"].value.startswith("mrr-xl ")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rules": {"netting": "gross"}}, "netting is gross, which counts changes within a month"),
        ({"rules": {"reactivation_days": 90}}, "reactivation_days is 90, which asks for the days between two months"),
        ({"data": at_random(7), "rates": RATES.assign(month=["", "2020-01"])[["currency", "month", "rate"]]},
         "the exchange rates change by month, so that a change of MRR is partly one of the rate"),
    ],
)  # fmt: skip
def test_what_the_mrr_of_months_can_not_tell_is_refused(given: dict[str, Any], message: str, tmp_path: Path) -> None:
    given = given | {"rules": Settings.of(given.get("rules", {}))}
    with pytest.raises(MrrError) as caught:
        write_template(tmp_path / "report.xlsx", functions="plain", **given)
    assert str(caught.value) == (
        f"a plain report has the MRR of each customer at the end of each month, and {message}; change that, or write a "
        "report with --functions xlwings"
    )
    assert not (tmp_path / "report.xlsx").exists()


def test_a_schedule_has_room_for_so_many_months(tmp_path: Path) -> None:
    with pytest.raises(MrrError) as caught:
        write_template(
            tmp_path / "report.xlsx", functions="plain", data=sample_subscriptions(5),
            rules=Settings.of({"retention_months": 1000}),
        )  # fmt: skip
    assert str(caught.value) == (
        "retention_months is 1,000: a sheet Schedule would have 1,036 months, and has room for 1,000; look back less, "
        "or use --functions xlwings"
    )


def test_the_command(tmp_path: Path) -> None:
    out = str(tmp_path / "report.xlsx")
    done = CliRunner().invoke(main, ["template", out, "--functions", "plain", "--months", "2"])
    assert (done.exit_code, done.output.splitlines()[-1][:23]) == (0, f"wrote {out}"[:23])
    done = CliRunner().invoke(main, ["template", str(tmp_path / "a.xlsm"), "--functions", "plain", "--macros"])
    assert (done.exit_code, done.output) == (
        2, "mrr-xl: --macros is for --functions xlwings; ordinary formulas need none\n",
    )  # fmt: skip


def test_the_figures_are_those_of_the_ordinary_report(tmp_path: Path) -> None:
    """The same cells of the same sheets; but for the label of the filter, and for what computes them anew."""
    write_template(tmp_path / "ordinary.xlsx", **REPORTS["sample"]())
    ordinary, ours = cells(tmp_path / "ordinary.xlsx"), cells(written("sample"))
    for sheet in ("Summary", "Movements", "Retention", "Unit economics"):
        other, own = (
            {place: value for place, value in shown.items() if place[0] == sheet and place[1] not in ("B3", "E4")}
            for shown in (ordinary, ours)
        )
        assert len(own) > 100
        assert_same(own, other)
