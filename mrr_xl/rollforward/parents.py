"""Whose customers are whose: the parent at the top of each line's customer, through all levels that the ledger has.

A parent who is a customer, too, may have a parent in lines of their own. The one at the top is what CRMs call the
ultimate parent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError, listed, row_name
from mrr_xl.ledger.conditions import refuse_unknown_values
from mrr_xl.ledger.frames import to_memory
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.sources.headers import roles_of
from mrr_xl.sources.number_texts import NO_NUMBER, NOTHING

#: What stands in a cell where there is no parent, unless a customer is called so.
NOBODY = NO_NUMBER | NOTHING | {"", "0"}
_SHOWN = 6  #: customers of a circle

#: Customer → each of their parents, blank for none, with the first row that says so; None in a database.
_Said = Mapping[str, Mapping[str, int | None]]


def with_tops(lines: Any, ledger: Ledger) -> Any:
    """Lines of a ledger with the parent at the top, where there is one, in place of each customer. Raises MrrError.

    A line's own parent counts, so that a customer without children may change to another one. The levels above it are
    those of the whole ledger, whatever a condition picks.
    """
    tops, who = ledger.whole.once(_tops), nw.col("customer")
    first = nw.when(has_parent(ledger)).then(_text("parent")).otherwise(_text("customer"))
    lines = lines.with_columns(first.alias("customer"))
    if ledger.in_memory:
        names = {customer: top for customer, (top, _) in tops.items()}
        if names:
            top = who.replace_strict(list(names), list(names.values()), default=who, return_dtype=nw.String)
            lines = lines.with_columns(top)
        return lines.with_columns(who.cast(nw.Categorical))
    # In a database comparing with each of many names is slow; joining once for each level is not.
    above = _pairs(ledger.whole).select(who.alias("child"), nw.col("parent").alias("above"))
    for _ in range(max((levels for _, levels in tops.values()), default=0)):
        lines = lines.join(above, left_on="customer", right_on="child", how="left")
        higher = nw.when(nw.col("above").is_null()).then(who).otherwise(nw.col("above"))
        lines = lines.with_columns(higher.alias("customer")).drop("above")
    return lines


def has_parent(ledger: Ledger) -> nw.Expr:
    """Whether a line names a parent, be it its own customer."""
    nobody, parent = ledger.whole.once(_nobody), nw.col("parent")
    return ~parent.is_null() & ~parent.cast(nw.String).is_in(nobody) if nobody else ~parent.is_null()


def _nobody(ledger: Ledger) -> list[str]:
    """What stands in the column parent for none."""
    words = _called_nobody(ledger, "parent")
    return sorted(words - _called_nobody(ledger, "customer")) if words else []


def _called_nobody(ledger: Ledger, column: str) -> set[str]:
    """The names in a column that elsewhere say that there is nobody."""
    names: Any = ledger.frame.select(_text(column)).filter(~nw.col(column).is_null())
    names = names.filter(nw.col(column).str.to_lowercase().is_in(sorted(NOBODY))).unique()
    return set(to_memory(names)[column].to_list())


def _text(column: str) -> nw.Expr:
    return nw.col(column).cast(nw.String)


def _tops(ledger: Ledger) -> dict[str, tuple[str, int]]:
    """Each customer who is a parent and has one → the one at the top, and how many levels above. Raises MrrError."""
    _refuse_what_names_nobody(ledger)
    said = _said_of_parents(ledger)
    above: dict[str, str] = {}
    for customer, parents in said.items():
        if len(parents) > 1:
            raise MrrError(_has_several(customer, parents, ledger))
        above.update((customer, parent) for parent in parents if parent)
    tops: dict[str, tuple[str, int]] = {}
    for customer in above:
        passed = [customer]
        while passed[-1] in above and passed[-1] not in tops:
            if len(passed) > len(above):
                raise MrrError(_go_round(passed, said, ledger))
            passed.append(above[passed[-1]])
        top, levels = tops.get(passed[-1], (passed[-1], 0))
        for level, each in enumerate(passed[-2::-1], levels + 1):
            tops[each] = (top, level)
    return tops


def header_of_parents(ledger: Ledger) -> str:
    """The header of the column parent. Raises MrrError without one."""
    if "parent" not in ledger.layout.roles:
        raise MrrError("the grain parent needs a column that says whose child a customer is; name it parent")
    return ledger.layout.roles["parent"]


def _refuse_what_names_nobody(ledger: Ledger) -> None:
    """Raises MrrError without a column of parents, with several, and for names in it that can't be told."""
    header = header_of_parents(ledger)
    alike = [other for other in ledger.headers if "parent" in roles_of(other)]
    if len(alike) > 1 and "parent" not in dict(ledger.how.columns):
        raise MrrError(
            f"columns {' and '.join(map(repr, alike))} both mean parent; rename or remove one of them, or say which "
            "with --map parent=..., elsewhere with columns"
        )
    refuse_unknown_values(ledger, SOURCE + header)


def _said_of_parents(ledger: Ledger) -> _Said:
    """What the lines of those customers say who are parents themselves."""
    pairs = to_memory(_pairs(ledger, with_none=True)).select("row", "customer", "parent")
    said: dict[str, dict[str, int | None]] = {}
    for row, customer, parent in sorted(pairs.rows()):
        said.setdefault(customer, {}).setdefault(parent, int(row) or None)
    return said


def _pairs(ledger: Ledger, with_none: bool = False) -> Any:
    """Customers who are parents, with each of their own parents and the first row that says so.

    with_none: with the customers who have none, which is blank, in some row.
    """
    row = nw.col("row") if ledger.has("row") else nw.lit(0).alias("row")
    pairs: Any = ledger.frame.select("customer", "parent", row).group_by("customer", "parent").agg(nw.col("row").min())
    is_other = has_parent(ledger) & (_text("parent") != _text("customer"))
    parent = nw.when(is_other).then(_text("parent")).otherwise(nw.lit("")).alias("parent")
    pairs = pairs.select("row", _text("customer"), parent)
    named = pairs.filter(nw.col("parent") != "")
    parents = named.select(nw.col("parent").alias("customer")).unique()
    return (pairs if with_none else named).join(parents, on="customer", how="semi")


def _has_several(customer: str, parents: Mapping[str, int | None], ledger: Ledger) -> str:
    named = [(parent or "none") + _in(row, ledger) for parent, row in parents.items()]
    return (
        f"customer {customer} is a parent of others, and column {ledger.layout.roles['parent']} gives it {len(named)} "
        f"parents: {listed(named, _SHOWN)}; give it the same one in all its rows"
    )


def _go_round(passed: list[str], said: _Said, ledger: Ledger) -> str:
    """passed: customers, each the child of the next, with all of a circle at the end."""
    circle = passed[passed.index(passed[-1]) :]
    circle = circle[: circle.index(circle[0], 1)]
    named = [customer + _in(next(iter(said[customer].values())), ledger) for customer in circle]
    return (
        f"the parents in column {ledger.layout.roles['parent']} go round in a circle: {listed(named, _SHOWN)}, and "
        f"again {circle[0]}; leave the parent of the one at the top blank"
    )


def _in(row: int | None, ledger: Ledger) -> str:
    return "" if row is None else f" ({row_name(row, ledger.files)})"
