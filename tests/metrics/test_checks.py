"""Whether the figures add up: what the checks say where they do, and where they do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mrr_xl import MrrError, metric
from mrr_xl.metrics.checks import checks, problems, unreadable
from mrr_xl.rollforward.book import Book, open_book
from mrr_xl.settings import Settings
from support.ledgers import ledger, typed
from support.oracle import ENGINES
from support.readings import written

LEDGER = """
    customer  start       end         mrr  plan
    Ada       2024-01-01  -           100  Pro
    Bob       2024-01-15  2024-03-10  30   Basic
"""
ADD_UP = ["movements make the closing", "periods make the closing", "customers add up", "segments add up"]


def book(text: str = LEDGER, **rules: object) -> Book:
    return open_book(ledger(text), None, Settings.of({"through": "2024-03"} | rules))


def said(table: pd.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    """Of some checks what they say; none of them is of one line."""
    rows = table.set_index("check").loc[list(names)]
    assert rows["first_row"].isna().all()
    return [tuple(row) for row in rows[["result", "lines", "says"]].itertuples(index=False)]


def test_figures_that_add_up_are_in_order():
    assert said(checks(book()), *ADD_UP) == [
        ("OK", 0, "in 3 months, to the last millionth"),
        ("OK", 0, "MRR of 2024-03 is 100.00"),
        ("OK", 0, "1 at the end of 2024-03"),
        ("OK", 0, "by plan, to the last millionth"),
    ]
    assert said(checks(book(through="2024-01")), *ADD_UP) == [
        ("OK", 0, "in 1 month, to the last millionth"),
        ("OK", 0, "MRR of 2024-01 is 130.00"),
        ("OK", 0, "2 at the end of 2024-01"),
        ("OK", 0, "by plan, to the last millionth"),
    ]
    assert said(checks(book(period="quarter")), *ADD_UP)[0] == ("OK", 0, "in 1 period, to the last millionth")
    assert said(checks(book(period="quarter", through="2024-06")), *ADD_UP)[0] == (
        "OK", 0, "in 2 periods, to the last millionth",
    )  # fmt: skip


def test_without_mrr_they_add_up_to_nothing():
    nothing = book("customer start mrr\nAda 2024-01-01 0")
    assert said(checks(nothing), *ADD_UP[:3]) == [
        ("OK", 0, "in 0 months, to the last millionth"),
        ("OK", 0, "MRR of 2024-03 is 0.00"),
        ("OK", 0, "0 at the end of 2024-03"),
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_without_a_customer_at_the_end_they_add_up_on_every_engine(engine: str) -> None:
    ended = ENGINES[engine](typed("customer start end mrr\nAda 2024-01-01 2024-02-01 100\n"))
    assert said(metric("MRR_CHECKS", ended, through="2024-03"), *ADD_UP[1:3]) == [
        ("OK", 0, "MRR of 2024-03 is 0.00"),
        ("OK", 0, "0 at the end of 2024-03"),
    ]


def with_movements(**changed: int) -> Book:
    """A book whose movements of February and March say so many millionths or customers more."""
    wrong = book()
    table = wrong.movements.copy()
    for name, more in changed.items():
        table.loc[table.index[1:], name] += more
    vars(wrong)["movements"] = table
    return wrong


@pytest.mark.parametrize("column", ["opening", "net_new", "closing"])
def test_movements_that_do_not_make_the_closing_are_a_problem(column: str):
    found = checks(with_movements(**{column: 1}))
    assert said(found, ADD_UP[0]) == [("problem", 0, "not in 2024-02, 2024-03")]


def test_a_closing_that_is_not_what_the_lines_pay_is_a_problem():
    found = checks(with_movements(opening=2_500_000, closing=2_500_000, closing_customers=3))
    assert said(found, *ADD_UP[1:3]) == [
        ("problem", 0, "MRR of 2024-03 is 102.50, but its periods add up to 100.00"),
        ("problem", 0, "4 at the end of 2024-03, but its periods add up to 1"),
    ]


def test_segments_that_do_not_make_the_whole_are_a_problem():
    wrong = book()
    vars(wrong)["by_period_at_one_rate"] = wrong.by_period_at_one_rate + 1
    assert said(checks(wrong), "segments add up") == [("problem", 0, "not by plan")]


def test_who_moves_from_one_segment_to_another_or_has_none_leaves_the_sums_as_they_are():
    """Ada moves from Pro to Basic in March; Cyd's plan is blank."""
    text = """
        customer  start       end         mrr  plan
        Ada       2024-01-01  2024-03-10  100  Pro
        Ada       2024-03-10  -           80   Basic
        Cyd       2024-01-01  -           7    -
    """
    assert said(checks(book(text)), "segments add up") == [("OK", 0, "by plan, to the last millionth")]
    missing = book(text)
    vars(missing)["by_period_at_one_rate"] = missing.by_period_at_one_rate.assign(closing=107_000_000)
    assert said(checks(missing), "segments add up") == [("problem", 0, "not by plan")]


