"""Sheets whose header is nearly that of a ledger: what it lacks, so that the wrong sheet is not read in silence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mrr_xl.errors import MrrError
from mrr_xl.sources.columns import recognise
from mrr_xl.sources.headers import plain, roles_of, words

#: What most headers of a ledger say: whose, since when, until when, how much and how often; each by one of the roles.
_SAID = (
    {"customer"},
    {"start"},
    {"end", "cancelled"},
    {"mrr", "amount", "arr", "tcv"},
    {"interval"},
)
_ENOUGH = 3  #: of them, for a header to be nearly a ledger's
#: Which of them a ledger can't be without, as a sentence names it.
_NEEDED = {"customer": _SAID[0], "start": _SAID[1], "amount": _SAID[3]}
#: Headers of lists of invoices, payments and bookings, whose dates are of something else.
_OF_PAYMENTS = re.compile(
    r"invoic|inv(no|nr|date)|rechnung|factur|fattur|payment(date|id|no|ref)|paid(on|at|date)|zahlung|paiement|receipt"
    r"|transaction|voucher|beleg|duedate|faellig|fallig|balancedue|creditnote"
)
#: Words of the first column of a list of prices, which has no customers.
_OF_PRICES = (
    "plan plans product products sku tier package tariff tarif item service feature price pricing offer addon coupon "
    "produkt artikel leistung produit article forfait producto articulo servicio"
)
_OF_IDS = frozenset(["id", "no", "nr", "number", "code", "key", "ref", "uuid", "nummer", "numero", "n"])


def lacking(headers: Sequence[str], given: Mapping[str, str], numbers: Sequence[str]) -> str | None:
    """What a header lacks that is nearly a ledger's, as a sentence says it; None for the header of anything else.

    given: as in recognise. numbers: the headers above numbers, one of which would be an amount that is not understood.

    >>> lacking(["Client", "Start", "End", "Rent", "Interval"], {}, ["Rent"])
    'says no amount'
    >>> lacking(["Client", "Since", "Phone"], {}, ["Phone"]), lacking(["Invoice no", "Client", "From", "To"], {}, [])
    (None, None)
    """
    mapped = {header: role for role, header in given.items() if header}
    named = {header: {mapped[header]} if header in mapped else set(roles_of(header)) for header in headers}
    said = {role for roles in named.values() for role in roles}
    unread = [header for header, roles in named.items() if not roles]
    if sum(not said.isdisjoint(roles) for roles in _SAID) < _ENOUGH or _is_other(said, unread):
        return None
    wanting = [name for name, roles in _NEEDED.items() if said.isdisjoint(roles)]
    if wanting == ["amount"] and "interval" not in said and not set(unread) & set(numbers):
        return None  # customers, and how long they are that
    if wanting:
        return f"says no {' and no '.join(wanting)}"
    try:
        recognise(headers, given=given)
    except MrrError as error:
        return f"is not clear ({str(error).partition(';')[0]})"
    return None


def _is_other(said: set[str], unread: Sequence[str]) -> bool:
    """Whether the headers that say nothing of a ledger are those of invoices, payments or prices."""
    if any(_OF_PAYMENTS.search(plain(header)) for header in unread):
        return True
    first = next((found for header in unread if (found := set(words(header))) and not found <= _OF_IDS), set())
    return "customer" not in said and (not first or not first.isdisjoint(_OF_PRICES.split()))
