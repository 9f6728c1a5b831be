"""Chargebee's Subscriptions.csv: the text of the file, and the figures that it comes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrr_xl import metric
from mrr_xl.errors import MrrWarning
from support.exports import check, closing, write_csv


def test_subscriptions(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        subscriptions.id | subscriptions.plan_id | subscriptions.plan_quantity | subscriptions.plan_unit_price | subscriptions.status | subscriptions.start_date | subscriptions.trial_start | subscriptions.trial_end | subscriptions.current_term_start | subscriptions.current_term_end | subscriptions.created_at | subscriptions.started_at | subscriptions.cancelled_at | subscriptions.pause_date | customers.id | customers.email | addresses.country
        s1 | pro  | 3 | 30.00  | Active       | | | | 10-Jun-2024 10:22 | 10-Jul-2024 10:22 | 10-Jan-2024 10:22 | 10-Jan-2024 10:22 | | | A | a@x.test | AT
        s2 | year | 1 | 120.00 | Non Renewing | | | | 10-Feb-2024 10:22 | 10-Feb-2025 10:22 | 10-Feb-2024 10:22 | 10-Feb-2024 10:22 | 10-Feb-2025 10:22 | | B | b@x.test | US
        s3 | pro  | 1 | 30.00  | Cancelled    | | 10-Jan-2024 10:22 | 10-Feb-2024 10:22 | 10-Mar-2024 10:22 | 10-Apr-2024 10:22 | 10-Jan-2024 10:22 | 10-Jan-2024 10:22 | 02-Apr-2024 08:00 | | C | c@x.test | AT
        s4 | pro  | 1 | 30.00  | In Trial     | | 20-Jun-2024 10:22 | 04-Jul-2024 10:22 | | | 20-Jun-2024 10:22 | 20-Jun-2024 10:22 | | | D | d@x.test | AT
        s5 | pro  | 1 | 30.00  | Paused       | | | | 10-Apr-2024 10:22 | 10-May-2024 10:22 | 10-Jan-2024 10:22 | 10-Jan-2024 10:22 | | 10-May-2024 10:22 | E | e@x.test | AT
        s6 | pro  | 1 | 30.00  | Future       | 01-Sep-2024 00:00 | | | | | 20-Jun-2024 10:22 | | | | F | f@x.test | AT
        s7 | pro  | 1 | 30.00  | Active       | | | | 10-Jun-2024 10:22 | 10-Jul-2024 10:22 | 10-Jan-2024 10:22 | 10-Jan-2024 10:22 | 02-Feb-2024 08:00 | | G | g@x.test | AT
        """,  # noqa: E501
    )
    # A 90, E 30 up to its pause in May, G 30; B 10 from February on; C 30 from the end of its trial to April.
    assert closing(path) == {"01": 150, "02": 190, "03": 190, "04": 160, "05": 130, "06": 130}
    assert closing(path, where="addresses.country=US")["06"] == 10
    assert check(path, "left out: status") == ("note", 3, 4, "not counted")
    assert metric("MRR_TRIAL", path, ["2024-01", "2024-02", "2024-06"]).tolist() == [30, 0, 30]
    assert metric("MRR_TRIAL_CONVERSION", path, "2024-02") == 1
    assert check(path, "cancellations undone")[:3] == ("note", 1, 8)
    assert check(path, "addons, coupons, discounts") == (
        "note", 7, 2, "addons, coupons and discounts are in other files of the export, so the MRR is that of the plans",
    )  # fmt: skip


def test_intervals_of_their_own_and_plans_in_tiers(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        subscriptions.id | subscriptions.plan_id | subscriptions.plan_quantity | subscriptions.plan_unit_price | subscriptions.plan_amount | subscriptions.billing_period | subscriptions.billing_period_unit | subscriptions.currency_code | subscriptions.status | subscriptions.started_at | customers.id
        s1 | quarter | 2  | 45.00 | 90.00  | 3 | month | EUR | active | 2024-01-10 10:22 | A
        s2 | tiers   | 12 |       | 120.00 | 1 | year  | EUR | active | 2024-01-10 10:22 | B
        """,  # noqa: E501
    )
    assert closing(path)["06"] == 30 + 10


def test_what_the_file_does_not_say_is_warned_of(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        subscriptions.id | subscriptions.plan_id | subscriptions.plan_quantity | subscriptions.plan_unit_price | subscriptions.status | subscriptions.current_term_start | subscriptions.current_term_end | subscriptions.started_at | customers.id
        s1 | pro  | 2  | 45.00 | active | 2024-06-10 10:22 | 2024-07-10 10:22 | 2024-01-10 10:22 | A
        s2 | old  | 1  | 45.00 | active |                  |                  | 2024-01-10 10:22 | B
        s3 | free | 1  |       | active | 2024-06-10 10:22 | 2024-07-10 10:22 | 2024-01-10 10:22 | C
        """,  # noqa: E501
    )
    with pytest.warns(MrrWarning) as warned:
        assert closing(path)["06"] == 90
    assert str(warned[0].message).splitlines() == [
        "no current period in 1 row, so nothing says what its amount is for; left out: add the columns "
        "subscriptions.billing_period (1) and subscriptions.billing_period_unit (month)",
        "no price in 1 row, which are left out; export the subscriptions with plan_unit_price",
    ]
