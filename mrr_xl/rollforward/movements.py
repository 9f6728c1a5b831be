"""Changes → Movements: one row a month, opening + movements = closing to the last millionth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.later import pd
from mrr_xl.ledger.frames import Frame, planned
from mrr_xl.rollforward.changes import MOVEMENTS

COUNTED = {
    "new": "new",
    "reactivation": "reactivated",
    "expansion": "expanded",
    "contraction": "contracted",
    "churn": "churned",
}
STAYING = ("expansion", "contraction")  #: movements of customers that are there before and after
CUSTOMERS = ["opening_customers", *(f"{name}_customers" for name in COUNTED.values()), "closing_customers"]


def sums_by_month(log: Frame, several: bool) -> Frame:
    """Month and movement in one number, delta, count: one row for each movement that a month had; see `read_sums`.

    several: a customer may have more than one change of a kind in a month. A customer who expanded twice is one that
    expanded; one who left twice left twice, so that opening and movements give the closing for customers, too.
    """
    delta, key = nw.col("after") - nw.col("before"), nw.col("month") * len(MOVEMENTS) + nw.col("movement")
    rows: Any = planned(log).select(delta.alias("delta"), key.alias("key"), *(["customer"] if several else []))
    counted = {"count": nw.len(), "customers": nw.col("customer").n_unique() if several else nw.len()}
    sums = rows.group_by("key").agg(nw.col("delta").sum(), *(value.alias(name) for name, value in counted.items()))
    return sums.select("key", nw.col("delta").cast(nw.Int64), "count", "customers")


def read_sums(rows: Sequence[tuple[int, int, int, int]]) -> pd.DataFrame:
    """Month, movement, delta, count of the rows of `sums_by_month`."""
    months, names, deltas, counts = [], [], [], []
    for key, delta, count, customers in rows:
        name = MOVEMENTS[int(key) % len(MOVEMENTS)]
        months.append(int(key) // len(MOVEMENTS))
        names.append(name)
        deltas.append(int(delta))
        counts.append(int(customers if name in STAYING else count))
    sums = pd.DataFrame({"month": months, "movement": names, "delta": deltas, "count": counts})
    return sums.astype({"month": "int64", "delta": "int64", "count": "int64"})  # of no rows, too


def added(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The sums of parts that have no customer in common."""
    return pd.concat(parts).groupby(["month", "movement"], as_index=False).sum()


def roll_forward(sums: pd.DataFrame, through: int, step: int = 1) -> pd.DataFrame:
    """Every month from the first with a movement to `through`: opening, movements, closing, customers.

    step: how many months there are from one row to the next, where they are the ends of longer periods.
    """
    first = int(sums["month"].min()) if len(sums) else through + step
    ends = range(first, through + 1, step)
    extra = ["fx"] if "fx" in set(sums["movement"]) else []
    shown = ["opening", *MOVEMENTS, *extra, "closing", "net_new", *CUSTOMERS]
    columns = {name: [0] * len(ends) for name in shown}
    for month, movement, amount, count in sums[["month", "movement", "delta", "count"]].itertuples(index=False):
        row = (month - first) // step
        columns[movement][row] = amount
        if movement in COUNTED:
            columns[f"{COUNTED[movement]}_customers"][row] = count
    table = pd.DataFrame(columns, index=ends, dtype="int64")
    table["net_new"] = table[list(MOVEMENTS)].sum(axis=1)
    table["closing"] = table[["net_new", *extra]].sum(axis=1).cumsum()
    table["opening"] = table["closing"].shift(1, fill_value=0)
    came = table["new_customers"] + table["reactivated_customers"] - table["churned_customers"]
    table["closing_customers"] = came.cumsum()
    table["opening_customers"] = table["closing_customers"] - came
    table.index.name = "month"
    return table


def at_months(table: pd.DataFrame, wanted: Any) -> pd.DataFrame:
    """The table's rows at these months; before the first change there is nothing, which is 0."""
    return table.reindex(wanted, fill_value=0)
