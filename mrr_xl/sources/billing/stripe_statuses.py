"""Stripe: when a subscription was paid for, by its status and its trial.

Source: https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses. Never paid for are incomplete and
incomplete_expired; and paused, which is the status after a trial that ended without a way to pay. (Where collection is
paused, the status stays.)
"""

from __future__ import annotations

from typing import Any

from mrr_xl.sources.billing.periods import date_of, paid_spans

#: Statuses of what was never paid for → the word that the ledger has for it.
NEVER = {"incomplete": "incomplete", "incomplete_expired": "incomplete_expired", "paused": "trial_ended"}


def stretches(status: str, start: Any, end: Any, trial_start: Any, trial_end: Any) -> list[tuple[Any, Any, str]]:
    """Start, end and status of each stretch of a subscription; what was never paid for is one of its own.

    >>> stretches("active", "2024-01-01", None, "2024-01-01", "2024-01-15")
    [('2024-01-15', None, 'active')]
    >>> stretches("trialing", "2024-01-01", None, "2024-05-01", "2024-06-01")
    [('2024-01-01', '2024-05-01', 'active'), ('2024-05-01', None, 'trialing')]
    """
    if status in NEVER:
        return [(start, end, NEVER[status])]
    spans = paid_spans(start, end, trial_start, trial_end)
    if status == "trialing":
        begins, trial_begins = date_of(start), date_of(trial_start)
        before = [(start, trial_start, "active")] if begins and trial_begins and trial_begins > begins else []
        return [*before, (trial_start if before else start, end, status)]
    return [(begins, ends, status) for begins, ends in spans] or [(start, end, "trial_ended")]
