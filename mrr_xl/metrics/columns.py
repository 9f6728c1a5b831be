"""What the columns of the tables are, under the headers that a cell has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """Columns of one kind; heads: their headers, or what the headers are where they depend on the data."""

    heads: str
    what: str
    unit: str


_MONTH = Column("Month", "the month, as its first day", "date")
_CUSTOMER = Column("Customer", "the customer", "text")
_OPENING = Column("Opening", "the MRR at the end of the month before", "money")
_CLOSING = Column("Closing", "the MRR at the end of the month", "money")
_MOVEMENTS = Column(
    "New, Reactivation, Expansion, Contraction, Churn",
    "the movements, as MRR_NEW and the others give them; contraction and churn are 0 or negative",
    "money",
)

#: The columns of each table; a test computes them.
COLUMNS: dict[str, tuple[Column, ...]] = {
    "MRR_MOVEMENTS": (
        Column("Period", "only with the setting period: its name, such as 2024-Q1", "text"),
        _MONTH,
        _OPENING,
        _MOVEMENTS,
        Column("FX", "only with rates that change by month: as MRR_FX", "money"),
        _CLOSING,
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
    "MRR_DETAIL": (
        _CUSTOMER,
        Column("Movement", "new, reactivation, expansion, contraction or churn", "text"),
        Column("Before, After", "the customer's MRR at the end of the month before, and of the month", "money"),
        Column("Change", "after − before", "money"),
    ),
    "MRR_SEGMENTS": (
        Column("Segment", 'the value of the column `by`, "(blank)" for none; "total" in the last row', "text"),
        _OPENING,
        _MOVEMENTS,
        Column("Transfer in, Transfer out", "what customers who stayed moved from or to other segments", "money"),
        _CLOSING,
    ),
    "MRR_SCHEDULE": (
        _CUSTOMER,
        Column("each month", "what the customer pays in that month; the header is a text such as 2024-03", "money"),
    ),
    "MRR_COHORTS": (
        Column("Cohort", "when its customers joined: 2024-03, 2024-Q1 or 2024", "text"),
        Column("Size", "its MRR in the first month; with the measure logos, its customers", "money or count"),
        Column("0, 1, 2 …", "the share that is left after so many months; blank if not reached yet", "fraction"),
    ),
    "MRR_TOP": (
        Column("Rank", "1 for the largest customer", "count"),
        _CUSTOMER,
        Column("MRR", "what the customer pays in that month", "money"),
        Column("Share", "the customer's MRR ÷ the MRR of the month", "fraction"),
        Column("Cumulative share", "the share of this customer and those above", "fraction"),
    ),
    "MRR_RENEWALS": (
        Column("Month", "the first month without that MRR, as its first day", "date"),
        _CUSTOMER,
        Column("MRR", "what ends, less what begins on that day", "money"),
        Column("End", "the day of the end, as the setting end_date has it", "date"),
    ),
    "MRR_CHECKS": (
        Column("Check", "what was looked at", "text"),
        Column("Result", "OK, note or problem", "text"),
        Column("Lines", "how many lines it concerns", "count"),
        Column("First row", "the row of the first of them, the header being row 1; blank for none", "count"),
        Column("Says", "what was found, and what to do about it", "text"),
    ),
    "MRR_FORECAST": (_MONTH, _OPENING, _MOVEMENTS, _CLOSING),
    "MRR_BACKTEST": (
        Column("Method", "naive, growth or drivers", "text"),
        Column("Horizon", "how many months ahead: 1, 3 or 6", "count"),
        Column("Origins", "how many past forecasts count", "count"),
        Column("Mean abs error", "the mean of |forecast − actual| ÷ actual", "fraction"),
        Column("Bias", "the same with its sign; above 0 the forecast was too high", "fraction"),
        Column("Naive error", "the mean abs error, had the MRR been taken to stay as it was", "fraction"),
        Column("Better than naive", "yes or no; blank where there is no origin", "text"),
    ),
}
