"""The grain parent: movements of the parent at the top of each line's customer."""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrr_xl import MrrError, metric, movements
from support.figures import LAST, book, figures, plain, some_settings, table_of
from support.ledgers import ledger, typed
from support.oracle import Line, lines_at_random, repeatably, some_lines

KINDS = ("new", "reactivation", "expansion", "contraction", "churn")
MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06")


def moved(frame: object, month: str, **rules: object) -> dict[str, float]:
    """The movements of a month that are not 0."""
    table = movements(frame, through="2024-06", **{"grain": "parent"} | rules).set_index("month").loc[month]
    return {name: float(table[name]) for name in KINDS if table[name]}


def refused(frame: object, **rules: object) -> str:
    with pytest.raises(MrrError) as caught:
        movements(frame, through="2024-06", **{"grain": "parent"} | rules)
    return str(caught.value)


GROUP = """
customer  parent  start       end         mrr
East      Group   2024-01-01  2024-03-10  100
West      Group   2024-02-05  2024-04-20  50
East      Group   2024-06-01  -           70
Solo      -       2024-01-01  -           30
"""


def test_a_childs_leaving_is_contraction_and_the_last_ones_churn():
    """East pays 100 in January and February, West 50 from February to March; in June East is back with 70."""
    assert [moved(ledger(GROUP), month) for month in MONTHS] == [
        {"new": 130.0}, {"expansion": 50.0}, {"contraction": -100.0}, {"churn": -50.0}, {}, {"reactivation": 70.0},
    ]  # fmt: skip
    customers = movements(ledger(GROUP), through="2024-06", grain="parent")["closing_customers"]
    assert customers.tolist() == [2, 2, 2, 1, 1, 2]
    assert metric("MRR_TOP", ledger(GROUP), month="2024-02", grain="parent")["customer"].tolist() == ["Group", "Solo"]
    assert metric("MRR_SCHEDULE", ledger(GROUP), grain="parent")["customer"].tolist() == ["Group", "Solo"]


def test_without_the_grain_the_column_changes_nothing():
    without = movements(ledger(GROUP).drop("parent"), through="2024-06")
    assert movements(ledger(GROUP), through="2024-06").equals(without)
    cyclic = ledger(GROUP.replace("Group", "East", 1).replace("Group", "#N/A", 1))
    assert movements(cyclic, through="2024-06").equals(without)


def test_a_row_that_names_nothing_but_a_parent_is_blank():
    blank = pl.DataFrame({"parent": ["Group"]})
    data = pl.concat([ledger(GROUP), blank], how="diagonal")
    for grain in ("parent", "customer"):
        expected = movements(ledger(GROUP), through="2024-06", grain=grain)
        assert movements(data, through="2024-06", grain=grain).equals(expected)


def test_what_moves_between_children_is_a_transfer():
    data = ledger("""
    customer  parent  start       end         mrr
    East      Group   2024-01-01  2024-02-10  100
    West      Group   2024-02-10  -           80
    """)
    shown = metric("MRR_SEGMENTS", data, "2024-02", by="customer", grain="parent").set_index("segment")
    assert shown.loc[["East", "West", "total"], ["contraction", "transfer_in", "transfer_out"]].values.tolist() == [
        [-20.0, 0.0, -80.0], [0.0, 80.0, 0.0], [-20.0, 80.0, -80.0],
    ]  # fmt: skip


def test_a_parent_who_is_a_customer_is_one_with_its_children():
    data = ledger("""
    customer  parent  start       end         mrr
    Group     -       2024-01-01  2024-04-10  10
    East      Group   2024-02-01  2024-03-10  100
    West      West    2024-02-01  2024-03-10  5
    """)
    assert [moved(data, month) for month in MONTHS[:4]] == [
        {"new": 10.0}, {"new": 5.0, "expansion": 100.0}, {"contraction": -100.0, "churn": -5.0}, {"churn": -10.0},
    ]  # fmt: skip


def test_a_leaf_may_change_its_parent():
    data = ledger("""
    customer  parent  start       end         mrr
    East      One     2024-01-01  2024-03-10  100
    East      Two     2024-03-10  -           90
    West      Two     2024-01-01  -           20
    """)
    assert moved(data, "2024-03") == {"expansion": 90.0, "churn": -100.0}
    assert moved(data, "2024-03", grain="customer") == {"contraction": -10.0}


LEVELS = """
customer  parent  start       end         mrr
East      Mid     2024-01-01  2024-03-10  100
Mid       Upper   2024-01-01  2024-04-10  20
Upper     Top     2024-02-01  2024-02-02  0
Other     Top     2024-01-01  -           3
"""


