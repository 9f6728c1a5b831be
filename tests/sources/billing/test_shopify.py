"""Shopify's earnings of a partner: recurring charges for apps, shop by shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrr_xl import metric, movements
from mrr_xl.errors import MrrError, MrrWarning

HEADER = (
    "Shop,Charge ID,Charge Creation Time,Charge Type,Category,Partner Share,Partner Sale,"
    "Partner Sale In Payout Currency,Payout Currency,App Title\n"
)
MONTHLY, YEARLY = "App sale – 30-day subscription", "App sale – yearly subscription"


def written(tmp_path: Path, *charges: str) -> Path:
    path = tmp_path / "payouts.csv"
    path.write_text(HEADER + "".join(f"{charge}\n" for charge in charges), encoding="utf-8")
    return path


def charge(shop: str, day: str, kind: str, sale: float, app: str = "Upsell") -> str:
    return f"{shop}.myshopify.com,gid://1,{day} 09:30:00 UTC,{kind},App,{sale * 0.8:.2f},{sale},{sale},USD,{app}"


def test_charges_of_30_days_and_of_a_year(tmp_path: Path) -> None:
    """Ada pays 20 every 30 days and leaves on 2 April, 30 days after her last charge; Bob 120 a year, Cyd 30."""
    path = written(
        tmp_path,
        charge("ada", "2024-01-02", MONTHLY, 20),
        charge("bob", "2024-01-15", YEARLY, 120),
        charge("ada", "2024-02-01", MONTHLY, 20),
        charge("ada", "2024-03-03", MONTHLY, 20),  # 31 days later: a day late, and no gap
        charge("cyd", "2024-04-30", "Recurring application fee", 30),
    )
    table = movements(path).set_index("month")
    assert table["closing"].tolist() == [30.0, 30.0, 30.0, 40.0]
    assert table.loc["2024-04", ["new", "churn"]].tolist() == [30.0, -20.0]
    checks = metric("MRR_CHECKS", path).set_index("check")["says"]
    assert checks["billing system"] == "Shopify's earnings of a partner"
    assert checks["amounts of charges"] == "Partner Sale In Payout Currency, of 30 days as of a month"


def test_an_upgrade_in_the_middle_of_30_days_takes_the_place_of_the_old_plan(tmp_path: Path) -> None:
    """A shop has one subscription of an app; the credit for the rest of the old one is not a negative MRR."""
    path = written(
        tmp_path,
        charge("ada", "2024-01-02", MONTHLY, 20),
        charge("ada", "2024-01-12", MONTHLY, 50),
        charge("ada", "2024-01-12", "App credit", -13),
        charge("ada", "2024-02-11", MONTHLY, 50),
        charge("ada", "2024-01-20", MONTHLY, 7, app="Badges"),
        charge("bob", "2024-02-29", MONTHLY, 1),
    )
    assert movements(path, through="2024-01")["closing"].tolist() == [57.0]
    checks = metric("MRR_CHECKS", path).set_index("check")
    assert checks.loc["credits and refunds", ["result", "lines", "first_row"]].tolist() == ["note", 1, 4]


def test_usage_and_one_time_sales_are_left_out(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        charge("ada", "2024-01-31", MONTHLY, 20),
        charge("ada", "2024-01-31", "App sale – usage", 5),
        charge("ada", "2024-01-31", "App sale – one-time", 99),
        charge("dev", "2024-01-31", "Affiliate referral commission", 300),
    )
    assert movements(path)["closing"].tolist() == [20.0]
    checks = metric("MRR_CHECKS", path).set_index("check")["lines"]
    assert (checks["left out: usage"], checks["left out: one time"]) == (1, 2)


def test_a_charge_of_an_unknown_type_is_a_problem(tmp_path: Path) -> None:
    path = written(tmp_path, charge("ada", "2024-01-31", MONTHLY, 20), charge("ada", "2024-01-31", "Barter", 5))
    with pytest.warns(MrrWarning, match="charges of a type that is not known are not counted: Barter"):
        assert movements(path)["closing"].tolist() == [20.0]


def test_a_wrong_date_is_named_with_its_row(tmp_path: Path) -> None:
    path = written(tmp_path, charge("ada", "2024-01-31", MONTHLY, 20), charge("ada", "2024-02-31", MONTHLY, 20))
    with pytest.raises(MrrError, match="row 3, column Charge Creation Time: '2024-02-31 09:30:00' is not a day"):
        movements(path)
