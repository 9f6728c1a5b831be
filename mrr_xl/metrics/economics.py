"""What a customer is worth and costs: one monthly figure, and plain arithmetic on figures from elsewhere.

A figure that is undefined (NaN, #N/A) makes what is computed from it undefined too.
"""

from __future__ import annotations

from math import nan

from mrr_xl.errors import MrrError, shown
from mrr_xl.later import pd
from mrr_xl.ledger.pricing import finite, number_or_percent
from mrr_xl.metrics.growth import arpa, logo_churn, ratio
from mrr_xl.metrics.registry import arithmetic, series
from mrr_xl.rollforward.book import Book
from mrr_xl.rule_kinds import fraction

LTV_MONTHS = 6


@series("MRR_LTV", unit="money", group="economics")
def ltv(book: Book) -> pd.Series:
    """The lifetime value of a customer: what an average customer pays before leaving, after costs.

    Formula: ARPA × gross margin ÷ mean logo churn of this month and the 5 before; the gross margin is the setting
    gross_margin. Undefined (#N/A) where nobody left in those 6 months, where one of them has no opening customers
    (as the first month of the data never has), or where there are no customers. Source: ChartMogul, customer
    lifetime value, https://help.chartmogul.com/hc/en-us/articles/203359061, whose 6 months end the month before.

    >>> metric("MRR_LTV", northstar, "2024-02")
    nan
    """
    churn = logo_churn(book.movements)
    # Added up afresh for every month, so that six months without churn are exactly 0.
    mean = sum((churn.shift(lag) for lag in range(1, LTV_MONTHS)), churn) / LTV_MONTHS
    return ratio(arpa(book.movements) * book.settings.gross_margin, mean)


@arithmetic("MRR_CAC_PAYBACK", unit="ratio", group="economics")
def cac_payback(spend: object, new_mrr: object, gross_margin: object = 1) -> float:
    """How many months of gross profit from new customers it takes to earn back what winning them cost.

    Formula: spend ÷ (new MRR × gross margin). Undefined (#N/A) where the new MRR is 0. Source: David Skok, SaaS
    Metrics 2.0, months to recover CAC.

    >>> metric("MRR_CAC_PAYBACK", spend=12000, new_mrr=1250, gross_margin=0.8)
    12.0
    """
    try:
        margin = fraction(gross_margin)
    except ValueError:
        raise MrrError(f"{shown(gross_margin)} is not a gross margin; write a fraction above 0 and up to 1") from None
    return _divided(_amount(spend, "a spend"), _amount(new_mrr, "a new MRR") * margin)


@arithmetic("MRR_LTV_CAC", unit="ratio", group="economics")
def ltv_cac(ltv: object, cac: object) -> float:
    """How many times the cost of winning a customer comes back over that customer's lifetime.

    Formula: LTV ÷ CAC. Undefined (#N/A) where the CAC is 0 or the LTV undefined. Source: David Skok, SaaS Metrics
    2.0.

    >>> metric("MRR_LTV_CAC", ltv=2000, cac=500)
    4.0
    """
    return _divided(_amount(ltv, "a lifetime value"), _amount(cac, "a cost of acquisition"))


@arithmetic("MRR_MAGIC_NUMBER", unit="ratio", group="economics")
def magic_number(net_new_mrr: object, spend: object) -> float:
    """How much new annual recurring revenue a quarter brought for each unit of spend in the quarter before.

    Formula: net new MRR of a quarter × 12 ÷ sales and marketing spend of the quarter before. Undefined (#N/A) where
    the spend is 0. Source: Scale Venture Partners, https://www.scalevp.com/insights/from-0-to-1m-the-magic-number/,
    with the quarter's growth in revenue × 4 in place of net new MRR × 12.

    >>> metric("MRR_MAGIC_NUMBER", net_new_mrr=5000, spend=40000)
    1.5
    """
    return _divided(_figure(net_new_mrr, "a net new MRR") * 12, _amount(spend, "a spend"))


@arithmetic("MRR_BURN_MULTIPLE", unit="ratio", group="economics")
def burn_multiple(net_burn: object, net_new_mrr: object) -> float:
    """How much cash was burned for each unit of new annual recurring revenue; less is better.

    Formula: net burn ÷ (net new MRR × 12), both of the same quarter (or month, or year). Net burn is the cash that
    went out less the cash that came in, without what investors and lenders gave; it is negative where more came in,
    and then so is the multiple. Undefined (#N/A) where the net new MRR is 0 or less. Source: David Sacks, The Burn
    Multiple, https://sacks.substack.com/p/the-burn-multiple-51a7e43cb200; what is negative and what is undefined:
    SaaSGrid, https://www.saasgrid.com/docs/burn-multiple.

    >>> metric("MRR_BURN_MULTIPLE", net_burn=120000, net_new_mrr=5000)
    2.0
    """
    burn, gained = _figure(net_burn, "a net burn"), _figure(net_new_mrr, "a net new MRR") * 12
    return nan if gained <= 0 else _divided(burn, gained)


@arithmetic("MRR_RULE_OF_40", unit="rate", group="economics")
def rule_of_40(growth: object, margin: object) -> float:
    """Growth and profit margin in one figure; the rule of 40 asks for 0.4 or more.

    Formula: growth + margin, both as fractions. Undefined (#N/A) where one of them is undefined. Source: Brad Feld,
    http://www.feld.com/archives/2015/02/rule-40-healthy-saas-company.html.

    >>> metric("MRR_RULE_OF_40", growth=0.3, margin=0.125)
    0.425
    """
    return finite(_figure(growth, "a growth") + _figure(margin, "a margin"), growth, margin)


def _figure(value: object, meaning: str) -> float:
    return nan if isinstance(value, float) and value != value else number_or_percent(value, meaning)


def _amount(value: object, meaning: str) -> float:
    amount = _figure(value, meaning)
    if amount < 0:
        raise MrrError(f"{shown(value)} is not {meaning}; it cannot be negative")
    return amount


def _divided(part: float, whole: float) -> float:
    return finite(part / whole, part, whole) if whole else nan