def test_the_one_at_the_top_of_several_levels_counts():
    """Upper's own line is free and ends at once: what it says of its parent counts all the same."""
    assert [moved(ledger(LEVELS), month) for month in MONTHS[:4]] == [
        {"new": 123.0}, {}, {"contraction": -100.0}, {"contraction": -20.0},
    ]  # fmt: skip
    assert movements(ledger(LEVELS), through="2024-06", grain="parent")["closing_customers"].tolist() == [1] * 6


#: Five levels: the lines of the upper ones stand first, and the one at the top is a customer without a parent.
FROM_THE_TOP = """
customer  parent  start       mrr
Top       -       2024-01-01  1
Fourth    Top     2024-01-01  2
Third     Fourth  2024-01-01  4
Second    Third   2024-01-01  8
First     Second  2024-01-01  16
Leaf      First   2024-01-01  32
Solo      -       2024-01-01  64
"""
DATED = (pl.col("start").str.to_date(), pl.col("mrr").cast(pl.Float64))


@pytest.mark.parametrize("upside_down", [False, True])
def test_many_levels_in_any_order_on_every_engine(upside_down):
    data = ledger(FROM_THE_TOP).with_columns(*DATED)
    data = data.reverse() if upside_down else data
    for table in (data, data.to_pandas(), duckdb.from_arrow(data.to_arrow())):
        top = metric("MRR_TOP", table, month="2024-01", grain="parent")
        assert top[["customer", "mrr"]].values.tolist() == [["Solo", 64.0], ["Top", 63.0]]


def test_a_condition_picks_lines_and_the_levels_are_those_of_the_whole_ledger():
    top = metric("MRR_TOP", ledger(LEVELS), month="2024-01", where="customer=East", grain="parent")
    assert top[["customer", "mrr"]].values.tolist() == [["Top", 100.0]]


def test_a_gap_between_two_children_is_one_of_the_parent():
    data = ledger("""
    customer  parent  start       end         mrr
    East      Group   2024-01-01  2024-02-25  100
    West      Group   2024-03-05  -           100
    """)
    assert moved(data, "2024-02") == {"churn": -100.0}
    assert moved(data, "2024-02", grace_days=10) == {}
    assert moved(data, "2024-02", grace_days=10, grain="customer") == {"churn": -100.0}


def test_the_form_of_the_ledger_is_read_from_the_customers():
    """West's pause begins where East ends, and is no line of East's: statuses are today's, and it was paid for."""
    data = ledger("""
    customer  parent  start       end         mrr  status
    East      Group   2024-01-01  2024-03-10  100  active
    West      Group   2024-03-10  -           50   paused
    Solo      -       2024-05-05  -           1    active
    """)
    assert moved(data, "2024-03") == {"contraction": -50.0}
    assert moved(data, "2024-03", status="line") == {"churn": -100.0}


@pytest.mark.parametrize("none", ["-", "0", "–", "n/a", "None", "NULL"])
def test_nobody_is_no_parent(none):
    data = ledger(GROUP).with_columns(pl.col("parent").fill_null(f" {none} "))
    assert movements(data, through="2024-06", grain="parent").equals(
        movements(ledger(GROUP), through="2024-06", grain="parent")
    )


@pytest.mark.parametrize("none", ["-", "0", "n/a", "None"])
def test_two_without_a_parent_are_two(none):
    data = ledger("""
    customer  parent  start       mrr
    East      Group   2024-01-01  100
    Solo      -       2024-01-01  30
    Duo       -       2024-01-01  20
    """).with_columns(pl.col("parent").fill_null(none))
    for table in (data, duckdb.from_arrow(data.with_columns(*DATED).to_arrow())):
        top = metric("MRR_TOP", table, month="2024-01", grain="parent")
        assert top["customer"].tolist() == ["Group", "Solo", "Duo"]


def test_a_customer_may_be_called_so():
    """Customer 0 is the parent of East."""
    data = ledger("""
    customer  parent  start       end         mrr
    0         -       2024-01-01  -           10
    East      0       2024-02-01  -           100
    """)
    assert moved(data, "2024-02") == {"expansion": 100.0}


