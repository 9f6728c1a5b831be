"""All mistakes of a kind in one sentence, up to twenty rows by name."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from mrr_xl import MrrError, metric
from mrr_xl.ledger.mistakes import several
from support.ledgers import ledger, typed
from support.readings import refused


def test_several_rows_with_the_same_mistake_are_one_sentence() -> None:
    frame = ledger(
        """
        customer  start       mrr
        A         x           1
        B         2024-01-15  1
        C         y           oops
        """
    )
    assert refused(frame) == "2 rows of column start are no dates: row 2 'x', row 4 'y'; write them as 2024-03-15"


def test_no_more_than_twenty_rows_are_named() -> None:
    lines = "\n".join(f"C{number} soon 1" for number in range(25))
    named = ", ".join(f"row {number} 'soon'" for number in range(2, 22))
    assert refused(ledger(f"customer start mrr\n{lines}")) == (
        f"25 rows of column start are no dates: {named} and 5 more; write them as 2024-03-15"
    )


def test_a_mistake_of_another_kind_waits_for_its_turn() -> None:
    frame = ledger("customer start mrr\nA 2024-02-30 1\nB soon 1\nC 2024-02-31 1")
    assert refused(frame) == (
        "2 rows of column start are no days of the calendar: row 2 '2024-02-30', row 4 '2024-02-31'"
    )


def test_the_first_mistake_comes_first_whatever_comes_last() -> None:
    frame = ledger("customer start mrr\nA 2024-02-30 1\nB soon 1\nC later 1")
    assert refused(frame) == "row 2, column start: '2024-02-30' is not a day of the calendar"


def test_each_kind_of_mistake_reads_as_english() -> None:
    def of(sentence: str, *values: str) -> str:
        return str(
            several("c", [(row, value, sentence.replace("?", repr(value))) for row, value in enumerate(values, 2)])
        )

    assert of("? is not a quantity; write a plain number such as 1200.50", "x", "y") == (
        "2 rows of column c are no quantities: row 2 'x', row 3 'y'; write plain numbers such as 1200.50"
    )
    assert of("? is not a known status; the known ones are a, b", "x", "y") == (
        "2 rows of column c are no known statuses: row 2 'x', row 3 'y'; the known ones are a, b"
    )
    assert of("? is negative; enter reductions in a column discount", "-1", "-2") == (
        "2 rows of column c are negative: row 2 '-1', row 3 '-2'; enter reductions in a column discount"
    )
    assert of("the end ? is before the start", "2024-01-01", "2024-01-02") == (
        "2 rows of column c (row 2 '2024-01-01', row 3 '2024-01-02'): the end is before the start"
    )
    assert of("the cell holds the error #REF!; fix that cell first", "#REF!", "#REF!") == (
        "2 rows of column c (row 2, row 3): the cell holds the error #REF!; fix those cells first"
    )
    assert of("? is not a date; write it as 2024-03-15", "x") == (
        "row 2, column c: 'x' is not a date; write it as 2024-03-15"
    )


def wrong(lines: str | pl.DataFrame, **rules: object) -> list[str]:
    """All that is said of a ledger's mistakes; the first is the error, and tells the others."""
    with pytest.raises(MrrError) as refusal:
        metric("MRR", ledger(lines) if isinstance(lines, str) else lines, **rules)
    assert not any(other.others for other in refusal.value.others)
    return [str(refusal.value), *map(str, refusal.value.others)]


def test_the_first_mistake_tells_those_of_other_columns_and_kinds() -> None:
    assert wrong(
        """
        customer  start       end         amount  interval
        A         2024-01-01  -           100     month
        B         soon        -           100     month
        C         2024-02-01  2024-01-01  100     month
        D         2024-02-01  -           -50     month
        E         2024-02-01  -           oops    month
        F         2024-02-01  -           100     fortnite
        G         2024-02-01  2024-01-31  100     month
        """
    ) == [
        "row 3, column start: 'soon' is not a date; write it as 2024-03-15",
        "row 6, column amount: 'oops' is not an amount; write a plain number such as 1200.50",
        "row 7, column interval: 'fortnite' is not a known interval; write day, week, month, quarter or year, or a "
        "count of them such as '3 months'",
        "2 rows of column end (row 4 '2024-01-01', row 8 '2024-01-31'): the end is before the start",
        "row 5, column amount: '-50' is negative; enter reductions in a column discount",
    ]


