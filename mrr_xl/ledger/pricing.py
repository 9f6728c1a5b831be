"""Amount, interval, quantity and discount → MRR in whole millionths."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.date_texts import folded
from mrr_xl.errors import MrrError, shown
from mrr_xl.ledger.frames import looked_up
from mrr_xl.settings import FACTORS, Factors

MILLION = 1_000_000
_NOISE = 2.0**-50  #: of a float, how much of it may be an error of its arithmetic
_MOST_NOISE = 1e-4  #: of a millionth: so near to a half is one
LARGEST = 1e12  #: the largest MRR of one line, and the largest sum, that whole millionths hold safely

_UNITS = {"month": Fraction(1), "year": Fraction(1, 12)}  #: and a day and a week as the settings have it
#: The names of a unit alone; behind a count they may have an s.
_NAMES = {
    "day": "day daily d tag tage tagen taglich jour quotidien dia diario",
    "week": "week weekly w wk woche wochen wochentlich semaine hebdomadaire semana semanal",
    "month": "month monthly m mo mon mth mnth monat monate monaten monatlich mois mensuel mensuelle mes meses mensual",
    "quarter": "quarter quarterly q qtr quartal quartale quartalsweise vierteljahr vierteljahrlich trimestre "
    "trimestriel trimestrielle trimestral",
    "year": "year yearly y yr annual annually annum jahr jahre jahren jahrlich an ans annee annuel annuelle ano anos "
    "anual",
}
UNIT_OF = {name: unit for unit, names in _NAMES.items() for name in names.split()}
_WORDS = {
    "fortnight": "2 week", "fortnightly": "2 week", "month to month": "1 month", "rolling monthly": "1 month",
    "semiannual": "6 month", "semi annual": "6 month", "semiannually": "6 month", "semi annually": "6 month",
    "semestre": "6 month", "semestriel": "6 month", "semestrielle": "6 month", "semestral": "6 month",
    "halbjahr": "6 month", "halbjahrlich": "6 month", "half yearly": "6 month", "half year": "6 month",
    "halfyear": "6 month", "zweimonatlich": "2 month", "bimestre": "2 month", "bimestriel": "2 month",
    "bimestrielle": "2 month", "bimestral": "2 month", "cuatrimestre": "4 month", "cuatrimestral": "4 month",
    "biennial": "2 year", "triennial": "3 year", "zweijahrlich": "2 year", "dreijahrlich": "3 year",
    "biennal": "2 year", "bienal": "2 year", "triennal": "3 year", "trienal": "3 year",
    "p.a": "1 year", "jahrl": "1 year", "halbj": "6 month", "halbjahrl": "6 month",
    "vierteljahrl": "3 month", "vierteljahrig": "3 month", "monatl": "1 month", "mtl": "1 month",
}  # fmt: skip
#: Parts of a year, and how often in one: 1/4-jährlich, 2x jährlich, 4 times a year.
_PART_OF_YEAR = re.compile(
    r"1/([24]) ?(?:jahrlich|jahr|year)"
    r"|([1-9]|1[0-2]) ?(?:x|mal|times|fois|veces) (?:jahrlich|pro jahr|im jahr|per year|a year|yearly|par an|al ano)"
)
#: What says when an interval is billed, and not how long it is.
_WHEN = re.compile(r",? ?\(?(?:im voraus|voraus|vorschussig|nachschussig|in advance|upfront|prepaid|d'avance|par avance"
                   r"|por adelantado|in arrears|a terme echu)\)?$")  # fmt: skip
_ONCE = ("once", "one time", "onetime", "no billing period", "einmalig", "unique", "unico")
_COUNTED = re.compile(r"(?:every |each |per |alle |tous les |cada )?(\d{1,7})? ?([a-z]+?)(?:s|\(s\))?")
_ISO = re.compile(r"p(\d{1,4})([dwmy])")
_KNOWN = "write day, week, month, quarter or year, or a count of them such as '3 months'"


def money(millionths: Any) -> Any:
    """Whole millionths in units of the currency: a number, a series, an array or an expression."""
    return millionths / MILLION


def charged(amount: Any, quantity: Any, discount: Any) -> Any:
    """What a line costs per interval: numbers or expressions alike."""
    return amount * quantity * (1 - discount)


def share_of_month(interval: object, factors: Factors = FACTORS) -> Fraction:
    """What one month's share of an amount billed per interval is.

    >>> [str(share_of_month(text)) for text in ("year", "Quarterly", "3 months", "2 years", "week", "2 weeks")]
    ['1/12', '1/3', '1/3', '1/24', '13/3', '13/6']
    >>> [str(share_of_month(text)) for text in ("P1Y", "12 mo", "semi-annual", "Month-to-Month", "jährlich", "once")]
    ['1/12', '1/12', '1/6', '1', '1/12', '0']
    """
    count, unit = _count_and_unit(interval)
    if not count:
        return Fraction(0)  # nothing of it comes again
    return (_UNITS.get(unit) or getattr(factors, unit)) / count


def counted_interval(interval: object, count: int) -> str:
    """So many intervals as one, which share_of_month reads to the same share.

    >>> counted_interval("month", 3), counted_interval("Quarterly", 2), counted_interval("2 weeks", 2)
    ('3 months', '6 months', '4 weeks')
    >>> counted_interval("Annual", 1), counted_interval("once", 3)
    ('Annual', 'once')
    """
    each, unit = _count_and_unit(interval)
    return str(interval).strip() if count == 1 or not each else f"{each * count} {unit}s"


def _count_and_unit(interval: object) -> tuple[int, str]:
    """How many of a unit an interval is; a count of 0 for what is paid once. Raises MrrError."""
    text = folded(str(interval if interval is not None else "")).replace("\u2044", "/")  # the stroke of ½
    text = " ".join(re.sub(r"(?<=\w)[-_](?=\w)", " ", text).split())
    text = re.sub(r"^(per |each |every |/ ?)(?=[a-z])", "", text)
    if text in _ONCE:
        return 0, ""
    if not text:
        raise MrrError(f"the interval is blank; {_KNOWN}")
    text = _WHEN.sub("", text).removesuffix(".")
    if (parts := _PART_OF_YEAR.fullmatch(text)) and 12 % int(parts[1] or parts[2]) == 0:
        return 12 // int(parts[1] or parts[2]), "month"
    text = _WORDS.get(text, text)
    counted = _ISO.fullmatch(text) or _COUNTED.fullmatch(text)
    unit = (UNIT_OF.get(counted[2]) or UNIT_OF.get(counted[2] + "s")) if counted else None
    if counted and unit and (count := int(counted[1] or 1)):
        return (3 * count, "month") if unit == "quarter" else (count, unit)
    raise MrrError(f"{shown(interval)} is not a known interval; {_KNOWN}")


def monthly_exprs(
    amounts: dict[str, nw.Expr], interval: nw.Expr | None, shares: dict[str, Fraction], count: nw.Expr | None = None
) -> list[dict[str, nw.Expr]]:
    """Lines' amounts as MRR in whole millionths, by name; in steps, each of which needs the columns of those before.

    count: how many intervals an amount is for. A line's amount is split into whole millionths and the rest of one; its
    month's share is rounded half up, once, so every engine gives the same integer.
    """
    billed = {f"{name}_billed": (amount * MILLION + 0.5).floor().cast(nw.Int64) for name, amount in amounts.items()}
    if interval is None:
        return [billed, {name: nw.col(f"{name}_billed") for name in amounts}]
    above, below = (
        looked_up(interval, {text: getattr(share, part) for text, share in shares.items()}, 1, nw.Int64)
        for part in ("numerator", "denominator")
    )
    below = below if count is None else below * count.cast(nw.Int64)
    for name, amount in amounts.items():
        rest = amount * MILLION - (amount * MILLION + 0.5).floor()
        is_noise = rest.abs() <= amount * (MILLION * _NOISE)
        billed[f"{name}_rest"] = nw.when(is_noise).then(nw.lit(0.0)).otherwise(rest)
    first = billed | {"share_above": above, "share_below": below}
    above, below = nw.col("share_above"), nw.col("share_below")
    # Some engines divide whole numbers as floats, which are near enough to mend: what is left says by how much.
    near = {f"{name}_near": (nw.col(f"{name}_billed") // below).cast(nw.Int64) for name in amounts}
    left = {name: nw.col(f"{name}_billed") - nw.col(f"{name}_near") * below for name in amounts}
    parted = {f"{name}_parted": nw.col(f"{name}_near") + (left[name] // below).cast(nw.Int64) for name in amounts}
    priced = {name: nw.col(f"{name}_parted") * above + _rounded(name, above, below) for name in amounts}
    return [first, near, parted, priced]


def _rounded(name: str, above: nw.Expr, below: nw.Expr) -> nw.Expr:
    """A month's share of what is left of a line when it is parted by `below`, in whole millionths, rounded half up."""
    # Apart from the whole part, so that nothing overflows on the way, and small enough to be exact as a float.
    line = nw.col(f"{name}_billed")
    left = (line - nw.col(f"{name}_parted") * below) * above
    left = left.cast(nw.Float64) + nw.col(f"{name}_rest") * above.cast(nw.Float64)
    noise = line.cast(nw.Float64) * (_NOISE * above.cast(nw.Float64) / below.cast(nw.Float64))
    noise = nw.when(noise > _MOST_NOISE).then(nw.lit(_MOST_NOISE)).otherwise(noise)
    return (left / below.cast(nw.Float64) + (noise + 0.5)).floor().cast(nw.Int64)


