"""Recurly: the exports Subscriptions and Subscriptions – churned, with a row for each subscription.

Sources: https://docs.recurly.com/docs/subscriptions-exports and
https://docs.recurly.com/recurly-subscriptions/docs/subscriptions-churned, which list the columns.

Amounts are in units of the currency. total_recurring_amount is unit_amount × quantity + add_on_amount for a billing
period, before coupons. Times are in the time zone of the site ("2010-03-24 17:18:46 PDT"): a day is the one that is
written. A subscription is paid for from activated_at, or from the end of its trial, to expires_at. "canceled" is one
that won't renew: it counts until it expires. The plan's interval is not in the file (plan_intervals.py); where the
current period is that of the trial, the subscription is in its trial.

Left out: trials, what is pending, in the future or failed, and a subscription of which nothing shows the interval. A
paused one counts until paused_at.

Such a file has a subscription as it is today. Not in it: earlier prices, plans and quantities, pauses that are over,
coupons. The export Subscriptions – history has them, but for coupons (recurly_history.py).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from mrr_xl.answers import PROBLEM
from mrr_xl.sources.billing.export import ROW, Export
from mrr_xl.sources.billing.lines import (
    AS_WRITTEN,
    Cells,
    counted,
    kept,
    known_today,
    lines_table,
    number_of,
    other_headers,
    rows_of,
)
from mrr_xl.sources.billing.plan_intervals import Period, PlanIntervals
from mrr_xl.sources.billing.spans import interval_between, paid_and_trial
from mrr_xl.sources.table import Table

#: States under the word that the ledger has for them; what is over is known by its end.
_STATES = {"expired": "ended", "modified": "ended", "converted": "ended", "failed": "incomplete"}
_NEVER = ("pending", "future", "incomplete", "in_trial", "trial_ended")
_DATES = (
    "activated_at", "trial_started_at", "trial_ends_at", "current_period_started_at", "current_period_ends_at",
    "canceled_at", "expires_at", "paused_at",
)  # fmt: skip
_USED = (
    *_DATES, "uuid", "account_code", "state", "currency", "unit_amount", "add_on_amount", "total_recurring_amount",
    "modified_at", "converted_at", "total_billing_cycles", "remaining_billing_cycles", "renewal_billing_cycles",
    "remaining_pause_cycles", "current_term_started_at", "current_term_ends_at", "maintenance_url",
)  # fmt: skip
_INSTEAD = "the export Subscriptions – history has them"


def _read(table: Table) -> Table:
    rows, others = list(rows_of(table, _DATES)), other_headers(table, _USED)
    plans = PlanIntervals((cells.text("plan_code"), _period(cells)) for cells in rows)
    lines: list[dict[str, Any]] = []
    for cells in rows:
        stretches = _stretches(cells)
        interval: str | None = "month"
        if any(status not in _NEVER for _, _, status in stretches):
            interval = plans.of(cells.text("plan_code"), _period(cells), cells.row)
        who = {"customer": cells("account_code"), "subscription": cells("uuid")}
        price = {"amount": cells("total_recurring_amount"), "currency": cells("currency"), "interval": interval}
        for start, end, status in stretches if interval else ():
            when = {
                "start": start,
                "end": end,
                "cancelled": cells.day("canceled_at"),
                "stopped": cells.day("paused_at"),
            }
            lines.append({ROW: cells.row, **who, **when, **price, "status": status, **kept(cells, others)})
    every = [cells.row for cells in rows]
    with_tax = [cells.row for cells in rows if cells.says_yes("tax_inclusive")]
    tax = f"prices with tax in {number_of(with_tax)} (tax_inclusive), of which the file doesn't say how much: it counts"
    answers = [
        AS_WRITTEN,
        *plans.answers(_INSTEAD),
        counted("tax", with_tax, tax, PROBLEM),
        counted("coupons", every, "they are not in the file, so the MRR is before them"),
        known_today(every),
    ]
    return lines_table(lines, answers, today=True)


def _period(cells: Cells) -> Period | None:
    """The current period, if it is one that is paid for."""
    ends, trial_ends = cells.day("current_period_ends_at"), cells.day("trial_ends_at")
    if ends is None or (trial_ends is not None and ends <= trial_ends):
        return None
    return interval_between(cells.day("current_period_started_at"), ends)


def _stretches(cells: Cells) -> list[tuple[dt.date | None, dt.date | None, str]]:
    """Start, end and status of each stretch of a subscription."""
    state = cells.text("state").lower()
    status = _STATES.get(state, state)
    start, end, trial_ends = cells.day("activated_at"), cells.day("expires_at"), cells.day("trial_ends_at")
    ends = cells.day("current_period_ends_at")
    if status != "ended" and trial_ends is not None and ends is not None and ends <= trial_ends:
        status = "in_trial"
    if status in _NEVER:
        return [(start or cells.day("current_period_started_at"), end, status)]
    return paid_and_trial(start, end, cells.day("trial_started_at"), trial_ends, status)


_HEADERS = ("uuid", "account_code", "plan_code", "state", "total_recurring_amount", "activated_at", "expires_at")
EXPORTS: tuple[Export, ...] = (Export("recurly", "the export Subscriptions of Recurly", _HEADERS, _read),)
