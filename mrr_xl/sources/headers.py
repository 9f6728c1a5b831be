"""What a header says: its words, and the roles that they name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mrr_xl.date_texts import folded
from mrr_xl.sources.abroad import ABROAD, ABROAD_SECOND, PERCENT

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
_ID_ABROAD = "n o nummer numero num identifiant identificador codigo referencia de du del la"

#: Role → the headers that name it, in the order of their importance.
ROLES: dict[str, Role] = {
    "customer": Role(
        "customer customerid customerno customernumber customerkey account accountid client clientid",
        "customer account client subscriber member cliente kunde mitglied socio soci membre adherent abonado",
        f"{_ID} {_ID_ABROAD}",
        second="customername accountname clientname subscribername company companyname email organisation organization",
    ),
    "subscription": Role(
        "subscription subscriptionid subscriptionno subscriptionnumber", "subscription sub contract agreement", _ID,
        needs=True,
    ),
    "parent": Role(
        "parent parentid parentaccount parentaccountid parentcustomer parentcustomerid parentcompany ultimateparent "
        "ultimateparentid globalultimate groupaccount groupcompany holding holdingcompany", "parent",
        "account customer client company organization organisation ultimate global top corporate group name " + _ID,
    ),
    "start": Role(
        "start startdate startday started startedat startson subscriptionstart periodstart validfrom activefrom begin "
        "begindate effectivedate effectivefrom datefrom",
        "start started starts starting begin begins began begun beginning commencement commences commenced activation "
        "activated from since inception",
        _WHAT, second="created creation createddate joined joindate signup signupdate customersince",
        dated="activated commenced", is_date=True,
    ),
    "end": Role(
        "end enddate endday ended endedat endson subscriptionend periodend validto validuntil activeto activeuntil "
        "finish finishdate effectiveto to todate dateto validthrough activethrough customerenddate accountenddate",
        "end ended ends ending finish finished finishes until till through thru expires expiry expiration expired "
        "terminates termination terminated churn churned stop stopped lapsed",
        _WHAT, dated="churn churned expired terminated stopped lapsed finished",
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
    "arr": Role(
        "arr annualrecurringrevenue acv annualcontractvalue annualamount annualprice annualfee annualvalue "
        "yearlyamount yearlyprice yearlyfee jahresbetrag jahrespreis prixannuel montantannuel precioanual importeanual",
        "arr acv", "amount value customer subscription contract plan net annual",
    ),
    "tcv": Role("tcv totalcontractvalue", "tcv", "amount value contract net total"),
    "term": Role(
        "term contractterm termlength contractlength contractduration duration laufzeit vertragslaufzeit duree "
        "duracion", "term duration laufzeit vertragslaufzeit duree duracion plazo",
        "contract subscription months years month year length in initial yrs yr quarters weeks days monate mon jahre "
        "quartale halbjahre wochen en du contrat mois annees annee ans jours semestres trimestres del contrato meses "
        "anos dias",
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
    "past_due": Role("pastduesince pastdueat pastduedate overduesince delinquentsince delinquentat", is_date=True),
    "trial_end": Role(
        "trialend trialends trialended trialenddate trialenddatetime trialendtime trialendat trialendsat trialendedat "
        "trialendon trialendson trialendedon trialperiodend trialperiodends trialperiodenddate freetrialend "
        "freetrialends freetrialendsat freetrialenddate endoftrial trialuntil trialvaliduntil trialexpires "
        "trialexpiresat trialexpireson trialexpiry trialexpirydate trialexpiration trialexpirationdate trialto "
        "trialthrough",
        is_date=True,
    ),
    "quantity": Role(
        "quantity qty seats units licenses licences seatcount unitcount licensecount licencecount",
        "quantity qty seats licenses licences", "subscription plan number no of count billed billing paid",
    ),
    "discount": Role(
        "discount discountrate discountpercent percentoff", "discount",
        "rate percent percentage pct fraction in recurring plan subscription billing",
    ),
    "discount_amount": Role("discountamount amountoff discountamountoff couponamount couponamountoff fixeddiscount"),
    "discount_until": Role(
        "discountuntil discountend discountends discountenddate discountendsat discountendson discountexpires "
        "discountexpiry discountexpiresat discountvaliduntil couponuntil couponend couponends couponenddate "
        "couponexpires couponvaliduntil",
        is_date=True,
    ),
    "discount_duration": Role("discountduration discountterm couponduration couponterm"),
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

_DATE = frozenset(["date", "day", "at", "on", "time", "timestamp", "datetime"])
_ZONES = frozenset(["utc", "gmt", "cet", "cest", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "bst"])
#: What may follow in a header and says nothing of its meaning.
_SUFFIXES = _ZONES | frozenset(code.lower() for code in CURRENCIES)
_REPEATED = re.compile(r" \(\d+\)$")  # what sources/ adds to a header that is there twice
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def plain(header: object) -> str:
    """A header's letters and digits, small and without accents.

    >>> plain("Währung (€)"), plain("Start_Date")
    ('wahrung', 'startdate')
    """
    return re.sub(r"[^a-z0-9]", "", folded(str(header)))


_ALIASES = {name: frozenset(role.aliases.split()) for name, role in ROLES.items()}
_ALIASES_ABROAD = {name: frozenset(aliases.split()) for name, aliases in ABROAD.items()}


def words(header: str) -> list[str]:
    """A header's words in small letters, without a time zone or a currency behind them.

    >>> words("Ended At (UTC)"), words("contractEndDate"), words("Discount %")
    (['ended', 'at'], ['contract', 'end', 'date'], ['discount', 'percent'])
    """
    text = _CAMEL.sub(" ", _REPEATED.sub("", header)).replace("%", " percent ")
    spelled = re.findall(r"[a-z]+|\d+", folded(text))
    while len(spelled) > 1 and spelled[-1] in _SUFFIXES:
        spelled.pop()
        if len(spelled) > 1 and spelled[-1] == "in":
            spelled.pop()
    return spelled


def is_percent(header: str) -> bool:
    """Whether a header says that its numbers are percentages."""
    return not PERCENT.isdisjoint(words(header)) or plain(header).endswith(("percent", "prozent"))


def currency_in(header: str) -> str | None:
    """The currency whose code stands behind a header's other words.

    >>> currency_in("Amount (USD)"), currency_in("mrr_eur"), currency_in("USD"), currency_in("Amount")
    ('USD', 'EUR', None, None)
    """
    spelled = re.findall(r"[a-z]+|\d+", _CAMEL.sub(" ", header).lower())
    return next((word.upper() for word in spelled[1:][-1:] if word.upper() in CURRENCIES), None)


def roles_of(header: str) -> dict[str, int]:
    """The roles that a header may name, each with how well.

    0 by an alias, 1 by its words or by an alias of another language, 2 for want of another column.
    """
    spelled = words(header)
    joined, given = "".join(spelled), set(spelled)
    if not _ZONES.isdisjoint(re.findall(r"[a-z]+", header.lower())):
        given.add("date")
    by_alias = {name for name in ROLES if joined in _ALIASES[name]}
    if by_alias:
        return dict.fromkeys(by_alias, 0)
    # A table in English may have a column of such a name that means nothing of the kind.
    if abroad := {name for name, aliases in _ALIASES_ABROAD.items() if joined in aliases}:
        return dict.fromkeys(abroad, 1)
    return {name: rank for name in ROLES if (rank := _rank(name, joined, given)) is not None}


def _rank(name: str, joined: str, given: set[str]) -> int | None:
    role = ROLES[name]
    beside = set(role.beside.split()) | (_DATE if role.is_date else set())
    second = f"{role.second} {ABROAD_SECOND.get(name, '')}".split()
    if joined in second or (given & set(second) and given <= beside | set(second)):
        return 2
    core = set(role.core.split())
    if not given & core or not given <= core | beside or (role.needs and not given & beside):
        return None
    if role.dated and given & core <= set(role.dated.split()) and not given & _DATE:
        return None
    return 1


#: Where a role's name is not one of its headers.
_HEADERS = {"stopped": "Paused at", "past_due": "Past due since"}


def header_of(role: str) -> str:
    """A header that names a role.

    >>> header_of("trial_end"), header_of("stopped")
    ('Trial end', 'Paused at')
    """
    return _HEADERS.get(role, role.replace("_", " ").capitalize())
