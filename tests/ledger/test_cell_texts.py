"""What the text of a cell says: nothing, a number, a percentage."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import pytest

from mrr_xl import MrrError, cell_errors
from mrr_xl.ledger.texts import is_missing, not_an_error_cell, number_in, percentage_in


@pytest.mark.parametrize("text", ["", "  ", "NULL", " n/a ", "None"])
def test_a_cell_with_nothing_in_it_is_missing(text: str) -> None:
    assert is_missing(text)
    assert is_missing(text, nw.Float64)


@pytest.mark.parametrize("text", ["-", "never", "0000-00-00", "0000-00-00 00:00:00"])
def test_what_is_no_date_is_missing_but_among_numbers(text: str) -> None:
    assert is_missing(text)
    assert is_missing(text, nw.String)
    assert not is_missing(text, nw.Float64)


@pytest.mark.parametrize("text", ["0", "Nullsoft", "2024-01-01", "9999-12-31"])
def test_every_other_text_is_there(text: str) -> None:
    assert not is_missing(text)


def test_an_error_cell_is_not_a_value() -> None:
    assert not_an_error_cell("5") == "5"
    for error in cell_errors.UNREAD:
        with pytest.raises(MrrError) as mistake:
            not_an_error_cell(error)
        assert str(mistake.value) == cell_errors.mend(error)


def test_only_a_discount_may_be_a_percentage() -> None:
    assert number_in("20%", None, "a discount") == number_in(" 20 % ", None, "a discount") == 0.2
    assert number_in("1,234.50", None, "an amount") == number_in(1234.5, None, "an amount") == 1234.5
    with pytest.raises(MrrError, match=r"^'20%' is not an amount; "):
        number_in("20%", None, "an amount")
    with pytest.raises(MrrError, match=r"^'much' is not a discount; "):
        number_in("much", None, "a discount")


@pytest.mark.parametrize(
    ("cell", "fraction"),
    [
        ("20%", 0.2), (" 20 % ", 0.2), ("0.5%", 0.005), ("1%", 0.01), ("20", 0.2), (20, 0.2), (1.5, 0.015), (2, 0.02),
        (100, 1), (0, 0), ("0", 0), ("0%", 0), (-0.5, -0.005),
    ],
)  # fmt: skip
def test_in_a_column_of_percentages_20_is_a_fifth(cell: Any, fraction: float) -> None:
    assert percentage_in(cell, None, "a discount") == pytest.approx(fraction)


@pytest.mark.parametrize(("cell", "said"), [("0.2", "'0.2'"), (0.2, "0.2"), (1, "1"), ("1", "'1'"), (0.001, "0.001")])
def test_up_to_1_it_may_be_either(cell: Any, said: str) -> None:
    with pytest.raises(MrrError) as mistake:
        percentage_in(cell, None, "a discount")
    assert str(mistake.value) == (
        f"{said} may be a fraction or a percentage; write it with its sign, such as 20%, or rename the column discount"
    )
