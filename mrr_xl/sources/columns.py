"""Which column means what: a table's headers, in any order → roles and a layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mrr_xl.date_texts import folded, month_number, order_of
from mrr_xl.errors import MrrError, nearest, shown
from mrr_xl.months import Month, read_month, read_span
from mrr_xl.sources.headers import ROLES, plain, roles_of, words
from mrr_xl.sources.spelling import header_named

#: Roles that no amount hangs on, so that a second column of the kind is no mistake: the first alias counts.
_FIRST_COUNTS = ("product", "parent")
#: Roles that a wide schedule has beside its months.
OF_WIDE = ("customer", "parent")
#: The column of the intervals that amounts for a year or a term are for.
INTERVAL = "(interval)"
#: What amounts can be for as a whole → the role that says so.
TOTALS = {"year": "arr", "term": "tcv"}
#: What is taken off an amount, and for how long.
DISCOUNTS = ("discount", "discount_amount", "discount_until", "discount_duration")
#: What says how an amount is paid, and changes nothing of one that is per month already.
OF_PRICES = frozenset(["interval", "interval_count", "quantity", *DISCOUNTS])
#: Roles that count only where no column says what is paid per month or per interval.
_OVERRULED = ("arr", "tcv", "term")
#: What follows where no column has a role; what is for the command line, and no help for a workbook's own table.
MAP = "; if one of them does, say which with --map"
#: What headers of such amounts have in them, in English, German, French, Italian and Spanish.
_OF_A_CONTRACT = re.compile("contra|vertrag|auftrag|deal|booking|total|gesamt")
_OF_A_YEAR = re.compile("annual|yearly|peryear|jahr|jaehrlich|annuel|paran|anual|poran|annuo|annua")
_MEANT = {
    "customer": "whose subscription it is, such as 'customer'",
    "start": "when it starts, such as 'start'",
    "amount": "what is paid, such as 'amount' or 'mrr'",
}


@dataclass(frozen=True)
class Layout:
    """What a table's headers say: which of the three layouts, and where each role is."""

    kind: str  #: subscriptions, long or wide
    roles: dict[str, str]
    total: str | None = None  #: the amounts are for a whole year or a whole term
    idle: tuple[str, ...] = ()  #: headers of roles that don't change such amounts
    months: dict[str, Month] = field(default_factory=dict)  #: the month columns of a wide schedule
    blank: frozenset[Month] = frozenset()  #: those of them that have no cell filled in, where they are in memory
    mark: str | None = None  #: what stands beside all amounts: a currency's code, or the sign of several


def recognise(
    headers: Sequence[str],
    known: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    order: str | None = None,
) -> Layout:
    """The layout of a table with these headers.

    known: which column is what, where the table's source knows it; given: where the user says it. order: in which order
    dates in the headers have their numbers.

    >>> recognise(["Customer ID", "Started at", "MRR"]).kind
    'subscriptions'
    >>> recognise(["Client", "Contract Start (UTC)", "Churn Date", "Price"]).roles["end"]
    'Churn Date'
    >>> recognise(["Month", "account", "mrr"]).kind, recognise(["Client", "Jan 2024", "2024-02"]).kind
    ('long', 'wide')
    """
    if not headers:
        raise MrrError("there is no header row; name the columns customer, start, end and amount")
    mapped = {role: _named(headers, role, header) if header else "" for role, header in (given or {}).items()}
    roles = (_roles(headers, mapped) if known is None else dict(known)) | mapped
    roles = {role: header for role, header in roles.items() if header}
    if "mrr" in roles and "amount" in roles:
        raise MrrError(
            f"columns {roles['mrr']!r} (already per month) and {roles['amount']!r} (per interval) "
            "both say what is paid; remove one of them"
        )
    if "customer" not in roles:
        raise _missing("customer", headers)
    return _schedule(headers, roles, order) if "start" not in roles else _subscriptions(headers, roles)


def _named(headers: Sequence[str], role: str, name: str) -> str:
    """The header that a user means. Raises MrrError."""
    header = name if name in headers else header_named(name, headers)
    if header is not None:
        return header
    listed_ = ", ".join(str(header) for header in headers)
    sentence = f"{role} is said to be column {shown(name)}, which is not there; the header row has {listed_}"
    raise MrrError(sentence, nearest(name, map(str, headers)))


def _roles(headers: Sequence[str], mapped: Mapping[str, str]) -> dict[str, str]:
    """Role → the header that names it best; mapped: those that are taken."""
    ranked: dict[str, dict[int, list[str]]] = {}
    for header in headers:
        if header in mapped.values():
            continue
        for role, rank in roles_of(header).items():
            ranked.setdefault(role, {}).setdefault(rank, []).append(header)
    roles: dict[str, str] = {}
    for role in ROLES:
        best = ranked.get(role, {})
        if not best or role in mapped:
            continue
        candidates = best[min(best)]
        overruled = role in _OVERRULED and not {"mrr", "amount"}.isdisjoint(roles)
        if len(candidates) > 1 and role not in _FIRST_COUNTS and not overruled:
            several = " and ".join(repr(header) for header in candidates)
            raise MrrError(f"columns {several} both mean {role}; rename or remove one of them")
        aliases = ROLES[role].aliases.split()
        roles[role] = min(candidates, key=lambda header: _index(aliases, "".join(words(header))))
    return roles