def test_the_first_of_plan_product_region_and_country_is_the_segments():
    def by(columns: str) -> str:
        text = f"customer start mrr {columns}\nAda 2024-01-01 100 {' '.join('x' * len(columns.split()))}"
        ((result, lines, says),) = said(checks(book(text)), "segments add up")
        assert (result, lines) == ("OK", 0)
        return says

    assert by("Country Region") == "by Region, to the last millionth"
    assert by("City Country") == "by Country, to the last millionth"
    assert by("City") == "there is no column plan, product, region, country"


def test_rates_by_month_make_the_closing_at_the_rate_of_the_last_month():
    """A's 10 and B's 5 dollars are 12 at 0.8, C's 7 euros stay 7."""
    table = ledger("""
        customer  start       mrr  currency
        A         2024-01-01  10   USD
        B         2024-01-01  5    USD
        C         2024-01-01  7    EUR
    """)
    rates = [("EUR", 1), ("USD", "2024-01", 0.5), ("USD", "2024-02", 0.8)]
    found = metric("MRR_CHECKS", table, through="2024-02", rates=rates)
    assert said(found, *ADD_UP[:3]) == [
        ("OK", 0, "in 2 months, to the last millionth"),
        ("OK", 0, "MRR of 2024-02 is 19.00"),
        ("OK", 0, "3 at the end of 2024-02"),
    ]


def test_gross_netting_tells_what_nets_out():
    """Ada: 100, 40 less, 20 more; in January 40 is taken off again. Without that nothing nets out."""
    text = """
        customer  start       end         mrr
        Ada       2024-01-05  2024-01-20  100
        Ada       2024-01-20  2024-03-20  60
        Ada       2024-03-20  -           80
    """
    name = "gross reconciles to net"
    assert said(checks(book(text, netting="gross")), name) == [
        ("note", 0, "movements of 160.00 in all, of which 80.00 nets out within months")
    ]
    assert said(checks(book(netting="gross")), name) == [
        ("OK", 0, "movements of 160.00 in all, of which 0.00 nets out within months")
    ]
    assert said(checks(book(text)), name) == [("OK", 0, "netting is net")]
    wrong = book(netting="gross")
    vars(wrong)["movements"] = wrong.movements.assign(closing=7)
    assert said(checks(wrong), name)[0][0] == "problem"


# Against an earlier state of the table

THEN = """
    customer  2024-01  2024-02  2024-03  2024-04
    Ada       100      100      100      100
    Bob       30       30       30       30
    Cyd       20       20       20       20
    Dan       10       10       10       10
    Eve       5        5        5        5
"""
RESTATED, VANISHED = "history restated", "customers vanished"


def against(now: str, **rules: object) -> list[tuple[Any, ...]]:
    table = metric("MRR_CHECKS", ledger(now), against=ledger(THEN), **rules)
    assert table["check"].tolist()[-2:] == [RESTATED, VANISHED]
    return said(table, RESTATED, VANISHED)


def test_a_month_more_changes_no_history():
    now = "\n".join(f"{line}  {more}" for line, more in zip(THEN.strip().splitlines(), ["2024-05", 9, 9, 9, 9, 9]))
    assert against(THEN) == against(now) == [("OK", 0, "none")] * 2


def test_months_that_differ_from_the_earlier_state_are_a_note():
    assert against(THEN.replace("100      100\n", "100      90\n"))[0] == (
        "note", 1, "2024-04 differ from the earlier file",
    )  # fmt: skip
    assert against(THEN.replace("Ada       100      100      100", "Ada       100      90       90"))[0] == (
        "note", 3, "2024-02, 2024-03, 2024-04 differ from the earlier file",
    )  # fmt: skip
    assert against(THEN.replace("Ada       100 ", "Ada       90  "))[0] == (
        "note", 2, "2024-01, 2024-02 differ from the earlier file",
    )  # fmt: skip
    assert against(THEN.replace("100", "90"))[0] == (
        "note", 4, "2024-01, 2024-02, 2024-03 and 1 more differ from the earlier file",
    )  # fmt: skip


