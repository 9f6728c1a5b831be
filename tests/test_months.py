"""Dates, serials and texts → months and days."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from mrr_xl import MrrError, months

EVERY_DAY = [dt.date(1900, 1, 1) + dt.timedelta(days=number) for number in range(109_573)]  # to 2199-12-31


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-15",
        "2024/3/15",
        " 2024-03-15 ",
        "2024-03-15 10:30",
        "2024-03-15T10:30:00",
        "2024-03-15 10:30:00.125",
        "2024-03-15 10:30:00 UTC",
        "15.03.2024",
        "15 March 2024",
        "Mar 15, 2024",
        "15-Mar-2024 10:22",
        "20240315",
        20240315,
        45366,
        45366.0,
        45366.99,
        "45366",
        "45366.5",
        dt.date(2024, 3, 15),
        dt.datetime(2024, 3, 15, 23, 59),
        pd.Timestamp("2024-03-15 08:00"),
    ],
)
def test_a_day_is_read_from_a_date_a_serial_or_a_text(value):
    assert months.day_of(months.read_day(value)) == dt.date(2024, 3, 15)


@pytest.mark.parametrize(
    ("serial", "date"),
    [
        (10_000, dt.date(1927, 5, 18)),
        (45_366, dt.date(2024, 3, 15)),
        (109_574, dt.date(2199, 12, 31)),
    ],
)
def test_a_serial_is_read_as_excel_counts_days(serial, date):
    assert months.from_serial(serial) == date


def test_a_small_number_is_no_date_but_a_year_or_a_month_typed_as_a_number() -> None:
    assert months.from_serial(2024) is None
    with pytest.raises(MrrError, match=r"^3 is not a month; write it as 2024-03$"):
        months.read_month(3)


@pytest.mark.parametrize("serial", [0, -1, 0.5, 9_999, 109_575, float("inf"), float("nan")])
def test_a_number_outside_1927_to_2199_is_no_serial(serial):
    assert months.from_serial(serial) is None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("soon", "'soon' is not a date; write it as 2024-03-15"),
        ("03/15/2024", "'03/15/2024' is not a date; write it as 2024-03-15"),
        ("2024-03", "'2024-03' is not a date; write it as 2024-03-15"),
        (
            "2024-03-15T10:30:00Z",
            "'2024-03-15 10:30:00+00:00' carries a time zone; set timezone to that of your books",
        ),
        ("", "'' is not a date; write it as 2024-03-15"),
        (None, "'None' is not a date; write it as 2024-03-15"),
        (True, "'True' is not a date; write it as 2024-03-15"),
        (20241315, "20241315 is not a day of the calendar"),
        (-5.0, "-5.0 is not a date; write it as 2024-03-15"),
        (dt.time(10, 30), "'10:30:00' is not a date; write it as 2024-03-15"),
        ("2024-02-30", "'2024-02-30' is not a day of the calendar"),
        ("2023-02-29", "'2023-02-29' is not a day of the calendar"),
        ("2024-13-01", "'2024-13-01' is not a day of the calendar"),
        ("1899-12-31", "'1899-12-31' is outside the years 1900 to 2199"),
        (dt.date(2200, 1, 1), "'2200-01-01' is outside the years 1900 to 2199"),
        (
            dt.datetime(2024, 3, 15, tzinfo=dt.UTC),
            "'2024-03-15 00:00:00+00:00' carries a time zone; set timezone to that of your books",
        ),
    ],
)
def test_a_value_that_is_no_day_is_named(value, message):
    with pytest.raises(MrrError) as error:
        months.read_day(value)
    assert str(error.value) == message


@pytest.mark.parametrize("value", ["9999-12-31", dt.date(9999, 12, 31), dt.datetime(9999, 1, 1)])
def test_the_year_9999_means_no_end(value):
    assert months.read_day(value) == months.OPEN


@pytest.mark.parametrize(
    "value",
    [
        "2024-03",
        "2024-3",
        "2024/03",
        "Mar 2024",
        "mar. 2024",
        "MARCH 2024",
        "March-2024",
        " 2024-03 ",
        "2024-03-31",
        "März 2024",
        "Mar 24",
        "Mar '24",
        "Mar-24",
        "2024 March",
        "03/2024",
        "202403",
        202403,
        "45352",
        45352,
        45382.5,
        dt.date(2024, 3, 31),
        dt.datetime(2024, 3, 1, 12),
        pd.Timestamp("2024-03-09"),
        pd.Period("2024-03", "M"),
        np.datetime64("2024-03"),
        np.datetime64("2024-03-31T23:59"),
        np.datetime64("2024-03-15", "ns"),
        np.int64(202403),
        np.float64(45352),
    ],
)
def test_a_month_is_read_from_a_date_a_serial_a_period_or_a_text(value):
    assert months.month_label(months.read_month(value)) == "2024-03"


@pytest.mark.parametrize(
    ("text", "month"),
    [("Jan 2024", "2024-01"), ("May 2024", "2024-05"), ("Sept 2024", "2024-09"), ("December 2024", "2024-12")],
)
def test_a_month_is_read_by_its_english_name(text, month):
    assert months.month_label(months.read_month(text)) == month


@pytest.mark.parametrize("value", ["2024-13", "2024-00", "1899-12", "2200-01", "Decision 2024", "2024", ""])
def test_a_text_that_is_no_month_is_named(value):
    with pytest.raises(MrrError) as error:
        months.read_month(value)
    assert str(error.value) == f"'{value}' is not a month; write it as 2024-03"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "'None'"), (0, "0"), (True, "'True'"), (202413, "202413"), (np.datetime64("NaT"), "'NaT'")],
)
def test_a_value_that_is_no_month_is_named(value, shown):
    with pytest.raises(MrrError) as error:
        months.read_month(value)
    assert str(error.value) == f"{shown} is not a month; write it as 2024-03"


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (dt.date(2024, 3, 1), "2024-02"),
        (dt.date(2024, 3, 31), "2024-02"),
        (dt.date(2024, 1, 15), "2023-12"),
    ],
)
def test_the_latest_complete_month_is_the_one_before_todays(today, month):
    assert months.month_label(months.latest_complete(today)) == month


def test_days_order_like_dates_and_carry_their_month():
    keys = [months.day_key(date) for date in EVERY_DAY]
    assert keys == sorted(set(keys))
    assert [months.day_of(key) for key in keys] == EVERY_DAY
    assert [months.first_day(key // 32) for key in keys] == [date.replace(day=1) for date in EVERY_DAY]


#: A timestamp with an offset, and the day that it is in Berlin or why it is none.
MOMENTS = {
    "9999-12-31T23:59:59Z": months.OPEN,
    "0001-01-01T00:00:00+14:00": "'0001-01-01 00:00:00+14:00' is outside the years 1900 to 2199",
    "2024-02-30T10:00:00Z": "'2024-02-30T10:00:00Z' is not a day of the calendar",
    "0000-12-31T23:59:59Z": "'0000-12-31T23:59:59Z' is not a day of the calendar",
    "2016-12-31T23:59:60Z": "'2016-12-31T23:59:60Z' has a time that no day has; write it as 2024-03-15T23:59:59Z",
    "2024-03-15T24:30:00Z": "'2024-03-15T24:30:00Z' has a time that no day has; write it as 2024-03-15T23:59:59Z",
    "2024-03-15T23:30:00Z": months.day_key(dt.date(2024, 3, 16)),
}


@pytest.mark.parametrize("text", MOMENTS)
def test_a_moment_at_the_edges_of_the_calendar_is_a_day_or_a_sentence(text):
    if isinstance(MOMENTS[text], int):
        assert months.read_day(text, "Europe/Berlin") == MOMENTS[text]
        return
    with pytest.raises(MrrError) as error:
        months.read_day(text, "Europe/Berlin")
    assert str(error.value) == MOMENTS[text]


def test_the_last_moment_of_all_is_no_end_wherever_it_is():
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    assert months.read_day(last, "Pacific/Kiritimati") == months.OPEN


def test_a_serial_may_have_blanks_around_it_that_only_python_knows() -> None:
    assert months.read_day("\x1f\x1f45352") == months.read_day(45352)