def _index(aliases: list[str], spelled: str) -> int:
    return aliases.index(spelled) if spelled in aliases else len(aliases)


def _schedule(headers: Sequence[str], roles: dict[str, str], order: str | None) -> Layout:
    """The layout of a table without a start: one row or one column for each month."""
    if "month" in roles and ("mrr" in roles or "amount" in roles):
        return Layout("long", roles)
    months = _month_columns(headers, order or _order(headers))
    if not months and "month" in roles:
        if "arr" in roles:
            raise MrrError(
                f"column {roles['arr']} is for a year, and the amounts of a schedule are what is paid in each month; "
                "give a twelfth of it in a column mrr"
            )
        raise _missing("amount", headers, roles)
    if not months:
        raise _missing("start", headers)
    return Layout("wide", {role: header for role, header in roles.items() if role in OF_WIDE}, months=months)


def _subscriptions(headers: Sequence[str], roles: dict[str, str]) -> Layout:
    idle = {"month", "arr", "tcv", "term"} | (set() if "interval" in roles else {"interval_count"})  # a count of what?
    if "mrr" in roles or "amount" in roles:
        return Layout("subscriptions", {role: header for role, header in roles.items() if role not in idle})
    paid = next((role for role in TOTALS.values() if role in roles), None)
    if paid is None:
        raise _missing("amount", headers, roles)
    used = {role: header for role, header in roles.items() if role not in idle | OF_PRICES}
    used |= {"amount": roles[paid], "interval": INTERVAL}
    if paid == "tcv" and "term" in roles:
        used["term"] = roles["term"]
    total = next(total for total, role in TOTALS.items() if role == paid)
    return Layout("subscriptions", used, total, tuple(header for role, header in roles.items() if role in OF_PRICES))


def _missing(role: str, headers: Sequence[str], roles: Mapping[str, str] | None = None) -> MrrError:
    """The error for a table in which nothing has a role; roles: beside which a header may be an amount for longer."""
    listed = ", ".join(str(header) for header in headers[:12]) + (", ..." if len(headers) > 12 else "")
    sentence = f"no column says {_MEANT[role]}; the header row has {listed}{MAP} {role}=..., elsewhere with columns"
    unread = [plain(header) for header in headers if roles is not None and header not in roles.values()]
    if any(map(_OF_A_CONTRACT.search, unread)):
        sentence += "; what is for a whole contract is --map tcv=..., and how long that runs --map term=..."
    if any(map(_OF_A_YEAR.search, unread)):
        sentence += "; what is for a year is --map arr=..."
    unfit = [f"{header} {why}" for header in headers if role == "start" and (why := _no_month(header))]
    return MrrError(f"{sentence}; a schedule has a column for each month, such as 2024-03, and {unfit[0]}"
                    if unfit else sentence)  # fmt: skip


def _no_month(header: str) -> str | None:
    """Why a header that speaks of a time is not that of a month."""
    if span := read_span(header):
        return f"is a {span.word}"
    if month_number(folded(header.strip().rstrip("."))):
        return "does not say its year"
    words_ = header.replace("_", " ").split()
    parts = (" ".join(words_[first:last]) for first in range(len(words_)) for last in range(first + 1, len(words_) + 1))
    return "says more than that" if any(is_month_header(part) for part in parts if not part.isdigit()) else None


def _order(headers: Sequence[str]) -> str | None:
    """In which order the dates of a wide schedule's headers have their numbers: each is of another month."""
    known = order_of(headers)
    if known is None or known.order is not None:
        return known.order if known else None
    readings = {order: [month for _, month in _months(headers, order)] for order in ("dmy", "mdy")}
    different = [order for order, months in readings.items() if len(set(months)) == len(months)]
    if len(different) == 1:
        return different[0]
    raise MrrError(
        f"column {shown(known.shows)} may be a month with the day first or with the month first; say which with "
        "--dates, elsewhere with dates=dmy or dates=mdy"
    )


def _month_columns(headers: Sequence[str], order: str | None) -> dict[str, Month]:
    months: dict[str, Month] = {}
    for header, month in _months(headers, order):
        if month in months.values():
            earlier = next(name for name, other in months.items() if other == month)
            raise MrrError(f"columns {earlier!r} and {header!r} are the same month; remove one of them")
        months[header] = month
    return months


def is_month_header(header: str) -> bool:
    """Whether a header is a month, such as 2024-03, Mar 24 or a date of it."""
    return any(list(_months([header], order)) for order in (None, "dmy", "mdy"))


def _months(headers: Sequence[str], order: str | None) -> Iterator[tuple[str, Month]]:
    for header in headers:
        try:
            yield header, read_month(header.replace("_", "-"), order)
        except MrrError:
            continue
