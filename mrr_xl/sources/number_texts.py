"""How people and programs write numbers: decimal signs, thousands, currencies, brackets for what is negative."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mrr_xl.errors import MrrError, shown
from mrr_xl.sources.headers import CURRENCIES

EXACT = 2**53  #: whole numbers below it are the same as floats; of those above, several are one float
#: A text that such a float has become: the ids of different customers may be the same one.
LOST_DIGITS = r"^'?-?(?:\d[eE] ?\+\d\d+|\d[.,]\d+[eE] ?\+?\d\d+|(?:9\d{15}|\d{17,})[.,]0+)$"
LOST = "{value} has more digits than a number can keep, so different ids may look the same; store the ids as text"
_LONGEST = 100  #: letters of a number as people write it; of longer texts, ways to part them need not be tried
#: What stands in a cell that has no number.
NO_NUMBER = frozenset(["null", "none", "nil", r"\n", "n/a", "na"])
#: What stands for 0 in accounts.
NOTHING = frozenset(["-", "--", "–", "—"])
#: The currency that a sign stands for; None for one that several share.
SIGNS = {
    "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD",
    "R$": "BRL", "MX$": "MXN", "NT$": "TWD", "€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₺": "TRY", "₪": "ILS",
    "₩": "KRW", "₴": "UAH", "₫": "VND", "฿": "THB", "₱": "PHP", "₦": "NGN", "zł": "PLN", "Kč": "CZK", "Ft": "HUF",
    "lei": "RON", "Fr.": "CHF", "Fr": "CHF", "euros": "EUR", "euro": "EUR", "$": None, "¥": None, "kr.": None,
    "kr": None,
}  # fmt: skip
#: The currencies of each sign that several share.
SHARED = {
    "$": frozenset(["USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "TWD", "ARS", "CLP", "COP"]),
    "¥": frozenset(["JPY", "CNY"]),
    "kr": frozenset(["SEK", "NOK", "DKK", "ISK"]),
}
_MARK = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
_MONEY = re.compile(
    rf"(?i)(?P<minus>[-+]?)\s*(?P<before>{_MARK}|[a-z]{{3}}(?![a-z]))?\s*(?P<minus2>[-+]?)\s*"
    rf"(?P<digits>[\d.,'’ ]*\d[\d.,'’ ]*?)(?P<minus3>-?|[.,][-–—]+)\s*(?P<behind>{_MARK}|[a-z]{{3}})?"
)
_BRACKETED = re.compile(r"([^()]*)\(([^()]*)\)([^()]*)")
_PLAIN = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
_FRACTION = re.compile(r"-?\d+\.\d{1,2}")  # of a number as programs write them
_THOUSANDS = re.compile(r"-?\d{1,3}\.\d{3}")
_GROUPED = {
    ".": re.compile(
        r"[1-9]\d{0,2}(?:([,'’ ])\d{3}(?:\1\d{3})*)(?:\.\d*)?|[1-9]\d?(?:,\d\d)*,\d{3}(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+"
    ),  # groups of two digits are India's
    ",": re.compile(r"[1-9]\d{0,2}(?:([.'’ ])\d{3}(?:\1\d{3})*)(?:,\d*)?|\d+(?:,\d*)?|,\d+"),
}


@dataclass(frozen=True)
class Money:
    """A number as a text, and the currency's sign or code beside it."""

    digits: str
    negative: bool
    mark: str | None

    def value(self, sign: str) -> float | None:
        """The number if `sign` is the decimal sign; None if it can't be."""
        if not _GROUPED[sign].fullmatch(self.digits):
            return None
        plain = re.sub(r"[.,'’ ]", lambda found: "." if found[0] == sign else "", self.digits)
        return -float(plain) if self.negative else float(plain)

    @property
    def sign(self) -> str | None:
        """The only decimal sign that it can have; None if there is none, or either may be."""
        readings = [sign for sign in ".," if self.value(sign) is not None]
        return readings[0] if len(readings) == 1 and self._has_sign else None

    @property
    def _has_sign(self) -> bool:
        return "." in self.digits or "," in self.digits

    @property
    def doubtful(self) -> bool:
        """Whether it is one number with a decimal point and another with a decimal comma."""
        return self._has_sign and len({self.value("."), self.value(",")} - {None}) == 2


def code_of(name: str) -> str:
    """A currency as it is compared: its code, also for a sign that only one has.

    >>> code_of(" gbp "), code_of("£"), code_of("$")
    ('GBP', 'GBP', '$')
    """
    name = name.strip()
    return SIGNS.get(name) or name.upper()


def is_nothing(value: Any) -> bool:
    """Whether a cell has no value: None, NaN, NaT or pandas' NA, which are not even themselves.

    >>> import pandas as pd
    >>> [is_nothing(value) for value in (None, float("nan"), pd.NaT, pd.NA, 0, "")]
    [True, True, True, True, False, False]
    """
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ArithmeticError):  # pandas' NA, a Decimal that signals
        return True
    except ValueError:  # of a cell with several values
        return False


