"""Movements with a rate for every month: what the exchange rates did stands in a row of its own, fx.

The MRR of a month is worth its month-end rate. What a customer changed is worth the rate of the opening,
and a new or returning customer that of the closing. The rest between opening and closing is fx.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.later import np, pd
from mrr_xl.ledger.frames import Frame, to_pandas
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.rates import Rates
from mrr_xl.months import Month
from mrr_xl.rollforward.bridge import end_of
from mrr_xl.rollforward.changes import MOVEMENTS
from mrr_xl.rollforward.periods import deltas, paid_periods
from mrr_xl.settings import Settings

_STAYED = -1  # moved between currencies, with nothing left over at the latest rates


def converted_movements(
    lines: Ledger, settings: Settings, log: Frame, through: int, length: int = 1, phase: int = 0
) -> pd.DataFrame:
    """Month, movement, delta (whole millionths), count: one row for each that there was; fx has the movement "fx".

    length, phase: of the periods whose changes the log has.
    """
    if settings.netting == "gross":
        raise MrrError("rates that change by month need netting=net; give one rate per currency, or no month column")
    local = _moves(lines, settings, through, length, phase)
    classes = _named(log.select("customer", "month", "movement"))
    moves = local.merge(classes, how="left", on=["customer", "month"])
    movement = moves["movement"].fillna(_STAYED).astype("int64")
    came = movement.isin([MOVEMENTS.index("new"), MOVEMENTS.index("reactivation")])
    rate = _rates(lines.rates, moves["currency"], moves["month"] - length * (~came).astype("int64"))
    moves = moves.assign(movement=movement, delta=_millionths(moves["delta"] * rate))
    net = moves.groupby(["customer", "month"]).agg(movement=("movement", "first"), delta=("delta", "sum")).reset_index()
    stayed = net["movement"].isin([_STAYED, MOVEMENTS.index("expansion"), MOVEMENTS.index("contraction")])
    rose = np.where(net["delta"] > 0, MOVEMENTS.index("expansion"), MOVEMENTS.index("contraction"))
    net["movement"] = np.where(stayed, rose, net["movement"])
    net = net[(net["delta"] != 0) | ~stayed]
    sums = net.groupby(["month", "movement"], as_index=False).agg(delta=("delta", "sum"), count=("delta", "size"))
    sums["movement"] = [MOVEMENTS[movement] for movement in sums["movement"]]
    return pd.concat([sums, _fx(lines.rates, local, sums, through, length)])


def _moves(lines: Ledger, settings: Settings, through: int, length: int, phase: int) -> pd.DataFrame:
    """What changed per customer, currency and period, in the currency's own millionths."""
    periods = paid_periods(lines, settings, "currency", amount="local")
    end = end_of(nw.col("slot"), length, phase)
    moves = deltas(periods, settings, "currency").with_columns(end.alias("slot")).filter(nw.col("slot") <= through)
    moves = moves.group_by("customer", "currency", "slot").agg(nw.col("delta").sum())
    moves = moves.with_columns(nw.col("delta").cast(nw.Int64)).filter(nw.col("delta") != 0)
    return _named(moves.rename({"slot": "month"}))


def _named(frame: Any) -> pd.DataFrame:
    """A frame in pandas, its customers and currencies as texts."""
    names = [name for name in ("customer", "currency") if name in frame.collect_schema().names()]
    return to_pandas(frame.with_columns(nw.col(*names).cast(nw.String)))


def _rates(rates: Rates, currencies: pd.Series, months: pd.Series) -> pd.Series:
    pairs = {pair: rates.at(*pair) for pair in sorted(set(zip(currencies, months)))}
    return pd.Series([pairs[pair] for pair in zip(currencies, months)], index=currencies.index, dtype="float64")


def _millionths(amounts: Any) -> Any:
    return np.floor(amounts + 0.5).astype("int64")


def _fx(rates: Rates, moves: pd.DataFrame, sums: pd.DataFrame, through: int, length: int) -> pd.DataFrame:
    """What is left between opening and closing."""
    local = moves.pivot_table(index="month", columns="currency", values="delta", aggfunc="sum", fill_value=0)
    first = int(local.index.min()) if len(local) else through + length
    local = local.reindex(range(first, through + 1, length), fill_value=0).astype("int64").cumsum()
    closing = pd.Series(0, index=local.index, dtype="int64")
    for currency in local.columns:
        for month, total in local[currency].items():
            if total:
                closing[month] += int(_millionths(total * rates.at(str(currency), Month(int(month)))))
    moved = sums.groupby("month")["delta"].sum().reindex(local.index, fill_value=0)
    rest = closing - closing.shift(1, fill_value=0) - moved
    return pd.DataFrame({"month": rest.index, "movement": "fx", "delta": rest.to_numpy(), "count": 0})
