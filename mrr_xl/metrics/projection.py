"""How MRR may go on, in whole millionths: the methods of the forecast, without their tables."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from mrr_xl import months
from mrr_xl.errors import MrrError, shown
from mrr_xl.later import pd
from mrr_xl.ledger.pricing import LARGEST, MILLION, number_or_percent
from mrr_xl.metrics.arguments import ARGUMENTS, choice
from mrr_xl.rollforward.changes import MOVEMENTS

NAIVE, GROWTH, DRIVERS = METHODS = tuple(ARGUMENTS["method"].words)
TRAILING = 6  #: the months that growth and drivers look back on
#: A month more than they look back on: in the first month of the data every customer counts as new.
NEEDED = {NAIVE: 1, GROWTH: TRAILING + 1, DRIVERS: TRAILING + 1}
GAINED = ("new", "reactivation")  #: the drivers that are amounts; the others are rates of the opening

Projected = dict[str, int]  #: a month's opening, movements and closing


@dataclass(frozen=True)
class History:
    """A book's movements as whole numbers, which Python never rounds."""

    first: months.Month
    columns: dict[str, list[int]]

    @classmethod
    def of(cls, movements: pd.DataFrame) -> History:
        columns = {name: [int(value) for value in movements[name]] for name in ("opening", *MOVEMENTS, "closing")}
        return cls(months.Month(int(movements.index[0]) if len(movements) else 0), columns)

    @property
    def length(self) -> int:
        return len(self.columns["closing"])

    def trailing(self, name: str, origin: int) -> int:
        """The sum of the months up to the origin, which is counted from 0."""
        return sum(self.columns[name][origin + 1 - TRAILING : origin + 1])

    def needs(self, wanted: int, what: str) -> None:
        if self.length < wanted:
            last = months.month_label(months.Month(self.first + self.length - 1)) if self.length else ""
            has = f"{self.length} ({months.month_label(self.first)} to {last})" if self.length else "none"
            raise MrrError(f"{what} needs {wanted} month{'s' * (wanted > 1)} of history; the data has {has}")


def read_method(value: object) -> str:
    return choice(value, "method", "a method of forecasting")


def read_scenario(value: object) -> dict[str, float]:
    """Multipliers of the drivers.

    >>> read_scenario("new=120%; churn=0.9")
    {'new': 1.2, 'churn': 0.9}
    """
    factors: dict[str, float] = {}
    for part in str(value if value is not None else "").split(";"):
        name, equals, factor = (piece.strip() for piece in part.partition("="))
        if not (name or equals):
            continue
        driver = name.lower()
        if not equals or not factor:
            raise MrrError(f"{shown(part.strip())} can't be read in the scenario; write it as new=120%")
        if driver not in MOVEMENTS:
            raise MrrError(f"{shown(name)} is not a driver; the drivers are {', '.join(MOVEMENTS)}")
        if driver in factors:
            raise MrrError(f"the scenario names {driver} twice; name it once")
        factors[driver] = number_or_percent(factor, "a multiplier")
        if factors[driver] < 0:
            raise MrrError(f"the multiplier of {driver} is {factor}; it cannot be negative")
        if factors[driver] > 50:
            raise MrrError(f"the multiplier of {driver} is {factor}, which is {factors[driver]:.0%}; write 90% or 0.9")
    return factors


def project(
    history: History, origin: int, horizon: int, method: str, scenario: dict[str, float] | None = None
) -> list[Projected]:
    """The months after the origin: opening, movements and closing, of which the last is exactly the sum.

    The origin is the place of the last month known, counted from 0. It is empty where growth has no MRR to grow
    from. The losses of a month are never more than its opening.
    """
    if method == DRIVERS:
        projected = _by_drivers(history, origin, horizon, scenario or {})
    else:
        projected = _by_closings(_closings(history, origin, horizon, method))
    if any(month["closing"] > LARGEST * MILLION for month in projected):
        raise MrrError(f"the forecast grows beyond {LARGEST:,.0f}; ask for fewer months or another method")
    return projected


def _closings(history: History, origin: int, horizon: int, method: str) -> list[int]:
    closing = history.columns["closing"]
    now, then = closing[origin], closing[origin - TRAILING] if method == GROWTH else closing[origin]
    if method == NAIVE:
        return [now] * (horizon + 1)
    if then == 0:
        return []
    closings = [now]
    for step in range(1, horizon + 1):
        # What is too large already would only overflow on the way.
        closings.append(
            round(now * (now / then) ** (step / TRAILING)) if closings[-1] <= LARGEST * MILLION else closings[-1]
        )
    return closings


def _by_closings(closings: list[int]) -> list[Projected]:
    """Only the net change is known: it stands as expansion or contraction."""
    projected = []
    for opening, closing in pairwise(closings):
        change = closing - opening
        moved = {**dict.fromkeys(MOVEMENTS, 0), "expansion": max(change, 0), "contraction": min(change, 0)}
        projected.append({"opening": opening, **moved, "closing": closing})
    return projected


def _by_drivers(history: History, origin: int, horizon: int, scenario: dict[str, float]) -> list[Projected]:
    base = history.trailing("opening", origin)
    sums = {name: history.trailing(name, origin) * scenario.get(name, 1.0) for name in MOVEMENTS}
    gained = {name: round(sums[name] / TRAILING) for name in GAINED}
    rates = {name: sums[name] / base if base else 0.0 for name in MOVEMENTS if name not in GAINED}
    projected: list[Projected] = []
    opening = history.columns["closing"][origin]
    for _ in range(horizon):
        moved = gained | {name: round(opening * rate) for name, rate in rates.items()}
        moved["churn"] = max(moved["churn"], -opening)
        moved["contraction"] = max(moved["contraction"], -opening - moved["churn"])
        closing = opening + sum(moved.values())
        projected.append({"opening": opening, **moved, "closing": closing})
        opening = closing
    return projected
