"""Rates and ratios of the movements."""

from __future__ import annotations

import pandas as pd

from mrr_xl.metrics.registry import series


def ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """part ÷ whole, undefined where the whole is 0."""
    return part / whole.where(whole != 0)


@series("MRR_GROWTH", unit="rate")
def growth(movements: pd.DataFrame) -> pd.Series:
    """How much the MRR grew in the month, as a fraction of its opening.

    Formula: net new ÷ opening. Undefined (#N/A) where the opening is 0.

    >>> round(metric("MRR_GROWTH", northstar, "2024-02"), 4)
    -0.1667
    """
    return ratio(movements["net_new"], movements["opening"])


@series("MRR_LOGO_CHURN", unit="rate")
def logo_churn(movements: pd.DataFrame) -> pd.Series:
    """The share of the opening's customers who left in the month.

    Formula: churned customers ÷ opening customers. Undefined (#N/A) where there were no customers.

    >>> round(metric("MRR_LOGO_CHURN", northstar, "2024-02"), 4)
    0.3333
    """
    return ratio(movements["churned_customers"], movements["opening_customers"])


@series("MRR_ARPA", unit="money")
def arpa(movements: pd.DataFrame) -> pd.Series:
    """The average MRR of a customer (average revenue per account).

    Formula: MRR ÷ customers. Undefined (#N/A) where there are no customers.

    >>> metric("MRR_ARPA", northstar, "2024-02")
    500.0
    """
    return ratio(movements["closing"], movements["closing_customers"])


@series("MRR_QUICK_RATIO", unit="ratio")
def quick_ratio(movements: pd.DataFrame) -> pd.Series:
    """How many units of MRR were gained for each unit lost.

    Formula: (new + reactivation + expansion) ÷ −(contraction + churn). Undefined (#N/A) where nothing was lost.

    >>> metric("MRR_QUICK_RATIO", northstar, "2024-02")
    0.625
    """
    gained = movements["new"] + movements["reactivation"] + movements["expansion"]
    return ratio(gained, -(movements["contraction"] + movements["churn"]))
