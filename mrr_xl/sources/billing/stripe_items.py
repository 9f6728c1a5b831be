"""Stripe: the items of a subscription, each with a price, a quantity and discounts of its own.

Source: https://docs.stripe.com/api/subscription_items/object and https://docs.stripe.com/api/prices/object; older
objects have a plan instead (https://docs.stripe.com/api/plans/object), and the oldest a plan and no items.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from mrr_xl.errors import MrrError, shown
from mrr_xl.sources.billing.amounts import from_minor
from mrr_xl.sources.billing.records import Record, id_of, object_in, objects_in
from mrr_xl.sources.billing.spans import utc_day
from mrr_xl.sources.billing.stripe_discounts import Discount, discounts_of

_AMOUNTS = ("unit_amount", "unit_amount_decimal", "amount", "amount_decimal")


@dataclass(frozen=True)
class Item:
    """A price of a subscription: what a unit costs per interval, and since when it is there (None: from the start).

    metered: it is paid by usage, and what that comes to is not known.
    """

    amount: float
    quantity: float
    interval: str
    metered: bool
    since: dt.date | None
    discounts: Sequence[Discount]
    product: str | None
    plan: str | None

    @property
    def total(self) -> float:
        return self.amount * self.quantity


def items_of(record: Record, currency: str) -> tuple[list[Item], set[str]]:
    """The items of a subscription, and what was found that can't be read (see stripe_api.py). Raises MrrError."""
    listed, seen = objects_in(record.get("items")), set[str]()
    if object_in(record.get("items")).get("has_more"):
        seen.add("more prices")
    if not listed and record.get("plan"):
        listed = [{"plan": record["plan"], "quantity": record.get("quantity")}]
    first = min((item["created"] for item in listed if isinstance(item.get("created"), int)), default=None)
    items = []
    for listed_item in listed:
        item, what = _item(listed_item, currency, first)
        seen |= what
        if item is not None:
            items.append(item)
    return items, seen


def _item(item: Record, currency: str, first: int | None) -> tuple[Item | None, set[str]]:
    price = object_in(item.get("price")) or object_in(item.get("plan"))
    recurring = object_in(price.get("recurring")) or price
    minor = next((price[key] for key in _AMOUNTS if price.get(key) is not None), None)
    metered = recurring.get("usage_type") == "metered"
    if price.get("billing_scheme") == "tiered" and not metered:
        return None, {"tiers"}
    if (minor is None and not metered) or not recurring.get("interval"):
        return None, {"no price"}
    discounts, seen = discounts_of(item, currency)
    count, unit = recurring.get("interval_count") or 1, recurring["interval"]
    began, earliest = utc_day(item.get("created")), utc_day(first)
    return Item(
        amount=0.0 if metered else from_minor(minor, str(price.get("currency") or currency)),
        quantity=1.0 if metered else _quantity(item, price),
        interval=str(unit) if count == 1 else f"{count} {unit}s",
        metered=metered,
        since=began if began != earliest else None,
        discounts=discounts,
        product=id_of(price.get("product")),
        plan=price.get("nickname") or id_of(price),
    ), seen


def _quantity(item: Record, price: Record) -> float:
    """How many units are paid for, in packages where the price is that of a package."""
    count = _number(item.get("quantity"), "a quantity")
    package = object_in(price.get("transform_quantity")) or object_in(price.get("transform_usage"))
    size = _number(package.get("divide_by"), "a number of units in a package")
    if not package or not size:
        return count
    return float((math.floor if package.get("round") == "down" else math.ceil)(count / size))


def _number(value: object, meaning: str) -> float:
    """A number; a blank is 1."""
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e15:
        raise MrrError(f"{shown(value)} is not {meaning}")
    return float(value)