def test_a_line_with_a_mistake_is_not_wrong_because_of_it_a_second_time() -> None:
    """A start that can't be read would be after every end, and an amount that can't be read missing."""
    assert wrong("customer start end mrr\nA soon 2024-02-01 oops\nB 2024-01-01 2024-02-01 100") == [
        "row 2, column start: 'soon' is not a date; write it as 2024-03-15",
        "row 2, column mrr: 'oops' is not an amount; write a plain number such as 1200.50",
    ]


def test_a_missing_amount_is_told_once() -> None:
    assert wrong(typed("customer start mrr\nA 2024-01-01 1\nB 2024-01-01 -")) == [
        "row 3, column mrr: an amount is missing; write 0 for none"
    ]


def test_what_is_wrong_with_the_table_is_told_beside_a_cell() -> None:
    assert wrong("customer start mrr\nA soon 100", rates={"EUR": 1}) == [
        "row 2, column start: 'soon' is not a date; write it as 2024-03-15",
        "rates are given, but no column holds the currency; name it currency",
    ]


def test_a_column_that_cannot_be_read_at_all_is_told_beside_a_cell() -> None:
    end = pl.lit(dt.datetime(2024, 2, 1, tzinfo=dt.UTC)).alias("end")
    assert wrong(ledger("customer start mrr\nA soon 100").with_columns(end)) == [
        "row 2, column start: 'soon' is not a date; write it as 2024-03-15",
        "column end carries a time zone; set timezone to that of your books",
    ]


def test_a_status_is_told_beside_a_negative_amount() -> None:
    said = wrong("customer start mrr status\nA 2024-01-01 -1 active\nB 2024-01-01 1 whatever")
    assert said[0] == "row 2, column mrr: '-1' is negative; enter reductions in a column discount"
    assert [one.partition(";")[0] for one in said[1:]] == ["row 3, column status: 'whatever' is not a known status"]


def test_one_mistake_has_no_others() -> None:
    assert len(wrong("customer start mrr\nA soon 100\nB 2024-01-01 100")) == 1


def test_a_line_may_have_several_mistakes() -> None:
    assert wrong(
        """
        customer  start       end         mrr  status
        A         2024-02-01  2024-01-01  -5   odd
        B         2024-02-01  -           -7   active
        """
    ) == [
        "row 2, column end: the end '2024-01-01' is before the start",
        "2 rows of column mrr are negative: row 2 '-5', row 3 '-7'; enter reductions in a column discount",
        *wrong("customer start mrr status\nA 2024-02-01 5 odd"),
    ]


def test_each_month_of_a_wide_schedule_tells_its_mistakes() -> None:
    assert wrong("customer 2024-01 2024-02\nA 1 x\nB -3 4\nC 2 -5\nD y 1") == [
        "row 5, column 2024-01: 'y' is not an amount; write a plain number such as 1200.50",
        "row 2, column 2024-02: 'x' is not an amount; write a plain number such as 1200.50",
        "row 3, column 2024-01: -3.0 is negative; enter reductions in a column discount",
        "row 4, column 2024-02: -5.0 is negative; enter reductions in a column discount",
    ]


def test_several_currencies_without_rates_are_told_beside_other_mistakes() -> None:
    assert wrong("customer start mrr currency\nA 2024-02-01 1 EUR\nB 2024-02-01 -1 USD") == [
        "column currency has EUR, USD; give rates: what one unit of each is worth",
        "row 3, column mrr: '-1' is negative; enter reductions in a column discount",
    ]


