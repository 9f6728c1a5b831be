"""Lines of Stripe's invoices whose periods are counted in seconds, as what they cost by the day or by the month.

Stripe prorates to the second and rounds to the currency's smallest unit, see
https://docs.stripe.com/billing/subscriptions/prorations; here, a service begins and ends with a day. So a proration is
worth what the whole period would cost: the price or the amount of a whole line of its subscription whose share, so
rounded, it is; else its own amount by its share of the seconds.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mrr_xl.sources.billing.periods import whole_months
from mrr_xl.sources.billing.spans import utc_day

_DAY = 86_400
_HALF = Fraction(1, 2)  # of the smallest unit


@dataclass(frozen=True)
class Charge:
    """A line's amount in the smallest unit for its period in Unix seconds, negative for a credit.

    whose: its customer, subscription and currency. prorated: None where it does not recur. price: that of a whole
    period, if the line has it.
    """

    whose: tuple[str | None, ...]
    start: int
    end: int
    amount: int
    prorated: bool | None = False
    price: Fraction | None = None

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """Its first day and the first one after it, in UTC."""
        start, end = utc_day(self.start), utc_day(self.end)
        assert start and end
        return start, end


def by_days(charges: Sequence[Charge]) -> Iterator[tuple[Fraction, int]]:
    """Each charge's amount, and for how many months it is; 0 where that is for its days to say.

    >>> january = Charge(("Ada",), 1704103200, 1706781600, 1000)  # 1 January 10:00 to 1 February 10:00
    >>> unused = Charge(("Ada",), 1705917600, 1706781600, -323, prorated=True)  # from 22 January 10:00: 10 of 31 days
    >>> [(str(amount), months) for amount, months in by_days([january, unused])]
    [('1000', 0), ('-1000', 1)]
    """
    whole: dict[tuple[str | None, ...], list[Charge]] = defaultdict(list)
    for charge in charges:
        if charge.prorated is False and charge.end > charge.start:
            whole[charge.whose].append(charge)
    amounts = {whose: list(dict.fromkeys(abs(Fraction(one.amount)) for one in those)) for whose, those in whole.items()}
    for charge in charges:
        if charge.prorated:
            yield _by_days(charge, whole.get(charge.whose, []), amounts.get(charge.whose, []))
        else:
            yield Fraction(charge.amount), 0


def _by_days(charge: Charge, whole: Sequence[Charge], amounts: Sequence[Fraction]) -> tuple[Fraction, int]:
    seconds = charge.end - charge.start
    around = [one for one in whole if one.start <= charge.start and charge.end <= one.end]
    period = min(around, key=lambda one: one.end - one.start, default=None)
    months = whole_months(*period.days) if period else 0
    if period is None or not months:
        return Fraction(charge.amount * (charge.end // _DAY - charge.start // _DAY) * _DAY, seconds), 0
    share = Fraction(seconds, period.end - period.start)
    for amount in ([charge.price] if charge.price else []) + list(amounts):
        if amount and abs(amount * share - abs(charge.amount)) <= _HALF:
            return (amount if charge.amount > 0 else -amount), months
    return charge.amount / share, months
