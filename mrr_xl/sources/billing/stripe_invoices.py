"""Stripe: the invoices of its API as JSON, one a line or in a list.

Sources: https://docs.stripe.com/api/invoices/object and https://docs.stripe.com/api/invoice-line-item/object. Amounts
are in a currency's smallest unit, times in Unix seconds; a day is that of UTC. What an API before 2025-03-31.basil has
in a line's type, proration, subscription and price, later ones have in its parent and pricing.

Each line becomes a line of a list of invoices (invoices.py) with what it costs after its discounts and without the tax
that it includes, and with its period, whose end is the moment at which the next one begins. Prorations are counted by
their seconds (stripe_prorations.py).

Left out: invoices that are drafts or void, and lines that begin and end on one day. Invoice items that are no
prorations, and those without a period, are paid once. Metered prices are usage, where the line has its price's type.

Not in it: credit notes, which are objects of their own, and whether a discount holds once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from typing import Any

from mrr_xl.answers import PROBLEM, Answer
from mrr_xl.errors import MrrError, shown
from mrr_xl.sources.billing.amounts import from_minor
from mrr_xl.sources.billing.export import FIXED, ROW, Export
from mrr_xl.sources.billing.invoices import read
from mrr_xl.sources.billing.lines import IN_UTC, counted, number_of
from mrr_xl.sources.billing.periods import whole_months
from mrr_xl.sources.billing.records import Record, id_of, object_in, objects_in
from mrr_xl.sources.billing.spans import utc_day
from mrr_xl.sources.billing.stripe_prorations import Charge, by_days
from mrr_xl.sources.table import Table, frame_of

_ISSUED, _NOT_ISSUED = ("paid", "open", "uncollectible"), ("draft", "void")
Seen = dict[str, list[int]]


def _read(records: list[Record]) -> Table:
    seen: Seen = defaultdict(list)
    found: list[tuple[Record, Charge]] = []
    for row, record in enumerate(records, 1):
        try:
            found += _lines(record, row, seen)
        except MrrError as error:
            raise MrrError(f"object {row}: {error}") from None
    answers = _answers(seen)
    if not found:
        why = next((answer[4] for answer in answers if answer[2]), "they have no lines")
        raise MrrError(f"no invoice of the file can be used ({why}); export them again")
    lines = []
    for (line, _), (amount, months) in zip(found, by_days([charge for _, charge in found])):
        cost = {"line amount": from_minor(float(amount), line["currency"])}
        lines.append({**line, **cost, "interval": f"{months} months" if months else None, FIXED: True})
    columns = {name: [line[name] for line in lines] for name in lines[0]}
    table = read(Table(frame_of(columns), row=ROW, fixed=FIXED))
    return replace(table, answers=(IN_UTC, *answers, *table.answers))


def _lines(record: Record, row: int, seen: Seen) -> list[tuple[Record, Charge]]:
    """An invoice's lines and their charges; what is left out or can't be known is added to `seen`."""
    if record.get("object") != "invoice":
        seen["no invoice"].append(row)
        return []
    status = record.get("status")
    if status not in (*_ISSUED, *_NOT_ISSUED):
        known = ", ".join((*_ISSUED, *_NOT_ISSUED))
        raise MrrError(f"{shown(status)} is not a known status of an invoice; the known ones are {known}")
    if status in _NOT_ISSUED:
        seen[status].append(row)
        return []
    customer = object_in(record.get("customer"))
    whose = id_of(record.get("customer"))
    if not whose:
        raise MrrError("the invoice has no customer; export it again")
    who = {"customer": whose, "invoice number": record.get("number") or record.get("id")}
    who["invoice date"] = utc_day(record.get("created"))
    names = {name: customer.get(name) or record.get(f"customer_{name}") for name in ("name", "email")}
    names["country"] = object_in(customer.get("address") or record.get("customer_address")).get("country")
    listed, lines, discounted = objects_in(record.get("lines")), [], 0
    for line in listed:
        currency = str(line.get("currency") or record.get("currency") or "")
        charge, kind = _charge(line, record, (whose, currency))
        discount = _sum(line.get("discount_amounts"))
        discounted += discount
        start, end = charge.days
        once = charge.prorated is None and kind != "usage"
        if charge.amount < 0 and charge.prorated is None:
            seen["credits"].append(row)
        if start == end and not once:
            seen["within a day"].append(row)
            continue
        if charge.prorated is False and not whole_months(start, end):
            seen["days"].append(row)
        seen["discounts"] += [row] if discount else []
        price, pricing = object_in(line.get("price") or line.get("plan")), object_in(line.get("pricing"))
        details = object_in(pricing.get("price_details"))
        lines.append(({
            ROW: row, **who, "subscription": charge.whose[2], "service start": None if once else start,
            "service end": None if once else end, "currency": currency, "kind": kind,
            "product": id_of(price.get("product") or details.get("product")),
            "plan": id_of(price.get("id") or details.get("price")), **names,
        }, charge))  # fmt: skip
    more = object_in(record.get("lines")).get("has_more") is True
    said = {
        "more lines": more,
        "lost discounts": not more and _sum(record.get("total_discount_amounts")) != discounted,
        "credit notes": any(record.get(f"{when}_payment_credit_notes_amount") for when in ("pre", "post")),
        "uncollectible": status == "uncollectible",
        "test": record.get("livemode") is False,
    }
    for what, is_so in said.items():
        seen[what] += [row] if is_so else []
    return lines


def _charge(line: Record, invoice: Record, whose: tuple[str, str]) -> tuple[Charge, str]:
    """What a line asks for, and its kind: recurring, one_time or usage."""
    parent = object_in(line.get("parent"))
    details = object_in(parent.get("subscription_item_details") or parent.get("invoice_item_details"))
    of_invoice = object_in(object_in(invoice.get("parent")).get("subscription_details"))
    named = (one.get("subscription") for one in (line, details, invoice, of_invoice))
    subscription = next((id_of(one) for one in named if one), None)
    prorated = bool(line.get("proration") or details.get("proration"))
    period = object_in(line.get("period"))
    start, end = _seconds(period.get("start")), _seconds(period.get("end"))
    if end < start:
        raise MrrError(f"line {line.get('id')} ends before it starts; export the invoice again")
    price, pricing = object_in(line.get("price") or line.get("plan")), object_in(line.get("pricing"))
    recurring = object_in(price.get("recurring")) or price
    kind = "recurring"
    if recurring.get("usage_type") == "metered":
        kind = "usage"
    elif start == end or (not prorated and "invoice" in str(parent.get("type") or line.get("type") or "")):
        kind = "one_time"
    unit = price.get("unit_amount", price.get("amount")) or pricing.get("unit_amount_decimal")
    quantity = line.get("quantity")
    amount = _amount(line.get("amount")) - _sum(line.get("discount_amounts")) - _included_tax(line)
    full = _price(unit, 1 if quantity is None else quantity)
    return Charge((*whose, subscription), start, end, amount, prorated if kind == "recurring" else None, full), kind


def _included_tax(line: Record) -> int:
    """The tax in a line's amount: of tax_amounts or, in later APIs, of taxes."""
    taxes = objects_in(line.get("taxes")) or objects_in(line.get("tax_amounts"))
    return _sum([tax for tax in taxes if tax.get("inclusive") is True or tax.get("tax_behavior") == "inclusive"])


