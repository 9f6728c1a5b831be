"""Currencies that stand beside the amounts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mrr_xl import MrrError, movements
from mrr_xl.ledger.ledger import read_ledger
from support.readings import closing, found_out, refused, written

RATES = {"EUR": 1.0, "USD": 0.5}


def amounts(folder: Path, *texts: str, header: str = "customer,start,mrr") -> Path:
    return written(folder, header + "\n" + "".join(f'C{n},2024-01-15,"{text}"\n' for n, text in enumerate(texts)))


@pytest.mark.parametrize(
    ("texts", "mrr", "currency"),
    [
        (["€100", "50 €"], 150.0, "EUR"),
        (["100 EUR", "eur 50"], 150.0, "EUR"),
        (["€100", "50", ""], None, None),
        (["€100", "50", "-"], 150.0, "EUR"),
        (["$100.50"], 100.5, "$"),
        (["100 kr"], 100.0, "kr"),
    ],
)
def test_one_currency_is_said(tmp_path, texts, mrr, currency):
    path = amounts(tmp_path, *texts)
    if mrr is None:
        assert refused(path) == "row 4, column mrr: an amount is missing; write 0 for none"
    else:
        assert closing(path) == {"2024-01": mrr}
        assert found_out(path) == [f"currency of mrr: {currency}, as it stands beside the amounts"]


def test_several_currencies_need_rates(tmp_path: Path) -> None:
    path = amounts(tmp_path, "100 EUR", "$100", "-")
    assert refused(path) == "column mrr has $, EUR; give rates: what one unit of each is worth"
    assert closing(path, rates=RATES) == {"2024-01": 150.0}


def test_no_more_than_five_currencies_are_named(tmp_path: Path) -> None:
    path = amounts(tmp_path, "1 AUD", "1 CAD", "1 CHF", "1 EUR", "1 GBP", "1 USD")
    rates = dict.fromkeys(["AUD", "CAD", "CHF", "EUR", "GBP", "USD"], 1.0)
    assert found_out(path, rates=rates) == [
        "currency of mrr: AUD, CAD, CHF, EUR, GBP and 1 more, as it stands beside the amounts"
    ]


def test_nothing_is_nothing_in_any_currency(tmp_path: Path) -> None:
    """As text, and as the cells of a sheet and pandas have it; every other number is asked about."""
    assert closing(amounts(tmp_path, "100 EUR", "100 USD", "0"), rates=RATES) == {"2024-01": 150.0}
    for number in (0, 0.0):
        frame = pd.DataFrame({"customer": list("ABC"), "start": "2024-01-15", "mrr": ["100 EUR", "100 USD", number]})
        assert closing(frame, rates=RATES) == {"2024-01": 150.0}
    for one in ("1", "-1", 1, -1):
        frame = pd.DataFrame({"customer": list("ABC"), "start": "2024-01-15", "mrr": ["100 EUR", "100 USD", one]})
        assert refused(frame, rates=RATES) == "row 4, column mrr: the currency is blank; the rates are for EUR, USD"


def test_blank_cells_of_a_frame_have_no_currency() -> None:
    columns = {"customer": ["A", "", "B"], "start": ["2024-01-15", "", "2024-01-15"]}
    for blank in (None, float("nan")):
        frame = pd.DataFrame({**columns, "mrr": ["100 EUR", blank, "100 USD"]})
        assert closing(frame, rates=RATES) == {"2024-01": 150.0}
        frame = pd.DataFrame({"customer": list("ABC"), "start": "2024-01-15", "mrr": ["100 EUR", blank, "100 USD"]})
        assert refused(frame, rates=RATES) == "row 3, column mrr: an amount is missing; write 0 for none"


def test_a_sign_that_several_currencies_share_is_no_currency_where_there_are_no_rates(tmp_path: Path) -> None:
    assert read_ledger(str(amounts(tmp_path, "€100"))).currencies == ("EUR",)
    assert read_ledger(str(amounts(tmp_path, "$100"))).currencies == ()


def test_among_several_currencies_an_amount_without_one_is_asked_about(tmp_path: Path) -> None:
    path = amounts(tmp_path, "100 EUR", "100 USD", "7")
    assert refused(path, rates=RATES) == ("row 4, column mrr: the currency is blank; the rates are for EUR, USD")


def test_a_sign_that_several_currencies_share_is_the_one_of_them_that_has_a_rate(tmp_path: Path) -> None:
    assert closing(amounts(tmp_path, "$100"), rates={"EUR": 1.0, "USD": 0.5}) == {"2024-01": 50.0}
    assert "currency $ has no rate" in refused(amounts(tmp_path, "$100"), rates={"EUR": 1.0, "USD": 0.5, "CAD": 0.4})


def test_a_column_of_currencies_has_to_agree(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,mrr,currency\nA,2024-01-15,$100,USD\nB,2024-01-15,€100,USD\n")
    assert refused(path, rates=RATES) == "row 3, column mrr: '€100' is in EUR, and column currency says USD"
    path = written(tmp_path, "customer,start,mrr,currency\nA,2024-01-32,$100,USD\nB,2024-01-15,€9,USD\n")
    with pytest.raises(MrrError) as caught:
        movements(path, rates=RATES)
    assert [str(caught.value), *map(str, caught.value.others)] == [
        "row 3, column mrr: '€9' is in EUR, and column currency says USD",
        "row 2, column start: '2024-01-32' is not a day of the calendar",
    ]
    path = written(tmp_path, "customer,start,mrr,currency\nA,2024-01-15,$100,USD\nB,2024-01-15,€100,EUR\n")
    assert closing(path, rates=RATES) == {"2024-01": 150.0}


def test_blank_rows_have_no_currency(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,mrr\nA,2024-01-15,€100\n,,\n\nB,2024-01-15,€100\n")
    assert closing(path) == {"2024-01": 200.0}


def test_a_wide_schedule_is_in_one_currency(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,2024-01,2024-02\nA,€100,€90\n")
    assert found_out(path) == ["currency of 2024-01: EUR, as it stands beside the amounts"]
    assert closing(written(tmp_path, "customer,2024-01\nA,€100\nB,50\n")) == {"2024-01": 150.0}
    assert refused(written(tmp_path, "customer,2024-01\nA,€100\nB,$50\n")) == (
        "the amounts are in $, EUR; put each currency into a schedule of its own"
    )


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA])
def test_a_currency_that_is_nothing_to_pandas_is_blank(nothing: object) -> None:
    currency = pd.Series([nothing, "EUR"], dtype=object)
    frame = pd.DataFrame(
        {"customer": ["A", "B"], "start": "2024-01-01", "amount": ["5 €", "7 €"], "currency": currency}
    )
    message = "^row 2, column currency: the currency is blank, and other rows name theirs; fill it in$"
    with pytest.raises(MrrError, match=message):
        read_ledger(frame)
