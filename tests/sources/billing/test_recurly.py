"""Recurly's exports of subscriptions: the text of the file, and the figures that it comes to."""

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
        uuid | account_code | email | plan_code | state | currency | quantity | unit_amount | add_on_amount | total_recurring_amount | current_period_started_at | current_period_ends_at | trial_started_at | trial_ends_at | activated_at | canceled_at | expires_at | paused_at | plan_name
        u1 | A | a@x.test | pro  | active   | USD | 2 | 50  | 20 | 120 | 2024-06-10 09:00:00 PDT | 2024-07-10 09:00:00 PDT | | | 2024-01-10 09:00:00 PST | | | | Pro
        u2 | B | b@x.test | year | canceled | USD | 1 | 120 | 0  | 120 | 2024-02-10 09:00:00 PST | 2025-02-10 09:00:00 PST | | | 2024-02-10 09:00:00 PST | 2024-05-02 10:00:00 PDT | 2025-02-10 09:00:00 PST | | Yearly
        u3 | C | c@x.test | pro  | expired  | USD | 1 | 50  | 0  | 50  | 2024-03-10 09:00:00 PDT | 2024-04-10 09:00:00 PDT | 2024-01-10 09:00:00 PST | 2024-02-10 09:00:00 PST | 2024-01-10 09:00:00 PST | 2024-03-20 09:00:00 PDT | 2024-04-10 09:00:00 PDT | | Pro
        u4 | D | d@x.test | pro  | active   | USD | 1 | 50  | 0  | 50  | 2024-06-20 09:00:00 PDT | 2024-07-04 09:00:00 PDT | 2024-06-20 09:00:00 PDT | 2024-07-04 09:00:00 PDT | 2024-06-20 09:00:00 PDT | | | | Pro
        u5 | E | e@x.test | pro  | paused   | USD | 1 | 50  | 0  | 50  | 2024-03-10 09:00:00 PDT | 2024-04-10 09:00:00 PDT | | | 2024-01-10 09:00:00 PST | | | 2024-04-10 09:00:00 PDT | Pro
        u6 | F | f@x.test | pro  | future   | USD | 1 | 50  | 0  | 50  | | | | | 2024-09-01 00:00:00 PDT | | | | Pro
        """,  # noqa: E501
    )
    # A 120; B 120 ÷ 12 from February on; C 50 from the end of its trial to April; E 50 up to its pause in April.
    assert closing(path) == {"01": 170, "02": 230, "03": 230, "04": 130, "05": 130, "06": 130}
    assert closing(path, where="plan_name=Yearly")["06"] == 10
    assert check(path, "left out: status") == ("note", 3, 4, "not counted")
    assert metric("MRR_TRIAL", path, ["2024-01", "2024-02", "2024-06"]).tolist() == [50, 0, 50]
    assert metric("MRR_TRIAL_CONVERSION", path, "2024-02") == 1
    assert check(path, "intervals") == (
        "note", 0, None,
        "read from the current periods, as there is no column of them; the export Subscriptions – history has them",
    )  # fmt: skip
    assert check(path, "history")[:3] == ("note", 6, 2)


def test_intervals_of_plans(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        uuid | account_code | plan_code | state | total_recurring_amount | current_period_started_at | current_period_ends_at | activated_at | expires_at
        u1 | A | quarter | active  | 90 | 2024-05-31 09:00:00 UTC | 2024-08-31 09:00:00 UTC | 2023-11-30 09:00:00 UTC |
        u2 | B | quarter | active  | 90 | 2024-06-10 09:00:00 UTC | 2024-09-10 09:00:00 UTC | 2024-03-10 09:00:00 UTC |
        u3 | C | quarter | active  | 90 | 2024-06-10 09:00:00 UTC | 2024-07-20 09:00:00 UTC | 2024-03-10 09:00:00 UTC |
        u4 | D | quarter | expired | 90 |                         |                         | 2024-03-10 09:00:00 UTC | 2024-06-10 09:00:00 UTC
        """,  # noqa: E501
    )
    assert closing(path)["05"] == 120
    assert check(path, "periods unlike their plan's") == (
        "note", 1, 4, "their current period is not as long as that of their plan, whose interval counts",
    )  # fmt: skip


