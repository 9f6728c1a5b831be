"""How much of the MRR hangs on few customers, and the customers themselves."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.errors import MrrError, shown
from mrr_xl.later import np, pd
from mrr_xl.ledger.frames import to_pandas
from mrr_xl.ledger.pricing import money, number
from mrr_xl.metrics.columns import CUSTOMER, Column
from mrr_xl.metrics.growth import ratio
from mrr_xl.metrics.registry import series, table
from mrr_xl.rollforward.book import Book

CELLS = 20_000_000  # a schedule larger than this is no table for a reader

_ALL = 2**31 - 1  # customers; no ledger has as many


def _count(n: object) -> int:
    count = number(n, "a number of customers")
    if count < 1 or not count.is_integer():
        raise MrrError(f"n cannot be {shown(n)}; it must be a whole number, 1 or more")
    return int(min(count, _ALL))


def largest(book: Book, n: int) -> pd.Series:
    """The MRR of the n largest customers of every month, in millionths.

    A change holds until its customer's next one. Of those that hold over the same months only the n largest can
    ever be among the n largest, so that few are left to look at month by month.
    """
    month, mrr, until = nw.col("month"), nw.col("after"), nw.col("until")
    runs: Any = book.month_ends
    next_one = month.shift(-1).over("customer", order_by="month").fill_null(book.through + 1).cast(nw.Int64)
    runs = runs.select("month", "after", next_one.alias("until")).filter(mrr > 0)
    rank = mrr.rank("ordinal", descending=True).over("month", "until")
    runs = to_pandas(runs.with_columns(rank.alias("rank")).filter(nw.col("rank") <= n).select(month, until, mrr))
    begin, end, amount = (runs[name].to_numpy() for name in ("month", "until", "after"))
    sums = []
    for each in book.at_one_rate.index:
        amounts = np.sort(amount[(begin <= each) & (each < end)])
        sums.append(int(amounts[-n:].sum()))
    return pd.Series(sums, index=book.at_one_rate.index, dtype="int64")


@series("MRR_TOP_SHARE", unit="rate", group="concentration")
def top_share(book: Book, n: object = 10) -> pd.Series:
    """The share of the MRR that the largest customers pay.

    Formula: Σ MRR of the n largest customers of the month ÷ MRR. Undefined (#N/A) where the MRR is 0.
    Source: the concentration ratio CR n of economics.

    >>> round(metric("MRR_TOP_SHARE", northstar, "2024-02", n=1), 4)
    0.5333
    """
    return ratio(book.once(largest, _count(n)), book.at_one_rate["closing"])


@series("MRR_HHI", unit="ratio", group="concentration")
def hhi(book: Book) -> pd.Series:
    """How concentrated the MRR is: near 0 for many small customers, 1 for a single one.

    Formula: Σ (a customer's share of the MRR)². Undefined (#N/A) where the MRR is 0.
    Source: the Herfindahl–Hirschman index of economics, on shares from 0 to 1.

    >>> round(metric("MRR_HHI", northstar, "2024-02"), 4)
    0.3956
    """
    squares = book.once(_squares).clip(lower=0)
    return ratio(squares, money(book.at_one_rate["closing"]) ** 2).clip(upper=1)


def _squares(book: Book) -> pd.Series:
    """Σ MRR² of every month, in whole currency units."""
    before, after = (money(nw.col(name).cast(nw.Float64)) for name in ("before", "after"))
    steps: Any = book.changes.select("month", ((after - before) * (after + before)).alias("squares"))
    sums = to_pandas(steps.group_by("month").agg(nw.col("squares").sum())).set_index("month")["squares"]
    return sums.reindex(book.at_one_rate.index, fill_value=0.0).cumsum()


@table(
    "MRR_TOP",
    group="concentration",
    columns=(
        Column("Rank", "1 for the largest customer", "count"),
        CUSTOMER,
        Column("MRR", "what the customer pays in that month", "money"),
        Column("Share", "the customer's MRR ÷ the MRR of the month", "fraction"),
        Column("Cumulative share", "the share of this customer and those above", "fraction"),
    ),
)
def top(book: Book, n: object = 10, month: object = None) -> pd.DataFrame:
    """The largest customers of a month, what each pays, and their share of the MRR.

    Formula: share = MRR of the customer ÷ MRR of the month; cumulative share = of this customer and those above.
    Customers who pay the same stand in the order of their names.

    >>> metric("MRR_TOP", northstar, "2024-02", n=2).round(4)
       rank customer    mrr   share  cumulative_share
    0     1        A  800.0  0.5333            0.5333
    1     2        D  400.0  0.2667            0.8000
    """
    wanted, count = book.reported(month), _count(n)
    log: Any = book.changes.filter(nw.col("month") <= wanted)
    log = log.select("customer", (nw.col("after") - nw.col("before")).alias("mrr"))
    sums = log.group_by("customer").agg(nw.col("mrr").sum()).with_columns(nw.col("mrr").cast(nw.Int64))
    paying = to_pandas(sums.filter(nw.col("mrr") > 0).with_columns(nw.col("customer").cast(nw.String)))
    total = paying["mrr"].sum()
    paying = paying.sort_values(["mrr", "customer"], ascending=[False, True]).head(count).reset_index(drop=True)
    return pd.DataFrame(
        {
            "rank": range(1, len(paying) + 1),
            "customer": paying["customer"],
            "mrr": money(paying["mrr"]),
            "share": paying["mrr"] / total,
            "cumulative_share": paying["mrr"].cumsum() / total,
        }
    )


@table(
    "MRR_SCHEDULE",
    group="level",
    columns=(
        CUSTOMER,
        Column("each month", "what the customer pays in that month; the header is a text such as 2024-03", "money"),
    ),
)
def schedule(book: Book, first_month: object = None, last_month: object = None) -> pd.DataFrame:
    """What every customer pays in every month: one row a customer, one column a month.

    The customers with MRR in one of these months, in the order of their names. With the setting period, too, it is of
    months, up to the last one reported.

    >>> metric("MRR_SCHEDULE", northstar)
      customer  2024-01  2024-02
    0        A    600.0    800.0
    1        B    500.0      0.0
    2        C      0.0    300.0
    3        D    700.0    400.0
    """
    first, last = book.span(first_month, last_month, whole=False)
    last = max(last, months.Month(first - 1))  # no month, where the last one is before the data's first
    log: Any = book.changes.filter(nw.col("month") <= last)
    log = log.select(nw.col("customer").cast(nw.String), "month", (nw.col("after") - nw.col("before")).alias("delta"))
    steps = to_pandas(log)
    who, names = pd.factorize(steps["customer"], sort=True)
    if len(names) * (last + 1 - first) > CELLS:
        raise MrrError(f"{len(names):,} customers × {last + 1 - first} months are too many cells; show fewer months")
    grid = np.zeros((len(names), last + 1 - first), dtype="int64")
    np.add.at(grid, (who, np.maximum(steps["month"].to_numpy() - first, 0)), steps["delta"].to_numpy())
    grid = grid.cumsum(axis=1)
    paying = grid.any(axis=1)
    columns = list(months.periods(range(first, last + 1)))
    shown = pd.DataFrame(money(grid[paying]), columns=pd.Index(columns, dtype=object))
    shown.insert(0, "customer", np.asarray(names, dtype=object)[paying])
    return shown
