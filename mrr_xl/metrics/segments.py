"""The movements inside the parts of a ledger: plans, regions, products, or whatever a column says.

A customer who comes or goes does so in every segment. One who stays and gains in some segments what they lose
in others has moved: that is a transfer, and only the rest is expansion or contraction. So transfers sum to 0, and
every movement sums over the segments to the movement of the whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.later import np, pd
from mrr_xl.ledger.conditions import refuse_unknown_values
from mrr_xl.ledger.frames import together
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.names import name_of
from mrr_xl.ledger.pricing import money
from mrr_xl.metrics.columns import CLOSING, EACH_MOVEMENT, OPENING, Column
from mrr_xl.metrics.registry import table
from mrr_xl.rollforward import running
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.bridge import end_of, phase_of
from mrr_xl.rollforward.changes import MOVEMENTS
from mrr_xl.rollforward.periods import deltas, paid_periods, slot_month
from mrr_xl.settings import LENGTHS

BLANK, TOTAL = "(blank)", "total"
PARTS = (*MOVEMENTS, "transfer_in", "transfer_out")
_SHOWN = ["opening", *PARTS, "closing"]
_NEW, _REACTIVATION, _EXPANSION, _CONTRACTION, _CHURN, _IN, _OUT = range(len(PARTS))


@table(
    "MRR_SEGMENTS",
    group="behind",
    columns=(
        Column("Segment", 'the value of the column `by`, "(blank)" for none; "total" in the last row', "text"),
        OPENING,
        EACH_MOVEMENT,
        Column("Transfer in, Transfer out", "what customers who stayed moved from or to other segments", "money"),
        CLOSING,
    ),
)
def segments(book: Book, by: object, month: object = None) -> pd.DataFrame:
    """A month's movements in each segment of the customers' MRR, the largest closing first, and their total.

    by: the column that says the segment; a blank is "(blank)". A customer who stays and pays more in one segment and
    less in another has a transfer, out of the one and into the other, as far as the two are equal; what is left is
    expansion or contraction. Transfers sum to 0, and each movement sums to that of MRR_MOVEMENTS.
    Rates that change by month: all at the latest ones, so that nothing here is exchange.
    Source: docs/definitions.md, segments.

    >>> metric("MRR_SEGMENTS", northstar, "2024-02", by="customer")[["segment", "opening", "churn", "closing"]]
      segment  opening  churn  closing
    0       A    600.0    0.0    800.0
    1       D    700.0    0.0    400.0
    2       C      0.0    0.0    300.0
    3       B    500.0 -500.0      0.0
    4   total   1800.0 -500.0   1500.0
    """
    wanted, column = book.reported(month), "" if by is None else str(by)
    if not column.strip():
        columns = ", ".join(book.ledger.headers)
        raise MrrError(f"nothing says which column holds the segment; the columns are {columns}")
    long = segment_movements(book, column, phase_of(wanted, book.settings))
    rows = long[long["month"] == wanted].drop(columns="month")
    rows = rows[(rows[_SHOWN] != 0).any(axis=1)].sort_values(["closing", "segment"], ascending=[False, True])
    total = pd.DataFrame([{"segment": TOTAL, **rows[_SHOWN].sum().to_dict()}])
    shown = pd.concat([rows, total], ignore_index=True)
    return shown.assign(**{name: money(shown[name].astype("float64")) for name in _SHOWN})


def segment_movements(book: Book, by: str, phase: int = 0) -> pd.DataFrame:
    """Month, segment, opening, the movements, transfer_in, transfer_out, closing: whole millionths.

    The months are the ends of all periods of one phase; with the setting period=month, all months.
    """
    return book.once(_by_period, book.ledger.column(by), phase)


def _by_period(book: Book, column: str, phase: int) -> pd.DataFrame:
    moved, length = _moved(book, column, phase), LENGTHS[book.settings.period]
    month, ends = end_of(slot_month(book.settings), length, phase), book.by_period_at_one_rate.index
    index = ends[ends % length == phase]
    asked = [_summed(_classified(moved), month * len(PARTS) + nw.col("part"), "delta")]
    asked.append(_summed(_transfers(moved), month, "into", "out"))
    sums, transfers = (pd.DataFrame(rows, columns=part.columns) for part, rows in zip(asked, together(asked)))
    names = sorted(set(sums["segment"]))
    grid = np.zeros((len(index), len(names), len(PARTS)), dtype="int64")
    first, segments = int(index.min()) if len(index) else 0, pd.Index(names)

    def add(rows: pd.DataFrame, months_: pd.Series, part: Any, amounts: pd.Series) -> None:
        np.add.at(grid, ((months_ - first) // length, segments.get_indexer(rows["segment"]), part), amounts)

    add(sums, sums["key"] // len(PARTS), sums["key"] % len(PARTS), sums["delta"])
    corrections = {
        _IN: transfers["into"],
        _EXPANSION: -transfers["into"],
        _OUT: -transfers["out"],
        _CONTRACTION: transfers["out"],
    }
    for part, amounts in corrections.items():
        add(transfers, transfers["key"], part, amounts)
    net = grid.sum(axis=2)
    closing = net.cumsum(axis=0)
    shown = {"month": np.repeat(index.to_numpy(), len(names)), "segment": np.tile(np.array(names, object), len(index))}
    shown |= {"opening": (closing - net).ravel()} | {name: grid[..., part].ravel() for part, name in enumerate(PARTS)}
    return pd.DataFrame(shown | {"closing": closing.ravel()})


def _summed(frame: Any, key: nw.Expr, *amounts: str) -> Any:
    """The amounts summed by segment and place, one number to group by."""
    sums = frame.select("segment", *amounts, key.alias("key")).group_by("segment", "key")
    sums = sums.agg(nw.col(*amounts).sum()).with_columns(nw.col(*amounts).cast(nw.Int64))
    return sums.with_columns(nw.col("segment").cast(nw.String))


def lines_by(book: Book, column: str) -> Ledger:
    """The book's lines with a column of theirs as texts, named segment."""
    refuse_unknown_values(book.lines, column)
    frame: Any = book.lines.frame
    frame = frame.with_columns(_text(column, frame.collect_schema()[column]).alias("segment"))
    if book.lines.in_memory:
        frame = frame.with_columns(nw.col("segment").cast(nw.Categorical))
    return replace(book.lines, frame=frame)