def test_what_the_file_does_not_say_is_warned_of(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        uuid | account_code | plan_code | state | total_recurring_amount | current_period_started_at | current_period_ends_at | activated_at | expires_at | tax_inclusive
        u1 | A | odd | active  | 30 | 2024-06-10 09:00:00 UTC | 2024-07-20 09:00:00 UTC | 2024-03-10 09:00:00 UTC | | true
        u2 | B | new | active  | 90 |                         |                         | 2024-03-10 09:00:00 UTC | | false
        """,  # noqa: E501
    )
    with pytest.warns(MrrWarning) as warned:
        assert closing(path)["06"] == 22.8125  # 30 × 365 ÷ 12 ÷ 40
    history = "the export Subscriptions – history has them"
    assert str(warned[0].message).splitlines() == [
        f"no current period in 1 row, so nothing says what its amount is for; left out: {history}",
        "a current period of so many days in 1 row, which is taken for the interval, though it may be one that was "
        f"moved: {history}",
        "prices with tax in 1 row (tax_inclusive), of which the file doesn't say how much: it counts",
    ]


def test_history(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        subscription_uuid | version_uuid | account_code | subscription_activated_at | subscription_expires_at | subscription_state | version_started_at | version_ended_at | version_state | plan_code | subscription_currency | version_plan_interval_unit | version_plan_interval_length | version_subscription_quantity | version_add_on_codes | version_total_recurring_amount | version_in_trial
        u1 | v1 | A | 2024-01-10 09:00:00 PST | 2024-06-10 09:00:00 PDT | active  | 2024-01-10 09:00:00 PST | 2024-02-10 09:00:00 PST | inactive | pro  | USD | months | 1 | 1 |   | 50  | Y
        u1 | v2 | A | 2024-01-10 09:00:00 PST | 2024-06-10 09:00:00 PDT | active  | 2024-02-10 09:00:00 PST | 2024-04-10 09:00:00 PDT | inactive | pro  | USD | months | 1 | 1 |   | 50  | N
        u1 | v3 | A | 2024-01-10 09:00:00 PST | 2024-06-10 09:00:00 PDT | expired | 2024-04-10 09:00:00 PDT |                         | inactive | pro  | USD | months | 1 | 2 | x | 120 | N
        u1 | v3 | A | 2024-01-10 09:00:00 PST | 2024-06-10 09:00:00 PDT | expired | 2024-04-10 09:00:00 PDT |                         | inactive | pro  | USD | months | 1 | 2 | y | 120 | N
        u2 | w1 | B | 2024-01-10 09:00:00 PST |                         | active  | 2024-01-10 09:00:00 PST | 2024-03-10 09:00:00 PST | inactive | year | USD | years  | 1 | 1 |   | 120 | N
        u2 | w2 | B | 2024-01-10 09:00:00 PST |                         | paused  | 2024-03-10 09:00:00 PST | 2024-05-10 09:00:00 PDT | inactive | year | USD | years  | 1 | 1 |   | 120 | N
        u2 | w3 | B | 2024-01-10 09:00:00 PST |                         | active  | 2024-05-10 09:00:00 PDT |                         | active   | year | USD | years  | 1 | 1 |   | 120 | N
        """,  # noqa: E501
    )
    # A is in its trial in January, then pays 50, from April on 120, and leaves in June; B pays 10 but for its pause.
    assert closing(path) == {"01": 10, "02": 60, "03": 50, "04": 120, "05": 130, "06": 10}
    assert check(path, "versions again") == (
        "note", 1, 5, "another add-on of the same version, whose total has them all; not counted",
    )  # fmt: skip
    assert check(path, "left out: status") == ("note", 2, 2, "not counted")
