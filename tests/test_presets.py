"""Each tool's preset on one ledger that tells the tools apart."""

from __future__ import annotations

import re

import pytest

from mrr_xl import MrrError, metric, movements
from mrr_xl.presets import PRESETS
from mrr_xl.settings import RULES
from support import ROOT
from support.ledgers import ledger

#: What each line is for stands in its customer's name.
LEDGER = ledger("""
    customer sub_id start      end        cancelled  amount interval discount discount_duration status   past_due_since
    daily    1      2023-01-01 -          -          12     day      -        -                 active   -
    weekly   1      2023-01-01 -          -          21     week     -        -                 active   -
    forever  1      2023-01-01 -          -          1000   month    20%      forever           active   -
    promo    1      2023-01-01 -          -          500    month    50%      24-months         active   -
    late     1      2023-01-01 -          -          60     month    -        -                 past_due 2024-02-10
    paused   1      2023-01-01 2024-03-10 -          70     month    -        -                 active   -
    paused   1      2024-03-10 -          -          70     month    -        -                 paused   -
    twice    1      2023-01-01 2024-03-05 -          200    month    -        -                 active   -
    twice    1      2024-03-05 2024-03-20 -          260    month    -        -                 active   -
    twice    1      2024-03-20 -          -          230    month    -        -                 active   -
    brief    1      2024-03-02 2024-03-28 -          7      month    -        -                 active   -
    leaver   1      2023-01-01 2024-05-01 2024-03-15 80     month    -        -                 active   -
    back     1      2023-01-01 2023-09-01 -          90     month    -        -                 active   -
    back     1      2024-03-01 -          -          90     month    -        -                 active   -
    second   1      2023-01-01 -          -          100    month    -        -                 active   -
    second   2      2024-03-20 -          -          50     month    -        -                 active   -
""")

# At the end of February, by the defaults: 12 × 365 ÷ 12 = 365, 21 × 52 ÷ 12 = 91, 1000 less 20 % = 800, 500 less 50 % =
# 250, and 60 + 70 + 200 + 80 + 100: 2,016. March: paused −70, twice +30, back +90, second +50.
DEFAULT = {"opening": 2016, "reactivation": 90, "expansion": 80, "churn": -70, "closing": 2116}

MARCH: dict[str, dict[str, float]] = {
    "profitwell": DEFAULT,
    # Every change counts: twice +60 and −30, brief +7 and −7. The pause counts on.
    "chartmogul": {
        "opening": 2016, "new": 7, "reactivation": 90, "expansion": 110, "contraction": -30, "churn": -7,
        "closing": 2186,
    },
    # Without promo's discount 250 more; the leaver's 80 go on the day of cancellation.
    "stripe": {
        "opening": 2266, "new": 7, "reactivation": 90, "expansion": 110, "contraction": -30, "churn": -157,
        "closing": 2286,
    },
    # Past due since 10 February, for 30 days: until 11 March.
    "baremetrics": DEFAULT | {"churn": -130, "closing": 2056},
    # Each subscription: second is new, and so is back, which was away for more than 90 days.
    "maxio": {"opening": 2016, "new": 147, "expansion": 60, "contraction": -30, "churn": -87, "closing": 2106},
    # On 1 March, compared with 1 February: only back has changed. What starts or changes in March counts in April.
    "dbt_playbook": {"opening": 2016, "reactivation": 90, "closing": 2106},
    # 12 × 30 = 360, 21 × 4.33 = 90.93, no discounts, the leaver's 80 at cancellation.
    "paddle": {"opening": 2460.93, "reactivation": 90, "expansion": 80, "churn": -150, "closing": 2480.93},
    "recurly": DEFAULT | {"opening": 2011, "closing": 2111},  # 360 instead of 365
    "chargebee": DEFAULT | {"new": 50, "expansion": 30},  # second is a subscription of its own
    "zuora": DEFAULT | {"opening": 2465, "closing": 2565},  # 21 × 30 ÷ 7 = 90; no discounts of 200 and 250
    "polar": {"opening": 2016, "reactivation": 90, "expansion": 80, "closing": 2186},  # the pause counts on
    "lago": DEFAULT | {"opening": 2465.93, "closing": 2565.93},  # 90.93; no discounts
    "posthog": {"opening": 2016, "new": 140, "expansion": 30, "churn": -70, "closing": 2116},  # back is new
    "dbt_stripe": {"opening": 2466, "new": 50, "reactivation": 90, "expansion": 30, "closing": 2636},
}  # fmt: skip


def march(**rules) -> dict[str, float]:
    row = movements(LEDGER, start="2024-03", to="2024-03", through="2024-03", **rules).iloc[0]
    names = ("opening", "new", "reactivation", "expansion", "contraction", "churn", "closing")
    return {name: float(round(row[name], 6)) for name in names if row[name]}


def test_march_by_the_defaults():
    assert march() == DEFAULT


@pytest.mark.parametrize("tool", PRESETS)
def test_a_preset_gives_the_tools_march(tool):
    assert march(preset=tool) == MARCH[tool]


@pytest.mark.parametrize("tool", PRESETS)
def test_a_preset_is_its_rules_one_by_one(tool):
    assert march(**PRESETS[tool]) == MARCH[tool]


def test_the_presets_of_tools_with_other_rules_differ():
    """ProfitWell has the defaults; each other tool has a March of its own."""
    marches = [tuple(sorted(moved.items())) for moved in MARCH.values()]
    assert len(set(marches)) == len(PRESETS)


def test_a_rule_beside_a_preset_wins():
    assert march(preset="paddle", week="4")["opening"] == pytest.approx(2454)  # 21 × 4 = 84 instead of 90.93
    assert march(preset="chartmogul", netting="net") == MARCH["polar"]
    assert march(preset="recurly", day="365/12") == DEFAULT


def test_gross_netting_counts_a_customer_once():
    """ChartMogul counts customers: twice is one that expands and one that contracts; second expands, too."""
    table = movements(LEDGER, start="2024-03", to="2024-03", through="2024-03", preset="chartmogul").iloc[0]
    assert (table["expanded_customers"], table["contracted_customers"]) == (2, 1)


def test_an_unknown_tool_is_an_error():
    with pytest.raises(MrrError, match="setting preset cannot be 'excel'"):
        metric("MRR", LEDGER, preset="excel")


def test_presets_name_rules_and_what_differs_from_the_default():
    for tool, rules in PRESETS.items():
        for name, value in rules.items():
            assert RULES[name].read(value) != RULES[name].default, f"{tool}: {name}"


def test_every_preset_and_each_of_its_rules_is_in_tools_md():
    text = (ROOT / "docs" / "tools.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)
    for tool, rules in PRESETS.items():
        (section,) = [part for part in sections if f"--preset {tool}\n" in part]
        for name, value in rules.items():
            assert f"`{name}={value}`" in section, f"{tool}: {name}={value}"


def test_every_rule_in_tools_md_names_its_source():
    text = (ROOT / "docs" / "tools.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    rules = [row for part in sections if "\n| Rule | " in part for row in re.findall(r"^\| .+ \|$", part, re.MULTILINE)]
    assert len(rules) > 100
    for row in rules:
        name, published, _ = (cell.strip("| ") for cell in row.split(" | "))
        known = name == "Rule" or "](https://" in published or re.search("not published|not in its data", published)
        assert known, row
