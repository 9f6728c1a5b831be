"""Stripe's subscriptions export: the text of the file, and the figures that it comes to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from mrr_xl import metric
from mrr_xl.errors import MrrError, MrrWarning
from support.exports import check, closing, write_csv


def test_amounts_per_interval_and_ends(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        id | Customer ID | Customer Email | Plan | Quantity | Currency | Interval | Amount | Status | Created (UTC) | Current Period Start (UTC) | Current Period End (UTC) | Ended At (UTC)
        sub_1 | cus_A | a@x.test | pro  | 1 | usd | month | 30.00  | active   | 2024-01-10 09:12 | 2024-06-10 09:12 | 2024-07-10 09:12 |
        sub_2 | cus_B | b@x.test | pro  | 5 | usd | month | 30.00  | canceled | 2024-02-05 10:00 | 2024-05-05 10:00 | 2024-06-05 10:00 | 2024-06-05 10:00
        sub_3 | cus_C | c@x.test | year | 1 | usd | year  | 120.00 | past_due | 2024-03-01 10:00 | 2024-03-01 10:00 | 2025-03-01 10:00 |
        """,  # noqa: E501
    )
    # A 30, B 5 × 30 until June, C 120 ÷ 12.
    assert closing(path) == {"01": 30, "02": 180, "03": 190, "04": 190, "05": 190, "06": 40}
    assert closing(path, where="Plan=pro")["06"] == 30
    assert check(path, "amount and quantity") == (
        "OK",
        0,
        None,
        "an amount is the price of one unit, as plan pro shows",
    )
    says = "the file has each subscription as it is today: earlier prices, plans and quantities are not in it"
    assert check(path, "history") == ("note", 3, 2, f"{says}, so today's count from the start")


def test_trials(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        id | Customer ID | Plan | Currency | Interval | Amount | Status | Start Date (UTC) | Current Period Start (UTC) | Current Period End (UTC) | Trial Start (UTC) | Trial End (UTC) | Ended At (UTC)
        sub_1 | cus_A | pro | usd | month | 30.00 | active   | 2024-01-10 09:12 | 2024-06-10 09:12 | 2024-07-10 09:12 | 2024-01-10 09:12 | 2024-02-10 09:12 |
        sub_2 | cus_B | pro | usd | month | 30.00 | active   | 2024-01-05 10:00 | 2024-06-15 10:00 | 2024-07-15 10:00 | 2024-02-15 10:00 | 2024-04-15 10:00 |
        sub_3 | cus_C | pro | usd | month | 30.00 | trialing | 2024-06-01 10:00 | 2024-06-01 10:00 | 2024-07-01 10:00 | 2024-06-01 10:00 | 2024-07-01 10:00 |
        sub_4 | cus_D | pro | usd | month | 30.00 | canceled | 2024-01-10 09:12 | 2024-01-10 09:12 | 2024-02-10 09:12 | 2024-01-10 09:12 | 2024-02-10 09:12 | 2024-01-20 08:00
        sub_5 | cus_E | pro | usd | month | 30.00 | paused   | 2024-01-10 09:12 | 2024-02-10 09:12 | 2024-03-10 09:12 | 2024-01-10 09:12 | 2024-02-10 09:12 |
        """,  # noqa: E501
    )
    # A pays from February on, B all the time but for its trial from mid-February to mid-April; the others never did.
    assert closing(path) == {"01": 30, "02": 30, "03": 30, "04": 60, "05": 60, "06": 60}
    assert check(path, "left out: status") == ("note", 5, 2, "not counted")
    months = ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06"]
    assert metric("MRR_TRIAL", path, months).tolist() == [60, 30, 30, 0, 0, 30]
    assert metric("MRR_TRIAL_CONVERSION", path, ["2024-01", "2024-02", "2024-04"]).tolist() == [0, 0.5, 1]


def test_a_trial_of_someone_who_paid_before(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        id | Customer ID | Plan | Currency | Interval | Amount | Status | Start Date (UTC) | Start (UTC) | Current Period Start (UTC) | Current Period End (UTC) | Trial Start (UTC) | Trial End (UTC)
        sub_1 | cus_A | pro | usd | month | 30.00 | trialing | 2024-01-10 09:12 | 2024-05-01 10:00 | 2024-05-01 10:00 | 2024-09-01 10:00 | 2024-05-01 10:00 | 2024-09-01 10:00
        """,  # noqa: E501
    )
    assert closing(path) == {"01": 30, "02": 30, "03": 30, "04": 30, "05": 0, "06": 0}
    assert check(path, "changed since their start") == (
        "note", 1, 2, "what they paid before their last change is not known",
    )  # fmt: skip


def test_an_end_at_the_end_of_the_period(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        id | Customer ID | Plan | Currency | Interval | Amount | Status | Created (UTC) | Current Period Start (UTC) | Current Period End (UTC) | Canceled At (UTC) | Cancel At Period End
        sub_1 | cus_A | pro | usd | month | 30.00 | active | 2024-01-10 09:12 | 2024-04-10 09:12 | 2024-05-10 09:12 | 2024-04-20 10:00 | true
        sub_2 | cus_B | pro | usd | month | 30.00 | active | 2024-01-10 09:12 | 2024-06-10 09:12 | 2024-07-10 09:12 |                  | false
        """,  # noqa: E501
    )
    assert closing(path) == {"01": 60, "02": 60, "03": 60, "04": 60, "05": 30, "06": 30}
    assert closing(path, churn_on="cancelled")["04"] == 30


def test_an_interval_of_several_months_shows_in_the_current_period(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        id | Customer ID | Plan | Currency | Interval | Amount | Status | Created (UTC) | Current Period Start (UTC) | Current Period End (UTC)
        sub_1 | cus_A | quarter | usd | month | 90.00 | active | 2024-01-31 09:12 | 2024-04-30 09:12 | 2024-07-31 09:12
        """,  # noqa: E501
    )
    assert closing(path)["06"] == 30
    assert check(path, "several intervals") == (
        "note", 1, 2, "the current period is several intervals, so an amount is for it",
    )  # fmt: skip


