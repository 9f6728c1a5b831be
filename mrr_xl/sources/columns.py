"""Which column means what: headers in any order, case and spelling → roles and a layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mrr_xl.errors import MrrError
from mrr_xl.months import Month, read_month

_ISO_4217 = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG "
    "HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA "
    "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD "
    "RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX "
    "USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL"
)
#: The currencies in use.
CURRENCIES = frozenset(_ISO_4217.split())


@dataclass(frozen=True)
class Role:
    """What a column says, and the headers that say so.

    A header is understood as words: case, spaces and punctuation do not matter, nor do a currency's code or a time
    zone's name behind it. It names the role if it is one of `aliases`, or if it has a word of `core` and, beside it,
    only words of `beside` (and, where the role is a date, words such as date, day, at, on). second: the words of core
    that count only where no other header names the role. dated: the words that need such a date word beside them,
    since by themselves they may be a yes or no. needs: a word of `beside` has to be there.
    """

    aliases: str
    core: str = ""
    beside: str = ""
    second: str = ""
    dated: str = ""
    is_date: bool = False
    needs: bool = False


_WHAT = (
    "contract subscription sub plan billing recurring service term effective active valid period membership agreement "
    "license licence paid"
)
_ID = "id no nr number key code ref reference uuid identifier"

#: Role → the headers that name it, in the order of their importance.
ROLES: dict[str, Role] = {
    "customer": Role(
        "customer customerid customerno customernumber customerkey account accountid client clientid",
        "customer account client subscriber", _ID,
        second="customername accountname clientname subscribername company companyname email organisation organization",
    ),
    "subscription": Role(
        "subscription subscriptionid subscriptionno subscriptionnumber", "subscription sub contract agreement", _ID,
        needs=True,
    ),
    "start": Role(
        "start startdate startday started startedat startson subscriptionstart periodstart validfrom activefrom begin "
        "begindate effectivedate effectivefrom",
        "start started starts starting begin begins began begun beginning commencement commences commenced activation "
        "activated from since inception",
        _WHAT, second="created creation createddate joined joindate signup signupdate customersince",
        dated="activated commenced", is_date=True,
    ),
    "end": Role(
        "end enddate endday ended endedat endson subscriptionend periodend validto validuntil activeto activeuntil "
        "finish finishdate effectiveto to validthrough activethrough customerenddate accountenddate",
        "end ended ends ending finish finished finishes until till through thru expires expiry expiration expired "
        "terminates termination terminated churn churned stop stopped closed closing lapsed",
        _WHAT, dated="churn churned expired terminated stopped closed lapsed finished",
        is_date=True,
    ),
    "cancelled": Role(
        "cancelled canceled cancelledat canceledat cancelledon canceledon cancellationdate canceldate",
        "cancelled canceled cancellation cancel", _WHAT, dated="cancelled canceled cancel",
        is_date=True,
    ),
    "month": Role(
        "month period monthdate datemonth reportingmonth monthstart", "month",
        "reporting billing service revenue invoice accounting calendar", is_date=True,
    ),
    "mrr": Role(
        "mrr mrramount monthlyamount monthlyrevenue monthlyrecurringrevenue monthlyfee monthlyprice", "mrr",
        "amount value monthly customer subscription contract plan net",
    ),
    "amount": Role(
        "amount price unitamount unitprice planamount planprice fee", "amount price fee",
        "unit plan subscription recurring billing billed base list seat per license licence",
    ),
    "interval": Role(
        "interval billing billinginterval billingperiod billingcycle billingfrequency frequency billingschedule "
        "paymentfrequency paymentinterval paymentschedule billed invoicefrequency recurrence",
        "interval frequency cadence cycle",
        "billing payment plan subscription recurring price invoice charge unit renewal",
    ),
    "interval_count": Role(
        "intervalcount billingintervalcount billingperiodcount frequencycount intervallength", "count length",
        "interval frequency cycle period billing plan subscription recurring price charge", needs=True,
    ),
    "stopped": Role(
        "pausedat pausedon pausedate pausestart pausedsince suspendedat suspendedon unpaidsince unpaidfrom onholdsince",
        is_date=True,
    ),
    "quantity": Role(
        "quantity qty seats units licenses licences seatcount unitcount licensecount licencecount",
        "quantity qty seats", "subscription plan number of count billed billing paid",
    ),
    "discount": Role(
        "discount discountrate discountpercent", "discount",
        "rate percent percentage pct fraction recurring plan subscription billing",
    ),
    "currency": Role(
        "currency currencycode", "currency ccy",
        "code iso billing plan subscription invoice contract price amount charge transaction customer account",
    ),
    "status": Role(
        "status subscriptionstatus subscriptionstate", "status", "subscription sub plan contract line current"
    ),
    "kind": Role("kind linekind chargekind chargetype linetype itemtype lineitemtype revenuetype pricetype"),
    "product": Role("product productid productname", "product", "name sku line " + _ID),
}  # fmt: skip

#: Roles that no amount hangs on, so that a second column of the kind is no mistake: the first alias counts.
_FIRST_COUNTS = ("product",)
_DATE = frozenset(["date", "day", "at", "on", "time", "timestamp", "datetime"])
_ZONES = frozenset(["utc", "gmt", "cet", "cest", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "bst"])
#: What may follow in a header and says nothing of its meaning.
_SUFFIXES = _ZONES | frozenset(code.lower() for code in CURRENCIES)
_MEANT = {
    "customer": "whose subscription it is, such as 'customer'",
    "start": "when it starts, such as 'start'",
    "amount": "what is paid, such as 'amount' or 'mrr'",
}
_REPEATED = re.compile(r" \(\d+\)$")  # what sources/ adds to a header that is there twice
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def plain(header: object) -> str:
    return re.sub(r"[^a-z0-9]", "", str(header).lower())


def words(header: str) -> list[str]:
    """A header's words in small letters, without a time zone or a currency behind them.

    >>> words("Ended At (UTC)"), words("contractEndDate"), words("Discount %")
    (['ended', 'at'], ['contract', 'end', 'date'], ['discount', 'percent'])
    """
    text = _CAMEL.sub(" ", _REPEATED.sub("", header)).replace("%", " percent ")
    spelled = re.findall(r"[a-z]+|\d+", text.lower())
    while len(spelled) > 1 and spelled[-1] in _SUFFIXES:
        spelled.pop()
    return spelled


def is_percent(header: str) -> bool:
    """Whether a header says that its numbers are percentages."""
    return not {"percent", "percentage", "pct"}.isdisjoint(words(header)) or plain(header).endswith("percent")


def names_a_customer(header: object) -> bool:
    """Whether a cell is a header that says whose a line is."""
    return "customer" in roles_of(str(header))


def roles_of(header: str) -> dict[str, int]:
    """The roles that a header may name, each with how well: 0 by an alias, 1 by its words, 2 for want of another."""
    spelled = words(header)
    joined, given = "".join(spelled), set(spelled)
    if not _ZONES.isdisjoint(re.findall(r"[a-z]+", header.lower())):
        given.add("date")
    by_alias = {name for name, role in ROLES.items() if joined in role.aliases.split()}
    if by_alias:
        return dict.fromkeys(by_alias, 0)
    return {name: rank for name, role in ROLES.items() if (rank := _rank(role, joined, given)) is not None}


def _rank(role: Role, joined: str, given: set[str]) -> int | None:
    beside = set(role.beside.split()) | (_DATE if role.is_date else set())
    second = role.second.split()
    if joined in second or (given & set(second) and given <= beside | set(second)):
        return 2
    core = set(role.core.split())
    if not given & core or not given <= core | beside or (role.needs and not given & beside):
        return None
    if role.dated and given & core <= set(role.dated.split()) and not given & _DATE:
        return None
    return 1


@dataclass(frozen=True)
class Layout:
    """What a table's headers say: which of the three layouts, and where each role is."""

    kind: str  #: subscriptions, long or wide
    roles: dict[str, str]
    months: dict[str, Month] = field(default_factory=dict)  #: the month columns of a wide schedule


