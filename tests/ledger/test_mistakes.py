"""All mistakes of a kind in one sentence, up to twenty rows by name."""

from __future__ import annotations

from mrr_xl.ledger.mistakes import several
from support.ledgers import ledger
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