def test_ids_may_be_numbers():
    """pandas makes a column of ids with blanks one of floats."""
    data = pd.DataFrame({"customer": [1, 2, 3], "parent_id": [None, 1, None], "start": ["2024-01-05"] * 3, "mrr": 5})
    assert data["parent_id"].dtype == "float64"
    assert metric("MRR_TOP", data, month="2024-01", grain="parent")[["customer", "mrr"]].values.tolist() == [
        ["1", 10.0], ["3", 5.0],
    ]  # fmt: skip
    assert metric("MRR_CUSTOMERS", pl.from_pandas(data), "2024-01", grain="parent") == 2


def test_in_a_long_and_in_a_wide_schedule():
    long = ledger("""
    month    customer  holding  mrr
    2024-01  East      Group    100
    2024-01  West      Group    50
    2024-02  West      Group    50
    2024-02  Solo      -        5
    """)
    wide = ledger("""
    customer  Parent_account  2024-01  2024-02
    East      Group           100      -
    West      Group           50       50
    Solo      -               -        5
    """).with_columns(pl.col("2024-01", "2024-02").cast(pl.Float64))
    for data in (long, wide, wide.to_pandas(), duckdb.from_arrow(wide.to_arrow())):
        assert moved(data, "2024-02") == {"new": 5.0, "contraction": -100.0}
        assert moved(data, "2024-02", grain="customer") == {"new": 5.0, "churn": -100.0}


# What can't be known


def test_the_grain_needs_the_column():
    assert refused(ledger(GROUP).drop("parent")) == (
        "the grain parent needs a column that says whose child a customer is; name it parent"
    )


def test_of_two_columns_of_parents_the_user_says_which():
    data = ledger(GROUP).rename({"parent": "Parent"}).with_columns(pl.lit(7).alias("Parent ID"))
    assert movements(data, through="2024-06").equals(movements(ledger(GROUP), through="2024-06"))
    assert refused(data) == (
        "columns 'Parent' and 'Parent ID' both mean parent; rename or remove one of them, or say which with --map "
        "parent=..., elsewhere with columns"
    )
    assert moved(data, "2024-03", columns={"parent": "Parent"}) == {"contraction": -100.0}
    assert moved(data, "2024-03", columns={"parent": "Parent ID"}) == {"contraction": -100.0}
    assert moved(data, "2024-04", columns={"parent": "Parent ID"}) == {"contraction": -50.0}


def test_a_circle_of_parents():
    data = """
    customer  parent  start       mrr
    Out       East    2024-01-01  1
    East      Mid     2024-01-01  100
    Mid       Upper   2024-01-01  20
    Upper     East    2024-01-01  3
    """
    assert refused(ledger(data)) == (
        "the parents in column parent go round in a circle: East (row 3), Mid (row 4), Upper (row 5), and again East; "
        "leave the parent of the one at the top blank"
    )
    assert refused(duckdb.from_arrow(typed(data).to_arrow())) == (
        "the parents in column parent go round in a circle: East, Mid, Upper, and again East; leave the parent of the "
        "one at the top blank"
    )


def test_a_long_circle_shows_six_and_none_of_those_who_lead_into_it():
    """In is a child of Out, and Out of the first of eight who go round."""
    data = "customer parent start mrr\nIn Out 2024-01-01 1\nOut C1 2024-01-01 1\n"
    data += "\n".join(f"C{each} C{each % 8 + 1} 2024-01-01 1" for each in range(1, 9))
    assert refused(ledger(data)) == (
        "the parents in column parent go round in a circle: C1 (row 4), C2 (row 5), C3 (row 6), C4 (row 7), "
        "C5 (row 8), C6 (row 9) and 2 more, and again C1; leave the parent of the one at the top blank"
    )


@pytest.mark.parametrize(("other", "named"), [("Else", "Else (row 4)"), ("-", "none (row 4)"), ("Mid", "none (row 4)")])
def test_a_parent_of_two_parents(other, named):
    data = f"""
    customer  parent  start       mrr
    Mid       Upper   2024-01-01  20
    East      Mid     2024-01-01  100
    Mid       {other} 2024-02-01  10
    Mid       Upper   2024-03-01  10
    """
    assert refused(ledger(data)) == (
        f"customer Mid is a parent of others, and column parent gives it 2 parents: Upper (row 2), {named}; give it "
        "the same one in all its rows"
    )


