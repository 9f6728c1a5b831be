"""Stripe: the subscriptions export of the Dashboard, a CSV file with a row for each subscription.

Stripe documents no list of its columns. These are the ones that public scripts read from such files, among them
https://github.com/sagemathinc/cocalc: id, Customer ID, Plan, Quantity, Currency, Interval, Amount, Status,
Created (UTC), Start Date (UTC), Current Period Start (UTC), Current Period End (UTC), and in others Start (UTC),
Trial Start (UTC), Trial End (UTC), Canceled At (UTC), Ended At (UTC), Cancel At Period End and Coupon.

Start Date (UTC) is the day on which the subscription began and Start (UTC) that of its last change, as start_date and
start are in https://docs.stripe.com/api/subscriptions/object. Amount is in units of the currency (33.00). Whether it
is the price of one unit or of all of them shows where a plan is there in two quantities, and how many intervals a
period has in the current one.

Paid for is what lies after the trial, and before it if the trial began later than the subscription. What was never paid
for is left out by its status (stripe_statuses.py). A row without an amount has several prices, tiers or a metered
price; it is left out too.

Such a file knows a subscription as it is today. Not in it: earlier plans, prices and quantities, what a coupon takes
off, and since when a subscription is unpaid.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from mrr_xl.answers import PROBLEM, Answer
from mrr_xl.sources.billing.export import ROW, Export
from mrr_xl.sources.billing.lines import (
    IN_UTC,
    Cells,
    counted,
    kept,
    known_today,
    lines_table,
    number_of,
    other_headers,
    rows_of,
)
from mrr_xl.sources.billing.spans import interval_between
from mrr_xl.sources.billing.stripe_statuses import NEVER, stretches
from mrr_xl.sources.table import Table, found

_DATES = (
    "Start Date (UTC)", "Start (UTC)", "Created (UTC)", "Current Period Start (UTC)", "Current Period End (UTC)",
    "Trial Start (UTC)", "Trial End (UTC)", "Canceled At (UTC)", "Cancel At (UTC)", "Ended At (UTC)",
)  # fmt: skip
_USED = (
    "id", "Customer ID", "Quantity", "Currency", "Interval", "Interval Count", "Amount", "Status", "Start (UTC)",
    "Start Date (UTC)", "Current Period Start (UTC)", "Current Period End (UTC)", "Trial Start (UTC)",
    "Trial End (UTC)", "Canceled At (UTC)", "Cancel At (UTC)", "Cancel At Period End", "Ended At (UTC)", "Coupon",
    "Discount",
)  # fmt: skip
_MONTHS = {"month": 1, "year": 12}


def _read(table: Table) -> Table:
    rows, others = list(rows_of(table, _DATES)), other_headers(table, _USED)
    per_unit, amounts = _what_an_amount_is(rows)
    seen: dict[str, list[int]] = defaultdict(list)
    lines: list[dict[str, Any]] = []
    for cells in rows:
        if cells("Amount") is None:
            seen["no amount"].append(cells.row)
            continue
        price = _price(cells, per_unit, seen)
        for start, end, status in _stretches(cells):
            when = {"start": start, "end": end, "cancelled": cells.day("Canceled At (UTC)")}
            lines.append({ROW: cells.row, **price, **when, "status": status, **kept(cells, others)})
    return lines_table(
        lines, [IN_UTC, amounts, *_answers(seen), known_today([cells.row for cells in rows])], today=True
    )


def _price(cells: Cells, per_unit: bool, seen: dict[str, list[int]]) -> dict[str, Any]:
    coupon, discount = cells("Coupon"), cells("Discount")
    if coupon is not None and discount is None:
        seen["coupon"].append(cells.row)
    began, changed = cells.day("Start Date (UTC)"), cells.day("Start (UTC)")
    if began and changed and changed > began:
        seen["changed"].append(cells.row)
    return {
        "customer": cells("Customer ID"),
        "subscription": cells("id"),
        "amount": cells("Amount"),
        "quantity": cells("Quantity") if per_unit else None,
        "number of units": cells("Quantity"),
        "discount": discount,
        "currency": cells("Currency"),
        "interval": _interval(cells, seen),
        "coupon id": coupon,
    }


def _interval(cells: Cells, seen: dict[str, list[int]]) -> Any:
    """The interval; the current period shows how many of it there are, unless it is a trial's."""
    each, count = cells.text("Interval").lower(), cells("Interval Count")
    if count is not None:
        return f"{count:g} {each}s" if isinstance(count, float) else f"{count} {each}s"
    began, ends = cells.day("Current Period Start (UTC)"), cells.day("Current Period End (UTC)")
    number, unit = interval_between(began, ends) or (0, "")
    if each not in _MONTHS or unit != "months" or cells.text("Status") in ("trialing", *NEVER):
        return cells("Interval")
    if ends == cells.day("Trial End (UTC)") or number % _MONTHS[each]:
        return cells("Interval")
    if number > _MONTHS[each]:
        seen["longer"].append(cells.row)
    return f"{number} months"


