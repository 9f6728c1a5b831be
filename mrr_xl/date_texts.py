"""How people and programs write dates: a text's year, month and day, and in which order its numbers stand."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

#: Which number of 03/04/2024 is the day.
ORDERS = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}
#: What stands in a cell that has no date.
NO_DATE = frozenset(["-", "--", "–", "—", "null", "none", "nil", r"\n", "nat", "nan", "n/a", "na", "never",
                     "0000-00-00", "ongoing", "open", "open-ended", "open ended", "indefinite", "unbefristet",
                     "laufend", "indefini", "indefinido"])  # fmt: skip

MONTH_NAMES = (
    "january januar janner jaenner janvier enero", "february februar feber fevrier febrero",
    "march marz maerz mrz mars marzo",
    "april avril abril", "may mai mayo", "june juni juin junio", "july juli juillet julio", "august aout agosto",
    "september septembre septiembre", "october oktober octobre octubre", "november novembre noviembre",
    "december dezember decembre diciembre",
)  # fmt: skip
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_ZONE = r"(?: ?(?:utc|gmt|z))?"
_TIME = re.compile(rf"(.+?)(?:,? |t)(\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?| uhr)?)?{_ZONE}")
_IN_UTC = re.compile(r"\d ?(utc|gmt)$")
_NUMBERS = re.compile(r"(\d{1,2})([-/.]) ?(\d{1,2})\2 ?(\d{4}|\d{2})\.?")
_ISO = re.compile(r"(\d{4})([-/.]) ?(\d{1,2})\2 ?(\d{1,2})\.?")
_TOGETHER = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)")
_DAY_FIRST = re.compile(
    _WEEKDAY + r"(\d{1,2})(?:st|nd|rd|th|er|\.)?[ /-]*(?:de |of )?([a-z]{3,10})\.?(?: de|,)?[ /-](\d{4}|'?\d{2})"
)
_MONTH_FIRST = re.compile(_WEEKDAY + r"([a-z]{3,10})\.?[ -](\d{1,2})(?:st|nd|rd|th)?,?[ -](\d{4}|'?\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[ -]([a-z]{3,10})\.?[ -](\d{1,2})")


def folded(text: str) -> str:
    """A text in small letters, without accents and with single blanks.

    >>> folded(" 4.\\u00a0März  2024 ")
    '4. marz 2024'
    """
    plain = text if text.isascii() else _without_accents(text)
    return " ".join(plain.lower().split())


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def month_number(name: str) -> int:
    """The number of a month by its name in English, German, French or Spanish, or the beginning of it; 0 if it is none.

    >>> month_number("mar"), month_number("dez"), month_number("juillet"), month_number("jui")
    (3, 12, 7, 0)
    """
    if len(name) < 3:
        return 0
    months = enumerate(MONTH_NAMES, 1)
    named = [number for number, names in months if any(each.startswith(name) for each in names.split())]
    if name == "sept":
        return 9
    return named[0] if len(named) == 1 else 0


def date_of(text: str, order: str | None = None) -> tuple[int, int, int] | None:
    """Year, month and day of a text; None if it is no date, or one whose numbers may stand in two orders.

    order: of ORDERS, in which they stand. A time behind the date is left out, and two digits of a year are of 20xx.

    >>> date_of("13-Dec-2023 10:22"), date_of("Mar 4, 2024"), date_of("04.03.24", "dmy")
    ((2023, 12, 13), (2024, 3, 4), (2024, 3, 4))
    >>> date_of("03/04/2024"), date_of("03/04/2024", "mdy")
    (None, (2024, 3, 4))
    """
    date = _date(folded(text))
    if (numbers := _numbers(date)) is not None:
        return numbers.read(order)
    if parts := _ISO.fullmatch(date):
        return int(parts[1]), int(parts[3]), int(parts[4])
    if parts := _TOGETHER.fullmatch(date):
        return int(parts[1]), int(parts[2]), int(parts[3])
    for form, (day, month, year) in ((_DAY_FIRST, (1, 2, 3)), (_MONTH_FIRST, (2, 1, 3)), (_YEAR_FIRST, (3, 2, 1))):
        if (parts := form.fullmatch(date)) and month_number(parts[month]):
            return _year(parts[year].strip("'")), month_number(parts[month]), int(parts[day])
    return None


def is_in_utc(text: str) -> bool:
    """Whether a text says UTC behind its time.

    >>> is_in_utc("2024-03-04 10:22:00 UTC"), is_in_utc("2024-03-04")
    (True, False)
    """
    return bool(_IN_UTC.search(folded(text)))


def _date(text: str) -> str:
    """A text without the time behind its date."""
    timed = _TIME.fullmatch(text)
    return timed[1] if timed and (timed[2] or _IN_UTC.search(text)) else text


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


@dataclass(frozen=True)
class _Numbers:
    """The three numbers of a date, as they stand."""

    first: str
    second: str
    third: str
    dotted: bool

    def read(self, order: str | None) -> tuple[int, int, int] | None:
        order = order or ("dmy" if self.dotted or self.alike else None)
        if order is None or (order == "ymd" and len(self.third) == 4):
            return None
        year, month, day = {
            "dmy": (self.third, self.second, self.first),
            "mdy": (self.third, self.first, self.second),
            "ymd": (self.first, self.second, self.third),
        }[order]
        return _year(year), int(month), int(day)

    @property
    def only(self) -> str | None:
        """The one order in which they can be a day."""
        first, second = int(self.first), int(self.second)
        return "dmy" if first > 12 >= second else "mdy" if second > 12 >= first else None

    @property
    def may_begin_with_its_year(self) -> bool:
        """Whether it may be one such as 24-03-15."""
        return len(self.third) == 2 and int(self.first) > 12 >= int(self.second) > 0 < int(self.third) <= 31

    @property
    def ends_a_month(self) -> bool:
        """Whether it is the last day of a month, day first: then it is nothing else."""
        month = int(self.second)
        return 1 <= month <= 12 and int(self.first) == calendar.monthrange(_year(self.third), month)[1]

    @property
    def alike(self) -> bool:
        """Whether day first and month first are the same day."""
        return int(self.first) == int(self.second)


def _numbers(date: str) -> _Numbers | None:
    parts = _NUMBERS.fullmatch(date)
    return None if parts is None else _Numbers(parts[1], parts[3], parts[4], parts[2] == ".")


@dataclass(frozen=True)
class Order:
    """In which order the dates of a column have their numbers.

    order: None where no date of the column tells. shows: a date that shows it, or the first that may be two days.
    against: a date that can only be in another order. short: a date whose year has two digits.
    """

    order: str | None
    shows: str | None = None
    against: str | None = None
    short: str | None = None


def order_of(texts: Iterable[str]) -> Order | None:
    """In which order a column's dates have their numbers; None where that doesn't matter.

    >>> order_of(["03/04/2024", "23/04/2024"])
    Order(order='dmy', shows='23/04/2024', against=None, short=None)
    >>> order_of(["03/04/24", "05/04/24"])
    Order(order=None, shows='03/04/24', against=None, short='03/04/24')
    >>> order_of(["24-03-15", "25-01-31"])
    Order(order=None, shows='24-03-15', against=None, short='24-03-15')
    >>> order_of(["31/12/24", "30/06/25"]).order
    'dmy'
    >>> order_of(["2024-03-04", "4 Mar 2024", "04/04/2024"])
    """
    shows: dict[str | None, str] = {}
    dotted, short, year_first, ends = True, None, True, True
    for text in texts:
        numbers = _numbers(_date(folded(text)))
        if numbers is None:
            continue
        if numbers.only or not numbers.alike:
            shows.setdefault(numbers.only, text)
            dotted = dotted and numbers.dotted
        else:
            shows.setdefault("alike", text)
        short = short or (text if len(numbers.third) == 2 else None)
        year_first = year_first and numbers.may_begin_with_its_year
        ends = ends and numbers.ends_a_month
    orders = [order for order in ("dmy", "mdy") if order in shows]
    if orders and (ends or not year_first):
        against = shows[orders[1]] if len(orders) > 1 else None
        return Order(orders[0], shows[orders[0]], against, short)
    if orders:
        return Order(None, shows[orders[0]], None, short)
    if None in shows:
        # No country puts points between month, day and year.
        return Order("dmy" if dotted else None, shows[None], None, short)
    return Order("dmy", shows["alike"], None, short) if short else None
