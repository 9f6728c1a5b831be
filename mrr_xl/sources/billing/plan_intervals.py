"""The intervals of plans, where an export has no column of them: read from the current periods of subscriptions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from mrr_xl.answers import NOTE, PROBLEM, Answer
from mrr_xl.sources.billing.lines import counted, number_of

#: How many of what: (3, "months").
Period = tuple[int, str]


class PlanIntervals:
    """What interval each plan has, as most of its subscriptions show, and where a subscription's period is another."""

    def __init__(self, periods: Iterable[tuple[str, Period | None]]) -> None:
        votes: dict[str, Counter[Period]] = defaultdict(Counter)
        for plan, period in periods:
            if period is not None:
                votes[plan][period] += 1
        self._most = {plan: counts.most_common(1)[0] for plan, counts in votes.items()}
        self._all = {plan: counts.total() for plan, counts in votes.items()}
        self._missing: list[int] = []
        self._odd: list[int] = []
        self._unlike: list[int] = []

    def of(self, plan: str, period: Period | None, row: int) -> str | None:
        """The interval of a subscription of a plan; None if neither its period nor its plan shows it.

        >>> plans = PlanIntervals([("pro", (1, "months"))] * 3 + [("pro", (45, "days")), ("odd", (45, "days"))])
        >>> plans.of("pro", (45, "days"), 2), plans.of("odd", (45, "days"), 3), plans.of("new", None, 4)
        ('1 months', '45 days', None)
        """
        most, votes = self._most.get(plan, (None, 0))
        if most is not None and votes * 2 > self._all[plan]:
            if period not in (None, most):
                self._unlike.append(row)
            period = most
        if period is None:
            self._missing.append(row)
            return None
        if period[1] == "days":
            self._odd.append(row)
        return f"{period[0]} {period[1]}"

    def answers(self, instead: str) -> list[Answer]:
        """What was found out; instead: where the intervals are to be had."""
        missing = f"no current period in {number_of(self._missing)}, so nothing says what its amount is for; left out"
        odd = (
            f"a current period of so many days in {number_of(self._odd)}, which is taken for the interval, though it "
            "may be one that was moved"
        )
        unlike = "their current period is not as long as that of their plan, whose interval counts"
        return [
            ("intervals", NOTE, 0, None, f"read from the current periods, as there is no column of them; {instead}"),
            counted("left out: no interval", self._missing, f"{missing}: {instead}", PROBLEM),
            counted("intervals of days", self._odd, f"{odd}: {instead}", PROBLEM),
            counted("periods unlike their plan's", self._unlike, unlike),
        ]
