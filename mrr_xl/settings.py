"""Every disputed rule, its default, and what else it may be."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mrr_xl.errors import MrrError, shown
from mrr_xl.months import month_label, read_month


def _days(value: object) -> int:
    try:
        days = float(str(value).strip())
    except ValueError:
        days = -1.0
    if days < 0 or not days.is_integer():
        raise ValueError
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


def fraction(value: object) -> float:
    """A share above 0 and up to 1, such as 0.8 or '80%'; ValueError for anything else."""
    text = str(value).strip()
    share = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    if isinstance(value, bool) or not 0 < share <= 1:
        raise ValueError
    return share


def _rule(default: object, allowed: str | tuple[str, ...], doc: str, read: Any = None) -> Any:
    return field(default=default, metadata={"allowed": allowed, "doc": doc, "read": read})


@dataclass(frozen=True)
class Settings:
    """The rules that the sources disagree on; the defaults are those of docs/definitions.md.

    >>> Settings.of({"as_of": "month_start", "grace_days": "7"})  # doctest: +ELLIPSIS
    Settings(as_of='month_start', end_date='exclusive', reactivation_days=None, grace_days=7, ...)
    >>> Settings.of({"as_of": "noon"})
    Traceback (most recent call last):
    ...
    mrr_xl.errors.MrrError: setting as_of cannot be 'noon'; it is one of month_end, month_start, any_day
    """

    as_of: str = _rule(
        "month_end",
        ("month_end", "month_start", "any_day"),
        "When a subscription counts in a month: if it runs past the month's last day, on its first day, or on any day.",
    )
    end_date: str = _rule(
        "exclusive",
        ("exclusive", "inclusive"),
        "What an end date is: the first day without service, or the last paid day.",
    )
    reactivation_days: int | None = _rule(
        None,
        "unlimited or a number of days",
        "A customer away for more days than this comes back as new, not as a reactivation.",
        _days_or_unlimited,
    )
    grace_days: int = _rule(
        0,
        "a number of days",
        "A gap in service of at most this many days is no gap: the MRR before it runs on.",
        _days,
    )
    through: int | None = _rule(
        None,
        "a month such as 2024-12",
        "The last month reported. Blank: the latest month of the data that is over.",
        read_month,
    )

    grain: str = _rule(
        "customer",
        ("customer", "subscription"),
        "Whose MRR moves: a customer's, so that a second subscription is expansion, or each subscription's.",
    )
    netting: str = _rule(
        "net",
        ("net", "gross"),
        "One net movement per customer and month, or every day's change counted by itself.",
    )
    churn_on: str = _rule(
        "end",
        ("end", "cancelled"),
        "When MRR is lost: at the end of service, or on the day in the column cancelled.",
    )
    discounts: str = _rule(
        "net",
        ("net", "ignore"),
        "Whether MRR is after recurring discounts or before them.",
    )
    usage: str = _rule(
        "exclude",
        ("exclude", "include"),
        "Whether lines of the kind usage are MRR.",
    )
    retention_months: int = _rule(
        12,
        "a whole number of months, 1 or more",
        "NRR, GRR and logo retention look at the customers of this many months ago.",
        _months,
    )
    timezone: str | None = _rule(
        None,
        "a time zone such as Europe/Berlin",
        "Where timestamps that carry an offset become dates.",
        _zone,
    )
    gross_margin: float = _rule(
        1,
        "a fraction above 0 and up to 1",
        "The gross margin that a customer's lifetime value counts with.",
        fraction,
    )

    def __post_init__(self) -> None:
        for rule in dataclasses.fields(self):
            if isinstance(rule.metadata["allowed"], tuple):
                _read(rule, getattr(self, rule.name))

    @classmethod
    def of(cls, given: Mapping[str, object] | Settings | None) -> Settings:
        """Settings from texts, cells or Python values, as a user gives them; blanks keep the default."""
        if isinstance(given, Settings):
            return given
        rules = {rule.name: rule for rule in dataclasses.fields(cls)}
        values: dict[str, Any] = {}
        for key, value in (given or {}).items():
            name = str(key).strip().lower().replace(" ", "_").replace("-", "_")
            if name not in rules:
                raise MrrError(f"{shown(key)} is not a setting; the settings are {', '.join(rules)}")
            if value is not None and str(value).strip():
                values[name] = _read(rules[name], value)
        return cls(**values)

    def text(self, name: str) -> str:
        """A setting's value as a user writes it."""
        value = getattr(self, name)
        if value is None:
            return "unlimited" if name == "reactivation_days" else ""
        return month_label(value) if name == "through" else str(value)


def _read(rule: dataclasses.Field[Any], value: object) -> object:
    allowed = rule.metadata["allowed"]
    if isinstance(allowed, tuple):
        text = str(value).strip().lower()
        if text in allowed:
            return text
        raise MrrError(f"setting {rule.name} cannot be {shown(value)}; it is one of {', '.join(allowed)}")
    try:
        return rule.metadata["read"](value)
    except ValueError:
        raise MrrError(f"setting {rule.name} cannot be {shown(value)}; it is {allowed}") from None
