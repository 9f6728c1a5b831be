"""The settings that decide a figure, beside those that decide what is counted at all."""

from __future__ import annotations

from mrr_xl.metrics.registry import Metric

_OF_CUSTOMERS = (
    "MRR_NEW_CUSTOMERS", "MRR_REACTIVATED_CUSTOMERS", "MRR_EXPANDED_CUSTOMERS", "MRR_CONTRACTED_CUSTOMERS",
    "MRR_CHURNED_CUSTOMERS",
)  # fmt: skip
_MOVEMENTS = ("MRR_NEW", "MRR_REACTIVATION", "MRR_EXPANSION", "MRR_CONTRACTION", "MRR_CHURN")
_RATES = ("MRR_LOGO_CHURN", "MRR_GROSS_CHURN_RATE", "MRR_NET_CHURN_RATE")

#: The functions that each setting is about; a test changes it and sees the figure change.
_FUNCTIONS = {
    "as_of": ("MRR", "ARR", "MRR_CUSTOMERS", "MRR_NEW", "MRR_CHURN"),
    "end_date": ("MRR", "ARR", "MRR_CUSTOMERS", "MRR_CHURN", "MRR_CHURNED_CUSTOMERS", "MRR_RENEWALS"),
    "churn_on": ("MRR", "ARR", "MRR_CUSTOMERS", "MRR_CHURN", "MRR_CHURNED_CUSTOMERS", *_RATES),
    "grace_days": (
        "MRR_REACTIVATION", "MRR_CHURN", "MRR_REACTIVATED_CUSTOMERS", "MRR_CHURNED_CUSTOMERS", *_RATES,
    ),
    "reactivation_days": ("MRR_NEW", "MRR_REACTIVATION", "MRR_NEW_CUSTOMERS", "MRR_REACTIVATED_CUSTOMERS", "MRR_ASP"),
    "grain": (
        "MRR_OPENING_CUSTOMERS", "MRR_CUSTOMERS", "MRR_ARPA", *_MOVEMENTS, *_OF_CUSTOMERS, "MRR_LOGO_CHURN",
        "MRR_LOGO_RETENTION", "MRR_TOP", "MRR_DETAIL",
    ),
    "netting": ("MRR_EXPANSION", "MRR_CONTRACTION"),
    "period": (
        "MRR_OPENING", "MRR_OPENING_CUSTOMERS", *_MOVEMENTS, *_OF_CUSTOMERS, "MRR_NET_NEW", "MRR_GROSS_MOVEMENT",
        "MRR_GROWTH", "MRR_QUICK_RATIO", *_RATES, "MRR_ASP", "MRR_MOVEMENTS", "MRR_DETAIL",
    ),
    "retention_months": ("MRR_NRR", "MRR_GRR", "MRR_LOGO_RETENTION"),
    "gross_margin": ("MRR_LTV",),
    "through": ("MRR_LAST_MONTH", "MRR_MOVEMENTS", "MRR_COHORTS", "MRR_SCHEDULE", "MRR_FORECAST"),
}  # fmt: skip


def settings_of(metric: Metric) -> list[str]:
    """The settings that a metric's figure depends on before all others.

    >>> from mrr_xl.metrics import REGISTRY
    >>> settings_of(REGISTRY["MRR_NRR"])
    ['retention_months']
    """
    return [setting for setting, names in _FUNCTIONS.items() if metric.name in names]
