"""Texts → days, and in which order the numbers of a column's dates stand."""

from __future__ import annotations

import pytest

from mrr_xl.date_texts import Order, date_of, month_number, order_of


@pytest.mark.parametrize(
    "text",
    """
    2024-03-04 | 2024/3/4 | 2024.03.04 | 2024. 3. 4. | 20240304
    2024-03-04 10:22 | 2024-03-04T10:22:33 | 2024-03-04 10:22:33.125 | 2024-03-04 10:22:33 UTC | 2024-03-04 GMT
    04.03.2024 | 4.3.2024 | 4. 3. 2024 | 04.03.24 | 4.3.24 | 04.03.2024 10:22 | 04.03.2024 10:22 Uhr
    4 Mar 2024 | 4 Mar 24 | 4-Mar-2024 | 04-MAR-24 | 4/Mar/2024 | 4th March 2024 | 4th of March 2024 | 4 Mar '24
    Mar 4, 2024 | March 4th, 2024 | mar. 4 2024 | Mon, 4 Mar 2024 10:22:33 GMT | Monday, March 4, 2024
    2024-Mar-04 | 2024 March 4 | 4-Mar-2024 10:22 PM
    4. März 2024 | 4 mars 2024 | 4 de marzo de 2024 | 4 MRZ 24
    """.replace("\n", "|").split("|"),
)  # fmt: skip
def test_a_date_whose_numbers_leave_no_doubt(text):
    if text.strip():
        assert date_of(text) == (2024, 3, 4)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1er janvier 2024", (2024, 1, 1)), ("13-Dec-2023 10:22", (2023, 12, 13)), ("4 déc. 2023", (2023, 12, 4)),
        ("15 févr. 2024", (2024, 2, 15)), ("4 Sept 2024", (2024, 9, 4)), ("1. Okt. 2024", (2024, 10, 1)),
        ("1 ene 2024", (2024, 1, 1)), ("31 août 2024", (2024, 8, 31)), ("31.12.9999", (9999, 12, 31)),
    ],
)  # fmt: skip
def test_a_month_in_another_language(text, date):
    assert date_of(text) == date


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2024", "15/03/2024", "4 Mar", "Mar 2024", "2024-03", "4 Foo 2024", "4 Ma 2024", "4 Jui 2024", "soon", "",
        "2024-03-04 10", "04 03 2024", "04/03-2024", "1/1/1", "240304", "1704067200", "2024-W10", "13/2024", "4-3",
    ],
)  # fmt: skip
def test_a_text_that_is_no_date_or_may_be_two(text):
    assert date_of(text) is None


@pytest.mark.parametrize(
    ("text", "order", "date"),
    [
        ("03/04/2024", "dmy", (2024, 4, 3)),
        ("03/04/2024", "mdy", (2024, 3, 4)),
        ("03-04-24", "dmy", (2024, 4, 3)),
        ("24-03-04", "ymd", (2024, 3, 4)),
        ("04.03.2024", "mdy", (2024, 4, 3)),
        ("3/4/2024 12:00:00 AM", "mdy", (2024, 3, 4)),
        ("03/04/2024", "ymd", None),
        ("2024-03-04", "dmy", (2024, 3, 4)),
        ("4 Mar 2024", "mdy", (2024, 3, 4)),
    ],
)
def test_the_order_that_a_user_names_holds_for_numbers_only(text, order, date):
    assert date_of(text, order) == date


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["03/04/2024", "23/04/2024"], Order("dmy", "23/04/2024")),
        (["03/04/2024", "04/23/2024"], Order("mdy", "04/23/2024")),
        (["03/04/2024", "05/04/2024"], Order(None, "03/04/2024")),
        (["23/04/2024", "04/23/2024"], Order("dmy", "23/04/2024", against="04/23/2024")),
        # The same day in either order, or no numbers at all: nothing hangs on it.
        (["04/04/2024"], None),
        (["2024-03-04", "4 Mar 2024", "soon"], None),
        # No country puts points between month, day and year.
        (["03.04.2024", "05.04.2024"], Order("dmy", "03.04.2024")),
        (["03.04.2024", "05/04/2024"], Order(None, "03.04.2024")),
        (["03.23.2024"], Order("mdy", "03.23.2024")),
        # Years of two digits may also stand first.
        (["03/04/24", "23/04/24"], Order("dmy", "23/04/24", short="03/04/24")),
        (["24-03-15", "25-01-31"], Order(None, "24-03-15", short="24-03-15")),
        (["04/04/24"], Order("dmy", "04/04/24", short="04/04/24")),
        # Nothing but last days of months, day first, are nothing else.
        (["31/12/24", "30/06/25"], Order("dmy", "31/12/24", short="31/12/24")),
    ],
)  # fmt: skip
def test_the_order_of_a_columns_dates(texts, order):
    assert order_of(texts) == order


@pytest.mark.parametrize(
    ("name", "number"),
    [("jan", 1), ("january", 1), ("mar", 3), ("mai", 5), ("juin", 6), ("jui", 0), ("ju", 0), ("sept", 9), ("dez", 12),
     ("dic", 12), ("agosto", 8), ("plan", 0), ("marching", 0)],
)  # fmt: skip
def test_a_months_name_is_its_beginning_in_a_language(name, number):
    assert month_number(name) == number
