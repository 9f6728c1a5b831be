"""What may be lost of the MRR: what is past due, and what ends soon."""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.later import np, pd
from mrr_xl.ledger.amounts import PAST_DUE
from mrr_xl.ledger.frames import to_pandas
from mrr_xl.ledger.pricing import money
from mrr_xl.metrics.arguments import whole_months
from mrr_xl.metrics.columns import CUSTOMER, Column
from mrr_xl.metrics.registry import series, table
from mrr_xl.months import OPEN, Day, day_of, latest_complete, periods
from mrr_xl.rollforward import running
from mrr_xl.rollforward.book import Book, data_edge
from mrr_xl.rollforward.periods import end_month, first_month, line_end, paid_periods
from mrr_xl.rollforward.snapshot import past_due_is_todays, since
from mrr_xl.rollforward.stock import stock


@series("MRR_PAST_DUE", unit="money", group="next")
def past_due(book: Book) -> pd.Series:
    """The part of the MRR that is past due at the month's end.

    Formula: Σ MRR of the lines that are past due by their status, from the day in a column such as past due since on.
    Where that is blank, a line is past due from its start if there is a line for each state; if statuses are today's,
    it is so in the last month of the data, and undefined (#N/A) before. At the latest exchange rates. Needs a
    column status. Source: docs/definitions.md, statuses.

    >>> statuses = ["active", "past_due", "active", "active", "active", "active"]
    >>> metric("MRR_PAST_DUE", northstar.assign(status=statuses), "2024-02")
    800.0
    """
    ledger, settings = book.lines, book.settings
    if not ledger.has("state"):
        raise MrrError("MRR_PAST_DUE needs a column status that says what is past due; there is none")
    usual = nw.lit(OPEN) if past_due_is_todays(ledger, settings) else nw.col("start")
    # The status of a paid period's line; a line in trial is paid for later than from its start.
    day = (nw.col("start") * 0 + since(ledger, "past_due", usual)).cast(nw.Int64).alias("since")
    lines: Any = paid_periods(ledger, settings, nw.col("state"), day).filter(nw.col("state") == PAST_DUE)
    as_of, known_from = settings.as_of, int(min(data_edge(book.ledger, settings), latest_complete()))
    on, until = first_month(nw.col("start"), as_of), end_month(nw.col("end"), as_of)
    unknown = nw.col("since") >= OPEN
    late = nw.when(unknown).then(nw.lit(known_from)).otherwise(first_month(nw.col("since"), as_of))
    late = nw.when(late > on).then(late).otherwise(on)
    figures = stock(book, lines.select(late.alias("on"), until.alias("until"), "mrr"))
    before = to_pandas(lines.filter(unknown).select(on.alias("on"), until.alias("until")).unique())
    for first, last in zip(before["on"], before["until"]):
        hidden = (figures.index >= first) & (figures.index < min(last, known_from))
        figures = figures.where(~hidden)
    return figures


@series("MRR_AT_RISK", unit="money", group="next")
def at_risk(book: Book, months: object = None) -> pd.Series:
    """The part of the month's MRR whose end is scheduled in the next months.

    Formula: Σ MRR of the lines that run and end within n months, less what the same customer's lines that begin on the
    day of that end are worth; months is n, 12 if left out. An end is scheduled from the day in the column cancelled on,
    a line where that is blank having none; without that column each end is. At the latest exchange rates.
    Undefined (#N/A) where the ledger is a schedule, which has no ends. Source: docs/definitions.md, MRR at risk.

    >>> metric("MRR_AT_RISK", northstar, "2024-02")
    nan
    >>> contracts = northstar.rename(columns={"month": "start"}).assign(end="2024-09-01")
    >>> metric("MRR_AT_RISK", contracts, "2024-01", months=8)
    1800.0
    """
    return book.once(_at_risk, 12 if months is None else whole_months(months))


def _at_risk(book: Book, ahead: int) -> pd.Series:
    lines = _ending(book)
    if lines is None:
        return pd.Series(np.nan, index=book.at_one_rate.index)
    on, off, last = nw.col("on"), nw.col("off"), nw.col("line_off")
    begin = nw.when(last - ahead > on).then(last - ahead).otherwise(on)
    lines = lines.with_columns(begin.alias("begin")).filter(nw.col("begin") < off)
    key = ["customer", "line_end", "lost"]
    mrr = nw.col("mrr")
    begun = lines.select(*key, nw.col("begin").alias("slot"), mrr.alias("delta"))
    over = lines.select(*key, off.alias("slot"), (-mrr).alias("delta"))
    log: Any = nw.concat([begun, over])
    ends = nw.col("line_end").cast(nw.String)
    log = log.with_columns((ends.cast(nw.Categorical) if book.lines.in_memory else ends).alias("ends"))
    lost = log.group_by("customer", "ends").agg(nw.col("lost").max())
    log = running.totals(log.select("customer", "ends", "slot", "delta"), ["customer", "ends"], ["delta"])
    log = log.join(lost, on=["customer", "ends"], how="left")
    after, before = nw.col("total_delta"), nw.col("total_delta") - nw.col("delta")
    least = nw.min_horizontal(after, "lost") - nw.min_horizontal(before, "lost")
    sums = log.select(nw.col("slot").alias("month"), least.cast(nw.Int64).alias("delta")).group_by("month")
    deltas = to_pandas(sums.agg(nw.col("delta").sum()).with_columns(nw.col("delta").cast(nw.Int64))).set_index("month")
    totals = deltas["delta"].sort_index().cumsum()
    return totals.reindex(book.at_one_rate.index, method="ffill", fill_value=0).astype("int64")