def test_an_error_cell_and_lost_digits():
    assert refused(ledger(GROUP.replace("Group", "#N/A", 1))) == (
        "row 2, column parent: the cell holds the error #N/A; fix that cell first"
    )
    digits = "{} has more digits than a number can keep, so different ids may look the same; store the ids as text"
    data = ledger(GROUP)
    assert refused(data.with_columns(parent=pl.lit(1.2e17))) == f"row 2, column parent: {digits.format('1.2e+17')}"
    texts = data.with_columns(parent=pl.lit("1.2E+17"))
    assert refused(texts) == f"row 2, column parent: {digits.format(repr('1.2E+17'))}"
    mixed = data.to_pandas().assign(parent=pd.Series(["Group", 1.2e17, None, None], dtype=object))
    assert refused(mixed) == f"row 3, column parent: {digits.format('1.2e+17')}"


# What the checks say


def said(frame: object, check: str, **rules: object) -> list[object]:
    table = metric("MRR_CHECKS", frame, through="2024-06", **rules).set_index("check")
    return table.loc[check, ["result", "lines", "first_row", "says"]].tolist()


def test_the_checks_say_what_is_done_with_the_column():
    assert said(ledger(GROUP), "parents") == [
        "OK", 0, pd.NA,
        "column parent changes no figure: movements are each customer's; grain=parent makes them the parents'",
    ]  # fmt: skip
    assert said(ledger(GROUP), "parents", grain="parent") == ["OK", 3, 2, "2 customers count with 1 parent: Group"]
    checks = metric("MRR_CHECKS", ledger(GROUP).drop("parent"), through="2024-06")
    assert "parents" not in checks["check"].tolist()
    alone = ledger(GROUP).with_columns(parent=None)
    assert said(alone, "parents", grain="parent") == [
        "note", 0, pd.NA, "column parent names no parent, so that each customer counts alone",
    ]  # fmt: skip


def test_one_customer_counts_with_its_parent_and_of_many_parents_three_are_named():
    one = ledger("customer parent start mrr \n East Group 2024-01-01 5 \n Solo - 2024-01-01 5")
    assert said(one, "parents", grain="parent") == ["OK", 1, 2, "1 customer counts with 1 parent: Group"]
    lines = "\n".join(f"C{n} P{n} 2024-01-01 5" for n in range(4))
    many = ledger(f"customer parent start mrr \n {lines}")
    assert said(many, "parents", grain="parent") == [
        "OK", 4, 2, "4 customers count with 4 parents: P0, P1, P2 and 1 more",
    ]  # fmt: skip


def test_parents_may_look_like_customers():
    data = ledger(GROUP.replace("Solo", "group"))
    assert said(data, "names of customers", grain="parent")[3] == (
        "Group and group differ in case only and are counted apart"
    )
    assert said(data, "names of customers")[3] == "none alike"


# A recomputation: each customer renamed to the one at the top by hand

ENGINES = {"pandas": pl.DataFrame.to_pandas, "duckdb": lambda table: duckdb.from_arrow(table.to_arrow())}


def drawn(data: st.DataObject, lines: list[Line]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A ledger with parents, and the same with customers renamed; who is nobody's parent may change theirs."""
    top, mid, leaf = data.draw(st.permutations("ABC"))
    above = {top: data.draw(st.sampled_from([None, "X"])), mid: data.draw(st.sampled_from([None, "X", top]))}
    parents = [
        data.draw(st.sampled_from([None, "X", "Y", top, mid])) if line.customer == leaf else above[line.customer]
        for line in lines
    ]
    known = {line.customer: above[line.customer] for line in lines if line.customer != leaf}

    def at_the_top(name: str) -> str:
        return at_the_top(known[name]) if known.get(name) else name

    renamed = [at_the_top(parent or line.customer) for line, parent in zip(lines, parents)]
    table = table_of(lines).with_columns(pl.Series("parent", parents, dtype=pl.String))
    return table, table.with_columns(pl.Series("customer", renamed)).drop("parent")


@lines_at_random
@repeatably(30)
@given(data=st.data(), lines=some_lines(), rules=some_settings)
def test_every_figure_is_that_of_customers_renamed_to_the_one_at_the_top(data, lines, rules):
    table, renamed = drawn(data, lines)
    expected = figures(book(renamed, rules | {"grain": "customer"}))
    assert plain(figures(book(table, rules | {"grain": "parent"}))) == expected


@lines_at_random
@pytest.mark.parametrize("engine", ENGINES)
@repeatably(8)
@given(data=st.data(), lines=some_lines(), rules=some_settings)
def test_the_movements_are_so_on_every_engine(engine, data, lines, rules):
    table, renamed = drawn(data, lines)
    rules = rules | {"through": str(LAST)}
    expected = movements(renamed, **rules | {"grain": "customer"})
    assert movements(ENGINES[engine](table), **rules | {"grain": "parent"}).equals(expected)
