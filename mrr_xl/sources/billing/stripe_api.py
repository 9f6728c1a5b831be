"""Stripe: the subscriptions of its API as JSON, one a line or in a list.

Source: https://docs.stripe.com/api/subscriptions/object. Amounts are in a currency's smallest unit, times in Unix
seconds; a day is that of UTC.

A subscription becomes a line for each of its items: unit_amount × quantity per interval × interval_count, from its
start (after a trial, from the trial's end) to ended_at, cancel_at or, if it is to be cancelled then, the end of its
period. An item that was added later starts when it was. Where a coupon begins or ends, a line ends and the next one
starts (stripe_discounts.py). Where collection is paused, a line has the status paused.

Left out: what was never paid for (stripe_statuses.py), metered prices (kind usage) and prices in tiers, whose amounts
a subscription doesn't hold.

A subscription is what it is today. Not in it: earlier prices and quantities, items that were removed, and since when
it is unpaid or its collection is paused.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from mrr_xl.answers import PROBLEM, Answer
from mrr_xl.errors import MrrError
from mrr_xl.sources.billing.export import ROW, Export
from mrr_xl.sources.billing.lines import IN_UTC, counted, known_today, lines_table, number_of
from mrr_xl.sources.billing.records import Record, id_of, object_in, objects_in
from mrr_xl.sources.billing.spans import utc_day
from mrr_xl.sources.billing.stripe_discounts import Discount, discounts_of, durations, left_to_pay
from mrr_xl.sources.billing.stripe_items import Item, items_of
from mrr_xl.sources.billing.stripe_statuses import NEVER, Day, stretches
from mrr_xl.sources.table import Table

#: A stretch of an item in which the same discounts hold: start, end, what share of its price is left to pay, and how
#: long the discounts run.
Piece = tuple[Day, Day, float, str | None]
_PAUSED = "collection paused"


def _read(records: list[Record]) -> Table:
    seen: dict[str, list[int]] = defaultdict(list)
    lines: list[Record] = []
    for row, record in enumerate(records, 1):
        try:
            of_record, what = _lines(record, row)
        except MrrError as error:
            raise MrrError(f"object {row}: {error}") from None
        lines += of_record
        for check in what:
            seen[check].append(row)
    if not any(line["discount_duration"] == "repeating" for line in lines):
        lines = [{name: cell for name, cell in line.items() if name != "discount_duration"} for line in lines]
    return lines_table(lines, [IN_UTC, *_answers(seen), known_today(range(1, len(records) + 1))], today=True)


def _lines(record: Record, row: int) -> tuple[list[Record], set[str]]:
    """A subscription's lines, and what was found that can't be read."""
    if record.get("object") != "subscription":
        return [], {"no subscription"}
    currency = str(record.get("currency") or "")
    items, seen = items_of(record, currency)
    shared, others = discounts_of(record, currency)
    if len({item.interval for item in items if not item.metered}) > 1 and any(one.amount for one in shared):
        shared, others = [one for one in shared if not one.amount], others | {"unknown"}
    customer = object_in(record.get("customer"))
    who = {"customer": id_of(record.get("customer")), "subscription": record.get("id")}
    names = {"name": customer.get("name"), "email": customer.get("email")}
    names["country"] = object_in(customer.get("address")).get("country")
    cancelled, lines = utc_day(record.get("canceled_at")), []
    for start, end, status in _stretches(record):
        for item, (begins, ends, share, duration) in _pieces(
            start, end, items, [] if status in NEVER.values() else shared
        ):
            lines.append({
                ROW: row, **who, "start": begins, "end": ends, "cancelled": cancelled, "amount": item.amount,
                "quantity": item.quantity, "discount": None if share == 1 else 1 - share, "currency": currency,
                "discount_duration": None if share == 1 else duration, "interval": item.interval,
                "status": status, "kind": "usage" if item.metered else "recurring",
                "product": item.product, "plan": item.plan, **names,
            })  # fmt: skip
    return lines, seen | others | ({"test"} if record.get("livemode") is False else set())


def _stretches(record: Record) -> list[tuple[Day, Day, str]]:
    status = str(record.get("status") or "")
    start = utc_day(record.get("start_date") or record.get("created"))
    end = utc_day(record.get("ended_at") or record.get("cancel_at"))
    if end is None and record.get("cancel_at_period_end"):
        periods = [record, *objects_in(record.get("items"))]
        ends = [one["current_period_end"] for one in periods if isinstance(one.get("current_period_end"), int)]
        end = utc_day(max(ends, default=None))
    if record.get("pause_collection") and status in ("active", "past_due"):
        status = _PAUSED  # not the status paused of Stripe, which is that after a trial
    trial = utc_day(record.get("trial_start")), utc_day(record.get("trial_end"))
    found = stretches(status, start, end, *trial)
    return [(begins, ends, "paused" if word == _PAUSED else word) for begins, ends, word in found]


def _pieces(start: Day, end: Day, items: Sequence[Item], shared: Sequence[Discount]) -> list[tuple[Item, Piece]]:
    """The pieces of each item between two days, cut where an item is added and where a discount begins or ends."""
    discounts = [*shared, *(own for item in items for own in item.discounts)]
    days = {item.since for item in items} | {day for one in discounts for day in (one.start, one.end)}
    cuts = sorted(day for day in days if day is not None and start is not None and start < day < (end or dt.date.max))
    pieces: list[list[Piece]] = [[] for _ in items]
    for begins, ends in zip([start, *cuts], [*cuts, end]):
        day = begins or dt.date.min
        running = [place for place, item in enumerate(items) if item.since is None or item.since <= day]
        there = [items[place] for place in running]
        totals, products = [item.total for item in there], [item.product for item in there]
        shares = left_to_pay(totals, products, [item.discounts for item in there], shared, day)
        for place, share in zip(running, shares):
            own = [one for one in items[place].discounts if one.runs(day)]
            own += [one for one in shared if one.runs(day) and one.is_for(items[place].product)]
            duration, earlier = durations(own), pieces[place]
            goes_on = bool(earlier) and earlier[-1][2:] == (share, duration)
            earlier.append((earlier.pop()[0] if goes_on else begins, ends, share, duration))
    return [(item, piece) for item, of_item in zip(items, pieces) for piece in of_item]


def _answers(seen: dict[str, list[int]]) -> list[Answer]:
    def of(what: str) -> str:
        return number_of(seen[what], "subscription")

    tiers = f"prices in tiers in {of('tiers')}, which are left out, as their amounts are not in the file"
    prices = f"prices without an amount in {of('no price')}, which are left out; export the subscriptions again"
    more = f"more prices than the file lists in {of('more prices')} (has_more), which are left out; export them all"
    unknown = (
        f"a discount in {of('unknown')}, and the file doesn't say what it takes off: the MRR is before it; export the "
        "subscriptions with expand[]=data.discounts"
    )
    return [
        counted("left out: tiers", seen["tiers"], tiers, PROBLEM),
        counted("left out: no amount", seen["no price"], prices, PROBLEM),
        counted("left out: more prices", seen["more prices"], more, PROBLEM),
        counted("discounts", seen["unknown"], unknown, PROBLEM),
        counted("discounts that hold once", seen["once"], "they are not recurring, so the MRR is before them"),
        counted("left out: no subscription", seen["no subscription"], "objects of another kind"),
        counted("test mode", seen["test"], "subscriptions that were made in test mode count"),
    ]


_KEYS = ("id", "object", "customer", "items", "status")
EXPORTS: tuple[Export, ...] = (Export("stripe", "the subscriptions of Stripe's API", _KEYS, _read, records=True),)
