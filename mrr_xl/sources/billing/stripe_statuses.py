"""Stripe: when a subscription was paid for, by its status and its trial.

Source: https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses. Never paid for are incomplete and
incomplete_expired; and paused, which is the status after a trial that ended without a way to pay. (Where collection is
paused, the status stays.)
"""

from __future__ import annotations

import datetime as dt

from mrr_xl.sources.billing.spans import paid_and_trial

#: Statuses of what was never paid for → the word that the ledger has for it.
NEVER = {"incomplete": "incomplete", "incomplete_expired": "incomplete_expired", "paused": "trial_ended"}
Day = dt.date | None


def stretches(status: str, start: Day, end: Day, trial_start: Day, trial_end: Day) -> list[tuple[Day, Day, str]]:
    """Start, end and status of each stretch of a subscription; what was never paid for is one of its own.

    >>> first, fifth = dt.date(2024, 1, 1), dt.date(2024, 5, 1)
    >>> stretches("active", first, None, first, fifth)
    [(datetime.date(2024, 1, 1), datetime.date(2024, 5, 1), 'trialing'), (datetime.date(2024, 5, 1), None, 'active')]
    >>> [status for _, _, status in stretches("trialing", first, None, fifth, dt.date(2024, 6, 1))]
    ['active', 'trialing']
    """
    if status in NEVER:
        over = trial_end if status == "paused" else None
        return [(start, end or over, NEVER[status])]
    if status == "trialing":
        paid = start is not None and trial_start is not None and trial_start > start
        return [*([(start, trial_start, "active")] if paid else []), (trial_start if paid else start, end, status)]
    return paid_and_trial(start, end, trial_start, trial_end, status)