def _shared(amount: float, share: Fraction) -> int:
    """A month's share of an amount in whole millionths: as monthly_exprs has it."""
    line = math.floor(amount * MILLION + 0.5)
    rest = amount * MILLION - line
    rest = 0.0 if abs(rest) <= amount * (MILLION * _NOISE) else rest
    whole, part = divmod(line, share.denominator)
    left = float(part * share.numerator) + rest * share.numerator
    noise = min(line * (_NOISE * share.numerator / share.denominator), _MOST_NOISE)
    return whole * share.numerator + math.floor(left / share.denominator + (noise + 0.5))


def interval_shares(texts: Iterable[object], factors: Factors = FACTORS) -> dict[str, Fraction]:
    return {str(text): share_of_month(text, factors) for text in texts}


def number(value: object, meaning: str) -> float:
    """A cell's number; Excel and CSV users write 1200 or '1200.50'."""
    text = str(value).strip()
    try:
        amount = float(text) if "_" not in text else float("nan")
    except ValueError:
        amount = float("nan")
    if isinstance(value, bool) or amount != amount or amount in (float("inf"), float("-inf")):
        raise MrrError(f"{shown(value)} is not {meaning}; write a plain number such as 1200.50")
    return amount


def number_or_percent(value: object, meaning: str) -> float:
    """A number that may be written as a percentage: 0.2 or '20%'."""
    text = str(value).strip()
    return number(text[:-1], meaning) / 100 if text.endswith("%") else number(value, meaning)