def test_a_month_that_is_no_longer_there_has_changed_too():
    """Now the data begin a month earlier and end in March. An earlier state without MRR reported nothing."""
    assert against(THEN, through="2024-03") == [("OK", 0, "none")] * 2
    later = THEN.replace("2024-01", "2023-12").replace("2024-02", "2024-01").replace("2024-03", "2024-02")
    table = metric("MRR_CHECKS", ledger(later.replace("2024-04", "2024-03")), against=ledger(THEN))
    assert said(table, RESTATED) == [("note", 2, "2024-01, 2024-04 differ from the earlier file")]
    nothing = metric("MRR_CHECKS", ledger(THEN), against=ledger("customer start mrr\nAda 2024-01-01 0"))
    assert said(nothing, RESTATED) == [("OK", 0, "none")]


def test_a_month_without_mrr_has_not_changed_where_it_is_no_longer_reported():
    """Ada paid in January and left in February; in March there was nothing, as there is without her line."""
    then = "customer start end mrr \n Ada 2024-01-05 2024-02-01 10 \n Bob 2024-04-01 - 5"
    table = metric("MRR_CHECKS", ledger("customer start mrr \n Bob 2024-04-01 5"), against=ledger(then))
    assert said(table, RESTATED) == [("note", 2, "2024-01, 2024-02 differ from the earlier file")]


def test_customers_whose_lines_are_gone_are_a_problem():
    lines = THEN.strip("\n").splitlines()
    assert against("\n".join(lines[:4]))[1] == ("problem", 2, "Dan, Eve: their lines are gone")
    assert against("\n".join(lines[:3]))[1] == ("problem", 3, "Cyd, Dan, Eve: their lines are gone")
    assert against("\n".join(lines[:2]))[1] == ("problem", 4, "Bob, Cyd, Dan ...: their lines are gone")
    renamed = THEN.replace("Ada", "Amy").replace("Bob", "Ben").replace("Cyd", "Cid").replace("Dan", "Don")
    assert against(renamed.replace("Eve", "Eva"))[1] == ("problem", 5, "Ada, Bob, Cyd ...: their lines are gone")


# Where a line is


def test_of_several_files_the_first_row_is_named_with_its_file(tmp_path: Path):
    written(tmp_path, "customer,start,mrr\nAda,2024-01-01,100\n", name="2024-01.csv")
    written(tmp_path, "customer,start,mrr\nBob,2024-01-01,5\nCyd,2024-01-01,0\n", name="2024-02.csv")
    table = metric("MRR_CHECKS", tmp_path, through="2024-03").set_index("check")
    row = table.loc["lines without MRR"]
    assert (row["result"], row["lines"], row["first_row"]) == ("note", 1, 3)
    assert row["says"] == "their MRR is 0, so they do not count as customers; the first is row 3 of 2024-02.csv"
    assert table.loc["rows of totals", "says"] == "none"


def test_of_several_files_five_rows_are_named_with_theirs(tmp_path: Path):
    """Ada's line is in each file again, and twice in two of them."""
    for month, times in enumerate([1, 2, 2, 2], 1):
        lines = "".join(f"Ada,2024-01-01,100,{month}{time}\n" for time in range(times))
        written(tmp_path, f"customer,start,mrr,note\n{lines}", name=f"2024-0{month}.csv")
    row = metric("MRR_CHECKS", tmp_path, through="2024-04").set_index("check").loc["overlapping lines"]
    assert (row["result"], row["lines"], row["first_row"]) == ("problem", 6, 2)
    assert row["says"] == (
        "6 lines run beside another of the same customer, product and price (row 2 of 2024-02.csv, row 3 of "
        "2024-02.csv, row 2 of 2024-03.csv, row 3 of 2024-03.csv, row 2 of 2024-04.csv and 1 more), and all count: "
        "remove what is repeated, or tell subscriptions apart in a column subscription; the first is row 2 of "
        "2024-02.csv"
    )


def test_data_that_cannot_be_read_are_one_problem():
    table = unreadable(MrrError("row 2, column start: 'x' is not a date"))
    assert table.columns.tolist() == ["check", "result", "lines", "first_row", "says"]
    assert table["check"].tolist() == ["data can be read"]
    assert said(table, "data can be read") == [("problem", 0, "row 2, column start: 'x' is not a date")]


def test_only_what_may_be_wrong_is_a_problem():
    assert problems(book()) == []
    assert problems(book("customer start mrr\nTotal 2024-01-01 100")) == [
        "Total is counted as a customer; remove the totals from the table"
    ]
