"""Recurly: the export Subscriptions – history, with a row for each version of a subscription.

Source: https://docs.recurly.com/docs/subscription-history-export, which lists the columns.

A version has the price, the interval and the state of a subscription from version_started_at until the next one
(version_ended_at) or until the subscription expires. version_total_recurring_amount is for
version_plan_interval_length × version_plan_interval_unit, before coupons and without usage, in units of the currency.
Times are in the time zone of the site: a day is the one that is written. Where each add-on of a version has a row, the
version is there several times, with the same total, and counts once.

Left out: versions in trial, and pauses. Not in the file: coupons, and what was before a subscription was activated.
"""

from __future__ import annotations

from typing import Any

from mrr_xl.answers import PROBLEM
from mrr_xl.sources.billing.export import ROW, Export
from mrr_xl.sources.billing.lines import AS_WRITTEN, counted, kept, lines_table, number_of, other_headers, rows_of
from mrr_xl.sources.table import Table

_DATES = ("version_started_at", "version_ended_at", "subscription_activated_at", "subscription_expires_at")
_USED = (
    *_DATES, "subscription_uuid", "version_uuid", "account_code", "subscription_state", "version_state",
    "subscription_currency", "version_plan_interval_unit", "version_plan_interval_length", "version_in_trial",
    "version_subscription_unit_amount", "version_total_recurring_amount", "version_add_ons_total",
    "version_add_on_codes", "version_add_on_types", "version_add_on_unit_amounts", "version_add_on_code",
    "version_add_on_type", "version_add_on_unit_amount", "version_total_billing_cycles",
    "version_renewal_billing_cycles",
)  # fmt: skip


def _read(table: Table) -> Table:
    others = other_headers(table, _USED)
    known: set[str] = set()
    lines: list[dict[str, Any]] = []
    every: list[int] = []
    again: list[int] = []
    after: list[int] = []
    with_tax: list[int] = []
    for cells in rows_of(table, _DATES):
        every.append(cells.row)
        version = cells.text("version_uuid")
        if version in known:
            again.append(cells.row)
            continue
        known |= {version} - {""}
        start = cells.day("version_started_at", "subscription_activated_at")
        ends = [day for header in ("version_ended_at", "subscription_expires_at") if (day := cells.day(header))]
        end = min(ends, default=None)
        if start is not None and end is not None and end < start:
            after.append(cells.row)
            continue
        if cells.says_yes("tax_inclusive"):
            with_tax.append(cells.row)
        # A version that has run until the subscription expired may have the state that came then.
        state = cells.text("subscription_state").lower()
        status = "in_trial" if cells.says_yes("version_in_trial") else "ended" if state == "expired" else state
        length, unit = cells.text("version_plan_interval_length") or "1", cells.text("version_plan_interval_unit")
        lines.append({
            ROW: cells.row, "customer": cells("account_code"), "subscription": cells("subscription_uuid"),
            "start": start, "end": end, "amount": cells("version_total_recurring_amount"),
            "currency": cells("subscription_currency"), "interval": f"{length.removesuffix('.0')} {unit}",
            "status": status, **kept(cells, others),
        })  # fmt: skip
    tax = f"prices with tax in {number_of(with_tax)} (tax_inclusive), of which the file doesn't say how much: it counts"
    answers = [
        AS_WRITTEN,
        counted("versions again", again, "another add-on of the same version, whose total has them all; not counted"),
        counted("versions after the end", after, "they began after their subscription had expired; not counted"),
        counted("tax", with_tax, tax, PROBLEM),
        counted("coupons", every, "they are not in the file, so the MRR is before them"),
    ]
    return lines_table(lines, answers, today=False)


_HEADERS = (
    "subscription_uuid", "version_uuid", "account_code", "version_started_at", "version_ended_at",
    "version_plan_interval_unit", "version_plan_interval_length", "version_total_recurring_amount",
)  # fmt: skip
EXPORTS: tuple[Export, ...] = (Export("recurly", "the export Subscriptions – history of Recurly", _HEADERS, _read),)
