"""Ledger → Changes: one row per customer and month in which that customer's MRR changed.

A period adds its MRR in its first month and takes it away in its end month. Those deltas, summed per
customer and month and added up along time, are all there is: the work grows with the changes, never
with customers × months.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.ledger import days
from mrr_xl.ledger.frames import Frame
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.rollforward import running
from mrr_xl.rollforward.periods import deltas, paid_periods, slot_month
from mrr_xl.settings import Settings

#: In this order, a movement is a whole number inside Changes.
MOVEMENTS = ("new", "reactivation", "expansion", "contraction", "churn")


def changes(ledger: Ledger, settings: Settings) -> Frame:
    """Changes: customer, month, before, after (Int64 millionths), movement (its place in MOVEMENTS).

    With gross netting a customer may have several rows in a month, one for each day with a change (the slot).

    Frames in memory run along one sort; a database runs the same sums as windows (running.py).
    """
    return change_log(deltas(paid_periods(ledger, settings), settings), settings)


def change_log(deltas: Any, settings: Settings) -> Frame:
    """Deltas as Changes."""
    limit = settings.reactivation_days
    log = running.totals(deltas, ["customer"], ["delta"], limit is not None)
    new = nw.col("first")
    if limit is not None:
        away = days.day_number_expr(nw.col("returned")) - days.day_number_expr(nw.col("left_before"))
        new = new | ((nw.col("total_delta") == nw.col("delta")) & (away > limit))
    return classified(log, new, slot_month(settings))


def classified(log: Any, new: nw.Expr, month: nw.Expr, *also: str) -> Frame:
    """Running totals as Changes, of each customer and `also`; new: whether one who comes has not been here before."""
    delta, after = nw.col("delta"), nw.col("total_delta")
    before = after - delta
    number = {name: nw.lit(index) for index, name in enumerate(MOVEMENTS)}
    movement = (
        nw.when((before == 0) & new).then(number["new"])
        .when(before == 0).then(number["reactivation"])
        .when(after == 0).then(number["churn"])
        .when(delta > 0).then(number["expansion"])
        .otherwise(number["contraction"])
    )  # fmt: skip
    names = {"month": month, "before": before, "after": after, "movement": movement}
    return log.select("customer", *also, "slot", *(value.alias(name) for name, value in names.items()))
