"""Every disputed rule, its default, and what else it may be."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mrr_xl.errors import MrrError, shown
from mrr_xl.months import is_month, month_label, read_month

_MOST = 1_000_000  #: days or months; many times the years that a date may have


def _days(value: object) -> int:
    try:
        days = float(str(value).strip())
    except ValueError:
        days = -1.0
    if days < 0 or not days.is_integer():
        raise ValueError
    if days > _MOST:
        raise OverflowError
    return int(days)


def _months(value: object) -> int:
    if not (months := _days(value)):
        raise ValueError
    return months


def _days_or_unlimited(value: object) -> int | None:
    return None if value is None or str(value).strip().lower() == "unlimited" else _days(value)


def _zone(value: object) -> str:
    name = str(value).strip()
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError from None


def _columns(value: object) -> str:
    return ", ".join(name.strip() for name in str(value).split(",") if name.strip())


def fraction(value: object) -> float:
    """A share above 0 and up to 1, such as 0.8 or '80%'; ValueError for anything else."""
    text = str(value).strip()
    share = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    if isinstance(value, bool) or not 0 < share <= 1:
        raise ValueError
    return share


Kind = Literal["choice", "days", "days or unlimited", "months", "month", "zone", "fraction", "columns"]

#: What a rule of each kind may be, and how it is read: from a text, a cell or a Python value. ValueError: it is not.
_KINDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "days": ("a number of days", _days),
    "days or unlimited": ("unlimited or a number of days", _days_or_unlimited),
    "months": ("a whole number of months, 1 or more", _months),
    "month": ("a month such as 2024-12", read_month),
    "zone": ("a time zone such as Europe/Berlin", _zone),
    "fraction": ("a fraction above 0 and up to 1", fraction),
    "columns": ("the names of columns, with commas between them", _columns),
}


@dataclass(frozen=True)
class Rule:
    """A disputed rule: its default, what else it may be, and what it decides."""

    name: str
    default: Any
    kind: Kind
    doc: str
    choices: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What the rule may be, in words."""
        return f"one of {', '.join(self.choices)}" if self.kind == "choice" else _KINDS[self.kind][0]

    def read(self, value: object) -> Any:
        """The rule's value from what a user gives. Raises MrrError."""
        try:
            if self.kind != "choice":
                return _KINDS[self.kind][1](value)
            return self.choices[self.choices.index(str(value).strip().lower())]
        except ValueError:
            raise MrrError(f"setting {self.name} cannot be {shown(value)}; it must be {self.allowed}") from None
        except OverflowError:
            raise MrrError(
                f"setting {self.name} cannot be {shown(value)}; it must be {self.allowed}, up to {_MOST:,}"
            ) from None

    def text(self, value: Any) -> str:
        """A value of the rule as a user writes it; blank for none."""
        if value is None:
            return "unlimited" if self.kind == "days or unlimited" else ""
        return month_label(value) if self.kind == "month" else str(value)


def _rule(default: object, kind: Kind, doc: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"kind": kind, "doc": doc, "choices": choices})


@dataclass(frozen=True)
class Settings:
    """The rules that the sources disagree on; the defaults are those of docs/definitions.md.

    >>> Settings.of({"as_of": "month_start", "grace_days": "7"})  # doctest: +ELLIPSIS
    Settings(as_of='month_start', end_date='exclusive', reactivation_days=None, grace_days=7, ...)
    >>> Settings.of({"as_of": "noon"})
    Traceback (most recent call last):
    ...
    mrr_xl.errors.MrrError: setting as_of cannot be 'noon'; it must be one of month_end, month_start, any_day
    """

    as_of: str = _rule(
        "month_end",
        "choice",
        "As-of point: a subscription counts in a month if it runs past its last day, on its first day, or on any day.",
        ("month_end", "month_start", "any_day"),
    )
    end_date: str = _rule(
        "exclusive",
        "choice",
        "What an end date is: the first day without service, or the last paid day.",
        ("exclusive", "inclusive"),
    )
    reactivation_days: int | None = _rule(
        None, "days or unlimited", "A customer away for more days than this comes back as new, not as a reactivation."
    )
    grace_days: int = _rule(
        0,
        "days",
        "A gap in service of at most this many days does not count: the MRR before it runs on until service resumes.",
    )
    through: int | None = _rule(
        None, "month", "The last month reported. Blank: the latest month of the data that is over."
    )

    grain: str = _rule(
        "customer",
        "choice",
        "Grain: whose MRR moves. With customer, a second subscription is expansion; with subscription, each counts.",
        ("customer", "subscription"),
    )
    netting: str = _rule(
        "net",
        "choice",
        "Netting: one net movement per customer and month, or every day's change counted separately.",
        ("net", "gross"),
    )
    churn_on: str = _rule(
        "end",
        "choice",
        "When MRR is lost: at the end of service, or on the day in the column cancelled.",
        ("end", "cancelled"),
    )
    discounts: str = _rule(
        "net",
        "choice",
        "Whether MRR is after recurring discounts or before them.",
        ("net", "ignore"),
    )
    usage: str = _rule(
        "exclude",
        "choice",
        "Whether usage charges count as MRR.",
        ("exclude", "include"),
    )
    status: str = _rule(
        "auto",
        "choice",
        "Whether a status is the whole line's (line) or today's, so that what was paid before counts (snapshot).",
        ("auto", "line", "snapshot"),
    )
    ignore: str | None = _rule(None, "columns", "Columns that look as if they mattered to the MRR and do not.")
    retention_months: int = _rule(12, "months", "How many months NRR, GRR and logo (customer) retention look back.")
    timezone: str | None = _rule(None, "zone", "The time zone in which timestamps with an offset become dates.")
    gross_margin: float = _rule(1, "fraction", "The gross margin used in a customer's lifetime value.")

    def __post_init__(self) -> None:
        for name, rule in RULES.items():
            value = getattr(self, name)
            if value is not rule.default and not (rule.kind == "month" and is_month(value)):
                object.__setattr__(self, name, rule.read(value))

    @classmethod
    def of(cls, given: Mapping[str, object] | Settings | None) -> Settings:
        """Settings from texts, cells or Python values, as a user gives them; blanks keep the default."""
        if isinstance(given, Settings):
            return given
        values: dict[str, Any] = {}
        for key, value in (given or {}).items():
            name = str(key).strip().lower().replace(" ", "_").replace("-", "_")
            if name not in RULES:
                raise MrrError(f"{shown(key)} is not a setting; the settings are {', '.join(RULES)}")
            if value is not None and str(value).strip():
                values[name] = RULES[name].read(value)
        return cls(**values)

    def text(self, name: str) -> str:
        """A setting's value as a user writes it."""
        return RULES[name].text(getattr(self, name))


#: The rules by name, in the order in which they are shown.
RULES: dict[str, Rule] = {
    rule.name: Rule(rule.name, rule.default, **rule.metadata) for rule in dataclasses.fields(Settings)
}
