"""The written definitions are complete, and the public worked figures that they rest on are computed."""

from __future__ import annotations

import ast
import dataclasses
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from mrr_xl import Settings
from mrr_xl.cli import main
from mrr_xl.metrics import REGISTRY
from support import ROOT

DEFINITIONS, FUNCTIONS, TOOLS = (
    (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("definitions", "functions", "tools")
)

# Worked figures

#: Source · what it gives · what it must give · the test that computes it.
WORKED_FIGURES = """
Stripe, billing analytics glossary · 100 × 100 a month + 50 × 600 a year · MRR 12,500
    · test_movements.test_stripe_normalises_yearly_prices_to_months
ChartMogul, MRR movements · 4 × 500 a year; + 2 × 30; − that; − the first; 3 × 50 · 166.67, 60, −60, −166.67, 150
    · test_movements.test_chartmogul_follows_one_customer_through_all_five_movements
ChartMogul, MRR churn rate · opening 100, churn 10, contraction 10, expansion 10 · gross 20 %, net 10 %
    · test_growth.test_chartmogul_loses_a_fifth_gross_and_a_tenth_net
ChartMogul, customer churn rate · 100 customers, 11 cancel, one of them joined in the month · 10 %
    · test_movements.test_chartmogul_counts_lost_customers_over_those_of_the_opening
ChartMogul, lifetime value · ARPA 100, churn 5 % · 2,000
    · test_economics.test_chartmogul_lifetime_value
ChartMogul, ARPA · 1, 1, 3, 5, 5 · 3
    · test_movements.test_chartmogul_divides_the_mrr_among_the_customers
ChartMogul, average sale price · 3 × 100 + 7 × 50 new · 65
    · test_growth.test_chartmogul_sells_at_65_on_average
ChartMogul, CMRR · 120 × 60, + 1,200 signed, − 500 scheduled · 7,900
    · test_rules.test_committed_mrr_adds_what_is_signed_and_takes_off_what_is_scheduled_to_end
Lago, MRR · 100; 200 from 15 March; ended on 10 April · March + 100, closing 200; April − 200
    · test_movements.test_lago_counts_a_new_price_from_its_month_and_an_end_in_its_month
Lago, MRR · from 100 a month to 1,200 a year on the same day · no movement
    · test_movements.test_lago_sees_no_movement_in_a_move_to_the_same_price_per_year
Northstar · A 600→800, B 500→0, C 0→300, D 700→400 · 1,800, 300, 200, −300, −500, 1,500
    · test_movements.test_northstars_month
Rebilly · new 40; back 25; 80→0; 100→80; 40→100 · 40, 25, −80, −20, 60
    · test_movements.test_rebillys_five_customers_are_five_movements
Odoo · 20 × 30; lose 3; price + 2 · logo churn 15 %, revenue churn 9.33 %
    · test_movements.test_odoo_loses_customers_and_raises_its_price
Chargebee, gross revenue retention · opening 5,000, closing 6,000, the same customers · 100 %
    · test_retention.test_chargebee_counts_growth_as_no_gross_retention
Polar (Apache-2.0) · 300 / 3 months, 2,400 / 2 years, 50 / 2 weeks · 100, 100, 108.33
    · test_pricing.test_polars_counted_intervals_give_its_monthly_figures
Polar (Apache-2.0) · 100 a month and 1,000 a year from January, 100 a month from June · 183.33, 283.33
    · test_movements.test_polar_adds_up_monthly_and_yearly_subscriptions
Polar (Apache-2.0), committed · 100 from January; 100 from February, to end on 1 March · 100, 100, 100
    · test_rules.test_committed_mrr_is_without_lines_that_have_an_end_scheduled
Kill Bill (Apache-2.0) · 63 prices · their MRR to 4 places
    · test_pricing.test_a_price_of_kill_bill_gives_the_mrr_that_its_tests_assert
saas-metrics (MIT), month 6 · one of four leaves · churn −100, logo churn 25 %
    · test_movements.test_saas_metrics_month_6_loses_one_of_four_customers
saas-metrics (MIT), month 6 · churn 100 of 500 · gross churn 20 %
    · test_growth.test_saas_metrics_worked_example
saas-metrics (MIT), month 13 · 400 + 50 + 80 + 50 − 80 · 500, quick ratio 2.25
    · test_movements.test_saas_metrics_month_13_has_every_movement_but_churn
saas-metrics (MIT), month 13 · the customers of month 1 · NRR 90 %, GRR 80 %, logo retention 100 %
    · test_retention.test_saas_metrics_worked_example_after_twelve_months
Average-revenue form of MRR · 50 customers, 600, 12 months · 2,500
    · test_pricing.test_mrr_from_an_average_is_customers_times_average_revenue_over_months
"""
FIGURES = [re.split(r"\s+· ", figure) for figure in re.split(r"\n(?=\S)", WORKED_FIGURES.strip())]


@pytest.mark.parametrize("figure", FIGURES, ids=[" · ".join(figure[:2]) for figure in FIGURES])
def test_every_worked_figure_is_computed_once_somewhere(figure):
    source, given, result, place = figure
    assert source and given and result
    file, name = place.split(".")
    (path,) = (ROOT / "tests").rglob(f"{file}.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [node.name for node in tree.body if isinstance(node, ast.FunctionDef)].count(name) == 1, place
    assert [other[3] for other in FIGURES].count(place) == 1


# Completeness


@pytest.mark.parametrize("name", [rule.name for rule in dataclasses.fields(Settings)])
def test_every_setting_is_explained(name):
    prose = DEFINITIONS.replace(f"| `{name}` |", "")
    assert re.search(rf"\b{name}\b", prose), f"docs/definitions.md says nothing of {name} but its row in the table"


@pytest.mark.parametrize("name", REGISTRY)
def test_every_figure_is_documented(name):
    assert f"### {name}\n" in FUNCTIONS or f"`{name}`" in DEFINITIONS


@pytest.mark.parametrize("name", [item.name for item in REGISTRY.values() if item.unit in ("rate", "ratio")])
def test_every_rate_says_when_it_is_undefined(name):
    found = re.search(rf"^\| `{name}` \|.*\| ([^|]+) \|$", DEFINITIONS, re.MULTILINE)
    assert found and found[1].strip(), f"the table of figures in docs/definitions.md does not say it for {name}"


# Other tools

LEDGER = """\
customer,subscription,start,end,cancelled,amount,interval,quantity,discount,status,kind
A,a1,2024-01-01,2024-03-05,2024-02-20,100,month,1,0.2,active,recurring
A,a2,2024-02-10,,,1200,year,2,0,past_due,
B,b1,2024-01-15,2024-02-01,,50,month,1,0,cancelled,recurring
B,b1,2024-06-15,,,60,month,1,0,active,recurring
C,c1,2024-03-02,2024-03-28,,30,month,1,0,ended,recurring
C,c2,2024-04-01,,,10,month,1,0,active,usage
"""
COMMANDS = re.findall(r"^mrr-xl .*$", TOOLS, re.MULTILINE)
NAMED = sorted(set(re.findall(r"(?:`|--set )([a-z_]+)=([^\s`]+)", TOOLS)))


def test_every_tool_has_its_command():
    tools = re.split(r"^## ", TOOLS, flags=re.MULTILINE)[1:]
    assert tools.pop().startswith("Published figures that are not the same here")
    assert tools and [len(re.findall(r"^mrr-xl ", tool, re.MULTILINE)) for tool in tools] == [1] * len(tools)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_for_a_tools_figures_runs(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("subscriptions.csv").write_text(LEDGER, encoding="utf-8")
    result = CliRunner().invoke(main, shlex.split(command)[1:])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("month ")
    assert "2024-06" in result.stdout


@pytest.mark.parametrize(("name", "value"), NAMED)
def test_a_setting_named_for_a_tool_exists_with_that_value(name, value):
    value = value.strip('"')
    assert name == "where" or Settings.of({name: value}).text(name) == value


def test_what_a_tool_publishes_has_its_address():
    for line in TOOLS.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) == 3 and cells[1].startswith("["):
            assert re.match(r"\[[^\]]+\]\(https://[^)\s]+\)", cells[1]), line
    assert set(re.findall(r"`(MRR_\w+)`", TOOLS)) <= set(REGISTRY)