def money_of(text: str) -> Money | None:
    """The number and the currency that a text holds; None if it holds anything else.

    >>> money_of("1.200,50 €"), money_of("(US$100)")
    (Money(digits='1.200,50', negative=False, mark='€'), Money(digits='100', negative=True, mark='US$'))
    """
    if len(text) > _LONGEST:
        return None
    text = " ".join(text.replace("−", "-").replace("\u00a0", " ").replace("\u202f", " ").split())
    bracketed = _BRACKETED.fullmatch(text)
    parts = _MONEY.fullmatch("".join(bracketed.groups()).strip() if bracketed else text)
    if parts is None or (parts["before"] and parts["behind"]):
        return None
    mark = parts["before"] or parts["behind"]
    if mark and _currency(mark) is None and mark.lower() not in _UNCLEAR:
        return None
    minus = [sign for name in ("minus", "minus2", "minus3") if (sign := parts[name]) and sign[0] in "+-"]
    if len(minus) + bool(bracketed) > 1:
        return None
    return Money(parts["digits"].strip(), bool(bracketed) or minus == ["-"], mark)


_BY_SIGN = {sign.lower(): code for sign, code in SIGNS.items()}
_UNCLEAR = frozenset(sign for sign, code in _BY_SIGN.items() if code is None)


def _currency(mark: str) -> str | None:
    return mark.upper() if mark.upper() in CURRENCIES else _BY_SIGN.get(mark.lower())


def currency_of(text: str) -> str | None:
    """The currency that a text names beside its number: a code, or a sign that several share; None without one.

    >>> currency_of("1.200,50 €"), currency_of("usd 5"), currency_of("$5"), currency_of("5")
    ('EUR', 'USD', '$', None)
    """
    money = None if _PLAIN.fullmatch(text) else money_of(text)
    return None if money is None or money.mark is None else _currency(money.mark) or money.mark.lower().rstrip(".")


def number_of(text: str, sign: str | None = None) -> float | None:
    """The number of a text, with `sign` as decimal sign, by default a point; None if it is none.

    >>> number_of("1200.50"), number_of("$1,200.00"), number_of("1.200,00 €", ","), number_of("(100)"), number_of("-")
    (1200.5, 1200.0, 1200.0, -100.0, 0.0)
    """
    text = text.strip()
    if text in NOTHING:
        return 0.0
    if sign != "," and _PLAIN.fullmatch(text):
        return float(text)
    money = money_of(text)
    return None if money is None else money.value(sign or ".")


@dataclass(frozen=True)
class Sign:
    """The decimal sign of a column: None where no number of it tells.

    shows: a number that shows it, or the first that may be two numbers. against: a number that has the other sign.
    """

    sign: str | None
    shows: str
    against: str | None = None


def sign_of(texts: Iterable[str]) -> Sign | None:
    """The decimal sign of a column's numbers; None where it has none.

    >>> sign_of(["1,200", "950,50"]), sign_of(["1,200", "950"]), sign_of(["1200", "950"])
    (Sign(sign=',', shows='950,50', against=None), Sign(sign=None, shows='1,200', against=None), None)
    """
    shows: dict[str | None, str] = {}
    for text in texts:
        if _FRACTION.fullmatch(text):
            shows.setdefault(".", text)
            continue
        money = None if text.isdecimal() else money_of(text)
        if money is None:
            continue
        if money.sign:
            shows.setdefault(money.sign, text)
        elif money.doubtful:
            if "," in text and "," not in shows.get(None, ","):
                shows[None] = text  # the more doubtful one: 1.200 may be a number as programs write it
            shows.setdefault(None, text)
    signs = [sign for sign in (".", ",") if sign in shows]
    if signs:
        return Sign(signs[0], shows[signs[0]], shows[signs[1]] if len(signs) > 1 else None)
    return Sign(None, shows[None]) if shows else None


def plain_number(text: str, sign: str | None, meaning: str) -> float:
    """As number_of. Raises MrrError for a text that is no number."""
    number = number_of(text, sign)
    if number is None or number in (float("inf"), float("-inf")):
        plain = "1200,50" if sign == "," else "1200.50"
        raise MrrError(f"{shown(text)} is not {meaning}; write a plain number such as {plain}")
    return number


def text_of(number: float) -> str:
    """A number among texts: whatever decimal sign these have, it can't be read as another one.

    A float that may stand for several whole numbers keeps its exponent, by which it is known as one.

    >>> text_of(1200.0), text_of(1200.5), text_of(1.234), text_of(2.0**53)
    ('1200', '1200.5', '1.2340', '9.0071992547409920e+15')
    """
    if isinstance(number, float) and abs(number) >= EXACT:
        return f"{number:.16e}"
    if number % 1 == 0:
        return str(int(number))
    return f"{number}0" if _THOUSANDS.fullmatch(str(number)) else str(number)
