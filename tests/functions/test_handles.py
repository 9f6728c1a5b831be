"""MRR_LEDGER: a range read once, and its handle in place of data."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from mrr_xl import MrrError
from mrr_xl.functions import handles
from mrr_xl.functions.books import Content
from mrr_xl.functions.sheet_functions import sheet_functions

MARCH = "2024-03"


def day(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def table(price: float = 100.0) -> list[list[Any]]:
    return [
        ["Customer", "Start", "End", "Amount", "Currency", "Plan"],
        ["A", day("2024-01-01"), None, price, "EUR", "Pro"],
        ["B", day("2024-01-15"), day("2024-03-10"), 50.0, "EUR", "Basic"],
        ["C", day("2024-03-20"), None, 10.0, "EUR", "Pro"],
    ]


def test_a_handle_says_what_was_read_and_ends_with_a_sign_of_it() -> None:
    ledger = sheet_functions()["MRR_LEDGER"]
    assert re.fullmatch(r"3 lines, 2024-01 to 2024-03 #[0-9a-f]{12}", ledger(table()))
    assert ledger([*table(), [None] * 6]) == ledger(table())
    assert ledger(table()[:2]).startswith("1 line, 2024-01 to 2024-01 #")


def test_lines_are_those_of_the_table_in_a_wide_schedule_too() -> None:
    wide = [["Customer", "2024-01", "2024-02"], ["A", 100.0, 120.0], ["B", 50.0, 50.0]]
    assert sheet_functions()["MRR_LEDGER"](wide).startswith("2 lines, 2024-01 to 2024-02 #")


def test_every_function_takes_the_handle_in_place_of_the_range() -> None:
    functions, data = sheet_functions(), table()
    handle = functions["MRR_LEDGER"](data)
    for raw in (handle, [[handle]], ((handle,),), Content([[handle]]), f" {handle}"):
        assert functions["MRR"](raw, MARCH) == functions["MRR"](data, MARCH) == 110.0
    months = [[day("2024-01-01"), day("2024-02-01"), day("2024-03-01")]]
    assert functions["MRR"](handle, months, "plan=Pro") == [[100.0, 100.0, 110.0]]
    assert functions["MRR_DETAIL"](handle, MARCH) == functions["MRR_DETAIL"](data, MARCH)
    assert functions["MRR_CHECKS"](handle) == functions["MRR_CHECKS"](data)


@pytest.mark.parametrize(
    ("row", "column", "value"), [(1, 3, 100.01), (1, 0, "A2"), (2, 2, None), (3, 5, "Basic"), (0, 5, "Region")]
)
def test_the_text_changes_with_every_cell(row: int, column: int, value: Any) -> None:
    ledger, changed = sheet_functions()["MRR_LEDGER"], table()
    changed[row][column] = value
    assert ledger(changed).split("#")[1] != ledger(table()).split("#")[1]


def test_a_changed_table_has_another_handle_and_the_earlier_one_is_still_what_it_was() -> None:
    functions, data = sheet_functions(), table()
    before = functions["MRR_LEDGER"](data)
    data[1][3] = 200.0
    after = functions["MRR_LEDGER"](data)
    assert before != after
    assert (functions["MRR"](before, MARCH), functions["MRR"](after, MARCH)) == (110.0, 210.0)


def test_the_text_is_the_same_however_a_program_hands_over_a_cell() -> None:
    ledger = sheet_functions()["MRR_LEDGER"]
    serials = [
        [
            (cell - day("1899-12-30")).days if isinstance(cell, dt.datetime) else "" if cell is None else cell
            for cell in row
        ]
        for row in table(100)
    ]
    utc = [[cell.replace(tzinfo=dt.UTC) if isinstance(cell, dt.datetime) else cell for cell in row] for row in table()]
    assert ledger(serials) == ledger(table()) == ledger(tuple(map(tuple, utc)))


# Rules


def test_settings_of_the_handle_hold_unless_a_function_gives_its_own() -> None:
    functions = sheet_functions()
    handle = functions["MRR_LEDGER"](table(), "as_of=month_start; through=2024-03")
    assert (
        functions["MRR"](handle) == functions["MRR"](table(), None, None, "as_of=month_start; through=2024-03") == 150.0
    )
    assert functions["MRR"](handle, None, None, [["", None]]) == 150.0  # blank: none are given
    # Its own alone: as_of is the end of the month again.
    assert functions["MRR"](handle, None, None, "through=2024-03") == 110.0
    assert functions["MRR"](handle, "2024-02", None, "through=2024-02") == 150.0


@pytest.mark.parametrize(
    "settings",
    [
        "as_of=month_start; as_of=any_day",
        "as_of=month_start; As of=any_day",
        [["as_of", "month_start"], ["as_of", "any_day"]],
        [["As of", "month_start"], ["netting", None], ["as_of", "any_day"]],
    ],
)
def test_a_setting_that_is_given_twice_is_refused(settings: object) -> None:
    with pytest.raises(MrrError, match=r"^the setting as_of is given twice; give it once$"):
        sheet_functions()["MRR"](table(), None, None, settings)


def test_a_setting_that_is_blank_once_is_given_once() -> None:
    for rows in ([["as_of", None], ["as_of", "month_start"]], [["as_of", "month_start"], ["as_of", None]]):
        assert sheet_functions()["MRR"](table(), "2024-03", None, rows) == 150.0


def test_how_the_range_is_read_goes_with_the_settings() -> None:
    functions, data = sheet_functions(), table()
    data[0][3] = "Something"
    handle = functions["MRR_LEDGER"](data, "amount=Something")
    assert functions["MRR"](handle, MARCH) == 110.0


def test_rates_of_the_handle_hold_unless_a_function_gives_its_own() -> None:
    functions, data = sheet_functions(), table()
    data[3][4] = "USD"
    handle = functions["MRR_LEDGER"](data, None, [["EUR", 1.0], ["USD", 0.5]])
    assert functions["MRR"](handle, MARCH) == 105.0
    assert functions["MRR"](handle, MARCH, None, None, [["EUR", 1.0], ["USD", 0.9]]) == 109.0
    assert functions["MRR"](handle, MARCH, None, "as_of=month_start") == 150.0  # with the handle's rates


def test_another_rule_is_another_handle_and_one_handle_can_be_made_of_another() -> None:
    functions = sheet_functions()
    plain = functions["MRR_LEDGER"](table())
    ruled = functions["MRR_LEDGER"](plain, "as_of=month_start")
    assert ruled == functions["MRR_LEDGER"](table(), "as_of=month_start") != plain
    assert functions["MRR_LEDGER"](ruled) == ruled
    assert (functions["MRR"](plain, MARCH), functions["MRR"](ruled, MARCH)) == (110.0, 150.0)


def test_an_earlier_table_is_a_range_or_a_handle_and_read_under_the_rules_of_data() -> None:
    functions, now, before = sheet_functions(), table(), table(90.0)
    rules = "as_of=month_start; through=2024-03"
    wanted = functions["MRR_CHECKS"](now, before, None, rules)
    handle = functions["MRR_LEDGER"](now, rules)
    assert functions["MRR_CHECKS"](handle, before) == wanted
    assert functions["MRR_CHECKS"](handle, functions["MRR_LEDGER"](before, "through=2024-01")) == wanted
    assert functions["MRR_CHECKS"](now, None, None, rules) != wanted


# Mistakes


def test_a_handle_of_an_earlier_python_says_what_to_do() -> None:
    handle = sheet_functions()["MRR_LEDGER"](table())
    with pytest.raises(MrrError) as mistake:
        sheet_functions()["MRR"](handle)
    assert str(mistake.value) == (
        f"Python does not know '{handle}': it has been started anew since MRR_LEDGER gave it; recalculate all formulas "
        "with Ctrl+Alt+F9 (in LibreOffice Ctrl+Shift+F9)"
    )


def test_a_handle_that_is_an_error_is_named() -> None:
    with pytest.raises(MrrError) as mistake:
        sheet_functions()["MRR"]("#VALUE!")
    assert str(mistake.value) == "the cell that data names holds the error #VALUE!; fix that cell first"


def test_a_table_that_cannot_be_read_is_refused_as_by_any_other_function() -> None:
    functions, data = sheet_functions(), table()
    data[1][1] = "soon"
    with pytest.raises(MrrError) as by_range:
        functions["MRR"](data)
    with pytest.raises(MrrError) as by_ledger:
        functions["MRR_LEDGER"](data)
    assert str(by_ledger.value) == str(by_range.value)


def test_the_handles_asked_for_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handles, "_CELLS", 3 * 4 * 6)  # three tables
    functions = sheet_functions()
    first, second, third = (functions["MRR_LEDGER"](table(price)) for price in (1.0, 2.0, 3.0))
    assert functions["MRR"](first, MARCH) == 11.0
    fourth = functions["MRR_LEDGER"](table(4.0))
    assert [functions["MRR"](handle, MARCH) for handle in (first, third, fourth)] == [11.0, 13.0, 14.0]
    with pytest.raises(MrrError) as told:
        functions["MRR"](second, MARCH)
    assert str(told.value) == (
        f"Python does not know '{second}' any more: MRR_LEDGER has read more than 72 cells since; recalculate all "
        "formulas with Ctrl+Alt+F9 (in LibreOffice Ctrl+Shift+F9), or give the range itself as data"
    )
    assert functions["MRR_LEDGER"](table(2.0)) == second
    assert functions["MRR"](second, MARCH) == 12.0