def _stretches(cells: Cells) -> list[tuple[Any, Any, str]]:
    """Start, end and status of each stretch of a subscription."""
    start, end = (
        cells.day("Start Date (UTC)", "Created (UTC)", "Start (UTC)"),
        cells.day("Ended At (UTC)", "Cancel At (UTC)"),
    )
    if end is None and cells.says_yes("Cancel At Period End"):
        end = cells.day("Current Period End (UTC)")
    trial = cells.day("Trial Start (UTC)"), cells.day("Trial End (UTC)")
    return stretches(cells.text("Status"), start, end, *trial)


def _what_an_amount_is(rows: Sequence[Cells]) -> tuple[bool, Answer]:
    """Whether an amount is the price of one unit; a plan that is there in two quantities shows it."""
    check, several = "amount and quantity", [cells.row for cells in rows if _number(cells("Quantity")) not in (None, 1)]
    if not several:
        return True, found(check, "every quantity is 1")
    plans: dict[tuple[str, ...], dict[float, set[float]]] = defaultdict(lambda: defaultdict(set))
    for cells in rows:
        quantity, amount = _number(cells("Quantity")), _number(cells("Amount"))
        if quantity and amount:
            plan = (cells.text("Plan"), cells.text("Product"), cells.text("Currency"), cells.text("Interval"))
            plans[plan][quantity].add(amount)
    units, totals = [], []
    for (name, *_), amounts in plans.items():
        prices = {(quantity, price) for quantity, several_prices in amounts.items() for price in several_prices}
        if len(amounts) > 1 and len({price for _, price in prices}) == 1:
            units.append(name)
        elif len(amounts) > 1 and len({round(price / quantity, 6) for quantity, price in prices}) == 1:
            totals.append(name)
    if units and not totals:
        return True, found(check, f"an amount is the price of one unit, as plan {units[0]} shows")
    if totals and not units:
        return False, found(check, f"an amount is that of the whole quantity, as plan {totals[0]} shows")
    sentence = (
        f"a quantity other than 1 in {number_of(several)}, and the file doesn't show whether Amount is for one unit; "
        "it is taken so: compare a row with Stripe, and if Amount is for all units, remove the column Quantity"
    )
    return True, counted(check, several, sentence, PROBLEM)


def _number(value: Any) -> float | None:
    """A number for comparing, which may be written as 1,200.00 or 33,00."""
    text = str(value if value is not None else "")
    text = text.replace(",", ".") if re.fullmatch(r"\d+,\d{2}", text) else text.replace(",", "")
    try:
        return float(text)
    except ValueError:
        return None


def _answers(seen: dict[str, list[int]]) -> list[Answer]:
    missing, coupons = seen["no amount"], seen["coupon"]
    return [
        counted(
            "left out: no amount",
            missing,
            f"no amount in {number_of(missing)} (several prices, tiers or a metered price), which is left out; read "
            "the subscriptions of Stripe's API as JSON to have those with several prices",
            PROBLEM,
        ),
        counted(
            "coupons",
            coupons,
            f"a coupon in {number_of(coupons)}, and the file doesn't say what it takes off: the MRR is before it; add "
            "a column Discount with cells such as 20%, or read the subscriptions of Stripe's API as JSON",
            PROBLEM,
        ),
        counted("several intervals", seen["longer"], "the current period is several intervals, so an amount is for it"),
        counted("changed since their start", seen["changed"], "what they paid before their last change is not known"),
    ]


EXPORTS: tuple[Export, ...] = (
    Export(
        "stripe",
        "the subscriptions export of Stripe's Dashboard",
        ("id", "Customer ID", "Plan", "Currency", "Interval", "Amount", "Status", "Current Period End (UTC)"),
        _read,
    ),
)