def _ending(book: Book) -> Any:
    """The paid periods whose line's end is scheduled at some time: customer, line_end, mrr, lost and months.

    on and off: the first month in which one counts and its end is scheduled, and the first in which it no longer
    counts; line_off: the latter of its whole line. lost: what the customer's MRR falls by on the day of that end. None:
    the ledger has no ends.
    """
    ledger, settings = book.lines, book.settings
    if ledger.layout.kind != "subscriptions":
        return None
    also = [line_end(ledger, settings).alias("line_end"), *([nw.col("cancelled")] if ledger.has("cancelled") else [])]
    lines: Any = paid_periods(ledger, settings, *also)
    start, end, last, mrr, as_of = (*(nw.col(name) for name in ("start", "end", "line_end", "mrr")), settings.as_of)
    changes = nw.concat(
        [
            lines.select("customer", start.alias("line_end"), (-mrr).alias("lost")),
            lines.filter(end < OPEN).select("customer", end.alias("line_end"), mrr.alias("lost")),
        ]
    )
    lost = changes.group_by("customer", "line_end").agg(nw.col("lost").sum())
    lost = lost.with_columns(nw.col("lost").cast(nw.Int64)).filter(nw.col("lost") > 0)
    on = first_month(start, as_of)
    if ledger.has("cancelled"):
        announced = end_month(nw.col("cancelled"), as_of)
        on = nw.when(announced > on).then(announced).otherwise(on)
        lines = lines.filter(nw.col("cancelled") < OPEN)
    lines = lines.filter(last < OPEN).join(lost, on=["customer", "line_end"], how="inner")
    off, line_off = end_month(end, as_of), end_month(last, as_of)
    return lines.select(
        "customer", "line_end", "mrr", "lost", on.alias("on"), off.alias("off"), line_off.alias("line_off")
    )


@table(
    "MRR_RENEWALS",
    group="next",
    columns=(
        Column("Month", "the first month without that MRR, as its first day", "date"),
        CUSTOMER,
        Column("MRR", "what ends, less what begins on that day", "money"),
        Column("End", "the day of the end, as the setting end_date has it", "date"),
    ),
)
def renewals(book: Book, month: object = None, months: object = None) -> pd.DataFrame:
    """The list behind MRR_AT_RISK: whose MRR ends in the next months, by the month of the end, the largest first.

    months: how many months ahead, 12 if left out. month: the first month without that MRR; end: the day of the end as
    the setting end_date has it. The sum of mrr is MRR_AT_RISK. Needs lines with a start and an end.

    >>> contracts = northstar.rename(columns={"month": "start"}).assign(end="2024-09-01")
    >>> metric("MRR_RENEWALS", contracts, "2024-01", months=8)
         month customer    mrr         end
    0  2024-09        D  700.0  2024-09-01
    1  2024-09        A  600.0  2024-09-01
    2  2024-09        B  500.0  2024-09-01
    """
    wanted, ahead = book.reported(month), 12 if months is None else whole_months(months)
    lines = _ending(book)
    if lines is None:
        raise MrrError("MRR_RENEWALS needs lines with a start and an end; a schedule has none")
    on, off, last = nw.col("on"), nw.col("off"), nw.col("line_off")
    lines = lines.filter(on <= wanted, off > wanted, last <= wanted + ahead)
    rows = lines.group_by("customer", "line_end", "line_off").agg(nw.col("mrr").sum(), nw.col("lost").max())
    rows = to_pandas(rows.with_columns(nw.col("customer").cast(nw.String), nw.col("mrr").cast(nw.Int64)))
    rows["mrr"] = rows[["mrr", "lost"]].min(axis=1)
    rows = rows.sort_values(["line_off", "mrr", "line_end", "customer"], ascending=[True, False, True, True])
    before = dt.timedelta(days=1 if book.settings.end_date == "inclusive" else 0)
    ends = [pd.Period(day_of(Day(int(day))) - before, freq="D") for day in rows["line_end"]]
    return pd.DataFrame(
        {
            "month": periods(rows["line_off"]),
            "customer": rows["customer"].to_numpy(),
            "mrr": money(rows["mrr"]).to_numpy(),
            "end": pd.PeriodIndex(ends, freq="D"),
        }
    )
