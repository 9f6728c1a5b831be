"""Which lines count and up to which amount, and what a column of currencies may leave open."""

from __future__ import annotations

import duckdb
import pytest

from mrr_xl import MrrError, metric
from mrr_xl.ledger.amounts import state_of
from mrr_xl.ledger.ledger import Ledger, read_ledger
from mrr_xl.ledger.rates import read_rates
from support.ledgers import ledger, typed


def of(text: str, **given: object) -> Ledger:
    return read_ledger(ledger(text), rates=read_rates(given.get("rates")))


def refused(text: str, **given: object) -> str:
    with pytest.raises(MrrError) as error:
        of(text, **given)
    return str(error.value)


@pytest.mark.parametrize("role", ["mrr", "amount"])
def test_an_amount_may_be_nothing_and_not_less(role: str) -> None:
    assert of(f"customer start {role} \n A 2024-01-01 0").frame["mrr"].to_list() == [0]
    for value in ("-0.000001", "-0.5", "-7"):
        assert refused(f"customer start {role} \n A 2024-01-01 5 \n B 2024-01-01 {value}") == (
            f"row 3, column {role}: '{value}' is negative; enter reductions in a column discount"
        )


def test_what_is_paid_once_is_no_mrr_also_where_no_other_column_says_so() -> None:
    text = """
        customer  start       amount  interval
        A         2024-01-01  120     year
        B         2024-01-01  500     once
        C         2024-01-01  7       month
    """
    assert of(text).frame["left_out"].to_list() == [0, 3, 0]
    assert of(text).frame["mrr"].to_list() == [10_000_000, 0, 7_000_000]
    assert not of(text.replace("once", "month")).has("left_out")
    for table in (ledger(text), duckdb.from_arrow(typed(text).to_arrow())):
        assert metric("MRR", table, "2024-01") == 17


def test_a_kind_counts_before_an_interval_and_a_status_before_a_kind() -> None:
    text = """
        customer  start       amount  interval  kind       status
        A         2024-01-01  1       month     recurring  active
        B         2024-01-01  1       month     usage      active
        C         2024-01-01  1       once      usage      active
        D         2024-01-01  1       once      recurring  trialing
        E         2024-01-01  1       once      recurring  paused
        F         2024-01-01  1       month     recurring  paused
        G         2024-01-01  1       month     recurring  past_due
        H         2024-01-01  1       month     tax        past_due
    """
    frame = of(text).frame
    status, usage, one_time, tax = 1, 2, 3, 4
    assert frame["left_out"].to_list() == [0, usage, one_time, one_time, one_time, status, 0, tax]
    assert frame["state"].to_list() == [0, 0, 0, 6, 1, 1, 4, 4]


TOO_LARGE = "is too large; an MRR above 1,000,000,000,000 cannot be summed exactly"


@pytest.mark.parametrize(
    ("interval", "most", "too_much"),
    [
        ("month", "1000000000000", "1000000000001"),
        ("year", "1000000000000", "1000000000001"),  # what is paid is not larger than that either
        ("day", "32876712328", "32876712329"),  # × 365 ÷ 12
    ],
)
def test_the_largest_amount_of_an_interval(interval: str, most: str, too_much: str) -> None:
    assert of(f"customer start amount interval \n A 2024-01-01 {most} {interval}").lines == 1
    assert refused(f"customer start amount interval \n A 2024-01-01 {too_much} {interval}") == (
        f"row 2, column amount: '{too_much}' {TOO_LARGE}"
    )


@pytest.mark.parametrize(
    ("rates", "most", "too_much"),
    [
        ({"USD": 2}, "500000000000", "500000000001"),
        ({"USD": 0.5}, "1000000000000", "1000000000001"),
        ({"USD": 1, "EUR": 4}, "250000000000", "250000000001"),
        ([("USD", "2024-01", 4), ("USD", "2024-02", 1)], "250000000000", "250000000001"),
    ],
)
def test_the_largest_amount_at_the_highest_rate(rates: object, most: str, too_much: str) -> None:
    assert of(f"customer start mrr currency \n A 2024-01-01 {most} USD", rates=rates).lines == 1
    assert refused(f"customer start mrr currency \n A 2024-01-01 {too_much} USD", rates=rates) == (
        f"row 2, column mrr: '{too_much}' {TOO_LARGE}"
    )


