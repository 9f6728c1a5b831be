"""Texts → numbers, their decimal sign, and the currency beside them."""

from __future__ import annotations

import pytest

from mrr_xl.errors import MrrError
from mrr_xl.sources.number_texts import Sign, currency_of, number_of, plain_number, sign_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1200.50", 1200.5), ("1,200.50", 1200.5), ("1,200,000", 1_200_000.0), ("1,20,000.5", 120_000.5),
        ("1'200.50", 1200.5), ("1’200.50", 1200.5), ("1 200.50", 1200.5), ("1\u00a0200.50", 1200.5),
        ("$1,200.00", 1200.0), ("US$ 1,200", 1200.0), ("1,200 USD", 1200.0), ("usd 5", 5.0), ("CHF 1'200.--", 1200.0),
        ("5.-", 5.0), ("(100)", -100.0), ("($1,200.00)", -1200.0), ("$(5)", -5.0), ("-$5", -5.0), ("$-5", -5.0),
        ("5-", -5.0), ("−5", -5.0), ("+5", 5.0), ("-", 0.0), ("–", 0.0), (" 5 ", 5.0), ("1e3", 1000.0), (".5", 0.5),
        ("5.", 5.0), ("0.001", 0.001), ("1.200", 1.2),
    ],
)  # fmt: skip
def test_a_number_with_a_decimal_point(text, number):
    assert number_of(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1200,50", 1200.5), ("1.200,50", 1200.5), ("1.200.000", 1_200_000.0), ("1.200,00 €", 1200.0),
        ("1.200", 1200.0), ("1 200,50", 1200.5), ("1\u202f200,50 €", 1200.5),
        ("100,-", 100.0), ("-5,5", -5.5), ("(5,5)", -5.5),
        ("5,00 kr.", 5.0), ("1,200", 1.2), ("1200", 1200.0),
    ],
)  # fmt: skip
def test_a_number_with_a_decimal_comma(text, number):
    assert number_of(text, ",") == number


@pytest.mark.parametrize(
    "text",
    [
        "", "abc", "1.2k", "1_000", "0x10", "1/2", "5-5", "--5", "-(5)", "$5 USD", "5 pro", "XYZ 5", "12 00", "1. 200",
        "1,200,50", "1,2,3", "1.2.3", "5 €/Monat", "20%", "nan", "inf", "0,500.00", "01,200", "€", "5 5",
    ],
)  # fmt: skip
def test_a_text_that_is_no_number(text):
    assert number_of(text) is None


def test_a_sign_that_is_not_that_of_the_column_makes_no_number():
    assert number_of("1200.50", ",") is None
    assert number_of("1.2340", ",") is None
    assert number_of("1200,50", ".") is None


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1,200", "950,50"], Sign(",", "950,50")),
        (["1,200", "950.50"], Sign(".", "950.50")),
        (["1.200.000"], Sign(",", "1.200.000")),
        (["1,200,000"], Sign(".", "1,200,000")),
        (["0,500"], Sign(",", "0,500")),  # no one groups a nought
        (["1234,567"], Sign(",", "1234,567")),
        (["5.5", "5,5"], Sign(".", "5.5", against="5,5")),
        (["1,200", "950"], Sign(None, "1,200")),
        (["1.200", "3,400"], Sign(None, "3,400")),  # in either order
        (["3,400", "1.200"], Sign(None, "3,400")),
        (["1.200"], Sign(None, "1.200")),
        (["1200", "1 200", "abc", "-"], None),
    ],
)  # fmt: skip
def test_the_decimal_sign_of_a_column(texts, sign):
    assert sign_of(texts) == sign


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("€5", "EUR"), ("5 €", "EUR"), ("5 Euro", "EUR"), ("£5", "GBP"), ("US$5", "USD"), ("A$5", "AUD"),
        ("5 chf", "CHF"), ("Fr. 5", "CHF"), ("5 zł", "PLN"), ("$5", "$"), ("¥5", "¥"), ("5 kr.", "kr"), ("kr 5", "kr"),
        ("5", None), ("XYZ 5", None), ("soon", None),
    ],
)  # fmt: skip
def test_the_currency_beside_a_number(text, currency):
    assert currency_of(text) == currency


@pytest.mark.parametrize(
    ("sign", "message"),
    [
        (".", "'5;5' is not an amount; write a plain number such as 1200.50"),
        (",", "'5;5' is not an amount; write a plain number such as 1200,50"),
    ],
)
def test_what_is_no_number_is_named(sign, message):
    with pytest.raises(MrrError) as error:
        plain_number("5;5", sign, "an amount")
    assert str(error.value) == message
