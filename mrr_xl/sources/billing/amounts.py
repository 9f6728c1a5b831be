"""Amounts as billing systems' APIs give them: whole numbers of a currency's smallest unit."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from mrr_xl.errors import MrrError, shown

#: Currencies without a smaller unit, https://docs.stripe.com/currencies#zero-decimal. Amounts of ISK and UGX have two
#: decimals in Stripe all the same (special cases on that page).
ZERO_DECIMAL = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
#: Currencies whose smallest unit is a thousandth, https://docs.stripe.com/currencies#three-decimal.
THREE_DECIMAL = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))


def from_minor(amount: object, currency: str) -> float:
    """An amount in a currency's smallest unit as an amount in the currency. Raises MrrError.

    >>> from_minor(1050, "usd"), from_minor(500, "JPY"), from_minor("1250", "kwd"), from_minor("0.5", "usd")
    (10.5, 500.0, 1.25, 0.005)
    """
    code = currency.strip().upper()
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(amount, bool) or not number.is_finite():
        raise MrrError(f"{shown(amount)} is not an amount; it is a number of the currency's smallest unit")
    return float(number.scaleb(0 if code in ZERO_DECIMAL else -3 if code in THREE_DECIMAL else -2))
