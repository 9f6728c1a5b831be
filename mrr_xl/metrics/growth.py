"""Rates and ratios of the movements."""

from __future__ import annotations

from mrr_xl.later import pd
from mrr_xl.metrics.arguments import whole_months
from mrr_xl.metrics.registry import series
from mrr_xl.rollforward.book import Book


def ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """part ÷ whole, undefined where the whole is 0."""
    return part / whole.where(whole != 0)


@series("MRR_GROWTH", unit="rate", group="growth")
def growth(movements: pd.DataFrame) -> pd.Series:
    """How much the MRR grew in the month, as a fraction of its opening.

    Formula: net new ÷ opening. Undefined (#N/A) where the opening is 0.

    >>> round(metric("MRR_GROWTH", northstar, "2024-02"), 4)
    -0.1667
    """
    return ratio(movements["net_new"], movements["opening"])


@series("MRR_LOGO_CHURN", unit="rate", group="retention")
def logo_churn(movements: pd.DataFrame) -> pd.Series:
    """The share of the customers at the start of the month who left during it (logo churn; a logo is a customer).

    Formula: churned customers ÷ opening customers. Undefined (#N/A) where there were no customers.

    >>> round(metric("MRR_LOGO_CHURN", northstar, "2024-02"), 4)
    0.3333
    """
    return ratio(movements["churned_customers"], movements["opening_customers"])


@series("MRR_ARPA", unit="money", group="level")
def arpa(movements: pd.DataFrame) -> pd.Series:
    """The average MRR of a customer (average revenue per account).

    Formula: MRR ÷ customers. Undefined (#N/A) where there are no customers.

    >>> metric("MRR_ARPA", northstar, "2024-02")
    500.0
    """
    return ratio(movements["closing"], movements["closing_customers"])


@series("MRR_QUICK_RATIO", unit="ratio", group="growth")
def quick_ratio(movements: pd.DataFrame) -> pd.Series:
    """How many units of MRR were gained for each unit lost.

    Formula: (new + reactivation + expansion) ÷ −(contraction + churn). Undefined (#N/A) where nothing was lost.

    >>> metric("MRR_QUICK_RATIO", northstar, "2024-02")
    0.625
    """
    gained = movements["new"] + movements["reactivation"] + movements["expansion"]
    return ratio(gained, -(movements["contraction"] + movements["churn"]))


@series("MRR_GROWTH_YOY", unit="rate", group="growth")
def growth_yoy(book: Book) -> pd.Series:
    """How much the MRR grew in twelve months, as a fraction of the MRR twelve months ago.

    Formula: MRR ÷ MRR 12 months ago − 1. Undefined (#N/A) where there was no MRR twelve months ago.

    >>> metric("MRR_GROWTH_YOY", northstar, "2024-02")
    nan
    """
    return _over(book, 12) - 1


@series("MRR_CMGR", unit="rate", group="growth")
def cmgr(book: Book, months: object = 12) -> pd.Series:
    """The compound monthly growth rate: the steady rate that leads from the MRR some months ago to this month's.

    Formula: (MRR ÷ MRR n months ago) ^ (1 ÷ n) − 1; months is n, 12 if left out. Undefined (#N/A) where there was
    no MRR n months ago. Source: SaaSGrid's metrics library, https://www.saasgrid.com/metrics-library/cmgr, which
    shows it for 6 and 12 months.

    >>> round(metric("MRR_CMGR", northstar, "2024-02", months=1), 4)
    -0.1667
    """
    span = whole_months(months)
    return _over(book, span) ** (1 / span) - 1


def _over(book: Book, months: int) -> pd.Series:
    """The MRR of each month ÷ that of some months ago."""
    closing = book.movements["closing"]
    return ratio(closing, closing.shift(months))


@series("MRR_GROSS_CHURN_RATE", unit="rate", group="retention")
def gross_churn_rate(movements: pd.DataFrame) -> pd.Series:
    """The share of the opening that was lost to contraction and churn in the month.

    Formula: −(contraction + churn) ÷ opening. Undefined (#N/A) where the opening is 0. Source: ChartMogul, MRR
    churn rate, standard formula, https://help.chartmogul.com/hc/en-us/articles/203359341.

    >>> round(metric("MRR_GROSS_CHURN_RATE", northstar, "2024-02"), 4)
    0.4444
    """
    return ratio(-(movements["contraction"] + movements["churn"]), movements["opening"])


@series("MRR_NET_CHURN_RATE", unit="rate", group="retention")
def net_churn_rate(movements: pd.DataFrame) -> pd.Series:
    """The share of the opening that was lost, less what expansion and reactivation won back; negative is a gain.

    Formula: −(contraction + churn + expansion + reactivation) ÷ opening. Undefined (#N/A) where the opening is 0.
    Source: ChartMogul, net MRR churn rate, standard formula,
    https://help.chartmogul.com/hc/en-us/articles/4414075567250; Chargebee leaves reactivation out.

    >>> round(metric("MRR_NET_CHURN_RATE", northstar, "2024-02"), 4)
    0.3333
    """
    kept = movements["contraction"] + movements["churn"] + movements["expansion"] + movements["reactivation"]
    return ratio(-kept, movements["opening"])


@series("MRR_ASP", unit="money", group="behind")
def asp(movements: pd.DataFrame) -> pd.Series:
    """The average MRR of the month's new customers (average selling price).

    Formula: new MRR ÷ new customers. Undefined (#N/A) where there are no new customers. Source: ChartMogul, average
    sale price, https://help.chartmogul.com/hc/en-us/articles/203359381.

    >>> metric("MRR_ASP", northstar, "2024-02")
    300.0
    """
    return ratio(movements["new"], movements["new_customers"])