def recognise(headers: Sequence[str]) -> Layout:
    """The layout of a table with these headers.

    >>> recognise(["Customer ID", "Started at", "MRR"]).kind
    'subscriptions'
    >>> recognise(["Client", "Contract Start (UTC)", "Churn Date", "Price"]).roles["end"]
    'Churn Date'
    >>> recognise(["Month", "account", "mrr"]).kind, recognise(["Client", "Jan 2024", "2024-02"]).kind
    ('long', 'wide')
    """
    if not headers:
        raise MrrError("there is no header row; name the columns customer, start, end and amount")
    roles = _roles(headers)
    if "mrr" in roles and "amount" in roles:
        raise MrrError(
            f"columns {roles['mrr']!r} (already per month) and {roles['amount']!r} (per interval) "
            "both say what is paid; remove one of them"
        )
    if "customer" not in roles:
        raise _missing("customer", headers)
    return _schedule(headers, roles) if "start" not in roles else _subscriptions(headers, roles)


def _roles(headers: Sequence[str]) -> dict[str, str]:
    """Role → the header that names it best."""
    ranked: dict[str, dict[int, list[str]]] = {}
    for header in headers:
        for role, rank in roles_of(header).items():
            ranked.setdefault(role, {}).setdefault(rank, []).append(header)
    roles: dict[str, str] = {}
    for role in ROLES:
        best = ranked.get(role, {})
        if not best:
            continue
        candidates = best[min(best)]
        if len(candidates) > 1 and role not in _FIRST_COUNTS:
            several = " and ".join(repr(header) for header in candidates)
            raise MrrError(f"columns {several} both mean {role}; rename or remove one of them")
        aliases = ROLES[role].aliases.split()
        roles[role] = min(candidates, key=lambda header: _index(aliases, "".join(words(header))))
    return roles


def _index(aliases: list[str], spelled: str) -> int:
    return aliases.index(spelled) if spelled in aliases else len(aliases)


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
    idle = {"month"} if "interval" in roles else {"month", "interval_count"}  # a count of what?
    return Layout("subscriptions", {role: header for role, header in roles.items() if role not in idle})


def _missing(role: str, headers: Sequence[str]) -> MrrError:
    listed = ", ".join(str(header) for header in headers[:12]) + (", ..." if len(headers) > 12 else "")
    return MrrError(f"no column says {_MEANT[role]}; the header row has {listed}")


def _month_columns(headers: Sequence[str]) -> dict[str, Month]:
    months: dict[str, Month] = {}
    for header, month in _months(headers):
        if month in months.values():
            earlier = next(name for name, other in months.items() if other == month)
            raise MrrError(f"columns {earlier!r} and {header!r} are the same month; remove one of them")
        months[header] = month
    return months


def _months(headers: Sequence[str]) -> Iterator[tuple[str, Month]]:
    for header in headers:
        try:
            # A month's column is never a day: Mar 24 and Mar '24 are what others write as Mar-24.
            yield header, read_month(re.sub(r"(?i)^([a-z]{3,9})\.?[ _]?'?(\d{2})$", r"\1-\2", header.strip()))
        except MrrError:
            continue