def _moved(book: Book, column: str, phase: int) -> Any:
    """What changed: customer, segment, slot, delta, and the customer's movement; who only moves about expands by 0."""
    rules = book.settings
    moved = deltas(paid_periods(lines_by(book, column), rules, "segment"), rules, "segment")
    end = end_of(slot_month(rules), LENGTHS[rules.period], phase)
    moved = moved.filter(end <= book.through)
    if rules.netting == "net":
        moved = moved.with_columns(end.alias("slot"))
    moved = running.totals(moved, ["customer", "segment"], ["delta"])
    moved = moved.select("customer", "segment", "slot", "delta")
    moved = moved.join(book.bridge(phase).select("customer", "slot", "movement"), on=["customer", "slot"], how="left")
    return moved.with_columns(nw.col("movement").fill_null(_EXPANSION).cast(nw.Int64))


def _text(column: str, dtype: Any) -> nw.Expr:
    text = name_of(nw.col(column), dtype)
    return nw.when(text.is_null() | (text == "")).then(nw.lit(BLANK)).otherwise(text)


_COMES_OR_GOES = [_NEW, _REACTIVATION, _CHURN]


def _classified(moved: Any) -> Any:
    """Each change as if there were no transfers: segment, slot, delta, part."""
    movement, delta = nw.col("movement"), nw.col("delta")
    part = (
        nw.when(movement.is_in(_COMES_OR_GOES)).then(movement)
        .when(delta > 0).then(nw.lit(_EXPANSION))
        .otherwise(nw.lit(_CONTRACTION))
    )  # fmt: skip
    return moved.select("segment", "slot", "delta", part.cast(nw.Int64).alias("part"))


def _transfers(moved: Any) -> Any:
    """What is transfer and no expansion or contraction: segment, slot, into, out.

    The lesser of what a customer gains and loses in a slot goes round; in the order of the segments' names
    it fills up each gain, and each loss.
    """
    who, delta, none = ["customer", "slot"], nw.col("delta"), nw.lit(0)
    staying = moved.filter(~nw.col("movement").is_in(_COMES_OR_GOES)).with_columns(
        nw.when(delta > 0).then(delta).otherwise(none).alias("gain"),
        nw.when(delta < 0).then(-delta).otherwise(none).alias("loss"),
    )
    round_ = staying.group_by(*who).agg(nw.col("gain").sum().alias("gains"), nw.col("loss").sum().alias("losses"))
    round_ = round_.with_columns(nw.col("gains", "losses").cast(nw.Int64))
    round_ = round_.filter((nw.col("gains") > 0) & (nw.col("losses") > 0)).select(
        *who, nw.min_horizontal("gains", "losses").alias("round")
    )
    movers = staying.join(round_, on=who, how="inner").with_columns(nw.col("segment").cast(nw.String))
    movers = movers.with_columns(
        nw.col(name).cum_sum().over(*who, order_by="segment").cast(nw.Int64).alias(f"{name}_so_far")
        for name in ("gain", "loss")
    )

    def filled(name: str) -> nw.Expr:
        amount = nw.col(name)
        left = nw.col("round") - (nw.col(f"{name}_so_far") - amount)
        return nw.when(left <= 0).then(none).when(left < amount).then(left).otherwise(amount)

    return movers.select("segment", "slot", filled("gain").alias("into"), filled("loss").alias("out"))
