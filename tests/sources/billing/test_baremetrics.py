"""Baremetrics' list of manual subscriptions."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrr_xl import metric, movements
from mrr_xl.errors import MrrError

HEADER = (
    "plan_oid,plan_name,plan_currency,plan_amount,plan_interval,plan_interval_count,customer_oid,customer_name,"
    "customer_email,subscription_oid,subscription_started_at,subscription_canceled_at,subscription_quantity\n"
)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "manual.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    return path


def test_amounts_are_cents_for_the_plans_interval(tmp_path: Path) -> None:
    """50.00 a month until 4 May; 3 seats of 30.00 a quarter are 30 a month."""
    path = written(
        tmp_path,
        "p1,SEO,USD,5000,month,1,c1,Ada,a@x.example,s1,2020-03-31,2020-05-04,1\n"
        "p2,SEM,USD,3000,month,3,c2,Bob,b@x.example,s2,2020-04-10,,3\n",
    )
    assert movements(path)["closing"].tolist() == [50.0, 80.0, 30.0]
    assert metric("MRR", path, month="2020-04", where="plan_name=SEM") == 30.0
    checks = metric("MRR_CHECKS", path).set_index("check")["says"]
    assert checks["billing system"] == "Baremetrics' list of manual subscriptions"
    assert checks["amounts of plans"] == "in cents, as Baremetrics writes them"


def test_a_currency_without_cents_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "p1,SEO,JPY,5000,month,1,c1,Ada,a@x.example,s1,2020-03-31,,1\n")
    with pytest.raises(MrrError, match="row 2, column plan_currency: whether amounts in JPY are in cents is not known"):
        movements(path)