def monthly(amount: object, interval: object = "month", quantity: object = 1, discount: object = 0) -> float:
    """What a price is worth per month: amount × quantity × (1 − discount), shared out over its interval.

    amount: a number, 0 or more. interval: day, week, month, quarter, year or a counted one ("3 months",
    "2 years"); a year is 12 months, 52 weeks and 365 days. discount: a fraction from 0 to 1.
    An unknown or blank interval is an error. Source: docs/definitions.md, interval.

    >>> monthly(1200, "year"), monthly(50, "2 weeks"), monthly(500, "year", 4, 0.5)
    (100.0, 108.333333, 83.333333)
    """
    price, count, off = (
        number(amount, "an amount"),
        number(quantity, "a quantity"),
        number_or_percent(discount, "a discount"),
    )
    if price < 0 or count < 0:
        raise MrrError(f"{shown(amount if price < 0 else quantity)} is negative; enter reductions as a discount")
    if not 0 <= off <= 1:
        raise MrrError(f"{shown(discount)} is not a discount; write a fraction from 0 to 1, such as 0.2 for 20 %")
    share = share_of_month(interval)
    price = charged(price, count, off)
    millionths = _shared(price, share) if math.isfinite(price * MILLION) else math.inf
    if millionths > LARGEST * MILLION:
        raise MrrError(f"{shown(amount)} is too large; an MRR above {LARGEST:,.0f} cannot be summed exactly")
    return float(money(millionths))


def from_arpa(customers: object, average_revenue: object, months: object = 1) -> float:
    """MRR from an average: customers × average revenue per customer ÷ months of the period.

    customers: a count; average_revenue: money over the whole period; months: its length, above 0.

    >>> from_arpa(50, 600, 12)
    2500.0
    """
    count, average = number(customers, "a number of customers"), number(average_revenue, "an average revenue")
    length = number(months, "a number of months")
    if length <= 0:
        raise MrrError(f"{shown(months)} months is not a period; write 1 for a month or 12 for a year")
    return finite(count * average / length, customers, average_revenue, months)


def finite(result: float, *given: object) -> float:
    """What arithmetic gives, if it is a number; given: what it was made of, for MrrError."""
    if math.isinf(result):
        raise MrrError(f"{', '.join(map(shown, given))} give a number that is too large; check them")
    return result
