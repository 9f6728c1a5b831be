"""Shopify's earnings of a partner (Partner Dashboard, Payouts, Export): charges for apps → subscriptions of shops.

Its columns (https://help.shopify.com/en/partners/getting-started/getting-paid; the headers are those that
importers of this file read, such as github.com/forsbergplustwo/partner-metrics):

Shop: the customer. Charge Creation Time: the first day that a charge pays for. Charge Type: "App sale – 30-day
subscription", "App sale – yearly subscription" and, formerly, "Recurring application fee" are for 30 days, or for a
year where they say so. Partner Sale In Payout Currency, in Payout Currency, else Partner Sale: what the shop pays;
Partner Share, what is left of it after Shopify's fee, only where there is nothing else. App Title: the product.

A price of 30 days is taken as that of a month, as Shopify shows it. A subscription runs until the next charge of its
shop and app if that comes sooner, or up to two days late; a later one is a gap (the setting grace_days). Usage and
one-time sales, commissions and themes are left out as what they are.

What cannot be known: which days a credit or a refund is for. They are not taken off, and a check counts them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from mrr_xl.answers import NOTE, PROBLEM, Answer
from mrr_xl.sources.billing.export import FIXED, ROW, Export, edge_of, in_memory, lines_from, rows_in_file
from mrr_xl.sources.billing.notation import Notation
from mrr_xl.sources.billing.periods import months_after
from mrr_xl.sources.headers import plain
from mrr_xl.sources.spelling import by_plain
from mrr_xl.sources.table import Table, found

_CYCLE, _LATE = dt.timedelta(days=30), dt.timedelta(days=2)
_SALES = ("Partner Sale In Payout Currency", "Partner Sale", "Partner Share")
_CREDITS = ("credit", "refund", "adjustment", "downgrade", "correction", "manual")
_ONCE = ("one-time", "onetime", "one time", "theme", "service", "affiliate", "referral", "commission", "tax")


def read(table: Table) -> Table:
    """A partner's earnings as the subscriptions of shops."""
    frame = in_memory(table)
    named = by_plain(frame.columns)
    shop, kind, when = named["shop"], named["chargetype"], named["chargecreationtime"]
    sale = next(named[plain(header)] for header in _SALES if plain(header) in named)
    app = named.get("apptitle")
    rows = rows_in_file(table, frame)
    kinds = [_kind(value) for value in frame[kind].to_list()]
    counted = [place for place, what in enumerate(kinds) if what not in ("credit", "unknown")]
    written = Notation(table, frame, [when], [sale])
    dates = [written.day(value, row, when) for value, row in zip(frame[when].to_list(), rows)]
    sales = frame[sale].to_list()
    shops, apps = frame[shop].to_list(), frame[app].to_list() if app else [None] * len(rows)
    ends = dict(_ends([(place, (shops[place], apps[place]), dates[place], kinds[place]) for place in counted]))
    columns: dict[str, list[Any]] = {
        "start": [dates[place] for place in counted],
        "end": [ends.get(place, months_after(dates[place], 1)) for place in counted],
        "amount": [float(written.amount(sales[place], rows[place], sale)) for place in counted],
        "interval": ["year" if kinds[place] == "year" else "month" for place in counted],
        "kind": ["recurring" if kinds[place] in ("month", "year") else kinds[place] for place in counted],
        ROW: [rows[place] for place in counted],
        FIXED: [True] * len(counted),
    }
    roles = {role: role for role in ("start", "end", "amount", "interval", "kind")} | {"customer": shop}
    if app:
        roles["product"] = app
    if plain(sale) == plain(_SALES[0]) and "payoutcurrency" in named:
        roles["currency"] = named["payoutcurrency"]
    edge, covered = edge_of("charges", max(dates), ((rows[place], end) for place, end in ends.items()))
    answers = [
        found("amounts of charges", f"{sale}, of 30 days as of a month"),
        covered,
        *_left_out(kinds, rows, frame[kind].to_list()),
    ]
    gone = [kind, when, *(named[plain(header)] for header in _SALES if plain(header) in named)]
    made = lines_from(frame, counted, columns, gone)
    return Table(made, tuple(answers), roles, ROW, edge=edge, fixed=FIXED)


def _kind(value: Any) -> str:
    """What a charge is: month or year, a kind that the ledger leaves out, a credit, or unknown."""
    text = str(value or "").lower()
    if any(word in text for word in _CREDITS):
        return "credit"
    if "usage" in text:
        return "usage"
    if "recurring" in text or "subscription" in text:
        return "year" if "year" in text or "annual" in text else "month"
    return "one_time" if any(word in text for word in _ONCE) else "unknown"


def _ends(charges: list[tuple[int, Any, dt.date, str]]) -> Iterator[tuple[int, dt.date]]:
    """The first day that each recurring charge no longer pays for, by its place."""
    by_app: dict[Any, list[tuple[dt.date, int, str]]] = defaultdict(list)
    for place, whose, date, kind in charges:
        if kind in ("month", "year"):
            by_app[whose].append((date, place, kind))
    for of_app in by_app.values():
        of_app.sort(key=lambda charge: charge[:2])
        for (date, place, kind), after in zip(of_app, [*of_app[1:], None]):
            end = months_after(date, 12) if kind == "year" else date + _CYCLE
            yield place, after[0] if after and after[0] <= end + _LATE else end


def _left_out(kinds: list[str], rows: list[int], texts: list[Any]) -> list[Answer]:
    answers: list[Answer] = []
    if credited := [row for row, kind in zip(rows, kinds) if kind == "credit"]:
        says = "they do not say for which days they are, and are not taken off"
        answers.append(("credits and refunds", NOTE, len(credited), credited[0], says))
    if unknown := [place for place, kind in enumerate(kinds) if kind == "unknown"]:
        words = ", ".join(sorted({str(texts[place]) for place in unknown}))
        says = f"charges of a type that is not known are not counted: {words}"
        answers.append(("unknown charges", PROBLEM, len(unknown), rows[unknown[0]], says))
    return answers


SHOPIFY = Export(
    "shopify", "Shopify's earnings of a partner", ("Shop", "Charge Creation Time", "Charge Type", "Partner Share"), read
)
