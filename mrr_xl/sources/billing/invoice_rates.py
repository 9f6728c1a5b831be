"""What a line of an invoice is worth a month while it runs: its amount by its months, or by its share of them."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mrr_xl.sources.billing.invoice_lines import Line
from mrr_xl.sources.billing.periods import shares, whole_months

_HALF_A_CENT = Fraction(1, 200)


def rates_of(lines: Sequence[Line]) -> Iterator[Fraction]:
    """What each line is worth a month while it runs."""
    around: dict[str, _Around] = {}
    by_customer: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_customer[line.customer].append(line)
    for line in lines:
        if line.months:
            yield line.amount / line.months
        else:
            if line.customer not in around:
                around[line.customer] = _Around(by_customer[line.customer])
            yield around[line.customer].rate(line)


@dataclass(frozen=True)
class _Whole:
    """A line of whole months: its days, how many months it is, and what it is worth a month."""

    start: dt.date
    end: dt.date
    months: int
    rate: Fraction


class _Around:
    """The whole lines of a customer, for the rates of those that are a part of a month."""

    def __init__(self, lines: Sequence[Line]) -> None:
        whole = [
            _Whole(line.start, line.end, line.months, line.amount / line.months)
            for line in lines
            if line.start and line.end and line.months and line.months == whole_months(line.start, line.end)
        ]
        self.whole = sorted(whole, key=lambda line: (line.start, line.end))
        self.starts = [line.start for line in self.whole]
        self.longest = max((line.end - line.start for line in whole), default=dt.timedelta())
        self.rates = sorted({abs(line.rate) for line in whole})

    def rate(self, line: Line) -> Fraction:
        """The rate whose share, rounded to the cent, the line's amount is; else the amount by its likeliest share."""
        assert line.start and line.end
        around = self._containing(line.start, line.end)
        parts = list(shares(line.start, line.end, [(whole.start, whole.end, whole.months) for whole in around]))
        next_ = self.whole[bisect_left(self.starts, line.end) : bisect_right(self.starts, line.end)]
        change = abs(_sum(next_) - _sum(around))
        for part in parts:
            place = bisect_left(self.rates, abs(line.amount) / part)
            for rate in (change, *self.rates[max(0, place - 1) : place + 1]):
                if rate and abs(rate * part - abs(line.amount)) <= _HALF_A_CENT:
                    return rate if line.amount > 0 else -rate
        return line.amount / parts[0]

    def _containing(self, start: dt.date, end: dt.date) -> list[_Whole]:
        near = self.whole[bisect_left(self.starts, end - self.longest) : bisect_right(self.starts, start)]
        return sorted((line for line in near if line.end >= end), key=lambda line: line.end - line.start)


def _sum(lines: Sequence[_Whole]) -> Fraction:
    return sum((line.rate for line in lines), Fraction(0))
