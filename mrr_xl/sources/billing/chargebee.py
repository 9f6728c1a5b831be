"""Chargebee: Subscriptions.csv of the subscriptions export, with a row for each subscription.

Chargebee documents no list of its columns. Public scripts that read the file, and the others of the same download
(SubscriptionAddons.csv, SubscriptionCoupons.csv, SubscriptionDiscounts.csv), have them as resource.attribute:
subscriptions.id, .plan_id, .plan_quantity, .plan_unit_price, .plan_amount, .status, .start_date, .trial_start,
.trial_end, .current_term_start, .current_term_end, .created_at, .started_at, .cancelled_at, .pause_date, .resume_date
and customers.id. The attributes are those of https://apidocs.eu.chargebee.com/docs/api/v1/subscriptions (Product
Catalog 1.0); prices are in units of the currency and times as in "13-Dec-2023 10:22", in the time zone of the site.

A subscription is paid for from started_at, or from the end of its trial, to cancelled_at; an active one may still have
the cancelled_at of a cancellation that was undone. A price is plan_unit_price × plan_quantity or, where a plan has no
price of a unit (tiers), plan_amount. Where billing_period and billing_period_unit are not there, the interval is read
from the current terms (plan_intervals.py). A paused subscription counts until pause_date.

Left out: what is in its trial or in the future, and a subscription of which nothing shows the interval.

The file has a subscription as it is today. Not in it: addons, coupons and discounts, earlier plans and prices, and
pauses that are over.
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

_STATUSES = {"in trial": "in_trial", "non renewing": "non_renewing", "transferred": "ended"}
_NEVER = ("in_trial", "future", "trial_ended")
_DATES = tuple(
    f"subscriptions.{name}"
    for name in (
        "start_date", "started_at", "activated_at", "created_at", "trial_start", "trial_end", "current_term_start",
        "current_term_end", "cancelled_at", "pause_date", "resume_date", "next_billing_at",
    )
)  # fmt: skip
_USED = (
    *_DATES, "customers.id", *(
        f"subscriptions.{name}"
        for name in (
            "id", "plan_quantity", "plan_unit_price", "plan_amount", "plan_quantity_in_decimal",
            "plan_unit_price_in_decimal", "status", "currency_code", "billing_period", "billing_period_unit",
            "remaining_billing_cycles",
        )
    ),
)  # fmt: skip
_INSTEAD = "add the columns subscriptions.billing_period (1) and subscriptions.billing_period_unit (month)"
_NOT_IN_IT = "addons, coupons and discounts are in other files of the export, so the MRR is that of the plans"


def _of(cells: Cells, *names: str) -> Any:
    return cells(*(f"subscriptions.{name}" for name in names))


def _day(cells: Cells, *names: str) -> dt.date | None:
    return cells.day(*(f"subscriptions.{name}" for name in names))


def _read(table: Table) -> Table:
    rows, others = list(rows_of(table, _DATES)), other_headers(table, _USED)
    plans = PlanIntervals((str(_of(cells, "plan_id")), _period(cells)) for cells in rows)
    own_intervals = any(_of(cells, "billing_period_unit") for cells in rows)
    lines: list[dict[str, Any]] = []
    unpriced: list[int] = []
    for cells in rows:
        stretches = _stretches(cells)
        price = _price(cells)
        if price["amount"] is None:
            unpriced.append(cells.row)
            continue
        interval: str | None = "month"
        if _of(cells, "billing_period_unit"):
            interval = f"{_of(cells, 'billing_period') or 1} {_of(cells, 'billing_period_unit')}s".replace(".0 ", " ")
        elif any(status not in _NEVER for _, _, status in stretches):
            interval = plans.of(str(_of(cells, "plan_id")), _period(cells), cells.row)
        who = {"customer": cells("customers.id"), "subscription": _of(cells, "id")}
        what = {"currency": _of(cells, "currency_code"), "interval": interval}
        for start, end, status in stretches if interval else ():
            over = {"stopped": _day(cells, "pause_date"), "status": status}
            lines.append(
                {ROW: cells.row, **who, "start": start, "end": end, **over, **price, **what, **kept(cells, others)}
            )
    every = [cells.row for cells in rows]
    no_price = f"no price in {number_of(unpriced)}, which are left out; export the subscriptions with plan_unit_price"
    answers = [
        AS_WRITTEN,
        *([] if own_intervals else plans.answers(_INSTEAD)),
        counted("left out: no amount", unpriced, no_price, PROBLEM),
        counted("cancellations undone", _undone(rows), "an active subscription has a day of cancellation; it goes on"),
        counted("addons, coupons, discounts", every, _NOT_IN_IT),
        known_today(every),
    ]
    return lines_table(lines, answers, today=True)


def _price(cells: Cells) -> dict[str, Any]:
    unit = _of(cells, "plan_unit_price_in_decimal", "plan_unit_price")
    if unit is None:
        return {"amount": _of(cells, "plan_amount"), "quantity": None}
    return {"amount": unit, "quantity": _of(cells, "plan_quantity_in_decimal", "plan_quantity")}


def _period(cells: Cells) -> Period | None:
    """The current term, if it is one that is paid for."""
    ends, trial_ends = _day(cells, "current_term_end"), _day(cells, "trial_end")
    if ends is None or _status(cells) in _NEVER or (trial_ends is not None and ends <= trial_ends):
        return None
    return interval_between(_day(cells, "current_term_start"), ends)


def _status(cells: Cells) -> str:
    status = " ".join(cells.text("subscriptions.status").lower().replace("_", " ").split())
    return _STATUSES.get(status, status)


def _stretches(cells: Cells) -> list[tuple[dt.date | None, dt.date | None, str]]:
    """Start, end and status of each stretch of a subscription."""
    status, start = _status(cells), _day(cells, "started_at", "start_date", "activated_at", "created_at")
    end = None if status == "active" else _day(cells, "cancelled_at")
    if status in _NEVER:
        return [(start, None, status)]
    return paid_and_trial(start, end, _day(cells, "trial_start"), _day(cells, "trial_end"), status)


def _undone(rows: list[Cells]) -> list[int]:
    return [cells.row for cells in rows if _status(cells) == "active" and _day(cells, "cancelled_at")]


_HEADERS = ("subscriptions.id", "subscriptions.plan_id", "subscriptions.status", "customers.id")
EXPORTS: tuple[Export, ...] = (Export("chargebee", "Subscriptions.csv of Chargebee", _HEADERS, _read),)
