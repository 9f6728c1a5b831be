"""Stripe: what coupons take off the prices of a subscription, and from when to when.

Source: https://docs.stripe.com/api/discounts/object and https://docs.stripe.com/api/coupons/object. A coupon that holds
once is not recurring and changes no MRR; a repeating one ends, and then the full price is paid. percent_off is taken
off each price that it applies to; amount_off off all of them together, so each bears its share of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from mrr_xl.sources.billing.amounts import from_minor
from mrr_xl.sources.billing.records import Record, object_in, objects_in
from mrr_xl.sources.billing.spans import utc_day


@dataclass(frozen=True)
class Discount:
    """What is taken off, from which day and up to which one, and off which products (None: all)."""

    start: dt.date | None
    end: dt.date | None
    fraction: float = 0.0
    amount: float = 0.0
    products: frozenset[str] | None = None
    limited: bool = False  #: it will end, whether or not a day is known

    def runs(self, day: dt.date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def is_for(self, product: str | None) -> bool:
        return self.products is None or product in self.products


def discounts_of(owner: Record, currency: str) -> tuple[list[Discount], set[str]]:
    """The recurring discounts of a subscription or of one of its items, and what else was there.

    "once": a coupon that holds once; "unknown": a discount of which there is only the id, or which is in another
    currency. Raises MrrError.
    """
    given = owner.get("discounts")
    alone = [owner["discount"]] if isinstance(owner.get("discount"), dict) else []
    by_id = {str(one.get("id")): one for one in [*objects_in(given), *alone]}
    only_ids = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
    discounts, others = [], set[str]()
    if not set(only_ids) <= set(by_id):
        others.add("unknown")
    for one in by_id.values():
        coupon = object_in(one.get("coupon")) or object_in(object_in(one.get("source")).get("coupon"))
        if not coupon:
            others.add("unknown")
        elif coupon.get("duration") == "once":
            others.add("once")
        elif (discount := _discount(one, coupon, currency)) is None:
            others.add("unknown")
        else:
            discounts.append(discount)
    return discounts, others


def _discount(one: Record, coupon: Record, currency: str) -> Discount | None:
    when = utc_day(one.get("start")), utc_day(one.get("end"))
    listed = object_in(coupon.get("applies_to")).get("products")
    products = frozenset(map(str, listed)) if isinstance(listed, list) else None
    limited = coupon.get("duration") == "repeating" or when[1] is not None
    if isinstance(coupon.get("percent_off"), (int, float)):
        return Discount(*when, fraction=coupon["percent_off"] / 100, products=products, limited=limited)
    option = object_in(object_in(coupon.get("currency_options")).get(currency))
    off = coupon.get("amount_off") if coupon.get("currency") == currency else option.get("amount_off")
    if off is None:
        return None
    return Discount(*when, amount=from_minor(off, currency), products=products, limited=limited)


def durations(running: Sequence[Discount]) -> str | None:
    """How long what is taken off runs, as the column discount_duration has it; None where nothing is."""
    if not running:
        return None
    return "repeating" if any(one.limited for one in running) else "forever"


def left_to_pay(
    totals: Sequence[float],
    products: Sequence[str | None],
    own: Sequence[Sequence[Discount]],
    shared: Sequence[Discount],
    day: dt.date,
) -> list[float]:
    """What share of each price of a subscription is left to pay on a day, after its own discounts and the shared ones.

    >>> day = dt.date(2024, 4, 1)
    >>> left_to_pay([30, 10], ["pro", "seat"], [[], []], [Discount(None, None, amount=8)], day)
    [0.8, 0.8]
    >>> left_to_pay([30], ["pro"], [[Discount(None, day, 0.5)]], [], day)
    [1.0]
    """
    shares = [1.0] * len(totals)
    for place, discounts in enumerate(own):
        for discount in discounts:
            if discount.runs(day):
                _take_off(discount, shares, totals, [place])
    for discount in shared:
        if discount.runs(day):
            _take_off(discount, shares, totals, [at for at, of in enumerate(products) if discount.is_for(of)])
    return shares


def _take_off(discount: Discount, shares: list[float], totals: Sequence[float], places: Sequence[int]) -> None:
    together = sum(shares[place] * totals[place] for place in places)
    rest = max(0.0, 1 - discount.amount / together) if together > 0 else 1.0
    for place in places:
        shares[place] *= (1 - discount.fraction) * rest
