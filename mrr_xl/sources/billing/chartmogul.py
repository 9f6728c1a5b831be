"""ChartMogul's MRR movements (activities): each changes what a customer pays from its day on.

The fields are those of the activities of its API and of the tables that it is synchronised to
(https://dev.chartmogul.com/reference/list-activities): date, type (new_biz, expansion, contraction, churn,
reactivation), activity-mrr-movement in cents, currency, customer-external-id, customer-uuid, customer-name,
subscription-external-id, plan-external-id. The sum of a subscription's movements up to a day is its MRR on that day.

What cannot be known: what a customer paid before the first movement of the export; a sum below 0 shows that some are
missing, and is refused. A list of ChartMogul's customers (https://dev.chartmogul.com/docs/destinations) has today's
MRR only, and is refused for that.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mrr_xl.errors import MrrError, cell
from mrr_xl.months import Month, month_label
from mrr_xl.sources.billing.export import FIXED, ROW, Export, in_memory, lines_from, rows_in_file
from mrr_xl.sources.billing.notation import Notation
from mrr_xl.sources.headers import plain
from mrr_xl.sources.spelling import by_plain
from mrr_xl.sources.table import Table, found

_WHO = ("customer-external-id", "customer-uuid", "customer-name")
_WHICH = ("subscription-external-id",)


def read(table: Table) -> Table:
    """MRR movements as the subscriptions that they make."""
    frame = in_memory(table)
    named = by_plain(frame.columns)
    rows, date, movement = rows_in_file(table, frame), named["date"], named["activitymrrmovement"]
    who = next((named[plain(header)] for header in _WHO if plain(header) in named), None)
    if who is None:
        raise MrrError("no column says whose the movements are; export them with customer-external-id or customer-uuid")
    which = next((named[plain(header)] for header in _WHICH if plain(header) in named), None)
    written = Notation(table, frame, [date], [movement])
    customers = frame[who].to_list()
    subscriptions = frame[which].to_list() if which else [None] * len(rows)
    moves: dict[Any, list[tuple[dt.date, int, int]]] = defaultdict(list)
    for place, (row, on, cents) in enumerate(zip(rows, frame[date].to_list(), frame[movement].to_list())):
        change = _cents(written.amount(cents, row, movement), cell(row, movement, table.files))
        moves[customers[place], subscriptions[place]].append((written.day(on, row, date), place, change))
    lines = sorted(
        line
        for of_one in moves.values()
        for line in _lines(of_one, lambda place: cell(rows[place], movement, table.files))
    )
    columns: dict[str, list[Any]] = {
        "start": [start for _, start, _, _ in lines],
        "end": [end for _, _, end, _ in lines],
        "mrr": [cents / 100 for *_, cents in lines],
        ROW: [rows[place] for place, *_ in lines],
        FIXED: [True] * len(lines),
    }
    roles = {role: role for role in ("start", "end", "mrr")} | {"customer": who}
    if which:
        roles["subscription"] = which
    if "currency" in named:
        roles["currency"] = named["currency"]
    last = max(on for of_one in moves.values() for on, *_ in of_one)
    edge = Month(last.year * 12 + last.month - 1)
    answers = (
        found("amounts of movements", "in cents, as ChartMogul writes them"),
        found("edge of the movements", f"the last one is of {month_label(edge)}"),
    )
    gone = [header for name, header in named.items() if name in _USED]
    made = lines_from(frame, [place for place, *_ in lines], columns, gone)
    return Table(made, answers, roles, ROW, edge=edge, fixed=FIXED)


_USED = {"date", "type", "activitymrrmovement", "activitymrr", "activityarr", "description", "currencysign"}


def _lines(
    moves: list[tuple[dt.date, int, int]], where: Callable[[int], str]
) -> list[tuple[int, dt.date, dt.date | None, int]]:
    """What a subscription pays between its movements: the place of the movement, its days and the cents a month."""
    moves.sort(key=lambda move: move[:2])
    lines, paid = [], 0
    for (on, place, cents), after in zip(moves, [*moves[1:], None]):
        paid += cents
        if after is not None and after[0] == on:
            continue
        if paid < 0:
            raise MrrError(
                f"{where(place)}: the movements add up to {paid / 100:,.2f}, so earlier ones are missing; "
                "export the movements from the first one on"
            )
        if paid:
            lines.append((place, on, after[0] if after else None, paid))
    return lines


def _cents(amount: Fraction, where: str) -> int:
    if amount.denominator != 1:
        raise MrrError(f"{where}: {float(amount)} is not a number of cents; ChartMogul's movements are whole cents")
    return int(amount)


def _customers(table: Table) -> Table:
    raise MrrError(
        "a list of ChartMogul's customers says what each pays today, and not since when; export the MRR movements "
        "(activities) instead"
    )


CHARTMOGUL = (
    Export("chartmogul", "ChartMogul's MRR movements", ("date", "activity-mrr-movement", "type"), read),
    Export(
        "chartmogul", "a list of ChartMogul's customers", ("MRR", "ARR", "NET_PAYMENTS", "SUBSCRIBER_SINCE"), _customers
    ),
)
