"""How a table's dates and numbers are written: found out where nothing is in doubt, asked where something is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from mrr_xl import metric
from support.readings import closing, found_out, refused, written


def subscriptions(folder: Path, *cells: tuple[str, str], delimiter: str = ",") -> Path:
    """A file of subscriptions, each a start and an amount."""
    lines = [("customer", "start", "amount"), *((f"C{number}", *pair) for number, pair in enumerate(cells))]
    return written(folder, "".join(delimiter.join(f'"{cell}"' for cell in line) + "\n" for line in lines))


def dates(folder: Path, *texts: str) -> Path:
    return subscriptions(folder, *((text, "100") for text in texts))


def amounts(folder: Path, *texts: str, delimiter: str = ",") -> Path:
    return subscriptions(folder, *(("2024-01-15", text) for text in texts), delimiter=delimiter)


# Dates


@pytest.mark.parametrize(
    ("texts", "months", "says"),
    [
        (["03/04/2024", "23/05/2024"], {"2024-04": 100.0, "2024-05": 200.0}, "day first, as '23/05/2024' shows"),
        (["03/04/2024", "04/23/2024"], {"2024-03": 100.0, "2024-04": 200.0}, "month first, as '04/23/2024' shows"),
        (["03.04.2024", "05.05.2024"], {"2024-04": 100.0, "2024-05": 200.0}, "day first, as '03.04.2024' shows"),
        (
            ["03/04/24", "23/05/24"],
            {"2024-04": 100.0, "2024-05": 200.0},
            "day first, as '23/05/24' shows; the year of '03/04/24' is 2024",
        ),
        (["31/12/23"], {"2023-12": 100.0}, "day first, as '31/12/23' shows; the year of '31/12/23' is 2023"),
        # The same day in either order: nothing to say of that.
        (["04/04/24"], {"2024-04": 100.0}, "the year of '04/04/24' is 2024"),
        (["04/04/2024"], {"2024-04": 100.0}, None),
        (["04.04.2024"], {"2024-04": 100.0}, None),
        (["2024-03-04", "4 Apr 2024"], {"2024-03": 100.0, "2024-04": 200.0}, None),
    ],
)
def test_the_order_of_a_columns_dates_is_found_out_and_said(tmp_path, texts, months, says):
    path = dates(tmp_path, *texts)
    assert closing(path) == months
    assert found_out(path) == ([f"dates of start: {says}"] if says else [])


def test_dates_that_may_be_two_days_are_asked_about(tmp_path: Path) -> None:
    path = dates(tmp_path, "2024-01-15", "03/04/2024", "05/06/2024")
    assert refused(path) == (
        "row 3, column start: '03/04/2024' may be 3 April 2024 (--dates dmy) or 4 March 2024 (--dates mdy), and no "
        "other date of the column tells; say which with --dates, elsewhere with dates=dmy or dates=mdy"
    )
    assert closing(path, dates="dmy")["2024-04"] == 200.0
    assert closing(path, dates="mdy")["2024-03"] == 200.0
    assert closing(path, dates={"start": "mdy"})["2024-03"] == 200.0
    assert found_out(path, dates="dmy") == []  # a user knows what a user says
    assert refused(path, dates="dym") == "dates cannot be 'dym'; the order of their numbers is one of dmy, mdy, ymd"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("03/01/2024", "3 January 2024 (--dates dmy)", "1 March 2024 (--dates mdy)"),
        ("12/03/2024", "12 March 2024 (--dates dmy)", "3 December 2024 (--dates mdy)"),
        ("13-03-15", "13 March 2015 (--dates dmy)", "15 March 2013 (--dates ymd)"),
    ],
)
def test_both_days_are_spelled_out_where_the_text_first_stands(
    tmp_path: Path, text: str, first: str, second: str
) -> None:
    assert refused(dates(tmp_path, text, text)).startswith(
        f"row 2, column start: '{text}' may be {first} or {second}, "
    )


def test_a_day_that_no_month_has_is_none_of_the_days_that_a_text_may_be(tmp_path: Path) -> None:
    for text in ("00/05/2024", "05/00/2024"):
        assert refused(dates(tmp_path, text)) == f"row 2, column start: '{text}' is not a date; write it as 2024-03-15"
    for text, day in (("0/5/24", "24 May 2000"), ("32-05-24", "24 May 2032")):
        assert refused(dates(tmp_path, text)).startswith(
            f"row 2, column start: '{text}' may be {day} (--dates ymd), and no other date of the column tells"
        )


def test_years_of_two_digits_that_may_stand_first_are_asked_about(tmp_path: Path) -> None:
    path = dates(tmp_path, "24-03-15", "24-05-20")
    assert refused(path) == (
        "row 2, column start: '24-03-15' may be 24 March 2015 (--dates dmy) or 15 March 2024 (--dates ymd), and no "
        "other date of the column tells; say which with --dates, elsewhere with dates=dmy or dates=ymd"
    )
    assert closing(path, dates="ymd") == {"2024-03": 100.0, "2024-04": 100.0, "2024-05": 200.0}


def test_dates_in_two_orders_are_named(tmp_path: Path) -> None:
    assert refused(dates(tmp_path, "04/23/2024", "05/06/2024", "23/04/2024")) == (
        "row 4, column start: '23/04/2024' can only be day first, and row 2, column start: '04/23/2024' only month "
        "first; write the dates of the column in one way"
    )


def test_the_dates_of_another_column_tell_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,end,mrr\nA,03/04/2024,23/05/2025,1\n")
    assert refused(path).startswith(
        "row 2, column start: '03/04/2024' may be 3 April 2024 (--dates dmy) or 4 March 2024"
    )
    assert closing(path, dates={"start": "mdy"})["2024-03"] == 1.0


@pytest.mark.parametrize("text", ["010124", "101124", "240315", "20240", "1704067200", "2024-01", "4 Mar"])
def test_a_text_of_digits_that_is_no_serial_is_no_date(tmp_path, text):
    if text == "20240":  # a serial of 1955: five digits are what a mixed column of a sheet holds
        assert next(iter(closing(dates(tmp_path, text)))) == "1955-05"
    else:
        assert refused(dates(tmp_path, text)) == (
            f"row 2, column start: '{text}' is not a date; write it as 2024-03-15"
        )


def test_utc_behind_a_time_is_a_day_in_utc_until_the_books_have_a_time_zone(tmp_path: Path) -> None:
    path = dates(tmp_path, "2024-03-31 23:30:00 UTC")
    assert closing(path) == {"2024-03": 100.0}
    assert found_out(path) == [
        "dates of start: '2024-03-31 23:30:00 UTC' counts as its day in UTC unless the setting timezone names that of "
        "your books"
    ]
    assert metric("MRR_CHECKS", path).set_index("check").loc["dates of start", ["result", "lines"]].tolist() == [
        "note",
        0,
    ]
    assert closing(path, timezone="Europe/Berlin") == {"2024-04": 100.0}


@pytest.mark.parametrize(
    "text",
    ["2024-03-31T23:30:00Z", "2024-03-31 23:30:00+00", "2024-03-31 23:30:00 +0000", "2024-03-31 23:30:00.5+00:00"],
)
def test_a_time_with_an_offset_needs_the_time_zone_of_the_books(tmp_path, text):
    path = dates(tmp_path, text)
    assert "carries a time zone; set timezone to that of your books" in refused(path)
    assert closing(path, timezone="Europe/Berlin") == {"2024-04": 100.0}


@pytest.mark.parametrize(
    "blank", ["NULL", "null", "nan", "NaT", "N/A", "-", "", "0000-00-00", "0000-00-00 00:00:00", "9999-12-31"]
)
def test_what_stands_for_no_date(tmp_path, blank):
    path = written(tmp_path, f"customer,start,end,mrr\nA,2024-01-15,{blank},1\nB,2024-02-15,2024-02-20,5\n")
    assert closing(path) == {"2024-01": 1.0, "2024-02": 1.0}


def test_days_and_months_that_a_spreadsheet_program_has_exchanged(tmp_path: Path) -> None:
    """13/02/2024 stayed a text where the program is American, and 03/02/2024 became 2 March."""
    starts = [dt.date(2024, 3, 2), "13/02/2024"]
    frame = pd.DataFrame({"customer": ["A", "B"], "start": starts, "mrr": [1, 1]})
    objects = pl.DataFrame({"customer": ["A", "B"], "start": pl.Series(starts, dtype=pl.Object), "mrr": [1, 1]})
    for each in (frame, objects):
        with pytest.warns(UserWarning, match="none of a day after the 12th, and others texts such as '13/02/2024'"):
            assert closing(each) == {"2024-02": 1.0, "2024-03": 2.0}


EXCHANGED = (
    "some are dates, none of a day after the 12th, and others texts such as '13/02/2024': a spreadsheet that takes "
    "the first number for the month leaves such a column, with day and month exchanged in the dates; import the file "
    "again, or write all of them as dates"
)


@pytest.mark.parametrize(
    ("starts", "exchanged"),
    [
        ([dt.date(2024, 3, 12), "13/02/2024", "14/02/2024"], True),
        ([dt.date(2024, 3, 12), dt.date(2024, 3, 13), "13/02/2024"], False),  # of 13 March the 3rd month 13 is none
        ([dt.date(2024, 3, 12), "13/02/2024", "4 Apr 2024"], False),  # somebody who spells months has typed them
        ([dt.date(2024, 3, 12), "4 Apr 2024"], False),
        (["13/02/2024", "14/02/2024"], False),
    ],
)
def test_what_shows_that_days_and_months_are_exchanged(starts: list[object], exchanged: bool) -> None:
    frame = pd.DataFrame({"customer": [str(number) for number in range(len(starts))], "start": starts, "mrr": 1})
    told = metric("MRR_CHECKS", frame).query("check == 'dates of start' and result == 'problem'")
    assert told[["lines", "says"]].values.tolist() == ([[0, EXCHANGED]] if exchanged else [])


# Numbers


@pytest.mark.parametrize(
    ("texts", "mrr", "says"),
    [
        (["1,200.50", "100"], 1300.5, "with a decimal point, as '1,200.50' shows"),
        (["1.200,50", "100"], 1300.5, "with a decimal comma, as '1.200,50' shows"),
        (["1.200", "950,5"], 2150.5, "with a decimal comma, as '950,5' shows"),
        (["1,200", "950,50"], 951.7, "with a decimal comma, as '950,50' shows"),
        (["1,200", "1,200,000"], 1_201_200.0, "with a decimal point, as '1,200,000' shows"),
        (["1 200,5", "-"], 1200.5, "with a decimal comma, as '1 200,5' shows"),
        # As programs write numbers: nothing to say.
        (["1200.5", "1.200"], 1201.7, None),
        (["1 200", "1'000"], 2200.0, None),
    ],
)
def test_the_decimal_sign_of_a_column_is_found_out_and_said(tmp_path, texts, mrr, says):
    path = amounts(tmp_path, *texts)
    assert closing(path) == {"2024-01": mrr}
    assert found_out(path) == ([f"numbers of amount: {says}"] if says else [])


def test_numbers_that_may_be_two_are_asked_about(tmp_path: Path) -> None:
    path = amounts(tmp_path, "100", "1,200", "3,400")
    assert refused(path) == (
        "row 3, column amount: '1,200' may be 1200 (--decimal .) or 1.2 (--decimal ,), and no other number of the "
        "column tells; say which with --decimal, elsewhere with decimal=. or decimal=,"
    )
    assert closing(path, decimal=".") == {"2024-01": 4700.0}
    assert closing(path, decimal=",") == {"2024-01": 104.6}
    assert closing(path, decimal={"amount": "comma"}) == {"2024-01": 104.6}
    assert refused(path, decimal=";") == "decimal cannot be ';'; the decimal sign is , or ."


def test_a_point_is_a_decimal_point_between_commas_and_a_question_between_semicolons(tmp_path: Path) -> None:
    assert closing(amounts(tmp_path, "1.200")) == {"2024-01": 1.2}
    assert closing(pl.DataFrame({"customer": ["A"], "start": ["2024-01-15"], "mrr": ["1.200"]})) == {"2024-01": 1.2}
    for delimiter in (";", "\t"):
        assert refused(amounts(tmp_path, "1.200", delimiter=delimiter)).startswith(
            "row 2, column amount: '1.200' may be 1.2 (--decimal .) or 1200 (--decimal ,)"
        )


def test_the_order_of_the_rows_does_not_decide(tmp_path: Path) -> None:
    for texts in (["1.200", "3,400"], ["3,400", "1.200"]):
        assert "'3,400' may be 3400 (--decimal .) or 3.4 (--decimal ,)" in refused(amounts(tmp_path, *texts))


def test_numbers_in_two_notations_are_named(tmp_path: Path) -> None:
    assert refused(amounts(tmp_path, "1,200.5", "3,5")) == (
        "row 2, column amount: '1,200.5' has a decimal point and row 3, column amount: '3,5' a decimal comma; write "
        "the numbers of the column in one way"
    )


def test_a_discount_with_a_decimal_comma_and_its_sign(tmp_path: Path) -> None:
    path = written(tmp_path, "customer;start;amount;discount\nA;2024-01-15;100;12,5 %\nB;2024-01-15;100;\n")
    assert closing(path) == {"2024-01": 187.5}
    assert found_out(path) == [
        "delimiter: semicolon",
        "numbers of discount: with a decimal comma, as '12,5 %' shows",
    ]
    path = written(tmp_path, "customer;start;amount;discount\nA;2024-01-15;100;12,500 %\n")
    assert refused(path).startswith(
        "row 2, column discount: '12,500 %' may be 12500 (--decimal .) or 12.5 (--decimal ,)"
    )


def test_discounts_as_texts_beside_amounts_as_numbers() -> None:
    lines = {"customer": ["A"], "start": ["2024-01-15"], "amount": [100.0], "interval": ["month"]}
    frame = pl.DataFrame({**lines, "discount": ["12,5 %"]})
    assert closing(frame) == {"2024-01": 87.5}
    assert found_out(frame) == ["numbers of discount: with a decimal comma, as '12,5 %' shows"]
    both = pl.concat([frame, frame.with_columns(pl.lit("7.5 %").alias("discount"))])
    assert refused(both) == (
        "row 3, column discount: '7.5 %' has a decimal point and row 2, column discount: '12,5 %' a decimal comma; "
        "write the numbers of the column in one way"
    )


def test_a_number_of_a_sheet_among_texts_is_never_read_in_their_notation() -> None:
    from mrr_xl.sources import table_from_rows

    rows = [["customer", "start", "mrr"], ["A", dt.date(2024, 1, 15), 1.234], ["B", dt.date(2024, 1, 15), "5,50"]]
    assert closing(table_from_rows(rows)) == {"2024-01": 6.734}
    rows[1][2] = 1200.0
    assert closing(table_from_rows(rows)) == {"2024-01": 1205.5}


# Schedules


def test_a_wide_schedule_in_german(tmp_path: Path) -> None:
    months = "Kunde;Jan 24;Feb 24;Mrz 24;Apr 24\nA;1.200,00;1.200,00;1;1\nB;;50,5;;\nSumme;1.200,00;1.250,50;1;1\n"
    path = written(tmp_path, months)
    assert closing(path) == {"2024-01": 1200.0, "2024-02": 1250.5, "2024-03": 1.0, "2024-04": 1.0}
    assert found_out(path) == [
        "delimiter: semicolon",
        "row of totals: row 4 is left out",
        "numbers of Jan 24 to Apr 24: with a decimal comma, as '1.200,00' shows",
    ]


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ("1/31/2024,2/29/2024", ["months: column 1/31/2024 is 2024-01"]),
        ("31/01/2024,29/02/2024", ["months: column 31/01/2024 is 2024-01"]),
        # Each is of another month, so that the month stands first.
        ("1/1/2024,2/1/2024", ["months: column 2/1/2024 is 2024-02"]),
        ("01.01.2024,01.02.2024", ["months: column 01.02.2024 is 2024-02"]),
        ("01.2024,02.2024", []),
        ("202401,202402", []),
        ("2024-01,2024-02", []),
        ("Jan 24,Feb 24", []),
        ("Januar 2024,Februar 2024", []),
    ],
)
def test_the_months_of_a_wide_schedule(tmp_path, headers, says):
    path = written(tmp_path, f"customer,{headers}\nA,1,2\n")
    assert closing(path) == {"2024-01": 1.0, "2024-02": 2.0}
    assert found_out(path) == says


def test_headers_that_may_be_two_months_are_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,1/3/2024\nA,1\n")
    assert refused(path) == (
        "column '1/3/2024' may be a month with the day first or with the month first; say which with --dates, "
        "elsewhere with dates=dmy or dates=mdy"
    )
    assert closing(path, dates="dmy") == {"2024-03": 1.0}


@pytest.mark.parametrize(
    "text", ["2024-03", "03/2024", "03.2024", "202403", "Mar 24", "März 2024", "2024-03-31", "45352"]
)
def test_the_months_of_a_long_schedule(tmp_path, text):
    assert closing(written(tmp_path, f"customer,month,mrr\nA,{text},1\n")) == {"2024-03": 1.0}


def test_the_days_of_a_long_schedule_have_an_order_too(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,month,mrr\nA,01/02/2024,1\nA,15/03/2024,1\n")
    assert closing(path) == {"2024-02": 1.0, "2024-03": 1.0}
    assert found_out(path) == ["dates of month: day first, as '15/03/2024' shows"]


@pytest.mark.parametrize("text", ["2024.1", "1/24", "Q1 2024", "2024", "24-03"])
def test_what_may_be_another_month_is_none(tmp_path, text):
    assert refused(written(tmp_path, f"customer,month,mrr\nA,{text},1\n")) == (
        f"row 2, column month: '{text}' is not a month; write it as 2024-03"
    )
