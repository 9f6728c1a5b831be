"""Baremetrics' list of manual subscriptions: one line each, with its plan.

The format of the import, by which lists of subscriptions are kept for Baremetrics
(https://help.baremetrics.com/en/articles/5380088-manual-subscription-import-guide): plan_amount in cents, for
plan_interval × plan_interval_count, in plan_currency; subscription_quantity, 1 where blank; subscription_started_at
and subscription_canceled_at, the day on which the subscription ends.

What cannot be known: an earlier price of a subscription. Baremetrics' own exports of customers have today's MRR only.
"""

from __future__ import annotations

from mrr_xl.errors import MrrError, cell
from mrr_xl.sources.billing.export import Export, in_memory, lines_from, rows_in_file
from mrr_xl.sources.billing.notation import Notation
from mrr_xl.sources.headers import plain
from mrr_xl.sources.spelling import by_plain
from mrr_xl.sources.table import Table, found

_ROLES = {
    "customer": "customer_oid",
    "subscription": "subscription_oid",
    "start": "subscription_started_at",
    "end": "subscription_canceled_at",
    "interval": "plan_interval",
    "interval_count": "plan_interval_count",
    "quantity": "subscription_quantity",
    "currency": "plan_currency",
    "product": "plan_name",
}
#: Currencies without cents: what Baremetrics writes for them is not said anywhere.
_NO_CENTS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())  # noqa: SIM905


def read(table: Table) -> Table:
    """Manual subscriptions with their amounts in units of their currency."""
    frame = in_memory(table)
    named = by_plain(frame.columns)
    rows = rows_in_file(table, frame)
    amount, currency = named["planamount"], named["plancurrency"]
    for row, code in zip(rows, frame[currency].to_list()):
        if str(code).strip().upper() in _NO_CENTS:
            where = cell(row, currency, table.files)
            raise MrrError(
                f"{where}: whether amounts in {code} are in cents is not known; write them in units in a column "
                "amount, in place of plan_amount"
            )
    written = Notation(table, frame, [], [amount])
    cents = [written.amount(value, row, amount) for row, value in zip(rows, frame[amount].to_list())]
    amounts = [float(value / 100) for value in cents]
    made = lines_from(frame, range(len(frame)), {"amount": amounts}, [amount])
    roles = {role: named[plain(header)] for role, header in _ROLES.items() if plain(header) in named}
    answers = (found("amounts of plans", "in cents, as Baremetrics writes them"),)
    return Table(made, answers, roles | {"amount": "amount"}, table.row)


BAREMETRICS = Export(
    "baremetrics",
    "Baremetrics' list of manual subscriptions",
    ("plan_amount", "plan_interval", "plan_currency", "customer_oid", "subscription_oid", "subscription_started_at"),
    read,
)