def test_a_column_tells_its_mistakes_of_each_kind() -> None:
    mend = "write day, week, month, quarter or year, or a count of them such as '3 months'"
    assert wrong(
        """
        customer  start       amount  interval
        Ada       2025-01-01  60      fortnight-ish
        Hal       2025-01-01  20      -
        Ivy       2025-01-01  abc     month
        Jo        2025-01-01  -       month
        Kit       2025-02-30  1       -
        Lou       soon        1       month
        """
    ) == [
        "row 6, column start: '2025-02-30' is not a day of the calendar",
        "row 7, column start: 'soon' is not a date; write it as 2024-03-15",
        "row 4, column amount: 'abc' is not an amount; write a plain number such as 1200.50",
        f"row 2, column interval: 'fortnight-ish' is not a known interval; {mend}",
        f"2 rows of column interval (row 3, row 6): the interval is blank; {mend}",
        "row 5, column amount: an amount is missing; write 0 for none",
    ]


def test_a_cell_that_cannot_be_read_hides_no_other_mistake_of_its_line() -> None:
    assert wrong(
        """
        customer  start       end         amount  interval  quantity  discount
        A         2024-02-01  2024-01-01  oops    month     -2        0
        B         soon        2024-01-01  -3      month     1         0
        C         2024-01-01  -           5       month     x         2
        """
    ) == [
        "row 3, column start: 'soon' is not a date; write it as 2024-03-15",
        "row 2, column amount: 'oops' is not an amount; write a plain number such as 1200.50",
        "row 4, column quantity: 'x' is not a quantity; write a plain number such as 1200.50",
        "row 2, column end: the end '2024-01-01' is before the start",
        "row 2, column quantity: '-2' is negative; a quantity is 0 or more",
        "row 3, column amount: '-3' is negative; enter reductions in a column discount",
        "row 4, column discount: '2' is not a discount; write a fraction from 0 to 1, such as 0.2 for 20 %",
    ]


def test_each_currency_without_a_rate_is_told() -> None:
    lines = "customer start mrr currency\nA 2024-01-01 1 USD\nB 2024-01-01 1 EUR\nC 2024-01-01 -1 CHF"
    assert wrong(lines, rates={"EUR": 1}) == [
        "row 2, column currency: currency USD has no rate; the rates are for EUR",
        "row 4, column currency: currency CHF has no rate; the rates are for EUR",
        "row 4, column mrr: '-1' is negative; enter reductions in a column discount",
    ]


def test_no_more_than_twenty_kinds_of_a_column_are_told() -> None:
    lines = "\n".join(f"C{number} 2024-01-01 1 X{number}" for number in range(23))
    said = wrong(f"customer start mrr currency\n{lines}", rates={"EUR": 1})
    assert len(said) == 21
    assert said[19] == "row 21, column currency: currency X19 has no rate; the rates are for EUR"
    assert said[20] == "3 more rows of column currency are wrong in other ways; fix these first"


def test_terms_are_told_beside_other_mistakes() -> None:
    months = "write a number of months or a text such as 3 years"
    assert wrong(
        """
        customer  start       end         tcv  term
        A         soon        -           60   -
        B         2024-01-01  2023-01-01  abc  12
        C         2024-01-01  -           -3   seven
        """
    ) == [
        f"row 2, column term: the term is blank; {months}",
        f"row 4, column term: 'seven' is not a term; {months}",
        "row 2, column start: 'soon' is not a date; write it as 2024-03-15",
        "row 3, column tcv: 'abc' is not an amount; write a plain number such as 1200.50",
        "row 3, column end: the end '2023-01-01' is before the start",
        "row 4, column tcv: '-3' is negative; enter reductions in a column discount",
    ]


def test_contracts_without_an_end_are_told_beside_other_mistakes() -> None:
    assert wrong(typed("customer start end tcv\nA 2024-01-01 - 60\nB 2024-01-01 2025-01-01 -3")) == [
        "row 2, column end: the contract has no end, so that the term of column tcv is not known; add a column term, "
        "such as 12 months",
        "row 3, column tcv: '-3' is negative; enter reductions in a column discount",
    ]


def test_each_column_that_may_be_read_in_two_ways_is_told() -> None:
    assert [one.partition(" may be ")[0] for one in wrong("customer start end mrr\nA 01/02/2024 03/04/2024 1,234")] == [
        "row 2, column start: '01/02/2024'",
        "row 2, column end: '03/04/2024'",
        "row 2, column mrr: '1,234'",
    ]
