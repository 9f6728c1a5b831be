"""The tables: movements, the customers behind them, and the checks."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.later import pd
from mrr_xl.ledger.frames import to_memory
from mrr_xl.ledger.pricing import money
from mrr_xl.metrics.arguments import choice
from mrr_xl.metrics.columns import CLOSING, CUSTOMER, EACH_MOVEMENT, MONTH, OPENING, Column
from mrr_xl.metrics.registry import table, value
from mrr_xl.rollforward.book import Book, presented
from mrr_xl.rollforward.bridge import phase_of
from mrr_xl.rollforward.changes import MOVEMENTS


@value("MRR_LAST_MONTH", unit="month", group="trust")
def last_month(book: Book) -> pd.Period:
    """The last month reported: the latest month of the data that is over, or the setting through.

    In a cell it is the month's first day. Source: docs/definitions.md, data edge.

    >>> metric("MRR_LAST_MONTH", northstar)
    Period('2024-02', 'M')
    """
    return months.period(book.through)


@table(
    "MRR_MOVEMENTS",
    group="movements",
    columns=(
        Column("Period", "only with the setting period: its name, such as 2024-Q1", "text"),
        MONTH,
        OPENING,
        EACH_MOVEMENT,
        Column("FX", "only with rates that change by month: as MRR_FX", "money"),
        CLOSING,
        Column("Net new", "as MRR_NET_NEW", "money"),
        Column(
            "Opening customers, New customers, Reactivated customers, Expanded customers, Contracted customers, "
            "Churned customers, Closing customers",
            "the customers behind each amount, as MRR_NEW_CUSTOMERS and the others give them",
            "count",
        ),
        Column(
            "Gross new, Gross reactivation, Gross expansion, Gross contraction, Gross churn",
            "only with the setting period: the sums of its months, as MRR_GROSS_MOVEMENT",
            "money",
        ),
    ),
)
def movements_table(book: Book, first_month: object = None, last_month: object = None) -> pd.DataFrame:
    """Opening, movements and closing, one row a month.

    >>> metric("MRR_MOVEMENTS", northstar)[["month", "net_new", "closing"]]
         month  net_new  closing
    0  2024-01   1800.0   1800.0
    1  2024-02   -300.0   1500.0
    """
    return presented(book, first_month, last_month)


@table(
    "MRR_DETAIL",
    group="behind",
    columns=(
        CUSTOMER,
        Column("Movement", "new, reactivation, expansion, contraction or churn", "text"),
        Column("Before, After", "the customer's MRR at the end of the month before, and of the month", "money"),
        Column("Change", "after − before", "money"),
    ),
)
def detail(book: Book, month: object = None, movement: object = None) -> pd.DataFrame:
    """The customers behind a month's movements, the largest first.

    movement: new, reactivation, expansion, contraction or churn; left out, all of them.

    >>> metric("MRR_DETAIL", northstar, "2024-02", movement="churn")
      customer movement  before  after  change
    0        B    churn   500.0    0.0  -500.0
    """
    wanted = book.reported(month)
    log: Any = book.bridge(phase_of(wanted, book.settings)).filter(nw.col("month") == wanted)
    if movement is not None and str(movement).strip():
        log = log.filter(nw.col("movement") == MOVEMENTS.index(choice(movement, "movement", "a movement")))
    rows = to_memory(log.select("customer", "movement", "before", "after")).to_dict(as_series=False)
    lines = pd.DataFrame({name: list(values) for name, values in rows.items()})
    lines["change"] = lines["after"] - lines["before"]
    lines = lines.sort_values(
        ["movement", "change", "customer"], key=lambda column: -column.abs() if column.name == "change" else column
    )
    amounts = {name: money(lines[name].astype("float64")) for name in ("before", "after", "change")}
    return lines.assign(movement=[MOVEMENTS[number] for number in lines["movement"]], **amounts).reset_index(drop=True)