def test_a_column_of_currencies_may_be_blank_as_a_whole_and_not_in_part() -> None:
    text = """
        customer  start       mrr  currency
        A         2024-01-01  1    {}
        B         2024-01-01  2    {}
    """
    assert of(text.format("-", "-")).currencies == ()
    assert of(text.format("eur", "EUR")).currencies == ("EUR",)
    assert refused(text.format("EUR", "-")) == (
        "row 3, column currency: the currency is blank, and other rows name theirs; fill it in"
    )
    assert refused(text.format("EUR", "usd")) == (
        "column currency has EUR, USD; give rates: what one unit of each is worth"
    )


def test_with_rates_every_line_needs_a_currency_that_has_one() -> None:
    text = """
        customer  start       mrr  currency
        A         2024-01-01  1    EUR
        B         2024-01-01  2    {}
    """
    assert of(text.format("usd"), rates={"EUR": 1, "USD": 0.5}).frame["mrr"].to_list() == [1_000_000, 1_000_000]
    assert refused(text.format("-"), rates={"EUR": 1}) == (
        "row 3, column currency: the currency is blank; the rates are for EUR"
    )
    assert refused(text.format("usd"), rates={"EUR": 1}) == (
        "row 3, column currency: currency USD has no rate; the rates are for EUR"
    )


def test_only_rates_by_month_keep_the_amounts_in_their_own_currency() -> None:
    text = """
        customer  start       amount  discount  currency
        A         2024-01-01  100     0.5       USD
    """
    one = of(text, rates={"USD": 0.8})
    assert (one.frame["mrr"].to_list(), one.frame["list_mrr"].to_list()) == ([40_000_000], [80_000_000])
    assert not one.has("local")
    monthly = of(text, rates=[("USD", "2024-02", 0.8), ("USD", "2024-01", 0.5)])
    assert [monthly.frame[name].to_list() for name in ("mrr", "list_mrr", "local", "list_local")] == [
        [40_000_000], [80_000_000], [50_000_000], [100_000_000],
    ]  # fmt: skip


def test_a_column_of_kinds_or_of_statuses_is_enough_to_leave_lines_out() -> None:
    kinds = of("customer start mrr kind \n A 2024-01-01 1 plan \n B 2024-01-01 1 vat")
    assert (kinds.frame["left_out"].to_list(), kinds.has("state")) == ([0, 4], False)
    statuses = of("customer start mrr status \n A 2024-01-01 1 live \n B 2024-01-01 1 trial")
    assert (statuses.frame["left_out"].to_list(), statuses.frame["state"].to_list()) == ([0, 1], [0, 6])


@pytest.mark.parametrize(
    ("words", "english"),
    [
        ("aktiv Aktiv AKTIV laufend actif activo vigente", "active"),
        ("gekündigt Gekuendigt résilié Resilie annulée cancelado", "cancelled"),
        ("pausiert en_pause en-pausa suspendu suspendida", "paused"),
        ("abgelaufen expiré échu caducada", "expired"),
        ("Testphase essai prueba", "trial"),
        ("Entwurf brouillon borrador geplant à_venir", "draft"),
    ],
)
def test_words_of_other_languages_say_what_the_english_ones_do(words: str, english: str) -> None:
    for word in words.split():
        assert state_of(word.replace("_", " ")) == state_of(english), word


@pytest.mark.parametrize("word", ["impayé", "ausstehend", "offen", "en attente", "vencido", "pendiente", "aktivx"])
def test_a_word_that_may_mean_two_things_is_not_known(word: str) -> None:
    assert state_of(word) is None
