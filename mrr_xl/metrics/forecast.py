"""The forecast, and how well its methods would have done."""

from __future__ import annotations

from math import fsum, nan

from mrr_xl import months as calendar
from mrr_xl.errors import MrrError
from mrr_xl.later import pd
from mrr_xl.ledger.pricing import money
from mrr_xl.metrics.arguments import whole_months
from mrr_xl.metrics.columns import CLOSING, EACH_MOVEMENT, MONTH, OPENING, Column
from mrr_xl.metrics.projection import (
    DRIVERS,
    METHODS,
    NEEDED,
    TRAILING,
    History,
    project,
    read_method,
    read_scenario,
)
from mrr_xl.metrics.registry import table
from mrr_xl.months import Month
from mrr_xl.rollforward.book import Book

HORIZONS = (1, 3, 6)
KNOWN = 12  #: the months that are known at the first origin of a backtest


@table(
    "MRR_FORECAST",
    group="next",
    columns=(MONTH, OPENING, EACH_MOVEMENT, CLOSING),
)
def forecast(book: Book, months: object = 12, method: object = DRIVERS, scenario: object = None) -> pd.DataFrame:
    """The months after the last one reported: opening, movements and closing as they may come.

    method naive: the MRR stays as it is. growth: it grows on by the compound monthly rate of the last 6 months.
    drivers: new and reactivation are the mean of the last 6 months; expansion, contraction and churn are rates of
    the opening, the sum of those 6 months ÷ the sum of their openings. A scenario multiplies drivers; a month
    never loses more than its opening. Of growth only the net change is known: it stands as expansion, or as
    contraction if it is negative.

    naive needs 1 month of history, growth and drivers 7. MRR_BACKTEST says how far to trust each of them.

    >>> metric("MRR_FORECAST", northstar, months=1, method="naive")[["month", "opening", "closing"]]
         month  opening  closing
    0  2024-03   1500.0   1500.0
    """
    horizon, chosen, factors = whole_months(months), read_method(method), read_scenario(scenario)
    if factors and chosen != DRIVERS:
        raise MrrError(f"a scenario changes the drivers, and method {chosen} has none; use method drivers")
    history = History.of(book.movements)
    history.needs(NEEDED[chosen], f"method {chosen}")
    projected = project(history, history.length - 1, horizon, chosen, factors)
    if not projected:
        month = calendar.month_label(Month(book.through - TRAILING))
        raise MrrError(f"the MRR of {month} is 0, so there is no growth since then; use method drivers or naive")
    coming = calendar.periods(range(book.through + 1, book.through + 1 + horizon))
    return money(pd.DataFrame(projected, index=coming, dtype="float64")).reset_index()


@table(
    "MRR_BACKTEST",
    group="next",
    columns=(
        Column("Method", "naive, growth or drivers", "text"),
        Column("Horizon", "how many months ahead: 1, 3 or 6", "count"),
        Column("Origins", "how many past forecasts count", "count"),
        Column("Mean abs error", "the mean of |forecast − actual| ÷ actual", "fraction"),
        Column("Bias", "the same with its sign; above 0 the forecast was too high", "fraction"),
        Column("Naive error", "the mean abs error, had the MRR been taken to stay as it was", "fraction"),
        Column("Better than naive", "yes or no; blank where there is no origin", "text"),
    ),
)
def backtest(book: Book, method: object = None) -> pd.DataFrame:
    """How far the forecast would have been off, had it been made in each past month with what was known then.

    One row for each method and horizon (1, 3 and 6 months ahead). origins: how many past forecasts count, each
    with at least 12 months known. mean_abs_error: the mean of |forecast − actual| ÷ actual. bias: the mean with
    its sign; above 0 the forecast was too high. naive_error: the same error, had the MRR been taken to stay as it
    was. Undefined (#N/A) where there is no origin; a month with an actual MRR of 0 is left out. Needs 13 months of
    history.
    Source: rolling forecasting origin, Hyndman and Athanasopoulos, https://otexts.com/fpp3/tscv.html.

    >>> import pandas as pd
    >>> months = [f"2023-{number:02}" for number in range(1, 13)] + ["2024-01"]
    >>> flat = pd.DataFrame({"customer": "A", "month": months, "mrr": 5})
    >>> metric("MRR_BACKTEST", flat, method="naive")[["horizon", "origins", "mean_abs_error"]]
       horizon  origins  mean_abs_error
    0        1        1             0.0
    1        3        0             NaN
    2        6        0             NaN
    """
    chosen = METHODS if method is None else (read_method(method),)
    history = History.of(book.movements)
    history.needs(KNOWN + 1, "a backtest")
    rows = []
    for name in chosen:
        errors = {horizon: _errors(history, name, horizon) for horizon in HORIZONS}
        rows += [_measured(name, horizon, measured) for horizon, measured in errors.items()]
    return pd.DataFrame(rows)


def _errors(history: History, method: str, horizon: int) -> list[tuple[float, float]]:
    """For every origin: the forecast's error and the naive one's, as fractions of the actual MRR."""
    closing, errors = history.columns["closing"], []
    for origin in range(KNOWN - 1, history.length - horizon):
        actual = closing[origin + horizon]
        path = project(history, origin, horizon, method) if actual else []
        if path:
            errors.append(((path[-1]["closing"] - actual) / actual, (closing[origin] - actual) / actual))
    return errors


def _measured(method: str, horizon: int, errors: list[tuple[float, float]]) -> dict[str, object]:
    def mean(values: list[float]) -> float:
        return fsum(values) / len(values) if values else nan

    error, naive = mean([abs(own) for own, _ in errors]), mean([abs(naive) for _, naive in errors])
    better = "yes" if error < naive else "no"
    return {
        "method": method,
        "horizon": horizon,
        "origins": len(errors),
        "mean_abs_error": error,
        "bias": mean([own for own, _ in errors]),
        "naive_error": naive,
        "better_than_naive": better if errors else "",
    }
