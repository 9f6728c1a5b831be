"""Which column means what: headers in any order, case and spelling → roles and a layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mrr_xl.errors import MrrError
from mrr_xl.months import read_month

#: Role → the headers that name it, compared without case, spaces and punctuation.
ALIASES: dict[str, str] = {
    "customer": "customer customerid customerno customernumber customerkey account accountid client clientid",
    "subscription": "subscription subscriptionid subscriptionno subscriptionnumber",
    "start": "start startdate startday started startedat startson subscriptionstart periodstart validfrom activefrom "
    "begin begindate",
    "end": "end enddate endday ended endedat endson subscriptionend periodend validto validuntil activeto activeuntil "
    "finish finishdate",
    "cancelled": "cancelled canceled cancelledat canceledat cancelledon canceledon cancellationdate canceldate",
    "month": "month period monthdate datemonth reportingmonth monthstart",
    "mrr": "mrr mrramount monthlyamount monthlyrevenue monthlyrecurringrevenue monthlyfee monthlyprice",
    "amount": "amount price unitamount unitprice planamount planprice fee",
    "interval": "interval billinginterval billingperiod billingcycle billingfrequency frequency",
    "quantity": "quantity qty seats units licenses licences",
    "discount": "discount discountrate discountpercent",
    "currency": "currency currencycode",
    "status": "status subscriptionstatus",
    "kind": "kind linekind chargekind chargetype",
    "product": "product productid productname",
}
#: Names that people have beside an id; they stand in only where no id is.
_SECOND_CHOICE = {"customer": "customername accountname clientname company companyname email"}

#: Roles that no amount hangs on, so that a second column of the kind is no mistake: the first alias counts.
_FIRST_COUNTS = ("product",)

_MEANT = {
    "customer": "whose subscription it is, such as 'customer'",
    "start": "when it starts, such as 'start'",
    "amount": "what is paid, such as 'amount' or 'mrr'",
}


_REPEATED = re.compile(r" \(\d+\)$")  # what sources/ adds to a header that stands there twice


def plain(header: object) -> str:
    return re.sub(r"[^a-z0-9]", "", str(header).lower())


def names_a_customer(header: object) -> bool:
    """Whether a cell is a header that says whose a line is."""
    return plain(header) in f"{ALIASES['customer']} {_SECOND_CHOICE['customer']}".split()


@dataclass(frozen=True)
class Layout:
    """What a table's headers say: which of the three layouts, and where each role stands."""

    kind: str  #: subscriptions, long or wide
    roles: dict[str, str]
    months: dict[str, int] = field(default_factory=dict)  #: the month columns of a wide schedule


def recognise(headers: Sequence[str]) -> Layout:
    """The layout of a table with these headers.

    >>> recognise(["Customer ID", "Started at", "MRR"]).kind
    'subscriptions'
    >>> recognise(["Month", "account", "mrr"]).kind, recognise(["Client", "Jan 2024", "2024-02"]).kind
    ('long', 'wide')
    """
    if not headers:
        raise MrrError("there is no header row; name the columns customer, start, end and amount")
    roles = _roles(headers)
    for header in headers:
        if plain(header) in ("intervalcount", "billingintervalcount"):
            raise MrrError(f"column {header!r} is not read; write the count into the interval, such as '3 months'")
    if "mrr" in roles and "amount" in roles:
        raise MrrError(
            f"columns {roles['mrr']!r} (already per month) and {roles['amount']!r} (per interval) "
            "both say what is paid; remove one of them"
        )
    if "customer" not in roles:
        raise _missing("customer", headers)
    return _schedule(headers, roles) if "start" not in roles else _subscriptions(headers, roles)


def _roles(headers: Sequence[str]) -> dict[str, str]:
    """Role → the header that names it."""
    roles: dict[str, str] = {}
    spelled = {header: plain(_REPEATED.sub("", header)) for header in headers}
    for names in (ALIASES, _SECOND_CHOICE):
        for role, words in names.items():
            aliases = words.split()
            candidates = [header for header in headers if spelled[header] in aliases]
            if role in roles or not candidates:
                continue
            if len(candidates) > 1 and role not in _FIRST_COUNTS:
                several = " and ".join(repr(header) for header in candidates)
                raise MrrError(f"columns {several} both mean {role}; rename or remove one of them")
            roles[role] = min(candidates, key=lambda header: aliases.index(spelled[header]))
    return roles


def _schedule(headers: Sequence[str], roles: dict[str, str]) -> Layout:
    """The layout of a table without a start: one row or one column for each month."""
    if "month" in roles and ("mrr" in roles or "amount" in roles):
        return Layout("long", roles)
    months = _month_columns(headers)
    if not months:
        raise _missing("start", headers)
    return Layout("wide", {"customer": roles["customer"]}, months)


def _subscriptions(headers: Sequence[str], roles: dict[str, str]) -> Layout:
    if "mrr" not in roles and "amount" not in roles:
        raise _missing("amount", headers)
    return Layout("subscriptions", {role: header for role, header in roles.items() if role != "month"})


def _missing(role: str, headers: Sequence[str]) -> MrrError:
    listed = ", ".join(str(header) for header in headers[:12]) + (", ..." if len(headers) > 12 else "")
    return MrrError(f"no column says {_MEANT[role]}; the header row has {listed}")


def _month_columns(headers: Sequence[str]) -> dict[str, int]:
    months: dict[str, int] = {}
    for header in headers:
        try:
            month = read_month(header)
        except MrrError:
            continue
        if month in months.values():
            earlier = next(name for name, other in months.items() if other == month)
            raise MrrError(f"columns {earlier!r} and {header!r} are the same month; remove one of them")
        months[header] = month
    return months