def test_an_amount_for_the_whole_quantity(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        id | Customer ID | Plan | Quantity | Currency | Interval | Amount | Status | Created (UTC) | Current Period End (UTC)
        sub_1 | cus_A | pro | 1 | usd | month | 30.00  | active | 2024-01-10 09:12 | 2024-07-10 09:12
        sub_2 | cus_B | pro | 5 | usd | month | 150.00 | active | 2024-01-10 09:12 | 2024-07-10 09:12
        """,  # noqa: E501
    )
    assert closing(path)["06"] == 180
    says = "an amount is that of the whole quantity, as plan pro shows"
    assert check(path, "amount and quantity") == ("OK", 0, None, says)


def test_what_the_file_does_not_say_is_warned_of(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        id | Customer ID | Plan | Quantity | Currency | Interval | Amount | Status | Created (UTC) | Current Period End (UTC) | Coupon
        sub_1 | cus_A | pro | 5 | usd | month | 30.00 | active | 2024-01-10 09:12 | 2024-07-10 09:12 | LAUNCH
        sub_2 | cus_B |     |   | usd |       |       | active | 2024-01-10 09:12 | 2024-07-10 09:12 |
        """,  # noqa: E501
    )
    with pytest.warns(MrrWarning) as warned:
        assert closing(path)["06"] == 150
    assert str(warned[0].message).splitlines() == [
        "a quantity other than 1 in 1 row, and the file doesn't show whether Amount is for one unit; it is taken so: "
        "compare a row with Stripe, and if Amount is for all units, remove the column Quantity",
        "no amount in 1 row (several prices, tiers or a metered price), which is left out; read the subscriptions of "
        "Stripe's API as JSON to have those with several prices",
        "a coupon in 1 row, and the file doesn't say what it takes off: the MRR is before it; add a column Discount "
        "with cells such as 20%, or read the subscriptions of Stripe's API as JSON",
    ]
    assert check(path, "left out: no amount")[:3] == ("problem", 1, 3)


def test_a_column_discount_of_the_user(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        id | Customer ID | Plan | Currency | Interval | Amount | Status | Created (UTC) | Current Period End (UTC) | Coupon | Discount
        sub_1 | cus_A | pro | usd | month | 30.00 | active | 2024-01-10 09:12 | 2024-07-10 09:12 | LAUNCH | 20%
        """,  # noqa: E501
    )
    assert closing(path)["06"] == 24


def test_no_row_that_can_be_used(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        id | Customer ID | Plan | Currency | Interval | Amount | Status | Created (UTC) | Current Period End (UTC)
        sub_2 | cus_B | | usd | | | active | 2024-01-10 09:12 | 2024-07-10 09:12
        """,
    )
    with pytest.raises(MrrError, match=r"^no row of the export can be used \(no amount in 1 row \(several prices"):
        closing(path)


def test_dates_as_a_spreadsheet_has_written_them(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        id | Customer ID | Plan | Currency | Interval | Amount | Status | Start Date (UTC) | Current Period Start (UTC) | Current Period End (UTC) | Trial Start (UTC) | Trial End (UTC)
        sub_1 | cus_A | pro | usd | month | 30.00 | active | 1/3/24 9:12 | 6/3/24 9:12 | 7/3/24 9:12 | 1/3/24 9:12 | 3/23/24 9:12
        """,  # noqa: E501
    )
    # One date shows that the month stands first.
    assert closing(path) == {"03": 30, "04": 30, "05": 30, "06": 30}


def test_a_date_that_may_be_two_days(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path,
        """
        id | Customer ID | Plan | Currency | Interval | Amount | Status | Start Date (UTC) | Current Period End (UTC)
        sub_1 | cus_A | pro | usd | month | 30.00 | active | 1/3/24 9:12 | 7/3/24 9:12
        """,
    )
    with pytest.raises(MrrError, match=r"^row 2, column Start Date \(UTC\): '1/3/24 9:12' is not a date"):
        closing(path)
    assert closing(path, dates="mdy") == dict.fromkeys(("01", "02", "03", "04", "05", "06"), 30)


def test_a_workbook_of_the_export(tmp_path: Path) -> None:
    path = tmp_path / "subscriptions.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([
        "id", "Customer ID", "Plan", "Quantity", "Currency", "Interval", "Amount", "Status", "Start Date (UTC)",
        "Current Period Start (UTC)", "Current Period End (UTC)", "Trial Start (UTC)", "Trial End (UTC)",
    ])  # fmt: skip
    began, now, later = dt.datetime(2024, 1, 10, 9), dt.datetime(2024, 6, 10, 9), dt.datetime(2024, 7, 10, 9)
    sheet.append(["sub_1", "cus_A", "pro", 2, "usd", "month", 30, "active", began, now, later, None, None])
    trial = dt.datetime(2024, 3, 10, 9)
    sheet.append(["sub_2", "cus_B", "pro", 1, "usd", "month", 30, "active", began, now, later, began, trial])
    book.save(path)
    assert closing(path) == {"01": 60, "02": 60, "03": 90, "04": 90, "05": 90, "06": 90}
