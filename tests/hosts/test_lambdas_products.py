"""Upsell and cross-sell as LAMBDAs: the engine's figures, or an error."""

from __future__ import annotations

import random

import pytest

from mrr_xl import metric
from support.lambdas import Sheets, at_random, northstar, rules_at_random

pytestmark = pytest.mark.filterwarnings("ignore::mrr_xl.errors.MrrWarning")
NAMES = ("MRR_UPSELL", "MRR_CROSS_SELL")


@pytest.mark.parametrize("seed", [11, 13, 17, 20, 22, 25])
def test_random_ledgers_have_the_engines_figures(seed: int) -> None:
    dice, data, rules = random.Random(seed), at_random(seed), rules_at_random(seed)
    data = data.assign(Product=[dice.choice(["CRM", "Desk", "Mail", "Mail", None]) for _ in range(len(data))])
    sheets = Sheets(data, rules)
    for month in ("2023-03", "2023-08", "2024-02"):
        day = f"DATE({month.replace('-', ',')},1)"
        for name in NAMES:
            ((shown,),) = sheets.value(f"={name}(DATA,{day},,SETTINGS)")
            shown = float("nan") if shown == "#N/A" else shown  # before the first month
            engines = metric(name, data, month, settings=rules)
            assert shown == pytest.approx(engines, abs=1e-6, nan_ok=True), (name, month)


def test_more_of_a_product_is_upsell_and_another_one_is_cross_sell() -> None:
    """Acme goes from 500 to 700 in February: in one product, or by 200 of another one."""
    assert Sheets(northstar(Product=["CRM"] * 6)).value("=MRR_UPSELL(DATA,DATE(2024,{1,2},1))") == [[0, 200]]
    other = Sheets(northstar(Product=["CRM"] * 3 + ["Desk"] * 3))
    assert other.value("=MRR_UPSELL(DATA,DATE(2024,{1,2},1))") == [[0, 0]]
    assert other.value("=MRR_CROSS_SELL(DATA,DATE(2024,{1,2},1))") == [[0, 200]]
    assert other.value('=MRR_CROSS_SELL(DATA,,"customer=Hooli")') == [[0]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("columns", "data"),
    [
        ({}, "DATA"),
        ({"Product": ["CRM"] * 6, "Product name": ["CRM"] * 6}, "DATA"),
        ({"Product": ["CRM", "crm"] * 3}, "DATA"),
        ({"Product": ["CRM"] * 6}, "MRR_LEDGER(DATA)"),
    ],
    ids=["no product", "two of them", "names that differ in their case", "a ledger that was read once"],
)
def test_what_a_formula_can_not_tell_is_an_error(name: str, columns: dict[str, list[str]], data: str) -> None:
    assert Sheets(northstar(**columns)).value(f"={name}({data})") == [["#VALUE!"]]
