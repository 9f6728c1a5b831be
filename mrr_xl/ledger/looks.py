"""What a column that nothing reads looks like, by its header and by what it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mrr_xl import months
from mrr_xl.errors import MrrError, listed
from mrr_xl.ledger.amounts import COUNTED, ENDED, KINDS, PAST_DUE, spelled, state_of
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.pricing import number_or_percent, share_of_month
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.sources.abroad import AMOUNTS, REDUCTIONS, TERMS, UNITS
from mrr_xl.sources.headers import CURRENCIES, currency_in, is_percent, words
from mrr_xl.sources.number_texts import is_nothing
from mrr_xl.sources.spelling import is_named
from mrr_xl.sources.totals import says_total

#: Words of a change of price or plan, and of its day.
CHANGED = {
    "change", "changed", "changes", "upgrade", "upgraded", "downgrade", "downgraded", "increase", "increased",
}  # fmt: skip
_CHANGES = {*CHANGED, "previous", "old", "new", "next"}
_REDUCTION = re.compile(rf"^(discounts?|coupon|rebate)$|{REDUCTIONS}")
_PRICE = re.compile("price|fee|preis|beitrag|prix|precio|cuota")
_DIGIT = re.compile(r"\d")
_OF_CONTRACTS = {"notice", "contract", "term", "minimum", "commitment", "duration", *TERMS}
_HOW_MANY = {"number", "no", "count", "of", "total", "paid", "billed", "anzahl", "der", "nombre", "de", "des", "numero"}
_PRICES = {"plan", "price", "mrr", "amount", "fee", "date", "quantity", "qty", *UNITS}
#: Words of a fee that is charged again and again.
_AGAIN = {"platform", "base", "basic", "monthly", "annual", "recurring", "support", "maintenance", "hosting"}
#: Words of a column that says with a yes that a line is stopped.
_STOPPED = {"paused", "suspended", "hold"}
_OTHER_KINDS = frozenset(word for kind, names in KINDS.items() if kind != "recurring" for word in names)
INTERVAL = "an interval"
_LONGER = re.compile(r"(?i)\b(annual|annually|yearly|quarterly|semi-?annual|biennial|per (year|quarter))\b")
_NO = frozenset(("", "no", "n", "false", "f", "0", "none", "null", "-", "0%", "0.0"))


@dataclass(frozen=True)
class Doubt:
    """A column that looks like something that it is not read as."""

    header: str
    like: str
    mend: str

    def __str__(self) -> str:
        return (
            f"column {self.header} looks like {self.like} and is not used: {self.mend}; if it does not matter, set "
            f"ignore to {self.header}"
        )


OF_CHANGES = "give each price a line of its own, with its start and its end"


def says_something(value: Any) -> bool:
    """Whether a cell says more than no, false or 0."""
    return not is_nothing(value) and str(value).strip().lower() not in _NO


def change(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    spelled_ = set(words(header))
    if not spelled_ & _CHANGES or not spelled_ & _PRICES or "billing" in spelled_ or "renewal" in spelled_:
        return None
    return Doubt(header, "a change of plan", OF_CHANGES)


def count(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    spelled_ = set(words(header))
    counts = spelled_ & {"count", "length"} and spelled_ & {"interval", "frequency", "cycle", "period"}
    lasts = "interval" not in ledger.layout.roles and spelled_ & {"months", "years", "term", "duration", *TERMS}
    if not counts and not (lasts and "amount" in ledger.layout.roles and all(map(_is_number, values or ()))):
        return None
    return Doubt(header, "a count of intervals", "name it interval count, beside a column interval that says of what")


def is_a_price(ledger: Ledger) -> bool:
    """Whether what is read as MRR is called a price or a fee, such as "Monthly fee", and nobody said that it is MRR."""
    header, said = ledger.layout.roles.get("mrr", ""), dict(ledger.how.columns).get("mrr")
    return _PRICE.search(header.casefold()) is not None and not (said and is_named(header, said))


def interval(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    """Words that are all intervals, and not only months."""
    roles = ledger.layout.roles
    if values is None or "interval" in roles or ("mrr" in roles and not is_a_price(ledger)):
        return None
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    if "mrr" in roles and (_OF_CONTRACTS & {*words(header)} or any(map(_DIGIT.search, texts))):
        return None  # as "3 months" of notice
    try:
        shares = [share_of_month(text) for text in texts]
    except MrrError:
        # A plan may be called Pro Annual, and its monthly fee still be one for a month.
        texts, shares = [text for text in texts if "mrr" not in roles and _LONGER.search(text)], []
    if not texts or (shares and (len(texts) < len(values) or all(share == 1 for share in shares))):
        return None
    says, mend = f"says {listed(sorted(texts), 3)}", "name it interval or add such a column"
    if "mrr" in roles:
        mend = f"name it interval, and {roles['mrr']} amount"
    return Doubt(
        header, INTERVAL, f"{says}; if that is the interval, {mend}; if the amounts are per month, name them mrr"
    )


def discount(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    spelled_ = set(words(header))
    reduces = any(map(_REDUCTION.search, spelled_)) or ("off" in spelled_ and is_percent(header))
    if not reduces or {"code", "id", "name"} & spelled_:
        return None
    if "discount" in ledger.layout.roles or not all(_is_number(value) for value in values or ()):
        return None
    mend = "name it discount if it is a fraction, or discount percent if it is a percentage"
    amount = spelled_ & {"amount", "value", "sum", *AMOUNTS} or currency_in(header)
    return Doubt(header, "a discount", "take it off the amounts" if amount else mend)


def quantity(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    """How many seats, users or licences a line is for, beside amounts that may be for one of them."""
    roles, spelled_ = ledger.layout.roles, {*words(header)}
    if "amount" not in roles or "quantity" in roles or not spelled_ & UNITS or spelled_ - UNITS - _HOW_MANY:
        return None
    counts = {_number(value) for value in values or () if says_something(value)}
    if None in counts or counts <= {1}:
        return None
    return Doubt(header, "a quantity", "name it quantity if the amounts are for one of them")


def _are_numbers(ledger: Ledger, header: str, values: Sequence[Any] | None) -> bool:
    """Whether a column holds nothing but numbers, by its type in a database."""
    if values is None:
        return bool(ledger.frame.collect_schema()[SOURCE + header].is_numeric())
    return all(map(_is_number, values))


def _is_number(value: Any) -> bool:
    return _number(value) is not None


def _number(value: Any) -> float | None:
    """A number or a percentage, whichever its decimal sign; None for everything else."""
    try:
        return number_or_percent(str(value).replace(",", "."), "a number")
    except MrrError:
        return None


def currency(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    if "currency" in ledger.layout.roles:
        return None
    named = not {"currency", "ccy"}.isdisjoint(words(header))
    codes = {str(value).strip().upper() for value in values or ()} - {""}
    if not named and not (len(codes) > 1 and codes.issubset(CURRENCIES)):
        return None
    return Doubt(header, "a currency", "name it currency")


def kind(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    if values is None or "kind" in ledger.layout.roles or ledger.layout.kind == "wide":
        return None
    others = sorted({value for value in values if isinstance(value, str) and spelled(value) in _OTHER_KINDS})
    named = not {"type", "kind", "category"}.isdisjoint(words(header))
    if not others or not (named or all(spelled(str(value)) in _ALL_KINDS for value in values)):
        return None
    return Doubt(header, "a kind of charge", f"it says {listed(others, 3)}; name it kind")


_ALL_KINDS = frozenset(word for names in KINDS.values() for word in names)


def status(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    """States by their words, or a yes of Paused and a no of Active."""
    if "status" in ledger.layout.roles or ledger.layout.kind == "wide":
        return None
    spelled_, texts = set(words(header)), [str(value).strip().lower() for value in values or ()]
    states = {COUNTED if (state := state_of(text)) == PAST_DUE else state for text in texts if text}
    ended = any(spelled(text) in ENDED for text in texts)
    says = states and None not in states and (ended or states != {COUNTED})
    stopped = spelled_ & _STOPPED and spelled_.issubset(_STOPPED | {"is", "on"})
    idle = "active" in spelled_ and spelled_.issubset({"is", "active"}) and not _NO.isdisjoint(texts)
    return (
        Doubt(header, "a status", "name it status, with words such as active and paused")
        if (says or stopped or idle)
        else None
    )


def fee(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    """A fee that is charged again and again, beside the amount that is read."""
    spelled_ = set(words(header))
    if "fee" not in spelled_ or not spelled_ & _AGAIN or not _are_numbers(ledger, header, values):
        return None
    return Doubt(header, "an amount", "give what is charged again and again a line of its own")


def totals(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    """Rows of totals that are called so in another column than the customer's."""
    says = sorted({value.strip() for value in values or () if isinstance(value, str) and says_total(value)})
    return Doubt(header, "a mark of totals", f"remove the rows where it says {listed(says, 3)}") if says else None


def month(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    """A column of numbers beside months of which some are missing, or written as these are."""
    if ledger.layout.kind != "wide" or not _are_numbers(ledger, header, values):
        return None
    known = ledger.layout.months
    there = known.values()
    missing = next((month for month in range(min(there), max(there)) if month not in there), None)
    if missing is not None and values is not None:
        label = months.month_label(months.Month(missing))
        return Doubt(header, "a month", f"{label} is missing; if it is that month, name it {label}")
    shape = _shape(header)
    if "9" not in shape or shape not in map(_shape, known) or not _SUMS.isdisjoint(words(header)):
        return None
    return Doubt(header, "a month", "if it is one, name it as in 2024-03")


#: Words of a column that sums up some months.
_SUMS = {"total", "totals", "totale", "sum", "summe", "gesamt", "suma", "somme", "year", "jahr", "annee", "ano", "fy",
         "ytd", "q"}  # fmt: skip


def _shape(header: str) -> str:
    """A header with a for each word and 9 for each digit.

    >>> _shape("Jänner 2026"), _shape("2026-13"), _shape("Summe")
    ('a 9999', '9999-99', 'a')
    """
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d", "9", header.strip()))
