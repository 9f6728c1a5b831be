"""Credits against the lines that they correct: each lowers what runs at the same time, and nothing falls below zero."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Stretch:
    """A line's rate per month, negative for a credit, from its first day to the first after it."""

    line: int
    start: dt.date
    end: dt.date
    rate: Fraction


def net(stretches: Sequence[Stretch], keys: Sequence[Callable[[int], Hashable]]) -> tuple[list[Stretch], list[Stretch]]:
    """Charges with their credits taken off, in parts where a credit covers a part; and what is left of the credits.

    keys: whose charges a line's credit may lower, the nearest first, such as those of its subscription, then those of
    its customer.
    """
    charges = [stretch for stretch in stretches if stretch.rate.numerator > 0]
    credits_ = [stretch for stretch in stretches if stretch.rate.numerator < 0]
    for key in keys:
        if credits_:
            charges, credits_ = _net_by(charges, credits_, key)
    return sorted(charges, key=lambda charge: (charge.line, charge.start)), credits_


def _net_by(
    charges: list[Stretch], credits_: list[Stretch], key: Callable[[int], Hashable]
) -> tuple[list[Stretch], list[Stretch]]:
    groups: dict[Hashable, tuple[list[Stretch], list[Stretch]]] = defaultdict(lambda: ([], []))
    for credit in credits_:
        groups[key(credit.line)][1].append(credit)
    untouched = []
    for charge in charges:
        if (whose := key(charge.line)) in groups:
            groups[whose][0].append(charge)
        else:
            untouched.append(charge)
    left: list[Stretch] = []
    for those, corrections in groups.values():
        parts = list(_swept(those, corrections))
        untouched += _joined([part for part in parts if part.rate.numerator > 0])
        left += _joined([part for part in parts if part.rate.numerator < 0])
    return untouched, left


def _swept(charges: list[Stretch], credits_: list[Stretch]) -> Iterator[Stretch]:
    """The charges and what is left of the credits, between every two days on which one of them begins or ends."""
    opening = sorted([*charges, *credits_], key=lambda stretch: stretch.start)
    days = sorted({day for stretch in opening for day in (stretch.start, stretch.end)})
    running: list[Stretch] = []
    begun = 0
    for day, after in itertools.pairwise(days):
        running = [stretch for stretch in running if stretch.end > day]
        while begun < len(opening) and opening[begun].start <= day:
            running.append(opening[begun])
            begun += 1
        rates = _lowered(running)
        yield from (replace(part, start=day, end=after, rate=rates[place]) for place, part in enumerate(running))


def _lowered(running: Sequence[Stretch]) -> list[Fraction]:
    """The rates of lines that run at the same time: a credit lowers the charge that it equals, else the oldest."""
    rates = [stretch.rate for stretch in running]
    charges = [place for place, rate in enumerate(rates) if rate.numerator > 0]
    if not charges or len(charges) == len(rates):
        return rates
    equal: dict[Fraction, list[int]] = defaultdict(list)
    for place in reversed(charges):
        equal[rates[place]].append(place)
    others = []
    for credit in (place for place, rate in enumerate(rates) if rate.numerator < 0):
        if same := equal.get(-rates[credit]):
            rates[credit] = rates[same.pop()] = Fraction(0)
        else:
            others.append(credit)
    open_ = (place for place in charges if rates[place])
    charge = next(open_, None)
    for credit in others:
        while charge is not None and rates[credit]:
            taken = min(rates[charge], -rates[credit])
            rates[charge] -= taken
            rates[credit] += taken
            if not rates[charge]:
                charge = next(open_, None)
    return rates


def _joined(parts: list[Stretch]) -> list[Stretch]:
    """Parts of a line that follow each other at one rate, as one."""
    joined: list[Stretch] = []
    for part in sorted(parts, key=lambda part: (part.line, part.start)):
        before = joined[-1] if joined else None
        if before and (before.line, before.end, before.rate) == (part.line, part.start, part.rate):
            joined[-1] = replace(before, end=part.end)
        else:
            joined.append(part)
    return joined