def _sum(amounts: Any) -> int:
    return sum(_amount(one.get("amount")) for one in objects_in(amounts))


def _amount(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**53:
        raise MrrError(f"{shown(value)} is not an amount; it is a whole number of the currency's smallest unit")
    return value


def _price(unit: Any, quantity: Any) -> Fraction | None:
    try:
        return Fraction(str(float(unit))) * Fraction(str(float(quantity)))
    except (TypeError, ValueError, OverflowError):
        return None


def _seconds(value: Any) -> int:
    if utc_day(value) is None:
        raise MrrError("a line has no period; export the invoices with their lines")
    return int(value)


def _answers(seen: Seen) -> list[Answer]:
    def of(what: str) -> str:
        return number_of(sorted(set(seen[what])), "invoice")

    more = f"more lines than the file lists in {of('more lines')} (has_more), which are left out; export them all"
    lost = f"discounts that the lines don't show in {of('lost discounts')}: the MRR is before them; export them again"
    notes = (
        f"credit notes to {of('credit notes')}, and which lines they lower is not in the file: the MRR is before them; "
        "look them up in Stripe"
    )
    days = "a month of them is by the days of the month in which each begins, so it differs from month to month"
    return [
        counted("left out: drafts", seen["draft"], "invoices that are not issued yet"),
        counted("left out: void", seen["void"], "invoices that were cancelled"),
        counted("left out: no invoice", seen["no invoice"], "objects of another kind"),
        counted("left out: more lines", seen["more lines"], more, PROBLEM),
        counted("left out: within a day", seen["within a day"], "lines whose period begins and ends on one day"),
        counted("uncollectible", seen["uncollectible"], "invoices that are given up count for their periods"),
        counted("discounts", seen["discounts"], "lines count after their discounts, also after those that hold once"),
        counted("discounts not in lines", seen["lost discounts"], lost, PROBLEM),
        counted("credit notes", seen["credit notes"], notes, PROBLEM),
        counted("credits that are paid once", seen["credits"], "they are no prorations, so they lower no MRR"),
        counted("weeks and days", seen["days"], f"lines for another time than whole months: {days}"),
        counted("test mode", seen["test"], "invoices that were made in test mode count"),
    ]


_KEYS = ("id", "object", "customer", "lines", "currency")
EXPORTS: tuple[Export, ...] = (Export("stripe", "the invoices of Stripe's API", _KEYS, _read, records=True),)
